"""Why this test exists: who sees nothing for a minute stops a command that is at work."""

from __future__ import annotations

import time

import pytest

from hotaxion.analysis.cli import sign_of_life


@pytest.mark.parametrize(("command", "lines"), [("scan", 2), (None, 0)])
def test_a_line_now_and_then_on_a_terminal(command, lines, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with sign_of_life(command, 0.02):
        time.sleep(0.2)
    said = capsys.readouterr().err
    assert said.count("hotaxion scan: at work since 0 s") >= lines
    assert said == "" or said.endswith("\r" + " " * len("hotaxion scan: at work since 0 s") + "\r")


def test_nothing_in_a_file_nor_of_what_is_quick(capsys, monkeypatch):
    with sign_of_life("scan", 0.01):
        time.sleep(0.1)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with sign_of_life("scan"):
        pass
    assert capsys.readouterr().err == ""


def test_it_ends_where_the_command_fails(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    began = time.monotonic()
    with pytest.raises(ValueError, match="x"), sign_of_life("scan"):
        raise ValueError("x")
    assert time.monotonic() - began < 5
