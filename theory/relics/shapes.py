"""Hot relics in general: a shape of their momenta, scaled by temperature, degrees of freedom, mass.

A shape is f(y) of one degree of freedom, y = p/T with T the relic's own temperature: thermal, or
any function or table. Of temperature, degrees and Delta N_eff two decide the third,

    Delta N_eff = g/2 (T / T_gamma)^4 (11/4)^(4/3) integral dy y^3 f / integral dy y^3 / (e^y + 1).

Planck's effective mass (Planck 2018 VI, 1807.06209, section 7.5) is that of a neutrino family at
T_NU = (4/11)^(1/3) T_gamma with the relic's density today, m_eff = m n / n_nu: m Delta N_eff^(3/4)
for thermal fermions of two degrees, m Delta N_eff for those of Dodelson & Widrow
(hep-ph/9303287), f = Delta N_eff / (e^(p/T_nu) + 1); omega = m_eff / 94.1 eV.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, number
from hotaxion.theory.constants import ZETA3
from hotaxion.theory.errors import RangeError
from hotaxion.theory.files import DataFile
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import (
    STATISTICS,
    T_NCDM_RATIO,
    RelicPSD,
    inverse_occupation,
)

T_NU = (4.0 / 11.0) ** (1.0 / 3.0)  # over that of the photons, neutrinos decoupled at once
MASS_MAX_EV = 1e9
TEMPERATURE_RANGE = (1e-6, 10.0)
DEGREES_MAX = 1e4
DELTA_NEFF_MAX = 10.0
_FERMI_Q2, _FERMI_Q3 = 1.5 * ZETA3, 7.0 * math.pi**4 / 120.0  # of y^2, y^3 over (e^y + 1)
_N_THERMAL, _Y_THERMAL = 80, 45.0  # quadrature: 1e-12
_N_ANY = 240
_Y_SEARCH = np.geomspace(1e-4, 1e4, 800)  # where a function is looked for
_NEGLIGIBLE = 1e-12  # of the greatest y^4 f
_SMOOTH = 1e-5  # two quadratures agree; else the shape is too rough
_TABLE_ENDS = 1e-4  # of the greatest y^4 f, left at the ends of a table
_ROWS_MIN = 30
NORMALISATIONS = {"occupation": 1.0, "class": (2.0 * math.pi) ** 3}


@dataclass(frozen=True)
class Shape:
    """Momenta of one degree of freedom.

    Attributes
    ----------
    statistics : "fermion" or "boson".
    occupation : f(y), y = p/T.
    y, weights : quadrature, integral dy g(y) = sum(weights * g(y)).
    """

    statistics: str
    occupation: Callable[[Array], Array]
    y: Array
    weights: Array

    @cached_property
    def f(self) -> Array:
        """f(y) at the nodes."""
        return self.occupation(self.y)

    def _moment(self, power: int) -> float:
        return float(np.dot(self.weights, self.y**power * self.f))

    @cached_property
    def _neff(self) -> float:
        """Delta N_eff of one degree of freedom at T = T_gamma."""
        return (11.0 / 4.0) ** (4.0 / 3.0) * self._moment(3) / (2.0 * _FERMI_Q3)

    def delta_neff(self, temperature: float, degrees: float) -> float:
        """Contribution to N_eff while relativistic; temperature over that of the photons today."""
        return degrees * temperature**4 * self._neff

    def degrees(self, temperature: float, delta_neff: float) -> float:
        """Degrees of freedom that give it."""
        return delta_neff / self.delta_neff(temperature, 1.0)

    def temperature(self, degrees: float, delta_neff: float) -> float:
        """Temperature over that of the photons that gives it."""
        return (delta_neff / self.delta_neff(1.0, degrees)) ** 0.25

    def number_ratio(self, temperature: float, degrees: float) -> float:
        """Number density over that of a neutrino family at T_NU: Planck's m_eff / m."""
        return degrees * (temperature / T_NU) ** 3 * self._moment(2) / (2.0 * _FERMI_Q2)

    def relic(self, mass_ev: float, temperature: float, degrees: float) -> RelicPSD:
        """The species.

        Parameters
        ----------
        mass_ev : mass [eV], 0 to MASS_MAX_EV.
        temperature : over that of the photons today, in TEMPERATURE_RANGE.
        degrees : internal degrees of freedom (2 of a neutrino family, 1 of a real scalar), to
            DEGREES_MAX; 0 for no relics.

        Raises
        ------
        RangeError : for a number outside.
        """
        mass_ev = number("mass of a relic", mass_ev, 0.0, MASS_MAX_EV, "eV")
        temperature = number("temperature of a relic", temperature, *TEMPERATURE_RANGE)
        degrees = number("degrees of freedom of a relic", degrees, 0.0, DEGREES_MAX)
        scale = temperature / T_NCDM_RATIO
        exact = partial(_scaled, self.occupation, scale, degrees)
        y, w = self.y * scale, self.weights * scale
        return RelicPSD(mass_ev, y, degrees * self.f, w, self.statistics, exact)


def _scaled(occupation: Callable[[Array], Array], scale: float, degrees: float, q: Array) -> Array:
    return degrees * occupation(q / scale)


def _thermal_occupation(statistics: str, y: Array) -> Array:
    return 1.0 / inverse_occupation(y, statistics)


def thermal(statistics: str) -> Shape:
    """Fermi-Dirac or Bose-Einstein, no chemical potential.

    Raises
    ------
    UnknownOptionError : for other statistics than "fermion" and "boson".
    """
    return _thermal(choice("statistics of a relic", statistics, STATISTICS))


@lru_cache(maxsize=2)
def _thermal(statistics: str) -> Shape:
    y, weights = momentum_grid(_N_THERMAL, _Y_THERMAL)
    return Shape(statistics, partial(_thermal_occupation, statistics), y, weights)


def of_function(function: Callable[[Array], Array], statistics: str) -> Shape:
    """Any f(y), for arrays of y = p/T: the occupation number of one degree of freedom.

    Raises
    ------
    UnknownOptionError : for other statistics than "fermion" and "boson".
    RangeError : f is no array of finite numbers >= 0, vanishes, does not fall off between y = 1e-4
        and 1e4, or is too rough for the quadrature.
    """
    choice("statistics of a relic", statistics, STATISTICS)
    weight = _Y_SEARCH**4 * _values(function, _Y_SEARCH)
    if not weight.any():
        raise RangeError("f(y) of a relic is 0 from y = 1e-4 to 1e4; y is p/T, p the momentum.")
    (inside,) = np.nonzero(weight > _NEGLIGIBLE * weight.max())
    if inside[-1] == _Y_SEARCH.size - 1:
        raise RangeError("f(y) of a relic does not fall off below y = 1e4; y is p/T.")
    return _integrated(function, statistics, 0.0, _Y_SEARCH[inside[-1] + 1])


def _integrated(
    function: Callable[[Array], Array], statistics: str, low: float, high: float
) -> Shape:
    """With momenta from `low` to `high`. Raises RangeError for a function that is too rough."""
    grids = [momentum_grid(n, high, low) for n in (_N_ANY, _N_ANY // 2)]
    for y, _ in grids:
        _values(function, y)
    shape, coarse = (Shape(statistics, function, *grid) for grid in grids)
    for ratio in (shape._moment(2) / coarse._moment(2), shape._moment(3) / coarse._moment(3)):
        if not abs(ratio - 1.0) < _SMOOTH:
            raise RangeError(
                f"f(y) of a relic is too rough: {_N_ANY // 2} and {_N_ANY} momenta give densities "
                f"that differ by {abs(ratio - 1.0):.1g}; smooth it, or widen what is narrow."
            )
    return shape


def _values(function: Callable[[Array], Array], y: Array) -> Array:
    with np.errstate(over="ignore", under="ignore"):  # far up the tail
        try:
            values = np.asarray(function(y))
        except Exception as error:  # what the user wrote can raise anything
            raise RangeError(
                f"f(y) of a relic fails for an array of y = p/T ({type(error).__name__}: {error}); "
                "give a function of one array, such as 'lambda y: 1 / (np.exp(y) + 1)'."
            ) from error
    good = values.shape == y.shape and values.dtype.kind in "fiu"
    if not (good and np.isfinite(values).all() and (values >= 0.0).all()):
        raise RangeError(
            "f(y) of a relic does not give, for an array of y = p/T, as many finite numbers >= 0."
        )
    return values


def of_file(path: str | Path, statistics: str, normalisation: str = "occupation") -> Shape:
    """A table of two columns: y = p/T ascending, and f. Momenta beyond its ends do not count.

    Parameters
    ----------
    path : text; comments start with #.
    statistics : "fermion" or "boson": as which f is interpolated.
    normalisation : "occupation": f of one degree of freedom, 1/(e^y + 1) of a neutrino; "class":
        f / (2 pi)^3, as in a file of CLASS, in which it is the sum over all degrees.

    Raises
    ------
    MissingDataError, HotAxionError : no such file; no numbers in it.
    UnknownOptionError : for a word not on offer.
    RangeError : fewer than 30 rows, y not ascending, f not positive (but at the end), a table that
        ends before f has fallen off, or is too rough.
    """
    choice("normalisation of a relic's file", normalisation, NORMALISATIONS)
    choice("statistics of a relic", statistics, STATISTICS)
    file = DataFile(Path(path), "distribution of a relic", "give two columns, y = p/T and f(y)")
    table = file.table()
    if table.shape[1] != 2:
        file.damaged(f"it has {table.shape[1]} columns, expected 2")
    y, f = table[:, 0], table[:, 1] * NORMALISATIONS[normalisation]
    (positive,) = np.nonzero(f > 0)
    if positive.size:  # zeros at the end: less than the numbers of the file can say
        y, f = y[: positive[-1] + 1], f[: positive[-1] + 1]
    if not (y.size >= _ROWS_MIN and (np.diff(y) > 0).all() and y[0] > 0 and (f > 0).all()):
        raise RangeError(
            f"{file.kind} {file.name}: needed are at least {_ROWS_MIN} rows, y > 0 ascending and "
            "f > 0, but for zeros at the end."
        )
    weight = y**4 * f
    left = max(weight[0], weight[-1]) / weight.max()
    if left > _TABLE_ENDS:
        raise RangeError(
            f"{file.kind} {file.name} ends too early: y^4 f at an end is {left:.1g} of its "
            f"greatest value, allowed is {_TABLE_ENDS:g}; add rows."
        )
    raw = RelicPSD(0.0, y, f, np.gradient(y), statistics)
    return _integrated(raw.occupation, statistics, y[0], y[-1])
