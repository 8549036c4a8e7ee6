"""A hot relic: from its phase-space distribution f(q) to what cosmology needs of it.

Comoving momentum: q = p_0 / (T_NCDM_RATIO * T_CMB) with p_0 the momentum today and
T_NCDM_RATIO = 1/Z_NU = 0.71532, the temperature (in units of the photons') of a species that
decouples just above e+e- annihilation. f is the sum over the internal degrees of freedom, so that a
species has no other number than its mass and f: one real scalar, as the axion, has one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import RHO_CRITICAL_OVER_H2_EV4, T_CMB_EV, Z_NU, ZETA3
from hotaxion.theory.errors import RangeError

T_NCDM_RATIO = 1.0 / Z_NU
_T0_EV = T_NCDM_RATIO * T_CMB_EV  # unit of q today [eV]
# Delta N_eff = (8/7)(11/4)^(4/3) rho_a / rho_gamma for massless axions (rho_gamma: g = 2).
_DELTA_NEFF_PER_Q3 = 8.0 / 7.0 * (11.0 / 4.0) ** (4.0 / 3.0) * 15.0 / (2.0 * math.pi**4) / Z_NU**4
_BOSE_MEAN_MOMENTUM = math.pi**4 / (30.0 * ZETA3)  # <p>/T of a Bose-Einstein gas, 2.7012
_FERMI_OVER_BOSE = 7.0 / 6.0  # the same of a Fermi-Dirac gas, 3.1514, over it
STATISTICS = ("fermion", "boson")


@dataclass(frozen=True)
class RelicPSD:
    """Phase-space distribution of a hot relic: the product `axion_psd`, or another `NAME_psd`.

    Attributes
    ----------
    mass_ev : mass [eV].
    q : (n,) comoving momenta in units of T_NCDM_RATIO * T_CMB, strictly ascending.
    f : (n,) occupation number at q, summed over the degrees of freedom.
    weights : (n,) quadrature weights: integral dq g(q) = sum(weights * g(q)).
    statistics : "boson" or "fermion": the thermal gas that f is like.
    exact : f at any q, where it is known; else f is interpolated.

    Raises
    ------
    RangeError : if f, q or a weight is not a finite number, f or a weight is negative, or q is not
        ascending (CLASS would crash or silently ignore the species).
    UnknownOptionError : for other statistics.
    """

    mass_ev: float
    q: Array
    f: Array
    weights: Array
    statistics: str = "boson"
    exact: Callable[[Array], Array] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        choice("statistics of a relic", self.statistics, STATISTICS)
        object.__setattr__(self, "mass_ev", number("mass of a relic", self.mass_ev, 0.0, unit="eV"))
        columns = (self.q, self.f, self.weights)
        good = (
            all(isinstance(x, np.ndarray) and x.ndim == 1 and x.dtype.kind == "f" for x in columns)
            and self.q.size == self.f.size == self.weights.size >= 30
            and 0.0 < self.q[0]
            and self.q[-1] < math.inf
            and (self.q[1:] > self.q[:-1]).all()  # no NaN between
            and all(0.0 <= x.min() and x.max() < math.inf for x in columns[1:])  # nor NaN
        )
        if not good:
            raise RangeError(
                f"not a phase-space distribution at a mass of {self.mass_ev:g} eV; needed are "
                "arrays of equal length, with at least 30 ascending positive q, finite f >= 0 and "
                "weights >= 0."
            )

    def _moment(self, power: int) -> float:
        return float(np.dot(self.weights, self.q**power * self.f))

    @cached_property
    def delta_neff(self) -> float:
        """Contribution to N_eff while relativistic (mass -> 0): what BBN sees."""
        return _DELTA_NEFF_PER_Q3 * self._moment(3)

    @cached_property
    def number_density_ev3(self) -> float:
        """Number density today [eV^3]."""
        return _T0_EV**3 / (2.0 * math.pi**2) * self._moment(2)

    @cached_property
    def omega_h2(self) -> float:
        """Energy density today (kinetic energy included) over the critical one, times h^2."""
        energy = np.hypot(self.mass_ev, self.q * _T0_EV)
        rho = _T0_EV**3 / (2.0 * math.pi**2) * np.dot(self.weights, self.q**2 * self.f * energy)
        return float(rho) / RHO_CRITICAL_OVER_H2_EV4

    @cached_property
    def temperature_ratio(self) -> float:
        """T / (T_NCDM_RATIO T_CMB) of the Bose-Einstein gas (g = 1) of the same number density."""
        return (self._moment(2) / (2.0 * ZETA3)) ** (1.0 / 3.0)

    @cached_property
    def mean_momentum_ratio(self) -> float:
        """Mean momentum over that of a Bose-Einstein gas (g = 1) of the same number density.

        For bosons of one degree of freedom at least 1 where high momenta decouple last. 1 if there
        are no relics.
        """
        number = self._moment(2)
        if number == 0.0:
            return 1.0
        return self._moment(3) / number / (_BOSE_MEAN_MOMENTUM * self.temperature_ratio)

    @cached_property
    def tail_temperature_ratio(self) -> float:
        """T / (T_NCDM_RATIO T_CMB) of the thermal gas of its statistics of equal mean momentum.

        f falls like e^(-q/T) at large q with it, about: high momenta decouple last, so that their
        temperature lies above the one that gives the number density, and the mean follows them.
        """
        bose = self.temperature_ratio * self.mean_momentum_ratio
        return bose if self.statistics == "boson" else bose / _FERMI_OVER_BOSE

    @cached_property
    def spread(self) -> float:
        """<p^2>/<p>^2: 1.42 of a Bose-Einstein gas, 1.30 of a Fermi-Dirac gas; 1 without relics."""
        mean = self._moment(3)
        return self._moment(4) * self._moment(2) / mean**2 if mean else 1.0

    def occupation(self, q: Array) -> Array:
        """f at any q: `exact`, or cubic interpolation of ln[f (e^(q/T) -+ 1)] in ln q.

        Outside the given momenta that logarithm is continued as a constant: f is like that of a
        thermal gas there (below q[0] f ~ 1/q of bosons, above q[-1] f is below 1e-13).
        """
        if self.exact is not None:
            return self.exact(q)
        if not self.f.any():
            return np.zeros_like(q)
        # Temperature of the mean momentum: finite even when almost no relics were made.
        temperature = self.tail_temperature_ratio
        keep = self.f > 0
        ln_q = np.log(self.q[keep])
        inverse = inverse_occupation(self.q[keep] / temperature, self.statistics)
        inside = np.clip(np.log(q), ln_q[0], ln_q[-1])
        shape = CubicSpline(ln_q, np.log(self.f[keep] * inverse))(inside)
        return np.exp(shape) / inverse_occupation(q / temperature, self.statistics)


def inverse_occupation(y: Array, statistics: str) -> Array:
    """e^y + 1 for "fermion", e^y - 1 for "boson"; infinite far up the tail."""
    with np.errstate(over="ignore"):
        return np.expm1(y) if statistics == "boson" else np.exp(y) + 1.0


def bose_einstein(q: Array, temperature_ratio: float | Array) -> Array:
    """Bose-Einstein occupation 1/(e^(q/T) - 1), T in units of T_NCDM_RATIO * T_CMB."""
    return 1.0 / inverse_occupation(q / temperature_ratio, "boson")
