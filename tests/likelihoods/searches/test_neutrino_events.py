"""Why this test exists: one class stands for six particles, whose names and powers differ."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.analysis.limits.rows import curve
from hotaxion.likelihoods import GalacticNuForecast, HighEnergyNu87A
from hotaxion.theory.errors import RangeError

from ...theory import reference_values_companions as ref

NO_EVENTS = -np.log(0.05)


def ends(name: str, mass: float, **options) -> list[float]:
    return curve(name, [mass], options).rows[0][1]


def test_bounds_are_those_of_the_check_numbers():
    """For 2.9957 events instead of 3."""
    less = (NO_EVENTS / 3.0) ** 0.5
    assert 10.0 * ends("majoron_e", 10.0)[0] == pytest.approx(
        less * ref.MAJORON_GM_SN1987A, rel=0.02
    )
    assert 10.0 * ends("zprime_lmlt", 10.0)[0] == pytest.approx(
        less * ref.ZPRIME_GM_SN1987A, rel=0.03
    )
    assert 10.0 * ends("majoron_galactic", 10.0)[0] == pytest.approx(
        less * ref.MAJORON_GM_GALACTIC, rel=0.02
    )
    assert ends("hnl_tau", 100.0) == pytest.approx(less**2 * ref.HNL_U2_EXACT, rel=0.01)


@pytest.mark.parametrize("particle", ["majoron", "zprime", "hnl"])
def test_no_event_rule(particle):
    """Both ends of what is excluded make 2.9957 events; without coupling there are none."""
    likelihood = HighEnergyNu87A({"particle": particle})
    name = {"majoron": "majoron_e", "zprime": "zprime_lmlt", "hnl": "hnl_tau"}[particle]
    low, high = ends(name, 200.0)
    assert low < high
    for end in (low, high):
        assert likelihood.signal(200.0, end) == pytest.approx(NO_EVENTS, rel=0.01)
        assert likelihood.loglike(200.0, end) == -likelihood.signal(200.0, end)
    assert likelihood.signal(200.0, (low * high) ** 0.5) > 10.0
    assert likelihood.signal(200.0, 0.0) == 0.0
    assert likelihood.signal(200.0, -low) == likelihood.signal(200.0, low)


def test_power_of_the_coupling():
    for particle, power in (("majoron", 2), ("zprime", 2), ("hnl", 1)):
        likelihood = HighEnergyNu87A({"particle": particle})
        weak = likelihood.signal(300.0, np.array([1e-12, 2e-12]))
        assert likelihood.signal_power == power
        assert weak[1] / weak[0] == pytest.approx(2.0**power, rel=1e-3)


def test_mixing_ends_at_one():
    likelihood = HighEnergyNu87A({"particle": "hnl"})
    assert likelihood.signal(50.0, 1e5) == likelihood.signal(50.0, 1.0)
    assert isinstance(ends("hnl_tau", 50.0), float)  # closed by no coupling below one


def test_arrays_of_masses_and_couplings():
    likelihood = HighEnergyNu87A({})
    grid = likelihood.signal(np.array([[1.0], [10.0]]), np.array([1e-11, 1e-10, 1e-9]))
    assert grid.shape == (2, 3)
    assert grid[1, 2] == pytest.approx(likelihood.signal(10.0, 1e-9))


def test_detectors_go_as_their_protons():
    signals = {one: GalacticNuForecast({"detector": one}).signal(10.0, 1e-12) for one in DETECTORS}
    assert signals["hk"] / signals["sk"] == pytest.approx(220.0 / 32.5)
    # 20 kt with 12.01 % of hydrogen against 32.5 kt with 11.19 %.
    assert signals["juno"] / signals["sk"] == pytest.approx(20 * 0.1201 / (32.5 * 0.1119), rel=1e-3)
    near = GalacticNuForecast({"detector": "sk", "distance_kpc": 1.0}).signal(10.0, 1e-12)
    assert near / signals["sk"] == pytest.approx(100.0)


DETECTORS = ("sk", "hk", "juno")


def test_options_act():
    usual = HighEnergyNu87A({}).signal(10.0, 1e-10)
    assert HighEnergyNu87A({"oxygen": True}).signal(10.0, 1e-10) > 5.0 * usual
    assert HighEnergyNu87A({"e_min_mev": 150.0}).signal(10.0, 1e-10) < 0.9 * usual
    assert HighEnergyNu87A({"source": "mantle"}).signal(10.0, 1e-10) < 0.5 * usual
    doubled = HighEnergyNu87A({"source": {"duration_s": 6.0}}).signal(10.0, 1e-10)
    assert doubled == pytest.approx(2.0 * usual)
    near = HighEnergyNu87A({"escape_km": 1000.0}).signal(10.0, 1e-7)
    assert near < HighEnergyNu87A({}).signal(10.0, 1e-7)
    late = HighEnergyNu87A({"window_s": 1e-2}).signal(100.0, 1e-11)
    assert late < 0.1 * HighEnergyNu87A({}).signal(100.0, 1e-11)


def info(**options) -> dict:
    return {
        "params": {
            "m_hnl": {"prior": {"min": 10.0, "max": 300.0}},
            "u2_hnl": {"prior": {"min": 0.0, "max": 1e-6}},
        },
        "likelihood": {"hotaxion.likelihoods.HighEnergyNu87A": {"particle": "hnl", **options}},
    }


def test_in_a_model():
    """Names follow the particle; a mass that may leave the range is refused at set-up."""
    with get_model(info()) as model:
        expected = HighEnergyNu87A({"particle": "hnl"}).loglike(100.0, 1e-9)
        assert model.loglike({"m_hnl": 100.0, "u2_hnl": 1e-9})[0] == pytest.approx(expected)
    wide = info()
    wide["params"]["m_hnl"]["prior"]["max"] = 500.0
    with pytest.raises(
        LoggedError, match=r"prior of m_hnl = 500\.0; allowed is a number from 1 to"
    ):
        get_model(wide)
    with pytest.raises(LoggedError, match="m_majoron"):
        get_model(info(particle="majoron"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"particle": "axion"}, "unknown particle 'axion'.*llowed are: hnl, majoron, zprime"),
        ({"flavour": "x"}, "unknown flavour 'x'; allowed are: e, mu, tau"),
        ({"particle": "zprime", "model": "b"}, "unknown model 'b'.*llowed are: bl, lmlt"),
        ({"source": "core"}, "unknown source"),
        ({"window_s": "all"}, r"window_s \(a number, or null: any delay\) = 'all' is not a number"),
        ({"e_min_mev": 1.0}, r"e_min_mev = 1\.0; allowed is a number from 20"),
        ({"oxygen": "no"}, "oxygen = 'no'; allowed is true or false"),
    ],
)
def test_errors_are_sentences(options, sentence):
    with pytest.raises(LoggedError, match=sentence):
        HighEnergyNu87A(options)


def test_more_errors_are_sentences():
    with pytest.raises(LoggedError, match="oxygen = True, but this detector holds no water"):
        GalacticNuForecast({"detector": "juno", "oxygen": True})
    with pytest.raises(LoggedError, match=r"unknown detector 'dune'.*llowed are: hk, juno, sk"):
        GalacticNuForecast({"detector": "dune"})
    with pytest.raises(RangeError, match=r"m_majoron = 1000\.0; allowed is a number from 0\.0001"):
        HighEnergyNu87A({}).signal(1000.0, 1e-10)
