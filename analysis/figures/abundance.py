"""Delta N_eff against the axion mass: theory band, other rates and solvers, bounds as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.abundances import AbundanceOptions, mass_grid, scan, scan_with_band
from hotaxion.analysis.bounds import bound_of
from hotaxion.analysis.chains import BURN_IN, calm_getdist, check_parameters, load_chain
from hotaxion.analysis.figures.style import (
    BLUE,
    FONT_SIZE,
    GREY,
    PALETTE,
    VERMILION,
    axis_label,
    dress,
    names_of,
    new_figure,
    plain_log,
)
from hotaxion.analysis.published import DELTA_NEFF_BOUNDS, KSVZ_2205_07849, SOURCE

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
_LINE_HEIGHT = 0.032  # of the words on a line of a bound, as a part of the axis


def abundance_figure(
    options: AbundanceOptions | None = None,
    m_a_min: float = 0.01,
    m_a_max: float = 10.0,
    points: int = 60,
    prefixes: Sequence[str | Path] = (),
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> Figure:
    """The curve with its error band; bounds on delta_neff, published and of chains, as lines.

    Parameters
    ----------
    options : what stays the same for all curves (its `rates`, with their `lecs`, and `solver` are
        not used).
    m_a_min, m_a_max, points : range [eV] and number of masses of each curve.
    prefixes, burn, labels : chains whose 95 % bounds on delta_neff are drawn.

    Raises
    ------
    RangeError, UnknownOptionError : see `hotaxion.theory.abundance.Abundance` and `chains`.
    """
    options = replace(options or AbundanceOptions(), lecs=None)
    masses = mass_grid(m_a_min, m_a_max, points)
    figure, axes = new_figure(size=(7.4, 5.4))
    _band(axes, replace(options, rates="gkpy", solver="momentum"), m_a_min, m_a_max)
    for rates, solver, colour, dashes, width, text in _CURVES:
        rows = scan(replace(options, rates=rates, solver=solver), masses)
        curve = [row["delta_neff"] for row in rows]
        axes.plot(masses, curve, color=colour, linestyle=dashes, linewidth=width, label=text)
    if options.model == "ksvz":
        pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
        axes.plot(*zip(*pairs, strict=True), "ko", ms=6, label=f"bounds of {SOURCE} (KSVZ)")
    bounds = [(value, text, GREY) for text, value in DELTA_NEFF_BOUNDS.items()]
    names = names_of(prefixes, labels)
    for prefix, name, colour in zip(prefixes, names, cycle(PALETTE[2:]), strict=False):
        samples = load_chain(prefix, burn)
        check_parameters(samples, ["delta_neff"])
        with calm_getdist():
            bounds.append((bound_of(samples, "delta_neff").value, name, colour))
    for value, _, colour in bounds:
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=":")
    _finish(axes, options, (m_a_min, m_a_max))
    _name_lines(axes, bounds)
    return figure


def _band(axes: Axes, options: AbundanceOptions, low: float, high: float) -> None:
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
            f"{text}: < {value:.3g}",
            (0.988, place),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="right",
            fontsize=FONT_SIZE - 2.5,
            color=colour,
        )


def _finish(axes: Axes, options: AbundanceOptions, limits: tuple[float, float]) -> None:
    plain_log(axes)
    (band,) = axes.collections
    heights = [np.max(line.get_ydata()) for line in axes.lines]
    top = float(max(*heights, band.get_paths()[0].vertices[:, 1].max()))
    axes.set(xlim=limits, ylim=(0, 1.12 * top))
    beta = "" if options.tan_beta is None else rf", $\tan\beta = {options.tan_beta:g}$"
    title = f"{options.model.upper()} axion{beta}, gluons: {options.gluons}"
    dress(axes, axis_label("m_a"), r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)", title)
    axes.legend(fontsize=FONT_SIZE - 2, loc="upper left", framealpha=0.9)
