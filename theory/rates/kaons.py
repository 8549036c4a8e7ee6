"""Axion production by kaons, a K <-> pi K, below the QCD crossover.

Amplitudes from `pik`: leading-order SU(3) ChPT times pi K data. After Wang, Guo & Zhou,
2505.21276, who unitarise the amplitudes of all light mesons and find a K -> pi K above
a pi -> pi pi from T = 130 MeV on (abstract). Ours is independent and
gives 0.47, 0.74, 0.88 of the pions at 100, 130, 150 MeV (KSVZ, mean rates; four fifths of it
isoscalar, 85 % P wave, that is K*(892)).

Error: about 25 %. The K*(892) of 1602.08404 is 58 MeV wide; a Breit-Wigner of 49 MeV gives 11 %
less. Less than 8 % come from above K eta, 1.04 GeV, where the phases are extrapolated and
K*_0(1430), K*(1410) are missing. Valid like the pions: vacuum amplitudes, T <= 150 MeV.

Known gap: the crossed channels a pi -> K Kbar, a eta -> K Kbar and a K -> eta K are left out. At
leading order, an overestimate above 1 GeV, they amount to 0.07 + 0.04 + 0.02 of the pions at 100
MeV and 0.26 + 0.15 + 0.09 at 130 MeV. a eta -> pi pi and a pi -> pi eta vanish up to m_pi^2 terms.

The rate is a quadratic form in three couplings (`pik.KaonCouplings`),

    Gamma = g_3^2 V + g_8^2 S + 2 g_8 g_m X + g_m^2 M,

and `kaons.npz` holds ln V, ln S, ln M and X/sqrt(S M), scaled as in `log_scaled_losses`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.rates.collision import massive_loss, omega_min
from hotaxion.theory.rates.pik import M_KAON_GEV, KaonCouplings, axion_squared
from hotaxion.theory.rates.rows import Progress, compute_rows, silent
from hotaxion.theory.rates.tables import RateTable, load_table, table_nodes

TABLE = "kaons.npz"
X_NODES = table_nodes(TABLE, "ln_x")
T_NODES_GEV = table_nodes(TABLE, "ln_t")  # below, kaons are 1e-4 of the pions or less: zero
_BOSE = (1, 1, 1)


def scaled_loss(
    x: float,
    temperature_gev: float,
    couplings: KaonCouplings,
    rates: str = "data",
    nodes: tuple[int, int, int, int] = (96, 48, 12, 6),
) -> float:
    """Gamma^> e^(omega_min/T) f_a^2 / T^3 of a K -> pi K, all kaons, at E = x T, by quadrature.

    `rates`: "data", or "lo" (leading order, valid only near threshold). Takes 0.01 s; `nodes` as in
    `massive_loss`, many in omega because the K* is narrow. The default is good to 1e-4 for x <= 10,
    7e-4 up to 80.

    Raises UnknownOptionError for a rate that does not exist.
    """
    if rates not in ("data", "lo"):
        raise UnknownOptionError("kaon rate", rates, ("data", "lo"))
    t2 = temperature_gev**2

    def squared(s: Array, t: Array) -> Array:
        return axion_squared(s * t2, t * t2, couplings, rates) / t2

    kaon, pion = M_KAON_GEV / temperature_gev, M_PION_GEV / temperature_gev
    return massive_loss(x, (kaon, pion, kaon), _BOSE, squared, nodes)


def _threshold(x: Array | float, temperature_gev: Array | float) -> Array:
    """omega_min / T."""
    t = np.asarray(temperature_gev)
    return omega_min(x, M_KAON_GEV / t, ((M_KAON_GEV + M_PION_GEV) / t) ** 2)


def relaxation_rate(
    energy_gev: float, temperature_gev: float, couplings: KaonCouplings, rates: str = "data"
) -> float:
    """Gamma f_a^2 [GeV^3] of df/dt = Gamma (f_eq - f), by quadrature."""
    x = energy_gev / temperature_gev
    loss = scaled_loss(x, temperature_gev, couplings, rates) * temperature_gev**3
    return float(loss * np.exp(-_threshold(x, temperature_gev)) * -np.expm1(-x))


# --- the table -----------------------------------------------------------------------------------


def log_scaled_losses(x: float, temperature_gev: float) -> tuple[float, float, float, float]:
    """ln V, ln S, ln M and X / sqrt(S M), each of V, S, M, X as Gamma^> e^(omega_min/T) f_a^2/T^3.

    Parts of the rate by pairs of couplings: isovector, isoscalar, mass, isoscalar-mass.
    """
    vector, scalar, mass, both = (
        scaled_loss(x, temperature_gev, KaonCouplings(*g))
        for g in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1))
    )
    cross = 0.5 * (both - scalar - mass) / np.sqrt(scalar * mass)
    return (*np.log([vector, scalar, mass]), cross)


def _row(temperature_gev: float) -> list[tuple[float, float, float, float]]:
    return [log_scaled_losses(x, temperature_gev) for x in X_NODES]


def make_table(processes: int = 2, progress: Progress = silent) -> dict[str, Array]:
    """Content of `kaons.npz`, on (ln T, ln x); about a minute on two cores.

    `progress` is called with (rows done, rows in all).
    """
    rows = compute_rows(_row, T_NODES_GEV, processes, progress)
    parts = rows.astype(np.float32)
    names = ("isovector", "isoscalar", "mass", "cross")
    grid = {"ln_t": np.log(T_NODES_GEV), "ln_x": np.log(X_NODES)}
    return grid | {name: parts[..., i] for i, name in enumerate(names)}


@lru_cache(maxsize=4)
def _part(name: str) -> RateTable:
    content = load_table(TABLE)
    return RateTable(content["ln_t"], content["ln_x"], content[name])


def kaon_log_rate(
    temperature_gev: Array, x: Array, couplings: KaonCouplings, loss: bool = False
) -> Array:
    """ln(Gamma f_a^2 / T^3) of a K <-> pi K on the outer grid of temperatures and ascending x.

    -inf below 25 MeV, where kaons are negligible; `loss`: of Gamma^>. Raises RangeError for T above
    200 MeV or, unless all T are below 25 MeV, x outside the table.
    """
    result = np.full((temperature_gev.size, x.size), -np.inf)
    known = temperature_gev >= T_NODES_GEV[0]
    if not known.any():
        return result
    t = temperature_gev[known]
    vector, scalar, mass = (_part(name)(t, x) for name in ("isovector", "isoscalar", "mass"))
    g3, g8, gm = couplings.isovector, couplings.isoscalar, couplings.mass
    # Over S, so that nothing underflows.
    root = np.exp(0.5 * (mass - scalar))
    total = g3**2 * np.exp(vector - scalar) + g8**2 + (gm * root) ** 2
    total += 2.0 * g8 * gm * root * _part("cross")(t, x)
    log_loss = scalar + np.log(np.maximum(total, 1e-30)) - _threshold(x[None, :], t[:, None])
    result[known] = log_loss if loss else log_loss + np.log(-np.expm1(-x))
    return result
