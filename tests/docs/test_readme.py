"""Why this test exists: README is what all read first: its length, its input and its numbers.

The bounds are compared by test_bounds_table.py, code and commands by test_examples.py and
test_commands.py.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import cobaya
import pytest
from cobaya.yaml import yaml_load

from hotaxion.theory.relics.abundance import Abundance

from ..likelihoods.reference_values import BBN_BOUNDS, BBN_BOUNDS_TOLERANCE
from .pages import blocks
from .test_bounds_table import as_written, cells, committed_bounds

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Test that "Why trust it" names: what asserts the number there, as its source has it.
ASSERTED = {
    "test_curve_of_2205_07849": ("4 %", "rel=0.04"),
    "test_pions_alone_are_those_of_an_independent_public_code": (
        "1 %",
        "rel=PIONS_OF_ANOTHER_CODE_TOLERANCE",
    ),
    "test_densities": ("10⁻⁴", "rel=CLOSURE"),
    "test_values_of_the_act_team": ("0.02", "pytest.approx(-962.27, abs=0.02)"),
    "test_emulator_against_class": ("0.024", "DOCUMENTED[label]"),
}
CONSTANTS = {
    "tests/theory/reference_values_mesons.py": "PIONS_OF_ANOTHER_CODE_TOLERANCE = 0.01",
    "tests/theory/spectra/test_class_closure.py": "CLOSURE = 1e-4",
}


def test_it_is_one_page():
    assert len(README.splitlines()) <= 120
    assert len(README.split()) <= 760


def test_the_index_lists_every_page():
    """Which the site takes for its contents (docs/site/conf.py)."""
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    listed = {
        docs / link for link in re.findall(r"^\| \[[^\]]+\]\(([\w/.]+)\)", index, re.MULTILINE)
    }
    pages = {*docs.rglob("*.md"), *docs.rglob("*.ipynb"), *docs.rglob("*.rst")}
    assert pages - listed == {docs / "README.md"}


def trust() -> dict[str, tuple[str, str]]:
    """Name of a test: the number beside it, and its file."""
    section = README.split("## Why trust it")[1].split("\n## ")[0]
    rows = [cells(line) for line in section.splitlines() if line.startswith("|")][2:]
    found = {}
    for _, agreement, link in rows:
        name, file = re.fullmatch(r"\[`(\w+)`\]\(([\w/.]+)\)", link).groups()
        found[name] = (agreement, file)
    return found


def test_five_reasons_to_trust_it_are_asserted():
    assert {name: number for name, (number, _) in trust().items()} == {
        name: number for name, (number, _) in ASSERTED.items()
    }


@pytest.mark.parametrize("name", ASSERTED)
def test_a_test_asserts_the_number_beside_it(name):
    source = (ROOT / trust()[name][1]).read_text(encoding="utf-8")
    (function,) = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    assert ASSERTED[name][1] in ast.get_source_segment(source, function)


@pytest.mark.parametrize("file", CONSTANTS)
def test_tolerances_are_what_README_says(file):
    assert CONSTANTS[file] in (ROOT / file).read_text(encoding="utf-8").splitlines()


def test_the_input_is_whole():
    """Its chain starts, moves, and has the axion in it."""
    (block,) = [b for b in blocks(README) if b.language == "yaml"]
    info = yaml_load(block.text)
    assert info.pop("output") == "chains/first"
    info["sampler"] = {"mcmc": {"max_samples": 60, "seed": 1}}
    _, sampler = cobaya.run(info)
    last = sampler.products()["sample"].data.iloc[-1]
    assert last["delta_neff"] == pytest.approx(Abundance()(last["m_a"]).delta_neff, rel=1e-4)


# --- numbers that README and short pages repeat ------------------------------------------------

# Number on a page: where it comes from, and how it stands there.
REPEATED = {
    "README.md": [
        ("0.024", "docs/emulator.md", "`hotaxion2026_ksvz`, posterior | 60 | +0.024"),
        (
            "the first is 0.153(1) eV",
            "chains/reference/reproduced.md",
            "| ↳ pions_alone | m_a [eV] | - | < 0.153 | - | 0.001 |",
        ),
    ],
    "docs/results.md": [
        ("reached at 0.547 eV", "chains/reference/reproduced.md", "0.547; slope 3.6"),
        ("m_a/d ln ΔN_eff = 3.6", "chains/reference/reproduced.md", "0.547; slope 3.6"),
        (
            "4 % larger",
            "chains/reference/reproduced.md",
            "| delta_neff | < 0.31 | < 0.323 |",
        ),
    ],
    "docs/faq.md": [
        ("0.024 in the mean of 60", "docs/emulator.md", "posterior | 60 | +0.024"),
        ("from 0.091 to 0.113", "docs/guides/choose_physics.md", "0.0493   0.0907"),
        ("from 0.091 to 0.113", "docs/guides/choose_physics.md", "0.0575   0.1125"),
        (
            "give 0.149, 0.109 and 0.065",
            "docs/bounds.md",
            "[0, 10]           < 0.149 (0.005)",
        ),
        ("give 0.149, 0.109 and 0.065", "docs/bounds.md", "m_a > 0.01 eV   < 0.109 (0.003)"),
        ("give 0.149, 0.109 and 0.065", "docs/bounds.md", "m_a > 0.01 eV       < 0.065 (0.002)"),
        ("never below 0.029", "docs/physics.md", "0.0279 instead of 0.0292"),
        ("0.0279", "docs/physics.md", "0.0279 instead of 0.0292"),
    ],
}


# Row of the table of priors: preset, rates, factor on D/H, and whether the CMB gives omega_b.
DIRECT = {
    "2026, BBN + omega_b": ("2026", "primat", 1.0, True),
    "as 2205.07849, BBN alone": ("paper2022", "parthenope3", 1.0215, False),
    "as 2205.07849, BBN + omega_b": ("paper2022", "parthenope3", 1.0215, True),
}


@pytest.mark.parametrize(
    ("page", "here", "source", "there"),
    [(page, *row) for page, rows in REPEATED.items() for row in rows],
)
def test_a_repeated_number_is_that_of_its_source(page, here, source, there):
    assert here in (ROOT / page).read_text(encoding="utf-8")
    assert there in (ROOT / source).read_text(encoding="utf-8")


@pytest.mark.parametrize(("row", "case"), DIRECT.items())
def test_direct_integration_is_that_of_the_golden_values(row, case):
    """The column with a prior flat in Delta N_eff, of docs/prior_of_m_a.py (half a minute)."""
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"^{re.escape(row)} +\| +([\d.]+)", text, re.MULTILINE)
    assert float(shown) == pytest.approx(BBN_BOUNDS[case], rel=BBN_BOUNDS_TOLERANCE)


@pytest.mark.parametrize("page", ["README.md", "docs/faq.md", "docs/introduction.md"])
def test_bounds_in_sentences_are_rows_of_the_table(page):
    known = {as_written(*row).strip("<> ").partition(" ")[0] for row in committed_bounds().values()}
    assert {*re.findall(r"\d\.\d+\(\d\)", (ROOT / page).read_text(encoding="utf-8"))} <= known
