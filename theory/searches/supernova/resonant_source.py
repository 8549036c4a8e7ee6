"""Dark photons from the resonances of a star at any mass, between masses that are tabulated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number, whole_number
from hotaxion.theory.searches.supernova.bosons import Emission
from hotaxion.theory.searches.supernova.profiles import Profile
from hotaxion.theory.searches.supernova.resonance import STATES, Crossing, Resonance, escape

_CELLS = 4  # of the energies of a crossing, to a line


class _Lines(NamedTuple):
    """Those of one mass, at ε = 1: energies [MeV], power without absorption [erg/s], depth P."""

    energy: Array
    power: Array
    depth: Array


class ResonantSource:
    """Resonances at masses even in the logarithm, from `low` to the last that is resonant.

    What is between two of them has the lines of both, each with its share: the luminosity is linear
    in the logarithm of the mass there, within 1 % of `Resonance.luminosity` for 160 masses; within
    12 % where it rises or ends steeply (near 1 and 13 to 16 MeV in the fiducial core).

    Parameters
    ----------
    profile : shells.
    low : least mass [MeV].
    points : number of masses.
    reabsorbed : see `Resonance.luminosity`; a line shines as its pieces do where P ≪ 1 or
        P ≫ 1, within 10 % between.

    Raises
    ------
    RangeError : a least mass that is not above 0 or too heavy to be resonant.
    """

    def __init__(self, profile: Profile, low: float, points: int = 160, reabsorbed: bool = False):
        last = float(np.sqrt(1.5) * np.max(profile.plasma.omega_p))  # Π_T < 1.5 ω_P²
        self._low = number("low", low, 0.0, last, unit="MeV", above=True)
        self._reabsorbed = reabsorbed
        resonance = Resonance(profile, low)
        self._masses = np.geomspace(low, last, whole_number("points", points, 2, 10_000))
        self._tables = [_lines(float(m), resonance.crossings(float(m))) for m in self._masses]

    def emission(self, mass: float, coupling: ArrayLike) -> Emission:
        """Lines, for couplings (n); without power above the last mass; RangeError below `low`."""
        mass = number("mass", mass, self._low, unit="MeV")
        square = np.asarray(coupling, dtype=float)[:, None] ** 2
        place = np.interp(np.log(mass), np.log(self._masses), np.arange(self._masses.size))
        first = min(int(place), self._masses.size - 2)
        energies, powers = [], []
        for i, share in ((first, first + 1.0 - place), (first + 1, place - first)):
            lines = self._tables[i]
            made = square * lines.power * (share if mass <= self._masses[-1] else 0.0)
            if self._reabsorbed:
                depth = square * lines.depth
                made = made * escape(depth) / (4.0 * np.maximum(depth, 1e-200))
            energies.append(lines.energy * (mass / self._masses[i]))  # at its (ω − m)/m
            powers.append(made)
        return Emission(np.concatenate(energies), np.concatenate(powers, axis=-1))


def _lines(mass: float, crossing: Crossing) -> _Lines:
    """Pieces that are near in energy, and of one polarisation, as one line."""
    power = crossing.power(mass, 1.0, reabsorbed=False)
    number_of = power / crossing.energy
    place = len(STATES) * (crossing.cell // _CELLS) + (crossing.states == STATES[0])

    def summed(values: Array) -> Array:
        return np.asarray(np.bincount(place, values), dtype=float)

    total, count = summed(power), summed(number_of)
    there = count > 0.0
    surface = summed(power / crossing.depth(mass, 1.0))  # what a black body would emit
    return _Lines(total[there] / count[there], total[there], total[there] / surface[there])
