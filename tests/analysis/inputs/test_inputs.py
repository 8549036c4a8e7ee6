"""Why this test exists: an input of a wrong shape must get one sentence that says what is allowed,
not an error from far inside Cobaya; and every command finds a user's classes at the same places."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cobaya.yaml import yaml_dump, yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.input_blocks import check_blocks
from hotaxion.analysis.inputs.names import analyses, inputs_folder
from hotaxion.analysis.running import run as runs
from hotaxion.theory.errors import HotAxionError

from ...one_point import evaluate

GOOD = {
    "theory": {"hotaxion.theory.HotAxion": None},
    "likelihood": {"one": None},
    "params": {"m_a": {"prior": {"min": 0, "max": 1}, "ref": 0.1, "proposal": 0.1}},
    "sampler": {"mcmc": None},
}
# Block or parameter, what is wrong there, what the sentence must name.
BLOCKS = [
    (block, bad, block)
    for block in ("theory", "likelihood", "params", "prior", "sampler")
    for bad in (["a"], "mcmc", 3, True, 0.5)
]
BLOCKS += [("output", bad, "output") for bad in (["a"], 3, {"a": 1}, True)]
BLOCKS += [
    ("packages_path", ["x"], "packages_path"),
    ("theory", {"hotaxion.theory.HotAxion": ["x"]}, "hotaxion.theory.HotAxion"),
    ("theory", {"hotaxion.theory.HotAxion": 3}, "hotaxion.theory.HotAxion"),
    ("theory", {3: None}, "theory"),
    ("theory", {"a": {"class": 3}}, "class"),
    ("likelihood", {"one": False}, "one"),
    ("likelihood", {"one": {"python_path": ["x"]}}, "python_path"),
    ("likelihood", {"one": {"python_path": "no/such/folder"}}, "python_path"),
    ("sampler", {"mcmc": 5}, "mcmc"),
    ("sampler", {"mcmc": None, "minimize": None}, "minimize"),
    ("prior", {"x": 3}, "prior: x"),
    ("liklihood", {"one": None}, "Did you mean 'likelihood'"),
    ("parameters", {}, "Did you mean 'params'"),
    ("python_path", "here", "under the component"),
    ("seed", 3, "--seed"),
    (5, 3, "unknown block"),
]
ENTRIES = [
    True, [0], [0, 1, 2], ["a", "b"], [0, float("nan")], float("nan"), float("inf"), 10**400,
    {"prior": "flat"}, {"prior": 3}, {"prior": [0]}, {"prior": [0, "1"]}, {"prior": True},
    {"prior": {"min": "0", "max": 1}}, {"prior": {"min": 0, "max": float("nan")}},
    {"prior": {"dist": 3}}, {"prior": {"dist": "norm", "loc": [1], "scale": 1}},
    {"prior": {"min": 0, "max": 1}, "ref": "x"}, {"prior": {"min": 0, "max": 1}, "ref": True},
    {"prior": {"min": 0, "max": 1}, "proposal": "0.1"}, {"value": [1]}, {"value": True},
    {"value": float("inf")}, {"drop": "true"}, {"latex": 3}, {"min": "0"}, {"max": [1]},
    {"prir": [0, 1]}, {3: 1},
]  # fmt: skip


PROFILE = ["profile", "--param", "m_a", "-o", "out.txt", "--grid", "1", "--"]


def written(info: dict, name: str = "mine.yaml") -> Path:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(yaml_dump(info))
    return Path(name)


@pytest.mark.parametrize(("block", "bad", "names"), BLOCKS)
def test_blocks_of_the_wrong_shape(work_folder, capfd, block, bad, names):
    """The same one line from every command that reads an input, the last that is printed."""
    written(GOOD | {block: bad})
    for command in (["run"], PROFILE) if isinstance(bad, list) else (PROFILE,):
        assert main([*command, "mine.yaml"]) == 1
        out, err = capfd.readouterr()
        assert out == ""
        (line,) = err.splitlines()
        assert line.startswith("hotaxion: error: ")
        assert "'mine.yaml'" in line
        assert names in line


@pytest.mark.parametrize("entry", ENTRIES, ids=repr)
def test_parameters_of_the_wrong_shape(entry):
    with pytest.raises(HotAxionError, match=r"^'x.yaml': 'params: m_a:") as caught:
        check_blocks(GOOD | {"params": {"m_a": entry}}, "x.yaml")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "entry",
    [
        None, 0.1, 1, "lambda x: x", [0, 1], [0, 1, 0.5, 0.1], [0, 1, 0.5, 0.1, 0.05], {},
        {"prior": [0, 1], "ref": [0.5, 0.1]}, {"prior": {"dist": "norm", "loc": 0, "scale": 1}},
        {"prior": {"dist": "truncnorm", "a": 0, "b": float("inf")}, "ref": None},
        {"value": "lambda x: x", "derived": False, "min": 0, "latex": "x"},
        {"derived": "lambda x: x"}, {"prior": [0, 1], "drop": True, "renames": ["y"]},
        {"prior": [0, 1], "periodic": True, "proposal": None, "latex": None},
    ],
    ids=repr,
)  # fmt: skip
def test_what_cobaya_allows_stays_allowed(entry):
    check_blocks(GOOD | {"params": {"m_a": entry}, "_anchors": [1], "x-more": 3}, "x.yaml")


def test_packaged_inputs_pass():
    for name in analyses():
        check_blocks(yaml_load_file(str(inputs_folder() / f"{name}.yaml")), name)


def test_what_cobaya_refuses_is_one_line_at_the_end_of_a_run(work_folder, forked_runs, capfd):
    written(GOOD | {"likelihood": {"no.such.Likelihood": None}, "output": "c"})
    assert main(["run", "mine.yaml"]) == 1
    err = capfd.readouterr().err
    assert err.splitlines()[-1].startswith("hotaxion run: error: Cobaya: ")
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["input.yaml", "updated.yaml", "mine.txt", "x.dill_pickle"])
def test_names_that_cobaya_takes_for_something_else(work_folder, capfd, name):
    written(GOOD, name)
    assert main(["run", name]) == 1
    assert "ends in .yaml" in capfd.readouterr().err


def test_a_pickle_of_a_chain_is_not_read(work_folder, capfd):
    written(GOOD | {"output": "c"})
    Path("c.updated.dill_pickle").write_bytes(b"")
    for flag in ([], ["-r"]):
        assert main(["run", "mine.yaml", *flag]) == 1
        assert "is a pickle, which may run any code" in capfd.readouterr().err


# --- classes of the user ---------------------------------------------------------------------

LIKELIHOOD = """
from cobaya.likelihood import Likelihood
class Few(Likelihood):
    def get_requirements(self):
        return {"axion_psd": None}
    def logp(self, **params):
        return -self.provider.get_axion_psd().omega_h2 / 2e-4
"""


def with_own_class(options=None) -> dict:
    return {
        "theory": {"hotaxion.theory.HotAxion": {"solver": "number"}},
        "likelihood": {"few_axions_here.Few": options},
        "params": {"m_a": {"prior": [0.0, 1.0], "ref": 0.1, "proposal": 0.05}},
        "sampler": {"mcmc": {"max_samples": 10}},
    }


@pytest.fixture
def own_class(work_folder, monkeypatch):
    """Put the module into a folder, to be found from nowhere else; undone at the end."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def put(folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, "few_axions_here.py").write_text(LIKELIHOOD)

    yield put
    sys.modules.pop("few_axions_here", None)


@pytest.mark.parametrize("module", [".", "inputs"], ids=["started here", "beside the input"])
def test_commands_find_a_class_where_they_start_and_beside_the_input(own_class, capfd, module):
    own_class(module)
    path = str(written(with_own_class(), "inputs/mine.yaml"))
    evaluate(path)
    assert main(["run", path, "--test", "-o", "chains/c"]) == 0
    if module == "inputs":
        main(["doctor", path])  # its exit code is about the installation, too
        assert "BROKEN" not in capfd.readouterr().out.partition(path)[2]


@pytest.mark.parametrize("module", ["code", "inputs/code"])
def test_a_relative_python_path_is_read_from_both_places(own_class, capfd, module):
    own_class(module)
    path = str(written(with_own_class({"python_path": "code"}), "inputs/mine.yaml"))
    evaluate(path)
    if module == "inputs/code":  # Cobaya itself would not find it
        assert main(["run", path, "--test", "-o", "chains/c"]) == 0
    shutil.rmtree(module)
    for command in (["run"], PROFILE):
        assert main([*command, path]) == 1
        assert "python_path: code' is no folder" in capfd.readouterr().err


# --- seeds -----------------------------------------------------------------------------------


def seeded(*more: str, prefix: str) -> bytes:
    assert main(["run", "short.yaml", "-o", prefix, *more]) == 0
    return Path(f"{prefix}.1.txt").read_bytes()


@pytest.fixture
def short(work_folder, forked_runs) -> Path:
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"]["solver"] = "number"
    info["sampler"]["mcmc"].update(max_samples=60, measure_speeds=False)
    return written(info, "short.yaml")


def test_two_runs_with_one_seed_are_equal_byte_by_byte(short):
    first = seeded("--seed", "7", prefix="a/c")
    assert seeded("--seed", "7", prefix="b/c") == first
    assert seeded("--seed", "8", prefix="a/d") != first
    assert yaml_load_file("a/c.updated.yaml")["sampler"]["mcmc"]["seed"] == 7
    short.write_text(short.read_text().replace("max_samples: 60", "max_samples: 80"))
    assert seeded("-r", prefix="a/c").startswith(first)  # with the seed that is recorded


def test_a_seed_for_other_samplers_and_for_a_chain_that_goes_on(short, capsys, caplog):
    info = yaml_load_file("short.yaml")
    assert runs.with_seed(info, 3)["sampler"]["mcmc"] == info["sampler"]["mcmc"] | {"seed": 3}
    assert runs.with_seed(info, 3, minimize=True)["sampler"] == {"minimize": {"seed": 3}}
    with pytest.raises(HotAxionError, match="no block 'sampler:'"):
        runs.with_seed({"likelihood": {}}, 3)
    assert main(["run", "short.yaml", "--seed", "3", "-r"]) == 1
    assert "leave --seed out" in capsys.readouterr().err
    del info["sampler"]["mcmc"]["measure_speeds"]
    with caplog.at_level("INFO"):
        runs.with_seed(info, 3)
    assert "measure_speeds: false" in caplog.text


# --- the command itself ----------------------------------------------------------------------


def test_a_terminal_of_ascii(monkeypatch, chain):
    """What it cannot show is escaped, nothing is lost, nothing fails."""
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "hotaxion.analysis.cli", "bounds", chain]
    done = subprocess.run(command, capture_output=True, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["--version"]) == 0
    print("0.1 ± 0.2")
    assert out.buffer.getvalue().decode().endswith("0.1 \\xb1 0.2\n")


def test_the_last_net_is_one_line_and_lets_a_traceback_through(monkeypatch, capsys):
    def broken(*_, **__):
        raise ZeroDivisionError("in the code")

    monkeypatch.setattr(runs, "run", broken)
    assert main(["run", "bbn_ksvz"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search("ZeroDivisionError: in the code; .* HOTAXION_TRACEBACK=1", line)
    monkeypatch.setenv("HOTAXION_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["run", "bbn_ksvz"])


@pytest.mark.parametrize(
    "argv",
    [
        ["abundance", "--m-a", "1e-200"],
        ["abundance", "--m-a", "1e400"],
        ["abundance", "--m-a", "-1"],
        ["abundance", "--m-a", "0.1", "--model", "generic", "--couplings", "c_mu=1e308"],
        ["abundance", "--m-a", "0.1", "--pion-scale", "1e308"],
        ["scan", "--points", "99999999999"],
        ["scan", "--m-a-max", "nan"],
        ["forecast", "--experiment", "so", "--m-a", "1e308", "-o", "f"],
        ["forecast", "--bao", "desi", "--m-a", "nan", "-o", "f"],
        ["forecast", "--experiment", "so", "--l-max", "-5", "-o", "f"],
        ["train", "--points", "-1", "-o", "x.npz"],
        ["train", "--l-max", "10000000000", "-o", "x.npz"],
        ["train", "-j", "-1", "-o", "x.npz"],
        ["reproduce", "deramo2022_bbn_ksvz", "--burn", "nan"],
    ],
    ids=" ".join,
)
def test_numbers_of_the_command_line(work_folder, capsys, argv):
    assert main(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "allowed is" in err
    assert list(work_folder.iterdir()) == []
