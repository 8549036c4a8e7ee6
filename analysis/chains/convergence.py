"""Whether a chain has converged: R - 1 of the means and of a bound, independent samples.

One verdict (`chain_verdict`, `judge`) with one set of thresholds decides, for tables, files and
pictures, what may be quoted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.chains.chain import INDEPENDENT_SAMPLERS, separate_chains

if TYPE_CHECKING:
    from getdist import MCSamples

PIECES = 4  # a lone chain is cut into so many
# Without a finite spread (m_a -> 0 within the prior): the correlation of 1/x is looked at.
_THROUGH_INVERSE = ("f_a",)

# Thresholds: effective samples below which a bound is marked, and not given; and what so few give
# four chains: means that scatter by 1/sqrt(n) of the width of the posterior each, R - 1 = 1/n, and
# 95 % quantiles by three times as much.
RELIABLE, REFUSED = 100, 20
R_MEANS, R_MEANS_REFUSED = 0.05, 0.25
R_BOUND = 0.5


@dataclass(frozen=True)
class Verdict:
    """Whether a chain, or one number of it, may be quoted.

    Attributes
    ----------
    converged : False: it is to be marked wherever it is shown.
    text : "converged", or "NOT converged: ... : do not quote" with the reasons.
    refused : no number is known at all (fewer than REFUSED effective samples, or R - 1 of the
        means above R_MEANS_REFUSED).
    """

    converged: bool
    text: str = "converged"
    refused: bool = False


def judge(
    r_means: float | None,
    r_bounds: Mapping[str, float | None],
    effective: Mapping[str, float],
) -> Verdict:
    """The verdict on parameters of a chain.

    Parameters
    ----------
    r_means : R - 1 of the means; None where it has no meaning.
    r_bounds : name -> R - 1 of its bound; None where it has no meaning.
    effective : name -> independent samples.
    """
    reasons, refused = [], False
    if r_means is not None and not r_means <= R_MEANS:
        reasons.append(f"R-1 of the means {r_means:.2g} > {R_MEANS:g}")
        refused = not r_means <= R_MEANS_REFUSED
    known = {name: value for name, value in r_bounds.items() if value is not None}
    worst = max(known, key=lambda name: known[name], default=None)
    if worst is not None and not known[worst] <= R_BOUND:
        reasons.append(f"R-1 of the bound of {worst} {known[worst]:.2g} > {R_BOUND:g}")
    least = min(effective, key=lambda name: effective[name], default=None)
    if least is not None and not effective[least] >= RELIABLE:
        reasons.append(f"{effective[least]:.0f} effective samples of {least} < {RELIABLE}")
        refused |= not effective[least] >= REFUSED
    if not reasons:
        return Verdict(True)
    return Verdict(False, f"NOT converged: {', '.join(reasons)}: do not quote", refused)


def chain_verdict(samples: MCSamples, names: Sequence[str]) -> Verdict:
    """The verdict on a chain as far as these parameters of it are shown.

    Parameters
    ----------
    samples : the chain.
    names : parameters whose independent samples count. R - 1 of the means is that of all sampled
        ones; R - 1 of bounds counts in the tables, where bounds are (`bounds.ChainBounds`).
    """
    effective = {name: effective_samples(samples, name) for name in names}
    return judge(gelman_rubin(samples), {}, effective)


def pieces_to_compare(samples: MCSamples) -> list[slice]:
    """Rows of each chain, or of each quarter of a lone one."""
    pieces = separate_chains(samples)
    if len(pieces) > 1:
        return pieces
    edges = np.linspace(0, samples.numrows, PIECES + 1).astype(int)
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def gelman_rubin(samples: MCSamples) -> float | None:
    """R - 1 of getdist (worst direction of the sampled parameters); a lone chain is cut in four.

    None where it has no meaning (independent samples) or cannot be computed.
    """
    if samples.sampler in INDEPENDENT_SAMPLERS:
        return None
    from getdist.chains import WeightedSamples

    parts = [
        WeightedSamples(samples=samples.samples[p], weights=samples.weights[p])
        for p in pieces_to_compare(samples)
    ]
    eigenvalues = samples.getGelmanRubinEigenvalues(chainlist=parts)
    return None if eigenvalues is None else float(np.max(eigenvalues))


def bound_scatter(samples: MCSamples, name: str, tail: float, upper: bool) -> float | None:
    """R - 1 of a one-sided bound: its scatter between chains over the spread of the posterior.

    Standard deviation over the chains of the bound, over that of the parameter, as Cobaya's
    `Rminus1_cl`; but that one looks at the tails `Rminus1_cl_level` / 2 (3.6.2), with level 0.95
    at quantiles next to the median; the 95 % bounds are its level 0.1. Means and medians converge
    long before the tail of m_a does. A lower bound is judged through 1/x: f_a has no finite spread
    where m_a -> 0. None where it has no meaning (independent samples).
    """
    if samples.sampler in INDEPENDENT_SAMPLERS:
        return None
    column, weights = samples.samples[:, samples.index[name]], samples.weights
    if not upper:
        if not column.min() > 0:
            return None
        column, upper = 1 / column, True
    bounds, variances = [], []
    for piece in pieces_to_compare(samples):
        if not weights[piece].sum() > 0:
            return None
        tails = samples.confidence(column[piece], tail, upper=upper, weights=weights[piece])
        mean = np.average(column[piece], weights=weights[piece])
        bounds.append(float(tails))
        variances.append(np.average((column[piece] - mean) ** 2, weights=weights[piece]))
    spread = np.sqrt(np.mean(variances))
    return float(np.std(bounds) / spread) if spread > 0 else None


def effective_samples(samples: MCSamples, name: str) -> float:
    """Number of independent samples of one parameter (getdist; Kish for independent rows).

    With importance weights the number of getdist counts the loss through them, too.
    """
    if samples.sampler in INDEPENDENT_SAMPLERS:
        return kish(samples.weights)
    column = samples.samples[:, samples.index[name]]
    if name in _THROUGH_INVERSE and column.min() > 0:
        column = 1 / column
    return float(samples.get_norm() / samples.getCorrelationLength(column))


def kish(weights: np.ndarray) -> float:
    """(sum w)^2 / sum w^2: how many equal weights carry as much information (Kish 1965)."""
    return float(weights.sum() ** 2 / np.sum(weights**2))
