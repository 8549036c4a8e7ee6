"""Events in a detector of neutrinos from particles that a supernova made: e.g. inverse beta decay.

A particle of energy E counts if it decays outside of the star (path above `escape_km`), before the
detector and in the time window: its proper time lies between R m/p and the smaller one of D m/p
and t 2ε/m (see `neutrino_decays`). Hence no power of the coupling: a strong one has the particle
decay in the star. Not in: the time profile of the emission, matter effects on the oscillations of
neutrinos that start within the star's envelope, the detectors' efficiencies, directions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import KPC_CM, LEPTON_MASSES_GEV, M_NEUTRON_GEV, M_PROTON_GEV
from hotaxion.theory.quadrature import unit_nodes
from hotaxion.theory.searches.supernova.neutrino_decays import (
    Mode,
    Parent,
    flavour_probabilities,
)
from hotaxion.theory.searches.supernova.neutrino_sources import (
    HBAR_C_MEV_CM,
    HBAR_MEV_S,
    NeutrinoSource,
    energies,
)

_M_ELECTRON = 1e3 * LEPTON_MASSES_GEV["e"]
_M_NEUTRON_LESS_PROTON = 1e3 * (M_NEUTRON_GEV - M_PROTON_GEV)
#: Least energy [MeV] of neutrinos that make positrons on free protons, and of those on oxygen.
_IBD_THRESHOLD = _M_NEUTRON_LESS_PROTON + _M_ELECTRON
_OXYGEN_THRESHOLD = 15.0

_ENERGIES = 64  # nodes of the particle's energy
_BOX = 12  # and of ε: both together 1e-4 of the events
_AT_ONCE = 1_000_000  # exponentials


def inverse_beta(energy: ArrayLike) -> Array:
    """σ(ν̄_e p → e⁺n) [cm²] of neutrinos of an energy [MeV].

    1e-43 p_e E_e E^(−0.07056 + 0.02018 ln E − 0.001953 ln³E), E_e = E − 1.293: Strumia & Vissani,
    astro-ph/0302055, good to per cent up to 300 MeV and continued above; 0 below threshold.
    """
    e = np.maximum(np.asarray(energy, dtype=float), _IBD_THRESHOLD)
    log = np.log(e)
    positron = e - _M_NEUTRON_LESS_PROTON
    momentum = np.sqrt(np.maximum(positron**2 - _M_ELECTRON**2, 0.0))
    power = -0.07056 + 0.02018 * log - 0.001953 * log**3
    return np.asarray(1e-43 * momentum * positron * e**power)


def on_oxygen(energy: ArrayLike) -> Array:
    """σ(ν_e ¹⁶O → e⁻X), and of ν̄_e about the same [cm²]: 4.7e-40 (E^¼ − 15^¼)⁶, E in MeV.

    A fit in use up to 60 MeV (hep-ph/0307050; known gap: not checked there); above it says more
    than there is.
    """
    e = np.maximum(np.asarray(energy, dtype=float), _OXYGEN_THRESHOLD)
    return np.asarray(4.7e-40 * (e**0.25 - _OXYGEN_THRESHOLD**0.25) ** 6)


def of_water(energy: ArrayLike) -> Array:
    """σ per free proton with its half of an oxygen nucleus, which ν_e see as well as ν̄_e [cm²]."""
    return inverse_beta(energy) + on_oxygen(energy)


@dataclass(frozen=True)
class Search:
    """What looks for the neutrinos.

    protons : free ones.
    distance_kpc : of the supernova.
    e_min_mev : least energy of a neutrino that counts.
    escape_km : path within which a particle that decays leaves no neutrinos.
    window_s : greatest delay against light that counts; None: any.
    cross_section : per free proton [cm²].
    """

    protons: float
    distance_kpc: float
    e_min_mev: float = 75.0
    escape_km: float = 10.0
    window_s: float | None = None
    cross_section: Callable[[ArrayLike], Array] = inverse_beta


@dataclass(frozen=True, eq=False)
class Events:
    """Expected events at one mass: strength Σ w [e^(−strength a) − e^(−strength b)], a < b.

    strength : of the coupling, the power in which production and width are.
    weight, early, late : w, a and b.
    """

    weight: Array
    early: Array
    late: Array

    def __call__(self, strength: ArrayLike) -> Array:
        """Number of events; any shape."""
        s = np.asarray(strength, dtype=float)
        parts = np.array_split(s.ravel(), 1 + s.size * self.late.size // _AT_ONCE)
        return np.concatenate([self._of(one[:, None, None]) for one in parts]).reshape(s.shape)

    def _of(self, s: Array) -> Array:
        lived = np.exp(-s * self.early) * -np.expm1(s * (self.early - self.late))
        return s[:, 0, 0] * np.sum(self.weight * lived, axis=(-2, -1))


class Counter:
    """Events of one particle from one source in one search, at any mass.

    Parameters
    ----------
    parent : what decays.
    source : where it is made.
    search : where its neutrinos are looked for.
    """

    def __init__(self, parent: Parent, source: NeutrinoSource, search: Search) -> None:
        self._parent, self._source, self._search = parent, source, search
        self._to_electrons = flavour_probabilities()[0]
        self._smeared: dict[Callable[[Array], Array], CubicSpline] = {}

    def __call__(self, mass: float) -> Events:
        """At a mass [MeV]; everything that does not depend on the coupling."""
        modes, search = self._parent.modes(mass), self._search
        eps_min = search.e_min_mev / max(mode.largest for mode in modes)
        # The least E with (E + p)/2 > ε.
        low = eps_min + 0.25 * mass**2 / eps_min if eps_min > 0.5 * mass else mass
        high = max(low, self._source.highest_energy) + self._source.highest_energy
        energy, weight = energies(low, high, _ENERGIES)
        p = np.sqrt(energy**2 - mass**2)
        made = weight * self._source.emitted(self._parent, energy, mass)

        ends = sorted({mode.largest for mode in modes})
        parts = [
            self._box([mode for mode in modes if mode.largest == end], end, mass, energy, p)
            for end in ends
        ]
        eps, seen = (np.concatenate(one, axis=1) for one in zip(*parts, strict=True))
        sphere = 4.0 * np.pi * (search.distance_kpc * KPC_CM) ** 2
        counts = made[:, None] * seen * search.protons / sphere
        width, rest = self._parent.width(mass), (mass / p)[:, None]
        early = width * rest * 1e5 * search.escape_km / HBAR_C_MEV_CM
        late = width * rest * search.distance_kpc * KPC_CM / HBAR_C_MEV_CM
        if search.window_s is None:
            counts = counts.sum(axis=1, keepdims=True)
        else:
            late = np.minimum(late, width * search.window_s * 2.0 * eps / mass / HBAR_MEV_S)
            late = np.maximum(late, early)
        return Events(counts, early, late)

    def _box(
        self, modes: list[Mode], end: float, mass: float, energy: Array, p: Array
    ) -> tuple[Array, Array]:
        """Nodes of ε, and the cross-section in them; (energies, nodes). Of modes that end alike."""
        highest = 0.5 * (energy + p)
        lowest = 0.25 * mass**2 / highest
        start = np.clip(lowest, self._search.e_min_mev / end, highest)
        nodes, weights = unit_nodes(_BOX)
        eps = start[:, None] + (highest - start)[:, None] * nodes
        smeared = sum(
            np.dot(self._to_electrons, mode.yields) * self._cross_section(mode, eps)
            for mode in modes
        )
        return eps, ((highest - start) / p)[:, None] * weights * smeared

    def _cross_section(self, mode: Mode, eps: Array) -> Array:
        """Smeared over the energies at rest; those of three bodies come from a table."""
        if mode.density is None:
            return mode.smeared(self._search.cross_section, self._search.e_min_mev, eps)
        if mode.density not in self._smeared:
            low = self._search.e_min_mev
            places = np.geomspace(low, 30.0 * max(low, self._source.highest_energy), 400)
            values = mode.smeared(self._search.cross_section, low, places)
            self._smeared[mode.density] = CubicSpline(np.log(places), values)
        return self._smeared[mode.density](np.log(eps))
