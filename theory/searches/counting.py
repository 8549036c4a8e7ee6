"""Counting experiments: targets in a mass of matter, expected events, and what zero signal tells.

The rule is that of the Asimov data set, Cowan et al. 1007.1727: data equal to the background.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlog1py

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number, text
from hotaxion.theory.constants import AVOGADRO
from hotaxion.theory.errors import RangeError, UnknownOptionError

# Atomic number and standard atomic weight [g/mol], IUPAC 2021.
_ATOMS = {
    "H": (1, 1.008),
    "C": (6, 12.011),
    "O": (8, 15.999),
    "Na": (11, 22.98977),
    "Ar": (18, 39.95),
    "I": (53, 126.90447),
    "Cs": (55, 132.90545),
    "W": (74, 183.84),
}
_GRAMS_PER_TON = 1e6


class Targets(NamedTuple):
    """Numbers in a mass of matter: electrons, and protons of hydrogen."""

    electrons: float
    protons: float


class Forecast(NamedTuple):
    """Expected events, and ln L of them where the background alone was seen (0 at no signal)."""

    signal: Any
    loglike: Any


def targets(formula: str, mass_t: float, hydrogen: float | None = None) -> Targets:
    """Electrons and free protons.

    Parameters
    ----------
    formula : such as C18H30; of an alloy or a mixture the main part.
    mass_t : metric tons.
    hydrogen : mass fraction of hydrogen, where it is not that of the formula.

    Raises
    ------
    RangeError : for a text that is no formula, a mass that is not positive.
    UnknownOptionError : for an element without a weight here.
    """
    grams = _GRAMS_PER_TON * number("mass_t", mass_t, 0.0, unit="t", above=True)
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", text("formula", formula, "C18H30"))
    if "".join(a + n for a, n in parts) != formula or not parts:
        raise RangeError(f"formula = {formula!r} is no formula; give one such as C18H30.")
    weight = charge = light = 0.0
    for atom, times in parts:
        if atom not in _ATOMS:
            raise UnknownOptionError("element", atom, _ATOMS)
        z, a = _ATOMS[atom]
        n = int(times or 1)
        weight, charge = weight + n * a, charge + n * z
        light += n if atom == "H" else 0
    protons = light / weight
    if hydrogen is not None:
        protons = number("hydrogen", hydrogen, 0.0, 1.0) / _ATOMS["H"][1]
    return Targets(AVOGADRO * grams * charge / weight, AVOGADRO * grams * protons)


def asimov_loglike(signal: ArrayLike, background: float) -> Array:
    """ln L of a signal s where the background B was seen, −[s − B ln(1 + s/B)]; −s for B = 0.

    Parameters
    ----------
    signal : expected events, any shape.
    background : expected events.

    Raises
    ------
    RangeError : for a negative number, NaN, infinity.
    """
    s = array("signal", signal, 0.0)
    b = number("background", background, 0.0)
    if b == 0.0:
        return -s
    x = s / b
    # The difference loses its digits at small x: three terms of its series are exact there.
    series = x**2 * (0.5 - x / 3.0 + x**2 / 4.0)
    return -b * np.where(x < 1e-4, series, x - xlog1py(1.0, x))


def counting_forecast(
    flux: ArrayLike,
    cross_section: ArrayLike,
    targets: float,
    seconds: float,
    efficiency: float = 1.0,
    background: float = 0.0,
) -> Forecast:
    """Events of a flux on targets, and ln L by the Asimov rule.

    Parameters
    ----------
    flux : particles per cm² and second, any shape.
    cross_section : [cm²], of a shape that goes with it.
    targets : their number.
    seconds : live time.
    efficiency : fraction of the events that are counted.
    background : events in all that time.

    Raises
    ------
    RangeError : for a negative number, NaN, infinity, an efficiency above 1.
    """
    exposure = (
        number("targets", targets, 0.0)
        * number("seconds", seconds, 0.0, unit="s")
        * number("efficiency", efficiency, 0.0, 1.0)
    )
    signal = exposure * array("flux", flux, 0.0) * array("cross_section", cross_section, 0.0)
    return Forecast(signal[()], asimov_loglike(signal, background)[()])
