"""Why this test exists: a table that wraps at the edge of the terminal cannot be read."""

from __future__ import annotations

import json

import pytest

from hotaxion.analysis import abundances
from hotaxion.analysis.cli import build_parser, main
from hotaxion.analysis.running import doctor
from hotaxion.analysis.text import columns, fit, text_table
from hotaxion.theory.relics.options import AxionOptions

COMMANDS = [
    "",
    "run --list",
    "reproduce --list",
    "limits --list",
    "limits cast iaxo --mass 0.001 0.3",
    "bounds reference/hotaxion2026_ksvz --beside",
    "bounds reference/hotaxion2026_ksvz --params m_a mnu omega_b --priors",
]
WIDE = [["name", "value", "error"], ["a long name of a chain", "< 0.129 (0.004)", "0.00004"]]


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def assert_fits(text: str, width: int = 80) -> None:
    assert text.strip()
    assert [line for line in text.split("\n") if len(line) > width] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_of_commands_fit_80_columns(command, narrow, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 0
    assert_fits(capsys.readouterr().out)


def test_doctor_fits_80_columns(narrow):
    file = "/a/folder/with/a/very/long/name" * 4
    assert_fits(doctor.to_text([doctor.Check("CLASS library", "ok", f"loads: {file}")]))


@pytest.mark.parametrize("command", ["abundance", "scan", "convert", "plot", "run"])
def test_help_fits_80_columns(command, narrow):
    commands = build_parser()._subparsers._group_actions[0].choices
    assert_fits(commands[command].format_help())


def test_a_table_that_cannot_fit_says_what_to_do(narrow):
    options = AxionOptions.of(None, {})
    row = {name: 0.12345 for name in abundances.QUANTITIES}
    *_, last = abundances.many_as_text([row], options).split("\n")
    assert last == "(115 columns: widen the terminal, or send the output to a file)"
    assert_fits(abundances.one_as_text(row, options))


def test_nothing_is_wrapped_in_a_file(monkeypatch, capsys):
    """Nor is JSON anywhere: programs read it."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["reproduce", "--list"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert max(map(len, lines)) > 130
    assert fit("word " * 60) == "word " * 60
    monkeypatch.setenv("COLUMNS", "20")
    assert main(["limits", "cast", "--mass", "0.001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_numbers_are_broken_last(monkeypatch):
    for width, first in (
        (60, ["a long name of a chain  < 0.129 (0.004)  0.00004"]),
        (40, ["a long name of  < 0.129 (0.004)  0.00004", "a chain"]),
        (28, ["a long      < 0.129  0.00004", "name of     (0.004)", "a chain"]),
    ):
        monkeypatch.setenv("COLUMNS", str(width))
        assert text_table(WIDE).split("\n")[2:] == first


def test_names_are_broken_only_where_nothing_else_helps(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    rows = [("hotaxion2026_ksvz", "one two three four five six seven eight")]
    assert columns(rows).split("\n")[0].startswith("hotaxion2026_ksvz  one two three four five")
    assert_fits(columns([("/a" * 40, "text")]), 50)


def test_sentences_are_wrapped_and_tables_are_not(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert fit("  one two three four five") == "  one two three\n    four five"
    table = "name      a value that is long"
    assert fit(table) == table
