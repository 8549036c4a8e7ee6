"""Why this test exists: spectra in flight are stated for any velocity: decays are thrown."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.likelihoods.searches.facilities import facility
from hotaxion.theory.constants import KPC_CM
from hotaxion.theory.searches.supernova import heavy_neutrinos as hnl
from hotaxion.theory.searches.supernova.neutrino_decays import Mode, flavour_probabilities
from hotaxion.theory.searches.supernova.neutrino_events import Counter, Search, inverse_beta
from hotaxion.theory.searches.supernova.neutrino_sources import energies, source_of

from ... import reference_values_companions as ref

ODD = Mode((1.0, 0.0, 0.0), 1.0, hnl.of_the_odd_one)
OTHER = Mode((1.0, 0.0, 0.0), 1.0, hnl.of_the_others)
LINE = Mode((1.0, 0.0, 0.0), 0.7)


def test_flavours():
    p = flavour_probabilities()
    assert_allclose(p.sum(axis=0), 1.0, rtol=1e-12)
    assert_allclose(p, p.T)
    assert (p[0, 0], p[0, 1], p[0, 2], p[1, 1]) == pytest.approx(ref.NU_FLAVOURS, rel=0.002)
    assert_allclose(flavour_probabilities((0.0, 0.0, 0.0)), np.eye(3))
    for cos_delta in (-1.0, 0.3, 1.0):
        assert_allclose(flavour_probabilities(cos_delta=cos_delta).sum(axis=1), 1.0, rtol=1e-12)


def test_energies_at_rest_sum_to_the_mass():
    """One odd neutrino and two others: ∫ f = 1 each, and Σ y m/2 = m."""
    for density in (hnl.of_the_odd_one, hnl.of_the_others):
        assert quad(density, 0.0, 1.0)[0] == pytest.approx(1.0)
    odd, other = (
        quad(lambda y, f=f: y * f(y), 0.0, 1.0)[0] for f in (hnl.of_the_odd_one, hnl.of_the_others)
    )
    assert odd + 2.0 * other == pytest.approx(2.0)


def above(mode: Mode, x: np.ndarray) -> np.ndarray:
    """Fraction of neutrinos above x E in flight at the speed of light."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    eps, weights = 0.5 * (nodes + 1.0), 0.5 * weights
    return np.array([mode.smeared(np.ones_like, one, eps) @ weights for one in x])


def test_spectra_at_the_speed_of_light():
    """2 − 6x² + 4x³ and 5/3 − 3x² + 4/3 x³, integrated from x to 1; a flat box of a line."""
    x = np.linspace(0.05, 0.95, 7)
    assert_allclose(above(ODD, x), 1.0 - 2.0 * x + 2.0 * x**3 - x**4, atol=1e-4)
    assert_allclose(above(OTHER, x), 1.0 - 5.0 / 3.0 * x + x**3 - x**4 / 3.0, atol=1e-4)
    assert_allclose(above(LINE, x), np.maximum(1.0 - x / 0.7, 0.0), atol=5e-3)


@pytest.mark.parametrize("mode", [ODD, OTHER, LINE])
def test_spectrum_and_delay_by_throwing_decays(mode):
    """Isotropic decays of m = 100, E = 170 MeV, boosted; and their path against light's."""
    mass, energy, cut = 100.0, 170.0, 75.0
    rng, n = np.random.default_rng(5), 200_000
    y = np.full(n, mode.largest)
    if mode.density is not None:
        grid = np.linspace(0.0, 1.0, 2001)
        y = np.interp(rng.random(n), np.cumsum(mode.density(grid)) / mode.density(grid).sum(), grid)
    p = np.sqrt(energy**2 - mass**2)
    gamma, v = energy / mass, p / energy
    cos_rest = rng.uniform(-1.0, 1.0, n)
    found = gamma * (1.0 + v * cos_rest) * y * mass / 2.0
    thrown = np.where(found > cut, inverse_beta(found), 0.0)

    low, high = 0.5 * (energy - p), 0.5 * (energy + p)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    eps = low + 0.5 * (high - low) * (nodes + 1.0)
    smeared = 0.5 * weights @ mode.smeared(inverse_beta, cut, eps)
    assert smeared == pytest.approx(thrown.mean(), rel=4.0 * thrown.std() / thrown.mean() / n**0.5)

    cos_flight = (cos_rest + v) / (1.0 + v * cos_rest)
    delay = gamma * (1.0 - v * cos_flight)  # over the proper time
    assert_allclose(delay, mass / (2.0 * (found / y)), rtol=1e-9)


def test_mean_energies_in_flight():
    """∫ of the box over E_ν is y E/2, exactly."""
    low, high = 0.5 * (170.0 - 137.477), 0.5 * (170.0 + 137.477)
    eps = np.linspace(low, high, 2001)
    for mode, y in ((ODD, 0.6), (OTHER, 0.7), (LINE, 0.7)):
        mean = np.trapezoid(mode.smeared(lambda e: e, 1e-9, eps), eps) / (high - low)
        assert mean == pytest.approx(0.5 * y * 170.0, rel=1e-6)


# --- heavy neutral leptons --------------------------------------------------------------------
def test_widths():
    heavy = hnl.HeavyNeutrino()
    assert heavy.widths(100.0) == pytest.approx(ref.HNL_WIDTHS_MEV, rel=0.01)
    assert heavy.widths(300.0)["nu_pi0"] > 5.0 * heavy.widths(300.0)["3nu"]
    for mass in (0.9, 100.0, 300.0):
        odd, others = (sum(mode.yields) for mode in heavy.modes(mass)[:2])
        widths, total = heavy.widths(mass), heavy.width(mass)
        assert odd == pytest.approx(0.5 * widths["3nu"] / total)
        assert others == pytest.approx((widths["3nu"] + 0.5 * widths["nu_ee"]) / total)
        # Half of an antineutrino beside π⁰, half beside e⁺e⁻, three halves of three.
        whole = sum(sum(mode.yields) for mode in heavy.modes(mass))
        assert whole == pytest.approx((1.5 * widths["3nu"] + 0.5 * (total - widths["3nu"])) / total)


def test_cooling():
    per_u2 = source_of("one_zone").luminosity(hnl.HeavyNeutrino(), 100.0)
    assert 3e52 / per_u2 == pytest.approx(ref.HNL_U2_COOLING, rel=0.04)


def test_production_is_that_of_scattering():
    """2 ∫ d³p/(2π)³ f n_B σ v at m → 0, σ = G_F² (1 + 3g_A²) E²/4π, by adaptive quadrature."""
    source = source_of("one_zone")
    energy, weight = energies(1e-3, 800.0, 200)
    rate = np.sum(weight * hnl.HeavyNeutrino().production(energy, 1e-3, source)[:, 0])
    sigma = 1.1663787e-11**2 * (1.0 + 3.0 * 1.2754**2) / (4.0 * np.pi)
    moment, _ = quad(lambda e: e**4 * fermi_tail(e), 0.0, 800.0)
    assert rate == pytest.approx(sigma * source.nucleons[0] * moment / np.pi**2, rel=1e-6)


def fermi_tail(energy):
    return 1.0 / (np.exp(energy / 30.0) + 1.0)


def test_three_events_of_a_heavy_lepton():
    """The check number by its own approximations, and what exact kinematics make of it."""
    heavy, source = hnl.HeavyNeutrino(), source_of("one_zone")
    protons = sum(one.protons * one.live for one in map(facility, ("imb", "kamiokande_ii")))
    energy, weight = energies(100.0, 1500.0, 150)
    nodes, weights = energies(0.0, 1.0, 60)
    collinear = []
    for one in energy:  # x from 75/E to 1
        x = 75.0 / one + (1.0 - 75.0 / one) * nodes
        odd, other = 2.0 - 6.0 * x**2 + 4.0 * x**3, 5.0 / 3.0 - 3.0 * x**2 + 4.0 / 3.0 * x**3
        spectrum = (odd + other) / 3.0 + ref.NU_FLAVOURS[2] * other
        collinear.append((1.0 - 75.0 / one) * np.sum(weights * spectrum * inverse_beta(x * one)))
    share = 0.5 * heavy.widths(100.0)["3nu"] / heavy.width(100.0)
    made = np.sum(weight * source.emitted(heavy, energy, 100.0) * collinear) * share
    per_u2 = made * protons / (4.0 * np.pi * (51.4 * KPC_CM) ** 2)
    assert 3.0 / per_u2 == pytest.approx(ref.HNL_U2_COLLINEAR, rel=0.02)

    events = Counter(heavy, source, Search(protons, 51.4))(100.0)
    assert float(events(ref.HNL_U2_EXACT)) == pytest.approx(3.0, rel=0.01)
