"""Small posteriors to keep: python -m hotaxion.analysis.chains.thin CHAIN ... [-o FOLDER].

Of each chain some thousand rows of weight one, in getdist's format, and Cobaya's input beside them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.chain import Chain
from hotaxion.theory.files import write_whole

if TYPE_CHECKING:
    from getdist import MCSamples

_ROWS = 1500
_SEED = 2205_07849
_LEFT_OUT = ("chi2", "minuslogprior", "Y_p", "DH")


def write_reference(prefix: str | Path, folder: str | Path, rows: int = _ROWS) -> list[Path]:
    """Draw about so many rows by weight (getdist's way, fixed seed) and write them.

    They are marked as independent, which a quarter of the chain's effective samples nearly are.

    Parameters
    ----------
    folder : where NAME.txt, .paramnames, .ranges, .properties.ini and .updated.yaml go.
    """
    from cobaya.yaml import yaml_dump

    chain = Chain.load(prefix)
    chosen = chain.samples.random_single_samples_indices(_SEED, max_samples=rows)
    small = selection(chain.samples, chosen, _LEFT_OUT, sampler="uncorrelated")
    root = Path(folder) / chain.name
    root.parent.mkdir(parents=True, exist_ok=True)
    small.saveAsText(str(root))
    small.saveTextMetadata(str(root), {"burn_removed": "T", "sampler": "uncorrelated"})
    if chain.info:
        write_whole(Path(f"{root}.updated.yaml"), yaml_dump(dict(chain.info)))
    return sorted(path for path in root.parent.iterdir() if path.name.startswith(f"{root.name}."))


def selection(
    samples: MCSamples, rows: NDArray[np.int64], left_out: tuple[str, ...], **more: Any
) -> MCSamples:
    """Some rows of a chain, each with weight one, without the columns whose names start so.

    more : what MCSamples shall take instead, or besides.
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
    arguments = parser.parse_args()
    for prefix in arguments.chain:
        print(*write_reference(prefix, arguments.output), sep="\n")
