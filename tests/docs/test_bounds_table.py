"""Why this test exists: the bounds that the README shows must be those of the committed table.

chains/reference/reproduced.md is written by `hotaxion reproduce all --reference`.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
QUANTITIES = ("delta_neff", "m_a [eV]", "f_a [GeV]", "mnu [eV]")
_2026, _2022 = "hotaxion2026_ksvz", "deramo2022_planck_bao2018_ksvz"
_2211, _2310 = "notari2022_planck_bao2018_ksvz", "bianchini2023_planck_bao2018_bbn_ksvz"
# Row of the README, in its order: analyses with their variants.
ROWS = [
    [(_2026, None)],
    [("hotaxion2026_marginalised_ksvz", None)],
    [("hotaxion2026_pact_ksvz", None)],
    [("hotaxion2026_pact_marginalised_ksvz", None)],
    [("hotaxion2026_pact_dfsz", None)],
    [(_2026, "parthenope3")],
    [(_2026, "kaons")],
    [(_2026, "pions_alone")],
    [("hotaxion2026_normal_ksvz", None), ("hotaxion2026_inverted_ksvz", None)],
    [("hotaxion2026_dfsz", None), ("hotaxion2026_marginalised_dfsz", None)],
    [("deramo2022_bbn_ksvz", None)],
    [("deramo2022_bbn_omegab_ksvz", None)],
    [(_2022, None)],
    [(_2022, "flat_delta_neff")],
    [(_2022, "oscillations")],
    [(_2211, None)],
    [(_2211, "gkpy_raw_fixed_mnu")],
    [(_2310, None), (_2310, "parthenope3")],
    [(_2310, "gluons_parthenope3_oscillations")],
]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@pytest.fixture(scope="module")
def reproduced() -> dict[tuple[str, str | None, str], tuple[str, str]]:
    """(analysis, variant, quantity) -> (our bound, its Monte Carlo error)."""
    found, analysis = {}, ""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("|") and len(row := cells(line)) == 10:
            variant = row[0].removeprefix("↳ ") if row[0].startswith("↳") else None
            analysis = analysis if variant else row[0]
            found[analysis, variant, row[1]] = (row[3], row[5])
    return found


def shown() -> list[list[str]]:
    """Rows of the README with bounds of ours: label and four cells."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Bounds")[1].split("\n## ")[0]
    rows = [cells(line) for line in section.splitlines() if line.startswith("|")]
    return [row for row in rows[2:] if "published" not in row[0]]


def as_written(bound: str, error: str) -> tuple[str, str]:
    """'5.02e+07' and '7e+05' as '5.02(7)', and the power of ten in superscript."""
    mantissa, _, power = bound.strip("<>† ").partition("e+0")
    digit = error.partition("e")[0].replace(".", "").strip("0")[:1]
    return f"{mantissa}({digit})", f"× 10{power.translate(str.maketrans('678', '⁶⁷⁸'))}"


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_bounds_of_the_readme_are_those_of_the_table(reproduced, number):
    label, *row = shown()[number]
    compared = 0
    for quantity, cell in zip(QUANTITIES, row, strict=True):
        written = re.findall(r"[\d.]+\(\d\)", cell)
        keys = [(analysis, variant, quantity) for analysis, variant in ROWS[number]]
        expected = [as_written(*reproduced[key]) for key in keys if key in reproduced]
        assert written == [value for value, _ in expected], f"{label}, {quantity}"
        if quantity == "f_a [GeV]":
            assert all(power in cell for _, power in expected)
        compared += len(written)
    assert compared >= 3


def test_every_row_of_the_readme_is_compared():
    assert len(shown()) == len(ROWS)


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
