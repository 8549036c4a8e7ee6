"""Why this test exists: docs/physics.md quotes numbers of this code; they must stay true.

Tolerance: half a unit of the last digit written there. What a paper or another route checks stands
in the test of its subject.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hotaxion.theory.particle.couplings import couplings, f_a_gev
from hotaxion.theory.rates import gluons, kaons
from hotaxion.theory.rates.pik import M_KAON_GEV, axion_squared, kaon_couplings
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.error_budget import error_budget

TEXT = (Path(__file__).parents[3] / "docs" / "physics.md").read_text()
KSVZ, DEFAULT = couplings(), Abundance()


def change(m_a: float, base: Abundance = DEFAULT, **options) -> float:
    """Relative change of Delta N_eff [%]."""
    return 100.0 * (Abundance(**options)(m_a).delta_neff / base(m_a).delta_neff - 1.0)


def mean(rates: str, t_gev: list[float], loss: bool = False) -> np.ndarray:
    return np.exp(TotalRate(KSVZ, rates=rates).log_mean_rate(np.array(t_gev), loss))


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


def test_start_at_a_higher_temperature():
    light = [0.01, 0.02, 0.03, 0.05]
    for start, tolerance in ((1000.0, 0.05), (500.0, 0.06)):
        changes = [change(m_a, T_initial=start) for m_a in light]
        assert changes == pytest.approx([-3.9, -2.7, -1.6, -0.3], abs=tolerance)
    floors = [Abundance(T_initial=start)(1e-4).delta_neff for start in (100.0, 1000.0)]
    assert floors == pytest.approx([0.0292, 0.0279], abs=5e-5)
    assert DEFAULT.solver.t[0] == pytest.approx(100.0)
    coupling = [np.exp(DEFAULT._log_rate_over_hubble[0]) / f_a_gev(m_a) ** 2 for m_a in light]
    assert coupling == pytest.approx([0.03, 0.10, 0.24, 0.65], abs=0.005)


@pytest.mark.parametrize(
    ("options", "m_a", "before", "after"),
    [({}, 0.1692, 3.8e3, 261), ({"kaons": "data"}, 0.1253, 11e3, 171)],
    ids=str,
)
def test_decoupling_temperature_jumps_where_the_abundance_is_smooth(options, m_a, before, after):
    abundance = Abundance(**options)
    below, above = abundance(m_a - 1e-4), abundance(m_a + 1e-4)
    assert below.t_decoupling_mev == pytest.approx(before, rel=0.02)
    assert above.t_decoupling_mev == pytest.approx(after, rel=0.08)  # falls steeply from there
    assert above.delta_neff == pytest.approx(below.delta_neff, rel=0.002)


def test_most_axions_are_made_below_the_decoupling_temperature():
    assert DEFAULT(0.15).t_decoupling_mev == pytest.approx(5950, abs=5)
    solution = DEFAULT.history(0.15)
    per_entropy = solution.abundance / solution.entropy
    share = np.interp([0.261, 1.0], solution.t_gev[::-1], per_entropy[::-1] / per_entropy[-1])
    assert share == pytest.approx([0.5, 0.4], abs=0.01)
    assert DEFAULT(0.15).t_half_made_mev == pytest.approx(275, abs=1)


def test_no_temperature_where_half_of_the_axions_are_there_from_the_start():
    assert DEFAULT(1e-3).t_half_made_mev is None
    assert Abundance(initial="zero")(1e-3).t_half_made_mev > 1e3
    number = Abundance(solver="number")(0.15).t_half_made_mev
    assert number == pytest.approx(DEFAULT(0.15).t_half_made_mev, rel=0.2)


# --- section 10 ------------------------------------------------------------------------------


def test_nucleons():
    changes = [change(m_a, nucleons="delta") for m_a in (0.05, 0.1, 0.2, 0.3)]
    assert changes == pytest.approx([1.1, 1.5, 1.0, 0.5], abs=0.06)


@pytest.mark.parametrize(
    ("onset", "percent"), [(0.6, [3.2, 5.7, 5.8, 3.5]), (2.0, [-2.3, -3.4, -2.6, -1.1])]
)
def test_onset_of_quarks(onset, percent):
    for tan_beta in (0.25, 3.0):
        model = dict(model="dfsz1", tan_beta=tan_beta)
        late, default = Abundance(**model, T_quarks=onset), Abundance(**model)
        changes = [
            100 * (late(m_a).delta_neff / default(m_a).delta_neff - 1)
            for m_a in (0.05, 0.1, 0.2, 0.3)
        ]
        if tan_beta == 3.0:
            assert (np.abs(changes) < 0.7).all()
        else:
            assert changes == pytest.approx(percent, abs=0.06)


def test_table_of_the_error_budget():
    block = next(b for b in TEXT.split("```") if b.lstrip().startswith("m_a_ev [eV]  delta"))
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
