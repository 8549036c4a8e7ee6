"""Files of others run no code: python tags are refused before any loader of YAML sees the file.

The loaders of Cobaya and getdist are PyYAML's unsafe one, in which a tag such as
``!!python/object/apply:os.system`` runs a command while the file is read.
"""

from __future__ import annotations

from pathlib import Path

from hotaxion.theory.errors import HotAxionError

_PYTHON = "tag:yaml.org,2002:python"
_DEFAULTS = "!defaults"  # Cobaya's tag: the names of other files, to be read, too


def refuse_code(path: str | Path) -> None:
    """Refuse a YAML file, or one that it includes by ``!defaults``, with a tag that runs code.

    What cannot be read or parsed is left to the loader, which says so.

    Raises
    ------
    HotAxionError : there is such a tag; the message names file and line.
    """
    _check(Path(path), set())


def _check(path: Path, seen: set[Path]) -> None:
    import yaml

    if path in seen or not path.is_file():
        return
    seen.add(path)
    inside_defaults = 0
    try:
        for event in yaml.parse(path.read_bytes(), Loader=yaml.SafeLoader):
            tag = getattr(event, "tag", None)
            if tag and tag.startswith(_PYTHON):
                raise HotAxionError(
                    f"'{path}', line {event.start_mark.line + 1}: the tag '{tag}' would run code "
                    "while the file is read; remove it, or do not use this file."
                )
            if isinstance(event, yaml.CollectionStartEvent):
                inside_defaults += bool(inside_defaults or tag == _DEFAULTS)
            elif isinstance(event, yaml.CollectionEndEvent):
                inside_defaults = max(inside_defaults - 1, 0)
            elif isinstance(event, yaml.ScalarEvent) and (inside_defaults or tag == _DEFAULTS):
                for included in _included(path.parent, event.value):
                    _check(included, seen)
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return


def _included(folder: Path, name: str) -> list[Path]:
    """Where Cobaya looks for a file of ``!defaults``."""
    return [
        (folder / f"{name}{ending}").absolute()
        for ending in ("", ".yaml", ".yml")
        if (folder / f"{name}{ending}").is_file()
    ]
