"""Plain text tables that fit the terminal, and numbers with as many digits as they deserve."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import IO

_GAP = "  "  # between columns
_LONG = 24  # characters of a word (a path) that a narrow column may break
_NUMBER = re.compile(r"[-+<>(\d]")  # begins a cell that is better kept in one line


def is_terminal(stream: IO[str] | None) -> bool:
    """None: closed, as by >&-."""
    return stream is not None and stream.isatty()


def terminal_width() -> int | None:
    """Columns to fit; None for a file or pipe, where nothing is wrapped, unless COLUMNS is set."""
    if os.environ.get("COLUMNS", "").isdecimal() or is_terminal(sys.stdout):
        return shutil.get_terminal_size().columns
    return None


def fit(text: str) -> str:
    """The text with its sentences wrapped at the width of the terminal, tables as they are."""
    width = terminal_width()
    if width is None:
        return text
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    inside = line.strip()
    if len(line) <= width or _GAP in inside:  # two spaces: a line of a table
        return line
    indent = line[: len(line) - len(line.lstrip())]
    lines = textwrap.wrap(
        inside, max(width - len(indent) - 2, 1), break_long_words=False, break_on_hyphens=False
    )
    return f"\n{indent}  ".join([f"{indent}{lines[0]}", *lines[1:]])


def text_table(rows: Sequence[Sequence[str]], right: bool = True) -> str:
    """Columns aligned, two spaces apart, the first flush left; `rows[0]` is the header.

    Cells are wrapped where the table is wider than the terminal. If that is not enough, a last
    line says how wide it is.

    Parameters
    ----------
    rows : cells as strings, all rows of one length.
    right : True to align all columns but the first to the right.
    """
    widths = _widths(rows)
    rule = _GAP.join("-" * width for width in widths)
    head, *body = (_row(row, widths, right) for row in rows)
    return "\n".join([*head, rule, *(line for row in body for line in row), *_too_wide(widths)])


def columns(rows: Sequence[Sequence[str]]) -> str:
    """The same without a header, all columns flush left: a list of names with what they are."""
    widths = _widths(rows)
    lines = [line for row in rows for line in _row(row, widths, right=False)]
    return "\n".join([*lines, *_too_wide(widths)])


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Of the columns; the widest are narrowed until the rows fit the terminal, if they can."""
    cells = [*zip(*rows, strict=True)]
    whole = [max(map(len, column)) for column in cells]
    limit = terminal_width()
    if limit is None:
        return whole
    room = limit - len(_GAP) * (len(cells) - 1)
    # First numbers with their errors are kept in one line, then words, at last none of them.
    for least_width in (_number_or_word, _word, _part_of_word):
        least = [max(map(least_width, column)) for column in cells]
        widths = [*whole]
        while sum(widths) > room and widths != least:
            wider = [i for i, width in enumerate(widths) if width > least[i]]
            widths[max(wider, key=widths.__getitem__)] -= 1
        if sum(widths) <= room:
            break
    return widths


def _number_or_word(cell: str) -> int:
    return len(cell) if _NUMBER.match(cell) else _word(cell)


def _word(cell: str) -> int:
    indent = len(cell) - len(cell.lstrip())
    return indent + max(map(len, cell.split()), default=0)


def _part_of_word(cell: str) -> int:
    return min(_word(cell), _LONG)


def _row(row: Sequence[str], widths: Sequence[int], right: bool) -> list[str]:
    """The lines of one row."""
    cells = [
        textwrap.wrap(cell.rstrip(), width, break_on_hyphens=False, drop_whitespace=True)
        if len(cell) > width
        else [cell]
        for cell, width in zip(row, widths, strict=True)
    ]
    lines = []
    for i in range(max(map(len, cells))):
        parts = [cell[i] if i < len(cell) else "" for cell in cells]
        aligned = [parts[0].ljust(widths[0])]
        for part, width in zip(parts[1:], widths[1:], strict=True):
            aligned.append(part.rjust(width) if right else part.ljust(width))
        lines.append(_GAP.join(aligned).rstrip())
    return lines


def _too_wide(widths: Sequence[int]) -> list[str]:
    """What to do about a table that does not fit."""
    limit, width = terminal_width(), sum(widths) + len(_GAP) * (len(widths) - 1)
    if limit is None or width <= limit:
        return []
    return [f"({width} columns: widen the terminal, or send the output to a file)"]


def significant(value: float, error: float) -> str:
    """`value` up to the first significant digit of its `error`, but at least two digits.

    Four digits if the error is zero or not finite.
    """
    if not (math.isfinite(value) and math.isfinite(error)) or error <= 0:
        return f"{value:.4g}"
    if value == 0:
        return "0"
    leading = math.floor(math.log10(abs(value)))
    digits = max(leading - math.floor(math.log10(error)) + 1, 2)
    if _is_plain(value):
        return f"{value:.{max(digits - 1 - leading, 0)}f}"
    return f"{value:.{digits - 1}e}"


def rounded(value: float, error: float | None = None) -> float:
    """`value` without the digits below the first one of its `error`; by default to one digit."""
    error = value if error is None else min(abs(error), abs(value))
    if not (math.isfinite(value) and math.isfinite(error)) or error == 0:
        return value
    return round(value, -math.floor(math.log10(abs(error))))


def mean_and_sigma(mean: float, sigma: float, digits: int = 2) -> str:
    """'0.02236 ± 0.00015' or '(2.527 ± 0.031)e-05': both to so many digits of sigma."""
    if not (math.isfinite(mean) and math.isfinite(sigma)) or sigma <= 0:
        return f"{mean:.4g} ± {sigma:.2g}"
    if _is_plain(mean):
        decimals = max(digits - 1 - math.floor(math.log10(sigma)), 0)
        mean = round(mean, decimals) + 0.0  # no "-0"
        return f"{mean:.{decimals}f} ± {sigma:.{decimals}f}"
    power = math.floor(math.log10(abs(mean)))
    decimals = max(digits - 1 - math.floor(math.log10(sigma)) + power, 0)
    mean, sigma = mean / 10.0**power, sigma / 10.0**power
    return f"({mean:.{decimals}f} ± {sigma:.{decimals}f})e{power:+03d}"


def _is_plain(value: float) -> bool:
    return value == 0 or 1e-3 <= abs(value) < 1e5
