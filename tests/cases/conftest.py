"""Why this exists: each case runs as a user would run it, in a folder with copies of all inputs."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from hotaxion.analysis.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A copy of all cases, where the commands are started; modules of users are forgotten."""
    here = Path(__file__).parent
    for path in (*here.glob("[0-9]*.yaml"), *here.glob("own_*.py")):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in ("own_theories", "own_likelihood"):
        sys.modules.pop(name, None)


@pytest.fixture
def evaluated(capfd):
    """chi^2, sampled, fixed and derived parameters of an input, as one mapping."""

    def evaluate(path: str, *argv: str) -> dict[str, float]:
        assert main(["evaluate", path, "--json", *argv]) == 0
        found = json.loads(capfd.readouterr().out)
        parameters = found["sampled"] | found["fixed"] | found["derived"]
        return parameters | {"chi2": found["total_chi2"]}

    return evaluate


@pytest.fixture
def refused(capfd):
    """The one sentence with which a command refuses."""

    def refuse(*argv: str) -> str:
        assert main([*argv]) == 1
        last = capfd.readouterr().err.splitlines()[-1]
        assert "error: " in last
        assert "this is a bug" not in last
        return last

    return refuse
