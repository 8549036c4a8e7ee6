"""The errors that hotaxion raises for a user's mistake; each message says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np

_LONGEST = 60  # characters of what was given that a message repeats


def shown(value: object) -> str:
    """What was given, for a message: its `repr` in one line, cut where it is long."""
    if isinstance(value, np.generic):
        value = value.item()
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no integer of more than 4300 digits
        text = f"a very long {type(value).__name__}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."


class HotAxionError(Exception):
    """Base of all errors that hotaxion raises on purpose."""


class RangeError(HotAxionError, ValueError):
    """Raised when a number lies outside the range in which the physics was computed."""


class UnknownOptionError(HotAxionError, ValueError):
    """Raised when a name (model, rate, measurement, ...) is not one of those on offer.

    listing : the command that shows all, where they would fill a screen.
    """

    def __init__(self, kind: str, given: object, allowed: Iterable[str], listing: str = ""):
        names = sorted(allowed)
        text = given if isinstance(given, str) else shown(given)
        close = get_close_matches(text, names, n=1, cutoff=0.5 if listing else 0.4)
        hint = f". Did you mean '{close[0]}'? " if close else "; "
        allowed_are = f"{'A' if close else 'a'}llowed are: {', '.join(names)}."
        rest = f"'{listing}' shows all." if listing else allowed_are
        super().__init__(f"unknown {kind} {shown(given)}{hint}{rest}")


class MissingDataError(HotAxionError, FileNotFoundError):
    """Raised when a data file or folder is absent."""


class MissingPackageError(HotAxionError, ImportError):
    """Raised when an optional package is needed and not installed."""
