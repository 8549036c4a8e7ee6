"""Axion production by nucleons, a N <-> pi N, below the QCD crossover.

The isovector part: an axion is theta_a_pi times a massless pi0, so that the P33 wave of pi N, the
Delta(1232), makes almost all of it,

    sum |M|^2 = theta^2 (2048 pi^2 / 3) s sin^2(delta) k_a^2 / k^4 (1 + 3 cos^2) / 2

over p, n, their antiparticles, spins and final charges: sigma_3/2 = 8 pi sin^2(delta) / k^2, of
which pi0 N has 2/3, times (k_a / k)^2 for the momentum of a massless axion in a P wave. The Delta
is a Breit-Wigner (PDG 2024) with the width of a P wave and a radius of 1 fm, at which the
scattering volume is 0.210 m_pi^-3 (0.214: Koch & Pietarinen, Nucl. Phys. A336 (1980) 331).

At T = 80, 100, 120, 130, 140, 150 MeV it is 0.3, 1.5, 3.7, 5.2, 6.9, 8.8 % of the pion rate in the
mean. Off by default: nucleons of the vacuum at 150 MeV are no better known than that. Known gaps:
the isoscalar coupling (in KSVZ as large as the isovector one, but without a resonance), S waves,
P11, and a pi <-> N Nbar.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import (
    HBAR_C_EV_M,
    M_NEUTRON_GEV,
    M_PION_GEV,
    M_PROTON_GEV,
)
from hotaxion.theory.rates.collision import massive_loss, omega_min
from hotaxion.theory.rates.rows import Progress, compute_rows, silent
from hotaxion.theory.rates.tables import RateTable, load_table, table_nodes

TABLE = "nucleons.npz"
X_NODES = table_nodes(TABLE, "ln_x")
T_NODES_GEV = table_nodes(TABLE, "ln_t")  # below, nucleons are 1e-4 of the pions or less: zero
M_NUCLEON_GEV = 0.5 * (M_PROTON_GEV + M_NEUTRON_GEV)
DELTA_MASS_GEV, DELTA_WIDTH_GEV = 1.232, 0.117  # Breit-Wigner, PDG 2024
_RADIUS = 1e-15 / (HBAR_C_EV_M * 1e-9)  # 1 fm [1/GeV]
_STATISTICS = (-1, 1, -1)  # N, pi, N


def _momentum(s: Array) -> Array:
    """Momentum [GeV] of pi and N in their centre-of-momentum frame; not quite 0 at threshold."""
    above, below = (M_NUCLEON_GEV + M_PION_GEV) ** 2, (M_NUCLEON_GEV - M_PION_GEV) ** 2
    return 0.5 * np.sqrt(np.maximum((s - above) * (s - below), 1e-16) / s)


def sin2_delta(s: Array) -> Array:
    """sin^2 of the phase shift P33 at s [GeV^2]."""
    k, at_mass = _momentum(s), float(_momentum(np.array(DELTA_MASS_GEV**2)))
    barrier = (1.0 + (_RADIUS * at_mass) ** 2) / (1.0 + (_RADIUS * k) ** 2)
    width = DELTA_MASS_GEV * DELTA_WIDTH_GEV * (k / at_mass) ** 3 * barrier
    return width**2 / ((s - DELTA_MASS_GEV**2) ** 2 + width**2)


def axion_squared(s: Array, t: Array) -> Array:
    """sum |M|^2 / theta_a_pi^2 at s, t = (P_a - P_pi)^2 [GeV^2]."""
    k, k_axion = _momentum(s), (s - M_NUCLEON_GEV**2) / (2.0 * np.sqrt(s))
    cos = (t - M_PION_GEV**2 + 2.0 * k_axion * np.hypot(k, M_PION_GEV)) / (2.0 * k_axion * k)
    angle = 0.5 + 1.5 * np.clip(cos, -1.0, 1.0) ** 2
    return 2048.0 * np.pi**2 / 3.0 * s * sin2_delta(s) * k_axion**2 / k**4 * angle


def _threshold(x: Array | float, temperature_gev: Array | float) -> Array:
    """omega_min / T."""
    t = np.asarray(temperature_gev)
    return omega_min(x, M_NUCLEON_GEV / t, ((M_NUCLEON_GEV + M_PION_GEV) / t) ** 2)


def log_scaled_loss(
    x: float, temperature_gev: float, nodes: tuple[int, int, int, int] = (64, 48, 12, 6)
) -> float:
    """ln[Gamma^> e^(omega_min/T) / (theta_a_pi^2 T)] at E = x T, by quadrature (0.01 s)."""
    t2 = temperature_gev**2
    nucleon, pion = M_NUCLEON_GEV / temperature_gev, M_PION_GEV / temperature_gev
    loss = massive_loss(
        x,
        (nucleon, pion, nucleon),
        _STATISTICS,
        lambda s, t: axion_squared(s * t2, t * t2),
        nodes,
    )
    return float(np.log(loss))


def _row(temperature_gev: float) -> list[float]:
    return [log_scaled_loss(x, temperature_gev) for x in X_NODES]


def make_table(processes: int = 2, progress: Progress = silent) -> dict[str, Array]:
    """Content of `nucleons.npz`, on (ln T, ln x); ten seconds.

    `progress` is called with (rows done, rows in all).
    """
    rows = compute_rows(_row, T_NODES_GEV, processes, progress)
    grid = {"ln_t": np.log(T_NODES_GEV), "ln_x": np.log(X_NODES)}
    return grid | {"delta": rows.astype(np.float32)}


@lru_cache(maxsize=1)
def _table() -> RateTable:
    content = load_table(TABLE)
    return RateTable(content["ln_t"], content["ln_x"], content["delta"])


def nucleon_log_rate(temperature_gev: Array, x: Array, loss: bool = False) -> Array:
    """ln(Gamma / (theta_a_pi^2 T)) on the outer grid of temperatures and ascending x.

    -inf below 50 MeV, where nucleons are negligible; `loss`: of Gamma^>. Raises RangeError for T
    above 200 MeV or, unless all T are below 50 MeV, x outside the table.
    """
    result = np.full((temperature_gev.size, x.size), -np.inf)
    known = temperature_gev >= T_NODES_GEV[0]
    if known.any():
        t = temperature_gev[known]
        log_loss = _table()(t, x) - _threshold(x[None, :], t[:, None])
        result[known] = log_loss if loss else log_loss + np.log(-np.expm1(-x))
    return result
