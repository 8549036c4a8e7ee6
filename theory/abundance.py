"""From the axion mass to its relic abundance: options in, `Relic` out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from hotaxion.theory.boltzmann import (
    DEFAULT_NUMERICS,
    T_FINAL_GEV,
    MomentumSolver,
    NumberSolver,
    Numerics,
    Solution,
)
from hotaxion.theory.couplings import couplings, f_a_gev
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.plasma import hubble
from hotaxion.theory.rates.crossover import T_PION_GEV, TotalRate
from hotaxion.theory.relic import AxionPSD

M_A_MAX_EV = 10.0  # heavier axions are still coupled where the rate tables end (8 MeV)
SOLVERS = ("momentum", "number")
INITIAL = ("thermal", "zero")
T_INITIAL_DEFAULT_GEV = 100.0  # below the electroweak crossover


@dataclass(frozen=True)
class Relic:
    """Thermal relic axions of one mass.

    m_a_ev, f_a_gev : mass [eV] and decay constant [GeV].
    psd : phase-space distribution, see `AxionPSD`.
    t_decoupling_mev : lowest temperature [MeV] at which the mean relaxation rate equals H; None
        if the axion was never coupled below the initial temperature.
    """

    m_a_ev: float
    f_a_gev: float
    psd: AxionPSD
    t_decoupling_mev: float | None

    @property
    def delta_neff(self) -> float:
        """Relativistic (m_a -> 0) contribution to N_eff."""
        return self.psd.delta_neff

    @property
    def omega_a_h2(self) -> float:
        """Axion energy density today over the critical one, times h^2."""
        return self.psd.omega_a_h2

    @property
    def temperature_ratio(self) -> float:
        """Temperature of a Bose-Einstein gas of equal number, over T_CMB / 1.39797."""
        return self.psd.temperature_ratio

    @property
    def mean_momentum_ratio(self) -> float:
        """Mean momentum over that of the Bose-Einstein gas of equal number."""
        return self.psd.mean_momentum_ratio


class Abundance:
    """Thermal abundance of the QCD axion as a function of its mass; options fixed once.

    Parameters
    ----------
    model : "ksvz", "dfsz1" or "dfsz2".
    tan_beta : ratio of the vacuum expectation values v_u/v_d, DFSZ only.
    rates : pion rate; "lo" (leading-order ChPT), "gkpy" (pi pi data, Watson variant) or "gkpy_raw"
        (the pi pi amplitude itself).
    gluons : "htl", or "none" (pions only, starting at 150 MeV).
    gluon_scale : factor on the gluon rate.
    solver : "momentum" (resolved, with back-reaction) or "number" (integrated; 2205.07849-like).
    initial : "thermal" or "zero" abundance at the initial temperature.
    t_initial_gev : initial temperature [GeV]; default 100, or 0.15 without gluons.
    numerics : step and number of momenta.

    Raises
    ------
    UnknownOptionError, RangeError : at construction, for a name or number not on offer.
    """

    def __init__(
        self,
        model: str = "ksvz",
        tan_beta: float | None = None,
        rates: str = "gkpy",
        gluons: str = "htl",
        gluon_scale: float = 1.0,
        solver: str = "momentum",
        initial: str = "thermal",
        t_initial_gev: float | None = None,
        numerics: Numerics = DEFAULT_NUMERICS,
    ):
        if solver not in SOLVERS:
            raise UnknownOptionError("solver", solver, SOLVERS)
        if initial not in INITIAL:
            raise UnknownOptionError("initial abundance (option 'initial')", initial, INITIAL)
        self.rate = TotalRate(couplings(model, tan_beta), rates, gluons, gluon_scale)
        highest = self.rate.t_range_gev[1]
        if t_initial_gev is None:
            t_initial_gev = min(T_INITIAL_DEFAULT_GEV, highest)
        if not T_PION_GEV <= t_initial_gev <= highest:
            raise RangeError(
                f"initial temperature {t_initial_gev} GeV; with gluons: {gluons} it must lie "
                f"between {T_PION_GEV:g} and {highest:g} GeV."
            )
        kind = MomentumSolver if solver == "momentum" else NumberSolver
        self.solver = kind(self.rate, t_initial_gev, initial == "thermal", numerics)

    def __call__(self, m_a_ev: float) -> Relic:
        """Relic of one mass [eV], 0 < m_a <= M_A_MAX_EV. Raises RangeError outside."""
        f_a = f_a_gev(m_a_ev)
        if m_a_ev > M_A_MAX_EV:
            raise RangeError(
                f"m_a = {m_a_ev} eV; the rate tables end at T = {1e3 * T_FINAL_GEV:g} MeV, which "
                f"allows masses up to {M_A_MAX_EV:g} eV."
            )
        solution = self.solver(f_a)
        psd = AxionPSD(float(m_a_ev), solution.q, solution.f, solution.weights)
        return Relic(float(m_a_ev), f_a, psd, self.decoupling_mev(f_a))

    def history(self, m_a_ev: float) -> Solution:
        """The solution along temperature, for figures and tests."""
        return self.solver(f_a_gev(m_a_ev))

    @cached_property
    def _log_rate_over_hubble_f_a2(self) -> NDArray[np.float64]:
        t = self.solver.t
        return self.rate.log_mean_rate(t) + 3.0 * np.log(t) - np.log(hubble(t))

    def decoupling_mev(self, f_a: float) -> float | None:
        """Lowest temperature [MeV] at which the mean relaxation rate equals H; None if never."""
        excess = self._log_rate_over_hubble_f_a2 - 2.0 * math.log(f_a)  # ln Gamma/H, T descending
        coupled = np.flatnonzero(excess >= 0)
        if coupled.size == 0:
            return None
        i = int(coupled[-1])
        ln_t = np.log(self.solver.t)
        if i + 1 == ln_t.size:
            return 1e3 * T_FINAL_GEV
        share = excess[i] / (excess[i] - excess[i + 1])
        return 1e3 * math.exp(ln_t[i] + share * (ln_t[i + 1] - ln_t[i]))


class RelicTable:
    """Relics of one set of options, solved once on a grid of masses; forward and inverse.

    q and f are interpolated by cubic splines in ln m_a between `points` masses from M_A_MIN_EV to
    M_A_MAX_EV; with 96 points Delta N_eff and omega_a_h2 agree with the solver to 1e-5. Lighter
    axions are solved directly.
    """

    M_A_MIN_EV = 1e-3

    def __init__(self, abundance: Abundance, points: int = 96):
        self.abundance = abundance
        masses = np.geomspace(self.M_A_MIN_EV, M_A_MAX_EV, points)
        masses[-1] = M_A_MAX_EV
        psds = [abundance(m).psd for m in masses]
        ln_m = np.log(masses)
        self._psd = CubicSpline(ln_m, [(p.q, p.f, p.weights) for p in psds])
        curve = np.array([psd.delta_neff for psd in psds])
        self.range = (float(curve[0]), float(curve[-1]))
        self._ln_mass = PchipInterpolator(curve, ln_m)

    def __call__(self, m_a_ev: float) -> Relic:
        """Relic of one mass [eV], as `Abundance`."""
        if not self.M_A_MIN_EV <= m_a_ev <= M_A_MAX_EV:
            return self.abundance(m_a_ev)
        q, f, weights = self._psd(math.log(m_a_ev))
        f_a = f_a_gev(m_a_ev)
        psd = AxionPSD(float(m_a_ev), q, np.maximum(f, 0.0), weights)
        return Relic(float(m_a_ev), f_a, psd, self.abundance.decoupling_mev(f_a))

    def at_delta_neff(self, delta_neff: float) -> Relic:
        """Relic of a given Delta N_eff >= 0: inverts the curve Delta N_eff(m_a).

        Outside the curve there is no mass: m_a is then held at the curve's end and the momenta
        are stretched to reach the given Delta N_eff, so that quantiles of m_a inside the curve are
        not affected. Raises RangeError for a negative or non-finite Delta N_eff.
        """
        if not (math.isfinite(delta_neff) and delta_neff >= 0):
            raise RangeError(f"delta_neff = {delta_neff}; it must be finite and not negative.")
        inside = min(max(delta_neff, self.range[0]), self.range[1])
        mass = min(max(float(np.exp(self._ln_mass(inside))), self.M_A_MIN_EV), M_A_MAX_EV)
        relic = self(mass)
        psd = relic.psd
        if delta_neff == 0.0:
            psd = replace(psd, f=np.zeros_like(psd.f))
        else:
            stretch = (delta_neff / relic.delta_neff) ** 0.25
            psd = replace(psd, q=psd.q * stretch, weights=psd.weights * stretch)
        return replace(relic, psd=psd)
