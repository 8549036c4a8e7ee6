"""What lies beside a chain: names of its columns, ranges, sampler, and what has been cut off it.

Cobaya writes PREFIX.updated.yaml (and, of `post`, what it skipped into PREFIX.input.yaml), getdist
PREFIX.paramnames, .ranges and .properties.ini. No YAML file is read before `refuse_code` has seen
it, and then by PyYAML's safe loader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from getdist.cobaya_interface import (
    cobaya_params_file,
    get_info_params,
    is_derived_param,
    is_sampled_param,
)
from getdist.inifile import IniError, IniFile
from getdist.paramnames import ParamInfo, ParamNames
from getdist.parampriors import ParamBounds

from hotaxion.analysis.chains.chain import REMOVED
from hotaxion.analysis.chains.distributions import limits
from hotaxion.analysis.inputs.safe_yaml import refuse_code
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

_SAMPLERS = ("mcmc", "nested", "uncorrelated")  # those that getdist tells apart
_BLOCKS = ("params", "likelihood", "theory", "prior", "sampler", "post")


@dataclass(frozen=True)
class ChainInput:
    """What the files beside a chain say of it.

    Attributes
    ----------
    names : of the columns, sampled ones first; `names.info_dict` is Cobaya's input, if there is.
    ranges : of the parameters, for densities.
    sampler : "mcmc", "nested" or "uncorrelated".
    temperature : of the chain; None: 1.
    label : of the chain, for legends.
    cut : how burn-in was removed already, in words; empty if it was not.
    """

    names: ParamNames
    ranges: ParamBounds
    sampler: str = "mcmc"
    temperature: float | None = None
    label: str | None = None
    cut: str = ""


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
        if given and not (paramnames.is_file() and Path(f"{root}.ranges").is_file()):
            found = _of_cobaya(root, Path(given))
        elif paramnames.is_file():
            found = _of_getdist(root, paramnames)
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


def read_yaml(path: Path) -> dict[str, Any]:
    """A Cobaya input beside a chain, its blocks looked at.

    Raises
    ------
    HotAxionError : it holds code, is not YAML, or its blocks are no mappings.
    """
    from getdist.yaml_tools import InputSyntaxError, yaml_load

    from yaml import SafeLoader

    refuse_code(path)
    cure = "put the file back that Cobaya wrote (it writes it anew when the run starts again)"
    try:
        info = yaml_load(path.read_text("utf-8-sig"), SafeLoader, str(path))
    # IndexError: getdist's message of an error at the very end; ValueError: no such date
    except (InputSyntaxError, UnicodeDecodeError, ValueError, IndexError, RecursionError) as error:
        why = (str(error).splitlines() or [""])[0]
        raise HotAxionError(f"'{path}' cannot be read as YAML: {why}; {cure}.") from None
    if not isinstance(info, Mapping):
        raise HotAxionError(f"'{path}' is no Cobaya input but {shown(info)}; {cure}.")
    for block in _BLOCKS:
        value = info.get(block)
        if value is not None and not (
            isinstance(value, Mapping) and all(isinstance(key, str) for key in value)
        ):
            raise HotAxionError(
                f"'{path}': the block '{block}' is {shown(value)}, no names with values; {cure}."
            )
    return {key: value for key, value in info.items() if value is not None or key not in _BLOCKS}


def _of_cobaya(root: str, path: Path) -> ChainInput:
    info = read_yaml(path)
    if not info.get("params"):
        raise HotAxionError(f"'{path}' has no block 'params'; put the file back that Cobaya wrote.")
    params = get_info_params({"likelihood": {}} | info)
    sampled = [name for name, entry in params.items() if is_sampled_param(entry)]
    derived = [name for name, entry in params.items() if is_derived_param(entry)]
    names = ParamNames()
    names.names = [_column(name, params[name], name in derived) for name in (*sampled, *derived)]
    names.info_dict = info
    priors = {name: limits(params[name]["prior"]) for name in sampled}
    ranges = ParamBounds()
    for name, entry in params.items():
        ranges.setRange(name, _range(entry, priors.get(name)))
    kind, options = next(iter((info.get("sampler") or {"mcmc": None}).items()))
    options = options if isinstance(options, Mapping) else {}
    sampler = options.get("sampler_type") or ("nested" if kind == "polychord" else kind)
    temperature = options.get("temperature")
    return ChainInput(
        names=names,
        ranges=ranges,
        sampler=sampler if sampler in _SAMPLERS else "mcmc",
        temperature=float(temperature) if isinstance(temperature, Real) else None,
        label=str(info["label"]) if info.get("label") else None,
        cut=_skipped_by_post(root),
    )


def _column(name: str, entry: Any, derived: bool) -> ParamInfo:
    entry = entry if isinstance(entry, Mapping) else {}
    label, renames = str(entry.get("latex") or name), entry.get("renames")
    return ParamInfo(name=name, label=label, derived=derived, renames=renames)


def _range(entry: Any, prior: tuple[float, float] | None) -> tuple[Any, ...]:
    """Both ends (None: open) for getdist, and whether the parameter is periodic."""
    both: tuple[Any, Any]
    if prior is not None:
        both = prior
    elif isinstance(entry, Mapping) and isinstance(entry.get("value"), Real):
        both = (entry["value"],) * 2
    elif isinstance(entry, Mapping) and "prior" not in entry:
        both = entry.get("min"), entry.get("max")
    else:
        both = (entry,) * 2 if isinstance(entry, Real) else (None, None)
    low, high = (
        float(end) if isinstance(end, Real) and np.isfinite(float(end)) else None for end in both
    )
    periodic = isinstance(entry, Mapping) and entry.get("periodic") is True
    return low, high, periodic and None not in (low, high)


def _skipped_by_post(root: str) -> str:
    """Whether Cobaya's `post` has skipped the start of the chain, or of the one it came from."""
    folder, _, name = root.rpartition("/")
    parts = name.split(".post.")
    for count in range(len(parts), 1, -1):
        prefix = f"{folder}/{'.post.'.join(parts[:count])}"
        for ending in ("updated", "input"):  # Cobaya 3.6 keeps the block in the latter
            path = Path(f"{prefix}.{ending}.yaml")
            skip = (read_yaml(path) if path.is_file() else {}).get("post", {}).get("skip")
            if isinstance(skip, Real) and float(skip) > 0:
                return f"post has skipped {skip:g} of the chain"
    return ""


def _of_getdist(root: str, path: Path) -> ChainInput:
    ranges, ini = Path(f"{root}.ranges"), Path(f"{root}.properties.ini")
    properties = IniFile(str(ini)) if ini.is_file() else IniFile()
    sampler = properties.string("sampler", "mcmc").lower()
    return ChainInput(
        names=ParamNames(str(path)),
        ranges=ParamBounds(str(ranges)) if ranges.is_file() else ParamBounds(),
        sampler=sampler if sampler in _SAMPLERS else "mcmc",
        temperature=properties.float("temperature", 1.0),
        label=properties.params.get("label"),
        cut=REMOVED if properties.bool("burn_removed", False) else "",
    )
