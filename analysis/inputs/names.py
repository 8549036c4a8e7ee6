"""The analyses that come with the package, by name: every command takes a name or a path."""

from __future__ import annotations

from pathlib import Path

from hotaxion.theory.errors import UnknownOptionError

_NO_INPUTS = ("published.yaml",)  # of analysis/published


def inputs_folder() -> Path:
    """Where the analyses lie; below it `hpc`, templates for clusters."""
    import hotaxion.yaml

    return Path(next(iter(hotaxion.yaml.__path__)))


def analyses() -> dict[str, str]:
    """Names of the analyses, each with the first line of comment in its file."""
    found = {}
    for path in sorted(inputs_folder().glob("*.yaml")):
        if path.name in _NO_INPUTS:
            continue
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        found[path.stem] = first.lstrip("# ") if first.startswith("#") else ""
    return found


def find_input(given: str | Path) -> Path:
    """The file of an analysis: its name in the package, or the path of any Cobaya input.

    Raises
    ------
    UnknownOptionError : neither; names the closest one.
    """
    names = analyses()
    if str(given) in names:
        return inputs_folder() / f"{given}.yaml"
    for path in (Path(given), Path(f"{given}.yaml")):  # as cobaya-run does
        if path.is_file():
            return path
    raise UnknownOptionError("analysis or missing file", str(given), names)
