"""Why this test exists: one axion in one input, with one mass, for cosmology, stars and magnets."""

from __future__ import annotations

import copy

import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.theory import Theory

from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy

AXION, COUPLINGS = "hotaxion.theory.HotAxion", "hotaxion.theory.AxionCouplings"
NAMES = ("g_agamma", "g_ae", "g_ap", "g_an")


def info(theory: dict, **params) -> dict:
    return {
        "likelihood": {"one": None},
        "theory": copy.deepcopy(theory),
        "params": {**params, **dict.fromkeys(NAMES)},
    }


def derived(model, point: dict) -> dict:
    found = model.logposterior(point)
    return dict(zip(model.parameterization.derived_params(), found.derived, strict=True))


def test_couplings_of_a_sampled_mass_and_tan_beta():
    given = info(
        {COUPLINGS: {"model": "dfsz2"}},
        m_a={"prior": [0.0, 1.0]},
        tan_beta={"prior": [0.3, 10.0]},
    )
    with get_model(given) as model:
        found = derived(model, {"m_a": 0.2, "tan_beta": 2.0})
    expected = low_energy(0.2, LowEnergyOptions(model="dfsz2"), 2.0)
    assert found["g_agamma"] == abs(expected.g_agamma) > 0.0 > expected.g_agamma
    assert [found[name] for name in NAMES[1:]] == [getattr(expected, name) for name in NAMES[1:]]


class Mass(Theory):
    """Stands for a cosmology that derives the mass from another parameter."""

    params = {"delta_neff": None, "m_a": {"derived": True}}  # noqa: RUF012

    def calculate(self, state, want_derived=True, **params):
        state["derived"] = {"m_a": params["delta_neff"] - 0.01}


def test_mass_derived_by_another_theory_is_taken():
    given = info(
        {COUPLINGS: None, "cosmology": {"external": Mass}},
        delta_neff={"prior": [0.05, 0.3]},
        m_a=None,
    )
    with get_model(given) as model:
        found = derived(model, {"delta_neff": 0.11})
    assert found["m_a"] == pytest.approx(0.1)
    assert found["g_agamma"] == pytest.approx(abs(low_energy(0.1).g_agamma))


def test_an_alp_has_the_couplings_of_its_f_a():
    """With E/N = 0 those of the QCD axion of that f_a; beside HotAxion, whatever its mass."""
    options = {AXION: {"model": "alp", "table": False}, COUPLINGS: {"model": "alp"}}
    given = info(options, m_a=50.0, log10_f_a={"prior": [7, 9]}, f_a=None)
    with get_model(given) as model:
        found = derived(model, {"log10_f_a": 8.5})
    expected = low_energy(5.691e6 / 10**8.5)
    assert found["g_agamma"] == pytest.approx(abs(expected.g_agamma))
    assert found["g_ap"] == pytest.approx(expected.g_ap)


MASS = {"prior": [0.0, 1.0]}


@pytest.mark.parametrize("order", [(AXION, COUPLINGS), (COUPLINGS, AXION)])
@pytest.mark.parametrize(
    ("axion", "couplings", "params"),
    [
        ({"model": "ksvz"}, {"model": "dfsz1"}, {"tan_beta": 3.0}),
        ({"model": "dfsz1"}, {"model": "ksvz"}, {"tan_beta": 3.0}),
        ({"model": "generic", "couplings": {"c_mu": 1.0}}, {"model": "generic"}, {}),
    ],
)
def test_contradictory_models_are_refused(order, axion, couplings, params):
    options = {AXION: {**axion, "table": False}, COUPLINGS: couplings}
    given = info({name: options[name] for name in order}, m_a=MASS, **params)
    with pytest.raises(LoggedError, match="both speak of one axion; give both the same"):
        get_model(given)


@pytest.mark.parametrize(
    ("options", "params", "words"),
    [
        ({"model": "dfsz1"}, {"m_a": MASS}, "tan_beta must be given for dfsz1"),
        ({}, {"m_a": MASS, "tan_beta": 3.0}, "left out otherwise"),
        ({}, {"m_a": {"prior": [-1.0, 1.0]}}, "the given range is -1 to 1; allowed is 0 to inf"),
        ({}, {"m_a": float("nan")}, "range is nan to nan; allowed is 0 to inf"),
        ({}, {"x": MASS}, "Requirement m_a .the axion's mass"),
        ({"model": "alp"}, {"m_a": MASS}, "Requirement f_a .the decay constant"),
        ({"model": "dfsz2", "E_over_N": 1.0}, {"m_a": MASS, "tan_beta": 3.0}, "E_over_N = 1 given"),
        ({"E_over_N": "8/3"}, {"m_a": MASS}, "E_over_N = '8/3' is not a number"),
    ],
)
def test_one_sentence_at_set_up(options, params, words):
    with pytest.raises(LoggedError, match=words):
        get_model(info({COUPLINGS: options}, **params))


def test_points_without_physics_are_counted():
    given = info({COUPLINGS: None}, x={"prior": [-1.0, 1.0], "drop": True})
    given["params"]["m_a"] = {"value": "lambda x: x"}
    with get_model(given) as model:
        assert model.loglike({"x": -0.5})[0] == -float("inf")
        assert model.theory[COUPLINGS].refusals.reasons.total() == 1
