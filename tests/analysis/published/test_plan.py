"""Why this test exists: `hotaxion reproduce` takes long: an interrupted run must lose nothing, the
same command must go on from there, and a failure must be said."""

from __future__ import annotations

import dataclasses
import math
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cobaya.yaml import yaml_dump

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.session import load_input
from hotaxion.analysis.published import jobs
from hotaxion.analysis.published import plan as work
from hotaxion.analysis.published import report as reproduce_report
from hotaxion.analysis.published.analyses import ANALYSES, listing
from hotaxion.analysis.running import resume
from hotaxion.theory.errors import RangeError

from ..reproduce_stubs import NAME, chain_of, write_files


def test_fast_end_to_end_interrupted_resumed_and_then_nothing_left_to_do(
    work_folder, monkeypatch, capsys
):
    """SIGTERM after some rows: they stay; the same command ends the chain from there."""
    arguments = ["reproduce", NAME, "--fast", "--no-variants", "-j", "1"]
    chain = Path(f"chains/{NAME}__fast.1.txt")
    interrupted = _run_until_there_are_rows(arguments, chain)
    before = chain.read_bytes()
    assert "hotaxion: interrupted" in interrupted
    assert not resume.is_running(chain.with_name(f"{NAME}__fast"))
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
    assert re.search(r"Sampled with Cobaya [\d.]+, HotAxion [\d.]+\+\w{8}, BBN", report)
    assert "figures/triangle.png" in report
    log = Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "Sampling complete after 1000 accepted steps" in log

    without_figures(monkeypatch)
    assert main(arguments) == 0
    second = capsys.readouterr()
    assert "chains: 1, to be run: 0" in second.err
    assert second.out == first.out
    assert chain.read_bytes() == after


def _run_until_there_are_rows(arguments: list[str], chain: Path) -> str:
    """End the command by SIGTERM once the chain has rows; what it said on stderr."""
    command = [sys.executable, "-m", "hotaxion.analysis.cli", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            if chain.exists() and chain.read_bytes().count(b"\n") > 1:  # the header is one
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 1
    return said


def test_list_and_wrong_usage(capsys):
    assert main(["reproduce", "--list"]) == 0
    names, companions = capsys.readouterr().out.strip().rsplit("\n", 1)
    assert names == listing()
    assert companions.startswith("companions ")
    for argv in ([], ["all", "-j", "0"], ["all", "-j", "many"]):
        assert main(["reproduce", *argv]) == 2
    assert "usage: hotaxion reproduce" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv", [[NAME], ["all", NAME], ["all", "--fast"], ["all", "--no-variants"]]
)
def test_a_part_of_the_table_does_not_replace_the_committed_one(work_folder, capsys, argv):
    assert main(["reproduce", *argv, "--reference"]) == 2
    assert "--reference goes with all" in capsys.readouterr().err
    assert not Path("chains").exists()


def without_figures(monkeypatch) -> None:
    """The report names them; none is drawn."""
    monkeypatch.setattr(reproduce_report, "make_figure", lambda name, *_, **__: (name, None))
    monkeypatch.setattr(reproduce_report, "save", lambda *_: [])


@pytest.fixture
def result(reproduced, monkeypatch, tmp_path) -> work.Reproduction:
    """What the command gets instead of running anything; its figures are not drawn."""
    without_figures(monkeypatch)
    options = work.Options(output=tmp_path / "out", chains=tmp_path / "chains")
    found = dataclasses.replace(reproduced, options=options, problems={}, failed_figures={})
    monkeypatch.setattr(work, "reproduce", lambda *_: found)
    return found


def test_the_committed_table_is_that_of_a_complete_run(result, capsys):
    table = result.options.chains / "reference" / "reproduced.md"
    result.problems["a chain"] = "cannot be read"
    assert main(["reproduce", "all", "--reference"]) == 1
    assert "reproduced.md is left as it was" in capsys.readouterr().err
    assert not table.exists()
    result.problems.clear()
    assert main(["reproduce", "all", "--reference"]) == 0
    assert table.exists()


def test_a_figure_that_fails_costs_neither_table_nor_report(result, monkeypatch, capsys):
    def fail(name, *_, **__):
        if name == "masses":
            raise ValueError("contour levels must be increasing")
        return name, None

    monkeypatch.setattr(reproduce_report, "make_figure", fail)
    assert main(["reproduce", NAME]) == 1
    said = capsys.readouterr()
    assert said.out.strip() == reproduce_report.to_text(result)
    assert "'masses' failed: ValueError: contour levels" in said.err
    text = (result.options.output / "report.md").read_text()
    assert "Figure `masses` failed: ValueError" in text
    assert "figures/masses.png" not in text
    assert "figures/triangle.png" in text


def test_a_broken_chain_does_not_cost_the_rows_of_the_others(work_folder, monkeypatch):
    other = "deramo2022_bbn_ksvz"
    for name in (NAME, other):
        write_files(chain_of(name))
    rows_of_job = work.rows_of_job

    def break_one(job, *more):
        if job.name == other:
            raise IndexError("index 3 is out of bounds")
        return rows_of_job(job, *more)

    monkeypatch.setattr(work, "rows_of_job", break_one)
    found = work.reproduce([NAME, other], work.Options(variants=False), lambda line: None)
    assert list(found.problems) == [other]
    assert "IndexError: index 3 is out of bounds" in found.problems[other]
    assert {row.analysis for row in found.rows} == {NAME}


def test_mistakes_are_one_line(work_folder, capsys):
    assert main(["reproduce", "deramo2022_bbn_kszv"]) == 1
    assert "Did you mean 'deramo2022_bbn_ksvz'" in capsys.readouterr().err
    assert main(["reproduce", "hotaxion2026_ksvz", "--fast"]) == 1
    assert "leave out --fast" in capsys.readouterr().err
    with pytest.raises(RangeError, match="number from 1"):
        work.reproduce([NAME], work.Options(jobs=0), print)
    for burn in (1.5, -0.1, math.nan):
        with pytest.raises(RangeError, match="0 <= burn < 1"):
            work.reproduce([NAME], work.Options(burn=burn), print)
    assert not Path("chains").exists()


def test_fast_all_leaves_joint_analyses_out():
    names = [job.analysis for job in work.plan(["all"], work.Options(fast=True))]
    without_spectra = {name for name in ANALYSES if "bbn" in name and "planck" not in name}
    assert set(names) == {*without_spectra, "neff_act_ksvz"}


def test_a_failed_chain_is_in_the_report_and_in_the_exit_code(work_folder, capsys, monkeypatch):
    monkeypatch.setenv("COBAYA_PACKAGES_PATH", "/nonexistent")
    text = yaml_dump(load_input(find_input(NAME))).replace("paper2022", "paper1922")
    (work_folder / "broken.yaml").write_text(text)
    monkeypatch.setattr(jobs, "find_input", lambda name: work_folder / "broken.yaml")
    assert main(["reproduce", NAME, "--fast", "--no-variants"]) == 1
    said = capsys.readouterr()
    assert f"{NAME}__fast: failed (exit code 1), see chains/reproduce/logs" in said.err
    assert f"{NAME}__fast: Cobaya ended with exit code 1" in said.out
    assert "paper1922" in Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "exit code 1" in Path("chains/reproduce/report.md").read_text()
