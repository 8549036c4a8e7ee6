"""Cold axions by misalignment: a field at rest that begins to oscillate when 3H = m_a(T).

Homogeneous field a = f_a theta, potential m_a(T)^2 f_a^2 (1 - cos theta), one angle theta_i in
all of the observable universe (the Peccei-Quinn symmetry is broken before inflation and never
restored). Not in: strings and domain walls, fluctuations of theta from inflation, entropy that is
produced later, an early universe without radiation. Preskill, Wise & Wilczek, PLB 120 (1983) 127,
and the two papers beside it; anharmonic: Turner, PRD 33 (1986) 889.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import RectBivariateSpline
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number
from hotaxion.theory.constants import (
    G_S_BEFORE_NU_DECOUPLING,
    M_A_F_A_EV_GEV,
    RHO_CRITICAL_OVER_H2_EV4,
    T_CMB_EV,
    Z_NU,
)
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Options, option
from hotaxion.theory.relics.plasma import degrees_of_freedom, hubble

# Above, f_a exceeds the Planck mass and 3H = m_a falls below the validity of g_*; below, cold
# axions are 1e-9 of the dark matter.
F_A_RANGE_GEV = (1e5, 1e18)
# Nearer to the top of the potential a fluctuation of theta decides, not theta_i.
THETA_RANGE = (0.0, 3.1)
# Of an axion-like particle of constant mass: 3H = m between 6 MeV and 1e10 GeV.
M_ALP_RANGE_EV = (1e-13, 1e6)
F_ALP_RANGE_GEV = (1e5, 1e19)

_T_GRID_GEV = (5e-3, 1e11)
_GRID = 12_000  # temperatures of it, even in ln T
_START = 8.0  # in T_osc
_END = 250.0  # m_a/H at the end; from there on the axion number is conserved
_STEP = 0.15  # phase of a step
_AVERAGE = 0.25  # e-folds before the end over which the number is averaged
_COMOVING_ENTROPY = 2.0 * math.pi**2 / 45.0  # s a^3 with a = 1/(T g_s^(1/3))
# Entropy density today [eV^3]: that of 10 MeV, with the heating of photons that all relics have.
_S_TODAY_EV3 = _COMOVING_ENTROPY * G_S_BEFORE_NU_DECOUPLING * (T_CMB_EV / Z_NU) ** 3


@dataclass(frozen=True, kw_only=True)
class MassOptions(Options):
    """The mass above the QCD crossover: m_a(T)^2 = m_a^2 min[1, (T_chi/T)^beta].

    A power law stands in for the topological susceptibility; 8 is that of the dilute instanton gas.
    """

    beta: float = option(
        *(8.0, "power with which m_a^2 falls with the temperature", "Borsanyi et al. 1606.07494"),
        range=(0.0, 16.0),
        main=True,
    )
    T_chi: float = option(
        *(0.150, "temperature below which the mass is constant", "Borsanyi et al. 1606.07494"),
        unit="GeV",
        range=(0.05, 0.5),
        main=True,
    )

    __hash__ = Options.__hash__


class Misalignment:
    """Omega_a h^2 of cold QCD axions by integration of the field, for arrays of points.

    Parameters
    ----------
    options : the mass at high temperatures.
    """

    def __init__(self, options: MassOptions | None = None):
        self.options = options or MassOptions()
        t = np.geomspace(*_T_GRID_GEV, _GRID)[::-1]  # descending: ln a ascends
        self._ln_t, ln_h = np.log(t), np.log(hubble(t))
        self._ln_a = -self._ln_t - np.log(degrees_of_freedom(t)[1]) / 3.0
        fall = self.options.beta / 2.0 * np.log(self.options.T_chi / t)
        self._ln_mass = np.minimum(0.0, fall)  # ln m_a(T)/m_a
        self._ln_mass_over_h = self._ln_mass - ln_h
        self._ln_a3h = 3.0 * self._ln_a + ln_h

    def t_osc_gev(self, m_a_ev: ArrayLike) -> Array:
        """Temperature [GeV] at which 3H = m_a(T), for a mass today [eV]."""
        ln_m = np.log(np.asarray(m_a_ev, dtype=float) * 1e-9)
        ln_t = np.interp(math.log(3.0) - ln_m, self._ln_mass_over_h, self._ln_t)
        return np.exp(ln_t)

    def omega_h2(self, f_a_gev: ArrayLike, theta_i: ArrayLike) -> Array:
        """Omega_a h^2 today; the arguments are broadcast.

        Parameters
        ----------
        f_a_gev : decay constant [GeV], within F_A_RANGE_GEV.
        theta_i : angle at the start, its sign does not matter; |theta_i| within THETA_RANGE.

        Raises RangeError outside.
        """
        f_a = array("f_a", f_a_gev, *F_A_RANGE_GEV, "GeV")
        theta = array("theta_i", np.abs(theta_i), *THETA_RANGE)
        f_a, theta = np.broadcast_arrays(f_a, theta)
        m_a_ev = M_A_F_A_EV_GEV / f_a.ravel()
        number_per_f2 = self._comoving_number(m_a_ev, theta.ravel())
        per_entropy = f_a.ravel() ** 2 * number_per_f2 / _COMOVING_ENTROPY
        omega = m_a_ev * per_entropy * _S_TODAY_EV3 / RHO_CRITICAL_OVER_H2_EV4
        return omega.reshape(f_a.shape)

    def _comoving_number(self, m_a_ev: Array, theta_i: Array) -> Array:
        """(n,) rho a^3 / (m_a(T) f_a^2) [GeV], a = 1/(T g_s^(1/3)), once it is conserved.

        Elementwise Runge-Kutta of fourth order in N = ln a, each point with its own N, of theta
        and p = a^3 H dtheta/dN: dp/dN = -(a^3 m_a^2/H) sin theta.
        """
        ln_m = np.log(m_a_ev * 1e-9)
        start = np.interp(-np.log(_START * self.t_osc_gev(m_a_ev)), -self._ln_t, self._ln_a)
        end = np.interp(math.log(_END) - ln_m, self._ln_mass_over_h, self._ln_a)

        def slopes(ln_a: Array, theta: Array, p: Array) -> tuple[Array, Array]:
            a3h = np.exp(np.interp(ln_a, self._ln_a, self._ln_a3h))
            ratio = np.exp(np.interp(ln_a, self._ln_a, self._ln_mass_over_h) + ln_m)
            return p / a3h, -a3h * ratio**2 * np.sin(theta)

        ln_a, theta, p = start, theta_i.astype(float), np.zeros_like(theta_i)
        total, weight = np.zeros_like(theta), np.zeros_like(theta)
        while True:
            ratio = np.exp(np.interp(ln_a, self._ln_a, self._ln_mass_over_h) + ln_m)
            d = np.minimum(_STEP / (1.0 + ratio), end - ln_a)
            if not d.any():
                return total / weight
            t1, p1 = slopes(ln_a, theta, p)
            t2, p2 = slopes(ln_a + d / 2, theta + d / 2 * t1, p + d / 2 * p1)
            t3, p3 = slopes(ln_a + d / 2, theta + d / 2 * t2, p + d / 2 * p2)
            t4, p4 = slopes(ln_a + d, theta + d * t3, p + d * p3)
            ln_a = ln_a + d
            theta = theta + d / 6 * (t1 + 2 * t2 + 2 * t3 + t4)
            p = p + d / 6 * (p1 + 2 * p2 + 2 * p3 + p4)
            # The number wiggles by H/m_a: the average fades out at both ends.
            inside = np.clip((end - ln_a) / _AVERAGE, 0.0, 1.0)
            w = d * np.sin(math.pi * inside) ** 2
            total += w * self._number(ln_a, theta, p, ln_m)
            weight += w

    def _number(self, ln_a: Array, theta: Array, p: Array, ln_m: Array) -> Array:
        """Axions per a^-3 over f_a^2 [GeV] in a field; `ln_m` of the mass today in GeV.

        The action of a pendulum, E + E^2/16 + ... in units of m_a, is conserved where the
        amplitude is not small yet; E = rho/(m_a f_a)^2.
        """
        mass = np.exp(np.interp(ln_a, self._ln_a, self._ln_mass) + ln_m)
        a3 = np.exp(3.0 * ln_a)
        energy = 0.5 * (p / (a3 * mass)) ** 2 + 2.0 * np.sin(theta / 2.0) ** 2
        return a3 * mass * energy * (1.0 + energy / 16.0)


class MisalignmentTable:
    """Omega_a h^2 interpolated over (f_a, theta_i): microseconds a point.

    ln(Omega/theta^2) by cubic splines in ln f_a and u = -ln(1 - (theta_i/pi)^2), in which the
    anharmonic growth towards pi is nearly straight. Within 1e-4 of the integration for f_a below
    1e15 GeV. Above, 2 %: the oscillation begins shortly before T_chi, where the mass has a kink
    that Omega shows as wiggles in ln f_a, of the power law and not of QCD.
    """

    # From, to [GeV], and how many: a power law; wiggles; a constant mass.
    _PARTS = ((F_A_RANGE_GEV[0], 1.2e15, 14), (1.2e15, 2e17, 70), (2e17, F_A_RANGE_GEV[1], 12))

    def __init__(self, options: MassOptions | None = None):
        f_a = np.concatenate([np.geomspace(*part)[:-1] for part in self._PARTS])
        f_a = np.append(f_a, F_A_RANGE_GEV[1])
        u = np.linspace(0.0, _anharmonicity(THETA_RANGE[1]), 12)
        theta = math.pi * np.sqrt(-np.expm1(-u))
        theta[0], theta[-1] = 1e-3, THETA_RANGE[1]  # the first of the harmonic limit
        omega = Misalignment(options).omega_h2(f_a[:, None], theta)
        self._spline = RectBivariateSpline(np.log(f_a), u, np.log(omega / theta**2))

    def omega_h2(self, f_a_gev: float, theta_i: float) -> float:
        """Omega_a h^2 today; arguments, ranges and errors as of `Misalignment.omega_h2`."""
        f_a = number("f_a", f_a_gev, *F_A_RANGE_GEV, "GeV")
        theta = number("|theta_i|", abs(theta_i), *THETA_RANGE)
        shape = self._spline(math.log(f_a), _anharmonicity(theta), grid=False)
        return theta**2 * math.exp(float(shape))


def mass_of_dark_matter(omega_h2: float, theta_i: float) -> float:
    """Mass [eV] at which cold axions have Omega_a h^2 = `omega_h2`, with the default options.

    Raises RangeError where none within F_A_RANGE_GEV has it, or as `Misalignment.omega_h2`.
    """
    wanted, table = number("omega_h2", omega_h2, 0.0, 1.0, above=True), MisalignmentTable()

    def excess(ln_f: float) -> float:
        return math.log(table.omega_h2(math.exp(ln_f), theta_i) / wanted)

    ends = [math.log(end) for end in F_A_RANGE_GEV]
    ends[1] -= 1e-12  # of rounding
    if theta_i == 0.0 or excess(ends[0]) * excess(ends[1]) > 0.0:
        raise RangeError(
            f"no f_a of {F_A_RANGE_GEV} GeV gives Omega_a h^2 = {wanted:g} at theta_i = "
            f"{theta_i:g}; give a larger angle."
        )
    return M_A_F_A_EV_GEV / math.exp(brentq(excess, *ends, xtol=1e-10))


def _anharmonicity(theta: float) -> float:
    return -math.log1p(-((theta / math.pi) ** 2))


class ConstantMass:
    """Omega h^2 of an axion-like particle whose mass does not depend on the temperature.

    While it oscillates in radiation, rho t^(3/2) = A m^2 f^2 m^(-3/2) with a number A, see
    `free_kick`; it is put to rho/s at 3H = m with H = 1/(2t), that is t = 3/(2m). The change of
    g_* during the first oscillations is left out.
    """

    def __init__(self) -> None:
        self._t_osc_gev = Misalignment(MassOptions(beta=0.0)).t_osc_gev

    def omega_h2(self, mass_ev: float, f_gev: float, a: float) -> float:
        """Omega h^2 for a mass [eV], a decay constant [GeV] and A.

        Raises RangeError outside of M_ALP_RANGE_EV and F_ALP_RANGE_GEV.
        """
        mass = number("m_alp_ev", mass_ev, *M_ALP_RANGE_EV, "eV")
        t_osc = float(self._t_osc_gev(mass))
        entropy = _COMOVING_ENTROPY * float(degrees_of_freedom(t_osc)[1]) * t_osc**3
        f = number("f_alp", f_gev, *F_ALP_RANGE_GEV, "GeV")
        rho = a * (mass * 1e-9 * f) ** 2 * 1.5**-1.5
        return rho / entropy * 1e9 * _S_TODAY_EV3 / RHO_CRITICAL_OVER_H2_EV4
