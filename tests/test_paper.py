"""Why this test exists: the paper's form is checked by its journal, its content by nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import hotaxion.likelihoods
import hotaxion.theory
from hotaxion.analysis.inputs.citations import cobaya_bib
from hotaxion.theory.components.bibliography import split_entries

ROOT = Path(__file__).parents[1]
PAPER, BIB = ((ROOT / name).read_text(encoding="utf-8") for name in ("paper.md", "paper.bib"))
_, HEAD, BODY = PAPER.split("---\n", 2)


def test_form():
    head = yaml.safe_load(HEAD)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= {*head}
    assert {author["affiliation"] for author in head["authors"]} == {
        one["index"] for one in head["affiliations"]
    }
    assert 250 <= len(BODY.split()) <= 1000
    for section in ("Summary", "Statement of need", "State of the field", "Acknowledgements"):
        assert f"\n# {section}\n" in BODY


def test_figures_are_of_the_repository():
    figures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", BODY)
    assert figures
    assert all((ROOT / figure).is_file() for figure in figures)


def test_references_are_those_of_the_package():
    """Each key has one entry, and it reads as where `hotaxion cite` takes it from."""
    cited = {*re.findall(r"@([A-Za-z][\w:./-]*\w)", BODY)}
    entries = split_entries(BIB)
    assert cited == {*entries}
    known = split_entries(cobaya_bib)
    for folder in ("theory", "likelihoods"):
        for file in (ROOT / folder).rglob("*.bibtex"):
            known |= split_entries(file.read_text(encoding="utf-8"))
    for component in (hotaxion.theory.HotClassy, hotaxion.likelihoods.PlanckLiteTTTEEE):
        known |= split_entries(component.get_bibtex())
    assert {key: known[key] for key in cited} == entries


def test_numbers_are_those_of_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    numbers = re.findall(r"\d\.\d+\(\d\)", BODY)
    assert numbers
    assert all(f"< {number} |" in readme for number in numbers)
