"""Why this test exists: mock data are made by one command and read by two likelihoods, which must
agree about every file, and about which spectra count.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.likelihoods.base_classes.cmblikes import make_forecast_cmb_dataset
from cobaya.log import LoggedError
from cobaya.model import Model, get_model

from .stubs import Spectra, chi2s, spectra_model
from .test_presets import distances

L_MAX, F_SKY = 60, 0.4
NAME = "hotaxion.likelihoods.MockCMB"


@pytest.fixture(scope="module")
def fiducial() -> dict[str, np.ndarray]:
    theory = Spectra()
    return {name: dl[: L_MAX + 1] for name, dl in theory.dl.items()}


@pytest.fixture
def dataset(tmp_path, fiducial) -> str:
    make_forecast_cmb_dataset(
        fiducial,
        "mock",
        output_dir=str(tmp_path),
        noise_muK_arcmin_T=10.0,
        fwhm_arcmin=30.0,
        lmin=2,
        lmax=L_MAX,
        fsky=F_SKY,
        lens_recon_noise=np.full(L_MAX + 1, 1e-8),
    )
    return str(tmp_path / "mock.dataset")


class WithCrossSpectra(Spectra):
    """As CLASS: C^Tφ comes along, asked for or not."""

    def get_Cl(self, ell_factor=False, units="FIRASmuK2"):
        dl = super().get_Cl(ell_factor, units)
        return {**dl, "tp": 0.3 * np.sqrt(dl["tt"] * dl["pp"])}


def model(dataset: str, theory: type = Spectra) -> Model:
    return get_model(
        {
            "params": {"amplitude": {"prior": {"min": 0, "max": 2}}},
            "theory": {"spectra": {"external": theory}},
            "likelihood": {NAME: {"dataset_file": dataset}},
        }
    )


def test_zero_at_the_fiducial(dataset):
    """Also where the theory gives a correlation of T and the potential, which the data lack."""
    for theory in (Spectra, WithCrossSpectra):
        assert chi2s(model(dataset, theory), amplitude=1.0)["MockCMB"] == pytest.approx(0, abs=1e-6)


def test_path_of_the_files(dataset, monkeypatch, tmp_path):
    """Absolute, beside the run, or in `path`."""
    folder = str(tmp_path)
    monkeypatch.chdir(tmp_path)
    for options in ({"path": folder}, {"path": None}):
        found = spectra_model({NAME: {"dataset_file": "mock.dataset", **options}}, "bestfit")
        assert chi2s(found, amplitude=1.0)["MockCMB"] == pytest.approx(0, abs=1e-6)


def test_only_what_is_used_is_asked_for(dataset):
    (request,) = model(dataset).theory["spectra"].asked
    assert {name.lower(): l_max for name, l_max in request.items()} == dict.fromkeys(
        ("tt", "te", "ee", "pp"), L_MAX
    )


def test_chi2_by_hand(dataset, fiducial):
    """f_sky sum (2l + 1) [tr(C^-1 C_data) - ln det(C^-1 C_data) - 3] at another amplitude."""
    ell = np.arange(2, L_MAX + 1)
    dl = {name: values[2:] for name, values in fiducial.items()}
    sigma = np.radians(0.5) / np.sqrt(8 * np.log(2))
    noise = ell * (ell + 1) / (2 * np.pi) * np.radians(10 / 60) ** 2
    noise *= np.exp(ell * (ell + 1) * sigma**2)
    expected, amplitude = 0.0, 1.03
    for i, l_value in enumerate(ell):
        signal = np.array(
            [
                [dl["tt"][i], dl["te"][i], 0.0],
                [dl["te"][i], dl["ee"][i], 0.0],
                [0.0, 0.0, dl["pp"][i]],
            ]
        )
        total = np.diag([noise[i], 2 * noise[i], 1e-8])
        ratio = np.linalg.solve(amplitude * signal + total, signal + total)
        deviation = np.trace(ratio) - np.linalg.slogdet(ratio)[1] - 3
        expected += (2 * l_value + 1) * F_SKY * deviation
    assert expected > 0.5
    assert chi2s(model(dataset), amplitude=amplitude)["MockCMB"] == pytest.approx(
        expected, rel=1e-5
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "dataset_file of .* is not set; make a data set with `hotaxion forecast`"),
        ({"dataset_file": "/nowhere/so.dataset"}, "/nowhere/so.dataset, which does not exist"),
    ],
)
def test_missing_cmb_files(options, message):
    with pytest.raises(LoggedError, match=message):
        spectra_model({NAME: options}, "bestfit")


def test_missing_bao_files(tmp_path):
    name = "hotaxion.likelihoods.MockBAO"
    files = {"measurements_file": "a.txt", "cov_file": "b.txt"}
    with pytest.raises(LoggedError, match=r"path of .* is not set"):
        distances({name: files})
    with pytest.raises(LoggedError, match=r"measurements_file of .* is not set"):
        distances({name: {"path": str(tmp_path)}})
    (tmp_path / "a.txt").write_text("0.5 13.0 DM_over_rs\n")
    with pytest.raises(LoggedError, match=r"cov_file of .*b\.txt, which does not exist"):
        distances({name: {"path": str(tmp_path), **files}})
