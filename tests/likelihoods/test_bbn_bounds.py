"""Why this test exists: bounds on Delta N_eff are what the BBN data are for; they must come out as
computed elsewhere, for each preset and each set of nuclear rates, by two routes.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.run import run

from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis

from .reference_values import BBN_BOUNDS, BBN_BOUNDS_TOLERANCE, OMEGA_B_CMB

FLAT = {"min": 0.017, "max": 0.029}
CMB = {"dist": "norm", "loc": OMEGA_B_CMB[0], "scale": OMEGA_B_CMB[1]}


def info(preset: str, rates: str, dh_scale: float, cmb: bool) -> dict:
    return {
        "theory": {"hotaxion.theory.BBN": {"rates": rates, "dh_scale": dh_scale}},
        "likelihood": {"hotaxion.likelihoods.BBN": {"preset": preset}},
        "params": {
            "delta_neff": {"prior": {"min": 0, "max": 2.5}, "ref": 0.1, "proposal": 0.08},
            "omega_b": {"prior": CMB if cmb else FLAT, "ref": 0.0223, "proposal": 0.00015},
        },
    }


def quantile(x: np.ndarray, density: np.ndarray) -> float:
    steps = np.concatenate([[0.0], np.cumsum(np.diff(x) * (density[1:] + density[:-1]))])
    return float(np.interp(0.95, steps / steps[-1], x))


@pytest.mark.parametrize("case", BBN_BOUNDS)
def test_by_direct_integration(case):
    model = get_model(info(*case))
    delta_neff, omega_b = np.linspace(0.0, 1.5, 76), np.linspace(0.0205, 0.0245, 61)
    density = [
        sum(
            np.exp(model.logposterior([d, o], return_derived=False, cached=False).logpost)
            for o in omega_b
        )
        for d in delta_neff
    ]
    found = quantile(delta_neff, np.array(density))
    assert found == pytest.approx(BBN_BOUNDS[case], rel=BBN_BOUNDS_TOLERANCE)


def by_hand(case: tuple[str, str, float, bool], radiation: int = 76, baryons: int = 61) -> float:
    """chi^2 written out anew: Gaussians, covariance of data and theory, no Cobaya."""
    preset, rates, dh_scale, cmb = case
    helium, deuterium, theory_error = PRESETS[preset]
    y_p, dh = HELIUM[helium], DEUTERIUM[deuterium]
    bbn = Nucleosynthesis(rates=rates, dh_scale=dh_scale)
    delta_neff, omega_b = np.linspace(0.0, 1.5, radiation), np.linspace(0.0205, 0.0245, baryons)
    density = np.zeros(delta_neff.size)
    for i, d in enumerate(delta_neff):
        for o in omega_b:
            theory, error = bbn.abundances(o, d), bbn.theory_error(o, d)
            covariance = np.diag([y_p.plus**2, dh.plus**2])
            if theory_error:
                sigmas = np.array([error.sigma_y_p, error.sigma_dh_rel * dh.value])
                mixed = np.array([[1.0, error.correlation], [error.correlation, 1.0]])
                covariance += np.outer(sigmas, sigmas) * mixed
            residual = np.array([theory.y_p - y_p.value, theory.dh - dh.value])
            chi2 = residual @ np.linalg.solve(covariance, residual)
            chi2 += np.log(np.linalg.det(covariance) * 1e17)
            if cmb:
                chi2 += ((o - OMEGA_B_CMB[0]) / OMEGA_B_CMB[1]) ** 2
            density[i] += np.exp(-0.5 * chi2)
    return quantile(delta_neff, density)


@pytest.mark.parametrize("case", BBN_BOUNDS)
def test_by_hand(case):
    assert by_hand(case) == pytest.approx(BBN_BOUNDS[case], rel=BBN_BOUNDS_TOLERANCE)


def test_by_sampling():
    """Through `cobaya-run`'s MCMC, within three of its Monte Carlo errors."""
    case = ("2026", "primat", 1.0, True)
    sampler = {"mcmc": {"seed": 7, "Rminus1_stop": 0.01, "Rminus1_cl_stop": 0.05}}
    _, mcmc = run({**info(*case), "sampler": sampler})
    samples = mcmc.products(to_getdist=True, skip_samples=0.3)["sample"]
    x, weights = samples["delta_neff"], samples.weights
    found = samples.confidence("delta_neff", 0.05, upper=True)
    # Error of a quantile: sqrt(p (1 - p) / N) over the density there.
    density = np.average(np.abs(x - found) < 0.03, weights=weights) / 0.06
    error = np.sqrt(0.05 * 0.95 / samples.getEffectiveSamples()) / density
    assert error < 0.06 * BBN_BOUNDS[case]
    assert abs(found - BBN_BOUNDS[case]) < 3 * error
