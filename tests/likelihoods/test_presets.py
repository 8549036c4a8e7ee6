"""Why this test exists: one line of YAML must give the whole data set, and say where it comes from.

A preset is the sum of its pieces; official files replace the packaged ones only where the input
asks for them, never without a line in the log, and never with another chi^2 than Cobaya's.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.yaml import yaml_load

from .stubs import Distances, chi2s, official_packages, spectra_model
from .test_bao import at

PLANCK = {
    "PlanckLiteTTTEEE": "planck_2018_highl_plik.TTTEEE_lite_native",
    "PlanckLowlTT": "planck_2018_lowl.TT",
    "PlanckLowlEE": "planck_2018_lowl.EE",
    "PlanckLensing": "planck_2018_lensing.native",
}
BAO = {
    "SixdF2011": "bao.sixdf_2011_bao",
    "SdssMGS": "bao.sdss_dr7_mgs",
    "BossDR12": "bao.sdss_dr12_consensus_bao",
}
OURS_2018 = "hotaxion.likelihoods.BAO2018"
POINT = {"amplitude": 0.99, "A_planck": 1.002}
BAO_POINT = (68.5, 0.297, 147.6)


def ours(names, **options) -> dict:
    return {f"hotaxion.likelihoods.{name}": options for name in names}


def distances(likelihoods: dict, packages_path: str | None = None):
    params = {"H0": [40, 100], "omegam": [0, 1], "rdrag_in": [100, 200]}
    return get_model(
        {
            "params": {name: {"prior": prior} for name, prior in params.items()},
            "theory": {"distances": {"external": Distances}},
            "likelihood": likelihoods,
            "packages_path": packages_path,
        }
    )


def pieces(model, **point) -> dict[str, float]:
    """chi^2 by piece, from the derived parameters of a preset."""
    (_, derived) = model.loglikes(point)
    names = model.parameterization.derived_params()
    found = dict(zip(names, derived, strict=True))
    return {name.removeprefix("chi2_"): found[name] for name in found if "chi2__" not in name}


# --- sums ------------------------------------------------------------------------------------
@pytest.mark.parametrize("cosmology", ["bestfit", "shifted"])
def test_planck_is_the_sum_of_its_pieces(cosmology):
    expected = chi2s(spectra_model(ours(PLANCK), cosmology), **POINT)
    model = spectra_model({"hotaxion.likelihoods.Planck2018": None}, cosmology)
    assert pieces(model, **POINT) == pytest.approx(expected, abs=1e-9)
    assert chi2s(model, **POINT)["Planck2018"] == pytest.approx(sum(expected.values()), abs=1e-9)


def test_bao_is_the_sum_of_its_pieces():
    expected = chi2s(distances(ours(BAO)), **at(BAO_POINT))
    model = distances({"hotaxion.likelihoods.BAO2018": None})
    assert pieces(model, **at(BAO_POINT)) == pytest.approx(expected, abs=1e-9)
    assert chi2s(model, **at(BAO_POINT))["BAO2018"] == pytest.approx(
        sum(expected.values()), abs=1e-9
    )


def test_short_yaml_with_class():
    """What a user writes; each theory gets what it is asked for, to high multipoles."""
    info = yaml_load("""
theory:
  hotaxion.theory.HotAxion:
  hotaxion.theory.BBN:
  hotaxion.theory.HotClassy:
likelihood:
  hotaxion.likelihoods.Planck2018:
  hotaxion.likelihoods.BAO2018:
  hotaxion.likelihoods.BBN:
params:
  m_a: {prior: [0, 10]}
  mnu: 0.06
  omega_b: 0.0224
  omega_cdm: 0.12
  H0: 67.4
  logA: 3.04
  n_s: 0.966
  tau_reio: 0.055
""")
    model = get_model(info)
    assert list(model.parameterization.sampled_params()) == ["m_a", "A_planck"]
    assert model.theory["hotaxion.theory.HotClassy"].extra_args["l_max_scalars"] == 2508
    derived = model.parameterization.derived_params()
    assert {f"chi2_{name}" for name in (*PLANCK, *BAO)} <= set(derived)
    assert {"chi2__CMB", "chi2__BAO", "chi2__BBN"} <= set(derived)


def test_low_multipoles_are_asked_for_high():
    """Also with Commander, which asks for l = 29 on its own."""
    folder = official_packages()
    for likelihood in ("Planck2018", "PlanckLowlTT", "PlanckLowlEE"):
        name = f"hotaxion.likelihoods.{likelihood}"
        model = spectra_model({name: {"files": "official"}}, "bestfit", folder)
        for request in model.theory["spectra"].asked:
            assert max(request.values()) >= 1000


# --- official files --------------------------------------------------------------------------
# Cobaya 3.6.2 leaves the official covariance file open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("cosmology", ["bestfit", "shifted"])
def test_official_planck(cosmology, caplog):
    """The same numbers as Cobaya's own classes, Commander included."""
    folder = official_packages()
    with caplog.at_level(logging.INFO):
        model = spectra_model(ours(["Planck2018"], files="official"), cosmology, folder)
    for name in PLANCK.values():
        assert f"Data: official files of {name} in {folder}" in caplog.text
    found = pieces(model, **POINT)
    expected = chi2s(spectra_model(dict.fromkeys(PLANCK.values()), cosmology, folder), **POINT)
    for name, theirs in PLANCK.items():
        assert found[name] == pytest.approx(expected[theirs], abs=1e-9)
    assert 20 < found["PlanckLowlTT"] < 30


def test_official_bao(caplog):
    folder = official_packages()
    with caplog.at_level(logging.INFO):
        both = ours(["BAO2018", "DesiDR2"], files="official", may_share_data=OURS_2018)
        model = distances(both, folder)
    for name in (*BAO.values(), "bao.desi_dr2.desi_bao_all"):
        assert f"Data: official files of {name} in {folder}" in caplog.text
    theirs = chi2s(
        distances(dict.fromkeys([*BAO.values(), "bao.desi_dr2.desi_bao_all"]), folder),
        **at(BAO_POINT),
    )
    found = pieces(model, **at(BAO_POINT))
    for name, theirs_name in BAO.items():
        assert found[name] == pytest.approx(theirs[theirs_name], abs=1e-9)
    desi = chi2s(model, **at(BAO_POINT))["DesiDR2"]
    assert desi == pytest.approx(theirs["bao.desi_dr2.desi_bao_all"], abs=1e-9)


def test_options_are_passed_on():
    """A changed sound horizon counts with either file."""
    folder = official_packages()
    plain = chi2s(distances(ours(["DesiDR2"])), **at(BAO_POINT))["DesiDR2"]
    for change in ({"rs_rescale": 1.02}, {"rs_rescale": None, "rs_fid": 1 / 1.02}):
        found = [
            chi2s(distances(ours(["DesiDR2"], files=files, **change), folder), **at(BAO_POINT))
            for files in ("packaged", "official")
        ]
        assert found[0] == pytest.approx(found[1], abs=1e-9)
        assert abs(found[0]["DesiDR2"] - plain) > 1


@pytest.mark.parametrize("damage", ["missing", "old"])
def test_broken_installation_is_refused(damage, tmp_path):
    source = Path(official_packages()) / "data" / "planck_2018_lowT_native"
    target = tmp_path / "data" / source.name
    shutil.copytree(source, target)
    (target / {"missing": "mu.txt", "old": "version.dat"}[damage]).unlink()
    cause = {"missing": "mu.txt not found", "old": "older than minimum required"}[damage]
    with pytest.raises(LoggedError, match=f"no usable planck_2018_lowl.TT .*{cause}"):
        spectra_model(ours(["PlanckLowlTT"], files="official"), "bestfit", str(tmp_path))


@pytest.mark.parametrize("folder", [None, "empty"])
def test_official_that_is_absent_names_the_cure(folder, tmp_path):
    path = str(tmp_path) if folder else None
    with pytest.raises(LoggedError, match=r"cobaya-install planck_2018_lowl\.TT -p FOLDER"):
        spectra_model(ours(["PlanckLowlTT"], files="official"), "bestfit", path)


@pytest.mark.parametrize("name", ["DesiDR2", "BAO2018"])
@pytest.mark.parametrize("files", ["oficial", "auto", True, None, 1, ["official"]])
def test_wrong_choice_of_files(name, files):
    with pytest.raises(LoggedError, match=r"choice of files .*llowed are: official, packaged"):
        distances(ours([name], files=files))
