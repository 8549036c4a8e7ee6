"""Why this test exists: names are a contract, and data files must be whole or say so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cobaya.component import get_component_class
from cobaya.log import LoggedError

import hotaxion.likelihoods
from hotaxion.likelihoods import build_data, build_ground_data, data_files
from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS
from hotaxion.likelihoods.surveys import BAO, CMB
from hotaxion.theory.errors import HotAxionError, MissingDataError

from .stubs import official_packages

NAMES = [
    "ActDR6Lensing",
    "ActDR6Lite",
    "BAO2018",
    "BBN",
    "BossDR12",
    "DesiDR2",
    "MockBAO",
    "MockCMB",
    "Neff",
    "PACT",
    "Planck2018",
    "PlanckCut",
    "PlanckLensing",
    "PlanckLiteTTTEEE",
    "PlanckLowlEE",
    "PlanckLowlTT",
    "SPA",
    "SdssMGS",
    "SixdF2011",
    "Spt3g2018Lite",
]
SEARCHES = [  # companions
    *("ALPFlavour", "ALPOblique", "ALPSHiPForecast", "ALPZForecast", "ALPZPole"),
    *("ALPSI", "ALPSIIForecast", "CAST2017", "CASTGas", "ColdDarkMatter", "HBRParameter"),
    *("HelioscopeForecast", "SN1987AAxion", "SN1987ACooling", "EnvelopeHeating", "TipRGB"),
    *("GainLayer", "HighEnergyNu87A", "GalacticNuForecast", "JUNOMonoenergetic"),
]
FILES = {
    "PlanckLiteTTTEEE": "plik_lite_v22.npz",
    "PlanckLowlEE": "simall_EE_2018.npz",
    "PlanckLensing": "planck_lensing_2018_consext8.npz",
    "DesiDR2": "desi_dr2_mean.txt",
    "BossDR12": "boss_dr12_cov.txt",
    "SdssMGS": "sdss_dr7_mgs_chi2.txt",
    "PlanckCut": "plik_lite_v22.npz",
    "ActDR6Lite": "act_dr6_lite.npz",
    "ActDR6Lensing": "act_dr6_lensing.npz",
    "Spt3g2018Lite": "spt3g_2018_lite.npz",
    "CAST2017": "cast2017_vacuum.json",
    "JUNOMonoenergetic": "facilities.yaml",
    "ALPZPole": "alp_limits.yaml",
    "Neff": "neff.yaml",
}


def test_public_names():
    assert hotaxion.likelihoods.__all__ == sorted(NAMES + SEARCHES)
    with pytest.raises(AttributeError, match="PlanckLowlBB"):
        _ = hotaxion.likelihoods.PlanckLowlBB


@pytest.mark.parametrize("name", NAMES + SEARCHES)
def test_cobaya_finds_class_defaults_and_references(name):
    cls = get_component_class(f"hotaxion.likelihoods.{name}", kind="likelihood")
    assert cls is getattr(hotaxion.likelihoods, name)
    if name in NAMES:
        assert cls.get_qualified_class_name() == f"hotaxion.likelihoods.{name}"
    assert cls.get_defaults()["speed"] > 0
    assert ("arXiv" if name in NAMES else "@article") in cls.get_bibtex()
    assert not getattr(cls, "install_options", None)  # nothing to download


def test_import_is_light():
    """A BBN-only run should load neither the CMB and BAO classes nor matplotlib."""
    code = (
        "import sys, hotaxion.likelihoods; hotaxion.likelihoods.BBN;"
        "print([m for m in ('matplotlib', 'hotaxion.likelihoods.planck',"
        " 'cobaya.likelihoods.base_classes.bao') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_documentation_lists_everything():
    """Each likelihood, measurement and experiment, with the numbers that are used."""
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
    for name in (*NAMES, *PRESETS, *CMB, *BAO):
        assert f"`{name}`" in text or f" {name}`" in text, name
    for table, unit in ((HELIUM, 1.0), (DEUTERIUM, 1e-5)):
        for key, measured in table.items():
            (row,) = (line for line in text.splitlines() if re.match(rf"\| \**`{key}`\** \|", line))
            value, *errors = re.findall(r"\d+\.\d+", row.split("|")[2])
            assert float(value) == pytest.approx(measured.value / unit)
            expected = {measured.plus / unit, measured.minus / unit}
            assert sorted(map(float, errors)) == pytest.approx(sorted(expected))
            number = re.search(r"\d{4}\.\d{4,5}", measured.source)
            assert number is None or number.group() in row


def test_documentation_lists_companions():
    pages = (Path(__file__).parents[2] / "docs" / "searches").glob("*.md")
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert not [name for name in SEARCHES if not re.search(rf"\b{name}\b", text)]


@pytest.fixture
def copied_data(tmp_path, monkeypatch) -> Path:
    """A copy of the data folder, which a test may damage."""
    shutil.copytree(data_files.DATA, tmp_path / "data")
    monkeypatch.setattr(data_files, "DATA", tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_named(name, copied_data):
    (copied_data / FILES[name]).unlink()
    with pytest.raises(LoggedError, match=rf"{FILES[name]} is missing; reinstall"):
        getattr(hotaxion.likelihoods, name)({})


@pytest.mark.parametrize("name", FILES)
def test_truncated_file_is_named(name, copied_data):
    path = copied_data / FILES[name]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LoggedError, match=rf"{FILES[name]} is damaged"):
        getattr(hotaxion.likelihoods, name)({})


def test_damaged_arrays_are_named(copied_data):
    path = copied_data / "some.npz"
    np.savez(path, x=np.array([1.0, np.nan]), y=np.ones(3))
    with pytest.raises(HotAxionError, match=r"'x'\[1\] = nan is not finite"):
        data_files.load("some.npz", {"x": (2,)})
    with pytest.raises(HotAxionError, match="'y' has shape"):
        data_files.load("some.npz", {"y": (2,)})
    with pytest.raises(HotAxionError, match="is damaged"):
        data_files.load("some.npz", {"z": (2,)})
    path.write_bytes(b"no archive")
    with pytest.raises(HotAxionError, match="is damaged"):
        data_files.load("some.npz", {"y": (3,)})


def test_build_data_reproduces_the_shipped_files(tmp_path):
    build_data.build(Path(official_packages()), tmp_path)
    built = sorted(path.name for path in tmp_path.iterdir())
    # Not made by a script:
    others = {"cast2017_vacuum.json", "alp_limits.yaml", "facilities.yaml", "neff.yaml"}
    others |= {*build_ground_data.FILES}  # test_ground.py
    assert built == sorted({*FILES.values(), "desi_dr2_cov.txt", "boss_dr12_mean.txt"} - others)
    for name in built:
        if name.endswith(".npz"):
            with np.load(tmp_path / name) as new, np.load(data_files.DATA / name) as shipped:
                assert sorted(new) == sorted(shipped)
                for key in new:
                    np.testing.assert_array_equal(new[key], shipped[key])
        else:
            assert (tmp_path / name).read_text() == (data_files.DATA / name).read_text()


def test_build_data_names_a_wrong_folder(tmp_path):
    with pytest.raises(MissingDataError, match="is no Cobaya packages folder"):
        build_data.build(tmp_path, tmp_path / "out")
