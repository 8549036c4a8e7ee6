"""Profile likelihood of one parameter beside its posterior."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED
from hotaxion.analysis.chains.profile import ONE_SIDED, TWO_SIDED, read_profile
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChains
from hotaxion.theory.options import Option

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HIGHEST_RISE = 8.0


def draw(chains: ShownChains, profile: str | Path) -> tuple[str, Figure]:
    """Rise of chi^2 with its bounds, and -2 ln(posterior density / its maximum) of chains.

    profile : a file of `hotaxion profile`.
    """
    found = read_profile(profile)
    name, least = found.parameter, found.minimum[1]
    figure, axes = style.new_figure()
    x = np.linspace(found.values[0], found.values[-1], 400)
    axes.plot(x, found.curve(x) - least, color=style.BLUE, lw=1.8, label="profile likelihood")
    axes.plot(found.values, found.chi2 - least, "o", color=style.BLUE, ms=4)
    colours = style.PALETTE[1:]
    for number, one in enumerate(chains.load([name])):
        turn, index = divmod(number, len(colours))
        dashes = style.DASHES[1 + turn % (len(style.DASHES) - 1)]
        density = one.chain.samples.get1DDensity(name)
        inside = density.P > np.exp(-0.5 * _HIGHEST_RISE)
        rise = -2 * np.log(density.P[inside] / density.P.max())
        look = {"color": colours[index], "lw": 1.6, "label": f"posterior: {one.name}"}
        axes.plot(density.x[inside], rise, dashes, **look)
    for height, sides in ((ONE_SIDED, "one-sided"), (TWO_SIDED, "two-sided")):
        axes.axhline(height, color=style.GREY, ls=":", lw=1.2)
        axes.annotate(
            f"{height} (95 %,\n{sides})",
            (1.015, height),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=style.FONT_SIZE - 2,
        )
    axes.set_ylim(0, _HIGHEST_RISE)
    low, *_, high = found.values[found.chi2 - least <= _HIGHEST_RISE]
    margin = 0.1 * (high - low)
    axes.set_xlim(0 if name in UPPER_BOUNDED else low - margin, high + margin)
    style.dress(axes, style.axis_label(name), r"$\Delta\chi^2$,  $-2\ln$(posterior / maximum)")
    axes.legend(fontsize=style.FONT_SIZE - 1, framealpha=0.9, loc="best")
    return f"{Path(profile).stem}_profile", figure


KIND = Kind(
    "profile likelihood, posteriors of chains beside it",
    draw,
    chains="possible",
    options={"profile": Option(None, str, "a file of hotaxion profile")},
    needs=("profile",),
)
