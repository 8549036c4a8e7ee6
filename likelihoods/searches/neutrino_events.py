"""No neutrinos of high energy from supernovae: SN 1987A, and a galactic one. Estimate and forecast.

Physics, sources and what is not in: `hotaxion.theory.searches.supernova.neutrino_events`,
`coalescence`, `heavy_neutrinos` and `neutrino_sources` there.
"""

from __future__ import annotations

from abc import abstractmethod
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.likelihoods.searches.facilities import facility
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, flag, number
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova import neutrino_events
from hotaxion.theory.searches.supernova.coalescence import GaugeBoson, Majoron
from hotaxion.theory.searches.supernova.heavy_neutrinos import HeavyNeutrino
from hotaxion.theory.searches.supernova.neutrino_decays import Parent
from hotaxion.theory.searches.supernova.neutrino_sources import source_of

#: The dwarf galaxy of SN 1987A.
DISTANCE_SN1987A_KPC = 51.4


class Names(NamedTuple):
    """Parameters of a particle; its production and width go as the coupling to `signal_power`.

    mass_range : [MeV].
    largest : of the coupling; more counts as this.
    """

    mass_name: str
    coupling_name: str
    signal_power: int
    mass_range: tuple[float, float]
    largest: float = inf


PARTICLES = {
    "majoron": Names("m_majoron", "g_majoron", 2, (1e-4, 400.0)),
    "zprime": Names("m_zprime", "g_zprime", 2, (1e-4, 400.0)),
    "hnl": Names("m_hnl", "u2_hnl", 1, (1.0, 400.0), largest=1.0),
}


class _NoEvents(Companion):
    """Particles made in a supernova, their neutrinos above an energy: none seen, ln L = −μ.

    At 95 % more than μ = −ln 0.05 = 2.9957 is excluded, where μ goes as `signal_power` of the
    coupling; strong couplings, whose particles decay within the star, are not.
    `signal` is the expected number μ of events. Name and power of the coupling are those of the
    particle.
    """

    limit_rule = "posterior"
    mass_unit = "MeV"
    coupling_unit = ""
    _reference = 1.0

    # Options: see the YAML of the class.
    particle: str
    flavour: str
    model: str
    source: Any
    e_min_mev: float
    escape_km: float
    window_s: float | None
    oxygen: bool

    def _set_up(self) -> None:
        """Read the options."""
        self._names = PARTICLES[choice("particle", self.particle, PARTICLES)]
        for name in ("mass_name", "coupling_name", "signal_power", "mass_range"):
            setattr(self, name, getattr(self._names, name))
        search = neutrino_events.Search(
            protons=self._protons(),
            distance_kpc=self._distance_kpc(),
            e_min_mev=number("e_min_mev", self.e_min_mev, 20.0, 300.0, unit="MeV"),
            escape_km=number("escape_km", self.escape_km, 0.1, 1e6, unit="km"),
            window_s=self._window(),
            cross_section=self._cross_section(),
        )
        self._count = neutrino_events.Counter(self._parent(), source_of(self.source), search)

    @abstractmethod
    def _protons(self) -> float:
        """Free protons of all detectors, times their live fractions."""

    @abstractmethod
    def _distance_kpc(self) -> float:
        """Of the supernova."""

    def _in_water(self) -> bool:
        """Whether there is oxygen."""
        return True

    def _parent(self) -> Parent:
        """What decays."""
        if self.particle == "majoron":
            return Majoron(self.flavour)
        return GaugeBoson(self.model) if self.particle == "zprime" else HeavyNeutrino()

    def _window(self) -> float | None:
        if self.window_s is None:
            return None
        return number("window_s (a number, or null: any delay)", self.window_s, 1e-3, 1e12, "s")

    def _cross_section(self) -> Any:
        if not flag("oxygen", self.oxygen):
            return neutrino_events.inverse_beta
        if not self._in_water():
            raise RangeError("oxygen = True, but this detector holds no water; give false.")
        return neutrino_events.of_water

    def _unit_signal(self, mass: float) -> Array:
        return np.array([self._count(mass)(1.0)])

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        masses, couplings = np.broadcast_arrays(
            np.asarray(mass, dtype=float), np.asarray(coupling, dtype=float)
        )
        strength = np.minimum(np.abs(couplings), self._names.largest) ** self.signal_power
        found = np.empty(masses.shape)
        for one in np.unique(masses):
            checked = number(self.mass_name, one, *self.mass_range, unit=self.mass_unit)
            here = masses == one
            found[here] = self._count(checked)(strength[here])
        return found[..., None]

    def _loglike_of(self, signal: Array) -> Array:
        return -signal[..., 0]


class HighEnergyNu87A(_NoEvents):
    """No event above 75 MeV in Kamiokande-II and IMB from SN 1987A (arXiv:2312.13627). Estimate.

    Majorons of one flavour, Z' of L_μ − L_τ or B − L, heavy neutral leptons mixed with ν_τ. Data is
    that there was no such event (the highest had about 40 MeV); the source is typical numbers, and
    no efficiency of the detectors counts. Only the paper's abstract could be read.
    """

    _observes = (Observation("that SN 1987A made no neutrinos of high energy", "keep one of them"),)

    def _protons(self) -> float:
        return sum(one.protons * one.live for one in map(facility, ("imb", "kamiokande_ii")))

    def _distance_kpc(self) -> float:
        return DISTANCE_SN1987A_KPC


class GalacticNuForecast(_NoEvents):
    """The same for the next supernova in the galaxy: Super-K, Hyper-K or JUNO see none. Forecast.

    Without background: that holds for seconds, not for days (option `window_s`).
    """

    # Options: see GalacticNuForecast.yaml.
    detector: str
    distance_kpc: float

    def _protons(self) -> float:
        return self._facility().protons

    def _distance_kpc(self) -> float:
        return number("distance_kpc", self.distance_kpc, 0.01, 1e3, unit="kpc")

    def _in_water(self) -> bool:
        return self._facility().formula == "H2O"

    def _facility(self) -> Any:
        return facility(DETECTORS[choice("detector", self.detector, DETECTORS)])


#: Rows of the catalogue of facilities, by the option.
DETECTORS = {"sk": "super_k", "hk": "hyper_k", "juno": "juno"}
