"""The plane of axion and neutrino masses, with the least sums that oscillations allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChains
from hotaxion.analysis.figures.triangle import shown_range, widest_first
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev

if TYPE_CHECKING:
    from getdist import MCSamples
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = (0.68, 0.95)
_FLOORS = {"normal": ":", "inverted": "--"}


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """68 % and 95 % regions of (m_a, mnu), with lines at the hierarchies' least sums."""
    loaded = chains.load(["m_a", "mnu"])
    figure, axes = style.new_figure(size=(6.2, 4.8))
    (_, right), (_, top) = (shown_range(loaded, name) for name in ("m_a", "mnu"))
    top = max(top, 1.25 * minimal_sum_ev("inverted"))
    for index in widest_first(loaded, ["m_a", "mnu"]):
        colour = style.PALETTE[index % len(style.PALETTE)]
        reach = _regions(axes, loaded[index].chain.samples, colour)
        right, top = max(right, 1.04 * reach[0]), max(top, 1.04 * reach[1])
    for index, one in enumerate(loaded):
        colour = style.PALETTE[index % len(style.PALETTE)]
        axes.fill_between([], [], color=colour, alpha=0.7, label=one.name)
    for hierarchy, dashes in _FLOORS.items():
        floor = minimal_sum_ev(hierarchy)
        axes.axhline(floor, color=style.GREY, linestyle=dashes, linewidth=1.3)
        style.name_line(axes, floor, f"{hierarchy} hierarchy: {floor:.4f} eV", smaller=1.5)
    axes.set(xlim=(0, right), ylim=(0, top))
    style.dress(axes, style.axis_label("m_a"), style.axis_label("mnu"))
    axes.legend(fontsize=style.FONT_SIZE, frameon=False, loc="upper right", title="68 % and 95 %")
    return chains.file("masses"), figure


def _regions(axes: Axes, chain: MCSamples, colour: str) -> tuple[float, float]:
    """Draw both regions; how far the outer one reaches in m_a and in mnu [eV]."""
    density = chain.get2DDensity("m_a", "mnu", normalized=True)
    inner, outer = density.getContourLevels(_LEVELS)
    grid = (density.x, density.y, density.P)
    for low, high, alpha in ((outer, inner, 0.35), (inner, np.inf, 0.7)):
        axes.contourf(*grid, levels=[low, high], colors=[colour], alpha=alpha)
    axes.contour(*grid, levels=[outer, inner], colors=[colour], linewidths=1.1)
    rows, columns = np.nonzero(density.P > outer)
    return float(density.x[columns.max()]), float(density.y[rows.max()])


KIND = Kind("(m_a, sum of m_nu) with the hierarchies' least sums", draw, chains="needed")
