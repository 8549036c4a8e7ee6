"""Published bounds on the axion mass, in the order in which they appeared, and ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains
from hotaxion.analysis.published.papers import HISTORY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT_EV = 0.05  # where the bars begin, unless a bound is lower
_TICKS_EV = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """One bar per bound, up to the 95 % upper bound; oldest at the top, ours at the bottom.

    Those of chains that have not converged are hatched and have one digit, and no bar where too
    few samples know any bound.
    """
    loaded = chains.load(["m_a"])
    published = [entry.values["m_a"] for entry in HISTORY]
    ours = [one.chain.bound("m_a").value for one in loaded]
    known = [v for v, one in zip(ours, loaded, strict=True) if not one.verdict.refused]
    left = min(_LEFT_EV, 0.5 * min([*published, *known]))
    right = 1.6 * max([*published, *known])
    names = [f"{entry.arxiv}: {entry.label or entry.data}" for entry in HISTORY]
    names += [f"here: {one.name}" for one in loaded]
    figure, axes = style.new_figure(size=(8.4, 0.42 * len(names) + 1.3))
    for place, (entry, value) in enumerate(zip(HISTORY, published, strict=True)):
        look = {"color": style.GREY if entry.forecast else style.BLUE, "alpha": 0.75}
        _bar(axes, place, (left, value), f"{value:.2g}", look)
    for place, (one, value) in enumerate(zip(loaded, ours, strict=True), len(HISTORY)):
        end = left if one.verdict.refused else value
        _bar(axes, place, (left, end), one.bound_in_words(value, 2), _look(one))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    style.plain_log(axes)
    axes.set_xlim(left, right)
    ticks = [tick for tick in _TICKS_EV if left <= tick <= right]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    style.dress(axes, f"95 % upper bound on {style.axis_label('m_a')}")
    axes.tick_params(axis="y", length=0, labelsize=style.FONT_SIZE - 1)
    axes.grid(visible=False, axis="y")
    return "history", figure


def _look(one: ShownChain) -> dict[str, Any]:
    if one.verdict.converged:
        return {"color": style.VERMILION, "alpha": 0.75}
    return {"facecolor": "none", "edgecolor": style.VERMILION, "hatch": "////"}


def _bar(
    axes: Axes, place: int, ends: tuple[float, float], text: str, look: dict[str, Any]
) -> None:
    """A bar between two masses [eV], and words behind its end."""
    left, right = ends
    axes.barh(place, right - left, left=left, height=0.55, **look)
    axes.text(1.03 * right, place, text, va="center", fontsize=style.FONT_SIZE - 0.5)


KIND = Kind("published bounds on m_a, those of chains added", draw, chains="possible")
