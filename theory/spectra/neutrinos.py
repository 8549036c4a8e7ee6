"""The neutrino conventions: masses from their sum, and the N_eff bookkeeping for CLASS.

Without axions N_eff = 3.044 at every sum of masses: the massive species carry
(T_NU_RATIO)^4 (11/4)^(4/3) = 1.0132 each, `n_ur` holds the rest. Axions come on top, as a species
of their own; they never enter here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError

# Neutrino over photon temperature of the massive species: gives sum(m_nu)/omega_nu = 93.14 eV
# (Mangano et al. hep-ph/0506164), the default of CLASS.
T_NU_RATIO = 0.71611
N_EFF_PER_MASSIVE = T_NU_RATIO**4 * (11.0 / 4.0) ** (4.0 / 3.0)

# NuFIT 6.0 (2410.05380, IC24 with SK atmospheric data), [eV^2].
DELTA_M2_21 = 7.49e-5
DELTA_M2_31_NORMAL = 2.513e-3
DELTA_M2_32_INVERTED = -2.484e-3

MNU_MAX_EV = 100.0  # more would close the universe
HIERARCHIES = ("degenerate", "one_massive", "massless", "normal", "inverted")
HIERARCHY = HIERARCHIES[0]  # unless an input says otherwise


@dataclass(frozen=True)
class NeutrinoSector:
    """Neutrinos as a Boltzmann code wants them.

    Attributes
    ----------
    masses_ev : mass of each massive species [eV].
    degeneracies : number of neutrino families in each massive species.
    n_ur : N_eff of everything that stays massless, so that the total is N_EFF_SM.
    """

    masses_ev: tuple[float, ...]
    degeneracies: tuple[int, ...]

    @property
    def n_ur(self) -> float:
        """Effective number of massless neutrinos."""
        return N_EFF_SM - N_EFF_PER_MASSIVE * sum(self.degeneracies)


def minimal_sum_ev(hierarchy: str) -> float:
    """Smallest sum of masses [eV] that the oscillation data allow in this hierarchy.

    Raises
    ------
    UnknownOptionError : if the hierarchy is unknown.
    """
    choice("neutrino hierarchy", hierarchy, HIERARCHIES)
    if hierarchy in ("normal", "inverted"):
        return sum(_masses_from_lightest(hierarchy, 0.0))
    return 0.0


def _masses_from_lightest(hierarchy: str, lightest_ev: float) -> tuple[float, float, float]:
    """Masses (m1, m2, m3) [eV] from the lightest one and the splittings."""
    if hierarchy == "normal":
        m1 = lightest_ev
        return m1, math.sqrt(m1**2 + DELTA_M2_21), math.sqrt(m1**2 + DELTA_M2_31_NORMAL)
    m3 = lightest_ev
    m2 = math.sqrt(m3**2 - DELTA_M2_32_INVERTED)
    return math.sqrt(m2**2 - DELTA_M2_21), m2, m3


def neutrino_sector(mnu_ev: float, hierarchy: str = HIERARCHY) -> NeutrinoSector:
    """Split the sum of neutrino masses over species.

    Parameters
    ----------
    mnu_ev : sum of the neutrino masses [eV]; `massless` does nothing with it.
    hierarchy : `degenerate` (three families of mass mnu/3, one species), `one_massive` (one
        massive family, two massless), `massless`, `normal` or `inverted` (three species with
        the mass splittings of NuFIT 6.0; in CLASS twice as slow as `degenerate`).

    Raises
    ------
    UnknownOptionError : if the hierarchy is unknown.
    RangeError : if the sum is not a number, below what the splittings allow, or above MNU_MAX_EV.
    """
    minimum = minimal_sum_ev(hierarchy)
    mnu_ev = number("mnu", mnu_ev, high=MNU_MAX_EV, unit="eV")
    if mnu_ev < minimum:
        raise RangeError(
            f"mnu = {mnu_ev:g} eV; the {hierarchy} hierarchy allows a sum of neutrino masses from "
            f"{minimum:.4f} eV on. Raise the lower end of the prior."
        )
    if hierarchy == "massless":
        return NeutrinoSector((), ())
    if hierarchy == "degenerate":
        return NeutrinoSector((mnu_ev / 3.0,), (3,))
    if hierarchy == "one_massive":
        return NeutrinoSector((mnu_ev,), (1,))

    def excess(lightest_ev: float) -> float:
        return sum(_masses_from_lightest(hierarchy, lightest_ev)) - mnu_ev

    # The lightest mass is at most a third of the sum; the bracket is exact at both ends.
    lightest = 0.0 if mnu_ev == minimum else brentq(excess, 0.0, mnu_ev / 3.0, xtol=1e-12)
    return NeutrinoSector(_masses_from_lightest(hierarchy, lightest), (1, 1, 1))
