"""Records of commands (docs/records, by docs/make_records.py), and the tables that are compared.

`<!-- compared: FILE -->` stands before a table whose numbers FILE holds: a record, in which each of
its rows stands word for word, or a test, which reads the page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "docs" / "records"
_MARK = re.compile(r"<!-- compared: (\S+) -->")


def text(name: str) -> str:
    return (RECORDS / f"{name}.txt").read_text(encoding="utf-8")


def head(name: str) -> dict[str, str]:
    """command, commit, with, and perhaps note."""
    lines = text(name).partition("\n\n")[0].splitlines()
    found = {}
    for line in lines:
        key, _, value = line.removeprefix("# ").partition(": ")
        found[key] = value
    return found


def row(name: str, first: str) -> list[float]:
    """Numbers of the row of a record that has this first cell."""
    (line,) = (x for x in text(name).splitlines() if x.startswith(f"| {first} |"))
    return [float(cell) for cell in line.split("|")[2:-1]]


@cache
def tables(page: str) -> dict[int, tuple[str, str]]:
    """Lines of compared tables on a page: number from 1, the row, its file."""
    found, file = {}, ""
    for number, line in enumerate((ROOT / page).read_text(encoding="utf-8").splitlines(), 1):
        if mark := _MARK.search(line):
            file = mark[1]
        elif file and line.strip().startswith("|"):
            found[number] = line.strip(), file
        elif line.strip():
            file = ""
    return found
