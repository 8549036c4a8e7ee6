"""Polynomials in several inputs of limited total degree, through as few points as they have terms.

The terms T_a(u) T_b(v) ... (Chebyshev, u and v from -1 to 1) with a/A + b/B + ... <= 1, where A, B
are the degrees wanted in each input alone; the points have the same indices in Leja sequences,
which makes the interpolation unique (Chkifa, Cohen & Schwab 2014, 1210.6169). In five inputs that
is a twentieth of the points of a full grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Option

_MOST_TERMS = 1500  # beyond, a table would take hours and gigabytes
# Degrees are these times those of `bend`: the greatest that so many terms allow, else the last.
_FINENESS, _ENOUGH_TERMS = (2.0, 1.5, 1.25, 1.0), 60


def _leja(count: int) -> Array:
    """The first points of a Leja sequence on [-1, 1]: each as far from all before as can be."""
    grid = np.linspace(-1.0, 1.0, 4001)
    distance = np.ones_like(grid)
    points = []
    for point in (-1.0, 1.0, 0.0):
        points.append(point)
        distance *= np.abs(grid - point)
    while len(points) < count:
        points.append(float(grid[np.argmax(distance)]))
        distance *= np.abs(grid - points[-1])
    return np.array(points[:count])


@dataclass(frozen=True)
class _Axis:
    """One coordinate: an input, or its part of one sign where its effect has a kink at 0.

    low, high : in its spacing; degree : in it alone; sign : of the part, 0 for all of it.
    """

    name: str
    low: float
    high: float
    degree: int
    log: bool = False
    sign: int = 0

    def coordinate(self, value: float) -> float:
        """From -1 to 1."""
        value = max(self.sign * value, 0.0) if self.sign else value
        at = math.log(value) if self.log else value
        return 2.0 * (at - self.low) / (self.high - self.low) - 1.0

    def value(self, coordinate: float) -> float:
        """The input, or what its part adds to it."""
        at = self.low + 0.5 * (self.high - self.low) * (coordinate + 1.0)
        at = min(max(at, self.low), self.high)
        return math.exp(at) if self.log else (self.sign or 1) * at


def _axes(name: str, option: Option, low: float, high: float, fineness: float) -> Iterator[_Axis]:
    """The coordinates of one input between two values."""
    log = option.spacing == "log"
    if option.spacing == "split" and low < 0.0 < high:
        for sign, end in ((-1, -low), (1, high)):
            yield _Axis(
                name, 0.0, end, 1 + math.ceil(fineness * end / option.bend[sign]), sign=sign
            )
        return
    start, end = (math.log(low), math.log(high)) if log else (low, high)
    bend = option.bend[-1 if high <= 0.0 else 1]
    yield _Axis(name, start, end, 1 + math.ceil(fineness * (end - start) / bend), log)


class Polynomials:
    """All polynomials of limited total degree in some inputs.

    Parameters
    ----------
    options : what is known of the inputs (`spacing` and `bend` of each).
    ranges : least and greatest value of each input that varies; none: constants.

    Raises RangeError where they would have too many terms.
    """

    def __init__(self, options: Mapping[str, Option], ranges: Mapping[str, tuple[float, float]]):
        self.ranges = dict(ranges)
        for fineness in _FINENESS:
            self._axes = [
                axis
                for name, ends in ranges.items()
                for axis in _axes(name, options[name], *ends, fineness)
            ]
            self._index = self._indices()
            if len(self._index) <= _ENOUGH_TERMS:
                break
        if len(self._index) > _MOST_TERMS:
            raise RangeError(
                f"inputs {', '.join(self.ranges)} vary too much for a table of relics (more than "
                f"{_MOST_TERMS} columns); give them narrower priors or set table: false."
            )
        highest = 1 + max((axis.degree for axis in self._axes), default=0)
        self._orders = np.arange(highest)[:, None]
        # (axes, terms) where the factors of each term stand in a table of (degrees, axes)
        self._factors = self._index.T * len(self._axes) + np.arange(len(self._axes))[:, None]
        self._points = _leja(highest)[self._index]

    def _indices(self) -> NDArray[np.intp]:
        """(terms, axes) degrees of each term in each coordinate."""
        found: list[tuple[int, ...]] = [()]
        for i, axis in enumerate(self._axes):
            found = [
                (*term, degree)
                for term in found
                for degree in range(axis.degree + 1)
                if self._allowed((*term, degree), self._axes[: i + 1])
            ]
            if len(found) > _MOST_TERMS:
                break
        found = [(*term, *(0,) * (len(self._axes) - len(term))) for term in found]
        return np.array(found, dtype=np.intp).reshape(len(found), len(self._axes))

    @staticmethod
    def _allowed(term: tuple[int, ...], axes: list[_Axis]) -> bool:
        """Whether its degrees are few, and it mixes no two signs of one input."""
        taken = [axis.name for degree, axis in zip(term, axes, strict=True) if degree]
        share = sum(degree / axis.degree for degree, axis in zip(term, axes, strict=True))
        return share <= 1.0 + 1e-9 and len(set(taken)) == len(taken)

    @property
    def points(self) -> list[dict[str, float]]:
        """Values of the inputs at which a function must be known."""
        found = []
        for row in self._points:
            point = dict.fromkeys(self.ranges, 0.0)
            for axis, coordinate in zip(self._axes, row, strict=True):
                point[axis.name] += axis.value(float(coordinate))
            # exp(ln x) may lie beyond x, and thus beyond what an input may be
            found.append(
                {n: min(max(x, self.ranges[n][0]), self.ranges[n][1]) for n, x in point.items()}
            )
        return found

    def covers(self, values: Mapping[str, float]) -> bool:
        """Whether these inputs are inside."""
        return all(
            low - 1e-12 <= values[name] <= high + 1e-12 for name, (low, high) in self.ranges.items()
        )

    def coefficients(self, values: Array) -> Array:
        """Of the polynomials through these values, (points, ...), at `points`."""
        terms = np.array([self._terms(row) for row in self._points])
        return np.linalg.solve(terms, values.reshape(len(terms), -1)).reshape(values.shape)

    def _terms(self, coordinates: Array) -> Array:
        angles = np.arccos(np.minimum(np.maximum(coordinates, -1.0), 1.0))
        return np.multiply.reduce(np.cos(self._orders * angles).ravel()[self._factors])

    def __call__(self, values: Mapping[str, float]) -> Array:
        """(terms,) value of each term: its product with coefficients is that of the function."""
        if not self._axes:
            return np.ones(1)
        return self._terms(np.array([axis.coordinate(values[axis.name]) for axis in self._axes]))
