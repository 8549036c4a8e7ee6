"""Files: written whole or not at all; read with all that can be wrong named in one sentence."""

from __future__ import annotations

import errno
import io
import os
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError, MissingDataError

Array = NDArray[Any]


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write, there whole or not at all: written beside, then renamed.

    Raises
    ------
    OSError : as `open`; the half-written file is removed then.
    """
    path = Path(path)
    if not path.parent.is_dir():  # else the error would name the temporary file
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(path.parent))
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


def cut_last_line(path: Path) -> bool:
    """Cut off a last line without its end, left by a kill or a full disk; whether there was one."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    return whole < len(content)


def hexdigest(*parts: str | bytes | Path, digits: int = 16) -> str:
    """So many hexadecimal digits of SHA-256 over texts, bytes and the contents of files, in turn.

    Raises
    ------
    OSError : if a file cannot be read.
    """
    digest = sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part
        digest.update(content.encode() if isinstance(content, str) else content)
    return digest.hexdigest()[:digits]


def write_arrays(
    file: str | Path | BinaryIO, arrays: Mapping[str, Array], compressed: bool = True
) -> None:
    """An `.npz` archive of arrays by name, to be read by `DataFile.arrays`."""
    write = np.savez_compressed if compressed else np.savez
    write(file, **arrays)  # type: ignore[arg-type]  # NumPy's flag allow_pickle is no array


@dataclass(frozen=True)
class DataFile:
    """A file of numbers, to be checked once, when it is read.

    Attributes
    ----------
    path : of the file.
    kind : what it is, for messages.
    cure : what to do if it is absent or damaged, for messages.
    """

    path: Path
    kind: str
    cure: str

    @property
    def name(self) -> str:
        """The path in one line, for messages: other files may name it, with any character."""
        path = str(self.path)
        return path if path.isprintable() else shown(path)

    def damaged(self, what: str) -> NoReturn:
        """Raise HotAxionError with the file, what is wrong in it, and the cure."""
        raise HotAxionError(f"{self.kind} {self.name} is damaged: {what}; {self.cure}.")

    def content(self) -> bytes:
        """All bytes.

        Raises
        ------
        MissingDataError : no such file. HotAxionError : it cannot be read.
        """
        try:
            return self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no file name
            raise MissingDataError(f"{self.kind} {self.name} is missing; {self.cure}.") from None
        except OSError as error:  # not the file's fault: rights, too many open files, a folder
            raise HotAxionError(
                f"{self.kind} {self.name} cannot be read ({error.strerror}); see to that first."
            ) from error

    def arrays(self) -> dict[str, Array]:
        """All arrays of an `.npz` archive, by name; objects are refused.

        Raises
        ------
        MissingDataError, HotAxionError : absent; damaged.
        """
        content, name = io.BytesIO(self.content()), ""
        arrays = {}
        try:
            with zipfile.ZipFile(content) as archive:
                for name in archive.namelist():
                    # As `numpy.load`, which parses before the checksum of a member is compared.
                    member = io.BytesIO(archive.read(name))
                    arrays[name.removesuffix(".npy")] = np.lib.format.read_array(
                        member, allow_pickle=False
                    )
        except Exception as error:  # broken bytes raise all that zipfile, zlib and numpy know
            reason = " ".join(str(error).split()) or type(error).__name__
            self.damaged(f"{name}: {reason}" if name else reason)
        return arrays

    def lines(self) -> list[tuple[int, list[str]]]:
        """Line number and words of all lines of a text file that are no comment.

        Raises
        ------
        MissingDataError, HotAxionError : absent; no text, empty, or of lines of unequal length.
        """
        try:
            text = self.content().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.damaged(f"byte {error.start} is no text")
        found = [(i, line.split("#")[0].split()) for i, line in enumerate(text.splitlines(), 1)]
        found = [(i, words) for i, words in found if words]
        if not found:
            self.damaged("it is empty")
        length = len(found[0][1])
        for i, words in found:
            if len(words) != length:
                self.damaged(f"line {i} has {len(words)} columns, those above have {length}")
        return found

    def table(self, columns: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Finite numbers of a text file, (lines, columns): all columns, or some.

        Raises
        ------
        MissingDataError, HotAxionError : absent; damaged.
        """
        lines = self.lines()
        count = len(lines[0][1])
        columns = range(count) if columns is None else columns
        if max(columns) >= count:
            self.damaged(f"it has {count} columns, expected {max(columns) + 1}")
        table = np.empty((len(lines), len(columns)))
        for row, (i, words) in zip(table, lines, strict=True):
            for j, column in enumerate(columns):
                try:
                    row[j] = float(words[column])
                except ValueError:
                    row[j] = np.nan
                if not np.isfinite(row[j]):
                    self.damaged(
                        f"line {i}, column {column + 1}: {shown(words[column])} is not a "
                        "finite number"
                    )
        return table

    def check(self, arrays: Mapping[str, Array], shapes: Mapping[str, Sequence[int | str]]) -> None:
        """Refuse arrays that are absent, of another shape, no numbers, or not finite.

        Parameters
        ----------
        arrays : of `arrays`; others than those of `shapes` are not looked at.
        shapes : name -> shape; a text in place of a size: any, and the same wherever it stands.

        Raises
        ------
        HotAxionError : it names the array and the place in it.
        """
        sizes: dict[str, int] = {}
        for name, shape in shapes.items():
            if name not in arrays:
                self.damaged(f"it has no {name!r}")
            found = arrays[name]
            expected = tuple(shape)
            if len(shape) == found.ndim:
                pairs = zip(shape, found.shape, strict=True)
                expected = tuple(
                    sizes.setdefault(n, m) if isinstance(n, str) else n for n, m in pairs
                )
            if found.shape != expected:
                self.damaged(f"{name!r} has shape {found.shape}, expected {expected}")
            if found.dtype.kind not in "iuf":
                self.damaged(f"{name!r} holds {found.dtype.name}, expected numbers")
            self.require(name, found, np.isfinite(found), "is not finite")

    def require(self, name: str, values: Array, good: NDArray[np.bool_], rule: str) -> None:
        """Refuse the array if not all is good; the message names the first that is not.

        Raises
        ------
        HotAxionError : "'NAME'[3, 5] = VALUE" and the rule that it breaks.
        """
        if not np.all(good):
            place = np.argwhere(~np.asarray(good))[0].tolist()
            value = values[tuple(place)]
            self.damaged(f"{name!r}{place if place else ''} = {value:.6g} {rule}")
