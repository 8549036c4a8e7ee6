"""The total rate from pions to gluons: smooth across the QCD crossover.

Below T_PION the pion rate, above T_GLUON the gluon rate, between them a monotone cubic in ln T of
ln(Gamma f_a^2 / T^3) at fixed x = E/T, after D'Eramo, Hajkarim & Yun, 2108.04259 (their choice of
end points; the interpolating function is ours).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from hotaxion.theory.couplings import Couplings
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.rates.tables import (
    gluon_log_rate,
    gluon_range_gev,
    pion_log_rate,
    pion_range_gev,
)

Array = NDArray[np.float64]

GLUONS = ("htl", "none")
T_PION_GEV = 0.150
T_GLUON_GEV = 2.0
# The monotone cubic takes its end slopes from these knots inside the two known regions.
_PION_KNOTS = np.exp(np.log(T_PION_GEV) - np.array([0.3, 0.2, 0.1, 0.0]))
_GLUON_KNOTS = np.exp(np.log(T_GLUON_GEV) + np.array([0.0, 0.1, 0.2, 0.3]))


@dataclass(frozen=True)
class TotalRate:
    """ln(Gamma f_a^2 / T^3) of one model.

    rates : pion rate, "lo", "gkpy" or "gkpy_raw".
    gluons : "htl", or "none" (pions only: T above T_PION_GEV is then out of range).
    gluon_scale : factor on the gluon rate (nuisance, 1 to 3 covers the published resummations).
    """

    couplings: Couplings
    rates: str = "gkpy"
    gluons: str = "htl"
    gluon_scale: float = 1.0

    def __post_init__(self) -> None:
        if self.gluons not in GLUONS:
            raise UnknownOptionError("gluon rate (option 'gluons')", self.gluons, GLUONS)
        if not (np.isfinite(self.gluon_scale) and self.gluon_scale > 0):
            raise RangeError(
                f"gluon_scale = {self.gluon_scale}; it must be positive (gluons: none "
                "switches the gluons off)."
            )
        pion_log_rate(np.array([T_PION_GEV]), np.array([1.0]), self.rates)  # name check

    @property
    def t_range_gev(self) -> tuple[float, float]:
        """Temperatures [GeV] at which the rate is known."""
        return pion_range_gev()[0], (T_PION_GEV if self.gluons == "none" else gluon_range_gev()[1])

    def _pions(self, temperature: Array, x: Array, loss: bool) -> Array:
        scale = 2.0 * np.log(self.couplings.theta_times_f_a_gev / temperature)
        return pion_log_rate(temperature, x, self.rates, loss) + scale[:, None]

    def _gluons(self, temperature: Array, x: Array, loss: bool) -> Array:
        return gluon_log_rate(temperature, x, loss) + np.log(self.gluon_scale)

    def log_rate(self, temperature_gev: Array, x: Array, loss: bool = False) -> Array:
        """ln(Gamma f_a^2 / T^3) on the outer grid of temperatures (m,) and x (n,).

        With `loss`, of the loss rate Gamma^>. Raises RangeError outside `t_range_gev`.
        """
        low, high = self.t_range_gev
        if temperature_gev.min() < low * (1 - 1e-9) or temperature_gev.max() > high * (1 + 1e-9):
            raise RangeError(
                f"temperature {temperature_gev.min():.4g} to {temperature_gev.max():.4g} GeV; "
                f"the rate (rates: {self.rates}, gluons: {self.gluons}) is known from {low:.4g} "
                f"to {high:.4g} GeV and is never extrapolated."
            )
        return self._blend(
            temperature_gev,
            lambda t: self._pions(t, x, loss),
            lambda t: self._gluons(t, x, loss),
            (x.size,),
        )

    def log_mean_rate(self, temperature_gev: Array, loss: bool = False) -> Array:
        """ln(mean Gamma f_a^2 / T^3), shape (m,): averages over Bose-Einstein axions.

        mean = int d^3p f_eq Gamma / int d^3p f_eq; with `loss`, Gamma^> instead: the average of
        Chang & Choi (hep-ph/9306216) and Hannestad et al. (hep-ph/0504059).
        """
        y, w = np.polynomial.legendre.leggauss(96)
        x = 0.5 * (y + 1.0) ** 2 * 20.0 + 0.005  # 0.005 to 40.005, dense at small x
        weight = w * (y + 1.0) * 20.0 * x**2 / np.expm1(x)
        weight /= weight.sum()

        def mean(log_rate: Array) -> Array:
            return np.log(np.exp(log_rate) @ weight)

        return self._blend(
            temperature_gev,
            lambda t: mean(self._pions(t, x, loss)),
            lambda t: mean(self._gluons(t, x, loss)),
            (),
        )

    def _blend(self, temperature, pions, gluons, shape) -> Array:  # type: ignore[no-untyped-def]
        result = np.empty((temperature.size, *shape))
        is_pion = temperature <= T_PION_GEV * (1 + 1e-12)
        is_gluon = temperature >= T_GLUON_GEV
        between = ~is_pion & ~is_gluon
        if is_pion.any():
            result[is_pion] = pions(temperature[is_pion])
        if is_gluon.any():
            result[is_gluon] = gluons(temperature[is_gluon])
        if between.any():
            knots = np.log(np.concatenate([_PION_KNOTS, _GLUON_KNOTS]))
            values = np.concatenate([pions(_PION_KNOTS), gluons(_GLUON_KNOTS)])
            result[between] = PchipInterpolator(knots, values, axis=0)(np.log(temperature[between]))
        return result
