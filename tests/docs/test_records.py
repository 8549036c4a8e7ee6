"""Why this test exists: times, errors of spectra and the like come from commands that take minutes,
which no test repeats. What they said is kept in docs/records, and a page says the same.
"""

from __future__ import annotations

import re

import pytest

from . import formulae_of_records, numbers, records
from .formulae_of_physics import script

NAMES = sorted(path.stem for path in records.RECORDS.glob("*"))
PAGES = {page: (records.ROOT / page).read_text(encoding="utf-8") for page in numbers.pages()}
TABLES = {page: records.tables(page) for page in PAGES}
FILES = {(page, file) for page, lines in TABLES.items() for _, file in lines.values()}
_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|usr|Users)\b")


def test_each_record_is_one_that_can_be_made_again():
    assert NAMES == sorted(script("make_records").COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_says_what_it_is_of(name):
    head = records.head(name)
    assert head["command"] == script("make_records").COMMANDS[name]
    assert head["commit"]
    assert re.match(r"Python 3\.\d+\.\d+, numpy 2\S+, .*classy 3\S+, .* cores$", head["with"])
    assert not _MACHINE.search(records.text(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_used_by_a_page_that_names_its_command(name):
    using = {page for page, file in FILES if file == f"docs/records/{name}.txt"}
    using |= {page for page, names in formulae_of_records.USED.items() if name in names}
    command = records.head(name)["command"]
    assert [page for page in using if command in " ".join(PAGES[page].split())]


@pytest.mark.parametrize(("page", "file"), sorted(FILES))
def test_a_table_is_that_of_its_file(page, file):
    """Row by row; a test does so by itself, and reads the page."""
    text = (records.ROOT / file).read_text(encoding="utf-8")
    if file.endswith(".py"):
        assert page.rpartition("/")[2] in text
        return
    rows = [row for row, of in TABLES[page].values() if of == file and any(map(str.isdigit, row))]
    assert rows
    assert [row for row in rows if row not in text.splitlines()] == []
