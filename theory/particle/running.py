"""QCD running in the MS-bar scheme: strong coupling, quark masses, thermally active flavours."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import ZETA3
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.quadrature import unit_nodes

ALPHA_S_MZ = 0.1180  # PDG 2024
M_Z_GEV = 91.1876
QUARK_MASSES_GEV = {"c": 1.27, "b": 4.18, "t": 163.0}  # m(m), MS-bar; PDG
MU_RANGE_GEV = (1.2, 7000.0)  # of the running masses
# Flavour thresholds [GeV] of the running of alpha_s: the same, rounded.
_THRESHOLDS_GEV = (1.3, 4.2, 163.0)
# Quark masses [GeV] in the thermal flavour count: s besides; up and down are massless. PDG.
_QUARKS_GEV = (0.093, *QUARK_MASSES_GEV.values())


def _beta(alpha: float, n_f: int) -> float:
    """d alpha_s / d ln(mu^2), four loops (van Ritbergen et al., hep-ph/9701390, eq. 8)."""
    a = alpha / (4.0 * np.pi)
    b0 = 11.0 - 2.0 / 3.0 * n_f
    b1 = 102.0 - 38.0 / 3.0 * n_f
    b2 = 2857.0 / 2.0 - 5033.0 / 18.0 * n_f + 325.0 / 54.0 * n_f**2
    b3 = (
        149753.0 / 6.0
        + 3564.0 * ZETA3
        - (1078361.0 / 162.0 + 6508.0 / 27.0 * ZETA3) * n_f
        + (50065.0 / 162.0 + 6472.0 / 81.0 * ZETA3) * n_f**2
        + 1093.0 / 729.0 * n_f**3
    )
    return -alpha * a * (b0 + a * (b1 + a * (b2 + a * b3)))


def _run(alpha: float, mu_from: float, mu_to: float, n_f: int) -> float:
    span = (2.0 * np.log(mu_from), 2.0 * np.log(mu_to))
    result = solve_ivp(lambda _, y: [_beta(y[0], n_f)], span, [alpha], rtol=1e-10, atol=1e-13)
    return float(result.y[0, -1])


def _match(alpha: float, n_light: int, down: bool) -> float:
    """Decoupling at mu = m(m), three loops (Chetyrkin, Kniehl & Steinhauser, hep-ph/9706430)."""
    a = alpha / np.pi
    c3 = 564731.0 / 124416.0 - 82043.0 / 27648.0 * ZETA3 - 2633.0 / 31104.0 * n_light
    shift = 11.0 / 72.0 * a**2 + c3 * a**3
    return alpha * (1.0 + shift) if down else alpha * (1.0 - shift)


def alpha_s(mu_gev: float) -> float:
    """MS-bar alpha_s(mu), four-loop running from alpha_s(M_Z) = 0.1180; mu above 0.9 GeV.

    Raises RangeError below.
    """
    if not mu_gev >= 0.9:
        raise RangeError(f"mu = {mu_gev} GeV; perturbative running is used above 0.9 GeV only.")
    charm, bottom, top = _THRESHOLDS_GEV
    alpha, mu, n_f = ALPHA_S_MZ, M_Z_GEV, 5
    if mu_gev > top:
        alpha, mu = _match(_run(alpha, mu, top, 5), 5, down=False), top
        n_f = 6
    for threshold, flavours in ((bottom, 4), (charm, 3)):
        if mu_gev < threshold:
            alpha = _match(_run(alpha, mu, threshold, flavours + 1), flavours, down=True)
            mu, n_f = threshold, flavours
    return _run(alpha, mu, mu_gev, n_f)


def _anomalous_dimension(alpha: Array, n_f: int) -> Array:
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

    Three-loop running with four-loop alpha_s; the steps of the mass at
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


@lru_cache(maxsize=256)
def thermal_coupling(temperature_gev: float) -> tuple[float, float]:
    """(g_s, n_f) of the plasma: g_s at mu = 2 pi T, and n_f weighted with quark thermal masses.

    n_f = sum over quarks of (6 / pi^2) int dx x^2 e^eps / (e^eps + 1)^2, eps^2 = x^2 + m^2 / T^2:
    the weight of each flavour in the Debye mass (1 for a massless quark).
    """

    def weight(mass: float) -> float:
        def integrand(x: float) -> float:
            falling = np.exp(-np.hypot(x, mass / temperature_gev))
            return x**2 * falling / (1.0 + falling) ** 2

        return 6.0 / np.pi**2 * quad(integrand, 0.0, 60.0)[0]

    n_f = 2.0 + sum(weight(mass) for mass in _QUARKS_GEV)
    g = float(np.sqrt(4.0 * np.pi * alpha_s(2.0 * np.pi * temperature_gev)))
    return g, float(n_f)
