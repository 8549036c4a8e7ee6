"""Numbers of pages that a record has, or that follow from it; see records.py."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from .records import row

# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/searches/couplings_and_stars.md": {
        "0.1015": lambda: row("bound_with_stars", "`joint_hotaxion2026_stars_ksvz`")[0],
        "0.079": lambda: row("bound_with_stars", "`joint_hotaxion2026_stars_dfsz`")[0],
    },
}


def _used() -> dict[str, set[str]]:
    """Page: the records that its formulae read."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    (found,) = (x.value for x in tree.body if isinstance(x, ast.AnnAssign))
    return {
        ast.literal_eval(page): {
            call.args[0].value
            for call in ast.walk(rows)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "row"
        }
        for page, rows in zip(found.keys, found.values, strict=True)
    }


USED = _used()
