"""The curves Delta N_eff(m_a) of several analyses, with the bounds that they gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.abundances import AbundanceOptions, mass_grid, scan
from hotaxion.analysis.figures.style import (
    DASHES,
    FONT_SIZE,
    GREY,
    PALETTE,
    axis_label,
    dress,
    new_figure,
    plain_log,
)
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.published.papers import KSVZ_2205_07849, SOURCE
from hotaxion.theory.relics.abundance import KEYWORD_OF_OPTION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RANGE_EV = (0.02, 3.0)
_POINTS = 50
_SHAPES = "sD^vP*"
_INPUTS = ("tan_beta", "pion_scale", "gluon_scale", "z_ud")  # of HotAxion, besides the mass


def reproduced_figure(
    analyses: Sequence[tuple[str, AbundanceOptions, float, float]],
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
    figure, axes = new_figure(size=(7.4, 6.4))
    different = list({str(options): options for _, options, _, _ in analyses}.values())
    for number, options in enumerate(different):
        curve = [row["delta_neff"] for row in scan(options, masses)]
        dashes = DASHES[number % len(DASHES)]
        axes.plot(masses, curve, color=GREY, linestyle=dashes, label=_in_words(options))
    pairs = [(bound.m_a, bound.delta_neff) for bound in KSVZ_2205_07849.values()]
    axes.plot(*zip(*pairs, strict=True), "ko", ms=6.5, label=f"published, {SOURCE}", zorder=3)
    for number, (label, _, m_a, delta_neff) in enumerate(analyses):
        turn = number // len(PALETTE)  # the same colour again, with another shape
        colour, shape = PALETTE[number % len(PALETTE)], _SHAPES[(number + turn) % len(_SHAPES)]
        axes.plot(m_a, delta_neff, shape, color=colour, ms=7.5, alpha=0.85, label=label, zorder=4)
    plain_log(axes)
    top = max(float(np.max(line.get_ydata())) for line in axes.lines)
    axes.set(xlim=(low, high), ylim=(0, 1.12 * top))
    dress(axes, axis_label("m_a"), r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)")
    figure.legend(fontsize=FONT_SIZE - 2, loc="outside lower center", ncols=2, frameon=False)
    return figure


def options_of_input(info: Mapping[str, Any]) -> AbundanceOptions:
    """What decides the abundance in a Cobaya input; inputs that are sampled at their default."""
    given = dict(info["theory"][find_theories(info, "HotAxion")[0]] or {})
    for name in _INPUTS:
        value = (info.get("params") or {}).get(name)
        value = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(value, int | float):
            given[name] = value
    known = {field.name for field in fields(AbundanceOptions)}
    keywords = {KEYWORD_OF_OPTION.get(name, name): value for name, value in given.items()}
    return AbundanceOptions(**{key: value for key, value in keywords.items() if key in known})


def _in_words(options: AbundanceOptions) -> str:
    standard = AbundanceOptions()
    parts = [options.model.upper(), f"pions {options.rates}", f"solver {options.solver}"]
    parts += [
        f"{name} {getattr(options, name)}"
        for name in ("gluons", "initial")
        if getattr(options, name) != getattr(standard, name)
    ]
    return ", ".join(parts)
