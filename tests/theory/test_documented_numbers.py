"""Why this test exists: docs/physics.md quotes numbers of this code; they must stay true.

Tolerance: half a unit of the last digit written there. What a paper or another route checks stands
in the test of its subject.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hotaxion.theory.abundance import Abundance
from hotaxion.theory.couplings import couplings
from hotaxion.theory.error_budget import error_budget
from hotaxion.theory.rates import gluons, kaons
from hotaxion.theory.rates.crossover import TotalRate
from hotaxion.theory.rates.pik import M_KAON_GEV, axion_squared, kaon_couplings

TEXT = (Path(__file__).parents[2] / "docs" / "physics.md").read_text()
KSVZ, DEFAULT = couplings(), Abundance()


def change(m_a: float, base: Abundance = DEFAULT, **options) -> float:
    """Relative change of Delta N_eff [%]."""
    return 100.0 * (Abundance(**options)(m_a).delta_neff / base(m_a).delta_neff - 1.0)


def mean(rates: str, t_gev: list[float], loss: bool = False) -> np.ndarray:
    return np.exp(TotalRate(KSVZ, rates).log_mean_rate(np.array(t_gev), loss))


# --- section 3 -------------------------------------------------------------------------------


def test_pion_variants_against_the_default():
    t = [0.05, 0.08, 0.1, 0.12, 0.15]
    default = mean("gkpy", t)
    lo = 100 * (mean("lo", t) / default - 1)[[0, 2, 4]]
    assert lo == pytest.approx([-28, -26, 10], abs=0.5)
    raw, iam = (100 * (mean(rates, t) / default - 1) for rates in ("gkpy_raw", "iam"))
    assert -5 < raw.min() < raw.max() < -0.5
    assert 4.5 < iam.min() < iam.max() < 9
    for rates in ("lo", "gkpy"):
        definitions = 100 * (mean(rates, t, loss=True) / mean(rates, t) - 1)
        assert 3 < definitions.min() < definitions.max() < 12.5


def test_unitarised_theory_against_data():
    for m_a, percent in ((0.1, 3), (0.2, 2), (0.3, 1)):
        assert change(m_a, rates="iam") == pytest.approx(percent, abs=0.5)


def test_kaons():
    for m_a, percent, unit in ((0.1, 23, 1), (0.2, 14, 1), (0.3, 7, 1), (1.0, 0.3, 0.1)):
        assert change(m_a, kaons="data") == pytest.approx(percent, abs=0.5 * unit)
    weak = dict(model="dfsz1", tan_beta=0.25)
    assert change(0.3, Abundance(**weak), kaons="data", **weak) == pytest.approx(114, abs=1)


def test_share_of_kaons_above_the_data():
    """sqrt(s) > m_K + m_eta, 1.04 GeV: less than 8 % at 150 MeV."""
    t, g = 0.15, kaon_couplings(KSVZ)
    masses = (M_KAON_GEV / t, kaons.M_PION_GEV / t, M_KAON_GEV / t)
    y, w = np.polynomial.legendre.leggauss(12)
    x = 9.0 * (y + 1.0) ** 2 + 0.05
    weight = w * (y + 1.0) * x**2 / np.expm1(x)

    def rate(highest: float) -> float:
        def squared(s, u):
            return (s * t**2 < highest**2) * axion_squared(s * t**2, u * t**2, g) / t**2

        nodes = (96, 96, 12, 6)
        losses = [kaons.massive_loss(e, masses, (1, 1, 1), squared, nodes) for e in x]
        return weight @ (losses * np.exp(-kaons._threshold(x, t)) * -np.expm1(-x))

    assert 0.06 < 1.0 - rate(1.043) / rate(np.inf) < 0.08


# --- sections 4 and 5 ------------------------------------------------------------------------


def test_weak_coupling_formula_at_strong_coupling():
    y, w = np.polynomial.legendre.leggauss(20)
    x = 0.02 + 5.0 * (y + 1.0) ** 2
    weight = w * (y + 1.0) * x**2 / np.expm1(x)
    ours = weight @ [gluons.relaxation_rate_htl(e, 1.2, 6.0) for e in x] / weight.sum()
    formula = 1.2**6 / (64 * np.pi**5) * (np.log(1.5 / 1.2**2) + 0.406)
    assert ours / formula == pytest.approx(3.0, abs=0.1)


def test_knots():
    assert change(0.1, knots={0.5: 1.2e-3, 1.0: 7.2e-4}) == pytest.approx(-3.0, abs=0.1)


# --- sections 6, 8, 11 -----------------------------------------------------------------------


def test_share_of_fermions():
    model = dict(model="dfsz1", tan_beta=3.0)
    with_fermions, without = Abundance(**model), Abundance(**model, fermions=False)
    for m_a, share in ((0.03, 0.0022), (0.1, 0.0006), (1.0, 0.0012)):
        added = with_fermions(m_a).delta_neff - without(m_a).delta_neff
        assert added == pytest.approx(share, abs=5e-5)


def test_number_density_against_momenta():
    changes = [
        change(m_a, Abundance(rates=rates), rates=rates, solver="number")
        for rates in ("lo", "gkpy")
        for m_a in (0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
    ]
    assert -22.5 < min(changes) < -20
    assert -2 < max(changes) < -1


def test_thermal_amplitudes_would_matter():
    """2312.15240: 10 % in f_a is 20 % in the rate."""
    assert change(0.2, pion_scale=1.2) == pytest.approx(7.0, abs=0.5)


# --- section 10 ------------------------------------------------------------------------------


def test_table_of_the_error_budget():
    block = next(b for b in TEXT.split("```") if b.lstrip().startswith("m_a_ev  delta_neff"))
    head, _, *rows = block.strip().splitlines()
    table = np.array([[float(value) for value in row.split()] for row in rows])
    budget = error_budget(np.geomspace(0.03, 1.0, len(rows)))
    names = [name.strip().removesuffix(" %") for name in head.split("  ") if "%" in name]
    assert names == list(budget.shifts)
    low, high = budget.band
    larger = [
        np.where(np.abs(below) > above, below, above) / budget.delta_neff
        for below, above in budget.shifts.values()
    ]
    computed = np.array([budget.m_a_ev, budget.delta_neff, low, high, *(100 * s for s in larger)]).T
    numerics = computed[:, -1]
    assert table[:, :-1] == pytest.approx(computed[:, :-1], rel=5e-3)
    assert (np.abs(numerics) < 0.01).all()
    assert (np.abs(table[:, -1]) < 0.01).all()
