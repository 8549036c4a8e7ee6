"""Why this test exists: lensing carries the masses in a forecast, and its noise comes from one
integral over the flat sky. Here it is computed by another route: sums over the full sky.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.special import eval_jacobi

from hotaxion.theory.spectra.lensing_noise import reconstruction_noise

L_MIN, L_MAX = 2, 300
NOISE_T, NOISE_P = 5e-6, 1e-5  # [muK^2]: T, E and EB all count
FLAT_SKY = 0.02  # relative: curvature, and the grid of the flat integral
FLAT_SKY_LOW = 0.04  # for L < 5


def spectra(correlation: float = 0.5, b_modes: float = 0.01) -> dict[str, np.ndarray]:
    """Smooth C_l with a peak, somewhat like those of the CMB."""
    ell = np.arange(L_MAX + 1.0)
    to_cl = 2 * np.pi / np.maximum(ell * (ell + 1), 2)
    tt = (1500.0 + 3000.0 * np.exp(-(((ell - 220) / 90) ** 2))) * to_cl
    ee = 12.0 * (ell / 300) ** 2 * (1 + 0.5 * np.cos(ell / 40)) * to_cl
    return {"tt": tt, "ee": ee, "bb": b_modes * ee, "te": correlation * np.sqrt(tt * ee)}


@cache
def rotations(nodes: int) -> tuple[np.ndarray, ...]:
    """Nodes and weights of Gauss quadrature; d^l_00, d^l_20 and d^l_2-2 there for all l."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    zero, mixed, two = np.zeros((3, L_MAX + 1, x.size))
    for degree in range(L_MAX + 1):
        zero[degree] = eval_jacobi(degree, 0, 0, x)
        if degree >= 2:
            norm = np.sqrt((degree + 2) * (degree + 1) / (degree * (degree - 1)))
            mixed[degree] = norm * (1 - x**2) / 4 * eval_jacobi(degree - 2, 2, 2, x)
            two[degree] = ((1 + x) / 2) ** 2 * eval_jacobi(degree - 2, 0, 4, x)
    return x, w, zero, mixed, two


@cache
def products_of_3j(big_l: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """J0 J0, J0 J2, J2 J2 for all l1, l2; J_s is the 3j symbol (l1 L l2; s 0 -s).

    By Gauss quadrature of three rotation matrices d^l_mn, exact.
    """
    enough = 20 if big_l <= 20 else L_MAX  # the same nodes for many L
    x, w, *matrices = rotations(L_MAX + enough // 2 + 2)
    w = 0.5 * w * eval_jacobi(big_l, 0, 0, x)
    return tuple((d * w) @ d.T for d in matrices)


def full_sky_noise(big_l: int, cl: dict[str, np.ndarray]) -> float:
    """N_L from the filters of Okamoto & Hu (astro-ph/0301031, table 1), all fields at once."""
    ell = np.arange(L_MIN, L_MAX + 1.0)
    cl = {name: values[L_MIN:] for name, values in cl.items()}
    one, two = ell[:, None] * (ell[:, None] + 1), (ell * (ell + 1))[None, :]
    towards_1, towards_2 = big_l * (big_l + 1) + one - two, big_l * (big_l + 1) + two - one
    zero = np.zeros((ell.size, ell.size))
    # Response of <X(l1) Y(l2)>, fields T E B: what multiplies J0, and what multiplies J2.
    a = np.array([[zero] * 3] * 3)
    b = np.array([[zero] * 3] * 3)
    first = {name: values[:, None] * towards_1 for name, values in cl.items()}
    second = {name: values[None, :] * towards_2 for name, values in cl.items()}
    odd = (np.add.outer(ell, ell) + big_l) % 2
    even = 1.0 - odd
    a[0, 0] = even * (first["tt"] + second["tt"])
    b[1, 1] = even * (first["ee"] + second["ee"])
    b[2, 2] = even * (first["bb"] + second["bb"])
    a[0, 1], b[0, 1] = even * second["te"], even * first["te"]
    a[1, 0], b[1, 0] = even * first["te"], even * second["te"]
    b[0, 2], b[2, 0] = odd * first["te"], odd * second["te"]
    b[1, 2] = odd * (first["ee"] - second["bb"])
    b[2, 1] = odd * (second["ee"] - first["bb"])
    total = np.zeros((ell.size, 3, 3))
    for i, name, noise in ((0, "tt", NOISE_T), (1, "ee", NOISE_P), (2, "bb", NOISE_P)):
        total[:, i, i] = cl[name] + noise
    total[:, 0, 1] = total[:, 1, 0] = cl["te"]
    inverse = np.linalg.inv(total)

    def filtered(response):
        """(3, 3, l1, l2) C^-1(l1) response C^-1(l2)."""
        matrices = inverse[:, None] @ np.moveaxis(response, (0, 1), (2, 3)) @ inverse
        return np.moveaxis(matrices, (2, 3), (0, 1))

    def trace(left, right):
        return np.sum(left * right, axis=(0, 1))

    of_a, of_b = filtered(a), filtered(b)
    j00, j02, j22 = (j[L_MIN:, L_MIN:] for j in products_of_3j(big_l))
    sums = j00 * trace(a, of_a) + j02 * (trace(a, of_b) + trace(b, of_a)) + j22 * trace(b, of_b)
    geometry = np.outer(2 * ell + 1, 2 * ell + 1) / (16 * np.pi)
    return 2.0 / float(np.sum(geometry * sums))


def flat_sky_noise(cl: dict[str, np.ndarray]) -> np.ndarray:
    white = np.ones(L_MAX + 1)
    return reconstruction_noise(cl, NOISE_T * white, NOISE_P * white, L_MIN, L_MAX)


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return flat_sky_noise(spectra())


def test_3j_symbols():
    """Orthogonality, and two values by hand: (1 1 2; 0 0 0)^2 = 2/15, (2 0 2; 2 0 -2)^2 = 1/5."""
    j00, _, j22 = products_of_3j(2)
    assert j00[1, 1] == pytest.approx(2 / 15, rel=1e-10)
    assert products_of_3j(0)[2][2, 2] == pytest.approx(1 / 5, rel=1e-10)
    ell = np.arange(L_MAX + 1)
    for j in (j00, j22):
        assert np.sum((2 * ell + 1) * j[100]) == pytest.approx(1.0, rel=1e-10)


@pytest.mark.parametrize("correlation", [0.0, -0.5])
def test_flat_against_full_sky(correlation):
    cl = spectra(correlation)
    noise = flat_sky_noise(cl)
    for big_l in (2, 3, 5, 20, 100, 300):
        tolerance = FLAT_SKY if big_l >= 5 else FLAT_SKY_LOW
        assert noise[big_l] == pytest.approx(full_sky_noise(big_l, cl), rel=tolerance)


def test_b_modes_spoil_the_reconstruction():
    """The best channel is EB with few B modes; its formula holds with many, too."""
    few, many = (flat_sky_noise(spectra(0.5, b_modes))[60] for b_modes in (0.0, 0.5))
    assert many > 2 * few
    assert many == pytest.approx(full_sky_noise(60, spectra(0.5, 0.5)), rel=FLAT_SKY)


def test_units_and_ends(noise):
    """N_L has no unit: it follows neither the scale of maps nor is it defined below L = 2."""
    scaled = {name: 9.0 * values for name, values in spectra().items()}
    white = 9.0 * np.ones(L_MAX + 1)
    again = reconstruction_noise(scaled, NOISE_T * white, NOISE_P * white, L_MIN, L_MAX)
    assert again[2:] == pytest.approx(noise[2:], rel=1e-10)
    assert noise.shape == (L_MAX + 1,)
    assert np.isinf(noise[:2]).all()
    assert (noise[2:] > 0).all()


def test_less_noise_and_more_multipoles_help(noise):
    cl = spectra()
    white = np.ones(L_MAX + 1)
    best = reconstruction_noise(cl, 0.1 * NOISE_T * white, 0.1 * NOISE_P * white, L_MIN, L_MAX)
    cut = reconstruction_noise(cl, NOISE_T * white, NOISE_P * white, 30, L_MAX)
    for big_l in (10, 50, 200):
        assert best[big_l] < noise[big_l] < cut[big_l]
