"""Why this test exists: power and optical depth of a resonance, by other routes than the code's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import c, elementary_charge, hbar, physical_constants, sigma
from scipy.integrate import quad
from scipy.optimize import brentq

from hotaxion.theory.constants import ZETA3
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.electron_plasma import ElectronPlasma
from hotaxion.theory.searches.supernova.gain_layer import SNAPSHOTS, gain_layers
from hotaxion.theory.searches.supernova.profiles import (
    FIDUCIAL_CORE,
    HBAR_C_MEV_KM,
    Profile,
)
from hotaxion.theory.searches.supernova.resonance import ERG_S_PER_MEV2, STATES, Resonance, escape

EPSILON = 1e-9


def hot_shells(count: int = 60) -> Profile:
    """T = 20 MeV at 50 km ∝ 1/r, no net charge to speak of: all in closed form."""
    r = np.geomspace(40.0, 80.0, count)
    return Profile(r, np.full(count, 1e3), 20.0 * 50.0 / r, np.full(count, 0.5))


def by_radius(profile: Profile, mass: float, count: int) -> float:
    """Power [erg/s] by the other order: the energy that is resonant at each radius, brentq."""
    log_shells = np.log(profile.radius_km)
    log_r = np.linspace(*log_shells[[0, -1]], count)
    # Fast transverse waves are all resonant near the radius where Π_T(k = ω) = m².
    fast = -0.5 * np.log(profile.plasma.transverse(0.0))
    edge = np.interp(-np.log(mass), fast, log_shells)
    near = edge + np.linspace(-0.12, 0.01, 6 * count)
    log_r = np.sort(np.concatenate([log_r, near[(near > log_r[0]) & (near < log_r[-1])]]))
    kept = (profile.plasma.omega_p, profile.plasma.deficit, profile.temperature)
    shells = np.exp([np.interp(log_r, log_shells, np.log(one)) for one in kept])
    r, power = np.exp(log_r) / HBAR_C_MEV_KM, np.zeros(log_r.size)
    for i, (omega_p, deficit, t) in enumerate(shells.T):
        plasma = ElectronPlasma(np.array(omega_p), np.array(deficit), np.array(0), np.array(0))
        for states, pi in zip(STATES, (plasma.transverse, plasma.longitudinal), strict=True):

            def excess(x, pi=pi):
                return float(np.log(pi((1.0 + np.exp(x)) ** -2) / mass**2))

            low, high = np.log(1e-6), np.log(50.0 * t / mass)
            if excess(low) * excess(high) > 0.0:
                continue
            x = brentq(excess, low, high)
            slope = mass**2 * (excess(x + 1e-4) - excess(x - 1e-4)) / 2e-4 / (mass * np.exp(x))
            omega = mass * (1.0 + np.exp(x))
            planck = omega * np.sqrt(omega**2 - mass**2) / np.expm1(omega / t)
            power[i] += 2.0 * r[i] ** 2 * states * EPSILON**2 * mass**4 * planck / abs(slope)
    return float(np.trapezoid(power, r)) * ERG_S_PER_MEV2


def test_unit_of_power():
    mev = 1e6 * elementary_charge
    assert pytest.approx(1e7 * mev**2 / hbar, rel=1e-9) == ERG_S_PER_MEV2
    assert pytest.approx(hbar * c / mev * 1e-3, rel=1e-9) == HBAR_C_MEV_KM


@pytest.mark.parametrize(
    ("profile", "mass", "count"),
    [
        (FIDUCIAL_CORE.profile(), 0.3, 200),  # longitudinal alone
        (gain_layers([SNAPSHOTS["t0.20"]])[0].profile, 0.35, 150),
        (gain_layers([SNAPSHOTS["t0.20"]])[0].profile, 0.1, 200),
    ],
)
def test_power_by_the_other_order_of_integration(profile, mass, count):
    found = Resonance(profile).luminosity(mass, EPSILON, reabsorbed=False)
    assert float(found) == pytest.approx(by_radius(profile, mass, count), rel=0.01)


def test_fast_dark_photons_in_closed_form():
    """ω ≫ m: all resonances are where 1.5 ω_P² = m², L_T = 4r² ε² m⁴ 2ζ(3) T³/|dΠ/dr|."""
    profile = hot_shells()
    omega_p = np.interp(50.0, profile.radius_km, profile.plasma.omega_p)
    mass, r = np.sqrt(1.5) * omega_p, 50.0 / HBAR_C_MEV_KM
    slope = 2.0 * mass**2 / r  # Π ∝ T² ∝ r^-2
    closed = 4.0 * r**2 * EPSILON**2 * mass**4 * 2.0 * ZETA3 * 20.0**3 / slope * ERG_S_PER_MEV2
    found = float(Resonance(profile).luminosity(mass, EPSILON, reabsorbed=False))
    assert found == pytest.approx(closed, rel=0.04)


def test_black_body_is_the_most_that_leaves():
    """Much mixing: two polarisations at T of the resonant sphere shine with σT⁴, less m/T."""
    profile = hot_shells()
    mass = np.sqrt(1.5) * np.interp(50.0, profile.radius_km, profile.plasma.omega_p)
    kelvin = 20e6 / physical_constants["Boltzmann constant in eV/K"][0]
    black = 4.0 * np.pi * 50e3**2 * sigma * kelvin**4 * 1e7
    resonance = Resonance(profile)
    most = float(resonance.luminosity(mass, 1e-3))
    assert most == pytest.approx(black, rel=0.06)
    # Free streaming says more from some mixing on; both agree where there is little.
    assert float(resonance.luminosity(mass, 1e-3, reabsorbed=False)) > 1e3 * most
    little = [float(resonance.luminosity(mass, 1e-13, free)) for free in (True, False)]
    assert little[0] == pytest.approx(little[1], rel=1e-3)


def test_optical_depth_is_landau_zener():
    """Absorption along a radius, with photons of finite width: ∫ Γ' ω/k dr = π ε² m⁴/(k|Π'|)."""
    profile, mass = hot_shells(), 2.3
    found = Resonance(profile).crossings(mass)
    place = np.argmax(found.power(mass, EPSILON, reabsorbed=False))
    omega, k, slope = found.energy[place], found.momentum[place], found.slope[place]
    width = 1e-4 * mass**2 / omega  # of photons: ω Γ ≪ m²

    def absorbed(pi):
        return EPSILON**2 * mass**4 * width / ((mass**2 - pi) ** 2 + (omega * width) ** 2)

    square = quad(absorbed, 0.0, 3.0 * mass**2, points=(mass**2,), epsabs=0.0, limit=500)[0]
    by_width = omega / k * square / slope
    assert by_width == pytest.approx(found.depth(mass, EPSILON)[place], rel=2e-3)


def test_emission_and_absorption_are_in_detailed_balance():
    """Each ray leaves with 1 − e^(−2P/μ) of a black body; over all angles that is `escape`."""
    for depth in (1e-5, 0.03, 1.0, 20.0):
        rays = quad(lambda mu, p=depth: -2.0 * mu * np.expm1(-2.0 * p / mu), 0.0, 1.0, epsabs=0.0)
        assert float(escape(depth)) == pytest.approx(rays[0], rel=2e-5)
    assert_allclose(escape([0.0, 1e-30, 1e-9, 1e9]), [0.0, 4e-30, 4e-9, 1.0], rtol=1e-6)


def test_light_dark_photons_are_longitudinal():
    """m ≪ ω_P everywhere: L ∝ ε² m², and far below that of a mass with transverse resonance."""
    core = Resonance(FIDUCIAL_CORE.profile())
    light = [float(core.luminosity(m, EPSILON, reabsorbed=False)) for m in (0.02, 0.04)]
    assert light[1] / light[0] == pytest.approx(4.0, rel=0.01)
    layer = Resonance(gain_layers([SNAPSHOTS["t0.20"]])[0].profile)
    below, inside = (float(layer.luminosity(m, EPSILON, reabsorbed=False)) for m in (0.1, 0.25))
    assert inside > 300.0 * below > 0.0


def test_grids_are_converged():
    for few, many, mass in (
        (FIDUCIAL_CORE.profile(shells=100), FIDUCIAL_CORE.profile(shells=400), 0.3),
        (hot_shells(30), hot_shells(200), 2.3),
    ):
        values = [float(Resonance(one).luminosity(mass, EPSILON)) for one in (few, many)]
        assert values[0] == pytest.approx(values[1], rel=0.005)


def test_spectrum_sums_to_the_luminosity():
    resonance = Resonance(FIDUCIAL_CORE.profile())
    ends, density = resonance.spectrum(0.3, EPSILON)
    total = float(resonance.luminosity(0.3, EPSILON))
    assert float(density @ np.diff(ends)) == pytest.approx(total, rel=1e-12)
    mean = density * 0.5 * (ends[1:] + ends[:-1]) @ np.diff(ends) / total
    assert 20.0 < mean < 150.0  # the hottest shells have T = 30 MeV


def test_errors_are_sentences():
    resonance = Resonance(hot_shells(), least_mass=0.1)
    with pytest.raises(RangeError, match=r"mass = 0\.01; allowed is a finite number from 0\.1 MeV"):
        resonance.luminosity(0.01, EPSILON)
    with pytest.raises(RangeError, match="epsilon = -1 to -1"):
        resonance.luminosity(1.0, -1.0)
    with pytest.raises(RangeError, match="radius_km of a profile does not ascend"):
        Profile(*np.array([[2.0, 1.0], [1.0, 1.0], [1.0, 1.0], [0.5, 0.5]]))
    with pytest.raises(RangeError, match=r"temperature of a profile holds 0"):
        Profile(*np.array([[1.0, 2.0], [1.0, 1.0], [1.0, 0.0], [0.5, 0.5]]))
