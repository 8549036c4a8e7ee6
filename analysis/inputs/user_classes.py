"""Where the classes of a user are looked for, by every command that reads a Cobaya input."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotaxion.theory.errors import HotAxionError


def class_folders(path: str | Path) -> list[str]:
    """The folder that the command is started in, and that of the input (or chain)."""
    return list(dict.fromkeys([str(Path.cwd()), str(Path(path).absolute().parent)]))


def find_user_classes(path: str | Path) -> None:
    """Let Python find modules in `class_folders`, before any other place as cobaya-run does."""
    for folder in reversed(class_folders(path)):
        if folder not in sys.path:
            sys.path.insert(0, folder)


def resolve_python_paths(info: Mapping[str, Any], path: str | Path) -> bool:
    """Make a relative `python_path` of a component absolute, wherever of the two places it is.

    Returns
    -------
    Whether there was one that Cobaya itself would not find.

    Raises
    ------
    HotAxionError : it leads to no folder.
    """
    changed = False
    for block in ("theory", "likelihood"):
        for name, options in (info.get(block) or {}).items():
            given = options.get("python_path") if isinstance(options, Mapping) else None
            if given is None or Path(given).is_dir():  # the latter as Cobaya itself reads it
                continue
            beside = Path(path).absolute().parent / given
            if not beside.is_dir():
                raise HotAxionError(
                    f"'{path}': '{block}: {name}: python_path: {given}' is no folder, neither "
                    f"from here nor from that of the input; correct it."
                )
            options["python_path"] = str(beside)
            changed = True
    return changed
