"""Vector bosons from the core of a supernova: SN 1987A cools, envelopes are heated. Estimates.

Physics, sources and what is not in: `hotaxion.theory.searches.supernova`, its modules `pions`,
`resonance`, `bosons` and `envelope`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.likelihoods.searches.companion import Threshold
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, flag, number, shown
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.stars import SN1987A_LUMINOSITY
from hotaxion.theory.searches.supernova import bosons, envelope
from hotaxion.theory.searches.supernova.bosons import Boson, Emission
from hotaxion.theory.searches.supernova.pions import PionSource, pion_gas
from hotaxion.theory.searches.supernova.profiles import FIDUCIAL_CORE, ONE_ZONE, Core, OneZone
from hotaxion.theory.searches.supernova.resonant_source import ResonantSource

CHANNELS = ("resonance", "pions")
_KEEP_ONE = "keep one of them"
_Star = TypeVar("_Star", Core, OneZone)


class Names(NamedTuple):
    """A boson, its parameters, and the channels that are known."""

    boson: Boson
    mass_name: str
    coupling_name: str
    channels: tuple[str, ...]


BOSONS = {
    "dark_photon": Names(bosons.DARK_PHOTON, "m_darkphoton", "epsilon", CHANNELS),
    "b_minus_l": Names(bosons.B_MINUS_L, "m_zprime", "g_zprime", ("pions",)),
}


class _FromTheCore(Threshold):
    """What leaves the core: a boson, the channels that make it, and the star."""

    mass_name = "m_darkphoton"
    mass_unit = "MeV"
    coupling_name = "epsilon"
    coupling_unit = ""
    signal_power = 2
    mass_range = (0.05, 139.0)  # [MeV]; up to the mass of the pion
    _reference = 1e-10

    # Options: see the YAML of the class.
    boson: str
    channels: list[str] | None
    y_pi: float | None
    mu_pi: float | None
    damping: float
    reabsorption: bool
    trapping_km: float
    zone: Any
    core: Any

    def _set_up(self) -> None:
        """Read the options, compute the table of the resonances."""
        super()._set_up()
        self._names = BOSONS[choice("boson", self.boson, BOSONS)]
        for name in ("mass_name", "coupling_name"):
            setattr(self, name, getattr(self._names, name))
        number("trapping_km", self.trapping_km, 0.0, 1e6, unit="km")
        self._sources = [self._source(name) for name in self._checked_channels()]

    def _checked_channels(self) -> list[str]:
        known = self._names.channels
        given = [*known] if self.channels is None else self.channels
        if not isinstance(given, list) or not given or len({*map(str, given)}) < len(given):
            raise RangeError(
                f"channels = {shown(self.channels)}; allowed is a list of different ones among "
                f"{', '.join(known)}, or null for all of them."
            )
        return [choice(f"channel of {self.boson}", name, known) for name in given]

    def _source(self, channel: str) -> PionSource | ResonantSource:
        if channel == "resonance":
            profile = _star("core", FIDUCIAL_CORE, self.core).profile()
            reabsorbed = flag("reabsorption", self.reabsorption)
            return ResonantSource(profile, self.mass_range[0], reabsorbed=reabsorbed)
        zone = _star("zone", ONE_ZONE, self.zone)
        gas = pion_gas(zone, self.y_pi, self.mu_pi)
        damping = number("damping", self.damping, 1e-4, 1.0)
        return PionSource(self._names.boson, zone, gas, damping)

    @abstractmethod
    def _signal_of(self, mass: float, couplings: Array, emission: Emission) -> Array:
        """The signal of one channel, (couplings)."""

    def _signal_at(self, mass: float, couplings: Array) -> Array:
        """The signal of all channels, (couplings)."""
        found = np.zeros(couplings.shape)
        for source in self._sources:
            made = source.emission(mass, couplings)
            left = made.leaving(self._names.boson, mass, couplings, self.trapping_km)
            found += self._signal_of(mass, couplings, left)
        return found

    def _unit_signal(self, mass: float) -> Array:
        return self._signal_at(mass, np.array([self._reference]))

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        masses, couplings = np.broadcast_arrays(
            np.asarray(mass, dtype=float), np.asarray(coupling, dtype=float)
        )
        found = np.empty(masses.shape)
        for one in np.unique(masses):
            checked = number(self.mass_name, one, *self.mass_range, unit=self.mass_unit)
            found[masses == one] = self._signal_at(checked, np.abs(couplings[masses == one]))
        return found[..., None]


class SN1987ACooling(_FromTheCore):
    """Cooling of SN 1987A by dark photons or bosons of B−L (arXiv:2211.15677). Estimate.

    Luminosity of the core one second after the bounce, from resonances with photons of the plasma
    (dark photons alone) and from pions, against 3e52 erg/s. Typical cores and a guessed number of
    pions; of the paper only the abstract could be read. Not in: bremsstrahlung, so that bounds on
    B−L are those of pions alone. Bosons that decay within 10 km (at the mean energy of their
    channel) are trapped: strong couplings are not excluded above two electron masses; below,
    trapping is not modelled but in the resonances themselves (`reabsorption`). In a chain a
    penalty, see `Threshold`. `signal` is the luminosity [erg/s].
    """

    threshold = SN1987A_LUMINOSITY
    _observes = (Observation("the neutrinos of SN 1987A", _KEEP_ONE),)

    def _signal_of(self, mass: float, couplings: Array, emission: Emission) -> Array:
        return np.asarray(emission.power.sum(axis=-1))


class EnvelopeHeating(_FromTheCore):
    """Decays into e⁺e⁻ between the core of a supernova and space (arXiv:2211.15677). Estimate.

    ``criterion: energy``: what they leave in the envelope in a second stays below 1e50 erg in
    supernovae of low energy (2201.09890); `signal` in erg. ``criterion: positrons``: fewer than
    1.4e52 positrons leave for the Galaxy, whose annihilation would be seen at 511 keV; `signal` in
    positrons. Sources and trapping as in `SN1987ACooling`. In a chain a penalty, see `Threshold`.
    """

    threshold = envelope.LOW_ENERGY_SUPERNOVAE.most
    _observes = (Observation("energies of supernovae, or positrons from them", _KEEP_ONE),)

    # Options: see EnvelopeHeating.yaml.
    criterion: str
    radius_cm: float | None
    seconds: float

    def _set_up(self) -> None:
        """Read the options."""
        super()._set_up()
        found = envelope.CRITERIA[choice("criterion", self.criterion, envelope.CRITERIA)]
        radius = found.radius_cm if self.radius_cm is None else self.radius_cm
        self._envelope = replace(
            found,
            radius_cm=number("radius_cm", radius, 1e8, 1e18, unit="cm"),
            seconds=number("seconds", self.seconds, 1e-3, 1e3, unit="s"),
        )
        setattr(self, "threshold", found.most)  # noqa: B010  (a class attribute elsewhere)

    def _signal_of(self, mass: float, couplings: Array, emission: Emission) -> Array:
        return self._envelope.signal(self._names.boson, mass, couplings, emission)


def _star(name: str, fiducial: _Star, given: Any) -> _Star:
    """The fiducial one, with other numbers where an option gives some."""
    if given == "fiducial":
        return fiducial
    known = asdict(fiducial)
    if not isinstance(given, Mapping):
        raise RangeError(
            f"{name} = {shown(given)}; allowed are 'fiducial' and a mapping with some of "
            f"{', '.join(known)}."
        )
    for key, value in given.items():
        choice(f"entry of {name}", key, known)
        most = 1.0 if key.endswith("fraction") else 1e18
        number(f"{key} of {name}", value, 0.0, most, above=True)
    return replace(fiducial, **given)
