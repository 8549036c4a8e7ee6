"""The curves Delta N_eff(m_a) of several analyses, with the bounds that they gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import mass_grid, scan
from hotaxion.analysis.figures import style
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.published.papers import KSVZ_2205_07849, SOURCE
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RANGE_EV = (0.02, 3.0)
_POINTS = 50
_SHAPES = "sD^vP*"


def reproduced_figure(
    analyses: Sequence[tuple[str, AxionOptions, float, float]],
) -> Figure:
    """Bounds (m_a, delta_neff) as points on the curve of each analysis' own options.

    Parameters
    ----------
    analyses : label, options of the abundance, 95 % bounds on m_a [eV] and delta_neff. A pair is
        on the curve where both bounds are the same quantile. The published pairs are added.
    """
    low = min([_RANGE_EV[0], *(0.8 * m_a for _, _, m_a, _ in analyses)])
    high = min(10.0, max([_RANGE_EV[1], *(1.2 * m_a for _, _, m_a, _ in analyses)]))
    masses = mass_grid(low, high, _POINTS)
    figure, axes = style.new_figure(size=(7.4, 6.4))
    for number, options in enumerate(dict.fromkeys(options for _, options, _, _ in analyses)):
        curve = [row["delta_neff"] for row in scan(options, masses)]
        dashes = style.DASHES[number % len(style.DASHES)]
        words = style.axion_in_words(options)
        axes.plot(masses, curve, color=style.GREY, linestyle=dashes, label=words)
    pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
    axes.plot(*zip(*pairs, strict=True), "ko", ms=6.5, label=f"published, {SOURCE}", zorder=3)
    colours = style.PALETTE
    for number, (label, _, m_a, delta_neff) in enumerate(analyses):
        turn = number // len(colours)  # the same colour again, with another shape
        colour, shape = colours[number % len(colours)], _SHAPES[(number + turn) % len(_SHAPES)]
        axes.plot(m_a, delta_neff, shape, color=colour, ms=7.5, alpha=0.85, label=label, zorder=4)
    style.plain_log(axes)
    top = max(float(np.max(line.get_ydata())) for line in axes.lines)
    axes.set(xlim=(low, high), ylim=(0, 1.12 * top))
    style.dress(axes, style.axis_label("m_a"), r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)")
    size = style.FONT_SIZE - 2
    figure.legend(fontsize=size, loc="outside lower center", ncols=2, frameon=False)
    return figure


def options_of_input(info: Mapping[str, Any]) -> AxionOptions:
    """What decides the abundance in a Cobaya input; inputs that are sampled at their default."""
    given = dict(info["theory"][find_theories(info, "HotAxion")[0]] or {})
    known = AxionOptions.declared()
    for name in (name for name, option in known.items() if option.sampled):
        value = (info.get("params") or {}).get(name)
        value = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(value, int | float):
            given[name] = value
    return AxionOptions(**{name: value for name, value in given.items() if name in known})
