"""The axion that has a given Delta N_eff, density, temperature or decoupling temperature.

Each of them is a monotonic function of f_a as long as the options stay the same, so that one number
gives all the others. With the theory band of Delta N_eff (`error_budget`), too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV
from hotaxion.theory.relics.abundance import F_A_RANGE_GEV, M_A_MAX_EV, Abundance, Relic
from hotaxion.theory.relics.error_budget import ErrorBudget

#: Name (that of the parameters of a chain, where it has one) -> attribute of `Relic`.
ATTRIBUTES: Mapping[str, str] = {
    "m_a": "m_a_ev",
    "f_a": "f_a_gev",
    "delta_neff": "delta_neff",
    "temperature_ratio": "temperature_ratio",
    "omega_axion": "omega_a_h2",
    "t_decoupling": "t_decoupling_mev",
}
_INPUTS = ("m_a", "f_a")
_FREE = "alp"  # the model whose mass and f_a are independent
_TOLERANCE = 1e-13  # of ln f_a; times 10: relative error of the result
_AGREES = 1e-6  # relative: else the quantity jumps there
_BESIDE = 1e-6  # of ln f_a, where it jumps
_NOTHING = 1e-12  # of the most: what remains of axions that never were in equilibrium is less
_FACTOR, _PER_FACTOR = 3.0, 5  # of masses for a band: up to this factor on both sides


def relic_with(abundance: Abundance, given: Mapping[str, float]) -> Relic:
    """The relic for which one of ATTRIBUTES has a value; for model alp its mass and one other.

    Parameters
    ----------
    given : name -> value, in the units of `Relic`: m_a [eV], f_a [GeV], t_decoupling [MeV].

    Raises
    ------
    UnknownOptionError, RangeError : for a name that is not known, one too many or few, and a value
        that no axion with these options has.
    """
    for name in given:
        choice("quantity", name, ATTRIBUTES)
    masses, searched = _sorted(abundance, given)
    if not searched:
        return abundance(*masses)
    ((name, wanted),) = searched.items()
    wanted = number(name, wanted, 0.0, above=True)
    value = _Function(abundance, name, masses[0])
    low, high = value.ends
    least, most = sorted((value(low), value(high)))
    if not least <= wanted <= most:
        raise RangeError(_not_reached(value, wanted))
    target = math.log(wanted)
    ln_f_a = brentq(lambda x: value.log(x) - target, low, high, xtol=_TOLERANCE)
    if not math.isclose(value(ln_f_a), wanted, rel_tol=_AGREES):
        ends = sorted((value(ln_f_a - _BESIDE), value(ln_f_a + _BESIDE)))
        raise RangeError(
            f"{name} = {wanted:g} is not reached: with f_a = {math.exp(ln_f_a):.4g} GeV it jumps "
            f"from {ends[0]:.4g} to {ends[1]:.4g}."
        )
    return abundance(masses[0], math.exp(ln_f_a)) if value.free else value.relic(ln_f_a)


def _sorted(
    abundance: Abundance, given: Mapping[str, float]
) -> tuple[tuple[float | None, float | None], dict[str, float]]:
    """Mass and f_a where they are given, and what is to be inverted."""
    rest = {name: value for name, value in given.items() if name not in _INPUTS}
    free = abundance.options.model == _FREE
    if len(given) != 1 + free or len(rest) > 1 or (free and rest and "m_a" not in given):
        needed = "m_a and one other quantity" if free else "one quantity"
        raise RangeError(
            f"model {abundance.options.model}: {', '.join(given) or 'nothing'} given; give "
            f"{needed} of {', '.join(ATTRIBUTES)}."
        )
    return (given.get("m_a"), given.get("f_a")), rest


class _Function:
    """One quantity as a function of ln f_a [GeV], where it is monotonic.

    mass : of model alp [eV], the same for all f_a; None where f_a sets it.
    """

    def __init__(self, abundance: Abundance, name: str, mass: float | None):
        self.abundance, self.name, self.mass = abundance, name, mass
        self.free = mass is not None
        heavy, light = map(math.log, F_A_RANGE_GEV)
        self.ends = heavy + _TOLERANCE, light - _TOLERANCE  # exp may miss them by one ulp
        self._found: dict[float, float] = {}  # the search asks for some twice
        if name == "t_decoupling":
            self.ends = self.ends[0], self._last_coupled()

    def relic(self, ln_f_a: float) -> Relic:
        """The relic; of model alp without the checks of its mass, which are due in the end."""
        f_a = math.exp(ln_f_a)
        if self.mass is None:
            return self.abundance(f_a=f_a)
        light = self.abundance(0.0, f_a)
        return replace(light, psd=replace(light.psd, mass_ev=self.mass), m_a_ev=self.mass)

    def __call__(self, ln_f_a: float) -> float:
        if ln_f_a not in self._found:
            self._found[ln_f_a] = self._value(ln_f_a)
        return self._found[ln_f_a]

    def _value(self, ln_f_a: float) -> float:
        if self.name == "t_decoupling":
            return self.abundance.decoupling_mev(math.exp(ln_f_a)) or math.inf
        return float(getattr(self.relic(ln_f_a), ATTRIBUTES[self.name]))

    def log(self, ln_f_a: float) -> float:
        """Its logarithm, finite where it vanishes."""
        return math.log(max(self(ln_f_a), 1e-300))

    def _last_coupled(self) -> float:
        """Greatest ln f_a at which axions have been in equilibrium."""
        coupled, never = self.ends
        if math.isinf(self(coupled)):
            raise RangeError(
                "t_decoupling: with these options no axion has been in equilibrium; give another "
                "quantity."
            )
        while never - coupled > _TOLERANCE * 10 and math.isinf(self(never)):
            middle = 0.5 * (coupled + never)
            coupled, never = (coupled, middle) if math.isinf(self(middle)) else (middle, never)
        return coupled


def _not_reached(value: _Function, wanted: float) -> str:
    """The sentence for a value beyond both ends."""
    model = value.abundance.options.model
    (heavy, at_heavy), (light, at_light) = (
        (value(end), f"f_a = {math.exp(end):.4g} GeV") for end in value.ends
    )
    text = (
        f"{value.name} = {wanted:g} is not reached: axions of model {model} have from "
        f"{light:.4g} ({at_light}) to {heavy:.4g} ({at_heavy})"
    )
    if value.name == "t_decoupling":
        return f"{text} MeV, those of larger f_a were never in equilibrium."
    if wanted < light and light > _NOTHING * heavy:
        return (
            f"{text}; the least is what a start in equilibrium leaves of any axion ('initial: "
            "zero' has no such end)."
        )
    return f"{text}; give a number between them."


def masses_around(masses_ev: Array) -> Array:
    """Masses [eV] for a band that is read at these: up to a factor 3 below and above them."""
    least = max(float(np.min(masses_ev)) / _FACTOR, M_A_LEAST_EV)
    most = min(float(np.max(masses_ev)) * _FACTOR, M_A_MAX_EV)
    points = 2 + math.ceil(_PER_FACTOR * math.log(most / least) / math.log(_FACTOR))
    grid = np.geomspace(least, most, points)
    grid[0], grid[-1] = least, most  # geomspace may miss them by one ulp: out of range
    return grid


def mass_band(budget: ErrorBudget, delta_neff: float) -> tuple[float | None, float | None]:
    """Least and greatest mass [eV] for which this Delta N_eff lies within its theory band.

    The band is interpolated between the masses of the budget (to 1e-3 on `masses_around`); None
    where it does not end on them.
    """
    low, high = budget.band
    return _crossing(budget.m_a_ev, high, delta_neff), _crossing(budget.m_a_ev, low, delta_neff)


def _crossing(masses: Array, curve: Array, wanted: float) -> float | None:
    """The mass at which a rising curve has a value."""
    if not curve[0] < wanted < curve[-1]:
        return None
    ln_m = np.log(masses)
    rising = PchipInterpolator(ln_m, curve)
    return math.exp(brentq(lambda x: float(rising(x)) - wanted, ln_m[0], ln_m[-1], xtol=1e-9))
