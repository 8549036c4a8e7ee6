"""Helioscopes: counts of CAST (data), its published bounds in gas (approximate), IAXO (forecast).

Physics and what is not in: `hotaxion.theory.searches.solar_axions`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from scipy.special import xlogy

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.searches.companion import Companion, half_gaussian
from hotaxion.likelihoods.searches.magnets import MagnetSetting
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, flag, mapping, number, shown
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.constants import SECONDS_PER_DAY, SECONDS_PER_YEAR
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.searches.solar_axions import G_REFERENCE, MASS_RANGE_EV, Counts

_KEEP_ONE = "keep one of them"


class _Helioscope(Companion):
    """Poisson counts: ln L = Σ n ln(s + b) − (s + b) over data sets and bins, s ∝ g_aγ⁴."""

    mass_range = MASS_RANGE_EV
    _reference = G_REFERENCE
    _HELICES = "2408.11103"
    _observed: Array
    _background: Array

    def _loglike_of(self, signal: Array) -> Array:
        expected = signal + self._background
        return np.sum(xlogy(self._observed, expected) - expected, axis=-1)


class CAST2017(_Helioscope):
    """CAST in vacuum, 2013 to 2015 (arXiv:1705.02290): 12 data sets, 2 to 7 keV. Data.

    Counts, backgrounds and effective exposures of each set as the collaboration gave them to
    public codes; the sets are kept apart, since their sum is 5 % off for a helix. `signal` is the
    number of photons expected in all.

    ``magnet`` reads the same counts as if they had been taken with a helical field of the same
    strength, which is a hypothesis, not a measurement: ``reinterpreted: true`` says so at start,
    and is needed for any magnet but the constant one.
    """

    limit_rule = "posterior"
    _observes = (Observation("CAST's counts in vacuum, 2013 to 2015", _KEEP_ONE),)

    # Options: see CAST2017.yaml.
    magnet: Any
    reinterpreted: bool

    _file: ClassVar[str] = "cast2017_vacuum.json"
    _b_tesla: ClassVar[float] = 9.0  # 1705.02290
    _length_m: ClassVar[float] = 9.26
    _edges_kev: ClassVar[tuple[float, ...]] = tuple(2.0 + 0.5 * i for i in range(11))

    def _set_up(self) -> None:
        """Read data and options."""
        setting = MagnetSetting.of("magnet", self.magnet)
        helical = setting.pitch_m != inf
        if helical != flag("reinterpreted", self.reinterpreted):
            raise HotAxionError(
                f"magnet: {shown(self.magnet)} with 'reinterpreted: {str(not helical).lower()}': "
                "the counts were taken in a constant field; 'reinterpreted: true' goes with "
                "a helix, and with nothing else."
            )
        if helical:
            self.mpi_warning("the counts were taken without a helix: this is a reinterpretation.")
        self._magnet = setting.magnet(self._b_tesla, self._length_m)
        energy, exposure = self._read()
        self._counts = Counts(self._edges_kev, energy, exposure * SECONDS_PER_DAY)
        self.mpi_info(
            "CAST 2013-2015 in vacuum: %d counts, %.1f of background, in %d bins of 12 data sets.",
            *(self._observed.sum(), self._background.sum(), self._observed.size),
        )

    def _read(self) -> tuple[Array, Array]:
        """Nodes of the energy [keV] and exposures there [cm² day]; sets counts, backgrounds."""
        file = data_files.packaged_file(self._file)
        try:
            content = json.loads(file.content())
            tables = {
                name: np.array([content[name][key] for key in content["sets"]], dtype=float)
                for name in ("exposure_cm2_day", "observed", "background")
            }
            tables["energy_kev"] = np.array(content["energy_kev"], dtype=float)
        except (ValueError, KeyError, TypeError):
            file.damaged("it is no JSON of energy_kev, sets and three tables")
        bins = len(self._edges_kev) - 1
        shapes = {"energy_kev": ("energies",), "exposure_cm2_day": (12, "energies")}
        file.check(tables, {**shapes, "observed": (12, bins), "background": (12, bins)})
        for name in ("exposure_cm2_day", "observed", "background"):
            file.require(name, tables[name], tables[name] >= 0.0, "is negative")
        file.require("background", tables["background"], tables["background"] > 0.0, "is zero")
        energy = tables["energy_kev"]
        file.require("energy_kev", energy, np.gradient(energy) > 0.0, "does not ascend")
        self._observed, self._background = tables["observed"].ravel(), tables["background"].ravel()
        return energy, tables["exposure_cm2_day"]

    def _unit_signal(self, mass: float) -> Array:
        return self._counts([self._magnet], mass).ravel()

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The shipped file."""
        return [data_files.DATA / cls._file]


class CASTGas(Companion):
    """CAST with helium in the magnet, by its published bounds. Approximate: no counts are used.

    Half-Gaussian in g_aγ⁴ whose 95 % is the published bound, one number for each range of masses:
    2.2e-10/GeV for ⁴He (0.02 to 0.39 eV, arXiv:0810.4482; 2.17 in the abstract of 1110.2116),
    2.3e-10 and 3.3e-10 for ³He (to 0.64 eV, 1106.3919; to 1.17 eV, 1307.1985), which these
    abstracts call typical: the bound varies with the pressure. ⁴He of 2012 (1503.00610: 1.47e-10
    near 0.2 and 0.4 eV) is not in. No constraint outside. ln L jumps where ranges meet. `signal` is
    g_aγ⁴ over that of the bound.
    """

    limit_rule = "posterior"
    mass_range = MASS_RANGE_EV
    _reference = G_REFERENCE
    _observes = (Observation("CAST's counts in gas", _KEEP_ONE),)
    # Ends of the ranges [eV], and bounds [1/GeV] between them.
    _ends: ClassVar[tuple[float, ...]] = (0.02, 0.39, 0.64, 1.17)
    _bounds: ClassVar[tuple[float, ...]] = (inf, 2.2e-10, 2.3e-10, 3.3e-10, inf)

    def _unit_signal(self, mass: float) -> Array:
        bound = self._bounds[np.searchsorted(self._ends, mass, side="right")]
        return np.array([(self._reference / bound) ** self.signal_power])

    def _loglike_of(self, signal: Array) -> Array:
        return half_gaussian(signal[..., 0])


@dataclass(frozen=True)
class Setup:
    """A helioscope as planned: arXiv:1904.09155, known gap: not checked against its tables.

    b_tesla, length_m, area_m2 : of the magnet.
    efficiency : of the optics times that of the detectors.
    years : of operation, half of which the Sun is followed.
    background : per keV, cm² and second.
    spot_cm2 : of all images of the Sun.
    """

    b_tesla: float
    length_m: float
    area_m2: float
    efficiency: float
    years: float
    background: float
    spot_cm2: float

    @property
    def seconds(self) -> float:
        """Time on the Sun."""
        return 0.5 * self.years * SECONDS_PER_YEAR


SETUPS = {
    "babyiaxo": Setup(2.0, 10.0, 0.77, 0.35 * 0.7, 1.5, 1e-7, 2 * 0.3),
    "iaxo": Setup(2.5, 20.0, 2.3, 0.7 * 0.8, 3.0, 1e-8, 8 * 0.15),
    "iaxo_plus": Setup(3.5, 22.0, 3.9, 0.7 * 0.8, 5.0, 1e-9, 8 * 0.15),
}
_WINDOW_KEV = (1.0, 10.0)


class HelioscopeForecast(_Helioscope):
    """BabyIAXO, IAXO or IAXO+ with expected (Asimov) data. Forecast: no measurement.

    One bin of 1 to 10 keV for each of the ``pitches``, which share the time equally; ideal magnets
    of which nobody says that they can be built. Efficiencies do not depend on the energy. `signal`
    is the number of photons expected in all. ``truth`` puts an axion into the data.
    """

    limit_rule = "asimov"

    # Options: see HelioscopeForecast.yaml.
    setup: str
    pitches: Any
    truth: Any

    def _set_up(self) -> None:
        """Read the options and make the data."""
        self._setup = SETUPS[choice("helioscope (option 'setup')", self.setup, SETUPS)]
        given = self.pitches if isinstance(self.pitches, list | tuple) else [self.pitches]
        if not given:
            raise RangeError("pitches = []; give at least one, such as [constant].")
        self._settings = [MagnetSetting.of("pitches", one, allow_tuned=True) for one in given]
        setup, share = self._setup, 1.0 / len(given)
        width = _WINDOW_KEV[1] - _WINDOW_KEV[0]
        exposure = 1e4 * setup.area_m2 * setup.efficiency * setup.seconds * share
        self._counts = Counts(_WINDOW_KEV, _WINDOW_KEV, [[exposure, exposure]])
        background = setup.background * setup.spot_cm2 * setup.seconds * share * width
        self._background = np.full(len(given), background)
        self._observed = self._background + self._true_signal()
        self.mpi_info(
            "Forecast for %s: %d magnet setting(s), each with %.3g counts of background.",
            *(self.setup, len(given), background),
        )

    def _true_signal(self) -> Array:
        """The signal in the data."""
        if self.truth is None:
            return np.zeros(len(self._settings))
        example = "{m_a: 0.1, g_agamma: 1.0e-11}"
        truth = mapping("truth", self.truth, example)
        if truth.keys() != {self.mass_name, self.coupling_name}:
            raise RangeError(f"truth = {shown(self.truth)}; give both values, such as {example}.")
        mass = number("m_a of truth", truth[self.mass_name], *self.mass_range, unit="eV")
        coupling = number("g_agamma of truth", truth[self.coupling_name])
        return self._signals(mass, coupling)

    def initialize_with_provider(self, provider: Any) -> None:
        """Refuse a magnet that follows the mass: it is another experiment at each point."""
        super().initialize_with_provider(provider)
        MagnetSetting.refuse_tuned(self, self._settings)

    def _unit_signal(self, mass: float) -> Array:
        setup = self._setup
        magnets = [one.magnet(setup.b_tesla, setup.length_m, mass) for one in self._settings]
        return self._counts(magnets, mass)[:, 0, 0]
