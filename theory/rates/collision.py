"""The phase-space reduction of a + 3 -> 1 + 2, shared by all channels.

    Gamma^>(E) = 1/(2E) int dPi_3 dPi_1 dPi_2 (2 pi)^4 delta^4 f_3 (1 +- f_1)(1 +- f_2) |M|^2
               = 1/(256 pi^3 E^2) int domega f_3(omega) int ds beta(s) < |M|^2 (1+-f_1)(1+-f_2) >

for a massless axion of energy E in a plasma at temperature T, with s between
m_3^2 + 2 E (omega -+ p), beta = lambda^(1/2)(s, m_1^2, m_2^2) / s, < > the average over the
directions of particle 1 in the centre-of-momentum frame. Gain and loss together relax f exactly to
Bose-Einstein, df/dt = Gamma (f_eq - f), with Gamma = Gamma^> (1 - e^(-E/T)).

Everything below is in units of T = 1: energies E/T, masses m/T.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.quadrature import unit_nodes


def omega_min(
    energy: Array | float, mass: Array | float, s_min: Array | float | None = None
) -> Array:
    """Least energy of particle 3 (mass) that reaches s_min (default 4 mass^2), in units of T."""
    mass = np.asarray(mass, dtype=float)
    threshold = 4.0 * mass**2 if s_min is None else s_min
    need = np.maximum((threshold - mass**2) / (2.0 * np.asarray(energy)), 1e-300)  # omega + p >=
    return np.where(need > mass, 0.5 * (need + mass**2 / need), mass)


@dataclass(frozen=True)
class _Incoming:
    """Quadrature over (omega, s), shapes (n_omega, 1) and (n_omega, n_s).

    `weight` holds the measure and e^-(omega - omega_min): the small factor e^-omega_min is left
    to the caller, so that nothing underflows.
    """

    omega: Array
    s: Array
    weight: Array


def _incoming(energy: float, mass: float, s_min: float, n_omega: int, n_s: int) -> _Incoming:
    y, w_y = unit_nodes(n_omega)
    z, w_z = unit_nodes(n_s)
    start = float(omega_min(energy, mass, s_min))
    excess = 2.0 * y**2 / (1.0 - y)
    jacobian = 2.0 * y * (2.0 - y) / (1.0 - y) ** 2
    omega = (start + excess)[:, None]
    p = np.sqrt(omega**2 - mass**2)
    # Just above threshold, so that rounding never makes beta imaginary.
    s_low = np.maximum(mass**2 * (1.0 + 2.0 * energy / (omega + p)), s_min * (1.0 + 1e-12))
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
    inc = _incoming(energy, mass, 4.0 * mass**2, *nodes[:2])
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
    inc = _incoming(energy, 0.0, 0.0, *nodes[:2])
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


def massive_loss(
    energy: float,
    masses: tuple[float, float, float],
    signs: tuple[int, int, int],
    matrix_element: Callable[[Array, Array], Array],
    nodes: tuple[int, int, int, int] = (32, 32, 24, 12),
) -> float:
    """Gamma^> e^(omega_min/T) / T for any masses and statistics.

    Parameters
    ----------
    energy : axion energy in units of T.
    masses, signs : of particles 3, 1, 2; masses in units of T, m_1 > 0, signs +1 Bose, -1 Fermi.
    matrix_element : (s, t) -> |M|^2 in units of T, t = (P_a - P_1)^2, with m_1^2 - t given exactly
        where it is small (a propagator): called with shapes (n, n, 1) and (n, n, n).
    nodes : Gauss-Legendre nodes in omega, s, polar angle and azimuth. The polar angle is sampled
        uniformly in rapidity, artanh(beta_1 cos), which flattens 1/(m_1^2 - t).
    """
    m3, m1, m2 = masses
    inc = _incoming(energy, m3, (m1 + m2) ** 2, *nodes[:2])
    y, w_y = unit_nodes(nodes[2])
    x, w_x = unit_nodes(nodes[3])
    s, total, root_s = inc.s, energy + inc.omega, np.sqrt(inc.s)
    momentum = np.sqrt(np.maximum(total**2 - s, 0.0))
    k_star = 0.5 * np.sqrt(np.maximum((s - (m1 + m2) ** 2) * (s - (m1 - m2) ** 2), 0.0)) / root_s
    e1_star = (s + m1**2 - m2**2) / (2.0 * root_s)
    e_star = (s - m3**2) / (2.0 * root_s)
    c_axion = np.clip((energy * root_s / e_star - total) / np.maximum(momentum, 1e-300), -1.0, 1.0)
    beta = np.clip(k_star / e1_star, 1e-9, 1.0 - 1e-15)
    span = np.arctanh(beta)[..., None]
    beta_cos = np.tanh((2.0 * y - 1.0) * span)
    cos = np.clip(beta_cos / beta[..., None], -1.0, 1.0)
    weight = w_y * span * (1.0 - beta_cos**2) / beta[..., None]  # average over cos
    t = m1**2 - 2.0 * (e_star * e1_star)[..., None] * (1.0 - beta_cos)
    c_a = c_axion[..., None]
    across = np.sqrt(np.maximum((1.0 - cos**2) * (1.0 - c_a**2), 0.0))
    direction = (cos * c_a)[..., None] + across[..., None] * np.cos(np.pi * x)
    boost = (momentum * k_star / root_s)[..., None, None]
    e1 = (total * e1_star / root_s)[..., None, None] + boost * direction
    e2 = total[..., None, None] - e1
    sign_3, sign_1, sign_2 = signs
    f3 = 1.0 / (1.0 - sign_3 * np.exp(-inc.omega))
    final = 1.0 / ((1.0 - sign_1 * np.exp(-e1)) * (1.0 - sign_2 * np.exp(-e2)))
    average = np.sum(weight * matrix_element(s[..., None], t) * (final @ w_x), axis=-1)
    phase_space = 2.0 * k_star / root_s
    return float(np.sum(inc.weight * f3 * phase_space * average) / (256.0 * np.pi**3 * energy**2))
