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

import numpy as np

from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.rates.collision import omega_min, pion_loss
from hotaxion.theory.rates.pipi import AXION_WAVES, DEFAULT, PionPhysics, legendre_weights

_NODES = (48, 48, 8)  # omega, s, half of cos: 5e-4 or better in the rate


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
    if rates not in AXION_WAVES:
        raise UnknownOptionError("pion rate", rates, AXION_WAVES)
    waves = AXION_WAVES[rates]

    def weights(s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
