"""Why this test exists: tests that run a program in a fork must see what a new process does."""

from __future__ import annotations

import os
import sys

import pytest

from .forked import execute, run_python

SAYS_ALL = """
import os, sys, warnings
print(sys.argv[1:], os.getcwd(), os.environ.get("SAID"), input())
warnings.warn("not an error", UserWarning)
"""


def test_streams_arguments_folder_and_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ELSEWHERE", "1")
    here, env = os.getcwd(), os.environ | {"SAID": "yes"}
    done = run_python(["-c", SAYS_ALL, "a", "b"], cwd=tmp_path, env=env, text="typed")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"['a', 'b'] {tmp_path} yes typed\n"
    assert "not an error" in done.stderr
    assert (os.getcwd(), os.environ.get("SAID")) == (here, None)


@pytest.mark.parametrize(
    ("code", "expected", "says"),
    [
        ("raise SystemExit(3)", 3, ""),
        ("import sys; sys.exit('no good')", 1, "no good"),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
    ],
)
def test_exit_codes(code, expected, says):
    done = run_python(["-c", code])
    assert done.returncode == expected
    assert says in done.stderr
    if expected > 0:
        assert execute([sys.executable, "-c", code], os.environ) == expected


def test_modules_and_files(tmp_path):
    (tmp_path / "beside.py").write_text("NAME = 'found'\n")
    (tmp_path / "program.py").write_text("import beside, sys; print(beside.NAME, sys.argv[1])\n")
    for arguments in (["-m", "program"], [str(tmp_path / "program.py")]):
        done = run_python([*arguments, "it"], cwd=tmp_path)
        assert done.stdout == "found it\n", done.stderr
    assert "beside" not in sys.modules


def test_log_is_that_of_a_new_process(caplog):
    caplog.set_level("DEBUG")
    code = "import logging; logging.info('small'); logging.warning('large')"
    done = run_python(["-c", code])
    assert done.stderr == "WARNING:root:large\n"
    assert not caplog.records
