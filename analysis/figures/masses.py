"""The plane of axion and neutrino masses, with the least sums that oscillations allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.triangle import shown_range
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_LEVELS = (0.68, 0.95)
_FLOORS = {"normal": ":", "inverted": "--"}


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """68 % and 95 % regions of (m_a, mnu), with lines at the hierarchies' least sums.

    The first chain is filled, the others are outlines over it: colours that mix belong to none.
    """
    loaded = chains.load(["m_a", "mnu"])
    figure, axes = style.new_figure(size=(6.2, 4.8))
    right, top = shown_range(loaded, "m_a")[1], shown_range(loaded, "mnu")[1]
    top = max(top, 1.25 * minimal_sum_ev("inverted"))
    for index, one in enumerate(loaded):
        density = one.chain.samples.get2DDensity("m_a", "mnu", normalized=True)
        inner, outer = density.getContourLevels(_LEVELS)
        grid, colours = (density.x, density.y, density.P), [style.colour(index)]
        dashes, first = style.DASHES[index // len(style.PALETTE) % len(style.DASHES)], index == 0
        for low, high, alpha in ((outer, inner, 0.35), (inner, np.inf, 0.7)) if first else ():
            axes.contourf(*grid, levels=[low, high], colors=colours, alpha=alpha)
        look = {"linewidths": 1.1 if first else 1.8, "linestyles": dashes}
        axes.contour(*grid, levels=[outer, inner], colors=colours, **look)
        if first:
            axes.fill_between([], [], color=colours[0], alpha=0.7, label=one.name)
        else:
            axes.plot([], [], dashes, color=colours[0], lw=1.8, label=one.name)
        rows, columns = np.nonzero(density.P > outer)
        right = max(right, 1.04 * density.x[columns.max()])
        top = max(top, 1.04 * density.y[rows.max()])
    for hierarchy, dashes in _FLOORS.items():
        floor = minimal_sum_ev(hierarchy)
        axes.axhline(floor, color=style.GREY, linestyle=dashes, linewidth=1.3)
        style.name_line(axes, floor, f"{hierarchy} hierarchy: {floor:.4f} eV")
    axes.set(xlim=(0, right), ylim=(0, top))
    axes.set(xlabel=style.axis_label("m_a"), ylabel=style.axis_label("mnu"))
    axes.legend(frameon=False, loc="upper right", title="68 % and 95 %")
    return chains.file("masses"), figure


KIND = Kind("(m_a, sum of m_nu) with the hierarchies' least sums", draw, chains="needed")
