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
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Cooling:
    """An expansion along a grid of temperatures, without axions.

    t : (n+1,) temperatures [GeV], descending; t_mid, rho_mid : (n,) temperatures [GeV] and energy
        density [GeV^4] of all but axions within the steps.
    s, ln_a : (n+1,) entropy density [GeV^3] of the plasma, logarithm of the scale factor.
    """

    t: Array
    t_mid: Array
    s: Array
    ln_a: Array
    rho_mid: Array


class Expansion:
    """Radiation alone: the plasma's entropy s a^3 is constant.

    plasma : degrees of freedom.
    jumps : temperatures [GeV] at which H jumps.
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

    def with_axions(
        self, cooling: Cooling, ln_a: Array, heat: Array, rho_axion: Array
    ) -> tuple[Array, Array]:
        """The expansion if m kinds of axions, each in its own, take heat from the plasma.

        Parameters
        ----------
        cooling : the expansion without.
        ln_a : (n+1, m) that in which heat and energy were found.
        heat : (n, m) d(rho_a a^4)/(aT) [GeV^3], what s a^3 of the plasma loses in each step.
        rho_axion : (n+1, m) energy density of axions [GeV^4].

        Returns (n+1, m) ln a and, within the steps, energy density of all but axions, (n, m or 1).

        The plasma's entropy S = s a^3 falls by `heat`, so that in each step d ln a = d ln a_0 +
        d ln S / 3 with a_0 of constant S. It is solved for the entropy lost per expansion in the
        last pass: d ln a = d ln a_0 / (1 - d ln S / (3 d ln a)). Thus a never shrinks, even if
        axions thermalise within a step while T falls at almost constant a.
        """
        lost = np.cumsum(heat, axis=0) / (cooling.s[-1] * np.exp(3.0 * cooling.ln_a[-1]))
        d_ln_s = np.diff(np.log1p(-lost), prepend=0.0, axis=0)
        d_ln_a = np.diff(cooling.ln_a)[:, None] / (1.0 - d_ln_s / (3.0 * np.diff(ln_a, axis=0)))
        found = np.concatenate([ln_a[:1], ln_a[:1] + np.cumsum(d_ln_a, axis=0)])
        return found, cooling.rho_mid[:, None]


RADIATION = Expansion(STANDARD)


class SuddenReheating(Expansion):
    """phi dominates above T_reheat, and below is nothing of it: for comparison.

    H rises by 6/5 at T_reheat, to that of radiation. T as a^(-3/8) is that of all that is in
    equilibrium: what axions take above T_reheat, phi gives.
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
        total = _energy_density(_hubble_of_decay(rho, self._gamma))
        return np.where(np.asarray(temperature_gev) > self._t_reheat, total, rho)

    def with_axions(
        self, cooling: Cooling, ln_a: Array, heat: Array, rho_axion: Array
    ) -> tuple[Array, Array]:
        """As of radiation, below T_reheat alone."""
        heat = np.where(cooling.t_mid[:, None] > self._t_reheat, 0.0, heat)
        return super().with_axions(cooling, ln_a, heat, rho_axion)


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
        ln_phi = math.log(_energy_density(_hubble_of_decay(float(rho_sm[0]), self._gamma)))
        ln_a, ln_phi_a3 = self._integrate(t, s, rho_sm, ln_phi)
        nodes = slice(None, None, 2)  # of the Runge-Kutta; between them are midpoints
        ln_t = np.log(t[nodes])[::-1]
        self._ln_entropy = CubicSpline(ln_t, (np.log(s[nodes]) + 3.0 * ln_a)[::-1])
        ratio = np.maximum(ln_phi_a3 - 3.0 * ln_a - np.log(rho_sm[nodes]), _LEAST_LOG)
        self._ln_phi_over_sm = CubicSpline(ln_t, ratio[::-1])

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

    def _integrate(
        self, t: Array, s: Array, rho: Array, ln_phi: float, taken: Array | None = None
    ) -> tuple[Array, Array]:
        """ln a and ln(rho_phi a^3) at every second of these points, a = 1 at the first.

        The variable is u = -ln s, which grows as (3 - j) N with j = Gamma rho_phi / (H T s), the
        entropy that phi gives per expansion: less than 3, or T would rise.

        t, s, rho : (2n+1,) temperature, entropy density of the plasma, energy density but for phi.
        ln_phi : ln of that of phi at the first point.
        taken : (n,) part of the plasma's entropy that axions take in each step, per ln a.
        """
        gamma, unit = self._gamma, 8.0 * math.pi / (3.0 * M_PLANCK_GEV**2)
        heat, others = (t * s).tolist(), rho.tolist()
        steps = (-np.diff(np.log(s[::2]))).tolist()
        losses = [0.0] * len(steps) if taken is None else taken.tolist()

        def slopes(i: int, y: float, z: float, loss: float) -> tuple[float, float]:
            phi = math.exp(z - 3.0 * y)
            decay = gamma / math.sqrt(unit * (phi + others[i]))
            slower = 1.0 / (3.0 + loss - decay * phi / heat[i])
            return slower, -decay * slower

        y, z = 0.0, ln_phi
        found = [(y, z)]
        for n, (step, loss) in enumerate(zip(steps, losses, strict=True)):
            i, half, sixth = 2 * n, 0.5 * step, step / 6.0
            y1, z1 = slopes(i, y, z, loss)
            y2, z2 = slopes(i + 1, y + half * y1, z + half * z1, loss)
            y3, z3 = slopes(i + 1, y + half * y2, z + half * z2, loss)
            y4, z4 = slopes(i + 2, y + step * y3, z + step * z3, loss)
            y += sixth * (y1 + 2.0 * (y2 + y3) + y4)
            z += sixth * (z1 + 2.0 * (z2 + z3) + z4)
            found.append((y, z))
        ln_a, ln_phi_a3 = np.array(found).T
        return ln_a, ln_phi_a3

    def with_axions(
        self, cooling: Cooling, ln_a: Array, heat: Array, rho_axion: Array
    ) -> tuple[Array, Array]:
        """Both fluids again, from the first temperature; see `Expansion.with_axions`.

        phi dominates as long as it lasts, so that what axions take is made up for by a phi that is
        denser at equal T: the change of both is integrated.
        """
        t = _interleaved(cooling.t, cooling.t_mid)
        s, rho_sm = self.plasma.entropy_density(t), self.plasma.energy_density(t)
        phi_mid = cooling.rho_mid - rho_sm[1::2]
        ln_phi = float(np.log(rho_sm[0]) + self._ln_phi_over_sm(np.log(t[0])))
        without = self._integrate(t, s, rho_sm, ln_phi)
        entropy = s[::2, None] * np.exp(3.0 * ln_a)
        taken = heat / (np.sqrt(entropy[1:] * entropy[:-1]) * np.diff(ln_a, axis=0))
        columns, densities = [], []
        for i in range(ln_a.shape[1]):
            axions = rho_axion[:, i]
            both = rho_sm + _interleaved(axions, 0.5 * (axions[1:] + axions[:-1]))
            change, thicker = (
                found - known
                for found, known in zip(
                    self._integrate(t, s, both, ln_phi, taken[:, i]), without, strict=True
                )
            )
            columns.append(cooling.ln_a + change)
            ratio = np.clip(thicker - 3.0 * change, None, -0.5 * _LEAST_LOG)  # of phi as it goes
            densities.append(rho_sm[1::2] + phi_mid * np.exp(0.5 * (ratio[1:] + ratio[:-1])))
        return np.array(columns).T, np.array(densities).T

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


def _hubble_of_decay(rho_sm: Array | float, gamma: float) -> Any:
    """H [GeV] of a decaying field that keeps radiation of this energy density [GeV^4] up."""
    return 20.0 * math.pi / 3.0 * rho_sm / (gamma * M_PLANCK_GEV**2)


def _energy_density(hubble: Any) -> Any:
    """rho [GeV^4] that expands at this rate [GeV]."""
    return 3.0 / (8.0 * math.pi) * (M_PLANCK_GEV * hubble) ** 2


def _interleaved(nodes: Array, between: Array) -> Array:
    """(2n+1,) from (n+1,) and (n,)."""
    both = np.empty(nodes.size + between.size)
    both[::2], both[1::2] = nodes, between
    return both


def expansion(
    plasma: Plasma, t_reheat_gev: float | None, t_initial_gev: float, sudden: bool = False
) -> Expansion:
    """That of a universe reheated to T_reheat [GeV], or never (None)."""
    if t_reheat_gev is None:
        return Expansion(plasma)
    if sudden:
        return SuddenReheating(plasma, t_reheat_gev)
    return Reheating(plasma, t_reheat_gev, t_initial_gev)
