"""Why this test exists: a command that README or docs only mention must work, too.

Every command in plain code or in a code span is run once, with its placeholders (NAME, FILE.yaml)
filled in and long ones shortened as SHORTER says. Blocks `console` are run by test_examples.py.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import analyses

from ..forked import run_python

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/*/*.md")])
PROGRAMS = (
    r"(?:hotaxion|cobaya-run|python docs|python benchmarks|python -m hotaxion|make|pip install)"
)
CHAIN = "bbn_omegab_ksvz"
# What stands for a name of the reader's own; longer ones first.
PLACEHOLDERS = {
    "yaml/NAME.yaml": f"yaml/{CHAIN}.yaml",
    "FILE.yaml": f"yaml/{CHAIN}.yaml",
    "chains/NAME": f"chains/{CHAIN}",
    "chains/training/NAME": "chains/training/x",
    "FILE.npz": "x.npz",
    "CHAIN": f"chains/{CHAIN}",
    "NAME": CHAIN,
    "INPUT": f"yaml/{CHAIN}.yaml",
    "PACKAGES": ".",  # a folder that is there
    "FILE": "x",
    "DIR": "out",
    "I/8": "1/8",
}
JOINT = "hotaxion2026_ksvz"
MARGINALISED = {name for name in analyses() if "marginalised" in name}  # tables; see tests/yaml
GRID = ("0.02", "0.06", "0.1", "0.2")  # eV
# What is appended to a long command, and why.
SHORTER = {
    "run": "--test -o {output}",  # sets up, without sampling
    "reproduce": "--list",  # chains: tests/analysis/published
    "scan": "--points 2 --step 0.1 --momenta 40",
    "profile": f"--grid {' '.join(GRID)} -o {{output}}",
    "forecast": "--help",  # a run of CLASS: test_forecast.py
    "train": "--help",  # hours of CLASS: test_emulator_parts.py
    "verify": "--help",  # runs of CLASS
}


def commands() -> list[str]:
    """All commands that the pages show, each once."""
    found = {}
    for page in PAGES:
        if page.name == "reference.md":  # made from the parser itself
            continue
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = re.findall(rf"^ {{4,}}({PROGRAMS} [^\n]*)$", text, re.MULTILINE)
        spans = re.findall(rf"`({PROGRAMS} [^`\n]*(?:\n[^`\n]+)?)`", text)
        for command in [*lines, *(" ".join(span.split()) for span in spans)]:
            command = re.split(r"\s#", command)[0].strip()
            same = command if command.startswith("pip") else filled(command)
            same = re.sub(r"^(cobaya-run) --test", r"\1", same)  # done so, anyway
            found.setdefault(" ".join(same.split()), command)
    return list(found.values())


def filled(command: str) -> str:
    """With names for placeholders, options in brackets, and without what is left out."""
    command = command.replace("--grid ...", f"--grid {' '.join(GRID)}")
    command = re.sub(r"\s*(\.\.\.|…)(?=\s|$)|[\[\]]", " ", command).replace("...", " ")
    for placeholder, name in PLACEHOLDERS.items():
        command = re.sub(rf"(?<![\w/]){re.escape(placeholder)}(?!\w)", name, command)
    return re.sub(r"(?<=\s)N(?=\s|$)", "2", command)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """What looks like the repository's root, with a short chain and a profile."""
    folder = tmp_path_factory.mktemp("root")
    for name in ("yaml", "docs", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    info = yaml_load_file(str(ROOT / "yaml" / f"{CHAIN}.yaml"))
    info["sampler"]["mcmc"].update(max_samples=500, seed=2)
    (folder / "short.yaml").write_text(pyyaml.safe_dump(info))
    run_python(["-m", "cobaya", "run", "short.yaml"], cwd=folder).check_returncode()
    with contextlib.chdir(folder):
        grid = [*"profile short.yaml --param m_a --grid".split(), *GRID, "-o", "chains/m_a.profile"]
        assert main(grid) == 0
    return folder


def run_hotaxion(words: list[str], output: str) -> None:
    """A hotaxion command in this process; one without its arguments is only a mention."""
    mention = all(word.startswith("-") for word in words[1:])
    shorter = SHORTER.get(words[0], "")
    long = "--class" in words or (words[0] == "profile" and JOINT in words)  # minutes
    long |= words[0] == "plot" and "spectra" in words  # of CLASS: test_physics_plots.py
    if long or MARGINALISED & {*words}:
        shorter = "--help"
    if "--list" not in words:
        words = [*words, *shorter.format(output=output).split()]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(words)
    assert code == 0 or (mention and code == 2)
    assert out.getvalue() or words[0] == "run" or mention


def check_others(words: list[str], output: str) -> None:
    """Programs that install or take minutes: whether what they name is there."""
    if words[0] == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert words[1] in targets
    elif words[0] == "pip":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        for extra in re.findall(r"\[([\w-]+)\]", words[-1]):
            assert extra in project["optional-dependencies"]
    elif words[0] == "cobaya-run":
        options = [word for word in words[1:] if word != "--test"]
        run_python(["-m", "cobaya", "run", "--test", *options, "-o", output]).check_returncode()
    else:  # python FILE.py or python -m MODULE
        module = words[2].replace("hotaxion.", "").replace(".", "/") + ".py"
        file = ROOT / (module if words[1] == "-m" else words[1])
        compile(file.read_text(encoding="utf-8"), str(file), "exec")
        for option in (word for word in words[2:] if word.startswith("--")):
            assert option in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", commands())
def test_a_command_that_is_mentioned_works(command, root, monkeypatch, forked_runs):
    monkeypatch.chdir(root)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    output = f"tried/{commands().index(command)}"
    words = shlex.split(command if command.startswith("pip") else filled(command))
    if words[0] == "cobaya-run" and not Path(words[-1]).exists():
        assert words[-1] in ("mock/forecast.yaml", "all.yaml")  # made by the command before
    elif words[0] == "hotaxion":
        run_hotaxion(words[1:], output)
    else:
        check_others(words, output)


SCRIPTS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", [name for name in SCRIPTS if not name.startswith("bench_")])
def test_a_benchmark_starts(name, tmp_path):
    """With all that it imports; those of `make bench` are tests of pytest."""
    done = run_python([str(ROOT / "benchmarks" / name), "--help"], cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_placeholders_are_filled():
    assert filled("hotaxion verify CHAIN --points N [--tail m_a]").split() == [
        *("hotaxion", "verify", f"chains/{CHAIN}", "--points", "2", "--tail", "m_a")
    ]
    assert filled("hotaxion plot CHAIN... -o DIR").split()[-3:] == [f"chains/{CHAIN}", "-o", "out"]
    assert filled("hotaxion run hotaxion2026_ksvz -n 4") == "hotaxion run hotaxion2026_ksvz -n 4"


def test_there_is_something_to_run():
    assert len(commands()) > 30
