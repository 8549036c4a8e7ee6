"""Why this test exists: `hotaxion run NAME` must be `cobaya-run` on that file and nothing else, use
MPI where there is one and say so where not, and never lose or spoil a chain that was written."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import analyses, find_input, inputs_folder
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running import run as runs
from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path

from ...forked import run_python


@pytest.fixture
def serial(clean, monkeypatch, forked_runs):
    """No MPI, whatever is installed."""
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    return clean


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
    short(serial, seed=2)
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


# --- broken files, the log ----------------------------------------------------------------------


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


def test_the_command_is_logged_so_that_it_can_be_repeated(serial, caplog, monkeypatch):
    monkeypatch.setattr(launch, "execute", lambda command, env: 0)
    with caplog.at_level(logging.INFO):
        assert main(["run", "bbn_ksvz", "-o", "with space/x"]) == 0
    line = caplog.messages[-1]
    assert shlex.split(line.split(": ", 1)[1])[-1] == "with space/x"


def test_debug_asks_the_child_for_tracebacks():
    for debug in (True, False):
        _, env = runs.cobaya_command(Path("x.yaml"), None, runs.RunOptions(debug=debug), [])
        assert ("HOTAXION_TRACEBACK" in env) == debug
