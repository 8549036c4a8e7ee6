"""Whether a chain has converged: R - 1 of the means and of a bound, independent samples."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.chains import INDEPENDENT_SAMPLERS, separate_chains

if TYPE_CHECKING:
    from getdist import MCSamples

PIECES = 4  # a lone chain is cut into so many
# Without a finite spread (m_a -> 0 within the prior): the correlation of 1/x is looked at.
_THROUGH_INVERSE = ("f_a",)


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
