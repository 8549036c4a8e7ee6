"""What is said of a parameter of a chain: its bound, with the verdict whether it may be quoted.

Rule: an upper (lower) bound at 95 % is the 95 % (5 %) quantile of the marginal posterior,
counted from the weighted samples, under the prior of that chain. No density is smoothed and
no highest-density region is formed, hence the bound does not depend on a kernel; it does
depend on the prior (a prior flat in m_a is not flat in delta_neff): see `reweight`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.text import rounded

if TYPE_CHECKING:
    from hotaxion.analysis.chains.chain import Chain
    from hotaxion.analysis.chains.profile import Profile
    from hotaxion.analysis.chains.reweight import Reweighted

CONFIDENCE = 0.95
M_A_CUT_EV = 0.01  # lighter axions differ by less than 0.002 in delta_neff: data cannot tell them
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
# Labels without units, for tables and figures.
SYMBOLS = {
    "m_a": r"m_a",
    "mnu": r"\Sigma m_\nu",
    "delta_neff": r"\Delta N_\mathrm{eff}",
    "f_a": r"f_a",
    "omega_axion": r"\Omega_a h^2",
    "omega_b": r"\omega_b",
    "omega_cdm": r"\omega_c",
    "H0": r"H_0",
    "sigma8": r"\sigma_8",
    "Y_p": r"Y_p",
    "DH": r"\mathrm{D/H}",
}
RULE = (
    "Upper (lower) bounds: 95 % (5 %) quantile of the marginal posterior under the prior of the "
    "chain; else mean ± standard deviation."
)

# Thresholds: effective samples below which a bound is marked, and not given; and what so few give
# four chains: means that scatter by 1/sqrt(n) of the width of the posterior each, R - 1 = 1/n, and
# 95 % quantiles by three times as much.
RELIABLE, REFUSED = 100, 20
R_MEANS, R_MEANS_REFUSED = 0.05, 0.25
R_BOUND = 0.5


def is_of_relic(name: str) -> bool:
    """Whether it is m_eff or Delta N_eff of a HotRelic, whose NAME ends it."""
    return name.startswith(("meff_", "delta_neff_")) and name != "delta_neff_extra"


def bound_type(name: str) -> str:
    """Which number is quoted for a parameter: "upper95", "lower95" or "mean"."""
    if name in UPPER_BOUNDED or is_of_relic(name):
        return "upper95"
    return "lower95" if name in LOWER_BOUNDED else "mean"


@dataclass(frozen=True)
class Verdict:
    """Whether a chain, or one number of it, may be quoted; if not, it is marked everywhere.

    Attributes
    ----------
    text : "converged", or "NOT converged: ... : do not quote" with the reasons.
    refused : no number is known at all (fewer than REFUSED effective samples, or R - 1 of the
        means above R_MEANS_REFUSED).
    """

    converged: bool
    text: str = "converged"
    refused: bool = False


def judge(
    r_means: float | None, r_bounds: Mapping[str, float | None], effective: Mapping[str, float]
) -> Verdict:
    """The verdict on parameters of a chain, for tables, files and pictures alike.

    Parameters
    ----------
    r_means : R - 1 of the means; None where it has no meaning.
    r_bounds : name -> R - 1 of its bound; None where it has no meaning.
    effective : name -> independent samples.
    """
    reasons, refused = [], False
    if r_means is not None and not r_means <= R_MEANS:
        reasons.append(f"R-1 of the means {r_means:.2g} > {R_MEANS:g}")
        refused = not r_means <= R_MEANS_REFUSED
    known = {name: value for name, value in r_bounds.items() if value is not None}
    worst = max(known, key=known.__getitem__, default="")
    if worst and not known[worst] <= R_BOUND:
        reasons.append(f"R-1 of the bound of {worst} {known[worst]:.2g} > {R_BOUND:g}")
    least = min(effective, key=effective.__getitem__, default="")
    if least and not effective[least] >= RELIABLE:
        reasons.append(f"{effective[least]:.0f} effective samples of {least} < {RELIABLE}")
        refused |= not effective[least] >= REFUSED
    if not reasons:
        return Verdict(True)
    return Verdict(False, f"NOT converged: {', '.join(reasons)}: do not quote", refused)


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
    r_minus_one : R - 1 of the bound; None for a mean, and for independent samples.
    r_means : R - 1 of the means of the chain; None where it has no meaning.
    """

    name: str
    type: str
    value: float
    mc_error: float
    sigma: float
    effective_samples: float
    prior: str | None
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
        known, verdict = {key: getattr(self, key) for key in keys}, self.verdict
        if not verdict.converged:
            few = {key: rounded(known[key]) for key in ("value", "mc_error", "sigma")}
            if self.type == "mean":
                few["value"] = rounded(self.value, self.sigma)
            known |= dict.fromkeys(few) if verdict.refused else few
        return known | {"unit": UNITS.get(self.name, ""), "converged": verdict.converged}


@dataclass(frozen=True)
class ChainBounds:
    """Bounds of a chain, and what was asked for beside them.

    constant : what is not shown, being the same in every row (NaN: no number).
    """

    chain: Chain
    parameters: dict[str, ParameterBound]
    constant: dict[str, float] = field(default_factory=dict)
    priors: Sequence[Reweighted] = ()
    profiles: Sequence[Profile] = ()

    @property
    def r_minus_one(self) -> float | None:
        """R - 1 of the means of the sampled parameters."""
        return self.chain.r_minus_one()

    @property
    def r_minus_one_bound(self) -> float | None:
        """The largest R - 1 of the bounds shown; None without any."""
        values = [bound.r_minus_one for bound in self.parameters.values()]
        return max((value for value in values if value is not None), default=None)

    @property
    def effective_samples(self) -> float:
        """The least over the parameters shown."""
        return min(bound.effective_samples for bound in self.parameters.values())

    @property
    def verdict(self) -> Verdict:
        """Whether the chain has converged, as far as it is shown."""
        found = self.parameters.items()
        r_bounds = {name: bound.r_minus_one for name, bound in found}
        effective = {name: bound.effective_samples for name, bound in found}
        return judge(self.r_minus_one, r_bounds, effective)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which has no NaN."""
        beside: dict[str, Sequence[Any]] = {"priors": self.priors, "profiles": self.profiles}
        return {
            "chain": self.chain.prefix,
            "label": self.chain.label,
            "made_by": self.chain.made_by,
            "converged": self.verdict.converged,
            "verdict": self.verdict.text,
            "parameters": {name: bound.as_dict() for name, bound in self.parameters.items()},
            "r_minus_one": self.r_minus_one,
            "r_minus_one_bound": self.r_minus_one_bound,
            "effective_samples": self.effective_samples,
            "burn": self.chain.burn,
            "burn_before": self.chain.cut,
            "constant": {k: v if np.isfinite(v) else None for k, v in self.constant.items()},
            **{name: [one.as_dict() for one in found] for name, found in beside.items() if found},
        }
