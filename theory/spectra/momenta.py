"""Few momenta that stand for a whole distribution, in the form in which CLASS reads it.

CLASS follows each hot species at the nodes of a Gauss-Laguerre rule and takes f and df/dq there
from a file. With 4 nodes that rule alone misses the pressure and its time derivative by up to a
percent. In the file, values and slopes at the nodes are therefore changed (by a few percent) such
that the sums over the nodes reproduce, at every epoch,

    density rho, pressure p, and their response to a stretching of momenta, drho/dln q, dp/dln q,

which is what gravity sees. The identity drho/dln q = -3 (rho + p) is energy conservation; where
it fails the late integrated Sachs-Wolfe effect is off by 2e-3. docs/class.md has the errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.distribution import T_NCDM_RATIO, RelicPSD

N_TABLE = 400  # rows of the file: 1e-6 in density
NODES_RANGE = (3, 16)
_X_MIN, _X_MAX = 1e-2, 60.0  # momentum range of the file, in units of its temperature
# Momentum unit of the rule over the tail temperature: the nodes' places, chosen so that the fit
# below has its least residuals for Bose-Einstein and Fermi-Dirac alike.
_STRETCH = {3: 1.05, 4: 0.9, 5: 0.8, 6: 0.75}
_STRETCH_OF_MORE = 0.7
# Mass over temperature: relativistic, the transition, non-relativistic.
_MASSES = np.concatenate([[0.0], np.geomspace(0.05, 200.0, 40), [1e4]])
_EXACT = 100.0  # weight of number (non-relativistic) and energy (relativistic) in the fit
_STIFFNESS = (1e-5, 1e-3, 1e-2, 1e-1, 1.0)  # resistance to changing f; the next if one is too soft
_LARGEST_CHANGE = 0.7  # of f or its slope at a node
_STEP = 1e-4  # relative, for numerical slopes


def nodes_option(option: str, value: object, word: str) -> int | None:
    """A number of momenta, or None for `word`; of `axion_nodes` and `neutrino_nodes`.

    Raises
    ------
    RangeError : for anything else than `word` and integers of NODES_RANGE.
    """
    low, high = NODES_RANGE
    if value == word:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        allowed = f"{word!r} or an integer, {low} to {high}"
        raise RangeError(f"{option} = {shown(value)}; allowed is {allowed}.")
    return value


@dataclass(frozen=True)
class Distribution:
    """Phase-space distribution of one hot species, f ~ e^-y at large y = p/T.

    Attributes
    ----------
    temperature_ratio : T over the temperature of the photons today.
    occupation : f(y), summed over the degrees of freedom.
    y, f, weights : quadrature: integral dy g(y) f(y) = sum(weights * g(y) * f).
    """

    temperature_ratio: float
    occupation: Callable[[Array], Array]
    y: Array
    f: Array
    weights: Array

    def slope(self, y: Array) -> Array:
        """df/dy."""
        up, down = self.occupation(y * (1 + _STEP)), self.occupation(y * (1 - _STEP))
        return (up - down) / (2 * _STEP * y)


def distribution(psd: RelicPSD) -> Distribution:
    """A relic's f in units of the temperature of its tail.

    f must fall like e^-y for few Gauss-Laguerre nodes to be accurate.
    """
    t = psd.tail_temperature_ratio
    return Distribution(
        T_NCDM_RATIO * t, lambda y: psd.occupation(y * t), psd.q / t, psd.f, psd.weights / t
    )


def _broken() -> RangeError:
    return RangeError(
        "the phase-space distribution of a hot species is not finite and >= 0 everywhere; CLASS "
        "would crash on it."
    )


def _fitted(rows: Array, start: Array) -> Array:
    """Values near `start` for which rows @ values = 1, the marked rows (almost) exactly."""
    mark = np.ones(len(rows))
    mark[[0, len(_MASSES) - 1]] = _EXACT
    change = np.zeros_like(start)
    for stiffness in _STIFFNESS:
        matrix = np.concatenate([rows * start * mark[:, None], stiffness * np.eye(start.size)])
        right = np.concatenate([mark * (1.0 - rows @ start), np.zeros(start.size)])
        change = np.linalg.lstsq(matrix, right, rcond=None)[0]
        if np.abs(change).max() < _LARGEST_CHANGE:
            break
    return start * (1.0 + np.clip(change, -_LARGEST_CHANGE, _LARGEST_CHANGE))


def _systems(species: Distribution, y: Array, w: Array) -> tuple[Array, Array]:
    """Rows over which f, and df/dy, at the nodes must sum to 1: density, then pressure."""
    full = np.sqrt(species.y[:, None] ** 2 + _MASSES**2)  # energies
    few = np.sqrt(y[:, None] ** 2 + _MASSES**2)
    density = species.weights * species.f
    rho = (density * species.y**2) @ full
    three_p = (density * species.y**4) @ (1.0 / full)
    slowed = (density * species.y**6) @ (1.0 / full**3)
    of_f = [((w * y**2)[:, None] * few / rho).T, ((w * y**4)[:, None] / few / three_p).T]
    # By parts: integral y^3 E f' = -(3 rho + 3 p), integral y^5/E f' = -(5 * 3 p - slowed).
    of_slope = [
        ((w * y**3)[:, None] * few / -(3.0 * rho + three_p)).T,
        ((w * y**5)[:, None] / few / (slowed - 5.0 * three_p)).T,
    ]
    return np.concatenate(of_f), np.concatenate(of_slope)


def _rule(nodes: int) -> tuple[float, Array, Array]:
    """Unit of momentum over T, nodes y and weights."""
    stretch = _STRETCH.get(nodes, _STRETCH_OF_MORE)
    q, rule = np.polynomial.laguerre.laggauss(nodes)
    return stretch, stretch * q, stretch * rule * np.exp(q)


def matched_nodes(species: Distribution, nodes: int) -> tuple[float, Array, Array, Array, Array]:
    """The few momenta that have the density and pressure of the whole distribution.

    Returns
    -------
    Unit of momentum over T; the nodes y; weights W; f and df/dy at the nodes, so that
    sum(W * g(y) * f) = integral dy g f for g = y^2 sqrt(y^2 + x^2), any x, and the like.

    Raises
    ------
    RangeError : if f is not finite.
    """
    stretch, y, w = _rule(nodes)
    try:
        of_f, of_slope = _systems(species, y, w)
        f = _fitted(of_f, species.occupation(y))
        return stretch, y, w, f, _fitted(of_slope, species.slope(y))
    except (ValueError, IndexError, np.linalg.LinAlgError) as error:  # overflow; nothing but NaN
        raise _broken() from error


def misfit(species: Distribution, nodes: int) -> tuple[float, float]:
    """Largest relative errors of so many momenta: of the density while relativistic and today, and
    of density, pressure and their responses at any epoch."""
    _, y, w, f, slope = matched_nodes(species, nodes)
    of_f, of_slope = _systems(species, y, w)
    errors = np.abs(of_f @ f - 1.0)
    largest = max(errors.max(), np.abs(of_slope @ slope - 1.0).max())
    return float(errors[[0, _MASSES.size - 1]].max()), float(largest)


def table(species: Distribution, nodes: int) -> tuple[float, Array, Array]:
    """The file for CLASS.

    Returns
    -------
    T_ncdm for CLASS; q = p/(T_ncdm T_CMB) ascending; f/(2 pi)^3.

    Raises
    ------
    RangeError : if f is not finite or negative anywhere.
    """
    stretch, y, _, f, slope = matched_nodes(species, nodes)
    true = species.occupation(y)
    # f times a smooth factor whose value and slope at each node are those wanted.
    tilt = CubicHermiteSpline(
        np.log(y), np.log(f / true), y * slope / f - y * species.slope(y) / true
    )
    u = np.linspace(math.asinh(_X_MIN / 0.3), math.asinh(_X_MAX / 0.3), N_TABLE)
    q = 0.3 * np.sinh(u)
    inside = np.clip(np.log(stretch * q), np.log(0.9 * y[0]), np.log(1.1 * y[-1]))
    values = species.occupation(stretch * q) * np.exp(tilt(inside))
    if not (np.isfinite(values).all() and (values >= 0.0).all()):
        raise _broken()
    return stretch * species.temperature_ratio, q, values / (2 * math.pi) ** 3
