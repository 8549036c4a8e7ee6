"""Numbers of pages that a record has, or that follow from it; see records.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

from .records import row, text


def profiled(name: str, quantity: str) -> float:
    """Where the least chi^2 is, or the end of what lies below the rise."""
    return float(re.search(re.escape(quantity) + r"\D*?([\d.]+)", text(name))[1])


def least_chi2(name: str) -> float:
    return float(re.search(r"^least chi2 at .*: ([\d.]+) of the data$", text(name), re.M)[1])


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/bounds.md": {
        "0.0926": lambda: profiled("profile_m_a", "(rise 2.71): m_a <"),
        "0.1114": lambda: profiled("profile_m_a", "(rise 3.84): end of the grid to"),
        "0.0463": lambda: profiled("profile_mnu", "(rise 2.71): mnu <"),
        "0.0584": lambda: profiled("profile_mnu", "(rise 3.84): end of the grid to"),
        "0.14": lambda: least_chi2("profile_mnu") - least_chi2("profile_m_a"),
    },
    "docs/searches/couplings_and_stars.md": {
        "0.1015": lambda: row("bound_with_stars", "`joint_hotaxion2026_stars_ksvz`")[0],
        "0.079": lambda: row("bound_with_stars", "`joint_hotaxion2026_stars_dfsz`")[0],
    },
}


_READ = ("row", "profiled", "least_chi2")


def _used() -> dict[str, set[str]]:
    """Page: the records that its formulae read."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    (found,) = (x.value for x in tree.body if isinstance(x, ast.AnnAssign))
    return {
        ast.literal_eval(page): {
            call.args[0].value
            for call in ast.walk(rows)
            if isinstance(call, ast.Call) and ast.unparse(call.func) in _READ
        }
        for page, rows in zip(found.keys, found.values, strict=True)
    }


USED = _used()
