"""How a chain, finished or still running, has converged: R - 1 and chi^2 against its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.figures.shown_chains import Prefixes, as_list, names_of
from hotaxion.analysis.figures.style import (
    BLUE,
    FONT_SIZE,
    PALETTE,
    VERMILION,
    dress,
    new_figure,
)
from hotaxion.theory.errors import HotAxionError, MissingDataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_MAX_POINTS = 4000  # drawn of each chain


def draw(prefixes: Prefixes, labels: Sequence[str] | None = None) -> Mapping[str, Figure]:
    """A figure for each run under the name of its file."""
    figures: dict[str, Figure] = {}
    for prefix, name in zip(as_list(prefixes), names_of(prefixes, labels), strict=True):
        file = f"{Path(prefix).name}_progress"
        if file in figures:
            raise HotAxionError(f"two runs would be drawn into '{file}.pdf'; draw them one by one.")
        figures[file] = progress_figure(read_progress(prefix), name)
    return figures


@dataclass(frozen=True)
class Progress:
    """What the files of a run say of its convergence.

    steps : (n,) accepted steps that each check used, of all chains.
    r_minus_one, r_minus_one_bounds : (n,) of the means, and of the bounds (NaN if not computed).
    stops : (of the means, of the bounds) at which the run stops; None if not known.
    chi2 : for each chain (rows,), the least so far being its best fit.
    """

    steps: Array
    r_minus_one: Array
    r_minus_one_bounds: Array
    stops: tuple[float | None, float | None]
    chi2: list[Array]


def read_progress(prefix: str | Path) -> Progress:
    """Read PREFIX.progress and PREFIX.1.txt, PREFIX.2.txt, ... of Cobaya, also while they grow.

    Raises
    ------
    MissingDataError : one of them is absent.
    HotAxionError : no chi^2 column, or no row yet.
    """
    prefix = Path(prefix)
    progress = prefix.with_name(prefix.name + ".progress")
    files = sorted(
        (p for p in prefix.parent.glob(f"{prefix.name}.*.txt") if _number(p, prefix).isdigit()),
        key=lambda path: int(_number(path, prefix)),
    )
    if not progress.is_file() or not files:
        raise MissingDataError(
            f"no '{progress.name}' with '{prefix.name}.1.txt' in '{prefix.parent}'; give the "
            "prefix of an MCMC of Cobaya, e.g. chains/run, after its first output."
        )
    rows = []
    for line in progress.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and len(cells := line.split()) >= 5:
            rows.append([float(cells[0]), float(cells[-2]), float(cells[-1])])
    steps, means, bounds = np.array(rows).reshape(-1, 3).T
    return Progress(steps, means, bounds, _stops(prefix), [_chi2(path) for path in files])


def _number(path: Path, prefix: Path) -> str:
    return path.name[len(prefix.name) + 1 : -len(".txt")]


def _stops(prefix: Path) -> tuple[float | None, float | None]:
    """Where the sampler stops, from updated.yaml; (None, None) without it."""
    from cobaya.yaml import yaml_load

    path = prefix.with_name(prefix.name + ".updated.yaml")
    if not path.is_file():
        return None, None
    info: Any = yaml_load(path.read_text(encoding="utf-8"))
    options = (info.get("sampler") or {}).get("mcmc") if isinstance(info, Mapping) else None
    options = options or {}
    return options.get("Rminus1_stop"), options.get("Rminus1_cl_stop")


def _chi2(path: Path) -> Array:
    """Column chi2 of a chain; a last line that is being written is left out."""
    head, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    names = head.removeprefix("#").split()
    if "chi2" not in names:
        raise HotAxionError(f"'{path}' has no column chi2; give a chain of Cobaya.")
    index = names.index("chi2")
    cells = [line.split() for line in lines]
    values = [float(row[index]) for row in cells if len(row) == len(names)]
    if not values:
        raise HotAxionError(f"'{path}' has no row yet; wait for its next output.")
    return np.array(values)


def progress_figure(progress: Progress, name: str = "") -> Figure:
    """R - 1 above, chi^2 below, against accepted steps.

    Cobaya counts at each check the steps that it used, without the start of the chains; hence
    two axes. Its R - 1 of bounds is explained in `convergence.bound_scatter`.

    Parameters
    ----------
    progress : from `read_progress`.
    name : of the run, for the title.
    """
    figure, (top, bottom) = new_figure(2, 1, size=(7.0, 6.2))
    steps = progress.steps
    curves = (
        ("of the means", progress.r_minus_one, progress.stops[0], BLUE, "o-"),
        ("of the bounds", progress.r_minus_one_bounds, progress.stops[1], VERMILION, "s--"),
    )
    for text, values, stop, colour, style in curves:
        known = np.isfinite(values)
        if known.any():
            top.plot(steps[known], values[known], style, color=colour, ms=3, lw=1.2, label=text)
        if stop is not None:
            top.axhline(stop, color=colour, ls=":", lw=1.4, label=f"stops at {stop:g}")
    top.set_yscale("log")
    dress(top, "accepted steps used for the check", r"$R-1$", name)
    if top.lines:
        top.legend(fontsize=FONT_SIZE - 1, ncols=2, framealpha=0.9)
    for number, values in enumerate(progress.chi2):
        every = max(1, values.size // _MAX_POINTS)
        rows = np.arange(values.size)[::every]
        colour = PALETTE[number % len(PALETTE)]
        text = f"chain {number + 1}: least {values.min():.2f}"
        bottom.plot(rows, values[::every], color=colour, lw=0.6, alpha=0.8, label=text)
    bottom.set_ylim(*_visible([values[values.size // 10 :] for values in progress.chi2]))
    dress(bottom, "accepted steps of each chain", r"$\chi^2$")
    bottom.legend(
        fontsize=FONT_SIZE - 1,
        ncols=3,
        frameon=False,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
    )
    return figure


def _visible(values: list[Array]) -> tuple[float, float]:
    """Range without the climb from the starting point."""
    low = min(float(v.min()) for v in values)
    high = max(float(np.quantile(v, 0.995)) for v in values)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + 3 * margin
