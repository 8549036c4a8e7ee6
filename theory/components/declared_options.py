"""Components whose options a dataclass declares: Cobaya takes its defaults from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from hotaxion.theory.components.bibliography import bibtex
from hotaxion.theory.components.checked_options import CheckedOptions
from hotaxion.theory.options import Options


class DeclaredOptions(CheckedOptions):
    """Mixin, before Cobaya's class, of a theory that sets `_OPTIONS`.

    Its YAML file has the options that are about Cobaya alone.
    """

    _OPTIONS: ClassVar[type[Options]]
    _NO_OPTIONS: ClassVar[frozenset[str]] = frozenset()  # of these, what is a parameter
    _RESTS_ON: ClassVar[str] = ""  # arXiv numbers of what is used whatever the options

    @classmethod
    def get_associated_file_content(cls, ext: str, file_root: str | None = None) -> str | None:
        """The YAML file behind the declared options: what Cobaya reads, and `cobaya-doc` prints."""
        content = super().get_associated_file_content(ext, file_root)
        if ext != ".yaml" or "_OPTIONS" not in vars(cls):  # a subclass has those of its base
            return content
        lines = [
            f"{name}: {_in_yaml(option.default)}  # {option.about}\n"
            for name, option in cls._OPTIONS.declared().items()
            if name not in cls._NO_OPTIONS
        ]
        return "".join(lines) + (content or "")

    @classmethod
    def get_bibtex(cls) -> str:
        """What to cite for the default options."""
        return cls.bibtex_of({})

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """What to cite for these options, others default."""
        return bibtex([cls._RESTS_ON, *cls._OPTIONS.sources(given)])

    def declared_values(self) -> dict[str, Any]:
        """The options of the dataclass as they were given, not yet checked."""
        names = self._OPTIONS.declared().keys() - self._NO_OPTIONS
        return {name: getattr(self, name) for name in names}


def _in_yaml(default: object) -> str:
    """A default that is a word, number, flag, or nothing."""
    return default if isinstance(default, str) else json.dumps(default)
