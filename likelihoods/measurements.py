"""Measured primordial abundances, selectable by key; adding one is adding one row.

Helium is Y_p(BBN) = 4 n_He/n_b, deuterium is the number ratio D/H (not multiplied by 1e5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from hotaxion.theory.checks import choice

Row = TypeVar("Row")


class Measurement(NamedTuple):
    """A measured value with its upper and lower 68 % errors and where it was published."""

    value: float
    plus: float
    minus: float
    source: str
    note: str = ""

    def sigma(self, theory: float) -> float:
        """Return the observational error on the side of the value on which ``theory`` lies."""
        return self.plus if theory > self.value else self.minus

    @property
    def mean_sigma(self) -> float:
        """The average of the upper and the lower error."""
        return 0.5 * (self.plus + self.minus)


def _symmetric(value: float, error: float, source: str, note: str = "") -> Measurement:
    return Measurement(value, error, error, source, note)


_UNCHECKED = "known gap: not checked against the publication"

HELIUM: dict[str, Measurement] = {
    "izotov2014": _symmetric(0.2551, 0.0022, "arXiv:1408.6953"),
    "aver2015": _symmetric(0.2449, 0.0040, "arXiv:1503.08146"),
    "peimbert2016": _symmetric(0.2446, 0.0029, "arXiv:1608.02062"),
    "hsyu2020": _symmetric(0.2436, 0.0040, "arXiv:2005.12290"),
    "aver2021": _symmetric(0.2453, 0.0034, "arXiv:2010.04180"),
    "empress2022": Measurement(0.2370, 0.0034, 0.0033, "arXiv:2203.09617"),
    "pdg2024": _symmetric(
        0.245, 0.003, "Particle Data Group 2024, doi:10.1103/PhysRevD.110.030001"
    ),
    "empress2025": _symmetric(0.2402, 0.0040, "arXiv:2506.24050v2"),
    "lbt2026": _symmetric(0.2458, 0.0013, "arXiv:2601.22238"),
}

DEUTERIUM: dict[str, Measurement] = {
    "cooke2018": _symmetric(2.527e-5, 0.030e-5, "arXiv:1710.11129"),
    "pdg2022": _symmetric(
        2.547e-5, 0.025e-5, "Particle Data Group 2022, doi:10.1093/ptep/ptac097", _UNCHECKED
    ),
    "kislitsyn2024": _symmetric(2.533e-5, 0.024e-5, "arXiv:2401.12797"),
    "pettini_cooke2025": _symmetric(2.510e-5, 0.028e-5, "arXiv:2511.06275"),
}


class Preset(NamedTuple):
    """A choice of measurements (keys) and of whether the errors of the theory are added."""

    helium: str
    deuterium: str
    theory_error: bool


PRESETS: dict[str, Preset] = {
    # Inputs of arXiv:2205.07849 as inferred from its two bounds on ΔN_eff, 0.31 and 0.14.
    "paper2022": Preset("peimbert2016", "cooke2018", theory_error=False),
    "2026": Preset("lbt2026", "pettini_cooke2025", theory_error=True),
}


def choose(kind: str, key: str, table: Mapping[str, Row]) -> Row:
    """Return ``table[key]``, or raise `UnknownOptionError` with the nearest key on offer."""
    return table[choice(kind, key, table)]
