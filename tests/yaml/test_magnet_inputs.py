"""Why this test exists: inputs of helioscopes and walls are what a user runs; one is compared
with bounds by direct integration."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.run import run
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input

from ..theory import reference_values_companions as ref

FORECAST = "hotaxion.likelihoods.HelioscopeForecast"


def load(name: str) -> dict:
    info = yaml_load_file(str(find_input(name)))
    info.pop("output")
    return info


@pytest.mark.parametrize(
    ("name", "log10_m_a", "log10_g"), [("cast_alp", -2.5, -10.0), ("alps1_alp", -4.0, -7.0)]
)
def test_planes(name, log10_m_a, log10_g):
    """A short chain, and ln L at a point as by the likelihood itself."""
    info = load(name)
    info["sampler"]["mcmc"] |= {"max_samples": 40, "seed": 1}
    _, sampler = run(info)
    assert len(sampler.samples()) > 10
    (likelihood,) = sampler.model.likelihood.values()
    found = sampler.model.logposterior({"log10_m_a": log10_m_a, "log10_g_agamma": log10_g})
    assert found.loglikes[0] == pytest.approx(likelihood.loglike(10**log10_m_a, 10**log10_g))
    assert np.isfinite(found.loglikes[0])


@pytest.mark.parametrize("helical", [False, True])
def test_bound_with_iaxo_by_direct_integration(helical):
    info = load("forecast_iaxo_amr_ksvz")
    info.pop("sampler")
    if not helical:
        info["likelihood"][FORECAST]["pitches"] = ["constant"]
    expected = ref.IAXO_JOINT[helical]
    with get_model(info) as model:
        names = list(model.parameterization.sampled_params())
        masses = np.linspace(1e-6, 5.0 * expected if helical else 0.25, 81)
        posterior = np.zeros(masses.size)
        for i, m_a in enumerate(masses):
            for omega_b in np.linspace(0.0218, 0.0228, 7):
                point = {"m_a": m_a, "omega_b": omega_b}
                found = model.logposterior([point[n] for n in names], return_derived=False)
                posterior[i] += np.exp(found.logpost)
    cumulative = np.concatenate([[0.0], np.cumsum(posterior[1:] + posterior[:-1])])
    bound = np.interp(0.95, cumulative / cumulative[-1], masses)
    assert posterior[-1] < 1e-3 * posterior.max()
    assert bound == pytest.approx(expected, rel=0.05), bound
