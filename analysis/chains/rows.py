"""Tables of numbers in text files, each number looked at once; what is wrong is named by its place.

Columns of a chain: weight, -ln(posterior), parameters, as Cobaya and getdist write them. Cobaya's
files begin with a line of their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

Lines = Sequence[tuple[int, str]]  # number and text

_FIRST_COLUMNS = ("weight", "minuslogpost")
_LARGEST = 1e100  # no parameter is larger; squares of what is larger overflow
_NON_NEGATIVE = ("weight", "m_a", "f_a", "mnu", "omega_axion")  # by their meaning
_ROUNDING = 1e-9  # a function of a helper may give so little below zero at its end
_PARTS = ("chi2", "minuslogprior")


def read_rows(path: str | Path, names: Sequence[str], header: bool = True) -> Array:
    """(rows, 2 + parameters) numbers of one file, the parameters in the order of `names`.

    A last line without its end, which a sampler is writing or was stopped in, is left out.

    Parameters
    ----------
    names : of its parameters, as the files beside it have them.
    header : whether a first line with a # names the columns, as Cobaya writes it, or is a remark.

    Raises HotAxionError as `read_table`, and if it is no text or its columns are not `names`.
    """
    path = Path(path)
    data = path.read_bytes()
    try:
        lines = data.decode("utf-8-sig").split("\n")[:-1]  # the last is empty, or not whole
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise HotAxionError(
            f"'{path}', line {line}: this is no text (byte {error.start}); a chain is a table of "
            "numbers. Copy the file again, or remove that line."
        ) from None
    columns = wanted = [*_FIRST_COLUMNS, *names]
    if header and lines and lines[0].startswith("#"):
        columns = lines[0].lstrip("#").split()
        wanted = _as_in_file(path, columns, wanted)
    rows = [(n, line) for n, line in enumerate(lines, 1) if line.split("#")[0].strip()]
    if not rows:
        return np.empty((0, len(wanted)))
    table = read_table(path, rows, columns, "remove that row", len(_FIRST_COLUMNS))
    return table[:, [columns.index(name) for name in wanted]]


def _as_in_file(path: Path, there: list[str], wanted: list[str]) -> list[str]:
    """The columns that are wanted, by their names in the file."""
    missing = [name for name in wanted if name not in there]
    extra = [name for name in there if name not in wanted]
    # Parts of chi^2 go by the names of likelihoods, which may change; no bound comes of them.
    alike = len(missing) == len(extra) and all(name.startswith(_PARTS) for name in missing + extra)
    if not alike or len(set(there)) < len(there) or tuple(there[:2]) != _FIRST_COLUMNS:
        raise HotAxionError(
            f"'{path}', line 1: its columns are not those of the files beside it (missing: "
            f"{shown(missing)}; not known there: {shown(extra)}). Put the .updated.yaml (or "
            ".paramnames) back that this chain was written with."
        )
    replaced = dict(zip(missing, extra, strict=True))
    return [replaced.get(name, name) for name in wanted]


def read_table(
    path: str | Path, lines: Lines, columns: Sequence[str], cure: str, always: int | None = None
) -> Array:
    """(rows, columns) finite numbers; weights and masses are not negative.

    Else HotAxionError names file, line and column, and the cure.

    Parameters
    ----------
    columns : their names.
    always : of all columns behind so many, one that says nothing may be infinite or NaN: the same
        in every row, never computed. Default: none.
    """

    def refusal(row: int, column: int, sign: str = "") -> HotAxionError:
        (number, text), name = lines[row], columns[column]
        return HotAxionError(
            f"'{path}', line {number}, column {name}: {text.split()[column][:40]!r} given, allowed "
            f"is a finite number{sign}; {cure}."
        )

    try:
        table = np.loadtxt([text.strip() for _, text in lines], ndmin=2)
    except (ValueError, OverflowError):
        table = np.empty((0, 0))
    if table.shape != (len(lines), len(columns)):  # what numpy cannot read, cell by cell
        table = np.empty((len(lines), len(columns)))
        for row, (number, text) in enumerate(lines):
            cells = text.split("#")[0].split()
            if len(cells) != len(columns):
                raise HotAxionError(
                    f"'{path}', line {number}: {len(cells)} columns where there are {len(columns)} "
                    f"({columns[0]} to {columns[-1]}); {cure}."
                )
            for column, cell in enumerate(cells):
                try:  # Python itself takes 1_0, and digits of other scripts
                    table[row, column] = float(cell if cell.isascii() and "_" not in cell else "")
                except ValueError:
                    raise refusal(row, column) from None
    usable = np.abs(table) < _LARGEST  # False for NaN
    signed = [column for column, name in enumerate(columns) if name in _NON_NEGATIVE]
    usable[:, signed] &= table[:, signed] >= -_ROUNDING
    for column in np.flatnonzero(~usable.all(axis=0)).tolist():
        values = table[:, column]
        # Never computed, or f_a of an axion without mass: getdist leaves it out.
        nothing = np.isnan(values).all() or (values == values[0]).all()
        if always is None or column < always or not nothing:
            row = int(np.flatnonzero(~usable[:, column])[0])
            raise refusal(row, column, ", not negative" if column in signed else "")
    return table
