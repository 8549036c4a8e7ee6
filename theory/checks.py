"""One check for each type of option: a number, a whole number, a flag, a name, a mapping.

Every option of every theory, likelihood and command goes through these, so that a text, a NaN, a
list or a bool where a number belongs gets one sentence: what was given, what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from hotaxion.theory.errors import RangeError, UnknownOptionError

_LONGEST = 60  # characters of what was given that a message repeats


def shown(value: object) -> str:
    """What was given, for a message: its `repr`, cut where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


def number(
    name: str,
    value: object,
    low: float = -math.inf,
    high: float = math.inf,
    unit: str = "",
    above: bool = False,
) -> float:
    """The value as a float, if it is a finite number from `low` to `high`.

    Parameters
    ----------
    name : of the option, as the user wrote it.
    unit : of the value, for the message.
    above : whether `low` itself is refused, too.

    Raises
    ------
    RangeError : for a text, a bool, a list, NaN, infinity, or a number outside the range.
    """
    if not _is_number(value):
        raise RangeError(f"{name} = {shown(value)} is not a number; {_allowed(low, high, unit)}.")
    try:
        found = float(value)  # type: ignore[arg-type]
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
    found = value
    if isinstance(value, Real) and not isinstance(value, Integral) and float(value).is_integer():
        found = int(value)
    if isinstance(found, bool | np.bool_) or not isinstance(found, Integral):
        raise RangeError(
            f"{name} = {shown(value)}; allowed is a whole number from {low} to {high}."
        )
    if not low <= int(found) <= high:
        raise RangeError(
            f"{name} = {shown(value)}; allowed is a whole number from {low} to {high}."
        )
    return int(found)


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


def mapping(name: str, value: object, example: str) -> dict[Any, Any]:
    """The value as a dict, if it is a mapping.

    Raises
    ------
    RangeError : for anything else; `example` shows what one looks like.
    """
    if not isinstance(value, Mapping):
        raise RangeError(f"{name} = {shown(value)}; give names with values, such as {example}.")
    return dict(value)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _allowed(low: float, high: float, unit: str, above: bool = False) -> str:
    unit = f" {unit}" if unit else ""
    if low == -math.inf and high == math.inf:
        return f"allowed is any finite number{f' [{unit.strip()}]' if unit else ''}, without quotes"
    if high == math.inf:
        return f"allowed is a finite number {'above' if above else 'from'} {low:g}{unit} on"
    if low == -math.inf:
        return f"allowed is a finite number up to {high:g}{unit}"
    start = f"above {low:g} and up" if above else f"from {low:g}"
    return f"allowed is a number {start} to {high:g}{unit}"
