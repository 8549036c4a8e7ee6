"""Why this test exists: N_eff is counted in one place; a slip there is a slip in every bound."""

from __future__ import annotations

import pytest

from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.spectra.neutrinos import (
    DELTA_M2_21,
    DELTA_M2_31_NORMAL,
    DELTA_M2_32_INVERTED,
    HIERARCHIES,
    N_EFF_PER_MASSIVE,
    minimal_sum_ev,
    neutrino_sector,
)

from ..reference_values_cosmology import MINIMAL_SUM_EV, MINIMAL_SUM_TOLERANCE


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
def test_total_is_standard_and_masses_add_up(hierarchy):
    sector = neutrino_sector(0.15, hierarchy)
    total = sector.n_ur + N_EFF_PER_MASSIVE * sum(sector.degeneracies)
    assert total == pytest.approx(N_EFF_SM, abs=1e-12)
    mass = sum(m * d for m, d in zip(sector.masses_ev, sector.degeneracies, strict=True))
    assert mass == pytest.approx(0.0 if hierarchy == "massless" else 0.15, abs=1e-10)


def test_n_ur_of_degenerate_neutrinos_is_what_class_users_know():
    assert neutrino_sector(0.06).n_ur == pytest.approx(0.0044, abs=1e-5)
    assert neutrino_sector(0.06, "one_massive").n_ur == pytest.approx(2.0308, abs=1e-4)


@pytest.mark.parametrize("mnu", [None, 0.12, 1.0])
@pytest.mark.parametrize("hierarchy", ["normal", "inverted"])
def test_splittings(hierarchy, mnu):
    m1, m2, m3 = neutrino_sector(mnu or minimal_sum_ev(hierarchy), hierarchy).masses_ev
    assert m2**2 - m1**2 == pytest.approx(DELTA_M2_21, rel=1e-9)
    if hierarchy == "normal":
        assert m3**2 - m1**2 == pytest.approx(DELTA_M2_31_NORMAL, rel=1e-9)
    else:
        assert m3**2 - m2**2 == pytest.approx(DELTA_M2_32_INVERTED, rel=1e-9)


def test_minimal_sums():
    for hierarchy, expected in MINIMAL_SUM_EV.items():
        assert minimal_sum_ev(hierarchy) == pytest.approx(expected, abs=MINIMAL_SUM_TOLERANCE)


@pytest.mark.parametrize(
    ("mnu", "hierarchy"),
    [(-0.01, "degenerate"), (-0.01, "massless"), (0.05, "normal"), (0.09, "inverted")],
)
def test_impossible_sum(mnu, hierarchy):
    with pytest.raises(RangeError, match=f"{hierarchy} hierarchy allows"):
        neutrino_sector(mnu, hierarchy)


def test_unknown_hierarchy():
    with pytest.raises(UnknownOptionError, match="Did you mean 'normal'"):
        neutrino_sector(0.1, "norml")
