"""Why this test exists: widths and loops of ALPs are short formulae with factors that are easily
lost; each is held to a second route, not to itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotaxion.theory.constants import (
    ALPHA_EM,
    ALPHA_EM_M_Z,
    LEPTON_MASSES_GEV,
    M_W_GEV,
    M_Z_GEV,
    SIN2_THETA_W,
)
from hotaxion.theory.searches import alp_electroweak as alp
from hotaxion.theory.searches.alp_electroweak import ALP

from .. import reference_values_companions as ref

S2, C2 = SIN2_THETA_W, 1.0 - SIN2_THETA_W


def test_couplings_are_those_of_the_rotated_fields():
    """The quadratic form diag(g_aww, g_abb) of (W3, B) in the basis of (A, Z)."""
    rotation = np.array([[np.sqrt(S2), np.sqrt(C2)], [np.sqrt(C2), -np.sqrt(S2)]])  # A, Z in W3, B
    form = rotation @ np.diag([0.7, -0.2]) @ rotation.T
    assert alp.photon_coupling(0.7, -0.2) == pytest.approx(form[0, 0])
    assert alp.z_photon_coupling(0.7, -0.2) == pytest.approx(form[0, 1] + form[1, 0])
    assert alp.z_photon_coupling(0.3, 0.3) == 0.0  # a a W W~ + B B~ has no mixed term
    assert alp.photon_coupling(0.3, 0.3) == pytest.approx(0.3)


def eps_amplitude_squared(first: np.ndarray, second: np.ndarray, metric: np.ndarray) -> float:
    """Sum over polarisations (metric: minus the sum for the first) of |eps(e1, e2, k1, k2)|^2."""
    from itertools import permutations

    tensor = np.zeros((4, 4, 4, 4))
    for one in permutations(range(4)):
        tensor[one] = round(np.linalg.det(np.eye(4)[list(one)]))
    g = np.diag([1.0, -1.0, -1.0, -1.0])
    amplitude = np.einsum("abcd,c,d->ab", tensor, g @ first, g @ second)
    return float(np.einsum("ab,cd,ac,bd->", amplitude, amplitude, metric, g))


def test_widths_from_the_amplitude():
    """a -> 2 gamma, a -> Z gamma and the crossed Z -> a gamma from the contracted tensor.

    -1/4 g a F F~ has the vertex g eps(e1, e2, k1, k2); with two fields, -1/4 g a Z F~, half of it.
    """
    g = np.diag([1.0, -1.0, -1.0, -1.0])
    m, coupling = 0.7, 1e-3
    k = 0.5 * m
    squared = eps_amplitude_squared(np.array([k, 0, 0, k]), np.array([k, 0, 0, -k]), g)
    width = 0.5 * coupling**2 * squared / (16.0 * np.pi * m)  # half: two alike
    assert alp.photon_width(m, coupling) == pytest.approx(width)
    for mass in (20.0, 70.0, 130.0, 400.0):
        heavy, light = max(mass, M_Z_GEV), min(mass, M_Z_GEV)
        k = (heavy**2 - light**2) / (2.0 * heavy)
        photon = np.array([k, 0.0, 0.0, -k])
        boson = np.array([np.hypot(k, M_Z_GEV), 0.0, 0.0, k])
        if mass < M_Z_GEV:
            boson = np.array([M_Z_GEV, 0.0, 0.0, 0.0])
        sum_z = g - np.outer(boson, boson) / M_Z_GEV**2
        squared = eps_amplitude_squared(boson, photon, sum_z) * (0.5 * coupling) ** 2
        width = squared * k / (8.0 * np.pi * heavy**2)
        if mass < M_Z_GEV:
            assert alp.z_to_alp_width(mass, coupling) == pytest.approx(width / 3.0)
            assert alp.z_photon_width(mass, coupling) == 0.0
        else:
            assert alp.z_photon_width(mass, coupling) == pytest.approx(width)
            assert alp.z_to_alp_width(mass, coupling) == 0.0


def test_crossing():
    """Both are one function of two masses: M^3 (1 - m^2/M^2)^3, three spins apart."""
    decaying, crossed = alp.z_photon_width(200.0, 1e-3), alp.z_to_alp_width(50.0, 1e-3)
    ratio = (200.0 - M_Z_GEV**2 / 200.0) ** 3 / (M_Z_GEV - 50.0**2 / M_Z_GEV) ** 3
    assert decaying / crossed == pytest.approx(3.0 * ratio)
    # Without masses beside it, a Z that is a photon: half of the amplitude, but no two alike.
    assert alp.z_photon_width(1e6, 1e-3) == pytest.approx(0.5 * alp.photon_width(1e6, 1e-3))


def test_lepton_loop_in_terms_of_mass_eigenstates():
    """Above M_W the logarithms of photon, photon-Z, Z and W (1708.00443) add up to gauge ones."""
    g_aww, g_abb, q, t3 = 3e-5, -2e-5, -1.0, -0.5
    alpha = ALPHA_EM_M_Z
    c_ww, c_bb = -g_aww * S2 / (16.0 * np.pi * alpha), -g_abb * C2 / (16.0 * np.pi * alpha)
    c_gg, c_gz, c_zz = c_ww + c_bb, C2 * c_ww - S2 * c_bb, C2**2 * c_ww + S2**2 * c_bb
    per_log = -12.0 * q**2 * c_gg - 3.0 * c_ww / S2**2
    per_log -= 12.0 / (S2 * C2) * c_gz * q * (t3 - 2.0 * q * S2)
    per_log -= 12.0 / (S2 * C2) ** 2 * c_zz * (q**2 * S2**2 - t3 * q * S2 + 0.125)
    low, high = (alp.lepton_coupling(1e-3, 0.1, g_aww, g_abb, c) for c in (500.0, 5000.0))
    assert high - low == pytest.approx(alpha**2 * per_log * np.log(100.0), rel=1e-9)


def test_lepton_loop_of_the_photon_alone():
    """With the cutoff at M_W only QED is left: (3 alpha/2 pi) g ln(M_W/m)."""
    both = (2e-5, 1e-5)
    g = alp.photon_coupling(*both)
    for lepton, mass in ((1e-3, 0.1), (1.777, 0.1), (0.1, 30.0)):
        qed = 1.5 * ALPHA_EM / np.pi * g * np.log(M_W_GEV / max(lepton, mass))
        assert alp.lepton_coupling(lepton, mass, *both, M_W_GEV) == pytest.approx(qed)
    # No jump where the ALP passes M_W, and none left at the cutoff.
    near = [alp.lepton_coupling(1e-3, M_W_GEV * (1 + x), *both) for x in (-1e-9, 1e-9)]
    assert near[0] == pytest.approx(near[1], rel=1e-6)
    assert alp.lepton_coupling(1e-3, 1000.0, *both) == 0.0


@pytest.mark.parametrize("mass", [1e-4, 0.1, 0.3, 3.0, 50.0, 99.0])
def test_branching_ratios_add_up(mass):
    one = ALP(mass, np.array([1e-5, 0.0, -3e-5]), np.array([0.0, 2e-5, 3e-5]))
    assert_allclose(sum(one.branching_ratio(mode) for mode in alp.MODES), 1.0, rtol=1e-12)
    open_leptons = [name for name, m in LEPTON_MASSES_GEV.items() if one.branching_ratio(name)[0]]
    assert open_leptons == [name for name, m in LEPTON_MASSES_GEV.items() if mass > 2.0 * m]
    assert one.partial == (mass > 0.405)
    nothing = ALP(mass, 0.0, 0.0)
    assert nothing.branching_ratio("photons") == 0.0
    assert nothing.survival(100.0, 1.0) == 1.0
    assert nothing.decay_length_m == np.inf


def test_survival_is_the_decay_length():
    one = ALP(0.1, 1e-5, 0.0)
    boosted = one.decay_length_m * 40.0 / 0.1
    assert one.survival(100.0, 40.0) == pytest.approx(np.exp(-100.0 / boosted))
    assert one.decay_length_m == pytest.approx(1.97327e-16 / one.width, rel=1e-4)


def test_numbers_of_the_design():
    for mass, value in ref.ALP_FROM_Z.items():
        assert ALP(max(mass, 1e-6), 1e-3, 0.0).from_z == pytest.approx(value, rel=0.003)
    one = ALP(0.1, 1e-5, 0.0)
    found = (one.width, one.decay_length_m, one.branching_ratio("e"))
    assert_allclose(found, ref.ALP_DECAYS, rtol=0.02)
    assert one.branching_ratio("mu") == 0.0


def test_oblique_s_by_hand():
    """S of couplings in units of the gauge ones: 32 alpha C_WW C_BB M_Z^2 (ln - 1)."""
    g2, gy = 4.0 * np.pi * ALPHA_EM_M_Z / np.array([S2, C2])
    c_ww, c_bb = -4e-3 / (4.0 * g2), -5e-3 / (4.0 * gy)
    by_hand = 32.0 * ALPHA_EM_M_Z * M_Z_GEV**2 * c_ww * c_bb * (np.log((1000.0 / M_Z_GEV) ** 2) - 1)
    assert alp.oblique_s(4e-3, 5e-3) == pytest.approx(by_hand)
    assert alp.oblique_s(4e-3, 0.0) == 0.0
    assert alp.oblique_s(-4e-3, 5e-3) == -alp.oblique_s(4e-3, 5e-3)
