"""Axion production by quarks and gluons above the QCD crossover.

Leading order in g_s with the hard-thermal-loop limit: the 2 -> 2 matrix elements of Graf & Steffen,
1008.4528 (table 1), with -t -> -t + m_D^2 in the two t-channel denominators,
m_D^2 = g^2 T^2 (1 + n_f / 6). The replacement is exact for the soft exchange at this order (it
reproduces the light-cone sum rule and the constant of Graf & Steffen) and keeps the rate
positive at all momenta. Rates scale as 1 / f_a^2; tables hold Gamma f_a^2 / T^3.
"""

from __future__ import annotations

import numpy as np

from hotaxion.theory.particle.running import thermal_coupling
from hotaxion.theory.rates.collision import massless_loss

BOSE, FERMI = 1, -1


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

    def gg(s: np.ndarray, t: np.ndarray) -> np.ndarray:  # a g -> g g
        return 96.0 * k * (s * s + s * t + t * t) ** 2 / (s * s * (m_debye2 - t))

    def qg(s: np.ndarray, t: np.ndarray) -> np.ndarray:  # a q -> q g, all quarks and antiquarks
        return 16.0 * n_f * k * (s * s + (s + t) ** 2) / (m_debye2 - t)

    def qq(s: np.ndarray, t: np.ndarray) -> np.ndarray:  # a g -> q qbar
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
