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
    T_NU_RATIO,
    minimal_sum_ev,
    neutrino_sector,
)

from ..reference_values_cosmology import (
    MINIMAL_SUM_EV,
    MINIMAL_SUM_TOLERANCE,
    N_UR_OF_CLASS,
    N_UR_TOLERANCE,
)


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
def test_total_is_standard_and_masses_add_up(hierarchy):
    sector = neutrino_sector(0.15, hierarchy)
    total = sector.n_ur + N_EFF_PER_MASSIVE * sum(sector.degeneracies)
    assert total == pytest.approx(N_EFF_SM, abs=1e-12)
    mass = sum(m * d for m, d in zip(sector.masses_ev, sector.degeneracies, strict=True))
    assert mass == pytest.approx(0.0 if hierarchy == "massless" else 0.15, abs=1e-10)


@pytest.mark.parametrize("n_eff", N_UR_OF_CLASS)
@pytest.mark.parametrize(
    ("families", "hierarchy"),
    [(0, "massless"), (1, "one_massive"), (2, "two_massive"), (3, "degenerate"), (3, "normal")],
)
def test_n_ur_is_what_class_users_know(n_eff, families, hierarchy):
    sector = neutrino_sector(0.06, hierarchy, n_eff=n_eff)
    assert sum(sector.degeneracies) == families
    assert sector.n_ur == pytest.approx(N_UR_OF_CLASS[n_eff][families], abs=N_UR_TOLERANCE)
    # The other convention is so much radiation more.
    assert sector.n_ur == neutrino_sector(0.06, hierarchy, n_eff - N_EFF_SM).n_ur
    assert sector.temperature_ratio == T_NU_RATIO


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
@pytest.mark.parametrize("extra", [-2.044, -1.0, -0.003, 0.7])
def test_n_eff_with_more_or_less_radiation(hierarchy, extra):
    """N_ur and the massive families add up; these are not colder before N_ur is 0."""
    sector = neutrino_sector(0.15, hierarchy, extra)
    colder = sector.temperature_ratio / T_NU_RATIO
    total = sector.n_ur + N_EFF_PER_MASSIVE * sum(sector.degeneracies) * colder**4
    assert total == pytest.approx(N_EFF_SM + extra, abs=1e-12)
    assert colder == 1.0 or sector.n_ur == 0.0


@pytest.mark.parametrize("extra", [-2.05, 10.5, float("nan")])
def test_impossible_radiation(extra):
    with pytest.raises(RangeError, match=r"delta_neff_extra = .*from -2\.044 to 10"):
        neutrino_sector(0.06, "degenerate", extra)


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
