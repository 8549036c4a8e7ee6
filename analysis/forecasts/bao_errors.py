"""Errors of D_A/r_d and H r_d that a galaxy survey will have, from its volume and density.

Fitting formula of Seo & Eisenstein (astro-ph/0701079, section 4) with their amplitude and Silk
scale for Omega_m = 0.27; half the displacements are left after reconstruction (1308.4164). With
DESI's volumes and densities it gives DESI's own forecast (1611.00036, table 2.3) within 6 %.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

_OMEGA_M, _H, _OMEGA_B, _N_S, _SIGMA_8 = 0.31, 0.675, 0.049, 0.965, 0.81
_AMPLITUDE, _SILK = 0.04024, 7.76  # of the oscillations (errors in per cent); [Mpc/h]
_POWER = 2875.0  # linear P(k = 0.2 h/Mpc) [(Mpc/h)^3] for sigma_8 = 1
_DISPLACEMENT = 9.4 / 0.9  # [Mpc/h], transverse, over sigma_8(z)
_RECONSTRUCTION = 0.5


def _no_wiggle(k: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear P(k) without oscillations (Eisenstein & Hu astro-ph/9709112, eq. 29), k in h/Mpc."""
    omega_m, omega_b = _OMEGA_M * _H**2, _OMEGA_B * _H**2
    sound = 44.5 * math.log(9.83 / omega_m) / math.sqrt(1 + 10 * omega_b**0.75)  # [Mpc]
    ratio = omega_b / omega_m
    alpha = 1 - 0.328 * math.log(431 * omega_m) * ratio + 0.38 * math.log(22.3 * omega_m) * ratio**2
    gamma = _OMEGA_M * _H * (alpha + (1 - alpha) / (1 + (0.43 * k * _H * sound) ** 4))
    q = k * (2.7255 / 2.7) ** 2 / gamma
    log = np.log(2 * math.e + 1.8 * q)
    return k**_N_S * (log / (log + (14.2 + 731 / (1 + 62.5 * q)) * q**2)) ** 2


def growth(z: float) -> tuple[float, float]:
    """sigma_8(z) and the growth rate f(z) in flat LambdaCDM."""

    def hubble(a: float) -> float:
        return math.sqrt(_OMEGA_M / a**3 + 1 - _OMEGA_M)

    def factor(a: float) -> float:
        return hubble(a) * quad(lambda x: (x * hubble(x)) ** -3, 1e-8, a)[0]

    a = 1 / (1 + z)
    return _SIGMA_8 * factor(a) / factor(1.0), (_OMEGA_M / a**3 / hubble(a) ** 2) ** 0.55


def bao_errors(z: float, volume: float, density: float, bias: float) -> NDArray[np.float64]:
    """Covariance (2, 2) of ln(D_A/r_d) and ln(H r_d) from one redshift bin.

    Parameters
    ----------
    z : redshift.
    volume : [Gpc^3/h^3].
    density : [h^3/Mpc^3].
    bias : of the galaxies, to linear order.
    """
    sigma_8, rate = growth(z)
    transverse = _DISPLACEMENT * sigma_8 * _RECONSTRUCTION
    k, mu2 = np.meshgrid((np.arange(50) + 0.5) * 0.01, ((np.arange(40) + 0.5) / 40) ** 2)
    n_p = density * (bias * sigma_8) ** 2 * _POWER * (1 + rate / bias * mu2) ** 2
    power = _no_wiggle(k) / _no_wiggle(np.array(0.2)) + 1 / n_p
    damping = 2 * (k * _SILK) ** 1.4 + (k * transverse) ** 2 * (1 + mu2 * ((1 + rate) ** 2 - 1))
    weight = k**2 * np.exp(-damping) / power**2
    weight *= _AMPLITUDE**2 * 1e9 * volume / (8 * math.pi**2) * 0.01 / 40
    response = np.array([1 - mu2, -mu2])  # of the scale, to ln D_A and to ln H
    return 1e-4 * np.linalg.inv(np.einsum("ikm,jkm,km->ij", response, response, weight))
