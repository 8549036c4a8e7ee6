"""What every likelihood of hotaxion has: a record of its data, and no silent failure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError, get_logger
from cobaya.theory import Provider

from hotaxion.theory.checks import shown
from hotaxion.theory.components.checked_options import CheckedOptions
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.overlaps import Observation, overlap_complaints
from hotaxion.theory.components.record import code_version, require_recorded_data, with_files
from hotaxion.theory.errors import HotAxionError

# Options that every component of Cobaya has.
_COMMON = {"files", "speed", "type", "aliases", "params", "stop_at_error", "version"}
_COMMON |= {"input_params", "output_params", "may_share_data"}


class Checked(CheckedOptions):
    """Mixin, before Cobaya's class, of each likelihood.

    A likelihood gets whole spectra and distances, so no point is a reason for it to fail: faults
    of the machine, other exceptions and ln L that is not a number stop the run.
    """

    packages_path: str | None

    # What it has seen: see `overlaps`.
    _observes: ClassVar[tuple[Observation, ...]] = ()

    @classmethod
    def get_modified_defaults(
        cls, defaults: dict[str, Any], input_options: Mapping[str, Any] = {}
    ) -> dict[str, Any]:
        """Have Cobaya stop at an exception, which else counts as likelihood zero.

        Options are checked here, too: Cobaya looks into `type` before there is a likelihood.
        """
        cls.check_options(input_options or {}, get_logger(cls.__name__))
        defaults = super().get_modified_defaults(defaults, input_options)
        return {**defaults, "stop_at_error": True}

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The files read with these options (with defaults): those that the version counts."""
        return []

    def observed(self) -> tuple[Observation, ...]:
        """What it has seen, which no other likelihood may count again."""
        return self._observes

    def get_version(self) -> str:
        """Of the code, with a hash of the data read; for Cobaya's record of a chain."""
        options = {name: getattr(self, name) for name in self.get_defaults() if name != "params"}
        return with_files(code_version(), self.data_files(options, self.packages_path))

    def initialize_with_params(self) -> None:
        """Refuse to resume a chain that was sampled with other data."""
        super().initialize_with_params()
        require_recorded_data(self)

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse data that another likelihood counts, too; a theory of another package does not."""
        super().initialize_with_provider(provider)
        if complaints := overlap_complaints(provider.model):
            raise LoggedError(self.log, "%s", " ".join(complaints))

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """As Cobaya, but a fault of the machine and a NaN stop the run."""
        with machine_faults(self.log):
            done = super().calculate(state, want_derived, **params)
        refuse_nan(self, state["logp"])
        return done


def refuse_unused(likelihood: Likelihood, used: Collection[str], instead: str) -> None:
    """Raise HotAxionError for an option of Cobaya's class that is set and would be ignored.

    Parameters
    ----------
    used : the options that have an effect, besides those that every component has.
    instead : what to do, for the message.
    """
    defaults = likelihood.get_defaults()
    for name in {**likelihood.get_annotations(), **defaults}.keys() - _COMMON - {*used}:
        value = getattr(likelihood, name, None)
        default = defaults.get(name, getattr(type(likelihood), name, None))
        if not (value is default or (isinstance(value, type(default)) and value == default)):
            raise HotAxionError(
                f"option {name} = {shown(value)} of {type(likelihood).__name__}, {instead}."
            )


def refuse_nan(likelihood: Likelihood, log_likelihood: float) -> None:
    """Raise Cobaya's LoggedError, with the point, if ln L is not a number."""
    if math.isnan(log_likelihood):
        point = likelihood.provider.params
        raise LoggedError(
            likelihood.log,
            "ln L is not a number at %s: a theory gives NaN there, or the data hold one.",
            ", ".join(f"{name} = {value:g}" for name, value in point.items()),
        )


def passing_nan(function: Callable[..., float]) -> Callable[..., float]:
    """The function of an array, but NaN where that holds one, which could not be looked up."""

    @wraps(function)
    def guarded(values: np.ndarray, *others: Any) -> float:
        return math.nan if np.isnan(values).any() else function(values, *others)

    return guarded
