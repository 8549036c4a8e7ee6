"""Heavy neutral leptons N that mix with ν_τ: production in a supernova, widths, decays.

Dirac N (a Majorana one has twice the widths). Made by ν_τ N' → N N' on nucleons N' at rest, and
by antineutrinos, in equal numbers (no chemical potential of ν_τ). Left out: blocking of nucleons
and their motion, charged currents, νν̄ → N ν̄ and other reactions without nucleons, matter effects on
the mixing: an estimate within factors. Widths: Gorbunov & Shaposhnikov, 0705.1729 (known gap: typed
from the literature, not checked there).
"""

from __future__ import annotations

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import (
    F_PION_GEV,
    G_AXIAL,
    G_FERMI_GEV2,
    LEPTON_MASSES_GEV,
    M_PION_NEUTRAL_GEV,
    SIN2_THETA_W,
)
from hotaxion.theory.searches.supernova.neutrino_decays import Mode
from hotaxion.theory.searches.supernova.neutrino_sources import NeutrinoSource

_G_FERMI = 1e-6 * G_FERMI_GEV2  # [1/MeV²]
_F_PION = 1e3 * np.sqrt(2.0) * F_PION_GEV  # of π⁰ → vacuum, 130 MeV
_M_PION = 1e3 * M_PION_NEUTRAL_GEV
_M_ELECTRON = 1e3 * LEPTON_MASSES_GEV["e"]
# |M|² of N → ν ν_β ν̄_β is that of the muon's decay, where ν̄_β stands for the ν̄_e. One amplitude
# for each flavour; two that add where all are ν_τ.
_SHARES = (0.25, 0.25, 0.5)


def of_the_odd_one(y: Array) -> Array:
    """Energies of the ν̄_β in N → ν ν_β ν̄_β at rest: 12 y² (1 − y)."""
    return 12.0 * y**2 * (1.0 - y)


def of_the_others(y: Array) -> Array:
    """Energies of each of the two neutrinos there, and of ν in N → ν e⁺e⁻: 2 y² (3 − 2y)."""
    return 2.0 * y**2 * (3.0 - 2.0 * y)


class HeavyNeutrino:
    """N with the mixing |U_τ|² (its coupling, of which everything is the first power)."""

    def production(self, energy: Array, mass: float, source: NeutrinoSource) -> Array:
        """dN/(dV dt dE) of N and N̄ = 2 (E²/2π²) f(E) n_B σ, σ = G_F² (1 + 3g_A²) p E/4π.

        At |U_τ|² = 1; (energies, shells).
        """
        e = energy[:, None]
        p = np.sqrt(np.maximum(e**2 - mass**2, 0.0))
        cross_section = _G_FERMI**2 * (1.0 + 3.0 * G_AXIAL**2) / (4.0 * np.pi) * p * e
        filled = np.exp(-np.logaddexp(0.0, e / source.temperature))
        return np.asarray(e**2 / np.pi**2 * filled * source.nucleons * cross_section)

    def widths(self, mass: float) -> dict[str, float]:
        """Γ(N → 3ν), Γ(N → ν π⁰), Γ(N → ν e⁺e⁻) [MeV] at |U_τ|² = 1."""
        scale = _G_FERMI**2 * mass**3
        three = scale * mass**2 / (192.0 * np.pi**3)
        room = max(1.0 - (_M_PION / mass) ** 2, 0.0)
        s2 = SIN2_THETA_W
        electrons = 0.25 * (1.0 - 4.0 * s2 + 8.0 * s2**2) if mass > 2.0 * _M_ELECTRON else 0.0
        return {
            "3nu": three,
            "nu_pi0": scale * _F_PION**2 / (32.0 * np.pi) * room**2,
            "nu_ee": electrons * three,
        }

    def width(self, mass: float) -> float:
        """Of all decays [MeV]."""
        return sum(self.widths(mass).values())

    def modes(self, mass: float) -> tuple[Mode, ...]:
        """Of N the odd one; of N̄ both others, and ν̄_τ beside π⁰ and beside e⁺e⁻: their average."""
        total = self.width(mass)
        three, pion, electrons = (0.5 * one / total for one in self.widths(mass).values())
        e, mu, tau = (three * share for share in _SHARES)
        others = (e, mu, tau + three + electrons)
        found = [Mode((e, mu, tau), 1.0, of_the_odd_one), Mode(others, 1.0, of_the_others)]
        if pion > 0.0:
            found.append(Mode((0.0, 0.0, pion), 1.0 - (_M_PION / mass) ** 2))
        return tuple(found)
