"""Pions in the core of a supernova that turn into vector bosons: π⁻ p → n X (2211.15677).

Negative pions are a free Bose gas; nucleons are heavy and at rest, so that ω = E_π. The amplitude
is the contact one of Kroll & Ruderman, isovector, σv = (g²/4π)(g_A/f_π)²(k/E), which detailed
balance gives within 1 % from the measured photoproduction at threshold; the longitudinal one is
made gauge invariant by the pole of a pion at rest. In the plasma each polarisation keeps
`Boson.isovector` of it.

One zone; natural units, MeV. Not in: interactions of pions (an attractive p-wave), the Δ(1232),
pions with momentum in the longitudinal amplitude, blocking of the neutron, effective masses of
nucleons, bremsstrahlung. A factor of two in the coupling is what this is good for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.constants import M_PION_CHARGED_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.searches.supernova.bosons import Boson, Emission
from hotaxion.theory.searches.supernova.electron_plasma import ElectronPlasma
from hotaxion.theory.searches.supernova.profiles import (
    HBAR_C_MEV_KM,
    OneZone,
    nucleon_density_mev3,
)
from hotaxion.theory.searches.supernova.resonance import ERG_S_PER_MEV2

M_PION = 1e3 * M_PION_CHARGED_GEV
G_AXIAL = 1.2754  # of the nucleon, PDG 2022
#: Decay constant [MeV], of Kroll and Ruderman's amplitude; PDG's, in `constants`, is 0.1 % less.
F_PION = 92.4
_NODES = 96
_LAST = 45.0  # of (E − μ)/T
_KM = 1.0 / HBAR_C_MEV_KM  # [1/MeV]


@dataclass(frozen=True)
class PionGas:
    """A free Bose gas of negative pions.

    temperature : T [MeV].
    mu : chemical potential, with the mass [MeV]: that of neutrons less that of protons.

    Raises
    ------
    RangeError : T not above 0; a potential below −1 GeV, or above the mass, where pions condense.
    """

    temperature: float
    mu: float

    def __post_init__(self) -> None:
        number("temperature", self.temperature, 0.0, unit="MeV", above=True)
        number("mu_pi", self.mu, -1e3, M_PION, unit="MeV")

    @classmethod
    def of_density(cls, temperature: float, density: float) -> PionGas:
        """From a density [MeV³]; RangeError where that is more than the gas can hold."""
        most = cls(temperature, M_PION).density
        density = number("density of pions", density, 0.0, most, unit="MeV^3", above=True)

        def excess(mu: float) -> float:
            return float(np.log(cls(temperature, mu).density / density))

        low = max(-1e3, M_PION - 600.0 * temperature)
        if excess(low) > 0.0:
            raise RangeError("density of pions is too small for a gas; give more, or a potential.")
        return cls(temperature, float(brentq(excess, low, M_PION, xtol=1e-10)))

    def occupation(self, energy: ArrayLike) -> Array:
        """1/(exp((E − μ)/T) − 1)."""
        x = (np.asarray(energy, dtype=float) - self.mu) / self.temperature
        return 1.0 / np.expm1(np.minimum(x, 700.0))

    def momenta(self) -> tuple[Array, Array]:
        """Nodes [MeV] and weights of an integral over all momenta."""
        top = max(self.mu, 0.0) + _LAST * self.temperature
        return momentum_grid(_NODES, float(np.hypot(top, M_PION)))

    @property
    def density(self) -> float:
        """[MeV³]."""
        p, weight = self.momenta()
        occupied = self.occupation(np.hypot(p, M_PION))
        return float(np.sum(weight * p**2 * occupied) / (2.0 * np.pi**2))


def pion_gas(zone: OneZone, y_pi: float | None = None, mu_pi: float | None = None) -> PionGas:
    """Pions of a zone, from their number over that of nucleons or from their potential.

    Raises
    ------
    RangeError : both, none, or one that a free gas cannot have.
    """
    if (y_pi is None) == (mu_pi is None):
        raise RangeError("of y_pi and mu_pi exactly one is needed; the other one follows.")
    if mu_pi is not None:
        return PionGas(zone.temperature, mu_pi)
    nucleons = float(nucleon_density_mev3(zone.density))
    most = PionGas(zone.temperature, M_PION).density / nucleons
    y_pi = number("y_pi", y_pi, 0.0, most, above=True)  # beyond it pions condense
    return PionGas.of_density(zone.temperature, y_pi * nucleons)


def pion_fraction(zone: OneZone, gas: PionGas) -> float:
    """Y_π: pions for each nucleon."""
    return float(gas.density / nucleon_density_mev3(zone.density))


def capture(energy: ArrayLike, mass: float) -> Array:
    """σv of π⁻ p → n X [MeV⁻²] over g²/4π, two transverse polarisations: (g_A/f_π)² k/E."""
    omega = np.asarray(energy, dtype=float)
    return (G_AXIAL / F_PION) ** 2 * np.sqrt(np.maximum(omega**2 - mass**2, 0.0)) / omega


def longitudinal_ratio(energy: ArrayLike, mass: float) -> Array:
    """|longitudinal amplitude|² over that of one transverse one: [ω m/(2ω² − m²)]².

    Contact and pion pole, pion at rest: m²/4ω² for a light boson, 1 at threshold.
    """
    omega = np.asarray(energy, dtype=float)
    return np.asarray((omega * mass / (2.0 * omega**2 - mass**2)) ** 2)


@dataclass(frozen=True)
class PionSource:
    """What the pions of one zone shine with, without absorption.

    damping : width of photons in the plasma, over the real part of Π.
    """

    boson: Boson
    zone: OneZone
    gas: PionGas
    damping: float

    def spectrum(self, mass: float, energy: ArrayLike) -> Array:
        """dL/dω at coupling 1 [erg/s/MeV].

        Parameters
        ----------
        mass : [MeV], at most that of the pion.
        energy : ω [MeV]; 0 below the mass of the pion.
        """
        mass = number("mass", mass, 0.0, M_PION, unit="MeV", above=True)
        omega = np.maximum(np.asarray(energy, dtype=float), M_PION)
        return self._pion_power(omega) * self._rate(mass, omega)

    def emission(self, mass: float, coupling: ArrayLike) -> Emission:
        """The same as lines, for couplings (n)."""
        mass = number("mass", mass, 0.0, M_PION, unit="MeV", above=True)
        omega, pions = self._lines
        power = pions * self._rate(mass, omega)
        return Emission(omega, np.asarray(coupling, dtype=float)[:, None] ** 2 * power)

    @cached_property
    def _lines(self) -> tuple[Array, Array]:
        """Energies, and what makes a rate there a power; for all masses."""
        p, weight = self.gas.momenta()
        omega = np.hypot(p, M_PION)
        return omega, weight * p / omega * self._pion_power(omega)

    def _pion_power(self, omega: Array) -> Array:
        """Pions for each energy, times all that makes a rate a power."""
        momentum = np.sqrt(omega**2 - M_PION**2)
        pions = momentum * omega * self.gas.occupation(omega) / (2.0 * np.pi**2)
        return self._zone_power * pions * omega

    @property
    def _zone_power(self) -> float:
        """Protons in the zone, in the unit that makes a rate times an energy a power."""
        protons = self.zone.proton_fraction * nucleon_density_mev3(self.zone.density)
        volume = 4.0 * np.pi / 3.0 * (self.zone.radius_km * _KM) ** 3
        return float(ERG_S_PER_MEV2 * protons * volume)

    def _rate(self, mass: float, omega: Array) -> Array:
        """σv [MeV⁻²] in the plasma, both kinds of polarisation."""
        slowness = (mass / omega) ** 2
        plasma = fast_plasma(self.zone.omega_p)
        across = self.boson.isovector(mass, plasma.transverse(slowness), self.damping)
        along = self.boson.isovector(mass, plasma.longitudinal(slowness), self.damping)
        kinds = across + 0.5 * longitudinal_ratio(omega, mass) * along
        return np.asarray(self.boson.alpha * capture(omega, mass) * kinds)


def fast_plasma(omega_p: float) -> ElectronPlasma:
    """Electrons with v_* = 1 and a plasma frequency [MeV]; no more is known of them."""
    unknown = np.asarray(np.nan)
    return ElectronPlasma(np.asarray(omega_p), np.asarray(0.0), mu=unknown, pressure=unknown)
