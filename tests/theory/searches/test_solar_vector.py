"""Why this test exists: few steps, each with its own limit, lead from pp neutrinos to events."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotaxion.likelihoods.searches.facilities import facility
from hotaxion.theory.constants import ALPHA_EM, ASTRONOMICAL_UNIT_CM, SECONDS_PER_YEAR
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.searches import make_solar_vector_table, solar_vector, vector_compton
from hotaxion.theory.searches.solar_vector import (
    MASS_RANGE_MEV,
    PP_FLUX,
    Q_MEV,
    cross_sections,
    decay_area,
    decay_length_cm,
    depth,
    mixing,
    scattering_area,
    vectors_per_photon,
)
from hotaxion.theory.searches.vector_compton import M_ELECTRON_MEV

from .. import reference_values_companions as ref

DECADE_S = 10.0 * SECONDS_PER_YEAR


@pytest.mark.parametrize("mass", [1e-3, 7e-3, 0.033, 0.5, 1.021, 2.017, 3.333, 5.39])
def test_table_is_the_direct_calculation(mass):
    assert_allclose(cross_sections(mass), vector_compton.cross_sections(mass, Q_MEV), rtol=1e-7)


def test_script_makes_the_table_again(tmp_path, monkeypatch):
    path = tmp_path / "table.npz"
    with np.load(solar_vector.TABLE) as file:
        shipped = dict(file)
    assert solar_vector.TABLE.stat().st_size < 100_000
    monkeypatch.setattr(solar_vector, "TABLE", path)
    monkeypatch.setattr(solar_vector, "TABLE_SIZE", 5)  # each thirtieth
    make_solar_vector_table.main()
    with np.load(path) as made:
        assert sorted(made) == sorted(shipped) == ["longitudinal", "mass_mev", "transverse"]
        for name, column in shipped.items():
            assert_allclose(made[name], column[::30], rtol=1e-9)


def test_damaged_table_is_named(tmp_path, monkeypatch):
    path = tmp_path / "table.npz"
    np.savez(path, mass_mev=np.ones(3))
    monkeypatch.setattr(solar_vector, "TABLE", path)
    with pytest.raises(HotAxionError, match=r"'mass_mev' has shape.*make_solar_vector_table"):
        solar_vector._table.__wrapped__()


def test_vectors_in_their_limits():
    light = vectors_per_photon(1e-3)
    assert light.transverse == pytest.approx(1.0, rel=1e-7)
    assert light.longitudinal == pytest.approx(0.45 * (1e-3 / Q_MEV) ** 2 / 2.0)
    e1, m1 = vectors_per_photon(3.0, 1.0), vectors_per_photon(3.0, 0.0)
    beta = math.sqrt(1.0 - (3.0 / Q_MEV) ** 2)
    assert m1 == pytest.approx((beta**3, 0.0))
    assert sum(e1) == pytest.approx(beta * (1.0 + 9.0 / (2.0 * Q_MEV**2)))


@pytest.mark.parametrize("mass", [0.5, 2.0, 4.0])
def test_longitudinal_part_of_e1_by_a_sum_over_directions(mass):
    """A dipole d along z, J⁰ = k·J/ω: |J·e|² summed over directions, for each polarisation."""
    momentum = math.sqrt(Q_MEV**2 - mass**2)
    cosine, weight = np.polynomial.legendre.leggauss(20)
    along, across = cosine, np.sqrt(1.0 - cosine**2)  # of the current J = z
    charge = momentum * along / Q_MEV
    longitudinal = (momentum * charge - Q_MEV * along) / mass
    ratio = np.sum(weight * longitudinal**2) / np.sum(weight * across**2)
    found = vectors_per_photon(mass, 1.0)
    assert found.longitudinal / found.transverse == pytest.approx(ratio)


def test_mixing_in_medium():
    squared = [mixing(mass, "in_medium") ** 2 for mass in (1e-3, 1e-2)]
    assert_allclose(squared, ref.IN_MEDIUM_MIXING2, rtol=1e-3)


def test_mixing_of_heavy_vectors():
    """Kinetic mixing is that of the vacuum; of electrons' own coupling ω_P²/m² is left."""
    assert mixing(1.0, "kinetic") == pytest.approx(1.0, rel=1e-6)
    assert mixing(1.0, "in_medium") == pytest.approx((0.29e-3) ** 2, rel=1e-6)
    for mass in (1e-3, 0.1):
        assert mixing(mass, "kinetic") - mixing(mass, "in_medium") == pytest.approx(1.0)


def test_decay_length():
    assert decay_length_cm(2.0, 1e-10) == pytest.approx(ref.DECAY_LENGTH_CM, rel=1e-3)
    assert decay_length_cm(2.0 * M_ELECTRON_MEV, 1.0) == math.inf
    assert decay_length_cm(2.0, 0.0) == math.inf
    assert decay_length_cm(2.0, 1e-9) == pytest.approx(ref.DECAY_LENGTH_CM / 100.0, rel=1e-3)


def test_width_of_a_heavy_vector():
    """α m/3, that of massless electrons: 1 + 2r times the velocity has no term in r."""
    mass = 5.4
    gamma_beta = math.sqrt((Q_MEV / mass) ** 2 - 1.0)
    width = gamma_beta * vector_compton.HBAR_C_MEV_CM / decay_length_cm(mass, 1.0)
    r = (M_ELECTRON_MEV / mass) ** 2
    assert width == pytest.approx(ALPHA_EM * mass / 3.0 * (1.0 - 6.0 * r**2), rel=1e-4)


def test_what_is_lost_on_the_way():
    """Below two electron masses the Sun alone takes vectors, above it the decay."""
    assert depth(0.5, 0.0) == 0.0
    assert depth(0.5, 1e36) == pytest.approx(1e36 * cross_sections(0.5).transverse)
    decays = ASTRONOMICAL_UNIT_CM / decay_length_cm(2.0, 1.0)
    assert depth(2.0) == pytest.approx(decays, rel=1e-9)
    # A column of 1.6e12 g/cm² with 0.6 N_A electrons and more in a gram; the Sun's central one.
    assert 5e35 < solar_vector.SUN_COLUMN < 2e36


def test_events_in_juno():
    """By hand: pp flux, electrons, Klein and Nishina."""
    electrons = facility("juno").electrons
    events = PP_FLUX * electrons * SECONDS_PER_YEAR * scattering_area(0.1)
    assert events * mixing(0.1, "kinetic") ** 2 == pytest.approx(ref.JUNO_EVENTS, rel=5e-3)
    by_hand = 5.98e10 * 6.745e33 * 3.156e7 * 7.778e-26
    assert events == pytest.approx(by_hand, rel=3e-3)


def test_most_decays_in_juno():
    """N ∝ ε⁴ e^(−ε²D) is greatest at ε² = 2/D: nowhere near one event."""
    volume = facility("juno").volume_cm3
    most = []
    for mass in np.linspace(1.03, 5.39, 60):
        rate = PP_FLUX * DECADE_S * decay_area(mass, volume)
        epsilon2 = 2.0 / depth(mass)
        most.append(rate * epsilon2**2 * math.exp(-2.0))
        for factor in (0.9, 1.1):
            x = epsilon2 * factor
            assert rate * x**2 * math.exp(-x * depth(mass)) < most[-1]
    assert max(most) == pytest.approx(ref.MOST_DECAYS, rel=0.05)
    assert int(np.argmax(most)) == 0


def test_fraction_of_e1_hardly_matters_below_two_electron_masses():
    at = [scattering_area(1.0, fraction) for fraction in (0.0, 0.45, 1.0)]
    assert at[0] < at[1] < at[2] < 1.05 * at[0]


@pytest.mark.parametrize("mass", [MASS_RANGE_MEV[1] * 1.01, -0.1, np.nan])
def test_wrong_masses(mass):
    for function in (cross_sections, scattering_area, depth):
        with pytest.raises(RangeError, match="mass of the vector"):
            function(mass)


def test_wrong_options():
    with pytest.raises(RangeError, match=r"mass of the vector = 0\.0005"):
        mixing(5e-4, "kinetic")
    with pytest.raises(UnknownOptionError, match=r"Did you mean 'kinetic'\?"):
        mixing(0.1, "kinetics")
    with pytest.raises(RangeError, match=r"f_E1 = 1\.2"):
        vectors_per_photon(0.1, 1.2)
