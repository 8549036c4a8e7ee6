"""Why this test exists: a completion that a shell cannot read breaks the shell at its start."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from hotaxion.analysis.cli import build_parser, main


def test_shtab_gets_the_whole_parser(monkeypatch, capsys):
    made = []

    def complete(parser, shell):
        made.append((parser, shell))
        return "complete -F _hotaxion hotaxion"

    monkeypatch.setitem(sys.modules, "shtab", SimpleNamespace(complete=complete))
    assert main(["--completion", "bash"]) == 0
    assert capsys.readouterr().out == "complete -F _hotaxion hotaxion\n"
    assert made == [(build_parser(), "bash")]


def test_without_shtab_one_line_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["--completion", "zsh"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "pip install 'hotaxion[completion]'" in err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_words_are_completed(shell, capsys):
    pytest.importorskip("shtab")
    assert main(["--completion", shell]) == 0
    said = capsys.readouterr().out
    assert "--m-a" in said
    assert "--minimize" in said
