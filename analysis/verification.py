"""`hotaxion verify`: true CLASS at points of an emulated chain, and what it changes.

The points are drawn from the chain's posterior; their differences ln L(CLASS) - ln L(emulator) are
importance weights. Each point is written as soon as it is known, so that a stopped run goes on.
"""

from __future__ import annotations

import glob
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.bounds import CONFIDENCE, UPPER_BOUNDED
from hotaxion.analysis.chains import (
    BURN_IN,
    check_parameters,
    load_chain,
    parameter_names,
    run_info,
)
from hotaxion.analysis.convergence import kish
from hotaxion.analysis.runs import EMULATED, class_for_emulator
from hotaxion.analysis.tables import text_table
from hotaxion.theory.emulator.spectra import emulator_path
from hotaxion.theory.emulator.training import worker_pool
from hotaxion.theory.errors import HotAxionError, RangeError

if TYPE_CHECKING:
    from getdist import MCSamples

Array = NDArray[np.float64]

_SEED = 2205_07849
MIN_FOR_SHIFTS = 30  # points; fewer fit the scatter of CLASS instead of a trend
# Goals: |mean| and standard deviation of Delta ln L, effective fraction after reweighting (of all
# points, those that CLASS refuses with weight 0: five in a hundred are too many).
GOALS = (0.1, 0.15, 0.95)


@dataclass(frozen=True)
class Verification:
    """Emulator against CLASS at some points of a chain.

    samples : the chain they were drawn from, after burn-in.
    rows : (n,) its rows.
    emulated, direct : (n,) ln L.
    shifts : parameter -> 95 % bound of the chain, and the same reweighted.
    refused : points besides at which CLASS failed or found ln L = -inf.
    """

    chain: str
    samples: MCSamples
    rows: NDArray[np.int64]
    emulated: Array
    direct: Array
    shifts: dict[str, tuple[float, float]]
    refused: int = 0

    @property
    def difference(self) -> Array:
        """ln L(CLASS) - ln L(emulator)."""
        return self.direct - self.emulated

    @property
    def effective_fraction(self) -> float:
        """Kish's effective sample size after reweighting, over the number of all points."""
        weights = importance_weights(self.difference)
        return float(kish(weights) / (weights.size + self.refused))

    @property
    def good(self) -> bool:
        """Whether mean, scatter and effective fraction reach GOALS."""
        mean, std, fraction = GOALS
        d = self.difference
        return abs(d.mean()) < mean and d.std(ddof=1) < std and self.effective_fraction > fraction


def importance_weights(difference: Array) -> Array:
    """exp(Delta ln L), the largest being 1."""
    return np.exp(difference - difference.max())


def verify(
    prefix: str | Path,
    points: int = 100,
    jobs: int = 1,
    burn: float = BURN_IN,
    tail: str | None = None,
) -> Verification:
    """Evaluate CLASS at points of a chain that was run with the emulator.

    Parameters
    ----------
    prefix : prefix of the chain files.
    points : how many; those in PREFIX.verify.txt count.
    jobs : processes.
    burn : fraction dropped at the start of each chain.
    tail : a parameter: draw only from the 5 % of the posterior where it is largest.

    Raises
    ------
    HotAxionError : the chain was not run with the emulator, or has too few points, or CLASS fails
        at all of them or all but one.
    RangeError : fewer than two points are asked for.
    UnknownOptionError : the chain has no parameter `tail`.
    """
    if points < 2:
        raise RangeError(f"{points} points; give at least 2.")
    samples = load_chain(prefix, burn)
    if tail is not None:
        check_parameters(samples, [tail])
    info = run_info(samples)
    if EMULATED not in (info.get("theory") or {}):
        raise HotAxionError(
            f"the chain '{prefix}' was not run with {EMULATED}; there is nothing to verify."
        )
    rows = draw_rows(samples, points, tail)
    known = Path(f"{prefix}.verify{'_' + tail if tail else ''}.txt")
    results = _evaluate(info, samples, rows, known, jobs)
    table = np.array([[row, *results[row]] for row in rows if row in results])
    if len(table) < 2:
        raise HotAxionError(
            f"CLASS failed at {len(rows) - len(table)} of {len(rows)} points of '{prefix}'; the "
            "warnings above say why."
        )
    order, emulated, direct = table[:, 0].astype(int), table[:, 1], table[:, 2]
    shifts = {}
    if tail is None and len(order) >= MIN_FOR_SHIFTS:
        shifts = bound_shifts(samples, order, direct - emulated)
    refused = len(rows) - len(order)
    return Verification(str(prefix), samples, order, emulated, direct, shifts, refused)


def draw_rows(samples: MCSamples, points: int, tail: str | None = None) -> NDArray[np.int64]:
    """Different rows of a chain, drawn by weight, fixed seed; longer draws go on from shorter ones.

    Raises HotAxionError if the chain has not so many.
    """
    weights = samples.weights.copy()
    if tail is not None:
        index = samples.index[tail]
        least = samples.confidence(index, 1 - CONFIDENCE, upper=True)
        weights[samples.samples[:, index] < least] = 0.0
    if np.count_nonzero(weights) < points:
        raise HotAxionError(
            f"{points} points of a chain with {np.count_nonzero(weights)} different ones; let it "
            "run on or ask for fewer."
        )
    # Without replacement: the largest of log(u)/w (Efraimidis & Spirakis 2006).
    with np.errstate(divide="ignore"):
        keys = np.log(np.random.default_rng(_SEED).random(weights.size)) / weights
    return np.argsort(-keys, kind="stable")[:points]


# --- evaluation --------------------------------------------------------------------------


def direct_input(info: Mapping[str, Any]) -> dict[str, Any]:
    """The same Cobaya input with CLASS instead of the emulator."""
    return {**info, "theory": class_for_emulator(info["theory"])}


def model_input(info: Mapping[str, Any]) -> dict[str, Any]:
    """What defines the posterior: no sampler, no output, no versions."""
    info = deepcopy(dict(info))
    for block in ("theory", "likelihood"):
        for options in info[block].values():
            if isinstance(options, dict):
                options.pop("version", None)
    return {k: v for k, v in info.items() if k not in ("sampler", "output", "post", "resume")}


def _evaluate(
    info: Mapping[str, Any],
    samples: MCSamples,
    rows: Sequence[int] | NDArray[np.int64],
    known: Path,
    jobs: int,
) -> dict[int, tuple[float, float]]:
    """ln L of emulator and CLASS at rows of the chain; new ones are appended to `known`."""
    from tqdm import tqdm  # comes with Cobaya

    info = model_input(info)
    points = {int(row): point_of(info, samples, row) for row in rows}
    keys = {row: point_key(info, point) for row, point in points.items()}
    kept = read_known(known)
    results = {row: kept[key] for row, key in keys.items() if key in kept}
    tasks = [(info, row, point) for row, point in points.items() if row not in results]
    if not tasks:
        return results
    with worker_pool(max(1, min(jobs, len(tasks)))) as pool, open(known, "a") as file:
        answers: Iterator[Any] = pool.imap_unordered(_work, tasks)
        for row, emulated, direct, problem in tqdm(answers, total=len(tasks), unit="point"):
            if problem:
                logging.getLogger(__name__).warning("row %d: %s", row, problem)
                continue
            results[row] = (emulated, direct)
            file.write(f"{keys[row]} {emulated:.6f} {direct:.6f}\n")
            file.flush()
    return results


def point_of(info: Mapping[str, Any], samples: MCSamples, row: int) -> dict[str, float]:
    """The sampled parameters of one row."""
    entries = info["params"].items()
    names = [name for name, entry in entries if isinstance(entry, dict) and "prior" in entry]
    values = samples.samples[row, [samples.index[name] for name in names]]
    return dict(zip(names, map(float, values), strict=True))


def point_key(info: Mapping[str, Any], point: Mapping[str, float]) -> str:
    """What a known value belongs to: the point, the model and the emulator, not the row's number.

    A chain that was run anew or went on has other rows under the same numbers.
    """
    emulator = emulator_path((info["theory"][EMULATED] or {}).get("emulator"))
    digest = hashlib.sha256(json.dumps([info, point], sort_keys=True, default=str).encode())
    digest.update(emulator.read_bytes())
    return digest.hexdigest()[:16]


def read_known(known: Path) -> dict[str, tuple[float, float]]:
    """ln L of emulator and CLASS by `point_key`; a line that a kill cut in two is removed."""
    if not known.exists():
        return {}
    content = known.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(known, len(whole))
    lines = (line.split() for line in whole.decode().splitlines())
    return {key: (float(emulated), float(direct)) for key, emulated, direct in lines}


_models: list[Any] = []  # of this process: emulated and direct


def _work(task: tuple[dict[str, Any], int, dict[str, float]]) -> tuple[int, float, float, str]:
    info, row, point = task
    try:
        if not _models:
            from cobaya.model import get_model

            logging.disable(logging.WARNING)
            _models.extend([get_model(deepcopy(info)), get_model(direct_input(deepcopy(info)))])
        values = [float(np.sum(m.loglikes(point, return_derived=False))) for m in _models]
    except Exception as error:  # CLASS and Cobaya raise their own kinds
        return row, np.nan, np.nan, f"{type(error).__name__}: {error}"
    problem = "" if np.isfinite(values).all() else f"ln L = {values}"
    return row, values[0], values[1], problem


# --- consequences ------------------------------------------------------------------------


def bound_shifts(
    samples: MCSamples, rows: NDArray[np.int64], difference: Array
) -> dict[str, tuple[float, float]]:
    """95 % upper bounds of the chain, and with the smooth part of the error taken out.

    The scatter of CLASS from point to point moves no bound; what does is a trend. It is fitted,
    linear in the parameters that have bounds, and the whole chain reweighted by it.
    """
    names = [name for name in UPPER_BOUNDED if name in parameter_names(samples)]
    columns = [samples.index[name] for name in names]
    scale = samples.samples[:, columns]
    basis = (scale - scale.mean(axis=0)) / scale.std(axis=0)
    ridge = 1e-3 * len(rows)  # delta_neff and m_a are nearly one and the same
    chosen = basis[rows]
    centred = chosen - chosen.mean(axis=0)
    gram = centred.T @ centred + ridge * np.eye(len(names))
    slope = np.linalg.solve(gram, centred.T @ (difference - difference.mean()))
    weights = samples.weights * np.exp(basis @ slope)
    shifts = {}
    for name, column in zip(names, columns, strict=True):
        old = float(samples.confidence(column, 1 - CONFIDENCE, upper=True))
        values = samples.samples[:, column]
        order = np.argsort(values)
        cumulative = np.cumsum(weights[order])
        new = float(np.interp(CONFIDENCE * cumulative[-1], cumulative, values[order]))
        shifts[name] = (old, new)
    return shifts


def check_unused(output: str | Path) -> None:
    """Raises HotAxionError if a chain has that prefix: getdist would take one for the other."""
    root = Path(output)
    if used := _files_of(root):
        raise HotAxionError(
            f"'{used[0]}' exists; give another --reweight prefix or remove what is there."
        )


def _files_of(root: Path) -> list[Path]:
    return sorted(root.parent.glob(f"{glob.escape(root.name)}.*"))


def write_reweighted(verification: Verification, output: str | Path) -> list[Path]:
    """The verified points with their importance weights, as a chain of getdist.

    Raises HotAxionError if a file with that prefix exists.
    """
    from getdist import MCSamples

    check_unused(output)
    root, samples, rows = Path(output), verification.samples, verification.rows
    names = [n for n in parameter_names(samples) if not n.startswith(("chi2", "minuslogprior"))]
    columns = [samples.index[n] for n in names]
    reweighted = MCSamples(
        samples=samples.samples[np.ix_(rows, columns)],
        weights=importance_weights(verification.difference),
        loglikes=samples.loglikes[rows] - verification.difference,
        names=names,
        labels=[samples.parLabel(n) for n in names],
        ranges={n: (samples.ranges.getLower(n), samples.ranges.getUpper(n)) for n in names},
        sampler="uncorrelated",
    )
    root.parent.mkdir(parents=True, exist_ok=True)
    reweighted.saveAsText(str(root))
    reweighted.saveTextMetadata(str(root), {"sampler": "uncorrelated"})
    return _files_of(root)


def to_text(v: Verification) -> str:
    """Distribution of Delta ln L, effective fraction, shifts of bounds."""
    d = v.difference
    quantiles = np.quantile(d, [0.05, 0.5, 0.95])
    lines = [
        f"chain {v.chain}: ln L(CLASS) - ln L(emulator) at {d.size} points of its posterior",
        *([f"  besides, CLASS refused {v.refused} points (weight 0)"] if v.refused else []),
        f"  mean {d.mean():+.3f} +- {d.std(ddof=1) / np.sqrt(d.size):.3f}, standard deviation "
        f"{d.std(ddof=1):.3f}, quantiles 5, 50, 95 %: " + ", ".join(f"{q:+.3f}" for q in quantiles),
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
