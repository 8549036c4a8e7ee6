"""Writing files so that a kill or a full disk leaves the old one, or the new one, never a half."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write, there whole or not at all: written beside, then renamed.

    Raises
    ------
    OSError : as `open`; the half-written file is removed then.
    """
    path = Path(path)
    # Machines may share the folder; the name does not end like any file that somebody looks for.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: str | Path, text: str) -> None:
    """`Path.write_text` (UTF-8) that leaves a whole file or none."""
    with whole_file(path) as file:
        file.write(text.encode())
