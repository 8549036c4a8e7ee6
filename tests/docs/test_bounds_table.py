"""Why this test exists: bounds on README and docs/results.md must be those of the committed table.

chains/reference/reproduced.md is written by `hotaxion reproduce all --reference`.
"""

from __future__ import annotations

import importlib.util
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
# Heading of a column: quantity of the table.
QUANTITIES = {
    "ΔN_eff": "delta_neff",
    "m_a (eV)": "m_a [eV]",
    "f_a (GeV)": "f_a [GeV]",
    "Σm_ν (eV)": "mnu [eV]",
}
_2026, _2022 = "hotaxion2026_ksvz", "deramo2022_planck_bao2018_ksvz"
_2211, _2310 = "notari2022_planck_bao2018_ksvz", "bianchini2023_planck_bao2018_bbn_ksvz"
PUBLISHED = "published"  # a row that holds no bound of ours
# Page: analysis and variant of each row, in its order.
ROWS = {
    "README.md": [
        (_2026, None),
        ("hotaxion2026_pact_ksvz", None),
        ("hotaxion2026_pact_marginalised_ksvz", None),
        ("hotaxion2026_pact_dfsz", None),
        ("deramo2022_bbn_omegab_ksvz", PUBLISHED),
        ("deramo2022_bbn_omegab_ksvz", None),
    ],
    "docs/results.md": [
        (_2026, None),
        ("hotaxion2026_marginalised_ksvz", None),
        ("hotaxion2026_pact_ksvz", None),
        ("hotaxion2026_pact_marginalised_ksvz", None),
        ("hotaxion2026_pact_dfsz", None),
        ("hotaxion2026_spa_ksvz", None),
        ("hotaxion2026_pact_normal_ksvz", None),
        ("hotaxion2026_pact_inverted_ksvz", None),
        ("hotaxion2026_w0wa_ksvz", None),
        (_2026, "parthenope3"),
        (_2026, "kaons"),
        (_2026, "pions_alone"),
        ("hotaxion2026_normal_ksvz", None),
        ("hotaxion2026_inverted_ksvz", None),
        ("hotaxion2026_dfsz", None),
        ("hotaxion2026_marginalised_dfsz", None),
        ("deramo2022_bbn_ksvz", PUBLISHED),
        ("deramo2022_bbn_ksvz", None),
        ("deramo2022_bbn_omegab_ksvz", PUBLISHED),
        ("deramo2022_bbn_omegab_ksvz", None),
        (_2022, PUBLISHED),
        (_2022, None),
        (_2022, "flat_delta_neff"),
        (_2022, "oscillations"),
        (_2211, PUBLISHED),
        (_2211, None),
        (_2211, "gkpy_raw_fixed_mnu"),
        (_2310, PUBLISHED),
        (_2310, None),
        (_2310, "parthenope3"),
        (_2310, "gluons_parthenope3_oscillations"),
    ],
}
EACH = [(page, number) for page, rows in ROWS.items() for number in range(len(rows))]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def committed_bounds() -> dict[tuple[str, str | None, str], tuple[str, str]]:
    """(analysis, variant, quantity) -> (bound, its Monte Carlo error; none of a published one)."""
    found, analysis = {}, ""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("|") and len(row := cells(line)) == 10:
            variant = row[0].removeprefix("↳ ") if row[0].startswith("↳") else None
            analysis = analysis if variant else row[0]
            found[analysis, variant, row[1]] = (row[3], row[5])
            if variant is None and row[2] != "-":
                found[analysis, PUBLISHED, row[1]] = (row[2], "")
    return found


def test_errors_of_the_table():
    """As many independent samples as give errors of 0.05 of the standard deviation: 3.1/sqrt(n) for
    half a Gaussian. Fewer have what is only reweighted, and the chain of one parameter."""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    rows = [row for line in text.splitlines() if len(row := cells(line)) == 10]
    independent = [row for row in rows if row[6] == "-" and row[8].isdigit()]
    many = [row for row in independent if row[0] != "↳ flat_delta_neff"]
    assert len(many) > 150
    assert all(float(row[8]) > (3.1 / 0.05) ** 2 for row in many)


@pytest.fixture(scope="module")
def reproduced():
    return committed_bounds()


def shown(page: str) -> list[tuple[str, dict[str, str]]]:
    """Rows of its first table with bounds: label, and the cell of each quantity."""
    lines = iter((ROOT / page).read_text(encoding="utf-8").splitlines())
    header = next(line for line in lines if line.startswith("|") and "m_a (eV)" in line)
    columns = [QUANTITIES[title] for title in cells(header)[1:]]
    next(lines)
    rows = map(cells, takewhile(lambda line: line.startswith("|"), lines))
    return [(label, dict(zip(columns, row, strict=True))) for label, *row in rows]


def as_written(bound: str, error: str) -> str:
    """'< 0.158' as it stands, '> 5.02e+07' and '7e+05' as '> 5.02(7) × 10⁷'."""
    mantissa, _, power = bound.partition(" (no bound")[0].strip().partition("e+0")
    in_brackets = ""
    if error[:1].isdigit():  # in units of the last digit
        last = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
        in_brackets = f"({round(float(error) / last)})"
    tens = f" × 10{power.translate(str.maketrans('678', '⁶⁷⁸'))}" if power else ""
    return f"{mantissa}{in_brackets}{tens}"


@pytest.mark.parametrize(("page", "number"), EACH)
def test_bounds_of_a_page_are_those_of_the_table(reproduced, page, number):
    label, row = shown(page)[number]
    of_whom = ROWS[page][number]
    assert (of_whom[1] == PUBLISHED) == (PUBLISHED in label)
    for quantity, cell in row.items():
        expected = reproduced.get((*of_whom, quantity))
        assert cell == (as_written(*expected) if expected else ""), f"{label}, {quantity}"
    assert any(row.values())


@pytest.mark.parametrize("page", ROWS)
def test_every_row_of_a_page_is_compared(page):
    assert len(shown(page)) == len(ROWS[page])


# --- docs/bound_by_theory.py: bounds for other rates without chains of their own -------------


@pytest.fixture(scope="module")
def script():
    path = ROOT / "docs" / "bound_by_theory.py"
    spec = importlib.util.spec_from_file_location("bound_by_theory", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NO_AXIONS = {"gluons": "none", "initial": "zero"}


@pytest.mark.parametrize(
    ("variant", "options"),
    [(None, {}), ("kaons", {"kaons": "data"}), ("pions_alone", NO_AXIONS)],
    ids=str,
)
def test_bounds_read_off_one_chain_are_those_of_other_chains(script, reproduced, variant, options):
    chain = float(reproduced[_2026, variant, "m_a [eV]"][0].strip("< "))
    on_curve = script.curve(**options)
    for order in (2, 3):
        ln_likelihood = script.log_likelihood(order)
        assert script.bound(np.exp(ln_likelihood(on_curve))) == pytest.approx(chain, rel=0.04)


def test_likelihood_is_that_of_the_samples(script):
    """Moments of Delta N_eff under it are those of the chain."""
    ln_likelihood, curve = script.log_likelihood(), script.curve()
    density = np.exp(ln_likelihood(curve))
    samples = script.Chain.load(script.CHAIN, 0.0).samples
    for power in (1, 2):
        moment = np.average(samples["delta_neff"] ** power, weights=samples.weights)
        assert np.average(curve**power, weights=density) == pytest.approx(moment, rel=2e-3)
