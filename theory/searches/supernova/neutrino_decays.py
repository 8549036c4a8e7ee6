"""Spectra of the antineutrinos that a moving particle decays to, and their flavours at Earth.

In its rest frame a particle of mass m decays isotropically, and an antineutrino has the energy
y m/2. In flight, with energy E and momentum p, the Doppler factor spreads that evenly:

    E_ν = y ε,  ε from (E − p)/2 to (E + p)/2 with the density 1/p.

So a spectrum is a density f(y) beside a box of ε, whatever the velocity. The delay of such a
neutrino against light is as simple: τ m/(2ε), where τ is the proper time that the particle lived
(exact for massless neutrinos and a distance far above the path of the particle).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import NEUTRINO_MIXING
from hotaxion.theory.quadrature import unit_nodes
from hotaxion.theory.searches.supernova.neutrino_sources import NeutrinoSource

FLAVOURS = ("e", "mu", "tau")
_NODES = 16  # in y: exact for the densities here, nearly so times a cross-section

#: Antineutrinos by flavour (e, mu, tau), in each decay.
Yields = tuple[float, float, float]


@dataclass(frozen=True)
class Mode:
    """Antineutrinos of decays into one final state.

    yields : number of them in each decay of the particle, whatever it decays to; the average of
        particle and antiparticle.
    largest : their greatest energy at rest, over m/2.
    density : f(y), ∫ f dy = 1 from 0 to 1, where `largest` is one; None for a line at `largest`.
    """

    yields: Yields
    largest: float = 1.0
    density: Callable[[Array], Array] | None = None

    def smeared(self, function: Callable[[Array], Array], low: float, eps: ArrayLike) -> Array:
        """∫ f(y) function(y ε) dy over neutrinos with y ε > low, at each ε.

        Parameters
        ----------
        function : of the energy of the neutrino.
        low : least energy.
        """
        eps = np.asarray(eps, dtype=float)
        if self.density is None:
            energy = self.largest * eps
            return np.where(energy > low, function(np.maximum(energy, low)), 0.0)
        start = np.minimum(low / eps, 1.0)[..., None]
        nodes, weights = unit_nodes(_NODES)
        y = start + (1.0 - start) * nodes
        values = self.density(y) * function(np.maximum(y * eps[..., None], low))
        return (1.0 - start[..., 0]) * (values @ weights)


class Parent(Protocol):
    """A particle that a supernova makes and that decays to neutrinos.

    Production and width are those at coupling one; both are in proportion to the same power of it.
    """

    def production(self, energy: Array, mass: float, source: NeutrinoSource) -> Array:
        """dN/(dV dt dE) [MeV³], (energies, shells)."""

    def width(self, mass: float) -> float:
        """Of all decays [MeV]."""

    def modes(self, mass: float) -> tuple[Mode, ...]:
        """The antineutrinos."""


def flavour_probabilities(
    sines_squared: tuple[float, float, float] = NEUTRINO_MIXING, cos_delta: float = 0.0
) -> Array:
    """P_αβ = Σ_i |U_αi|² |U_βi|² over a long way through vacuum, (3, 3), of e, mu, tau.

    Parameters
    ----------
    sines_squared : sin² θ12, θ13, θ23.
    cos_delta : of the CP phase.
    """
    s2 = np.asarray(sines_squared)
    s12, s13, s23 = np.sqrt(s2)
    c12, c13, c23 = np.sqrt(1.0 - s2)
    phase = complex(cos_delta, np.sqrt(1.0 - cos_delta**2))
    one_two = np.array([[c12, s12, 0.0], [-s12, c12, 0.0], [0.0, 0.0, 1.0]])
    one_three = np.array([[c13, 0.0, s13 / phase], [0.0, 1.0, 0.0], [-s13 * phase, 0.0, c13]])
    two_three = np.array([[1.0, 0.0, 0.0], [0.0, c23, s23], [0.0, -s23, c23]])
    squares = np.abs(two_three @ one_three @ one_two) ** 2
    return np.asarray(squares @ squares.T)
