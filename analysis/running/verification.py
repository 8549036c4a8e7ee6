"""`hotaxion verify`: true CLASS at points of an emulated chain, and what it changes.

The points are drawn from the chain's posterior; their differences ln L(CLASS) - ln L(emulator) are
importance weights.
"""

from __future__ import annotations

import glob
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.bounds import CONFIDENCE, UPPER_BOUNDED
from hotaxion.analysis.chains.chain import Chain, kish
from hotaxion.analysis.chains.thin import selection
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.running.verified_points import evaluate
from hotaxion.analysis.text import text_table
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import whole_number
from hotaxion.theory.components.record import other_code
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from getdist import MCSamples


_SEED = 2205_07849
MIN_FOR_SHIFTS = 30  # points; fewer fit the scatter of CLASS instead of a trend
# Goals: |mean| and standard deviation of Delta ln L, effective fraction after reweighting (of all
# points, those that CLASS refuses with weight 0: five in a hundred are too many).
GOALS = (0.1, 0.15, 0.95)


@dataclass(frozen=True)
class Verification:
    """Emulator against CLASS at some points of a chain."""

    chain: str  # its prefix
    samples: MCSamples  # after burn-in
    rows: NDArray[np.int64]  # (n,) those that were drawn
    emulated: Array  # (n,) ln L
    direct: Array  # (n,) ln L
    shifts: dict[str, tuple[float, float]]  # 95 % bound of the chain, and the same reweighted
    refused: int = 0  # points besides at which CLASS failed or found ln L = -inf
    made_by: str = ""  # which other code than that here has made the chain; empty if none

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
    burn: float | None = None,
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
    HotAxionError : the chain was not run with the emulator, or has too few points, its input
        cannot be set up here, or CLASS fails at all of the points or all but one.
    RangeError : fewer than two points are asked for, or no process.
    UnknownOptionError : the chain has no parameter `tail`.
    """
    points, jobs = whole_number("points", points, 2, 10**6), whole_number("jobs", jobs, 1, 10**4)
    chain = Chain.load(prefix, burn)
    chain.check([tail] if tail is not None else [])
    samples, info = chain.samples, chain.info
    if not find_theories(info, "EmulatedClassy"):
        raise HotAxionError(
            f"the chain '{prefix}' was not run with EmulatedClassy; there is nothing to verify."
        )
    rows = draw_rows(samples, points, tail)
    suffix = f"_{tail.replace(os.sep, '_')}" if tail else ""  # a name may look like a folder
    root = Path(prefix)
    if not root.parent.is_dir():  # a posterior of the package, by its name
        root = Path(root.name)
    results = evaluate(info, samples, rows, Path(f"{root}.verify{suffix}.txt"), jobs)
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
    refused, made_by = len(rows) - len(order), other_code(info)
    return Verification(str(prefix), samples, order, emulated, direct, shifts, refused, made_by)


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


# --- consequences ------------------------------------------------------------------------


def bound_shifts(
    samples: MCSamples, rows: NDArray[np.int64], difference: Array
) -> dict[str, tuple[float, float]]:
    """95 % upper bounds of the chain, and with the smooth part of the error taken out.

    The scatter of CLASS from point to point moves no bound; what does is a trend. It is fitted,
    linear in the parameters that have bounds, and the whole chain reweighted by it.
    """
    present = [name for name in UPPER_BOUNDED if name in samples.paramNames.list()]
    columns = {name: samples.samples[:, samples.index[name]] for name in present}
    columns = {name: column for name, column in columns.items() if np.ptp(column) > 0.0}
    values = np.column_stack([*columns.values()])
    basis = (values - values.mean(axis=0)) / values.std(axis=0)
    ridge = 1e-3 * len(rows)  # delta_neff and m_a are nearly one and the same
    centred = basis[rows] - basis[rows].mean(axis=0)
    gram = centred.T @ centred + ridge * np.eye(len(columns))
    slope = np.linalg.solve(gram, centred.T @ (difference - difference.mean()))
    reweighted = samples.weights * np.exp(basis @ slope)

    def bound(column: Array, weights: Array) -> float:
        return float(samples.confidence(column, 1 - CONFIDENCE, upper=True, weights=weights))

    return {
        name: (bound(column, samples.weights), bound(column, reweighted))
        for name, column in columns.items()
    }


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
    """The verified points with their importance weights, as a chain of getdist: all or nothing.

    Raises HotAxionError if a file with that prefix exists.
    """
    check_unused(output)
    root, rows, difference = Path(output), verification.rows, verification.difference
    reweighted = selection(
        verification.samples,
        rows,
        ("chi2", "minuslogprior"),
        weights=importance_weights(difference),
        loglikes=verification.samples.loglikes[rows] - difference,
        sampler="uncorrelated",
    )
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=".reweight") as folder:
        beside = Path(folder) / root.name
        reweighted.saveAsText(str(beside))
        reweighted.saveTextMetadata(str(beside), {"sampler": "uncorrelated"})
        # The rows last: without them there is no chain.
        for file in sorted(_files_of(beside), key=lambda path: path.suffix == ".txt"):
            file.replace(root.parent / file.name)
    return _files_of(root)


def to_text(v: Verification) -> str:
    """Distribution of Delta ln L, effective fraction, shifts of bounds."""
    d = v.difference
    quantiles = np.quantile(d, [0.05, 0.5, 0.95])
    lines = [
        f"chain {v.chain}: ln L(CLASS) - ln L(emulator) at {d.size} points of its posterior",
        *([f"  the chain was {v.made_by}"] if v.made_by else []),
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
