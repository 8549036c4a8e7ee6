"""Files of others run no code: python tags are refused before any loader of YAML sees the file.

The loaders of Cobaya and getdist are PyYAML's unsafe one, in which a tag such as
``!!python/object/apply:os.system`` runs a command while the file is read. Here the file is composed
to nodes, as those loaders do first, and nothing is constructed from them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotaxion.theory.errors import HotAxionError, shown

if TYPE_CHECKING:
    import yaml

_PYTHON = "tag:yaml.org,2002:python"
DEFAULTS = "!defaults"  # Cobaya's tag: the names of other files, to be read, too
_ENVIRONMENT = re.compile(r"\$\{([^}^{]+)\}")  # Cobaya expands it at the start of a plain text
_ENDINGS = ("", ".yaml", ".yml")  # that Cobaya tries for the files of !defaults


def read_yaml(path: str | Path) -> Mapping[str, Any]:
    """The content of a YAML file by Cobaya's loader, if it is a mapping and has no python tags.

    Raises
    ------
    HotAxionError : a tag would run code, the file cannot be read, or it holds no mapping; names
        the file and, where there is one, the line.
    """
    from cobaya.yaml import InputImportError, InputSyntaxError

    refuse_code(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        # What a text alone decides is parsed once: no other file, no variable of the environment.
        alone = "!" not in text and "${" not in text
        content = deepcopy(_load_once(text)) if alone else _load(text, path)
    except (InputSyntaxError, InputImportError, OSError, ValueError) as error:
        # ValueError: bytes that are not UTF-8; numbers, dates or !!int that are none
        why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(":. ")
        raise HotAxionError(
            f"'{path}' cannot be read as YAML: {why}. Check indentation and colons there."
        ) from None
    except (TypeError, AttributeError, IndexError, KeyError) as error:  # PyYAML and Cobaya's tags
        raise HotAxionError(
            f"'{path}' cannot be read as YAML: a tag (!!..., !defaults) or a key of the wrong kind "
            f"({error}); remove it."
        ) from None
    except RecursionError:
        raise HotAxionError(
            f"'{path}' cannot be read as YAML: it is nested too deeply, or includes itself."
        ) from None
    if not isinstance(content, Mapping):
        raise HotAxionError(
            f"'{path}' holds no names with values, or nothing at all; give a Cobaya input."
        )
    return content


def _load(text: str, path: str | Path | None = None) -> Any:
    from cobaya.yaml import yaml_load

    return yaml_load(text, file_name=str(path) if path else None)


_load_once = lru_cache(maxsize=32)(_load)  # the record of a chain is asked for time and again


def refuse_code(path: str | Path) -> None:
    """Refuse a YAML file, or one that it includes by ``!defaults``, with a tag that runs code.

    What cannot be read or parsed is left to the loader, which says so and constructs nothing.

    Raises
    ------
    HotAxionError : there is such a tag, or an included file is not there; the message names the
        file and the line or the cure.
    """
    _check(Path(path).absolute(), set(), str(path))


def _check(path: Path, seen: set[Path], name: str) -> None:
    if path in seen or not path.is_file():
        return
    seen.add(path)
    for text in _texts(path):
        for node in _nodes(text) if "!" in text else ():  # no tag can do without
            if node.tag.startswith(_PYTHON):
                raise HotAxionError(
                    f"'{name}', line {node.start_mark.line + 1}: the tag '{node.tag}' would run "
                    "code while the file is read; remove it, or do not use this file."
                )
            if node.tag == DEFAULTS:
                for included in included_files(node, path, name):
                    _check(included, seen, str(included))


def _texts(path: Path) -> list[str]:
    """The file as Cobaya decodes it; if that fails, as another loader or locale may do."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    try:
        return [content.decode("utf-8-sig")]
    except UnicodeDecodeError:
        utf_16 = content.decode("utf-16", errors="replace")
        return [utf_16, content.decode("latin-1")]


@lru_cache(maxsize=32)  # of a plan of many chains, most have the same input
def _nodes(text: str) -> tuple[yaml.Node, ...]:
    """Each node of all documents in a text, once; none if one of them cannot be parsed."""
    import yaml

    left: list[yaml.Node] = []
    try:
        left += [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node]
    except (yaml.YAMLError, RecursionError):
        return ()  # every loader composes the whole document first, and stops there, too
    seen: dict[int, yaml.Node] = {}
    while left:
        node = left.pop()
        if id(node) in seen:  # an alias, which may lead to its own parent
            continue
        seen[id(node)] = node
        if isinstance(node, yaml.MappingNode):
            left += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            left += node.value
    return tuple(seen.values())


def included_files(node: yaml.Node, path: Path, name: str) -> list[Path]:
    """The files of a node ``!defaults``, as Cobaya looks for them from the file that names them.

    Parameters
    ----------
    node : of that tag, in the file `path`, which messages call `name`.

    Raises
    ------
    HotAxionError : there is no such file.
    """
    from yaml import ScalarNode

    found = []
    for part in node.value if isinstance(node.value, list) else [node]:
        if not isinstance(part, ScalarNode):
            continue
        block = part.value
        if part is not node and (part.style is None or part.tag == "!path"):
            block = _ENVIRONMENT.sub(lambda match: _expanded(match[1], path), block, count=1)
        files = [Path(os.path.abspath(path.parent / f"{block}{ending}")) for ending in _ENDINGS]
        first = next((file for file in files if file.is_file()), None)
        if first is None:
            raise HotAxionError(
                f"'{name}' takes the block {shown(block)} from beside it, where it is not; "
                "'hotaxion input NAME -o FILE' writes an input of the package in one piece."
            )
        found.append(first)
    return found


def _expanded(variable: str, path: Path) -> str:
    return os.environ.get(variable) or (path.stem if variable == "YAML_ROOT" else "")
