"""Reading chains in the text format of Cobaya or getdist."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError, UnknownOptionError

if TYPE_CHECKING:
    from getdist import MCSamples

    from hotaxion.analysis.chains.recorded_input import ChainInput

Array = NDArray[np.float64]

BURN_IN = 0.3  # fraction of each MCMC chain that is dropped
MIN_ROWS = 20  # fewer rows say nothing about a 95 % quantile
# Samplers whose rows are independent of each other: no burn-in, no autocorrelation.
INDEPENDENT_SAMPLERS = ("nested", "uncorrelated")
REMOVED = "removed before"  # said by getdist's .properties.ini
_LEAST_WEIGHT = 1e-30  # of the largest


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


def load_chain(prefix: str | Path, burn: float | None = None) -> MCSamples:
    """All chains PREFIX.1.txt, PREFIX.2.txt, ... (or PREFIX_1.txt, ... of getdist) as one.

    Parameters
    ----------
    prefix : what stands before ".1.txt"; Cobaya's `output`.
    burn : fraction (0 <= burn < 1) dropped at the start of each chain; ignored for nested or
        importance samples and for chains that say that burn-in was removed. Default is BURN_IN,
        and none where Cobaya's `post` has skipped the start already. What was dropped:
        `burn_in_of`.

    Raises
    ------
    MissingDataError : no such chain.
    RangeError : burn outside [0, 1).
    HotAxionError : the files cannot be read, or hold too few samples, or run code; the message
        names file, line and column.
    """
    if burn is not None and not (isinstance(burn, Real) and 0 <= burn < 1):
        raise RangeError(
            f"burn-in fraction {shown(burn)} given; allowed is 0 <= burn < 1, e.g. 0.3."
        )
    from getdist.chains import chainFiles

    from hotaxion.analysis.chains.files import read_rows
    from hotaxion.analysis.chains.recorded_input import read_chain_input

    root = str(Path(prefix).absolute())
    files = _chain_files(root, chainFiles)
    found = read_chain_input(root)
    names = found.names.list()
    header = found.names.info_dict is not None  # Cobaya's
    tables = {file: read_rows(file, names, header) for file in files}
    fraction = _burn_in(found, burn)
    parts = [_without_burn_in(table, fraction) for table in tables.values() if len(table)]
    rows = sum(len(part) for part in parts)
    if rows < MIN_ROWS:
        raise HotAxionError(
            f"the chain '{prefix}' has {rows} rows after burn-in {fraction:g}; at least "
            f"{MIN_ROWS} are needed. Let it run on (cobaya-run -r) or lower the burn-in."
        )
    return _as_samples(Path(root).name, found, parts, fraction)


def _burn_in(found: ChainInput, burn: float | None) -> float:
    if found.sampler in INDEPENDENT_SAMPLERS or found.cut == REMOVED:
        return 0.0
    if burn is None:
        return 0.0 if found.cut else BURN_IN
    return float(burn)


def _without_burn_in(table: Array, fraction: float) -> Array:
    """Rows that count: those without a weight are no samples, and come off first."""
    counted = table[table[:, 0] > _LEAST_WEIGHT * table[:, 0].max()]
    return counted[round(len(counted) * fraction) :]


def _as_samples(name: str, found: ChainInput, parts: Sequence[Array], fraction: float) -> MCSamples:
    from getdist import MCSamples

    table = np.vstack(parts)
    weights, log_posterior = np.ascontiguousarray(table[:, :2].T)
    names = found.names.list()
    with calm_getdist(), contextlib.redirect_stdout(io.StringIO()):  # it prints what it does
        samples = MCSamples(
            samples=table[:, 2:],
            weights=weights,
            loglikes=log_posterior,
            names=found.names,
            ranges=found.ranges,
            sampler=found.sampler,
            temperature=found.temperature,
            label=found.label,
            name_tag=name,
            settings={"ignore_rows": 0},
        )
        if found.temperature not in (None, 1.0):
            samples.cool()  # a tempered chain is not yet weighted by the posterior
    samples.chain_offsets = np.cumsum([0, *map(len, parts)])
    present = set(parameter_names(samples))
    if not present:
        raise HotAxionError(f"in the chain '{name}' no parameter varies; let it run on.")
    samples.burn_in = fraction, found.cut
    samples.left_out = {
        name: float(value)
        for name, value in zip(names, table[0, 2:], strict=True)
        if name not in present
    }
    return samples


def burn_in_of(samples: MCSamples) -> tuple[float, str]:
    """Fraction that was dropped at the start of each chain, and in words what had cut it before."""
    return getattr(samples, "burn_in", (0.0, ""))


def left_out(samples: MCSamples) -> dict[str, float]:
    """Columns that the chain has but getdist drops: name -> the value in every row (NaN: none)."""
    return getattr(samples, "left_out", {})


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
    HotAxionError : for one that is the same in every row.
    """
    present, constant = parameter_names(samples), left_out(samples)
    for name in names:
        if name in constant:
            raise HotAxionError(
                f"'{name}' is {constant[name]:g} in every row of this chain; it has no bound. "
                "Leave it out (--params)."
            )
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
