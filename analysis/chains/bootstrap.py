"""Monte Carlo error of a statistic of a chain, by resampling blocks of correlated rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.chain import INDEPENDENT_SAMPLERS, separate_chains

if TYPE_CHECKING:
    from getdist import MCSamples

_BOOTSTRAPS = 300
_MAX_BLOCKS = 200
_SAMPLES_PER_BLOCK = 10  # a block spans ten correlation lengths, so that blocks are independent


def blocks_of_rows(samples: MCSamples, n_effective: float) -> NDArray[np.int64]:
    """Number of the block of each row: consecutive rows of equal weight within one chain."""
    if samples.sampler in INDEPENDENT_SAMPLERS:
        return np.arange(samples.numrows)
    pieces = separate_chains(samples)
    wanted = int(np.clip(n_effective / _SAMPLES_PER_BLOCK, 4, _MAX_BLOCKS))
    per_chain = max(1, round(wanted / len(pieces)))
    block = np.empty(samples.numrows, dtype=np.int64)
    offset = 0
    for piece in pieces:
        reached = np.cumsum(samples.weights[piece])
        block[piece] = offset + np.minimum(
            (per_chain * (reached - samples.weights[piece] / 2) / reached[-1]).astype(int),
            per_chain - 1,
        )
        offset = int(block[piece][-1]) + 1
    return np.unique(block, return_inverse=True)[1]


def bootstrap_error(
    samples: MCSamples, index: int, tail: float | None, upper: bool, block: NDArray[np.int64]
) -> float:
    """Standard deviation of a quantile or mean over resampled blocks (Künsch 1989), fixed seed.

    Parameters
    ----------
    samples, index : chain and column.
    tail : probability beyond the quantile; None for the mean.
    upper : whether the tail is the upper one.
    block : (rows,) block of each row, see `blocks_of_rows`.
    """
    n_blocks = int(block.max()) + 1
    rng = np.random.default_rng(20220507849)
    data = samples.initParamConfidenceData(index)  # sorts once; only the weights are redrawn
    values: list[float] = []
    while len(values) < _BOOTSTRAPS:
        copies = np.bincount(rng.integers(n_blocks, size=n_blocks), minlength=n_blocks)
        drawn = samples.weights * copies[block]
        if not drawn.sum() > 0:  # all importance weights in blocks that were not drawn
            continue
        if tail is None:
            values.append(np.average(samples.samples[:, index], weights=drawn))
            continue
        cumsum = np.cumsum(drawn[data.indexes])
        redrawn = data._replace(cumsum=cumsum, norm=cumsum[-1])
        values.append(samples.confidence(redrawn, tail, upper=upper))
    return float(np.std(values, ddof=1))
