"""Why this test exists: the same input must give the same posterior on every machine.

What is installed does not decide which data are read; what was read stands in the record of the
chain, and a chain does not go on with other data.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest
from cobaya.install import install
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.run import run
from cobaya.yaml import yaml_load_file

import hotaxion.likelihoods
from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.official import OfficialOnDemand, better_files
from hotaxion.theory.components.record import code_version, with_files

from ..opened_files import opened_files
from .stubs import Distances, Spectra, chi2s, official_packages

ON_DEMAND = [
    name
    for name in hotaxion.likelihoods.__all__
    if issubclass(getattr(hotaxion.likelihoods, name), OfficialOnDemand)
]
PRESETS = ("Planck2018", "PACT", "SPA", "BAO2018")
PACKAGED_MOCKS = {
    "MockCMB": {"path": "packaged", "dataset_file": "mock_ksvz_1eV_cmbs4.dataset"},
    "MockBAO": {
        "path": "packaged",
        "measurements_file": "mock_ksvz_1eV_desi_mean.txt",
        "cov_file": "mock_ksvz_1eV_desi_cov.txt",
    },
}


def everything(**options) -> dict:
    """An input with each likelihood that Cobaya has, too, on fixed spectra and distances."""
    names = ["Planck2018", "BAO2018", "DesiDR2"]
    return {
        "params": {
            "amplitude": {"prior": [0, 2], "ref": 1.0, "proposal": 0.01},
            **{"H0": 68.5, "omegam": 0.297, "rdrag_in": 147.6, "A_planck": 1.002},
        },
        "theory": {
            "spectra": {"external": Spectra},
            "distances": {"external": Distances},
        },
        "likelihood": {
            f"hotaxion.likelihoods.{name}": {
                **options,
                "may_share_data": "hotaxion.likelihoods.BAO2018",
            }
            for name in names
        },
    }


# --- one input, one posterior ----------------------------------------------------------------
@pytest.mark.parametrize("by", ["input", "environment"])
def test_same_chi2_with_and_without_a_packages_folder(by, tmp_path, monkeypatch):
    found = []
    for folder in (str(tmp_path), official_packages()):
        monkeypatch.setenv("COBAYA_PACKAGES_PATH", folder if by == "environment" else "")
        info = everything() | ({"packages_path": folder} if by == "input" else {})
        with get_model(info) as model:
            found.append(chi2s(model, amplitude=0.99))
    assert found[0] == found[1]


def test_official_files_change_chi2_where_asked_for():
    folder = official_packages()
    found = [
        chi2s(get_model({**everything(files=f), "packages_path": folder}), amplitude=0.99)
        for f in ("packaged", "official")
    ]
    assert found[1]["Planck2018"] - found[0]["Planck2018"] == pytest.approx(19.2, abs=0.5)
    assert found[1]["DesiDR2"] == pytest.approx(found[0]["DesiDR2"], abs=1e-9)


def test_better_files_are_said_once(caplog):
    """A line for Commander, one for the curve of the main galaxies; none where all is the same."""
    folder = official_packages()
    info = {**everything(), "packages_path": folder}
    with caplog.at_level(logging.INFO), get_model(info) as model:
        found = better_files(model.likelihood.values())
    lines = [r.message for r in caplog.records if "which are not used" in r.message]
    assert sorted(lines) == sorted(found)
    assert len(lines) == 2
    assert all(folder in line and "`files: official` takes them" in line for line in lines)
    assert "planck_2018_lowl.TT" in "".join(lines)


@pytest.mark.parametrize("damage", ["none", "empty", "old"])
def test_no_better_files(damage, caplog, tmp_path):
    if damage == "old":  # without version.dat: older than Cobaya takes
        (tmp_path / "data" / "planck_2018_lowT_native").mkdir(parents=True)
        (tmp_path / "data" / "planck_2018_lowT_native" / "mu.txt").write_text("1")
    folder = None if damage == "none" else str(tmp_path)
    info = {**everything(), "packages_path": folder}
    with caplog.at_level(logging.INFO), get_model(info) as model:
        assert better_files(model.likelihood.values()) == []
    assert "not used" not in caplog.text
    assert caplog.text.count("Data: from the package (same data as the official files)") == 6


# --- the record ------------------------------------------------------------------------------
@pytest.mark.parametrize("files", ["packaged", "official"])
@pytest.mark.parametrize("name", ON_DEMAND)
def test_record_counts_the_files_that_are_read(name, files):
    folder = official_packages() if files == "official" else None
    with opened_files() as opened:
        likelihood = getattr(hotaxion.likelihoods, name)({"files": files}, packages_path=folder)
    counted = likelihood.data_files({"files": files}, folder)
    # Names and LaTeX of parameters are no data.
    read = {Path(path).resolve() for path in opened if not path.endswith((".paramnames", ".tex"))}
    expected = {path for path in read if path.name != "version.dat"}
    assert {path.resolve() for path in counted} == expected
    assert likelihood.get_version() == _version(counted)


@pytest.mark.parametrize("name", PACKAGED_MOCKS)
def test_record_of_mock_data(name):
    with opened_files() as opened:
        likelihood = getattr(hotaxion.likelihoods, name)(PACKAGED_MOCKS[name])
    counted = likelihood.data_files(likelihood.get_defaults() | PACKAGED_MOCKS[name])
    assert {str(path) for path in counted} == opened
    assert likelihood.get_version() == _version(counted)


def _version(files: list[Path]) -> str:
    return with_files(code_version(), files)


@pytest.mark.parametrize("files", ["packaged", "official"])
def test_record_of_the_presets(files):
    folder = official_packages()
    with get_model({**everything(files=files), "packages_path": folder}) as model:
        recorded = model.info()["likelihood"]
    for name, options in recorded.items():
        cls = getattr(hotaxion.likelihoods, name.rpartition(".")[2])
        assert options["files"] == files
        assert options["version"] == _version(cls.data_files({"files": files}, folder))


# --- a chain goes on with its own data only --------------------------------------------------
def sample(prefix: Path, rows: int = 20, **changes) -> None:
    mcmc = {"max_samples": rows, "seed": 1, "measure_speeds": False, "output_every": 1}
    run({"sampler": {"mcmc": mcmc}, "output": str(prefix), "resume": True} | changes)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_another_choice_is_refused(tmp_path):
    folder = official_packages()
    sample(tmp_path / "c", **everything(), packages_path=folder)
    recorded = yaml_load_file(str(tmp_path / "c.updated.yaml"))["likelihood"]
    assert recorded["hotaxion.likelihoods.Planck2018"]["files"] == "packaged"
    with pytest.raises(LoggedError, match="not compatible"):
        sample(tmp_path / "c", 40, **everything(files="official"), packages_path=folder)
    sample(tmp_path / "c", 40, **everything())  # without the folder: the same data


def test_other_data_are_refused(tmp_path, monkeypatch):
    """Also where all options are the same; Cobaya does not compare what it has recorded."""
    shutil.copytree(data_files.DATA, tmp_path / "data")
    monkeypatch.setattr(data_files, "DATA", tmp_path / "data")
    sample(tmp_path / "c", **everything())
    sample(tmp_path / "c", 30, **everything())
    covariance = tmp_path / "data" / "desi_dr2_cov.txt"
    covariance.write_text(covariance.read_text() + "\n")
    os.utime(covariance, (0, 0))
    rows = (tmp_path / "c.1.txt").read_text()
    with pytest.raises(LoggedError, match=r"made with other data \(version .*\.\w{8}, here"):
        sample(tmp_path / "c", 40, **everything())
    assert (tmp_path / "c.1.txt").read_text() == rows


def test_an_input_that_names_its_data(tmp_path):
    """A copy of updated.yaml gives the posterior that it had, or says why not."""
    name = "hotaxion.likelihoods.DesiDR2"
    info = everything()
    info["params"].pop("A_planck")
    info["params"].pop("amplitude")
    info["theory"].pop("spectra")
    info["likelihood"] = {name: {"version": "0.0.1+00000000"}}
    with pytest.raises(LoggedError, match=r"0\.0\.1\+00000000, here"):
        get_model(info)
    with get_model(info | {"likelihood": {name: {"version": None}}}) as model:
        info["likelihood"] = {name: {"version": model.info()["likelihood"][name]["version"]}}
    get_model(info).close()


# --- cobaya-install --------------------------------------------------------------------------
@pytest.mark.parametrize("name", hotaxion.likelihoods.__all__)
def test_nothing_is_to_be_installed(name, tmp_path):
    """The data come with the package; for others, Cobaya's names are installed (next test)."""
    for files in ("packaged", "official"):
        options = {"files": files} if name in (*ON_DEMAND, *PRESETS) else {}
        info = {"likelihood": {f"hotaxion.likelihoods.{name}": options}}
        assert install(info, path=str(tmp_path), no_set_global=True) is True
        assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ON_DEMAND)
def test_advice_names_what_cobaya_can_install(name, tmp_path):
    cls = getattr(hotaxion.likelihoods, name)
    with pytest.raises(LoggedError, match=f"cobaya-install {cls._official_name} -p FOLDER"):
        cls({"files": "official"}, packages_path=str(tmp_path))
    found = install({"likelihood": {cls._official_name: None}}, path=official_packages(), test=True)
    assert found is True
