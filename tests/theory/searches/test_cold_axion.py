"""Why this test exists: cold axions must join an input with hot ones as one axion of one mass, take
nothing from the parameters of others, and refuse what their tables do not hold."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.analysis.inputs.names import find_input, searches
from hotaxion.analysis.inputs.session import load_input
from hotaxion.theory.searches.misalignment import MisalignmentTable

COLD, CDM = "hotaxion.theory.ColdAxion", "hotaxion.likelihoods.ColdDarkMatter"
QCD = {"m_a": 2.98e-5, "theta_i": 2.155, "omega_axion_cold": None}
ALP = {"m_alp_ev": 1e-6, "f_alp": 1.505e13, "theta_i": 1.0, "xi_kick": 1.5, "r_kick": 0.2}
DERIVED = {"omega_axion_cold": None, "omega_dilaton": None}


def model(params: dict, options: dict | None = None, cdm: dict | None = None, **more: dict):
    info = {"theory": {COLD: options, **more}, "likelihood": {CDM: cdm}, "params": params}
    return get_model({**info, "debug": 50}, stop_at_error=True)


def derived(given, point: dict | None = None) -> dict:
    _, values = given.loglikes(point or {})
    return dict(zip(given.parameterization.derived_params(), values, strict=True))


def test_density_of_the_qcd_axion():
    found = derived(model(QCD | {"omega_dilaton": None}))
    assert found["omega_axion_cold"] == pytest.approx(0.12, rel=0.01)
    assert found["omega_dilaton"] == 0.0


def test_density_with_a_dilaton():
    """f_a is 16 % lower than without: 1.505e13 GeV instead of 1.783e13 at 1e-6 eV."""
    found = derived(model(ALP | DERIVED, {"dilaton": True}))
    assert sum(found.values()) == pytest.approx(0.12, rel=0.02)
    assert found["omega_dilaton"] / found["omega_axion_cold"] == pytest.approx(3.615, rel=0.05)


def test_hot_and_cold_axions_share_the_mass():
    params = {"m_a": {"prior": {"min": 0.0, "max": 1.0}}, "theta_i": 1.0, "f_a": None}
    params |= {"delta_neff": None, "omega_axion": None, "omega_axion_cold": None}
    both = model(params, cdm={"rule": "at_most"}, **{"hotaxion.theory.HotAxion": {"table": False}})
    found = derived(both, {"m_a": 0.1})
    assert found["f_a"] == pytest.approx(5.691e7)
    assert found["delta_neff"] == pytest.approx(0.1125, rel=1e-3)
    expected = MisalignmentTable().omega_h2(5.691e7, 1.0)
    assert found["omega_axion_cold"] == pytest.approx(expected, rel=1e-9)
    # No axion at all where the table ends, with the reason.
    assert both.loglike({"m_a": 0.0}, return_derived=False) == -np.inf
    refusals = both.theory[COLD].refusals
    assert refusals.reasons.total() == 1
    assert "m_a" in next(iter(refusals.reasons))


def test_the_mass_may_come_from_another_theory():
    params = {"delta_neff": 0.1125, "theta_i": 1.0, "m_a": None, "omega_axion_cold": None}
    options = {"hotaxion.theory.HotAxion": {"table": False}}
    found = derived(model(params, cdm={"rule": "at_most"}, **options))
    assert found["m_a"] == pytest.approx(0.1, rel=2e-3)
    assert 0.0 < found["omega_axion_cold"] < 1e-5


@pytest.mark.parametrize(
    ("params", "options", "words"),
    [
        (QCD | {"theta_i": 3.14}, None, "theta_i.*-3.1 to 3.1"),
        (QCD | {"m_a": 1e-13}, None, "m_a"),
        (QCD | {"m_a": -1e-5}, None, "m_a"),
        (QCD | {"m_a": float("nan")}, None, "m_a = nan"),
        ({"theta_i": 1.0}, None, "m_a .the mass of the axion"),
        ({"m_a": 1e-5}, None, "theta_i .the angle"),
        (QCD, {"beta": -2}, "beta = -2"),
        (QCD, {"dilaton": "yes"}, "dilaton = 'yes'"),
        (ALP, {"dilaton": True, "beta": 4}, "constant: leave them out"),
        (ALP | {"xi_kick": 1.7}, {"dilaton": True}, "xi_kick.*0.1 to 1.55"),
        (ALP | {"r_kick": {"prior": {"min": 0.01, "max": 1}}}, {"dilaton": True}, "r_kick"),
        (ALP | {"theta_i": 2.0}, {"dilaton": True}, "theta_i"),
        ({k: v for k, v in ALP.items() if k != "xi_kick"}, {"dilaton": True}, "xi_kick .f_a"),
    ],
)
def test_refused_set_ups(params, options, words):
    with pytest.raises(LoggedError, match=words):
        model(params, options)


@pytest.mark.parametrize("name", ["cold_axion", "free_kick_alp"])
def test_inputs_start_at_the_band(name):
    """At the centre of `ref` the sum is within a few per cent of the data."""
    assert name in searches()
    info = load_input(find_input(name))
    info.pop("sampler")
    info.pop("output")
    with get_model({**info, "debug": 50}, stop_at_error=True) as given:
        centre = {
            k: v["ref"]["loc"]
            for k, v in info["params"].items()
            if isinstance(v, dict) and "ref" in v
        }
        found = derived(given, centre)
        total = found["omega_axion_cold"] + found.get("omega_dilaton", 0.0)
        assert total == pytest.approx(0.12, rel=0.05)
