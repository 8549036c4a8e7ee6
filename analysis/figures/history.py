"""Published bounds on the axion mass, in the order in which they appeared, and ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.bounds import bound_of
from hotaxion.analysis.chains import BURN_IN, calm_getdist, check_parameters, load_chain
from hotaxion.analysis.figures.style import (
    BLUE,
    FONT_SIZE,
    GREY,
    VERMILION,
    axis_label,
    dress,
    names_of,
    new_figure,
    plain_log,
)
from hotaxion.analysis.published import HISTORY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LEFT_EV = 0.05  # where the bars begin, unless a bound is lower
_TICKS_EV = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


def history_figure(
    prefixes: Sequence[str | Path] = (),
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> Figure:
    """One bar per bound, up to the 95 % upper bound; oldest at the top, ours at the bottom.

    Parameters
    ----------
    prefixes, burn, labels : chains whose bounds on m_a are added.

    Raises
    ------
    UnknownOptionError : a chain without m_a.
    MissingDataError, RangeError, HotAxionError : see `chains.load_chain`.
    """
    rows = [
        (f"{entry.source}: {entry.data}", entry.m_a, GREY if entry.forecast else BLUE)
        for entry in HISTORY
    ]
    for prefix, name in zip(prefixes, names_of(prefixes, labels), strict=True):
        samples = load_chain(prefix, burn)
        check_parameters(samples, ["m_a"])
        with calm_getdist():
            rows.append((f"here: {name}", bound_of(samples, "m_a").value, VERMILION))
    left = min(_LEFT_EV, 0.5 * min(value for _, value, _ in rows))
    figure, axes = new_figure(size=(8.4, 0.42 * len(rows) + 1.3))
    for place, (_, value, colour) in enumerate(rows):
        axes.barh(place, value - left, left=left, height=0.55, color=colour, alpha=0.75)
        axes.text(1.03 * value, place, f"{value:.2g}", va="center", fontsize=FONT_SIZE - 0.5)
    axes.set_yticks(range(len(rows)), [text for text, *_ in rows])
    axes.invert_yaxis()
    plain_log(axes)
    highest = max(value for _, value, _ in rows)
    axes.set_xlim(left, 1.6 * highest)
    ticks = [tick for tick in _TICKS_EV if left <= tick <= 1.6 * highest]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    dress(axes, f"95 % upper bound on {axis_label('m_a')}")
    axes.tick_params(axis="y", length=0, labelsize=FONT_SIZE - 1)
    axes.grid(visible=False, axis="y")
    return figure
