"""Triangle plot of posteriors: data sets and models overlaid."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED, bound_type
from hotaxion.analysis.chains.tables import quoted
from hotaxion.analysis.figures import Kind, style
from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.options import Option

if TYPE_CHECKING:
    from getdist import MCSamples
    from getdist.plots import GetDistPlotter
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains

PARAMETERS = ("m_a", "mnu", "delta_neff", "omega_b", "H0", "sigma8")
_SCATTER = 1e-4  # of the range: interpolated abundances are smooth to 1e-5
_INCHES = 2.0  # of each panel
_CURVE_POINTS = 400
_LINE_OF_WORDS = 0.13  # of the height of a panel
_PYPLOT = Lock()


def draw(chains: ShownChains, params: Sequence[str] | None) -> tuple[str, Figure]:
    """Marginal posteriors, 68 % and 95 % regions of one or more chains; lines at 95 % bounds.

    Bounds have the digits of the table of bounds; one that has not converged has no line.

    params : default are those of PARAMETERS that any of the chains has. A chain without one of
        them is left out of its panels.
    """
    given = list(dict.fromkeys(params or []))
    loaded = chains.load(given, [] if given else PARAMETERS)
    present = [set(one.chain.parameters()) for one in loaded]
    names = given or [n for n in PARAMETERS if any(n in p for p in present)]
    if not names:
        raise HotAxionError(
            f"none of {', '.join(PARAMETERS)} is in the chain; choose with --params "
            f"from: {', '.join(sorted(set.intersection(*present)))}."
        )
    figure = _panels(loaded, names)
    figure.subplots_adjust()  # grids move panels by themselves only in figures of pyplot
    return chains.file("triangle"), figure


def shown_range(chains: Sequence[ShownChain], name: str) -> tuple[float, float]:
    """From 0 to well beyond the bound: a flat curve delta_neff(m_a) gives m_a a long tail."""
    with_it = [one.chain.samples for one in chains if name in one.chain.parameters()]
    return 0.0, 1.6 * max(float(c.confidence(c.index[name], 0.05, upper=True)) for c in with_it)


def widest_first(chains: Sequence[ShownChain], names: Sequence[str]) -> list[int]:
    """Indices of the chains in the order of drawing: a wide region must not cover a narrow one."""
    common = [name for name in names if all(name in one.chain.parameters() for one in chains)]
    spreads = [sum(np.log(one.chain.samples.std(name)) for name in common) for one in chains]
    return sorted(range(len(chains)), key=lambda i: -spreads[i])


def _panels(chains: Sequence[ShownChain], names: list[str]) -> Figure:
    limits = {name: shown_range(chains, name) for name in names if name in UPPER_BOUNDED}
    plotter = _plotter(_INCHES * max(len(names), 2.3))
    size = 8 + len(names)  # the more panels, the more a page shrinks the figure
    plotter.settings.axes_fontsize, plotter.settings.lab_fontsize = size - 1, size + 1.5
    plotter.settings.legend_fontsize = size + 1.5
    plotter.settings.axis_tick_max_labels, plotter.settings.linewidth = 4, 1.5
    order = widest_first(chains, names)
    samples = [chains[i].chain.samples for i in order]
    colours = [style.colour(i) for i in order]
    legend = [chains[i].name for i in order] if len(chains) > 1 else []
    as_given = [order.index(i) for i in range(len(chains))]
    if len(names) == 1:
        plotter.plot_1d(samples, names[0], colors=colours, lims=limits.get(names[0]))
        _draw_bounds(plotter.subplots[0, 0], chains, names[0])
        if legend:
            plotter.add_legend(legend, label_order=as_given)
        return plotter.fig
    look = {"filled": True, "contour_colors": colours, "param_limits": limits}
    plotter.triangle_plot(samples, names, legend_labels=legend, label_order=as_given, **look)
    for column, x in enumerate(names):
        _draw_bounds(plotter.subplots[column, column], chains, x)
        for row in range(column + 1, len(names)):
            drawn = list(zip(samples, colours, strict=True))
            _redraw_if_curve(plotter.subplots[row, column], drawn, x, names[row])
    return plotter.fig


def _draw_bounds(axes: Axes, chains: Sequence[ShownChain], name: str) -> None:
    """A line at the one-sided bound of each chain, its number in the corner above the tail."""
    with_it = [i for i, one in enumerate(chains) if name in one.chain.parameters()]
    height = 0.93
    for index in with_it if bound_type(name) != "mean" else []:
        bound, colour = chains[index].chain.bound(name), style.colour(index)
        if not bound.verdict.converged:
            continue
        axes.axvline(bound.value, color=colour, ls="--", lw=1.0)
        look: dict[str, Any] = {"ha": "right", "va": "top", "color": colour}
        look |= {"fontsize": style.SMALL, "transform": axes.transAxes}
        look["bbox"] = {"fc": "white", "alpha": 0.7, "lw": 0, "pad": 0.5}  # lines cross it
        axes.text(0.97, height, quoted(bound), **look)
        height -= _LINE_OF_WORDS


def _plotter(width_inch: float) -> GetDistPlotter:
    """A plotter of getdist whose figures pyplot, with its windows and notebooks, does not know."""
    import matplotlib

    # Its import would choose the backend of the whole session where there is no display.
    with _PYPLOT, patch.object(matplotlib, "use"):
        from getdist import plots

    class Plotter(plots.GetDistPlotter):
        def make_figure(self, *args: Any, **options: Any) -> tuple[int, int]:
            with _PYPLOT, patch.object(plots.plt, "figure", matplotlib.figure.Figure):
                return super().make_figure(*args, **options)

    return Plotter.get_subplot_plotter(width_inch=width_inch)


def _redraw_if_curve(axes: Axes, drawn: list[tuple[MCSamples, str]], x: str, y: str) -> None:
    """Where one parameter follows from the other the region has no width: draw the curve."""
    both = [(chain, colour) for chain, colour in drawn if {x, y} <= set(chain.index)]
    columns = [(c.samples[:, c.index[x]], c.samples[:, c.index[y]]) for c, _ in both]
    if not both or not all(_is_curve(*pair) for pair in columns):
        return
    for artist in [*axes.collections, *axes.lines]:
        artist.remove()
    for (chain, colour), (u, v) in zip(both, columns, strict=True):
        order = np.argsort(u)
        # Thin: the last samples, which lie too far apart to end it with them; then 95 and 68 %.
        for outside, width, alpha in ((0.002, 0.8, 0.4), (0.05, 2.4, 0.4), (0.32, 2.4, 1.0)):
            low, high = _interval(chain, x, outside)
            inside = order[(low <= u[order]) & (u[order] <= high)]
            few = inside[:: max(1, inside.size // _CURVE_POINTS)]
            axes.plot(u[few], v[few], color=colour, alpha=alpha, linewidth=width)


def _interval(chain: MCSamples, name: str, outside: float) -> tuple[float, float]:
    """All samples but a share, on the side where the parameter is bounded, or half on each."""
    kind, index = bound_type(name), chain.index[name]
    tail = outside / 2 if kind == "mean" else outside
    low = -np.inf if kind == "upper95" else float(chain.confidence(index, tail))
    high = np.inf if kind == "lower95" else float(chain.confidence(index, tail, upper=True))
    return low, high


def _is_curve(u: Array, v: Array) -> bool:
    """Whether v rises or falls with u without scatter; ties are allowed."""
    return any(np.diff(w[np.lexsort((w, u))]).min() >= -_SCATTER * np.ptp(w) for w in (v, -v))


KIND = Kind(
    "posteriors of all parameters, chains overlaid",
    draw,
    chains="needed",
    options={"params": Option(None, str, "axes of the triangle", many=True)},
)
