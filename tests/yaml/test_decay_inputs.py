"""Why this test exists: inputs on decays to neutrinos sample products, so their lambdas count."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.run import run
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input

POINTS = {  # input: point, mass [MeV], coupling
    "majoron_sn87a": ({"log10_m_majoron": 1.0, "log10_gm_majoron": -9.5}, 10.0, 10**-10.5),
    "zprime_sn87a": ({"log10_m_zprime": 1.0, "log10_gm_zprime": -8.5}, 10.0, 10**-9.5),
    "hnl_sn87a": ({"log10_m_hnl": 2.0, "log10_u2_hnl": -8.0}, 100.0, 1e-8),
    "majoron_galactic": ({"log10_m_majoron": 1.0, "log10_gm_majoron": -10.7}, 10.0, 10**-11.7),
}


@pytest.mark.parametrize("name", POINTS)
def test_planes(name):
    """A short chain, and ln L at a point as by the likelihood itself."""
    info = yaml_load_file(str(find_input(name)))
    info.pop("output")
    info["sampler"]["mcmc"] |= {"max_samples": 40, "seed": 1}
    _, sampler = run(info)
    assert len(sampler.samples()) > 10
    point, mass, coupling = POINTS[name]
    (likelihood,) = sampler.model.likelihood.values()
    found = sampler.model.logposterior(point)
    assert found.loglikes[0] == pytest.approx(likelihood.loglike(mass, coupling), rel=1e-6)
    assert -30.0 < found.loglikes[0] < -0.1
    derived = dict(zip(sampler.model.parameterization.derived_params(), found.derived, strict=True))
    assert derived[likelihood.coupling_name] == pytest.approx(coupling)
    priors = sampler.model.prior.bounds()
    low, high = (likelihood.mass_range[i] for i in (0, 1))
    assert np.log10(low) <= priors[0, 0] < priors[0, 1] <= np.log10(high)
