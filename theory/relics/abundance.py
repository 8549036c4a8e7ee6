"""From the axion mass to its relic abundance: options in, `Relic` out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, f_a_gev
from hotaxion.theory.particle.mass import mass_and_f_a
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.boltzmann import MomentumSolver, Solution
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.expansion import expansion
from hotaxion.theory.relics.number import (
    InstantaneousSolver,
    NumberSolver,
    decoupling_temperature,
    log_rate_over_hubble,
)
from hotaxion.theory.relics.options import T_INITIAL_GEV, AxionOptions
from hotaxion.theory.relics.plasma import Plasma

M_A_MAX_EV = 10.0  # heavier axions of QCD are still coupled where the rate tables end (8 MeV)
F_A_RANGE_GEV = (f_a_gev(M_A_MAX_EV), f_a_gev(M_A_LEAST_EV))
_SOLVERS = {
    "momentum": MomentumSolver,
    "number": NumberSolver,
    "instantaneous": InstantaneousSolver,
}


@dataclass(frozen=True, repr=False)
class Relic:
    """Thermal relic axions of one mass.

    m_a_ev, f_a_gev : mass [eV] and decay constant [GeV].
    psd : phase-space distribution, see `RelicPSD`.
    t_decoupling_mev : lowest temperature [MeV] at which the mean relaxation rate equals H; None
        if the axion was never coupled below the initial temperature.
    t_half_made_mev : temperature [MeV] below which half of the axions (n_a a^3) are made, which a
        second maximum of rate over H below 1 can put far from the above; None if more than half
        are there from the start.
    """

    m_a_ev: float
    f_a_gev: float
    psd: RelicPSD
    t_decoupling_mev: float | None
    t_half_made_mev: float | None

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
        return self.psd.omega_h2

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

        Abundance(model="dfsz1", tan_beta=3.0)

    Parameters
    ----------
    options : see `AxionOptions`; keywords change single ones.
    strengths : further factors on the pion and the gluon rate, see `scaled`.

    Raises
    ------
    UnknownOptionError, RangeError : at construction, for a name or number not on offer.
    """

    def __init__(
        self,
        options: AxionOptions | None = None,
        *,
        strengths: tuple[float, float] = (1.0, 1.0),
        **keywords: Any,
    ):
        self.options = AxionOptions.of(options, keywords)
        self._strengths = strengths
        pions, gluons = strengths
        self.rate = TotalRate(
            self.options.axion, self.options, pion_factor=pions, gluon_factor=gluons
        )
        start = self._start_gev()
        self.expansion = expansion(
            Plasma(self.options.g_star_shift),
            self.options.T_reheat,
            start,
            sudden=self.options.reheating == "sudden",
        )
        self.solver = _SOLVERS[self.options.solver](
            self.rate,
            start,
            thermal=self.options.initial == "thermal",
            numerics=self.options,
            expansion=self.expansion,
        )

    def _start_gev(self) -> float:
        """Initial temperature [GeV]."""
        lowest, highest = self.rate.t_start_gev
        highest *= 1 + 1e-9
        given = self.options.T_initial
        start = min(T_INITIAL_GEV, highest) if given is None else given
        name = f"initial temperature T_initial (gluons: {self.options.gluons})"
        return number(name, start, lowest, highest, "GeV")

    def scaled(self, pions: float = 1.0, gluons: float = 1.0) -> Abundance:
        """The same with pion and gluon rates multiplied by these positive factors.

        They may leave the range of `pion_scale` and `gluon_scale`: the couplings of another model
        are such factors, too. Raises RangeError for what is no positive number.
        """
        pions, gluons = (
            number("pions", pions, 0.0, above=True),
            number("gluons", gluons, 0.0, above=True),
        )
        strengths = self._strengths[0] * pions, self._strengths[1] * gluons
        same = strengths == self._strengths
        return self if same else Abundance(self.options, strengths=strengths)

    def __call__(self, m_a_ev: float | None = None, f_a: float | None = None) -> Relic:
        """Relic of one mass [eV], M_A_LEAST_EV to M_A_MAX_EV, or of one f_a [GeV]; alp: of both.

        Call it once for each mass. Raises RangeError outside, for anything but one number, and as
        `mass_and_f_a`.
        """
        mass, f_a = self._axion(m_a_ev, f_a)
        solution = self.solver(f_a)
        psd = RelicPSD(mass, solution.q, solution.f, solution.weights)
        half = solution.half_made_gev
        return Relic(mass, f_a, psd, self.decoupling_mev(f_a), None if half is None else 1e3 * half)

    def history(self, m_a_ev: float | None = None, f_a: float | None = None) -> Solution:
        """The solution along temperature, for figures and tests. Raises as a call does."""
        return self.solver(self._axion(m_a_ev, f_a)[1])

    def _axion(self, m_a_ev: float | None, f_a: float | None) -> tuple[float, float]:
        """Mass [eV] and f_a [GeV]."""
        if m_a_ev is not None and self.options.model != "alp":
            number("m_a", m_a_ev, M_A_LEAST_EV, M_A_MAX_EV, "eV")
        if f_a is not None:
            number("f_a", f_a, *F_A_RANGE_GEV, "GeV")
        return mass_and_f_a(self.rate.couplings, m_a_ev, f_a)

    @cached_property
    def _log_rate_over_hubble(self) -> Array:
        return log_rate_over_hubble(self.rate, self.solver.t, self.expansion)

    def decoupling_mev(self, f_a: float) -> float | None:
        """Lowest temperature [MeV] at which the mean relaxation rate equals H; None if never."""
        t_gev = decoupling_temperature(self.solver.t, self._log_rate_over_hubble, f_a)
        return None if t_gev is None else 1e3 * t_gev
