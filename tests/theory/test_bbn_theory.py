"""Why this test exists: the BBN theory must give the tables' numbers through Cobaya's machinery."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import Model, get_model

from hotaxion.theory.nucleosynthesis import Nucleosynthesis

from .cosmology_stubs import Asks

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
    expected = Nucleosynthesis("parthenope3", 879.4).abundances(0.0224, 0.3)
    assert result.derived == [expected.y_p, expected.dh, expected.yhe]


def test_requirements_without_derived_parameters():
    """A likelihood can use Y_p even if no derived parameter is written to the chain."""
    model = bbn_model()
    assert model.loglike({"omega_b": 0.0224, "delta_neff": 0.3}, return_derived=False) == 0.0
    assert model.provider.get_param("Y_p") == pytest.approx(0.2509, abs=1e-3)


@pytest.mark.parametrize(("rates", "sigma_dh"), [("primat", 0.0105), ("parthenope3", 0.0124)])
def test_theory_error(rates, sigma_dh):
    """Linear propagation, at the point and the reference, against a Monte Carlo (5 %)."""
    model = bbn_model(rates=rates)
    model.logposterior({"omega_b": 0.0224, "delta_neff": 0.3})
    error = model.provider.get_bbn_theory_error()
    reference = error.pop("reference")
    for found in (error, reference):
        assert found["sigma_DH_rel"] == pytest.approx(sigma_dh, rel=0.05)
        assert found["sigma_Y_p"] == pytest.approx(1.05e-4, rel=0.02)
        assert -0.2 < found["correlation"] < 0.0
    assert error != reference


@pytest.mark.parametrize("point", [(0.012, 0.0), (0.0224, 4.0)])
def test_point_outside_the_table_has_likelihood_zero(point, caplog):
    model = bbn_model()
    with caplog.at_level(logging.DEBUG):
        result = model.logposterior(dict(zip(PRIORS, point, strict=True)))
    assert result.logpost == -np.inf
    assert "it covers" in caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rates": "parthenope"}, "Did you mean 'parthenope3'"),
        ({"tau_n": 800.0}, "neutron lifetime"),
        ({"dh_scale": -1.0}, "dh_scale"),
    ],
)
def test_wrong_options_stop_at_start(options, message, caplog):
    with pytest.raises(LoggedError, match=message):
        bbn_model(**options)
