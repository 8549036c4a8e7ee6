"""Published bounds on the axion mass against the time at which they appeared, and ours."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.figures import Kind, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_TICKS_EV = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_LEFT_EV = 0.05  # the axis begins there, unless a bound is lower
_AFTER = 0.7  # years between the last paper and the chains
_ROOM = 1.9  # years for the words on the right


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """A mark at each 95 % upper bound, an arrow down, a colour for each paper; ours on the right.

    Marks of chains that have not converged are hollow and their bounds have one digit; those of
    which too few samples know any bound have words, and no mark.
    """
    from hotaxion.analysis.published import papers

    figure, axes = style.new_figure(size=(8.4, 5.0))
    colours, of_paper = cycle(style.PALETTE), dict[str, str]()
    values = [bound.values["m_a"] for bound in papers.HISTORY]
    for bound, value in zip(papers.HISTORY, values, strict=True):
        first = bound.paper not in of_paper
        if first:
            of_paper[bound.paper] = style.GREY if bound.forecast else next(colours)
        words = f"{value:g}: {bound.label or bound.data}"
        look = {"color": of_paper[bound.paper], "label": bound.paper if first else None}
        _mark(axes, bound.year, value, words, look)
    last = max(bound.year for bound in papers.HISTORY)
    here, without = last + _AFTER, 0
    for one in chains.load(["m_a"]):
        value = one.chain.bound("m_a").value
        words = f"{one.bound_in_words(value, 2)}: {one.name}"
        if one.verdict.refused:
            axes.text(here, 0.96 - 0.05 * without, words, transform=axes.get_xaxis_transform())
            without += 1
            continue
        look = {"color": style.BLACK, "mfc": style.BLACK if one.verdict.converged else "white"}
        _mark(axes, here, value, words, look)
        values.append(value)
    bottom, top = min(_LEFT_EV, 0.5 * min(values)), 1.6 * max(values)
    years = range(int(papers.HISTORY[0].year), int(last) + 1)
    ticks = [*((year, str(year)) for year in years), *([(here, "here")] if chains.names else [])]
    axes.set_xticks(*zip(*ticks, strict=True))
    axes.set(yscale="log", ylim=(bottom, top), xlim=(years[0] + 0.3, here + _ROOM))
    heights = [tick for tick in _TICKS_EV if bottom <= tick <= top]
    axes.set_yticks(heights, [f"{tick:g}" for tick in heights])
    axes.minorticks_off()
    axes.set(xlabel="year", ylabel=f"95 % upper bound on {style.axis_label('m_a')}")
    figure.legend(**style.BELOW)
    return "history", figure


def _mark(axes: Axes, x: float, value: float, words: str, look: dict[str, Any]) -> None:
    """A mark with an arrow down and words beside it."""
    arrow = {"arrowstyle": "<-", "color": look["color"], "lw": 1.3}
    axes.annotate("", (x, value), (0, -22), textcoords="offset points", arrowprops=arrow)
    axes.plot(x, value, "o", ms=7, mew=1.8, **look)
    note: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": style.SMALL}
    note["bbox"] = {"fc": "white", "alpha": 0.7, "lw": 0, "pad": 0.5}
    axes.annotate(words, (x, value), (8, 0), **note)


KIND = Kind("published bounds on m_a by year, those of chains added", draw, chains="possible")
