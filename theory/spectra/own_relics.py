"""The option `extra_species` of HotClassy: thermal relics besides neutrinos and axion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotaxion.theory.checks import choice, mapping, shown
from hotaxion.theory.errors import RangeError
from hotaxion.theory.spectra.species import ThermalRelic

_NUMBERS = ("mass_ev", "temperature_ratio", "degrees")
_KEYS = (*_NUMBERS, "statistics")
_EXAMPLE = "{mass_ev: 1.0, temperature_ratio: 0.5}"
_ALWAYS_ALLOWED = 0.5  # for each of the numbers


def relic_options(entries: object) -> list[RelicOptions]:
    """The entries of the option `extra_species`; none for None.

    Raises
    ------
    UnknownOptionError, RangeError : unless it is a list of entries as `RelicOptions` has them.
    """
    if entries is None:
        return []
    if not isinstance(entries, list | tuple):
        raise RangeError(f"extra_species = {shown(entries)}; give a list such as [{_EXAMPLE}].")
    return [RelicOptions(entry) for entry in entries]


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
        self._entry = mapping("entry of extra_species", entry, _EXAMPLE)
        for key in self._entry:
            choice("key of extra_species", key, _KEYS)
        for key in ("mass_ev", "temperature_ratio"):
            if key not in self._entry:
                raise RangeError(f"extra_species: the key '{key}' is missing in {shown(entry)}.")
        values = [self._entry.get(key) for key in _NUMBERS]
        self.parameters = [value for value in values if isinstance(value, str)]
        self.at(dict.fromkeys(self.parameters, _ALWAYS_ALLOWED))  # what is no parameter

    def at(self, params: Mapping[str, float]) -> ThermalRelic:
        """The relic at a point. Raises RangeError if it is impossible."""
        values: dict[str, Any] = {
            key: params[value] if key in _NUMBERS and isinstance(value, str) else value
            for key, value in self._entry.items()
        }
        return ThermalRelic(**values)
