"""Why this exists: each case runs as a user would run it, in a folder with copies of all inputs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from hotaxion.theory.errors import HotAxionError

from ..one_point import evaluate


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
def evaluated():
    """chi^2, sampled, fixed and derived parameters of an input, as one mapping."""

    def at_one_point(path: str, **values: float) -> dict[str, float]:
        found = evaluate(path, **values)
        parameters = found.sampled | found.fixed | found.derived
        return parameters | {"chi2": sum(found.chi2.values())}

    return at_one_point


@pytest.fixture
def refused():
    """The one sentence with which an input is refused."""

    def refuse(path: str) -> str:
        with pytest.raises(HotAxionError) as caught:
            evaluate(path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return refuse
