"""Axion production by pions, a pi <-> pi pi, below the QCD crossover.

Matrix elements from `pipi`; phase space from `collision`. Rates scale as theta_a_pi^2, with
theta_a_pi = (3/2) C_a_pi f_pi / f_a; tables hold Gamma / theta_a_pi^2. Leading-order ChPT is
reliable below about 62 MeV (Di Luzio, Martinelli & Piazza, 2101.10330); the rates from data up
to sqrt(s) = 1.4 GeV, that is T = 150 MeV. Kaons are a channel of
their own, `kaons`.
"""

from __future__ import annotations

import numpy as np

from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.rates.collision import omega_min, pion_loss
from hotaxion.theory.rates.pipi import AXION_WAVES, legendre_weights


def log_scaled_loss(x: float, temperature_gev: float, rates: str = "gkpy") -> float:
    """ln[Gamma^> e^(omega_min/T) / (theta_a_pi^2 T)] at E = x T: smooth in ln x and ln T.

    Raises UnknownOptionError for a rate that does not exist.
    """
    if rates not in AXION_WAVES:
        raise UnknownOptionError("pion rate", rates, AXION_WAVES)
    waves = AXION_WAVES[rates]

    def weights(s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return legendre_weights(waves(s * temperature_gev**2))

    return float(np.log(pion_loss(x, M_PION_GEV / temperature_gev, weights)))


def relaxation_rate(energy_gev: float, temperature_gev: float, rates: str = "gkpy") -> float:
    """Gamma / theta_a_pi^2 [GeV] of df/dt = Gamma (f_eq - f), by quadrature (milliseconds)."""
    x = energy_gev / temperature_gev
    threshold = float(omega_min(x, M_PION_GEV / temperature_gev))
    loss = np.exp(log_scaled_loss(x, temperature_gev, rates) - threshold) * temperature_gev
    return float(loss * -np.expm1(-x))
