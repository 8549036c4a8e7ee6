"""Values that a user may give to an option: those of its kind, and anything else."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Real
from types import UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# Numbers as YAML and scripts have them, with those beyond the floats.
NUMBERS = st.one_of(
    st.floats(),
    st.integers(-5, 100),
    st.floats(0, 5),
    st.sampled_from([0, 1, -1, 1e-320, 1e308, 10**400, 60.5, math.nan, math.inf]),
    st.floats(-10, 10).map(np.float64),
    st.floats(0, 1).map(np.array),
)
TEXTS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(["true", "false", "null", "0.15", "1e3", "nan", "inf", "auto", "lambda x: x"]),
)
_SIMPLE = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.one_of(
    _SIMPLE,
    st.lists(_SIMPLE, max_size=3),
    st.dictionaries(st.one_of(TEXTS, st.integers(0, 3), st.floats(0, 1)), _SIMPLE, max_size=3),
    st.lists(st.dictionaries(TEXTS, _SIMPLE, max_size=2), max_size=2),
    st.sampled_from([(1.0, 2.0), {1, 2}, b"x", 1j, np.zeros(3), len, object()]),
)


def options_of(cls: type) -> dict[str, Any]:
    """Every option of a component of ours with its default: those of its files of defaults, and
    those that our classes declare."""
    ours = (one for one in reversed(cls.__mro__) if one.__module__.startswith("hotaxion."))
    found = {name: None for one in ours for name in vars(one).get("__annotations__", {})}
    found |= cls.get_modified_defaults(cls.get_defaults())
    found.pop("params", None)  # a block of the input, see the part of YAML files
    hidden = {
        name for name in found if name[0] == "_" or get_origin(option_type(cls, name)) is ClassVar
    }
    return {name: default for name, default in found.items() if name not in hidden}


def words_of(cls: type) -> list[str]:
    """The names in the file of defaults, comments included: they say what is allowed."""
    text = cls.get_associated_file_content(".yaml") or ""
    return sorted({*re.findall(r"[a-zA-Z]\w*", text)}) or ["x"]


def like(default: object, words: list[str]) -> SearchStrategy[Any]:
    """Values such as the default, or anything."""
    names = st.sampled_from(words)
    if isinstance(default, bool):
        near: SearchStrategy[Any] = st.booleans()
    elif isinstance(default, Real):
        size = float(default) or 1.0
        near = st.one_of(st.floats(0.2, 5.0).map(lambda x: x * size), NUMBERS)
    elif isinstance(default, str):
        near = names
    else:  # null, lists, mappings
        near = st.one_of(names, NUMBERS, st.dictionaries(names, st.one_of(NUMBERS, names)))
    return st.one_of(st.just(default), near, near, ANYTHING)


def option_type(cls: type, name: str) -> Any:
    """What an option is declared to be; Any if nowhere."""
    declared = get_type_hints(cls._OPTIONS) if hasattr(cls, "_OPTIONS") else {}
    return (get_type_hints(cls) | declared).get(name, Any)


def conforms(value: object, kind: Any) -> bool:
    """Whether a value is of a declared type, strictly: no bool for a number, no NaN."""
    if kind is Any:
        return True
    if kind is None or kind is type(None):
        return value is None
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(conforms(value, one) for one in inside)
    if origin is Literal:
        return any(value is one or (value == one and type(value) is type(one)) for one in inside)
    if kind in (float, int):
        value = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
        number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
        return number and math.isfinite(value) and (kind is float or value == int(value))
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            conforms(k, inside[0]) and conforms(v, inside[1]) for k, v in value.items()
        )
    if origin is not None:  # a sequence
        kinds = isinstance(value, list | tuple | set | np.ndarray)
        return kinds and all(conforms(one, inside[0]) for one in value)
    return isinstance(value, kind)
