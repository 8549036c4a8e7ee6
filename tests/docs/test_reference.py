"""Why this test exists: docs/reference.md is made from the code and must not fall behind it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def script():
    """docs/make_reference.py as a module."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(script) -> str:
    return script.reference()


def test_the_committed_page_is_what_the_script_makes(page):
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert text == page, "out of date: python docs/make_reference.py"


def test_check_says_whether_it_is(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "OUTPUT", tmp_path / "reference.md")
    assert script.main(["--check"]) == 1
    assert "python docs/make_reference.py" in capsys.readouterr().err
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0


def test_everything_is_there(page):
    for name in ("run", "bounds", "doctor", "train", "abundance"):
        assert f"### `hotaxion {name}`" in page
    for name in ("theory.HotAxion", "theory.EmulatedClassy", "likelihoods.BBN"):
        assert f"### `hotaxion.{name}`" in page
    assert "| `-n N`, `--processes N` |" in page
    assert "| `bbn_omegab_ksvz` |" in page
    assert "| `m_a` | eV | axion mass | 0 to 10 |" in page
    assert ":math:" not in page
    assert "%%" not in page


def test_cells_cannot_break_a_table(script):
    assert script.cell("a | b\n c") == "a \\| b c"
    assert script.interval((0.0, float("inf"))) == "from 0"
