"""Delta N_eff against the axion mass: theory band, other rates and solvers, bounds as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import GRID, mass_grid, scan, scan_with_band
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains
from hotaxion.analysis.inputs.theories import find_theories, options_of_input
from hotaxion.analysis.published.papers import DELTA_NEFF_BOUNDS, KSVZ_2205_07849, SOURCE
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DATA, _LO = {"color": style.BLUE}, {"color": style.VERMILION}
_CURVES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("gkpy", "momentum", r"$\pi\pi$ data, momentum-resolved; its error", _DATA | {"lw": 2.2}),
    ("gkpy", "number", r"$\pi\pi$ data, number density", _DATA | {"lw": 1.5, "ls": "--"}),
    ("lo", "momentum", "leading order, momentum-resolved", _LO | {"lw": 1.5}),
    ("lo", "number", "leading order, number density", _LO | {"lw": 1.5, "ls": "--"}),
)
_BAND_POINTS = 25  # each costs a dozen solutions
_LINE_HEIGHT = 0.032  # of the words on a line of a bound, as a part of the axis


def draw(
    chains: ShownChains,
    m_a_min: float,
    m_a_max: float,
    points: int,
    axion: AxionOptions,
) -> tuple[str, Figure]:
    """The curve with its error band; bounds on delta_neff, published and of chains, as lines.

    m_a_min, m_a_max, points : range [eV] and number of masses of each curve.
    axion : what stays the same for all curves.

    A chain of another model says so; one that has not converged, too.
    """
    axion = replace(axion, lecs=None)
    masses = mass_grid(m_a_min, m_a_max, points)
    loaded = chains.load(["delta_neff"])
    figure, axes = style.new_figure(size=(7.4, 5.4))
    rows = scan_with_band(
        replace(axion, rates="gkpy", solver="momentum"), mass_grid(m_a_min, m_a_max, _BAND_POINTS)
    )
    m_a, low, high = (np.array([r[key] for r in rows]) for key in ("m_a_ev", "low", "high"))
    axes.fill_between(m_a, low, high, color=style.BLUE, alpha=0.2, lw=0)
    heights = [high.max()]
    for rates, solver, text, look in _CURVES:
        found = scan(replace(axion, rates=rates, solver=solver), masses)
        curve = [row["delta_neff"] or 0.0 for row in found]
        axes.plot(masses, curve, label=f"pions: {text}", **look)
        heights.append(max(curve))
    if axion.model == "ksvz":
        pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
        axes.plot(*zip(*pairs, strict=True), "ko", ms=6, label=f"bounds of {SOURCE} (KSVZ)")
    style.plain_log(axes)
    axes.set(xlim=(m_a_min, m_a_max), ylim=(0, 1.12 * max(heights)))
    y, title = style.DELTA_NEFF, style.axion_in_words(axion, leave_out=("rates", "solver"))
    style.dress(axes, style.axis_label("m_a"), y, title)
    axes.legend(fontsize=style.FONT_SIZE - 2, loc="upper left", framealpha=0.9)
    bounds = [(v, f"{text}: < {v:.3g}", style.GREY) for text, v in DELTA_NEFF_BOUNDS.items()]
    _lines(axes, [*bounds, *_bounds_of(loaded, axion)])
    return style.file_of_axion("delta_neff", axion), figure


def _bounds_of(chains: Sequence[ShownChain], axion: AxionOptions) -> list[tuple[float, str, str]]:
    """Value, words and colour of the bound of each chain that has one."""
    bounds = []
    for number, one in enumerate(chains):
        if not one.verdict.refused:
            value = one.chain.bound("delta_neff").value
            words = f"{_named(one, axion)}: < {one.bound_in_words(value, 3)}"
            bounds.append((value, words, style.PALETTE[(2 + number) % len(style.PALETTE)]))
    return bounds


def _named(one: ShownChain, axion: AxionOptions) -> str:
    """Name of a chain, with its model where that is not the one of the curves."""
    info = one.chain.info
    theirs = options_of_input(info) if find_theories(info, "HotAxion") else axion
    if (theirs.model, theirs.tan_beta) == (axion.model, axion.tan_beta):
        return one.name
    standard = AxionOptions(model=theirs.model, tan_beta=theirs.tan_beta)
    return f"{one.name} ({style.axion_in_words(standard)})"


def _lines(axes: Axes, bounds: Sequence[tuple[float, str, str]]) -> None:
    """A line for each (value, words, colour); its words above it, or higher, to cover no others."""
    free = 0.0
    for value, words, colour in sorted(bounds):
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=":")
        place = max(value, free)
        free = place + _LINE_HEIGHT * axes.get_ylim()[1]
        style.name_line(axes, place, words, 2.5, colour)


KIND = Kind(
    "Delta N_eff(m_a) with its error, bounds of chains as lines",
    draw,
    chains="possible",
    # More points would take hours.
    options=GRID | {"points": replace(GRID["points"], range=(2, 10_000))},
    axion=frozenset(AxionOptions.declared()) - {"rates", "lecs", "solver"},
)
