"""Why this test exists: a rate is right if it balances the decay, and a pole must not show."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import ERG_PER_MEV
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.searches.supernova.coalescence import MODELS, GaugeBoson, Majoron, overlap
from hotaxion.theory.searches.supernova.neutrino_decays import FLAVOURS
from hotaxion.theory.searches.supernova.neutrino_sources import (
    HBAR_C_MEV_CM,
    HBAR_MEV_S,
    OneZone,
    energies,
    source_of,
)

from ... import reference_values_companions as ref


def fermi(energy, mu, t=30.0):
    return 1.0 / (np.exp((energy - mu) / t) + 1.0)


def ends(energy, mass):
    p = np.sqrt(energy**2 - mass**2)
    return 0.5 * (energy - p), 0.5 * (energy + p)


@pytest.mark.parametrize(("energy", "value"), ref.NU_OVERLAP.items())
def test_overlap_at_check_numbers(energy, value):
    """At 300 MeV, the pole, too."""
    assert float(overlap(energy, 10.0, 30.0, 150.0, 150.0)) == pytest.approx(value, rel=5e-5)


@pytest.mark.parametrize(("mu_1", "mu_2"), [(150.0, 150.0), (120.0, -120.0), (0.0, 0.0)])
@pytest.mark.parametrize("energy", [12.0, 150.0, 299.999, 300.0, 300.002, 900.0])
def test_overlap_by_quadrature(energy, mu_1, mu_2):
    found, _ = quad(
        lambda e: fermi(e, mu_1) * fermi(energy - e, mu_2), *ends(energy, 10.0), epsabs=0
    )
    assert float(overlap(energy, 10.0, 30.0, mu_1, mu_2)) == pytest.approx(found, rel=2e-7)
    swapped = float(overlap(energy, 10.0, 30.0, mu_2, mu_1))
    assert swapped == pytest.approx(found, rel=2e-7)


def test_overlap_is_smooth_through_its_pole():
    energy = 300.0 + np.linspace(-0.02, 0.02, 401)
    values = overlap(energy, 10.0, 30.0, 150.0, 150.0)
    line = np.polyval(np.polyfit(energy - 300.0, values, 2), energy - 300.0)
    assert_allclose(values, line, rtol=1e-8)


def test_overlap_of_a_cold_gas_and_of_heavy_bosons():
    """All states below μ are filled; Boltzmann's tail otherwise; no overflow, none negative."""
    assert float(overlap(100.0, 10.0, 0.1, 150.0, 150.0)) == pytest.approx(
        np.sqrt(100.0**2 - 100.0), rel=1e-9
    )
    assert float(overlap(900.0, 899.0, 10.0, 0.0, 0.0)) == pytest.approx(
        np.sqrt(900.0**2 - 899.0**2) * np.exp(-90.0), rel=1e-12
    )
    wild = overlap(np.geomspace(1.0, 1e5, 200), 1e-3, 0.5, 300.0, 300.0)
    assert np.isfinite(wild).all()
    assert (wild >= 0.0).all()


@pytest.mark.parametrize("mu", [0.0, 90.0])
def test_detailed_balance_with_blocking(mu):
    """Production over decay into the same gas is e^(−(E − 2μ)/T), to all orders of f."""
    for energy in (40.0, 200.0, 500.0):
        blocked, _ = quad(
            lambda e, energy=energy: (1.0 - fermi(e, mu)) * (1.0 - fermi(energy - e, mu)),
            *ends(energy, 30.0),
        )
        made = float(overlap(energy, 30.0, 30.0, mu, mu))
        assert made / blocked == pytest.approx(np.exp(-(energy - 2.0 * mu) / 30.0), rel=1e-6)


@pytest.mark.parametrize(
    ("boson", "states"),
    [*((Majoron(one), 1) for one in FLAVOURS), *((GaugeBoson(one), 3) for one in MODELS)],
)
def test_detailed_balance_of_rates(boson, states):
    """Heavy bosons: ∫ dN/dE = (states) ∫ d³p/(2π)³ e^(−E/T) Γ(νν) m/E, at m = 400, T = 25."""
    source = source_of({"temperature": 25.0, "mu_nue": 0.0})
    energy, weight = energies(400.0, 1200.0, 100)
    p = np.sqrt(energy**2 - 400.0**2)
    share = boson.branching_to_neutrinos(400.0) if states == 3 else 1.0
    thermal = states * p / (2.0 * np.pi**2) * np.exp(-energy / 25.0)
    expected = thermal * boson.width(400.0) * share * 400.0
    rate = boson.production(energy, 400.0, source)[:, 0]
    assert np.sum(weight * rate) == pytest.approx(np.sum(weight * expected), rel=2e-3)


def test_majoron_of_the_degenerate_zone():
    """Energy loss and mean energy at g m = 1e-9 MeV."""
    source, majoron = source_of("one_zone"), Majoron("e")
    energy, weight = energies(10.0, 1500.0, 200)
    rate = 1e-20 * majoron.production(energy, 10.0, source)[:, 0] * weight
    loss = np.sum(rate * energy) * ERG_PER_MEV / (HBAR_C_MEV_CM**3 * HBAR_MEV_S)
    assert loss == pytest.approx(ref.MAJORON_LOSS[0], rel=0.005)
    assert np.sum(rate * energy) / np.sum(rate) == pytest.approx(ref.MAJORON_LOSS[1], rel=0.005)
    whole = 1e-20 * source.luminosity(majoron, 10.0)
    assert whole == pytest.approx(loss * 4.0 / 3.0 * np.pi * 1e18, rel=1e-6)


def test_only_the_product_counts_for_light_majorons():
    source = source_of("one_zone")
    rates = [source.luminosity(Majoron("mu"), m) / m**2 for m in (1e-4, 1e-2, 1.0)]
    assert rates == pytest.approx([rates[0]] * 3, rel=1e-3)


def test_shares_of_decays():
    heavy, light = GaugeBoson("bl"), GaugeBoson("lmlt")
    assert heavy.branching_to_neutrinos(0.5) == 1.0
    assert heavy.branching_to_neutrinos(10.0) == pytest.approx(0.6, rel=1e-3)
    assert light.branching_to_neutrinos(10.0) == 1.0
    assert light.branching_to_neutrinos(300.0) < 0.6
    for boson in (heavy, light, Majoron("tau")):
        (mode,) = boson.modes(10.0)
        share = boson.branching_to_neutrinos(10.0) if boson != Majoron("tau") else 1.0
        assert sum(mode.yields) == pytest.approx(share)


def test_sources():
    """Volumes, and that the mantle is hottest at 9.5 km."""
    mantle = source_of("mantle")
    assert mantle.volume_cm3.sum() == pytest.approx(4.0 / 3.0 * np.pi * 20.0**3 * 1e15, rel=0.02)
    assert np.argmax(mantle.temperature) == 18
    assert mantle.temperature.min() >= 3.0
    assert mantle.mu_nue[0] == pytest.approx(150.0, rel=2e-3)
    assert mantle.mu_nue[-1] == 0.0
    changed = source_of({"temperature": 20.0})
    assert changed.temperature == OneZone(temperature=20.0).source().temperature


def test_errors_are_sentences():
    with pytest.raises(UnknownOptionError, match="unknown flavour 'x'; allowed are: e, mu, tau"):
        Majoron("x")
    with pytest.raises(UnknownOptionError, match="unknown model 'y'; allowed are: bl, lmlt"):
        GaugeBoson("y")
    with pytest.raises(UnknownOptionError, match="Did you mean 'mantle'"):
        source_of("mantel")
    with pytest.raises(UnknownOptionError, match="unknown number of a source 'heat'"):
        source_of({"heat": 1.0})
    with pytest.raises(RangeError, match="temperature of a source = -3; allowed is a number above"):
        source_of({"temperature": -3})
