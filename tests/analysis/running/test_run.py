"""Why this test exists: `hotaxion run NAME` must be `cobaya-run` on that file and nothing else, use
MPI where there is one and say so where not, and never lose or spoil a chain that was written."""

from __future__ import annotations

import json
import logging
import os
import shlex
import shutil
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import analyses, find_input, inputs_folder
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running import run as runs
from hotaxion.theory.errors import HotAxionError, UnknownOptionError
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path

from ...forked import run_python

MPI_VARIABLES = ("COBAYA_NOMPI", "OMP_NUM_THREADS", *launch._OPEN_MPI, *launch._AS_ROOT)


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """A folder of its own, and no variable of MPI or OpenMP from outside."""
    for name in (*MPI_VARIABLES, *launch._RANK_COUNTS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def serial(clean, monkeypatch, forked_runs):
    """No MPI, whatever is installed."""
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    return clean


@pytest.fixture
def fake_mpi(clean, monkeypatch):
    """An mpirun that writes down what it was given and exits with 7; an mpi4py that imports."""
    binaries, packages = clean / "bin", clean / "packages" / "mpi4py"
    binaries.mkdir()
    packages.mkdir(parents=True)
    (packages / "__init__.py").write_text("MPI = None\n")
    code = (
        f"#!{sys.executable}\nimport json, os, sys\n"
        "seen = {'argv': sys.argv[1:], 'env': dict(os.environ)}\n"
        "json.dump(seen, open(os.environ['FAKE_MPI_LOG'], 'w'))\nsys.exit(7)\n"
    )
    for name in ("mpirun", "srun"):
        (binaries / name).write_text(code)
        (binaries / name).chmod(0o755)
    monkeypatch.setenv("FAKE_MPI_LOG", str(clean / "seen.json"))
    monkeypatch.setenv("PYTHONPATH", str(packages.parent))
    monkeypatch.setenv("PATH", str(binaries), prepend=os.pathsep)
    monkeypatch.setattr(launch, "BIN", clean / "nothing")
    monkeypatch.syspath_prepend(str(packages.parent))  # find_spec of this process
    return lambda: json.loads((clean / "seen.json").read_text())


def short(folder: Path, name: str = "bbn_omegab_ksvz", **mcmc) -> Path:
    """A named analysis with another sampler's options, as a file of its own."""
    info = yaml_load_file(str(inputs_folder() / f"{name}.yaml"))
    info["sampler"]["mcmc"].update({"max_samples": 60, "output_every": 30, **mcmc})
    path = folder / "short.yaml"
    path.write_text(pyyaml.safe_dump(info))
    return path


# --- names -----------------------------------------------------------------------------------


def test_every_file_of_the_package_has_a_name_and_a_first_comment(capsys):
    assert main(["run", "--list"]) == 0
    out = capsys.readouterr().out
    names = sorted({path.stem for path in inputs_folder().glob("*.yaml")} - {"published"})
    assert [line.split()[0] for line in out.split("\n\n")[0].splitlines()] == names
    assert all(analyses().values())
    assert str(inputs_folder()) in out


def test_a_name_wins_and_any_path_will_do(clean):
    (clean / "bbn_ksvz").mkdir()  # a folder of the same name is in nobody's way
    assert find_input("bbn_ksvz") == inputs_folder() / "bbn_ksvz.yaml"
    (clean / "mine.yaml").write_text("likelihood: {one: }\n")
    assert find_input("mine.yaml") == find_input("mine") == Path("mine.yaml")


def test_unknown_names_give_the_closest(capsys):
    with pytest.raises(UnknownOptionError, match="Did you mean 'hotaxion2026_ksvz'"):
        find_input("hotaxion2026_kvsz")
    assert main(["run", "bbn_omegab_ksv"]) == 1
    assert "Did you mean 'bbn_omegab_ksvz'" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["x", "-r", "-f"], ["x", "-n", "0"], ["x", "-n", "many"]])
def test_wrong_usage(capsys, argv):
    assert main(["run", *argv]) == 2
    assert "usage: hotaxion run" in capsys.readouterr().err


# --- the same as cobaya-run ------------------------------------------------------------------


def test_the_same_chain_as_cobaya_run(serial):
    """Equal seeds give equal bytes."""
    path = short(serial, seed=3)
    assert main(["run", str(path), "-o", "ours/chain"]) == 0
    run_python(["-m", "cobaya", "run", str(path), "-o", "theirs/chain"]).check_returncode()
    ours, theirs = (Path(f"{who}/chain.1.txt").read_bytes() for who in ("ours", "theirs"))
    assert ours == theirs
    assert ours.count(b"\n") > 60


def test_refuses_resumes_forces(serial, capfd):
    path, chain = short(serial), Path("chains/bbn_omegab_ksvz.1.txt")
    assert main(["run", str(path)]) == 0
    first = chain.read_bytes()
    assert main(["run", str(path)]) == 1  # Cobaya's own exit code
    assert "Delete the previous output" in capfd.readouterr().out
    short(serial, max_samples=90)
    assert main(["run", str(path), "-r"]) == 0
    assert chain.read_bytes().startswith(first)
    assert len(chain.read_bytes()) > len(first)
    assert main(["run", str(path), "-f"]) == 0
    assert not chain.read_bytes().startswith(first)


def test_minimize_and_test_reach_cobaya(serial):
    assert main(["run", "bbn_omegab_ksvz", "--test", "-o", "t/x"]) == 0
    assert not list(Path("t").glob("x.*.txt"))
    assert main(["run", "deramo2022_bbn_omegab_ksvz", "--minimize", "-o", "m/x"]) == 0
    assert Path("m/x.minimum.txt").exists()


def test_a_broken_input_is_for_cobaya_to_explain(serial, capfd):
    Path("bad.yaml").write_text("likelihood: [\n")
    assert main(["run", "bad.yaml", "-r"]) == 1
    assert "bad.yaml" in "".join(capfd.readouterr())


# --- CLASS in place of its emulator ----------------------------------------------------------


def test_class_replaces_the_emulator_and_nothing_else(serial, monkeypatch):
    seen = []
    monkeypatch.setattr(launch, "execute", lambda command, env: seen.append(command) or 0)
    info = yaml_load_file(str(inputs_folder() / "hotaxion2026_ksvz.yaml"))
    info["theory"][runs.EMULATED].update(fallback="error", speed=9, hierarchy="normal")
    info["theory"]["hotaxion.theory.BBN"]["rates"] = "parthenope3"
    Path("mine.yaml").write_text(pyyaml.safe_dump(info, sort_keys=False))
    assert main(["run", "mine.yaml", "--class"]) == 0
    written = yaml_load_file("chains/hotaxion2026_ksvz_class.input_class.yaml")
    assert seen[0][-3:] == [
        "chains/hotaxion2026_ksvz_class.input_class.yaml",
        "--output",
        "chains/hotaxion2026_ksvz_class",
    ]
    assert written["output"] == "chains/hotaxion2026_ksvz_class"
    assert list(written["theory"]) == [
        "hotaxion.theory.HotAxion",
        "hotaxion.theory.BBN",
        "hotaxion.theory.HotClassy",
    ]
    trained = SpectraEmulator.load(emulator_path(None)).origin["HotClassy"]
    assert written["theory"][runs.DIRECT] == {**trained, "hierarchy": "normal"}
    assert "l_linstep" in trained["extra_args"]  # HotClassy's own default need not be the same
    for block in ("likelihood", "params", "prior", "sampler"):
        assert written[block] == info[block]
    assert written["theory"]["hotaxion.theory.BBN"] == info["theory"]["hotaxion.theory.BBN"]
    mine = Path("mine.yaml").read_bytes()
    assert main(["run", "mine.yaml", "--class", "-o", "mine"]) == 0
    assert Path("mine.yaml").read_bytes() == mine


def test_class_for_an_emulator_under_another_name():
    """The user's key stays, and the settings are those of that emulator."""
    named = {"class": runs.EMULATED, "emulator": "forecast_cmbs4_desi_ksvz", "axion_nodes": 6}
    origin = SpectraEmulator.load(emulator_path("forecast_cmbs4_desi_ksvz")).origin["HotClassy"]
    replaced = runs.class_for_emulator({"spectra": named, "other": None})
    assert replaced["spectra"] == {**origin, "axion_nodes": 6, "class": runs.DIRECT}
    assert replaced["other"] is None
    assert list(replaced) == ["spectra", "other"]
    # The record of a chain writes null where the input says nothing.
    recorded = {"emulator": "act", "extra_args": None, "hierarchy": "normal"}
    act = SpectraEmulator.load(emulator_path("act")).origin["HotClassy"]["extra_args"]
    found = runs.class_for_emulator({runs.EMULATED: recorded})[runs.DIRECT]
    assert found == {"extra_args": act, "hierarchy": "normal"}


def test_class_with_an_emulator_that_is_not_there_is_one_line(serial, capsys):
    info = yaml_load_file(str(inputs_folder() / "hotaxion2026_ksvz.yaml"))
    info["theory"][runs.EMULATED]["emulator"] = "mine.npz"
    Path("mine.yaml").write_text(pyyaml.safe_dump(info))
    assert main(["run", "mine.yaml", "--class"]) == 1
    assert "'mine.npz'" in capsys.readouterr().err


def test_every_joint_analysis_can_do_without_its_emulator():
    joint = [name for name in analyses() if name.startswith(("hotaxion", "notari"))]
    assert len(joint) > 4
    for name in joint:
        info = runs.with_class(yaml_load_file(str(inputs_folder() / f"{name}.yaml")))
        assert runs.EMULATED not in info["theory"]
        assert runs.DIRECT in info["theory"]


def test_class_without_emulator_is_one_line(serial, capsys):
    assert main(["run", "bbn_ksvz", "--class"]) == 1
    assert "leave it out" in capsys.readouterr().err


# --- MPI -------------------------------------------------------------------------------------


def test_mpirun_gets_the_number_and_the_same_command(fake_mpi):
    assert main(["run", "bbn_ksvz", "-n", "3", "-o", "x/y"]) == 7  # the exit code of mpirun
    seen = fake_mpi()
    file = str(inputs_folder() / "bbn_ksvz.yaml")
    expected = ["-n", "3", sys.executable, "-m", "hotaxion.analysis.running.cobaya_child", file]
    assert seen["argv"] == [*expected, "--output", "x/y"]
    env = seen["env"]
    assert env["OMP_NUM_THREADS"] == str(max(1, launch.cores() // 3))
    assert "COBAYA_NOMPI" not in env
    assert env["PRTE_MCA_hwloc_default_binding_policy"] == "none"
    assert ("OMPI_ALLOW_RUN_AS_ROOT" in env) == (os.getuid() == 0)


def test_root_is_allowed_only_as_root(fake_mpi, monkeypatch):
    for uid, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "getuid", lambda uid=uid: uid)
        env = launch.environment(2)
        assert [name in env for name in launch._AS_ROOT] == [allowed, allowed]


def test_auto_is_one_for_each_core(fake_mpi, monkeypatch):
    monkeypatch.setattr(launch, "cores", lambda: 6)
    assert main(["run", "bbn_ksvz", "-n", "auto"]) == 7
    seen = fake_mpi()
    assert seen["argv"][:2] == ["-n", "6"]
    assert seen["env"]["OMP_NUM_THREADS"] == "1"


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


# --- broken files, signals -------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The folder of a finished chain of 60 rows."""
    folder = tmp_path_factory.mktemp("finished")
    command = ["-m", "cobaya", "run", str(short(folder, seed=5))]
    run_python(command, cwd=folder, env=os.environ | {"COBAYA_NOMPI": "1"}).check_returncode()
    return folder / "chains"


@pytest.mark.parametrize("lost", [1, 4, 300], ids=["end of line", "last number", "half a row"])
def test_a_half_written_row_goes_and_the_rest_stays(serial, finished, lost):
    """What Cobaya alone makes of the first two: rows glued together, or an error."""
    shutil.copytree(finished, "chains")
    chain = Path("chains/bbn_omegab_ksvz.1.txt")
    cut = chain.read_bytes()[:-lost]
    chain.write_bytes(cut)
    assert main(["run", str(short(serial, max_samples=90, seed=5)), "-r"]) == 0
    after = chain.read_bytes()
    assert after.startswith(cut[: cut.rfind(b"\n") + 1])
    table = np.loadtxt(chain)
    assert table.shape[0] >= 85
    assert np.isfinite(table).all()


def test_only_broken_chain_files_are_touched(clean):
    whole = "# weight x\n 1 2\n"
    names = {"c.1.txt": whole + " 1 2", "c.2.txt": whole, "c.3.txt": "# weight x\n", "c.4.txt": ""}
    others = {"c.minimum.txt": "no end", "d.1.txt": "no end"}
    for name, text in (names | others).items():
        Path(name).write_text(text)
    changed = [path.name for path in resume.cut_broken_lines("c")]
    assert changed == ["c.1.txt", "c.3.txt", "c.4.txt"]
    assert Path("c.1.txt").read_text() == Path("c.2.txt").read_text() == whole
    assert not Path("c.3.txt").exists()  # Cobaya refuses to go on from a header alone
    assert {name: Path(name).read_text() for name in others} == others


def test_a_running_chain_is_left_alone(clean):
    import portalocker

    Path("c.1.txt").write_text("# weight x\n 1 2\n 1")
    with open("c.input.yaml.locked", "wb") as lock:
        portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
        assert resume.cut_broken_lines("c") == []
    assert [path.name for path in resume.cut_broken_lines("c")] == ["c.1.txt"]  # the file alone


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


def test_the_command_is_logged_so_that_it_can_be_repeated(serial, caplog, monkeypatch):
    monkeypatch.setattr(launch, "execute", lambda command, env: 0)
    with caplog.at_level(logging.INFO):
        assert main(["run", "bbn_ksvz", "-o", "with space/x"]) == 0
    line = caplog.messages[-1]
    assert shlex.split(line.split(": ", 1)[1])[-1] == "with space/x"
