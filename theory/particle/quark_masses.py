"""Running masses of the charm, bottom and top quarks in the MS-bar scheme."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.theory.constants import ZETA3
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.strong_coupling import alpha_s
from hotaxion.theory.quadrature import unit_nodes

QUARK_MASSES_GEV = {"c": 1.27, "b": 4.18, "t": 163.0}  # m(m), MS-bar; PDG
MU_RANGE_GEV = (1.2, 7000.0)


def _anomalous_dimension(alpha: np.ndarray, n_f: int) -> np.ndarray:
    """-d ln m / d ln mu^2 at three loops (Chetyrkin, hep-ph/9703278; Vermaseren et al. 9703284)."""
    a = alpha / np.pi
    g1 = (202.0 / 3.0 - 20.0 / 9.0 * n_f) / 16.0
    g2 = 1249.0 - (2216.0 / 27.0 + 160.0 / 3.0 * ZETA3) * n_f - 140.0 / 81.0 * n_f**2
    return a * (1.0 + a * (g1 + a * g2 / 64.0))


@lru_cache(maxsize=1)
def _alpha() -> CubicSpline:
    low, high = np.log(MU_RANGE_GEV)
    ln_mu = np.linspace(low, high, 240)
    return CubicSpline(ln_mu, [alpha_s(mu) for mu in np.exp(ln_mu)])


def running_mass(name: str, mu_gev: float) -> float:
    """MS-bar mass [GeV] of quark c, b or t at scale mu; below its own m(m) it is held there.

    Three-loop running with the four-loop alpha_s of `strong_coupling`; the steps of the mass at
    the thresholds, 0.1 %, are neglected. Raises RangeError outside MU_RANGE_GEV.
    """
    if name not in QUARK_MASSES_GEV:
        raise UnknownOptionError("quark", name, QUARK_MASSES_GEV)
    if not MU_RANGE_GEV[0] <= mu_gev <= MU_RANGE_GEV[1]:
        raise RangeError(
            f"scale {mu_gev} GeV; quark masses run from {MU_RANGE_GEV[0]:g} to "
            f"{MU_RANGE_GEV[1]:g} GeV."
        )
    start = QUARK_MASSES_GEV[name]
    if mu_gev <= start:
        return start
    thresholds = [m for m in QUARK_MASSES_GEV.values() if start < m < mu_gev]
    edges = np.log([start, *thresholds, mu_gev])
    exponent = 0.0
    for low, high in pairwise(edges):
        y, w = unit_nodes(12)
        ln_mu = low + (high - low) * y
        n_f = 3 + sum(np.log(m) <= low for m in QUARK_MASSES_GEV.values())
        exponent += 2.0 * (high - low) * np.dot(w, _anomalous_dimension(_alpha()(ln_mu), n_f))
    return start * float(np.exp(-exponent))
