"""Figures, as PDF and PNG: the triangle plot of a posterior and the curve delta_neff(m_a)."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.abundances import AbundanceOptions, mass_grid, scan
from hotaxion.analysis.bounds import UPPER_BOUNDED
from hotaxion.analysis.chains import BURN_IN, check_parameters, load_chain, parameter_names
from hotaxion.analysis.published import KSVZ_2205_07849, SOURCE
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from getdist import MCSamples
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRIANGLE_PARAMETERS = ("m_a", "delta_neff", "mnu", "omega_b")
# Okabe & Ito's palette: distinguishable with any colour vision (jfly.uni-koeln.de/color).
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
_PALETTE = (BLUE, VERMILION, GREEN, PURPLE)
_LABELS = {
    "m_a": r"m_a\,[\mathrm{eV}]",
    "mnu": r"\Sigma m_\nu\,[\mathrm{eV}]",
    "delta_neff": r"\Delta N_\mathrm{eff}",
    "omega_b": r"\omega_b",
}
_SCATTER = 1e-4  # of the range: interpolated abundances are smooth to 1e-5
_CURVES = (  # rates, solver, colour, dashes, label
    ("gkpy", "momentum", BLUE, "-", r"pions: $\pi\pi$ data (gkpy), momentum-resolved"),
    ("gkpy", "number", BLUE, "--", r"pions: $\pi\pi$ data (gkpy), number density"),
    ("lo", "momentum", VERMILION, "-", "pions: leading order (lo), momentum-resolved"),
    ("lo", "number", VERMILION, "--", "pions: leading order (lo), number density"),
)


def triangle(
    prefixes: Sequence[str | Path],
    folder: str | Path,
    params: Sequence[str] | None = None,
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> list[Path]:
    """Triangle plot of one or more chains: marginal posteriors, 68 % and 95 % regions.

    Parameters
    ----------
    prefixes : prefixes of the chains, drawn over each other.
    folder : where <first prefix>_triangle.pdf and .png go (made if absent).
    params : names; default are those of TRIANGLE_PARAMETERS that all chains have.
    burn : fraction dropped at the start of each chain.
    labels : names of the chains in the legend, default their prefixes.

    Returns
    -------
    The files written.

    Raises
    ------
    MissingDataError, RangeError, UnknownOptionError, HotAxionError : see `chains`.
    """
    chains = [load_chain(prefix, burn) for prefix in prefixes]
    common = set.intersection(*(set(parameter_names(chain)) for chain in chains))
    for chain in chains:
        check_parameters(chain, params or [])
    names = list(params or [name for name in TRIANGLE_PARAMETERS if name in common])
    if not names:
        raise HotAxionError(
            f"none of {', '.join(TRIANGLE_PARAMETERS)} is in the chain; choose with --params "
            f"from: {', '.join(sorted(common))}."
        )
    legend = [str(label) for label in labels or [Path(p).name for p in prefixes]]
    with _calm_getdist():
        figure = _draw_triangle(chains, names, legend)
        return _save(figure, folder, f"{Path(prefixes[0]).name}_triangle")


def _draw_triangle(chains: list[MCSamples], names: list[str], legend: list[str]) -> Figure:
    _use_agg()
    from getdist import plots

    for chain in chains:
        # getdist's own bandwidth is far too small for delta_neff: its density, of the form
        # 1/(slope of the curve), diverges at the floor.
        chain.updateSettings({"smooth_scale_1D": 0.25, "smooth_scale_2D": 0.35})
        _declare_floors(chain, names)
        for name in set(names) & set(_LABELS):
            chain.paramNames.parWithName(name).label = _LABELS[name]
    # A flat curve delta_neff(m_a) gives m_a a tail far beyond its bound: show what matters.
    limits = {
        name: (0, 1.6 * max(c.confidence(c.index[name], 0.05, upper=True) for c in chains))
        for name in set(names) & set(UPPER_BOUNDED)
    }
    plotter = plots.get_subplot_plotter(width_inch=2.2 * max(len(names), 2))
    plotter.settings.axes_fontsize = plotter.settings.lab_fontsize = 11
    plotter.settings.legend_fontsize = 11
    if len(names) == 1:
        plotter.plot_1d(chains, names[0], colors=_PALETTE, lims=limits.get(names[0]))
        return plotter.fig
    plotter.triangle_plot(
        chains,
        names,
        filled=True,
        contour_colors=list(_PALETTE),
        legend_labels=legend if len(chains) > 1 else [],
        param_limits=limits,
    )
    for column, x in enumerate(names):
        for row in range(column + 1, len(names)):
            _redraw_if_curve(plotter.subplots[row, column], chains, x, names[row])
    return plotter.fig


def _declare_floors(chain: MCSamples, names: Sequence[str]) -> None:
    """Tell getdist the hard lower end of derived masses and densities (their least sample).

    delta_neff does not vanish for m_a -> 0; a density smoothed across its floor would leak.
    """
    for name in set(names) & set(UPPER_BOUNDED):
        if chain.ranges.getLower(name) is None:
            floor = float(chain.samples[:, chain.index[name]].min())
            chain.setRanges({name: [floor, chain.ranges.getUpper(name)]})


def _redraw_if_curve(axes: Axes, chains: list[MCSamples], x: str, y: str) -> None:
    """Where one parameter follows from the other the region has no width: draw the curve."""
    columns = [(c.samples[:, c.index[x]], c.samples[:, c.index[y]]) for c in chains]
    if not all(_is_curve(*pair) for pair in columns):
        return
    for artist in [*axes.collections, *axes.lines]:
        artist.remove()
    for chain, (u, v), colour in zip(chains, columns, _PALETTE, strict=False):
        order = np.argsort(u)
        for tail, alpha in ((0.002, 0.4), (0.05, 1.0)):  # the last samples lie too far apart
            inside = order[u[order] <= chain.confidence(chain.index[x], tail, upper=True)]
            axes.plot(u[inside], v[inside], color=colour, alpha=alpha, linewidth=2.2)


def _is_curve(u: NDArray[np.float64], v: NDArray[np.float64]) -> bool:
    """Whether v rises or falls with u without scatter; ties are allowed."""
    return any(np.diff(w[np.lexsort((w, u))]).min() >= -_SCATTER * np.ptp(w) for w in (v, -v))


@contextlib.contextmanager
def _calm_getdist() -> Iterator[None]:
    """Hide warnings of getdist that only say that a pair of parameters is a curve."""

    def not_about_curves(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(
            ("auto bandwidth for", "fine_bins_2D not large", "outlier fraction")
        )

    logging.root.addFilter(not_about_curves)
    try:
        with warnings.catch_warnings():
            # getdist 1.7 reads an attribute of tick formatters that matplotlib 3.11 deprecates.
            warnings.filterwarnings("ignore", message="The format attribute was deprecated")
            yield
    finally:
        logging.root.removeFilter(not_about_curves)


def abundance_curve(
    folder: str | Path,
    options: AbundanceOptions | None = None,
    m_a_min: float = 0.01,
    m_a_max: float = 10.0,
    points: int = 60,
) -> list[Path]:
    """delta_neff against m_a for both pion rates and both solvers, with the published points.

    Parameters
    ----------
    folder : where delta_neff.pdf and .png go (made if absent).
    options : what stays the same for all curves (its `rates` and `solver` are not used).
    m_a_min, m_a_max, points : range [eV] and number of masses of each curve.

    Returns
    -------
    The files written.

    Raises
    ------
    RangeError, UnknownOptionError : see `hotaxion.theory.abundance.Abundance`.
    """
    options = options or AbundanceOptions()
    masses = mass_grid(m_a_min, m_a_max, points)
    curves = [
        [row["delta_neff"] for row in scan(replace(options, rates=r, solver=s), masses)]
        for r, s, *_ in _CURVES
    ]
    _use_agg()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    axes = figure.add_subplot()
    for (_, _, colour, dashes, label), curve in zip(_CURVES, curves, strict=True):
        axes.plot(masses, curve, color=colour, linestyle=dashes, linewidth=1.8, label=label)
    if options.model == "ksvz":
        pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
        axes.plot(*zip(*pairs, strict=True), "ko", ms=6, label=f"{SOURCE} (KSVZ), two digits")
    _dress(axes, options)
    return _save(figure, folder, "delta_neff")


def _dress(axes: Axes, options: AbundanceOptions) -> None:
    from matplotlib.ticker import FuncFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_ylim(bottom=0)
    axes.set_xlabel(r"axion mass $m_a$ [eV]", fontsize=13)
    axes.set_ylabel(r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)", fontsize=13)
    axes.tick_params(labelsize=11, which="both", direction="in", top=True, right=True)
    beta = "" if options.tan_beta is None else rf", $\tan\beta = {options.tan_beta:g}$"
    axes.set_title(f"{options.model.upper()} axion{beta}, gluons: {options.gluons}", fontsize=12)
    axes.legend(fontsize=10, frameon=False, loc="upper left")
    axes.grid(alpha=0.25)


def _use_agg() -> None:
    """Draw into files only: no display is needed."""
    import matplotlib

    matplotlib.use("Agg")


def _save(figure: Figure, folder: str | Path, name: str) -> list[Path]:
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.{kind}" for kind in ("pdf", "png")]
        for path in paths:
            figure.savefig(path, dpi=200, bbox_inches="tight")
    except OSError as error:
        raise HotAxionError(f"cannot write the figure into '{folder}': {error}") from None
    return paths
