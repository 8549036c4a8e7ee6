"""What the Cobaya input of a chain says of the prior on a parameter, in words.

A parameter may be sampled through a helper: `ln_m_a` is sampled, `m_a` is a function of it
(``value: "lambda ln_m_a: ..."``), and an entry ``flat_in_m_a`` of the top-level block `prior`
carries the Jacobian that makes the prior flat in m_a. The name ``flat_in_NAME`` is taken at its
word here; `prior_density` computes what the input really says.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains import run_info
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from getdist import MCSamples

FLAT_IN = "flat_in_"


def prior_of(samples: MCSamples, name: str) -> str | None:
    """The prior of a parameter in words ('flat in m_a on [0, 3]'), None if it was not sampled."""
    info = run_info(samples)
    params = info.get("params") or {}
    entry = params.get(name)
    if not isinstance(entry, Mapping):
        return None
    if entry.get("prior") is not None:
        return _in_words(name, entry["prior"])
    try:
        needed = arguments(entry.get("value"))
    except HotAxionError:
        return "unknown: its function cannot be read here"
    helpers = [helper for helper in needed if is_sampled(params, helper)]
    if not helpers:
        return None
    if FLAT_IN + name in (info.get("prior") or {}):
        limits = entry.get("min"), entry.get("max")
        on = "" if None in limits else f" on [{limits[0]:g}, {limits[1]:g}]"
        return f"flat in {name}{on}"
    return ", ".join(_in_words(helper, params[helper]["prior"]) for helper in helpers)


def is_sampled(params: Mapping[str, Any], name: str) -> bool:
    """Whether a parameter of an input has a prior of its own."""
    entry = params.get(name)
    return isinstance(entry, Mapping) and entry.get("prior") is not None


def arguments(function: object) -> list[str]:
    """Names of the arguments of a parameter's function; none if it is a number or not there.

    Raises
    ------
    HotAxionError : see `external_function`.
    """
    if function is None or isinstance(function, Real):
        return []
    return list(inspect.signature(external_function(function)).parameters)


def external_function(given: object) -> Callable[..., float]:
    """A function as Cobaya's inputs give it: "lambda x: ..." or "import_module('my').f".

    Raises
    ------
    HotAxionError : it cannot be read, or not from this folder.
    """
    from cobaya.log import LoggedError
    from cobaya.tools import get_external_function

    try:
        return get_external_function(given)
    except LoggedError as error:
        raise HotAxionError(
            f"the function '{given}' of the input cannot be read: {error} A module that it imports "
            "must be installed or lie in the current folder."
        ) from None


def flat_range(prior: Any) -> tuple[float, float] | None:
    """Both ends of a flat prior as Cobaya's inputs give it; None if it is not flat."""
    if not isinstance(prior, Mapping):  # Cobaya's short form [min, max]
        return float(prior[0]), float(prior[1])
    if prior.get("dist", "uniform") != "uniform":
        return None
    return _limits(prior)


def _limits(prior: Mapping[str, Any]) -> tuple[float, float]:
    low = float(prior.get("min", prior.get("loc", 0)))
    high = prior.get("max")
    return low, low + float(prior.get("scale", 1)) if high is None else float(high)


def _in_words(name: str, prior: Any) -> str:
    limits = flat_range(prior)
    if limits:
        return f"flat in {name} on [{limits[0]:g}, {limits[1]:g}]"
    if prior["dist"] == "norm":
        return f"Gaussian in {name}, {prior.get('loc', 0):g} ± {prior.get('scale', 1):g}"
    low, high = _limits(prior)
    return f"{prior['dist']} in {name} on [{low:g}, {high:g}]"
