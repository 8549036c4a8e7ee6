"""Why this test exists: what cold axions add to dark matter must be compared once, with one
measurement: Planck's number, or the omega_cdm of the run, never both."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.likelihoods import ColdDarkMatter
from hotaxion.theory.components.overlaps import PLANCK

NAME = "hotaxion.likelihoods.ColdDarkMatter"


def likelihood(**options) -> ColdDarkMatter:
    return ColdDarkMatter({"stop_at_error": True, **options})


def test_gaussian_on_the_sum():
    like = likelihood()
    assert like.loglike(0.120) == 0.0
    assert like.loglike(0.122) == pytest.approx(-2.0)
    assert like.loglike(0.118) == pytest.approx(-2.0)
    assert likelihood(theory_error=0.1).loglike(0.132) == pytest.approx(-0.41, abs=0.01)


def test_upper_limit():
    like = likelihood(rule="at_most")
    assert like.loglike(1e-6) == 0.0
    assert like.loglike(0.122) == pytest.approx(-2.0)


def test_dark_matter_of_the_run():
    like = likelihood(rule="at_most", omega_cdm="chain")
    assert like.loglike(0.1, 0.12) == 0.0
    assert like.loglike(0.1201, 0.12) == -np.inf
    like = likelihood(rule="at_most", omega_cdm="chain", theory_error=0.1)
    assert like.loglike(0.132, 0.12) == pytest.approx(-0.413, abs=0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rule": "some"}, "unknown rule 'some'"),
        ({"omega_cdm": "chain"}, "needs 'rule: at_most'"),
        ({"omega_cdm": -0.1}, "omega_cdm .a number"),
        ({"omega_cdm": "0.12"}, "omega_cdm .a number"),
        ({"error": 0.0}, "error = 0"),
        ({"error": float("nan")}, "error = nan"),
        ({"theory_error": -0.1}, "theory_error = -0.1"),
    ],
)
def test_refused_options(options, words):
    with pytest.raises(LoggedError, match=words):
        likelihood(**options)


def test_plancks_number_counts_as_planck():
    assert PLANCK in likelihood().observed()
    assert likelihood(rule="at_most", omega_cdm="chain").observed() == ()


def run(omega_axion_cold: object, omega_cdm: object = 0.12):
    """ln L of an input that gives the densities itself, the rest of it being Cobaya's."""
    options = {"rule": "at_most", "omega_cdm": "chain"}
    params = {"omega_axion_cold": omega_axion_cold, "omega_dilaton": 0.0, "omega_cdm": omega_cdm}
    info = {"likelihood": {NAME: options}, "params": params, "debug": 50}
    with get_model(info, stop_at_error=True) as model:
        return model.loglike({}, return_derived=False)


def test_in_an_input():
    assert run(0.1) == 0.0
    assert run(0.13) == -np.inf


def test_a_density_that_is_no_number_stops_the_run():
    with pytest.raises(LoggedError, match="omega_axion_cold = nan"):
        run(float("nan"))


def test_it_says_what_is_missing():
    with pytest.raises(LoggedError, match=r"add hotaxion\.theory\.ColdAxion"):
        get_model({"likelihood": {NAME: None}, "debug": 50})
