"""Soft bremsstrahlung of a core's protons and neutrons, beside which pions stand.

Dipole radiation of the proton in n p → n p X, energy of the soft boson small: dσ = (2α/3π)|Δv_p|²
dω/ω dσ_np with |Δv_p|² = (v²/2)(1 − cos θ), up to the energy m_N v²/4 of the centre of mass;
Maxwellian nucleons, one transport cross-section. In spirit 1511.09136; derived here. For
comparisons of order one: no plasma, no longitudinal polarisation, no blocking.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import ALPHA_EM, M_NEUTRON_GEV, M_PROTON_GEV
from hotaxion.theory.searches.supernova.profiles import (
    HBAR_C_MEV_KM,
    OneZone,
    nucleon_density_mev3,
)
from hotaxion.theory.searches.supernova.resonance import ERG_S_PER_MEV2

_NUCLEON = 500.0 * (M_PROTON_GEV + M_NEUTRON_GEV)  # mean mass [MeV]
_MB_MEV2 = 1e-27 * (1e-5 / HBAR_C_MEV_KM) ** 2  # 1 mb [MeV⁻²]
#: Transport cross-section of n p at energies of a core [mb]; known gap: a typical number.
TRANSPORT_MB = 40.0


def spectrum(zone: OneZone, mass: float, energy: ArrayLike) -> Array:
    """dL/dω [erg/s/MeV] of bosons with the charges of photons, at ε = 1; 0 below the mass.

    Parameters
    ----------
    zone : its temperature, densities and volume.
    mass, energy : m, ω [MeV]; the mass enters as k/ω alone.
    """
    omega = np.maximum(np.asarray(energy, dtype=float), mass)
    nucleons = float(nucleon_density_mev3(zone.density))
    pairs = nucleons**2 * zone.proton_fraction * (1.0 - zone.proton_fraction)
    volume = 4.0 * np.pi / 3.0 * (zone.radius_km / HBAR_C_MEV_KM) ** 3
    y = omega / zone.temperature
    speed3 = (4.0 * zone.temperature / _NUCLEON) ** 1.5 * 2.0 / np.sqrt(np.pi)
    collisions = speed3 * TRANSPORT_MB * _MB_MEV2 * (y**2 + 2.0 * y + 2.0) * np.exp(-y)
    momentum = np.sqrt(omega**2 - mass**2)
    total = ALPHA_EM / (3.0 * np.pi) * pairs * volume * collisions * momentum / omega
    return np.asarray(ERG_S_PER_MEV2 * total)
