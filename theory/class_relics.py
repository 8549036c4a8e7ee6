"""The option `extra_species` of HotClassy: thermal relics besides neutrinos and axion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotaxion.theory.class_input import ThermalRelic
from hotaxion.theory.errors import RangeError, UnknownOptionError

_NUMBERS = ("mass_ev", "temperature_ratio", "degrees")
_KEYS = (*_NUMBERS, "statistics")


class RelicOptions:
    """One entry of `extra_species`: numbers, or names of the parameters that hold them.

    Parameters
    ----------
    entry : keys `mass_ev`, `temperature_ratio` (required), `degrees` (2), `statistics`
        ("fermion"), as in `ThermalRelic`.

    Raises
    ------
    UnknownOptionError, RangeError : for a key or number not on offer.
    """

    def __init__(self, entry: Mapping[str, Any]):
        if not isinstance(entry, Mapping):
            raise RangeError(
                f"extra_species has the entry {entry!r}; needed is a list such as "
                "[{mass_ev: 1.0, temperature_ratio: 0.5}]."
            )
        for key in entry:
            if key not in _KEYS:
                raise UnknownOptionError("key of extra_species", key, _KEYS)
        for key in ("mass_ev", "temperature_ratio"):
            if key not in entry:
                raise RangeError(f"extra_species: the key '{key}' is missing in {dict(entry)}.")
        self._entry = dict(entry)
        self.parameters = [str(entry[key]) for key in _NUMBERS if isinstance(entry.get(key), str)]
        if not self.parameters:
            self.at({})

    def at(self, params: Mapping[str, float]) -> ThermalRelic:
        """The relic at a point. Raises RangeError if it is impossible."""
        values = {
            key: params[value] if key in _NUMBERS and isinstance(value, str) else value
            for key, value in self._entry.items()
        }
        return ThermalRelic(**values)
