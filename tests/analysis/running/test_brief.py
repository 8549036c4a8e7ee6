"""Why this test exists: `--brief` must hide nothing: progress as Cobaya has it, all words in a
file, the last of them on the screen where a run fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.tables import quoted_with_error
from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import reference_folder
from hotaxion.analysis.running import run as runs
from hotaxion.analysis.running.brief import Brief

INFO = {"sampler": {"mcmc": {"Rminus1_stop": 0.01, "Rminus1_cl_stop": 0.05}}}
HEAD = "#       N                  timestamp acceptance_rate         Rminus1      Rminus1_cl\n"


def _progress(seconds: float, means: str, bounds: str) -> str:
    when = datetime.now() + timedelta(seconds=seconds)
    return f"288.000000 {when.isoformat()}  0.311688  {means} {bounds}\n"


def _runs(monkeypatch, program: str) -> None:
    command = [sys.executable, "-c", program]
    monkeypatch.setattr(runs, "cobaya_command", lambda *_: (command, dict(os.environ)))


def test_line_says_what_cobaya_found(tmp_path):
    brief = Brief(str(tmp_path / "x"), INFO)
    assert brief.line() == "x: 0 s, setting up"
    file = tmp_path / "x.progress"
    file.write_text(HEAD + _progress(-60.0, "0.02", "0.2"))  # of the run that is gone on with
    assert brief.line() == "x: 0 s, setting up"
    with file.open("a") as stream:
        stream.write(_progress(10.0, "2.253848", "NaN"))
    assert brief.line() == "x: 0 s, 288 accepted steps, R-1 of means 2.3 (to 0.01)"
    with file.open("a") as stream:
        stream.write(_progress(10.0, "0.02", "0.2"))
    assert brief.line() == (
        "x: 0 s, 288 accepted steps, R-1 of means 0.02 (to 0.01), "
        "R-1 of bounds 0.2 (to 0.05), about 30 s left"
    )
    with file.open("a") as stream:
        stream.write("576.0 2026-11")  # half a line
    assert brief.line() == "x: 0 s, setting up"


def test_line_of_nautilus_is_its_last_words(tmp_path):
    brief = Brief(str(tmp_path / "x"), {"sampler": {runs.NAUTILUS: None}})
    words = "[nautilus] {} evaluations, 7 shells, sampling: {} effective samples, ln Z = -9.00\n"
    brief.log.write_text(words.format(100, 5) + words.format(200, 50))
    assert brief.line().endswith(
        "s, 200 evaluations, 7 shells, sampling: 50 effective samples, ln Z = -9.00"
    )


def test_words_go_to_the_log(tmp_path, monkeypatch, capfd):
    prefix = str(tmp_path / "new" / "x")
    _runs(monkeypatch, "import sys; print('out'); sys.stderr.write('err\\n')")
    for again, count in (["-f"], 1), (["-r"], 2), (["-f"], 1):  # -r goes on with the log, too
        assert main(["run", "bbn_ksvz", "--brief", "-o", prefix, *again]) == 0
        log = Path(f"{prefix}.log").read_text()
        assert log.count("out\n") == log.count("err\n") == count
    seen = "".join(capfd.readouterr())
    assert "err\n" not in seen
    assert f"what Cobaya said is in {prefix}.log" in seen


@pytest.mark.parametrize(("rows", "withheld"), [(None, False), (60, True)])
def test_bounds_stand_at_the_end(tmp_path, monkeypatch, capfd, rows, withheld):
    """As `hotaxion bounds` has them: with their errors, or withheld digits."""
    prefix, name = tmp_path / "x", "hotaxion2026_ksvz"
    for file in reference_folder().glob(f"{name}.*"):
        lines = file.read_text().splitlines(keepends=True)
        text = "".join(lines[:rows] if file.suffix == ".txt" else lines)
        Path(f"{prefix}.{file.name.removeprefix(f'{name}.')}").write_text(text)
    Path(f"{prefix}.txt").rename(f"{prefix}.1.txt")
    _runs(monkeypatch, "")
    assert main(["run", "bbn_ksvz", "--brief", "-r", "-o", str(prefix)]) == 0
    said = quoted_with_error(Chain.load(prefix).bounds(["m_a"]).parameters["m_a"])
    assert capfd.readouterr().out.startswith(f"x, 95 %: m_a {said} eV, delta_neff < ")
    assert ("not converged" in said) == withheld


@pytest.mark.parametrize("more", [["--test"], ["--minimize"]])
def test_without_a_chain_there_are_no_bounds(tmp_path, monkeypatch, capfd, more):
    _runs(monkeypatch, "")
    assert main(["run", "bbn_ksvz", "--brief", *more, "-o", str(tmp_path / "x")]) == 0
    assert capfd.readouterr().out == ""


def test_the_log_of_a_chain_that_stays_does_so(tmp_path, monkeypatch):
    """Refused, or looked at only: what was said of the chain is not lost."""
    (tmp_path / "x.1.txt").write_text("# weight\n")
    (tmp_path / "x.log").write_text("of before\n")
    _runs(monkeypatch, "print('of now')")
    for more, before in ([], True), (["--minimize"], True), (["-f"], False):
        assert main(["run", "bbn_ksvz", "--brief", *more, "-o", str(tmp_path / "x")]) == 0
        log = (tmp_path / "x.log").read_text()
        assert ("of before\n" in log, log.endswith("of now\n")) == (before, True)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a shell of POSIX and /dev/full")
@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"])
def test_without_streams_it_goes_on(clean, streams):
    """Nothing of the chain hangs on what is shown of it."""
    Path("mine.yaml").write_text(
        "likelihood: {one: 'lambda a: -a * a'}\n"
        "params: {a: {prior: [-1, 1], ref: 0, proposal: 1}}\n"
        "sampler: {mcmc: {max_samples: 100, seed: 1}}\n"
    )
    command = f"{sys.executable} -m hotaxion.analysis.cli run mine.yaml --brief -o x {streams}"
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    subprocess.run(["sh", "-c", command], env=environment, timeout=120)
    assert len(Path("x.1.txt").read_text().splitlines()) > 50
    assert "Sampling!" in Path("x.log").read_text()


def test_failure_shows_the_last_words(tmp_path, monkeypatch, capfd):
    _runs(monkeypatch, "print(*range(100), 'the reason', sep='\\n'); raise SystemExit(3)")
    assert main(["run", "bbn_ksvz", "--brief", "-o", str(tmp_path / "x")]) == 3
    seen = capfd.readouterr().err
    assert "the reason" in seen
    assert "\n50\n" not in seen


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_death_by_signal_has_its_code(tmp_path, monkeypatch):
    _runs(monkeypatch, f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")
    assert main(["run", "bbn_ksvz", "--brief", "-o", str(tmp_path / "x")]) == 128 + signal.SIGKILL


def test_without_output_there_is_no_log(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("output: null\nlikelihood: {one: null}\n")
    _runs(monkeypatch, "")
    monkeypatch.setattr(runs, "load_input", lambda *_, **__: {"output": None})
    assert main(["run", "mine.yaml", "--brief"]) == 1
    assert "--brief: no output, hence no file for a log; give a" in capsys.readouterr().err
