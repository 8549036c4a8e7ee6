"""The rows of a chain's text file, each number looked at once; what is wrong is named by its place.

Columns: weight, -ln(posterior), parameters, as Cobaya and getdist write them. Cobaya's files begin
with a line of their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

Array = NDArray[np.float64]

FIRST_COLUMNS = ("weight", "minuslogpost")
# No parameter is larger; squares of what is larger overflow.
_LARGEST = 1e100
_NON_NEGATIVE = ("weight", "m_a", "f_a", "mnu", "omega_axion")  # by their meaning
_ROUNDING = 1e-9  # a function of a helper may give so little below zero at its end
_PARTS = ("chi2", "minuslogprior")
_CURE = "remove that row"


def read_rows(path: str | Path, names: Sequence[str], header: bool = True) -> Array:
    """(rows, 2 + parameters) numbers of one file, the parameters in the order of `names`.

    A last line without its end, which a sampler is writing or was stopped in, is left out.

    Parameters
    ----------
    path : the file.
    names : of its parameters, as the files beside it have them.
    header : whether a first line with a # names the columns, as Cobaya writes it; else it may be
        any remark.

    Raises
    ------
    HotAxionError : it is no text; its columns are not `names`; a row is longer or shorter, or has
        what is no number; a number is not finite (all of a column may be: never computed), or a
        weight or mass negative. The message names file, line and column.
    """
    path = Path(path)
    lines = _lines(path)
    order = _order_of_columns(path, lines[0], names) if header and lines else None
    rows = [(n, line) for n, line in enumerate(lines, 1) if line.split("#")[0].strip()]
    if not rows:
        return np.empty((0, 2 + len(names)))
    columns = [*FIRST_COLUMNS, *names] if order is None else lines[0].lstrip("#").split()
    table = _numbers(path, rows, columns)
    _check_numbers(path, rows, columns, table)
    return table if order is None else table[:, order]


def _lines(path: Path) -> list[str]:
    data = path.read_bytes()
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise HotAxionError(
            f"'{path}', line {line}: this is no text (byte {error.start}); a chain is a table of "
            "numbers. Copy the file again, or remove that line."
        ) from None
    return lines[:-1]  # empty after the last line's end, else a line that is not whole


def _order_of_columns(path: Path, first: str, names: Sequence[str]) -> list[int] | None:
    """Place in the file of each column that is wanted; None: there are no names, take them so."""
    if not first.startswith("#"):
        return None
    there = first.lstrip("#").split()
    wanted = [*FIRST_COLUMNS, *names]
    missing = [name for name in wanted if name not in there]
    extra = [name for name in there if name not in wanted]
    # Parts of chi^2 go by the names of likelihoods, which may change; no bound comes of them.
    alike = len(missing) == len(extra) and all(name.startswith(_PARTS) for name in missing + extra)
    if not alike or len(set(there)) < len(there) or tuple(there[:2]) != FIRST_COLUMNS:
        raise HotAxionError(
            f"'{path}', line 1: its columns are not those of the files beside it (missing: "
            f"{shown(missing)}; not known there: {shown(extra)}). Put the .updated.yaml (or "
            ".paramnames) back that this chain was written with."
        )
    replaced = dict(zip(missing, extra, strict=True))
    return [there.index(replaced.get(name, name)) for name in wanted]


def _numbers(path: Path, rows: Sequence[tuple[int, str]], columns: Sequence[str]) -> Array:
    try:
        table = np.loadtxt([line.strip() for _, line in rows], ndmin=2)
    except (ValueError, OverflowError):
        table = None
    if table is not None and table.shape[1] == len(columns):
        return table
    for number, line in rows:
        cells = line.split("#")[0].split()
        if len(cells) != len(columns):
            raise HotAxionError(
                f"'{path}', line {number}: {len(cells)} columns where there are {len(columns)} "
                f"({columns[0]} to {columns[-1]}); {_CURE}."
            )
        for name, cell in zip(columns, cells, strict=True):
            if not _is_number(cell):
                raise HotAxionError(
                    f"'{path}', line {number}, column {name}: {cell[:40]!r} is no number; {_CURE}."
                )
    raise HotAxionError(f"'{path}' is no table of numbers; copy the file again.")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.isascii() and "_" not in cell


def _check_numbers(
    path: Path, rows: Sequence[tuple[int, str]], columns: Sequence[str], table: Array
) -> None:
    usable = np.abs(table) < _LARGEST  # False for NaN
    signed = [column for column, name in enumerate(columns) if name in _NON_NEGATIVE]
    usable[:, signed] &= table[:, signed] >= -_ROUNDING
    for column in np.flatnonzero(~usable.all(axis=0)).tolist():
        values = table[:, column]
        if column >= len(FIRST_COLUMNS) and (np.isnan(values).all() or (values == values[0]).all()):
            continue  # never computed, or f_a of an axion without mass: getdist leaves it out
        row = int(np.flatnonzero(~usable[:, column])[0])
        allowed = "a finite number" + (", not negative" if column in signed else "")
        raise HotAxionError(
            f"'{path}', line {rows[row][0]}, column {columns[column]}: {values[row]:g} given, "
            f"allowed is {allowed}; {_CURE}."
        )
