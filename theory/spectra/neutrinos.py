"""The neutrino conventions: masses from their sum, and the N_eff bookkeeping for CLASS.

Without hot relics N_eff = 3.044 at every sum of masses: the massive families carry
(T_NU_RATIO)^4 (11/4)^(4/3) = 1.0132 each, `n_ur` holds the rest. More or less radiation without
mass changes `n_ur`; where nothing of that is left, the massive families are colder. Axions and
other relics come on top, as species of their own; they never enter here. docs/n_eff.md explains.
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
HIERARCHIES = ("degenerate", "one_massive", "two_massive", "massless", "normal", "inverted")
HIERARCHY = HIERARCHIES[0]  # unless an input says otherwise
_EQUAL_MASSES = {"degenerate": 3, "one_massive": 1, "two_massive": 2}  # massive families
N_EFF_MIN = 1.0  # of neutrinos and radiation without mass
DELTA_NEFF_EXTRA_RANGE = (N_EFF_MIN - N_EFF_SM, 10.0)


@dataclass(frozen=True)
class NeutrinoSector:
    """Neutrinos as a Boltzmann code wants them.

    Attributes
    ----------
    masses_ev : mass of each massive species [eV].
    degeneracies : number of neutrino families in each massive species.
    n_eff : of all neutrinos and of radiation without mass besides, but not of other relics.
    """

    masses_ev: tuple[float, ...]
    degeneracies: tuple[int, ...]
    n_eff: float = N_EFF_SM

    @property
    def _massive(self) -> float:
        """N_eff of the massive families at their usual temperature."""
        return N_EFF_PER_MASSIVE * sum(self.degeneracies)

    @property
    def n_ur(self) -> float:
        """N_eff of everything that stays massless: CLASS's N_ur."""
        return max(self.n_eff - self._massive, 0.0)

    @property
    def temperature_ratio(self) -> float:
        """Temperature of the massive families over that of the photons: CLASS's T_ncdm.

        T_NU_RATIO, but where they alone would be more than `n_eff`.
        """
        colder = self.n_eff < self._massive
        return T_NU_RATIO * ((self.n_eff / self._massive) ** 0.25 if colder else 1.0)


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


def neutrino_sector(
    mnu_ev: float,
    hierarchy: str = HIERARCHY,
    delta_neff_extra: float = 0.0,
    n_eff: float = N_EFF_SM,
) -> NeutrinoSector:
    """Split the sum of neutrino masses, and N_eff, over species.

    Parameters
    ----------
    mnu_ev : sum of the neutrino masses [eV]; `massless` does nothing with it.
    hierarchy : `degenerate` (three families of mass mnu/3, one species), `one_massive` (one
        massive family, two massless), `two_massive` (two of mass mnu/2), `massless`, `normal`
        or `inverted` (three species with the mass splittings of NuFIT 6.0; in CLASS twice as slow
        as `degenerate`).
    delta_neff_extra : N_eff of massless radiation besides; negative for less than the standard,
        as long as N_eff of neutrinos and radiation is N_EFF_MIN or more.
    n_eff : the standard, N_EFF_MIN to 10; 3.046 in older work.

    Raises
    ------
    UnknownOptionError : if the hierarchy is unknown.
    RangeError : if the sum is not a number, below what the splittings allow, or above MNU_MAX_EV;
        if too little radiation is left, or more given than DELTA_NEFF_EXTRA_RANGE has.
    """
    minimum = minimal_sum_ev(hierarchy)
    mnu_ev = number("mnu", mnu_ev, high=MNU_MAX_EV, unit="eV")
    if mnu_ev < minimum:
        raise RangeError(
            f"mnu = {mnu_ev:g} eV; the {hierarchy} hierarchy allows a sum of neutrino masses from "
            f"{minimum:.4f} eV on. Raise the lower end of the prior."
        )
    most = DELTA_NEFF_EXTRA_RANGE[1]
    n_eff = number("n_eff", n_eff, N_EFF_MIN, most)
    n_eff += number("delta_neff_extra", delta_neff_extra, N_EFF_MIN - n_eff, most)
    if hierarchy in _EQUAL_MASSES:
        families = _EQUAL_MASSES[hierarchy]
        return NeutrinoSector((mnu_ev / families,), (families,), n_eff)
    if hierarchy == "massless":
        return NeutrinoSector((), (), n_eff)

    def excess(lightest_ev: float) -> float:
        return sum(_masses_from_lightest(hierarchy, lightest_ev)) - mnu_ev

    # The lightest mass is at most a third of the sum; the bracket is exact at both ends.
    lightest = 0.0 if mnu_ev == minimum else brentq(excess, 0.0, mnu_ev / 3.0, xtol=1e-12)
    return NeutrinoSector(_masses_from_lightest(hierarchy, lightest), (1, 1, 1), n_eff)
