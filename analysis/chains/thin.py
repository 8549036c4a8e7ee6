"""Small posteriors to keep: python -m hotaxion.analysis.chains.thin CHAIN ... [-o FOLDER].

Of each chain some thousand rows, in getdist's format, and Cobaya's input beside them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from hotaxion.analysis.chains.chain import Chain
from hotaxion.theory.files import write_whole

if TYPE_CHECKING:
    from getdist import MCSamples

_ROWS = 1500
_SEED = 2205_07849
_LEFT_OUT = ("chi2", "minuslogprior", "Y_p", "DH")


def write_reference(
    prefix: str | Path, folder: str | Path, rows: int = _ROWS, name: str = ""
) -> list[Path]:
    """Draw about so many rows by weight (fixed seed) and write them.

    Of a Markov chain getdist's way, with weight one, marked as independent, which a quarter of the
    chain's effective samples nearly are; of nested or importance samples as `thinned` does.

    Parameters
    ----------
    folder : where NAME.txt, .paramnames, .ranges, .properties.ini and .updated.yaml go.
    name : default that of the chain.
    """
    from cobaya.yaml import yaml_dump

    chain = Chain.load(prefix)
    if chain.independent:
        chosen, weights = thinned(chain.samples.weights, rows, _order(chain.samples))
        kind = {"weights": weights, "sampler": "nested"}
    else:
        chosen = chain.samples.random_single_samples_indices(_SEED, max_samples=rows)
        kind = {"sampler": "uncorrelated"}
    small = selection(chain.samples, chosen, _LEFT_OUT, **kind)
    root = Path(folder) / (name or chain.name)
    root.parent.mkdir(parents=True, exist_ok=True)
    small.saveAsText(str(root))
    table = np.column_stack([small.weights, small.loglikes, small.samples])
    np.savetxt(f"{root}.txt", table, fmt="%.6g")  # half the size, and errors are far larger
    small.saveTextMetadata(str(root), {"burn_removed": "T", "sampler": kind["sampler"]})
    if chain.info:
        write_whole(Path(f"{root}.updated.yaml"), yaml_dump(dict(chain.info)))
    return sorted(path for path in root.parent.iterdir() if path.name.startswith(f"{root.name}."))


def thinned(
    weights: NDArray[np.float64], rows: int, order: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """About so many rows and their new weights, which are as good in the mean and scatter least.

    Weights above a threshold stay; others become the threshold, with the probability w/threshold
    (priority sampling, Duffield, Lund & Thorup 2007), systematically along an order of the rows:
    of each stretch of it as much stays as was there, to one row.
    """
    if np.count_nonzero(weights) <= rows:
        return np.flatnonzero(weights), weights[weights > 0]
    least = weights[weights > 0].min()
    inverse = brentq(lambda x: np.minimum(1.0, x * weights).sum() - rows, 0.0, 1.0 / least)
    order = np.arange(weights.size) if order is None else order
    ends = np.cumsum(np.minimum(1.0, inverse * weights[order]))
    ends += np.random.default_rng(_SEED).random()
    kept = np.sort(order[np.diff(np.floor(ends), prepend=0.0) > 0])
    return kept, np.maximum(weights[kept], 1.0 / inverse)


def _order(samples: MCSamples) -> NDArray[np.int64]:
    """By m_a in each of twenty parts by mnu, or by one of them: what bounds are quoted of."""
    names = [name for name in ("m_a", "mnu") if name in samples.index]
    first, *others = [samples[name] for name in names] or [samples.loglikes]
    if not others:
        return np.argsort(first)
    by_second = np.argsort(others[0])
    part = np.empty(by_second.size)
    part[by_second] = np.floor(20.0 * np.cumsum(samples.weights[by_second]) / samples.norm)
    return np.lexsort((first, part))


def selection(
    samples: MCSamples, rows: NDArray[np.int64], left_out: tuple[str, ...], **more: Any
) -> MCSamples:
    """Some rows of a chain, each with weight one, without the columns whose names start so.

    more : what MCSamples shall take instead (weights), or besides.
    """
    from getdist import MCSamples

    names = [n for n in samples.paramNames.list() if not n.startswith(left_out)]
    return MCSamples(
        samples=samples.samples[np.ix_(rows, [samples.index[n] for n in names])],
        names=names,
        labels=[samples.parLabel(n) for n in names],
        ranges={n: (samples.ranges.getLower(n), samples.ranges.getUpper(n)) for n in names},
        **{"weights": np.ones(len(rows)), "loglikes": samples.loglikes[rows], **more},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", nargs="+")
    parser.add_argument("-o", "--output", default="chains/reference")
    parser.add_argument("--rows", type=int, default=_ROWS)
    arguments = parser.parse_args()
    for prefix in arguments.chain:
        print(*write_reference(prefix, arguments.output, arguments.rows), sep="\n")
