"""Axion production by charged leptons and heavy quarks: psi psibar -> X a and psi X -> psi a.

X is a photon (leptons) or gluon (quarks); L = -i g a psibar gamma_5 psi, g = c_psi m_psi / f_a.
Tree matrix elements, summed over all spins (and colours), with the vacuum mass m of psi:

    psi psibar -> X a    4 kappa g^2 s^2 / [(m^2 - t)(m^2 - u)]
    psi X -> psi a      -4 kappa g^2 t^2 / [(s - m^2)(u - m^2)],   t = (P_a - P_X)^2,

kappa = e^2 for leptons and 4 g_s^2 for quarks, full quantum statistics, psi and psibar in the
second process. They integrate to the cross-sections in the public code of 2410.18186. By scaling,
Gamma = kappa g^2 T G(x, r) with x = E/T, r = m/T, so that one table of G serves all fermions.

Leptons: pole masses, e^2 = 4 pi / 137.036 (at the scale of the tau mass e^2 is 3 % larger).
Quarks: MS-bar masses and g_s at 2 pi T, for T >= 1 GeV (or another onset) only: below, quarks are
no longer the degrees of freedom of the plasma, and charm and bottom are Boltzmann suppressed
anyway. s, u and d are left out: rates go as m^2, and at 1 GeV strange would give 4 % of charm at
equal coupling.

Known gaps. The vacuum mass is used where, at T >> m, the thermal mass of psi would cut the
collinear logarithm ln(T/m): irrelevant for leptons, whose Gamma/H ~ m^2/T has its maximum at T ~ m,
and an overestimate, by a factor of about two for charm at 2 GeV, for quarks. Above the electroweak
crossover (160 GeV) psi is massless and the Higgs doublet emits axions instead (2012.04736,
2108.05371); here the broken phase is continued. Electrons make most of their axions at T ~ m_e,
after the integration ends at 8 MeV: `missed_by_electrons` estimates how many.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import ALPHA_EM, LEPTON_MASSES_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import Couplings
from hotaxion.theory.particle.running import QUARK_MASSES_GEV, alpha_s, running_mass
from hotaxion.theory.rates.collision import massive_loss, omega_min
from hotaxion.theory.rates.ranges import ONSET_RANGE_GEV, QUARK_RANGE_GEV
from hotaxion.theory.rates.rows import Progress, compute_rows, silent
from hotaxion.theory.rates.tables import load_table, table_nodes

BOSE, FERMI, BOLTZMANN = 1, -1, 0
E_SQUARED = 4.0 * math.pi * ALPHA_EM
T_MAX_GEV = 1000.0  # of the leptons as well

# Table nodes: r = m/T and x = E/T. Beyond the last r a channel is zero (below e^-100).
TABLE = "fermions.npz"
R_NODES, X_NODES = table_nodes(TABLE, "ln_r"), table_nodes(TABLE, "ln_x")
_QUARK_T_GEV = table_nodes(TABLE, "ln_t")

# Statistics of particles 3, 1, 2 in a + 3 -> 1 + 2: a X -> psi psibar and a psi -> psi X.
ANNIHILATION, COMPTON = (BOSE, FERMI, FERMI), (FERMI, FERMI, BOSE)
MAXWELL_BOLTZMANN = (BOLTZMANN, BOLTZMANN, BOLTZMANN)


# --- the integrals ---------------------------------------------------------------------------


def annihilation_squared(r: float) -> Callable[[Array, Array], Array]:
    """|M|^2 / (kappa g^2) of a X -> psi psibar, as a function of s and t = (P_a - P_psi)^2."""

    def squared(s: Array, t: Array) -> Array:
        from_t = r * r - t  # m^2 - t; the other propagator is m^2 - u = s - (m^2 - t)
        return 4.0 * s * s / (from_t * (s - from_t))

    return squared


def compton_squared(r: float) -> Callable[[Array, Array], Array]:
    """|M|^2 / (kappa g^2) of a psi -> psi X, as a function of s and u = (P_a - P_psi')^2."""

    def squared(s: Array, u: Array) -> Array:
        from_s, from_u = s - r * r, r * r - u
        return 4.0 * (from_u - from_s) ** 2 / (from_s * from_u)  # t = (m^2 - u) - (s - m^2)

    return squared


def scaled_losses(
    x: float,
    r: float,
    statistics: tuple[tuple[int, int, int], tuple[int, int, int]] = (ANNIHILATION, COMPTON),
    nodes: tuple[int, int, int, int] | None = None,
) -> tuple[float, float]:
    """Gamma^> e^(omega_min/T) / (kappa g^2 T) of a X -> psi psibar and of a psi -> psi X.

    The second for one of psi, psibar. omega_min/T is r^2/x and r. Takes 0.05 s; the default nodes
    are good to 1e-4 (5e-4 below r = 0.01).
    """
    if nodes is None:  # the collinear peak sharpens as r falls
        nodes = (32, 32, 24, 12) if r > 0.1 else (40, 36, 40, 14)
    annihilation = massive_loss(x, (0.0, r, r), statistics[0], annihilation_squared(r), nodes)
    compton = massive_loss(x, (r, r, 0.0), statistics[1], compton_squared(r), nodes)
    return annihilation, compton


def reduced_rate(x: float, r: float) -> float:
    """G = Gamma / (kappa g^2 T) of df/dt = Gamma (f_eq - f), by quadrature, all processes."""
    annihilation, compton = scaled_losses(x, r)
    loss = annihilation * math.exp(-r * r / x) + 2.0 * compton * math.exp(-r)
    return loss * -math.expm1(-x)


# --- the table -------------------------------------------------------------------------------


def _row(r: float) -> list[tuple[float, float]]:
    return [scaled_losses(x, r) for x in X_NODES]


def make_table(processes: int = 2, progress: Progress = silent) -> dict[str, Array]:
    """Content of `fermions.npz`: ln of both scaled losses on (ln r, ln x); running g_s and masses.

    About a minute on two cores. `progress` is called with (rows done, rows in all).
    """
    rows = compute_rows(_row, R_NODES, processes, progress)
    losses = np.log(rows).astype(np.float32)
    scale = 2.0 * np.pi * _QUARK_T_GEV
    table = {
        "ln_r": np.log(R_NODES),
        "ln_x": np.log(X_NODES),
        "annihilation": losses[..., 0],
        "compton": losses[..., 1],
        "ln_t": np.log(_QUARK_T_GEV),
        "ln_g_s_squared": np.log([4.0 * np.pi * alpha_s(mu) for mu in scale]),
    }
    for name in QUARK_MASSES_GEV:
        table[f"ln_m_{name}"] = np.log([running_mass(name, mu) for mu in scale])
    return table


@lru_cache(maxsize=1)
def _content() -> dict[str, Array]:
    return load_table(TABLE)


@lru_cache(maxsize=2)
def _loss_spline(process: str) -> RectBivariateSpline:
    content = _content()
    return RectBivariateSpline(content["ln_r"], content["ln_x"], content[process])


@lru_cache(maxsize=4)
def _running(name: str) -> CubicSpline:
    return CubicSpline(_content()["ln_t"], _content()[name])


@lru_cache(maxsize=4)
def _running_below(name: str) -> CubicSpline:
    """The same below the table, where quarks do not count by default."""
    t = np.geomspace(ONSET_RANGE_GEV[0], QUARK_RANGE_GEV[0], 8)
    if name == "ln_g_s_squared":
        return CubicSpline(np.log(t), [np.log(4.0 * np.pi * alpha_s(2.0 * np.pi * x)) for x in t])
    quark = name.removeprefix("ln_m_")
    return CubicSpline(np.log(t), [np.log(running_mass(quark, 2.0 * np.pi * x)) for x in t])


def _run(name: str, ln_t: Array) -> Array:
    """g_s^2 or mass, their logarithms, at 2 pi T."""
    below = ln_t < _content()["ln_t"][0]
    return np.where(below, _running_below(name)(ln_t), _running(name)(ln_t))


def _table_loss(r: Array, x: Array) -> Array:
    """Gamma^> / (kappa g^2 T) from the table, all processes; r within the nodes."""
    order = np.argsort(r)  # the spline wants ascending arguments
    r_up, loss = r[order, None], np.empty((r.size, x.size))
    ln_r, ln_x = np.log(r_up[:, 0]), np.log(x)
    annihilation = _loss_spline("annihilation")(ln_r, ln_x) - omega_min(x, 0.0, 4.0 * r_up**2)
    compton = _loss_spline("compton")(ln_r, ln_x) - r_up
    loss[order] = np.exp(annihilation) + 2.0 * np.exp(compton)
    return loss


def reduced_loss(r: Array, x: Array) -> Array:
    """Gamma^> / (kappa g^2 T) on the outer grid of r = m/T (m,) and ascending x = E/T (n,).

    From the table for 1e-3 <= r <= 100. Below, the exact collinear limit

        d Gamma^> / d ln(1/r) = kappa g^2 T / [16 pi x (1 + e^-x)] + O(r),

    so that the value at 1e-3 is continued by a logarithm. Above, zero (suppressed by e^-100 or
    more). Raises RangeError for x outside the nodes.
    """
    low, high = X_NODES[[0, -1]]
    if not (low * (1 - 1e-9) <= np.min(x) and np.max(x) <= high * (1 + 1e-9)):
        raise RangeError(
            f"E/T from {np.min(x):.4g} to {np.max(x):.4g}: the fermion table covers {low:.4g} to "
            f"{high:.4g} and is never extrapolated."
        )
    loss = np.zeros((r.size, x.size))
    inside = r <= R_NODES[-1]
    if inside.any():
        r_table = np.maximum(r[inside], R_NODES[0])
        logarithm = np.log(r_table / r[inside])[:, None]
        slope = 1.0 / (16.0 * np.pi * x * (1.0 + np.exp(-x)))
        loss[inside] = _table_loss(r_table, x) + logarithm * slope
    return loss


# --- the rates -------------------------------------------------------------------------------


def lepton_rate(name: str, temperature_gev: Array, x: Array, loss: bool = False) -> Array:
    """Gamma f_a^2 / T^3 of e, mu or tau at c_psi = 1; `loss`: of Gamma^>. Shape (m, n)."""
    if not np.all((temperature_gev > 0) & (temperature_gev <= T_MAX_GEV * (1 + 1e-9))):
        raise RangeError(
            f"temperature {np.min(temperature_gev):.4g} to {np.max(temperature_gev):.4g} GeV; the "
            f"lepton rates are known up to {T_MAX_GEV:g} GeV."
        )
    r = LEPTON_MASSES_GEV[name] / temperature_gev
    return _relax(E_SQUARED * (r * r)[:, None] * reduced_loss(r, x), x, loss)


def quark_rate(
    name: str,
    temperature_gev: Array,
    x: Array,
    loss: bool = False,
    onset_gev: float = QUARK_RANGE_GEV[0],
) -> Array:
    """Gamma f_a^2 / T^3 of c, b or t at c_psi = 1; zero below the onset. Shape (m, n)."""
    low, high = onset_gev, QUARK_RANGE_GEV[1]
    if not np.max(temperature_gev) <= high * (1 + 1e-9):
        raise RangeError(
            f"temperature {np.max(temperature_gev):.4g} GeV; the quark rates are known up to "
            f"{high:g} GeV."
        )
    rate = np.zeros((temperature_gev.size, x.size))
    known = temperature_gev >= low * (1 - 1e-12)
    if known.any():
        ln_t = np.log(temperature_gev[known])
        r = np.exp(_run(f"ln_m_{name}", ln_t) - ln_t)
        kappa = 4.0 * np.exp(_run("ln_g_s_squared", ln_t))
        rate[known] = _relax((kappa * r * r)[:, None] * reduced_loss(r, x), x, loss)
    return rate


def _relax(loss_rate: Array, x: Array, loss: bool) -> Array:
    return loss_rate if loss else loss_rate * -np.expm1(-x)


def fermion_rates(
    temperature_gev: Array,
    x: Array,
    couplings: Couplings,
    loss: bool = False,
    names: tuple[str, ...] = (*LEPTON_MASSES_GEV, *QUARK_MASSES_GEV),
    onset_gev: float = QUARK_RANGE_GEV[0],
) -> dict[str, Array]:
    """Gamma f_a^2 / T^3 by fermion on the outer grid of temperatures (m,) and ascending x (n,).

    Only fermions of `names` that couple (c_psi != 0) appear, quarks from the onset up. `loss`:
    Gamma^> instead of Gamma = Gamma^> (1 - e^-x). Raises RangeError above 1000 GeV or for x outside
    the table.
    """
    rates = {}
    for name in names:
        strength = couplings.fermion(name) ** 2
        if strength > 0.0:
            args = name, temperature_gev, x, loss
            lepton = name in LEPTON_MASSES_GEV
            rates[name] = strength * (
                lepton_rate(*args) if lepton else quark_rate(*args, onset_gev)
            )
    return rates


def fermion_log_rate(
    temperature_gev: Array,
    x: Array,
    couplings: Couplings,
    loss: bool = False,
    names: tuple[str, ...] = (*LEPTON_MASSES_GEV, *QUARK_MASSES_GEV),
    onset_gev: float = QUARK_RANGE_GEV[0],
) -> Array:
    """ln of the sum of `fermion_rates`, shape (m, n); -inf where there is none."""
    total = np.zeros((temperature_gev.size, x.size))
    for rate in fermion_rates(temperature_gev, x, couplings, loss, names, onset_gev).values():
        total += rate
    result = np.full_like(total, -np.inf)
    np.log(total, out=result, where=total > 0.0)
    return result


def missed_by_electrons(f_a_gev: float, c_e: float) -> float:
    """Delta N_eff that electrons add below 8 MeV, where the integration ends (an estimate).

    0.0058 (10^7 GeV c_e / f_a)^2, levelling off at 0.73: within 25 per cent what a separate
    integration of an e+- and photon plasma gives (neutrinos decoupled, no back-reaction, no axions
    at 8 MeV; tests/theory/rates/test_published_rates.py) for f_a/c_e above 8e5 GeV; axions present
    at 8 MeV lower it. At the bound on electrons of 2602.11100, 1.6 x 10^6 GeV, it is 0.19.
    """
    return 0.73 * -math.expm1(-0.0058 / 0.73 * (1e7 * c_e / f_a_gev) ** 2)
