"""Tabulated rates: read the committed tables and interpolate them, never beyond their range.

`pions.npz` holds, for each pion rate, ln[Gamma^> e^(omega_min/T) / (theta_a_pi^2 T)] and
`gluons.npz` holds ln(Gamma f_a^2 / T^3), both on a grid in (ln T/GeV, ln x), x = E/T. They are made
by `python -m hotaxion.theory.rates.make_tables`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.errors import MissingDataError, RangeError, UnknownOptionError
from hotaxion.theory.rates.collision import omega_min

Array = NDArray[np.float64]
FOLDER = Path(__file__).parent


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


def load_table(name: str) -> dict[str, Array]:
    """Arrays of a committed table; raises MissingDataError with the command that makes it."""
    path = FOLDER / name
    if not path.is_file():
        raise MissingDataError(
            f"the rate table {path} is absent; "
            "make it with: python -m hotaxion.theory.rates.make_tables"
        )
    with np.load(path) as content:
        return {key: content[key] for key in content.files}


@lru_cache(maxsize=8)
def _pion_table(rates: str) -> RateTable:
    content = load_table("pions.npz")
    names = [key for key in content if not key.startswith("ln_")]
    if rates not in names:
        raise UnknownOptionError("pion rate (option 'rates')", rates, names)
    return RateTable(content["ln_t"], content["ln_x"], content[rates])


def pion_log_rate(
    temperature_gev: Array, x: Array, rates: str = "gkpy", loss: bool = False
) -> Array:
    """ln(Gamma / (theta_a_pi^2 T)) on the outer grid of temperatures and x = E/T.

    With `loss` the logarithm of the loss rate Gamma^> instead, which has no factor 1 - e^-x.
    """
    table = _pion_table(rates)
    threshold = omega_min(x[None, :], M_PION_GEV / temperature_gev[:, None])
    log_loss = table(temperature_gev, x) - threshold
    return log_loss if loss else log_loss + np.log(-np.expm1(-x))


@lru_cache(maxsize=1)
def _gluon_table() -> RateTable:
    content = load_table("gluons.npz")
    return RateTable(content["ln_t"], content["ln_x"], content["htl"])


def gluon_log_rate(temperature_gev: Array, x: Array, loss: bool = False) -> Array:
    """ln(Gamma f_a^2 / T^3) on the outer grid of temperatures and x; `loss`: of Gamma^>."""
    log_rate = _gluon_table()(temperature_gev, x)
    return log_rate - np.log(-np.expm1(-x)) if loss else log_rate


def pion_range_gev() -> tuple[float, float]:
    """Temperatures covered by the pion tables [GeV]."""
    return _pion_table("lo").t_range_gev


def gluon_range_gev() -> tuple[float, float]:
    """Temperatures covered by the gluon table [GeV]."""
    return _gluon_table().t_range_gev
