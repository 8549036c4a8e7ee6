"""Published bounds on the axion mass, in the order in which they appeared, and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.figures.shown_chains import Prefixes, load_shown, mark_unconverged
from hotaxion.analysis.figures.style import (
    BLUE,
    FONT_SIZE,
    GREY,
    VERMILION,
    axis_label,
    dress,
    new_figure,
    plain_log,
)
from hotaxion.analysis.published.papers import HISTORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT_EV = 0.05  # where the bars begin, unless a bound is lower
_TICKS_EV = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


def draw(prefixes: Prefixes, **options: Any) -> Mapping[str, Figure]:
    """The figure under the name of its file; options as of `history_figure`."""
    return {"history": history_figure(prefixes, **options)}


def history_figure(
    prefixes: Prefixes = (),
    burn: float | None = None,
    labels: Sequence[str] | None = None,
) -> Figure:
    """One bar per bound, up to the 95 % upper bound; oldest at the top, ours at the bottom.

    Parameters
    ----------
    prefixes, burn, labels : chains whose bounds on m_a are added: hatched and with one digit where
        they have not converged, without a bar where too few samples know any bound.

    Raises
    ------
    UnknownOptionError : a chain without m_a.
    MissingDataError, RangeError, HotAxionError : see `Chain.load`.
    """
    chains = load_shown(prefixes, burn, labels, ["m_a"])
    published = [entry.values["m_a"] for entry in HISTORY]
    ours = [shown.chain.bound("m_a").value for shown in chains]
    known = [v for v, chain in zip(ours, chains, strict=True) if not chain.verdict.refused]
    left = min(_LEFT_EV, 0.5 * min([*published, *known]))
    highest = max([*published, *known])
    names = [f"{entry.arxiv}: {entry.label or entry.data}" for entry in HISTORY]
    names += [f"here: {chain.name}" for chain in chains]
    figure, axes = new_figure(size=(8.4, 0.42 * len(names) + 1.3))
    for place, entry in enumerate(HISTORY):
        look = {"color": GREY if entry.forecast else BLUE, "alpha": 0.75}
        _bar(axes, place, (left, published[place]), f"{published[place]:.2g}", look)
    for place, (chain, value) in enumerate(zip(chains, ours, strict=True), len(HISTORY)):
        look = {"color": VERMILION, "alpha": 0.75}
        if not chain.verdict.converged:
            look = {"facecolor": "none", "edgecolor": VERMILION, "hatch": "////"}
        end = left if chain.verdict.refused else value
        _bar(axes, place, (left, end), chain.bound_in_words(value, 2), look)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    plain_log(axes)
    axes.set_xlim(left, 1.6 * highest)
    ticks = [tick for tick in _TICKS_EV if left <= tick <= 1.6 * highest]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    dress(axes, f"95 % upper bound on {axis_label('m_a')}")
    axes.tick_params(axis="y", length=0, labelsize=FONT_SIZE - 1)
    axes.grid(visible=False, axis="y")
    mark_unconverged(figure, chains)
    return figure


def _bar(
    axes: Axes, place: int, ends: tuple[float, float], text: str, look: dict[str, Any]
) -> None:
    """A bar between two masses [eV], and words behind its end."""
    left, right = ends
    axes.barh(place, right - left, left=left, height=0.55, **look)
    axes.text(1.03 * right, place, text, va="center", fontsize=FONT_SIZE - 0.5)
