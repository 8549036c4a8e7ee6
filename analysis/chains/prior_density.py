"""The prior density of m_a that a chain was sampled with, row by row, from its own input.

Needed to divide it out. A prior may be flat in m_a or in delta_neff, or in a helper that one of
them is a function of, with Jacobians in the top-level block `prior`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.chain import parameter_names, run_info
from hotaxion.analysis.chains.distributions import flat_range
from hotaxion.analysis.chains.priors import (
    FLAT_IN,
    arguments,
    external_function,
    is_sampled,
    values_of,
)
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from getdist import MCSamples

Array = NDArray[np.float64]

_STEP = 1e-5  # of the helper's range, for its derivative
_FLAT_WITHIN = 1e-3  # in ln(density)


def log_density_in_mass(samples: MCSamples, slope: Callable[[], Array]) -> Array:
    """ln of the prior density of m_a at each row, up to a constant.

    Parameters
    ----------
    samples : the chain.
    slope : gives d delta_neff / d m_a at each row [1/eV]; called only if delta_neff was the input.

    Raises
    ------
    HotAxionError : neither m_a nor delta_neff was sampled, or the prior is neither flat nor flat
        in a function of one of them, or a Jacobian does not do what its name says.
    """
    name = mass_input(samples)
    if is_sampled(run_info(samples)["params"], name):
        log_density = _of_sampled(samples, name)
    else:
        log_density = _of_function(samples, name)
    _check_name(samples, name, log_density)
    return log_density if name == "m_a" else log_density + np.log(slope())


def mass_input(samples: MCSamples) -> str:
    """Which of m_a and delta_neff was sampled, itself or through a helper.

    Raises
    ------
    HotAxionError : none of them.
    """
    params = run_info(samples).get("params") or {}
    for name in ("m_a", "delta_neff"):
        if is_sampled(params, name) or _helpers(params, name):
            return name
    raise HotAxionError(
        "the chain's input (updated.yaml) does not say how m_a was sampled: neither m_a nor "
        "delta_neff has a prior or is a function of a parameter that has one."
    )


def _helpers(params: Mapping[str, Any], name: str) -> list[str]:
    return [other for other in arguments(_value(params, name)) if is_sampled(params, other)]


def _value(params: Mapping[str, Any], name: str) -> object:
    entry = params.get(name)
    return entry.get("value") if isinstance(entry, Mapping) else None


def _of_sampled(samples: MCSamples, name: str) -> Array:
    """A parameter that has a prior itself."""
    _flat_range_of(samples, name)
    return _extra_priors(samples, {name})


def _of_function(samples: MCSamples, name: str) -> Array:
    """A parameter that is a function of one that has a prior: density of that over |slope|."""
    params = run_info(samples)["params"]
    if len(arguments(_value(params, name))) > 1:
        raise HotAxionError(
            f"{name} is a function of several parameters; its prior can be divided out only if "
            "it is a function of one."
        )
    (helper,) = _helpers(params, name)
    low, high = _flat_range_of(samples, helper)
    function = _value(params, name)
    column = samples.samples[:, samples.index[helper]]
    step = _STEP * (high - low)
    forward, backward = np.minimum(column + step, high), np.maximum(column - step, low)
    rise = values_of(function, helper, forward) - values_of(function, helper, backward)
    if not rise.all():
        raise HotAxionError(
            f"the function '{function}' that gives {name} does not change with {helper}; its prior "
            "cannot be divided out."
        )
    return _extra_priors(samples, {helper, name}) - np.log(np.abs(rise / (forward - backward)))


def _flat_range_of(samples: MCSamples, name: str) -> tuple[float, float]:
    limits = flat_range(run_info(samples)["params"][name]["prior"])
    if limits is None or name not in parameter_names(samples):
        raise HotAxionError(
            f"the prior of '{name}' is not flat (or the chain does not hold it); only a flat "
            "prior can be divided out."
        )
    return limits


def _extra_priors(samples: MCSamples, names: set[str]) -> Array:
    """Sum of the entries of the top-level block `prior` that depend on a parameter.

    It goes by several names if one is a function of the other.
    """
    info, total = run_info(samples), np.zeros(samples.numrows)
    for label, given in (info.get("prior") or {}).items():
        needed = [name for name in arguments(external_function(given)) if name in info["params"]]
        if not names & set(needed):
            continue
        if len(needed) > 1 or needed[0] not in parameter_names(samples):
            raise HotAxionError(
                f"the prior '{label}' depends on {', '.join(needed)}: only one that depends on "
                "nothing but the mass, in a column of the chain, can be divided out."
            )
        column = samples.samples[:, samples.index[needed[0]]]
        total += values_of(given, needed[0], column)
    return total


def _check_name(samples: MCSamples, name: str, log_density: Array) -> None:
    """A prior called flat_in_NAME must be."""
    if FLAT_IN + name not in (run_info(samples).get("prior") or {}):
        return
    weighed = log_density[samples.weights > 0]
    if np.ptp(weighed) > _FLAT_WITHIN:
        raise HotAxionError(
            f"the prior '{FLAT_IN}{name}' of the chain does not make it flat: the density of "
            f"{name} varies by a factor {np.exp(np.ptp(weighed)):.3g} along the chain. It must be "
            f"ln |d {name} / d helper|."
        )
