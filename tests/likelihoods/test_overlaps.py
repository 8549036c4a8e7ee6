"""Why this test exists: data counted twice give a bound that is too strong, without a word.

Each pair is refused when the model is made, by whatever name the likelihoods go.
"""

from __future__ import annotations

import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory.components.overlaps import (
    ACT,
    ACT_AND_PLANCK,
    LENSING,
    PLANCK,
    PLANCK_LOW_EE,
    SPT,
    SUPERNOVAE,
    observed,
)

from .stubs import Spectra, official_packages, spectra_model
from .test_presets import distances

OURS = "hotaxion.likelihoods."


def refused(likelihoods: dict, packages_path: str | None = None) -> str:
    with pytest.raises(LoggedError) as error:
        spectra_model(likelihoods, "bestfit", packages_path)
    return str(error.value)


def test_one_sentence_says_what_and_what_to_do():
    message = refused({f"{OURS}PlanckLensing": None, f"{OURS}Planck2018": None})
    assert message == (
        f"{OURS}PlanckLensing and {OURS}Planck2018 count the lenses of one sky more than once: "
        "keep one of them (act_dr6_lenslike with 'variant: actplanck_baseline' is ACT DR6 and "
        f"Planck PR4 with their covariance); or give 'may_share_data: [{OURS}Planck2018]' to any "
        "component of hotaxion, if that is meant."
    )


def test_a_twin_by_its_standard_name():
    names = (f"{OURS}PlanckLowlEE", "planck_2018_lowl.EE")
    assert "Planck's EE at l < 30 more than once" in refused(
        dict.fromkeys(names), official_packages()
    )


def test_surveys_of_galaxies():
    for name, what in (("SdssMGS", "the main galaxies of SDSS"), ("BossDR12", "of BOSS")):
        with pytest.raises(LoggedError, match=f"DesiDR2 .*{what} more than once: keep one"):
            distances({f"{OURS}{name}": None, f"{OURS}DesiDR2": None})
    distances({f"{OURS}SixdF2011": None, f"{OURS}DesiDR2": None}).close()


def test_theories_look_where_no_likelihood_does():
    """An input with official likelihoods alone."""
    info = {
        "params": {"m_a": 0.1, "amplitude": 1.0},
        "theory": {"hotaxion.theory.HotAxion": None, "spectra": {"external": Spectra}},
        "likelihood": {"a": {"class": "planck_2018_lowl.EE"}, "planck_2018_lowl.EE": None},
        "packages_path": official_packages(),
    }
    info["theory"]["hotaxion.theory.HotAxion"] = {"may_ignore_axion": "spectra"}
    with pytest.raises(LoggedError, match=r"a and planck_2018_lowl\.EE count Planck's EE"):
        get_model(info)
    info["theory"]["hotaxion.theory.HotAxion"]["may_share_data"] = "a"
    get_model(info).close()


def test_names_that_are_not_there():
    with pytest.raises(LoggedError, match=r"may_share_data: bao is no likelihood of this input \("):
        distances({f"{OURS}DesiDR2": {"may_share_data": "bao"}})
    with pytest.raises(LoggedError, match="may_share_data = 3"):
        distances({f"{OURS}DesiDR2": {"may_share_data": 3}})


def named(name: str, **options: str) -> object:
    """A likelihood of another package, as far as it is looked at."""
    own = {"get_qualified_class_name": classmethod(lambda cls: name), **options}
    return type("Other", (), own)()


CANDL = "candl.interface.CandlCobayaLikelihood"


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("planck_2018_highl_plik.TTTEEE_lite_native", {}, (PLANCK, ACT_AND_PLANCK)),
        ("planck_NPIPE_highl_CamSpec.TTTEEE", {}, (PLANCK, ACT_AND_PLANCK)),
        ("planck_2018_lowl.EE_sroll2", {}, (PLANCK_LOW_EE,)),
        ("planck_2018_lensing.native", {"dataset_file": "pr4/pp_consext8.dataset"}, (LENSING,)),
        ("act_dr6_lenslike.ACTDR6LensLike", {"variant": "actplanck_baseline"}, (LENSING,)),
        ("act_dr6_cmbonly.ACTDR6CMBonly", {}, (ACT, ACT_AND_PLANCK)),
        ("act_dr6_cmbonly.PlanckActCut.PlanckActCut", {}, (PLANCK,)),
        (CANDL, {"data_set_file": "ACT_DR6_CMB_only_v0/x.yaml"}, (ACT, ACT_AND_PLANCK)),
        (CANDL, {"data_set_file": "SPT3G_2018_TTTEEE_v0/SPT3G_2018_TTTEEE_lite.yaml"}, (SPT,)),
        (CANDL, {"data_set_file": "SPT3G_D1_TnE_lite_approx/x.yaml"}, (SPT,)),
        (CANDL, {"data_set_file": "ACT_DR6_Lens_v1/ACT_DR6_KK_lens_only.yaml"}, (LENSING,)),
        (CANDL, {"data_set_file": "of/lens/ACT_DR6_CMB_only_v0/x.yaml"}, (ACT, ACT_AND_PLANCK)),
        ("sn.union3", {}, (SUPERNOVAE,)),
        ("bao.sixdf_2011_bao", {}, ()),
        ("mine.Likelihood", {}, ()),
    ],
)
def test_standard_names(name, options, expected):
    assert observed(named(name, **options)) == expected
