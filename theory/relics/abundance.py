"""From the axion mass to its relic abundance: options in, `Relic` out."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.checks import choice, instance, number
from hotaxion.theory.constants import M_PION_GEV, M_U_OVER_M_D
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, couplings, f_a_gev
from hotaxion.theory.rates.iam import low_energy_constants
from hotaxion.theory.rates.pipi import PionPhysics
from hotaxion.theory.rates.total import T_GLUON_GEV, T_PION_GEV, TotalRate
from hotaxion.theory.relics.boltzmann import (
    DEFAULT_NUMERICS,
    InstantaneousSolver,
    MomentumSolver,
    NumberSolver,
    Numerics,
    Solution,
    decoupling_temperature,
    log_rate_over_hubble,
)
from hotaxion.theory.relics.distribution import AxionPSD
from hotaxion.theory.relics.plasma import Plasma

M_A_MAX_EV = 10.0  # heavier axions are still coupled where the rate tables end (8 MeV)
SOLVERS = {
    "momentum": MomentumSolver,
    "number": NumberSolver,
    "instantaneous": InstantaneousSolver,
}
INITIAL = ("thermal", "zero")
# Options of the Cobaya theory HotAxion that are keywords of `Abundance` under another name.
KEYWORD_OF_OPTION = {
    "couplings": "values",
    "T_initial": "t_initial_gev",
    "T_pion": "t_pion_gev",
    "T_gluon": "t_gluon_gev",
    "m_pion": "m_pion_gev",
}
T_INITIAL_DEFAULT_GEV = 100.0  # below the electroweak crossover
# Factors on the rates. Within, Delta N_eff lies between 0 and that of equilibrium at 8 MeV, and <p>
# at most 1 % below that of equilibrium (strong gluons, weak pions: fast axions decouple first).
SCALE_RANGE = (1e-2, 1e2)


def _mass(m_a_ev: float) -> float:
    return number("m_a", m_a_ev, M_A_LEAST_EV, M_A_MAX_EV, "eV")


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        """Numbers instead of the distribution."""
        names = ("m_a_ev", "f_a_gev", "delta_neff", "omega_a_h2", "t_decoupling_mev")
        numbers = (f"{name}={getattr(self, name)!r}" for name in names)
        return f"Relic({', '.join(numbers)})"

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
    model : "ksvz", "dfsz1", "dfsz2" or "generic".
    tan_beta : ratio of the vacuum expectation values v_u/v_d, DFSZ only.
    values : couplings of the generic model by name (see `couplings`).
    rates : pion rate; "lo" (leading-order ChPT), "gkpy" (pi pi data, Watson variant), "gkpy_raw"
        (the pi pi amplitude itself) or "iam" (one-loop ChPT, unitarised).
    gluons : "htl", "sphaleron" (lattice rate between 0.23 and 0.57 GeV, an upper variant) or "none"
        (pions only, starting at 150 MeV).
    gluon_scale, pion_scale : factors on the gluon and pion rates (theory error), in SCALE_RANGE.
        The soft enhancement of 2601.08221 has no variant of its own (known gap). The Delta N_eff of
        its abstract (gluons alone) is that of gluon_scale = 15.
    z_ud : m_u/m_d, sets C_a_pi; 0.472(11) by Gorghetto & Villadoro, 1812.01008.
    solver : "momentum" (resolved, with back-reaction), "number" (integrated; 2205.07849-like) or
        "instantaneous" (equilibrium until Gamma = H).
    initial : "thermal" or "zero" abundance at the initial temperature.
    t_initial_gev : initial temperature [GeV]; default 100, or t_pion_gev without gluons.
    t_pion_gev, t_gluon_gev : where the crossover interpolation starts and ends [GeV].
    knots : T [GeV] -> Gamma f_a^2 / T^3 (all momenta) for it to pass through (see `TotalRate`).
    fermions : include leptons and heavy quarks where the model couples to them.
    kaons : "none", or "data" (a K <-> pi K from pi K data, 2505.21276).
    kaon_scale : factor on the kaon rate (theory error), in SCALE_RANGE.
    m_pion_gev : pion mass in the pion rates [GeV], 0.13498 (neutral) to 0.13957 (charged).
    lecs : low-energy constants "l1" ... "l4" of rates "iam" (see `rates.iam`).
    g_star_shift : shift of g_* by so many of its standard errors (see `Plasma`).
    numerics : step and number of momenta.

    Raises
    ------
    UnknownOptionError, RangeError : at construction, for a name or number not on offer.
    """

    def __init__(
        self,
        model: str = "ksvz",
        tan_beta: float | None = None,
        values: Mapping[str, float] | None = None,
        rates: str = "gkpy",
        gluons: str = "htl",
        gluon_scale: float = 1.0,
        pion_scale: float = 1.0,
        z_ud: float = M_U_OVER_M_D,
        solver: str = "momentum",
        initial: str = "thermal",
        t_initial_gev: float | None = None,
        t_pion_gev: float = T_PION_GEV,
        t_gluon_gev: float = T_GLUON_GEV,
        fermions: bool = True,
        kaons: str = "none",
        kaon_scale: float = 1.0,
        m_pion_gev: float = M_PION_GEV,
        lecs: Mapping[str, float] | None = None,
        knots: Mapping[float, float] | None = None,
        g_star_shift: float = 0.0,
        numerics: Numerics = DEFAULT_NUMERICS,
    ):
        choice("solver", solver, SOLVERS)
        choice("initial abundance (option 'initial')", initial, INITIAL)
        instance("numerics", numerics, Numerics)
        self.rate = TotalRate(
            couplings(model, tan_beta, z_ud, values),
            rates,
            gluons,
            number("gluon_scale", gluon_scale, *SCALE_RANGE),
            number("pion_scale", pion_scale, *SCALE_RANGE),
            t_pion_gev,
            t_gluon_gev,
            fermions,
            kaons,
            number("kaon_scale", kaon_scale, *SCALE_RANGE),
            PionPhysics(m_pion_gev, low_energy_constants(lecs)),
            knots,
        )
        highest = self.rate.t_range_gev[1] * (1 + 1e-9)
        if t_initial_gev is None:
            t_initial_gev = min(T_INITIAL_DEFAULT_GEV, highest)
        name = f"initial temperature T_initial (gluons: {gluons})"
        t_initial_gev = number(name, t_initial_gev, self.rate.t_pion_gev, highest, "GeV")
        self.plasma = Plasma(g_star_shift)
        self._make_solver = partial(
            SOLVERS[solver],
            t_initial_gev=t_initial_gev,
            thermal=initial == "thermal",
            numerics=numerics,
            plasma=self.plasma,
        )
        self.solver = self._make_solver(self.rate)

    def scaled(self, pions: float = 1.0, gluons: float = 1.0) -> Abundance:
        """The same with pion and gluon rates multiplied by these positive factors.

        Raises RangeError for anything else.
        """
        pions, gluons = (
            number("pions", pions, 0.0, above=True),
            number("gluons", gluons, 0.0, above=True),
        )
        if pions == gluons == 1.0:
            return self
        other = copy(self)
        other.__dict__.pop("_log_rate_over_hubble", None)
        other.rate = replace(
            self.rate,
            pion_scale=self.rate.pion_scale * pions,
            gluon_scale=self.rate.gluon_scale * gluons,
        )
        other.solver = self._make_solver(other.rate)
        return other

    def __call__(self, m_a_ev: float) -> Relic:
        """Relic of one mass [eV], M_A_LEAST_EV to M_A_MAX_EV; call it once for each mass.

        Raises RangeError outside, and for anything but one number.
        """
        m_a_ev = _mass(m_a_ev)
        f_a = f_a_gev(m_a_ev)
        solution = self.solver(f_a)
        psd = AxionPSD(m_a_ev, solution.q, solution.f, solution.weights)
        return Relic(m_a_ev, f_a, psd, self.decoupling_mev(f_a))

    def history(self, m_a_ev: float) -> Solution:
        """The solution along temperature, for figures and tests. Raises as a call does."""
        return self.solver(f_a_gev(_mass(m_a_ev)))

    @cached_property
    def _log_rate_over_hubble(self) -> NDArray[np.float64]:
        return log_rate_over_hubble(self.rate, self.solver.t, self.plasma)

    def decoupling_mev(self, f_a: float) -> float | None:
        """Lowest temperature [MeV] at which the mean relaxation rate equals H; None if never."""
        t_gev = decoupling_temperature(self.solver.t, self._log_rate_over_hubble, f_a)
        return None if t_gev is None else 1e3 * t_gev
