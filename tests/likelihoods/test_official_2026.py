"""Why this test exists: the data of 2026 must give the published numbers by their standard names.

One run of CLASS for all data sets that are installed, and for those of the package; the packages
folder and the packages act-dr6-lenslike and candl-like are optional. Origin of the numbers: the
same data and cosmology with CLASS 3.4.1 by Cobaya's own theory `classy`, 2026; tolerances: accuracy
settings of CLASS.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.theory import Theory

from hotaxion.theory.spectra.training.design import FINER_CLASS

from .reference_values import POINT
from .stubs import official_packages, packages_folder

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Cobaya 3.6.2 leaves a file open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Hartlap correction:UserWarning"),
]

PR4 = "pp_consext8_npipe_smicaed_TiPi_jTP_pre30T_kfilt_rdn0cov_PS1"
PLIK = "planck_2018_highl_plik.TTTEEE_lite_native"
CANDL = {
    "act": "ACT_DR6_CMB_only_v0/ACT_DR6_CMB_only.yaml",
    "spt_2018": "SPT3G_2018_TTTEEE_v0/SPT3G_2018_TTTEEE_lite.yaml",
    "spt_d1": "SPT3G_D1_TnE_lite_approx/SPT3G_D1_TnE_lite_approx.yaml",
}
NEEDS = {"act_dr6_lenslike": "act-dr6-lenslike", "candl": "candl-like"}
# Name in the input: chi^2 at POINT, tolerance.
CHI2 = {
    PLIK: (584.25, 0.5),
    "planck_2018_lowl.TT": (23.20, 0.1),
    "planck_2018_lowl.EE": (396.04, 0.1),
    "planck_2018_lowl.EE_sroll2": (390.06, 0.1),
    "planck_2018_lensing.native": (8.88, 0.15),
    "planck_pr4_lensing": (8.703, 0.1),
    "planck_pr4_lensing_marginalised": (8.48, 0.15),
    "act_lensing": (14.08, 0.1),
    "act_lensing_extended": (17.9, 0.1),
    "act_and_planck_lensing": (19.88, 0.1),
    "act_and_planck_lensing_extended": (23.68, 0.3),
    "spt_2018": (141.5, 0.3),
    "spt_d1": (164.5, 0.3),
    "bao.desi_dr2": (31.24, 0.05),
    "bao.desi_dr2.desi_bao_lya": (0.147, 0.01),
    "sn.pantheonplus": (1403.67, 0.05),
    "sn.union3": (26.293, 0.01),
    "sn.desdovekie": (1632.32, 0.05),
}
# Those of the package; of PlanckCut no other value is known. Low-l TT lies 19.2 below Commander.
PACKAGED = {
    "ActDR6Lite": (125.52, 0.5),
    "Spt3g2018Lite": (141.5, 0.3),
    "ActDR6Lensing": (14.08, 0.1),
    "PlanckCut": (221.1, 1.0),
    "PlanckLiteTTTEEE": (584.25, 0.5),
    "PlanckLowlTT": (4.02, 0.1),
    "PlanckLowlEE": (396.05, 0.1),
    "PlanckLensing": (8.88, 0.15),
    "DesiDR2": (31.24, 0.05),
}
PLANCK, ACT, SPT = {"A_planck": 1.00044}, {"A_act": 1.0, "P_act": 1.0}, {"Tcal": 1.0, "Ecal": 1.0}
FINE = {"non_linear": "halofit", **FINER_CLASS}
ONE_NEUTRINO = {"axion": False, "helium": "class", "hierarchy": "one_massive"}
HOT, EMULATED = "hotaxion.theory.HotClassy", "hotaxion.theory.EmulatedClassy"


def candl(name: str, **options) -> dict:
    file = f"{official_packages()}/data/candl_data/{CANDL[name]}"
    cls = "candl.interface.CandlCobayaLikelihood"
    return {"class": cls, "data_set_file": file, "feedback": False, **options}


def act_lensing(variant: str, **options) -> dict:
    cls = "act_dr6_lenslike.ACTDR6LensLike"
    return {"class": cls, "variant": variant, "lens_only": True, **options}


def pr4(of: str, ending: str = "") -> dict:
    folder = f"{official_packages()}/data/planck_pr4_lensing/data_pr4"
    cls = f"planck_2018_lensing.{of}"
    return {"class": cls, "path": folder, "dataset_file": f"{PR4}{ending}.dataset"}


def standard() -> dict:
    """The block `likelihood` of all of CHI2, as an input would have it."""
    named = {
        "planck_pr4_lensing": pr4("native"),
        "planck_pr4_lensing_marginalised": pr4("CMBMarged", "_CMBmarged"),
        "act_lensing": act_lensing("act_baseline"),
        "act_lensing_extended": act_lensing("act_extended"),
        "act_and_planck_lensing": act_lensing("actplanck_baseline"),
        "act_and_planck_lensing_extended": act_lensing("actplanck_extended"),
        "spt_2018": candl("spt_2018"),
        "spt_d1": candl("spt_d1"),
    }
    return {name: named.get(name, {}) for name in CHI2}


def absent(options: dict) -> str:
    """The package that a likelihood needs and that is not installed."""
    module = options.get("class", "").split(".")[0]
    return NEEDS[module] if module in NEEDS and not find_spec(module) else ""


def model(theory: dict, likelihoods: dict, **params):
    used = {"stop_at_error": True}
    return get_model(
        {
            "theory": theory,
            "likelihood": {name: used | (options or {}) for name, options in likelihoods.items()},
            "params": {**POINT, **params},
            "packages_path": packages_folder(),
        }
    )


def chi2(built) -> dict[str, float]:
    values = built.loglikes({}, as_dict=True, return_derived=False)
    return {name: -2 * float(value) for name, value in values.items()}


@pytest.fixture(scope="module")
def found():
    """chi^2 of all that is installed, from one run of CLASS; of `tau` candl hears from CLASS."""
    there = {f"hotaxion.likelihoods.{name}": {} for name in PACKAGED}
    if packages_folder():
        there |= {name: options for name, options in standard().items() if not absent(options)}
    calibrations = ACT | SPT | {"A_planck": {"value": "lambda A_act: 1.00044 * A_act"}}
    hot = {**ONE_NEUTRINO, "extra_args": FINE, "may_share_data": list(there)}
    return chi2(model({HOT: hot}, there, **calibrations))


@pytest.mark.parametrize("name", CHI2)
def test_chi2_by_standard_name(name, found):
    if package := absent(standard()[name]):
        pytest.skip(f"optional package {package}")
    expected, tolerance = CHI2[name]
    assert found[name] == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("name", PACKAGED)
def test_chi2_of_the_package(name, found):
    expected, tolerance = PACKAGED[name]
    assert found[f"hotaxion.likelihoods.{name}"] == pytest.approx(expected, abs=tolerance)


def test_sum_of_planck_at_its_best_fit(found):
    """1011.9 with Commander (1807.06209), 19.2 above the two log-normal bins (test_planck.py)."""
    pieces = ("LiteTTTEEE", "LowlTT", "LowlEE", "Lensing")
    total = sum(found[f"hotaxion.likelihoods.Planck{name}"] for name in pieces)
    assert total == pytest.approx(992.7, abs=1.5)


# --- with the emulator -----------------------------------------------------------------------
SUPERNOVAE = ("sn.pantheonplus", "sn.union3", "sn.desdovekie")


def test_the_emulator_takes_them_as_well():
    """Distances as exact as those of CLASS; one mass more or less does not matter for the rest."""
    names = ("planck_2018_lowl.EE_sroll2", "planck_pr4_lensing", *SUPERNOVAE)
    some = {name: standard()[name] for name in names}
    options = {"axion": False, "may_share_data": list(SUPERNOVAE)}
    emulated = chi2(model({EMULATED: options}, some, A_planck=1.00044, YHe=0.2454))
    for name in names[:2]:
        assert emulated[name] == pytest.approx(CHI2[name][0], abs=0.3)
    distances = {name: some[name] for name in SUPERNOVAE}
    direct = chi2(model({HOT: options}, distances, YHe=0.2454))
    for name in SUPERNOVAE:
        assert emulated[name] == pytest.approx(direct[name], abs=1e-3)


def test_tau_by_the_name_that_candl_asks_for():
    """candl requires a parameter `tau`, even where it has no prior on it: CLASS's tau_reio."""
    got = []

    class Asking(Likelihood):
        def get_requirements(self):
            return {"tau": None, "Cl": {"tt": 1000}}

        def logp(self, tau, **params):
            return got.append(tau) or 0.0

    chi2(model({EMULATED: {"axion": False}}, {"asking": {"external": Asking}}, YHe=0.2454))
    assert got == [POINT["tau_reio"]]


def test_sroll2_prefers_the_published_optical_depth():
    """1908.09856: tau = 0.0566 (+0.0053 -0.0062); at fixed height of the peaks."""
    free = {name: {"prior": prior} for name, prior in (("logA", [2, 4]), ("tau_reio", [0.01, 0.2]))}
    sroll2 = {"planck_2018_lowl.EE_sroll2": {}}
    built = model({EMULATED: {"axion": False}}, sroll2, A_planck=1.0, YHe=0.2454, **free)
    taus = np.arange(0.044, 0.07, 0.002)
    heights = 3.0448 + 2 * (taus - POINT["tau_reio"])
    found = [
        built.loglike({"logA": log_a, "tau_reio": tau}, return_derived=False)
        for log_a, tau in zip(heights, taus, strict=True)
    ]
    second, first, _ = np.polyfit(taus, found, 2)
    assert -first / (2 * second) == pytest.approx(0.0566, abs=0.0015)


# --- what is refused or said at set-up -------------------------------------------------------
def refused(*names: str, **params) -> str:
    likelihoods = standard() | {"act": candl("act")}
    if package := next(filter(None, (absent(likelihoods.get(name, {})) for name in names)), ""):
        pytest.skip(f"optional package {package}")
    with pytest.raises(LoggedError) as error:
        model({HOT: ONE_NEUTRINO}, {name: likelihoods.get(name, {}) for name in names}, **params)
    return str(error.value)


@pytest.mark.parametrize(
    ("names", "what", "calibrations"),
    [
        (("planck_pr4_lensing", "planck_2018_lensing.native"), "the lenses of one sky", PLANCK),
        (("act_and_planck_lensing", "planck_pr4_lensing"), "the lenses of one sky", PLANCK),
        (("act_and_planck_lensing", "planck_2018_lensing.CMBMarged"), "the lenses of one sky", {}),
        (("planck_2018_lowl.EE", "planck_2018_lowl.EE_sroll2"), "Planck's EE at l < 30", PLANCK),
        (("sn.union3", "sn.desdovekie"), "the same supernovae", {}),
        (("spt_2018", "spt_d1"), "SPT-3G's main field", SPT),
        (
            ("act", "planck_2018_highl_plik.TTTEEE_lite_native"),
            "that Planck and ACT share",
            PLANCK | ACT,
        ),
    ],
)
def test_official_likelihoods_alone(names, what, calibrations):
    """Nothing of ours but the theory."""
    assert f"{' and '.join(names)} count " in (text := refused(*names, **calibrations))
    assert what in text


def test_candl_says_what_it_leaves(caplog):
    """ACT DR6 through candl: its dropped prior, and windows that triple the time of CLASS."""
    pytest.importorskip("candl", reason="optional package candl-like")
    flat = {"prior": [0.9, 1.1]}
    model({HOT: ONE_NEUTRINO}, {"act": candl("act")}, A_act=flat, P_act=flat)
    assert "A_act: {prior: {dist: norm, loc: 1, scale: 0.003}}" in caplog.text
    assert "asks for C_l to l = 8501, its windows end at l = 6325: " in caplog.text
    likelihoods = {"act": candl("act", clear_internal_priors=False), "planck_2018_lowl.EE": {}}
    free = {"prior": [0.01, 0.1]}
    with pytest.raises(LoggedError, match=r"prior on tau, .* which planck_2018_lowl\.EE counts"):
        model({HOT: ONE_NEUTRINO}, likelihoods, A_act=flat, P_act=flat, tau_reio=free)


def test_act_lensing_without_its_corrections():
    """The file that is missing is named; `cures` says what to do."""
    pytest.importorskip("act_dr6_lenslike", reason="optional package act-dr6-lenslike")
    with pytest.raises(FileNotFoundError, match="like_corrs"):
        model({HOT: ONE_NEUTRINO}, {"act": act_lensing("act_baseline", lens_only=False)})


def test_old_supernova_data_are_refused(tmp_path):
    """Cobaya 3.6.2 wants the release v1.8 by its file version.dat."""
    target = tmp_path / "data" / "sn_data"
    shutil.copytree(Path(official_packages()) / "data" / "sn_data" / "Union3", target / "Union3")
    info = {"theory": {HOT: ONE_NEUTRINO}, "likelihood": {"sn.union3": None}, "params": POINT}
    (target / "version.dat").write_text("v1.6")
    with pytest.raises(LoggedError, match="not up to date"):
        get_model(info | {"packages_path": str(tmp_path)})
    (target / "version.dat").write_text("v1.8")
    get_model(info | {"packages_path": str(tmp_path)}).close()


# --- the same data in the package and through candl ------------------------------------------
class Smooth(Theory):
    """Spectra to any multipole, with their signs and sizes, but no peaks."""

    params = {"amplitude": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["Cl"]

    def calculate(self, state, want_derived=True, **params):
        ell = np.arange(8600)
        damped = params["amplitude"] * np.exp(-((ell / 1400.0) ** 1.2))
        state["Cl"] = {"ell": ell, "tt": damped, "te": -0.05 * damped, "ee": 0.02 * damped}

    def get_Cl(self, ell_factor=False, units="FIRASmuK2"):
        return {name: values.copy() for name, values in self.current_state["Cl"].items()}


@pytest.mark.parametrize(
    ("name", "twin", "options", "calibrations"),
    [
        ("act", "ActDR6Lite", {"l_max": 6500}, {"A_act": 1.003, "P_act": 0.98}),
        ("spt_2018", "Spt3g2018Lite", {}, {"Tcal": 0.997, "Ecal": 1.01}),
    ],
)
def test_packaged_twins_of_candl(name, twin, options, calibrations):
    """Data, covariance, windows and calibrations are the same; candl rounds ln L to 32 bits."""
    pytest.importorskip("candl", reason="optional package candl-like")
    ours = {f"hotaxion.likelihoods.{twin}": {"may_share_data": name, **options}}
    built = get_model(
        {
            "theory": {"smooth": {"external": Smooth}},
            "likelihood": {name: candl(name), **ours},
            "params": {"amplitude": 3e3, "tau": 0.05, **calibrations},
        }
    )
    theirs, packaged = chi2(built).values()
    assert packaged == pytest.approx(theirs, rel=3e-7)
