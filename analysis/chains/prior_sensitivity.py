"""How a bound depends on the prior of the axion mass: importance weights for other priors.

A sample drawn under the prior density p(m_a) gets the weight q(m_a)/p(m_a) for the prior q: flat
in m_a; in ln m_a or in f_a, both cut at a least m_a without which they cannot be normalised and
which decides the bound; or in delta_neff along the curve delta_neff(m_a). The range stays that of
the chain. Nothing is sampled anew, so a prior that favours masses where the chain has few samples
cannot be judged: the effective samples that are left say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains.bootstrap import blocks_of_rows
from hotaxion.analysis.chains.bounds import ParameterBound, bound_of
from hotaxion.analysis.chains.chain import (
    calm_getdist,
    check_parameters,
    load_chain,
    parameter_names,
)
from hotaxion.analysis.chains.convergence import REFUSED, RELIABLE, effective_samples, gelman_rubin
from hotaxion.analysis.chains.mass_curve import curve_at_samples
from hotaxion.analysis.chains.prior_density import log_density_in_mass, mass_input
from hotaxion.analysis.chains.priors import prior_of
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import RangeError

if TYPE_CHECKING:
    from getdist import MCSamples

Array = NDArray[np.float64]

M_A_CUT_EV = 0.01  # lighter axions differ by less than 0.002 in delta_neff: data cannot tell them
SHOWN = ("m_a", "delta_neff", "f_a", "mnu")
PRIORS = ("m_a", "log m_a", "f_a", "delta_neff")
_NEEDS_CUT = ("log m_a", "f_a")
_SAME_WITHIN = 1e-3  # spread of ln(weight): the chain's own prior
_NEVER = 1e4  # -ln(weight) of a row that does not count
_ON_CURVE = 1e-2  # relative distance in delta_neff within which a sample has a mass


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
    parameters: dict[str, ParameterBound]
    effective_samples: float
    kept: float
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        keys = ("prior", "effective_samples", "kept", "verdict")
        bounds = {name: bound.as_dict() for name, bound in self.parameters.items()}
        for bound in bounds.values():
            bound.pop("prior")  # of the chain, not of these weights
        return {key: getattr(self, key) for key in keys} | {"parameters": bounds}


def prior_sensitivity(
    prefix: str | Path,
    params: Sequence[str] | None = None,
    burn: float | None = None,
    cut_ev: float = M_A_CUT_EV,
) -> list[Reweighted]:
    """Bounds of a chain under each of PRIORS.

    Parameters
    ----------
    prefix : prefix of the chain files; Cobaya's updated.yaml must lie beside them.
    params : names; default are those of SHOWN that the chain has.
    burn : fraction dropped at the start of each chain; default see `chains.load_chain`.
    cut_ev : least m_a [eV] of the priors flat in ln m_a and in f_a.

    Raises
    ------
    MissingDataError, RangeError, UnknownOptionError, HotAxionError : see `chains.load_chain`,
        `prior_density.log_density_in_mass` and `mass_curve.curve_at_samples`.
    """
    if not (isinstance(cut_ev, Real) and 0 < cut_ev < np.inf):
        given = shown(cut_ev)
        raise RangeError(f"least mass {given} eV given; allowed is a positive number, e.g. 0.01.")
    samples = load_chain(prefix, burn)
    with calm_getdist():
        return _all_priors(samples, params, cut_ev)


def _all_priors(
    samples: MCSamples, params: Sequence[str] | None, cut_ev: float
) -> list[Reweighted]:
    present = parameter_names(samples)
    check_parameters(samples, ["m_a"])
    names = check_parameters(samples, params or [name for name in SHOWN if name in present])
    weigher = _Weigher(samples, cut_ev)
    return [_reweighted(samples, names, prior, weigher) for prior in PRIORS]


class _Weigher:
    """ln of the importance weight of each row for a prior; the curve is computed if needed."""

    def __init__(self, samples: MCSamples, cut_ev: float):
        self.samples, self.cut_ev = samples, cut_ev
        self.m_a = samples.samples[:, samples.index["m_a"]]
        self.sampled = log_density_in_mass(samples, lambda: self.curve[1])

    @cached_property
    def curve(self) -> tuple[Array, Array]:
        return curve_at_samples(self.samples)

    @cached_property
    def has_mass(self) -> NDArray[np.bool_]:
        """False where delta_neff, sampled, lies beyond the ends of the curve: m_a is held there."""
        if mass_input(self.samples) == "m_a":
            return np.ones(self.samples.numrows, dtype=bool)
        given = self.samples.samples[:, self.samples.index["delta_neff"]]
        return np.abs(self.curve[0] - given) <= _ON_CURVE * self.curve[0]

    def log_weights(self, prior: str) -> Array:
        """-inf where the row does not count."""
        log_target: dict[str, Callable[[], Array]] = {
            "m_a": lambda: np.zeros_like(self.m_a),
            "log m_a": lambda: -np.log(self.m_a),
            "f_a": lambda: -2.0 * np.log(self.m_a),
            "delta_neff": lambda: np.log(self.curve[1]),
        }
        with np.errstate(divide="ignore"):  # m_a = 0
            weights = log_target[prior]() - self.sampled
        valid = np.isfinite(weights) & (self.samples.weights > 0)
        if valid.any() and np.ptp(weights[valid]) < _SAME_WITHIN and prior not in _NEEDS_CUT:
            return np.zeros_like(weights)  # the chain's own prior
        valid &= self.has_mass
        if prior in _NEEDS_CUT:
            valid &= self.m_a >= self.cut_ev
        return np.where(valid, weights, -np.inf)

    def in_words(self, prior: str) -> str:
        """With what decides it: the cut, or the least delta_neff that a mass can give."""
        if prior in _NEEDS_CUT:
            return f"flat in {prior}, m_a > {self.cut_ev:g} eV"
        return f"flat in {prior}" + (" on the curve" if prior == "delta_neff" else "")


def _reweighted(
    samples: MCSamples, names: Sequence[str], prior: str, weigher: _Weigher
) -> Reweighted:
    before = min(effective_samples(samples, name) for name in names)
    log_weights = weigher.log_weights(prior)
    if not np.isfinite(log_weights).any():
        return Reweighted(weigher.in_words(prior), {}, 0.0, 0.0, "too few samples: refused")
    unchanged = np.ptp(log_weights) == 0
    sampled = prior_of(samples, mass_input(samples)) if unchanged else None
    words = sampled or weigher.in_words(prior)
    factors = np.exp(log_weights - log_weights.max())
    other = samples.copy()
    other.reweightAddingLogLikes(np.where(factors > 0, -log_weights, _NEVER))
    kept = kish_ratio(samples.weights, factors)
    left = min(before * kept, *(effective_samples(other, name) for name in names))
    if left < REFUSED:
        return Reweighted(words, {}, left, kept, "too few samples: refused")
    blocks = blocks_of_rows(samples, before)
    r_means = gelman_rubin(samples)
    bounds = {}
    for name in names:
        bound = bound_of(other, name, blocks)
        fewest = min(left, bound.effective_samples)
        bounds[name] = replace(bound, effective_samples=fewest, r_means=r_means)
    verdict = "good" if left >= RELIABLE else "too few samples: unreliable"
    if unchanged:
        verdict = "as sampled"
    return Reweighted(words, bounds, left, kept, verdict)


def kish_ratio(weights: Array, factors: Array) -> float:
    """(sum w r)^2 / (sum w r^2 sum w): share of the samples w that survives the factors r."""
    return float((weights @ factors) ** 2 / ((weights @ factors**2) * weights.sum()))
