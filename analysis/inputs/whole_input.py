"""`hotaxion input`: an input in one piece, with what it takes by ``!defaults`` in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.safe_yaml import DEFAULTS, included_files, read_yaml
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_whole

_INDENT = 2  # of the analyses of the package


def whole_input(given: str | Path) -> str:
    """The text of an input, complete: Cobaya reads the same from it as from the file.

    Comments stay, but where blocks overlap or stand in a flow mapping.

    Parameters
    ----------
    given : as `find_input` takes it.

    Raises
    ------
    UnknownOptionError : no such file and no such analysis.
    HotAxionError : as `read_yaml`.
    """
    from cobaya.yaml import yaml_dump

    path = find_input(given)
    dumped: str = yaml_dump(read_yaml(path))  # keys in their order
    text = _written_out(path)
    return text if _dump_of(text) == dumped else dumped


def write_input(given: str | Path, output: str | Path) -> None:
    """Write `whole_input` to a new file.

    Raises
    ------
    HotAxionError : there is a file of this name already; and as `whole_input`.
    """
    text = whole_input(given)
    if Path(output).exists():
        raise HotAxionError(f"'{output}' exists, perhaps with changes; give another name (-o).")
    write_whole(output, text)


def _dump_of(text: str) -> str | None:
    from cobaya.yaml import InputImportError, InputSyntaxError, yaml_dump, yaml_load

    try:
        return str(yaml_dump(yaml_load(text)))
    except (InputImportError, InputSyntaxError):
        return None


def _written_out(path: Path) -> str:
    """The text of a file with those of its blocks, indented below the keys that name them."""
    text = path.read_text(encoding="utf-8-sig")
    for key, node in reversed(list(_defaults(yaml.compose(text, Loader=yaml.SafeLoader)))):
        indent = " " * (key.start_mark.column + _INDENT)
        blocks = "".join(_written_out(file) for file in included_files(node, path, str(path)))
        lines = [indent + line if line else "" for line in blocks.rstrip().splitlines()]
        before, own = text[: node.start_mark.index], text[: node.end_mark.index]
        after = text[len(own.rstrip()) :]  # a list ends where the next key begins
        text = "\n".join([before.rstrip(" "), *lines]) + after
    return text


def _defaults(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Key and value wherever the value is ``!defaults``, from first to last."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if value.tag == DEFAULTS:
                yield key, value
            else:
                yield from _defaults(value)
