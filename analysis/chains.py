"""Reading chains in the text format of Cobaya or getdist."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError, UnknownOptionError

if TYPE_CHECKING:
    from getdist import MCSamples

BURN_IN = 0.3  # fraction of each MCMC chain that is dropped
MIN_ROWS = 20  # fewer rows say nothing about a 95 % quantile
# Samplers whose rows are independent of each other: no burn-in, no autocorrelation.
INDEPENDENT_SAMPLERS = ("nested", "uncorrelated")


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


def load_chain(prefix: str | Path, burn: float = BURN_IN) -> MCSamples:
    """All chains PREFIX.1.txt, PREFIX.2.txt, ... (or PREFIX_1.txt, ... of getdist) as one.

    Parameters
    ----------
    prefix : what stands before ".1.txt"; Cobaya's `output`.
    burn : fraction (0 <= burn < 1) dropped at the start of each chain; ignored for nested or
        importance samples and for chains that say that burn-in was removed.

    Raises
    ------
    MissingDataError : no such chain.
    RangeError : burn outside [0, 1).
    HotAxionError : the files cannot be read, or hold too few samples.
    """
    if not 0 <= burn < 1:
        raise RangeError(f"burn-in fraction {burn} given; allowed is 0 <= burn < 1, e.g. 0.3.")
    from getdist import MCSamples, chains
    from getdist.chains import WeightedSampleError, chainFiles

    chains.print_load_details = False
    root = str(Path(prefix).absolute())
    files = _chain_files(root, chainFiles)
    try:
        samples = MCSamples(root=root, settings={"ignore_rows": burn})
        if samples.paramNames is None:
            raise WeightedSampleError("the names of its parameters are missing")
        if samples.sampler in INDEPENDENT_SAMPLERS:
            samples.ignore_frac = samples.ignore_lines = 0
        # getdist prints before it raises
        with calm_getdist(), contextlib.redirect_stdout(io.StringIO()):
            samples.readChains(files)
        if samples.properties.hasKey("temperature"):
            samples.cool()  # a tempered chain is not yet weighted by the posterior
    except (WeightedSampleError, ValueError, IndexError, OSError) as error:
        raise HotAxionError(
            f"cannot read the chain '{prefix}': {error}. Needed are whole files "
            f"{Path(prefix).name}.1.txt with {Path(prefix).name}.updated.yaml (Cobaya) or "
            ".paramnames (getdist) beside them."
        ) from None
    if samples.numrows < MIN_ROWS:
        raise HotAxionError(
            f"the chain '{prefix}' has {samples.numrows} rows after burn-in {burn}; at least "
            f"{MIN_ROWS} are needed. Let it run on (cobaya-run -r) or lower the burn-in."
        )
    return samples


def _chain_files(root: str, chain_files: Any) -> list[str]:
    folder = Path(root).parent
    if not folder.is_dir():
        raise MissingDataError(f"no folder '{folder}'; give the prefix of a chain, e.g. chains/run")
    files = chain_files(root) or chain_files(root, separator=".")
    if not files:
        stems = {p.name.removesuffix(".1.txt") for p in folder.glob("*.1.txt")}
        stems |= {p.name.removesuffix("_1.txt") for p in folder.glob("*_1.txt")}
        there = f"prefixes there: {', '.join(sorted(stems))}" if stems else "no chain is there"
        raise MissingDataError(
            f"no chain '{Path(root).name}.1.txt' in '{folder}' ({there}). "
            "Give what stands before '.1.txt', or run cobaya-run first."
        )
    return files


def parameter_names(samples: MCSamples) -> list[str]:
    """Names of all parameters of the chain that were not constant."""
    return list(samples.paramNames.list())


def check_parameters(samples: MCSamples, names: Sequence[str]) -> list[str]:
    """`names` if the chain has all of them.

    Raises
    ------
    UnknownOptionError : for the first one that it has not.
    """
    present = parameter_names(samples)
    for name in names:
        if name not in present:
            raise UnknownOptionError("parameter of this chain", name, present)
    return list(names)


def separate_chains(samples: MCSamples) -> list[slice]:
    """Rows of each single chain within the combined samples."""
    offsets = samples.chain_offsets
    if offsets is None:
        return [slice(0, samples.numrows)]
    return [slice(int(a), int(b)) for a, b in pairwise(offsets) if b > a]


def run_info(samples: MCSamples) -> Mapping[str, Any]:
    """The Cobaya input of the chain (its updated.yaml), empty for a chain without one."""
    return getattr(samples.paramNames, "info_dict", None) or {}
