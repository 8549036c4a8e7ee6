"""One-loop pi pi partial waves, unitarised by the inverse amplitude method (IAM).

One-loop amplitude: Gasser & Leutwyler, Annals Phys. 158 (1984) 142. IAM: Truong, PRL 61 (1988)
2526; Dobado & Pelaez, hep-ph/9604416. t = t_2^2 / (t_2 - t_4) satisfies Im t = rho |t|^2 exactly
and keeps the chiral expansion to one loop. No kaons, hence no f_0(980): used below sqrt(s) = 1.2
GeV, t / t_2 held constant above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array, ComplexArray
from hotaxion.theory.checks import choice, mapping, number
from hotaxion.theory.constants import F_PION_GEV, M_PION_GEV
from hotaxion.theory.quadrature import unit_nodes

SQRT_S_MAX_GEV = 1.2
# Within, the P wave passes 90 degrees between 0.6 and 1.2 GeV and no phase jumps.
LEC_RANGES = {"l1": (-2.0, 2.0), "l2": (4.5, 7.5), "l3": (-2.0, 8.0), "l4": (2.0, 6.0)}


@dataclass(frozen=True)
class LowEnergyConstants:
    """Scale-independent constants lbar_1 ... lbar_4.

    Defaults: lbar_1, lbar_2 such that the IAM P wave passes 90 degrees at the rho mass (776 MeV);
    lbar_3 = 2.9, lbar_4 = 4.3 (Gasser & Leutwyler 1984). Raises RangeError outside LEC_RANGES.
    """

    l1: float = 0.1
    l2: float = 5.8
    l3: float = 2.9
    l4: float = 4.3

    def __post_init__(self) -> None:
        for name, (low, high) in LEC_RANGES.items():
            value = number(f"low-energy constant {name}", getattr(self, name), low, high)
            object.__setattr__(self, name, value)


DEFAULT = LowEnergyConstants()


def low_energy_constants(values: Mapping[str, float] | None) -> LowEnergyConstants:
    """Constants by name ("l1" ... "l4"), defaults for the rest.

    Raises UnknownOptionError or RangeError.
    """
    given = {} if values is None else mapping("lecs", values, "{l1: 0.1, l2: 5.8}")
    for name in given:
        choice("low-energy constant", name, LEC_RANGES)
    return LowEnergyConstants(**given)


def _loop(s: Array) -> ComplexArray:
    """Jbar(s + i eps), the pion loop subtracted at s = 0; s != 0 outside (0, 4 m^2)."""
    sigma = np.sqrt(np.maximum(1.0 - 4.0 * M_PION_GEV**2 / s, 0.0))
    logarithm = np.log(np.abs((sigma - 1.0) / (sigma + 1.0))) + 1j * np.pi * (s > 0)
    return (2.0 + sigma * logarithm) / (16.0 * np.pi**2)


def amplitude(s: Array, t: Array, u: Array, lecs: LowEnergyConstants = DEFAULT) -> ComplexArray:
    """One-loop part A_4(s, t, u) of the pi pi amplitude."""
    m2, f4 = M_PION_GEV**2, F_PION_GEV**4
    loops = (
        3.0 * (s**2 - m2**2) * _loop(s)
        + (t * (t - u) - 2.0 * m2 * t + 4.0 * m2 * u - 2.0 * m2**2) * _loop(t)
        + (u * (u - t) - 2.0 * m2 * u + 4.0 * m2 * t - 2.0 * m2**2) * _loop(u)
    )
    polynomial = (
        2.0 * (lecs.l1 - 4.0 / 3.0) * (s - 2.0 * m2) ** 2
        + (lecs.l2 - 5.0 / 6.0) * (s**2 + (t - u) ** 2)
        + 12.0 * m2 * s * (lecs.l4 - 1.0)
        - 3.0 * m2**2 * (lecs.l3 + 4.0 * lecs.l4 - 5.0)
    )
    return loops / (6.0 * f4) + polynomial / (96.0 * np.pi**2 * f4)


def leading_waves(s: Array) -> dict[str, Array]:
    """Partial waves t_2 of pi pi -> pi pi at leading order."""
    m2, norm = M_PION_GEV**2, 32.0 * np.pi * F_PION_GEV**2
    return {
        "S0": (2.0 * s - m2) / norm,
        "S2": -(s - 2.0 * m2) / norm,
        "P": (s - 4.0 * m2) / (3.0 * norm),
    }


def loop_waves(s: Array, lecs: LowEnergyConstants = DEFAULT) -> dict[str, ComplexArray]:
    """Partial waves t_4 = (1/64 pi) int dcos P_l T_4 of pi pi -> pi pi; s (n,), above threshold."""
    y, weight = unit_nodes(48)
    cos = 2.0 * y - 1.0
    s = s[:, None]
    t = -0.5 * (s - 4.0 * M_PION_GEV**2) * (1.0 - cos)
    u = 4.0 * M_PION_GEV**2 - s - t
    direct, cross_t, cross_u = (
        amplitude(s, t, u, lecs),
        amplitude(t, s, u, lecs),
        amplitude(u, t, s, lecs),
    )
    project = weight / (32.0 * np.pi)
    return {
        "S0": (3.0 * direct + cross_t + cross_u) @ project,
        "S2": (cross_t + cross_u) @ project,
        "P": (cross_t - cross_u) @ (project * cos),
    }


def unitarised_waves(s: Array, lecs: LowEnergyConstants = DEFAULT) -> dict[str, ComplexArray]:
    """Partial waves t = t_2^2 / (t_2 - t_4) of pi pi -> pi pi; s (n,) in GeV^2, above threshold."""
    leading, loop = leading_waves(s), loop_waves(s, lecs)
    return {name: t2**2 / (t2 - loop[name]) for name, t2 in leading.items()}


@lru_cache(maxsize=4)
def _splines(lecs: LowEnergyConstants) -> dict[str, CubicSpline]:
    threshold = 4.0 * M_PION_GEV**2
    k = np.linspace(1e-4, np.sqrt(SQRT_S_MAX_GEV**2 - threshold), 800)
    waves = unitarised_waves(threshold + k**2, lecs)
    # The P wave over k^2, so that its threshold behaviour is not left to the spline.
    return {
        name: CubicSpline(k, wave / (k**2 if name == "P" else 1.0)) for name, wave in waves.items()
    }


def ratio_to_leading_order(s: Array, lecs: LowEnergyConstants = DEFAULT) -> dict[str, ComplexArray]:
    """t / t_2 of each pi pi wave, any shape of s; constant above SQRT_S_MAX_GEV."""
    threshold = 4.0 * M_PION_GEV**2
    s = np.clip(s, threshold * (1.0 + 1e-9), SQRT_S_MAX_GEV**2)
    k = np.sqrt(s - threshold)
    leading = leading_waves(s)
    return {
        name: spline(np.maximum(k, 1e-4)) * (k**2 if name == "P" else 1.0) / leading[name]
        for name, spline in _splines(lecs).items()
    }
