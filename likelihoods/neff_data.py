"""Published measurements of N_eff, data/neff.yaml, as typed rows; closed forms of their bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from math import isclose
from types import MappingProxyType
from typing import Any

from cobaya.yaml import InputImportError, InputSyntaxError, yaml_load
from scipy.special import ndtr, ndtri

from hotaxion.likelihoods import data_files
from hotaxion.theory import checks
from hotaxion.theory.components import overlaps
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.files import DataFile

FILE = "neff.yaml"
LEVEL = 0.95
#: What a measurement may be made of; an implied one stands behind what implies it, see `overlaps`.
SEEN: Mapping[str, Observation] = MappingProxyType(
    {
        "planck": overlaps.PLANCK,
        "planck_low_tt": overlaps.PLANCK_LOW_TT,
        "planck_low_ee": overlaps.PLANCK_LOW_EE,
        "act": overlaps.ACT,
        "spt": overlaps.SPT,
        "lensing": overlaps.LENSING,
        "desi": overlaps.DESI,
        "boss": overlaps.BOSS,
        "sdss_main": overlaps.SDSS_MAIN,
        "supernovae": overlaps.SUPERNOVAE,
        "helium": overlaps.HELIUM,
        "deuterium": overlaps.DEUTERIUM,
    }
)
_ARXIV = re.compile(r"\d{4}\.\d{4,5}")
_TEXTS = ("arxiv", "authors", "where", "data", "checked")


@dataclass(frozen=True)
class Measurement:
    """N_eff as it was found: a mean with its error (68 %), an upper bound on Delta N_eff, or both.

    Attributes
    ----------
    n_eff, sigma : of a Gaussian; None: not quoted.
    bound, level : upper end of Delta N_eff = N_eff - N_EFF_SM >= 0, and its probability.

    Raises
    ------
    RangeError : unless one of the two is whole, and in range.
    """

    n_eff: float | None = None
    sigma: float | None = None
    bound: float | None = None
    level: float | None = None

    def __post_init__(self) -> None:
        gaussian, one_sided = (self.n_eff, self.sigma), (self.bound, self.level)
        for pair, names in ((gaussian, "n_eff and sigma"), (one_sided, "bound and level")):
            if (pair[0] is None) != (pair[1] is None):
                raise RangeError(f"{names} belong together; give both, or none of the two.")
        if self.n_eff is None and self.bound is None:
            raise RangeError("no measurement: give n_eff and sigma, or bound and level.")
        if self.n_eff is not None:
            checks.number("n_eff", self.n_eff, 0.0, 20.0)
            checks.number("sigma", self.sigma, 0.0, 20.0, above=True)
        if self.bound is not None:
            checks.number("bound", self.bound, 0.0, 20.0, above=True)
            level = checks.number("level", self.level, 0.5)
            if level >= 1.0:
                raise RangeError(f"level = {level:g}; allowed is a number from 0.5 to below 1.")

    @property
    def in_words(self) -> str:
        """'N_eff = 2.86 +- 0.13 (68 %)', or the bound where that is all."""
        if self.n_eff is None or self.sigma is None:
            return f"Delta N_eff < {self.bound:g} ({100.0 * (self.level or 0.0):g} %)"
        return f"N_eff = {self.n_eff:g} +- {self.sigma:g} (68 %)"

    @property
    def half_normal_sigma(self) -> float:
        """Width of the half-normal distribution of Delta N_eff >= 0 with this bound.

        Its cumulative distribution is 2 Phi(x/sigma) - 1. Raises RangeError without a bound.
        """
        if self.bound is None or self.level is None:
            raise RangeError("no one-sided bound is known of it; leave one_sided out.")
        return self.bound / float(ndtri(0.5 * (1.0 + self.level)))

    def upper(self, level: float = LEVEL) -> tuple[float, bool]:
        """Upper end of Delta N_eff at this level, and whether it is quoted.

        If not, it is that of the Gaussian cut at N_EFF_SM; without one that of the half-normal.
        """
        if self.bound is not None and self.level is not None and isclose(self.level, level):
            return self.bound, True
        if self.n_eff is None or self.sigma is None:
            return self.half_normal_sigma * float(ndtri(0.5 * (1.0 + level))), False
        return cut_gaussian_end(self.n_eff - N_EFF_SM, self.sigma, level), False


def cut_gaussian_end(mean: float, sigma: float, level: float) -> float:
    """Quantile of a Gaussian that is cut at 0: P(0 < x < end) = level P(x > 0)."""
    above = float(ndtr(mean / sigma))
    return mean - sigma * float(ndtri((1.0 - level) * above))


@dataclass(frozen=True, kw_only=True)
class Published(Measurement):
    """One row of the file; the meaning of the fields stands at its head."""

    arxiv: str
    authors: str
    year: int
    where: str
    data: str
    sees: tuple[str, ...]
    checked: str

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in _TEXTS:
            checks.text(name, getattr(self, name), "'abstract'")
        if not _ARXIV.fullmatch(self.arxiv):
            raise RangeError(f"arxiv = {checks.shown(self.arxiv)}; give a number, '2603.13226'.")
        checks.whole_number("year", self.year, 1990, 2100)
        object.__setattr__(self, "sees", seen_names(self.sees))

    @property
    def source(self) -> str:
        """'Goldstein & Hill 2026, arXiv:2603.13226'."""
        return f"{self.authors} {self.year}, arXiv:{self.arxiv}"


def seen_names(names: object) -> tuple[str, ...]:
    """The names, if all are in `SEEN`; raises RangeError, UnknownOptionError if not."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise RangeError(
            f"sees = {checks.shown(names)}; give a list of what it is made of, such as [planck], "
            "or [] for nothing that another likelihood could count."
        )
    return tuple(checks.choice("name under sees", name, SEEN) for name in names)


def published() -> Mapping[str, Published]:
    """Every measurement of the file by its key.

    Raises
    ------
    MissingDataError, HotAxionError : the file is absent or damaged.
    """
    return _read(data_files.packaged_file(FILE))


@cache
def _read(file: DataFile) -> Mapping[str, Published]:
    try:
        content = yaml_load(file.content().decode())
        rows = checks.mapping(FILE, content, "{KEY: {...}}")
        return MappingProxyType({str(key): _row(str(key), entry) for key, entry in rows.items()})
    except (InputSyntaxError, InputImportError, UnicodeDecodeError, HotAxionError) as error:
        file.damaged(" ".join(str(error).split()))


def _row(key: str, entry: object) -> Published:
    try:
        given: dict[str, Any] = checks.mapping("entry", entry, "{n_eff: 2.99, ...}")
        for name in given:
            checks.choice("key", name, [field.name for field in fields(Published)])
        return Published(**given)
    except (HotAxionError, TypeError) as error:  # TypeError: a key is missing
        raise RangeError(f"{key}: {error}") from None
