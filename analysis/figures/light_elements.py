"""The plane of primordial helium and deuterium with the track of the axion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.abundances import mass_grid
from hotaxion.analysis.figures.style import (
    BLACK,
    BLUE,
    FONT_SIZE,
    GREY,
    VERMILION,
    axion_in_words,
    dress,
    file_stem,
    new_figure,
)
from hotaxion.theory.checks import number
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.likelihoods.measurements import Measurement

Array = NDArray[np.float64]

OMEGA_B, OMEGA_B_ERROR = 0.02236, 0.00015  # Planck 2018, 1807.06209
MARKED_EV = (0.03, 0.1, 0.2, 0.3, 1.0)
_RATES = {"primat": (BLUE, "-"), "parthenope3": (VERMILION, "--")}
_M_A_EV = (1e-3, 10.0, 60)


@dataclass(frozen=True)
class Track:
    """Abundances along the axion mass for one set of nuclear rates.

    dh, y_p : (3, n) D/H and Y_p at omega_b less its error, in the middle, and more.
    none : (D/H, Y_p) without axions, in the middle.
    """

    rates: str
    m_a_ev: Array
    dh: Array
    y_p: Array
    none: tuple[float, float]

    def at(self, m_a_ev: float) -> tuple[float, float]:
        """(D/H, Y_p) of one mass [eV] in the middle of omega_b."""
        ln_m = np.log(self.m_a_ev)
        dh, y_p = (float(np.interp(np.log(m_a_ev), ln_m, v[1])) for v in (self.dh, self.y_p))
        return dh, y_p


def axion_track(
    rates: str,
    options: AxionOptions | None = None,
    omega_b: float = OMEGA_B,
    omega_b_error: float = OMEGA_B_ERROR,
) -> Track:
    """Track of one set of nuclear rates; raises what `Nucleosynthesis` and `Abundance` raise."""
    abundance = Abundance(options)
    masses = mass_grid(*_M_A_EV)
    delta_neff = [abundance(float(mass)).delta_neff for mass in masses]
    bbn = Nucleosynthesis(rates=rates)
    results = [
        [bbn.abundances(omega_b + shift * omega_b_error, value) for value in delta_neff]
        for shift in (-1, 0, 1)
    ]
    dh, y_p = (
        np.array([[getattr(r, name) for r in row] for row in results]) for name in ("dh", "y_p")
    )
    none = bbn.abundances(omega_b, 0.0)
    return Track(rates, masses, dh, y_p, (none.dh, none.y_p))


def draw(
    _chains: object = (),
    preset: str = "2026",
    options: AxionOptions | None = None,
    **more: Any,
) -> Mapping[str, Figure]:
    """The figure under the name of its file; options as of `light_elements_figure`."""
    figure = light_elements_figure(preset, options, **more)
    return {file_stem(f"light_elements_{preset}", options or AxionOptions()): figure}


def light_elements_figure(
    preset: str = "2026",
    options: AxionOptions | None = None,
    omega_b: float = OMEGA_B,
    omega_b_error: float = OMEGA_B_ERROR,
) -> Figure:
    """Y_p against D/H: measurements of a preset, and the track for both sets of nuclear rates.

    Parameters
    ----------
    preset : of the BBN likelihood, e.g. "2026" or "paper2022".
    options : what decides the axion abundance.
    omega_b, omega_b_error : baryon density of the track, and half the width of its band.

    Raises
    ------
    UnknownOptionError : no such preset.
    RangeError : omega_b outside the table, or an option of the abundance out of range.
    """
    from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS, choose

    chosen = choose("preset", str(preset), PRESETS)
    number("omega_b", omega_b)
    number("omega_b_error", omega_b_error, 0)
    options = options or AxionOptions()
    tracks = [axion_track(rates, options, omega_b, omega_b_error) for rates in _RATES]
    helium, deuterium = HELIUM[chosen.helium], DEUTERIUM[chosen.deuterium]
    figure, axes = new_figure(size=(6.8, 5.2))
    _boxes(axes, helium, deuterium)
    for track in tracks:
        _draw_track(axes, track)
    axes.set_xlim(*_limits(1e5 * value for value in _all(tracks, deuterium, 0, "dh")))
    axes.set_ylim(*_limits(_all(tracks, helium, 1, "y_p")))
    title = f"{axion_in_words(options)}, $\\omega_b = {omega_b:g} \\pm {omega_b_error:g}$"
    dress(axes, r"$10^5\,\mathrm{D/H}$", r"$Y_p$", title)
    source = f"{chosen.helium}, {chosen.deuterium} ($1\\sigma$, $2\\sigma$)"
    axes.fill_between([], [], color=GREY, alpha=0.4, label=source)
    figure.legend(fontsize=FONT_SIZE - 1, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _all(tracks: Sequence[Track], measured: Measurement, index: int, name: str) -> Iterator[float]:
    """Every value that must be seen: two errors of a measurement, and the tracks."""
    yield measured.value - 2 * measured.minus
    yield measured.value + 2 * measured.plus
    for track in tracks:
        yield track.none[index]
        yield from getattr(track, name).flat


def _limits(values: Iterable[float]) -> tuple[float, float]:
    values = list(values)
    margin = 0.06 * (max(values) - min(values))
    return min(values) - margin, max(values) + margin


def _boxes(axes: Axes, helium: Measurement, deuterium: Measurement) -> None:
    from matplotlib.patches import Rectangle

    for n_sigma, alpha in ((2, 0.18), (1, 0.3)):
        corner = (
            1e5 * (deuterium.value - n_sigma * deuterium.minus),
            helium.value - n_sigma * helium.minus,
        )
        width = 1e5 * n_sigma * (deuterium.plus + deuterium.minus)
        height = n_sigma * (helium.plus + helium.minus)
        axes.add_patch(Rectangle(corner, width, height, color=GREY, alpha=alpha, lw=0))


def _draw_track(axes: Axes, track: Track) -> None:
    colour, dashes = _RATES[track.rates]
    x = 1e5 * track.dh
    outline_x = np.concatenate([x[0], x[2][::-1]])
    outline_y = np.concatenate([track.y_p[0], track.y_p[2][::-1]])
    axes.fill(outline_x, outline_y, color=colour, alpha=0.15, lw=0)
    axes.plot(
        x[1], track.y_p[1], color=colour, linestyle=dashes, lw=1.8, label=f"rates: {track.rates}"
    )
    axes.plot(1e5 * track.none[0], track.none[1], "s", color=colour, ms=6, mec=BLACK)
    for mass in MARKED_EV:
        dh, y_p = track.at(mass)
        axes.plot(1e5 * dh, y_p, "o", color=colour, ms=5, mec=BLACK, mew=0.6)
        if track.rates == "primat":
            _name(axes, f"{mass:g} eV", (1e5 * dh, y_p), (-7, 4), "right")
    if track.rates == "primat":
        _name(axes, "no axion", (1e5 * track.none[0], track.none[1]), (0, -15), "center")


def _name(
    axes: Axes, text: str, point: tuple[float, float], shift: tuple[float, float], side: str
) -> None:
    axes.annotate(
        text, point, xytext=shift, textcoords="offset points", ha=side, fontsize=FONT_SIZE - 1.5
    )
