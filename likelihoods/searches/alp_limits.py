"""The cited limits on axion-like particles, alp_limits.yaml, as typed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cobaya.yaml import InputImportError, InputSyntaxError, yaml_load
from scipy.special import ndtri

from hotaxion.likelihoods import data_files
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, mapping, number, text
from hotaxion.theory.constants import LEPTON_MASSES_GEV
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.searches.alp_electroweak import ALP
from hotaxion.theory.searches.alp_flavour import DECAYS, MIXINGS, MesonMixing

FILE = "alp_limits.yaml"
Z_DECAY = "Z -> a gamma"
FINALS = ("invisible", "photons", *LEPTON_MASSES_GEV)


@dataclass(frozen=True)
class Detector:
    """What an ALP must fly without a decay to be invisible: length [m], at a momentum [GeV]."""

    length_m: float
    momentum_gev: float

    @classmethod
    def of(cls, name: str, given: Mapping[str, Any]) -> Detector:
        """From a mapping; raises RangeError, UnknownOptionError for one that is none."""
        for key in given:
            choice(f"entry of the detector {name}", key, cls.__dataclass_fields__)
        return cls(*(number(f"{key} of {name}", given.get(key), 0.0) for key in _FLIGHT))


_FLIGHT = ("length_m", "momentum_gev")


@dataclass(frozen=True)
class DecayLimit:
    """One search for a decay into an ALP: its branching ratio is (offset +- 1) sigma.

    decay : of `alp_flavour.DECAYS`, or Z_DECAY.
    final : one of FINALS, what the ALP does: nothing in the detector, or a decay in it.
    masses_gev : ranges that were searched.
    """

    decay: str
    final: str
    detector: str
    offset: float
    sigma: float
    masses_gev: tuple[tuple[float, float], ...]
    source: str
    checked: str

    def strength(self, alp: ALP, detectors: Mapping[str, Detector]) -> Array:
        """Predicted branching ratio over sigma; 0 where the mass was not searched."""
        if not any(low <= alp.mass_gev <= high for low, high in self.masses_gev):
            return 0.0 * alp.width
        at = detectors[self.detector]
        escaped = alp.survival(at.length_m, at.momentum_gev)
        if self.final == "invisible":
            share = escaped
        else:
            share = (1.0 - escaped) * alp.branching_ratio(self.final)
        if self.decay == Z_DECAY:
            produced = alp.from_z
        else:
            produced = DECAYS[self.decay].branching_ratio(alp.mass_gev, alp.g_aww)
        return produced * share / self.sigma


@dataclass(frozen=True)
class MixingLimit:
    """A measured Delta M, of which an ALP has at most a share: sigma of the ALP's part [GeV]."""

    meson: str
    sigma: float
    source: str
    checked: str

    @property
    def offset(self) -> float:
        """Zero: the standard model is taken to explain the measurement."""
        return 0.0

    def strength(self, alp: ALP, detectors: Mapping[str, Detector]) -> Array:
        """Predicted Delta M over sigma; 0 for an ALP too near to the meson, which is left out."""
        mixing: MesonMixing = MIXINGS[self.meson]
        if mixing.near(alp.mass_gev):
            return 0.0 * alp.width
        return mixing.splitting_gev(alp.mass_gev, alp.g_aww) / self.sigma


@dataclass(frozen=True)
class Measured:
    """A number with its standard error."""

    value: float
    sigma: float


@dataclass(frozen=True)
class Limits:
    """All of the file: detectors, decays and mixings by name, and the parameter S."""

    detectors: Mapping[str, Detector]
    decays: Mapping[str, DecayLimit]
    mixings: Mapping[str, MixingLimit]
    oblique_s: Measured


def read() -> Limits:
    """The file.

    Raises
    ------
    MissingDataError, HotAxionError : it is absent or damaged.
    """
    file = data_files.packaged_file(FILE)
    wrong = (InputImportError, InputSyntaxError, UnicodeDecodeError, AttributeError, TypeError)
    try:
        content = yaml_load(file.content().decode())
        return Limits(
            {name: Detector.of(name, row) for name, row in content["detectors"].items()},
            {name: _decay(name, row, content) for name, row in content["decays"].items()},
            {name: _mixing(name, row) for name, row in content["mixings"].items()},
            Measured(number("s", content["oblique"]["s"]), _sigma("s", content["oblique"])),
        )
    except (*wrong, KeyError, ValueError, HotAxionError) as error:
        file.damaged(" ".join(str(error).split()))


def sigmas(level: float) -> float:
    """Standard deviations of a half-Gaussian at an upper limit of this confidence level."""
    return float(ndtri(0.5 * (1.0 + number("level", level, 0.5, 0.9999))))


def _decay(name: str, given: Any, content: Mapping[str, Any]) -> DecayLimit:
    row = mapping(name, given, "{decay: Z -> a gamma, ...}")
    ranges = tuple(
        (number(f"masses_gev of {name}", low, 0.0), number(f"masses_gev of {name}", high, low))
        for low, high in row["masses_gev"]
    )
    if "limit" in row:
        limit = number(f"limit of {name}", row["limit"], 0.0, 1.0, above=True)
        offset, sigma = 0.0, limit / sigmas(row["level"])
    else:
        sigma = _sigma(name, row)
        offset = number(name, row["measured"], 0.0, 1.0) - number(name, row["standard_model"], 0.0)
    return DecayLimit(
        choice(f"decay of {name}", row["decay"], [*DECAYS, Z_DECAY]),
        choice(f"final of {name}", row["final"], FINALS),
        choice(f"detector of {name}", row["detector"], content["detectors"]),
        offset / sigma,
        sigma,
        ranges,
        *(text(f"{key} of {name}", row[key], "arXiv:2111.01800") for key in _WORDS),
    )


def _mixing(name: str, given: Any) -> MixingLimit:
    row = mapping(name, given, "{meson: K, ...}")
    splitting = number(f"splitting_gev of {name}", row["splitting_gev"], 0.0, unit="GeV")
    share = number(f"share of {name}", row["share"], 0.0, 1.0, above=True)
    words = (text(f"{key} of {name}", row[key], "PDG 2024") for key in _WORDS)
    meson = choice(f"meson of {name}", row["meson"], MIXINGS)
    return MixingLimit(meson, splitting * share / sigmas(0.95), *words)


def _sigma(name: str, row: Mapping[str, Any]) -> float:
    return number(f"sigma of {name}", row["sigma"], 0.0, above=True)


_WORDS = ("source", "checked")
