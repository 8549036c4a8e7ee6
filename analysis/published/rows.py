"""Rows of the table of `hotaxion reproduce`: ours, and which run comes nearest to a paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from numbers import Real
from typing import Any

from hotaxion.analysis.chains.bounds import LOWER_BOUNDED, UNITS
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.reweight import of_axion
from hotaxion.analysis.chains.tables import NOT_CONVERGED
from hotaxion.analysis.inputs.theories import options_of_input
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.analysis.published.jobs import Job
from hotaxion.analysis.published.papers import ONLY_DELTA_NEFF
from hotaxion.analysis.text import rounded, significant
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.inversion import relic_with

TOLERANCE = 0.06  # a larger difference needs an explanation
FEW, NO_BOUND = "few samples", "no bound"  # m_a piles up at the end of the curve
_STEP = 0.01  # of ln m_a, for the slope of the curve


class Kind(Enum):
    """Where a number of ours comes from; the value is the name of its row, if it is no variant."""

    CHAIN = ""
    REWEIGHTED = "flat_delta_neff"
    CURVE = "on our curve"
    BESIDE = "beside"


@dataclass(frozen=True)
class Row:
    """One quantity of one chain, or of the curve Delta N_eff(m_a)."""

    analysis: str  # name in ANALYSES
    variant: str | None  # name in VARIANTS; None for the analysis itself
    quantity: str  # parameter; eV, GeV
    published: float | None  # bound of the paper, None where it has none
    ours: float | None  # our bound, or standard deviation (`sigma`); None where none is known
    mc_error: float | None = None  # its Monte Carlo error, None if exact
    r_minus_one: float | None = None  # of the chain's means
    r_minus_one_bound: float | None = None  # of this bound
    effective_samples: float | None = None  # of this parameter
    caveat: str = ""  # why the number is not to be relied on, empty if it is
    kind: Kind = Kind.CHAIN
    sigma: bool = False
    slope: float | None = None  # d ln m_a / d ln delta_neff of the curve there
    other_code: str = ""  # by which other code the chain was made, in words; empty if by that here
    beside: str = ""  # name in BOUNDS of what it is held against, if of no bound of its paper

    @property
    def name(self) -> str:
        """Of the variant, or of what else it is; empty for the analysis itself."""
        return self.variant or self.beside or self.kind.value

    @property
    def ratio(self) -> float | None:
        """Ours over published."""
        return self.ours / self.published if self.published and self.ours is not None else None

    @property
    def agrees(self) -> bool | None:
        """Whether the two differ by less than TOLERANCE; None where one is missing."""
        return None if self.ratio is None else abs(self.ratio - 1) <= TOLERANCE

    @property
    def quantity_with_unit(self) -> str:
        """'m_a [eV]', 'sigma(m_a) [eV]'."""
        unit = UNITS.get(self.quantity)
        name = f"sigma({self.quantity})" if self.sigma else self.quantity
        return f"{name} [{unit}]" if unit else name

    def shown(self) -> str:
        """Our number with the digits that it deserves."""
        caveat = f" ({self.caveat})" if self.caveat else ""
        if self.ours is None:
            return f"-{caveat}"
        if self.kind is Kind.CURVE:
            return f"{self.ours:.3g}; slope {self.slope:.1f}"
        if self.caveat == NOT_CONVERGED:
            return f"{self._sign}{rounded(self.ours):g}{caveat}"
        return f"{self._sign}{significant(self.ours, self.mc_error or math.nan)}{caveat}"

    def shown_published(self) -> str:
        """The published number."""
        return "-" if self.published is None else f"{self._sign}{self.published:.3g}"

    @property
    def _sign(self) -> str:
        if self.sigma:
            return ""
        return "> " if self.quantity in LOWER_BOUNDED else "< "


def nearest(row: Row, rows: Sequence[Row]) -> Row | None:
    """What comes nearest to the published number of a row: a variant, or another prior.

    None where the two agree, or where there is none without a caveat.
    """
    if row.name or row.agrees is not False:
        return None
    others = [
        other
        for other in rows
        if (other.analysis, other.quantity) == (row.analysis, row.quantity)
        and (other.variant or other.kind is Kind.REWEIGHTED)
        and other.ratio
        and not other.caveat
    ]
    return min(others, key=lambda other: abs(math.log(other.ratio or 1.0)), default=None)


# --- making them -----------------------------------------------------------------------------


def _row(job: Job, quantity: str, **more: Any) -> Row:
    published = ANALYSES[job.analysis].published.get(quantity)
    return Row(job.analysis, job.variant, quantity, published, **more)


def quantities_of(job: Job) -> list[str]:
    """Parameters of the table, but for those that the input of this chain fixes."""
    given, wanted = job.info["params"], ANALYSES[job.analysis].quantities
    return [name for name in wanted if not isinstance(given.get(name), Real)]


def rows_of_job(job: Job, chain: Chain, caveat: str = "") -> list[Row]:
    """All rows of a chain: its own, and for an analysis itself those on our curve, beside bounds of
    others and under another prior. Raises HotAxionError if the chain is unusable."""
    rows = rows_of_chain(job, chain, caveat)
    if job.variant is None:
        rows += rows_of_curve(job) + rows_beside(job, rows)
        if ANALYSES[job.analysis].priors:
            rows += rows_of_other_prior(job, chain)
    return rows


def rows_of_chain(job: Job, chain: Chain, caveat: str = "") -> list[Row]:
    """A row for each quantity of the analysis; raises HotAxionError if the chain is unusable."""
    found, rows = chain.bounds(quantities_of(job)), []
    for name, bound in found.parameters.items():
        known = bound.verdict
        mark = NOT_CONVERGED if not known.converged else "" if bound.mc_error else NO_BOUND
        numbers: dict[str, Any] = {
            "ours": None if known.refused else bound.value,
            "mc_error": bound.mc_error if known.converged else None,
            "r_minus_one_bound": bound.r_minus_one,
            "caveat": caveat or mark,
        }
        if ANALYSES[job.analysis].sigma:  # its Monte Carlo error is that of a Gaussian posterior
            error = bound.sigma / math.sqrt(2.0 * bound.effective_samples)
            numbers = {"ours": bound.sigma, "mc_error": error, "sigma": True, "caveat": caveat}
        numbers |= {"r_minus_one": found.r_minus_one, "other_code": chain.made_by}
        rows.append(_row(job, name, effective_samples=bound.effective_samples, **numbers))
    return rows


def rows_of_other_prior(job: Job, chain: Chain) -> list[Row]:
    """The same under a prior flat in delta_neff; none if the chain was sampled with it."""
    quantities = quantities_of(job)
    result = of_axion(chain).reweighted(quantities, "delta_neff")
    if result.verdict == "as sampled":
        return []
    more: dict[str, Any] = {
        "effective_samples": result.effective_samples,
        "caveat": "" if result.verdict == "good" else FEW,
        "kind": Kind.REWEIGHTED,
        "other_code": chain.made_by,
    }
    found = result.parameters or dict.fromkeys(quantities)  # none: too few samples are left
    return [
        _row(job, name, ours=bound and bound.value, mc_error=bound and bound.mc_error, **more)
        for name, bound in found.items()
    ]


def rows_of_curve(job: Job) -> list[Row]:
    """m_a at which the abundance of this input gives the published delta_neff.

    It holds the abundance alone against the paper: no data and no prior are in it. None unless the
    paper has both numbers.
    """
    published = ANALYSES[job.analysis].published
    if not {"delta_neff", "m_a"} <= set(published):
        return []
    abundance = Abundance(options_of_input(job.info))
    m_a = _on_curve(abundance, published["delta_neff"])
    below, above = (abundance(m_a * math.exp(step)).delta_neff for step in (-_STEP, _STEP))
    slope = 2 * _STEP / math.log(above / below)
    return [_row(job, "m_a", ours=m_a, kind=Kind.CURVE, slope=slope)]


def rows_beside(job: Job, rows: Sequence[Row]) -> list[Row]:
    """The chain beside bounds of others on Delta N_eff alone (`Analysis.beside`).

    Parameters
    ----------
    rows : those of the chain. The published m_a is the one at which the curve of this input has
        their Delta N_eff: a translation that knows nothing of the mass, under their prior.
    """
    found: list[Row] = []
    if not (names := ANALYSES[job.analysis].beside):
        return found
    abundance = Abundance(options_of_input(job.info))
    for name in names:
        delta_neff = ONLY_DELTA_NEFF[name]
        theirs = {"delta_neff": delta_neff, "m_a": _on_curve(abundance, delta_neff)}
        found += [
            replace(row, published=theirs[row.quantity], kind=Kind.BESIDE, beside=name)
            for row in rows
            if row.quantity in theirs
        ]
    return found


def _on_curve(abundance: Abundance, delta_neff: float) -> float:
    """m_a [eV] at which the axion has this delta_neff."""
    return relic_with(abundance, {"delta_neff": delta_neff}).m_a_ev
