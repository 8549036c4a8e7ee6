"""Why this test exists: a joint input is the cosmological one and searches, all else unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml as pyyaml
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input, searches
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy
from hotaxion.theory.searches import stars

POINTS = Path(__file__).with_name("points.yaml")
STARS = "hotaxion.likelihoods.HBRParameter"


def test_opt_in_likelihoods_are_in_no_input():
    for name in searches():
        text = find_input(name).read_text(encoding="utf-8")
        assert "likelihoods.TipRGB" not in text, name
        assert "SN1987AAxion" not in text, name


@pytest.mark.parametrize(("model", "tan_beta"), [("ksvz", None), ("dfsz", 3.0)])
def test_cosmology_is_that_of_the_input_without_stars(model, tan_beta):
    expected = pyyaml.safe_load(POINTS.read_text())[f"hotaxion2026_{model}"]
    info = yaml_load_file(str(find_input(f"joint_hotaxion2026_stars_{model}")))
    info.pop("output"), info.pop("sampler")
    info["theory"]["hotaxion.theory.HotAxion"]["table"] = False  # too much for one point
    with get_model(info, stop_at_error=True) as found:
        point = found.logposterior(expected["point"])
        loglikes = dict(zip(found.likelihood, point.loglikes, strict=True))
        derived = dict(zip(found.parameterization.derived_params(), point.derived, strict=True))
    error = 1e-6 * abs(sum(expected["loglikes"].values()))
    cosmology = {name: loglikes[name] for name in expected["loglikes"]}
    assert cosmology == pytest.approx(expected["loglikes"], abs=error)
    assert float(point.logprior) == pytest.approx(expected["logprior"], rel=1e-9)
    options = LowEnergyOptions(model="ksvz" if model == "ksvz" else "dfsz1")
    mass = 5.691e6 / derived["f_a"]
    coupling = abs(low_energy(mass, options, tan_beta).g_agamma)
    assert derived["g_agamma"] == pytest.approx(coupling, rel=1e-6)
    assert loglikes[STARS] == pytest.approx(float(stars.r_loglike(coupling, 0.254, 0.003)))
