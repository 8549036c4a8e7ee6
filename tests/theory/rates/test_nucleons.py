"""Why this test exists: nucleons are a row of the error budget; their rate rests on the Delta,
which pi N scattering knows, and on the phase space that others have, too."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.rates import nucleons
from hotaxion.theory.rates.nucleons import M_NUCLEON_GEV, axion_squared, sin2_delta
from hotaxion.theory.rates.total import TotalRate

from ..reference_values_mesons import NUCLEONS_OVER_PIONS, NUCLEONS_OVER_PIONS_ESTIMATED

BARN_GEV2 = 2568.19  # 1 barn in 1/GeV^2: (hbar c)^2 = 0.389379 GeV^2 mbarn, PDG


def test_delta_is_that_of_pion_nucleon_scattering():
    """Unitary at 1.232 GeV, 0.2 b for pi+ p there; scattering volume 0.21 m_pi^-3."""
    assert sin2_delta(np.array(1.232**2)) == pytest.approx(1.0, abs=1e-9)
    k = nucleons._momentum(np.array(1.232**2))
    assert 8 * np.pi / k**2 / BARN_GEV2 == pytest.approx(0.19, abs=0.01)
    s = np.array((M_NUCLEON_GEV + M_PION_GEV + 1e-4) ** 2)
    volume = np.sqrt(sin2_delta(s)) / nucleons._momentum(s) ** 3 * M_PION_GEV**3
    assert volume == pytest.approx(0.214, rel=0.03)


def test_axion_of_the_mass_of_a_pion_would_scatter_like_one():
    """Where k_a -> k, sum |M|^2 is that of pi0 N: the angular mean is 128 pi s (2/3) sigma_3/2."""
    s = np.array([1.2**2, 1.3**2])
    k, k_a = nucleons._momentum(s), (s - M_NUCLEON_GEV**2) / (2 * np.sqrt(s))
    cos, weight = np.polynomial.legendre.leggauss(8)
    t = M_PION_GEV**2 - 2 * k_a * np.hypot(k, M_PION_GEV) + 2 * k_a * k * cos[:, None]
    mean = 0.5 * weight @ axion_squared(s, t)
    sigma = 8 * np.pi * sin2_delta(s) / k**2
    assert mean == pytest.approx(128 * np.pi * s * (2 / 3) * sigma * (k_a / k) ** 2, rel=1e-6)


def test_rate_is_density_times_cross_section():
    """Boltzmann nucleons, s and flux from velocities, pions emitted at all angles alike; x = 5."""
    t, x = 0.12, 5.0
    energy = x * t
    y, w = np.polynomial.legendre.leggauss(160)
    p, w_p = 0.9 * (y + 1), 0.9 * w
    cos, w_c = y[:, None], w[:, None]
    e_n = np.hypot(p, M_NUCLEON_GEV)
    s = M_NUCLEON_GEV**2 + 2 * energy * (e_n - p * cos)
    k, k_a = nucleons._momentum(s), (s - M_NUCLEON_GEV**2) / (2 * np.sqrt(s))
    sigma = 2 / 3 * 8 * np.pi * sin2_delta(s) / k**2 * (k_a / k) ** 2 * (k / k_a)
    sigma = np.where(s > (M_NUCLEON_GEV + M_PION_GEV) ** 2, sigma, 0.0)
    total = energy + e_n
    boost = np.sqrt(total**2 - s) * k / np.sqrt(s)
    middle = total * np.hypot(k, M_PION_GEV) / np.sqrt(s)
    angle, w_a = np.polynomial.legendre.leggauss(6)
    stimulated = 1 / -np.expm1(-(middle + boost * angle[:, None, None]) / t)
    sigma = sigma * 0.5 * np.tensordot(w_a, stimulated, 1)
    gain = sigma * (1 - p * cos / e_n) * p**2 * np.exp(-e_n / t)
    rate = 8 * (w_p * w_c * gain).sum() / (2 * np.pi) ** 2
    found = np.exp(nucleons.nucleon_log_rate(np.array([t]), np.array([x]), loss=True))[0, 0] * t
    assert found == pytest.approx(rate, rel=0.01)


def test_share_of_the_pions():
    """Two estimates that share nothing but the Delta: this one, and that of the referee."""
    for t, percent in NUCLEONS_OVER_PIONS.items():
        channels = TotalRate(couplings(), nucleons="delta").channels(np.array([t]))
        share = 100 * float(channels["nucleons"][0] / channels["pions"][0])
        assert share == pytest.approx(percent, abs=0.06)
        assert share == pytest.approx(NUCLEONS_OVER_PIONS_ESTIMATED[t], rel=0.25)


def test_none_where_it_is_cold():
    x = np.array([1.0, 5.0])
    assert np.isneginf(nucleons.nucleon_log_rate(np.array([0.02, 0.049]), x)).all()
    at_50 = TotalRate(couplings(), nucleons="delta").log_mean_rate(np.array([0.0499, 0.0501]))
    without = TotalRate(couplings()).log_mean_rate(np.array([0.0499, 0.0501]))
    assert at_50 - without == pytest.approx([0.0, 0.0], abs=3e-4)
