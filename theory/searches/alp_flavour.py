"""Mesons that decay to axion-like particles, and mix through them, by loops with W bosons.

A coupling g_aww to W bosons gives g_ij d_mu a (d_j gamma^mu P_L d_i) at one loop, finite by the GIM
mechanism (arXiv:1611.09355). Couplings in 1/GeV, masses in GeV. Not in: the small g_bd in decays
(B -> pi a), loops of g_abb, running below M_W, form factor of K -> pi (0.97 at rest), errors of
form factors and of the CKM matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice
from hotaxion.theory.constants import (
    G_FERMI_GEV2,
    HBAR_EV_S,
    M_PION_CHARGED_GEV,
    M_PION_NEUTRAL_GEV,
    M_W_GEV,
)
from hotaxion.theory.errors import RangeError

_HBAR_GEV_S = HBAR_EV_S * 1e-9
#: Masses of the quarks in the loop [GeV], m_t at its own scale; that of u is none here.
QUARK_MASSES_GEV = {"c": 1.27, "t": 163.0}
#: CKM matrix, PDG 2024 (fit), in the phases where V_ud V_us* is real.
CKM: dict[str, complex] = {
    "td": 8.58e-3 * complex(np.exp(-1j * np.radians(22.2))),
    "ts": -0.04111,
    "tb": 0.9991,
    "cd": -0.22487,
    "cs": 0.97349,
    "cb": 0.04183,
}


def loop_function(x: ArrayLike) -> Array:
    """f(x) = x [1 + x (ln x - 1)] / (1 - x)^2, x = m_q^2/M_W^2; x for small x, 1/2 at 1."""
    x = np.asarray(x, dtype=float)
    d = x - 1.0
    near = np.abs(d) < 1e-3
    away = np.where(near | (x <= 0.0), 2.0, x)
    exact = away * (1.0 + away * (np.log(away) - 1.0)) / (1.0 - away) ** 2
    series = x * (0.5 - d / 6.0 + d**2 / 12.0)
    return np.where(near, series, np.where(x > 0.0, exact, 0.0))


def flavour_coupling(products: Mapping[str, complex], masses_gev: Mapping[str, float]) -> complex:
    """g_ij / g_aww = -(3 sqrt2 G_F M_W^2 / 16 pi^2) sum_q V_qi V_qj* f(m_q^2/M_W^2).

    Parameters
    ----------
    products : V_qi V_qj* of each up-type quark q.
    masses_gev : of these quarks.
    """
    scale = 3.0 * sqrt(2.0) * G_FERMI_GEV2 * M_W_GEV**2 / (16.0 * pi**2)
    loops = {q: float(loop_function((masses_gev[q] / M_W_GEV) ** 2)) for q in products}
    return complex(-scale * sum(products[q] * loops[q] for q in products))


def _coupling(start: str, end: str) -> complex:
    products = {q: CKM[q + start] * complex(CKM[q + end]).conjugate() for q in QUARK_MASSES_GEV}
    return flavour_coupling(products, QUARK_MASSES_GEV)


#: g_ij / g_aww of s -> d, b -> s, b -> d.
G_SD, G_BS, G_BD = _coupling("s", "d"), _coupling("b", "s"), _coupling("b", "d")


def _pole(strength: float, pole_gev2: float, q2: float) -> float:
    return strength / (1.0 - q2 / pole_gev2)


@dataclass(frozen=True)
class MesonDecay:
    """Parent -> daughter + a.

    parent_gev, daughter_gev : masses [GeV].
    lifetime_s : of the parent [s].
    coupling : g_ij / g_aww, or the part of it that counts.
    poles : form factor at q^2 = m_a^2, a sum of strength / (1 - q^2/pole), the pole in GeV^2.
    vector : whether the daughter is a vector meson.
    """

    parent_gev: float
    daughter_gev: float
    lifetime_s: float
    coupling: complex
    poles: tuple[tuple[float, float], ...] = ()
    vector: bool = False

    @property
    def threshold_gev(self) -> float:
        """Greatest mass of a [GeV]."""
        return self.parent_gev - self.daughter_gev

    def width_per_coupling(self, mass_gev: float) -> float:
        """Width over |g_ij|^2 [GeV^3]; 0 from the threshold on.

        M^3 (1 - m^2/M^2)^2 f^2 lambda^(1/2) / 64 pi for a pseudoscalar daughter of mass m,
        M^3 A_0^2 lambda^(3/2) / 64 pi for a vector,
        lambda = (1 - ((m + m_a)/M)^2) (1 - ((m - m_a)/M)^2).
        """
        if mass_gev >= self.threshold_gev:
            return 0.0
        above, below = self.daughter_gev + mass_gev, self.daughter_gev - mass_gev
        triangle = (1.0 - (above / self.parent_gev) ** 2) * (1.0 - (below / self.parent_gev) ** 2)
        form = sum(_pole(*one, mass_gev**2) for one in self.poles) if self.poles else 1.0
        if self.vector:
            kinematic = triangle**1.5
        else:
            kinematic = sqrt(triangle) * (1.0 - (self.daughter_gev / self.parent_gev) ** 2) ** 2
        return float(self.parent_gev**3 * form**2 * kinematic / (64.0 * pi))

    def branching_ratio(self, mass_gev: float, g_aww: ArrayLike) -> Array:
        """Of this decay; formal where it exceeds 1."""
        per_square = self.width_per_coupling(mass_gev) * self.lifetime_s / _HBAR_GEV_S
        return abs(self.coupling) ** 2 * per_square * np.asarray(g_aww, dtype=float) ** 2

    def scale_gev(self, branching_ratio: float) -> float:
        """F of (d_mu a / F) d gamma^mu s that gives a massless a this branching ratio [GeV]."""
        squared = branching_ratio * _HBAR_GEV_S / self.lifetime_s / self.width_per_coupling(0.0)
        return float(2.0 / sqrt(squared))  # a vector current is half of the left-handed one


# Masses and lifetimes: PDG 2024. B -> K: f_0 of hep-ph/0406232, B -> K*: A_0 of hep-ph/0412079,
# both rounded. K_L -> pi0 a violates CP: the imaginary part.
_K, _K_L, _B, _B0 = 0.493677, 0.497611, 5.27934, 5.27966
_F_0 = ((0.33, 38.0),)
_A_0 = ((1.36, 27.86), (-0.99, 36.8))
DECAYS = {
    "K+ -> pi+ a": MesonDecay(_K, M_PION_CHARGED_GEV, 1.238e-8, G_SD),
    "K_L -> pi0 a": MesonDecay(_K_L, M_PION_NEUTRAL_GEV, 5.116e-8, G_SD.imag),
    "B+ -> K+ a": MesonDecay(_B, _K, 1.638e-12, G_BS, _F_0),
    "B+ -> K*+ a": MesonDecay(_B, 0.89167, 1.638e-12, G_BS, _A_0, vector=True),
    "B0 -> K*0 a": MesonDecay(_B0, 0.89555, 1.517e-12, G_BS, _A_0, vector=True),
}


def vector_scale_gev(decay: str, branching_ratio: float) -> float:
    """F [GeV] at which one of DECAYS has this branching ratio; see `MesonDecay.scale_gev`."""
    return DECAYS[choice("decay", decay, DECAYS)].scale_gev(branching_ratio)


@dataclass(frozen=True)
class MesonMixing:
    """A neutral meson and its antiparticle, which exchange an ALP.

    mass_gev, decay_constant_gev : of the meson [GeV]; constants of FLAG.
    coupling : g_ij / g_aww.
    """

    mass_gev: float
    decay_constant_gev: float
    coupling: complex

    #: The exchange of one ALP is refused nearer to the mass of the meson than this share.
    NEAR = 0.1

    def near(self, mass_gev: float) -> bool:
        """Whether the ALP is too near to the meson for `splitting_gev`."""
        return bool(abs(mass_gev - self.mass_gev) < self.NEAR * self.mass_gev)

    @cached_property
    def _amplitude(self) -> float:
        return abs(self.coupling) * self.decay_constant_gev * self.mass_gev**2 / 2.0

    def splitting_gev(self, mass_gev: float, g_aww: ArrayLike) -> Array:
        """Its share of Delta M: (|g_ij| f m^2/2)^2 / (m |m^2 - m_a^2|) [GeV].

        The exchange of one particle; vacuum insertion of the operator that remains for a heavy ALP
        gives 5/6 of it.

        Raises
        ------
        RangeError : the ALP is within 10 % of the mass of the meson.
        """
        if self.near(mass_gev):
            raise RangeError(
                f"mass of the ALP = {mass_gev:g} GeV; for this mixing it must be more than "
                f"{100 * self.NEAR:g} % from the meson at {self.mass_gev:g} GeV."
            )
        mixing = (self._amplitude * np.asarray(g_aww, dtype=float)) ** 2
        return mixing / (self.mass_gev * abs(self.mass_gev**2 - mass_gev**2))


MIXINGS = {
    "K": MesonMixing(_K_L, 0.1557, G_SD),
    "B_d": MesonMixing(_B0, 0.190, G_BD),
    "B_s": MesonMixing(5.36693, 0.2303, G_BS),
}
