"""Why this test exists: bounds of the input with two couplings come from a chain; they are those of
a direct integration of the same likelihoods over the same priors."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.run import run
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input

# 95 % quantiles of chains/alp_electroweak [1/GeV]: 7500 effective samples, Monte Carlo error 1 %.
OF_THE_CHAIN = {"g_aww": 2.305e-5, "g_abb": 2.646e-4}


@pytest.fixture(scope="module")
def short_chain():
    info = yaml_load_file(str(find_input("alp_electroweak")))
    info.pop("output")
    info["sampler"]["mcmc"] |= {"max_samples": 40, "seed": 1}
    _, sampler = run(info)
    return sampler


def test_short_chain(short_chain):
    assert len(short_chain.samples()) > 10
    model = short_chain.model
    found = model.logposterior({"log10_m_alp": 0.3, "g_aww": 1e-5, "g_abb": 1e-4})
    alone = [one._loglike_of(one._of(10**0.3, 1e-5, 1e-4)) for one in model.likelihood.values()]
    assert found.loglikes == pytest.approx(alone)


def test_bounds_by_direct_integration(short_chain):
    model = short_chain.model
    sampled = dict(zip(model.parameterization.sampled_params(), model.prior.bounds(), strict=True))
    masses = np.linspace(*sampled["log10_m_alp"], 23)
    g_aww = np.linspace(sampled["g_aww"][0], 5e-5, 101)
    g_abb = np.linspace(sampled["g_abb"][0], 6e-4, 101)
    both = np.meshgrid(g_aww, g_abb, indexing="ij")
    posterior = np.zeros(both[0].shape)
    for mass in 10.0 ** (0.5 * (masses[1:] + masses[:-1])):
        ln_l = sum(one._loglike_of(one._of(mass, *both)) for one in model.likelihood.values())
        posterior += np.exp(ln_l)
    assert posterior[-1].max() < 1e-6 * posterior.max() > 1e6 * posterior[:, -1].max()
    for axis, (name, grid) in enumerate({"g_aww": g_aww, "g_abb": g_abb}.items()):
        density = posterior.sum(axis=1 - axis)
        cumulative = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
        bound = np.interp(0.95, cumulative / cumulative[-1], grid)
        assert bound == pytest.approx(OF_THE_CHAIN[name], rel=0.025), name
