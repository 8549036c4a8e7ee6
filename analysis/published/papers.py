"""Published bounds, each with its source: of yaml/published.yaml, and of published N_eff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.likelihoods import neff_data

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


@cache
def published() -> Mapping[str, Any]:
    """The content of yaml/published.yaml."""
    return read_yaml(inputs_folder() / "published.yaml")


def _radiation_bound(key: str) -> PublishedBound:
    """A bound on Delta N_eff of extra radiation, to three digits."""
    row = neff_data.published()[key]
    value, quoted = row.upper(neff_data.LEVEL)
    where = row.where if quoted else f"{row.where}, {row.in_words}, a Gaussian cut at 3.044"
    return PublishedBound(
        row.arxiv, row.authors, where, neff_data.LEVEL, row.data, delta_neff=float(f"{value:.3g}")
    )


BOUNDS = {
    **{name: PublishedBound(**entry) for name, entry in published()["bounds"].items()},
    **{key: _radiation_bound(key) for key in published()["radiation"]},
}
# KSVZ axion: the pairs (m_a, delta_neff) lie on the paper's curve and are points of the figures.
KSVZ_2205_07849 = {name: bound for name, bound in BOUNDS.items() if bound.arxiv == "2205.07849"}
# 95 % upper bounds on delta_neff alone; the abundance figure shows them as lines.
_RADIATION = {
    name: (bound, bound.delta_neff)
    for name, bound in BOUNDS.items()
    if bound.delta_neff is not None and bound.m_a is None
}
ONLY_DELTA_NEFF = {name: value for name, (b, value) in _RADIATION.items() if not b.forecast}
FORECASTS = {f"{b.paper}, {b.data}": value for b, value in _RADIATION.values() if b.forecast}
DELTA_NEFF_BOUNDS = {
    f"{b.paper}{' with BBN' * b.data.endswith('BBN')}": value
    for b, value in _RADIATION.values()
    if not b.forecast
}
# Bounds that are a point (m_a, delta_neff) of that figure.
POINTS = [bound for bound in BOUNDS.values() if bound.m_a and bound.delta_neff]
# Bounds on the mass in the order of appearance; within a paper the loosest first.
HISTORY = sorted(
    (bound for bound in BOUNDS.values() if bound.m_a is not None),
    key=lambda bound: (bound.arxiv, -(bound.m_a or 0.0)),
)
