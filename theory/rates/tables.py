"""Tabulated rates: read the committed tables and interpolate them, never beyond their range.

`pions.npz` holds, for each pion rate, ln[Gamma^> e^(omega_min/T) / (theta_a_pi^2 T)] and
`gluons.npz` holds ln(Gamma f_a^2 / T^3), both on a grid in (ln T/GeV, ln x), x = E/T. They are made
by `python -m hotaxion.theory.rates.make_tables`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.interpolate import RectBivariateSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError
from hotaxion.theory.files import DataFile

FOLDER = Path(__file__).parent
# Nodes of each table, the logarithms of geometric series: first, last, number.
AXES: dict[str, dict[str, tuple[float, float, int]]] = {
    "pions.npz": {"ln_t": (0.008, 0.200, 60), "ln_x": (0.005, 80.0, 84)},
    "gluons.npz": {"ln_t": (1.0, 1000.0, 40), "ln_x": (0.005, 80.0, 84)},
    "kaons.npz": {"ln_t": (0.025, 0.200, 28), "ln_x": (0.005, 80.0, 60)},
    "nucleons.npz": {"ln_t": (0.050, 0.200, 14), "ln_x": (0.005, 80.0, 60)},
    "fermions.npz": {
        "ln_r": (1e-3, 100.0, 42),
        "ln_x": (0.005, 80.0, 54),
        "ln_t": (1.0, 1000.0, 60),
    },
}
# What stands in them, and on which axes; all of it logarithms or ratios, far below _LARGEST.
VALUES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "pions.npz": {("ln_t", "ln_x"): ("lo", "gkpy", "gkpy_raw", "iam")},
    "gluons.npz": {("ln_t", "ln_x"): ("htl",)},
    "kaons.npz": {("ln_t", "ln_x"): ("isovector", "isoscalar", "mass", "cross")},
    "nucleons.npz": {("ln_t", "ln_x"): ("delta",)},
    "fermions.npz": {
        ("ln_r", "ln_x"): ("annihilation", "compton"),
        ("ln_t",): ("ln_g_s_squared", "ln_m_c", "ln_m_b", "ln_m_t"),
    },
}
_LARGEST = 100.0
_CURE = "reinstall hotaxion, or make it with: python -m hotaxion.theory.rates.make_tables"


class RateTable:
    """Bicubic spline of a table on (ln T, ln x).

    `t_range_gev` and `x_range` bound the call; outside them it raises RangeError.
    """

    def __init__(self, ln_t: Array, ln_x: Array, values: Array):
        self.t_range_gev = (float(np.exp(ln_t[0])), float(np.exp(ln_t[-1])))
        self.x_range = (float(np.exp(ln_x[0])), float(np.exp(ln_x[-1])))
        self._spline = RectBivariateSpline(ln_t, ln_x, values)

    def __call__(self, temperature_gev: Array, x: Array) -> Array:
        """Table value on the outer grid of temperatures (m,) and ascending x (n,)."""
        for name, given, (low, high) in (
            ("T/GeV", temperature_gev, self.t_range_gev),
            ("E/T", x, self.x_range),
        ):
            if not (low * (1 - 1e-9) <= np.min(given) and np.max(given) <= high * (1 + 1e-9)):
                raise RangeError(
                    f"{name} from {np.min(given):.4g} to {np.max(given):.4g}: the rate table "
                    f"covers {low:.4g} to {high:.4g} and is never extrapolated."
                )
        order = np.argsort(temperature_gev)  # the spline wants ascending arguments
        result = np.empty((temperature_gev.size, x.size))
        result[order] = self._spline(np.log(temperature_gev[order]), np.log(x))
        return result


def table_nodes(name: str, axis: str) -> Array:
    """Nodes of an axis of a committed table: T [GeV], x or r, ascending."""
    low, high, count = AXES[name][axis]
    return np.geomspace(low, high, count)


def load_table(name: str) -> dict[str, Array]:
    """Arrays of a committed table, checked against AXES and VALUES.

    Raises
    ------
    MissingDataError, HotAxionError : absent; damaged. Both name the command that makes it.
    """
    file = DataFile(FOLDER / name, "rate table", _CURE)
    arrays = file.arrays()
    sizes = {axis: count for axis, (_, _, count) in AXES[name].items()}
    shapes: dict[str, tuple[int, ...]] = {axis: (count,) for axis, count in sizes.items()}
    for axes, keys in VALUES[name].items():
        shapes |= dict.fromkeys(keys, tuple(sizes[axis] for axis in axes))
    file.check(arrays, shapes)
    for axis in sizes:
        right = np.abs(arrays[axis] - np.log(table_nodes(name, axis))) < 1e-9
        file.require(axis, arrays[axis], right, "is not the node that belongs there")
    for key in shapes:
        file.require(key, arrays[key], np.abs(arrays[key]) < _LARGEST, "is no logarithm of a rate")
    return arrays
