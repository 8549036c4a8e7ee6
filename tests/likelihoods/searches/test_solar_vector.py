"""Why this test exists: the reach of JUNO for solar vectors follows from few numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.limits import rules
from hotaxion.likelihoods import JUNOMonoenergetic
from hotaxion.theory.errors import RangeError

from ...theory import reference_values_companions as ref

OPEN = {"column": 0.0, "efficiency": 1.0}  # nothing lost: as the design counts


def reach(mass: float, **options) -> rules.Limit:
    return rules.limit(JUNOMonoenergetic(options), mass, 0.95)


def test_events_are_those_of_the_design():
    juno = JUNOMonoenergetic({**OPEN, "years": 1.0})
    assert juno.signal(0.1, 1e-6) == pytest.approx(ref.JUNO_EVENTS * 1e-24, rel=5e-3)
    assert juno.signal(0.1, 2e-6) == pytest.approx(16.0 * juno.signal(0.1, 1e-6))


def test_reach_by_hand():
    """B = 1000: s²/2B = 1.92 within 3 %; no background: s = 1.92."""
    ten_years = 10.0 * ref.JUNO_EVENTS
    by_hand = (np.sqrt(2.0 * 1000.0 * 1.92) / ten_years) ** 0.25
    assert reach(0.1, **OPEN) == pytest.approx(by_hand, rel=0.01)
    assert reach(0.1, **OPEN, background=0.0) == pytest.approx((1.92 / ten_years) ** 0.25, rel=2e-3)
    # The design's number, 2.7e-7, holds for s = 1.645 sqrt(B).
    assert (1.645 * np.sqrt(1000.0) / ten_years) ** 0.25 == pytest.approx(2.7e-7, rel=0.01)


def test_background_hardly_matters():
    """ε ∝ B^(1/8)."""
    low, high = (reach(0.1, **OPEN, background=b) for b in (1e5, 1e7))
    assert high / low == pytest.approx(100.0**0.125, rel=0.01)


def test_strong_mixing_does_not_leave_the_sun():
    low, high = reach(0.1)
    assert low == pytest.approx(2.94e-7, rel=0.01)
    juno = JUNOMonoenergetic({})
    assert 1e-5 < high < 2e-5
    assert juno.signal(0.1, high) == pytest.approx(juno.signal(0.1, low), rel=1e-6)
    assert juno.signal(0.1, 1e-4) < 1e-200


def test_electrons_own_coupling_is_seen_for_a_few_kev_alone():
    low, high = reach(1e-3, mixing="in_medium")
    assert 9e-7 < low < 1.1e-6 < 1e-5 < high
    assert reach(1e-2, mixing="in_medium") is None
    # Without absorption the production at 10 keV is 7e-7 of the coupling squared.
    ratio = reach(1e-2, mixing="in_medium", **OPEN) / reach(1e-2, **OPEN)
    assert ratio == pytest.approx(ref.IN_MEDIUM_MIXING2[1] ** -0.25, rel=1e-3)


@pytest.mark.parametrize("channel", ["compton", "decay"])
def test_nothing_is_seen_above_two_electron_masses(channel):
    """The flux decays on its way: the later abstract says sub-MeV, an earlier one two electrons."""
    juno = JUNOMonoenergetic({"channel": channel, "efficiency": 1.0})
    couplings = np.geomspace(1e-20, 1.0, 2001)
    for mass in (1.03, 1.5, 3.0, 5.0):
        events = juno.signal(mass, couplings)
        assert 0.0 < events.max() < (3e-4 if channel == "decay" else 1e-11)
        assert rules.limit(juno, mass, 0.95) is None
    assert juno.signal(1.03, couplings).max() == pytest.approx(
        ref.MOST_DECAYS if channel == "decay" else 0.0, rel=0.05, abs=1e-11
    )


def test_no_decays_below_two_electron_masses():
    juno = JUNOMonoenergetic({"channel": "decay"})
    assert juno.signal(1.0, 1e-7) == 0.0
    assert juno.loglike(1.0, 1e-7) == 0.0


def test_shapes():
    juno = JUNOMonoenergetic({})
    found = juno.loglike(np.array([[0.1], [1.0]]), np.array([1e-8, 1e-7, 3e-7]))
    assert found.shape == (2, 3)
    assert found[0, 2] == juno.loglike(0.1, 3e-7)


def input_of_the_package(**likelihood) -> dict:
    info = yaml_load_file(str(find_input("juno_vector")))
    for name in ("output", "sampler"):
        info.pop(name)
    info["likelihood"]["hotaxion.likelihoods.JUNOMonoenergetic"] = likelihood or None
    return info


def test_missing_coupling_is_no_axions():
    """A cure that helps: no theory of the axion derives the mixing of a dark photon."""
    info = input_of_the_package()
    for name in ("log10_epsilon", "epsilon"):
        info["params"].pop(name)
    with pytest.raises(LoggedError, match=r"epsilon \(sample it, or add the theory that derives"):
        get_model(info)


def test_input_at_one_point():
    with get_model(input_of_the_package(), stop_at_error=True) as model:
        point = {"log10_m_darkphoton": -1.0, "log10_epsilon": -6.5}
        found = model.logposterior(point)
        assert list(model.parameterization.sampled_params()) == list(point)
    assert found.loglikes[0] == pytest.approx(JUNOMonoenergetic({}).loglike(0.1, 10**-6.5))
    assert found.logprior == pytest.approx(-np.log(2.0 * 4.0))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"channel": "pairs"}, "unknown channel 'pairs'; allowed are: compton, decay"),
        ({"mixing": 1}, "unknown mixing 1"),
        ({"f_E1": 2}, "f_E1 = 2; allowed is a number from 0 to 1"),
        ({"background": -1}, "background = -1"),
        ({"years": 0}, "years = 0"),
        ({"efficiency": 1.5}, r"efficiency = 1\.5"),
        ({"flux_pp": "high"}, "flux_pp = 'high' is not a number"),
        ({"omega_p_kev": 0.6}, r"omega_p_kev = 0\.6"),
        ({"column": -1.0}, r"column = -1\.0"),
    ],
)
def test_wrong_options(options, said):
    with pytest.raises(LoggedError, match=said):
        JUNOMonoenergetic(options)


def test_wrong_masses():
    with pytest.raises(RangeError, match=r"m_darkphoton = 6\.0; allowed is a number from 0.001"):
        JUNOMonoenergetic({}).loglike(6.0, 1e-7)
    info = input_of_the_package()
    info["params"].pop("log10_m_darkphoton")
    info["params"]["m_darkphoton"] = {"prior": {"min": 0.1, "max": 9.0}}
    with pytest.raises(LoggedError, match=r"prior of m_darkphoton = 9\.0"):
        get_model(info)
