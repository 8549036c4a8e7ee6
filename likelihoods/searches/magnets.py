"""The field of a magnet as an option has it: constant, a helix of a pitch, or one that is tuned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError

from hotaxion.theory.checks import number, shown
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.conversion import resonant_pitch_m
from hotaxion.theory.searches.solar_axions import MASS_RANGE_EV, Magnet

CONSTANT, TUNED = "constant", "tuned"
#: Pitches that are taken [m].
PITCH_RANGE_M = (1e-4, 1e6)
#: Where Primakoff axions are most frequent; a helix is tuned to it unless an option says else.
SOLAR_ENERGY_KEV = 4.2
_ENERGY_RANGE_KEV = (0.1, 100.0)


@dataclass(frozen=True)
class MagnetSetting:
    """A pitch [m], infinity for a constant field, None for one that follows the mass."""

    pitch_m: float | None

    @classmethod
    def of(cls, name: str, given: Any, allow_tuned: bool = False) -> MagnetSetting:
        """From an option: a pitch in metres or {pitch_m: ...}, `constant`, {tuned_at_ev: ...}.

        Parameters
        ----------
        name : of the option, for messages.
        allow_tuned : whether `tuned`, resonant for each mass, is allowed.

        Raises
        ------
        RangeError : for anything else.
        """
        if given == CONSTANT:
            return cls(inf)
        if given == TUNED and allow_tuned:
            return cls(None)
        if isinstance(given, Mapping):
            return cls(_pitch_of(name, given))
        if isinstance(given, str) or given is None:
            words = f"'{CONSTANT}'" + (f", '{TUNED}'" if allow_tuned else "")
            raise RangeError(
                f"{name} = {shown(given)}; allowed are {words}, "
                "{pitch_m: METRES} and {tuned_at_ev: MASS, energy_kev: ENERGY}."
            )
        return cls(number(name, given, *PITCH_RANGE_M, unit="m"))

    def magnet(self, b_tesla: float, length_m: float, m_a_ev: float = 0.0) -> Magnet:
        """That of a helioscope, tuned to the mass where it follows it."""
        if self.pitch_m is not None:
            return Magnet(b_tesla, length_m, self.pitch_m)
        if m_a_ev == 0.0:
            return Magnet(b_tesla, length_m)
        return Magnet(b_tesla, length_m, float(resonant_pitch_m(m_a_ev, 1e3 * SOLAR_ENERGY_KEV)))

    @staticmethod
    def refuse_tuned(likelihood: Likelihood, settings: Iterable[MagnetSetting]) -> None:
        """Raise Cobaya's LoggedError for a magnet that follows the mass, in a chain."""
        if any(setting.pitch_m is None for setting in settings):
            raise LoggedError(
                likelihood.log,
                "a magnet 'tuned' to each mass is another experiment at each point: it goes with "
                "`hotaxion limits`; in a chain give pitches.",
            )


def _pitch_of(name: str, given: Mapping[str, Any]) -> float:
    """From {pitch_m: ...} or {tuned_at_ev: ..., energy_kev: ...}."""
    if given.keys() == {"pitch_m"}:
        return number(f"pitch_m of {name}", given["pitch_m"], *PITCH_RANGE_M, unit="m")
    if "tuned_at_ev" not in given or not given.keys() <= {"tuned_at_ev", "energy_kev"}:
        raise RangeError(
            f"{name} = {shown(dict(given))}; allowed are {{pitch_m: METRES}} and "
            "{tuned_at_ev: MASS, energy_kev: ENERGY}."
        )
    mass = number(f"tuned_at_ev of {name}", given["tuned_at_ev"], 1e-4, MASS_RANGE_EV[1], "eV")
    energy = given.get("energy_kev", SOLAR_ENERGY_KEV)
    energy = number(f"energy_kev of {name}", energy, *_ENERGY_RANGE_KEV, unit="keV")
    return float(resonant_pitch_m(mass, 1e3 * energy))
