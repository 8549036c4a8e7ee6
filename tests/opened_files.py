"""The files that Python opens: a witness beside what the components say that they read."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CODE = {".py", ".pyc", ".pyd", ".so", ".pyx", ".yaml", ".yml", ".bibtex", ".pth", ".json", ".toml"}
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/")
_NO_DATA = {"METADATA", "version.dat"}  # of packages, and of Cobaya's installations
_recording: list[set[str]] = []  # one set for each `opened_files` that is open


@contextlib.contextmanager
def opened_files() -> Iterator[set[str]]:
    """The data files that are opened for reading while the context lasts.

    Tables that hotaxion keeps in memory are forgotten first, so that their files are seen, too.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("hotaxion.theory"):
            for member in list(vars(module).values()):
                if hasattr(member, "cache_clear"):
                    member.cache_clear()
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


sys.addaudithook(_note)  # cannot be removed; it does nothing while nobody records
