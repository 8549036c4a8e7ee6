"""Axion-like particles that couple to electroweak bosons: couplings, widths, Z decays, S.

L = -1/4 g_aww a W W~ - 1/4 g_abb a B B~ (arXiv:2501.15250 and the literature before it; of that
paper only the abstract could be read). Couplings in 1/GeV, masses and widths in GeV.

Lepton couplings are the leading logarithm of the loop, from the cutoff down. Not in: constant terms
beside the logarithms, hadronic decays (a -> 3 pi and all above: widths there are partial, as are
those to quarks), a -> W W*, loop corrections of the photon coupling, direct couplings to fermions
or gluons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import (
    ALPHA_EM,
    ALPHA_EM_M_Z,
    HBAR_C_EV_M,
    LEPTON_MASSES_GEV,
    M_PION_NEUTRAL_GEV,
    M_W_GEV,
    M_Z_GEV,
    SIN2_THETA_W,
    Z_WIDTH_GEV,
)

#: Above it a decays to hadrons, too: widths are partial [GeV].
HADRONS_ABOVE_GEV = 3.0 * M_PION_NEUTRAL_GEV
CUTOFF_GEV = 1000.0
#: Photons, leptons, a Z and a photon.
MODES = ("photons", *LEPTON_MASSES_GEV, "z_photon")

_COS2 = 1.0 - SIN2_THETA_W
_SIN_2_THETA = 2.0 * sqrt(SIN2_THETA_W * _COS2)
_ALPHA_2 = ALPHA_EM_M_Z / SIN2_THETA_W
_ALPHA_Y = ALPHA_EM_M_Z / _COS2
_HYPERCHARGES = 0.25 + 1.0  # Y_L^2 + Y_R^2 of charged leptons
_HBAR_C_GEV_M = HBAR_C_EV_M * 1e-9


def photon_coupling(g_aww: ArrayLike, g_abb: ArrayLike) -> Array:
    """g_agamma = s^2 g_aww + c^2 g_abb, of L = -1/4 g_agamma a F F~ [1/GeV]."""
    return SIN2_THETA_W * np.asarray(g_aww, dtype=float) + _COS2 * np.asarray(g_abb, dtype=float)


def z_photon_coupling(g_aww: ArrayLike, g_abb: ArrayLike) -> Array:
    """g_aZgamma = 2 s c (g_aww - g_abb), of L = -1/4 g_aZgamma a Z F~ [1/GeV]."""
    difference = np.asarray(g_aww, dtype=float) - np.asarray(g_abb, dtype=float)
    return _SIN_2_THETA * difference


def lepton_coupling(
    lepton_mass_gev: float,
    mass_gev: float,
    g_aww: ArrayLike,
    g_abb: ArrayLike,
    cutoff_gev: float = CUTOFF_GEV,
) -> Array:
    """C of L = (C/2) d_mu a l gamma^mu gamma5 l from loops of bosons, leading logarithms [1/GeV].

    C = (3/4 pi) ln(cutoff/M_W) [3/4 alpha_2 g_aww + 5/4 alpha_Y g_abb]
      + (3 alpha/2 pi) g_agamma ln(M_W / max(m_l, m_a)):
    above M_W all bosons, below it the photon alone (the logarithms of arXiv:1708.00443). For an ALP
    above M_W the first one ends at its mass and there is no second one.

    Parameters
    ----------
    lepton_mass_gev, mass_gev : of the lepton and of the ALP.
    cutoff_gev : where the coupling to leptons is zero; above M_W and the mass.
    """
    g_aww, g_abb = np.asarray(g_aww, dtype=float), np.asarray(g_abb, dtype=float)
    high = log(cutoff_gev / max(M_W_GEV, mass_gev))
    low = log(M_W_GEV / min(max(lepton_mass_gev, mass_gev), M_W_GEV))
    bosons = 0.75 * _ALPHA_2 * g_aww + _HYPERCHARGES * _ALPHA_Y * g_abb
    photons = 1.5 * ALPHA_EM / pi * photon_coupling(g_aww, g_abb)
    return 0.75 / pi * high * bosons + photons * low


def photon_width(mass_gev: float, g_agamma: ArrayLike) -> Array:
    """Of a -> gamma gamma: g^2 m^3 / 64 pi [GeV]."""
    return np.asarray(g_agamma, dtype=float) ** 2 * mass_gev**3 / (64.0 * pi)


def lepton_width(mass_gev: float, lepton_mass_gev: float, coupling: ArrayLike) -> Array:
    """Of a -> l l: C^2 m_l^2 m_a beta / 8 pi [GeV]; 0 below threshold."""
    beta = sqrt(max(0.0, 1.0 - (2.0 * lepton_mass_gev / mass_gev) ** 2))
    squared = np.asarray(coupling, dtype=float) ** 2
    return squared * lepton_mass_gev**2 * mass_gev * beta / (8.0 * pi)


def z_photon_width(mass_gev: float, g_azgamma: ArrayLike) -> Array:
    """Of a -> Z gamma: g^2 m^3 (1 - M_Z^2/m^2)^3 / 128 pi [GeV]; 0 below threshold."""
    phase_space = max(0.0, 1.0 - (M_Z_GEV / mass_gev) ** 2) ** 3
    return np.asarray(g_azgamma, dtype=float) ** 2 * mass_gev**3 * phase_space / (128.0 * pi)


def z_to_alp_width(mass_gev: float, g_azgamma: ArrayLike) -> Array:
    """Of Z -> a gamma: g^2 M_Z^3 (1 - m^2/M_Z^2)^3 / 384 pi [GeV]; 0 above M_Z.

    The amplitude of a -> Z gamma crossed, over the three polarisations of the Z.
    """
    phase_space = max(0.0, 1.0 - (mass_gev / M_Z_GEV) ** 2) ** 3
    return np.asarray(g_azgamma, dtype=float) ** 2 * M_Z_GEV**3 * phase_space / (384.0 * pi)


def oblique_s(g_aww: ArrayLike, g_abb: ArrayLike, cutoff_gev: float = CUTOFF_GEV) -> Array:
    """S = 32 alpha M_Z^2 C_WW C_BB (ln(cutoff^2/M_Z^2) - 1), C_ii = -g_i / 4 g_gauge^2.

    Of an ALP far below M_Z (arXiv:1708.00443; the constant beside the logarithm is theirs: known
    gap, not checked). T is zero; U has no such logarithm and is left out.
    """
    product = np.asarray(g_aww, dtype=float) * np.asarray(g_abb, dtype=float)
    gauge = (4.0 * pi) ** 2 * _ALPHA_2 * _ALPHA_Y  # g_2^2 g_Y^2
    logarithm = 2.0 * log(cutoff_gev / M_Z_GEV) - 1.0
    return 32.0 * ALPHA_EM_M_Z * M_Z_GEV**2 * product / (16.0 * gauge) * logarithm


@dataclass(frozen=True, eq=False)
class ALP:
    """One mass with couplings, numbers or arrays that go together.

    mass_gev : above 0 [GeV].
    g_aww, g_abb : [1/GeV], of either sign.
    cutoff_gev : of `lepton_coupling` [GeV].
    """

    mass_gev: float
    g_aww: ArrayLike
    g_abb: ArrayLike
    cutoff_gev: float = CUTOFF_GEV

    @property
    def partial(self) -> bool:
        """Whether there are hadronic decays, which `widths` leaves out."""
        return self.mass_gev > HADRONS_ABOVE_GEV

    @cached_property
    def widths(self) -> dict[str, Array]:
        """Width of each of MODES [GeV]."""
        both = (self.g_aww, self.g_abb)
        leptons = {}
        for name, lepton in LEPTON_MASSES_GEV.items():
            coupling = lepton_coupling(lepton, self.mass_gev, *both, self.cutoff_gev)
            leptons[name] = lepton_width(self.mass_gev, lepton, coupling)
        return {
            "photons": photon_width(self.mass_gev, photon_coupling(*both)),
            **leptons,
            "z_photon": z_photon_width(self.mass_gev, z_photon_coupling(*both)),
        }

    @cached_property
    def width(self) -> Array:
        """Sum of `widths` [GeV]; above HADRONS_ABOVE_GEV a part of the whole."""
        return np.asarray(sum(self.widths.values()))

    @cached_property
    def _divisor(self) -> Array:
        return np.where(self.width > 0.0, self.width, 1.0)

    def branching_ratio(self, mode: str) -> Array:
        """Of one of MODES; 0 where nothing decays."""
        return self.widths[mode] / self._divisor

    @property
    def decay_length_m(self) -> Array:
        """c tau [m] at rest; infinite without couplings."""
        with np.errstate(divide="ignore"):
            return np.asarray(_HBAR_C_GEV_M / self.width)

    def survival(self, length_m: float, momentum_gev: float) -> Array:
        """Probability to leave a detector: exp(-length m / (p c tau))."""
        per_width = length_m * self.mass_gev / (momentum_gev * _HBAR_C_GEV_M)
        return np.exp(-per_width * self.width)

    @cached_property
    def from_z(self) -> Array:
        """Branching ratio of Z -> a gamma."""
        coupling = z_photon_coupling(self.g_aww, self.g_abb)
        return z_to_alp_width(self.mass_gev, coupling) / Z_WIDTH_GEV
