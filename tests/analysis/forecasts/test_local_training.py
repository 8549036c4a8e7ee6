"""Why this test exists: a local training reads from a Cobaya input how far it must reach; a noise
in the wrong unit or a forgotten likelihood would give a box of the wrong size, without a word."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.forecasts.training import local_target
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.likelihoods.surveys import CMB
from hotaxion.theory.constants import T_CMB_K
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.spectra.training.fisher import SAMPLED

FORECAST = inputs_folder() / "forecast_cmbs4_desi_ksvz.yaml"
PARAMS = yaml_load_file(str(FORECAST))["params"]


@pytest.fixture(scope="module")
def target():
    return local_target(FORECAST)


def test_fiducial_and_priors(target):
    assert target.centre == {name: float(PARAMS[name]["ref"]) for name in SAMPLED}
    assert target.ranges == {
        name: (PARAMS[name]["prior"]["min"], PARAMS[name]["prior"]["max"])
        for name in ("mnu", "m_a")
    }
    assert target.hierarchy == "degenerate"


def test_noise_is_that_of_the_survey(target):
    """White noise behind a Gaussian beam, as raw C_l without unit; twice in polarisation."""
    survey, (maps,) = CMB["cmbs4"], target.sensitivity.maps
    assert (maps.fields, maps.f_sky) == (("t", "e", "p"), survey.f_sky)
    assert (maps.l_min, maps.l_max, target.sensitivity.l_max) == (5, 3000, 3000)
    ell = np.arange(5.0, 3001.0)
    arcmin = np.pi / 180 / 60
    beam = np.exp(ell * (ell + 1) * (survey.beam_arcmin * arcmin) ** 2 / (8 * np.log(2)))
    white = (survey.noise_ukarcmin * arcmin / (1e6 * T_CMB_K)) ** 2
    assert maps.noise[:, 0] == pytest.approx(white * beam, rel=2e-5)
    assert maps.noise[:, 1] == pytest.approx(2 * white * beam, rel=2e-5)
    deflection = (ell * (ell + 1)) ** 2 * maps.noise[:, 2] / (2 * np.pi)
    assert 1e-9 < deflection[100] < 1e-7  # below the signal of 1e-7, well above zero


def test_distances_are_those_of_the_file(target):
    (bao,) = target.sensitivity.distances
    assert (bao.z.size, set(bao.kinds)) == (26, {"DM_over_rs", "Hz_rs"})
    assert np.linalg.eigvalsh(bao.covariance).min() > 0


def test_provenance_is_json(target):
    found = json.loads(json.dumps(target.describe()))
    assert found["sensitivity"]["likelihoods"] == ["cmbs4", "desi"]
    assert found["centre"]["m_a"] == 1.0


def changed(tmp_path, change) -> str:
    info = yaml_load_file(str(FORECAST))
    change(info)
    path = tmp_path / "changed.yaml"
    path.write_text(pyyaml.safe_dump(info))
    return str(path)


def test_gaussian_priors_count(tmp_path):
    prior = {"dist": "norm", "loc": 0.0543, "scale": 0.0073}
    path = changed(tmp_path, lambda info: info["params"]["tau_reio"].update(prior=prior))
    assert local_target(path).sensitivity.prior_errors == {"tau_reio": 0.0073}


def test_a_fixed_value_is_a_centre(tmp_path):
    path = changed(tmp_path, lambda info: info["params"].update(mnu=0.1))
    target = local_target(path)
    assert target.centre["mnu"] == 0.1
    assert target.ranges["mnu"] == (0.0, np.inf)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda i: i["likelihood"].pop("cmbs4"), HotAxionError, "no MockCMB"),
        (
            lambda i: i["likelihood"].update({"hotaxion.likelihoods.BBN": None}),
            HotAxionError,
            "only MockCMB and MockBAO",
        ),
        (lambda i: i["params"]["n_s"].pop("ref"), HotAxionError, "n_s has no reference point"),
        (lambda i: i["params"]["m_a"].update(ref=0.001), RangeError, "Leave --local out"),
        (
            lambda i: i["theory"]["hotaxion.theory.HotAxion"].update(model="dfsz1"),
            HotAxionError,
            "only ksvz",
        ),
    ],
)
def test_mistakes_say_the_cure(tmp_path, change, error, message):
    with pytest.raises(error, match=message):
        local_target(changed(tmp_path, change))


def test_command_wants_an_input(tmp_path, capsys):
    assert main(["train", "--local", "-o", str(tmp_path / "x.npz")]) == 1
    assert "Give the input of a forecast by --yaml" in capsys.readouterr().err
