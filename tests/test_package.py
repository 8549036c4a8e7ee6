"""Why this test exists: what is installed is what is here, and nothing else takes its name."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import hotaxion
from hotaxion.theory.relics.abundance import Abundance

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
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
    assert hotaxion.__version__ == metadata.version("hotaxion")
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
