"""What theories that speak of one axion look for at set-up: one model, tan_beta, and ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cobaya.log import LoggedError
from cobaya.model import Model

from hotaxion.theory.components.guards import bounds_of
from hotaxion.theory.particle.low_energy import LowEnergyOptions
from hotaxion.theory.particle.options import ModelOptions

_PARAMETER = "tan_beta"  # of Cobaya, and thus the same for all


def check_axion(component: Any, options: ModelOptions, given: Iterable[str]) -> None:
    """Refuse another axion in the same input, and tan_beta where it is missing or too much.

    Parameters
    ----------
    component : a theory of Cobaya that knows its model of all theories.
    options : its own.
    given : the parameters that it gets.

    Raises
    ------
    LoggedError : in one sentence.
    """
    for other in component.provider.model.theory.values():
        theirs = getattr(other, "_options", None)
        if not isinstance(theirs, ModelOptions):
            continue
        for name in [n for n in ModelOptions.declared() if n != _PARAMETER]:
            own, another = getattr(options, name), getattr(theirs, name)
            if own != another:
                raise LoggedError(
                    component.log,
                    f"option {name} is {own} here and {another} in {other.get_name()}: both speak "
                    f"of one axion; give both the same {name}.",
                )
    if options.model.startswith("dfsz") != (_PARAMETER in {*given}):
        raise LoggedError(
            component.log,
            f"model {options.model}: the parameter tan_beta must be given for dfsz1 and "
            f"dfsz2 and left out otherwise; given: {sorted(given)}.",
        )


def coupling_to_photons(model: Model) -> LowEnergyOptions:
    """What it follows from in this input: the options of `AxionCouplings`, else E/N = 0."""
    theirs = (getattr(theory, "_options", None) for theory in model.theory.values())
    found = (options for options in theirs if isinstance(options, LowEnergyOptions))
    return next(found, LowEnergyOptions(model="alp"))


def range_of(
    component: Any, name: str, model: Model, low: float, high: float
) -> tuple[float, float] | None:
    """Prior range (or fixed value twice) of an input; None for a function of sampled parameters.

    Raises
    ------
    LoggedError : it is not within `low` to `high`.
    """
    bounds = bounds_of(name, model)
    if bounds is not None and not low <= bounds[0] <= bounds[1] <= high:
        raise LoggedError(
            component.log,
            f"parameter {name}: the given range is {bounds[0]:g} to {bounds[1]:g}; allowed is "
            f"{low:g} to {high:g}. Change its prior or value.",
        )
    return bounds
