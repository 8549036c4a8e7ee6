"""Checks of mock data sets, once, before Cobaya's classes read them.

Those stop at a damaged file with errors of pandas, numpy and getdist that name no file, or read
something else than what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from cobaya.likelihoods.base_classes.cmblikes import last_top_comment
from cobaya.log import LoggedError
from getdist import IniFile

from hotaxion.likelihoods.data_files import DATA
from hotaxion.theory.checks import number, shown
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import DataFile

#: Quantities that Cobaya's BAO class knows.
OBSERVABLES: tuple[str, ...] = ("DV_over_rs", "rs_over_DV", "DM_over_rs", "DA_over_rs")
OBSERVABLES += ("DH_over_rs", "Hz_rs", "f_sigma8", "F_AP")
# Keys of a .dataset file of `hotaxion forecast`.
_KEYS: tuple[str, ...] = ("binned", "like_approx", "fields_use", "cl_lmin", "cl_lmax")
_KEYS += ("cl_hat_file", "cl_noise_file", "fullsky_exact_fksy")
_L_MAX = 100_000


def mock_file(path: Path) -> DataFile:
    """A file of mock data, with what to do if it is absent or damaged."""
    packaged = path.parent == DATA
    cure = "reinstall hotaxion" if packaged else "make the data set again with `hotaxion forecast`"
    return DataFile(path, "mock data file", cure)


@contextmanager
def read_by_cobaya(file: DataFile) -> Iterator[None]:
    """Turn what Cobaya, getdist, pandas or numpy raise at this file into a damaged file.

    Raises
    ------
    HotAxionError : with their reason. LoggedError : Cobaya's own message, as it is.
    """
    try:
        yield
    except (HotAxionError, LoggedError):
        raise
    except Exception as error:  # each of them has its own kinds
        file.damaged(" ".join(str(error).split()) or type(error).__name__)


def check_bao(measurements: DataFile, covariance: DataFile) -> None:
    """Refuse measurements or a covariance that cannot be those of distances.

    Raises
    ------
    MissingDataError, HotAxionError : absent; damaged, or the two do not belong together.
    """
    lines = measurements.lines()
    if len(lines[0][1]) != 3:
        measurements.damaged(f"it has {len(lines[0][1])} columns, expected z, value, quantity")
    values = measurements.table((0, 1))
    for name, column in zip(("z", "value"), values.T, strict=True):
        measurements.require(name, column, column > 0, "is not positive")
    rises = np.diff(values[:, 0], prepend=0.0) >= 0
    measurements.require("z", values[:, 0], rises, "is below that of the line above")
    known, seen = ", ".join(OBSERVABLES), set()
    for i, (z, _, word) in lines:
        quantity = word.removeprefix("bao_")
        if quantity not in OBSERVABLES:
            measurements.damaged(f"line {i}: quantity {shown(word)} is none of {known}")
        if (float(z), quantity) in seen:
            measurements.damaged(f"line {i}: {quantity} at z = {z} stands there twice")
        seen.add((float(z), quantity))
    matrix = covariance.table()
    covariance.check({"covariance": matrix}, {"covariance": (len(values), len(values))})
    _check_covariance(covariance, matrix)
    errors = np.sqrt(np.diag(matrix))
    belongs = errors < values[:, 1]
    covariance.require("errors", errors, belongs, f"exceeds its value in {measurements.path.name}")


def _check_covariance(file: DataFile, matrix: np.ndarray) -> None:
    diagonal = np.diag(matrix)
    file.require("diagonal", diagonal, diagonal > 0, "is not positive")
    scale = np.sqrt(np.outer(diagonal, diagonal))
    same = np.abs(matrix - matrix.T) <= 1e-6 * scale
    file.require("covariance", matrix, same, "is not that of the transposed place")
    if not np.linalg.eigvalsh(matrix / scale)[0] > 0:
        file.damaged("the covariance is not positive definite")


def check_cmb(ini: IniFile) -> None:
    """Refuse a .dataset of `hotaxion forecast`, or spectra that it names, that are not whole.

    Data that are binned, with windows and covariance, are left to Cobaya.

    Raises
    ------
    MissingDataError, HotAxionError : a file is absent; damaged. RangeError : the sky fraction.
    """
    file = mock_file(Path(ini.original_filename))
    if ini.isSet("fullsky_exact_fksy"):
        sky = _number(file, ini, "fullsky_exact_fksy")
        number(f"fullsky_exact_fksy in {file.path}", sky, 0.0, 1.0, above=True)
    if ini.hasKey("nbins"):
        return
    if missing := [key for key in _KEYS if not ini.isSet(key)]:
        file.damaged(f"it has no {', '.join(missing)}")
    if ini.string("like_approx") != "exact":
        file.damaged(f"like_approx = {shown(ini.string('like_approx'))}, expected exact")
    fields = ini.split("fields_use")
    if not set(fields) <= set("TEBP") or len(set(fields)) < len(fields):
        file.damaged(f"fields_use = {shown(' '.join(fields))}, expected some of T E B P")
    ends = [_number(file, ini, f"cl_{end}") for end in ("lmin", "lmax")]
    low = _number(file, ini, "use_min", ends[0])
    high = _number(file, ini, "use_max", ends[1])
    if not (2 <= ends[0] <= low <= high <= ends[1] <= _L_MAX):
        file.damaged(f"it uses l = {low:g} to {high:g} of {ends[0]:g} to {ends[1]:g}")
    for stem in ("cl_hat", "cl_noise"):
        _check_spectra(ini, stem, fields, (low, high))


def _number(file: DataFile, ini: IniFile, key: str, default: float | None = None) -> float:
    """A number of the file; only multipoles and the sky fraction stand there."""
    if default is not None and not ini.isSet(key):
        return default
    text = str(ini.params[key])
    try:
        return float(text) if key.endswith("fksy") else int(text)
    except ValueError:
        file.damaged(f"{key} = {shown(text)}, expected a number")


def _check_spectra(ini: IniFile, stem: str, fields: list[str], used: tuple[float, float]) -> None:
    """The columns that the fields need, at every multipole that is used; none is negative."""
    file = mock_file(Path(ini.relativeFileName(f"{stem}_file")))
    table = file.table()
    order = ini.string(f"{stem}_order", "")
    names = (f"L {order}" if order else last_top_comment(str(file.path)) or "").split()
    wanted = [f"{field}{field}" for field in fields]
    if stem == "cl_hat" and {"T", "E"} <= set(fields) and not {"TE", "ET"} & set(names):
        wanted.append("TE")
    if missing := [name for name in wanted if name not in names]:
        file.damaged(f"its first line names no {', '.join(missing)}")
    if len(names) != table.shape[1] or len(set(names)) < len(names):
        file.damaged(
            f"its first line names {shown(' '.join(names))}, it has {table.shape[1]} columns"
        )
    ell = table[:, 0]
    ascending = ell == ell[0] + np.arange(len(ell))
    file.require("L", ell, ascending, "does not follow the multipole above")
    if not ell[0] <= used[0] <= used[1] <= ell[-1]:
        file.damaged(
            f"it covers l = {ell[0]:g} to {ell[-1]:g}, used are {used[0]:g} to {used[1]:g}"
        )
    rows = table[(used[0] <= ell) & (ell <= used[1])]
    for name in wanted[: len(fields)]:
        column = rows[:, names.index(name)]
        good = column > 0 if stem == "cl_hat" else column >= 0
        file.require(name, column, good, "is negative or zero")


def check_matrices(file: DataFile, l_min: int, matrices: np.ndarray) -> None:
    """Refuse spectra with a correlation above one: (multipoles, maps, maps), noise included.

    Raises
    ------
    HotAxionError : it names the first multipole.
    """
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    scale = np.sqrt(diagonal[:, :, None] * diagonal[:, None, :])
    bad = np.flatnonzero(~(np.linalg.eigvalsh(matrices / scale)[:, 0] > 0))
    if bad.size:
        file.damaged(f"its spectra at l = {l_min + bad[0]} are not positive definite")
