"""A chain, of Cobaya or getdist: what it holds, whether it has converged, and its bounds."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.bounds import (
    CONFIDENCE,
    DEFAULT_PARAMETERS,
    ChainBounds,
    ParameterBound,
    Verdict,
    bound_type,
    is_of_relic,
    judge,
)
from hotaxion.analysis.chains.priors import prior_in_words
from hotaxion.analysis.chains.reading import INDEPENDENT_SAMPLERS, read_chain
from hotaxion.analysis.inputs.names import find_chain, reference_folder
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import shown
from hotaxion.theory.components.record import other_code
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError

if TYPE_CHECKING:
    from getdist import MCSamples


_PIECES = 4  # a lone chain is cut into so many
# Without a finite spread (m_a -> 0 within the prior): the correlation of 1/x is looked at.
_THROUGH_INVERSE = ("f_a",)
_BOOTSTRAPS, _SEED = 300, 2022_05_07849
_MAX_BLOCKS = 200
_SAMPLES_PER_BLOCK = 10  # a block spans ten correlation lengths, so that blocks are independent


@contextlib.contextmanager
def calm_getdist() -> Iterator[None]:
    """Hide warnings of getdist that say what we know: pairs on a curve, weights that differ."""

    def not_known(record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith(
            ("auto bandwidth for", "fine_bins_2D not large", "outlier fraction")
        )

    logging.root.addFilter(not_known)
    try:
        with warnings.catch_warnings():
            # getdist 1.7 reads an attribute of tick formatters that matplotlib 3.11 deprecates.
            warnings.filterwarnings("ignore", message="The format attribute was deprecated")
            yield
    finally:
        logging.root.removeFilter(not_known)


def kish(weights: Array) -> float:
    """(sum w)^2 / sum w^2: how many equal weights carry as much information (Kish 1965)."""
    return float(weights.sum() ** 2 / np.sum(weights**2))


@dataclass(eq=False)
class Chain:
    """All chains of one run, after burn-in.

    Attributes
    ----------
    prefix : what stands before ".1.txt"; `label`: what the user calls it instead, or empty.
    samples : getdist's, of all chains together.
    info : Cobaya's input (its updated.yaml); empty without one.
    burn : fraction that was dropped at the start of each chain; `cut` in words, what had been
        cut off before.
    left_out : columns that getdist drops: name -> the value in every row (NaN: none).
    before : the chain that this one is reweighted from: its rows are correlated as there.
    blocks : (rows,) block of each row for the bootstrap of a reweighted chain.
    """

    prefix: str
    samples: MCSamples
    info: Mapping[str, Any] = field(default_factory=dict)
    burn: float = 0.0
    cut: str = ""
    left_out: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
    before: Chain | None = None
    blocks: NDArray[np.int64] | None = None

    @classmethod
    def load(cls, prefix: str | Path, burn: float | None = None) -> Chain:
        """All chains PREFIX.1.txt, PREFIX.2.txt, ... (or PREFIX_1.txt, ... of getdist) as one.

        Parameters
        ----------
        prefix : as `find_chain` takes it.
        burn : fraction (0 <= burn < 1) dropped at the start of each chain; ignored for nested or
            importance samples and for chains that say that burn-in was removed. Default is
            BURN_IN, and none where Cobaya's `post` has skipped the start already.

        Raises MissingDataError or RangeError, and HotAxionError for files that cannot be read, hold
        too few samples, or run code; it names file, line and column.
        """
        if burn is not None and not (isinstance(burn, Real) and 0 <= burn < 1):
            raise RangeError(
                f"burn-in fraction {shown(burn)} given; allowed is 0 <= burn < 1, e.g. 0.3."
            )
        root = find_chain(prefix)
        with calm_getdist():
            return cls(str(root), *read_chain(root, burn))

    @property
    def name(self) -> str:
        """The last part of the prefix."""
        return Path(self.prefix).name

    @property
    def title(self) -> str:
        """The label, or the prefix as `find_chain` takes it."""
        path = Path(self.prefix)
        packaged = f"reference/{path.name}" if path.parent == reference_folder() else ""
        return self.label or packaged or self.prefix

    @property
    def made_by(self) -> str:
        """In words, which other code than that here has made it; empty if none is known of."""
        return other_code(self.info)

    @property
    def independent(self) -> bool:
        """Whether the rows are independent of each other: no R - 1, no correlation."""
        return self.samples.sampler in INDEPENDENT_SAMPLERS

    def parameters(self) -> list[str]:
        """Names of all parameters that were not constant."""
        return list(self.samples.paramNames.list())

    def column(self, name: str) -> Array:
        """The values of one parameter, row by row."""
        column: Array = self.samples.samples[:, self.samples.index[name]]
        return column

    def check(self, names: Sequence[str]) -> list[str]:
        """`names` if the chain has all of them; raises UnknownOptionError, HotAxionError."""
        present = self.parameters()
        for name in names:
            if name in self.left_out:
                raise HotAxionError(
                    f"'{name}' is {self.left_out[name]:g} in every row of this chain; it has no "
                    "bound. Leave it out (--params)."
                )
            if name not in present:
                raise UnknownOptionError("parameter of this chain", name, present)
        return list(names)

    def prior(self, name: str) -> str | None:
        """The prior of a parameter in words ('flat in m_a on [0, 3]'), None if not sampled."""
        return prior_in_words(self.info, name)

    # --- convergence --------------------------------------------------------------------------

    def pieces(self, of_one: int = _PIECES) -> list[slice]:
        """Rows of each chain; a lone one is cut into `of_one` parts."""
        offsets = self.samples.chain_offsets
        edges = [0, self.samples.numrows] if offsets is None else offsets
        pieces = [slice(int(a), int(b)) for a, b in pairwise(edges) if b > a]
        if len(pieces) == 1:
            edges = np.linspace(0, self.samples.numrows, of_one + 1).astype(int)
            pieces = [slice(int(a), int(b)) for a, b in pairwise(edges)]
        return pieces

    def r_minus_one(self) -> float | None:
        """R - 1 of getdist, worst direction of those sampled; None where it has no meaning."""
        return self.before.r_minus_one() if self.before else self._r_minus_one

    @cached_property
    def _r_minus_one(self) -> float | None:
        if self.independent:
            return None
        from getdist.chains import WeightedSamples

        samples, weights = self.samples.samples, self.samples.weights
        parts = [WeightedSamples(samples=samples[p], weights=weights[p]) for p in self.pieces()]
        eigenvalues = self.samples.getGelmanRubinEigenvalues(chainlist=parts)
        return None if eigenvalues is None else float(np.max(eigenvalues))

    def r_minus_one_of_bound(self, name: str) -> float | None:
        """R - 1 of a one-sided bound: its scatter between chains over the spread of the posterior.

        Standard deviation over the chains of the bound, over that of the parameter, as Cobaya's
        `Rminus1_cl`; but that one looks at the tails `Rminus1_cl_level` / 2 (3.6.2), with level
        0.95 at quantiles next to the median; the 95 % bounds are its level 0.1. Means and medians
        converge long before the tail of m_a does. A lower bound is judged through 1/x: f_a has no
        finite spread where m_a -> 0. None where it has no meaning (a mean, independent samples).
        """
        kind, column = bound_type(name), self.column(name)
        lower = kind == "lower95"
        if self.independent or kind == "mean" or (lower and not column.min() > 0):
            return None
        column, bounds, variances = 1 / column if lower else column, [], []
        for piece in self.pieces():
            x, w = column[piece], self.samples.weights[piece]
            if not w.sum() > 0:
                return None
            bounds.append(float(self.samples.confidence(x, 1 - CONFIDENCE, upper=True, weights=w)))
            variances.append(np.average((x - np.average(x, weights=w)) ** 2, weights=w))
        spread = np.sqrt(np.mean(variances))
        return float(np.std(bounds) / spread) if spread > 0 else None

    def effective(self, name: str) -> float:
        """Number of independent samples of one parameter (getdist; Kish for independent rows)."""
        if self.independent:
            return kish(self.samples.weights)
        column = self.column(name)
        if name in _THROUGH_INVERSE and column.min() > 0:
            column = 1 / column
        return float(self.samples.get_norm() / self.samples.getCorrelationLength(column))

    def verdict(self, names: Sequence[str]) -> Verdict:
        """That on these parameters; R - 1 of bounds counts only where bounds are shown."""
        with calm_getdist():
            effective = {name: self.effective(name) for name in names}
            return judge(self.r_minus_one(), {}, effective)

    # --- bounds -------------------------------------------------------------------------------

    def bounds(self, params: Sequence[str] | None = None) -> ChainBounds:
        """Bounds of `params`; default those of DEFAULT_PARAMETERS, all sampled ones, or all.

        Raises as `check`.
        """
        names, gone = list(params or []), {}
        if not names:
            present = self.parameters()
            names = [name for name in DEFAULT_PARAMETERS if name in present]
            names = [*filter(is_of_relic, present), *names]
            names = names or list(self.samples.paramNames.getRunningNames()) or present
            gone = {n: self.left_out[n] for n in DEFAULT_PARAMETERS if n in self.left_out}
        return ChainBounds(self, {name: self.bound(name) for name in self.check(names)}, gone)

    def bound(self, name: str) -> ParameterBound:
        """The bound (or mean) of one parameter with its Monte Carlo error."""
        kind, index = bound_type(name), self.samples.index[name]
        tail, upper = None if kind == "mean" else 1 - CONFIDENCE, kind == "upper95"
        with calm_getdist():
            value = self.samples.mean(index)
            if tail is not None:
                value = self.samples.confidence(index, tail, upper=upper)
            return ParameterBound(
                name=name,
                type=kind,
                value=float(value),
                mc_error=self.monte_carlo_error(name, tail, upper),
                sigma=float(self.samples.std(index)),
                effective_samples=self.effective(name),
                prior=self.prior(name),
                r_minus_one=self.r_minus_one_of_bound(name),
                r_means=self.r_minus_one(),
            )

    def monte_carlo_error(self, name: str, tail: float | None, upper: bool) -> float:
        """Standard deviation of a quantile or mean over resampled blocks (Künsch 1989), fixed seed.

        Parameters
        ----------
        tail : probability beyond the quantile; None for the mean.
        upper : whether the tail is the upper one.
        """
        block = self.blocks_of_rows(self.effective(name)) if self.blocks is None else self.blocks
        n_blocks = int(block.max()) + 1
        rng = np.random.default_rng(_SEED)
        # Sorts once; only the weights are redrawn.
        data = self.samples.initParamConfidenceData(self.samples.index[name])
        values: list[float] = []
        while len(values) < _BOOTSTRAPS:
            copies = np.bincount(rng.integers(n_blocks, size=n_blocks), minlength=n_blocks)
            drawn = self.samples.weights * copies[block]
            if not drawn.sum() > 0:  # all importance weights in blocks that were not drawn
                continue
            if tail is None:
                values.append(np.average(self.column(name), weights=drawn))
                continue
            cumsum = np.cumsum(drawn[data.indexes])
            redrawn = data._replace(cumsum=cumsum, norm=cumsum[-1])
            values.append(self.samples.confidence(redrawn, tail, upper=upper))
        return float(np.std(values, ddof=1))

    def blocks_of_rows(self, n_effective: float) -> NDArray[np.int64]:
        """Number of the block of each row: consecutive rows of equal weight within one chain."""
        if self.independent:
            return np.arange(self.samples.numrows)
        pieces = self.pieces(of_one=1)
        wanted = int(np.clip(n_effective / _SAMPLES_PER_BLOCK, 4, _MAX_BLOCKS))
        per_chain = max(1, round(wanted / len(pieces)))
        block = np.empty(self.samples.numrows, dtype=np.int64)
        for number, piece in enumerate(pieces):
            weights = self.samples.weights[piece]
            reached = np.cumsum(weights)
            middle = (per_chain * (reached - weights / 2) / reached[-1]).astype(int)
            block[piece] = number * per_chain + np.minimum(middle, per_chain - 1)
        return np.unique(block, return_inverse=True)[1]

    def reweighted(self, log_factors: Array, blocks: NDArray[np.int64]) -> Chain:
        """The same rows with their weights times exp(log_factors)."""
        samples = self.samples.copy()
        samples.reweightAddingLogLikes(-log_factors)
        return replace(self, samples=samples, before=self, blocks=blocks)
