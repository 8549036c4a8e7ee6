"""Options declared once: Python keywords, Cobaya's defaults, flags of commands, JSON read it here.

A frozen dataclass of `Options` has a field for each option, made by `option`: default, meaning,
reference, and what is allowed. What is given is checked when an object is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Self

from hotaxion.theory.checks import choice, flag, instance, mapping, number, whole_number


@dataclass(frozen=True)
class Option:
    """What is known of an option besides its name.

    default : None stands for what the text says.
    kind : str, float, int, bool or dict (names with values).
    text : meaning, in one line.
    reference : arXiv number, or where else it is explained.
    unit : of a number.
    range : least and greatest number allowed.
    choices : words allowed, with what they stand for; any where there are none.
    noun : what it is, for the message that refuses a value.
    example : of a dict.
    keys : type of the names in a dict.
    sampled : least and greatest value where it may also be a parameter of a Cobaya input.
    spacing : where it is sampled, whether its effect is even in it ("linear"), in its logarithm
        ("log"), or has a kink at 0 ("split").
    bend : by sign of the value, the change (in that spacing) over which its effect bends: a table
        has a degree for each.
    many : whether it takes several values, each as the rest says.
    main : whether it is said even where it is the default.
    """

    default: Any
    kind: type
    text: str
    reference: str = ""
    unit: str = ""
    range: tuple[float, float] = (-math.inf, math.inf)
    choices: Mapping[str, str] = field(default_factory=dict)
    noun: str = ""
    example: str = ""
    keys: type = str
    sampled: tuple[float, float] | None = None
    spacing: str = "linear"
    bend: Mapping[int, float] = field(default_factory=dict)
    many: bool = False
    main: bool = False

    @property
    def allowed(self) -> str:
        """The choices, or the range with its unit; empty where the text says it."""
        if self.choices or math.inf in self.range:
            return ", ".join(self.choices)
        return f"{self.range[0]:g} to {self.range[1]:g} {self.unit}".strip()

    @property
    def about(self) -> str:
        """Meaning, what is allowed, and the reference, in one line."""
        text = f"{self.text}: {self.allowed}" if self.allowed else self.text
        return f"{text} [{self.reference}]" if self.reference else text

    @property
    def written(self) -> str:
        """The default as a flag or an input has it; empty for None."""
        if self.default is None:
            return ""
        if self.many:
            return " ".join(replace(self, default=v, many=False).written for v in self.default)
        if self.kind in (float, int):
            return f"{self.default:g}"
        return str(self.default).lower() if self.kind is bool else str(self.default)

    def checked(self, name: str, value: object) -> object:
        """The value in its own type; raises UnknownOptionError or RangeError."""
        if value is None and self.default is None:
            return None
        if self.many:
            values = (
                value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
            )
            return tuple(replace(self, many=False).checked(name, one) for one in values)
        if self.kind is str and not self.choices:
            return str(value)
        if self.kind is str:
            return choice(f"{self.noun} (option '{name}')", value, self.choices)
        if self.kind is bool:
            return flag(name, value)
        if self.kind is int:
            low, high = self.range
            return whole_number(name, value, int(low), int(high))
        if self.kind is dict:
            return mapping(name, value, self.example)
        words = f"{name} ({self.noun})" if self.noun else name
        return number(words, value, *self.range, self.unit)


def option(default: Any, text: str, reference: str, kind: type | None = None, **more: Any) -> Any:
    """A field of a dataclass of `Options`; `kind` where the default is None, more: see `Option`."""
    known = Option(default, kind or type(default), text, reference, **more)
    return field(default=default, metadata={"option": known})


@dataclass(frozen=True, kw_only=True)
class Options:
    """Base of the options of one part of the physics; each field is an `option`."""

    def __post_init__(self) -> None:
        self._check(self.declared())

    def _check(self, names: Iterable[str]) -> None:
        """Check these; subclasses add what fits together."""
        for name in names:
            value = self.declared()[name].checked(name, getattr(self, name))
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        """By value, mappings included; subclasses repeat this, or `dataclass` makes one without."""
        values = (getattr(self, name) for name in self.declared())
        return hash(tuple(repr(v) if isinstance(v, Mapping) else v for v in values))

    @classmethod
    @cache
    def declared(cls) -> Mapping[str, Option]:
        """Every option by its name."""
        return {one.name: one.metadata["option"] for one in fields(cls)}

    @classmethod
    def sampled(cls) -> dict[str, tuple[float, float]]:
        """Those that may also be parameters of a Cobaya input, with their ranges there."""
        return {name: one.sampled for name, one in cls.declared().items() if one.sampled}

    def in_words(self) -> str:
        """The main options, and those that differ from their defaults."""
        said = (
            f"{name} {getattr(self, name)}"
            for name, known in self.declared().items()
            if known.main or getattr(self, name) != known.default
        )
        return ", ".join(said)

    @classmethod
    def sources(cls, given: Mapping[str, Any]) -> list[str]:
        """References of the options in force: main words, flags that are on, what is changed.

        given : options by name; others have their defaults.
        """
        found = []
        for name, known in cls.declared().items():
            value = given.get(name, known.default)
            used = value != known.default or known.main or known.kind is bool
            if used and value not in ("none", None, False):
                chosen = known.choices.get(value, "") if isinstance(value, str) else ""
                found += [known.reference, chosen]
        return found

    @classmethod
    def of(cls, options: Self | None, changes: Mapping[str, Any]) -> Self:
        """The options (default: all defaults) with changes by name.

        Raises
        ------
        UnknownOptionError, RangeError : for a name or value not on offer.
        """
        for name in changes:
            choice("option", name, cls.declared())
        options = cls() if options is None else options
        instance("options", options, cls)
        if not changes:
            return options
        changed = copy(options)  # not `replace`, which checks what was checked before
        for name, value in changes.items():
            object.__setattr__(changed, name, value)
        changed._check(changes)
        return changed
