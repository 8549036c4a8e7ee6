"""Solvers of the number of axions alone, as in the literature before 2022; for comparison."""

from __future__ import annotations

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.boltzmann import T_FINAL_GEV, Relaxation, Solution, Solver, relax
from hotaxion.theory.relics.distribution import bose_einstein
from hotaxion.theory.relics.expansion import Expansion


class NumberSolver(Solver):
    """Boltzmann equation of the number density, as in the analyses before 2022.

    dY/dN = (Gamma_1/H)(Y_eq - Y) with the mean loss rate Gamma_1 = int f_eq Gamma^> / int f_eq
    (Chang & Choi hep-ph/9306216; Hannestad et al. hep-ph/0504059; inferred for
    2205.07849), no back-reaction; the axion is then given a Bose-Einstein distribution with that
    number density.
    """

    def _prepare(self, rate: TotalRate, expansion: Expansion) -> None:
        # Y_eq over its value at the end.
        equilibrium = np.exp(3.0 * self.ln_a) * (self.t / T_FINAL_GEV) ** 3
        initial = equilibrium[:1] if self.thermal else np.zeros(1)
        gamma = np.exp(rate.log_mean_rate(self._t_mid, loss=True)) * self._t_mid**3
        depth = gamma * np.diff(self.ln_a) / expansion.hubble(self._t_mid)
        self._relaxation = Relaxation(initial, equilibrium[:, None], depth[:, None])

    @property
    def relaxation(self) -> Relaxation:
        """The equation of the number, over that of equilibrium at the end."""
        return self._relaxation

    def occupation(self, relaxed: Array) -> Array:
        """Bose-Einstein of that number."""
        return bose_einstein(self.q, T_FINAL_GEV * np.cbrt(relaxed))

    def __call__(self, f_a_gev: float) -> Solution:
        """Solve for one f_a [GeV]."""
        known = self._relaxation
        depth = known.depth / f_a_gev**2
        return self._thermal_shape(relax(known.start, known.equilibrium, depth)[:, 0])


class InstantaneousSolver(Solver):
    """The textbook estimate: equilibrium until the mean rate equals H, then no interaction.

    The axion keeps the temperature that the plasma's entropy gives it after T_d, the lowest
    temperature with Gamma_mean >= H (relaxation rate); if there is none, the initial abundance
    is diluted from the start. Kept for comparison with the two solvers that replace it (Kolb &
    Turner, The Early Universe, sec. 5.2).
    """

    def _prepare(self, rate: TotalRate, expansion: Expansion) -> None:
        self._expansion = expansion
        self._log_ratio = log_rate_over_hubble(rate, self.t, expansion)

    def __call__(self, f_a_gev: float) -> Solution:
        """Solve for one f_a [GeV]."""
        t_d = decoupling_temperature(self.t, self._log_ratio, f_a_gev)
        if t_d is None:
            t_d = self.t[0] if self.thermal else None
        # n a^3 over its equilibrium value at the end: (a T)^3, that of T_d from there on.
        abundance = np.exp(3.0 * self.ln_a) * (self.t / T_FINAL_GEV) ** 3
        if t_d is None:
            abundance[:] = 0.0
        else:
            ln_a = self._expansion.ln_a(t_d) - self._ln_a_end
            abundance[self.t < t_d] = np.exp(3.0 * ln_a) * (t_d / T_FINAL_GEV) ** 3
        return self._thermal_shape(abundance)


def log_rate_over_hubble(rate: TotalRate, temperature_gev: Array, expansion: Expansion) -> Array:
    """ln(f_a^2 Gamma_mean / H), f_a in GeV, with the mean relaxation rate."""
    log_rate = rate.log_mean_rate(temperature_gev) + 3.0 * np.log(temperature_gev)
    return log_rate - np.log(expansion.hubble(temperature_gev))


def decoupling_temperature(
    temperature_gev: Array, log_ratio: Array, f_a_gev: float
) -> float | None:
    """Lowest temperature [GeV] with Gamma_mean >= H; None if there is none.

    temperature_gev descends; log_ratio is `log_rate_over_hubble` on it.
    """
    excess = log_ratio - 2.0 * np.log(f_a_gev)
    coupled = np.flatnonzero(excess >= 0)
    if coupled.size == 0:
        return None
    i = int(coupled[-1])
    if i + 1 == temperature_gev.size:
        return float(temperature_gev[-1])
    share = excess[i] / (excess[i] - excess[i + 1])
    return float(temperature_gev[i] * (temperature_gev[i + 1] / temperature_gev[i]) ** share)
