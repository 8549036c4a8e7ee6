"""Dark photons from the resonances of a star at any mass, between masses that are tabulated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number, whole_number
from hotaxion.theory.searches.supernova.bosons import Emission
from hotaxion.theory.searches.supernova.profiles import Profile
from hotaxion.theory.searches.supernova.resonance import Crossing, Resonance, escape

_CELLS = 6  # of the energies of a crossing, to a line
_PER_DECADE = 2  # of depths P, to a line


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
    reabsorbed : see `Resonance.luminosity`.

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
    """Pieces of one polarisation that are near in energy and in depth, as one line."""
    power, depth = crossing.power(mass, 1.0, reabsorbed=False), crossing.depth(mass, 1.0)
    some = power > 0.0
    power, depth, energy = power[some], depth[some], crossing.energy[some]
    deep = np.floor(_PER_DECADE * np.log10(depth))
    kinds = np.stack([crossing.states[some], crossing.cell[some] // _CELLS, deep])
    place = np.unique(kinds, axis=1, return_inverse=True)[1].ravel()

    def summed(values: Array) -> Array:
        return np.asarray(np.bincount(place, values), dtype=float)

    total = summed(power)
    # As many bosons, and what a black body would emit.
    return _Lines(total / summed(power / energy), total, total / summed(power / depth))
