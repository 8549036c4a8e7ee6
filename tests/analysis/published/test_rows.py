"""Why this test exists: the table must say what the chains say, and no difference may be explained
by a run that did not happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import halfnorm

from hotaxion.analysis.published import rows as rows_module
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.analysis.published.figure import options_of_input
from hotaxion.analysis.published.rows import CURVE, REWEIGHTED, Row

from ..reproduce_stubs import ABSTRACT, EXACT, M_A_SIGMA, NAME, chain_of, row_of, write_files


@pytest.mark.parametrize("name", ["m_a", "delta_neff", "f_a"])
@pytest.mark.parametrize("variant", [None, "primat"])
def test_numbers_of_the_table_are_those_of_the_chain(reproduced, name, variant):
    row = row_of(reproduced, name, variant)
    assert abs(row.ours - EXACT[name]) < 5 * row.mc_error  # independent rows, cut in four
    assert (
        row.published == dict(zip(("delta_neff", "m_a", "f_a"), ABSTRACT[NAME], strict=False))[name]
    )
    assert row.ratio == row.ours / row.published
    assert row.effective_samples > 100
    assert 0 <= row.r_minus_one < 0.1
    assert row.agrees is False
    assert rows_module.shown(row).startswith(">" if name == "f_a" else "<")


def test_every_chain_and_variant_has_its_rows(reproduced):
    assert {row.variant for row in reproduced.rows if row.analysis == NAME} >= {
        None,
        *ANALYSES[NAME].variants,
        CURVE,
    }
    joint = [row for row in reproduced.rows if row.analysis != NAME and row.variant is None]
    assert [row.quantity for row in joint] == ["delta_neff", "m_a", "f_a", "mnu"]
    assert [row.published for row in joint] == [None, 0.24, None, None]
    assert reproduced.complete


def test_a_prior_flat_in_delta_neff_by_reweighting(reproduced):
    """Flat in m_a was sampled: the other prior has other bounds, and says how many samples."""
    analysis = "notari2022_planck_bao2018_ksvz"
    own, other = (row_of(reproduced, "m_a", v, analysis) for v in (None, REWEIGHTED))
    assert other.ours != own.ours
    assert other.r_minus_one is None
    assert 0 < other.effective_samples < own.effective_samples


def test_a_forecast_has_standard_deviations(work_folder):
    chain = chain_of("forecast_cmbs4_desi_ksvz")
    write_files(chain)
    m_a, mnu = rows_module.rows_of_chain(chain, 0.3)
    assert (m_a.quantity, mnu.quantity) == ("sigma(m_a)", "sigma(mnu)")
    exact = M_A_SIGMA * float(halfnorm.std())
    assert abs(m_a.ours - exact) < 5 * m_a.mc_error < 0.2 * exact
    assert m_a.published is m_a.ratio is m_a.r_minus_one_bound is None
    assert rows_module.shown(m_a) == f"{m_a.ours:.3f}"
    assert rows_module.named(m_a.quantity) == "sigma(m_a) [eV]"


def test_the_end_of_the_curve_is_no_bound(work_folder):
    """Sampled in delta_neff, m_a is held at the end of the curve where there is no mass."""
    chain = chain_of("deramo2022_bbn_ksvz", "aver2015")
    write_files(chain)
    path = Path(f"{chain.prefix}.1.txt")
    header, *rows = path.read_text().splitlines()
    column = header.lstrip("# ").split().index("m_a")
    for i in range(0, len(rows), 10):
        cells = rows[i].split()
        rows[i] = " ".join([*cells[:column], "10.0", *cells[column + 1 :]])
    path.write_text("\n".join([header, *rows]) + "\n")
    row = next(r for r in rows_module.rows_of_chain(chain, 0.3) if r.quantity == "m_a")
    assert row.ours == 10.0
    assert rows_module.shown(row) == "< 10 (no bound)"


@pytest.mark.parametrize(("name", "values"), ABSTRACT.items())
def test_mass_on_our_curve_at_the_published_delta_neff(name, values):
    """The abundance alone reproduces the published masses, and agrees with `Abundance`."""
    info = chain_of(name).info
    (row,) = rows_module.rows_of_curve(name, info)
    assert row.ours == pytest.approx(values[1], rel=rows_module.TOLERANCE)
    assert row.agrees
    relic = options_of_input(info).build()(row.ours)
    assert relic.delta_neff == pytest.approx(values[0], rel=1e-4)
    assert row.mc_error is None


def test_no_curve_without_both_published_numbers():
    name = "notari2022_planck_bao2018_ksvz"
    assert rows_module.rows_of_curve(name, chain_of(name).info) == []


def test_dfsz_curve_needs_its_angle():
    name = "deramo2022_bbn_dfsz"
    mass = rows_module.mass_at(chain_of(name).info, 0.2)
    options = options_of_input(chain_of(name).info)
    assert (options.model, options.tan_beta) == ("dfsz1", 1)
    assert options.build()(mass).delta_neff == pytest.approx(0.2, rel=1e-3)


# --- sentences -------------------------------------------------------------------------------


def bbn_row(quantity: str, ours: float, variant: str | None = None, **more) -> Row:
    return Row(NAME, variant, quantity, ANALYSES[NAME].published[quantity], ours, **more)


def test_agreement_is_one_sentence():
    rows = [bbn_row("delta_neff", 0.139), bbn_row("m_a", 0.155), bbn_row("f_a", 3.7e7)]
    (sentence,) = rows_module.explain(NAME, rows)
    assert sentence == "Within 6 %: delta_neff (-1 %), m_a (-3 %), f_a (+4 %)."


def test_a_difference_is_explained_by_runs_only():
    rows = [
        bbn_row("m_a", 0.2, mc_error=0.02),
        bbn_row("delta_neff", 0.147),
        bbn_row("f_a", 2.9e7, mc_error=1e6),
        bbn_row("m_a", 0.154, CURVE, remark="at delta_neff = 0.14; slope = 1"),
        bbn_row("m_a", 0.19, "primat"),
        bbn_row("m_a", 0.165, "aver2015"),
    ]
    sentences = rows_module.explain(NAME, rows)
    assert sentences == [
        "Within 6 %: delta_neff (+5 %).",
        "m_a [eV]: < 0.20 against < 0.16, +25 %, 2.0 Monte Carlo errors.",
        "Our curve has m_a = 0.154 eV at delta_neff = 0.14, -4 %: the abundance agrees. The rest, "
        "+30 %, is that of delta_neff (+5 %) along the curve; there slope = 1.",
        "Within 6 % of the published one: aver2015 (+3 %).",
        "f_a differs as m_a does: m_a f_a is a constant.",
    ]
    without = rows_module.explain(NAME, rows[:5])
    assert "No variant comes within 6 %; the nearest is primat (+19 %)." in without
    across = [*rows[:4], bbn_row("m_a", 0.13, "primat")]
    assert rows_module.explain(NAME, across)[-2] == (
        "No variant comes within 6 %; the nearest is primat (-19 %), and the published bound lies "
        "between it and ours."
    )
    assert "No variant was run to its end: unexplained." in rows_module.explain(NAME, rows[:1])
    rows[-1] = bbn_row("m_a", 0.165, "aver2015", caveat="unfinished")
    assert rows_module.shown(rows[-1]) == "< 0.165 (unfinished)"
    assert rows_module.explain(NAME, rows) == without
    assert rows_module.explain(NAME, []) == ["No chain: nothing can be said."]
    assert rows_module.explain("bbn_ksvz", []) == []
