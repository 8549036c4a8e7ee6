"""From a likelihood of mass and coupling to a bound on the coupling, by the rule it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize import brentq
from scipy.special import ndtri

from hotaxion.analysis.limits.registry import Search
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.errors import RangeError

#: An upper bound; None where there is none; ends of what is excluded, where that is closed above.
Limit: TypeAlias = float | list[float] | list[list[float]] | None

# Couplings that are looked at, in whatever unit.
_COUPLINGS = np.geomspace(1e-30, 1e6, 721)
_FALL = 30.0  # of ln L: what lies beyond has no posterior
_POINTS = 8001


def limit(search: Search, mass: float, level: float) -> Limit:
    """Bound on the coupling at a mass.

    posterior : quantile `level` of the posterior flat in coupling**signal_power, from 0 on.
    asimov : where -2 ln L has risen by the quantile `level` of chi^2 (3.84) from its minimum.
    threshold : where the signal equals the threshold; no probability, `level` has no say.

    Raises
    ------
    RangeError : ln L or the signal is not a number; the mass is out of range.
    """
    rule: Callable[[Search, float, float], Limit] = _RULES[search.limit_rule]
    return rule(search, mass, level)


def in_words(search: Search, level: float) -> str:
    """The rule, for a table."""
    name, percent = search.coupling_name, f"{100 * level:g} %"
    if search.limit_rule == "posterior":
        return f"{percent} of a posterior flat in {name}^{search.signal_power} at fixed mass"
    if search.limit_rule == "asimov":
        return f"expected {percent} bound: -2 ln L rises by {_rise(level):.2f} (forecast)"
    return "a criterion is met there (threshold, no probability)"


def _rise(level: float) -> float:
    return float(ndtri(0.5 * (1.0 + level)) ** 2)


def _loglike(search: Search, mass: float, couplings: Array) -> Array:
    return _numbers("ln L", search.loglike(mass, couplings), mass)


def _numbers(what: str, values: Any, mass: float) -> Array:
    found = np.asarray(values, dtype=float)
    if np.isnan(found).any():
        raise RangeError(f"{what} is not a number at a mass of {mass:g}; look at the options.")
    return found


def _end(search: Search, mass: float, start: float) -> float | None:
    """Coupling above which ln L stays more than _FALL below its maximum, from `start` on."""
    grid = _COUPLINGS[_COUPLINGS >= start]
    values = _loglike(search, mass, grid)
    low = np.max(values) - _FALL
    (above,) = np.nonzero(values >= low)
    if above[-1] == len(grid) - 1:
        return None
    return float(grid[above[-1] + 1])


def _posterior(search: Search, mass: float, level: float) -> Limit:
    power = search.signal_power
    start = 0.0
    end = _end(search, mass, start)
    if end is None:
        return None
    strength = np.linspace(0.0, 1.0, _POINTS)
    for _ in range(3):  # narrower each time, to where ln L has just fallen
        values = _loglike(search, mass, end * strength ** (1.0 / power))
        (above,) = np.nonzero(values >= values.max() - _FALL)
        if above[-1] > _POINTS // 4:
            break
        end *= strength[above[-1] + 1] ** (1.0 / power)
    density = np.exp(values - values.max())
    cumulative = np.concatenate([[0.0], cumulative_trapezoid(density, strength)])
    return float(end * np.interp(level, cumulative / cumulative[-1], strength) ** (1.0 / power))


def _asimov(search: Search, mass: float, level: float) -> Limit:
    grid = np.concatenate([[0.0], _COUPLINGS])
    values = _loglike(search, mass, grid)
    best = int(np.argmax(values))
    if best > 0:  # an axion in the data: its maximum lies between the points
        grid = np.concatenate([np.linspace(grid[best - 1], grid[best + 1], 2001), grid[best + 2 :]])
        values = _loglike(search, mass, grid)
        best = int(np.argmax(values))
    rise = 2.0 * (values[best] - values) - _rise(level)
    (over,) = np.nonzero(rise[best:] > 0.0)
    if not over.size:
        return None
    first = best + int(over[0])

    def excess(coupling: float) -> float:
        return 2.0 * (values[best] - float(search.loglike(mass, coupling))) - _rise(level)

    return float(brentq(excess, grid[first - 1], grid[first], rtol=1e-10, xtol=1e-300))


def _threshold(search: Search, mass: float, _level: float) -> Limit:
    criterion = number("threshold", getattr(search, "threshold", None), 0.0, above=True)

    def excess(log_coupling: Any) -> Any:
        signal = _numbers("the signal", search.signal(mass, np.exp(log_coupling)), mass)
        return np.log(np.maximum(signal, 1e-300) / criterion)

    grid = np.log(_COUPLINGS)
    met = excess(grid) >= 0.0
    (changes,) = np.nonzero(met[1:] != met[:-1])
    ends = [float(np.exp(brentq(excess, grid[i], grid[i + 1], rtol=1e-12))) for i in changes]
    if met[0]:
        ends.insert(0, 0.0)
    if not ends:
        return None
    pairs = [ends[i : i + 2] for i in range(0, len(ends), 2)]
    if len(pairs) == 1:
        return pairs[0][0] if len(ends) == 1 else pairs[0]
    return pairs


_RULES: dict[str, Callable[[Search, float, float], Limit]] = {
    "posterior": _posterior,
    "asimov": _asimov,
    "threshold": _threshold,
}
