"""Why this test exists: a bound of a paper becomes a mass here; there and back must be one number,
whatever the options, and what no axion has must be said, not extrapolated."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.relics import error_budget as budgets
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.error_budget import ErrorBudget, error_budget
from hotaxion.theory.relics.inversion import ATTRIBUTES, mass_band, masses_around, relic_with

COARSE = {"step": 0.1, "momenta": 40}
OPTIONS = [
    {},
    {"model": "dfsz1", "tan_beta": 3.0},
    {"kaons": "data", "crossover": 1.0},
    {"gluons": "none", "initial": "zero"},
    {"rates": "lo", "solver": "number"},
    {"T_reheat": 0.05},
]
FALLING = {"f_a", "t_decoupling"}  # with the mass


@cache
def abundance(**options) -> Abundance:
    return Abundance(**COARSE, **options)


@pytest.mark.parametrize("options", OPTIONS)
def test_every_quantity_is_monotonic_and_leads_back(options):
    """To 1e-6 in the mass, from each quantity to the relic and back."""
    axions = abundance(**options)
    relics = [axions(float(m)) for m in np.geomspace(1e-3, 10.0, 9)]
    for name, attribute in ATTRIBUTES.items():
        found = [x for x in (getattr(relic, attribute) for relic in relics) if x is not None]
        steps = np.diff(found) * (-1.0 if name in FALLING else 1.0)
        assert (steps > 0.0).all(), name
    relic = axions(0.4)
    for name in ATTRIBUTES if options in OPTIONS[:2] else ["delta_neff"]:
        value = getattr(relic, ATTRIBUTES[name])
        back = relic_with(axions, {name: value})
        assert back.m_a_ev == pytest.approx(0.4, rel=1e-6), name
        assert getattr(back, ATTRIBUTES[name]) == pytest.approx(value, rel=1e-9), name


def test_mass_of_a_published_bound():
    """0.107 (2603.13226) on the default curve; ours: chains/reference/reproduced.md has 0.0953."""
    relic = relic_with(Abundance(), {"delta_neff": 0.107})
    assert relic.m_a_ev == pytest.approx(0.0953, abs=1e-4)
    assert relic.f_a_gev == pytest.approx(f_a_gev(relic.m_a_ev), rel=1e-12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"delta_neff": 0.02}, r"0\.02 is not reached.* from 0\.029.*start in equilibrium"),
        ({"delta_neff": 0.6}, r"0\.6 is not reached.* to 0\.47.*; give a number between"),
        ({"omega_axion": 1.0}, "omega_axion = 1 is not reached"),
        ({"t_decoupling": 5.0}, "t_decoupling = 5 is not reached.* never in equilibrium"),
        ({"t_decoupling": 2000.0}, "t_decoupling = 2000 is not reached.* jumps from"),
        ({"delta_neff": 0.0}, "delta_neff = 0"),
        ({"delta_neff": math.nan}, "delta_neff = nan"),
        ({"m_a": 20.0}, "m_a = 20"),
        ({"m_a": 0.1, "delta_neff": 0.1}, "m_a, delta_neff given; give one quantity of m_a, f_a"),
        ({}, "nothing given; give one quantity"),
    ],
)
def test_what_no_axion_has_is_said(given, words):
    with pytest.raises(RangeError, match=words):
        relic_with(abundance(), given)


def test_names_are_known():
    with pytest.raises(UnknownOptionError, match="Did you mean 'delta_neff'"):
        relic_with(abundance(), {"delta_nef": 0.1})


def test_no_axion_was_ever_in_equilibrium():
    weak = abundance(model="generic")
    with pytest.raises(RangeError, match=r"t_decoupling: .* no axion has been in equilibrium"):
        relic_with(weak.scaled(pions=1e-20, gluons=1e-20), {"t_decoupling": 50.0})


def test_mass_and_decay_constant_of_an_alp():
    """Delta N_eff is that of f_a alone, Omega h^2 that of the mass, too."""
    alp, generic = abundance(model="alp"), abundance(model="generic")
    at = generic(0.3)
    relic = relic_with(alp, {"m_a": 2.0, "delta_neff": at.delta_neff})
    assert relic.m_a_ev == 2.0
    assert relic.f_a_gev == pytest.approx(at.f_a_gev, rel=1e-6)
    back = relic_with(alp, {"m_a": 2.0, "omega_axion": relic.omega_a_h2})
    assert back.f_a_gev == pytest.approx(at.f_a_gev, rel=1e-6)
    assert relic_with(alp, {"m_a": 2.0, "f_a": 1e7}).f_a_gev == 1e7
    for given in ({"m_a": 1.0}, {"delta_neff": 0.1}, {"f_a": 1e7, "delta_neff": 0.1}):
        with pytest.raises(RangeError, match=r"model alp: .* give m_a and one other quantity"):
            relic_with(alp, given)
    with pytest.raises(RangeError, match="lifetime"):  # the checks of its mass stay
        relic_with(alp, {"m_a": 1000.0, "delta_neff": at.delta_neff})


def test_band_read_at_one_delta_neff():
    """Delta N_eff = m (1 -+ 10 %) exactly: from X/1.1 to X/0.9."""
    masses = masses_around(np.array([0.1]))
    assert masses[0] == pytest.approx(0.1 / 3)
    assert masses[-1] == pytest.approx(0.3)
    budget = ErrorBudget(masses, masses, {"pions": np.array([-0.1 * masses, 0.1 * masses])})
    low, high = mass_band(budget, 0.1)
    assert (low, high) == pytest.approx((0.1 / 1.1, 0.1 / 0.9), rel=2e-3)
    assert mass_band(budget, 1.0) == (None, None)
    assert masses_around(np.array([9.0]))[-1] == 10.0


def test_band_is_that_of_the_budget(monkeypatch):
    """The upper edge of Delta N_eff at the least mass is what was given, and so is the lower."""
    rates = {"pions": [{"pion_scale": 0.9}, {"pion_scale": 1.1}]}
    monkeypatch.setattr(budgets, "variants", lambda options: rates)
    options = abundance().options
    mass = relic_with(abundance(), {"delta_neff": 0.2}).m_a_ev
    low, high = mass_band(error_budget(masses_around(np.array([mass])), options), 0.2)
    at_ends = error_budget([low, high], options).band
    assert at_ends[1][0] == pytest.approx(0.2, rel=2e-3)
    assert at_ends[0][1] == pytest.approx(0.2, rel=2e-3)
