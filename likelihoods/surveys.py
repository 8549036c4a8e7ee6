"""Experiments of `hotaxion forecast`: noise, beam, multipoles, sky; errors of BAO. All sourced.

CMB: white noise and one Gaussian beam each, no foregrounds and no atmosphere, so "like" the
experiments. Adding one is adding one entry here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import T_CMB_K
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError


@dataclass(frozen=True)
class CMBExperiment:
    """Noise in polarisation is sqrt(2) times that in temperature."""

    name: str
    noise_ukarcmin: float  # temperature
    beam_arcmin: float  # full width at half maximum
    l_min: int
    l_max: int
    f_sky: float
    lensing: bool  # whether the potential is reconstructed, from the same maps
    source: str


_EXPERIMENTS = (
    CMBExperiment(
        "cmbs4", 1.0, 3.0, 5, 3000, 0.4, True, "as forecast for CMB-S4, 1610.02743, 1808.05955"
    ),
    # Channels of 93 GHz (8.0 uK', 2.2') and 145 GHz (10 uK', 1.4'), baseline: noise by inverse
    # variance, the wider beam. From l = 40: below, the atmosphere hides all.
    CMBExperiment(
        *("so", float(np.hypot(1 / 8.0, 1 / 10.0)) ** -1, 2.2, 40, 3000, 0.4, True),
        "Simons Observatory, 1808.07445, table 1",
    ),
    # 2.2 uK' in polarisation, all channels together; beam at 100 GHz.
    CMBExperiment(
        *("litebird", 2.2 / float(np.sqrt(2)), 30.0, 2, 1000, 0.7, False),
        "LiteBIRD, 2202.02773",
    ),
)
CMB = {experiment.name: experiment for experiment in _EXPERIMENTS}
# LiteBIRD below, the ground above, as in 1808.05955: the two must not see the same multipoles.
L_SPLIT = 50


def cmb_experiments(names: list[str], l_max: int | None = None) -> tuple[CMBExperiment, ...]:
    """The experiments of these names, with multipoles split between space and ground.

    `l_max` : cuts them all there.

    Raises
    ------
    UnknownOptionError : for a name that is not in CMB.
    HotAxionError : for two experiments that would see the same sky at the same multipoles.
    RangeError : l_max leaves nothing of an experiment.
    """
    for name in names:
        if name not in CMB:
            raise UnknownOptionError("CMB experiment", name, CMB)
    chosen = [CMB[name] for name in names]
    if len(names) > 1:
        if len(names) > 2 or len({*names}) < 2 or "litebird" not in names:
            raise HotAxionError(
                f"CMB experiments {' '.join(names)} would see the same sky; give one, or litebird "
                "and one on the ground."
            )
        chosen = [
            replace(e, l_max=L_SPLIT) if e.name == "litebird" else replace(e, l_min=L_SPLIT + 1)
            for e in chosen
        ]
    for experiment in chosen:
        if l_max is not None and l_max < experiment.l_min + 10:
            raise RangeError(
                f"l_max = {l_max}: {experiment.name} starts at l = {experiment.l_min}; give a "
                "greater l_max."
            )
    return tuple(replace(each, l_max=min(each.l_max, l_max or each.l_max)) for each in chosen)


# --- BAO ----------------------------------------------------------------------------------
class BAOBin(NamedTuple):
    """Redshift, and covariance (2, 2) of ln(D_M/r_d) and ln(H r_d)."""

    z: float
    covariance: Array


# DESI, 14,000 square degrees, galaxies and quasars at z > 0.6: 1611.00036, table 2.3.
# z, errors of D_A/s and of H s in per cent.
_DESI = (
    *((0.65, 0.82, 1.50), (0.75, 0.69, 1.27), (0.85, 0.69, 1.22), (0.95, 0.73, 1.22)),
    *((1.05, 0.89, 1.37), (1.15, 0.94, 1.39), (1.25, 0.96, 1.39), (1.35, 1.50, 2.02)),
    *((1.45, 1.59, 2.13), (1.55, 1.90, 2.52), (1.65, 2.88, 3.80), (1.75, 4.64, 6.30)),
    (1.85, 4.71, 6.39),
)
_CORRELATION = 0.4  # of D_A/s and H s (1308.4164)

# Euclid spectroscopic, 15,000 square degrees: 1910.09273, table 3.
# z, volume [Gpc^3/h^3], density [h^3/Mpc^3], bias.
_EUCLID = (
    (1.00, 7.94, 6.86e-4, 1.46),
    (1.20, 9.15, 5.58e-4, 1.61),
    (1.40, 10.05, 4.21e-4, 1.75),
    (1.65, 16.22, 2.61e-4, 1.90),
)
BAO = {
    "desi": "DESI, 1611.00036, table 2.3",
    "euclid": "Euclid, densities of 1910.09273, table 3",
}


def bao_bins(name: str) -> list[BAOBin]:
    """Redshift bins of a survey; independent of each other.

    Raises
    ------
    UnknownOptionError : for a name that is not in BAO.
    """
    if name not in BAO:
        raise UnknownOptionError("BAO survey", name, BAO)
    if name == "euclid":
        return [BAOBin(z, bao_errors(z, *galaxies)) for z, *galaxies in _EUCLID]
    mix = np.array([[1.0, _CORRELATION], [_CORRELATION, 1.0]])
    return [BAOBin(z, 1e-4 * np.outer(errors, errors) * mix) for z, *errors in _DESI]


# Fitting formula of Seo & Eisenstein (astro-ph/0701079, section 4) with their amplitude and Silk
# scale for Omega_m = 0.27; half the displacements are left after reconstruction (1308.4164). With
# DESI's volumes and densities it gives DESI's own forecast (1611.00036, table 2.3) within 6 %.
_OMEGA_M, _H, _OMEGA_B, _N_S, _SIGMA_8 = 0.31, 0.675, 0.049, 0.965, 0.81
_AMPLITUDE, _SILK = 0.04024, 7.76  # of the oscillations (errors in per cent); [Mpc/h]
_POWER = 2875.0  # linear P(k = 0.2 h/Mpc) [(Mpc/h)^3] for sigma_8 = 1
_DISPLACEMENT = 9.4 / 0.9  # [Mpc/h], transverse, over sigma_8(z)
_RECONSTRUCTION = 0.5


def bao_errors(z: float, volume: float, density: float, bias: float) -> Array:
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


def growth(z: float) -> tuple[float, float]:
    """sigma_8(z) and the growth rate f(z) in flat LambdaCDM."""

    def hubble(a: float) -> float:
        return math.sqrt(_OMEGA_M / a**3 + 1 - _OMEGA_M)

    def factor(a: float) -> float:
        return hubble(a) * quad(lambda x: (x * hubble(x)) ** -3, 1e-8, a)[0]

    a = 1 / (1 + z)
    return _SIGMA_8 * factor(a) / factor(1.0), (_OMEGA_M / a**3 / hubble(a) ** 2) ** 0.55


def _no_wiggle(k: Array) -> Array:
    """Linear P(k) without oscillations (Eisenstein & Hu astro-ph/9709112, eq. 29), k in h/Mpc."""
    omega_m, omega_b = _OMEGA_M * _H**2, _OMEGA_B * _H**2
    sound = 44.5 * math.log(9.83 / omega_m) / math.sqrt(1 + 10 * omega_b**0.75)  # [Mpc]
    ratio = omega_b / omega_m
    alpha = 1 - 0.328 * math.log(431 * omega_m) * ratio + 0.38 * math.log(22.3 * omega_m) * ratio**2
    gamma = _OMEGA_M * _H * (alpha + (1 - alpha) / (1 + (0.43 * k * _H * sound) ** 4))
    q = k * (T_CMB_K / 2.7) ** 2 / gamma
    log = np.log(2 * math.e + 1.8 * q)
    return np.asarray(k**_N_S * (log / (log + (14.2 + 731 / (1 + 62.5 * q)) * q**2)) ** 2)
