"""Analyses and posteriors of the package, by name: every command takes a name or a path."""

from __future__ import annotations

from pathlib import Path

import hotaxion
from hotaxion.theory.errors import UnknownOptionError

_NO_INPUTS = ("published.yaml",)  # of analysis/published
_SEARCHES = "searches"  # folder of the companions


def inputs_folder() -> Path:
    """Where the analyses lie; below it those of the companions, blocks, and `hpc`, for clusters."""
    return Path(hotaxion.__file__).parent / "yaml"


def reference_folder() -> Path:
    """Where the posteriors lie that come with the package: NAME.txt and what belongs to it."""
    return Path(hotaxion.__file__).parent / "reference"


def analyses() -> dict[str, str]:
    """Names of the cosmological analyses, each with the first line of comment in its file."""
    return _first_lines(inputs_folder())


def searches() -> dict[str, str]:
    """The same of the companions."""
    return _first_lines(inputs_folder() / _SEARCHES)


def _files(folder: Path) -> dict[str, Path]:
    found = sorted(folder.glob("*.yaml"))
    return {path.stem: path for path in found if path.name not in _NO_INPUTS}


def _first_lines(folder: Path) -> dict[str, str]:
    lines = {}
    for name, path in _files(folder).items():
        with open(path, encoding="utf-8") as file:
            first = file.readline().rstrip("\n")
        lines[name] = first.lstrip("# ") if first.startswith("#") else ""
    return lines


def find_input(given: str | Path) -> Path:
    """The file of an analysis: its name in the package, or the path of any Cobaya input.

    Raises
    ------
    UnknownOptionError : neither; names the closest one.
    """
    names = _files(inputs_folder()) | _files(inputs_folder() / _SEARCHES)
    if str(given) in names:
        return names[str(given)]
    for path in (Path(given), Path(f"{given}.yaml")):  # as cobaya-run does
        if path.is_file():
            return path
    raise UnknownOptionError("analysis or missing file", str(given), names, "hotaxion run --list")


def references() -> list[str]:
    """Names under which `find_chain` knows the posteriors of the package."""
    return sorted(f"reference/{path.stem}" for path in reference_folder().glob("*.txt"))


def find_chain(given: str | Path) -> Path:
    """The prefix of a chain: that of a posterior of the package for its name, else as given.

    A folder `reference` in the working folder comes first.
    """
    path = Path(given)
    if path.as_posix() in references() and not path.parent.is_dir():
        return reference_folder() / path.name
    return path
