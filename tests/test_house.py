"""Why this test exists: the way of the data is that of the folders; see docs/architecture.md.

No file imports a later stage, the physics needs NumPy and SciPy alone, and rooms stay small.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = ("theory", "likelihoods", "analysis")

# Each line may import the lines above it, and itself.
STAGES = {
    "theory": [
        ["arrays", "errors", "checks", "constants", "files", "options", "processes", "quadrature"],
        ["particle"],
        ["rates"],
        ["relics"],
        ["nuclei"],
        ["spectra"],
        ["spectra.emulator"],
        ["components"],
        ["spectra.training"],  # runs the components
        ["searches"],  # companions
    ],
    "analysis": [
        ["text", "abundances", "conversions"],
        ["inputs"],
        ["published.papers"],
        ["chains"],
        ["running", "stop"],
        ["figures"],
        ["limits"],
        ["published"],
        ["forecasts"],
        ["commands"],
        ["cli"],
    ],
}
PHYSICS = ("particle", "rates", "relics", "nuclei", "spectra", "spectra/emulator", "searches")
LIBRARIES = {"numpy", "scipy", "hotaxion", *sys.stdlib_module_names}
# Of nuclear rates in full, on demand: an optional dependency.
MORE = {"theory/nuclei/nucleosynthesis.py": {"primat"}, "theory/nuclei/make_tables.py": {"primat"}}
LINES = 360  # of a file
FILES = 12  # of a folder of analysis/


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Names of modules that a file imports anywhere, also where for types only."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def stage(module: str, order: list[list[str]]) -> int | None:
    """Number of the line that names the module, or the closest folder that holds it."""
    lines = {name: number for number, names in enumerate(order) for name in names}
    holding = [name for name in lines if f"{module}.".startswith(f"{name}.")]
    return lines[max(holding, key=len)] if holding else None


@pytest.mark.parametrize("top", STAGES)
def test_no_file_imports_a_later_stage(top):
    wrong = []
    for path in sources(top):
        module = ".".join(path.relative_to(ROOT / top).with_suffix("").parts).removesuffix(
            ".__init__"
        )
        here = stage(module, STAGES[top])
        if module == "__init__":  # finds the public names on demand
            continue
        assert here is not None, f"no line of STAGES holds {module}"
        for name in imports(path):
            if name.startswith(f"hotaxion.{top}."):
                there = stage(name.removeprefix(f"hotaxion.{top}."), STAGES[top])
                if there is not None and there > here:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("folder", "never"),
    [("theory", ("likelihoods", "analysis", "yaml")), ("likelihoods", ("analysis", "yaml"))],
)
def test_arrows_between_the_folders(folder, never):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(folder)
        for name in imports(path)
        if name.startswith(tuple(f"hotaxion.{other}" for other in never))
    ]
    assert not wrong, "\n".join(wrong)


def importers_of_searches(root: Path) -> list[str]:
    """Files of theory/ and likelihoods/ that import theory.searches without being part of it."""
    return [
        str(path.relative_to(root))
        for folder in ("theory", "likelihoods")
        for path in sorted((root / folder).rglob("*.py"))
        if not path.relative_to(root / folder).parts[0].startswith("search")
        and any(f"{name}.".startswith("hotaxion.theory.searches.") for name in imports(path))
    ]


def test_core_never_imports_searches():
    assert not importers_of_searches(ROOT)


def test_an_import_of_searches_is_seen(tmp_path):
    for name, line in {
        "theory/relics/plasma.py": "from hotaxion.theory.searches import lsw",
        "theory/searches/lsw.py": "from hotaxion.theory.searches.photon import rate",
        "likelihoods/bao.py": "import hotaxion.theory.searches.lsw",
        "likelihoods/planck.py": "from hotaxion.theory import searches",
        "likelihoods/search.py": "from hotaxion.theory.searches import lsw",
        "likelihoods/bbn.py": "from hotaxion.theory.nuclei import searches_of_nuclei",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{line}\n")
    assert importers_of_searches(tmp_path) == [
        *("theory/relics/plasma.py", "likelihoods/bao.py", "likelihoods/planck.py")
    ]


@pytest.mark.parametrize("shelf", PHYSICS)
def test_physics_needs_numpy_and_scipy_alone(shelf):
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sorted((ROOT / "theory" / shelf).glob("*.py"))
        for module in {name.partition(".")[0] for name in imports(path)}
        if module not in LIBRARIES | MORE.get(str(path.relative_to(ROOT)), set())
    ]
    assert not wrong, "\n".join(wrong)


def test_files_and_folders_stay_small():
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for top in TOP
        for path in sources(top)
        if (lines := path.read_text().count("\n")) > LINES
    ]
    folders = {path.parent for path in sources("analysis")}
    full = [
        f"{folder.relative_to(ROOT)}: {count} files"
        for folder in sorted(folders)
        if (count := len(list(folder.glob("*.py")))) > FILES
    ]
    assert not long + full, "\n".join(long + full)
