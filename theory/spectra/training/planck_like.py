"""Noise and information of a Planck-like experiment, T and E; used to place and judge points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Noise per arcmin [uK'], beam [arcmin] and sky, as for the 143 GHz channel (1807.06205, table 4).
_NOISE_T, _NOISE_P, _BEAM, _F_SKY = 33.0, 70.0, 7.2, 0.6
TAU_ERROR = 0.0073  # from low multipoles (1807.06209)
L_POLARISATION = 30  # below, the reionisation bump: TAU_ERROR stands for it
_T_CMB_UK = 2.7255e6


def covariance(cl: Mapping[str, Array]) -> Array:
    """Signal plus noise of (T, E) from l = 0: (n_l, 2, 2); C_l without unit."""
    ell = np.arange(cl["tt"].size)
    radian = np.pi / 180 / 60
    beam = np.exp(ell * (ell + 1) * (_BEAM * radian) ** 2 / (8 * np.log(2)))
    total = matrices(cl)
    for i, noise in enumerate((_NOISE_T, _NOISE_P)):
        total[:, i, i] += (noise * radian / _T_CMB_UK) ** 2 * beam
    return total


def matrices(cl: Mapping[str, Array]) -> Array:
    """Spectra (..., n_l) of tt, te, ee as (..., n_l, 2, 2)."""
    first, second = (np.stack([cl[a], cl[b]], -1) for a, b in (("tt", "te"), ("te", "ee")))
    return np.stack([first, second], -2)


def weights(n_l: int) -> Array:
    """f_sky (2l + 1)/2 from l = 2."""
    return 0.5 * _F_SKY * (2.0 * np.arange(2, n_l, dtype=np.float64) + 1.0)


def fisher(centre: Mapping[str, Array], slopes: Mapping[str, Array]) -> Array:
    """Fisher matrix (p, p) of the parameters by which `slopes` (p, n_l) derive."""
    changes = matrices(slopes)
    changes[:, :L_POLARISATION, 1, :] = changes[:, :L_POLARISATION, :, 1] = 0.0
    weighted = np.linalg.inv(covariance(centre)[2:]) @ changes[:, 2:]
    return np.einsum("l,alij,blji->ab", weights(centre["tt"].size), weighted, weighted)


def divergence(centre: Mapping[str, Array], change: Mapping[str, Array]) -> float:
    """Delta chi^2 of a small change of the spectra, to second order."""
    weighted = np.linalg.inv(covariance(centre)[2:]) @ matrices(change)[2:]
    return float(np.einsum("l,lij,lji->", weights(centre["tt"].size), weighted, weighted))
