"""The shape of a Cobaya input, block by block, before Cobaya sees it.

Cobaya itself takes most wrong shapes for something else, and fails far from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from pathlib import Path
from typing import Any

from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError, UnknownOptionError

_EXAMPLES = {
    "theory": "'hotaxion.theory.HotAxion:'",
    "likelihood": "'hotaxion.likelihoods.BBN:'",
    "params": "'m_a: {prior: {min: 0, max: 10}}'",
    "prior": "'flat: \"lambda x: 0\"'",
    "sampler": "'mcmc:' or 'mcmc: {max_samples: 1000}'",
    "post": "'add: {likelihood: ...}'",
}
# Top-level keys of cobaya.typing.InputDict and those that only cobaya.run reads.
_BLOCKS = (*_EXAMPLES, "auto_params", "output", "packages_path", "debug", "force", "resume")
_BLOCKS += ("minimize", "stop_at_error", "test", "timing", "version", "allow_changes")
_INSIDE = {  # what users put at the top though it belongs under a component
    "python_path": "under the component that it is for: 'likelihood: {mylike.Mine: {python_path: "
    "FOLDER}}'",
    "class": "under the component that it is for: 'theory: {axions: {class: MODULE.CLASS}}'",
    "seed": "under the sampler, 'sampler: {mcmc: {seed: 1}}', or use hotaxion run --seed",
    "covmat": "under the sampler, 'sampler: {mcmc: {covmat: FILE}}'",
    "extra_args": "under the theory, 'theory: {hotaxion.theory.HotClassy: {extra_args: ...}}'",
}
_IN_PARAM = "value derived prior ref proposal renames latex drop min max periodic".split()
_LENGTHS = (2, 4, 5)  # of a prior written as a list: min, max, mean and width of ref, proposal
_TEXTS = ("output", "packages_path")


def check_blocks(info: Mapping[str, Any], path: str | Path) -> None:
    """Refuse blocks that Cobaya does not know, and those of a shape that it does not expect.

    Keys that start with "_", "." or "x-" may hold anything, e.g. anchors.

    Raises
    ------
    HotAxionError : one sentence: what is there, what is allowed.
    """
    for block, value in info.items():
        if str(block).startswith(("_", ".", "x-")):
            continue
        if block in _INSIDE:
            raise HotAxionError(
                f"'{path}': '{block}:' at the top is not read; it belongs {_INSIDE[block]}."
            )
        if block not in _BLOCKS:
            raise HotAxionError(f"'{path}': {UnknownOptionError('block', block, _BLOCKS)}")
        if block in _EXAMPLES and value is not None and not isinstance(value, Mapping):
            _refuse(path, f"{block}:", value, f"names below it, such as {_EXAMPLES[block]}")
        if block in _TEXTS and not (value is None or value is False or isinstance(value, str)):
            _refuse(path, f"{block}:", value, "a text or null")
    for block in ("theory", "likelihood"):
        for name, options in (info.get(block) or {}).items():
            _check_component(path, block, name, options)
    for name, options in (info.get("sampler") or {}).items():
        if options is not None and not isinstance(options, Mapping):
            _refuse(path, f"sampler: {name}:", options, "options with values, or nothing")
    if len(info.get("sampler") or {}) > 1:
        names = ", ".join(map(str, info["sampler"]))
        raise HotAxionError(f"'{path}': 'sampler:' holds {names}; keep one of them.")
    for name, function in (info.get("prior") or {}).items():
        if not isinstance(function, str):
            _refuse(path, f"prior: {name}:", function, 'a function, such as "lambda x: -x"')
    for name, entry in (info.get("params") or {}).items():
        _check_parameter(path, name, entry)


def _refuse(path: str | Path, where: str, given: object, allowed: str) -> None:
    where = " ".join(where.split())  # names may hold anything
    raise HotAxionError(f"'{path}': '{where}' is {shown(given)}; allowed: {allowed}.")


def _check_component(path: str | Path, block: str, name: object, options: object) -> None:
    if not isinstance(name, str):
        _refuse(path, f"{block}:", name, f"names such as {_EXAMPLES[block]}")
    if isinstance(options, Mapping):
        for option in options:
            if not isinstance(option, str):
                _refuse(path, f"{block}: {name}:", option, "names of options, with their values")
        python_path = options.get("python_path")
        if python_path is not None and not isinstance(python_path, str):
            _refuse(path, f"{block}: {name}: python_path:", python_path, "the name of a folder")
        kind = options.get("class")
        if kind is not None and not isinstance(kind, str):
            _refuse(path, f"{block}: {name}: class:", kind, "a name such as mymodule.MyClass")
    elif options is not None and not isinstance(options, str):  # a text is a function
        _refuse(path, f"{block}: {name}:", options, "options with values, or nothing")


def _check_parameter(path: str | Path, name: object, entry: object) -> None:
    where = f"params: {name}:"
    if not isinstance(name, str):
        _refuse(path, "params:", name, "names of parameters (in quotes, if they look like numbers)")
    if entry is None or isinstance(entry, str):
        return
    if isinstance(entry, list):
        if len(entry) not in _LENGTHS or not all(map(_is_number, entry)):
            _refuse(path, where, entry, "a list [min, max] of numbers, or a mapping with 'prior:'")
    elif isinstance(entry, Mapping):
        for key, value in entry.items():
            if key not in _IN_PARAM:
                error = UnknownOptionError("key of a parameter", key, _IN_PARAM)
                raise HotAxionError(f"'{path}': '{' '.join(where.split())}' {error}")
            _check_key(path, f"{where} {key}:", str(key), value)
    elif not _is_number(entry):
        _refuse(path, where, entry, "a finite number, a function, a mapping, or nothing")


def _check_key(path: str | Path, where: str, key: str, value: object) -> None:
    """One entry of a parameter."""
    if key in ("prior", "ref"):
        if key == "ref" and _is_number(value):
            return
        if isinstance(value, Mapping):
            for option, given in value.items():
                _check_distribution(path, where, str(option), given)
            if key == "prior" and value.get("dist") == "norm" and not {"loc", "scale"} <= {*value}:
                _refuse(path, where, value, "{dist: norm, loc: NUMBER, scale: NUMBER}, with both")
        elif not (isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))):
            if value is not None:
                allowed = "[number, number] or a mapping such as {min: 0, max: 1} or {dist: norm, "
                _refuse(path, where, value, f"{allowed}loc: 0, scale: 1}}")
    elif key in ("proposal", "min", "max"):
        if value is not None and not _is_number(value, infinite=key != "proposal"):
            _refuse(path, where, value, "a finite number")
    elif key == "value":
        if not isinstance(value, str) and not _is_number(value):
            _refuse(path, where, value, "a finite number or a function")
    elif key in ("drop", "periodic") and not isinstance(value, bool):
        _refuse(path, where, value, "true or false, without quotes")
    elif key == "latex" and not (value is None or isinstance(value, str)):
        _refuse(path, where, value, "a text")


def _check_distribution(path: str | Path, where: str, option: str, given: object) -> None:
    if option == "dist":
        if not isinstance(given, str):
            _refuse(path, f"{where} dist:", given, "the name of a distribution of scipy.stats")
    elif not _is_number(given, infinite=True):  # of truncnorm, an end may lie at infinity
        _refuse(path, f"{where} {option}:", given, "a number, without quotes")


def _is_number(value: object, infinite: bool = False) -> bool:
    """Whether it is a number, not a bool or NaN, of a size that a float has."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return not math.isnan(float(value)) if infinite else math.isfinite(float(value))
    except OverflowError:  # an integer beyond the floats
        return False
