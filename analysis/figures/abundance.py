"""Delta N_eff against the axion mass: theory band, other rates and solvers, bounds as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import mass_grid, scan, scan_with_band
from hotaxion.analysis.figures.shown_chains import (
    Prefixes,
    ShownChain,
    load_shown,
    mark_unconverged,
)
from hotaxion.analysis.figures.style import (
    BLUE,
    FONT_SIZE,
    GREY,
    PALETTE,
    VERMILION,
    axion_in_words,
    axis_label,
    dress,
    file_stem,
    new_figure,
    plain_log,
)
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.published.figure import options_of_input
from hotaxion.analysis.published.papers import DELTA_NEFF_BOUNDS, KSVZ_2205_07849, SOURCE
from hotaxion.theory.checks import whole_number
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVES = (  # rates, solver, colour, dashes, width, label
    ("gkpy", "momentum", BLUE, "-", 2.2, r"pions: $\pi\pi$ data, momentum-resolved; its error"),
    ("gkpy", "number", BLUE, "--", 1.5, r"pions: $\pi\pi$ data, number density"),
    ("lo", "momentum", VERMILION, "-", 1.5, "pions: leading order, momentum-resolved"),
    ("lo", "number", VERMILION, "--", 1.5, "pions: leading order, number density"),
)
_BAND_POINTS = 25  # each costs a dozen solutions
_POINTS = (2, 10_000)  # the most would take hours
_LINE_HEIGHT = 0.032  # of the words on a line of a bound, as a part of the axis


def draw(
    prefixes: Prefixes, options: AxionOptions | None = None, **more: Any
) -> Mapping[str, Figure]:
    """The figure under the name of its file; options as of `abundance_figure`."""
    options = options or AxionOptions()
    return {file_stem("delta_neff", options): abundance_figure(options, prefixes=prefixes, **more)}


def abundance_figure(
    options: AxionOptions | None = None,
    m_a_min: float = 0.01,
    m_a_max: float = 10.0,
    points: int = 60,
    prefixes: Prefixes = (),
    burn: float | None = None,
    labels: Sequence[str] | None = None,
) -> Figure:
    """The curve with its error band; bounds on delta_neff, published and of chains, as lines.

    Parameters
    ----------
    options : what stays the same for all curves (its `rates`, with their `lecs`, and `solver` are
        not used).
    m_a_min, m_a_max, points : range [eV] and number of masses of each curve.
    prefixes, burn, labels : chains whose 95 % bounds on delta_neff are drawn. One of another model
        says so; one that has not converged, too.

    Raises
    ------
    RangeError, UnknownOptionError : see `hotaxion.theory.relics.abundance.Abundance` and `chains`.
    """
    options = replace(options or AxionOptions(), lecs=None)
    masses = mass_grid(m_a_min, m_a_max, whole_number("points", points, *_POINTS))
    chains = load_shown(prefixes, burn, labels, ["delta_neff"])
    figure, axes = new_figure(size=(7.4, 5.4))
    _band(axes, replace(options, rates="gkpy", solver="momentum"), m_a_min, m_a_max)
    for rates, solver, colour, dashes, width, text in _CURVES:
        rows = scan(replace(options, rates=rates, solver=solver), masses)
        curve = [row["delta_neff"] for row in rows]
        axes.plot(masses, curve, color=colour, linestyle=dashes, linewidth=width, label=text)
    if options.model == "ksvz":
        pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
        axes.plot(*zip(*pairs, strict=True), "ko", ms=6, label=f"bounds of {SOURCE} (KSVZ)")
    bounds = [(v, f"{text}: < {v:.3g}", GREY) for text, v in DELTA_NEFF_BOUNDS.items()]
    for chain, colour in zip(chains, cycle(PALETTE[2:]), strict=False):
        if not chain.verdict.refused:
            value = chain.chain.bound("delta_neff").value
            words = f"{_named(chain, options)}: < {chain.bound_in_words(value, 3)}"
            bounds.append((value, words, colour))
    for value, _, colour in bounds:
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=":")
    _finish(axes, options, (m_a_min, m_a_max))
    _name_lines(axes, bounds)
    mark_unconverged(figure, chains)
    return figure


def _named(chain: ShownChain, options: AxionOptions) -> str:
    """Name of a chain, with its model where that is not the one of the curves."""
    info = chain.chain.info
    theirs = options_of_input(info) if find_theories(info, "HotAxion") else options
    if (theirs.model, theirs.tan_beta) == (options.model, options.tan_beta):
        return chain.name
    standard = AxionOptions(model=theirs.model, tan_beta=theirs.tan_beta)
    return f"{chain.name} ({axion_in_words(standard)})"


def _band(axes: Axes, options: AxionOptions, low: float, high: float) -> None:
    rows = scan_with_band(options, mass_grid(low, high, _BAND_POINTS))
    m_a, below, above = (np.array([r[key] for r in rows]) for key in ("m_a_ev", "low", "high"))
    axes.fill_between(m_a, below, above, color=BLUE, alpha=0.2, lw=0)


def _name_lines(axes: Axes, bounds: Sequence[tuple[float, str, str]]) -> None:
    """Write (value, text, colour) above its line, or higher where it would cover the one below."""
    free = 0.0
    for value, text, colour in sorted(bounds):
        place = max(value, free)
        free = place + _LINE_HEIGHT * axes.get_ylim()[1]
        axes.annotate(
            text,
            (0.988, place),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="right",
            fontsize=FONT_SIZE - 2.5,
            color=colour,
        )


def _finish(axes: Axes, options: AxionOptions, limits: tuple[float, float]) -> None:
    plain_log(axes)
    (band,) = axes.collections
    heights = [np.max(line.get_ydata()) for line in axes.lines]
    top = float(max(*heights, np.asarray(band.get_paths()[0].vertices)[:, 1].max()))
    axes.set(xlim=limits, ylim=(0, 1.12 * top))
    title = axion_in_words(options, leave_out=("rates", "solver"))
    dress(axes, axis_label("m_a"), r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)", title)
    axes.legend(fontsize=FONT_SIZE - 2, loc="upper left", framealpha=0.9)
