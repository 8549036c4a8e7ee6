"""Bosons of two neutrinos: ν ν → φ (majorons), ν ν̄ → Z' (gauge bosons), and their widths.

Neutrinos are massless, in equilibrium, and coalesce by the inverse of the decay. With the energy
E = E₁ + E₂ and the momentum p of the boson all that depends on the medium is

    J(E) = ∫ f(E₁; μ₁) f(E − E₁; μ₂) dE₁ from (E − p)/2 to (E + p)/2,

which is elementary. Not in: bremsstrahlung and other production of B−L in nucleons, muons of the
star, potentials of neutrinos in matter (they count below m ≈ 10 keV), blocking of the decay.
Formulae derived here and tested by detailed balance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice
from hotaxion.theory.constants import LEPTON_MASSES_GEV
from hotaxion.theory.searches.supernova.neutrino_decays import FLAVOURS, Mode, Yields
from hotaxion.theory.searches.supernova.neutrino_sources import NeutrinoSource

_NEAR = 1e-4  # of the pole at E = μ₁ + μ₂, in temperatures
_LARGEST = 700.0  # exponent


def overlap(
    energy: ArrayLike, mass: float, temperature: ArrayLike, mu_1: ArrayLike, mu_2: ArrayLike
) -> Array:
    """J(E) [MeV], of any shapes that go together.

    Equal to [b − a + T Σ_i ln((1 + e^−(b−μ_i)/T)/(1 + e^−(a−μ_i)/T))]/(e^(E−μ₁−μ₂)/T − 1), a, b =
    (E ∓ p)/2. The pole at E = μ₁ + μ₂ is one of the form, not of J: there it is interpolated.

    Parameters
    ----------
    energy, mass : of the boson, energy ≥ mass [MeV].
    temperature, mu_1, mu_2 : of the neutrinos [MeV].
    """
    e, t, mu_1, mu_2 = (np.asarray(one, dtype=float) for one in (energy, temperature, mu_1, mu_2))
    p = np.sqrt(np.maximum(e**2 - mass**2, 0.0))
    b = 0.5 * (e + p)
    a = 0.5 * mass**2 / (e + p)  # (E − p)/2 without cancellation
    place = (e - mu_1 - mu_2) / t
    near = np.abs(place) < _NEAR

    def form(at: Array) -> Array:
        """J with μ₂ moved, so that E − μ₁ − μ₂ is `at` temperatures."""
        moved = e - mu_1 - t * at
        logs = sum(
            np.logaddexp(0.0, (mu - b) / t) - np.logaddexp(0.0, (mu - a) / t)
            for mu in (mu_1, moved)
        )
        return (p + t * logs) / np.expm1(np.minimum(at, _LARGEST))

    found = form(np.where(near, _NEAR, place))
    if near.any():
        below, share = form(np.where(near, -_NEAR, place)), 0.5 * (1.0 + place / _NEAR)
        found = np.where(near, share * found + (1.0 - share) * below, found)
    return np.maximum(found, 0.0)


@dataclass(frozen=True)
class Majoron:
    """φ of one flavour α, L = −(g/2) φ ν_α ν_α + h.c. (Majorana neutrinos).

    Half of the decays are to two neutrinos, half to two antineutrinos: one of these on average.
    """

    flavour: str = "e"

    def __post_init__(self) -> None:
        choice("flavour", self.flavour, FLAVOURS)

    def production(self, energy: Array, mass: float, source: NeutrinoSource) -> Array:
        """dN/(dV dt dE) = (g m)²/(64π³) [J(μ, μ) + J(−μ, −μ)], g = 1; (energies, shells)."""
        mu = source.chemical_potential(self.flavour)
        both = sum(
            overlap(energy[:, None], mass, source.temperature, s * mu, s * mu) for s in (1.0, -1.0)
        )
        return np.asarray(mass**2 / (64.0 * np.pi**3) * both)

    def width(self, mass: float) -> float:
        """Γ = g² m/16π [MeV], g = 1."""
        return mass / (16.0 * np.pi)

    def modes(self, mass: float) -> tuple[Mode, ...]:
        """A line."""
        return (Mode(_one_of([self.flavour], 1.0)),)


@dataclass(frozen=True)
class GaugeBoson:
    """Z' with the vector coupling g to the flavours of L_μ − L_τ, or to B − L.

    B − L decays to electrons, too, and both to muons above 211 MeV; decays of B − L to hadrons
    (three pions, π⁰γ) are left out.
    """

    model: str = "lmlt"

    def __post_init__(self) -> None:
        choice("model", self.model, MODELS)

    @property
    def flavours(self) -> tuple[str, ...]:
        """Neutrinos that couple."""
        return MODELS[self.model]

    def production(self, energy: Array, mass: float, source: NeutrinoSource) -> Array:
        """dN/(dV dt dE) = (3mΓ₁/2π²) Σ_α J(μ_α, −μ_α), Γ₁ = m/24π; (energies, shells)."""
        total = np.zeros((energy.size, source.temperature.size))
        for flavour in self.flavours:
            mu = source.chemical_potential(flavour)
            total += overlap(energy[:, None], mass, source.temperature, mu, -mu)
        return 1.5 * mass * _of_one_flavour(mass) / np.pi**2 * total

    def width(self, mass: float) -> float:
        """Of all decays [MeV], g = 1: m/24π for each neutrino, and charged leptons."""
        charged = [one for one in self.flavours if one != "tau"]
        return len(self.flavours) * _of_one_flavour(mass) + sum(
            _of_leptons(mass, 1e3 * LEPTON_MASSES_GEV[one]) for one in charged
        )

    def branching_to_neutrinos(self, mass: float) -> float:
        """Of all decays."""
        return len(self.flavours) * _of_one_flavour(mass) / self.width(mass)

    def modes(self, mass: float) -> tuple[Mode, ...]:
        """A line: one antineutrino in each decay to neutrinos."""
        return (Mode(_one_of(self.flavours, self.branching_to_neutrinos(mass))),)


#: Flavours of neutrinos that couple, by the name of the model.
MODELS: dict[str, tuple[str, ...]] = {"lmlt": ("mu", "tau"), "bl": FLAVOURS}


def _of_one_flavour(mass: float) -> float:
    return mass / (24.0 * np.pi)


def _of_leptons(mass: float, m_lepton: float) -> float:
    """Γ(Z' → l⁺l⁻) = (m/12π)(1 + 2r)√(1 − 4r), r = (m_l/m)² [MeV]; 0 below threshold."""
    r = (m_lepton / mass) ** 2
    return float(mass / (12.0 * np.pi) * (1.0 + 2.0 * r) * np.sqrt(max(1.0 - 4.0 * r, 0.0)))


def _one_of(flavours: tuple[str, ...] | list[str], total: float) -> Yields:
    """`total` antineutrinos, of these flavours in equal shares."""
    e, mu, tau = (total / len(flavours) if one in flavours else 0.0 for one in FLAVOURS)
    return e, mu, tau
