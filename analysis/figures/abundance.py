"""Delta N_eff against the axion mass: theory band, other rates and solvers, bounds as lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import GRID, mass_grid, scan, scan_with_band
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.inputs.theories import find_theories, options_of_input
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains

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
    chains: ShownChains, m_a_min: float, m_a_max: float, points: int, axion: AxionOptions
) -> tuple[str, Figure]:
    """The curve with its error band; bounds on delta_neff, published and of chains, as lines.

    m_a_min, m_a_max, points : range [eV] and number of masses of each curve.
    axion : what stays the same for all curves.

    A chain of another model says so; one that has not converged, too.
    """
    from hotaxion.analysis.published import papers

    axion = replace(axion, lecs=None)
    masses, few = mass_grid(m_a_min, m_a_max, points), mass_grid(m_a_min, m_a_max, _BAND_POINTS)
    loaded = chains.load(["delta_neff"])
    figure, axes = style.new_figure(size=(7.4, 5.4))
    rows = scan_with_band(replace(axion, rates="gkpy", solver="momentum"), few)
    m_a, low, high = (np.array([r[key] for r in rows]) for key in ("m_a_ev", "low", "high"))
    axes.fill_between(m_a, low, high, color=style.BLUE, alpha=0.2, lw=0)
    heights = [high.max()]
    for rates, solver, text, look in _CURVES:
        found = scan(replace(axion, rates=rates, solver=solver), masses)
        curve = [row["delta_neff"] or 0.0 for row in found]
        axes.plot(masses, curve, label=f"pions: {text}", **look)
        heights.append(max(curve))
    if axion.model == "ksvz":
        pairs = [(bound.m_a, bound.delta_neff) for bound in papers.KSVZ_2205_07849.values()]
        label = f"bounds of {papers.SOURCE} (KSVZ)"
        axes.plot(*zip(*pairs, strict=True), "ko", ms=6, label=label)
    style.plain_log(axes)
    top, title = 1.12 * max(heights), style.axion_in_words(axion, leave_out=("rates", "solver"))
    axes.set(xlim=(m_a_min, m_a_max), ylim=(0, top), title=title)
    axes.set(xlabel=style.axis_label("m_a"), ylabel=style.DELTA_NEFF)
    axes.legend(loc="upper left")
    bounds = [(v, f"{text}: < {v:.3g}", style.GREY) for text, v in papers.DELTA_NEFF_BOUNDS.items()]
    for number, one in enumerate(loaded):
        if not one.verdict.refused:
            value = one.chain.bound("delta_neff").value
            words = f"{_named(one, axion)}: < {one.bound_in_words(value, 3)}"
            bounds.append((value, words, style.colour(2 + number)))
    free = 0.0  # from where on words cover no others
    for value, words, colour in sorted(bounds):
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=":")
        style.name_line(axes, max(value, free), words, colour)
        free = max(value, free) + _LINE_HEIGHT * top
    return style.file_of_axion("delta_neff", axion), figure


def _named(one: ShownChain, axion: AxionOptions) -> str:
    """Name of a chain, with its model where that is not the one of the curves."""
    info = one.chain.info
    theirs = options_of_input(info) if find_theories(info, "HotAxion") else axion
    if (theirs.model, theirs.tan_beta) == (axion.model, axion.tan_beta):
        return one.name
    standard = AxionOptions(model=theirs.model, tan_beta=theirs.tan_beta)
    return f"{one.name} ({style.axion_in_words(standard)})"


KIND = Kind(
    "Delta N_eff(m_a) with its error, bounds of chains as lines",
    draw,
    chains="possible",
    # More points would take hours.
    options=GRID | {"points": replace(GRID["points"], range=(2, 10_000))},
    axion=frozenset(AxionOptions.declared()) - {"rates", "lecs", "solver"},
)
