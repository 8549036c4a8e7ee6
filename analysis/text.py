"""Plain text tables and numbers with as many digits as they deserve."""

from __future__ import annotations

import math
from collections.abc import Sequence


def text_table(rows: Sequence[Sequence[str]], right: bool = True) -> str:
    """Columns aligned, two spaces apart, the first flush left; `rows[0]` is the header.

    Parameters
    ----------
    rows : cells as strings, all rows of one length.
    right : True to align all columns but the first to the right.
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        for cell, width in zip(row[1:], widths[1:], strict=True):
            cells.append(cell.rjust(width) if right else cell.ljust(width))
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


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
