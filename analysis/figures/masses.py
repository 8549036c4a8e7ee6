"""The plane of axion and neutrino masses, with the least sums that oscillations allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.chains.chain import calm_getdist
from hotaxion.analysis.figures.shown_chains import Prefixes, mark_unconverged, stem
from hotaxion.analysis.figures.style import (
    FONT_SIZE,
    GREY,
    PALETTE,
    axis_label,
    dress,
    new_figure,
)
from hotaxion.analysis.figures.triangle import load_for_density, shown_range, widest_first
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev

if TYPE_CHECKING:
    from getdist import MCSamples
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = (0.68, 0.95)
_FLOORS = {"normal": ":", "inverted": "--"}


def draw(prefixes: Prefixes, **options: Any) -> Mapping[str, Figure]:
    """The figure under the name of its file; options as of `masses_figure`."""
    return {f"{stem(prefixes)}_masses": masses_figure(prefixes, **options)}


@calm_getdist()
def masses_figure(
    prefixes: Prefixes,
    burn: float | None = None,
    labels: Sequence[str] | None = None,
) -> Figure:
    """68 % and 95 % regions of (m_a, mnu), with lines at the hierarchies' least sums.

    Raises
    ------
    UnknownOptionError : a chain without m_a or mnu.
    MissingDataError, RangeError, HotAxionError : see `Chain.load`.
    """
    shown = load_for_density(prefixes, burn, labels, ["m_a", "mnu"])
    chains = [one.chain.samples for one in shown]
    figure, axes = new_figure(size=(6.2, 4.8))
    (_, right), (_, top) = (shown_range(chains, name) for name in ("m_a", "mnu"))
    top = max(top, 1.25 * minimal_sum_ev("inverted"))
    for index in widest_first(chains, ["m_a", "mnu"]):
        reach = _regions(axes, chains[index], PALETTE[index % len(PALETTE)])
        right, top = max(right, 1.04 * reach[0]), max(top, 1.04 * reach[1])
    for one, colour in zip(shown, cycle(PALETTE), strict=False):
        axes.fill_between([], [], color=colour, alpha=0.7, label=one.name)
    for hierarchy, dashes in _FLOORS.items():
        floor = minimal_sum_ev(hierarchy)
        axes.axhline(floor, color=GREY, linestyle=dashes, linewidth=1.3)
        text = f"{hierarchy} hierarchy: {floor:.4f} eV"
        axes.annotate(
            text,
            (0.983, floor),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="right",
            fontsize=FONT_SIZE - 1.5,
        )
    axes.set(xlim=(0, right), ylim=(0, top))
    dress(axes, axis_label("m_a"), axis_label("mnu"))
    axes.legend(fontsize=FONT_SIZE, frameon=False, loc="upper right", title="68 % and 95 %")
    mark_unconverged(figure, shown)
    return figure


def _regions(axes: Axes, chain: MCSamples, colour: str) -> tuple[float, float]:
    """Draw both regions; how far the outer one reaches in m_a and in mnu [eV]."""
    density = chain.get2DDensity("m_a", "mnu", normalized=True)
    inner, outer = density.getContourLevels(_LEVELS)
    for low, high, alpha in ((outer, inner, 0.35), (inner, np.inf, 0.7)):
        axes.contourf(
            density.x, density.y, density.P, levels=[low, high], colors=[colour], alpha=alpha
        )
    axes.contour(
        density.x, density.y, density.P, levels=[outer, inner], colors=[colour], linewidths=1.1
    )
    rows, columns = np.nonzero(density.P > outer)
    return float(density.x[columns.max()]), float(density.y[rows.max()])
