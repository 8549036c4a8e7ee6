"""Reading of the small data files that ship with the package, with errors that name the cure."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from cobaya.log import LoggedError

from hotaxion.theory.errors import HotAxionError, MissingDataError

#: Folder of the shipped data files; ``README.md`` there says where each one comes from.
DATA = Path(__file__).resolve().parent / "data"

#: In place of a folder: the mock data that ship with the package.
PACKAGED = "packaged"

_CURE = "reinstall hotaxion, or rebuild the file with `python -m hotaxion.likelihoods.build_data`"


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
    path = DATA / name
    if not path.is_file():
        raise MissingDataError(f"data file {path} is missing; {_CURE}.")
    try:
        if path.suffix == ".npz":
            # Opened here: NumPy leaves its own handle open when the archive is damaged.
            with path.open("rb") as handle, np.load(handle) as file:
                arrays = {key: file[key] for key in shapes}
        else:
            (key,) = shapes
            with warnings.catch_warnings():  # of an empty file: the shape below says it better
                warnings.simplefilter("ignore")
                arrays = {key: np.loadtxt(path, usecols=columns)}
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise HotAxionError(f"data file {path} is damaged ({error}); {_CURE}.") from error
    for key, shape in shapes.items():
        if arrays[key].shape != shape or not np.all(np.isfinite(arrays[key])):
            raise HotAxionError(
                f"data file {path} is damaged: {key!r} has shape {arrays[key].shape} or holds "
                f"values that are not finite, expected {shape} finite values; {_CURE}."
            )
        if arrays[key].dtype.kind != "i":
            arrays[key] = arrays[key].astype(float)
    return arrays


def mock_folder(path: str | None) -> Path:
    """The folder of mock data: `path`, or that of the shipped files for PACKAGED."""
    return DATA if path == PACKAGED else Path(path or "")


def require_mock(path: Path | None, option: str) -> None:
    """Raise `MissingDataError` unless ``path``, given by ``option``, is a file of mock data."""
    if path is None or not path.is_file():
        given = "is not set" if path is None else f"points to {path}, which does not exist"
        raise MissingDataError(
            f"mock data: {option} {given}; make a data set with `hotaxion forecast`, and take over "
            "the paths in its forecast.yaml (moved since? They are absolute: correct them)."
        )


@contextmanager
def logged_errors(log) -> Iterator[None]:
    """Turn our own errors into Cobaya's ``LoggedError``, which stops a run with a clean message."""
    try:
        yield
    except HotAxionError as error:
        raise LoggedError(log, "%s", error) from error
