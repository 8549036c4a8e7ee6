"""Light through a wall: ALPS I (data) and ALPS II (forecast), the latter with a helix, too.

Physics and what is not in: `hotaxion.theory.searches.conversion`.
"""

from __future__ import annotations

from math import inf
from typing import Any, ClassVar, NamedTuple

import numpy as np

from hotaxion.likelihoods.searches.companion import Companion, half_gaussian
from hotaxion.likelihoods.searches.magnets import MagnetSetting
from hotaxion.theory.arrays import Array
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.constants import HBAR_C_EV_M
from hotaxion.theory.searches.conversion import (
    helix_probability,
    regenerated_per_hour,
    resonant_pitch_m,
    wavenumber_ev,
)

#: Masses [eV] for which q = m²/2ω holds for visible light (to 1 % at the end).
MASS_RANGE_EV = (0.0, 0.2)
_REFERENCE = 1e-8  # 1/GeV


def _energy_ev(wavelength_nm: float) -> float:
    return 2e9 * np.pi * HBAR_C_EV_M / wavelength_nm


class Run(NamedTuple):
    """A run of ALPS I: rate and its error [1/h], power of the light [W], index of the gas − 1."""

    rate: float
    error: float
    power_w: float
    n_minus_1: float


class ALPSI(Companion):
    """ALPS I, pseudoscalars (arXiv:1004.1313): two runs in vacuum, one in gas. Data.

    Rates of photons behind the wall, Gaussian; known gap: not checked against the publication.
    The efficiency's error counts in proportion to the signal, as a variance: ln L = −½ Σ [(d −
    s)²/σ² + ln σ²]. `signal` is the rate expected in vacuum [1/h].

    Flat in g_aγ⁴, the 95 % bound of a light axion is 7.5e-8/GeV, published is 6.5e-8, by another
    statistic.
    """

    limit_rule = "posterior"
    mass_range = MASS_RANGE_EV
    _reference = _REFERENCE
    _observes = (Observation("the rates of ALPS I", "keep one of them"),)
    _runs: ClassVar[tuple[Run, ...]] = (
        Run(-4.01, 3.01, 1096.0, 0.0),
        Run(-2.35, 3.44, 1096.0, 0.0),
        Run(3.98, 2.45, 1044.0, 5e-8),
    )
    _wavelength_nm: ClassVar[float] = 532.0
    _b_tesla: ClassVar[float] = 4.98
    _length_m: ClassVar[float] = 4.2  # on each side of the wall
    _efficiency: ClassVar[tuple[float, float]] = (0.82, 0.05)

    def _unit_signal(self, mass: float) -> Array:
        energy = _energy_ev(self._wavelength_nm)
        rates = []
        for run in self._runs:
            q = wavenumber_ev(mass, energy, n_minus_1=run.n_minus_1)
            p = helix_probability(
                self._length_m, inf, self._b_tesla, self._reference, q, linear=True
            )
            rates.append(regenerated_per_hour(run.power_w, energy, p, p, self._efficiency[0]))
        return np.array(rates)

    def signal(self, mass: Any, coupling: Any) -> Any:
        """The rate expected in vacuum [1/h]; shapes and errors as in `Companion`."""
        return self._signals(mass, coupling)[..., 0][()]

    def _loglike_of(self, signal: Array) -> Array:
        rate, error = (np.array([getattr(r, name) for r in self._runs]) for name in Run._fields[:2])
        mean, spread = self._efficiency
        variance = error**2 + (spread / mean * signal) ** 2
        return -0.5 * np.sum((rate - signal) ** 2 / variance + np.log(variance), axis=-1)


class ALPSIIForecast(Companion):
    """ALPS II in its planned set-up, and with a helix (arXiv:2308.10925). Forecast.

    5.3 T over 106 m on each side of the wall, 1064 nm, light polarised along the field at its
    start; photons of any polarisation are seen. Power and noise stand in one number, the reach at
    constant field for a light axion, 1.9e-11/GeV (2e-11 below 0.1 meV in the abstract of
    2009.14294): half-Gaussian in g_aγ⁴ about it. `signal` is g_aγ⁴ over that of the reach.
    ``magnet: tuned`` is the better one, at each mass, of a resonant helix and of the constant
    field; nobody says that such magnets (2.9 m pitch at 1 meV) can be built.
    """

    limit_rule = "asimov"
    mass_range = MASS_RANGE_EV
    _reference = 1.8973786e-11
    _HELICES = "2308.10925"

    # Option: see ALPSIIForecast.yaml.
    magnet: Any

    _wavelength_nm: ClassVar[float] = 1064.0
    _b_tesla: ClassVar[float] = 5.3
    _length_m: ClassVar[float] = 106.0

    def _set_up(self) -> None:
        """Read the option."""
        self._setting = MagnetSetting.of("magnet", self.magnet, allow_tuned=True)

    def initialize_with_provider(self, provider: Any) -> None:
        """Refuse a magnet that follows the mass: it is another experiment at each point."""
        super().initialize_with_provider(provider)
        MagnetSetting.refuse_tuned(self, [self._setting])

    def _unit_signal(self, mass: float) -> Array:
        pitches = [inf if self._setting.pitch_m is None else self._setting.pitch_m]
        if self._setting.pitch_m is None and mass > 0.0:
            pitches.append(float(resonant_pitch_m(mass, _energy_ev(self._wavelength_nm))))
        best = max(self._product(pitch, mass) for pitch in pitches)
        return np.array([best / self._product(inf, 0.0)])

    def _product(self, pitch_m: float, mass: float) -> float:
        """P(γ→a) P(a→γ)."""
        q = wavenumber_ev(mass, _energy_ev(self._wavelength_nm))
        production, detection = (
            helix_probability(
                self._length_m, pitch_m, self._b_tesla, self._reference, q, linear=linear
            )
            for linear in (True, False)
        )
        return float(production * detection)

    def _loglike_of(self, signal: Array) -> Array:
        return half_gaussian(signal[..., 0])
