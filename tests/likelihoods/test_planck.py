"""Why this test exists: the compact tables must give Planck's χ², not nearly so.

They are compared with golden numbers everywhere, with Cobaya's own classes on the official files
where these exist; test_official_2026.py evaluates them with CLASS.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.likelihoods.base_classes import CMBlikes, PlanckPlikLite
from cobaya.likelihoods.planck_2018_lowl.EE import EE

from .reference_values import LOWL_TT_DRIFT, PLANCK_CHI2, PLANCK_TOLERANCE
from .stubs import HERE, chi2s, official_packages, spectra_model

OFFICIAL = {
    "PlanckLiteTTTEEE": "planck_2018_highl_plik.TTTEEE_lite_native",
    "PlanckLowlTT": "planck_2018_lowl.TT",
    "PlanckLowlEE": "planck_2018_lowl.EE",
    "PlanckLensing": "planck_2018_lensing.native",
}
OURS = {f"hotaxion.likelihoods.{name}": None for name in OFFICIAL}


@pytest.mark.parametrize(("cosmology", "calibration"), PLANCK_CHI2)
def test_golden_chi2(cosmology, calibration):
    model = spectra_model(OURS, cosmology)
    found = chi2s(model, amplitude=1.0, A_planck=calibration)
    assert found == pytest.approx(PLANCK_CHI2[cosmology, calibration], abs=PLANCK_TOLERANCE)


# Cobaya 3.6.2 leaves the official covariance file open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("cosmology", ["bestfit", "shifted"])
def test_equal_to_cobaya_on_official_files(cosmology):
    theirs = {official: None for ours, official in OFFICIAL.items() if ours != "PlanckLowlTT"}
    official = spectra_model(theirs, cosmology, official_packages())
    model = spectra_model(OURS, cosmology)
    for point in ({"amplitude": 1.0, "A_planck": 1.0}, {"amplitude": 0.98, "A_planck": 1.004}):
        found, expected = chi2s(model, **point), chi2s(official, **point)
        for ours, name in OFFICIAL.items():
            if ours != "PlanckLowlTT":
                assert found[ours] == pytest.approx(expected[name], abs=1e-3)


@pytest.mark.parametrize("cosmology", ["bestfit", "shifted"])
def test_two_bins_follow_commander(cosmology):
    official = spectra_model({"planck_2018_lowl.TT": None}, cosmology, official_packages())
    model = spectra_model({"hotaxion.likelihoods.PlanckLowlTT": None}, cosmology)
    difference = np.array(
        [
            chi2s(model, amplitude=a)["PlanckLowlTT"]
            - chi2s(official, amplitude=a)["planck_2018_lowl.TT"]
            for a in (1.0, 0.9, 0.95, 1.05, 1.1)
        ]
    )
    assert np.abs(difference - difference[0]).max() < LOWL_TT_DRIFT


def test_two_bins_by_hand():
    """A flat D_l makes the two bins equal: χ² = Σ (x² / σ² + 2x + σ²) with x = ln D − μ."""
    from hotaxion.likelihoods import PlanckLowlTT

    level, calibration = 900.0, 1.01
    expected = 0.0
    for mu, sigma in ((6.717116, 0.0924698), (6.733861, 0.0603834)):
        x = np.log(level / calibration**2) - mu
        expected += x**2 / sigma**2 + 2 * x + sigma**2
    found = -2 * PlanckLowlTT({}).log_likelihood(np.full(30, level), calibration)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found > 0


def test_requests_reach_high_multipoles():
    """A request for l ≤ 29 alone would make CLASS cut wavenumbers and C_29 36 % low."""
    for name, spectrum in (("PlanckLowlTT", "tt"), ("PlanckLowlEE", "ee")):
        model = spectra_model({f"hotaxion.likelihoods.{name}": None}, "bestfit")
        assert model.theory["spectra"].asked == [{spectrum: 1000}]
    asked = {}
    for request in spectra_model(OURS, "bestfit").theory["spectra"].asked:
        for spectrum, l_max in request.items():
            asked[spectrum.lower()] = max(l_max, asked.get(spectrum.lower(), 0))
    # pp never comes alone: CLASS would refuse a lensing spectrum without the temperature.
    assert asked == {"tt": 2508, "te": 2508, "ee": 2508, "pp": 2500}


def test_low_multipoles_work_without_a_calibration():
    names = ("PlanckLowlTT", "PlanckLowlEE")
    model = spectra_model({f"hotaxion.likelihoods.{n}": None for n in names}, "bestfit")
    assert "A_planck" not in model.parameterization.sampled_params()
    with_it = spectra_model(OURS, "bestfit")
    expected = chi2s(with_it, amplitude=1.0, A_planck=1.0)
    for name, chi2 in chi2s(model, amplitude=1.0).items():
        assert chi2 == pytest.approx(expected[name], abs=1e-9)


def test_calibration_prior_is_planck_s():
    model = spectra_model(OURS, "bestfit")
    (prior,) = (
        pdf
        for pdf, name in zip(model.prior.pdf, model.parameterization.sampled_params(), strict=True)
        if name == "A_planck"
    )
    assert (prior.mean(), prior.std()) == pytest.approx((1.0, 0.0025))


@pytest.mark.parametrize("calibration", [1.0, 1.004])
def test_shortcuts_give_what_cobaya_s_own_code_gives(calibration):
    """On the same shipped arrays: windows added up, half of a matrix, another look-up."""
    from hotaxion.likelihoods import PlanckLensing, PlanckLiteTTTEEE, PlanckLowlEE

    with np.load(HERE / "class_spectra.npz") as file:
        dl = {name: file[f"shifted_{name}"].astype(float) for name in ("tt", "te", "ee", "pp")}
    lensing, low, lite = PlanckLensing({}), PlanckLowlEE({}), PlanckLiteTTTEEE({})
    assert lensing.log_likelihood(dl, A_planck=calibration) == pytest.approx(
        CMBlikes.log_likelihood(lensing, dl, A_planck=calibration), rel=1e-9
    )
    assert low.log_likelihood(dl["ee"], calibration) == EE.log_likelihood(
        low, dl["ee"], calibration
    )
    high = (0, dl["tt"], dl["te"], dl["ee"], calibration)
    assert lite.get_chi_squared(*high) == pytest.approx(
        PlanckPlikLite.get_chi_squared(lite, *high), rel=1e-9
    )


def test_a_preset_asks_for_spectra_once():
    model = spectra_model({"hotaxion.likelihoods.Planck2018": None}, "bestfit")
    (theory,) = model.theory.values()
    asked, own = [], theory.get_Cl
    theory.get_Cl = lambda *args, **kwargs: asked.append(args) or own(*args, **kwargs)
    first, second = (chi2s(model, amplitude=a, A_planck=1.0)["Planck2018"] for a in (1.0, 0.99))
    assert len(asked) == 2
    assert first != second
