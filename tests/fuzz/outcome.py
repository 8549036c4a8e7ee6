"""What comes of a case: an answer, one sentence, something wrong in silence, or a traceback."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
from cobaya.log import LoggedError
from hypothesis.strategies import SearchStrategy

from hotaxion.theory.errors import HotAxionError

_LONGEST = 1500  # characters of one sentence that may list names


class Kind(Enum):
    """The columns of the table in docs/reliability.md."""

    RIGHT = "right"
    REFUSED = "clear error"
    SILENT = "silent"
    TRACEBACK = "traceback"


GOOD = (Kind.RIGHT, Kind.REFUSED)


class SilentError(AssertionError):
    """Raised by a case whose answer is wrong though nothing was said."""


@dataclass(frozen=True)
class Case:
    """One attempt; `run` ends without an exception if the answer is right."""

    text: str
    run: Callable[[], object]

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Part:
    """Cases of one kind.

    Attributes
    ----------
    name : what the table calls it.
    cases : how to draw one.
    few, many : how many in the suite, and in the campaign.
    """

    name: str
    cases: SearchStrategy[Case]
    few: int
    many: int


def outcome(case: Case) -> tuple[Kind, str]:
    """Run a case, warnings being errors; what came of it, and what was said."""
    heard = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # thousands of refusals
    try:
        with warnings.catch_warnings(action="error"), contextlib.redirect_stdout(io.StringIO()):
            case.run()
    except SilentError as error:
        return Kind.SILENT, str(error)
    except (HotAxionError, LoggedError) as error:
        text = str(error).strip()
        ours = isinstance(error, HotAxionError) or isinstance(error.__cause__, HotAxionError)
        # Some of Cobaya's own have two lines, which our commands print as one.
        good = text and len(text) < _LONGEST and not (ours and "\n" in text)
        return (Kind.REFUSED if good else Kind.TRACEBACK), text
    except Exception as error:  # whatever else there is
        return Kind.TRACEBACK, f"{type(error).__name__}: {error}"
    finally:
        logging.disable(heard)
    return Kind.RIGHT, ""


def require(good: object, wrong: str) -> None:
    """Raise SilentError unless it is good."""
    if not good:
        raise SilentError(wrong)


def require_finite(answer: object) -> None:
    """Raise SilentError if a number in an answer (arrays, mappings, dataclasses) is not finite."""
    for name, value in _numbers(answer, "answer"):
        require(np.isfinite(value).all(), f"{name} = {value}")


def _numbers(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, float | int | complex | np.number):
        yield name, value
    elif isinstance(value, np.ndarray) and value.dtype.kind in "fciu":
        yield name, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), f"{name}.{field.name}")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _numbers(one, f"{name}[{key}]")
    elif isinstance(value, list | tuple):
        for i, one in enumerate(value):
            yield from _numbers(one, f"{name}[{i}]")
