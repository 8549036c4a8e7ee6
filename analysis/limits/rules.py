"""From a likelihood of mass and coupling to a bound on the coupling, by the rule it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize import brentq
from scipy.special import ndtri

from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.errors import RangeError

#: An upper bound; None where there is none; ends of what is excluded, where that is closed above.
Limit: TypeAlias = float | list[float] | list[list[float]] | None

# Couplings that are looked at, in whatever unit.
_COUPLINGS = np.geomspace(1e-30, 1e6, 721)
_FALL = 30.0  # of ln L: what lies beyond has no posterior
_POINTS = 8001


def limit(search: Companion, mass: float, level: float, rule: str | None = None) -> Limit:
    """Bound on the coupling at a mass, by the rule of the search or another one.

    posterior : quantile `level` of the posterior flat in coupling**signal_power, from 0 on. Where
        ln L rises again at stronger couplings (a decay that no detector sees): from 0 to where it
        is least, and what is excluded ends where ln L is that of the quantile again.
    asimov : where -2 ln L has risen by the quantile `level` of chi^2 (3.84) from its minimum.
    threshold : where the signal equals the threshold; no probability, `level` has no say.

    Raises
    ------
    RangeError : ln L or the signal is not a number; the mass is out of range.
    """
    return _RULES[choice("rule", rule or search.limit_rule, _RULES)](search, mass, level)


def in_words(search: Companion, level: float) -> str:
    """The rule, for a table."""
    name, percent = search.coupling_name, f"{100 * level:g} %"
    if search.limit_rule == "posterior":
        return f"{percent} of a posterior flat in {name}^{search.signal_power} at fixed mass"
    if search.limit_rule == "asimov":
        return f"expected {percent} bound: -2 ln L rises by {_rise(level):.2f} (forecast)"
    return "a criterion is met there (threshold, no probability)"


def _rise(level: float) -> float:
    return float(ndtri(0.5 * (1.0 + level)) ** 2)


def _loglike(search: Companion, mass: float, couplings: Array) -> Array:
    return _numbers("ln L", search.loglike(mass, couplings), mass)


def _numbers(what: str, values: Any, mass: float) -> Array:
    found = np.asarray(values, dtype=float)
    if np.isnan(found).any():
        raise RangeError(f"{what} is not a number at a mass of {mass:g}; look at the options.")
    return found


def _posterior(search: Companion, mass: float, level: float) -> Limit:
    """Where ln L rises again, of what lies below its first bottom; closed where it has risen."""
    grid = np.concatenate([[0.0], _COUPLINGS])
    values = np.maximum(_loglike(search, mass, grid), -1e300)  # without infinities
    fall = np.maximum.accumulate(values) - values
    (fallen,) = np.nonzero(fall > 0.5 * _rise(level))
    if not fallen.size:
        return None
    (risen,) = np.nonzero(fall[fallen[0] :] <= 0.5 * _rise(level))
    last = fallen[0] + risen[0] if risen.size else len(grid)
    (deep,) = np.nonzero(fall[:last] > _FALL)
    if not (deep.size or risen.size):
        return None
    bottom = int(deep[0]) if deep.size else int(np.argmax(fall[:last]))
    low = _quantile(search, mass, level, grid[bottom])
    if not risen.size:
        return low
    at_low = float(search.loglike(mass, low))

    def excess(couplings: Any) -> Any:
        return at_low - np.asarray(search.loglike(mass, couplings))

    return _excluded(excess, np.concatenate([[low], grid[bottom:]]), low)


def _quantile(search: Companion, mass: float, level: float, end: float) -> float:
    """Of the posterior flat in coupling**signal_power, from 0 to `end`."""
    power = search.signal_power
    strength = np.linspace(0.0, 1.0, _POINTS)
    values = _loglike(search, mass, end * strength ** (1.0 / power))
    density = np.exp(values - values.max())
    cumulative = np.concatenate([[0.0], cumulative_trapezoid(density, strength)])
    return float(end * np.interp(level, cumulative / cumulative[-1], strength) ** (1.0 / power))


def _asimov(search: Companion, mass: float, level: float) -> Limit:
    grid = np.concatenate([[0.0], _COUPLINGS])
    values = _loglike(search, mass, grid)
    best = int(np.argmax(values))
    if best > 0:  # an axion in the data: its maximum lies between the points
        grid = np.concatenate([np.linspace(grid[best - 1], grid[best + 1], 2001), grid[best + 2 :]])
        values = _loglike(search, mass, grid)
        best = int(np.argmax(values))

    def excess(couplings: Any) -> Any:
        return 2.0 * (values[best] - np.asarray(search.loglike(mass, couplings))) - _rise(level)

    return _excluded(excess, grid[best:])


def _threshold(search: Companion, mass: float, _level: float) -> Limit:
    criterion = number("threshold", getattr(search, "threshold", None), 0.0, above=True)

    def excess(couplings: Any) -> Any:
        signal = _numbers("the signal", search.signal(mass, couplings), mass)
        return np.log(np.maximum(signal / criterion, 1e-300))

    return _excluded(excess, _COUPLINGS)


def _excluded(excess: Callable[[Any], Any], grid: Array, start: float = 0.0) -> Limit:
    """Where the excess is not negative, on a grid; `start` stands for its first point."""
    met = np.asarray(excess(grid)) >= 0.0
    (changes,) = np.nonzero(met[1:] != met[:-1])
    ends = [float(brentq(excess, grid[i], grid[i + 1], rtol=1e-12, xtol=1e-300)) for i in changes]
    if met[0]:
        ends.insert(0, start)
    if not ends:
        return None
    pairs = [ends[i : i + 2] for i in range(0, len(ends), 2)]
    if len(pairs) == 1:
        return pairs[0][0] if len(ends) == 1 else pairs[0]
    return pairs


_RULES: dict[str, Callable[[Companion, float, float], Limit]] = {
    "posterior": _posterior,
    "asimov": _asimov,
    "threshold": _threshold,
}
