"""Why this test exists: the table must say what the chains say, and no difference may be explained
by a run that did not happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import halfnorm

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.theories import options_of_input
from hotaxion.analysis.published import rows as rows_module
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.analysis.published.jobs import Options
from hotaxion.analysis.published.plan import Reproduction
from hotaxion.analysis.published.report import main_table
from hotaxion.analysis.published.rows import Kind, Row, nearest
from hotaxion.theory.relics.abundance import Abundance

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
    assert row.shown().startswith(">" if name == "f_a" else "<")


def test_every_chain_and_variant_has_its_rows(reproduced):
    names = {row.name for row in reproduced.rows if row.analysis == NAME}
    assert names >= {"", *ANALYSES[NAME].variants, "on our curve"}
    joint = [row for row in reproduced.rows if row.analysis != NAME and not row.name]
    assert [row.quantity for row in joint] == ["delta_neff", "m_a", "f_a", "mnu"]
    assert [row.published for row in joint] == [0.19, 0.24, None, None]
    assert reproduced.complete


def test_a_prior_flat_in_delta_neff_by_reweighting(reproduced):
    """Flat in m_a was sampled: the other prior has other bounds, and says how many samples."""
    analysis = "notari2022_planck_bao2018_ksvz"
    kinds = (Kind.CHAIN, Kind.REWEIGHTED)
    own, other = (row_of(reproduced, "m_a", None, analysis, kind) for kind in kinds)
    assert other.ours != own.ours
    assert other.r_minus_one is None
    assert 0 < other.effective_samples < own.effective_samples


def test_a_forecast_has_standard_deviations(work_folder):
    chain = chain_of("forecast_cmbs4_desi_ksvz")
    write_files(chain)
    m_a, mnu = rows_module.rows_of_chain(chain, Chain.load(chain.prefix, 0.3))
    assert (m_a.quantity, mnu.quantity) == ("m_a", "mnu")
    assert m_a.sigma
    exact = M_A_SIGMA * float(halfnorm.std())
    assert abs(m_a.ours - exact) < 5 * m_a.mc_error < 0.2 * exact
    assert m_a.published is m_a.ratio is m_a.r_minus_one_bound is None
    assert m_a.shown() == f"{m_a.ours:.3f}"
    assert m_a.quantity_with_unit == "sigma(m_a) [eV]"


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
    rows = rows_module.rows_of_chain(chain, Chain.load(chain.prefix, 0.3))
    row = next(row for row in rows if row.quantity == "m_a")
    assert row.ours == 10.0
    assert row.shown() == "< 10 (no bound)"


@pytest.mark.parametrize(("name", "values"), ABSTRACT.items())
def test_mass_on_our_curve_at_the_published_delta_neff(name, values):
    """The abundance alone reproduces the published masses, and agrees with `Abundance`."""
    job = chain_of(name)
    (row,) = rows_module.rows_of_curve(job)
    assert row.ours == pytest.approx(values[1], rel=rows_module.TOLERANCE)
    assert row.agrees
    relic = Abundance(options_of_input(job.info))(row.ours)
    assert relic.delta_neff == pytest.approx(values[0], rel=1e-4)
    assert row.mc_error is None


def test_no_curve_without_both_published_numbers():
    name = "bianchini2023_planck_bao2018_bbn_ksvz"
    assert rows_module.rows_of_curve(chain_of(name)) == []


def test_bounds_of_others_on_delta_neff_are_translated_by_our_curve():
    """2603.13226: Delta N_eff < 0.107 at the m_a [eV] (ours) of this model; the chain stays."""
    name, expected = "hotaxion2026_ksvz", 0.0953
    job = chain_of(name)
    own = [Row(name, None, q, None, 0.1, 0.001) for q in ("delta_neff", "m_a", "f_a", "mnu")]
    rows = rows_module.rows_beside(job, own)
    assert [row.name for row in rows[::2]] == list(ANALYSES[name].beside)
    assert {(row.quantity, row.ours, row.mc_error) for row in rows} == {
        *(("delta_neff", 0.1, 0.001), ("m_a", 0.1, 0.001))
    }
    delta_neff, m_a = (row.published for row in rows if row.name == "goldstein2026")
    assert delta_neff == 0.107
    assert m_a == pytest.approx(expected, rel=0.01)
    assert Abundance(options_of_input(job.info))(m_a).delta_neff == pytest.approx(0.107, rel=1e-4)
    assert nearest(rows[0], [*own, *rows]) is None


def test_dfsz_curve_needs_its_angle():
    options = options_of_input(chain_of("deramo2022_bbn_dfsz").info)
    assert (options.model, options.tan_beta) == ("dfsz1", 1)
    assert Abundance(options)(0.2).delta_neff > 0


# --- which run comes nearest -----------------------------------------------------------------


def bbn_row(quantity: str, ours: float, variant: str | None = None, **more) -> Row:
    return Row(NAME, variant, quantity, ANALYSES[NAME].published[quantity], ours, **more)


def test_agreement_needs_no_variant():
    rows = [bbn_row("m_a", 0.155), bbn_row("m_a", 0.16, "primat")]
    assert rows[0].agrees
    assert nearest(rows[0], rows) is None


def test_a_difference_names_the_nearest_run():
    """Of the same quantity, finished; the curve is no run, and a variant has no nearest one."""
    rows = [
        bbn_row("m_a", 0.2),
        bbn_row("delta_neff", 0.2),
        bbn_row("m_a", 0.16, kind=Kind.CURVE, slope=1.26),
        bbn_row("m_a", 0.19, "primat"),
        bbn_row("m_a", 0.165, "aver2015"),
        bbn_row("delta_neff", 0.14, "aver2015", caveat="unfinished"),
    ]
    assert [nearest(row, rows) for row in rows] == [rows[4], None, None, None, None, None]
    assert rows[2].shown() == "0.16; slope 1.3"
    table = main_table(Reproduction(Options(), [], rows=rows)).splitlines()
    assert table[2].endswith("| aver2015 (1.031) |")
    assert all(line.endswith("| - |") for line in table[3:])
    rows[4] = bbn_row("m_a", 0.165, kind=Kind.REWEIGHTED)
    assert nearest(rows[0], rows).name == "flat_delta_neff"
    rows[4] = bbn_row("m_a", 0.165, "aver2015", caveat="unfinished")
    assert rows[4].shown() == "< 0.165 (unfinished)"
    assert nearest(rows[0], rows).variant == "primat"
    assert nearest(rows[0], rows[:3]) is None
