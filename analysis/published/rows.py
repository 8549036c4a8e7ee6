"""Rows of the table of `hotaxion reproduce`: published against ours, and what explains a gap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains import chain as posterior
from hotaxion.analysis.chains.bounds import (
    LOWER_BOUNDED,
    UNITS,
    ChainBounds,
    ParameterBound,
)
from hotaxion.analysis.chains.reweight import PRIORS, Reweighted
from hotaxion.analysis.chains.tables import NOT_CONVERGED
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.analysis.text import rounded, significant

if TYPE_CHECKING:
    from hotaxion.analysis.published.chains import Chain

AXION = "hotaxion.theory.HotAxion"
TOLERANCE = 0.06  # a larger difference needs an explanation
_LIMIT = f"{100 * TOLERANCE:g} %"
REWEIGHTED = "flat_delta_neff"  # the "variant" whose prior is flat in delta_neff on the curve
CURVE = "on our curve"  # the mass at which our abundance gives the published delta_neff
_STEP = 0.01  # of ln delta_neff, for the slope of the curve
_NO_BOUND = "no bound"  # the end of the curve, where m_a piles up if delta_neff is sampled
_SIGMA = "sigma("  # a quantity that is a standard deviation: "sigma(m_a)"


@dataclass(frozen=True)
class Row:
    """One quantity of one chain, or of the curve Delta N_eff(m_a).

    Attributes
    ----------
    analysis, variant : names in the registry; variant None for the analysis itself, else also
        REWEIGHTED or CURVE.
    quantity : parameter; eV, GeV. Or "sigma(parameter)", of a forecast.
    published : bound of the paper, None where it has none.
    ours : our bound (or standard deviation), None where there is none; `mc_error` its Monte Carlo
        error, None if exact.
    r_minus_one, r_minus_one_bound : of the chain's means, and of this bound.
    effective_samples : of this parameter.
    caveat : why the number is not to be relied on, empty if it is.
    remark : what else is to be known.
    """

    analysis: str
    variant: str | None
    quantity: str
    published: float | None
    ours: float | None
    mc_error: float | None = None
    r_minus_one: float | None = None
    r_minus_one_bound: float | None = None
    effective_samples: float | None = None
    caveat: str = ""
    remark: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over published."""
        if self.published is None or self.ours is None:
            return None
        return self.ours / self.published

    @property
    def agrees(self) -> bool | None:
        """Whether the two differ by less than TOLERANCE; None where one is missing."""
        return None if self.ratio is None else abs(self.ratio - 1) <= TOLERANCE


def named(quantity: str) -> str:
    """'m_a [eV]'."""
    unit = UNITS.get(quantity.removeprefix(_SIGMA).removesuffix(")"))
    return f"{quantity} [{unit}]" if unit else quantity


def shown(row: Row) -> str:
    """Our number with the digits that it deserves."""
    if row.variant == CURVE:
        return f"{row.ours:.3g}"
    caveat = f" ({row.caveat})" if row.caveat else ""
    if row.ours is None:
        return f"-{caveat}"
    if row.caveat == NOT_CONVERGED:
        return f"{_sign(row.quantity)} {rounded(row.ours):g}{caveat}".lstrip()
    value = f"{_sign(row.quantity)} {significant(row.ours, row.mc_error or math.nan)}{caveat}"
    return value.lstrip()


def shown_published(row: Row) -> str:
    """The published number."""
    if row.published is None:
        return "-"
    return f"{_sign(row.quantity)} {row.published:.3g}"


def _sign(quantity: str) -> str:
    if quantity.startswith(_SIGMA):
        return ""
    return ">" if quantity in LOWER_BOUNDED else "<"


# --- rows ------------------------------------------------------------------------------------


def rows_of_chain(chain: Chain, burn: float | None, caveat: str = "") -> list[Row]:
    """A row for each quantity of the analysis; raises HotAxionError if the chain is unusable."""
    analysis = ANALYSES[chain.analysis]
    found = posterior.Chain.load(chain.prefix, burn).bounds(analysis.quantities)
    if analysis.sigma:
        return [_row_of_error(chain, found, bound, caveat) for bound in found.parameters.values()]
    published = analysis.published
    return [
        Row(
            chain.analysis,
            chain.variant,
            name,
            published.get(name),
            None if bound.verdict.refused else bound.value,
            bound.mc_error if bound.verdict.converged else None,
            found.r_minus_one,
            bound.r_minus_one,
            bound.effective_samples,
            caveat or _caveat_of(bound),
        )
        for name, bound in found.parameters.items()
    ]


def _caveat_of(bound: ParameterBound) -> str:
    if not bound.verdict.converged:
        return NOT_CONVERGED
    return "" if bound.mc_error else _NO_BOUND


def _row_of_error(chain: Chain, found: ChainBounds, bound: ParameterBound, caveat: str) -> Row:
    """The standard deviation; its Monte Carlo error is that of a Gaussian posterior."""
    return Row(
        chain.analysis,
        chain.variant,
        f"{_SIGMA}{bound.name})",
        None,
        bound.sigma,
        bound.sigma / math.sqrt(2.0 * bound.effective_samples),
        found.r_minus_one,
        effective_samples=bound.effective_samples,
        caveat=caveat,
    )


def rows_of_reweighted(analysis: str, priors: Sequence[Reweighted]) -> list[Row]:
    """The same under a prior flat in delta_neff; none if the chain was sampled with it."""
    result = priors[PRIORS.index("delta_neff")]
    if result.verdict == "as sampled":
        return []
    if not result.parameters:
        published = ANALYSES[analysis].published.get("m_a")
        return [Row(analysis, REWEIGHTED, "m_a", published, None, caveat="few samples")]
    return [
        Row(
            analysis,
            REWEIGHTED,
            name,
            ANALYSES[analysis].published.get(name),
            bound.value,
            bound.mc_error,
            effective_samples=result.effective_samples,
            caveat="" if result.verdict == "good" else "few samples",
        )
        for name, bound in result.parameters.items()
        if name in ANALYSES[analysis].quantities
    ]


def rows_of_curve(analysis: str, info: Mapping[str, Any]) -> list[Row]:
    """m_a at which the abundance of this input gives the published delta_neff.

    It holds the abundance alone against the paper: no data and no prior are in it. None unless the
    paper has both numbers.
    """
    published = ANALYSES[analysis].published
    if not {"delta_neff", "m_a"} <= set(published):
        return []
    value = published["delta_neff"]
    below, mass, above = (mass_at(info, value * factor) for factor in (1 - _STEP, 1.0, 1 + _STEP))
    slope = math.log(above / below) / math.log((1 + _STEP) / (1 - _STEP))
    remark = f"at delta_neff = {value:g}; d ln m_a / d ln delta_neff = {slope:.1f}"
    return [Row(analysis, CURVE, "m_a", published["m_a"], mass, remark=remark)]


def mass_at(info: Mapping[str, Any], delta_neff: float) -> float:
    """m_a [eV] at which the axions of a Cobaya input have this delta_neff; exact inversion."""
    from cobaya.model import get_model

    params: dict[str, Any] = {"delta_neff": delta_neff, "m_a": None}
    if "tan_beta" in info["params"]:
        params["tan_beta"] = info["params"]["tan_beta"]
    with cobaya_session(quiet=True):
        model = get_model(
            {
                "theory": {AXION: info["theory"][AXION]},
                "likelihood": {"one": None},
                "params": params,
            }
        )
        return float(model.logposterior({}).derived[0])


# --- sentences -------------------------------------------------------------------------------


def explain(analysis: str, rows: Sequence[Row]) -> list[str]:
    """Sentences on the published numbers of an analysis: which agree, and why others do not.

    Parameters
    ----------
    analysis : its name; `rows` may contain those of others.
    """
    rows = [row for row in rows if row.analysis == analysis]
    own = {row.quantity: row for row in rows if row.variant is None}
    if not ANALYSES[analysis].published:
        return []
    if not own:
        return ["No chain: nothing can be said."]
    sentences = []
    agree = [row for row in own.values() if row.agrees]
    if agree:
        names = ", ".join(f"{row.quantity} ({_percent(row)})" for row in agree)
        sentences.append(f"Within {_LIMIT}: {names}.")
    for row in own.values():
        if row.agrees is not False:
            continue
        if row.quantity == "f_a" and "m_a" in own and own["m_a"].agrees is False:
            sentences.append("f_a differs as m_a does: m_a f_a is a constant.")
            continue
        sentences.append(_difference(row))
        if row.quantity == "m_a":
            sentences += [_about_curve(other, own) for other in rows if other.variant == CURVE]
        sentences.append(_about_variants(row, rows))
    return sentences


def _both(row: Row) -> tuple[float, float]:
    """Ours and the published one, of a row that has them."""
    assert row.ours is not None
    assert row.published is not None
    return row.ours, row.published


def _ratio(row: Row) -> float:
    ours, published = _both(row)
    return ours / published


def _percent(row: Row) -> str:
    return f"{100 * (_ratio(row) - 1):+.0f} %"


def _difference(row: Row) -> str:
    text = f"{named(row.quantity)}: {shown(row)} against {shown_published(row)}, {_percent(row)}"
    if row.mc_error:
        ours, published = _both(row)
        text += f", {abs(ours - published) / row.mc_error:.1f} Monte Carlo errors"
    return f"{text}."


def _about_curve(curve: Row, own: Mapping[str, Row]) -> str:
    """How much of a difference in m_a is due to the abundance, how much to delta_neff."""
    place, slope = curve.remark.split("; ")
    verdict = "the abundance agrees" if curve.agrees else "the abundance itself differs"
    text = f"Our curve has m_a = {shown(curve)} eV {place}, {_percent(curve)}: {verdict}"
    cause = own.get("delta_neff")
    if cause is None or cause.ratio is None:
        return f"{text}; there {slope}."
    rest = 100 * (_ratio(own["m_a"]) / _ratio(curve) - 1)
    return (
        f"{text}. The rest, {rest:+.0f} %, is that of delta_neff ({_percent(cause)}) along the "
        f"curve; there {slope}."
    )


def _about_variants(row: Row, rows: Sequence[Row]) -> str:
    others = [
        other
        for other in rows
        if other.quantity == row.quantity
        and other.variant not in (None, CURVE)
        and other.ratio is not None
        and not other.caveat
    ]
    if not others:
        return "No variant was run to its end: unexplained."
    within = [other for other in others if other.agrees]
    if within:
        names = ", ".join(f"{other.variant} ({_percent(other)})" for other in within)
        return f"Within {_LIMIT} of the published one: {names}."
    nearest = min(others, key=lambda other: abs(math.log(_ratio(other))))
    text = (
        f"No variant comes within {_LIMIT}; the nearest is {nearest.variant} ({_percent(nearest)})"
    )
    if row.ratio is not None and (row.ratio > 1) != (_ratio(nearest) > 1):
        text += ", and the published bound lies between it and ours"
    return f"{text}."
