"""One check for each type of option: a number, a whole number, a flag, a name, a mapping, an array.

Every option of every theory, likelihood and command goes through these, so that a text, a NaN, a
list or a bool where a number belongs gets one sentence: what was given, what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, TypeGuard

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.errors import shown as shown


def number(
    name: str,
    value: object,
    low: float = -math.inf,
    high: float = math.inf,
    unit: str = "",
    above: bool = False,
) -> float:
    """The value as a float, if it is a finite number from `low` to `high` (numpy's included).

    Parameters
    ----------
    name : of the option, as the user wrote it.
    unit : of the value, for the message.
    above : whether `low` itself is refused, too.

    Raises
    ------
    RangeError : for a text, a bool, a list, NaN, infinity, or a number outside the range.
    """
    # What nearly all values of a chain are, first.
    if type(value) is float and low < value <= high and math.isfinite(value):
        return value
    value = _without_dimension(value)
    if not _is_number(value):
        one = "one number" if isinstance(value, list | tuple | np.ndarray) else "a number"
        raise RangeError(
            f"{name} = {shown(value)} is not {one}; {_allowed(low, high, unit, above)}."
        )
    try:
        found = float(value)
    except OverflowError:  # an integer beyond the floats
        found = math.inf
    inside = (low < found if above else low <= found) and found <= high
    if not (math.isfinite(found) and inside):
        raise RangeError(f"{name} = {shown(value)}; {_allowed(low, high, unit, above)}.")
    return found


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """The value as an int, if it is a whole number from `low` to `high`.

    Raises
    ------
    RangeError : for anything else; 60.0 is taken, 60.5 is not.
    """
    value = _without_dimension(value)
    if not _is_number(value) or not low <= value <= high or value != int(value):
        raise RangeError(
            f"{name} = {shown(value)}; allowed is a whole number from {low} to {high}."
        )
    return int(value)


def flag(name: str, value: object) -> bool:
    """The value, if it is true or false.

    Raises
    ------
    RangeError : for anything else; the text "false" is not false.
    """
    if not isinstance(value, bool | np.bool_):
        raise RangeError(f"{name} = {shown(value)}; allowed is true or false, without quotes.")
    return bool(value)


def choice(kind: str, value: object, allowed: Iterable[str]) -> str:
    """The value, if it is one of the names `allowed`.

    Raises
    ------
    UnknownOptionError : for anything else; it names the nearest one.
    """
    names = list(allowed)
    if not isinstance(value, str) or value not in names:
        raise UnknownOptionError(kind, value, names)
    return value


def text(name: str, value: object, example: str) -> str:
    """The value, if it is a text that is not empty.

    Raises
    ------
    RangeError : for anything else; `example` shows what one looks like.
    """
    if not isinstance(value, str) or not value:
        raise RangeError(f"{name} = {shown(value)} is not a text; give one such as {example}.")
    return value


def mapping(name: str, value: object, example: str) -> dict[Any, Any]:
    """The value as a dict, if it is a mapping.

    Raises
    ------
    RangeError : for anything else; `example` shows what one looks like.
    """
    if not isinstance(value, Mapping):
        raise RangeError(f"{name} = {shown(value)}; give names with values, such as {example}.")
    return dict(value)


def array(
    name: str, values: object, low: float = -math.inf, high: float = math.inf, unit: str = ""
) -> Array:
    """The values as an array of floats, if all are finite numbers from `low` to `high`.

    Raises
    ------
    RangeError : for anything else; lists and single numbers are taken.
    """
    try:
        found = np.asarray(values)
    except ValueError:  # lists of unequal lengths
        found = np.empty(0, dtype=object)
    if found.dtype.kind not in "fiu":
        raise RangeError(f"{name} = {shown(values)} are not numbers; {_allowed(low, high, unit)}.")
    if not np.all((low <= found) & (found <= high) & np.isfinite(found)):
        least, most = np.min(found), np.max(found)
        raise RangeError(f"{name} = {least:.4g} to {most:.4g}; {_allowed(low, high, unit)}.")
    return found.astype(float)


def instance(name: str, value: object, kind: type[object]) -> None:
    """Refuse a value that is no `kind` (RangeError)."""
    if not isinstance(value, kind):
        raise RangeError(f"{name} = {shown(value)}; needed is an object of {kind.__name__}.")


def _without_dimension(value: object) -> object:
    """The number in an array without dimension (what numpy and scipy often return)."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _allowed(low: float, high: float, unit: str, above: bool = False) -> str:
    unit = f" {unit}" if unit else ""
    if low == -math.inf and high == math.inf:
        return f"allowed is any finite number{f' [{unit.strip()}]' if unit else ''}, without quotes"
    if high == math.inf:
        start = f"above {low:g}{unit}" if above else f"from {low:g}{unit} on"
        return f"allowed is a finite number {start}"
    if low == -math.inf:
        return f"allowed is a finite number up to {high:g}{unit}"
    start = f"above {low:g} and up" if above else f"from {low:g}"
    return f"allowed is a number {start} to {high:g}{unit}"
