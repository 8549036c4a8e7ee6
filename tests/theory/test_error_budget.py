"""Why this test exists: an error band is only worth something if each part of it is understood."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.abundance import Abundance
from hotaxion.theory.error_budget import VARIANTS, error_budget

MASSES = (0.03, 0.1, 0.3, 1.0)
BUDGET = error_budget(MASSES)


def test_band_is_the_quadrature_of_its_parts():
    low, high = BUDGET.band
    assert BUDGET.delta_neff == pytest.approx([Abundance()(m).delta_neff for m in MASSES])
    shifts = np.array(list(BUDGET.shifts.values()))
    assert set(BUDGET.shifts) == set(VARIANTS)
    assert (shifts[:, 0] <= 0).all()
    assert (shifts[:, 1] >= 0).all()
    assert high - BUDGET.delta_neff == pytest.approx(np.sqrt((shifts[:, 1] ** 2).sum(0)))
    assert BUDGET.delta_neff - low == pytest.approx(np.sqrt((shifts[:, 0] ** 2).sum(0)))


def test_the_axion_forgets_the_early_universe_when_it_couples_late():
    for source, at_most in (("gluons", 1e-3), ("crossover", 2e-3)):
        relative = np.abs(BUDGET.shifts[source]).max(0) / BUDGET.delta_neff
        assert relative[-1] < at_most
        assert relative[0] > 5 * relative[-1]


def test_numerics_do_not_matter():
    assert (np.abs(BUDGET.shifts["numerics"]).max(0) < 2e-4 * BUDGET.delta_neff).all()


def test_pion_rate_matters_less_for_heavy_axions():
    relative = np.abs(BUDGET.shifts["pions"]).max(0) / BUDGET.delta_neff
    assert relative[1] == pytest.approx(0.05, abs=0.01)
    assert relative[3] == pytest.approx(0.007, abs=0.002)
