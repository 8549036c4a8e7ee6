"""Profile likelihood of one parameter beside its posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED
from hotaxion.analysis.chains.chain import calm_getdist
from hotaxion.analysis.chains.profile import ONE_SIDED, TWO_SIDED, Profile, read_profile
from hotaxion.analysis.figures.shown_chains import Prefixes, mark_unconverged
from hotaxion.analysis.figures.style import (
    BLUE,
    DASHES,
    FONT_SIZE,
    GREY,
    PALETTE,
    axis_label,
    dress,
    new_figure,
)
from hotaxion.analysis.figures.triangle import load_for_density

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HIGHEST_RISE = 8.0


def draw(prefixes: Prefixes, profile: str | Path, **options: Any) -> Mapping[str, Figure]:
    """The figure of a file of `hotaxion profile` under its name; options of `profile_figure`."""
    figure = profile_figure(read_profile(profile), prefixes, **options)
    return {f"{Path(profile).stem}_profile": figure}


@calm_getdist()
def profile_figure(
    profile: Profile,
    prefixes: Prefixes = (),
    burn: float | None = None,
    labels: Sequence[str] | None = None,
) -> Figure:
    """Rise of chi^2 with its bounds, and -2 ln(posterior density / its maximum) of chains.

    Raises
    ------
    UnknownOptionError : a chain without the parameter.
    MissingDataError, RangeError, HotAxionError : see `Chain.load` and `Profile`.
    """
    name = profile.parameter
    figure, axes = new_figure()
    least = profile.minimum[1]
    x = np.linspace(profile.values[0], profile.values[-1], 400)
    axes.plot(x, profile.curve(x) - least, color=BLUE, lw=1.8, label="profile likelihood")
    axes.plot(profile.values, profile.chi2 - least, "o", color=BLUE, ms=4)
    chains = load_for_density(prefixes, burn, labels, [name])
    colours = PALETTE[1:]
    for number, chain in enumerate(chains):
        turn, index = divmod(number, len(colours))
        colour, dashes = colours[index], DASHES[1 + turn % (len(DASHES) - 1)]
        density = chain.chain.samples.get1DDensity(name)
        inside = density.P > np.exp(-0.5 * _HIGHEST_RISE)
        rise = -2 * np.log(density.P[inside] / density.P.max())
        text = f"posterior: {chain.name}"
        axes.plot(density.x[inside], rise, dashes, color=colour, lw=1.6, label=text)
    for rise, sides in ((ONE_SIDED, "one-sided"), (TWO_SIDED, "two-sided")):
        axes.axhline(rise, color=GREY, ls=":", lw=1.2)
        axes.annotate(
            f"{rise} (95 %,\n{sides})",
            (1.015, rise),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=FONT_SIZE - 2,
        )
    axes.set_ylim(0, _HIGHEST_RISE)
    shown = profile.values[profile.chi2 - least <= _HIGHEST_RISE]
    margin = 0.1 * (shown[-1] - shown[0])
    axes.set_xlim(0 if name in UPPER_BOUNDED else shown[0] - margin, shown[-1] + margin)
    dress(axes, axis_label(name), r"$\Delta\chi^2$,  $-2\ln$(posterior / maximum)")
    axes.legend(fontsize=FONT_SIZE - 1, framealpha=0.9, loc="best")
    mark_unconverged(figure, chains)
    return figure
