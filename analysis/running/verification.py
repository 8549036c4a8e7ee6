"""`hotaxion verify`: true CLASS at points of an emulated chain, and what it changes.

Points are drawn from the chain's posterior; their differences ln L(CLASS) - ln L(emulator), by
Cobaya's models of the chain's input and of the same with `HotClassy`, are importance weights. Its
`post` would lose what it has when it is killed; here each point is written as soon as it is known.
"""

from __future__ import annotations

import glob
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.bounds import CONFIDENCE, UPPER_BOUNDED
from hotaxion.analysis.chains.chain import Chain, kish
from hotaxion.analysis.chains.thin import selection
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.running.run import sampled, with_class
from hotaxion.analysis.text import text_table
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import whole_number
from hotaxion.theory.components.record import files_of
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import cut_last_line, hexdigest
from hotaxion.theory.processes import worker_pool

if TYPE_CHECKING:
    from getdist import MCSamples

_SEED = 2205_07849
MIN_FOR_SHIFTS = 30  # points; fewer fit the scatter of CLASS instead of a trend
# Goals: |mean| and standard deviation of Delta ln L, effective fraction after reweighting (of all
# points, those that CLASS refuses with weight 0: five in a hundred are too many).
GOALS = (0.1, 0.15, 0.95)
# Of the file of known points: the key and two ln L. A line that was cut does not look so.
_LINE = re.compile(rb"([0-9a-f]{16}) (-?\d+\.\d{6}) (-?\d+\.\d{6})")
_NO_MODEL = ("sampler", "output", "post", "resume")


@dataclass(frozen=True)
class Verification:
    """Emulator against CLASS at some points of a chain."""

    chain: Chain
    rows: NDArray[np.int64]  # (n,) those that were drawn
    difference: Array  # (n,) ln L(CLASS) - ln L(emulator)
    shifts: Mapping[str, tuple[float, float]]  # 95 % bound of the chain, and the same reweighted
    refused: int = 0  # points besides at which CLASS failed or found ln L = -inf

    @property
    def weights(self) -> Array:
        """exp(Delta ln L), the largest being 1."""
        return np.exp(self.difference - self.difference.max())

    @property
    def effective_fraction(self) -> float:
        """Kish's effective sample size after reweighting, over the number of all points."""
        return float(kish(self.weights) / (self.rows.size + self.refused))

    @property
    def good(self) -> bool:
        """Whether mean, scatter and effective fraction reach GOALS."""
        mean, std, fraction = GOALS
        d = self.difference
        return abs(d.mean()) < mean and d.std(ddof=1) < std and self.effective_fraction > fraction


def verify(
    prefix: str | Path,
    points: int = 100,
    jobs: int = 1,
    burn: float | None = None,
    tail: str | None = None,
) -> Verification:
    """Evaluate CLASS at points of a chain that was run with the emulator.

    Parameters
    ----------
    points : how many; those in PREFIX.verify.txt count.
    jobs : processes.
    burn : fraction dropped at the start of each chain.
    tail : a parameter: draw only from the 5 % of the posterior where it is largest.

    Raises
    ------
    HotAxionError : no emulator in the chain's input, too few points, the input cannot be set up
        here, or CLASS fails at all of the points or all but one.
    UnknownOptionError, RangeError : wrong `tail`; wrong `points` or `jobs`.
    """
    points, jobs = whole_number("points", points, 2, 10**6), whole_number("jobs", jobs, 1, 10**4)
    chain = Chain.load(prefix, burn)
    chain.check([tail] if tail is not None else [])
    chain.label = str(prefix)
    if not find_theories(chain.info, "EmulatedClassy"):
        raise HotAxionError(
            f"the chain '{prefix}' was not run with EmulatedClassy; there is nothing to verify."
        )
    rows = draw_rows(chain.samples, points, tail)
    root = Path(prefix)
    if not root.parent.is_dir():  # a posterior of the package, by its name
        root = Path(root.name)
    suffix = f"_{tail.replace(os.sep, '_')}" if tail else ""  # a name may look like a folder
    found = evaluate(chain.info, chain.samples, rows, Path(f"{root}.verify{suffix}.txt"), jobs)
    order = np.array([row for row in rows if row in found])
    refused = len(rows) - len(order)
    if len(order) < 2:
        raise HotAxionError(
            f"CLASS failed at {refused} of {len(rows)} points of '{prefix}'; the warnings above "
            "say why."
        )
    (difference,) = np.diff([found[row] for row in order]).T
    many = tail is None and len(order) >= MIN_FOR_SHIFTS
    shifts = bound_shifts(chain.samples, order, difference) if many else {}
    return Verification(chain, order, difference, shifts, refused)


def draw_rows(samples: MCSamples, points: int, tail: str | None = None) -> NDArray[np.int64]:
    """Different rows of a chain, drawn by weight, fixed seed; longer draws go on from shorter ones.

    Raises HotAxionError if the chain has not so many.
    """
    weights = samples.weights.copy()
    if tail is not None:
        least = samples.confidence(samples.index[tail], 1 - CONFIDENCE, upper=True)
        weights[samples[tail] < least] = 0.0
    if (there := np.count_nonzero(weights)) < points:
        raise HotAxionError(
            f"{points} points of a chain with {there} different ones; let it run on or ask for "
            "fewer."
        )
    # Without replacement: the largest of log(u)/w (Efraimidis & Spirakis 2006).
    with np.errstate(divide="ignore"):
        keys = np.log(np.random.default_rng(_SEED).random(weights.size)) / weights
    return np.argsort(-keys, kind="stable")[:points]


# --- ln L of both ------------------------------------------------------------------------


def model_input(info: Mapping[str, Any]) -> dict[str, Any]:
    """What defines the posterior: no sampler, no output, no versions."""
    model = deepcopy({key: value for key, value in info.items() if key not in _NO_MODEL})
    for options in [*model["theory"].values(), *model["likelihood"].values()]:
        if isinstance(options, dict):
            options.pop("version", None)
    return model


def evaluate(
    info: Mapping[str, Any], samples: MCSamples, rows: Iterable[int], known: Path, jobs: int
) -> dict[int, tuple[float, float]]:
    """ln L of emulator and CLASS at rows of a chain; new ones are appended to `known`.

    Rows at which one of the two is not finite are left out, with a warning. Raises HotAxionError
    if the input cannot be set up here, or the machine is at fault at a point; OSError if `known`
    cannot be written.
    """
    from cobaya.yaml import yaml_dump
    from tqdm import tqdm  # comes with Cobaya

    info, kept = model_input(info), read_known(known)
    points = {int(row): point_of(info, samples, row) for row in rows}
    keys = {row: point_key(info, point) for row, point in points.items()}
    results = {row: kept[key] for row, key in keys.items() if key in kept}
    text = yaml_dump(info)
    tasks = [(text, row, point) for row, point in points.items() if row not in results]
    if not tasks:
        return results
    if known.exists():
        cut_last_line(known)
    with worker_pool(min(jobs, len(tasks))) as pool, open(known, "ab") as file:
        answers = pool.imap_unordered(_work, tasks)
        for row, emulated, direct, problem in tqdm(answers, total=len(tasks), unit="point"):
            if problem:
                logging.getLogger(__name__).warning("row %d: %s", row, problem)
                continue
            results[row] = (emulated, direct)
            file.write(f"{keys[row]} {emulated:.6f} {direct:.6f}\n".encode())
            file.flush()
    return results


def point_of(info: Mapping[str, Any], samples: MCSamples, row: int) -> dict[str, float]:
    """The sampled parameters of one row."""
    return {n: float(samples.samples[row, samples.index[n]]) for n in sampled(info)}


def point_key(info: Mapping[str, Any], point: Mapping[str, float]) -> str:
    """What a known value belongs to: the point, the model and the emulator, not the row's number,
    under which a chain that was run anew or went on has another row."""
    options = [info["theory"][name] or {} for name in find_theories(info, "EmulatedClassy")]
    read = [files_of("EmulatedClassy", {"emulator": None} | each) for each in options]
    files = [file for one in read for file in one]
    return hexdigest(json.dumps([info, point], sort_keys=True, default=str), *files)


def read_known(known: Path) -> dict[str, tuple[float, float]]:
    """ln L of emulator and CLASS by `point_key`; what is no whole line does not count."""
    lines = known.read_bytes().split(b"\n") if known.exists() else []
    found = filter(None, map(_LINE.fullmatch, lines))
    return {match[1].decode(): (float(match[2]), float(match[3])) for match in found}


def _work(task: tuple[str, int, dict[str, float]]) -> tuple[int, float, float, str]:
    """One row; what CLASS or a theory refuses comes as text, a fault of the machine is raised."""
    from cobaya.log import LoggedError

    text, row, point = task
    models = _models(text)
    with cobaya_session(quiet=True):
        try:
            values = [float(np.sum(m.loglikes(point, return_derived=False))) for m in models]
        except LoggedError as error:
            if isinstance(error.__cause__, OSError | MemoryError):
                raise
            return row, np.nan, np.nan, str(error)
    if np.isfinite(values).all():
        return row, values[0], values[1], ""
    return row, values[0], values[1], f"ln L = {values}; {_reasons(models)}"


def _reasons(models: Iterable[Any]) -> str:
    """Why theories of these models refused a point."""
    theories = [theory for model in models for theory in model.theory.values()]
    found = [theory.refusals.pop() for theory in theories if hasattr(theory, "refusals")]
    return " | ".join(filter(None, found)) or "no theory says why"


@lru_cache(maxsize=1)
def _models(text: str) -> tuple[Any, Any]:
    """By emulator and by CLASS, of an input as YAML; once in each process."""
    from cobaya.model import get_model
    from cobaya.yaml import yaml_load

    try:
        with cobaya_session(quiet=True):
            return get_model(yaml_load(text)), get_model(with_class(yaml_load(text)))
    except HotAxionError as error:
        raise HotAxionError(f"the input of the chain cannot be set up here: {error}") from None


# --- consequences ------------------------------------------------------------------------


def bound_shifts(
    samples: MCSamples, rows: NDArray[np.int64], difference: Array
) -> dict[str, tuple[float, float]]:
    """95 % upper bounds of the chain, and with the smooth part of the error taken out.

    The scatter of CLASS from point to point moves no bound; what does is a trend. It is fitted,
    linear in the parameters that have bounds, and the whole chain reweighted by it.
    """
    names = [name for name in UPPER_BOUNDED if name in samples.index and np.ptp(samples[name])]
    values = np.column_stack([samples[name] for name in names])
    basis = (values - values.mean(axis=0)) / values.std(axis=0)
    centred, gap = basis[rows] - basis[rows].mean(axis=0), difference - difference.mean()
    ridge = 1e-3 * len(rows) * np.eye(len(names))  # delta_neff and m_a are nearly one and the same
    slope = np.linalg.solve(centred.T @ centred + ridge, centred.T @ gap)
    reweighted = samples.weights * np.exp(basis @ slope)

    def bound(name: str, weights: Array) -> float:
        return float(samples.confidence(samples[name], 1 - CONFIDENCE, upper=True, weights=weights))

    return {name: (bound(name, samples.weights), bound(name, reweighted)) for name in names}


def check_unused(output: str | Path) -> None:
    """Raises HotAxionError if a chain has that prefix: getdist would take one for the other."""
    root = Path(output)
    for used in root.parent.glob(f"{glob.escape(root.name)}.*"):
        raise HotAxionError(f"'{used}' exists; give another --reweight prefix, or remove it.")


def write_reweighted(verification: Verification, output: str | Path) -> list[Path]:
    """The verified points with their importance weights, as a chain of getdist: all or nothing.

    Raises HotAxionError if a file with that prefix exists.
    """
    check_unused(output)
    root, samples, rows = Path(output), verification.chain.samples, verification.rows
    reweighted = selection(
        samples,
        rows,
        ("chi2", "minuslogprior"),
        weights=verification.weights,
        loglikes=samples.loglikes[rows] - verification.difference,
        sampler="uncorrelated",
    )
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=".reweight") as folder:
        beside = str(Path(folder) / root.name)
        reweighted.saveAsText(beside)
        reweighted.saveTextMetadata(beside, {"sampler": "uncorrelated"})
        # The rows last: without them there is no chain.
        files = sorted(Path(folder).iterdir(), key=lambda path: path.suffix == ".txt")
        return [file.replace(root.parent / file.name) for file in files]


def to_text(v: Verification) -> str:
    """Distribution of Delta ln L, effective fraction, shifts of bounds."""
    d, made_by = v.difference, v.chain.made_by
    quantiles = ", ".join(f"{q:+.3f}" for q in np.quantile(d, [0.05, 0.5, 0.95]))
    lines = [
        f"chain {v.chain.title}: ln L(CLASS) - ln L(emulator) at {d.size} points of its posterior",
        *([f"  the chain was {made_by}"] if made_by else []),
        *([f"  besides, CLASS refused {v.refused} points (weight 0)"] if v.refused else []),
        f"  mean {d.mean():+.3f} +- {d.std(ddof=1) / np.sqrt(d.size):.3f}, standard deviation "
        f"{d.std(ddof=1):.3f}, quantiles 5, 50, 95 %: {quantiles}",
        f"  effective sample size after reweighting: {v.effective_fraction:.4f} of the points",
        "  (CLASS itself scatters by about 0.05 from point to point.)",
    ]
    if v.shifts:
        rows = [["95 % bound", "emulator", "with CLASS", "change"]]
        for name, (old, new) in v.shifts.items():
            rows.append([name, f"< {old:.4g}", f"< {new:.4g}", f"{100 * (new / old - 1):+.2f} %"])
        lines += ["", text_table(rows)]
    elif d.size < MIN_FOR_SHIFTS:
        lines.append(f"  (Shifts of bounds need {MIN_FOR_SHIFTS} points.)")
    mean, std, fraction = GOALS
    verdict = "good" if v.good else "NOT good enough: reweight (--reweight), or train with more"
    lines += [f"verdict (|mean| < {mean}, std < {std}, effective > {fraction}): {verdict}"]
    return "\n".join(lines)
