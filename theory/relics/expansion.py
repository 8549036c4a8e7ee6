"""How the universe expands while it cools: radiation alone, or after an early matter era.

A heavy field phi (a modulus, an inflaton) that decays into the plasma at the rate Gamma_phi,

    d(rho_phi a^3)/dN = -(Gamma_phi/H) rho_phi a^3,   d(s a^3)/dN = Gamma_phi rho_phi a^3 / (H T),
    H^2 = (8 pi/3) (rho_phi + rho_SM + rho_a) / M_Pl^2,   N = ln a.

While it dominates, T falls as a^(-3/8) and H = (20 pi/3) rho_SM / (Gamma_phi M_Pl^2): faster than
radiation by (5/6)(T/T_reheat)^2, and what decouples then is diluted by its entropy (McDonald, Phys.
Rev. D43 (1991) 1063; Giudice, Kolb & Riotto, hep-ph/0005123; for axions Grin, Smith & Kamionkowski,
0711.1352, and 2104.03982).

T_reheat is defined by Gamma_phi = 3 H_SM(T_reheat), with H_SM of the Standard Model's radiation
alone (Kawasaki, Kohri & Sugiyama, astro-ph/0002127). Of Gamma_phi = H_SM, the other convention in
use, T_reheat is 1.73 times that.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import M_PLANCK_GEV
from hotaxion.theory.relics.plasma import STANDARD, T_RANGE_GEV, Plasma

GAMMA_OVER_HUBBLE = 3.0  # Gamma_phi / H_SM(T_reheat)
# phi dominates at the start: so far above T_reheat, and above where axions start, so that what is
# not yet in line with decay there has been forgotten (as a^(-5/2)).
_ABOVE_REHEATING, _ABOVE_START = 100.0, 10.0
_GONE = 10.0  # T_reheat / T at which nothing is left of phi: e^-150
_STEP = 0.03  # of ln s, Runge-Kutta of fourth order: 1e-9 in ln a
_LEAST_LOG = -80.0  # of rho_phi / rho_SM: none, and no reason to interpolate its fall


class Expansion:
    """Radiation alone: the plasma's entropy s a^3 is constant.

    plasma : degrees of freedom.
    jumps : temperatures [GeV] at which H jumps.
    dilution : entropy that the plasma still gains after temperature T_FINAL_GEV of `boltzmann`, as
        a factor; see `dilution_from`.
    """

    jumps: tuple[float, ...] = ()

    def __init__(self, plasma: Plasma):
        self.plasma = plasma

    def ln_a(self, temperature_gev: ArrayLike) -> Array:
        """ln of the scale factor, up to a constant."""
        return -np.log(self.plasma.entropy_density(temperature_gev)) / 3.0

    def energy_density(self, temperature_gev: ArrayLike) -> Array:
        """Energy density [GeV^4] of all but axions."""
        return self.plasma.energy_density(temperature_gev)

    def hubble(self, temperature_gev: ArrayLike) -> Array:
        """Expansion rate [GeV] without axions."""
        rho = self.energy_density(temperature_gev)
        return np.sqrt(8.0 * np.pi / 3.0 * rho) / M_PLANCK_GEV

    def dilution_from(self, temperature_gev: float) -> float:
        """s a^3 at the end over that at a temperature [GeV]."""
        return 1.0


RADIATION = Expansion(STANDARD)


class SuddenReheating(Expansion):
    """phi dominates above T_reheat, and below is nothing of it: for comparison.

    H falls by 6/5 at T_reheat, to that of radiation.
    """

    def __init__(self, plasma: Plasma, t_reheat_gev: float):
        super().__init__(plasma)
        self._t_reheat = t_reheat_gev
        self._gamma = GAMMA_OVER_HUBBLE * float(plasma.hubble(t_reheat_gev))
        self.jumps = (t_reheat_gev,)

    def ln_a(self, temperature_gev: ArrayLike) -> Array:
        """T as a^(-3/8) above T_reheat."""
        t = np.asarray(temperature_gev, dtype=float)
        hotter = np.maximum(t / self._t_reheat, 1.0)
        return super().ln_a(np.minimum(t, self._t_reheat)) - 8.0 / 3.0 * np.log(hotter)

    def energy_density(self, temperature_gev: ArrayLike) -> Array:
        """That of phi above T_reheat."""
        rho = super().energy_density(temperature_gev)
        hubble = _hubble_of_decay(rho, self._gamma)
        total = 3.0 / (8.0 * np.pi) * (M_PLANCK_GEV * hubble) ** 2
        return np.where(np.asarray(temperature_gev) > self._t_reheat, total, rho)


class Reheating(Expansion):
    """The two fluids, integrated from above T_initial until phi is gone.

    Below 5 MeV, where the fit of g_* ends, the plasma keeps its degrees of freedom while phi
    decays: neutrinos share its heat, as they do from T_reheat of 8 MeV up (1511.00672).

    Parameters
    ----------
    plasma : degrees of freedom.
    t_reheat_gev : where Gamma_phi = 3 H [GeV].
    t_initial_gev : highest temperature that is asked for.
    """

    def __init__(self, plasma: Plasma, t_reheat_gev: float, t_initial_gev: float):
        super().__init__(plasma)
        self._gamma = GAMMA_OVER_HUBBLE * float(plasma.hubble(t_reheat_gev))
        high = max(_ABOVE_REHEATING * t_reheat_gev, _ABOVE_START * t_initial_gev)
        t, s, rho_sm = self._plasma_from(high, min(t_reheat_gev / _GONE, T_RANGE_GEV[0]))
        ln_a, ln_phi = self._integrate(t, s, rho_sm)
        nodes = slice(None, None, 2)  # of the Runge-Kutta; between them are midpoints
        t, s, rho_sm = t[nodes], s[nodes], rho_sm[nodes]
        self._ln_entropy = CubicSpline(np.log(t[::-1]), (np.log(s) + 3.0 * ln_a)[::-1])
        ratio = np.maximum(ln_phi - 3.0 * ln_a - np.log(rho_sm), _LEAST_LOG)
        self._ln_phi_over_sm = CubicSpline(np.log(t[::-1]), ratio[::-1])

    def _plasma_from(self, high: float, low: float) -> tuple[Array, Array, Array]:
        """T, s, rho of the plasma, in even steps of ln s from one temperature [GeV] to another."""
        fit_ends = T_RANGE_GEV[0]
        dense = np.geomspace(high, fit_ends, 4000)
        ln_s, ln_rho = (
            np.log(density(dense))
            for density in (self.plasma.entropy_density, self.plasma.energy_density)
        )
        u, ln_t = -ln_s, np.log(dense)
        if low < fit_ends:  # constant degrees of freedom
            colder = np.linspace(0.0, np.log(low / fit_ends), 400)[1:]
            u = np.append(u, u[-1] - 3.0 * colder)
            ln_t, ln_rho = (
                np.append(ln_t, ln_t[-1] + colder),
                np.append(ln_rho, ln_rho[-1] + 4.0 * colder),
            )
        even = np.linspace(u[0], u[-1], 2 * math.ceil((u[-1] - u[0]) / _STEP) + 1)
        return (
            np.exp(CubicSpline(u, ln_t)(even)),
            np.exp(-even),
            np.exp(CubicSpline(u, ln_rho)(even)),
        )

    def _integrate(self, t: Array, s: Array, rho_sm: Array) -> tuple[Array, Array]:
        """ln a and ln(rho_phi a^3) at every second of these points.

        The variable is u = -ln s, which grows as (3 - j) N with j = Gamma rho_phi / (H T s), the
        entropy that phi gives per expansion: less than 3, or T would rise.
        """
        gamma, unit = self._gamma, 8.0 * math.pi / (3.0 * M_PLANCK_GEV**2)
        heat = (t * s).tolist()
        rho = rho_sm.tolist()

        def slopes(i: int, ln_a: float, ln_phi: float) -> tuple[float, float]:
            phi = math.exp(ln_phi - 3.0 * ln_a)
            decay = gamma / math.sqrt(unit * (phi + rho[i]))
            slower = 1.0 / (3.0 - decay * phi / heat[i])
            return slower, -decay * slower

        step = 2.0 * float(np.log(s[0] / s[1]))
        half, sixth = 0.5 * step, step / 6.0
        hubble = _hubble_of_decay(rho[0], gamma)
        y, z = 0.0, math.log(hubble**2 / unit)
        found = [(y, z)]
        for i in range(0, len(rho) - 1, 2):
            y1, z1 = slopes(i, y, z)
            y2, z2 = slopes(i + 1, y + half * y1, z + half * z1)
            y3, z3 = slopes(i + 1, y + half * y2, z + half * z2)
            y4, z4 = slopes(i + 2, y + step * y3, z + step * z3)
            y += sixth * (y1 + 2.0 * (y2 + y3) + y4)
            z += sixth * (z1 + 2.0 * (z2 + z3) + z4)
            found.append((y, z))
        ln_a, ln_phi = np.array(found).T
        return ln_a, ln_phi

    def ln_a(self, temperature_gev: ArrayLike) -> Array:
        """From the entropy that phi has given."""
        return super().ln_a(temperature_gev) + self._ln_entropy(np.log(temperature_gev)) / 3.0

    def energy_density(self, temperature_gev: ArrayLike) -> Array:
        """Of the plasma and phi."""
        phi = np.exp(self._ln_phi_over_sm(np.log(temperature_gev)))
        return super().energy_density(temperature_gev) * (1.0 + phi)

    def dilution_from(self, temperature_gev: float) -> float:
        """By what phi still gives below this temperature [GeV]."""
        end = self._ln_entropy(self._ln_entropy.x[0])
        return float(np.exp(end - self._ln_entropy(np.log(temperature_gev))))


def _hubble_of_decay(rho_sm: Array | float, gamma: float) -> Array | float:
    """H [GeV] of a decaying field that keeps radiation of this energy density [GeV^4] up."""
    return 20.0 * math.pi / 3.0 * rho_sm / (gamma * M_PLANCK_GEV**2)


def expansion(
    plasma: Plasma, t_reheat_gev: float | None, t_initial_gev: float, sudden: bool = False
) -> Expansion:
    """That of a universe reheated to T_reheat [GeV], or never (None)."""
    if t_reheat_gev is None:
        return Expansion(plasma)
    if sudden:
        return SuddenReheating(plasma, t_reheat_gev)
    return Reheating(plasma, t_reheat_gev, t_initial_gev)
