"""Why this test exists: a layer follows from six numbers; its table must give what it tabulates."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import ATOMIC_MASS_UNIT_G, ERG_PER_MEV, M_SUN_G
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.searches.supernova import gain_layer
from hotaxion.theory.searches.supernova.electron_plasma import ElectronPlasma
from hotaxion.theory.searches.supernova.gain_layer import (
    SNAPSHOTS,
    absorption_heating,
    capture_cooling,
    chosen,
    gain_layers,
)
from hotaxion.theory.searches.supernova.gain_table import GainTable
from hotaxion.theory.searches.supernova.profiles import nucleon_density_mev3
from hotaxion.theory.searches.supernova.resonance import Resonance

from ... import reference_values_companions as ref

LAYERS = dict(zip(SNAPSHOTS, gain_layers(list(SNAPSHOTS.values())), strict=True))


@pytest.mark.parametrize("key", ref.GAIN_LAYERS)
def test_numbers_of_the_design(key):
    layer = LAYERS[key]
    omega_p = layer.profile.plasma.omega_p
    found = (layer.gain_km, layer.density, layer.temperature, omega_p[-1], omega_p[0])
    assert_allclose((*found, layer.mass, layer.net_heating), ref.GAIN_LAYERS[key], rtol=0.02)


def test_plasma_frequency_at_the_shock():
    found = [LAYERS[key].profile.plasma.omega_p[-1] for key in ref.OMEGA_P_AT_SHOCK]
    assert_allclose(found, [*ref.OMEGA_P_AT_SHOCK.values()], rtol=0.03)


def test_heating_and_cooling():
    (cooling, printed_cooling), (heating, printed) = ref.CAPTURE_COOLING, ref.ABSORPTION_HEATING
    assert float(capture_cooling(2.0)) == pytest.approx(cooling, rel=0.001)
    assert float(absorption_heating(100.0, 1.0, 4.0)) == pytest.approx(heating, rel=0.001)
    assert_allclose((cooling, heating), (printed_cooling, printed), rtol=0.03)


def test_cooling_by_quadrature():
    """Half of the nucleons capture e−, half e+, each of both spins: ∫ p² E³ σ₀ ... f dp/π²."""
    t, m = 2.0, gain_layer.M_ELECTRON_MEV
    weak = 0.25 * gain_layer.SIGMA_0_CM2 * (1.0 + 3.0 * gain_layer.AXIAL_COUPLING**2)
    moment = quad(lambda e: e**5 / (np.exp(e / t) + 1.0), 0.0, 60.0 * t)[0] / np.pi**2
    per_cm3 = 0.5 * moment / (m * m * gain_layer.HBAR_C_MEV_CM**3)
    assert float(capture_cooling(t)) == pytest.approx(weak * 2.99792458e10 * per_cm3, rel=1e-6)


@pytest.mark.parametrize("key", ["t0.10", "ec0.15"])
def test_layer_obeys_its_equations(key):
    layer, shot = LAYERS[key], SNAPSHOTS[key]
    radius = 1e5 * shot.shock_km
    velocity = np.sqrt(2.0 * 1.32712e26 * shot.mass / radius)
    before = shot.accretion * M_SUN_G / (4.0 * np.pi * radius**2 * velocity)
    assert layer.density == pytest.approx(8.0 * before, rel=1e-4)
    # Pressure behind the shock, in MeV⁴, against that of the fall.
    n, t = nucleon_density_mev3(layer.density), layer.temperature
    pressure = float(ElectronPlasma.of(0.48 * n, t).pressure) + np.pi**2 * t**4 / 45.0 + n * t
    fall = 7.0 / 8.0 / 8.0 * n * 931.494 * (velocity / 2.99792458e10) ** 2
    assert pressure == pytest.approx(fall, rel=1e-4)
    # Heating and cooling: equal at the gain radius, and summed over the layer.
    profile = layer.profile

    def net(r):
        x = shot.shock_km / r
        heating = absorption_heating(r, shot.luminosity, shot.neutrino_temperature)
        return float(heating - capture_cooling(t * x)) * layer.density * x**3 * r**2

    assert abs(net(layer.gain_km)) < 1e-9 * net(2.0 * layer.gain_km)
    each = quad(net, layer.gain_km, shot.shock_km, epsrel=1e-9)[0]
    total = 4.0 * np.pi * 1e15 / ATOMIC_MASS_UNIT_G * ERG_PER_MEV * each
    assert layer.net_heating == pytest.approx(total, rel=1e-6)
    shells = 4.0 * np.pi * 1e15 * profile.density * profile.radius_km**2 / M_SUN_G
    assert layer.mass == pytest.approx(np.trapezoid(shells, profile.radius_km), rel=2e-3)


def test_luminosities_and_mixings_of_the_design():
    """Free streaming, directly; the light ones would outshine a black body by far."""
    resonance = Resonance(LAYERS["t0.20"].profile)
    for mass, power in ref.GAIN_LUMINOSITIES.items():
        found = float(resonance.luminosity(mass, 1e-9, reabsorbed=False))
        assert found == pytest.approx(power, rel=0.03)
    for key, mass, epsilon in ref.GAIN_EPSILONS:
        resonance, heating = Resonance(LAYERS[key].profile), LAYERS[key].net_heating
        power = float(resonance.luminosity(mass, 1e-9, reabsorbed=False))
        assert 1e-9 * np.sqrt(heating / power) == pytest.approx(epsilon, rel=0.05)
        if key.startswith("ec"):
            assert float(resonance.luminosity(mass, 1.0)) < 0.5 * heating


@pytest.mark.parametrize("key", ["t0.20", "ec0.15"])
def test_table_gives_what_it_tabulates(key):
    shot, rng = SNAPSHOTS[key], np.random.default_rng(3)
    table, layer = GainTable(shot), LAYERS[key]
    resonance = Resonance(layer.profile)
    low, high = 0.5 * np.log(layer.profile.plasma.transverse(0.0))[[-1, 0]]
    for mass in np.exp(rng.uniform(low + 0.02, high - 0.1, 12)):
        epsilon = 10.0 ** rng.uniform(-12, -2, 3)
        direct = resonance.luminosity(float(mass), epsilon) / layer.net_heating
        assert_allclose(table.ratio(mass, epsilon), direct, rtol=0.03)
    assert float(table.ratio(1.02 * np.exp(high), 1e-6)) == 0.0
    assert float(table.ratio(0.2, -1e-9)) == float(table.ratio(0.2, 1e-9)) > 0.0
    assert float(table.ratio(0.2, 0.0)) < 1e-200


def test_table_over_the_shock():
    shot = SNAPSHOTS["t0.20"]
    table = GainTable(shot, beta_shock=None, shock_radius_scale=None)
    for beta, scale in ((6.7, 0.9), (9.0, 1.3)):
        (layer,) = gain_layers([shot], beta, scale)
        direct = Resonance(layer.profile).luminosity(0.3, 2e-9) / layer.net_heating
        found = table.ratio(0.3, 2e-9, beta_shock=beta, shock_radius_scale=scale)
        assert float(found) == pytest.approx(float(direct), rel=0.03)
    with pytest.raises(RangeError, match=r"beta_shock = 11\.0; allowed is a number from 6 to 10"):
        table.ratio(0.3, 1e-9, beta_shock=11.0, shock_radius_scale=1.0)


def test_snapshots_by_name():
    assert [*chosen("electron_capture")] == ["ec0.06", "ec0.10", "ec0.15"]
    assert [*chosen("t0.30")] == ["t0.30"]
    assert [*chosen(["t0.30", "ec0.06"])] == ["t0.30", "ec0.06"]
    with pytest.raises(UnknownOptionError, match=r"t0\.25"):
        chosen("t0.25")
    with pytest.raises(RangeError, match="snapshots"):
        chosen([])


def test_no_gain_layer_is_a_sentence():
    with pytest.raises(RangeError, match=r"has no gain layer.*neutrinos cool; give another"):
        gain_layers([SNAPSHOTS["t0.10"]], 6.0, 0.3)
    with pytest.raises(RangeError, match="shock_radius_scale = 0; allowed"):
        gain_layers([SNAPSHOTS["t0.10"]], 8.0, 0)
