"""Why this test exists: a figure without its command cannot be drawn again by a reader."""

from __future__ import annotations

import re
from pathlib import Path

from hotaxion.analysis.figures import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GALLERY = (DOCS / "gallery.md").read_text(encoding="utf-8")


def test_every_figure_stands_above_its_command():
    shown = re.findall(
        r"\]\(figures/(\w+)\.png\)\n\n`(?:hotaxion plot|python docs/\w+\.py)", GALLERY
    )
    assert sorted(shown) == sorted(path.stem for path in (DOCS / "figures").glob("*.png"))


def test_every_script_is_there():
    scripts = set(re.findall(r"python (docs/\w+\.py)", GALLERY))
    assert scripts
    assert all((DOCS.parent / script).is_file() for script in scripts)


def test_every_kind_of_figure_is_named():
    assert set(re.findall(r"--kind ([\w-]+)", GALLERY)) == set(KINDS)


def test_every_reference_chain_of_it_is_there():
    chains = set(re.findall(r"plot reference/(\w+)", GALLERY))
    assert chains
    assert all((DOCS.parent / "chains" / "reference" / f"{one}.txt").is_file() for one in chains)
