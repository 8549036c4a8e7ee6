"""One evaluation of a Cobaya input at its reference point: chi^2 by data set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.text import text_table
from hotaxion.theory.checks import number
from hotaxion.theory.errors import HotAxionError, UnknownOptionError

_MAX_TRIES = 1000  # draws from reference distributions until one lies inside the prior


@dataclass(frozen=True)
class Evaluation:
    """One point: chi2 = -2 ln L of each likelihood (Cobaya's normalisation), and parameters."""

    chi2: dict[str, float]
    total_chi2: float
    log_prior: float
    sampled: dict[str, float]
    fixed: dict[str, float]
    derived: dict[str, float]


def evaluate(
    path: str | Path,
    override: Mapping[str, float] | None = None,
    packages_path: str | Path | None = None,
) -> Evaluation:
    """Evaluate every likelihood of a Cobaya input once; nothing is written.

    Parameters
    ----------
    path : Cobaya input file. The point is that of its `evaluate` sampler (`override`), else
        the reference point (`ref`); a `ref` that is a distribution is drawn with seed 0.
    override : values of sampled parameters instead of the reference point.
    packages_path : where Cobaya's external data are; default as Cobaya finds it.

    Raises
    ------
    MissingDataError : no such file.
    UnknownOptionError : a parameter of `override` is not sampled.
    RangeError : a value of it is no finite number.
    HotAxionError : Cobaya refuses the input, or the point has no likelihood.
    """
    with cobaya_session():
        from cobaya.model import get_model

        info = load_input(path)
        options = dict((info.pop("sampler", None) or {}).get("evaluate") or {})
        info.pop("output", None)
        wanted = {**(options.get("override") or {}), **(override or {})}
        wanted = {name: number(f"the value of {name}", value) for name, value in wanted.items()}
        if packages_path is not None:
            info["packages_path"] = str(packages_path)
        with get_model(info, stop_at_error=True) as model:
            return _evaluate_at(model, _point(model, wanted), path)


def _point(model: Any, override: Mapping[str, float]) -> dict[str, float]:
    """The reference point (Cobaya's own `evaluate` searches forever if it lies outside)."""
    sampled = list(model.parameterization.sampled_params())
    for name in override:
        if name not in sampled:
            raise UnknownOptionError("sampled parameter", name, sampled)
    if set(override) == set(sampled):
        return dict(override)
    rng = np.random.default_rng(0)
    reference = model.prior.reference(max_tries=_MAX_TRIES, random_state=rng)
    return dict(zip(sampled, map(float, reference), strict=True)) | dict(override)


def _evaluate_at(model: Any, point: dict[str, float], path: str | Path) -> Evaluation:
    """Prior, chi^2 and derived parameters as plain numbers."""
    posterior = model.logposterior(point)
    if not np.isfinite(posterior.logpost):
        where = "likelihood zero" if np.isfinite(posterior.logpriors).all() else "prior zero"
        raise HotAxionError(
            f"the point of '{path}' has {where}: {point}; choose another one with 'ref' values or "
            "--set NAME=VALUE."
        )
    chi2 = {
        name: float(-2 * loglike)
        for name, loglike in zip(model.likelihood, posterior.loglikes, strict=True)
    }
    derived = zip(model.parameterization.derived_params(), posterior.derived, strict=True)
    return Evaluation(
        chi2=chi2,
        total_chi2=sum(chi2.values()),
        log_prior=float(posterior.logprior),
        sampled=point,
        fixed={name: float(v) for name, v in model.parameterization.constant_params().items()},
        derived={name: float(v) for name, v in derived if not name.startswith("chi2__")},
    )


def to_text(result: Evaluation) -> str:
    """Tables for the screen: chi^2 by data set with the total, then the parameters."""
    chi2 = [["data set", "chi2"], *([k, f"{v:.2f}"] for k, v in result.chi2.items())]
    chi2.append(["total", f"{result.total_chi2:.2f}"])
    values = [["parameter", "value", "kind"]]
    for kind in ("sampled", "fixed", "derived"):
        values += [[k, f"{v:.6g}", kind] for k, v in getattr(result, kind).items()]
    return "\n\n".join([text_table(chi2), text_table(values), f"ln prior = {result.log_prior:.4f}"])


def to_json(result: Evaluation) -> str:
    """The fields of `Evaluation`."""
    return json.dumps(asdict(result), indent=2)
