"""Gauss-Legendre rules: nodes and weights with integral dx g(x) = sum(weights * g(nodes))."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hotaxion.theory.arrays import Array


@lru_cache(maxsize=16)
def unit_nodes(n: int) -> tuple[Array, Array]:
    """Nodes and weights on (0, 1), ascending."""
    y, w = np.polynomial.legendre.leggauss(n)
    nodes, weights = 0.5 * (y + 1.0), 0.5 * w
    nodes.flags.writeable = weights.flags.writeable = False  # the same arrays for all callers
    return nodes, weights


def momentum_grid(n: int, q_max: float, q_min: float = 0.0) -> tuple[Array, Array]:
    """Momenta in (q_min, q_max) and weights: uniform in sqrt(q), dense at small q."""
    low, high = math.sqrt(q_min), math.sqrt(q_max)
    y, w = unit_nodes(n)
    root = low + (high - low) * y
    return root**2, 2.0 * (high - low) * root * w
