"""Why this test exists: inputs of a supernova's core are what a user runs."""

from __future__ import annotations

import pytest
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input


@pytest.mark.parametrize(
    ("name", "mass", "coupling"),
    [("dark_photon_sn", "m_darkphoton", "epsilon"), ("zprime_bl_pions", "m_zprime", "g_zprime")],
)
def test_priors_end_below_couplings_that_are_trapped(name, mass, coupling):
    """ln L is 0 at the weakest couplings and low at the strongest, at every mass: one region."""
    info = yaml_load_file(str(find_input(name)))
    info.pop("sampler"), info.pop("output")
    ends = {key: info["params"][f"log10_{key}"]["prior"] for key in (mass, coupling)}
    with get_model(info) as model:
        for log_mass in (1.2, ends[mass]["max"]):
            point = {f"log10_{mass}": log_mass, f"log10_{coupling}": ends[coupling]["min"]}
            assert model.loglike(point)[0] == 0.0
            point[f"log10_{coupling}"] = ends[coupling]["max"]
            assert model.loglike(point)[0] < -5.0
