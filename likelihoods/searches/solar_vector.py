"""A line at 5.49 MeV in JUNO, of massive vectors that the Sun makes in place of photons. Forecast.

Physics and what is not in: `hotaxion.theory.searches.solar_vector`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.likelihoods.searches.facilities import FILE, facility
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import SECONDS_PER_YEAR
from hotaxion.theory.searches import solar_vector
from hotaxion.theory.searches.counting import asimov_loglike, counting_forecast

CHANNELS = ("compton", "decay")


class JUNOMonoenergetic(Companion):
    """Vectors of p d → ³He γ' in JUNO (arXiv:2305.14420). Forecast.

    A line at the full energy (what is left of it stays in the scintillator), counted in a window
    on a background that is a guess; data equal to it. ln L = −[s − B ln(1 + s/B)]; s goes as ε⁴,
    ε of the bound as B^(1/8). `signal` is s, the events in the window.

    Strong couplings are not excluded: such vectors do not leave the Sun. Above two electron
    masses they decay on their way: from there on neither channel has a bound, `decay` has none at
    all (at most 2.3e-4 decays in ten years above 1.03 MeV, whatever ε).
    """

    limit_rule = "asimov"
    mass_name = "m_darkphoton"
    mass_unit = "MeV"
    coupling_name = "epsilon"
    coupling_unit = ""
    mass_range = solar_vector.MASS_RANGE_MEV
    _reference = 1e-7

    # Options: see JUNOMonoenergetic.yaml.
    channel: str
    mixing: str
    f_E1: float
    background: float
    years: float
    efficiency: float
    flux_pp: float
    omega_p_kev: float
    column: float

    def _set_up(self) -> None:
        """Read the options."""
        choice("channel", self.channel, CHANNELS)
        choice("mixing", self.mixing, solar_vector.MIXINGS)
        number("f_E1", self.f_E1, 0.0, 1.0)
        number("background", self.background, 0.0)
        number("years", self.years, 0.0, 1000.0, above=True)
        number("efficiency", self.efficiency, 0.0, 1.0, above=True)
        number("flux_pp", self.flux_pp, 0.0, above=True)
        # The least mass is at least twice the plasma mass.
        number("omega_p_kev", self.omega_p_kev, 0.0, 500.0 * self.mass_range[0], "keV", True)
        number("column", self.column, 0.0, unit="1/cm^2")
        juno = facility("juno")
        self._exposure_s = self.efficiency * self.years * SECONDS_PER_YEAR * juno.live
        self._targets = juno.electrons if self.channel == "compton" else juno.volume_cm3

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The catalogue that JUNO stands in."""
        return [data_files.DATA / FILE]

    def _unit_signal(self, mass: float) -> Array:
        """Events if nothing decayed on the way."""
        mixing = self._reference**2 * solar_vector.mixing(mass, self.mixing, self.omega_p_kev)
        flux = self.flux_pp * mixing**2
        found = counting_forecast(flux, self._area(mass), self._targets, self._exposure_s)
        return np.array([found.signal])

    def _area(self, mass: float) -> float:
        """Effective area [cm²] of an electron, or of a cm³, over κ²ε²."""
        if self.channel == "compton":
            return solar_vector.scattering_area(mass, self.f_E1)
        return solar_vector.decay_area(mass, 1.0, self.f_E1)

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        made = super()._signals(mass, coupling)
        depths = np.vectorize(solar_vector.depth, otypes=[float])(mass, self.column)
        return made * np.exp(-depths * np.square(coupling))[..., None]

    def _loglike_of(self, signal: Array) -> Array:
        return asimov_loglike(signal[..., 0], self.background)
