r"""The free kick: a dilaton that the first roll of the axion throws out of its minimum.

One minimal Lagrangian in which the statements of the abstract of 2211.13074 come out, for an axion
whose mass is constant; the paper itself could not be read, and nothing here is taken from it:

.. math:: L = \frac12 (\partial\phi)^2 + \frac12 W(\phi) (\partial a)^2
    - m_a^2 f_a^2 [1 - \cos(a/f_a)] - \frac12 m_\phi^2 \phi^2, \quad W = e^{2\phi/F} .

Homogeneous fields in radiation, H = 1/(2t), at rest at the start; no back-reaction on H, no decays,
no fluctuations. Units: m_a = 1; densities in m_a^2 f_a^2. s = phi/F, theta = a/f_a, xi = f_a/F,
r = m_phi/m_a. Known gap: a mass that grows as that of the QCD axion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline, RectBivariateSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number
from hotaxion.theory.errors import RangeError

XI_RANGE, R_RANGE = (1e-6, 20.0), (1e-3, 10.0)  # of the integration
THETA_RANGE, S_RANGE = (1e-4, 3.1), (-3.0, 3.0)
SETTLED = 0.06  # amplitude of s at the end, from which on nothing changes
_STEP = 0.1  # phase of a step, of whatever changes fastest
_END = 400.0  # in 1/min(m_a, m_phi)
_AVERAGED = 0.4  # the last part of the time
MAP = Path(__file__).with_name("free_kick_map.npz")
# Where the map was made: beyond, the fraction has an edge at xi = 1.6 to 1.7 and resonances.
MAP_XI, MAP_R, MAP_SIZE = (0.1, 1.55), (0.05, 1.0), (16, 16)
# In xi theta_i the map, made at theta_i = 1, serves smaller angles to 3 %.
MAP_THETA = (0.0, 1.0)


@dataclass(frozen=True)
class Kicked:
    """Late densities, times t^(3/2), in units of m_a^2 f_a^2 m_a^(-3/2), for an array of points.

    axion, dilaton : means over the last oscillations.
    settled : whether the amplitude of s has fallen below SETTLED; elsewhere the means may change.
    """

    axion: Array
    dilaton: Array
    settled: np.ndarray

    @property
    def ratio(self) -> Array:
        """rho_phi/rho_a."""
        return self.dilaton / self.axion

    @property
    def total(self) -> Array:
        """Both together."""
        return self.axion + self.dilaton


def kick(
    xi: ArrayLike,
    r: ArrayLike,
    theta_i: ArrayLike = 1.0,
    s_i: ArrayLike = 0.0,
    end: float = _END,
    step: float = _STEP,
) -> Kicked:
    """Late densities of axion and dilaton; the arguments are broadcast.

    Parameters
    ----------
    xi, r : f_a/F and m_phi/m_a, within XI_RANGE and R_RANGE.
    theta_i, s_i : where the fields start, within THETA_RANGE and S_RANGE.
    end : time at which a point ends, in 1/min(1, r).
    step : phase of a step; 0.1 is exact to 1e-3.

    Raises RangeError outside.
    """
    given = (
        array("xi", xi, *XI_RANGE),
        array("r", r, *R_RANGE),
        array("theta_i", theta_i, *THETA_RANGE),
        array("s_i", s_i, *S_RANGE),
    )
    shape = np.broadcast_shapes(*(one.shape for one in given))
    points = [np.broadcast_to(one, shape).ravel() for one in given]
    sums, highest = np.zeros((3, points[0].size)), np.zeros(points[0].size)
    last = end / np.minimum(points[1], 1.0)
    for t, dt, y in _steps(points, last, step):
        weight = dt * (t > (1.0 - _AVERAGED) * last)
        if weight.any():
            axion, dilaton = densities(y, points[0], points[1])
            sums += weight * np.array([axion * t**1.5, dilaton * t**1.5, np.ones_like(t)])
            highest = np.where(t > 0.9 * last, np.maximum(highest, np.abs(y[2])), highest)
    axion, dilaton = (sums[:2] / sums[2]).reshape(2, *shape)
    return Kicked(axion, dilaton, highest.reshape(shape) < SETTLED)


def history(xi: float, r: float, theta_i: float, end: float, step: float = _STEP) -> Array:
    """(6, n) t, theta, dtheta/dt, s, ds/dt of one point, and the length of each step.

    Arguments and errors as of `kick`, but `end`, the time itself.
    """
    values = (
        number("xi", xi, *XI_RANGE),
        number("r", r, *R_RANGE),
        number("theta_i", theta_i, *THETA_RANGE),
        0.0,
    )
    points = [np.array([value]) for value in values]
    rows = [(*t, *y[:, 0], *dt) for t, dt, y in _steps(points, np.array([end]), step)]
    return np.array(rows).T


def densities(y: Array, xi: ArrayLike, r: ArrayLike) -> tuple[Array, Array]:
    """(rho_a, rho_phi) in m_a^2 f_a^2 of fields (4, ...): theta, dtheta/dt, s, ds/dt."""
    theta, speed, s, kick_speed = y
    axion = 0.5 * (np.exp(s) * speed) ** 2 + 2.0 * np.sin(theta / 2.0) ** 2
    dilaton = 0.5 * (kick_speed**2 + (np.asarray(r) * s) ** 2) / np.asarray(xi) ** 2
    return axion, dilaton


def accelerations(t: ArrayLike, y: Array, xi: ArrayLike, r: ArrayLike) -> tuple[Array, Array]:
    """Second derivatives of theta and s at time t; arguments as of `densities`."""
    theta, speed, s, kick_speed = y
    w, friction = np.exp(2.0 * s), 1.5 / np.asarray(t)
    # W = e^(2s): W'/W = 2 and W'/2 = W.
    of_theta = -(friction + 2.0 * kick_speed) * speed - np.sin(theta) / w
    of_s = -friction * kick_speed - np.asarray(r) ** 2 * s + w * (np.asarray(xi) * speed) ** 2
    return of_theta, of_s


def _steps(
    points: Sequence[Array], end: Array, step: float
) -> Iterator[tuple[Array, Array, Array]]:
    """Time, length of the step before it, and fields (4, n), until all points have ended.

    Runge-Kutta of fourth order, each point with its own time and step; a step of a point that has
    ended has no length. `points` are xi, r, theta_i and s_i.
    """
    xi, r, theta_i, s_i = points

    def slopes(t: Array, y: Array) -> Array:
        of_theta, of_s = accelerations(t, y, xi, r)
        return np.stack([y[1], of_theta, y[3], of_s])

    t = 1e-3 / np.maximum(1.0, r)
    y = np.stack([theta_i, np.zeros_like(t), s_i, np.zeros_like(t)])
    while (t < end).any():
        light, speed = np.exp(-y[2]), np.abs(y[1])  # e^-s: mass of the axion now
        fastest = np.maximum(light, r) + 1.0 / t + np.abs(y[3]) + speed * (1.0 + xi / light)
        dt = np.minimum(step / fastest, end - t)
        k1 = slopes(t, y)
        k2 = slopes(t + dt / 2, y + dt / 2 * k1)
        k3 = slopes(t + dt / 2, y + dt / 2 * k2)
        k4 = slopes(t + dt, y + dt * k3)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t = np.where(dt < end - t, t + dt, end)
        yield t, dt, y


class KickMap:
    """Where the energy goes, interpolated in the committed map: microseconds a point.

    Bicubic in (xi theta_i, ln r); the fraction within 0.013 of the integration at theta_i = 1,
    the gain within 0.4 %.
    Made by make_free_kick_map.py, beside it.
    """

    def __init__(self) -> None:
        with np.load(MAP) as file:
            axes = file["xi"], np.log(file["r"])
            self._fraction = RectBivariateSpline(*axes, file["fraction"])
            self._gain = RectBivariateSpline(*axes, file["gain"])
            self._alone = CubicSpline(file["theta_i"] ** 2, file["alone"])

    def fraction(self, xi_kick: float, r_kick: float) -> float:
        """rho_phi/(rho_phi + rho_a) for xi theta_i and r within MAP_XI, MAP_R (else RangeError)."""
        return min(
            max(float(self._fraction(*self._checked(xi_kick, r_kick), grid=False)), 0.0), 1.0
        )

    def gain(self, xi_kick: float, r_kick: float) -> float:
        """(rho_phi + rho_a) over rho_a without a dilaton; arguments as of `fraction`."""
        return float(self._gain(*self._checked(xi_kick, r_kick), grid=False))

    def alone(self, theta_i: float) -> float:
        """rho_a t^(3/2) without a dilaton, units of `Kicked`; |theta_i| within MAP_THETA."""
        theta = number("|theta_i|", abs(theta_i), *MAP_THETA)
        return theta**2 * float(self._alone(theta**2))

    @staticmethod
    def _checked(xi_kick: float, r_kick: float) -> tuple[float, float]:
        beyond = "; only direct integration (free_kick.kick) serves beyond"
        try:
            xi = number("xi_kick = f_a theta_i/F", xi_kick, *MAP_XI)
            return xi, float(np.log(number("r_kick = m_phi/m_a", r_kick, *MAP_R)))
        except RangeError as error:
            raise RangeError(f"{str(error).rstrip('.')}{beyond}.") from None


@lru_cache(maxsize=1)
def kick_map() -> KickMap:
    """The committed map, read once."""
    return KickMap()
