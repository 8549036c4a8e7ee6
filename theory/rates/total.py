"""The total rate: from pions to gluons, smooth across the QCD crossover, plus fermions.

Below t_pion the pion rate, above t_gluon the gluon rate, between them a monotone cubic in ln T of
ln(Gamma f_a^2 / T^3) at fixed x = E/T, after D'Eramo, Hajkarim & Yun, 2108.04259 (their choice of
end points; the interpolating function is ours). Leptons and heavy quarks add to that where they
couple.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, flag, instance, mapping, number, shown
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import Couplings
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.rates import sphaleron
from hotaxion.theory.rates.fermions import fermion_log_rate, fermion_rates
from hotaxion.theory.rates.kaons import KAONS, kaon_log_rate
from hotaxion.theory.rates.pik import kaon_couplings
from hotaxion.theory.rates.pion_variations import pion_correction
from hotaxion.theory.rates.pipi import AXION_WAVES, DEFAULT, PionPhysics
from hotaxion.theory.rates.tables import (
    gluon_log_rate,
    gluon_range_gev,
    pion_log_rate,
    pion_range_gev,
)

GLUONS = ("htl", "sphaleron", "none")
T_PION_GEV = 0.150
T_GLUON_GEV = 2.0
# The monotone cubic takes its end slopes from knots this far (in ln T) inside the known regions.
_KNOTS = np.array([0.0, 0.1, 0.2, 0.3])
_T_PION_RANGE_GEV, _T_GLUON_RANGE_GEV = (0.08, 0.2), (1.0, 10.0)
_KNOT_RATE_RANGE = (1e-9, 1e3)  # Gamma f_a^2 / T^3; tabulated: 1e-4 to 1e-2
_KNOT_DISTANCE = 1.001  # least ratio of neighbouring temperatures, end points included
# Mean rates: Gauss-Legendre in sqrt(x), x = 0.005 to 40.005, over Bose-Einstein axions.
_MEAN_X, _MEAN_WEIGHT = momentum_grid(96, 40.0)
_MEAN_X = _MEAN_X + 0.005
_MEAN_WEIGHT = _MEAN_WEIGHT * _MEAN_X**2 / np.expm1(_MEAN_X)
_MEAN_WEIGHT /= _MEAN_WEIGHT.sum()
# Replaces a vanishing coupling (generic model), because rates are interpolated in their logarithm.
SMALLEST_COUPLING = 1e-6


@dataclass(frozen=True)
class TotalRate:
    """ln(Gamma f_a^2 / T^3) of one model.

    rates : pion rate, "lo", "gkpy", "gkpy_raw" or "iam".
    gluons : "htl"; "sphaleron", which adds the lattice rate between t_pion_gev and t_gluon_gev; or
        "none" (pions only: T above t_pion_gev is then out of range).
    pion_scale, gluon_scale : factors on the two rates (nuisances; 1 to 3 covers the published
        resummations of the gluon rate).
    t_pion_gev, t_gluon_gev : end points of the interpolation [GeV].
    fermions : include leptons and heavy quarks, where the model couples to them.
    kaons : "none", or "data": a K <-> pi K adds to the pions (2505.21276; see `rates.kaons`).
    kaon_scale : factor on the kaon rate (nuisance; error -25 to +65 per cent).
    pion_physics : pion mass and low-energy constants (the latter only for "iam").
    knots : temperature [GeV] -> Gamma f_a^2 / T^3 at all momenta, for the interpolation to pass
        through between its end points; "sphaleron" is such a set, from the lattice.

    Raises UnknownOptionError or RangeError at construction.
    """

    couplings: Couplings
    rates: str = "gkpy"
    gluons: str = "htl"
    gluon_scale: float = 1.0
    pion_scale: float = 1.0
    t_pion_gev: float = T_PION_GEV
    t_gluon_gev: float = T_GLUON_GEV
    fermions: bool = True
    kaons: str = "none"
    kaon_scale: float = 1.0
    pion_physics: PionPhysics = DEFAULT
    knots: Mapping[float, float] | None = None

    def __post_init__(self) -> None:
        choice("pion rate (option 'rates')", self.rates, AXION_WAVES)
        choice("gluon rate (option 'gluons')", self.gluons, GLUONS)
        choice("kaon rate (option 'kaons')", self.kaons, KAONS)
        instance("couplings", self.couplings, Couplings)
        instance("pion_physics", self.pion_physics, PionPhysics)
        checked: dict[str, float | dict[float, float]] = {
            name: number(name, getattr(self, name), 0.0, above=True)
            for name in ("gluon_scale", "pion_scale", "kaon_scale")
        }
        checked["t_pion_gev"] = t_pion = number(
            "T_pion", self.t_pion_gev, *_T_PION_RANGE_GEV, "GeV"
        )
        checked["t_gluon_gev"] = t_gluon = number(
            "T_gluon", self.t_gluon_gev, *_T_GLUON_RANGE_GEV, "GeV"
        )
        checked["fermions"] = flag("fermions", self.fermions)
        if self.knots is not None:
            checked["knots"] = self._checked_knots(t_pion, t_gluon)
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.rates != "iam" and self.pion_physics.lecs != DEFAULT.lecs:
            raise RangeError(
                f"low-energy constants given for the pion rate {self.rates}, which has none; leave "
                "them out or choose rates: iam."
            )

    def _checked_knots(self, t_pion: float, t_gluon: float) -> dict[float, float]:
        """The knots as floats; they lie inside the interpolation."""
        knots = mapping("knots", self.knots, "{0.5: 1.2e-3}")
        if knots and self.gluons != "htl":
            raise RangeError(
                f"knots of the crossover given with gluons: {self.gluons}; they need gluons: htl."
            )
        inside = t_pion * _KNOT_DISTANCE, t_gluon / _KNOT_DISTANCE
        checked = {
            number("temperature in knots", t, *inside, "GeV"): number(
                f"knots: rate at {shown(t)} GeV", rate, *_KNOT_RATE_RANGE
            )
            for t, rate in knots.items()
        }
        for low, high in pairwise(sorted(checked)):
            if high < low * _KNOT_DISTANCE:
                raise RangeError(
                    f"knots at {low!r} and {high!r} GeV are closer than a factor "
                    f"{_KNOT_DISTANCE:g} in temperature; leave one of them out."
                )
        return checked

    @property
    def t_range_gev(self) -> tuple[float, float]:
        """Temperatures [GeV] at which the rate is known."""
        highest = self.t_pion_gev if self.gluons == "none" else gluon_range_gev()[1]
        return pion_range_gev()[0], highest

    @property
    def has_fermions(self) -> bool:
        """Whether a lepton or heavy quark contributes."""
        names = ("e", "mu", "tau", "c", "b", "t")
        return self.fermions and any(self.couplings.fermion(name) for name in names)

    @property
    def has_other_channels(self) -> bool:
        """Whether anything besides pions and gluons contributes."""
        return self.has_fermions or self.kaons != "none"

    def _pions(self, temperature: Array, x: Array, loss: bool) -> Array:
        theta = max(abs(self.couplings.theta_times_f_a_gev), SMALLEST_COUPLING)
        theta *= np.sqrt(self.pion_scale)
        log_rate = pion_log_rate(temperature, x, self.rates, loss)
        log_rate += pion_correction(temperature, x, self.rates, self.pion_physics)
        return log_rate + 2.0 * np.log(theta / temperature)[:, None]

    def _kaons(self, temperature: Array, x: Array, loss: bool) -> Array:
        log_rate = kaon_log_rate(temperature, x, kaon_couplings(self.couplings), loss)
        return log_rate + np.log(self.kaon_scale)

    def _mesons(self, temperature: Array, x: Array, loss: bool) -> Array:
        pions = self._pions(temperature, x, loss)
        if self.kaons == "none":
            return pions
        return np.logaddexp(pions, self._kaons(temperature, x, loss))

    def _gluons(self, temperature: Array, x: Array, loss: bool) -> Array:
        strength = self.gluon_scale * max(abs(self.couplings.c_g), SMALLEST_COUPLING) ** 2
        return gluon_log_rate(temperature, x, loss) + np.log(strength)

    @property
    def _between_knots(self) -> tuple[Array, Array]:
        """Temperatures [GeV], ascending, and ln(Gamma f_a^2 / T^3) inside the interpolation."""
        if self.gluons == "sphaleron":
            return sphaleron.T_GEV, sphaleron.LOG_RATE
        knots = sorted((self.knots or {}).items())
        return np.array([t for t, _ in knots]), np.log([rate for _, rate in knots])

    def _between(self, x: Array, loss: bool) -> Array:
        """ln(Gamma f_a^2 / T^3) at the knots inside the interpolation, (k, n); k = 0 if none."""
        c_g2 = max(abs(self.couplings.c_g), SMALLEST_COUPLING) ** 2
        log_rate = self._between_knots[1][:, None] + np.log(self.gluon_scale * c_g2)
        return log_rate - np.log(-np.expm1(-x)) if loss else log_rate + np.zeros_like(x)

    def log_rate(self, temperature_gev: Array, x: Array, loss: bool = False) -> Array:
        """ln(Gamma f_a^2 / T^3) on the outer grid of temperatures (m,) and ascending x (n,).

        With `loss`, of the loss rate Gamma^>. Raises RangeError outside `t_range_gev`.
        """
        hadrons = self._joined(
            temperature_gev,
            lambda t: self._mesons(t, x, loss),
            lambda t: self._gluons(t, x, loss),
            self._between(x, loss),
        )
        if not self.has_fermions:
            return hadrons
        return np.logaddexp(hadrons, fermion_log_rate(temperature_gev, x, self.couplings, loss))

    def log_mean_rate(self, temperature_gev: Array, loss: bool = False) -> Array:
        """ln(mean Gamma f_a^2 / T^3), shape (m,): averages over Bose-Einstein axions.

        mean = int d^3p f_eq Gamma / int d^3p f_eq; with `loss`, Gamma^> instead: the average of
        Chang & Choi (hep-ph/9306216) and Hannestad et al. (hep-ph/0504059).
        """

        def mean(log_rate: Array) -> Array:
            return np.log(np.exp(log_rate) @ _MEAN_WEIGHT)[:, None]

        hadrons = self._joined(
            temperature_gev,
            lambda t: mean(self._mesons(t, _MEAN_X, loss)),
            lambda t: mean(self._gluons(t, _MEAN_X, loss)),
            mean(self._between(_MEAN_X, loss)),
        )[:, 0]
        if not self.has_fermions:
            return hadrons
        fermions = fermion_log_rate(temperature_gev, _MEAN_X, self.couplings, loss)
        rate = np.exp(fermions) @ _MEAN_WEIGHT
        log_rate = np.log(rate, out=np.full_like(rate, -np.inf), where=rate > 0)
        return np.logaddexp(hadrons, log_rate)

    def channels(self, temperature_gev: Array) -> dict[str, Array]:
        """Mean relaxation rate, Gamma f_a^2 / T^3, of each channel; NaN where it is not used."""
        t = temperature_gev
        below, above = t <= self.t_pion_gev, t >= self.t_gluon_gev
        rates = {"pions": np.full(t.size, np.nan)}
        if below.any():
            rates["pions"][below] = np.exp(self._pions(t[below], _MEAN_X, False)) @ _MEAN_WEIGHT
        if self.kaons != "none":
            rates["kaons"] = np.full(t.size, np.nan)
            if below.any():
                mean = np.exp(self._kaons(t[below], _MEAN_X, False)) @ _MEAN_WEIGHT
                rates["kaons"][below] = np.where(mean > 0, mean, np.nan)
        if self.gluons != "none":
            rates["gluons"] = np.full(t.size, np.nan)
            if above.any():
                mean = np.exp(self._gluons(t[above], _MEAN_X, False)) @ _MEAN_WEIGHT
                rates["gluons"][above] = mean
        if self.has_fermions:
            for name, rate in fermion_rates(t, _MEAN_X, self.couplings).items():
                rates[name] = np.where(rate.any(1), rate @ _MEAN_WEIGHT, np.nan)
        return rates

    def _joined(
        self,
        t: Array,
        pions: Callable[[Array], Array],
        gluons: Callable[[Array], Array],
        between_values: Array,
    ) -> Array:
        """Both rates, (m, n), joined by the monotone cubic in ln T through the knots between."""
        low, high = self.t_range_gev
        if not (low * (1 - 1e-9) <= t.min() and t.max() <= high * (1 + 1e-9)):
            raise RangeError(
                f"temperature {t.min():.4g} to {t.max():.4g} GeV; the rate (rates: {self.rates}, "
                f"gluons: {self.gluons}) is known from {low:.4g} to {high:.4g} GeV and is never "
                "extrapolated."
            )
        below = t <= self.t_pion_gev * (1 + 1e-12)
        above = t >= self.t_gluon_gev
        between = ~below & ~above
        parts = []
        if below.any():
            parts.append((below, pions(t[below])))
        if above.any():
            parts.append((above, gluons(t[above])))
        if between.any():
            t_low, t_high = (
                self.t_pion_gev * np.exp(-_KNOTS[::-1]),
                self.t_gluon_gev * np.exp(_KNOTS),
            )
            t_middle = self._between_knots[0]
            values = np.concatenate([pions(t_low), between_values, gluons(t_high)])
            knots = np.log([*t_low, *t_middle, *t_high])
            spline = PchipInterpolator(knots, values, axis=0)
            parts.append((between, spline(np.log(t[between]))))
        result = np.empty((t.size, parts[0][1].shape[1]))
        for where, values in parts:
            result[where] = values
        return result
