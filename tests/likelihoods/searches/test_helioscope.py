"""Why this test exists: CAST's own counts must give CAST's own bound, and what is no measurement
must say so."""

from __future__ import annotations

import json
from math import inf

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from hotaxion.likelihoods import CAST2017, CASTGas, HelioscopeForecast, data_files
from hotaxion.theory.errors import RangeError

from ...theory import reference_values_companions as ref


def flat_in_signal(likelihood, mass: float, highest: float) -> float:
    """95 % of a posterior flat in g⁴ from 0 to that of `highest`, at which nothing is left."""
    strength = np.linspace(0.0, 1.0, 4001)
    ln_l = likelihood.loglike(mass, highest * strength**0.25)
    weights = np.exp(ln_l - ln_l.max())
    assert weights[-1] < 1e-6
    cumulative = np.concatenate([[0.0], np.cumsum(weights[1:] + weights[:-1])])
    return highest * np.interp(0.95, cumulative / cumulative[-1], strength) ** 0.25


def expected_reach(likelihood, mass: float) -> float:
    """g at which −2 ln L is 3.84 above that of no signal."""
    zero = likelihood.loglike(mass, 0.0)
    root = brentq(lambda x: 2.0 * (zero - likelihood.loglike(mass, 10.0**x)) - 3.84, -14, -8)
    return 10.0**root


@pytest.fixture(scope="module")
def cast() -> CAST2017:
    return CAST2017({})


# --- CAST -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("mass", "bound", "tolerance"), ref.CAST_BOUNDS)
def test_bound_of_cast(cast, mass, bound, tolerance):
    assert flat_in_signal(cast, mass, 2.0 * bound) == pytest.approx(bound, rel=tolerance)


def test_published_bound_of_cast(cast):
    assert flat_in_signal(cast, 1e-3, 1.3e-10) == pytest.approx(ref.CAST_PUBLISHED, rel=0.01)


def test_bound_of_a_helix():
    mass, bound, tolerance = ref.CAST_HELIX
    tuned = {"tuned_at_ev": mass, "energy_kev": 4.2}
    helix = CAST2017({"magnet": tuned, "reinterpreted": True})
    assert flat_in_signal(helix, mass, 2.0 * bound) == pytest.approx(bound, rel=tolerance)


def test_signal_scales_and_takes_arrays(cast):
    masses, couplings = np.array([[1e-3], [0.05]]), np.array([0.0, 1e-10, 2e-10])
    signal, ln_l = cast.signal(masses, couplings), cast.loglike(masses, couplings)
    assert signal.shape == ln_l.shape == (2, 3)
    assert_allclose(signal[:, 2], 16.0 * signal[:, 1])
    assert signal[0, 1] == cast.signal(1e-3, -1e-10)  # the sign of a coupling has no effect
    assert isinstance(cast.signal(1e-3, 1e-10), float)
    assert ln_l[1, 2] == pytest.approx(cast.loglike(0.05, 2e-10))
    # 1705.02290: no excess; about 20 photons would be seen at the bound.
    assert 10.0 < cast.signal(1e-3, ref.CAST_PUBLISHED) < 30.0


def test_the_sum_of_the_sets_would_be_off_for_a_helix(cast):
    """Why the sets are kept apart."""
    helix = CAST2017({"magnet": {"tuned_at_ev": 0.2}, "reinterpreted": True})
    shifts = []
    for likelihood in (cast, helix):
        signal = likelihood._signals(0.2, 1e-10).reshape(12, 10)
        share = signal / signal.sum()
        background = likelihood._background.reshape(12, 10)
        shifts.append(np.abs(share.sum(0) - background.sum(0) / background.sum()).max())
    assert shifts[1] > 3.0 * shifts[0]  # one bin has it all


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"magnet": {"pitch_m": 0.1}}, "'reinterpreted: true' goes with a helix"),
        ({"reinterpreted": True}, "nothing else"),
        ({"reinterpreted": "yes"}, "reinterpreted = 'yes'; allowed is true or false"),
        ({"magnet": "tuned"}, "magnet = 'tuned'; allowed are 'constant'"),
        ({"magnet": {"pitch": 0.1}}, r"allowed are {pitch_m: METRES} and {tuned_at_ev"),
        ({"magnet": {"pitch_m": -1}}, "pitch_m of magnet = -1; allowed"),
        ({"magnet": float("nan")}, "magnet = nan; allowed"),
        ({"magnet": {"tuned_at_ev": 0.0}}, "tuned_at_ev of magnet = 0.0; allowed"),
        ({"magnet": {"tuned_at_ev": 0.1, "energy_kev": 0}}, "energy_kev of magnet = 0; allowed"),
    ],
)
def test_wrong_options_of_cast(options, said):
    with pytest.raises(LoggedError, match=said):
        CAST2017(options)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("observed"), "no JSON of energy_kev"),
        (lambda d: d["background"]["C"].__setitem__(3, 0.0), r"'background'\[2, 3\] = 0 is zero"),
        (lambda d: d["observed"]["A"].__setitem__(0, -1), r"'observed'\[0, 0\] = -1 is negative"),
        (lambda d: d["exposure_cm2_day"]["A"].pop(), "no JSON of energy_kev"),
        (lambda d: d["sets"].pop(), r"has shape \(11, 52\)"),
        (lambda d: d["energy_kev"].reverse(), "does not ascend"),
        (lambda d: d["observed"]["A"].__setitem__(0, float("nan")), "is not finite"),
    ],
)
def test_damaged_data_are_named(change, said, tmp_path, monkeypatch):
    content = json.loads((data_files.DATA / "cast2017_vacuum.json").read_text())
    change(content)
    (tmp_path / "cast2017_vacuum.json").write_text(json.dumps(content))
    monkeypatch.setattr(data_files, "DATA", tmp_path)
    with pytest.raises(LoggedError, match=rf"cast2017_vacuum\.json is damaged: .*{said}"):
        CAST2017({})


# --- gas --------------------------------------------------------------------------------------
def test_bounds_in_gas():
    gas = CASTGas({})
    for mass, bound in ((0.02, 2.2e-10), (0.389, 2.2e-10), (0.39, 2.3e-10), (0.64, 3.3e-10)):
        assert flat_in_signal(gas, mass, 2.5 * bound) == pytest.approx(bound, rel=1e-3)
        assert gas.signal(mass, bound) == pytest.approx(1.0)
    assert_allclose(gas.loglike([0.0, 0.0199, 1.17, 10.0], 1e-8), 0.0)


# --- forecasts --------------------------------------------------------------------------------
@pytest.mark.parametrize(("setup", "mass", "tuned", "reach", "tolerance"), ref.IAXO_REACHES)
def test_reach_of_iaxo(setup, mass, tuned, reach, tolerance):
    pitches = [{"tuned_at_ev": mass}] if tuned else ["constant"]
    forecast = HelioscopeForecast({"setup": setup, "pitches": pitches})
    assert expected_reach(forecast, mass) == pytest.approx(reach, rel=tolerance)
    if tuned:
        follows = HelioscopeForecast({"setup": setup, "pitches": ["tuned"]})
        assert expected_reach(follows, mass) == pytest.approx(reach, rel=tolerance)


def test_settings_share_the_time():
    one = HelioscopeForecast({})
    twice = HelioscopeForecast({"pitches": ["constant", "constant"]})
    assert twice.signal(1e-3, 1e-11) == pytest.approx(one.signal(1e-3, 1e-11))
    difference = [x.loglike(1e-3, 1e-11) - x.loglike(1e-3, 0.0) for x in (one, twice)]
    assert difference[1] == pytest.approx(difference[0])
    wrong = HelioscopeForecast({"pitches": ["constant", 0.01]})  # resonant at 1 eV
    assert wrong.signal(1e-3, 1e-11) == pytest.approx(0.5 * one.signal(1e-3, 1e-11), rel=1e-3)


def test_likelihood_is_greatest_at_the_truth():
    truth = {"m_a": 0.1, "g_agamma": 2e-11}
    pitches = [{"tuned_at_ev": 0.1}, {"tuned_at_ev": 0.12}, "constant"]
    forecast = HelioscopeForecast({"pitches": pitches, "truth": truth})
    best = forecast.loglike(0.1, 2e-11)
    masses, couplings = np.array([[0.08], [0.09], [0.1], [0.11]]), np.geomspace(1e-12, 1e-10, 41)
    assert np.all(forecast.loglike(masses, couplings) <= best)
    assert best - forecast.loglike(0.1, 0.0) > 10.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"setup": "iaxo+"}, r"unknown helioscope \(option 'setup'\) 'iaxo\+'"),
        ({"pitches": []}, "give at least one"),
        ({"pitches": ["helix"]}, "pitches = 'helix'; allowed are 'constant', 'tuned'"),
        ({"pitches": [True]}, "pitches = True is not a number"),
        ({"truth": {"m_a": 0.1}}, "give both values"),
        ({"truth": 3}, "truth = 3; give names with values"),
        ({"truth": {"m_a": -0.1, "g_agamma": 1e-11}}, "m_a of truth = -0.1"),
        ({"truth": {"m_a": 0.1, "g_agamma": inf}}, "g_agamma of truth = inf"),
    ],
)
def test_wrong_options_of_forecasts(options, said):
    with pytest.raises(LoggedError, match=said):
        HelioscopeForecast(options)


# --- in a chain -------------------------------------------------------------------------------
def model(name: str = "CAST2017", mass=None, coupling=None, **options):
    params = {
        "m_a": mass or {"prior": {"min": 0.0, "max": 1.0}},
        "g_agamma": coupling or {"prior": {"min": 0.0, "max": 1e-9}},
    }
    return get_model({"params": params, "likelihood": {f"hotaxion.likelihoods.{name}": options}})


def test_cobaya_hands_both_over(cast):
    found = model().logposterior({"m_a": 0.05, "g_agamma": 1e-10})
    assert found.loglikes[0] == pytest.approx(cast.loglike(0.05, 1e-10))


def test_prior_beyond_the_prediction_is_refused_at_set_up():
    with pytest.raises(LoggedError, match=r"prior of m_a = 500\.0; allowed is a number from 0"):
        model(mass={"prior": {"min": 0.0, "max": 500.0}})


def test_mass_beyond_the_prediction_has_likelihood_zero_with_a_reason(caplog):
    built = model(mass={"value": "lambda g_agamma: 1e12 * g_agamma"})
    assert built.logposterior({"g_agamma": 9e-10}).loglikes[0] == -inf
    (likelihood,) = built.likelihood.values()
    assert sum(likelihood._refusals.reasons.values()) == 1


def test_a_number_that_is_none_stops_the_run():
    built = model(coupling={"value": "lambda m_a: float('nan')"})
    with pytest.raises(LoggedError, match="g_agamma = nan"):
        built.logposterior({"m_a": 0.1})


def test_missing_coupling_is_named_with_its_cure():
    info = {
        "params": {"m_a": {"prior": {"min": 0.0, "max": 1.0}}},
        "likelihood": {"hotaxion.likelihoods.CAST2017": None},
    }
    with pytest.raises(LoggedError, match=r"g_agamma \(sample it, or add hotaxion\.theory"):
        get_model(info)


def test_tuned_magnet_is_refused_in_a_chain():
    with pytest.raises(LoggedError, match="another experiment at each point"):
        model("HelioscopeForecast", pitches=["tuned"])


def test_the_same_counts_are_not_counted_twice():
    info = {
        "params": {
            "m_a": {"prior": {"min": 0.0, "max": 1.0}},
            "g_agamma": {"prior": {"min": 0.0, "max": 1e-9}},
        },
        "likelihood": {
            "hotaxion.likelihoods.CAST2017": None,
            "again": {"class": "hotaxion.likelihoods.CAST2017"},
        },
    }
    with pytest.raises(LoggedError, match="keep one of them"):
        get_model(info)


def test_mass_out_of_range_is_a_sentence(cast):
    with pytest.raises(RangeError, match=r"m_a = -1\.0; allowed is a number from 0 to 100 eV"):
        cast.signal(-1.0, 1e-10)
