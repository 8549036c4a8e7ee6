"""Why this test exists: a run may be killed at any moment, the disk may be full, handles run out.
What was written must stay byte for byte, and the same command with -r must go on."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest
from cobaya.yaml import yaml_dump, yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.running import resume
from hotaxion.theory.errors import HotAxionError

from ...forked import run_python

pytestmark = pytest.mark.usefixtures("forked_runs")
PREFIX, CHAIN = Path("chains/c"), Path("chains/c.1.txt")
KILLS = 3
LIMITED = """
import resource, sys
from hotaxion.analysis.cli import main
name, limit = sys.argv[1], int(sys.argv[2])
resource.setrlimit(getattr(resource, name), (limit, resource.getrlimit(getattr(resource, name))[1]))
sys.exit(main(sys.argv[3:]))
"""


@pytest.fixture
def short(work_folder) -> Path:
    """BBN by number density, which writes each row at once, and its checkpoint every few."""
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"]["solver"] = "number"
    info["sampler"]["mcmc"].update(
        output_every=1, learn_every=10, measure_speeds=False, max_samples=10**6, Rminus1_stop=1e-9
    )
    info["output"] = str(PREFIX)
    path = work_folder / "short.yaml"
    path.write_text(yaml_dump(info))
    return path


def started(*more: str) -> BaseProcess:
    """The command in a session of its own, to be killed with all its children."""
    run_python(["-c", ""])  # what it needs is then in memory here, hence in every fork
    process = get_context("fork").Process(target=_run, args=(["run", "short.yaml", *more],))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in `forked`
        process.start()
    return process


def _run(words: list[str]) -> None:
    os.setsid()
    for number in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    os._exit(main(words))


def kill(process: BaseProcess) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    deadline = time.monotonic() + 60
    while resume.is_running(PREFIX):  # its child, which nobody here waits for, ends a moment later
        assert time.monotonic() < deadline, "a child outlives the kill"
        time.sleep(0.01)


def stopped_after(process: BaseProcess, rows: int, seconds: float = 0.0) -> None:
    """Kill a run and its children, some time after its chain has so many bytes more."""
    before = CHAIN.stat().st_size if CHAIN.exists() else 0
    deadline = time.monotonic() + 60
    try:
        while not (CHAIN.exists() and CHAIN.stat().st_size > before + 240 * rows):
            assert process.is_alive(), "the run has ended by itself"
            assert time.monotonic() < deadline, "no rows"
            time.sleep(0.01)
        time.sleep(seconds)
    finally:
        kill(process)


def whole_rows() -> bytes:
    content = CHAIN.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def assert_whole(prefix: Path = PREFIX) -> None:
    """One header, as many columns everywhere, finite numbers."""
    lines = Path(f"{prefix}.1.txt").read_text().splitlines()
    assert [line.startswith("#") for line in lines] == [True] + [False] * (len(lines) - 1)
    table = np.array([line.split() for line in lines[1:]], dtype=float)
    assert table.shape[1] == len(lines[0].lstrip("#").split())
    assert np.isfinite(table).all()


def test_kill_at_any_moment_then_resume(short):
    moments = random.Random(12)
    kept = b""
    for number in range(KILLS):
        stopped_after(started(*(["-r"] if number else [])), 20, moments.uniform(0.0, 0.3))
        assert whole_rows().startswith(kept)
        kept = whole_rows()
    rows = kept.count(b"\n")
    short.write_text(short.read_text().replace("max_samples: 1000000", f"max_samples: {rows + 20}"))
    assert main(["run", "short.yaml", "-r"]) == 0
    assert whole_rows().startswith(kept)
    assert_whole()


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> dict[str, bytes]:
    """The files of a run of 60 rows."""
    folder = tmp_path_factory.mktemp("killed")
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["sampler"]["mcmc"].update(max_samples=60, output_every=1, measure_speeds=False)
    (folder / "short.yaml").write_text(yaml_dump(info | {"output": str(PREFIX)}))
    env = os.environ | {"COBAYA_NOMPI": "1"}
    run_python(["-m", "cobaya", "run", "short.yaml"], cwd=folder, env=env).check_returncode()
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items()}


def lay_out(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)


def cut_at(content: bytes, how: str) -> bytes:
    half = content[: len(content) // 2]
    whole_lines = half[: half.rfind(b"\n") + 1]
    return {"empty": b"", "half": half, "whole lines": whole_lines, "last byte": content[:-1]}[how]


@pytest.mark.parametrize("how", ["empty", "half", "whole lines", "last byte", "absent"])
@pytest.mark.parametrize("ending", ["covmat", "checkpoint", "updated.yaml"])
def test_what_a_kill_leaves_is_repaired(work_folder, killed, ending, how):
    """Each would stop Cobaya; the rows stay as they are."""
    lay_out(killed)
    path = Path(f"{PREFIX}.{ending}")
    if how == "absent":
        path.unlink()
    else:
        path.write_bytes(cut_at(path.read_bytes(), how))
    resume.repair(PREFIX)
    assert CHAIN.read_bytes() == killed[str(CHAIN)]
    if ending == "updated.yaml":
        made, before = (
            yaml_load_file(None, text.decode()) for text in (path.read_bytes(), killed[str(path)])
        )
        assert set(made) == set(before)
        assert made["params"] == before["params"]
    else:
        # Cobaya goes on without, or with the first lines of the checkpoint of one process.
        assert not path.exists() or (ending, how) == ("checkpoint", "whole lines")
    assert resume.repair(PREFIX) == []  # there is nothing left to do


def test_all_of_them_at_once_and_cobaya_goes_on(work_folder, killed):
    lay_out(killed)
    for ending in ("covmat", "checkpoint", "updated.yaml", "progress"):
        path = Path(f"{PREFIX}.{ending}")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    CHAIN.write_bytes(killed[str(CHAIN)] + b"  3  -1.5 0.0")
    Path("short.yaml").write_text(
        Path("short.yaml").read_text().replace("max_samples: 60", "max_samples: 80")
    )
    assert main(["run", "short.yaml", "-r"]) == 0
    assert CHAIN.read_bytes().startswith(killed[str(CHAIN)])
    assert CHAIN.stat().st_size > len(killed[str(CHAIN)])
    assert_whole()


def test_another_input_is_still_refused_after_a_repair(work_folder, killed, capfd):
    """updated.yaml is made from the input of the chain, not from the one that is given now."""
    lay_out(killed)
    Path(f"{PREFIX}.updated.yaml").write_bytes(b"")
    Path("short.yaml").write_text(
        Path("short.yaml").read_text().replace("rates: primat", "rates: parthenope3")
    )
    assert main(["run", "short.yaml", "-r"]) == 1
    last = capfd.readouterr().err.splitlines()[-1]
    assert "was run with another input" in last
    assert "another prefix by -o" in last
    assert CHAIN.read_bytes() == killed[str(CHAIN)]


def test_what_cannot_be_repaired_has_a_cure(work_folder, killed):
    lay_out(killed)
    Path(f"{PREFIX}.updated.yaml").write_bytes(b"")
    Path(f"{PREFIX}.input.yaml").write_bytes(b"")
    with pytest.raises(HotAxionError, match=r"updated.yaml' was not .* remove the files"):
        resume.repair(PREFIX)
    assert CHAIN.read_bytes() == killed[str(CHAIN)]


def test_chains_of_several_processes_keep_their_number(work_folder, killed):
    lay_out(killed)
    for number in (2, 3):
        Path(f"{PREFIX}.{number}.txt").write_bytes(killed[str(CHAIN)])
    Path(f"{PREFIX}.checkpoint").write_bytes(b"sampler:\n  mcmc:\n")
    resume.repair(PREFIX)
    assert resume.recorded_processes(PREFIX) == 3


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: [", b"- 1\n", b"a: !x 1\n", b""])
def test_a_broken_checkpoint_says_nothing(work_folder, content):
    Path("c.checkpoint").write_bytes(content)
    assert resume.recorded_processes("c") is None


@pytest.mark.parametrize("name", ["c[1]", "c*", "c?", "c", "[a-z]", "c.1"])
def test_a_prefix_may_hold_any_character(work_folder, name):
    """Its own chains are cut, those of others never."""
    half, others = b"# a b\n 1 2\n 1", ["c1", "ca", "cab", "cx", "b", "c.1.2", "c.x"]
    for each in {name, *others}:
        Path(f"{each}.1.txt").write_bytes(half)
    assert resume.cut_broken_lines(name) == [Path(f"{name}.1.txt")]
    assert Path(f"{name}.1.txt").read_bytes() == b"# a b\n 1 2\n"
    assert all(Path(f"{each}.1.txt").read_bytes() == half for each in set(others) - {name})


def test_a_prefix_that_is_a_folder(work_folder):
    Path("d").mkdir()
    for file in ("d/1.txt", "d.1.txt"):
        Path(file).write_bytes(b"# a b\n 1 2\n 1")
    assert resume.cut_broken_lines("d/") == [Path("d/1.txt")]


# --- two runs --------------------------------------------------------------------------------


def test_a_second_run_is_one_line_and_disturbs_nothing(short, capfd):
    process = started()
    try:
        deadline = time.monotonic() + 60
        while not (CHAIN.exists() and CHAIN.stat().st_size > 5000):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        before = whole_rows()
        for flag in ([], ["-r"], ["-f"]):
            assert main(["run", "short.yaml", *flag]) == 1
            lines = capfd.readouterr().err.splitlines()
            assert len(lines) == 1
            assert "is being written by another run; wait for its end" in lines[0]
        assert process.is_alive()
        assert whole_rows().startswith(before)
    finally:
        kill(process)


def test_of_two_at_once_one_goes_on(work_folder):
    with resume.only_run("a/b", "stop it"):
        with pytest.raises(HotAxionError, match="another run"), resume.only_run("a/b", "stop it"):
            pass
        with resume.only_run("a/c", "stop it"):
            assert Path("a/c.run.locked").exists()
    with resume.only_run("a/b", "stop it"):
        pass
    assert list(Path("a").iterdir()) == []


# --- the machine -----------------------------------------------------------------------------


def limited(name: str, limit: int, *more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", LIMITED, name, str(limit), "run", "short.yaml", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


def test_a_full_disk_ends_in_one_line_and_is_resumed(short):
    """No file may grow beyond 20 kB: the chain stops in the middle of a row."""
    ended = limited("RLIMIT_FSIZE", 20_000)
    assert ended.returncode == 1
    assert "no room to write" in ended.stderr.splitlines()[-1]
    assert "-r goes on" in ended.stderr.splitlines()[-1]
    kept = whole_rows()
    assert 10 < kept.count(b"\n") < 100
    rows = kept.count(b"\n") + 20
    short.write_text(short.read_text().replace("max_samples: 1000000", f"max_samples: {rows}"))
    assert main(["run", "short.yaml", "-r"]) == 0
    assert whole_rows().startswith(kept)
    assert_whole()


def test_no_handles_left_is_one_line(short):
    ended = limited("RLIMIT_NOFILE", 5)
    assert ended.returncode == 1
    assert "error:" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_folders_that_cannot_be_are_one_line(short, capfd):
    Path("file").write_text("")
    assert main(["run", "short.yaml", "-o", "file/below/c"]) == 1
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "give another file or folder" in lines[0]


def test_a_working_folder_that_has_gone_is_one_line(tmp_path, monkeypatch, capfd):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["run", "bbn_ksvz"]) == 1
    assert "the working folder has been removed" in capfd.readouterr().err.splitlines()[-1]
    monkeypatch.chdir(tmp_path)
