"""The phase-space reduction of a + 3 -> 1 + 2, shared by all channels.

    Gamma^>(E) = 1/(2E) int dPi_3 dPi_1 dPi_2 (2 pi)^4 delta^4 f_3 (1 +- f_1)(1 +- f_2) |M|^2
               = 1/(256 pi^3 E^2) int domega f_3(omega) int ds beta(s) < |M|^2 (1 +- f_1)(1 +- f_2) >

for a massless axion of energy E in a plasma at temperature T, m_1 = m_2 = m_3 = m,
s_-+ = m^2 + 2 E (omega -+ p), beta = sqrt(1 - 4 m^2 / s), < > the average over the directions of
particle 1 in the centre-of-momentum frame. Gain and loss together relax f exactly to
Bose-Einstein, df/dt = Gamma (f_eq - f), with Gamma = Gamma^> (1 - e^(-E/T)).

Everything below is in units of T = 1: energies E/T, masses m/T.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@lru_cache(maxsize=16)
def unit_nodes(n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    y, w = np.polynomial.legendre.leggauss(n)
    return 0.5 * (y + 1.0), 0.5 * w


def omega_min(energy: Array | float, mass: float) -> Array:
    """Least energy of particle 3 that reaches the threshold s = 4 m^2, in units of T."""
    need = 1.5 * mass**2 / np.asarray(energy, dtype=float)  # omega + p >= need
    return np.where(need > mass, 0.5 * (need + mass**2 / np.maximum(need, 1e-300)), mass)


@dataclass(frozen=True)
class _Incoming:
    """Quadrature over (omega, s), shapes (n_omega, 1) and (n_omega, n_s).

    `weight` holds the measure and e^-(omega - omega_min): the small factor e^-omega_min is left
    to the caller, so that nothing underflows.
    """

    omega: Array
    s: Array
    weight: Array


def _incoming(energy: float, mass: float, n_omega: int, n_s: int) -> _Incoming:
    y, w_y = unit_nodes(n_omega)
    z, w_z = unit_nodes(n_s)
    start = float(omega_min(energy, mass))
    excess = 2.0 * y**2 / (1.0 - y)
    jacobian = 2.0 * y * (2.0 - y) / (1.0 - y) ** 2
    omega = (start + excess)[:, None]
    p = np.sqrt(omega**2 - mass**2)
    # Just above threshold, so that rounding never makes beta imaginary.
    s_low = np.maximum(mass**2 * (1.0 + 2.0 * energy / (omega + p)), 4.0 * mass**2 * (1.0 + 1e-12))
    width = np.maximum(mass**2 + 2.0 * energy * (omega + p) - s_low, 0.0)
    s = s_low + width * z**2
    weight = (w_y * jacobian * np.exp(-excess))[:, None] * width * 2.0 * z * w_z
    return _Incoming(omega, s, weight)


def pion_loss(
    energy: float,
    mass: float,
    weights: Callable[[Array], tuple[Array, Array, Array]],
    nodes: tuple[int, int, int] = (48, 48, 8),
) -> float:
    """Gamma^> e^(omega_min/T) / T for Bose particles of one mass, |M|^2 = sum_l W_l(s) P_l(cos).

    Parameters
    ----------
    energy, mass : axion energy and mass of the three others, in units of T.
    weights : s/T^2 -> (W_0, W_2, W_4); only even l can be given.
    nodes : Gauss-Legendre nodes in omega, s and cos (on half its range; the rest by symmetry).
    """
    inc = _incoming(energy, mass, *nodes[:2])
    c, w_c = unit_nodes(nodes[2])
    bose = 1.0 / -np.expm1(-inc.omega)  # f_3 = e^-omega / (1 - e^-omega)
    beta = np.sqrt(np.maximum(1.0 - 4.0 * mass**2 / inc.s, 0.0))
    total = energy + inc.omega
    momentum = np.sqrt(np.maximum(total**2 - inc.s, 0.0))
    root_s = np.sqrt(inc.s)
    e_star = (inc.s - mass**2) / (2.0 * root_s)
    # Direction of the axion in the centre-of-momentum frame against the total momentum.
    c_axion = np.clip((energy * root_s / e_star - total) / np.maximum(momentum, 1e-300), -1.0, 1.0)
    e1 = 0.5 * (total[..., None] + (momentum * beta)[..., None] * c)
    e2 = total[..., None] - e1
    stimulated = w_c / (np.expm1(-e1) * np.expm1(-e2))  # (1 + f_1)(1 + f_2)
    average = np.zeros_like(inc.s)
    for ell, w_ell in zip((0, 2, 4), weights(inc.s), strict=True):
        legendre = np.polynomial.legendre.Legendre.basis(ell)
        average += w_ell * legendre(c_axion) * (stimulated @ legendre(c))
    return float(np.sum(inc.weight * bose * beta * average) / (256.0 * np.pi**3 * energy**2))


def massless_loss(
    energy: float,
    matrix_element: Callable[[Array, Array], Array],
    screening: float,
    signs: tuple[int, int, int],
    nodes: tuple[int, int, int, int] = (32, 32, 32, 16),
) -> float:
    """Gamma^> / T for massless particles; |M|^2 may peak as 1/(-t + screening), t = (P_1 - P_3)^2.

    Parameters
    ----------
    energy : axion energy in units of T.
    matrix_element : (s, t) -> |M|^2, in units of T.
    screening : m^2 in units of T^2; the t quadrature is uniform in ln(-t + m^2).
    signs : statistics of particles 3, 1, 2: +1 Bose, -1 Fermi.
    nodes : Gauss-Legendre nodes in omega, s, ln(-t + m^2) and azimuth.
    """
    inc = _incoming(energy, 0.0, *nodes[:2])
    y, w_y = unit_nodes(nodes[2])
    x, w_x = unit_nodes(nodes[3])
    omega, s = inc.omega[..., None], inc.s[..., None]
    ratio = np.log1p(s / screening)
    minus_t = screening * np.expm1(y * ratio)
    cos = 1.0 - 2.0 * minus_t / s  # angle of 1 against 3 in the centre-of-momentum frame
    # Average over cos: d(cos)/2 = d(-t)/s.
    weight = w_y * ratio * (minus_t + screening) / s
    total = energy + omega
    momentum = np.sqrt(np.maximum(total**2 - s, 0.0))
    cos_3 = np.clip((omega - energy) / np.maximum(momentum, 1e-300), -1.0, 1.0)
    along = cos * cos_3
    across = np.sqrt(np.maximum((1.0 - cos**2) * (1.0 - cos_3**2), 0.0))
    direction = along[..., None] + across[..., None] * np.cos(np.pi * x)
    e1 = 0.5 * (total[..., None] + momentum[..., None] * direction)
    e2 = total[..., None] - e1
    sign_3, sign_1, sign_2 = signs
    f3 = 1.0 / (1.0 - sign_3 * np.exp(-inc.omega))
    final = 1.0 / ((1.0 - sign_1 * np.exp(-e1)) * (1.0 - sign_2 * np.exp(-e2)))
    average = np.sum(weight * matrix_element(s, -minus_t) * (final @ w_x), axis=-1)
    return float(np.sum(inc.weight * f3 * average) / (256.0 * np.pi**3 * energy**2))
