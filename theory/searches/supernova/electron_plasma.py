"""Photons in a plasma of electrons and positrons, at any temperature and degeneracy.

Dispersion to first order in α, after Braaten & Segel, PRD 48 (1993) 1478: a plasma frequency ω_P
and a typical velocity v_* of the electrons give both polarisations. Natural units, MeV. Not in:
protons and nuclei (by m_e/M smaller), the width of photons.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root
from scipy.special import expit

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array
from hotaxion.theory.constants import ALPHA_EM, LEPTON_MASSES_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import unit_nodes

M_ELECTRON_MEV = 1e3 * LEPTON_MASSES_GEV["e"]
_NODES = 32  # of each of three pieces of a momentum integral
_SURFACE, _TAIL = 25.0, 40.0  # in T: half the width of a Fermi surface, where f has ended
_SERIES = 1e-4  # of x²: below, the shapes are their series
_LIGHT_CONE = 1e-300  # least 1 − x²


@dataclass(frozen=True)
class ElectronPlasma:
    """What photons and the equation of state know of electrons and positrons; arrays of one shape.

    omega_p : plasma frequency [MeV].
    deficit : 1 − v_*², exact where v_* is near 1, too.
    mu : chemical potential of electrons, with their mass [MeV].
    pressure : of electrons and positrons [MeV⁴].
    """

    omega_p: Array
    deficit: Array
    mu: Array
    pressure: Array

    @classmethod
    def of(cls, density: ArrayLike, temperature: ArrayLike) -> ElectronPlasma:
        """From the density of electrons less that of positrons [MeV³] and the temperature [MeV].

        Raises
        ------
        RangeError : where one of them is not above 0.
        """
        n, t = _positive(density, temperature)
        mu = _chemical_potential(n, t)
        p, weight, energy = _momenta(mu, t)
        both = weight * (_occupation(energy, mu, t) + _occupation(energy, -mu, t))
        v2 = (p / energy) ** 2
        square, slow = (
            4.0 * ALPHA_EM / np.pi * np.sum(both * p**2 / energy * factor, axis=-1)
            for factor in (1.0 - v2 / 3.0, (M_ELECTRON_MEV / energy) ** 4)
        )
        return cls(
            omega_p=np.sqrt(square),
            deficit=slow / square,
            mu=mu,
            pressure=np.sum(both * p**4 / energy, axis=-1) / (3.0 * np.pi**2),
        )

    @property
    def v_star(self) -> Array:
        """Typical velocity of electrons, ω_1/ω_P."""
        return np.sqrt(1.0 - self.deficit)

    def transverse(self, slowness: ArrayLike) -> Array:
        """Π_T [MeV²] of a wave with ω² − k² = `slowness` · ω²; between ω_P² and 1.5 ω_P².

        (3/2) ω_P²/x² [1 − (1 − x²) ln((1 + x)/(1 − x))/2x], x = v_* k/ω.
        """
        x2, rest = self._x2(slowness)
        shape = 1.5 / np.maximum(x2, _SERIES) * (1.0 - rest * _log_ratio(x2, rest))
        series = 1.0 + x2 / 5.0 + 3.0 * x2**2 / 35.0
        return self.omega_p**2 * np.where(x2 < _SERIES, series, shape)

    def longitudinal(self, slowness: ArrayLike) -> Array:
        """Π_L [MeV²], as for `transverse`; ω_P² at rest, towards 0 for ω ≫ m.

        3 ω_P² (m²/ω²)/x² [ln((1 + x)/(1 − x))/2x − 1].
        """
        x2, rest = self._x2(slowness)
        shape = 3.0 / np.maximum(x2, _SERIES) * (_log_ratio(x2, rest) - 1.0)
        series = 1.0 + 3.0 * x2 / 5.0 + 3.0 * x2**2 / 7.0
        return self.omega_p**2 * np.asarray(slowness) * np.where(x2 < _SERIES, series, shape)

    def _x2(self, slowness: ArrayLike) -> tuple[Array, Array]:
        """x² and 1 − x², the latter without cancellation."""
        slow = np.asarray(slowness, dtype=float)
        v2 = 1.0 - self.deficit
        return v2 * (1.0 - slow), self.deficit + v2 * slow


def _log_ratio(x2: Array, rest: Array) -> Array:
    """ln((1 + x)/(1 − x))/2x, 1 at x = 0."""
    x = np.sqrt(np.maximum(x2, _SERIES))
    # At x = 1 the logarithm is infinite, but is multiplied by 1 − x² (transverse).
    gap = np.maximum(np.where(x2 < _SERIES, 1.0 - x**2, rest), _LIGHT_CONE)
    return np.asarray(np.log((1.0 + x) ** 2 / gap) / (2.0 * x))


def _chemical_potential(n: Array, t: Array) -> Array:
    """μ_e [MeV], between 0 and the Fermi energy at T = 0."""

    def excess(mu: Array, n: Array, t: Array) -> Array:
        p, weight, energy = _momenta(mu, t)
        net = _occupation(energy, mu, t) - _occupation(energy, -mu, t)
        return np.sum(weight * p**2 * net, axis=-1) / (np.pi**2 * n) - 1.0

    fermi = np.hypot(np.cbrt(3.0 * np.pi**2 * n), M_ELECTRON_MEV)
    found = find_root(excess, (np.zeros_like(n), 1.001 * fermi), args=(n, t))
    if not np.all(found.success):
        raise RangeError("no chemical potential of electrons was found; check the profile.")
    return np.asarray(found.x)


def _momenta(mu: Array, t: Array) -> tuple[Array, Array, Array]:
    """Momenta, weights and energies below, on and above the Fermi surface, (..., nodes).

    Even in the rapidity, so that p ~ m_e is seen among whatever momenta.
    """
    top = np.maximum(mu, M_ELECTRON_MEV)
    ends = [np.zeros_like(top)]
    for energy in (top - _SURFACE * t, top, top + _TAIL * t):
        ends.append(np.arccosh(np.maximum(energy / M_ELECTRON_MEV, 1.0)))
    nodes, weights = unit_nodes(_NODES)
    pieces = [(low[..., None], (high - low)[..., None]) for low, high in pairwise(ends)]
    y = np.concatenate([low + width * nodes for low, width in pieces], axis=-1)
    weight = np.concatenate([width * weights for _, width in pieces], axis=-1)
    energy = M_ELECTRON_MEV * np.cosh(y)
    return M_ELECTRON_MEV * np.sinh(y), weight * energy, energy


def _occupation(energy: Array, mu: Array, t: Array) -> Array:
    """Fermi-Dirac, (..., nodes)."""
    return np.asarray(expit((mu[..., None] - energy) / t[..., None]))


def _positive(density: ArrayLike, temperature: ArrayLike) -> tuple[Array, Array]:
    n = array("density of electrons", density, 0.0, unit="MeV^3")
    t = array("temperature", temperature, 0.0, unit="MeV")
    if not (np.all(n > 0.0) and np.all(t > 0.0)):
        raise RangeError("density of electrons and temperature; allowed are numbers above 0.")
    n, t = np.broadcast_arrays(n, t)
    return n, t
