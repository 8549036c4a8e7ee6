"""Priors of one parameter as Cobaya's inputs give them: any distribution of scipy.stats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_WORDS = {"loguniform": "log-uniform", "reciprocal": "log-uniform"}  # else scipy's name
# Said already by the interval: Cobaya's limits, and the shapes that are limits themselves.
_LIMITS = ("dist", "min", "max")
_SHAPES_ARE_LIMITS = ("loguniform", "reciprocal", "truncnorm")
UNREADABLE = "unknown: its prior cannot be read here"


def distribution(prior: Any) -> Any | None:
    """The frozen distribution of scipy that Cobaya makes of a prior; None if it would refuse.

    Parameters
    ----------
    prior : [min, max], one number, or names with values (dist, loc, scale, min, max, shapes).
    """
    from cobaya.tools import get_scipy_1d_pdf

    given = dict(prior) if isinstance(prior, Mapping) else prior
    try:
        frozen = get_scipy_1d_pdf(given)
        low, high = frozen.support()
    except (ValueError, TypeError, AttributeError, ImportError):
        return None
    return frozen if np.ndim(low) == np.ndim(high) == 0 and low <= high else None


def limits(prior: Any) -> tuple[float, float] | None:
    """Both ends of a prior, infinite where it has none; None if it cannot be read."""
    frozen = distribution(prior)
    if frozen is None:
        return None
    low, high = frozen.support()
    return float(low), float(high)


def name_of(prior: Any) -> str:
    """Scipy's name of the distribution."""
    return str(prior.get("dist", "uniform")) if isinstance(prior, Mapping) else "uniform"


def flat_range(prior: Any) -> tuple[float, float] | None:
    """Both ends of a flat prior; None if it is not flat, or cannot be read."""
    return limits(prior) if name_of(prior) == "uniform" else None


def in_words(name: str, prior: Any) -> str:
    """'flat in m_a on [0, 3]', 'Gaussian in x, 1 ± 2', 'log-uniform on [0.001, 1] in m_a'."""
    frozen = distribution(prior)
    if frozen is None:
        return UNREADABLE
    kind, (low, high) = name_of(prior), frozen.support()
    left, right = "[" if np.isfinite(low) else "(", "]" if np.isfinite(high) else ")"
    on = f"on {left}{low:g}, {high:g}{right}"
    if kind == "uniform":
        return f"flat in {name} {on}"
    if kind == "norm":
        return f"Gaussian in {name}, {frozen.mean():g} ± {frozen.std():g}"
    said = (*_LIMITS, "a", "b") if kind in _SHAPES_ARE_LIMITS else _LIMITS
    more = [f"{key} = {value:g}" for key, value in prior.items() if key not in said]
    return f"{_WORDS.get(kind, kind)} {on} in {name}" + (f" ({', '.join(more)})" if more else "")
