"""Why this test exists: of light through a wall one bound is published, and one is a plan."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from numpy.testing import assert_allclose

from hotaxion.likelihoods import ALPSI, ALPSIIForecast

from ...theory import reference_values_companions as ref
from .test_helioscope import expected_reach, flat_in_signal


def test_bound_of_alps_i():
    """Flat in g⁴; published is 6.5e-8 by another statistic."""
    bound = flat_in_signal(ALPSI({}), 1e-6, 1.6e-7)
    assert bound == pytest.approx(ref.ALPS_I_BOUND, rel=0.005)
    assert 1.0 < bound / 6.5e-8 < 1.2


def test_gas_fills_the_gap_of_the_vacuum():
    """Where the vacuum's sinc vanishes, the run in gas still constrains."""
    alps = ALPSI({})
    masses = np.linspace(1e-4, 2e-3, 600)
    vacuum = alps.signal(masses, 1e-7)
    gap = masses[np.argmax(vacuum < 1e-6 * vacuum[0])]
    rates = alps._signals(gap, 1e-7)
    assert rates[2] > 1e3 * rates[0]
    assert 1.0e-3 < gap < 1.5e-3


def test_rate_of_alps_i_by_hand():
    """(1096 W / 2.33 eV) P² ε in an hour, P = (gBL/2)²."""
    g_b_l = 1e-7 * 1e-9 * 4.98 * 195.3528 * 4.2 * 5067730.7
    by_hand = 1096.0 / 1.602177e-19 / 2.3305 * 3600.0 * 0.82 * (g_b_l / 2.0) ** 4
    assert ALPSI({}).signal(0.0, 1e-7) == pytest.approx(by_hand, rel=1e-4)


def test_reach_of_alps_ii():
    constant, tuned = ALPSIIForecast({}), ALPSIIForecast({"magnet": "tuned"})
    # 3.84 is not quite the square of 1.95996.
    assert expected_reach(constant, 0.0) == pytest.approx(ref.ALPS_II_REACH, rel=1e-4)
    light, heavy = (expected_reach(x, 1e-4) for x in (constant, tuned))
    assert heavy == pytest.approx(light)  # the constant field wins
    gain = expected_reach(constant, 1e-3) / expected_reach(tuned, 1e-3)
    assert 30.0 < gain < 300.0  # abstract of 2308.10925: two orders of magnitude at 1e-3 eV
    # Half of coherence in one magnet, a quarter for the polarised light in the other.
    assert expected_reach(tuned, 1e-3) / ref.ALPS_II_REACH == pytest.approx(8.0**0.25, rel=0.01)


def test_fixed_pitch_is_resonant_at_one_mass():
    forecast = ALPSIIForecast({"magnet": {"pitch_m": 2.8622}})
    masses = np.linspace(0.95e-3, 1.05e-3, 61)
    signal = forecast.signal(masses, ref.ALPS_II_REACH)
    assert masses[np.argmax(signal)] == pytest.approx(1.0e-3, rel=0.01)
    assert signal.max() == pytest.approx(1.0 / 8.0, rel=0.02)
    assert_allclose(signal[[0, -1]], 0.0, atol=2e-3)


def test_errors_are_sentences():
    with pytest.raises(LoggedError, match="magnet = 'helix'; allowed are 'constant', 'tuned'"):
        ALPSIIForecast({"magnet": "helix"})
    info = {
        "params": {
            "m_a": {"prior": {"min": 0.0, "max": 1.0}},
            "g_agamma": {"prior": {"min": 0.0, "max": 1e-9}},
        },
        "likelihood": {"hotaxion.likelihoods.ALPSI": None},
    }
    with pytest.raises(LoggedError, match=r"prior of m_a = 1\.0; allowed is a number from 0 to 0"):
        get_model(info)
