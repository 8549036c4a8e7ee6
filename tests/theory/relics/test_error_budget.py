"""Why this test exists: an error band is only worth something if each part of it is understood."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.error_budget import SOURCES, error_budget, variants
from hotaxion.theory.relics.options import AxionOptions

from ..reference_values import M_PION_SHIFTS, MEAN_SHIFTS, SPHALERON_SHIFTS

MASSES = (0.03, 0.1, 0.2, 0.3, 1.0)
COARSE = {"step": 0.1, "momenta": 40}  # where per mille of a shift do not matter


@pytest.fixture(scope="module")
def budget():
    return error_budget(MASSES)


@pytest.fixture(scope="module")
def relative(budget):
    """Source -> (2, n): shifts over Delta N_eff."""
    return {source: shift / budget.delta_neff for source, shift in budget.shifts.items()}


def test_band_is_the_quadrature_of_its_parts(budget):
    low, high = budget.band
    assert budget.delta_neff == pytest.approx([Abundance()(m).delta_neff for m in MASSES])
    shifts = np.array(list(budget.shifts.values()))
    absent = {"electrons", "quarks"}  # no such coupling
    assert [*budget.shifts] == [source for source in SOURCES if source not in absent]
    assert (shifts[:, 0] <= 0).all()
    assert (shifts[:, 1] >= 0).all()
    assert high - budget.delta_neff == pytest.approx(np.sqrt((shifts[:, 1] ** 2).sum(0)))
    assert budget.delta_neff - low == pytest.approx(np.sqrt((shifts[:, 0] ** 2).sum(0)))


def test_shifts_of_the_prototype(relative):
    """At 0.1, 0.2, 0.3 and 1 eV; half a unit of the last digit, means 5 per cent besides."""
    for shift, value in zip(100 * relative["m_pi"][:, 1:], M_PION_SHIFTS, strict=True):
        assert shift == pytest.approx(value, abs=0.05)
    for source, value in MEAN_SHIFTS.items():
        shift = 100 * np.abs(relative[source]).mean(0)[1:]
        assert (np.abs(shift - value) < 0.05 + 0.05 * np.array(value)).all()
    sphaleron = 100 * relative["crossover"][1, 1:4]
    assert sphaleron[:2] == pytest.approx(SPHALERON_SHIFTS[:2], abs=0.5)
    assert sphaleron[2] < SPHALERON_SHIFTS[2]


def test_the_axion_forgets_the_early_universe_when_it_couples_late(relative):
    for source, at_most in (("gluons", 1e-3), ("crossover", 2e-3)):
        shift = np.abs(relative[source]).max(0)
        assert shift[-1] < at_most
        assert shift[0] > 5 * shift[-1]


def test_numerics_do_not_matter(relative):
    assert (np.abs(relative["numerics"]).max(0) < 2e-4).all()


def test_budget_is_about_the_options_given():
    """Nuisances vary around their values; what does not apply is left out."""
    shifted = variants(AxionOptions(pion_scale=2.0, z_ud=0.5, g_star_shift=1.0, T_gluon=1.5))
    assert [v["pion_scale"] for v in shifted["pions"]] == pytest.approx([1.8, 2.2])
    assert [v["z_ud"] for v in shifted["m_u/m_d"]] == pytest.approx([0.489, 0.511])
    assert [v["g_star_shift"] for v in shifted["g_*"]] == [0.0, 2.0]
    assert [v["T_gluon"] for v in shifted["crossover"] if "T_gluon" in v] == [1.0]
    finest = variants(AxionOptions(step=1e-4, momenta=600))["numerics"]
    assert finest == [{"step": 1e-4}, {"momenta": 1000}]
    pions_only = error_budget([0.3], gluons="none")
    assert "gluons" not in pions_only.shifts
    assert pions_only.delta_neff == pytest.approx([Abundance(gluons="none")(0.3).delta_neff])


@pytest.mark.parametrize(
    ("options", "left_out"),
    [
        (dict(knots={1.3: 1.2e-3}), "T_gluon"),
        (dict(T_initial=0.15), "T_pion"),
        (dict(g_star_shift=5.0), "g_star_shift"),
    ],
    ids=str,
)
def test_variations_that_are_not_allowed_are_left_out(options, left_out, caplog):
    shifts = error_budget([0.1], **options, **COARSE).shifts
    assert np.isfinite(list(shifts.values())).all()
    (record,) = caplog.records
    assert left_out in record.message


def test_electrons_count_where_they_couple():
    masses = np.array([1.0, 5.0])
    dfsz = error_budget(masses, model="dfsz1", tan_beta=3.0, **COARSE)
    low, high = dfsz.shifts["electrons"]
    assert not low.any()
    # f_a/c_e = 1.9e7 and 3.8e6 GeV: 0.0058 (1e7 GeV c_e/f_a)^2, then levelling off
    assert high == pytest.approx([0.0016, 0.039], rel=0.05)
    without = error_budget([1.0], model="dfsz1", tan_beta=3.0, fermions=False, **COARSE)
    assert "electrons" not in without.shifts


def test_quarks_count_where_they_couple():
    """Charm earlier makes more axions, later fewer."""
    budget = error_budget([0.1], model="dfsz1", tan_beta=0.25, **COARSE)
    low, high = budget.shifts["quarks"][:, 0]
    assert low < -1e-3
    assert high > 2e-3
