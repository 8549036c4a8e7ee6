"""Why this test exists: what is installed is what is here, and nothing else takes its name."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import hotaxion
from hotaxion.theory.components.record import code_version
from hotaxion.theory.relics.abundance import Abundance

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCE_ONLY = ("CHANGELOG.md", "CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "LICENSE")
SOURCE_ONLY += ("README.md", "Makefile", "setup.py", "paper.md", "paper.bib", "conda/meta.yaml")
FOLDERS = ("theory", "likelihoods", "yaml")


def python(*arguments: str, cwd: Path) -> str:
    """What a new interpreter prints that is started in the folder `cwd`."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_a_folder_of_that_name_replaces_nothing(tmp_path):
    """Chains and inputs may lie in a folder `hotaxion` below the one where Python starts."""
    (tmp_path / "hotaxion" / "theory").mkdir(parents=True)
    (tmp_path / "hotaxion" / "theory" / "constants.py").write_text("Abundance = None\n")
    code = "import hotaxion, hotaxion.theory.constants as a; print(hotaxion.__file__, a.__file__)"
    package = Path(hotaxion.__file__).parent
    expected = [str(package / "__init__.py"), str(package / "theory" / "constants.py")]
    assert python("-c", code, cwd=tmp_path).split() == expected


def test_names_and_version():
    assert hotaxion.Abundance is Abundance
    assert hotaxion.__version__ == code_version()
    with pytest.raises(AttributeError, match="'hotaxion' has no attribute 'Abundances'"):
        _ = hotaxion.Abundances


def test_module_is_the_command(tmp_path):
    assert python("-m", "hotaxion", "--version", cwd=tmp_path).split()[-1] == hotaxion.__version__


def test_import_is_light(tmp_path):
    code = "import sys, hotaxion; print([m for m in ('numpy', 'cobaya') if m in sys.modules])"
    assert python("-c", code, cwd=tmp_path).strip() == "[]"


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_data_are_packaged(folder):
    """The wheel, the source distribution and the repository hold the same files."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no repository")
    command = ["git", "ls-files", folder]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = {ROOT / name for name in listed.split() if not name.endswith(".py")}
    packaged = set()
    for package, patterns in PYPROJECT["tool"]["setuptools"]["package-data"].items():
        inside = ROOT.joinpath(*package.split(".")[1:])
        packaged |= {path for pattern in patterns for path in inside.glob(pattern)}
    assert files
    assert files <= packaged


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    """Source distribution of a repository of these files, and its wheel, both unpacked."""
    folder = tmp_path_factory.mktemp("built")
    left_out = shutil.ignore_patterns(
        ".*", "__pycache__", "*.egg-info", "build", "plots", "*.[0-9]*.txt"
    )
    copy = shutil.copytree(ROOT, folder / "copy", symlinks=True, ignore=left_out)
    if shutil.which("git") is not None:  # setuptools-scm counts what git knows
        for words in (["init", "-q"], ["add", "."]):
            subprocess.run(["git", *words], cwd=copy, capture_output=True, check=True)
    _build("sdist", copy, folder)
    with tarfile.open(next(folder.glob("hotaxion-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    source = next(path for path in folder.glob("hotaxion-*") if path.is_dir())
    _build("wheel", source, folder)
    with zipfile.ZipFile(next(folder.glob("hotaxion-*.whl"))) as archive:
        archive.extractall(folder / "wheel")
    return source, folder / "wheel"


def _build(kind: str, source: Path, folder: Path) -> None:
    code = f"from setuptools import build_meta as b; b.build_{kind}({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, check=True)


def test_same_files_everywhere(built):
    """Wheel and source distribution have all of the package; the latter tests and pages, too."""
    source, wheel = built
    for folder in ("theory", "likelihoods", "analysis", "yaml", "chains/reference"):
        here, inside = files_of(ROOT / folder), Path("hotaxion", Path(folder).name)
        assert here
        assert files_of(wheel / inside) == here
        assert files_of(source / "src" / inside) == here
        assert (source / "src" / inside).is_symlink()  # not a second copy
    for folder in ("tests", "docs", "benchmarks"):
        assert files_of(source / folder) == files_of(ROOT / folder)
    for name in SOURCE_ONLY:
        assert (source / name).is_file()


def test_page_of_a_package_index(built):
    """It holds README, and every link and picture of it leads somewhere from there."""
    page = next((built[1]).glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    head, body = page.split("\n\n", 1)
    assert "Author: The hotaxion developers" in head
    assert "Description-Content-Type: text/markdown" in head
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [re.findall(r"\]\(([^)\s]+)\)", text) for text in (readme, body)]
    assert len(targets[0]) == len(targets[1]) > 10
    for written, shown in zip(*targets, strict=True):
        assert shown.startswith(("https://", "http://", "#"))
        assert shown.endswith(written)
    pictures = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", body)
    assert pictures
    assert all("/raw/main/docs/figures/" in picture for picture in pictures)


def test_supported_pythons_are_those_of_the_workflow():
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())
    jobs = workflow["jobs"].values()
    tried = {python for job in jobs for python in job["strategy"]["matrix"]["python"]}
    begin = "Programming Language :: Python :: 3."
    named = {
        c[len(begin) - 2 :] for c in PYPROJECT["project"]["classifiers"] if c.startswith(begin)
    }
    assert tried == named
    assert f">={min(named, key=float)}" == PYPROJECT["project"]["requires-python"]


def requirements() -> dict[str, str]:
    """Name of a run-time dependency: its versions; of Python, too."""
    project = PYPROJECT["project"]
    pairs = (re.fullmatch(r"([\w-]+)(.*)", one).groups() for one in project["dependencies"])
    return {"python": project["requires-python"], **dict(pairs)}


def test_conda_asks_for_the_same_versions():
    text = (ROOT / "conda" / "meta.yaml").read_text(encoding="utf-8")
    plain = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}", "x", text.replace("{% set version", "# {% set version")
    )
    recipe = yaml.safe_load(plain)
    pairs = (one.partition(" ") for one in recipe["requirements"]["run"])
    names = {"matplotlib-base": "matplotlib"}
    assert {names.get(name, name): spec for name, _, spec in pairs} == requirements()
    build = {one.replace(" ", "") for one in recipe["requirements"]["host"]} - {"pip"}
    assert build - {f"python{requirements()['python']}"} == {*PYPROJECT["build-system"]["requires"]}
    assert (release := re.search(r'version = "([\d.]+)"', text)) is not None
    assert f'RELEASE = "{release[1]}"' in (ROOT / "setup.py").read_text(encoding="utf-8")


def test_least_versions_are_those_of_pyproject():
    lines = (ROOT / ".github" / "least.txt").read_text(encoding="utf-8").splitlines()
    tried = dict(line.split("==") for line in lines if not line.startswith("#"))
    least = {name: re.match(r">=([\d.]+)", spec) for name, spec in requirements().items()}
    stated = {name: found[1] for name, found in least.items() if found and name != "python"}
    assert tried.keys() == stated.keys() | {"pyparsing"}  # of matplotlib, not ours
    for name, version in stated.items():
        assert f"{tried[name]}.".startswith(f"{version}.")


def files_of(folder: Path) -> set[str]:
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in files if "__pycache__" not in path.parts}


def test_the_wheel_counts_not_the_folder(built, tmp_path):
    """Python started in the parent of a clone that is named `hotaxion` takes what is installed."""
    _, wheel = built
    (tmp_path / "hotaxion").symlink_to(ROOT)
    code = (
        f"import sys; sys.path.insert(1, {str(wheel)!r}); import hotaxion; print(hotaxion.__file__)"
    )
    found = python("-S", "-c", code, cwd=tmp_path).strip()
    assert found == str(wheel / "hotaxion" / "__init__.py")
