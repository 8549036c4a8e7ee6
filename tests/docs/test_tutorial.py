"""Why this test exists: the notebook is the first thing that a reader runs; its cells must run, and
give the numbers that stand below them.

Without jupyter: the cells are executed in one namespace, in this process.
"""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"
NUMBER = re.compile(r"(?<![\w.^])\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# A chain is seeded, but another version of a library may take another way; computed numbers are
# compared to the digits that are printed.
SAMPLED, COMPUTED = 0.4, 2e-3


def printed(cell: dict) -> str:
    """What stands below a cell, less messages."""
    streams = [one for one in cell["outputs"] if one.get("name") == "stdout"]
    return "".join("".join(one["text"]) for one in streams)


def test_cells_run_and_give_what_stands_below_them(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    namespace, compared = {"__name__": "notebook"}, 0
    try:
        for cell in (one for one in cells if one["cell_type"] == "code"):
            out = StringIO()
            with redirect_stdout(out):
                exec("".join(cell["source"]), namespace)
            expected, found = printed(cell), out.getvalue()
            assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
            sampled = "sampled" in cell["metadata"].get("tags", [])
            for mine, theirs in zip(NUMBER.findall(found), NUMBER.findall(expected), strict=True):
                near = pytest.approx(float(theirs), rel=SAMPLED if sampled else COMPUTED, abs=1e-4)
                assert float(mine) == near, "".join(cell["source"])
                compared += 1
    finally:
        pyplot.close("all")
    assert compared > 40


def test_notebook_is_small_and_was_run_from_top_to_bottom():
    assert NOTEBOOK.stat().st_size < 1_000_000
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    counts = [one["execution_count"] for one in cells if one["cell_type"] == "code"]
    assert counts == [*range(1, len(counts) + 1)]
    assert not re.search(r"/work|/tmp|/home", NOTEBOOK.read_text(encoding="utf-8"))
