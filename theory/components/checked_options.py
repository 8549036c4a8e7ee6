"""Options that Cobaya gives to every component (speed, stop_at_error, ...), checked as ours are.

Cobaya itself takes a text for a speed, and 0 or a list for a flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from logging import Logger
from typing import Any, get_args, get_type_hints

from cobaya.log import LoggedError
from cobaya.typing import validate_type

from hotaxion.theory.checks import flag, number, shown
from hotaxion.theory.components.component import Component
from hotaxion.theory.errors import HotAxionError, RangeError

# Of the parameters, which Cobaya checks as a whole.
_OF_THE_MODEL = {"params", "input_params", "output_params"}
# Declared by none of Cobaya's classes, more loosely than it reads them, or by several of ours.
_MORE = {
    "packages_path": str | None,
    "provides": str | list[str] | None,
    "requires": str | list | dict | None,
    "type": str | list[str] | None,
    "aliases": str | list[str] | None,
    "may_ignore_axion": str | list[str] | None,
    "may_ignore_relic": str | list[str] | None,
    "may_share_data": str | list[str] | None,
}


class CheckedOptions(Component):
    """Mixin, before Cobaya's class, of each theory and likelihood."""

    # Likelihoods of the input that may count data again: see `overlaps`.
    may_share_data: str | list[str] | None = None

    @classmethod
    def get_modified_defaults(
        cls, defaults: dict[str, Any], input_options: Mapping[str, Any] = {}
    ) -> dict[str, Any]:
        """Have Cobaya know `may_share_data`, but not record it where nobody gives it."""
        defaults = super().get_modified_defaults(defaults, input_options)
        given = "may_share_data" in (input_options or {})
        return {**defaults, "may_share_data": None} if given else defaults

    def validate_info(self, name: str, value: Any, annotations: dict[str, Any]) -> None:
        """Nothing: Cobaya looks at flags here, before there is a log; see below."""

    def validate_attributes(self, annotations: dict[str, Any]) -> None:
        """Refuse wrong values before anything is loaded.

        `post` hands over what the record of a chain has: an option that is younger than the chain
        is missing there, and has its default.
        """
        for name, default in self.get_defaults().items():
            if name not in _OF_THE_MODEL and not hasattr(self, name):
                setattr(self, name, default)
        self.check_options(vars(self), self.log)  # all that an input may have set
        super().validate_attributes(annotations)

    @classmethod
    def compare_versions(cls, version_a: str, version_b: str, equal: bool = True) -> bool:
        """As Cobaya, by releases alone: commits and hashes have no order."""
        first, second = (version.partition("+")[0] for version in (version_a, version_b))
        return super().compare_versions(first, second, equal)

    @classmethod
    def check_options(cls, options: Mapping[str, Any], log: Logger) -> None:
        """Raise LoggedError for a value of another type than Cobaya declares."""
        own: type = cls
        declared = _declared(own)
        for name in declared.keys() & options.keys():
            try:
                _check(name, options[name], declared[name])
            except HotAxionError as error:
                raise LoggedError(log, "%s", error) from error


@cache
def _declared(cls: type) -> dict[str, Any]:
    """Options that Cobaya's general classes declare and ours do not, with their types."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        module = base.__module__.split(".")
        if module[0] == "cobaya" and "likelihoods" not in module:
            found |= get_type_hints(base)
        else:
            for name in vars(base).get("__annotations__", ()):
                found.pop(name, None)
    return {name: kind for name, kind in found.items() if name not in _OF_THE_MODEL} | _MORE


def _check(name: str, value: object, kind: Any) -> None:
    """Raise RangeError unless the value is of the type, or None where that is allowed."""
    kinds = set(get_args(kind) or [kind])
    if value is None and type(None) in kinds:
        return
    if bool in kinds:
        flag(name, value)
    elif float in kinds:
        number(name, value)
    else:
        try:
            validate_type(kind, value, name)
        except (TypeError, ValueError):  # ValueError: of an array
            allowed = kind.__name__ if isinstance(kind, type) else kind
            raise RangeError(f"{name} = {shown(value)}; allowed is {allowed}.") from None
