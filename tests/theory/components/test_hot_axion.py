"""Why this test exists: HotAxion talks to the sampler; a wrong set-up must stop it at once."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory.relics.abundance import Abundance

NAME = "hotaxion.theory.HotAxion"
COARSE = {"step": 0.1, "momenta": 40}  # where table and direct solution are compared: alike in both


def _flat(_self=None):
    return 0.0


def _model(params: dict, **options: object):
    info = {
        "theory": {NAME: options},
        "likelihood": {"flat": {"external": _flat, "requires": {"axion_psd": None}}},
        "params": params,
        "stop_at_error": False,
    }
    return get_model(info)


def test_mass_in_everything_out():
    model = _model(
        {"m_a": {"prior": [0, 10]}, "delta_neff": None, "f_a": None, "omega_axion": None}
    )
    expected = Abundance()(0.3)
    point = model.logposterior({"m_a": 0.3})
    derived = dict(zip(model.parameterization.derived_params(), point.derived, strict=True))
    assert derived["delta_neff"] == pytest.approx(expected.delta_neff, rel=1e-5)
    assert derived["f_a"] == pytest.approx(expected.f_a_gev)
    assert derived["omega_axion"] == pytest.approx(expected.omega_a_h2, rel=1e-5)
    assert model.provider.get_axion_psd().mass_ev == 0.3


def test_delta_neff_in_mass_out():
    model = _model({"delta_neff": {"prior": [0, 3]}, "m_a": None})
    point = model.logposterior({"delta_neff": 0.25})
    assert model.provider.get_axion_psd().delta_neff == pytest.approx(0.25)
    assert Abundance()(point.derived[0]).delta_neff == pytest.approx(0.25, rel=1e-4)


@pytest.mark.parametrize("name", ["f_a", "log10_f_a"])
def test_f_a_in_mass_out(name):
    other = {"f_a": "log10_f_a", "log10_f_a": "f_a"}[name]
    prior, value = {"f_a": ([1e6, 1e18], 2e7), "log10_f_a": ([6, 18], np.log10(2e7))}[name]
    model = _model({name: {"prior": prior}, "m_a": None, other: None, "delta_neff": None}, **COARSE)
    point = model.logposterior({name: value})
    found = dict(zip(model.parameterization.derived_params(), point.derived, strict=True))
    assert found["m_a"] == pytest.approx(5.691e6 / 2e7, rel=1e-12)
    assert found[other] == pytest.approx({"f_a": 2e7, "log10_f_a": np.log10(2e7)}[other])
    expected = Abundance(**COARSE)(found["m_a"]).delta_neff
    assert found["delta_neff"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("strength", ["f_a", "delta_neff"])
def test_an_alp(strength):
    """One table over f_a serves all masses."""
    exact = Abundance(model="alp", couplings={"c_g": 2.0}, **COARSE)(50.0, 3e8)
    given = {"f_a": 3e8, "delta_neff": exact.delta_neff}
    priors = {"f_a": [1e7, 1e12], "delta_neff": [0.03, 1.0]}
    (derived,) = {"f_a", "delta_neff"} - {strength}
    params = {"m_a": {"prior": [0, 1000]}, strength: {"prior": priors[strength]}, derived: None}
    params |= {"omega_axion": None}
    model = _model(params, model="alp", couplings={"c_g": 2.0}, **COARSE)
    found = model.logposterior({"m_a": 50.0, strength: given[strength]}).derived
    assert found == pytest.approx([given[derived], exact.omega_a_h2], rel=1e-4)
    assert model.provider.get_axion_psd().mass_ev == 50.0
    refused = model.logposterior({"m_a": 900.0, strength: given[strength]})
    assert refused.logpost == float("-inf")
    (reason,) = model.theory[NAME].refusals.reasons
    assert reason == "lifetime"


def test_the_lifetime_of_an_alp_is_that_of_its_coupling_to_photons():
    """What AxionCouplings says of it in the same input, else E/N = 0."""
    alp = {"model": "alp", "couplings": {"c_g": 2.0}}
    params = {"m_a": {"prior": [0, 1000]}, "f_a": {"prior": [1e7, 1e12]}}
    found = []
    for e_over_n in (4.0, -200.0):
        theory = {NAME: {**alp, **COARSE}}
        theory["hotaxion.theory.AxionCouplings"] = {**alp, "E_over_N": e_over_n}
        info = {"theory": theory, "likelihood": {"one": None}}
        model = get_model(info | {"params": params | {"g_agamma": None, "omega_axion": None}})
        found.append(model.logposterior({"m_a": 100.0, "f_a": 3e8}).logpost > float("-inf"))
    assert found == [True, False]


def test_table_and_direct_solution_agree():
    params = {"m_a": {"prior": [0, 10]}, "delta_neff": None}
    quick, direct = (
        _model(params, table=table).logposterior({"m_a": 0.17}).derived[0]
        for table in (True, False)
    )
    assert quick == pytest.approx(direct, rel=1e-5)


def test_tan_beta_is_a_parameter():
    params = {"m_a": 0.2, "tan_beta": {"prior": [0.3, 10]}, "delta_neff": None}
    model = _model(params, model="dfsz1", **COARSE)
    for tan_beta in (0.5, 3.0):
        derived = model.logposterior({"tan_beta": tan_beta}).derived[0]
        direct = Abundance(model="dfsz1", tan_beta=tan_beta, **COARSE)(0.2).delta_neff
        assert derived == pytest.approx(direct, rel=2e-5)


@pytest.mark.parametrize(
    ("params", "options"),
    [
        ({"m_a": 0.1, "tan_beta": 0.25}, {"model": "dfsz1"}),
        ({"m_a": 0.1, "pion_scale": 0.1}, {}),
        ({"m_a": 10.0}, {}),
        ({"delta_neff": 0.0}, {}),
    ],
)
def test_fixed_values_may_be_at_the_ends_of_their_ranges(params, options):
    assert _model(params, table=False, **options).logposterior({}).logpost == 0.0


def test_theory_error_as_parameters():
    """The scaled table equals a direct solution with the same rates."""
    nuisances = {
        "pion_scale": {"prior": {"dist": "norm", "loc": 1.0, "scale": 0.1}},
        "gluon_scale": {"prior": [1, 3]},
        "z_ud": {"prior": {"dist": "norm", "loc": 0.472, "scale": 0.011}},
    }
    model = _model({"m_a": {"prior": [0, 10]}, "delta_neff": None, **nuisances}, **COARSE)
    for values in (
        dict(pion_scale=0.9, gluon_scale=2.9, z_ud=0.49),
        dict(pion_scale=1.2, gluon_scale=1.0, z_ud=0.45),
    ):
        for m_a in (0.02, 0.1, 0.4):
            derived = model.logposterior({"m_a": m_a, **values}).derived[0]
            direct = Abundance(**values, **COARSE)(m_a).delta_neff
            assert derived == pytest.approx(direct, rel=2e-5)


@pytest.mark.parametrize("sampled", ["pion_scale", "gluon_scale", "z_ud"])
def test_kaons_with_sampled_theory_error(sampled):
    """No short cut of the table may change what the solver gives."""
    low, value, high = {"z_ud": (0.45, 0.48, 0.49)}.get(sampled, (0.8, 1.3, 1.5))
    params = {"m_a": 0.1, sampled: {"prior": [low, high]}, "delta_neff": None}
    derived = _model(params, kaons="data", **COARSE).logposterior({sampled: value}).derived[0]
    direct = Abundance(kaons="data", **{sampled: value}, **COARSE)(0.1).delta_neff
    assert derived == pytest.approx(direct, rel=2e-5)
    assert direct > 1.1 * Abundance(**{sampled: value}, **COARSE)(0.1).delta_neff


def test_larger_theory_errors_as_parameters():
    """Kaons and crossover: the table equals a direct solution."""
    params = {"m_a": {"prior": [0, 1]}, "delta_neff": None}
    params |= {"kaon_scale": {"prior": [0.75, 1.65]}, "crossover": {"prior": [-1, 1]}}
    options = {"kaons": "data", **COARSE}
    model = _model(params, **options)
    for values in ({"kaon_scale": 1.5, "crossover": 0.7}, {"kaon_scale": 0.8, "crossover": -0.4}):
        for m_a in (0.03, 0.1):
            derived = model.logposterior({"m_a": m_a, **values}).derived[0]
            direct = Abundance(**options, **values)(m_a).delta_neff
            assert derived == pytest.approx(direct, rel=5e-5)


def test_delta_neff_as_input_where_all_couplings_vary():
    params = {"delta_neff": {"prior": [0.05, 0.3]}, "tan_beta": {"prior": [2, 4]}, "m_a": None}
    options = {"model": "dfsz1", "kaons": "data", **COARSE}
    (m_a,) = _model(params, **options).logposterior({"delta_neff": 0.2, "tan_beta": 2.5}).derived
    assert Abundance(**options, tan_beta=2.5)(m_a).delta_neff == pytest.approx(0.2, rel=5e-5)


@pytest.mark.parametrize(
    ("couplings", "nuisances"),
    [
        ({"c_g": 0.0, "c_mu": 1.0}, {"pion_scale": 1.3}),  # leptons alone: c_a_pi = 0
        ({"c_a_pi": 0.0}, {"gluon_scale": 1.3}),
    ],
)
def test_axion_without_pions(couplings, nuisances):
    """The table divides by the strength of the pion rate at its reference."""
    params = {"m_a": {"prior": [0, 10]}, "delta_neff": None}
    params |= {name: {"prior": [1.0, 1.5]} for name in nuisances}
    generic = {"model": "generic", "couplings": couplings, **COARSE}
    model = _model(params, **generic)
    for m_a in (0.1, 1.0):
        derived = model.logposterior({"m_a": m_a, **nuisances}).derived[0]
        direct = Abundance(**generic, **nuisances)(m_a).delta_neff
        assert derived == pytest.approx(direct, rel=2e-5)


@pytest.mark.parametrize(
    "options",
    [
        dict(m_pion=0.135),
        dict(rates="iam", lecs={"l1": 0.3}),
        dict(knots={0.5: 1.2e-3}),
        dict(g_star_shift=1.0),
        dict(step=0.1, momenta=40),
        dict(model="generic", couplings={"c_mu": 0.3, "c_g": 0.5}),
        dict(gluon_scale=15.0, T_gluon=1.5),
    ],
    ids=str,
)
def test_options_reach_the_physics(options):
    params = {"m_a": {"prior": [0, 10]}, "delta_neff": None}
    derived = _model(params, **options).logposterior({"m_a": 0.1}).derived[0]
    assert derived == pytest.approx(Abundance(**options)(0.1).delta_neff, rel=1e-5)
    assert derived != pytest.approx(Abundance()(0.1).delta_neff, rel=1e-5)


def test_table_is_built_at_initialisation_once_for_equal_options():
    params = {"m_a": {"prior": [0, 10]}, "delta_neff": None}
    one, two, other = (
        _model(params, **options).theory[NAME] for options in ({}, {}, {"knots": {0.5: 1e-3}})
    )
    assert one.__dict__["_relic_table"] is two.__dict__["_relic_table"]
    assert other.__dict__["_relic_table"] is not one.__dict__["_relic_table"]
    assert "_relic_table" not in _model(params, table=False).theory[NAME].__dict__


def test_point_without_physics_has_no_likelihood():
    model = _model({"x": {"prior": [0, 30]}, "m_a": {"value": "lambda x: x"}})
    assert model.logposterior({"x": 20.0}).logpost == float("-inf")
    assert model.logposterior({"x": 2.0}).logpost > float("-inf")


@pytest.mark.parametrize(
    ("params", "options", "message"),
    [
        ({"m_a": {"prior": [-1, 5]}}, {}, "allowed is 0 to 10"),
        ({"m_a": {"prior": [0, 50]}}, {}, "allowed is 0 to 10"),
        ({"m_a": -0.1}, {}, "allowed is 0 to 10"),
        ({"m_a": float("nan")}, {}, "parameter m_a = nan"),
        ({"m_a": 0.1, "delta_neff": 0.2}, {}, "exactly one"),
        ({"m_a": None}, {}, "give exactly one of the parameters m_a"),
        ({"f_a": 1e8, "log10_f_a": 8.0}, {}, "exactly one"),
        ({"f_a": 1e5}, {}, "allowed is 569100 to 5.691e+18"),
        ({"log10_f_a": {"prior": [5, 9]}}, {}, "allowed is 5.755"),
        ({"m_a": 0.1}, {"model": "alp"}, "give m_a [eV] and exactly one of f_a"),
        ({"f_a": 1e8}, {"model": "alp"}, "give m_a [eV] and exactly one of f_a"),
        ({"m_a": 0.1, "f_a": 1e8, "delta_neff": 0.1}, {"model": "alp"}, "exactly one of f_a"),
        ({"m_a": {"prior": [0, 2000]}, "f_a": 1e8}, {"model": "alp"}, "allowed is 0 to 1000"),
        ({"m_a": 0.1, "tan_beta": 3.0}, {}, "left out otherwise"),
        ({"m_a": 0.1}, {"model": "dfsz1"}, "tan_beta must be given"),
        ({"m_a": 0.1, "tan_beta": 0.1}, {"model": "dfsz1"}, "allowed is 0.25 to 170"),
        ({"m_a": 0.1}, {"model": "ksvs"}, "Did you mean 'ksvz'"),
        ({"m_a": 0.1}, {"rates": "gpky"}, "Did you mean 'gkpy'"),
        ({"m_a": 0.1}, {"T_initial": 0.01}, "initial temperature"),
        ({"m_a": 0.1}, {"T_pion": 0.3}, "from 0.08 to 0.2"),
        ({"m_a": 0.1}, {"m_pion": 0.2}, "0.13498"),
        ({"m_a": 0.1}, {"lecs": {"l1": 0.2}}, "rates: iam"),
        ({"m_a": 0.1}, {"knots": {3.0: 1e-3}}, "from 0.15015 to 1.998 GeV"),
        ({"m_a": 0.1}, {"step": 0.0}, "0.0001 to 0.2"),
        ({"m_a": 0.1}, {"momenta": 5}, "30 to 1000"),
        ({"m_a": 0.1}, {"g_star_shift": 9.0}, "-5 to 5"),
        ({"m_a": 0.1}, {"couplings": {"c_mu": 1.0}}, "choose model generic"),
        ({"m_a": 0.1, "pion_scale": -1.0}, {}, "allowed is 0.1 to 10"),
        ({"m_a": 0.1, "kaon_scale": {"prior": [0.7, 2]}}, {}, "choose kaons: data or leave it out"),
        ({"m_a": 0.1, "kaon_scale": -1.0}, {"kaons": "data"}, "allowed is 0 to 10"),
        ({"m_a": 0.1, "crossover": {"prior": [-1, 1.5]}}, {}, "allowed is -1 to 1"),
        ({"m_a": 0.1, "crossover": 0.5}, {"gluons": "sphaleron"}, "it needs gluons: htl"),
        ({"m_a": 0.1, "crossover": {"prior": [0, 1]}}, {"knots": {0.5: 1e-3}}, "leave one of them"),
        ({"m_a": 0.1, "crossover": {"prior": [-1, 1]}}, {"T_gluon": 1.0}, "T_gluon from 1.001"),
    ],
)
def test_mistakes_stop_the_run_before_it_starts(params, options, message, caplog):
    with pytest.raises(LoggedError) as error:
        _model(params, **options).logposterior({})
    assert message in str(error.value) + caplog.text


def test_import_of_the_physics_is_light():
    """Neither Cobaya nor CLASS nor matplotlib is loaded until a Cobaya class is asked for."""
    code = (
        "import sys; import hotaxion.theory, hotaxion.theory.relics.abundance;"
        "heavy = {'cobaya', 'classy', 'matplotlib', 'getdist'} & set(sys.modules);"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
