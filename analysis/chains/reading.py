"""The files of a chain: its rows, and what lies beside them.

Cobaya writes names, ranges, sampler and what has been cut off into PREFIX.updated.yaml (what `post`
skipped into PREFIX.input.yaml), getdist into PREFIX.paramnames, .ranges and .properties.ini.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
_REMOVED = "removed before"  # said by getdist's .properties.ini
_LEAST_WEIGHT = 1e-30  # of the largest
_BLOCKS = ("params", "likelihood", "theory", "prior", "sampler", "post")


class _Beside(NamedTuple):
    """What the files beside a chain say of it."""

    names: ParamNames  # of the columns, sampled ones first
    settings: Mapping[str, Any]  # of MCSamples: ranges, sampler, temperature, label
    info: Mapping[str, Any]  # Cobaya's input; empty without one
    has_header: bool  # the first line of each file names its columns, as Cobaya's do
    cut: str  # how burn-in was removed already, in words; empty if it was not


def read_chain(
    prefix: str | Path, burn: float | None
) -> tuple[MCSamples, Mapping[str, Any], float, str, dict[str, float]]:
    """Samples, input, burn-in, what was cut before and constant columns: see `Chain.load`."""
    root = str(Path(prefix).absolute())
    files, found = _chain_files(root), _read_beside(root)
    names, fraction = found.names.list(), 0.0 if found.cut else BURN_IN
    if found.settings["sampler"] in INDEPENDENT_SAMPLERS or found.cut == _REMOVED:
        fraction = 0.0
    elif burn is not None:
        fraction = float(burn)
    tables = [read_rows(file, names, found.has_header) for file in files]
    parts = [_without_burn_in(table, fraction) for table in tables if len(table)]
    rows = sum(map(len, parts))
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


def _without_burn_in(table: Array, fraction: float) -> Array:
    """Rows that count: those without a weight are no samples, and come off first."""
    counted = table[table[:, 0] > _LEAST_WEIGHT * table[:, 0].max()]
    return counted[round(len(counted) * fraction) :]


def _as_samples(name: str, found: _Beside, parts: Sequence[Array]) -> MCSamples:
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


def _read_beside(root: str) -> _Beside:
    """What the files beside a chain with this absolute prefix say of it, if they are whole."""
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


def _of_cobaya(root: str, path: Path, info: dict[str, Any]) -> _Beside:
    if not info.get("params"):
        raise HotAxionError(f"'{path}' has no block 'params'; put the file back that Cobaya wrote.")
    params = get_info_params({"likelihood": {}} | info)
    sampled = [name for name, entry in params.items() if is_sampled_param(entry)]
    derived = [name for name, entry in params.items() if is_derived_param(entry)]
    names, ranges = ParamNames(), ParamBounds()
    for name in (*sampled, *derived):
        entry = params[name] if isinstance(params[name], Mapping) else {}
        known = {"label": str(entry.get("latex") or name), "renames": entry.get("renames")}
        names.names.append(ParamInfo(name=name, derived=name in derived, **known))
    for name, entry in params.items():
        if name in sampled:  # getdist itself reads but some priors
            low, high = limits(entry["prior"]) or (-np.inf, np.inf)
            entry = {**entry, "prior": {"min": low, "max": high}}
        low, high, periodic = get_range(entry)
        ranges.setRange(name, (low, high, periodic and None not in (low, high)))
    kind, options = next(iter((info.get("sampler") or {"mcmc": None}).items()))
    options = options if isinstance(options, Mapping) else {}
    sampler = options.get("sampler_type") or ("nested" if kind == "polychord" else kind)
    heat = options.get("temperature")
    temperature = float(heat) if isinstance(heat, Real) else None
    settings = _settings(ranges, sampler, temperature, info.get("label"))
    return _Beside(names, settings, info, has_header=True, cut=_skipped_by_post(root))


def _settings(
    ranges: ParamBounds, sampler: str, temperature: float | None, label: Any
) -> dict[str, Any]:
    sampler = sampler if sampler in _SAMPLERS else "mcmc"
    label = str(label) if label else None
    return {"ranges": ranges, "sampler": sampler, "temperature": temperature, "label": label}


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


def _of_getdist(root: str, path: Path, info: dict[str, Any]) -> _Beside:
    ranges, ini = Path(f"{root}.ranges"), Path(f"{root}.properties.ini")
    found = IniFile(str(ini)) if ini.is_file() else IniFile()
    bounds = ParamBounds(str(ranges)) if ranges.is_file() else ParamBounds()
    sampler, temperature = found.string("sampler", "mcmc").lower(), found.float("temperature", 1.0)
    settings = _settings(bounds, sampler, temperature, found.params.get("label"))
    cut = _REMOVED if found.bool("burn_removed", False) else ""
    return _Beside(ParamNames(str(path)), settings, info, has_header=False, cut=cut)
