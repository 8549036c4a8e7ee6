"""Noise of the lensing potential reconstructed from CMB maps, for forecasts.

Minimum-variance quadratic estimator from T, E and B at once (Hirata & Seljak astro-ph/0209489;
Okamoto & Hu astro-ph/0301031; with all correlations: Maniyar et al. 2101.12193), on a flat sky.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hotaxion.theory.arrays import Array

_FIELDS = ("tt", "te", "ee", "bb")
_N_RADII, _N_ANGLES, _N_L = 240, 48, 100


def reconstruction_noise(
    lensed: Mapping[str, Array],
    noise_t: Array,
    noise_p: Array,
    l_min: int,
    l_max: int,
) -> Array:
    """N_L of the lensing potential (not of convergence) for L = 0 to l_max; infinite below 2.

    Within 2 % of sums over the full sky, 4 % below L = 5.

    With R the rotation of (T, E, B) between the directions of l_1 and l_2 = L - l_1,
    f = (L.l_1) C(l_1) R^T + (L.l_2) R C(l_2) is the response of <X(l_1) Y(l_2)>, and
    1/N_L = 1/2 int d^2l_1/(2 pi)^2 Tr[f^T C_tot^-1(l_1) f C_tot^-1(l_2)], both l in [l_min, l_max].

    Parameters
    ----------
    lensed : C_l of tt, te, ee and (0 if absent) bb from l = 0, lensed: they stand for the gradient
        spectra of the response (Lewis, Challinor & Hanson 1101.2234).
    noise_t, noise_p : noise spectra after the beam is divided out, in the same units.
    l_min, l_max : multipoles that enter the estimator.
    """
    spectra = {name: lensed.get(name, np.zeros(l_max + 1))[: l_max + 1] for name in _FIELDS}
    signal = _matrices(spectra)
    total = signal.copy()
    total[:, 0, 0] += noise_t[: l_max + 1]
    total[:, 1, 1] += noise_p[: l_max + 1]
    total[:, 2, 2] += noise_p[: l_max + 1]
    inverse = np.zeros_like(total)
    inverse[l_min:] = np.linalg.inv(total[l_min:])

    edges = np.linspace(l_min, l_max, _N_RADII + 1)
    radius, angle = np.meshgrid(
        0.5 * (edges[1:] + edges[:-1]),
        (np.arange(_N_ANGLES) + 0.5) * np.pi / _N_ANGLES,  # the other half plane is its mirror
        indexing="ij",
    )
    cell = radius * (edges[1] - edges[0]) * 2 * np.pi / _N_ANGLES / (2 * np.pi) ** 2
    l_values = np.unique(np.geomspace(2, l_max, _N_L).astype(int))
    inverse_noise = [_integral(float(L), radius, angle, cell, signal, inverse) for L in l_values]
    noise = np.full(l_max + 1, np.inf)
    ells = np.arange(2, l_max + 1)
    noise[2:] = np.exp(-np.interp(np.log(ells), np.log(l_values), np.log(inverse_noise)))
    # From the flat sky to the sphere at low L: for L^4 of the shear, which dominates there, stands
    # (L + 2)! / (L - 2)! (compare Okamoto & Hu's filters in the limit L << l).
    noise[2:] *= ells**3 / ((ells - 1.0) * (ells + 1.0) * (ells + 2.0))
    return noise


def _matrices(spectra: Mapping[str, Array]) -> Array:
    """Covariance of (T, E, B) at each l: (n_l, 3, 3)."""
    matrices = np.zeros((len(spectra["tt"]), 3, 3))
    matrices[:, 0, 0], matrices[:, 1, 1], matrices[:, 2, 2] = (
        spectra[name] for name in ("tt", "ee", "bb")
    )
    matrices[:, 0, 1] = matrices[:, 1, 0] = spectra["te"]
    return matrices


def _integral(
    big_l: float,
    radius: Array,
    angle: Array,
    cell: Array,
    signal: Array,
    inverse: Array,
) -> float:
    """1/N_L at L = big_l, which lies along x."""
    x2, y2 = big_l - radius * np.cos(angle), -radius * np.sin(angle)
    radius_2 = np.hypot(x2, y2)
    inside = (radius_2 <= len(signal) - 1) & (radius_2 >= np.flatnonzero(inverse[:, 0, 0])[0])
    l_1, l_2 = np.rint(radius[inside]).astype(int), np.rint(radius_2[inside]).astype(int)
    turn = 2 * (angle[inside] - np.arctan2(y2, x2)[inside])
    rotation = np.zeros((l_1.size, 3, 3))
    rotation[:, 0, 0] = 1.0
    rotation[:, 1, 1] = rotation[:, 2, 2] = np.cos(turn)
    rotation[:, 2, 1], rotation[:, 1, 2] = np.sin(turn), -np.sin(turn)
    along_1 = (big_l * radius * np.cos(angle))[inside][:, None, None]
    along_2 = (big_l * x2)[inside][:, None, None]
    f = along_1 * signal[l_1] @ np.swapaxes(rotation, 1, 2) + along_2 * rotation @ signal[l_2]
    trace = np.einsum("nji,njk,nkl,nli->n", f, inverse[l_1], f, inverse[l_2], optimize=True)
    return 0.5 * float(np.sum(trace * cell[inside]))
