"""Dark photons from the gain layer over what neutrinos heat, as a table."""

from __future__ import annotations

from itertools import product
from math import log, prod

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import NdBSpline, make_interp_spline

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number
from hotaxion.theory.searches.supernova.gain_layer import BETA, Snapshot, gain_layers
from hotaxion.theory.searches.supernova.resonance import Resonance

#: Masses [MeV]: below, dark photons of any mixing take next to nothing; above, none is resonant.
MASSES_MEV = (0.005, 1.0)
#: What may be sampled of the shock: its compression, and its radius over that of the snapshot.
RANGES = {"beta_shock": (6.0, 10.0), "shock_radius_scale": (0.8, 1.5)}
_NODES = 3  # of each that is sampled
_MIXINGS = np.geomspace(1e-10, 1e-4, 19)
_NEAR, _NEAR_POINTS, _FAR_POINTS, _ABOVE_POINTS = -0.4, 14, 12, 36
_TINY = 1e-300  # stands for 0


class GainTable:
    """L/Q_net of a snapshot, of mass, mixing, compression and radius of the shock.

    Masses are counted from the edges of the transverse resonance, z = ln(m/m_low) below m_low and
    ln(m/m_low)/ln(m_high/m_low) above, so that the edges of several layers fall together: all are
    tabulated at the same z, and one spline gives them all.

    Parameters
    ----------
    snapshot : at the radius of its own shock.
    beta_shock, shock_radius_scale : one value, or None for all of `RANGES`.
    reabsorbed : False: dark photons stream freely.

    Raises
    ------
    RangeError : for a value out of range, or a shock without gain layer.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        beta_shock: float | None = BETA,
        shock_radius_scale: float | None = 1.0,
        reabsorbed: bool = True,
    ):
        given = {"beta_shock": beta_shock, "shock_radius_scale": shock_radius_scale}
        self._axes = [
            np.log(np.geomspace(*RANGES[name], _NODES) if one is None else [one]).tolist()
            for name, one in given.items()
        ]
        nodes = np.exp([*product(*self._axes)])
        layers = gain_layers([snapshot] * len(nodes), *nodes.T)
        squares = np.array([layer.profile.plasma.transverse(0.0)[[-1, 0]] for layer in layers])
        self._log_edges = 0.5 * np.log(squares)
        self._reabsorbed = reabsorbed
        self._z = _places(float(np.log(0.5 * MASSES_MEV[0]) - self._log_edges[:, 0].max()))
        logs = np.empty((self._z.size, _MIXINGS.size, len(layers)))
        for i, (layer, (low, high)) in enumerate(zip(layers, self._log_edges, strict=True)):
            resonance = Resonance(layer.profile, 0.4 * MASSES_MEV[0])
            masses = np.exp(low + np.where(self._z < 0.0, 1.0, high - low) * self._z)
            taken = [resonance.luminosity(mass, _MIXINGS, reabsorbed) for mass in masses]
            logs[..., i] = np.log(np.maximum(np.array(taken) / layer.net_heating, _TINY))
        # Straight in z, cubic in ln ε.
        of_mixing = make_interp_spline(np.log(_MIXINGS), logs, k=3, axis=1)
        knots = np.concatenate([self._z[:1], self._z, self._z[-1:]])
        self._spline = NdBSpline((knots, of_mixing.t), np.moveaxis(of_mixing.c, 0, 1), k=(1, 3))

    def ratio(
        self,
        mass: ArrayLike,
        epsilon: ArrayLike,
        beta_shock: float | None = None,
        shock_radius_scale: float | None = None,
    ) -> Array:
        """L/Q_net, of the shape of mass and mixing together.

        Parameters
        ----------
        mass : [MeV], within `MASSES_MEV`.
        epsilon : kinetic mixing, of either sign.
        beta_shock, shock_radius_scale : within `RANGES`, if it is tabulated; else ignored.

        Raises
        ------
        RangeError : out of these ranges.
        """
        m, mixing = np.broadcast_arrays(
            array("mass", mass, *MASSES_MEV, unit="MeV"), np.abs(np.asarray(epsilon, dtype=float))
        )
        given = {"beta_shock": beta_shock, "shock_radius_scale": shock_radius_scale}
        first, second = [
            _lagrange(axis, log(number(name, one, *RANGES[name]))) if len(axis) > 1 else [1.0]
            for axis, (name, one) in zip(self._axes, given.items(), strict=True)
        ]
        weight = np.outer(first, second).ravel()
        low, high = weight @ self._log_edges
        x = np.log(m) - low
        z = np.where(x < 0.0, x, x / (high - low))
        return np.where(z < 1.0, np.exp(self._log_ratios(z, mixing) @ weight), 0.0)

    def _log_ratios(self, z: Array, epsilon: Array) -> Array:
        """ln(L/Q_net) at places z, (their shape, layers)."""
        inside = np.clip(epsilon, _MIXINGS[0], _MIXINGS[-1])
        # L ∝ ε² below the table; beyond it a black body has no more to give.
        more = 2.0 * np.log(np.maximum(epsilon, 1e-150) / inside)
        if self._reabsorbed:
            more = np.minimum(more, 0.0)
        place = np.stack([np.clip(z, self._z[0], 1.0), np.log(inside)], axis=-1)
        return np.asarray(self._spline(place) + more[..., None])


def _places(least: float) -> Array:
    """z from `least` to 1, dense at the edges, where transverse waves set in and end."""
    far = np.linspace(least, _NEAR, _FAR_POINTS, endpoint=False)[least < _NEAR :]
    near = _NEAR * np.linspace(1.0, 0.0, _NEAR_POINTS, endpoint=False) ** 2
    above = 0.5 * (1.0 - np.cos(np.linspace(0.0, np.pi, _ABOVE_POINTS)))
    return np.concatenate([far, near, above])


def _lagrange(nodes: list[float], place: float) -> list[float]:
    """Weights of the polynomial through values at the nodes."""
    return [
        prod((place - other) / (node - other) for other in nodes if other != node) for node in nodes
    ]
