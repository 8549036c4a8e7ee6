"""What the house looks like, now and before: python benchmarks/house.py [REVISION ...] [--quick].

One column for the working tree and one for each revision of git: files and lines, the way of a
parameter through the files, places of an option, lines of YAML, errors of mypy. The ways are traced
by running them: `YAML to model`, `one point`, `chain to bounds` (of the chain of `make run`) and,
without `--quick`, `reproduce` of one BBN analysis (two minutes each). POSIX.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("theory", "likelihoods", "analysis")
INPUT = "hotaxion2026_ksvz"
OPTION = "kaon_scale"

_TRACED = """
import contextlib, io, json, logging, os, sys
way, root, argument = sys.argv[1:]
root = os.path.realpath(root)
places = tuple(os.path.join(root, top) + os.sep for top in ("theory", "likelihoods", "analysis"))
known, count = {}, {"files": set(), "functions": set(), "moves": 0, "last": None}
def note(frame, event, _):
    if event != "call":
        return
    code = frame.f_code
    if code.co_filename not in known:
        known[code.co_filename] = os.path.realpath(code.co_filename).startswith(places)
    if known[code.co_filename] and code.co_name != "<module>":
        count["files"].add(code.co_filename)
        count["functions"].add((code.co_filename, code.co_firstlineno))
        if count["last"] not in (None, code.co_filename):
            count["moves"] += 1
        count["last"] = code.co_filename
def traced(call):
    sys.setprofile(note)
    try:
        return call()
    finally:
        sys.setprofile(None)
logging.disable(logging.CRITICAL)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    if way in ("model", "point"):
        from cobaya.model import get_model
        from cobaya.yaml import yaml_load_file
        info = yaml_load_file(argument)
        info = {k: info[k] for k in ("theory", "likelihood", "prior", "params") if k in info}
        model = (traced if way == "model" else lambda call: call())(lambda: get_model(info))
        if way == "point":
            sampled = model.parameterization.sampled_params_info()
            point = {name: p["ref"]["loc"] for name, p in sampled.items() if "ref" in p}
            point = {name: point.get(name, 1.0) for name in sampled}
            model.logposterior(point)
            point["logA"] += 1e-3
            point[next(n for n in point if n.endswith("m_a"))] += 1e-3
            traced(lambda: model.logposterior(point))
    else:
        from hotaxion.analysis import cli
        if way == "bounds":
            done = traced(lambda: cli.main(["bounds", argument]))
        else:
            done = traced(lambda: cli.main(["reproduce", "deramo2022_bbn_ksvz", "--no-variants",
                                            "--force", "-o", argument]))
        assert done == 0, done
print(json.dumps({k: len(v) if isinstance(v, set) else v for k, v in count.items() if k != "last"}))
"""


def tree_of(revision: str | None, folder: Path) -> Path:
    """The working tree, or a revision unpacked, with a package `hotaxion` in its src."""
    if revision is None:
        return ROOT
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, capture_output=True, check=True
    )
    tree = folder / revision
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(tree, filter="data")
    package = tree / "src" / "hotaxion"
    if not package.exists():  # older: a mapping of names in pyproject.toml
        package.mkdir(parents=True)
        (package / "__init__.py").touch()  # before one that is installed
        for top in (*TOPS, "yaml"):
            (package / top).symlink_to(f"../../{top}")
    return tree


def way(tree: Path, name: str, argument: str) -> str:
    """Files entered, moves between files, functions entered."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "COBAYA_NOMPI": "1"}
    command = [sys.executable, "-c", _TRACED, name, str(tree), argument]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tree)
    if done.returncode:
        return f"fails: {done.stderr.strip().splitlines()[-1][:60]}"
    found = json.loads(done.stdout)
    return f"{found['files']} files, {found['moves']} moves, {found['functions']} functions"


def lines(path: Path) -> int:
    return path.read_text().count("\n")


def settings(path: Path) -> int:
    """Lines of a YAML file that are neither empty, nor comments, nor rows of a matrix."""
    rows = (line.strip() for line in path.read_text().splitlines())
    return sum(1 for row in rows if row and not row.startswith(("#", "[")))


def mypy_errors(tree: Path) -> str:
    environment = {**os.environ, "MYPYPATH": str(tree / "src"), "PYTHONPATH": ""}
    command = [sys.executable, "-m", "mypy", "-p", "hotaxion", "--cache-dir", os.devnull]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env=environment)
    found = re.search(r"Found (\d+) errors? in (\d+) files?", done.stdout)
    return "0" if done.returncode == 0 else f"{found[1]} in {found[2]} files" if found else "fails"


def places(tree: Path, option: str) -> int:
    """Lines of source and default files that name an option."""
    files = [f for top in TOPS for end in ("py", "yaml") for f in (tree / top).rglob(f"*.{end}")]
    word = re.compile(rf"\b{option}\b|--{option.replace('_', '-')}\b")
    return sum(1 for file in files for line in file.read_text().splitlines() if word.search(line))


def column(tree: Path, chain: str, quick: bool) -> dict[str, str]:
    """All rows of one tree."""
    rows: dict[str, str] = {}
    for top in (*TOPS, "tests"):
        files = list((tree / top).rglob("*.py"))
        rows[f"{top}: files, lines"] = f"{len(files)}, {sum(map(lines, files)):,}"
    for top in TOPS:
        files = list((tree / top).rglob("*.py"))
        longest = max(files, key=lines)
        rows[f"{top}: largest file"] = f"{longest.relative_to(tree / top)} {lines(longest)}"
        folders = {file.parent for file in files}
        fullest = max(folders, key=lambda folder: len(list(folder.glob("*.py"))))
        count = len(list(fullest.glob("*.py")))
        rows[f"{top}: fullest folder"] = f"{fullest.relative_to(tree)} {count} files"
    files = list((tree / "yaml").rglob("*.yaml"))
    rows["yaml: files, lines, of them settings"] = (
        f"{len(files)}, {sum(map(lines, files)):,}, {sum(map(settings, files)):,}"
    )
    rows[f"lines that name the option {OPTION}"] = str(places(tree, OPTION))
    analysis = str(tree / "yaml" / f"{INPUT}.yaml")
    rows["YAML to model"] = way(tree, "model", analysis)
    rows["one point: m_a to ln L"] = way(tree, "point", analysis)
    rows["chain to printed bounds"] = way(tree, "bounds", chain)
    if not quick:
        with tempfile.TemporaryDirectory() as folder:
            rows["reproduce one BBN analysis"] = way(tree, "reproduce", folder)
    rows["mypy: errors"] = mypy_errors(tree)
    return rows


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("revisions", nargs="*", metavar="REVISION")
    parser.add_argument("--chain", default=str(ROOT / "chains" / INPUT), help="prefix of a chain")
    parser.add_argument("--quick", action="store_true", help="without `reproduce`")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        columns = {
            revision or "now": column(tree_of(revision, Path(folder)), given.chain, given.quick)
            for revision in (*given.revisions, None)
        }
    print("| |", " | ".join(columns), "|\n|---|" + "---|" * len(columns))
    names = dict.fromkeys(name for rows in columns.values() for name in rows)
    for name in names:
        print(f"| {name} |", " | ".join(rows.get(name, "") for rows in columns.values()), "|")


if __name__ == "__main__":
    main()
