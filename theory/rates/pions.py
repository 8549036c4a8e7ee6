"""Axion production by pions, a pi <-> pi pi, below the QCD crossover.

Matrix elements from `pipi`; phase space from `collision`. Rates scale as theta_a_pi^2, with
theta_a_pi = (3/2) C_a_pi f_pi / f_a; tables hold Gamma / theta_a_pi^2.

Validity, by variant (docstrings of `pipi`): leading-order ChPT below about 62 MeV (Di Luzio,
Martinelli & Piazza, 2101.10330); one-loop ChPT, unitarised, to about 120 MeV; pi pi data to
sqrt(s) = 1.42 GeV, that is to T = 150 MeV and beyond. All use vacuum amplitudes and masses: with
thermal one-loop amplitudes 2312.15240 finds f_a moved by about 10 per cent, that is the rate by
20 (not reproduced). Kaons are a channel of their own, `kaons`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice
from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.rates.collision import omega_min, pion_loss
from hotaxion.theory.rates.pipi import AXION_WAVES, DEFAULT, PionPhysics, legendre_weights
from hotaxion.theory.rates.tables import RateTable, load_table

TABLE = "pions.npz"
_NODES = (48, 48, 8)  # omega, s, half of cos: 5e-4 or better in the rate
# Grid of ln of the ratio to the table, which is small and smooth: so many of its nodes, both
# ends included. 2e-3 or better, 0.7 s for each choice.
_T_COUNT, _X_COUNT = 20, 28


# --- the integrals ---------------------------------------------------------------------------


def log_scaled_loss(
    x: float,
    temperature_gev: float,
    rates: str = "gkpy",
    physics: PionPhysics = DEFAULT,
    nodes: tuple[int, int, int] = _NODES,
) -> float:
    """ln[Gamma^> e^(omega_min/T) / (theta_a_pi^2 T)] at E = x T: smooth in ln x and ln T.

    `physics`: pion mass and low-energy constants; `nodes`: of the quadrature, see `pion_loss`.
    Raises UnknownOptionError for a rate that does not exist.
    """
    waves = AXION_WAVES[choice("pion rate", rates, AXION_WAVES)]

    def weights(s: Array) -> tuple[Array, Array, Array]:
        return legendre_weights(waves(s * temperature_gev**2, physics))

    return float(np.log(pion_loss(x, physics.mass_gev / temperature_gev, weights, nodes)))


def relaxation_rate(
    energy_gev: float,
    temperature_gev: float,
    rates: str = "gkpy",
    physics: PionPhysics = DEFAULT,
) -> float:
    """Gamma / theta_a_pi^2 [GeV] of df/dt = Gamma (f_eq - f), by quadrature (milliseconds)."""
    x = energy_gev / temperature_gev
    threshold = float(omega_min(x, physics.mass_gev / temperature_gev))
    loss = np.exp(log_scaled_loss(x, temperature_gev, rates, physics) - threshold)
    return float(loss * temperature_gev * -np.expm1(-x))


# --- the table -------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _pion_table(rates: str) -> RateTable:
    choice("pion rate (option 'rates')", rates, AXION_WAVES)
    content = load_table(TABLE)
    return RateTable(content["ln_t"], content["ln_x"], content[rates])


def pion_log_rate(
    temperature_gev: Array, x: Array, rates: str = "gkpy", loss: bool = False
) -> Array:
    """ln(Gamma / (theta_a_pi^2 T)) on the outer grid of temperatures and x = E/T.

    With `loss` the logarithm of the loss rate Gamma^> instead, which has no factor 1 - e^-x.
    """
    table = _pion_table(rates)
    threshold = omega_min(x[None, :], M_PION_GEV / temperature_gev[:, None])
    log_loss = table(temperature_gev, x) - threshold
    return log_loss if loss else log_loss + np.log(-np.expm1(-x))


def pion_range_gev() -> tuple[float, float]:
    """Temperatures covered by the pion tables [GeV]."""
    return _pion_table("lo").t_range_gev


# --- for another pion mass or other low-energy constants than those of the table -------------


def _some(nodes: Array, count: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, nodes.size - 1, count).round().astype(int))


@lru_cache(maxsize=16)
def ratio_table(rates: str, physics: PionPhysics) -> RateTable:
    """ln of scaled loss rates (see `log_scaled_loss`), `physics` over the committed table."""
    content = load_table(TABLE)
    rows = _some(content["ln_t"], _T_COUNT)
    columns = _some(content["ln_x"], _X_COUNT)
    ln_t, ln_x = content["ln_t"][rows], content["ln_x"][columns]
    varied = [[log_scaled_loss(x, t, rates, physics) for x in np.exp(ln_x)] for t in np.exp(ln_t)]
    return RateTable(ln_t, ln_x, np.array(varied) - content[rates][np.ix_(rows, columns)])


def pion_correction(temperature_gev: Array, x: Array, rates: str, physics: PionPhysics) -> Array:
    """ln of (rate for `physics`) over (rate of the table) on the outer grid of T and E/T.

    Raises RangeError outside the table.
    """
    if physics == DEFAULT:
        return np.zeros((temperature_gev.size, x.size))
    t = temperature_gev[:, None]
    threshold = omega_min(x, physics.mass_gev / t) - omega_min(x, M_PION_GEV / t)
    return ratio_table(rates, physics)(temperature_gev, x) - threshold
