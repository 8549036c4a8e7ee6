"""Reading of the small data files that ship with the package, with errors that name the cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from logging import Logger
from pathlib import Path

import numpy as np
from cobaya.log import LoggedError

from hotaxion.theory.errors import HotAxionError, MissingDataError
from hotaxion.theory.files import DataFile

#: Folder of the shipped data files; ``README.md`` there says where each one comes from.
DATA = Path(__file__).resolve().parent / "data"

#: In place of a folder: the mock data that ship with the package.
PACKAGED = "packaged"

_INVERSES: dict[bytes, np.ndarray] = {}
_CURE = "reinstall hotaxion, or rebuild the file as README.md in its folder says"


def packaged_file(name: str) -> DataFile:
    """A shipped data file, with what to do if it is absent or damaged."""
    return DataFile(DATA / name, "data file", _CURE)


def load(
    name: str, shapes: Mapping[str, tuple[int, ...]], columns: tuple[int, ...] | None = None
) -> dict[str, np.ndarray]:
    """Return the arrays of data file ``name`` after checking their shapes.

    A text file holds one unnamed table: ask for it with a single key of your choice, and for some
    of its columns with ``columns``. Integers stay integers, other numbers come back as float64.

    Raises
    ------
    MissingDataError
        If the file is absent.
    HotAxionError
        If it cannot be read, or an array is absent, has another shape, or is not finite.
    """
    file = packaged_file(name)
    if file.path.suffix == ".npz":
        arrays = file.arrays()
    else:
        (key,) = shapes
        arrays = {key: np.squeeze(file.table(columns))}
    file.check(arrays, shapes)
    used = {name: arrays[name] for name in shapes}
    return {k: v if v.dtype.kind == "i" else v.astype(float) for k, v in used.items()}


def inverse_covariance(covariance: np.ndarray) -> np.ndarray:
    """Its inverse, read-only: once in a process, whose models have the same large matrices."""
    key = sha256(covariance.tobytes()).digest()
    if key not in _INVERSES:
        _INVERSES[key] = np.linalg.inv(covariance)
        _INVERSES[key].flags.writeable = False
    return _INVERSES[key]


def mock_folder(path: str | None) -> Path:
    """The folder of mock data: `path`, or that of the shipped files for PACKAGED."""
    return DATA if path == PACKAGED else Path(path or "")


def require_mock(path: Path | None, option: str) -> Path:
    """``path``, given by ``option``, if it is a file of mock data, else `MissingDataError`."""
    if path is None or not path.is_file():
        given = "is not set" if path is None else f"points to {path}, which does not exist"
        raise MissingDataError(
            f"mock data: {option} {given}; make a data set with `hotaxion forecast`, and take over "
            "the paths in its forecast.yaml (moved since? They are absolute: correct them)."
        )
    return path


@contextmanager
def logged_errors(log: Logger) -> Iterator[None]:
    """Turn our own errors into Cobaya's ``LoggedError``, which stops a run with a clean message."""
    try:
        yield
    except HotAxionError as error:
        raise LoggedError(log, "%s", error) from error
