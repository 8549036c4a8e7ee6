"""Why this test exists: the error of m_a is a number of the documentation; it must follow from the
packaged data and emulator by two routes: Fisher matrix, and the posterior itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file
from scipy.stats.qmc import MultivariateNormalQMC

from hotaxion.analysis.forecasts.training import local_target
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.features import feature_vector
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path
from hotaxion.theory.spectra.training.design import emulated_star
from hotaxion.theory.spectra.training.fisher import SAMPLED

NAME = "forecast_cmbs4_desi_ksvz"
FILE = inputs_folder() / f"{NAME}.yaml"
EMULATED = "hotaxion.theory.EmulatedClassy"
# docs/guides/forecasts.md: errors of m_a and mnu [eV] by the Fisher matrix (derivatives from CLASS
# itself, and from its emulator, which smooths the scatter of CLASS), and of the chain.
FISHER_BY_CLASS = 0.0497
FISHER_M_A, FISHER_MNU, FISHER_M_A_FIXED_MNU = 0.0524, 0.0299, 0.0416
CHAIN_M_A, CHAIN_MNU = 0.0520, 0.0275
N_SAMPLES = 512


@pytest.fixture(scope="module")
def emulator():
    return SpectraEmulator.load(emulator_path(NAME))


@pytest.fixture(scope="module")
def target():
    return local_target(FILE)


@pytest.fixture(scope="module")
def star(emulator, target):
    return emulated_star(target, emulator)


@pytest.fixture(scope="module")
def errors(star, target):
    return target.fisher(star)


@pytest.fixture(scope="module")
def model():
    info = yaml_load_file(str(FILE))
    info = {key: info[key] for key in ("theory", "likelihood", "params")}
    info["theory"][EMULATED]["fallback"] = "error"
    return get_model(info)


def test_chi2_is_zero_at_the_fiducial(model):
    """Up to the noise of CLASS that the mock data hold, which the emulator averages out."""
    point = model.prior.reference()
    chi2 = -2.0 * model.loglikes(point, return_derived=False)
    assert chi2 == pytest.approx([0.0, 0.0], abs=0.05)
    for name, value, step in (("m_a", 1.0, 0.1), ("mnu", 0.06, 0.06)):
        moved = dict(zip(model.parameterization.sampled_params(), point, strict=True))
        moved[name] = value + step
        assert -2.0 * model.loglike(moved, return_derived=False) > 4.0


def test_fisher_errors_are_those_of_the_documentation(errors):
    assert errors.sigma("m_a") == pytest.approx(FISHER_M_A, rel=0.03)
    assert errors.sigma("mnu") == pytest.approx(FISHER_MNU, rel=0.03)
    assert errors.sigma("m_a") == pytest.approx(FISHER_BY_CLASS, rel=0.1)
    assert errors.sigma("m_a", fixed=("mnu",)) == pytest.approx(FISHER_M_A_FIXED_MNU, rel=0.03)


def test_lensing_measures_the_mass(errors, star, target):
    """Without the reconstructed potential the error is two and a half times as large."""
    (maps,) = target.sensitivity.maps
    without = replace(maps, fields=("t", "e"), noise=maps.noise[:, :2])
    sensitivity = replace(target.sensitivity, maps=(without,))
    found = replace(target, sensitivity=sensitivity).fisher(star)
    assert found.sigma("m_a") / errors.sigma("m_a") == pytest.approx(2.55, rel=0.1)


def test_posterior_by_importance_sampling(model, errors):
    """No chain: points that fill the Fisher Gaussian evenly, weighed; mean and error of m_a."""
    names = list(model.parameterization.sampled_params())
    order = [SAMPLED.index(name) for name in names]
    centre = model.prior.reference()
    covariance = 1.3 * errors.covariance[np.ix_(order, order)]
    draws = MultivariateNormalQMC(centre, covariance, rng=20260101).random(N_SAMPLES)
    inverse = np.linalg.inv(covariance)
    log_weights = np.full(N_SAMPLES, -np.inf)
    for i, draw in enumerate(draws):
        log_posterior = model.logposterior(draw, return_derived=False).logpost
        log_weights[i] = log_posterior + 0.5 * (draw - centre) @ inverse @ (draw - centre)
    weights = np.exp(log_weights - log_weights.max())
    effective = weights.sum() ** 2 / np.sum(weights**2)
    assert effective > 300
    m_a = draws[:, names.index("m_a")]
    mean = np.average(m_a, weights=weights)
    error = np.sqrt(np.average((m_a - mean) ** 2, weights=weights))
    assert error == pytest.approx(CHAIN_M_A, rel=0.1)
    assert error == pytest.approx(errors.sigma("m_a"), rel=0.1)
    assert mean == pytest.approx(1.0, abs=0.5 * error)
    mnu = draws[:, names.index("mnu")]
    spread = np.average((mnu - np.average(mnu, weights=weights)) ** 2, weights=weights)
    assert np.sqrt(spread) == pytest.approx(CHAIN_MNU, rel=0.1)


def test_the_emulator_covers_the_priors(emulator, target):
    """No flat prior reaches beyond the training, and none cuts the posterior within 4.5 sigma."""
    abundance = Abundance()
    for name in ("mnu", "m_a"):
        for value in target.ranges[name]:
            point = dict(target.centre) | {name: value, "YHe": 0.2505}
            reason = emulator.outside(feature_vector(point, [abundance(point["m_a"]).psd]), 10.0)
            assert reason is None, f"{name} = {value}: {reason}"
    assert target.ranges["m_a"] == pytest.approx([1 - 4.6 * FISHER_M_A, 1 + 4.6 * FISHER_M_A], 0.01)
    assert target.ranges["mnu"][1] > 0.06 + 4.5 * FISHER_MNU


def test_provenance_and_size():
    path = emulator_path(NAME)
    origin = SpectraEmulator.load(path).origin
    assert path.stat().st_size < 1e6
    assert origin["target"]["sensitivity"]["likelihoods"] == ["cmbs4", "desi"]
    assert origin["target"]["centre"]["m_a"] == 1.0
    assert origin["l_max"] == 3000
    assert origin["accuracy"]["experiment"] == "cmbs4 + desi"
