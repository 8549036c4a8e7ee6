"""Why this test exists: targets and the Asimov rule stand in every forecast that counts events."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.searches.counting import asimov_loglike, counting_forecast, targets

from .. import reference_values_companions as ref


def test_targets_by_hand():
    water = targets("H2O", 1e3)
    assert water.electrons == pytest.approx(10.0 / 18.015 * 6.02214076e32, rel=1e-6)
    assert water.protons == pytest.approx(0.2 * water.electrons)
    assert targets("C18H30", 2e4).electrons == pytest.approx(ref.JUNO_ELECTRONS, rel=1e-3)
    assert targets("Ar", 1.0).protons == 0.0


def test_hydrogen_by_weight():
    """A LAB of 12.01 % hydrogen has fewer free protons than C18H30, and as many electrons."""
    formula, by_weight = targets("C18H30", 2e4), targets("C18H30", 2e4, 0.1201)
    assert by_weight.electrons == formula.electrons
    assert by_weight.protons / formula.protons == pytest.approx(0.1201 / 0.12271, rel=1e-3)


def test_asimov_is_the_ratio_of_two_poisson_likelihoods():
    s, b = np.array([0.0, 1e-3, 1.0, 30.0, 1e4]), 50.0
    by_hand = (b * np.log(s + b) - (s + b)) - (b * np.log(b) - b)
    assert_allclose(asimov_loglike(s, b), by_hand, rtol=1e-9, atol=1e-12)


def test_asimov_in_its_limits():
    assert_allclose(asimov_loglike([0.0, 1.92], 0.0), [0.0, -1.92])
    assert float(asimov_loglike(1.92, 1e-9)) == pytest.approx(-1.92, rel=1e-6)
    assert float(asimov_loglike(1.0, 1e8)) == pytest.approx(-0.5e-8, rel=1e-6)  # Gaussian
    x = 1e-4  # where the series ends
    below, above = asimov_loglike([x * (1 - 1e-9), x * (1 + 1e-9)], 1.0)
    assert above / below == pytest.approx(1.0, rel=1e-7)


def test_forecast():
    found = counting_forecast(1e10, 1e-45, 1e33, 1e8, efficiency=0.5, background=100.0)
    assert found.signal == pytest.approx(5e5)
    assert found.loglike == pytest.approx(float(asimov_loglike(5e5, 100.0)))
    many = counting_forecast([1.0, 2.0], 1.0, 3.0, 4.0)
    assert_allclose(many.signal, [12.0, 24.0])
    assert_allclose(many.loglike, [-12.0, -24.0])


@pytest.mark.parametrize("formula", ["h2o", "H2O)", "2H", "H-2"])
def test_no_formula(formula):
    with pytest.raises(RangeError, match="is no formula"):
        targets(formula, 1.0)


def test_wrong_numbers_get_one_sentence():
    with pytest.raises(UnknownOptionError, match="unknown element 'Xx'"):
        targets("Xx2", 1.0)
    with pytest.raises(RangeError, match="mass_t = 0"):
        targets("H2O", 0)
    with pytest.raises(RangeError, match="signal = nan"):
        asimov_loglike(np.nan, 1.0)
    with pytest.raises(RangeError, match="background = -1"):
        asimov_loglike(1.0, -1.0)
    with pytest.raises(RangeError, match=r"efficiency = 1\.1"):
        counting_forecast(1.0, 1.0, 1.0, 1.0, efficiency=1.1)
