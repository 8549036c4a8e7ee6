"""Why this test exists: cross-sections of massive vectors are traces of matrices, no formula."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import ALPHA_EM
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import vector_compton as compton
from hotaxion.theory.searches.vector_compton import (
    HBAR_C_MEV_CM,
    M_ELECTRON_MEV,
    angular,
    cosines,
    cross_sections,
    integrated,
    klein_nishina,
    photon_energy,
)

from .. import reference_values_companions as ref

OMEGA = 5.493
RADIUS2 = (ALPHA_EM * HBAR_C_MEV_CM / M_ELECTRON_MEV) ** 2
TRANSVERSE = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])


def test_total_of_klein_and_nishina():
    assert klein_nishina(OMEGA) == pytest.approx(ref.KLEIN_NISHINA_CM2, rel=1e-4)
    thomson = 8.0 * np.pi / 3.0 * RADIUS2
    assert klein_nishina(1e-3) == pytest.approx(thomson * (1.0 - 2e-3 / M_ELECTRON_MEV), rel=2e-5)

    def density(cosine: float) -> float:
        left = 1.0 / (1.0 + OMEGA / M_ELECTRON_MEV * (1.0 - cosine))
        return np.pi * RADIUS2 * left**2 * (left + 1.0 / left - 1.0 + cosine**2)

    assert klein_nishina(OMEGA) == pytest.approx(quad(density, -1, 1, epsabs=0)[0], rel=1e-8)


@pytest.mark.parametrize("mass", [0.0, 1e-4])
def test_light_vectors_scatter_as_photons(mass):
    found = cross_sections(mass, OMEGA)
    assert found.transverse == pytest.approx(klein_nishina(OMEGA), rel=1e-6)
    assert found.longitudinal < 1e-8 * found.transverse


def test_polarised_photons():
    """Klein & Nishina for linear polarisation: r²/2 (ω'/ω)² (ω'/ω + ω/ω' − 2 sin²θ cos²φ)."""
    left = photon_energy(0.0, OMEGA, cosines()) / OMEGA
    for one, cos2_phi in zip(angular(0.0, OMEGA, TRANSVERSE), (1.0, 0.0), strict=True):
        sine2 = 1.0 - cosines() ** 2
        by_hand = 0.5 * RADIUS2 * left**2 * (left + 1.0 / left - 2.0 * sine2 * cos2_phi)
        assert_allclose(one, by_hand, rtol=1e-10)


@pytest.mark.parametrize("mass", [0.1, 0.5, 2.0, 5.0])
def test_sum_over_polarisations(mass):
    """2σ_T + σ_L is the sum with −g_μν, since the current is conserved."""
    time, *space = (integrated(one) for one in angular(mass, OMEGA, np.eye(4)))
    found = cross_sections(mass, OMEGA)
    total = 2.0 * found.transverse + found.longitudinal
    assert sum(space) - time == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("mass", [0.1, 2.0])
def test_conserved_current(mass):
    """A polarisation along the momentum does nothing, that of the photon neither."""
    momentum = np.sqrt(OMEGA**2 - mass**2)
    along = np.array([[OMEGA, 0.0, 0.0, momentum]])
    assert integrated(angular(mass, OMEGA, along)[0]) < 1e-10 * klein_nishina(OMEGA)
    textbook = np.array([[momentum, 0.0, 0.0, OMEGA]]) / mass
    found = integrated(angular(mass, OMEGA, textbook)[0])
    assert found == pytest.approx(cross_sections(mass, OMEGA).longitudinal, rel=1e-8)
    cosine = cosines()
    energy = photon_energy(mass, OMEGA, cosine)
    parts, electron = compton._amplitudes(mass, OMEGA, momentum, energy, cosine, TRANSVERSE)
    sine = np.sqrt(1.0 - cosine**2)
    photon = np.stack([np.ones_like(sine), sine, 0.0 * sine, cosine], axis=-1)
    size = compton._spin_sum(parts, electron)
    parts = np.einsum("namij,am->naij", parts, photon @ np.diag([1.0, -1.0, -1.0, -1.0]))
    for one in parts:
        for matrix, p, whole in zip(one, electron, size[0], strict=True):
            after = compton._slash(p) + M_ELECTRON_MEV * np.eye(4)
            before = M_ELECTRON_MEV * (compton._GAMMA[0] + np.eye(4))
            assert np.abs(after @ matrix @ before).max() ** 2 < 1e-20 * whole


def test_slow_heavy_light_electron():
    """Far below the electron's mass, Thomson's e·e': σ_T = σ_Thomson ω/k, σ_L/σ_T = (m/ω)²."""
    mass, omega = 6e-5, 1e-4
    found = cross_sections(mass, omega)
    velocity = np.sqrt(1.0 - (mass / omega) ** 2)
    thomson = 8.0 * np.pi / 3.0 * RADIUS2
    assert found.transverse * velocity == pytest.approx(thomson, rel=1e-3)
    assert found.longitudinal / found.transverse == pytest.approx(0.36, rel=1e-3)


def test_at_rest_all_polarisations_are_alike():
    found = cross_sections(OMEGA * (1.0 - 1e-9), OMEGA)
    assert found.longitudinal == pytest.approx(found.transverse, rel=1e-6)


@pytest.mark.parametrize("mass", ref.VECTOR_COMPTON)
def test_numbers_of_the_design(mass):
    found = np.array(cross_sections(mass, OMEGA)) / klein_nishina(OMEGA)
    assert_allclose(found, ref.VECTOR_COMPTON[mass], rtol=2e-3)


@pytest.mark.parametrize(("mass", "omega"), [(6.0, 5.0), (-1.0, 5.0), (np.nan, 5.0), (0.1, 0.0)])
def test_wrong_numbers(mass, omega):
    with pytest.raises(RangeError, match="allowed is"):
        cross_sections(mass, omega)
