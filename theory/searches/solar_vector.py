"""Massive vectors of 5.49 MeV from the Sun, p d → ³He γ', and their events in a detector at Earth.

After arXiv:2305.14420, of which only the abstract could be read: formulae and numbers are our own.
The deuterium of the pp chain burns at once, so vectors are as many as pp neutrinos times

    Γ_γ'/Γ_γ = κ² [f β (1 + m²/2Q²) + (1 − f) β³],

f the part of E1 capture, 1 − f that of M1; m²/2Q² of E1 is longitudinal (current conservation), the
rest transverse. κ is the mixing with the photon where the vector leaves, ε that in the detector.

On the way exp(−ε² d) is left: decays in flight, and Compton scattering in the Sun.

Not in: deuterium of the pep reaction (0.2 %), resonance (m near the plasma mass), the Earth's
shadow, pairs made in the Sun, the dispersion of longitudinal mixing in the medium, decay to three
photons (at the reach of JUNO far longer than the distance to the Sun).
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import ALPHA_EM, ASTRONOMICAL_UNIT_CM, AVOGADRO
from hotaxion.theory.files import DataFile
from hotaxion.theory.searches.vector_compton import (
    HBAR_C_MEV_CM,
    M_ELECTRON_MEV,
    CrossSections,
    klein_nishina,
)

Q_MEV = 5.493  # of p d → ³He γ; the vector's energy, the recoil (5 keV) left out
PP_FLUX = 5.98e10  # neutrinos of pp at Earth [1/(cm² s)], 1611.09867
E1_FRACTION = 0.45  # of p d capture at solar energies; known gap: not checked in a publication
PLASMA_MASS_KEV = 0.29  # of the photon in the Sun's centre
# Electrons per area from the Sun's centre outward [1/cm²]: n_e = 245 N_A exp(−10.54 r/R) per cm³,
# a fit in Bahcall, "Neutrino Astrophysics" (1989); R = 6.957e10 cm. Vectors are made within 0.2 R.
SUN_COLUMN = 245.0 * AVOGADRO * 6.957e10 / 10.54
#: Masses [MeV]: three plasma masses, to where the table of cross-sections ends.
MASS_RANGE_MEV = (1e-3, 5.4)
MIXINGS = ("kinetic", "in_medium")

TABLE = Path(__file__).with_name("solar_vector_table.npz")
TABLE_SIZE = 121
TABLE_MEV = (0.01, MASS_RANGE_MEV[1])


class Polarised(NamedTuple):
    """Vectors for each photon, over κ²: transverse (both), and longitudinal."""

    transverse: float
    longitudinal: float


def velocity(mass: float) -> float:
    """β of the vector; raises RangeError for a mass [MeV] above its energy, or negative."""
    mass = number("mass of the vector", mass, 0.0, Q_MEV, unit="MeV")
    return math.sqrt(1.0 - (mass / Q_MEV) ** 2)


def vectors_per_photon(mass: float, e1_fraction: float = E1_FRACTION) -> Polarised:
    """Γ_γ'/Γ_γ over κ² of both polarisations.

    Parameters
    ----------
    mass : [MeV].
    e1_fraction : part of the capture that is E1, the rest is M1.

    Raises
    ------
    RangeError : for numbers out of range.
    """
    beta = velocity(mass)
    e1 = number("f_E1", e1_fraction, 0.0, 1.0)
    longitudinal = e1 * beta * mass**2 / (2.0 * Q_MEV**2)
    return Polarised(e1 * beta + (1.0 - e1) * beta**3, longitudinal)


def mixing(mass: float, kind: str, plasma_mass_kev: float = PLASMA_MASS_KEV) -> float:
    """κ/ε in the Sun's centre.

    kinetic : m²/|m² − ω_P²|, of a vector that mixes with the photon by ε.
    in_medium : ω_P²/|m² − ω_P²|, of one that couples to electrons alone, ε = g/e: electrons of
        the plasma mix it with the photon, which couples to the nuclei.

    Parameters
    ----------
    mass : [MeV].
    plasma_mass_kev : ω_P.

    Raises
    ------
    RangeError : for a mass below two plasma masses, where the mixing is resonant somewhere.
    UnknownOptionError : for another kind.
    """
    plasma = 1e-3 * number("omega_p_kev", plasma_mass_kev, 0.0, unit="keV", above=True)
    mass = number("mass of the vector", mass, 2.0 * plasma, Q_MEV, unit="MeV")
    above = mass**2 if choice("mixing", kind, MIXINGS) == "kinetic" else plasma**2
    return above / (mass**2 - plasma**2)


def decay_length_cm(mass: float, epsilon: float) -> float:
    """Length of γ' → e⁺e⁻ in flight [cm]; infinity below two electron masses.

    Γ = ε² α m/3 (1 + 2r) √(1 − 4r), r = m_e²/m²; λ = (p/m)/Γ.

    Raises
    ------
    RangeError : for numbers out of range.
    """
    beta = velocity(mass)
    epsilon = number("epsilon", epsilon, 0.0)
    if mass <= 2.0 * M_ELECTRON_MEV or epsilon == 0.0:
        return math.inf
    r = (M_ELECTRON_MEV / mass) ** 2
    width = epsilon**2 * ALPHA_EM * mass / 3.0 * (1.0 + 2.0 * r) * math.sqrt(1.0 - 4.0 * r)
    return beta * Q_MEV / mass * HBAR_C_MEV_CM / width


def depth(mass: float, column: float = SUN_COLUMN) -> float:
    """−ln of the part that comes to Earth, over ε².

    Distance to the Sun in decay lengths, and scatterings of a transverse vector from the Sun's
    centre outward; of longitudinal ones, a per cent of all, that is too many.

    Parameters
    ----------
    mass : [MeV].
    column : electrons per area in the Sun [1/cm²].

    Raises
    ------
    RangeError : for numbers out of range.
    """
    absorbed = number("column", column, 0.0, unit="1/cm^2") * cross_sections(mass).transverse
    return ASTRONOMICAL_UNIT_CM / decay_length_cm(mass, 1.0) + absorbed


def cross_sections(mass: float) -> CrossSections:
    """Those of `vector_compton.cross_sections` at 5.493 MeV [cm²], from the table.

    Raises
    ------
    RangeError : for a mass [MeV] outside of MASS_RANGE_MEV.
    """
    mass = number("mass of the vector", mass, 0.0, MASS_RANGE_MEV[1], unit="MeV")
    one, beta = klein_nishina(Q_MEV), velocity(mass)
    transverse, longitudinal = (float(value) for value in _table()(mass**2))
    return CrossSections(one * transverse / beta, one * longitudinal * mass**2 / beta)


@cache
def _table() -> CubicSpline:
    """β σ_T/σ_KN and β σ_L/(σ_KN m²), smooth in m² down to 0."""
    file = DataFile(
        TABLE, "table", "run python -m hotaxion.theory.searches.make_solar_vector_table"
    )
    arrays = file.arrays()
    shape = (TABLE_SIZE,)
    file.check(arrays, dict.fromkeys(("mass_mev", "transverse", "longitudinal"), shape))
    mass = arrays["mass_mev"]
    beta = np.sqrt(1.0 - (mass / Q_MEV) ** 2)
    columns = [beta * arrays["transverse"], beta * arrays["longitudinal"] / mass**2]
    return CubicSpline(mass**2, np.stack(columns, axis=-1))


def scattering_area(mass: float, e1_fraction: float = E1_FRACTION) -> float:
    """Effective area of an electron for γ'e → γe [cm²], over κ²ε².

    Times the pp neutrinos that come by, it is the events, if nothing is lost on the way.

    Parameters
    ----------
    mass : [MeV].
    e1_fraction : see `vectors_per_photon`.

    Raises
    ------
    RangeError : for numbers out of range.
    """
    made, seen = vectors_per_photon(mass, e1_fraction), cross_sections(mass)
    return made.transverse * seen.transverse + made.longitudinal * seen.longitudinal


def decay_area(mass: float, volume_cm3: float, e1_fraction: float = E1_FRACTION) -> float:
    """Effective area of a volume for γ' → e⁺e⁻ [cm²], over κ²ε²; as `scattering_area`."""
    volume = number("volume", volume_cm3, 0.0, unit="cm^3")
    return sum(vectors_per_photon(mass, e1_fraction)) * volume / decay_length_cm(mass, 1.0)
