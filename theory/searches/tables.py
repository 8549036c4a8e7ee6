"""Positive functions of a mass, computed once and interpolated in logarithms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.errors import RangeError

_TINY = 1e-300  # stands for 0, which has no logarithm


class LogTable:
    """A function of a positive number between two ends, interpolated in both logarithms.

    Monotone between its points (PCHIP), so that it never overshoots; 0 stays 0 at a point.

    Parameters
    ----------
    function : of one number; positive or 0.
    low, high : ends.
    points : number of points, even in the logarithm.

    Raises
    ------
    RangeError : ends that make no range; a value that is negative or no number.
    """

    def __init__(self, function: Callable[[float], float], low: float, high: float, points: int):
        low = number("low end of a table", low, 0.0, above=True)
        high = number("high end of a table", high, low, above=True)
        self.low, self.high = low, high
        places = np.geomspace(low, high, points)
        values = np.array([function(float(place)) for place in places])
        if not (values >= 0.0).all():
            worst = places[~(values >= 0.0)][0]
            raise RangeError(f"a table has a value that is no number, or negative, at {worst:g}.")
        self._log = PchipInterpolator(np.log(places), np.log(np.maximum(values, _TINY)))

    def __call__(self, place: ArrayLike) -> Array:
        """The function; raises RangeError outside of the ends (but for rounding)."""
        places = np.asarray(place, dtype=float)
        inside = (places >= self.low * (1 - 1e-9)) & (places <= self.high * (1 + 1e-9))
        if not inside.all():
            raise RangeError(
                f"a table from {self.low:g} to {self.high:g} was asked for {places[~inside][0]:g}."
            )
        values = np.exp(self._log(np.log(np.clip(places, self.low, self.high))))
        return np.where(values > 2.0 * _TINY, values, 0.0)
