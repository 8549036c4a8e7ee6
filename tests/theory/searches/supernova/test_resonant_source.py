"""Why this test exists: the core's resonances are tabulated, and a table must say what it holds."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.profiles import FIDUCIAL_CORE, HBAR_C_MEV_KM, Profile
from hotaxion.theory.searches.supernova.resonance import ERG_S_PER_MEV2, Resonance
from hotaxion.theory.searches.supernova.resonant_source import ResonantSource

from ... import reference_values_companions as ref

LOW = 0.1


@pytest.fixture(scope="module")
def profile() -> Profile:
    return FIDUCIAL_CORE.profile()


@pytest.fixture(scope="module")
def table(profile) -> ResonantSource:
    return ResonantSource(profile, LOW)


@pytest.fixture(scope="module")
def resonance(profile) -> Resonance:
    return Resonance(profile, LOW)


@pytest.mark.parametrize("mass", ref.CORE_EPSILON)
def test_mixing_that_cools_the_core(mass, table):
    """Free streaming, as the design has it, whose quadrature scatters by a tenth."""
    measured, design = ref.CORE_EPSILON[mass]
    found = 1e-9 * np.sqrt(3e52 / table.emission(mass, np.array([1e-9])).power.sum())
    assert found == pytest.approx(measured, rel=0.01)
    assert found == pytest.approx(design, rel=0.12)


def test_longitudinal_modes_of_a_light_photon_go_as_its_coupling_times_mass(table):
    """ε² m² but for logarithms: a check of the quadrature, too."""
    masses = np.geomspace(0.1, 0.3, 9)
    scaled = [table.emission(m, np.ones(1)).power.sum() / m**2 for m in masses]
    assert max(scaled) / min(scaled) == pytest.approx(1.0, abs=0.04)


def plain_luminosity(profile: Profile, mass: float, energies: int) -> float:
    """Sum over energies of roots between shells, as the formula has it; another quadrature."""
    r, t = profile.radius_km / HBAR_C_MEV_KM, profile.temperature
    omega = mass + np.geomspace(1e-4 * mass, 1500.0, energies)
    found = np.zeros(energies)
    for i, energy in enumerate(omega):
        slowness = (mass / energy) ** 2
        for states, kind in ((2.0, "transverse"), (1.0, "longitudinal")):
            excess = getattr(profile.plasma, kind)(slowness) - mass**2
            (j,) = np.nonzero(excess[1:] * excess[:-1] < 0.0)
            slope = (excess[j + 1] - excess[j]) / (r[j + 1] - r[j])
            root = r[j] - excess[j] / slope
            hot = np.interp(root, r, t)
            k = np.sqrt(energy**2 - mass**2)
            volume = 2.0 * root**2 * states * mass**4 / np.abs(slope)
            found[i] += np.sum(volume * energy * k / np.expm1(energy / hot))
    return ERG_S_PER_MEV2 * float(np.trapezoid(found, omega))


@pytest.mark.parametrize("mass", [0.3, 5.0])
def test_luminosity_by_another_quadrature(mass, profile, table):
    # Noise of roots that leave the star between two energies: some per cent.
    expected = plain_luminosity(profile, mass, 1000)
    found = table.emission(mass, np.ones(1)).power.sum()
    assert found == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("reabsorbed", [False, True])
def test_table_between_its_masses(reabsorbed, profile, resonance):
    table = ResonantSource(profile, LOW, reabsorbed=reabsorbed)
    couplings = np.array([1e-11, 1e-9, 1e-7])
    for mass in (0.123, 0.77, 2.2, 5.3, 10.98):
        expected = resonance.luminosity(mass, couplings, reabsorbed)
        found = table.emission(mass, couplings).power.sum(axis=-1)
        assert found == pytest.approx(expected, rel=0.02), mass


def test_mean_energy_is_that_of_the_resonances(table, resonance):
    made = resonance.crossings(5.0)
    power = made.power(5.0, 1e-10, False)
    expected = power.sum() / (power / made.energy).sum()
    assert table.emission(5.0, np.array([1e-10])).mean_energy == pytest.approx(expected, rel=0.01)


def test_ends(table):
    assert not table.emission(17.0, np.ones(2)).power.any()
    with pytest.raises(RangeError, match=r"mass = 0\.05"):
        table.emission(0.05, np.ones(1))
