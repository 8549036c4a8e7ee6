"""The plane of primordial helium and deuterium with the track of the axion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotaxion.analysis.abundances import mass_grid
from hotaxion.analysis.figures import Kind, style
from hotaxion.theory.arrays import Array
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.options import Option
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChain, ShownChains
    from hotaxion.likelihoods.measurements import Measurement

OMEGA_B, OMEGA_B_ERROR = 0.02236, 0.00015  # Planck 2018, 1807.06209
MARKED_EV = (0.03, 0.1, 0.2, 0.3, 1.0)
_RATES = {"primat": (style.BLUE, "-"), "parthenope3": (style.VERMILION, "--")}
_OF_CHAINS = (style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
_LEVELS = (0.68, 0.95)
_M_A_EV = (1e-3, 10.0, 60)
_GROUPS = ("lbt", "pdg", "empress")  # no names of persons
_WORDS = (0.09, 0.04)  # size of a mass in words, as parts of the axes


class Track(NamedTuple):
    """Points (1e5 D/H, Y_p) for one set of nuclear rates.

    line : (3, n, 2) along the axion mass, at omega_b less its error, in the middle, and more.
    marks : (len(MARKED_EV), 2) of those masses, `none` (2,) without axions; in the middle.
    """

    line: Array
    marks: Array
    none: Array


def axion_track(rates: str, axion: AxionOptions, omega_b: float = OMEGA_B) -> Track:
    """Track of one set of nuclear rates; raises what `Nucleosynthesis` and `Abundance` raise."""
    abundance, bbn = Abundance(axion), Nucleosynthesis(rates=rates)

    def points(omega: float, delta_neff: Iterable[float]) -> Array:
        found = [bbn.abundances(omega, value) for value in delta_neff]
        return np.array([(1e5 * one.dh, one.y_p) for one in found])

    none = points(omega_b, [0.0])[0]  # first: refuses what is no baryon density
    along, marked = (
        [abundance(float(m)).delta_neff for m in masses]
        for masses in (mass_grid(*_M_A_EV), MARKED_EV)
    )
    omegas = (omega_b - OMEGA_B_ERROR, omega_b, omega_b + OMEGA_B_ERROR)
    line = np.array([points(omega, along) for omega in omegas])
    return Track(line, points(omega_b, marked), none)


def draw(
    chains: ShownChains, preset: str, omega_b: float, axion: AxionOptions
) -> tuple[str, Figure]:
    """Y_p against D/H: measurements of a preset, and the track for both sets of nuclear rates.

    Chains that have DH and Y_p add their 68 % and 95 % regions, as outlines.

    preset : of the BBN likelihood.
    omega_b : baryon density of the track; its band is OMEGA_B_ERROR to both sides.
    """
    from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS, choose

    chosen = choose("preset", str(preset), PRESETS)
    tracks = {rates: axion_track(rates, axion, omega_b) for rates in _RATES}
    figure, axes = style.new_figure(size=(6.8, 5.2))
    corners = _draw_boxes(axes, DEUTERIUM[chosen.deuterium], HELIUM[chosen.helium])
    seen = [corners]
    for rates, track in tracks.items():
        (colour, dashes), (less, middle, more) = _RATES[rates], track.line
        axes.fill(*np.concatenate([less, more[::-1]]).T, color=colour, alpha=0.15, lw=0)
        axes.plot(*middle.T, dashes, color=colour, lw=1.8, label=f"rates: {rates}")
        axes.plot(*track.none, "s", color=colour, ms=6, mec=style.BLACK)
        axes.plot(*track.marks.T, "o", color=colour, ms=5, mec=style.BLACK, mew=0.6)
        seen += [track.none, *track.line]
    for index, one in enumerate(chains.load(["DH", "Y_p"])):
        seen.append(_draw_region(axes, one, index))
    low, high = np.vstack(seen).min(axis=0), np.vstack(seen).max(axis=0)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    for rates, side in (("primat", -1), ("parthenope3", 1)):
        _name_marks(axes, tracks[rates], high - low, _RATES[rates][0], side)
    title = f"{style.axion_in_words(axion)}, $\\omega_b = {omega_b:g} \\pm {OMEGA_B_ERROR:g}$"
    axes.set(xlabel=r"$10^5\,\mathrm{D/H}$", ylabel=r"$Y_p$", title=title)
    source = f"{_in_words(chosen.helium)}, {_in_words(chosen.deuterium)} ($1\\sigma$, $2\\sigma$)"
    axes.fill_between([], [], color=style.GREY, alpha=0.4, label=source)
    figure.legend(**{**style.BELOW, "ncols": 2 if chains.prefixes else 3})
    return style.file_of_axion(f"light_elements_{preset}", axion), figure


def _in_words(measurement: str) -> str:
    """'pettini_cooke2025' as 'Pettini & Cooke 2025'."""
    names, year = measurement[:-4], measurement[-4:]
    words = [name.upper() if name in _GROUPS else name.title() for name in names.split("_")]
    return f"{' & '.join(words)} {year}"


def _draw_boxes(axes: Axes, deuterium: Measurement, helium: Measurement) -> Array:
    """Two errors and one of both; returns the outer corners."""
    from matplotlib.patches import Rectangle

    scale, pair = np.array([1e5, 1.0]), (deuterium, helium)
    value, minus, plus = (
        scale * [getattr(one, name) for one in pair] for name in ("value", "minus", "plus")
    )
    for n_sigma, alpha in ((2, 0.18), (1, 0.3)):
        (left, low), (right, high) = value - n_sigma * minus, value + n_sigma * plus
        box = Rectangle((left, low), right - left, high - low, color=style.GREY, alpha=alpha, lw=0)
        axes.add_patch(box)
    return np.array([value - 2 * minus, value + 2 * plus])


def _draw_region(axes: Axes, one: ShownChain, index: int) -> Array:
    """Outlines of a chain; returns two corners around them."""
    colour = _OF_CHAINS[index % len(_OF_CHAINS)]
    dashes = style.DASHES[index // len(_OF_CHAINS) % len(style.DASHES)]
    density = one.chain.samples.get2DDensity("DH", "Y_p", normalized=True)
    inner, outer = density.getContourLevels(_LEVELS)
    dh = 1e5 * density.x
    look: dict[str, Any] = {"colors": [colour], "linestyles": dashes, "linewidths": 1.6}
    axes.contour(dh, density.y, density.P, [outer, inner], **look)
    axes.plot([], [], dashes, color=colour, lw=1.6, label=f"{one.name} (68 %, 95 %)")
    rows, columns = np.nonzero(density.P > outer)
    x, y = dh[columns], density.y[rows]
    return np.array([(x.min(), y.min()), (x.max(), y.max())])


def _name_marks(axes: Axes, track: Track, size: Array, colour: str, side: int) -> None:
    """Masses on one side of a track (-1: left), on the other where one would cover another."""
    look: dict[str, Any] = {"textcoords": "offset points", "fontsize": style.SMALL}
    look["color"] = colour
    axes.annotate("no axion", tuple(track.none), xytext=(0, -15), ha="center", **look)
    taken = np.full(2, -np.inf)
    for mass, point in zip(MARKED_EV, track.marks, strict=True):
        free = bool(np.any((point - taken) / size >= _WORDS))
        if (side < 0) == free:
            offset: dict[str, Any] = {"xytext": (-7, 4), "ha": "right"}
        else:
            offset = {"xytext": (7, -11), "ha": "left"}
        axes.annotate(f"{mass:g} eV", tuple(point), **offset, **look)
        taken = point if free else taken


KIND = Kind(
    "Y_p and D/H: measurements, the track of the axion, and chains that have both",
    draw,
    chains="possible",
    options={
        "preset": Option("2026", str, "measurements, 2026 or paper2022"),
        "omega_b": Option(OMEGA_B, float, "baryon density of the track", "1807.06209"),
    },
    axion=frozenset(AxionOptions.declared()),
)
