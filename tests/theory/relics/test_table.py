"""Why this test exists: Cobaya reads relics from a table; it must give what the solver gives."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.table import _GLUON_NODES, _RATIO_NODES, RelicTable, _Axis

DEFAULT = Abundance()
LO_NUMBER = Abundance(rates="lo", solver="number")


@pytest.mark.parametrize("abundance", [DEFAULT, LO_NUMBER])
def test_table_of_masses(abundance):
    table = RelicTable(abundance)
    rng = np.random.default_rng(3)
    for m_a in [*np.exp(rng.uniform(np.log(1e-3), np.log(10.0), 12)), 1e-3, 10.0, 3e-4]:
        exact, quick = abundance(m_a), table(m_a)
        assert quick.delta_neff == pytest.approx(exact.delta_neff, rel=1e-5)
        assert quick.omega_a_h2 == pytest.approx(exact.omega_a_h2, rel=1e-5)
    for m_a in (0.01, 0.1, 1.0):
        inverse = table.at_delta_neff(abundance(m_a).delta_neff)
        assert inverse.m_a_ev == pytest.approx(m_a, rel=1e-4)


def test_table_of_strengths():
    """Scaling both rates by G is the same as a mass larger by sqrt(G)."""
    table = RelicTable(DEFAULT, ratios=(0.7, 1.4))
    for m_a, pions, gluons in ((0.02, 1.0, 1.4), (0.1, 1.3, 0.95), (0.5, 0.8, 1.1)):
        exact = DEFAULT.scaled(pions, gluons)(m_a)
        quick = table(m_a, pions, gluons)
        assert quick.delta_neff == pytest.approx(exact.delta_neff, rel=1e-5)
        assert quick.omega_a_h2 == pytest.approx(exact.omega_a_h2, rel=1e-5)
    assert table(0.1, 5.0, 1.0).delta_neff == pytest.approx(
        DEFAULT.scaled(5.0, 1.0)(0.1).delta_neff, rel=1e-12
    )  # outside the table: solved


def test_table_of_strengths_beside_fermions_and_kaons():
    """Their strengths stay: the gluon strength is an axis of its own."""
    abundance = Abundance(model="dfsz1", tan_beta=3.0, kaons="data")
    table = RelicTable(abundance, ratios=(0.8, 1.0), gluons=(1.0, 1.3))
    for m_a, pions, gluons in ((0.02, 1.0, 1.0), (0.05, 1.05, 1.3), (0.1, 1.1, 1.2)):
        exact = abundance.scaled(pions, gluons)(m_a)
        assert table.covers(m_a, pions, gluons)
        quick = table(m_a, pions, gluons)
        assert quick.delta_neff == pytest.approx(exact.delta_neff, rel=1e-5)
        assert quick.omega_a_h2 == pytest.approx(exact.omega_a_h2, rel=1e-5)
    assert not table.covers(0.1, 1.0, 1.4)
    # At the same effective mass and ratio, fermions and kaons tell two strengths apart.
    weak, strong = table(0.05, 0.9, 1.0), table(0.05 / 1.3**0.5, 0.9 * 1.3, 1.3)
    assert weak.delta_neff > 1.005 * strong.delta_neff


def test_delta_neff_outside_the_curve():
    table = RelicTable(LO_NUMBER)
    for value, mass in ((0.0, 1e-3), (0.01, 1e-3), (1.0, M_A_MAX_EV)):
        psd = table.at_delta_neff(value)
        assert psd.delta_neff == pytest.approx(value)
        assert psd.m_a_ev == pytest.approx(mass)
    for value in (-0.1, float("nan")):
        with pytest.raises(RangeError, match="not negative"):
            table.at_delta_neff(value)


@pytest.mark.parametrize("nodes", [_RATIO_NODES, _GLUON_NODES])
@pytest.mark.parametrize("ends", [(0.5, 2.0), (0.99, 1.01), (1.0, 15.0), (0.01, 100.0)])
def test_interpolation_equals_that_of_scipy(ends, nodes):
    """At random points, at the nodes, beside them and at the ends: 1e-14."""
    axis = _Axis(ends, nodes)
    values = np.exp(np.outer(np.sin(axis.nodes), [0.5, 1.0, 2.0]))
    reference = BarycentricInterpolator(axis.nodes, values)
    inside = np.random.default_rng(5).uniform(axis.low, axis.high, 50)
    for x in (*inside, *axis.nodes, *np.nextafter(axis.nodes, np.inf), axis.low, axis.high):
        assert axis(values, x) == pytest.approx(reference(x), rel=1e-14, abs=0)


def test_long_tables_are_announced(caplog):
    """A range of strengths that no prior narrows takes many solutions: said before they start."""
    abundance = Abundance(solver="number", step=0.2, momenta=30)
    with caplog.at_level(logging.INFO, "hotaxion"):
        RelicTable(abundance, ratios=(0.7, 1.4))
        assert not caplog.records
        RelicTable(abundance, ratios=(0.25, 4.0))
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert "828 solutions" in record.getMessage()
    assert "69 masses at 12 strengths" in record.getMessage()
