"""Exact flat background with massive neutrinos and axions: distances and expansion rate.

CLASS needs 0.1 s for what numpy does in a fraction of a millisecond; sound horizons, which need
recombination, come from the emulator. Lengths in Mpc, masses in eV; Friedmann equation with the
energy densities of the phase-space distributions that CLASS gets (tests compare the two).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import (
    GYR_PER_MPC,
    RHO_CRITICAL_OVER_H2_EV4,
    SPEED_OF_LIGHT_KM_S,
    T_CMB_EV,
)
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid, unit_nodes
from hotaxion.theory.relics.distribution import T_NCDM_RATIO, RelicPSD
from hotaxion.theory.spectra.neutrinos import T_NU_RATIO, NeutrinoSector

HUBBLE_100_PER_MPC = 100.0 / SPEED_OF_LIGHT_KM_S  # 100 km/s/Mpc over c
_OMEGA_GAMMA = math.pi**2 / 15.0 * T_CMB_EV**4 / RHO_CRITICAL_OVER_H2_EV4
_FERMION_FAMILY = 7.0 / 8.0 * (4.0 / 11.0) ** (4.0 / 3.0)
_LN_NEAR, _N_NEAR, _N_FAR = math.log(6.0), 16, 64  # quadrature nodes below and above z = 5
_MANY = 100  # redshifts at once
_H_RANGE = (0.3, 1.2)
LAMBDA = (-1.0, 0.0)  # w0 and wa of a cosmological constant
# Mass over temperature of the table of neutrino densities.
_X_GRID = np.concatenate([[0.0], np.geomspace(1e-4, 1e7, 400)])


@lru_cache(maxsize=1)
def _fermi_dirac() -> tuple[CubicSpline, CubicSpline]:
    """integral q^2 sqrt(q^2 + x^2)/(e^q + 1), and of the pressure (times 3), against asinh x."""
    q, w = momentum_grid(80, 45.0)
    f = w * q**2 / (np.exp(q) + 1.0)
    energy = np.sqrt(q**2 + _X_GRID[:, None] ** 2)
    u = np.arcsinh(_X_GRID)
    scale = 1.0 + _X_GRID  # both are smooth in this form
    return (
        CubicSpline(u, energy @ f / scale),
        CubicSpline(u, (1.0 / energy) @ (f * q**2) * scale),
    )


@dataclass(frozen=True)
class Background:
    """Flat background; `h` may be found from the acoustic scale by `from_theta`.

    Attributes
    ----------
    omega_b, omega_cdm : physical densities.
    h : H0/(100 km/s/Mpc).
    sector, psd : the neutrinos and the axion (None for none).
    delta_neff_extra : massless radiation besides, as Delta N_eff.
    dark_energy : (w0, wa) of p/rho = w0 + (1 - a) wa (Chevallier & Polarski gr-qc/0009008,
        Linder astro-ph/0208512); at the background w = -1 may be crossed.
    """

    omega_b: float
    omega_cdm: float
    h: float
    sector: NeutrinoSector
    psd: RelicPSD | None = None
    delta_neff_extra: float = 0.0
    dark_energy: tuple[float, float] = LAMBDA

    @classmethod
    def from_theta(
        cls,
        theta_s_100: float,
        z_rec: float,
        rs_rec: float,
        omega_b: float,
        omega_cdm: float,
        sector: NeutrinoSector,
        psd: RelicPSD | None = None,
        delta_neff_extra: float = 0.0,
        dark_energy: tuple[float, float] = LAMBDA,
    ) -> Background:
        """The background in which the sound horizon `rs_rec` [Mpc] at `z_rec` has this angle.

        Raises
        ------
        RangeError : if that needs h outside 0.3 to 1.2.
        """
        found = cls(omega_b, omega_cdm, 1.0, sector, psd, delta_neff_extra, dark_energy)
        wanted = 100.0 * rs_rec / theta_s_100
        ln_1pz, weights = _quadrature(np.array([math.log1p(z_rec)]), _N_FAR)
        weights *= np.exp(ln_1pz) / HUBBLE_100_PER_MPC
        others, dark = found._others(ln_1pz), found._dark_energy(ln_1pz)
        others -= dark * found._today

        def excess(h: float) -> float:
            return float(np.sum(weights / np.sqrt(others + dark * h**2))) - wanted

        try:
            h = brentq(excess, *_H_RANGE, xtol=1e-9)
        except ValueError:
            raise RangeError(
                f"theta_s_100 = {theta_s_100}, omega_b = {omega_b}, omega_cdm = {omega_cdm} need "
                f"h outside {_H_RANGE[0]} to {_H_RANGE[1]}. Narrow the priors."
            ) from None
        return replace(found, h=h)

    # --- densities ----------------------------------------------------------------------------
    def _massive(self, ln_1pz: Array) -> tuple[Array, Array]:
        """rho and 3 p of the massive species, as omega = Omega h^2 times the critical density."""
        rho, three_p = np.zeros(np.shape(ln_1pz)), np.zeros(np.shape(ln_1pz))
        a = np.exp(-ln_1pz)
        density, pressure = _fermi_dirac()
        t_nu = T_NU_RATIO * T_CMB_EV
        for mass, families in zip(self.sector.masses_ev, self.sector.degeneracies, strict=True):
            x = mass * a / t_nu
            u = np.arcsinh(x)
            unit = families * t_nu**4 / math.pi**2 / RHO_CRITICAL_OVER_H2_EV4 / a**4
            rho += unit * density(u) * (1.0 + x)
            three_p += unit * pressure(u) / (1.0 + x)
        if self.psd is not None and self.psd.f.any():
            t_a = T_NCDM_RATIO * T_CMB_EV
            q = self.psd.q
            f = self.psd.weights * self.psd.f * q**2
            energy = np.sqrt(q**2 + (self.psd.mass_ev * a[..., None] / t_a) ** 2)
            unit = t_a**4 / (2.0 * math.pi**2) / RHO_CRITICAL_OVER_H2_EV4 / a**4
            rho += unit * (energy @ f)
            three_p += unit * ((1.0 / energy) @ (f * q**2))
        return rho, three_p

    @cached_property
    def omega_radiation(self) -> float:
        """Photons and massless neutrinos, Omega h^2."""
        massless = self.sector.n_ur + self.delta_neff_extra
        return _OMEGA_GAMMA * (1.0 + _FERMION_FAMILY * massless)

    def _dark_energy(self, ln_1pz: Array) -> Array:
        """Density of dark energy over that of today."""
        w0, wa = self.dark_energy
        if (w0, wa) == LAMBDA:
            return np.ones_like(ln_1pz)
        return np.exp(3.0 * ((1.0 + w0 + wa) * ln_1pz + wa * np.expm1(-ln_1pz)))

    def _others(self, ln_1pz: Array) -> Array:
        """Everything but dark energy: its omega = Omega h^2, then."""
        growth = np.exp(ln_1pz)
        light = self.omega_b + self.omega_cdm + growth * self.omega_radiation
        return growth**3 * light + self._massive(ln_1pz)[0]

    @cached_property
    def _today(self) -> float:
        return float(self._others(np.zeros(1))[0])

    @property
    def omega_dark_energy(self) -> float:
        """Dark energy, Omega h^2."""
        return self.h**2 - self._today

    @cached_property
    def omega_m(self) -> float:
        """Matter: baryons, cold dark matter and rho - 3p of the hot species, Omega h^2."""
        rho, three_p = (float(x[0]) for x in self._massive(np.zeros(1)))
        return self.omega_b + self.omega_cdm + rho - three_p

    @cached_property
    def omega_hot(self) -> float:
        """Massive neutrinos and axions, Omega h^2."""
        return float(self._massive(np.zeros(1))[0][0])

    # --- expansion and distances --------------------------------------------------------------
    def _hubble(self, ln_1pz: Array) -> Array:
        return HUBBLE_100_PER_MPC * np.sqrt(
            self._others(ln_1pz) + self.omega_dark_energy * self._dark_energy(ln_1pz)
        )

    def hubble(self, z: Array | float) -> Array:
        """H(z) [1/Mpc]; z of any shape, z >= 0."""
        return self._hubble(np.log1p(z))

    def comoving_distance(self, z: Array | float) -> Array:
        """Comoving distance to z [Mpc]; z of any shape, 0 <= z < 1e4."""
        ln_1pz = np.log1p(z)
        top = np.max(ln_1pz, initial=0.0)
        count = _N_FAR if top > _LN_NEAR else _N_NEAR
        if ln_1pz.size > _MANY:  # supernovae: one series for all of them
            integrand = Chebyshev.interpolate(self._distance_slope, count, domain=[0.0, top])
            return integrand.integ(lbnd=0.0)(ln_1pz)
        nodes, weights = _quadrature(ln_1pz, count)
        return np.sum(weights * self._distance_slope(nodes), axis=-1)

    def _distance_slope(self, ln_1pz: Array) -> Array:
        return np.exp(ln_1pz) / self._hubble(ln_1pz)

    def angular_diameter_distance(self, z: Array | float) -> Array:
        """Angular-diameter distance [Mpc]."""
        return self.comoving_distance(z) / (1.0 + np.asarray(z))

    @cached_property
    def age_gyr(self) -> float:
        """Age since z = 9999 [Gyr]; what comes before is 5e-7 of it."""
        nodes, weights = _quadrature(np.array(math.log(1e4)), _N_FAR)
        return GYR_PER_MPC * float(np.sum(weights / self._hubble(nodes)))


def _quadrature(upper: Array, count: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights from 0 to each `upper`: (..., count)."""
    y, w = unit_nodes(count)
    upper = np.asarray(upper)[..., None]
    return upper * y, upper * w
