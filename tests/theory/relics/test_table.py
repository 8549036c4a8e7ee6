"""Why this test exists: Cobaya reads relics from a table; it must give what the solver gives."""

from __future__ import annotations

import logging
import time

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.polynomials import Polynomials
from hotaxion.theory.relics.table import RelicTable

DEFAULT = Abundance()
LO_NUMBER = Abundance(rates="lo", solver="number")
COARSE = dict(step=0.1, momenta=30)  # quicker; the table interpolates the same things
TWO = dict(pion_scale=(0.61, 1.39), crossover=(-1.0, 1.0))


def _agree(quick, exact, rel):
    for name in ("delta_neff", "omega_h2", "mean_momentum_ratio"):
        assert getattr(quick, name) == pytest.approx(getattr(exact, name), rel=rel), name


def _errors(table, options, ranges, points, masses=(0.01, 1.0)) -> np.ndarray:
    """Relative errors of Delta N_eff and of the mean momentum at random points, (points, 2)."""
    rng, found = np.random.default_rng(3), []
    for _ in range(points):
        inputs = {name: float(rng.uniform(*ends)) for name, ends in ranges.items()}
        m_a = float(np.exp(rng.uniform(*np.log(masses))))
        assert table.covers(m_a, **inputs)
        quick, exact = table(m_a, **inputs), Abundance(**options | inputs)(m_a).psd
        found.append(
            [
                quick.delta_neff / exact.delta_neff - 1,
                quick.mean_momentum_ratio / exact.mean_momentum_ratio - 1,
            ]
        )
    return np.abs(found)


# --- masses alone ----------------------------------------------------------------------------


@pytest.mark.parametrize("abundance", [DEFAULT, LO_NUMBER])
def test_table_of_masses(abundance):
    table = RelicTable(abundance)
    rng = np.random.default_rng(3)
    for m_a in [*np.exp(rng.uniform(np.log(1e-3), np.log(10.0), 12)), 1e-3, 10.0, 3e-4]:
        exact, quick = abundance(m_a), table(m_a)
        assert quick.delta_neff == pytest.approx(exact.delta_neff, rel=1e-5)
        assert quick.omega_h2 == pytest.approx(exact.omega_a_h2, rel=1e-5)
    for m_a in (0.01, 0.1, 1.0):
        inverse = table.at_delta_neff(abundance(m_a).delta_neff)
        assert inverse.mass_ev == pytest.approx(m_a, rel=1e-4)


@pytest.mark.parametrize("options", [{}, {"initial": "zero"}, {"solver": "number"}], ids=str)
def test_light_axions(options):
    """Below the masses of the table, to the largest f_a; direct solutions take 10 ms each."""
    abundance = Abundance(**COARSE, **options)
    table = RelicTable(abundance)
    for m_a in (1e-12, 1e-6, 3e-4, 9.9e-4):
        assert table.covers(m_a)
        _agree(table(m_a), abundance(m_a).psd, 1e-6)


def test_an_alp_has_the_table_of_the_generic_axion():
    with pytest.raises(RangeError, match="take generic"):
        RelicTable(Abundance(model="alp", **COARSE))


def test_delta_neff_outside_the_curve():
    table = RelicTable(LO_NUMBER)
    for value, mass in ((0.0, 1e-3), (0.01, 1e-3), (1.0, M_A_MAX_EV)):
        psd = table.at_delta_neff(value)
        assert psd.delta_neff == pytest.approx(value)
        assert psd.mass_ev == pytest.approx(mass)
    for value in (-0.1, float("nan")):
        with pytest.raises(RangeError, match="not negative"):
            table.at_delta_neff(value)


# --- inputs besides --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "name", "ends"),
    [
        ({}, "pion_scale", (0.7, 1.4)),
        (dict(solver="number"), "pion_scale", (0.7, 1.4)),
        (dict(gluons="none", initial="zero"), "pion_scale", (0.7, 1.4)),
        (dict(kaons="data"), "kaon_scale", (0.0, 2.0)),
        (dict(kaons="data"), "z_ud", (0.44, 0.5)),
        ({}, "crossover", (-1.0, 1.0)),
        (dict(model="dfsz1", tan_beta=3.0), "gluon_scale", (1.0, 3.0)),
        (dict(model="dfsz1", tan_beta=3.0, kaons="data"), "tan_beta", (2.0, 4.0)),
    ],
    ids=str,
)
def test_table_of_one_input(options, name, ends):
    options |= COARSE
    table = RelicTable(Abundance(**options), **{name: ends})
    errors = _errors(table, options, {name: ends}, 8, (1e-3, 10.0))
    assert errors.max() < 4e-5
    assert np.median(errors) < 1e-5


@pytest.fixture(scope="module")
def two_inputs():
    return RelicTable(Abundance(**COARSE), **TWO)


def test_table_of_two_inputs(two_inputs):
    """1e-5 at most points, more in the corners; all five theory errors: docs/physics.md, 8."""
    errors = _errors(two_inputs, COARSE, TWO, 12)
    assert np.median(errors[:, 0]) < 2e-5
    assert errors.max() < 1e-4


def test_named_variants_are_in_the_table(two_inputs):
    for value, options in ((1.0, dict(gluons="sphaleron")), (0.0, {})):
        for m_a in (0.02, 0.1, 0.4):
            exact = Abundance(**options, **COARSE, pion_scale=0.9)(m_a).psd
            _agree(two_inputs(m_a, pion_scale=0.9, crossover=value), exact, 3e-5)


def test_mass_of_a_delta_neff_where_inputs_vary(two_inputs):
    psd = two_inputs(0.1, pion_scale=1.2, crossover=0.4)
    found = two_inputs.at_delta_neff(psd.delta_neff, pion_scale=1.2, crossover=0.4)
    assert found.mass_ev == pytest.approx(0.1, rel=1e-6)


def test_lighter_axions_than_its_masses(two_inputs):
    """The quick solution alone: no back-reaction to speak of."""
    for m_a in (1e-6, 5e-4):
        exact = Abundance(**COARSE, pion_scale=1.3, crossover=0.5)(m_a).psd
        _agree(two_inputs(m_a, pion_scale=1.3, crossover=0.5), exact, 2e-5)


def test_relics_that_jump_with_the_rates_are_not_tabulated():
    options = dict(solver="instantaneous", **COARSE)
    table = RelicTable(Abundance(**options), z_ud=(0.46, 0.48))
    exact = Abundance(**options, z_ud=0.475)(0.1).psd
    assert not table.covers(0.1, z_ud=0.475)
    _agree(table(0.1, z_ud=0.475), exact, 1e-12)


def test_outside_the_table_the_equation_is_solved(two_inputs):
    for inputs in (dict(pion_scale=3.0, crossover=0.0), dict(pion_scale=0.2, crossover=1.0)):
        assert not two_inputs.covers(0.1, **inputs)
        exact = Abundance(**COARSE, **inputs)(0.1).psd
        _agree(two_inputs(0.1, **inputs), exact, 1e-12)


def test_nothing_jumps(two_inputs):
    """A chain's steps are small: neither cells of masses nor the kink of the crossover show."""
    for m_a in np.exp(two_inputs._ln_m[[5, 15, 22]]):
        values = [two_inputs(m_a * (1 + e), pion_scale=1.0, crossover=0.1) for e in (-1e-9, 1e-9)]
        _agree(*values, 1e-8)
    values = [two_inputs(0.1, pion_scale=1.0, crossover=c) for c in (-1e-9, 0.0, 1e-9)]
    _agree(values[0], values[1], 1e-7)
    _agree(values[2], values[1], 1e-7)


def test_a_call_takes_little(two_inputs):
    """0.25 ms on a free core (docs/performance.md); here 1 ms, since the others may take it."""
    start = time.process_time()
    for crossover in np.linspace(-1.0, 1.0, 100):
        two_inputs(0.1, pion_scale=1.1, crossover=float(crossover))
    assert time.process_time() - start < 0.1


def test_tan_beta_to_its_end():
    """exp(ln 170) is no value that it may have."""
    options = dict(model="dfsz1", **COARSE)
    table = RelicTable(Abundance(**options, tan_beta=160.0), tan_beta=(150.0, 170.0))
    _agree(table(0.1, tan_beta=170.0), Abundance(**options, tan_beta=170.0)(0.1).psd, 1e-5)
    all_of_them = Polynomials(AxionOptions.declared(), dict(tan_beta=(0.25, 170.0)))
    values = [point["tan_beta"] for point in all_of_them.points]
    assert (min(values), max(values)) == (0.25, 170.0)


@pytest.mark.parametrize(
    ("ranges", "error", "message"),
    [
        (dict(kaon=(0.0, 1.0)), UnknownOptionError, "Did you mean 'kaon_scale'"),
        (dict(kaon_scale=(0.0, 1.0)), RangeError, "kaons: none, which has no rate to scale"),
    ],
)
def test_inputs_that_cannot_vary_are_refused(ranges, error, message):
    with pytest.raises(error, match=message):
        RelicTable(DEFAULT, **ranges)


def test_inputs_of_a_call_are_those_of_the_table(two_inputs):
    with pytest.raises(UnknownOptionError, match="Did you mean 'pion_scale'"):
        two_inputs(0.1, pions=1.0, crossover=0.0)
    with pytest.raises(RangeError, match="needs a value of crossover"):
        two_inputs(0.1, pion_scale=1.0)


def test_too_wide_ranges_are_refused():
    """Before the first solution."""
    wide = dict(pion_scale=(0.1, 10.0), gluon_scale=(0.1, 30.0), z_ud=(0.1, 0.9))
    wide |= dict(crossover=(-1.0, 1.0))
    with pytest.raises(RangeError, match="pion_scale, gluon_scale, z_ud, crossover vary too much"):
        RelicTable(DEFAULT, **wide)


def test_long_tables_are_announced(caplog):
    """Inputs that no prior narrows take many solutions: said before they start."""
    abundance = Abundance(solver="number", step=0.2, momenta=30)
    with caplog.at_level(logging.INFO, "hotaxion"):
        RelicTable(abundance, pion_scale=(0.7, 1.4))
        assert not caplog.records
        RelicTable(abundance, pion_scale=(0.1, 10.0))
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert "28 masses at" in record.getMessage()
    assert "values of pion_scale." in record.getMessage()
