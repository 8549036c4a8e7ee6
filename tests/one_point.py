"""One point of a Cobaya input, as Cobaya's `evaluate` has it, with the errors of this package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cobaya.model import get_model

from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.theory.errors import HotAxionError


@dataclass(frozen=True)
class Point:
    """chi2 = -2 ln L of each likelihood, and the parameters."""

    chi2: dict[str, float]
    log_prior: float
    sampled: dict[str, float]
    fixed: dict[str, float]
    derived: dict[str, float]


def evaluate(path: str | Path, **values: float) -> Point:
    """The reference point of an input (`ref` drawn with seed 0), but for the given values.

    Raises
    ------
    HotAxionError : the input is refused, CLASS fails at the point, or prior or likelihood vanish.
    """
    with cobaya_session():
        info = load_input(path)
        info.pop("sampler", None)
        info.pop("output", None)
        with get_model(info, stop_at_error=True) as model:
            names = model.parameterization
            sampled = list(names.sampled_params())
            point = dict(values)
            if set(values) != set(sampled):
                rng = np.random.default_rng(0)
                reference = model.prior.reference(max_tries=1000, random_state=rng)
                point = dict(zip(sampled, map(float, reference), strict=True)) | values
            found = model.logposterior(point)
            if not np.isfinite(found.logpost):
                raise HotAxionError(f"the prior or the likelihood is zero at {point}")
            chi2 = zip(model.likelihood, -2.0 * np.asarray(found.loglikes), strict=True)
            derived = zip(names.derived_params(), map(float, found.derived), strict=True)
            return Point(
                chi2={name: float(value) for name, value in chi2},
                log_prior=float(found.logprior),
                sampled=point,
                fixed={name: float(v) for name, v in names.constant_params().items()},
                derived={name: v for name, v in derived if not name.startswith("chi2__")},
            )
