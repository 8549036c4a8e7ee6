"""Published bounds on the axion mass, in the order in which they appeared, and ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotaxion.analysis.figures import Kind, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_LEFT_EV = 0.05  # where the bars begin, unless a bound is lower
_TICKS_EV = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_GOOD: dict[str, Any] = {"color": style.VERMILION, "alpha": 0.75}
_DOUBTFUL: dict[str, Any] = {"facecolor": "none", "edgecolor": style.VERMILION, "hatch": "////"}


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """One bar per bound, up to the 95 % upper bound; oldest at the top, ours at the bottom.

    Those of chains that have not converged are hatched and have one digit, and no bar where too
    few samples know any bound.
    """
    from hotaxion.analysis.published import papers

    bars: list[tuple[str, float | None, str, dict[str, Any]]] = []
    for entry in papers.HISTORY:
        look = _GOOD | {"color": style.GREY if entry.forecast else style.BLUE}
        value = entry.values["m_a"]
        bars.append((f"{entry.arxiv}: {entry.label or entry.data}", value, f"{value:.2g}", look))
    for one in chains.load(["m_a"]):
        value = one.chain.bound("m_a").value
        look = _GOOD if one.verdict.converged else _DOUBTFUL
        known = None if one.verdict.refused else value
        bars.append((f"here: {one.name}", known, one.bound_in_words(value, 2), look))
    ends = [end for _, end, _, _ in bars if end is not None]
    left, right = min(_LEFT_EV, 0.5 * min(ends)), 1.6 * max(ends)
    figure, axes = style.new_figure(size=(8.4, 0.42 * len(bars) + 1.3))
    for place, (_, known, text, look) in enumerate(bars):
        end = left if known is None else known
        axes.barh(place, end - left, left=left, height=0.55, **look)
        axes.text(1.03 * end, place, text, va="center")
    axes.set_yticks(range(len(bars)), [name for name, *_ in bars])
    axes.invert_yaxis()
    style.plain_log(axes)
    ticks = [tick for tick in _TICKS_EV if left <= tick <= right]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set(xlim=(left, right), xlabel=f"95 % upper bound on {style.axis_label('m_a')}")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    return "history", figure


KIND = Kind("published bounds on m_a, those of chains added", draw, chains="possible")
