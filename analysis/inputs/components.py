"""Who gives what to whom in a Cobaya model, and which files it read."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

_CODE = {".py", ".pyc", ".pyd", ".so", ".pyx", ".yaml", ".yml", ".bibtex", ".pth", ".json", ".toml"}
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/")
_NO_DATA = {"METADATA", "version.dat"}  # of packages, and of Cobaya's installations
_MOST_NAMES, _FIRST_NAMES = 8, 3
_recording: list[set[str]] = []  # one set for each `files_read` that is open
_hooked = False


def product_table(model: Any) -> list[list[str]]:
    """Rows (component, version, gets, gives): products, i.e. not the inputs of the YAML."""
    rows = [["component", "version", "gets", "gives"]]
    inputs = set(model.parameterization.input_params())
    for component in model.components:
        gets = [r for r in _required(component) if r[0] not in inputs]
        gives = _given(model, component)
        rows.append([component.get_name(), _version(component), _join(gets), _join(gives)])
    return rows


def _required(component: Any) -> list[tuple[Any, Any]]:
    from cobaya.theory import Theory

    if isinstance(component, Theory):
        needs = component.get_requirements()
        pairs = list(needs.items()) if isinstance(needs, Mapping) else [_pair(r) for r in needs]
        # The plain name: ours explain themselves (`routing.Needed`).
        return [(str.__str__(name), options) for name, options in pairs]
    return []


def _pair(requirement: Any) -> tuple[Any, Any]:
    return (requirement, None) if isinstance(requirement, str) else tuple(requirement)


def _given(model: Any, component: Any) -> list[tuple[Any, Any]]:
    for name, requests in model.requested().items():
        if name == repr(component):
            return [(str.__str__(r.name), r.options) for r in requests]
    return []


def _join(products: list[tuple[Any, Any]]) -> str:
    merged: dict[str, dict[str, int]] = {}
    for name, options in products:
        spectra = merged.setdefault(str(name), {})
        if str(name).endswith("Cl") and isinstance(options, Mapping):
            for key, l_max in options.items():
                if isinstance(l_max, int):
                    spectra[key.lower()] = max(l_max, spectra.get(key.lower(), 0))
    return ", ".join(_with_multipoles(*item) for item in sorted(merged.items())) or "-"


def _with_multipoles(name: str, spectra: dict[str, int]) -> str:
    if not spectra:
        return name
    return f"{name}({' '.join(spectra)} to {max(spectra.values())})"


def _version(component: Any) -> str:
    version = component.get_version()
    if isinstance(version, Mapping):
        version = ", ".join(str(v) for v in version.values())
    if not version and type(component).__module__.startswith("hotaxion."):
        version = metadata.version("hotaxion")
    return str(version or "-")


@contextlib.contextmanager
def files_read() -> Iterator[set[str]]:
    """The data files that Python opens for reading while the context lasts.

    Tables that hotaxion keeps in memory are forgotten first, so that their files are seen, too.
    Files that compiled code opens (CLASS's own tables) are not seen.
    """
    global _hooked
    if not _hooked:
        sys.addaudithook(_note)  # cannot be removed; it does nothing while nobody records
        _hooked = True
    _forget_tables()
    opened: set[str] = set()
    _recording.append(opened)
    try:
        yield opened
    finally:
        _recording.remove(opened)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _recording or event != "open":
        return
    path, mode = arguments[0], arguments[1]
    if isinstance(path, str | os.PathLike) and not set(mode or "r") & set("wax+"):
        text = os.path.abspath(os.fspath(path))
        if isinstance(text, str) and _is_data(text):
            for opened in _recording:
                opened.add(text)


def _is_data(path: str) -> bool:
    name = Path(path)
    is_code = name.suffix.lower() in _CODE or name.name in _NO_DATA
    return not is_code and not path.startswith(_SYSTEM)


def _forget_tables() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("hotaxion.theory"):
            for member in list(vars(module).values()):
                if hasattr(member, "cache_clear"):
                    member.cache_clear()


def describe_files(paths: set[str]) -> str:
    """A line per folder: the files that exist in it, with sizes; the first few of many."""
    folders: dict[Path, list[Path]] = {}
    for path in sorted(map(Path, paths)):
        if path.is_file():
            folders.setdefault(path.parent, []).append(path)
    return "\n".join(f"{folder}: {_names(files)}" for folder, files in folders.items())


def _names(files: list[Path]) -> str:
    sizes = [file.stat().st_size / 1e3 for file in files]
    shown = [f"{file.name} ({size:.1f} kB)" for file, size in zip(files, sizes, strict=True)]
    if len(files) > _MOST_NAMES:
        rest = sizes[_FIRST_NAMES:]
        shown[_FIRST_NAMES:] = [f"{len(rest)} more ({sum(rest):.1f} kB)"]
    return ", ".join(shown)
