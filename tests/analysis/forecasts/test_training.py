"""Why this test exists: `hotaxion train` takes hours; what is wrong must be said before."""

from __future__ import annotations

import re

import pytest

from hotaxion.analysis.cli import main
from hotaxion.analysis.forecasts import training
from hotaxion.theory.errors import HotAxionError


def test_options_of_class_in_an_input():
    info = {"theory": {"hotaxion.theory.HotClassy": {"hierarchy": "normal", "speed": 1}}}
    assert training.class_options(info) == {"hierarchy": "normal"}
    emulated = {"hotaxion.theory.EmulatedClassy": {"fallback": "class", "hierarchy": "degenerate"}}
    assert training.class_options({"theory": emulated}) == {"hierarchy": "degenerate"}
    with pytest.raises(HotAxionError, match="leave out --yaml"):
        training.class_options({"theory": {"classy": None}})


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["-o", "emulator.txt"], r"ends with \.npz"),
        (["-o", "e.npz", "--points", "20"], "whole number from 90"),
        (["-o", "e.npz", "--l-max", "500"], "whole number from 1000"),
        (["-o", "e.npz", "--yaml", "nowhere.yaml"], "missing file"),
    ],
)
def test_wrong_training(argv, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", *argv]) == 1
    assert re.search(message, capsys.readouterr().err)
