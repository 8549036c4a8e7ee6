"""Dark photons from where Π(ω, r) = m²: narrow resonance with the photons of a star's plasma.

A dark photon of mass m, kinetic mixing ε, energy ω and momentum k is made with the power, for each
volume, Q = g ε² m⁴/2π ∫ dω ω k f_B(ω/T) δ(m² − Π), whatever the width of photons is as long as it
is small; g = 2 (transverse), 1 (longitudinal). The resonance absorbs, too: by detailed balance a
ray at the angle θ to the radius meets the optical depth P/|cos θ|, P = π ε² m⁴/(k |dΠ/dr|), the
Landau-Zener exponent, and what was made inwards meets it twice. Of a resonant sphere escapes

    dL/dω = 4πr² g ω k² f_B/8π² · [1 − 2 E₃(2P)],

a black body's where P ≫ 1, and 4πr² g ε² m⁴ ω k f_B/(2π |dΠ/dr|), the power made, where P ≪ 1
(free streaming; as for the Sun in 1302.3884). Derived here.

Not in: emission off resonance, a second resonance on the same ray, decay and gravity on the way.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expn

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number
from hotaxion.theory.constants import ERG_PER_MEV, HBAR_EV_S
from hotaxion.theory.searches.supernova.profiles import HBAR_C_MEV_KM, Profile

#: Power in natural units [erg/s for 1 MeV²].
ERG_S_PER_MEV2 = ERG_PER_MEV / (HBAR_EV_S * 1e-6)
#: Polarisations: transverse, longitudinal.
STATES = (2.0, 1.0)
_LEAST, _LAST = 1e-4, 50.0  # of (ω − m)/m, of ω/T
_PER_DECADE = 25  # energies
_FLAT = 1e-9  # least |d ln Π/d ln r|
# Corners of the two triangles of a cell between energies and radii: steps from its first corner.
_TRIANGLES = (((0, 0), (1, 0), (1, 1)), ((0, 0), (0, 1), (1, 1)))
_CORNERS = np.arange(3)[:, None]

IndexArray = NDArray[np.intp]


class Crossing(NamedTuple):
    """The line of resonances of one mass in the plane of energy and radius, in short pieces.

    energy, momentum : ω, k [MeV].
    radius : [1/MeV].
    temperature : [MeV].
    slope : |dΠ/dr| [MeV³].
    width : of the piece, in energy [MeV].
    cell : between which two energies of the grid.
    states : polarisations.
    """

    energy: Array
    momentum: Array
    radius: Array
    temperature: Array
    slope: Array
    width: Array
    cell: Array
    states: Array

    def depth(self, mass: float, epsilon: ArrayLike) -> Array:
        """P, (shape of epsilon, pieces)."""
        at_one = np.pi * mass**4 / (self.momentum * self.slope)
        return np.asarray(np.asarray(epsilon, dtype=float)[..., None] ** 2 * at_one)

    def power(self, mass: float, epsilon: ArrayLike, reabsorbed: bool) -> Array:
        """Luminosity of each piece [erg/s], (shape of epsilon, pieces)."""
        depth = self.depth(mass, epsilon)
        escaping = escape(depth) if reabsorbed else 4.0 * depth
        occupied = 1.0 / np.expm1(np.minimum(self.energy / self.temperature, 500.0))
        surface = 0.5 * self.states / np.pi * (self.radius * self.momentum) ** 2
        return ERG_S_PER_MEV2 * surface * self.energy * occupied * self.width * escaping


class Resonance:
    """What a star shines with in dark photons; what depends on no mass is computed once.

    Parameters
    ----------
    profile : shells, a hundred or more; power laws between them.
    least_mass : of those that will be asked for [MeV].

    Raises
    ------
    RangeError : `least_mass` that is not above 0.
    """

    def __init__(self, profile: Profile, least_mass: float = 1e-3):
        self._least = number("least_mass", least_mass, 0.0, unit="MeV", above=True)
        last = _LAST * float(np.max(profile.temperature)) / self._least
        count = max(2, round(_PER_DECADE * np.log10(last / _LEAST)))
        self._log_excess = np.linspace(np.log(_LEAST), np.log(last), count)  # of (ω − m)/m
        slowness = (1.0 + np.exp(self._log_excess[:, None])) ** -2
        self._log_r = np.log(profile.radius_km / HBAR_C_MEV_KM)
        self._log_t = np.log(profile.temperature)
        plasma = profile.plasma
        squares = (plasma.transverse(slowness), plasma.longitudinal(slowness))
        self._log_pi = np.log(squares)

    def crossings(self, mass: float) -> Crossing:
        """All resonances at a mass [MeV], `least_mass` or more; RangeError for others."""
        mass = number("mass", mass, self._least, unit="MeV")
        height = self._log_pi - 2.0 * np.log(mass)
        state, row, column = _cut_triangles(height > 0.0)
        height = height[state, row, column]
        # The corner alone on its side of the line first: both edges from there are cut.
        side = height > 0.0
        alone = np.where(side[1] == side[2], 0, np.where(side[0] == side[2], 1, 2))
        order = (alone + _CORNERS) % 3, np.arange(alone.size)
        height, row, column = height[order], row[order], column[order]
        part = height[0] / (height[0] - height[1:])

        def middle(place: Array) -> Array:
            """Of the line's part in the triangle, from the values at the corners."""
            return np.asarray(place[0] + 0.5 * np.sum(part * (place[1:] - place[0]), axis=0))

        x, y = self._log_excess[row], self._log_r[column]
        dx, dy, dh = (one[1:] - one[0] for one in (x, y, height))
        slope = (dh[1] * dx[0] - dh[0] * dx[1]) / (dx[0] * dy[1] - dx[1] * dy[0])
        radius, excess = np.exp(middle(y)), np.exp(middle(x))
        return Crossing(
            energy=mass * (1.0 + excess),
            momentum=mass * np.sqrt(excess * (2.0 + excess)),
            radius=radius,
            temperature=np.exp(middle(self._log_t[column])),
            slope=mass**2 / radius * np.maximum(np.abs(slope), _FLAT),
            width=mass * excess * np.abs(part[1] * dx[1] - part[0] * dx[0]),
            cell=row.min(axis=0),
            states=np.array(STATES)[state],
        )

    def luminosity(self, mass: float, epsilon: ArrayLike, reabsorbed: bool = True) -> Array:
        """L [erg/s], of the shape of epsilon.

        Parameters
        ----------
        mass : [MeV].
        epsilon : kinetic mixing, 0 or more.
        reabsorbed : False: free streaming, in proportion to ε².

        Raises
        ------
        RangeError : for a mass or a mixing out of range.
        """
        mixing = array("epsilon", epsilon, 0.0)
        return np.asarray(self.crossings(mass).power(mass, mixing, reabsorbed).sum(axis=-1))

    def spectrum(self, mass: float, epsilon: float, reabsorbed: bool = True) -> tuple[Array, Array]:
        """Ends of bins in ω [MeV], and the mean of dL/dω in each [erg/s/MeV], one fewer.

        Parameters and errors as for `luminosity`, which is the sum of bins.
        """
        mixing = number("epsilon", epsilon, 0.0)
        found = self.crossings(mass)
        ends = mass * (1.0 + np.exp(self._log_excess))
        each = found.power(mass, mixing, reabsorbed)
        return ends, np.bincount(found.cell, each, minlength=ends.size - 1) / np.diff(ends)


def _cut_triangles(above: NDArray[np.bool_]) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Triangles with corners on both sides: which polarisation; rows, columns of three corners."""
    rows, columns = above.shape[1] - 1, above.shape[2] - 1
    found = []
    for steps in _TRIANGLES:
        a, b, c = (above[:, i : i + rows, j : j + columns] for i, j in steps)
        state, row, column = np.nonzero((a != b) | (b != c))
        i, j = np.array(steps).T[:, :, None]
        found.append((state, row + i, column + j))
    state, row, column = (np.concatenate(one, axis=-1) for one in zip(*found, strict=True))
    return state, row, column


def escape(depth: ArrayLike) -> Array:
    """What a resonance shines with, over a black body: 1 − 2 E₃(2P), from 4P to 1.

    Interpolated, to 1e-5.
    """
    p = np.asarray(depth, dtype=float)
    return np.minimum(4.0 * p * np.interp(p, *_thinning()), 1.0)


@cache
def _thinning() -> tuple[Array, Array]:
    """P, and 1 − 2 E₃(2P) over 4P."""
    p = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 4801)])
    x = 2.0 * p[1:]
    series = 2.0 * x + x**2 * (np.log(x) + np.euler_gamma - 1.5)
    exact = np.where(x < 1e-3, series, 1.0 - 2.0 * expn(3, x))
    return p, np.concatenate([[1.0], exact / (2.0 * x)])
