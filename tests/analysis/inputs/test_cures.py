"""Why this test exists: errors of other packages must end with what to do about them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from cobaya.yaml import yaml_dump

from hotaxion.analysis.inputs.cures import cures
from hotaxion.analysis.running import doctor
from hotaxion.analysis.running.cobaya_child import explanation


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("/x/v1.2/like_corrs/cosmo2017_lensedCls.dat not found.", "'lens_only: true'"),
        ("candl: likelihood could not be initialised!", "'data_set_file' is the path"),
        ("'candl.interface.X' could not be found. Tried loading", "pip install candl-like"),
        ("No module named 'act_dr6_lenslike'", "pip install act-dr6-lenslike"),
        ("The data for this likelihood is not up to date.", "version.dat"),
        ("claimed by more than one: {'chi2_PlanckLowlTT': [a, b]}.", "Two presets hold the same"),
        ("claimed by more than one: {'YHe': [BBN, mine]}.", "'provides: [NAME]'"),
    ],
)
def test_an_error_names_its_cure(text, cure):
    """Once, by whichever command meets it."""
    (found,) = cures(text)
    assert cure in found
    for error in (FileNotFoundError(text), Exception(text)):
        assert explanation(error).count(cure) == 1
        assert doctor._named(error).count(cure) == 1


def test_plain_errors_stay():
    assert cures("candl is there, act_dr6_lenslike could be") == []
    assert cures("'mine.Likelihood' could not be found.") == []


@pytest.mark.parametrize(
    ("name", "options", "package"),
    [
        ("act_dr6_lenslike.ACTDR6LensLike", {"lens_only": True}, "act-dr6-lenslike"),
        ("spt", {"class": "candl.interface.CandlCobayaLikelihood"}, "candl-like"),
    ],
)
def test_an_absent_package_is_named(name, options, package, tmp_path):
    """In Cobaya's own words, by the doctor."""
    if find_spec((options.get("class") or name).split(".")[0]):
        pytest.skip(f"{package} is installed")
    path = tmp_path / "input.yaml"
    path.write_text(yaml_dump({"likelihood": {name: options}}))
    (check,), _ = doctor.examine_yaml(path)
    assert check.status == doctor.BROKEN
    assert f"pip install {package} brings it" in check.text
