"""The files of a chain: its rows, and what lies beside them.

That are names of columns, ranges, sampler, and what has been cut off. Cobaya writes
PREFIX.updated.yaml (and, of `post`, what it skipped into PREFIX.input.yaml), getdist
PREFIX.paramnames, .ranges and .properties.ini.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from getdist.chains import chainFiles
from getdist.cobaya_interface import (
    cobaya_params_file,
    get_info_params,
    get_range,
    is_derived_param,
    is_sampled_param,
)
from getdist.inifile import IniError, IniFile
from getdist.paramnames import ParamInfo, ParamNames
from getdist.parampriors import ParamBounds

from hotaxion.analysis.chains.priors import limits
from hotaxion.analysis.chains.rows import read_rows
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError, MissingDataError

if TYPE_CHECKING:
    from getdist import MCSamples


BURN_IN = 0.3  # fraction of each MCMC chain that is dropped
MIN_ROWS = 20  # fewer rows say nothing about a 95 % quantile
# Samplers whose rows are independent of each other: no burn-in, no autocorrelation.
INDEPENDENT_SAMPLERS = ("nested", "uncorrelated")
_SAMPLERS = ("mcmc", *INDEPENDENT_SAMPLERS)  # those that getdist tells apart
REMOVED = "removed before"  # said by getdist's .properties.ini
_LEAST_WEIGHT = 1e-30  # of the largest
_BLOCKS = ("params", "likelihood", "theory", "prior", "sampler", "post")


@dataclass(frozen=True)
class ChainInput:
    """What the files beside a chain say of it.

    Attributes
    ----------
    names : of the columns, sampled ones first.
    settings : what getdist's MCSamples takes besides: ranges, sampler, temperature, label.
    info : Cobaya's input; empty without one.
    has_header : whether the first line of each file names its columns, as Cobaya's do.
    cut : how burn-in was removed already, in words; empty if it was not.
    """

    names: ParamNames
    settings: Mapping[str, Any]
    info: Mapping[str, Any]
    has_header: bool
    cut: str


def read_chain(
    prefix: str | Path, burn: float | None
) -> tuple[MCSamples, Mapping[str, Any], float, str, dict[str, float]]:
    """Samples, input, burn-in, what was cut before and constant columns: see `Chain.load`."""
    root = str(Path(prefix).absolute())
    files = _chain_files(root)
    found = read_chain_input(root)
    names, fraction = found.names.list(), _burn_in(found, burn)
    tables = [read_rows(file, names, found.has_header) for file in files]
    parts = [_without_burn_in(table, fraction) for table in tables if len(table)]
    rows = sum(len(part) for part in parts)
    if rows < MIN_ROWS:
        raise HotAxionError(
            f"the chain '{prefix}' has {rows} rows after burn-in {fraction:g}; at least "
            f"{MIN_ROWS} are needed. Let it run on (cobaya-run -r) or lower the burn-in."
        )
    samples = _as_samples(Path(root).name, found, parts)
    varying = samples.paramNames.list()
    if not varying:
        raise HotAxionError(f"in the chain '{prefix}' no parameter varies; let it run on.")
    first = dict(zip(names, map(float, parts[0][0, 2:]), strict=True))
    constant = {name: value for name, value in first.items() if name not in varying}
    return samples, found.info, fraction, found.cut, constant


def _chain_files(root: str) -> list[str]:
    folder = Path(root).parent
    if not folder.is_dir():
        raise MissingDataError(f"no folder '{folder}'; give the prefix of a chain, e.g. chains/run")
    files: list[str] = chainFiles(root) or chainFiles(root, separator=".")
    if not files:
        stems = {p.name.removesuffix(".1.txt") for p in folder.glob("*.1.txt")}
        stems |= {p.name.removesuffix("_1.txt") for p in folder.glob("*_1.txt")}
        there = f"prefixes there: {', '.join(sorted(stems))}" if stems else "no chain is there"
        raise MissingDataError(
            f"no chain '{Path(root).name}.1.txt' in '{folder}' ({there}). "
            "Give what stands before '.1.txt', or run cobaya-run first."
        )
    return files


def _burn_in(found: ChainInput, burn: float | None) -> float:
    if found.settings["sampler"] in INDEPENDENT_SAMPLERS or found.cut == REMOVED:
        return 0.0
    if burn is None:
        return 0.0 if found.cut else BURN_IN
    return float(burn)


def _without_burn_in(table: Array, fraction: float) -> Array:
    """Rows that count: those without a weight are no samples, and come off first."""
    counted = table[table[:, 0] > _LEAST_WEIGHT * table[:, 0].max()]
    return counted[round(len(counted) * fraction) :]


def _as_samples(name: str, found: ChainInput, parts: Sequence[Array]) -> MCSamples:
    from getdist import MCSamples

    table = np.vstack(parts)
    weights, log_posterior = np.ascontiguousarray(table[:, :2].T)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does
        samples = MCSamples(
            samples=table[:, 2:],
            weights=weights,
            loglikes=log_posterior,
            names=found.names,
            name_tag=name,
            settings={"ignore_rows": 0},
            **found.settings,
        )
        if found.settings["temperature"] not in (None, 1.0):
            samples.cool()  # a tempered chain is not yet weighted by the posterior
    samples.chain_offsets = np.cumsum([0, *map(len, parts)])
    return samples


# --- what lies beside the rows ----------------------------------------------------------------


def read_chain_input(root: str) -> ChainInput:
    """What the files beside a chain say of it.

    Parameters
    ----------
    root : absolute prefix of the chain.

    Raises
    ------
    HotAxionError : there are none, or they are damaged; the message names the file.
    """
    given, paramnames = cobaya_params_file(root), Path(f"{root}.paramnames")
    try:
        info = _read_input(Path(given)) if given else {}
        if given and not (paramnames.is_file() and Path(f"{root}.ranges").is_file()):
            found = _of_cobaya(root, Path(given), info)
        elif paramnames.is_file():
            found = _of_getdist(root, paramnames, info)
        else:
            raise HotAxionError(
                f"the names of its parameters are missing: beside '{root}.1.txt' belongs "
                f"'{Path(root).name}.updated.yaml' (Cobaya) or '.paramnames' (getdist)."
            )
    except HotAxionError:
        raise
    # Whatever getdist's parsers stumble over: their files have no format that could be checked.
    except (IniError, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        raise HotAxionError(
            f"the files beside the chain '{root}' (.updated.yaml, or .paramnames, .ranges, "
            f".properties.ini) are damaged: {' '.join(str(error).split())}. Copy them again."
        ) from None
    names = found.names.list()
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        what = f"name {', '.join(twice)} twice" if twice else "name no parameter"
        raise HotAxionError(f"the files beside the chain '{root}' {what}; copy them again.")
    return found


def _read_input(path: Path) -> dict[str, Any]:
    """A Cobaya input beside a chain, its blocks looked at."""
    info = read_yaml(path)
    for block in _BLOCKS:
        value = info.get(block)
        if value is not None and not (
            isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
        ):
            raise HotAxionError(
                f"'{path}': the block '{block}' is {shown(value)}, no names with values; put the "
                "file back that Cobaya wrote (it writes it anew when the run starts again)."
            )
    return {key: value for key, value in info.items() if value is not None or key not in _BLOCKS}


def _of_cobaya(root: str, path: Path, info: dict[str, Any]) -> ChainInput:
    if not info.get("params"):
        raise HotAxionError(f"'{path}' has no block 'params'; put the file back that Cobaya wrote.")
    params = get_info_params({"likelihood": {}} | info)
    sampled = [name for name, entry in params.items() if is_sampled_param(entry)]
    derived = [name for name, entry in params.items() if is_derived_param(entry)]
    names, ranges = ParamNames(), ParamBounds()
    names.names = [_column(name, params[name], name in derived) for name in (*sampled, *derived)]
    for name, entry in params.items():
        if name in sampled:  # getdist itself reads but some priors
            low, high = limits(entry["prior"]) or (-np.inf, np.inf)
            entry = {**entry, "prior": {"min": low, "max": high}}
        low, high, periodic = get_range(entry)
        ranges.setRange(name, (low, high, periodic and None not in (low, high)))
    kind, options = next(iter((info.get("sampler") or {"mcmc": None}).items()))
    options = options if isinstance(options, Mapping) else {}
    sampler = options.get("sampler_type") or ("nested" if kind == "polychord" else kind)
    heat, label = options.get("temperature"), info.get("label")
    settings = {
        "ranges": ranges,
        "sampler": sampler if sampler in _SAMPLERS else "mcmc",
        "temperature": float(heat) if isinstance(heat, Real) else None,
        "label": str(label) if label else None,
    }
    return ChainInput(names, settings, info, has_header=True, cut=_skipped_by_post(root))


def _column(name: str, entry: Any, derived: bool) -> ParamInfo:
    entry = entry if isinstance(entry, Mapping) else {}
    label, renames = str(entry.get("latex") or name), entry.get("renames")
    return ParamInfo(name=name, label=label, derived=derived, renames=renames)


def _skipped_by_post(root: str) -> str:
    """Whether Cobaya's `post` has skipped the start of the chain, or of the one it came from."""
    while ".post." in Path(root).name:
        for ending in ("updated", "input"):  # Cobaya 3.6 keeps the block in the latter
            path = Path(f"{root}.{ending}.yaml")
            skip = (_read_input(path) if path.is_file() else {}).get("post", {}).get("skip")
            if isinstance(skip, Real) and float(skip) > 0:
                return f"post has skipped {skip:g} of the chain"
        root = root.rpartition(".post.")[0]
    return ""


def _of_getdist(root: str, path: Path, info: dict[str, Any]) -> ChainInput:
    ranges, ini = Path(f"{root}.ranges"), Path(f"{root}.properties.ini")
    properties = IniFile(str(ini)) if ini.is_file() else IniFile()
    sampler = properties.string("sampler", "mcmc").lower()
    settings = {
        "ranges": ParamBounds(str(ranges)) if ranges.is_file() else ParamBounds(),
        "sampler": sampler if sampler in _SAMPLERS else "mcmc",
        "temperature": properties.float("temperature", 1.0),
        "label": properties.params.get("label"),
    }
    cut = REMOVED if properties.bool("burn_removed", False) else ""
    return ChainInput(ParamNames(str(path)), settings, info, has_header=False, cut=cut)
