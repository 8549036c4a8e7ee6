"""Axion-like particles with electroweak couplings: rare mesons, Z decays, S, and forecasts.

Physics and what is not in: `hotaxion.theory.searches.alp_electroweak` and `alp_flavour`; the limits
and their sources: data/alp_limits.yaml.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.searches import alp_limits
from hotaxion.likelihoods.searches.alp_limits import DecayLimit, Detector, Limits, MixingLimit
from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, mapping, number, shown
from hotaxion.theory.components.guards import Needed, bounds_of
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.constants import M_Z_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.alp_electroweak import ALP, HADRONS_ABOVE_GEV, oblique_s
from hotaxion.theory.searches.alp_flavour import DECAYS
from hotaxion.theory.searches.counting import asimov_loglike

#: Masses [GeV]: those of arXiv:2501.15250, and lighter ones, which live longer still.
MASS_RANGE_GEV = (1e-6, 100.0)
_KEEP_ONE = "keep one of them"


class Electroweak(Companion):
    """ln L of the mass of an ALP and its couplings to W bosons and to hypercharge.

    In a chain both couplings are parameters, or g_abb = `abb` g_aww; `loglike`, `signal` and
    `hotaxion limits` take a mass and g_aww, and need the ratio `abb`. Posteriors are flat in
    g_aww², as the branching ratios of production go.
    """

    mass_name = "m_alp"
    mass_unit = "GeV"
    coupling_name = "g_aww"
    signal_power = 2
    mass_range = MASS_RANGE_GEV
    second_name: ClassVar[str] = "g_abb"
    _reference = 1e-5

    # Options: see the YAML of the class.
    abb: float | None
    cutoff_gev: float

    @abstractmethod
    def _channels(self, alp: ALP) -> Array:
        """What is compared with the data, (shape of the couplings, channels)."""

    def _set_up(self) -> None:
        """Read the options."""
        if self.abb is not None:
            number("abb (g_abb / g_aww, or null)", self.abb)
        number("cutoff_gev", self.cutoff_gev, 2.0 * M_Z_GEV, 1e19, unit="GeV")
        self._warned = False

    def get_requirements(self) -> dict[str, None]:
        """The mass and the couplings."""
        names = [self.mass_name, self.coupling_name]
        if self.abb is None:
            names.append(self.second_name)
        cure = "sample it, or give it a value"
        ratio = f"{cure}, or give 'abb', its ratio to g_aww"
        cures = {self.second_name: ratio}
        return dict.fromkeys(Needed(name, cures.get(name, cure)) for name in names)

    def initialize_with_provider(self, provider: Any) -> None:
        """Refuse a prior of the mass that is too wide; say where widths are partial."""
        super().initialize_with_provider(provider)
        bounds = bounds_of(self.mass_name, provider.model)
        if bounds is not None:
            self._say_partial(max(bounds))

    def signal(self, mass: ArrayLike, coupling: ArrayLike) -> Any:
        """The strongest channel, in standard deviations of its data; errors as in `Companion`."""
        return self._signals(mass, coupling).max(axis=-1)[()]

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        if self.abb is None:
            raise RangeError("abb = null; give the ratio g_abb / g_aww, such as 0, as 'abb'.")
        masses, couplings = np.broadcast_arrays(
            np.asarray(mass, dtype=float), np.asarray(coupling, dtype=float)
        )
        different, place = np.unique(masses, return_inverse=True)
        place = place.reshape(masses.shape)
        parts = [
            self._of(float(one), couplings[place == i], self.abb * couplings[place == i])
            for i, one in enumerate(different)
        ]
        found = np.empty((*masses.shape, parts[0].shape[-1]))
        for i, part in enumerate(parts):
            found[place == i] = part
        return found

    def _of(self, mass: float, g_aww: ArrayLike, g_abb: ArrayLike) -> Array:
        mass = number(self.mass_name, mass, *self.mass_range, unit=self.mass_unit)
        self._say_partial(mass)
        return self._channels(ALP(mass, g_aww, g_abb, self.cutoff_gev))

    def _say_partial(self, mass: float) -> None:
        if mass > HADRONS_ABOVE_GEV and not self._warned:
            self._warned = True
            self.mpi_warning(
                "above %.3f GeV (three pions) the ALP decays to hadrons, too, which is not in: "
                "widths there are partial.",
                HADRONS_ABOVE_GEV,
            )

    def _unit_signal(self, mass: float) -> Array:
        return self._of(mass, self._reference, (self.abb or 0.0) * self._reference)

    def logp(self, **_params: float) -> float:
        """Return ln L; −infinity, with the reason counted, for a mass without prediction."""
        mass, g_aww = (self._number_from(name) for name in (self.mass_name, self.coupling_name))
        g_abb = self._number_from(self.second_name) if self.abb is None else self.abb * g_aww
        self._refusals.point()
        try:
            return float(self._loglike_of(self._of(mass, g_aww, g_abb)))
        except RangeError as error:
            self._refusals.refuse(self.log, error)
            return -np.inf


class _Cited(Electroweak):
    """Limits of alp_limits.yaml: ln L = −½ Σ (offset − strength)², in standard deviations.

    Each upper limit is a half-Gaussian from 0 on whose quantile it is, and channels add. `signal`
    is the strongest channel, in standard deviations.
    """

    limit_rule = "posterior"

    # Options: see the YAML of the class.
    channels: list[str] | None
    detectors: dict[str, dict[str, float]]

    @classmethod
    @abstractmethod
    def _rows(cls, limits: Limits) -> dict[str, DecayLimit | MixingLimit]:
        """Those of this class, by name."""

    def _set_up(self) -> None:
        """Read the options and the limits."""
        super()._set_up()
        limits = alp_limits.read()
        rows = self._rows(limits)
        names = list(rows) if self.channels is None else self.channels
        if not isinstance(names, list) or not names:
            raise RangeError(
                f"channels = {shown(names)}; allowed are null (all) and a list of some of "
                f"{', '.join(rows)}."
            )
        self._used = [rows[choice("channel", name, rows)] for name in names]
        if len({*names}) < len(names):
            raise RangeError(f"channels = {shown(names)}; name each channel once.")
        self._offsets = np.array([row.offset for row in self._used])
        self._detectors = dict(limits.detectors)
        for name, change in mapping("detectors", self.detectors, "{NA62: {length_m: 80}}").items():
            known = self._detectors[choice("detector", name, self._detectors)]
            given = mapping(f"detector {name}", change, "{length_m: 80}")
            self._detectors[name] = Detector.of(name, {**vars(known), **given})

    def _channels(self, alp: ALP) -> Array:
        return np.stack([row.strength(alp, self._detectors) for row in self._used], axis=-1)

    def _loglike_of(self, signal: Array) -> Array:
        return -0.5 * np.sum((self._offsets - signal) ** 2, axis=-1)

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The shipped file."""
        return [data_files.DATA / alp_limits.FILE]


class ALPFlavour(_Cited):
    """Rare K and B decays into an ALP, and mixing of mesons. Data: published limits.

    K → π a and B → K(*) a where the ALP leaves the detector, B → K a with a → γγ, and what an ALP
    adds to ΔM. The excess of Belle II in B → K νν̄ is a measurement on top of the standard model: it
    prefers an invisible ALP. One number for each limit, flat in the mass over the range of the
    search; a meson within 10 % of the mass of the ALP is left out of the mixing.
    """

    _observes = (Observation("rare decays of K and B mesons into an ALP", _KEEP_ONE),)

    @classmethod
    def _rows(cls, limits: Limits) -> dict[str, DecayLimit | MixingLimit]:
        mesons = {name: row for name, row in limits.decays.items() if row.decay in DECAYS}
        return {**mesons, **limits.mixings}


class ALPZPole(_Cited):
    """Z → a γ where the ALP leaves the detector, decays to photons, or to leptons. Data: limits.

    Of g_aww − g_abb alone, but for what the ALP does after.
    """

    _observes = (Observation("Z decays into a photon and an ALP", _KEEP_ONE),)

    @classmethod
    def _rows(cls, limits: Limits) -> dict[str, DecayLimit | MixingLimit]:
        return {k: row for k, row in limits.decays.items() if row.decay == alp_limits.Z_DECAY}


class ALPOblique(Electroweak):
    """The parameter S of electroweak precision data, −0.04 ± 0.10, T = 0. Estimate.

    Of g_aww g_abb, for an ALP far below the Z: its mass has no say. A leading logarithm and a
    constant of the literature; U is left out. `signal` is S.
    """

    limit_rule = "posterior"
    _observes = (Observation("the oblique parameters", _KEEP_ONE),)

    def _set_up(self) -> None:
        """Read the options and the measurement."""
        super()._set_up()
        self._measured = alp_limits.read().oblique_s

    def _channels(self, alp: ALP) -> Array:
        return oblique_s(alp.g_aww, alp.g_abb, alp.cutoff_gev)[..., None]

    def _say_partial(self, mass: float) -> None:
        """No width is in."""

    def _loglike_of(self, signal: Array) -> Array:
        return -0.5 * ((signal[..., 0] - self._measured.value) / self._measured.sigma) ** 2

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The shipped file."""
        return [data_files.DATA / alp_limits.FILE]


class _Forecast(Electroweak):
    """Expected events above a background, which alone is seen: ln L = −[s − B ln(1 + s/B)]."""

    limit_rule = "asimov"

    # Options: see the YAML of the class.
    efficiency: float
    background: float

    def _set_up(self) -> None:
        """Read the options."""
        super()._set_up()
        number("efficiency", self.efficiency, 0.0, 1.0)
        number("background", self.background, 0.0)

    def signal(self, mass: ArrayLike, coupling: ArrayLike) -> Any:
        """Expected events; errors as in `Companion`."""
        return self._signals(mass, coupling).sum(axis=-1)[()]

    def _loglike_of(self, signal: Array) -> Array:
        return asimov_loglike(signal, self.background).sum(axis=-1)


class ALPZForecast(_Forecast):
    """Z → a γ at a collider on the Z pole, FCC-ee or CEPC. Forecast.

    Events with three photons, and with one and nothing else, each above `background`. By default
    none: an ideal detector, and no e⁺e⁻ → γγγ nor ννγ, which a real one has by the million.
    """

    n_z: float
    length_m: float

    def _set_up(self) -> None:
        """Read the options."""
        super()._set_up()
        number("n_z", self.n_z, 0.0, 1e15)
        number("length_m", self.length_m, 0.0, unit="m")

    def _channels(self, alp: ALP) -> Array:
        momentum = max(1e-30, (M_Z_GEV**2 - alp.mass_gev**2) / (2.0 * M_Z_GEV))
        escaped = alp.survival(self.length_m, momentum)
        events = self.n_z * self.efficiency * alp.from_z
        return np.stack(
            [events * (1.0 - escaped) * alp.branching_ratio("photons"), events * escaped], axis=-1
        )


class ALPSHiPForecast(_Forecast):
    """B → K a in a beam dump, SHiP, with a decay of the ALP behind the shield. Forecast.

    N = n_b BR(B⁺ → K⁺ a) (e^(−L₁/d) − e^(−L₂/d)) efficiency, d = p cτ/m at one momentum: a rough
    estimate, without spectra, angles, K* and other sources of ALPs. Closed above: an ALP that
    decays in the shield is not seen.
    """

    n_b: float
    decay_region_m: list[float]
    momentum_gev: float

    def _set_up(self) -> None:
        """Read the options."""
        super()._set_up()
        number("n_b", self.n_b, 0.0, 1e20)
        number("momentum_gev", self.momentum_gev, 0.0, unit="GeV", above=True)
        ends = self.decay_region_m
        if not isinstance(ends, list) or len(ends) != 2:
            raise RangeError(f"decay_region_m = {shown(ends)}; give its ends [m], as [33, 83].")
        start = number("start of decay_region_m", ends[0], 0.0, unit="m")
        number("end of decay_region_m", ends[1], start, unit="m", above=True)

    def _channels(self, alp: ALP) -> Array:
        start, end = (alp.survival(x, self.momentum_gev) for x in self.decay_region_m)
        produced = DECAYS["B+ -> K+ a"].branching_ratio(alp.mass_gev, alp.g_aww)
        return (self.n_b * self.efficiency * produced * (start - end))[..., None]
