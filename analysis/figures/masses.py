"""The plane of axion and neutrino masses, with the least sums that oscillations allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.triangle import shown_range, widest_first
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_LEVELS = (0.68, 0.95)
_FLOORS = {"normal": ":", "inverted": "--"}


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """68 % and 95 % regions of (m_a, mnu), with lines at the hierarchies' least sums."""
    loaded = chains.load(["m_a", "mnu"])
    figure, axes = style.new_figure(size=(6.2, 4.8))
    right, top = shown_range(loaded, "m_a")[1], shown_range(loaded, "mnu")[1]
    top = max(top, 1.25 * minimal_sum_ev("inverted"))
    for index in widest_first(loaded, ["m_a", "mnu"]):
        density = loaded[index].chain.samples.get2DDensity("m_a", "mnu", normalized=True)
        inner, outer = density.getContourLevels(_LEVELS)
        grid, colours = (density.x, density.y, density.P), [style.colour(index)]
        for low, high, alpha in ((outer, inner, 0.35), (inner, np.inf, 0.7)):
            axes.contourf(*grid, levels=[low, high], colors=colours, alpha=alpha)
        axes.contour(*grid, levels=[outer, inner], colors=colours, linewidths=1.1)
        rows, columns = np.nonzero(density.P > outer)
        right = max(right, 1.04 * density.x[columns.max()])
        top = max(top, 1.04 * density.y[rows.max()])
    for index, one in enumerate(loaded):
        axes.fill_between([], [], color=style.colour(index), alpha=0.7, label=one.name)
    for hierarchy, dashes in _FLOORS.items():
        floor = minimal_sum_ev(hierarchy)
        axes.axhline(floor, color=style.GREY, linestyle=dashes, linewidth=1.3)
        style.name_line(axes, floor, f"{hierarchy} hierarchy: {floor:.4f} eV")
    axes.set(xlim=(0, right), ylim=(0, top))
    axes.set(xlabel=style.axis_label("m_a"), ylabel=style.axis_label("mnu"))
    axes.legend(frameon=False, loc="upper right", title="68 % and 95 %")
    return chains.file("masses"), figure


KIND = Kind("(m_a, sum of m_nu) with the hierarchies' least sums", draw, chains="needed")
