"""The plane of primordial helium and deuterium with the track of the axion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.abundances import mass_grid
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChains
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.options import Option
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.likelihoods.measurements import Measurement

Array = NDArray[np.float64]

OMEGA_B, OMEGA_B_ERROR = 0.02236, 0.00015  # Planck 2018, 1807.06209
MARKED_EV = (0.03, 0.1, 0.2, 0.3, 1.0)
_RATES = {"primat": (style.BLUE, "-"), "parthenope3": (style.VERMILION, "--")}
_M_A_EV = (1e-3, 10.0, 60)
_WORDS = (0.09, 0.04)  # size of a mass in words, as parts of the axes


@dataclass(frozen=True)
class Track:
    """Points (1e5 D/H, Y_p) along the axion mass for one set of nuclear rates.

    points : (3, n, 2) at omega_b less its error, in the middle, and more.
    none : (2,) without axions, in the middle.
    """

    rates: str
    m_a_ev: Array
    points: Array
    none: Array

    def at(self, m_a_ev: float) -> Array:
        """The point of one mass [eV] in the middle of omega_b."""
        ln_m = np.log(self.m_a_ev)
        return np.array([np.interp(np.log(m_a_ev), ln_m, v) for v in self.points[1].T])


def axion_track(rates: str, axion: AxionOptions, omega_b: float = OMEGA_B) -> Track:
    """Track of one set of nuclear rates; raises what `Nucleosynthesis` and `Abundance` raise."""
    abundance, bbn = Abundance(axion), Nucleosynthesis(rates=rates)

    def point(omega: float, delta_neff: float) -> tuple[float, float]:
        found = bbn.abundances(omega, delta_neff)
        return 1e5 * found.dh, found.y_p

    masses = mass_grid(*_M_A_EV)
    delta_neff = [abundance(float(mass)).delta_neff for mass in masses]
    omegas = (omega_b - OMEGA_B_ERROR, omega_b, omega_b + OMEGA_B_ERROR)
    points = np.array([[point(omega, value) for value in delta_neff] for omega in omegas])
    return Track(rates, masses, points, np.array(point(omega_b, 0.0)))


def draw(_: ShownChains, preset: str, omega_b: float, axion: AxionOptions) -> tuple[str, Figure]:
    """Y_p against D/H: measurements of a preset, and the track for both sets of nuclear rates.

    preset : of the BBN likelihood.
    omega_b : baryon density of the track; its band is OMEGA_B_ERROR to both sides.
    """
    from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS, choose

    chosen = choose("preset", str(preset), PRESETS)
    tracks = [axion_track(rates, axion, omega_b) for rates in _RATES]
    figure, axes = style.new_figure(size=(6.8, 5.2))
    corners = _draw_boxes(axes, DEUTERIUM[chosen.deuterium], HELIUM[chosen.helium])
    for track in tracks:
        _draw_track(axes, track)
    seen = np.vstack([corners, *(t.none for t in tracks), *(p for t in tracks for p in t.points)])
    low, high = seen.min(axis=0), seen.max(axis=0)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    _name_marks(axes, tracks[0], high - low)
    title = f"{style.axion_in_words(axion)}, $\\omega_b = {omega_b:g} \\pm {OMEGA_B_ERROR:g}$"
    style.dress(axes, r"$10^5\,\mathrm{D/H}$", r"$Y_p$", title)
    source = f"{chosen.helium}, {chosen.deuterium} ($1\\sigma$, $2\\sigma$)"
    axes.fill_between([], [], color=style.GREY, alpha=0.4, label=source)
    look: dict[str, Any] = {"fontsize": style.FONT_SIZE - 1, "ncols": 3, "frameon": False}
    figure.legend(loc="outside lower center", **look)
    return style.file_of_axion(f"light_elements_{preset}", axion), figure


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


def _draw_track(axes: Axes, track: Track) -> None:
    colour, dashes = _RATES[track.rates]
    less, middle, more = track.points
    axes.fill(*np.concatenate([less, more[::-1]]).T, color=colour, alpha=0.15, lw=0)
    look: dict[str, Any] = {"color": colour, "linestyle": dashes, "lw": 1.8}
    axes.plot(*middle.T, label=f"rates: {track.rates}", **look)
    axes.plot(*track.none, "s", color=colour, ms=6, mec=style.BLACK)
    for mass in MARKED_EV:
        axes.plot(*track.at(mass), "o", color=colour, ms=5, mec=style.BLACK, mew=0.6)


def _name_marks(axes: Axes, track: Track, size: Array) -> None:
    """Masses above the track, or below it where one would cover another; size of the axes."""
    look: dict[str, Any] = {"textcoords": "offset points", "fontsize": style.FONT_SIZE - 1.5}
    axes.annotate("no axion", tuple(track.none), xytext=(0, -15), ha="center", **look)
    taken = np.full(2, -np.inf)
    for mass in MARKED_EV:
        point, text = track.at(mass), f"{mass:g} eV"
        if np.all((point - taken) / size < _WORDS):
            axes.annotate(text, tuple(point), xytext=(7, -11), ha="left", **look)
        else:
            axes.annotate(text, tuple(point), xytext=(-7, 4), ha="right", **look)
            taken = point


KIND = Kind(
    "Y_p and D/H: measurements and the track of the axion",
    draw,
    chains="none",
    options={
        "preset": Option("2026", str, "measurements, 2026 or paper2022"),
        "omega_b": Option(OMEGA_B, float, "baryon density of the track", "1807.06209"),
    },
    axion=frozenset(AxionOptions.declared()),
)
