"""Axion production by quarks and gluons above the QCD crossover.

Leading order in g_s with the hard-thermal-loop limit: the 2 -> 2 matrix elements of Graf & Steffen,
1008.4528 (table 1), with -t -> -t + m_D^2 in the two t-channel denominators,
m_D^2 = g^2 T^2 (1 + n_f / 6). The replacement is exact for the soft exchange at this order (it
reproduces the light-cone sum rule and the constant of Graf & Steffen) and keeps the rate
positive at all momenta. Rates scale as 1 / f_a^2; tables hold Gamma f_a^2 / T^3.

An upper variant is the strong sphaleron rate from the lattice. At vanishing momentum Gamma =
Gamma_sph / (2 T f_a^2); used at all momenta it is too large: at k ~ 3 T the true rate should be
smaller (at 300 MeV it is some 40 times the perturbative one).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.particle.running import thermal_coupling
from hotaxion.theory.rates.collision import massless_loss
from hotaxion.theory.rates.tables import RateTable, load_table

BOSE, FERMI = 1, -1
TABLE = "gluons.npz"

# Gamma_sph / T^4 for N_f = 2+1 at T [GeV]: Bonanno et al., 2308.01287, errors 0.080, 0.040,
# 0.030, 0.020, 0.012. Known gap: not checked against the table of the paper.
LATTICE_T_GEV = np.array([0.230, 0.300, 0.365, 0.430, 0.570])
_GAMMA_SPH_OVER_T4 = np.array([0.310, 0.165, 0.115, 0.065, 0.045])
# ln(Gamma f_a^2 / T^3) of the relaxation rate at LATTICE_T_GEV, the same for all momenta.
LATTICE_LOG_RATE = np.log(0.5 * _GAMMA_SPH_OVER_T4)
# A lower variant: the mean perturbative rate at PERTURBATIVE_T_GEV, for all momenta.
PERTURBATIVE_LOG_RATE = np.log([1.2e-3, 7.2e-4])


def relaxation_rate_htl(x: float, g: float, n_f: float, nodes: int = 24) -> float:
    """Gamma f_a^2 / T^3 of df/dt = Gamma (f_eq - f) at E = x T, by quadrature (about 0.03 s).

    Parameters
    ----------
    x : energy over temperature.
    g, n_f : strong coupling and number of active flavours.
    nodes : quadrature nodes per dimension (half as many in azimuth); 24 gives 2e-6 at g >= 1.
    """
    k = g**6 / (128.0 * np.pi**4)
    m_debye2 = g**2 * (1.0 + n_f / 6.0)

    def gg(s: Array, t: Array) -> Array:  # a g -> g g
        return 96.0 * k * (s * s + s * t + t * t) ** 2 / (s * s * (m_debye2 - t))

    def qg(s: Array, t: Array) -> Array:  # a q -> q g, all quarks and antiquarks
        return 16.0 * n_f * k * (s * s + (s + t) ** 2) / (m_debye2 - t)

    def qq(s: Array, t: Array) -> Array:  # a g -> q qbar
        return 8.0 * n_f * k * (t * t + (s + t) ** 2) / s

    shape = (nodes, nodes, nodes, nodes // 2)
    loss = sum(
        massless_loss(x, element, m_debye2, signs, shape)
        for element, signs in (
            (gg, (BOSE, BOSE, BOSE)),
            (qg, (FERMI, FERMI, BOSE)),
            (qq, (BOSE, FERMI, FERMI)),
        )
    )
    return loss * -np.expm1(-x)


def log_scaled_rate(x: float, temperature_gev: float) -> float:
    """ln(Gamma f_a^2 / T^3) at E = x T with the coupling running at 2 pi T."""
    return float(np.log(relaxation_rate_htl(x, *thermal_coupling(temperature_gev))))


@lru_cache(maxsize=1)
def _gluon_table() -> RateTable:
    content = load_table(TABLE)
    return RateTable(content["ln_t"], content["ln_x"], content["htl"])


def gluon_log_rate(temperature_gev: Array, x: Array, loss: bool = False) -> Array:
    """ln(Gamma f_a^2 / T^3) on the outer grid of temperatures and x; `loss`: of Gamma^>."""
    log_rate = _gluon_table()(temperature_gev, x)
    return log_rate - np.log(-np.expm1(-x)) if loss else log_rate


def gluon_range_gev() -> tuple[float, float]:
    """Temperatures covered by the gluon table [GeV]."""
    return _gluon_table().t_range_gev
