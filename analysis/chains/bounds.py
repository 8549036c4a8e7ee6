"""Bounds from a chain: one rule for every one-sided limit, with its Monte Carlo error.

Rule: an upper (lower) bound at 95 % is the 95 % (5 %) quantile of the marginal posterior,
counted from the weighted samples, under the prior of that chain. No density is smoothed and
no highest-density region is formed, hence the bound does not depend on a kernel; it does
depend on the prior (a prior flat in m_a is not flat in delta_neff): see `prior_sensitivity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.bootstrap import blocks_of_rows, bootstrap_error
from hotaxion.analysis.chains.chain import (
    burn_in_of,
    calm_getdist,
    check_parameters,
    left_out,
    load_chain,
    parameter_names,
    run_info,
)
from hotaxion.analysis.chains.convergence import (
    Verdict,
    bound_scatter,
    effective_samples,
    gelman_rubin,
    judge,
)
from hotaxion.analysis.chains.priors import prior_of
from hotaxion.analysis.text import rounded

if TYPE_CHECKING:
    from getdist import MCSamples

CONFIDENCE = 0.95
UPPER_BOUNDED = ("m_a", "delta_neff", "mnu", "omega_axion")
LOWER_BOUNDED = ("f_a",)
# Order of the default table; a chain shows those that it has.
DEFAULT_PARAMETERS = (
    *UPPER_BOUNDED,
    *LOWER_BOUNDED,
    *("omega_b", "omega_cdm", "H0", "theta_s_100", "logA", "n_s", "tau_reio"),
    *("sigma8", "S8", "Omega_m", "omegam", "rdrag", "Y_p", "DH", "YHe"),
)
UNITS = {"m_a": "eV", "mnu": "eV", "f_a": "GeV", "H0": "km/s/Mpc", "rdrag": "Mpc"}
RULE = (
    "Upper (lower) bounds: 95 % (5 %) quantile of the marginal posterior under the prior of the "
    "chain; else mean ± standard deviation."
)


@dataclass(frozen=True)
class ParameterBound:
    """What a chain says of one parameter.

    Attributes
    ----------
    type : "upper95", "lower95" or "mean".
    value : the bound or the mean, in the unit of the parameter (UNITS).
    mc_error : standard error of `value` from the finite chain (block bootstrap).
    sigma : standard deviation of the marginal posterior.
    effective_samples : independent samples of this parameter.
    prior : the prior in words, None for a derived parameter.
    latex : label of the chain, without dollars.
    r_minus_one : R - 1 of the bound (`convergence.bound_scatter`); None for a mean, and for
        independent samples.
    r_means : R - 1 of the means of the chain; None where it has no meaning.
    """

    name: str
    type: str
    value: float
    mc_error: float
    sigma: float
    effective_samples: float
    prior: str | None
    latex: str
    r_minus_one: float | None = None
    r_means: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether it may be quoted."""
        name = self.name
        return judge(self.r_means, {name: self.r_minus_one}, {name: self.effective_samples})

    def as_dict(self) -> dict[str, Any]:
        """For JSON: numbers with the digits that are known, None where none is."""
        keys = ("type", "value", "mc_error", "sigma", "effective_samples", "r_minus_one", "prior")
        known = {key: getattr(self, key) for key in keys}
        if not self.verdict.converged:
            known |= dict.fromkeys(("value", "mc_error", "sigma"))
            if not self.verdict.refused:
                error = self.sigma if self.type == "mean" else None
                known |= {"value": rounded(self.value, error)}
                known |= {key: rounded(getattr(self, key)) for key in ("mc_error", "sigma")}
        return known | {"unit": UNITS.get(self.name, ""), "converged": self.verdict.converged}


@dataclass(frozen=True)
class ChainBounds:
    """All bounds of one chain.

    Attributes
    ----------
    r_minus_one : R - 1 of the means of the sampled parameters.
    effective_samples : the least over the parameters shown.
    burn : fraction that was dropped at the start of each chain.
    cut : in words, what had been cut off before.
    has_input : whether Cobaya's input lies beside the chain; without it priors are unknown.
    constant : parameters that would be shown, but are the same (NaN: no number) in every row.
    """

    chain: str
    parameters: dict[str, ParameterBound]
    r_minus_one: float | None
    effective_samples: float
    burn: float
    cut: str = ""
    has_input: bool = True
    constant: dict[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Whether the chain has converged, as far as it is shown."""
        shown = self.parameters.items()
        r_bounds = {name: bound.r_minus_one for name, bound in shown}
        effective = {name: bound.effective_samples for name, bound in shown}
        return judge(self.r_minus_one, r_bounds, effective)

    @property
    def r_minus_one_bound(self) -> float | None:
        """The largest R - 1 of the bounds shown; None without any."""
        values = [bound.r_minus_one for bound in self.parameters.values()]
        return max((value for value in values if value is not None), default=None)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "chain": self.chain,
            "converged": self.verdict.converged,
            "verdict": self.verdict.text,
            "parameters": {name: bound.as_dict() for name, bound in self.parameters.items()},
            "r_minus_one": self.r_minus_one,
            "r_minus_one_bound": self.r_minus_one_bound,
            "effective_samples": self.effective_samples,
            "burn": self.burn,
            "burn_before": self.cut,
            "constant": {name: _or_none(value) for name, value in self.constant.items()},
        }


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None  # JSON has no NaN


def chain_bounds(
    prefix: str | Path, params: Sequence[str] | None = None, burn: float | None = None
) -> ChainBounds:
    """Bounds of one chain.

    Parameters
    ----------
    prefix : prefix of the chain files (see `chains.load_chain`).
    params : names; default are those of DEFAULT_PARAMETERS that the chain has, or, if it has
        none of them, all sampled ones.
    burn : fraction dropped at the start of each chain; default see `chains.load_chain`.

    Raises
    ------
    MissingDataError, RangeError, HotAxionError : see `chains.load_chain`.
    UnknownOptionError : a parameter that the chain does not have.
    """
    samples = load_chain(prefix, burn)
    with calm_getdist():
        return _bounds_of_all(samples, str(prefix), params)


def _bounds_of_all(samples: MCSamples, chain: str, params: Sequence[str] | None) -> ChainBounds:
    names = check_parameters(samples, params) if params else default_parameters(samples)
    bounds = {name: bound_of(samples, name) for name in names}
    least = min(bound.effective_samples for bound in bounds.values())
    gone = {} if params else left_out(samples)
    return ChainBounds(
        chain,
        bounds,
        gelman_rubin(samples),
        least,
        *burn_in_of(samples),
        has_input=bool(run_info(samples)),
        constant={}
        if params
        else {name: gone[name] for name in DEFAULT_PARAMETERS if name in gone},
    )


def default_parameters(samples: MCSamples) -> list[str]:
    """The parameters of DEFAULT_PARAMETERS that are present, else the sampled ones, else all."""
    present = parameter_names(samples)
    known = [name for name in DEFAULT_PARAMETERS if name in present]
    return known or list(samples.paramNames.getRunningNames()) or present


def bound_type(name: str) -> str:
    """Which number is quoted for a parameter: "upper95", "lower95" or "mean"."""
    if name in UPPER_BOUNDED:
        return "upper95"
    return "lower95" if name in LOWER_BOUNDED else "mean"


def bound_of(
    samples: MCSamples, name: str, blocks: NDArray[np.int64] | None = None
) -> ParameterBound:
    """The bound (or mean) of one parameter with its Monte Carlo error.

    Parameters
    ----------
    samples : the chain.
    name : one of its parameters.
    blocks : (rows,) block of each row for the bootstrap; default from the chain itself. A chain
        that was reweighted takes those of the chain before (and has no R - 1 of the means).
    """
    kind = bound_type(name)
    index = samples.index[name]
    n_effective = effective_samples(samples, name)
    tail, upper = (None if kind == "mean" else 1 - CONFIDENCE), kind == "upper95"
    value = samples.mean(index) if tail is None else samples.confidence(index, tail, upper=upper)
    r_means = gelman_rubin(samples) if blocks is None else None
    blocks = blocks_of_rows(samples, n_effective) if blocks is None else blocks
    return ParameterBound(
        name=name,
        type=kind,
        value=float(value),
        mc_error=bootstrap_error(samples, index, tail, upper, blocks),
        sigma=float(samples.std(index)),
        effective_samples=n_effective,
        prior=prior_of(samples, name),
        latex=samples.parLabel(name),
        r_minus_one=None if tail is None else bound_scatter(samples, name, tail, upper),
        r_means=r_means,
    )
