"""Small posteriors to keep: python -m hotaxion.analysis.chains.thin CHAIN ... [-o FOLDER].

Of each chain some thousand independent rows, in getdist's format, and the covariance matrix of its
sampled parameters in Cobaya's. `hotaxion bounds chains/reference/NAME` reads them.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.chain import Chain
from hotaxion.theory.files import whole_file

if TYPE_CHECKING:
    from getdist import MCSamples

ROWS = 1500
_LEFT_OUT = ("chi2", "minuslogprior", "Y_p", "DH")


def write_reference(
    prefix: str | Path, folder: str | Path, rows: int = ROWS, burn: float | None = None
) -> list[Path]:
    """Draw rows by weight (fixed seed, without replacement of the weight) and write them.

    Parameters
    ----------
    prefix : prefix of the chain files.
    folder : where NAME.txt, NAME.paramnames, NAME.ranges and NAME.covmat go.
    rows : how many rows; neighbours in a chain are alike, so more than the number of effective
        samples add nothing.
    burn : fraction dropped at the start of each chain; default see `Chain.load`.

    Raises
    ------
    MissingDataError, HotAxionError : see `Chain.load`.
    """
    samples = Chain.load(prefix, burn).samples
    # Equidistant in accumulated weight: every row then counts once.
    reached = np.cumsum(samples.weights)
    wanted = (np.arange(rows) + 0.5) / rows * reached[-1]
    chosen = np.minimum(np.searchsorted(reached, wanted), len(reached) - 1)
    small = selection(samples, chosen, _LEFT_OUT)
    root = Path(folder) / Path(prefix).name
    root.parent.mkdir(parents=True, exist_ok=True)
    for old in root.parent.glob(f"{root.name}.*"):
        old.unlink()
    small.saveAsText(str(root))
    small.saveTextMetadata(str(root), {"burn_removed": "T"})
    text = root.with_name(f"{root.name}.txt")
    # Six digits are enough, and half the size.
    table = np.loadtxt(text)
    with whole_file(text) as file:
        np.savetxt(file, table, fmt="%.6g")
    covariance = Path(f"{prefix}.covmat")
    if covariance.exists():
        shutil.copy(covariance, root.parent / covariance.name)
    return sorted(root.parent.glob(f"{root.name}.*"))


def selection(
    samples: MCSamples, rows: NDArray[np.int64], left_out: tuple[str, ...], **more: Any
) -> MCSamples:
    """Some rows of a chain, each with weight one, without the columns whose names start so.

    Parameters
    ----------
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


def main(argv: list[str] | None = None) -> None:
    """Write a reference of each chain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", nargs="+")
    parser.add_argument("-o", "--output", default="chains/reference")
    arguments = parser.parse_args(argv)
    for prefix in arguments.chain:
        for path in write_reference(prefix, arguments.output):
            print(path)


if __name__ == "__main__":
    main()
