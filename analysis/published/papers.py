"""Published bounds, each with its source: of yaml/published.yaml, and of published N_eff."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any, TypeVar

from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.likelihoods import neff_data
from hotaxion.theory import checks
from hotaxion.theory.errors import HotAxionError, RangeError

_Entry = TypeVar("_Entry")
_ARXIV = re.compile(r"\d{4}\.\d{4,5}")
QUANTITIES = ("delta_neff", "m_a", "f_a", "mnu", "meff_sterile", "delta_neff_sterile")


@dataclass(frozen=True)
class PublishedBound:
    """Bounds of a paper from one data set."""

    arxiv: str  # number of the paper
    authors: str  # all of them, or some and "et al.", or a collaboration
    where: str  # of the paper: equation, table, figure or abstract
    confidence: float  # level of the bounds, a fraction
    data: str  # in words
    label: str | None = None  # the same for figures
    delta_neff: float | None = None  # from above, as all but f_a; None: not quoted
    m_a: float | None = None  # eV
    f_a: float | None = None  # GeV, from below
    mnu: float | None = None  # eV
    meff_sterile: float | None = None  # eV, of a sterile neutrino
    delta_neff_sterile: float | None = None  # of the same
    forecast: bool = False  # whether it is one

    def __post_init__(self) -> None:
        check_arxiv(self.arxiv)
        checks.text("authors", self.authors, "'Goldstein & Hill'")
        checks.text("where", self.where, "'abstract'")
        checks.text("data", self.data, "'Planck 2018 + BAO'")
        checks.number("confidence", self.confidence, 0.5, 1.0, above=True)
        checks.flag("forecast", self.forecast)
        for name, value in self.values.items():
            checks.number(name, value, 0.0, above=True)

    @property
    def values(self) -> dict[str, float]:
        """The bounds that are quoted, in the order of QUANTITIES."""
        quoted = {name: getattr(self, name) for name in QUANTITIES}
        return {name: value for name, value in quoted.items() if value is not None}

    @property
    def in_words(self) -> str:
        """What it is, for the list of what stands beside an analysis."""
        return f"{self.source}, {self.data}: {self.where}; m_a by our curve"

    @property
    def year(self) -> float:
        """When it appeared, with the month as a fraction: its number says so."""
        return 2000 + int(self.arxiv[:2]) + (int(self.arxiv[2:4]) - 0.5) / 12

    @property
    def paper(self) -> str:
        """'Goldstein & Hill 2026'; of more than two authors the first."""
        first, more, _ = self.authors.partition(",")
        return f"{first}{' et al.' if more else ''} {int(self.year)}"

    @property
    def source(self) -> str:
        """'arXiv:2205.07849'."""
        return f"arXiv:{self.arxiv}"


def check_arxiv(number: object) -> None:
    """Refuse what is no number of arXiv, YAML's floats among it (RangeError)."""
    if not (isinstance(number, str) and _ARXIV.fullmatch(number)):
        raise RangeError(f"arXiv number {checks.shown(number)}; give one such as '2205.07849'.")


def read_block(
    content: Mapping[str, Any], block: str, kind: Callable[..., _Entry]
) -> dict[str, _Entry]:
    """A block of a file like yaml/published.yaml: a dataclass made of each of its entries.

    Raises
    ------
    RangeError : a key or a value that is wrong or missing; names the entry.
    """
    found, keys = {}, signature(kind).parameters
    for name, entry in checks.mapping(block, content.get(block), "{NAME: {...}}").items():
        try:
            given = checks.mapping("entry", entry, "{data: BBN, ...}")
            for key in given:
                checks.choice("key", key, keys)
            found[str(name)] = kind(**given)
        except (HotAxionError, TypeError) as error:  # TypeError: a key is missing
            raise RangeError(f"{block}: {name}: {error}") from None
    return found


@cache
def published() -> Mapping[str, Any]:
    """The content of yaml/published.yaml."""
    return read_yaml(inputs_folder() / "published.yaml")


def radiation_bound(key: str) -> PublishedBound:
    """A bound on Delta N_eff of extra radiation, to three digits; raises UnknownOptionError."""
    known = neff_data.published()
    row = known[checks.choice("radiation", key, known)]
    value, quoted = row.upper(neff_data.LEVEL)
    where = row.where if quoted else f"{row.where}, {row.in_words}, a Gaussian cut at 3.044"
    return PublishedBound(
        row.arxiv, row.authors, where, neff_data.LEVEL, row.data, delta_neff=float(f"{value:.3g}")
    )


BOUNDS = {
    **read_block(published(), "bounds", PublishedBound),
    **{key: radiation_bound(key) for key in published()["radiation"]},
}
SOURCE = "arXiv:2205.07849"
# KSVZ axion: the pairs (m_a, delta_neff) lie on the paper's curve and are points of the figures.
KSVZ_2205_07849 = {name: bound for name, bound in BOUNDS.items() if bound.source == SOURCE}
# 95 % upper bounds on delta_neff alone; the abundance figure shows them as lines.
_RADIATION = {
    name: (bound, bound.delta_neff)
    for name, bound in BOUNDS.items()
    if bound.delta_neff is not None and bound.m_a is None
}
ONLY_DELTA_NEFF = {name: value for name, (b, value) in _RADIATION.items() if not b.forecast}
DELTA_NEFF_BOUNDS = {
    f"{bound.paper}{' with BBN' * bound.data.endswith('BBN')}": value
    for bound, value in _RADIATION.values()
    if not bound.forecast
}
FORECASTS = {f"{b.paper}, {b.data}": value for b, value in _RADIATION.values() if b.forecast}
# Bounds that are a point (m_a, delta_neff) of that figure.
POINTS = [bound for bound in BOUNDS.values() if bound.m_a and bound.delta_neff]
# Bounds on the mass in the order of appearance; within a paper the loosest first.
HISTORY = sorted(
    (bound for bound in BOUNDS.values() if bound.m_a is not None),
    key=lambda bound: (bound.arxiv, -(bound.m_a or 0.0)),
)
