"""Why this test exists: `hotaxion run` must use MPI where there is one and say so where not, and
hand exit codes and signals on."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running import run as runs
from hotaxion.theory.errors import HotAxionError


def test_mpirun_gets_the_number_and_the_same_command(fake_mpi):
    assert main(["run", "bbn_ksvz", "-n", "3", "-o", "x/y"]) == 7  # the exit code of mpirun
    seen = fake_mpi()
    file = str(inputs_folder() / "bbn_ksvz.yaml")
    expected = ["-n", "3", sys.executable, "-m", "hotaxion.analysis.running.cobaya_child", file]
    assert seen["argv"] == [*expected, "--output", "x/y"]
    env = seen["env"]
    assert env["OMP_NUM_THREADS"] == "1"
    assert "COBAYA_NOMPI" not in env
    assert env["PRTE_MCA_hwloc_default_binding_policy"] == "none"
    assert ("OMPI_ALLOW_RUN_AS_ROOT" in env) == (os.getuid() == 0)


def test_root_is_allowed_only_as_root(fake_mpi, monkeypatch):
    for uid, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "getuid", lambda uid=uid: uid)
        env = launch.environment(2)
        assert [name in env for name in launch._AS_ROOT] == [allowed, allowed]


def test_what_is_set_but_empty_is_not_set(monkeypatch):
    """Cobaya takes an empty COBAYA_NOMPI for none, and an mpi4py that hangs would be imported."""
    monkeypatch.setenv("COBAYA_NOMPI", "")
    monkeypatch.setenv("ANYTHING", "")
    env = launch.environment(1)
    assert (env["COBAYA_NOMPI"], env["ANYTHING"]) == ("1", "")


def test_auto_is_one_for_each_core(fake_mpi, monkeypatch):
    monkeypatch.setattr(launch, "cores", lambda: 6)
    assert main(["run", "bbn_ksvz", "-n", "auto"]) == 7
    seen = fake_mpi()
    assert seen["argv"][:2] == ["-n", "6"]
    assert seen["env"]["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize(
    ("more", "threads"),
    [
        (["hotaxion2026_ksvz"], "1"),  # an emulator's arrays are too small to be shared
        (["hotaxion2026_ksvz", "--class"], "3"),
        (["sterile2018_planck_bao2018"], "1"),
        (["mine.yaml"], "3"),  # who knows
    ],
)
def test_threads_are_for_boltzmann_codes(fake_mpi, clean, monkeypatch, more, threads):
    monkeypatch.setattr(launch, "cores", lambda: 6)
    (clean / "mine.yaml").write_text(
        "theory: {classy: null}\nlikelihood: {one: 'lambda a: -a'}\n"
        "params: {a: {prior: [0, 1]}}\nsampler: {mcmc: null}\n"
    )
    assert main(["run", *more, "-n", "2", "-o", "x"]) == 7
    assert fake_mpi()["env"]["OMP_NUM_THREADS"] == threads


def test_other_launchers(fake_mpi):
    assert main(["run", "bbn_ksvz", "-n", "2", "--launcher", "srun --mpi=pmix"]) == 7
    assert fake_mpi()["argv"][:3] == ["--mpi=pmix", "-n", "2"]


def test_a_user_s_own_environment_wins(fake_mpi, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    monkeypatch.setenv("PRTE_MCA_hwloc_default_binding_policy", "numa")
    assert main(["run", "bbn_ksvz", "-n", "2"]) == 7
    env = fake_mpi()["env"]
    assert env["OMP_NUM_THREADS"] == "5"
    assert env["PRTE_MCA_hwloc_default_binding_policy"] == "numa"


def _hide_mpi4py(packages: Path) -> None:
    (packages / "__init__.py").write_text("raise RuntimeError('cannot load MPI library')\n")


@pytest.mark.parametrize("wanted", ["4", "auto"])
def test_without_mpi_one_process_and_a_reason(fake_mpi, clean, monkeypatch, caplog, wanted):
    _hide_mpi4py(clean / "packages" / "mpi4py")
    seen = []
    monkeypatch.setattr(launch, "execute", lambda *call: seen.append(call) or 0)
    with caplog.at_level(logging.INFO):
        assert main(["run", "bbn_ksvz", "-n", wanted]) == 0
    ((command, env),) = seen
    assert command[:3] == [sys.executable, "-m", "hotaxion.analysis.running.cobaya_child"]
    assert env["COBAYA_NOMPI"] == "1"
    assert "One process" in caplog.text
    assert "cannot load MPI library" in caplog.text
    assert 'pip install "hotaxion[mpi]"' in caplog.text


def test_reasons_name_what_is_missing(fake_mpi, clean, monkeypatch):
    assert launch.find_mpi().missing == ""
    assert "no 'srun -x'" not in launch.find_mpi("srun -x").missing
    assert "no 'prun'" in launch.find_mpi("prun").missing
    monkeypatch.setenv("PATH", str(clean))
    assert "no mpirun on the PATH" in launch.find_mpi().missing
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    assert "COBAYA_NOMPI is set" in launch.find_mpi().missing


def test_an_mpirun_around_it_is_refused(clean, monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "4")
    with pytest.raises(HotAxionError, match=r"mpirun -n N cobaya-run FILE"):
        runs.run("bbn_ksvz", runs.RunOptions())


def test_resume_takes_the_recorded_number(fake_mpi, clean):
    (clean / "x.checkpoint").write_text("sampler: {mcmc: {converged: false, mpi_size: 5}}\n")
    assert resume.recorded_processes("x") == 5
    assert main(["run", "bbn_ksvz", "-r", "-o", "x"]) == 7
    assert fake_mpi()["argv"][:2] == ["-n", "5"]
    for broken in ("", "sampler:\n", "sampler: {mcmc: {}}\n"):
        (clean / "x.checkpoint").write_text(broken)
        assert resume.recorded_processes("x") is None


def test_exit_codes_and_signals():
    env = dict(os.environ)
    assert launch.execute([sys.executable, "-c", "raise SystemExit(5)"], env) == 5
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert launch.execute([sys.executable, "-c", kill], env) == 128 + signal.SIGKILL
    with pytest.raises(HotAxionError, match="cannot be started"):
        launch.execute(["no-such-program"], env)


def test_sigterm_reaches_the_child(clean):
    """A queueing system ends a job with SIGTERM to its first process."""
    child = (
        "import os, signal, time; signal.signal(signal.SIGTERM, lambda *_: os._exit(9));"
        "open('ready', 'w'); time.sleep(60)"
    )
    ended = threading.Event()

    def terminate():
        while not ended.wait(0.05):
            if (clean / "ready").exists():
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # not ours to die of
    try:
        thread = threading.Thread(target=terminate)
        thread.start()
        assert launch.execute([sys.executable, "-c", child], os.environ) == 9
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN  # as it was
    finally:
        ended.set()
        thread.join()
        signal.signal(signal.SIGTERM, before)
