"""The Boltzmann equation of the axion in the expanding, cooling plasma.

Momentum-resolved: df(q)/dN = (Gamma/H)(f_eq - f), N = ln a, q comoving. Number density:
dY/dN = (Gamma_mean/H)(Y_eq - Y), Y = n/s. Both are linear in f, so each step uses the exact
exponential solution for a rate taken at its middle and a source linear in optical depth:
unconditionally stable, second order.

Back-reaction (momentum-resolved): the axion's energy enters H, and the entropy S = s_SM a^3 of the
plasma changes by -d(rho_a a^4)/(aT). The independent variable is T, on a fixed grid, so that only
a(T) has to be iterated, until it moves by less than 1e-6.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import G_S_BEFORE_NU_DECOUPLING, M_PLANCK_GEV, ZETA3
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.distribution import bose_einstein
from hotaxion.theory.relics.expansion import RADIATION, Cooling, Expansion
from hotaxion.theory.relics.options import Numerics
from hotaxion.theory.relics.plasma import STANDARD

T_FINAL_GEV = 0.008  # below, the rate tables end and neutrinos leave the plasma
_Q_MIN, _Q_MAX = 0.005, 35.0  # q / T_FINAL_GEV
_X_NODES = np.geomspace(0.005, 80.0, 240)
# Back-reaction: a(T) is found when a pass moves ln a by less than this; most passes.
_LN_A_TOLERANCE, _MOST_PASSES = 1e-6, 50
_APART = 1e-7  # least distance of jumps, relative: closer ones are one
_NUMERICS = Numerics()


def temperature_grid(
    t_initial_gev: float,
    step: float,
    expansion: Expansion = RADIATION,
    jumps: Iterable[float] = (),
) -> Array:
    """Temperatures [GeV], t_initial to T_FINAL_GEV, about `step` apart in ln a.

    The temperatures at which rates (`jumps`) or H jump are grid points: no step straddles them.
    """
    ends = [t_initial_gev]
    for jump in sorted((*jumps, *expansion.jumps), reverse=True):
        if T_FINAL_GEV * (1.0 + _APART) < jump < ends[-1] * (1.0 - _APART):
            ends.append(jump)
    ends.append(T_FINAL_GEV)
    parts = []
    for high, low in pairwise(ends):
        dense = np.geomspace(high, low, 4000)
        ln_a = expansion.ln_a(dense)
        ln_a -= ln_a[0]
        n = max(int(np.ceil(ln_a[-1] / step)), 10)
        part = np.exp(CubicSpline(ln_a, np.log(dense))(np.linspace(0.0, ln_a[-1], n + 1)))
        part[0], part[-1] = high, low
        parts.append(part if low == T_FINAL_GEV else part[:-1])
    return np.concatenate(parts)


def step_weights(depth: Array) -> tuple[Array, Array]:
    """w = 1 - e^-depth and g = 1 - w/depth of the exponential step (series at small depth)."""
    w = -np.expm1(-depth)
    g = np.where(depth < 1e-5, 0.5 * depth, 1.0 - w / np.maximum(depth, 1e-300))
    return w, g


def relax(initial: Array, equilibrium: Array, depth: Array) -> Array:
    """f at every grid point, (n+1, ...), as equilibrium; depth, of the steps, is (n, ...)."""
    w, g = step_weights(depth)
    keep = 1.0 - w
    source = equilibrium[:-1] * (w - g) + equilibrium[1:] * g
    f = np.empty_like(equilibrium)
    f[0] = before = initial
    for now, kept, gained in zip(f[1:], keep, source, strict=True):
        np.multiply(before, kept, out=now)
        now += gained
        before = now
    return f


@dataclass(frozen=True)
class Solution:
    """What a solver leaves behind at T_FINAL_GEV, and along the way.

    q, weights : (n_q,) momenta today in units of T_NCDM_RATIO * T_CMB (see `distribution`), and
        quadrature weights.
    t_gev : (n,) temperatures of the integration [GeV], descending.
    ln_a : (n,) logarithm of the scale factor there; 0 at the end without back-reaction.
    entropy : (n,) s_SM a^3 of the plasma [GeV^3].
    abundance : (n,) n_a a^3 over its equilibrium value at T_FINAL_GEV without back-reaction.
    f_along : (n, n_q) occupation along t_gev.
    """

    q: Array
    weights: Array
    t_gev: Array
    ln_a: Array
    entropy: Array
    abundance: Array
    f_along: Array

    @property
    def f(self) -> Array:
        """(n_q,) occupation at the end."""
        return self.f_along[-1]

    @property
    def half_made_gev(self) -> float | None:
        """Temperature [GeV] below which half of all axions (n_a a^3) are made.

        None if more than half are there from the start, or none at all.
        """
        below = np.flatnonzero(self.abundance < 0.5 * self.abundance[-1])
        if not below.size:
            return None
        steps = slice(below[-1], below[-1] + 2)
        ln_t = np.interp(0.5 * self.abundance[-1], self.abundance[steps], np.log(self.t_gev[steps]))
        return float(np.exp(ln_t))


def _to_ncdm_unit(q_over_t_final: Array, dilution: float) -> Array:
    """q/T at T_FINAL_GEV -> q in units of T_NCDM_RATIO * T_CMB, by entropy conservation.

    dilution : factor by which the plasma's entropy still grows.
    """
    g_s = float(STANDARD.degrees_of_freedom(T_FINAL_GEV)[1])  # without error (see `Plasma`)
    return q_over_t_final * (G_S_BEFORE_NU_DECOUPLING / (g_s * dilution)) ** (1.0 / 3.0)


@dataclass(frozen=True)
class Relaxation:
    """dy/dN = (Gamma/H)(y_eq - y) in steps, for k momenta or (k = 1) for the number.

    start : (k,) y at the start; equilibrium : (n+1, k) y_eq at the ends of the steps.
    depth : (n, k) optical depth of the steps times f_a^2 [GeV^2].
    """

    start: Array
    equilibrium: Array
    depth: Array


class Solver(ABC):
    """Boltzmann equation of one rate on a fixed grid of temperatures; call it with f_a [GeV].

    Parameters
    ----------
    rate : total rate (model, pions, gluons).
    t_initial_gev : temperature at which integration starts.
    thermal : start from Bose-Einstein (True) or without axions (False).
    numerics : step and number of momenta.
    expansion : of the universe without axions.

    Attributes
    ----------
    t : (n,) temperatures [GeV].
    ln_a : (n,) logarithm of the scale factor without axions, 0 at the end.
    q, weights : (n_q,) comoving momenta [GeV] of a = 1 at the end, quadrature weights.
    """

    def __init__(
        self,
        rate: TotalRate,
        t_initial_gev: float,
        thermal: bool = True,
        numerics: Numerics = _NUMERICS,
        expansion: Expansion = RADIATION,
    ):
        self.thermal = thermal
        self.t = temperature_grid(t_initial_gev, numerics.step, expansion, rate.jumps_gev)
        self._t_mid = np.sqrt(self.t[1:] * self.t[:-1])
        q_over_t, weights = momentum_grid(numerics.momenta, _Q_MAX, _Q_MIN)
        self.q, self.weights = q_over_t * T_FINAL_GEV, weights * T_FINAL_GEV
        self._ln_a_end = float(expansion.ln_a(T_FINAL_GEV))
        self.ln_a = expansion.ln_a(self.t) - self._ln_a_end
        self._s = expansion.plasma.entropy_density(self.t)
        self._expansion = expansion
        self._prepare(rate, expansion)

    @abstractmethod
    def _prepare(self, rate: TotalRate, expansion: Expansion) -> None:
        """Tabulate what does not depend on f_a."""

    @abstractmethod
    def __call__(self, f_a_gev: float) -> Solution:
        """Solve for one f_a [GeV]."""

    def many(self, f_a_gev: Array) -> list[Solution]:
        """Solve for several."""
        return [self(float(f_a)) for f_a in f_a_gev]

    @property
    def relaxation(self) -> Relaxation | None:
        """The equation without back-reaction; None for a solver that integrates none."""
        return None

    def occupation(self, relaxed: Array) -> Array:
        """(n_q,) occupation at the end from (k,) what `relaxation` leaves there."""
        return relaxed

    def _solution(self, f: Array, ln_a: Array) -> Solution:
        """The solution of f(T, q) in the expansion a(T)."""
        dilution = self._expansion.dilution_from(T_FINAL_GEV)
        q = _to_ncdm_unit(self.q / (np.exp(ln_a[-1]) * T_FINAL_GEV), dilution)
        abundance = f @ (self.weights * self.q**2) / (2.0 * ZETA3 * T_FINAL_GEV**3)
        entropy = self._s * np.exp(3.0 * ln_a)
        weights = self.weights * q / self.q
        return Solution(q, weights, self.t, ln_a, entropy, abundance, f)

    def _thermal_shape(self, abundance: Array) -> Solution:
        """Bose-Einstein at each T, with n_a a^3 given over that of equilibrium at the end."""
        temperature = T_FINAL_GEV * np.cbrt(abundance)
        with np.errstate(divide="ignore"):  # no axions: T = 0
            return self._solution(bose_einstein(self.q, temperature[:, None]), self.ln_a)


class MomentumSolver(Solver):
    """Momentum-resolved Boltzmann equation of one rate; parameters as for `Solver`, and

    back_reaction : let the axion take entropy from the plasma and add to H.
    """

    def __init__(
        self,
        rate: TotalRate,
        t_initial_gev: float,
        thermal: bool = True,
        numerics: Numerics = _NUMERICS,
        expansion: Expansion = RADIATION,
        back_reaction: bool = True,
    ):
        self.back_reaction = back_reaction
        super().__init__(rate, t_initial_gev, thermal, numerics, expansion)

    def _prepare(self, rate: TotalRate, expansion: Expansion) -> None:
        rho_mid = expansion.energy_density(self._t_mid)
        self._cooling = Cooling(self.t, self._t_mid, self._s, self.ln_a, rho_mid)
        a_mid = np.exp(expansion.ln_a(self._t_mid) - self._ln_a_end)
        self._rate_series = self._tabulate(rate, self.q / (a_mid * self._t_mid)[:, None])

    def _tabulate(self, rate: TotalRate, x: Array) -> tuple[Array, Array, Array]:
        """ln(Gamma f_a^2) and its two first ln x derivatives at the unperturbed x = q/(aT).

        Back-reaction moves x by a few per cent at most: a second-order Taylor series then
        replaces look-ups, and a solve costs milliseconds.
        """
        ln_nodes = np.log(_X_NODES)
        spline = CubicSpline(ln_nodes, rate.log_rate(self._t_mid, _X_NODES).T)
        ln_x = np.minimum(np.log(x), ln_nodes[-1])  # beyond, equilibrium is none: reheating
        cell = np.clip(np.searchsorted(ln_nodes, ln_x) - 1, 0, ln_nodes.size - 2)
        c3, c2, c1, c0 = spline.c[:, cell, np.arange(len(x))[:, None]]
        d = ln_x - ln_nodes[cell]
        value = ((c3 * d + c2) * d + c1) * d + c0 + 3.0 * np.log(self._t_mid)[:, None]
        return value, (3.0 * c3 * d + 2.0 * c2) * d + c1, 3.0 * c3 * d + c2

    @property
    def relaxation(self) -> Relaxation:
        """The equation of each momentum, without back-reaction."""
        equilibrium = bose_einstein(self.q, (np.exp(self.ln_a) * self.t)[:, None])
        initial = equilibrium[0] if self.thermal else np.zeros_like(self.q)
        hubble = np.sqrt(8.0 * np.pi / 3.0 * self._cooling.rho_mid) / M_PLANCK_GEV
        depth = np.exp(self._rate_series[0]) * (np.diff(self.ln_a) / hubble)[:, None]
        return Relaxation(initial, equilibrium, depth)

    def __call__(self, f_a_gev: float) -> Solution:
        """Solve for one f_a.

        Raises RangeError if a(T) does not settle.
        """
        (solution,) = self.many(np.array([f_a_gev]))
        return solution

    def many(self, f_a_gev: Array) -> list[Solution]:
        """Solve for several f_a at once, for a third of the time; raises RangeError as a call."""
        ln_a, f = self._settled(f_a_gev)
        return [self._solution(f[:, i], ln_a[:, i]) for i in range(f_a_gev.size)]

    def _settled(self, f_a: Array) -> tuple[Array, Array]:
        """ln a(T), (n, m), and f(T, q), (n, m, n_q), in that expansion, with back-reaction.

        Axions of m decay constants, each in an expansion of its own.
        """
        ln_a = np.repeat(self.ln_a[:, None], f_a.size, axis=1)
        f = self._pass(f_a, ln_a, self._cooling.rho_mid[:, None])
        if not self.back_reaction:
            return ln_a, f
        for _ in range(_MOST_PASSES):
            energy = f @ (self.weights * self.q**3) / (2.0 * np.pi**2)  # rho_a a^4
            a_t = np.exp(ln_a) * self.t[:, None]
            heat = np.diff(energy, axis=0) / np.sqrt(a_t[1:] * a_t[:-1])
            before, rho = ln_a, energy / np.exp(4.0 * ln_a)
            ln_a, others = self._expansion.with_axions(self._cooling, before, heat, rho)
            rho = energy / np.exp(4.0 * ln_a)
            f = self._pass(f_a, ln_a, others + 0.5 * (rho[1:] + rho[:-1]))
            moved = np.abs(ln_a - before).max(axis=0)
            if (moved < _LN_A_TOLERANCE).all():
                return ln_a, f
        raise RangeError(
            f"expansion with axions of f_a = {f_a[moved.argmax()]:.4g} GeV: ln a still moves by "
            f"{moved.max():.1g} after {_MOST_PASSES} passes, allowed is {_LN_A_TOLERANCE:g}; "
            "change 'step' or take the solver 'number', which has no back-reaction."
        )

    def _pass(self, f_a: Array, ln_a: Array, rho_mid: Array) -> Array:
        """f(T, q) for a given expansion a(T) and energy density in the steps."""
        slower = ln_a - self.ln_a[:, None]
        shift = -0.5 * (slower[1:] + slower[:-1])[..., None]  # of ln x
        value, slope, curvature = (part[:, None] for part in self._rate_series)
        gamma = np.exp(value + shift * (slope + shift * curvature)) / f_a[:, None] ** 2
        hubble = np.sqrt(8.0 * np.pi / 3.0 * rho_mid) / M_PLANCK_GEV
        equilibrium = bose_einstein(self.q, (np.exp(ln_a) * self.t[:, None])[..., None])
        initial = equilibrium[0] if self.thermal else np.zeros_like(equilibrium[0])
        return relax(initial, equilibrium, gamma * (np.diff(ln_a, axis=0) / hubble)[..., None])
