"""Why this test exists: `hotaxion reproduce` takes long: an interrupted run must lose nothing, the
same command must go on from there, and a failure must be said."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hotaxion.analysis import reproduce as work
from hotaxion.analysis import runs
from hotaxion.analysis.cli import main
from hotaxion.analysis.reproduce_registry import REGISTRY, listing
from hotaxion.theory.errors import RangeError

from .reproduce_stubs import NAME


def test_fast_end_to_end_interrupted_resumed_and_then_nothing_left_to_do(work_folder, capsys):
    """SIGTERM after some rows: they stay; the same command ends the chain from there."""
    arguments = ["reproduce", NAME, "--fast", "--no-variants", "-j", "1"]
    chain = Path(f"chains/{NAME}__fast.1.txt")
    interrupted = _run_until_there_are_rows(arguments, chain)
    before = chain.read_bytes()
    assert "hotaxion: interrupted" in interrupted
    assert not runs.is_running(chain.with_name(f"{NAME}__fast"))
    assert 1 < before.count(b"\n") < 1001
    assert not Path("chains/reproduce/report.md").exists()

    assert main(arguments) == 0
    first = capsys.readouterr()
    after = chain.read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])
    assert after.count(b"\n") >= 1001
    assert "[1/1] deramo2022_bbn_omegab_ksvz__fast: at max_samples" in first.err
    assert re.search(rf"^{NAME} +m_a \[eV\] +< 0.16 +< 0\.\d+", first.out, re.M)
    report = Path("chains/reproduce/report.md").read_text()
    assert "mean nothing" in report
    assert "figures/triangle.png" in report
    log = Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "Sampling complete after 1000 accepted steps" in log

    assert main([*arguments, "--reference"]) == 0
    second = capsys.readouterr()
    assert "chains: 1, to be run: 0" in second.err
    assert second.out == first.out
    assert chain.read_bytes() == after
    assert Path("chains/reference/reproduced.md").exists()


def _run_until_there_are_rows(arguments: list[str], chain: Path) -> str:
    """End the command by SIGTERM once the chain has rows; what it said on stderr."""
    command = [sys.executable, "-m", "hotaxion.analysis.cli", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (chain.exists() and chain.read_bytes().count(b"\n")):
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 1
    return said


def test_list_and_wrong_usage(capsys):
    assert main(["reproduce", "--list"]) == 0
    assert capsys.readouterr().out.strip() == listing()
    for argv in ([], ["all", "-j", "0"], ["all", "-j", "many"]):
        assert main(["reproduce", *argv]) == 2
    assert "usage: hotaxion reproduce" in capsys.readouterr().err


def test_mistakes_are_one_line(work_folder, capsys):
    assert main(["reproduce", "deramo2022_bbn_kszv"]) == 1
    assert "Did you mean 'deramo2022_bbn_ksvz'" in capsys.readouterr().err
    assert main(["reproduce", "hotaxion2026_ksvz", "--fast"]) == 1
    assert "leave out --fast" in capsys.readouterr().err
    with pytest.raises(RangeError, match="at least 1"):
        work.reproduce([NAME], work.Options(jobs=0), print)
    assert not Path("chains").exists()


def test_fast_all_leaves_joint_analyses_out():
    names = [chain.analysis for chain in work.plan(["all"], work.Options(fast=True))]
    assert set(names) == {name for name in REGISTRY if "bbn" in name and "planck" not in name}


def test_a_failed_chain_is_in_the_report_and_in_the_exit_code(work_folder, capsys, monkeypatch):
    monkeypatch.setenv("COBAYA_PACKAGES_PATH", "/nonexistent")
    shutil.copy(runs.find_input(NAME), work_folder / "broken.yaml")
    text = (work_folder / "broken.yaml").read_text().replace("paper2022", "paper1922")
    (work_folder / "broken.yaml").write_text(text)
    monkeypatch.setattr(runs, "find_input", lambda name: work_folder / "broken.yaml")
    assert main(["reproduce", NAME, "--fast", "--no-variants"]) == 1
    said = capsys.readouterr()
    assert f"{NAME}__fast: failed (exit code 1), see chains/reproduce/logs" in said.err
    assert f"{NAME}__fast: Cobaya ended with exit code 1" in said.out
    assert "paper1922" in Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "exit code 1" in Path("chains/reproduce/report.md").read_text()
