"""How a bound depends on the prior of the axion mass: importance weights for other priors.

A sample drawn under the prior density p(m_a) gets the weight q(m_a)/p(m_a) for the prior q: flat
in m_a; in ln m_a or in f_a, both cut at a least m_a without which they cannot be normalised and
which decides the bound; or in delta_neff along the curve delta_neff(m_a). (Flat in ln m_a is flat
in ln f_a, too.) For model alp, whose mass says nothing of f_a, the same in 1/f_a, ln f_a, f_a and
delta_neff(f_a): m_a then stands for the mass of the QCD axion of that f_a. The range stays that of
the chain. Nothing is sampled anew, so a prior that favours masses where the chain has few samples
cannot be judged: the effective samples that are left say so.

p(m_a) comes from the chain's own input: a prior flat in m_a, f_a, log10_f_a or delta_neff, or in a
helper that one of them is a function of, with Jacobians in the top-level block `prior`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from hotaxion.analysis.chains.bounds import M_A_CUT_EV, REFUSED, RELIABLE, ParameterBound
from hotaxion.analysis.chains.chain import Chain, calm_getdist
from hotaxion.analysis.chains.curve import (
    TARGETS,
    curve_at_samples,
    is_alp,
    mass_column,
    qcd_mass,
    relics_instead,
)
from hotaxion.analysis.chains.priors import (
    FLAT_IN,
    arguments,
    external_function,
    flat_range,
    helpers_of,
    is_sampled,
    values_of,
)
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.particle.couplings import f_a_gev

_SHOWN = ("m_a", "delta_neff", "f_a", "mnu")
PRIORS = ("m_a", "log m_a", "f_a", "delta_neff")
PRIORS_OF_RELICS = ("m", "meff", "log m")
_SHOWN_OF_RELICS = ("m", "meff", "delta_neff")
_NEEDS_CUT = ("log m_a", "f_a", "log m")
_SAME_WITHIN = 1e-3  # spread of ln(weight) or ln(density): the same prior, a flat one
_NEVER = 1e4  # -ln(weight) of a row that does not count
_ON_CURVE = 1e-2  # relative distance in delta_neff within which a sample has a mass
_STEP = 1e-5  # of the helper's range, for its derivative


@dataclass(frozen=True)
class Reweighted:
    """Bounds of a chain under another prior.

    Attributes
    ----------
    prior : in words.
    parameters : name -> bound; empty if refused.
    effective_samples : independent samples left, the least of two estimates.
    kept : share of the chain's information that survives, Kish's sum.
    verdict : "as sampled", "good", "too few samples: unreliable" or "too few samples: refused".
    """

    prior: str
    parameters: dict[str, ParameterBound] = field(default_factory=dict)
    effective_samples: float = 0.0
    kept: float = 0.0
    verdict: str = "too few samples: refused"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        keys = ("prior", "effective_samples", "kept", "verdict")
        bounds = {name: bound.as_dict() for name, bound in self.parameters.items()}
        for bound in bounds.values():
            bound.pop("prior")  # of the chain, not of these weights
        return {key: getattr(self, key) for key in keys} | {"parameters": bounds}


def prior_sensitivity(
    chain: Chain, params: Sequence[str] | None = None, cut_ev: float = M_A_CUT_EV
) -> list[Reweighted]:
    """Bounds of a chain under each of PRIORS; without axions, of PRIORS_OF_RELICS for each relic.

    Parameters
    ----------
    chain : with Cobaya's input.
    params : names; default are those of _SHOWN, and of relics, that the chain has.
    cut_ev : least m_a [eV] of the priors flat in ln m_a and in f_a; of relics, in ln m.

    Raises RangeError for the cut; and as `Chain.check`, `log_density`, `curve_at_samples`.
    """
    number("least mass", cut_ev, 0.0, unit="eV", above=True)
    present, relics = chain.parameters(), relics_instead(chain)
    if not relics:
        chain.check([mass_column(chain)])
    shown = [f"{quantity}_{name}" for name in relics for quantity in _SHOWN_OF_RELICS]
    names = chain.check(params or [name for name in (*shown, *_SHOWN) if name in present])
    weighers = [of_relic(chain, name, cut_ev) for name in relics] or [of_axion(chain, cut_ev)]
    return [each.reweighted(names, prior) for each in weighers for prior in each.priors]


@dataclass(frozen=True)
class Weigher:
    """Importance weights of the rows of a chain, for priors on its axion or on one of its relics.

    Attributes
    ----------
    chain : which is weighted.
    sampled : the parameter that has a prior, itself or through a helper.
    mass : of each row [eV], which the cut is on; NaN where the row has none.
    cut_ev : least mass of priors that need one.
    log_slopes : ln |d x / d mass|, or / d `sampled`, up to a constant, by the name of x: of each
        prior and of `sampled`.
    priors : name -> in words.
    """

    chain: Chain
    sampled: str
    mass: Array
    cut_ev: float
    log_slopes: Mapping[str, Callable[[], Array]]
    priors: Mapping[str, str]

    def log_weights(self, prior: str) -> Array:
        """-inf where the row does not count."""
        sampled = log_density(self.chain, self.sampled)
        with np.errstate(divide="ignore", invalid="ignore"):  # no mass
            weights = self.log_slopes[prior]() - self.log_slopes[self.sampled]() - sampled
        valid = np.isfinite(weights)
        if valid.any() and np.ptp(weights[valid]) < _SAME_WITHIN and prior not in _NEEDS_CUT:
            return np.zeros_like(weights)  # the chain's own prior
        valid &= self.mass >= (self.cut_ev if prior in _NEEDS_CUT else 0.0)
        return np.where(valid, weights, -np.inf)

    @calm_getdist()
    def reweighted(self, names: Sequence[str], prior: str) -> Reweighted:
        """Bounds on some parameters under one of `priors`."""
        chain, log_weights = self.chain, self.log_weights(prior)
        words = self.priors[prior]
        if not np.isfinite(log_weights).any():
            return Reweighted(words)
        if unchanged := np.ptp(log_weights) == 0:
            words = chain.prior(self.sampled) or words
        factors = np.exp(log_weights - log_weights.max())
        before = min(chain.effective(name) for name in names)
        other = chain.reweighted(
            np.where(factors > 0, log_weights, -_NEVER), chain.blocks_of_rows(before)
        )
        kept = kish_ratio(chain.samples.weights, factors)
        left = min(before * kept, *(other.effective(name) for name in names))
        if left < REFUSED:
            return Reweighted(words, {}, left, kept)
        bounds = {name: other.bound(name) for name in names}
        for name, bound in bounds.items():
            fewest = min(left, bound.effective_samples)
            bounds[name] = replace(bound, effective_samples=fewest)
        verdict = "good" if left >= RELIABLE else "too few samples: unreliable"
        return Reweighted(words, bounds, left, kept, "as sampled" if unchanged else verdict)


def of_axion(chain: Chain, cut_ev: float = M_A_CUT_EV) -> Weigher:
    """For the mass of an axion, that of `qcd_mass`; the curve is computed if it is needed."""
    mass, sampled = qcd_mass(chain), mass_input(chain.info)
    curve = cache(lambda: curve_at_samples(chain))
    slopes: dict[str, Callable[[], Array]] = {
        "m_a": lambda: np.zeros_like(mass),
        "log m_a": lambda: -np.log(mass),
        "log10_f_a": lambda: -np.log(mass),
        "f_a": lambda: -2.0 * np.log(mass),
        "delta_neff": lambda: np.log(curve()[1]),
    }
    cut = f"m_a > {cut_ev:g} eV"
    words = {"m_a": "m_a", "log m_a": f"log m_a, {cut}", "f_a": f"f_a, {cut}"}
    if is_alp(chain.info):
        cut = f"f_a < {f_a_gev(cut_ev):.3g} GeV"
        words = {"m_a": "1/f_a", "log m_a": f"log f_a, {cut}", "f_a": f"f_a, {cut}"}
    words["delta_neff"] = "delta_neff on the curve"
    if sampled == "delta_neff":  # beyond the ends of the curve no mass belongs to it
        expected, given = curve()[0], chain.column("delta_neff")
        mass = np.where(np.abs(expected - given) <= _ON_CURVE * expected, mass, np.nan)
    priors = {name: f"flat in {text}" for name, text in words.items()}
    return Weigher(chain, sampled, mass, cut_ev, slopes, priors)


def of_relic(chain: Chain, name: str, cut_ev: float = M_A_CUT_EV) -> Weigher:
    """For a relic of a HotRelic, sampled in m or in m_eff, which at a given amount is m times a
    constant: a prior flat in the one is m_eff/m, or its inverse, in the other."""
    pair = chain.check([f"m_{name}", f"meff_{name}"])
    sampled = next((one for one in pair if is_sampled(chain.info.get("params") or {}, one)), "")
    if not sampled:
        raise HotAxionError(f"neither {' nor '.join(pair)} has a prior that could be changed.")
    mass, effective = map(chain.column, pair)
    drawn = chain.column(sampled)
    slopes: dict[str, Callable[[], Array]] = {
        "m": lambda: np.log(mass / drawn),
        "meff": lambda: np.log(effective / drawn),
        "log m": lambda: -np.log(drawn),
        sampled: lambda: np.zeros_like(drawn),
    }
    priors = {one: f"flat in {one}_{name}" for one in PRIORS_OF_RELICS}
    priors["log m"] += f", m_{name} > {cut_ev:g} eV"
    return Weigher(chain, sampled, mass, cut_ev, slopes, priors)


def kish_ratio(weights: Array, factors: Array) -> float:
    """(sum w r)^2 / (sum w r^2 sum w): share of the samples w that survives the factors r."""
    return float((weights @ factors) ** 2 / ((weights @ factors**2) * weights.sum()))


# --- the prior that a chain was sampled with --------------------------------------------------


def log_density(chain: Chain, name: str) -> Array:
    """ln of the prior density of a parameter at each row, up to a constant.

    Raises HotAxionError if the prior is neither flat nor flat in a function of one parameter, or a
    Jacobian does not do what its name says.
    """
    if is_sampled(chain.info["params"], name):
        _flat_range_of(chain, name)
        found = _extra_priors(chain, {name})
    else:
        found = _of_function(chain, name)
    if FLAT_IN + name in (chain.info.get("prior") or {}) and np.ptp(found) > _SAME_WITHIN:
        raise HotAxionError(
            f"the prior '{FLAT_IN}{name}' of the chain does not make it flat: the density of "
            f"{name} varies by a factor {np.exp(np.ptp(found)):.3g} along the chain. It must be "
            f"ln |d {name} / d helper|."
        )
    return found


def mass_input(info: Mapping[str, Any]) -> str:
    """Which of m_a, f_a, log10_f_a and delta_neff was sampled, itself or through a helper.

    For model alp not m_a, which is another matter. Raises HotAxionError if none was.
    """
    params = info.get("params") or {}
    names = [name for name in TARGETS if not (name == "m_a" and is_alp(info))]
    for name in names:
        if is_sampled(params, name) or helpers_of(params, name):
            return name
    raise HotAxionError(
        f"the chain's input (updated.yaml) does not say how {names[0]} was sampled: none of "
        f"{', '.join(names)} has a prior or is a function of a parameter that has one."
    )


def _of_function(chain: Chain, name: str) -> Array:
    """A parameter that is a function of one that has a prior: density of that over |slope|."""
    function = chain.info["params"][name]["value"]
    if len(arguments(function)) > 1:
        raise HotAxionError(
            f"{name} is a function of several parameters; its prior can be divided out only if "
            "it is a function of one."
        )
    (helper,) = helpers_of(chain.info["params"], name)
    low, high = _flat_range_of(chain, helper)
    column, step = chain.column(helper), _STEP * (high - low)
    forward, backward = np.minimum(column + step, high), np.maximum(column - step, low)
    rise = values_of(function, {helper: forward}) - values_of(function, {helper: backward})
    if not rise.all():
        raise HotAxionError(
            f"the function '{function}' that gives {name} does not change with {helper}; its prior "
            "cannot be divided out."
        )
    return _extra_priors(chain, {helper, name}) - np.log(np.abs(rise / (forward - backward)))


def _flat_range_of(chain: Chain, name: str) -> tuple[float, float]:
    limits = flat_range(chain.info["params"][name]["prior"])
    if limits is None or name not in chain.parameters():
        raise HotAxionError(
            f"the prior of '{name}' is not flat (or the chain does not hold it); only a flat "
            "prior can be divided out."
        )
    return limits


def _extra_priors(chain: Chain, names: set[str]) -> Array:
    """Sum of the entries of the top-level block `prior` that depend on a parameter.

    It goes by several names if one is a function of the other. What is the same in all rows is a
    cut, and may depend on others, too.
    """
    total = np.zeros(chain.samples.numrows)
    for label, given in (chain.info.get("prior") or {}).items():
        function = external_function(given)
        needed = [name for name in arguments(function) if name in chain.info["params"]]
        if not names & {*needed}:
            continue
        values = values_of(given, {name: chain.column(name) for name in chain.check(needed)})
        if np.ptp(values) < _SAME_WITHIN:
            continue
        if len(needed) > 1:
            raise HotAxionError(
                f"the prior '{label}' depends on {', '.join(needed)}: only one that depends on "
                "nothing but the mass, or a cut, can be divided out."
            )
        total += values
    return total
