"""Why this test exists: a resonance is narrower than any bin; a grid in energy would miss it or
count it twice."""

from __future__ import annotations

import itertools
from math import inf, pi

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import HBAR_C_EV_M
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import solar_axions as s
from hotaxion.theory.searches.conversion import helix_probability, wavenumber_ev

EDGES = np.linspace(2.0, 7.0, 11)
NODES = np.array([1.0, 2.3, 3.7, 5.1, 8.0])  # keV
EXPOSURE = np.array([1e8, 3e8, 9e8, 7e8, 1e8])  # cm² s
CONSTANT = s.Magnet(9.0, 9.26)


def by_brute_force(magnet: s.Magnet, m_a: float) -> np.ndarray:
    """Counts per bin on a grid even in q: 100 points for each width of the resonance, or more."""
    found = []
    for low, high in itertools.pairwise(EDGES):
        q_ends = wavenumber_ev(m_a, 1e3 * np.array([high, low])) / HBAR_C_EV_M
        n = 2000 + int(100 * (q_ends[1] - q_ends[0]) * magnet.length_m / (2.0 * pi))
        inverse = np.linspace(1.0 / high, 1.0 / low, n)
        energy = 1.0 / inverse
        probability = helix_probability(
            magnet.length_m, magnet.pitch_m, magnet.b_tesla, 1e-10, wavenumber_ev(m_a, 1e3 * energy)
        )
        values = s.flux(energy) * np.interp(energy, NODES, EXPOSURE) * energy**2 * probability
        found.append(np.trapezoid(values, inverse))
    return np.array(found)


@pytest.mark.parametrize(
    ("magnet", "m_a"),
    [
        (CONSTANT, 0.0),
        (CONSTANT, 0.02),
        (CONSTANT, 0.1),
        (CONSTANT, 1.0),
        (s.tuned(9.0, 9.26, 0.05, 4.2), 0.05),  # wide: half the field turns once
        (s.tuned(9.0, 9.26, 0.3, 4.2), 0.3),
        (s.tuned(9.0, 9.26, 0.3, 4.2), 0.32),
        (s.tuned(9.0, 9.26, 0.3, 4.2), 0.1),  # resonance below the bins
        (s.tuned(9.0, 9.26, 1.0, 4.3), 1.0),
    ],
)
def test_counts_as_by_brute_force(magnet, m_a):
    found = s.Counts(EDGES, NODES, EXPOSURE)([magnet], m_a)
    assert found.shape == (1, 1, 10)
    expected = by_brute_force(magnet, m_a)
    assert_allclose(found[0, 0], expected, rtol=2e-3)
    assert found.sum() == pytest.approx(expected.sum(), rel=5e-4)


@pytest.mark.parametrize(("m_a", "tolerance"), [(0.3, 5e-3), (0.5, 2e-3), (1.0, 5e-4)])
def test_narrow_resonance_has_its_closed_form(m_a, tolerance):
    magnet = s.tuned(9.0, 9.26, m_a, 4.25)
    assert magnet.resonance_kev(m_a) == pytest.approx(4.25)
    width = magnet.relative_width()
    assert width < 0.02
    counts = s.Counts(EDGES, NODES, EXPOSURE)([magnet], m_a).sum()
    closed = s.resonant_counts(magnet, m_a, float(np.interp(4.25, NODES, EXPOSURE)))
    assert counts == pytest.approx(closed, rel=tolerance)


def test_a_few_nodes_for_each_bin_would_not_do():
    """The trap: 24 Gauss nodes for each bin, at 0.5 eV."""
    magnet = s.tuned(9.0, 9.26, 0.5, 4.2)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    naive = 0.0
    for low, high in itertools.pairwise(EDGES):
        e = low + 0.5 * (high - low) * (nodes + 1.0)
        p = helix_probability(9.26, magnet.pitch_m, 9.0, 1e-10, wavenumber_ev(0.5, 1e3 * e))
        values = s.flux(e) * np.interp(e, NODES, EXPOSURE) * p
        naive += 0.5 * (high - low) * float(values @ weights)
    counts = s.Counts(EDGES, NODES, EXPOSURE)([magnet], 0.5).sum()
    assert counts == pytest.approx(by_brute_force(magnet, 0.5).sum(), rel=5e-4)
    assert abs(naive / counts - 1.0) > 0.3


def test_magnets_and_data_sets_are_kept_apart():
    magnets = [CONSTANT, s.tuned(9.0, 9.26, 0.3, 4.2), s.Magnet(2.0, 20.0, 0.2)]
    both = s.Counts(EDGES, NODES, [EXPOSURE, 2.0 * EXPOSURE])
    found = both(magnets, 0.25)
    assert found.shape == (3, 2, 10)
    assert_allclose(found[:, 1], 2.0 * found[:, 0])
    for magnet, counts in zip(magnets, found, strict=True):
        assert_allclose(both([magnet], 0.25)[0], counts)


def test_light_axions_are_coherent_and_counts_go_on_smoothly_to_zero_mass():
    counts = s.Counts(EDGES, NODES, EXPOSURE)
    zero = counts([CONSTANT], 0.0)
    assert_allclose(counts([CONSTANT], 1e-9), zero, rtol=1e-9)
    assert_allclose(counts([CONSTANT], 1e-3), zero, rtol=1e-4)
    # sinc² has a mean of 1/2 over its oscillations: P = (gBL)² / 2 (qL)².
    heavy = [counts([CONSTANT], m).sum() * m**4 for m in (1.0, 2.0, 4.0)]
    assert_allclose(heavy, heavy[0], rtol=0.02)


def test_flux_of_the_sun():
    """CAST's fit: 3.75e11 /(cm² s) in all, mean energy 4.2 keV (JCAP 04 (2007) 010)."""
    total = quad(s.flux, 0.0, 30.0)[0]
    mean = quad(lambda e: e * s.flux(e), 0.0, 30.0)[0] / total
    assert total == pytest.approx(3.75e11, rel=0.01)
    assert mean == pytest.approx(4.2, abs=0.02)


@pytest.mark.parametrize("mass", [-1e-3, 101.0, np.nan, inf])
def test_masses_without_prediction_are_refused(mass):
    with pytest.raises(RangeError, match="m_a = "):
        s.Counts(EDGES, NODES, EXPOSURE)([CONSTANT], mass)
