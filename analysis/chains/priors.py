"""What a Cobaya input says of the prior on a parameter: any distribution of scipy.stats, in words.

A parameter may be sampled through a helper: `ln_m_a` is sampled, `m_a` is a function of it
(``value: "lambda ln_m_a: ..."``), and an entry ``flat_in_m_a`` of the top-level block `prior`
carries the Jacobian that makes the prior flat in m_a. The name ``flat_in_NAME`` is taken at its
word here; `reweight.log_density` computes what the input really says.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

FLAT_IN = "flat_in_"
_WORDS = {"loguniform": "log-uniform", "reciprocal": "log-uniform"}  # else scipy's name
# Said already by the interval: Cobaya's limits, and the shapes that are limits themselves.
_LIMITS = ("dist", "min", "max")
_SHAPES_ARE_LIMITS = ("loguniform", "reciprocal", "truncnorm")


def prior_in_words(info: Mapping[str, Any], name: str) -> str | None:
    """The prior of a parameter of an input: 'flat in m_a on [0, 3]'; None if it was not sampled."""
    params = info.get("params") or {}
    entry = params.get(name)
    if not isinstance(entry, Mapping):
        return None
    if entry.get("prior") is not None:
        return in_words(name, entry["prior"])
    try:
        helpers = helpers_of(params, name)
    except HotAxionError:
        return f"unknown: its function {shown(entry['value'])} cannot be read here"
    if not helpers:
        return None
    if FLAT_IN + name in (info.get("prior") or {}):
        ends = entry.get("min"), entry.get("max")
        known = all(isinstance(end, Real) for end in ends)
        return f"flat in {name}" + (f" on [{ends[0]:g}, {ends[1]:g}]" if known else "")
    return ", ".join(in_words(helper, params[helper]["prior"]) for helper in helpers)


def is_sampled(params: Mapping[str, Any], name: str) -> bool:
    """Whether a parameter of an input has a prior of its own."""
    entry = params.get(name)
    return isinstance(entry, Mapping) and entry.get("prior") is not None


def helpers_of(params: Mapping[str, Any], name: str) -> list[str]:
    """The sampled parameters that another one is a function of; raises if that cannot be read."""
    entry = params.get(name)
    needed = arguments(entry.get("value")) if isinstance(entry, Mapping) else []
    return [other for other in needed if is_sampled(params, other)]


# --- distributions ----------------------------------------------------------------------------


def distribution(prior: Any) -> Any | None:
    """The frozen distribution of scipy that Cobaya makes of a prior; None if it would refuse."""
    from cobaya.tools import get_scipy_1d_pdf

    given = dict(prior) if isinstance(prior, Mapping) else prior
    try:
        frozen = get_scipy_1d_pdf(given)
        low, high = frozen.support()
    except (ValueError, TypeError, AttributeError, ImportError):
        return None
    return frozen if np.ndim(low) == np.ndim(high) == 0 and low <= high else None


def limits(prior: Any) -> tuple[float, float] | None:
    """Both ends of a prior, infinite where it has none; None if it cannot be read."""
    frozen = distribution(prior)
    if frozen is None:
        return None
    low, high = frozen.support()
    return float(low), float(high)


def flat_range(prior: Any) -> tuple[float, float] | None:
    """Both ends of a flat prior; None if it is not flat, or cannot be read."""
    return limits(prior) if _name_of(prior) == "uniform" else None


def _name_of(prior: Any) -> str:
    return str(prior.get("dist", "uniform")) if isinstance(prior, Mapping) else "uniform"


def in_words(name: str, prior: Any) -> str:
    """'flat in m_a on [0, 3]', 'Gaussian in x, 1 ± 2', 'log-uniform on [0.001, 1] in m_a'."""
    frozen = distribution(prior)
    if frozen is None:
        return "unknown: its prior cannot be read here"
    kind, (low, high) = _name_of(prior), frozen.support()
    left, right = "[" if np.isfinite(low) else "(", "]" if np.isfinite(high) else ")"
    on = f"on {left}{low:g}, {high:g}{right}"
    if kind == "uniform":
        return f"flat in {name} {on}"
    if kind == "norm":
        return f"Gaussian in {name}, {frozen.mean():g} ± {frozen.std():g}"
    said = (*_LIMITS, "a", "b") if kind in _SHAPES_ARE_LIMITS else _LIMITS
    more = [f"{key} = {value:g}" for key, value in prior.items() if key not in said]
    return f"{_WORDS.get(kind, kind)} {on} in {name}" + (f" ({', '.join(more)})" if more else "")


# --- functions that an input gives ------------------------------------------------------------


def arguments(function: object) -> list[str]:
    """Names of the arguments of a parameter's function; none if it is a number or not there."""
    if function is None or isinstance(function, Real):
        return []
    try:
        return list(inspect.signature(external_function(function)).parameters)
    except (ValueError, TypeError):  # of a function in C, or of no function
        raise HotAxionError(
            f"the function {shown(function)} of the input does not say what its arguments are; "
            "wrap it in a lambda."
        ) from None


def external_function(given: object) -> Callable[..., float]:
    """A function as Cobaya's inputs give it: "lambda x: ..." or "import_module('my').f".

    Raises HotAxionError if it cannot be read, or not from this folder.
    """
    from cobaya.log import LoggedError
    from cobaya.tools import get_external_function

    try:
        return get_external_function(given)
    # What the user wrote is run, which can raise anything; Cobaya catches part of it.
    except Exception as error:
        why = str(error).strip() if isinstance(error, LoggedError) else type(error).__name__
        raise HotAxionError(
            f"the function '{given}' of the input cannot be read: {why} A module that it imports "
            "must be installed or lie in the current folder."
        ) from None


def values_of(given: object, columns: Mapping[str, Array]) -> Array:
    """A function of the input at each row of its arguments.

    Raises HotAxionError if it cannot be read, or fails, or gives no finite number.
    """
    function = external_function(given)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    try:
        values = np.array([float(function(**row)) for row in rows])
    except Exception as error:  # what the user wrote can raise anything
        why = f"{type(error).__name__}: {error}"
        raise HotAxionError(f"the function '{given}' of the input fails: {why}.") from None
    if not np.isfinite(values).all():
        (row, *_) = np.flatnonzero(~np.isfinite(values))
        place = ", ".join(f"{name} = {value:g}" for name, value in rows[row].items())
        raise HotAxionError(
            f"the function '{given}' of the input gives no finite number at {place}."
        )
    return values
