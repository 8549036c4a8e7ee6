"""Why this test exists: what pions make rests on one amplitude, which has limits of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import kn, zeta

from hotaxion.theory.constants import ALPHA_EM, M_NEUTRON_GEV, M_PROTON_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova import bremsstrahlung, pions
from hotaxion.theory.searches.supernova.bosons import B_MINUS_L, DARK_PHOTON
from hotaxion.theory.searches.supernova.pions import M_PION, PionGas, PionSource
from hotaxion.theory.searches.supernova.profiles import ONE_ZONE, nucleon_density_mev3

from ... import reference_values_companions as ref

MB_MEV2 = 0.1 / 197.3269804**2  # 1 mb = 0.1 fm²
GAS = pions.pion_gas(ONE_ZONE, y_pi=0.02)


def source(boson=DARK_PHOTON, zone=ONE_ZONE, gas=GAS, damping=0.05) -> PionSource:
    return PionSource(boson, zone, gas, damping)


def luminosity(mass: float, **kinds) -> float:
    return float(source(**kinds).emission(mass, np.ones(1)).power.sum())


# --- the gas ---------------------------------------------------------------------------------
def test_dilute_gas_is_boltzmanns():
    temperature, mu = 30.0, -100.0
    x = M_PION / temperature
    boltzmann = temperature**3 / (2.0 * np.pi**2) * x**2 * kn(2, x) * np.exp(mu / temperature)
    assert PionGas(temperature, mu).density == pytest.approx(boltzmann, rel=1e-3)


def test_gas_at_condensation_when_cold():
    """n = ζ(3/2) (m T/2π)^(3/2) of slow bosons, and 15/8 T/m ζ(5/2)/ζ(3/2) more of it."""
    cold = 0.5
    slow = zeta(1.5) * (M_PION * cold / (2.0 * np.pi)) ** 1.5
    slow *= 1.0 + 15.0 / 8.0 * cold / M_PION * zeta(2.5) / zeta(1.5)
    assert PionGas(cold, M_PION).density == pytest.approx(slow, rel=2e-3)


@pytest.mark.parametrize("mu", [-50.0, 100.0, 132.0, 139.0])
def test_density_by_another_quadrature(mu):
    def integrand(p):
        return p**2 / (2.0 * np.pi**2) / np.expm1((np.hypot(p, M_PION) - mu) / 30.0)

    expected = quad(integrand, 0.0, 2000.0, points=(5.0, 50.0, 300.0), limit=200)[0]
    assert PionGas(30.0, mu).density == pytest.approx(expected, rel=1e-5)


def test_fraction_and_potential():
    assert pions.pion_fraction(ONE_ZONE, PionGas(30.0, 100.0)) == pytest.approx(
        ref.PION_FRACTION, rel=0.005
    )
    assert GAS.mu == pytest.approx(ref.PION_POTENTIAL_MEV, rel=0.002)
    assert pions.pion_fraction(ONE_ZONE, GAS) == pytest.approx(0.02, rel=1e-8)
    again = pions.pion_gas(ONE_ZONE, mu_pi=GAS.mu)
    assert pions.pion_fraction(ONE_ZONE, again) == pytest.approx(0.02, rel=1e-8)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "exactly one is needed"),
        ({"y_pi": 0.02, "mu_pi": 100.0}, "exactly one is needed"),
        ({"y_pi": 0.05}, r"y_pi = 0\.05; allowed is a number above 0 and up to 0\.039"),
        ({"mu_pi": 150.0}, r"mu_pi = 150\.0; allowed is a number from -1000 to 139\.57"),
        ({"y_pi": float("nan")}, "y_pi = nan"),
    ],
)
def test_gases_that_there_are_not(given, words):
    with pytest.raises(RangeError, match=words):
        pions.pion_gas(ONE_ZONE, **given)


# --- the amplitude ---------------------------------------------------------------------------
def test_capture_at_threshold():
    found = ALPHA_EM * pions.capture(M_PION, 1e-3) / MB_MEV2
    assert found == pytest.approx(ref.CAPTURE_MB, rel=0.002)


def test_capture_by_detailed_balance():
    """σ(π⁻p → nγ) = 2 (k/q)² σ(γn → π⁻p), the latter 4π (q/k)|E₀₊|² at threshold; v = q/μ."""
    proton, neutron = 1e3 * M_PROTON_GEV, 1e3 * M_NEUTRON_GEV
    total = proton + M_PION
    k = (total**2 - neutron**2) / (2.0 * total)
    reduced = proton * M_PION / total
    balanced = 8.0 * np.pi * k / reduced * ref.E0_PLUS_MEV**2 / MB_MEV2
    assert balanced == pytest.approx(ref.CAPTURE_MEASURED_MB, rel=0.001)
    assert ALPHA_EM * pions.capture(M_PION, 1e-3) / MB_MEV2 == pytest.approx(balanced, rel=0.01)


def amplitude(polarisation: np.ndarray, omega: float, mass: float) -> float:
    """Component along k of contact and pion pole, for a pion at rest with the energy ω.

    Vectors are (time, along k, across); σ·ε + σ·(k − q) (2q − k)·ε/((q − k)² − m_π²).
    """
    metric = np.array([1.0, -1.0, -1.0])
    k = np.array([omega, np.sqrt(omega**2 - mass**2), 0.0])
    q = np.array([omega, 0.0, 0.0])
    pole = np.sum(metric * (2.0 * q - k) * polarisation) / (np.sum(metric * k * (k - 2.0 * q)))
    return polarisation[1] + (k - q)[1] * pole


@pytest.mark.parametrize("mass", [1e-2, 1.0, 30.0, 100.0, 139.0])
def test_longitudinal_amplitude_is_gauge_invariant(mass):
    omega = 150.0
    k = np.sqrt(omega**2 - mass**2)
    vector = np.array([omega, k, 0.0])
    longitudinal = np.array([k, omega, 0.0]) / mass
    assert amplitude(vector, omega, mass) == pytest.approx(0.0, abs=1e-9 * omega)
    found = amplitude(longitudinal, omega, mass)
    for shift in (0.3, -2.0):
        moved = amplitude(longitudinal + shift * vector, omega, mass)
        assert moved == pytest.approx(found, rel=1e-6)
    # Across k the pole gives nothing, and the contact 1.
    assert pions.longitudinal_ratio(omega, mass) == pytest.approx(found**2, rel=1e-6)


def test_longitudinal_amplitude_of_light_bosons_and_at_threshold():
    assert pions.longitudinal_ratio(200.0, 1e-3) == pytest.approx((1e-3 / 400.0) ** 2)
    assert pions.longitudinal_ratio(139.0, 139.0) == pytest.approx(1.0)
    alone = (200.0 / 1e-3) ** 2  # contact without pole: what would be left of it for m → 0
    assert pions.longitudinal_ratio(200.0, 1e-3) < 1e-15 * alone


# --- spectra and luminosities ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("boson", "mass", "expected"),
    [(DARK_PHOTON, *ref.PIONS_DARK_PHOTON), (B_MINUS_L, *ref.PIONS_B_MINUS_L)],
)
def test_coupling_and_energy(boson, mass, expected):
    coupling, energy = expected
    made = source(boson).emission(mass, np.array([coupling]))
    assert made.power.sum() == pytest.approx(3e52, rel=0.08)  # 4 % in the coupling
    assert np.sqrt(3e52 / made.power.sum()) == pytest.approx(1.0, rel=0.001)
    assert made.mean_energy == pytest.approx(energy, rel=0.001)


@pytest.mark.parametrize("boson", [DARK_PHOTON, B_MINUS_L])
@pytest.mark.parametrize("mass", [0.1, 15.9, 139.0])
def test_luminosity_by_another_quadrature(boson, mass):
    """Over energies instead of momenta, adaptive."""
    made = source(boson)
    expected = quad(
        lambda energy: float(made.spectrum(mass, energy)),
        M_PION,
        1500.0,
        points=(150.0, 200.0, 300.0),
        limit=200,
        epsrel=1e-6,
    )[0]
    assert luminosity(mass, boson=boson) == pytest.approx(expected, rel=1e-4)


def test_plasma_acts_on_both_bosons_in_opposite_ways():
    """Across k a dark photon loses (m/ω_P)⁴ below ω_P and nothing above; B−L (ω_P/m)⁴ above."""
    assert luminosity(3.0) / luminosity(1.5) == pytest.approx(16.0, rel=0.05)
    assert luminosity(0.2) / luminosity(0.1) == pytest.approx(4.0, rel=0.1)  # along k: m²/4ω²
    vacuum = replace(ONE_ZONE, omega_p=1e-3)
    assert luminosity(139.0) == pytest.approx(luminosity(139.0, zone=vacuum), rel=0.05)
    light = luminosity(0.1, boson=B_MINUS_L)
    assert luminosity(1.0, boson=B_MINUS_L) == pytest.approx(light, rel=0.02)
    for mass in (20.0, 40.0, 139.0):  # Π between ω_P² and 1.5 ω_P²
        ratio = luminosity(mass, boson=B_MINUS_L) / luminosity(mass) * 4.0 * np.pi * ALPHA_EM
        assert 1.0 < ratio * (mass / ONE_ZONE.omega_p) ** 4 < 1.5**2


def test_no_plasma_is_the_vacuum():
    """Without plasma a dark photon couples as a photon, and B−L tells no proton from neutron."""
    thin = replace(ONE_ZONE, omega_p=1e-3)
    p, weight = GAS.momenta()
    omega = np.hypot(p, M_PION)
    rate = ALPHA_EM * pions.capture(omega, 10.0)
    rate = rate * (1.0 + 0.5 * pions.longitudinal_ratio(omega, 10.0))
    lost = np.sum(weight * p**2 / (2.0 * np.pi**2) * GAS.occupation(omega) * omega * rate)
    protons = ONE_ZONE.proton_fraction * nucleon_density_mev3(ONE_ZONE.density)
    erg_cm3_s = 3.168e47 * lost * protons  # 1 MeV⁵
    assert luminosity(10.0, zone=thin) == pytest.approx(erg_cm3_s * ONE_ZONE.volume_cm3, rel=1e-3)
    assert luminosity(10.0, zone=thin, boson=B_MINUS_L) < 1e-12 * luminosity(10.0, boson=B_MINUS_L)


def test_spectrum_is_harder_than_that_of_bremsstrahlung():
    """The abstract: a hard spectrum, a sizable emissivity; nothing below the mass of the pion."""
    energy = np.linspace(30.0, 900.0, 8001)
    thin = replace(ONE_ZONE, omega_p=1e-3)
    soft = bremsstrahlung.spectrum(thin, 30.0, energy)
    hard = source(zone=thin).spectrum(30.0, energy)
    assert not hard[energy < M_PION].any()
    means = [np.trapezoid(one, energy) / np.trapezoid(one / energy, energy) for one in (soft, hard)]
    assert means == pytest.approx(ref.BREMSSTRAHLUNG_AND_PION_MEV, rel=0.01)
    energy = np.linspace(1e-2, 900.0, 20001)
    soft = np.trapezoid(bremsstrahlung.spectrum(thin, 1e-2, energy), energy)
    assert luminosity(1e-1, zone=thin) / soft == pytest.approx(ref.PIONS_OVER_SOFT, rel=0.02)


def test_masses_out_of_range():
    with pytest.raises(RangeError, match=r"mass = 140\.0 MeV|mass = 140\.0"):
        source().emission(140.0, np.ones(1))
