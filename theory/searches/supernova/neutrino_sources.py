"""Cores of supernovae as shells that emit what neutrinos in them make.

Neutrinos are in equilibrium in each shell, with a chemical potential of electron neutrinos; muon
and tau neutrinos have none. Particles leave without being absorbed. Two sources stand for what one
does not know: a single zone, and a mantle that is hottest off the centre, as simulations have it.
Both are typical numbers of the literature, not taken from one simulation (known gap).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import ERG_PER_MEV, HBAR_C_EV_M, HBAR_EV_S
from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.quadrature import unit_nodes
from hotaxion.theory.searches.supernova.profiles import FIDUCIAL_CORE, nucleon_density_mev3

HBAR_MEV_S = 1e-6 * HBAR_EV_S
HBAR_C_MEV_CM = 1e-4 * HBAR_C_EV_M
#: Of energies [MeV] in the quadratures: where spectra have fallen by e^-25.
_TEMPERATURES = 25.0


class Made(Protocol):
    """What a shell makes."""

    def production(self, energy: Array, mass: float, source: NeutrinoSource) -> Array:
        """dN/(dV dt dE) in natural units [MeV³] at coupling one, (energies, shells)."""


@dataclass(frozen=True, eq=False)
class NeutrinoSource:
    """Shells that shine for a while.

    volume_cm3, temperature, mu_nue, density : of each shell [cm³, MeV, MeV, g/cm³]; mu_nue is the
        chemical potential of electron neutrinos.
    duration_s : of the emission, which is constant meanwhile.
    """

    volume_cm3: Array
    temperature: Array
    mu_nue: Array
    density: Array
    duration_s: float

    def chemical_potential(self, flavour: str) -> Array:
        """Of neutrinos of a flavour (e, mu, tau), in each shell [MeV]."""
        return self.mu_nue if flavour == "e" else np.zeros_like(self.mu_nue)

    @property
    def nucleons(self) -> Array:
        """Per volume, in each shell [MeV³]."""
        return nucleon_density_mev3(self.density)

    @property
    def highest_energy(self) -> float:
        """Energy [MeV] above which two neutrinos, of any flavour, have next to nothing."""
        return float(np.max(2.0 * self.mu_nue + _TEMPERATURES * self.temperature))

    def emitted(self, made: Made, energy: Array, mass: float) -> Array:
        """Particles that all shells make, at each total energy [1/MeV], at coupling one."""
        rate = made.production(energy, mass, self)
        return rate @ self.volume_cm3 * self.duration_s / (HBAR_C_MEV_CM**3 * HBAR_MEV_S)

    def luminosity(self, made: Made, mass: float) -> float:
        """Energy that leaves in them for each second [erg/s], at coupling one."""
        energy, weight = energies(mass, mass + self.highest_energy, 200)
        total = np.sum(weight * energy * self.emitted(made, energy, mass))
        return float(total * ERG_PER_MEV / self.duration_s)


def energies(low: float, high: float, count: int) -> tuple[Array, Array]:
    """Nodes and weights of a quadrature over energies, dense near the low end."""
    root, weight = unit_nodes(count)
    return low + (high - low) * root**2, 2.0 * (high - low) * root * weight


@dataclass(frozen=True)
class OneZone:
    """A uniform ball.

    radius_km, duration_s : [km, s].
    temperature, mu_nue : [MeV].
    density : [g/cm³].
    """

    radius_km: float = 10.0
    temperature: float = 30.0
    mu_nue: float = 150.0
    density: float = 3e14
    duration_s: float = 3.0

    def source(self) -> NeutrinoSource:
        """The ball as one shell."""
        volume = 4.0 * np.pi / 3.0 * (1e5 * self.radius_km) ** 3
        return NeutrinoSource(
            volume_cm3=np.array([volume]),
            temperature=np.array([self.temperature]),
            mu_nue=np.array([self.mu_nue]),
            density=np.array([self.density]),
            duration_s=self.duration_s,
        )


@dataclass(frozen=True)
class Mantle:
    """Hottest off the centre: T = centre + rise e^−((r − r_hot)/inside)² below the radius r_hot.

    Outside T falls from its maximum as e^−((r − r_hot)/outside)², to `coldest` at least, and the
    chemical potential is mu_nue [1 − (r/degenerate_km)²], not below 0. The density is that of
    `profiles.FIDUCIAL_CORE`. Radii in km, energies in MeV.
    """

    centre: float = 12.0
    rise: float = 23.0
    hot_km: float = 9.5
    inside_km: float = 4.0
    outside_km: float = 5.0
    coldest: float = 3.0
    mu_nue: float = 150.0
    degenerate_km: float = 12.0
    low_km: float = 0.5
    high_km: float = 20.0
    shells: int = 40
    duration_s: float = 3.0

    def source(self) -> NeutrinoSource:
        """The mantle in shells even in the radius."""
        r = np.linspace(self.low_km, self.high_km, self.shells)
        away = r - self.hot_km
        inside = self.centre + self.rise * np.exp(-((away / self.inside_km) ** 2))
        outside = (self.centre + self.rise) * np.exp(-((away / self.outside_km) ** 2))
        steps = np.diff(r)
        thick = 0.5 * (np.append(0.0, steps) + np.append(steps, 0.0))  # trapezoids
        core = FIDUCIAL_CORE.profile(self.low_km, self.high_km)
        return NeutrinoSource(
            volume_cm3=4.0 * np.pi * r**2 * thick * 1e15,
            temperature=np.where(away < 0.0, inside, np.maximum(outside, self.coldest)),
            mu_nue=self.mu_nue * np.maximum(1.0 - (r / self.degenerate_km) ** 2, 0.0),
            density=np.interp(r, core.radius_km, core.density),
            duration_s=self.duration_s,
        )


#: By the name of the option.
SOURCES: dict[str, OneZone | Mantle] = {"one_zone": OneZone(), "mantle": Mantle()}


def source_of(given: object) -> NeutrinoSource:
    """A source by its name, or one zone with some of its numbers changed.

    Parameters
    ----------
    given : "one_zone", "mantle", or a mapping of attributes of `OneZone`.

    Raises
    ------
    HotAxionError : for another name, and for numbers that make no star.
    """
    if not isinstance(given, Mapping):
        return SOURCES[choice("source (or numbers of a zone)", given, SOURCES)].source()
    names = [one.name for one in fields(OneZone)]
    changed: dict[str, float] = {}
    for name, value in given.items():
        if name not in names:
            raise UnknownOptionError("number of a source", name, names)
        changed[name] = number(f"{name} of a source", value, *_ALLOWED[name], above=True)
    return OneZone(**changed).source()


_ALLOWED: dict[Any, tuple[float, float]] = {
    "radius_km": (0.0, 100.0),
    "temperature": (1.0, 100.0),
    "mu_nue": (-1e-9, 400.0),
    "density": (0.0, 1e16),
    "duration_s": (0.0, 100.0),
}
