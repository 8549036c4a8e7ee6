"""The total rate: from pions to gluons, smooth across the QCD crossover, plus fermions.

Below t_pion the pion rate, above t_gluon the gluon rate, between them a monotone cubic in ln T of
ln(Gamma f_a^2 / T^3) at fixed x = E/T, after D'Eramo, Hajkarim & Yun, 2108.04259 (their choice of
end points; the interpolating function is ours). Leptons and heavy quarks add to that where they
couple.

The option `crossover` deforms the curve between: at 1 it passes through the lattice sphaleron rate
(an upper variant), at -1 through the perturbative rate at 0.5 and 1 GeV (a lower one), and between
these and the default, 0, ln of the rate is linear in it. The logarithm, because the ends lie up to
a factor of 40 apart: of a rate known to no better than its order of magnitude, all are alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import instance, number
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import Couplings
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.rates.fermions import fermion_log_rate, fermion_rates
from hotaxion.theory.rates.gluons import (
    LATTICE_LOG_RATE,
    LATTICE_T_GEV,
    PERTURBATIVE_LOG_RATE,
    gluon_log_rate,
    gluon_range_gev,
)
from hotaxion.theory.rates.iam import low_energy_constants
from hotaxion.theory.rates.kaons import kaon_log_rate
from hotaxion.theory.rates.nucleons import nucleon_log_rate
from hotaxion.theory.rates.options import RateOptions
from hotaxion.theory.rates.pik import kaon_couplings
from hotaxion.theory.rates.pions import pion_correction, pion_log_rate, pion_range_gev
from hotaxion.theory.rates.pipi import DEFAULT, PionPhysics
from hotaxion.theory.rates.ranges import PERTURBATIVE_T_GEV

# The monotone cubic takes its end slopes from knots this far (in ln T) inside the known regions.
_KNOTS = np.array([0.0, 0.1, 0.2, 0.3])
# Mean rates: Gauss-Legendre in sqrt(x), x = 0.005 to 40.005, over Bose-Einstein axions.
_MEAN_X, _MEAN_WEIGHT = momentum_grid(96, 40.0)
_MEAN_X = _MEAN_X + 0.005
_MEAN_WEIGHT = _MEAN_WEIGHT * _MEAN_X**2 / np.expm1(_MEAN_X)
_MEAN_WEIGHT /= _MEAN_WEIGHT.sum()
# Replaces a vanishing coupling (generic model), because rates are interpolated in their logarithm.
SMALLEST_COUPLING = 1e-6


@dataclass(frozen=True)
class _Crossing:
    """A curve through the crossover, and its share in ln of the rate.

    t_gev, log_rate : (k,) knots, ascending, and ln(Gamma f_a^2 / T^3) there at all momenta.
    """

    t_gev: Array
    log_rate: Array
    share: float = 1.0


def _mixing(couplings: Couplings) -> float:
    """f_a times the a-pi0 mixing angle [GeV], or what stands in for none at all."""
    return max(abs(couplings.theta_times_f_a_gev), SMALLEST_COUPLING)


class TotalRate:
    """ln(Gamma f_a^2 / T^3) of one model.

    Parameters
    ----------
    couplings : of the model.
    options : what decides the rates, see `RateOptions`; keywords change single ones.
    pion_factor, gluon_factor : further factors on the two rates.

    Raises UnknownOptionError or RangeError at construction.
    """

    def __init__(
        self,
        couplings: Couplings,
        options: RateOptions | None = None,
        *,
        pion_factor: float = 1.0,
        gluon_factor: float = 1.0,
        **keywords: Any,
    ):
        instance("couplings", couplings, Couplings)
        self.couplings, self.options = couplings, RateOptions.of(options, keywords)
        self._pion_factor, self._gluon_factor = (
            scale * number(name, factor, 0.0, above=True)
            for name, factor, scale in (
                ("pions", pion_factor, self.options.pion_scale),
                ("gluons", gluon_factor, self.options.gluon_scale),
            )
        )
        given = self.options.lecs
        lecs = DEFAULT.lecs if given is None else low_energy_constants(given)
        self._pion_physics = PionPhysics(self.options.m_pion, lecs)
        if self.options.rates != "iam" and lecs != DEFAULT.lecs:
            raise RangeError(
                f"low-energy constants given for the pion rate {self.options.rates}, which has "
                "none; leave them out or choose rates: iam."
            )

    @property
    def t_range_gev(self) -> tuple[float, float]:
        """Temperatures [GeV] at which the rate is known."""
        return pion_range_gev()[0], self.t_start_gev[1]

    @property
    def t_start_gev(self) -> tuple[float, float]:
        """Temperatures [GeV] at which an integration may start: from the hottest pions up."""
        hottest = self.options.T_pion
        return hottest, hottest if self.options.gluons == "none" else gluon_range_gev()[1]

    @property
    def jumps_gev(self) -> tuple[float, ...]:
        """Temperatures [GeV] at which the rate jumps: where quarks set in."""
        return (self.options.T_quarks,)

    @property
    def has_fermions(self) -> bool:
        """Whether a lepton or heavy quark contributes."""
        names = ("e", "mu", "tau", "c", "b", "t")
        return self.options.fermions and any(self.couplings.fermion(name) for name in names)

    @property
    def has_other_channels(self) -> bool:
        """Whether anything besides pions and gluons contributes."""
        hadrons = {self.options.kaons, self.options.nucleons}
        return self.has_fermions or hadrons != {"none"}

    def _pions(self, temperature: Array, x: Array, loss: bool) -> Array:
        theta = _mixing(self.couplings) * np.sqrt(self._pion_factor)
        log_rate = pion_log_rate(temperature, x, self.options.rates, loss)
        log_rate += pion_correction(temperature, x, self.options.rates, self._pion_physics)
        return log_rate + 2.0 * np.log(theta / temperature)[:, None]

    def _kaons(self, temperature: Array, x: Array, loss: bool) -> Array:
        log_rate = kaon_log_rate(temperature, x, kaon_couplings(self.couplings), loss)
        with np.errstate(divide="ignore"):  # a scale of 0: no kaons
            return log_rate + np.log(self.options.kaon_scale)

    def _nucleons(self, temperature: Array, x: Array, loss: bool) -> Array:
        theta = _mixing(self.couplings)
        log_rate = nucleon_log_rate(temperature, x, loss)
        return log_rate + 2.0 * np.log(theta / temperature)[:, None]

    def _hadrons(self, temperature: Array, x: Array, loss: bool) -> Array:
        total = self._pions(temperature, x, loss)
        if self.options.kaons != "none":
            total = np.logaddexp(total, self._kaons(temperature, x, loss))
        if self.options.nucleons != "none":
            total = np.logaddexp(total, self._nucleons(temperature, x, loss))
        return total

    def _fermions(self, temperature: Array, x: Array, loss: bool) -> Array:
        onset = self.options.T_quarks
        return fermion_log_rate(temperature, x, self.couplings, loss, onset_gev=onset)

    def _gluons(self, temperature: Array, x: Array, loss: bool) -> Array:
        strength = self._gluon_factor * max(abs(self.couplings.c_g), SMALLEST_COUPLING) ** 2
        return gluon_log_rate(temperature, x, loss) + np.log(strength)

    @property
    def _crossings(self) -> list[_Crossing]:
        """The curves through the interpolation; ln of the rate is their mean."""
        sphalerons = _Crossing(LATTICE_T_GEV, LATTICE_LOG_RATE)
        perturbative = _Crossing(np.array(PERTURBATIVE_T_GEV), PERTURBATIVE_LOG_RATE)
        knots = sorted((self.options.knots or {}).items())
        given = _Crossing(np.array([t for t, _ in knots]), np.log([rate for _, rate in knots]))
        towards = 1.0 if self.options.gluons == "sphaleron" else self.options.crossover
        end = sphalerons if towards > 0.0 else perturbative
        shared = [replace(given, share=1.0 - abs(towards)), replace(end, share=abs(towards))]
        return [crossing for crossing in shared if crossing.share > 0.0]

    def _at_knots(self, crossing: _Crossing, x: Array, loss: bool) -> Array:
        """ln(Gamma f_a^2 / T^3) at the knots of a curve, (k, n); k = 0 if it has none."""
        c_g2 = max(abs(self.couplings.c_g), SMALLEST_COUPLING) ** 2
        log_rate = crossing.log_rate[:, None] + np.log(self._gluon_factor * c_g2)
        return log_rate - np.log(-np.expm1(-x)) if loss else log_rate + np.zeros_like(x)

    def log_rate(self, temperature_gev: Array, x: Array, loss: bool = False) -> Array:
        """ln(Gamma f_a^2 / T^3) on the outer grid of temperatures (m,) and ascending x (n,).

        With `loss`, of the loss rate Gamma^>. Raises RangeError outside `t_range_gev`.
        """
        hadrons = self._joined(
            temperature_gev,
            lambda t: self._hadrons(t, x, loss),
            lambda t: self._gluons(t, x, loss),
            lambda crossing: self._at_knots(crossing, x, loss),
        )
        if not self.has_fermions:
            return hadrons
        return np.logaddexp(hadrons, self._fermions(temperature_gev, x, loss))

    def log_mean_rate(self, temperature_gev: Array, loss: bool = False) -> Array:
        """ln(mean Gamma f_a^2 / T^3), shape (m,): averages over Bose-Einstein axions.

        mean = int d^3p f_eq Gamma / int d^3p f_eq; with `loss`, Gamma^> instead: the average of
        Chang & Choi (hep-ph/9306216) and Hannestad et al. (hep-ph/0504059).
        """

        def mean(log_rate: Array) -> Array:
            return np.log(np.exp(log_rate) @ _MEAN_WEIGHT)[:, None]

        hadrons = self._joined(
            temperature_gev,
            lambda t: mean(self._hadrons(t, _MEAN_X, loss)),
            lambda t: mean(self._gluons(t, _MEAN_X, loss)),
            lambda crossing: mean(self._at_knots(crossing, _MEAN_X, loss)),
        )[:, 0]
        if not self.has_fermions:
            return hadrons
        fermions = self._fermions(temperature_gev, _MEAN_X, loss)
        rate = np.exp(fermions) @ _MEAN_WEIGHT
        log_rate = np.log(rate, out=np.full_like(rate, -np.inf), where=rate > 0)
        return np.logaddexp(hadrons, log_rate)

    def channels(self, temperature_gev: Array) -> dict[str, Array]:
        """Mean relaxation rate, Gamma f_a^2 / T^3, of each channel; NaN where it is not used."""
        t = temperature_gev
        below, above = t <= self.options.T_pion, t >= self.options.T_gluon
        rates = {"pions": np.full(t.size, np.nan)}
        if below.any():
            rates["pions"][below] = np.exp(self._pions(t[below], _MEAN_X, False)) @ _MEAN_WEIGHT
        for name, used, of_channel in (
            ("kaons", self.options.kaons, self._kaons),
            ("nucleons", self.options.nucleons, self._nucleons),
        ):
            if used != "none":
                rates[name] = np.full(t.size, np.nan)
                if below.any():
                    mean = np.exp(of_channel(t[below], _MEAN_X, False)) @ _MEAN_WEIGHT
                    rates[name][below] = np.where(mean > 0, mean, np.nan)
        if self.options.gluons != "none":
            rates["gluons"] = np.full(t.size, np.nan)
            if above.any():
                mean = np.exp(self._gluons(t[above], _MEAN_X, False)) @ _MEAN_WEIGHT
                rates["gluons"][above] = mean
        if self.has_fermions:
            for name, rate in fermion_rates(
                t, _MEAN_X, self.couplings, onset_gev=self.options.T_quarks
            ).items():
                rates[name] = np.where(rate.any(1), rate @ _MEAN_WEIGHT, np.nan)
        return rates

    def _joined(
        self,
        t: Array,
        pions: Callable[[Array], Array],
        gluons: Callable[[Array], Array],
        at_knots: Callable[[_Crossing], Array],
    ) -> Array:
        """Both rates, (m, n), joined by monotone cubics in ln T through the knots between."""
        low, high = self.t_range_gev
        if not (low * (1 - 1e-9) <= t.min() and t.max() <= high * (1 + 1e-9)):
            raise RangeError(
                f"temperature {t.min():.4g} to {t.max():.4g} GeV; the rate (rates: "
                f"{self.options.rates}, gluons: {self.options.gluons}) is known from {low:.4g} to "
                f"{high:.4g} GeV and is never extrapolated."
            )
        below = t <= self.options.T_pion * (1 + 1e-12)
        above = t >= self.options.T_gluon
        between = ~below & ~above
        parts = []
        if below.any():
            parts.append((below, pions(t[below])))
        if above.any():
            parts.append((above, gluons(t[above])))
        if between.any():
            t_low = self.options.T_pion * np.exp(-_KNOTS[::-1])
            t_high = self.options.T_gluon * np.exp(_KNOTS)
            low_end, high_end = pions(t_low), gluons(t_high)
            joined = np.zeros((int(between.sum()), low_end.shape[1]))
            for crossing in self._crossings:
                values = np.concatenate([low_end, at_knots(crossing), high_end])
                knots = np.log([*t_low, *crossing.t_gev, *t_high])
                spline = PchipInterpolator(knots, values, axis=0)
                joined += crossing.share * spline(np.log(t[between]))
            parts.append((between, joined))
        result = np.empty((t.size, parts[0][1].shape[1]))
        for where, values in parts:
            result[where] = values
        return result
