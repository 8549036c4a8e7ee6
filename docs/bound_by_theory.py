"""How the 2026 bound on m_a moves with the physics of production: python docs/bound_by_theory.py.

ln L(Delta N_eff) of Planck 2018, DESI DR2 and BBN, everything else integrated out, is read off
the committed chain chains/reference/hotaxion2026_ksvz; the bound is then that of a prior flat in
m_a on another curve Delta N_eff(m_a). Some ten seconds instead of a chain for each. Of the mass
nothing else is kept: at equal Delta N_eff heavier axions are hot dark matter for longer, so that
bounds far above that of the chain come out too high (by 9 % at 0.24 eV).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize

from hotaxion.analysis.chains.chain import Chain
from hotaxion.theory.relics.abundance import Abundance

Array = NDArray[np.float64]

CHAIN = Path(__file__).resolve().parents[1] / "chains" / "reference" / "hotaxion2026_ksvz"
MASSES_EV = np.linspace(1e-3, 1.0, 4000)  # the prior of the chain, flat up to 1 eV
NODES_EV = np.geomspace(1e-3, 1.0, 20)
FAST = 0.05  # step: 1e-4 of a bound
ORDER = 2  # of ln L(Delta N_eff); the third moves the bounds by 2 % at most
STARTS_MEV = (150, 130, 120, 100)
PRODUCTION: dict[str, dict[str, Any]] = {
    "thermal start, gluons: htl (default)": {},
    "thermal start, gluons x 15": {"gluon_scale": 15.0},
    "thermal start, crossover: -1": {"crossover": -1.0},
    "thermal start, crossover: 0.5": {"crossover": 0.5},
    "thermal start, crossover: 1 (sphaleron)": {"crossover": 1.0},
    "thermal start, pions x 0.8": {"pion_scale": 0.8},
} | {
    f"no axions at {start} MeV": {
        "gluons": "none",
        "initial": "zero",
        "T_pion": 1e-3 * start,
    }
    for start in STARTS_MEV
}
KAONS: dict[str, dict[str, Any]] = {
    "pions alone": {},
    "kaons": {"kaons": "data"},
    "kaons x 1.65": {"kaons": "data", "kaon_scale": 1.65},
}


def curve(**options: Any) -> Array:
    """Delta N_eff at MASSES_EV, for these options of `Abundance`."""
    abundance = Abundance(**options, step=FAST)
    values = [abundance(float(m)).delta_neff for m in NODES_EV]
    return CubicSpline(np.log(NODES_EV), values)(np.log(MASSES_EV))


def log_likelihood(order: int = ORDER) -> np.polynomial.Polynomial:
    """ln L(Delta N_eff) of the chain, a polynomial of this order.

    The most likely one, given that the samples follow L(Delta N_eff(m_a)) dm_a on the chain's own
    curve: that whose posterior has the moments of the samples.
    """
    samples = Chain.load(CHAIN, 0.0).samples
    delta_neff, weights = samples["delta_neff"], samples.weights
    powers = np.arange(1, order + 1)
    # In units of 0.1, so that all coefficients are of the same size.
    on_curve = (10.0 * curve()) ** powers[:, None]
    moments = np.average((10.0 * delta_neff) ** powers[:, None], axis=1, weights=weights)

    def minus_log_likelihood(coefficients: Array) -> float:
        ln_l = coefficients @ on_curve
        return float(np.log(np.trapezoid(np.exp(ln_l), MASSES_EV)) - coefficients @ moments)

    found = minimize(minus_log_likelihood, np.zeros(order))
    return np.polynomial.Polynomial([0.0, *(found.x * 10.0**powers)])


def bound(likelihood: Array) -> float:
    """95 % bound on m_a [eV] of a prior flat in m_a, for L at MASSES_EV."""
    cumulative = np.cumsum(likelihood)
    return float(np.interp(0.95, cumulative / cumulative[-1], MASSES_EV))


def marginalised(ln_likelihood: np.polynomial.Polynomial) -> Array:
    """L at MASSES_EV, averaged over the errors of the physics between 100 MeV and 2 GeV.

    The priors of yaml/blocks/kaons_and_crossover: kaons flat from 0.75 to 1.65, crossover flat from
    -1 to 1 (Gauss-Legendre, on each side of its kink at 0), pions 1 +- 0.22 (Gauss-Hermite).
    """
    nodes, node_weights = np.polynomial.legendre.leggauss(2)
    pions, pion_weights = np.polynomial.hermite_e.hermegauss(3)
    mean = np.zeros_like(MASSES_EV)
    for kaon, kaon_weight in zip(1.2 + 0.45 * nodes, node_weights, strict=True):
        for pion, pion_weight in zip(1.0 + 0.22 * pions, pion_weights, strict=True):
            for end in (-0.5, 0.5):
                for crossover, weight in zip(end + 0.5 * nodes, node_weights, strict=True):
                    rates = dict(kaon_scale=kaon, pion_scale=pion, crossover=crossover)
                    on_curve = curve(kaons="data", **rates)
                    mean += kaon_weight * pion_weight * weight * np.exp(ln_likelihood(on_curve))
    return mean


def main() -> None:
    """Print one row for each start and rate, one column for each treatment of kaons."""
    ln_likelihood = log_likelihood()
    print(f"{'95 % bound on m_a [eV]':40}" + "".join(f"{name:>14}" for name in KAONS))
    for label, options in PRODUCTION.items():
        curves = [curve(**options, **kaons) for kaons in KAONS.values()]
        bounds = [bound(np.exp(ln_likelihood(on_curve))) for on_curve in curves]
        print(f"{label:40}" + "".join(f"{value:14.3f}" for value in bounds))
    print("thermal start, averaged over kaons, thermal amplitudes (pions) and crossover: ", end="")
    print(f"{bound(marginalised(ln_likelihood)):.3f}")


if __name__ == "__main__":
    main()
