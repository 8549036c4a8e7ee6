"""Delta N_eff against the axion mass: theory band, published points, what chains exclude."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import GRID, mass_grid, scan, scan_with_band
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.inputs.theories import find_theories, options_of_input
from hotaxion.theory.arrays import Array
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains

_BAND_POINTS = 25  # each costs a dozen solutions
_LINE_HEIGHT = 0.042  # of the words on a line of a bound, as a part of the axis
_MARKS = tuple("os^Dv")  # of papers


def draw(
    chains: ShownChains, m_a_min: float, m_a_max: float, points: int, axion: AxionOptions
) -> tuple[str, Figure]:
    """The curve with its error band, masses that chains exclude, published points and lines.

    m_a_min, m_a_max, points : range [eV] and number of masses of the curve.
    axion : what it is a curve of; leading-order pions with the equation of the number density,
        which 2205.07849 may have used, stand beside it.

    Of a chain of another model, or without m_a, only the bound on delta_neff is drawn, as a line.
    """
    from hotaxion.analysis.published import papers

    masses = mass_grid(m_a_min, m_a_max, points)
    loaded = chains.load(["delta_neff"], ["m_a"])
    figure, axes = style.new_figure(size=(7.4, 5.4))
    highest = _draw_curves(axes, masses, axion)
    if axion.model == "ksvz":
        _draw_points(axes, masses)
    top = 1.12 * highest
    axes.set(xscale="log", xlim=(m_a_min, m_a_max), ylim=(0, top))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")  # no powers
    axes.set(xlabel=style.axis_label("m_a"), ylabel=style.DELTA_NEFF)
    lines = [(v, f"{text}: < {v:.3g}", style.GREY) for text, v in papers.DELTA_NEFF_BOUNDS.items()]
    lines += [(v, f"{text}: {v:.2g}", style.GREEN) for text, v in papers.FORECASTS.items()]
    for number, one in enumerate(loaded):
        colour, another = style.colour(3 + number), _another_axion(one, axion)
        if one.verdict.refused:
            continue
        if not another and "m_a" in one.chain.parameters():
            _draw_excluded(axes, one, colour)
        else:
            value = one.chain.bound("delta_neff").value
            words = f"{one.name}{another}: < {one.bound_in_words(value, 3)}"
            lines.append((value, words, colour))
    lines.sort()
    places = _places([value for value, *_ in lines], _LINE_HEIGHT * top)
    for (value, words, colour), place in zip(lines, places, strict=True):
        axes.axhline(value, color=colour, linewidth=1.2, linestyle=":")
        style.name_line(axes, place, words, colour)
    if axion.model != "alp":
        _add_f_a(axes)
    axes.set_title(style.axion_in_words(axion))
    figure.legend(**{**style.BELOW, "ncols": 2})
    _uncover_points(figure, axes)
    return style.file_of_axion("delta_neff", axion), figure


def _draw_curves(axes: Axes, masses: Array, axion: AxionOptions) -> float:
    """The curve in its band, and the one of 2022 beside it; returns the highest point."""
    few = mass_grid(float(masses[0]), float(masses[-1]), _BAND_POINTS)
    curve = _curve(axion, masses)
    rows = scan_with_band(axion, few)
    middle = np.array([row["delta_neff"] for row in rows])
    # The ratios vary slowly: the edges become as smooth as the curve.
    low, high = (
        curve * np.interp(np.log(masses), np.log(few), [r[edge] for r in rows] / middle)
        for edge in ("low", "high")
    )
    label = "this package, with its theory error"
    axes.fill_between(masses, low, high, color=style.BLUE, alpha=0.2, lw=0)
    axes.plot(masses, curve, color=style.BLUE, lw=2.2, label=label)
    older = replace(axion, rates="lo", solver="number", lecs=None)
    if older == axion:
        return float(high.max())
    look: dict[str, Any] = {"color": style.VERMILION, "lw": 1.5, "ls": "--"}
    second = _curve(older, masses)
    axes.plot(masses, second, label="leading-order pions, number density", **look)
    return float(max(high.max(), second.max()))


def _curve(axion: AxionOptions, masses: Array) -> Array:
    return np.array([row["delta_neff"] or 0.0 for row in scan(axion, masses)])


def _draw_points(axes: Axes, masses: Array) -> None:
    """Published pairs of bounds, a mark for each paper."""
    from hotaxion.analysis.published import papers

    of_paper: dict[str, list[tuple[float | None, float | None]]] = {}
    for bound in papers.POINTS:
        of_paper.setdefault(bound.paper, []).append((bound.m_a, bound.delta_neff))
    for mark, (paper, pairs) in zip(_MARKS, of_paper.items(), strict=False):
        x, y = zip(*pairs, strict=True)
        axes.plot(x, y, mark, color=style.BLACK, ms=6, label=f"bounds of {paper}", zorder=4)


def _places(values: list[float], height: float) -> list[float]:
    """Where words of this height stand, line by line: above, or below where the next is near."""
    places = []
    free = 0.0  # from where on words cover no others
    for value, following in zip(values, [*values[1:], np.inf], strict=True):
        below = following < value + height and value - height >= free
        places.append(value - height if below else max(value, free))
        free = max(value, places[-1] + height)
    return places


def _uncover_points(figure: Figure, axes: Axes) -> None:
    """Words that cover a published point go to the left end of their line."""
    from matplotlib.text import Annotation

    figure.draw_without_rendering()
    marks = [line for line in axes.lines if line.get_marker() in _MARKS]
    places = [
        axes.transData.transform(xy) for line in marks for xy in np.asarray(line.get_xydata())
    ]
    size = max((line.get_markersize() for line in marks), default=0.0) * figure.dpi / 72
    for words in axes.texts:
        assert isinstance(words, Annotation)
        box = words.get_window_extent().padded(size)
        if any(box.contains(*place) for place in places):
            words.set_horizontalalignment("left")
            words.xy = (0.0075, words.xy[1])


def _draw_excluded(axes: Axes, one: ShownChain, colour: str) -> None:
    """The masses above the bound of a chain."""
    bound = one.chain.bound("m_a").value
    words = f"excluded at 95 %: $m_a$/eV > {one.bound_in_words(bound, 2)}\n({one.name})"
    axes.axvspan(bound, axes.get_xlim()[1], color=colour, alpha=0.13, lw=0, label=words)
    axes.axvline(bound, color=colour, lw=1.4)


def _add_f_a(axes: Axes) -> None:
    """The decay constant on top."""
    to_gev = f_a_gev(1.0)

    def other(value: Any) -> Any:
        with np.errstate(divide="ignore"):  # matplotlib tries 0
            return to_gev / np.asarray(value)

    above = axes.secondary_xaxis("top", functions=(other, other))
    above.set_xlabel(style.axis_label("f_a"))
    above.tick_params(which="both", direction="in", labelsize=style.FONT_SIZE)
    axes.tick_params(which="both", top=False)


def _another_axion(one: ShownChain, axion: AxionOptions) -> str:
    """The model of a chain in words, where its input has another one than the curve."""
    if not find_theories(one.chain.info, "HotAxion"):
        return ""
    theirs = options_of_input(one.chain.info)
    if (theirs.model, theirs.tan_beta) == (axion.model, axion.tan_beta):
        return ""
    standard = AxionOptions(model=theirs.model, tan_beta=theirs.tan_beta)
    return f" ({style.axion_in_words(standard)})"


KIND = Kind(
    "Delta N_eff(m_a) with its error, published points, what chains exclude",
    draw,
    chains="possible",
    # More points would take hours.
    options=GRID | {"points": replace(GRID["points"], range=(2, 10_000))},
    axion=frozenset(AxionOptions.declared()),
)
