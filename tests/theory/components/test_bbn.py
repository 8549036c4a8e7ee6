"""Why this test exists: the BBN theory must give the tables' numbers through Cobaya's machinery."""

from __future__ import annotations

import logging
from dataclasses import astuple

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import Model, get_model

from hotaxion.theory.components.record import data_hash
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis

from ..cosmology_stubs import Asks
from ..reference_values_cosmology import THEORY_ERROR_TOLERANCE, THEORY_ERRORS

PRIORS = {
    "omega_b": {"prior": {"min": 0.01, "max": 0.04}},
    "delta_neff": {"prior": {"min": 0.0, "max": 5.0}},
}


def bbn_model(params=None, **options) -> Model:
    return get_model(
        {
            "theory": {"hotaxion.theory.BBN": options or None},
            "likelihood": {
                "asks": {
                    "external": Asks,
                    "wants": {"Y_p": None, "DH": None, "bbn_theory_error": None},
                }
            },
            "params": {**PRIORS, **(params or {})},
        }
    )


def test_numbers_through_cobaya():
    model = bbn_model({"Y_p": None, "DH": None, "YHe": None}, rates="parthenope3", tau_n=879.4)
    result = model.logposterior({"omega_b": 0.0224, "delta_neff": 0.3})
    expected = Nucleosynthesis(rates="parthenope3", tau_n=879.4).abundances(0.0224, 0.3)
    assert result.derived == [expected.y_p, expected.dh, expected.yhe]


def test_requirements_without_derived_parameters():
    """A likelihood can use Y_p even if no derived parameter is written to the chain."""
    model = bbn_model()
    assert model.loglike({"omega_b": 0.0224, "delta_neff": 0.3}, return_derived=False) == 0.0
    assert model.provider.get_param("Y_p") == pytest.approx(0.2509, abs=1e-3)


@pytest.mark.parametrize("rates", sorted(THEORY_ERRORS))
def test_theory_error(rates):
    """At the reference point, and at another one where it has changed a little."""
    model = bbn_model(rates=rates)
    model.logposterior({"omega_b": 0.0224, "delta_neff": 0.3})
    error = model.provider.get_bbn_theory_error()
    reference = error.pop("reference")
    sigma_y_p, sigma_dh, correlation = THEORY_ERRORS[rates]
    assert reference["sigma_Y_p"] == pytest.approx(sigma_y_p, rel=THEORY_ERROR_TOLERANCE)
    assert reference["sigma_DH_rel"] == pytest.approx(sigma_dh, rel=THEORY_ERROR_TOLERANCE)
    assert reference["correlation"] == pytest.approx(correlation, abs=0.01)
    expected = Nucleosynthesis(rates=rates).theory_error(0.0224, 0.3)
    assert list(error.values())[:3] == list(astuple(expected))
    assert (error["Y_p"], error["DH"]) == tuple(
        model.provider.get_param(name) for name in ("Y_p", "DH")
    )
    assert 0.95 < error["sigma_DH_rel"] / reference["sigma_DH_rel"] < 0.99


@pytest.mark.parametrize("rates", sorted(THEORY_ERRORS))
def test_direct_mode(rates):
    """PRIMAT at each point: the same numbers to the error of the spline, and a slower speed."""
    pytest.importorskip("primat", reason="optional package primat is not installed")
    point = {"omega_b": 0.0224, "delta_neff": 0.3}
    options = {"rates": rates, "tau_n": 879.4, "dh_scale": 1.01}
    found = []
    for direct in (True, False):
        model = bbn_model({"Y_p": None, "DH": None, "YHe": None}, direct=direct, **options)
        found.append(model.logposterior(point).derived)
        assert model.theory["hotaxion.theory.BBN"].speed == (20 if direct else 10000)
    assert found[0] == pytest.approx(found[1], rel=2e-5)
    assert found[0] != found[1]


@pytest.mark.parametrize("point", [(0.012, 0.0), (0.0224, 4.0)])
def test_point_outside_the_table_has_likelihood_zero(point, caplog):
    model = bbn_model()
    with caplog.at_level(logging.DEBUG):
        result = model.logposterior(dict(zip(PRIORS, point, strict=True)))
    assert result.logpost == -np.inf
    assert "BBN table: " in caplog.text


def test_little_radiation(caplog):
    """By name, so that the chain records the file it comes from."""
    model = bbn_model({"delta_neff": -0.3, "delta_neff_extra": {"prior": [-2.044, 1]}})
    point = {"omega_b": 0.0224, "delta_neff_extra": -1.7}
    assert model.loglike(point, return_derived=False) == 0.0
    expected = Nucleosynthesis().abundances(0.0224, -2.0)
    assert model.provider.get_param("Y_p") == expected.y_p
    recorded = model.info()["theory"]["hotaxion.theory.BBN"]
    both = data_hash("BBN", recorded)
    assert recorded["version"].endswith(f".{both}")
    assert both != data_hash("BBN", {"rates": "primat"})
    model = bbn_model({"delta_neff": -1.6})
    with caplog.at_level(logging.DEBUG):
        result = model.logposterior({"omega_b": 0.0224})
    assert result.logpost == -np.inf
    assert "delta_neff = -1.6 in BBN; below -1.5 give the radiation as" in caplog.text


@pytest.mark.parametrize("given", [-3.0, 11.0, {"prior": [-4, -2.1]}])
def test_radiation_that_nobody_has_is_refused_at_the_start(given):
    """A prior that leaves points is not: those beyond have likelihood zero."""
    with pytest.raises(LoggedError, match=r"range is .*; allowed is -2\.044 \(N_eff = 1\) to 10"):
        bbn_model({"delta_neff": 0.0, "delta_neff_extra": given})
    bbn_model({"delta_neff": 0.0, "delta_neff_extra": {"prior": [-4, 0]}})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rates": "parthenope"}, "Did you mean 'parthenope3'"),
        ({"tau_n": 800.0}, "neutron lifetime"),
        ({"tau_n": "abc"}, "neutron lifetime"),
        ({"dh_scale": [1]}, "dh_scale"),
        ({"speed": "x"}, "speed = .x."),
        ({"stop_at_error": 0}, "stop_at_error = 0"),
        ({"may_ignore_axion": 3}, "may_ignore_axion = 3"),
        ({"provides": 3}, "provides = 3"),
        ({"requires": 3}, "requires = 3"),
        ({"dh_scale": -1.0}, "dh_scale"),
    ],
)
def test_wrong_options_stop_at_start(options, message, caplog):
    with pytest.raises(LoggedError, match=message):
        bbn_model(**options)
