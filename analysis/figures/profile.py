"""Profile likelihood of one parameter beside its posterior."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED
from hotaxion.analysis.figures import Kind, style
from hotaxion.theory.options import Option

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_HIGHEST_RISE = 8.0


def draw(chains: ShownChains, profile: str | Path) -> tuple[str, Figure]:
    """Rise of chi^2 with its bounds, and -2 ln(posterior density / its maximum) of chains.

    profile : a file of `hotaxion profile`.
    """
    from hotaxion.analysis.chains.profile import ONE_SIDED, TWO_SIDED, read_profile

    found = read_profile(profile)
    name, least = found.parameter, found.minimum[1]
    figure, axes = style.new_figure()
    x = np.linspace(found.values[0], found.values[-1], 400)
    axes.plot(x, found.curve(x) - least, color=style.BLUE, lw=1.8, label="profile likelihood")
    axes.plot(found.values, found.chi2 - least, "o", color=style.BLUE, ms=4)
    for number, one in enumerate(chains.load([name])):
        turn, index = divmod(number, len(style.PALETTE) - 1)
        dashes = style.DASHES[1 + turn % (len(style.DASHES) - 1)]
        density = one.chain.samples.get1DDensity(name)
        inside = density.P > np.exp(-0.5 * _HIGHEST_RISE)
        rise = -2 * np.log(density.P[inside] / density.P.max())
        look = {"color": style.PALETTE[1 + index], "lw": 1.6, "label": f"posterior: {one.name}"}
        axes.plot(density.x[inside], rise, dashes, **look)
    for height, sides in ((ONE_SIDED, "one-sided"), (TWO_SIDED, "two-sided")):
        axes.axhline(height, color=style.GREY, ls=":", lw=1.2)
        look = {"va": "center", "fontsize": style.SMALL, "transform": axes.get_yaxis_transform()}
        axes.text(1.015, height, f"{height} (95 %,\n{sides})", **look)
    low, *_, high = found.values[found.chi2 - least <= _HIGHEST_RISE]
    margin = 0.1 * (high - low)
    left = 0 if name in UPPER_BOUNDED else low - margin
    axes.set(xlim=(left, high + margin), xlabel=style.axis_label(name))
    axes.set(ylim=(0, _HIGHEST_RISE), ylabel=r"$\Delta\chi^2$,  $-2\ln$(posterior / maximum)")
    axes.legend(loc="best")
    return f"{Path(profile).stem}_profile", figure


KIND = Kind(
    "profile likelihood, posteriors of chains beside it",
    draw,
    chains="possible",
    options={"profile": Option(None, str, "a file of hotaxion profile")},
    needs=("profile",),
)
