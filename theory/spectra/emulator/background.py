"""Exact flat background with massive neutrinos and hot relics: distances and expansion rate.

CLASS needs 0.1 s for what numpy does in a fraction of a millisecond; sound horizons, which need
recombination, come from the emulator. Lengths in Mpc, masses in eV; Friedmann equation with the
energy densities of the phase-space distributions that CLASS gets (tests compare the two).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from scipy.interpolate import CubicSpline

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
from hotaxion.theory.spectra.neutrinos import NeutrinoSector

HUBBLE_100_PER_MPC = 100.0 / SPEED_OF_LIGHT_KM_S  # 100 km/s/Mpc over c
_OMEGA_GAMMA = math.pi**2 / 15.0 * T_CMB_EV**4 / RHO_CRITICAL_OVER_H2_EV4
_FERMION_FAMILY = 7.0 / 8.0 * (4.0 / 11.0) ** (4.0 / 3.0)
_LN_NEAR, _N_NEAR, _N_FAR = math.log(6.0), 24, 32  # quadrature nodes below and above z = 5
_H_RANGE, _H_START = (0.3, 1.2), 0.68
_NEWTON = 30  # steps at most; four are enough from the start
LAMBDA = (-1.0, 0.0)  # w0 and wa of a cosmological constant
# Mass over temperature of the table of neutrino densities.
_X_GRID = np.concatenate([[0.0], np.geomspace(1e-4, 1e7, 400)])


@lru_cache(maxsize=1)
def _fermi_dirac() -> tuple[Array, Array, Array]:
    """integral q^2 sqrt(q^2 + x^2)/(e^q + 1), and of the pressure (times 3), against asinh x.

    Knots, and the coefficients (4, pieces) of both, over and times 1 + x: smooth in this form.
    """
    q, w = momentum_grid(80, 45.0)
    f = w * q**2 / (np.exp(q) + 1.0)
    energy = np.sqrt(q**2 + _X_GRID[:, None] ** 2)
    u = np.arcsinh(_X_GRID)
    scale = 1.0 + _X_GRID
    density = CubicSpline(u, energy @ f / scale).c
    return u, density, CubicSpline(u, (1.0 / energy) @ (f * q**2) * scale).c


def _neutrino_integral(x: Array, pressure: bool) -> Array:
    """One of the two of `_fermi_dirac`. (`CubicSpline` itself takes longer to be called.)"""
    knots, *both = _fermi_dirac()
    u = np.arcsinh(x)
    piece = np.minimum(np.searchsorted(knots, u, "right"), knots.size - 1) - 1
    d = u - knots[piece]
    c3, c2, c1, c0 = both[pressure][:, piece]
    value = ((c3 * d + c2) * d + c1) * d + c0
    return np.asarray(value / (1.0 + x) if pressure else value * (1.0 + x))


@dataclass(frozen=True)
class Background:
    """Flat background; `h` may be found from the acoustic scale by `from_theta`.

    Attributes
    ----------
    omega_b, omega_cdm : physical densities.
    h : H0/(100 km/s/Mpc).
    sector, relics : the neutrinos, massless radiation included; axion and other hot relics.
    dark_energy : (w0, wa) of p/rho = w0 + (1 - a) wa (Chevallier & Polarski gr-qc/0009008,
        Linder astro-ph/0208512); at the background w = -1 may be crossed.
    """

    omega_b: float
    omega_cdm: float
    h: float
    sector: NeutrinoSector
    relics: Sequence[RelicPSD] = ()
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
        relics: Sequence[RelicPSD] = (),
        dark_energy: tuple[float, float] = LAMBDA,
    ) -> Background:
        """The background in which the sound horizon `rs_rec` [Mpc] at `z_rec` has this angle.

        Raises
        ------
        RangeError : if that needs h outside 0.3 to 1.2.
        """
        found = cls(omega_b, omega_cdm, 1.0, sector, relics, dark_energy)
        ln_1pz, weights = _quadrature(np.array(math.log1p(z_rec)), _N_FAR)
        weights *= np.exp(ln_1pz) / HUBBLE_100_PER_MPC
        others = found._others(np.append(ln_1pz, 0.0))
        dark, today = found._dark_energy(ln_1pz), float(others[-1])
        h = _acoustic_h(100.0 * rs_rec / theta_s_100, weights, others[:-1] - dark * today, dark)
        if h is None:
            raise RangeError(
                f"theta_s_100 = {theta_s_100}, omega_b = {omega_b}, omega_cdm = {omega_cdm} need "
                f"h outside {_H_RANGE[0]} to {_H_RANGE[1]}. Narrow the priors."
            )
        found = cls(omega_b, omega_cdm, h, sector, relics, dark_energy)
        vars(found)["_today"] = today  # no need to integrate it again
        return found

    # --- densities ----------------------------------------------------------------------------
    def _massive(self, ln_1pz: Array, pressure: bool = False) -> Array:
        """rho, or 3 p, of the massive species, as omega = Omega h^2 times the critical density."""
        a = np.exp(-ln_1pz)
        found = np.zeros_like(a)
        t_nu = self.sector.temperature_ratio * T_CMB_EV
        for mass, families in zip(self.sector.masses_ev, self.sector.degeneracies, strict=True):
            found += families * t_nu**4 * _neutrino_integral(mass / t_nu * a, pressure)
        t_a = T_NCDM_RATIO * T_CMB_EV
        for psd in self.relics:
            q2 = psd.q**2
            f = psd.weights * psd.f * q2
            energy = np.sqrt(q2 + (psd.mass_ev / t_a * a[..., None]) ** 2)
            integral = (1.0 / energy) @ (f * q2) if pressure else energy @ f
            found += 0.5 * t_a**4 * integral
        return found / (math.pi**2 * RHO_CRITICAL_OVER_H2_EV4 * a**4)

    @cached_property
    def omega_radiation(self) -> float:
        """Photons and massless neutrinos, Omega h^2."""
        return _OMEGA_GAMMA * (1.0 + _FERMION_FAMILY * self.sector.n_ur)

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
        return growth**3 * light + self._massive(ln_1pz)

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
        return self._today - self.omega_radiation - float(self._massive(np.zeros(1), True)[0])

    @cached_property
    def omega_hot(self) -> float:
        """Massive neutrinos and hot relics, Omega h^2."""
        return float(self._massive(np.zeros(1))[0])

    # --- expansion and distances --------------------------------------------------------------
    def _hubble(self, ln_1pz: Array) -> Array:
        return HUBBLE_100_PER_MPC * np.sqrt(
            self._others(ln_1pz) + self.omega_dark_energy * self._dark_energy(ln_1pz)
        )

    def hubble(self, z: Array | float) -> Array:
        """H(z) [1/Mpc]; z of any shape, z >= 0."""
        ln_1pz = np.asarray(np.log1p(z))
        if ln_1pz.size > 1 and ln_1pz.max() <= _LN_NEAR:
            values, _ = self._through_nodes(ln_1pz, _N_NEAR)
            return np.exp(ln_1pz) / values
        return self._hubble(ln_1pz)

    def comoving_distance(self, z: Array | float) -> Array:
        """Comoving distance to z [Mpc]; z of any shape, 0 <= z < 1e4."""
        ln_1pz = np.asarray(np.log1p(z))
        count = _N_FAR if np.max(ln_1pz, initial=0.0) > _LN_NEAR else _N_NEAR
        if ln_1pz.size > 1:
            return self._through_nodes(ln_1pz, count)[1]
        nodes, weights = _quadrature(ln_1pz, count)
        return np.sum(weights * self._distance_slope(nodes), axis=-1)

    def _through_nodes(self, ln_1pz: Array, degree: int) -> tuple[Array, Array]:
        """`_distance_slope`, and its integral from 0: one series for all redshifts."""
        nodes, *matrices = _series(tuple(ln_1pz.ravel().tolist()), degree)
        key = (degree, float(nodes[-1]))
        if key not in self._slopes:
            self._slopes[key] = self._distance_slope(nodes)
        values, integrals = (each @ self._slopes[key] for each in matrices)
        return values.reshape(ln_1pz.shape), integrals.reshape(ln_1pz.shape)

    @cached_property
    def _slopes(self) -> dict[tuple[int, float], Array]:
        """By degree and last node: distances and expansion rates share them."""
        return {}

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


@lru_cache(maxsize=16)
def _series(uppers: tuple[float, ...], degree: int) -> tuple[Array, Array, Array]:
    """Nodes; matrices (uppers, nodes) from values there to those at each upper, and to integrals.

    Those of the Chebyshev polynomial through the values. A run asks for the same redshifts always.
    """
    half = 0.5 * max(uppers)
    x = chebyshev.chebpts1(degree + 1)
    coefficients = 2.0 / (degree + 1) * chebyshev.chebvander(x, degree).T
    coefficients[0] *= 0.5
    integrals = half * chebyshev.chebint(coefficients, lbnd=-1.0)
    places = np.array(uppers) / (half or 1.0) - 1.0
    powers = chebyshev.chebvander(places, degree + 1)
    return half * (x + 1.0), powers[:, :-1] @ coefficients, powers @ integrals


def _acoustic_h(distance: float, weights: Array, others: Array, dark: Array) -> float | None:
    """h with sum weights/sqrt(others + dark h^2) = distance; None outside of _H_RANGE.

    The sum falls and is convex in h^2: from any start Newton's second step is below the root,
    and all that follow approach it from there.
    """
    least, most = (end**2 for end in _H_RANGE)
    square = _H_START**2
    for _ in range(_NEWTON):
        inverse = 1.0 / (others + dark * square)
        each = weights * np.sqrt(inverse)
        excess = float(each.sum()) - distance
        if (square == least and excess < 0.0) or not square <= most:
            return None
        step = 2.0 * excess / float(each @ (dark * inverse))
        square = max(square + step, least)
        if abs(step) <= 1e-7 * square:  # the next one is its square
            return math.sqrt(square) if square <= most else None
    return None
