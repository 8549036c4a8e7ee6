"""Components whose options a dataclass declares: Cobaya takes its defaults from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hotaxion.theory.components.checked_options import CheckedOptions
from hotaxion.theory.options import Options


class DeclaredOptions(CheckedOptions):
    """Mixin, before Cobaya's class, of a theory that sets `_OPTIONS`.

    Its YAML file has the options that are about Cobaya alone.
    """

    _OPTIONS: ClassVar[type[Options]]
    _NO_OPTIONS: ClassVar[frozenset[str]] = frozenset()  # of these, what is a parameter

    @classmethod
    def get_class_options(cls, input_options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Defaults that are no attributes of the class: Cobaya's hook for them."""
        own = super().get_class_options(input_options or {})
        if "_OPTIONS" not in vars(cls):  # a subclass has those of its base
            return own
        declared = cls._OPTIONS.declared().items()
        return {k: v.default for k, v in declared if k not in cls._NO_OPTIONS} | own

    def declared_values(self) -> dict[str, Any]:
        """The options of the dataclass as they were given, not yet checked."""
        names = self._OPTIONS.declared().keys() - self._NO_OPTIONS
        return {name: getattr(self, name) for name in names}
