"""Why this test exists: ACT and SPT must give the chi^2 that their makers publish, and combine with
Planck as the ACT collaboration does.

Spectra and test values are those of candl 1.8.2 and of the ACT team: make_published_spectra.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from scipy.stats import multivariate_normal

import hotaxion.likelihoods
from hotaxion.likelihoods import build_ground_data, data_files
from hotaxion.likelihoods.ground import calibration_prior
from hotaxion.theory.errors import HotAxionError, MissingDataError

from .reference_values import POINT
from .stubs import HERE, Published, chi2s, official_packages, spectra_model

OURS = "hotaxion.likelihoods."
ALL = {"l_max": 6500}
TIED = {"A_planck": {"value": "lambda A_act: A_act"}}


def published(likelihoods: dict, spectra: str, **params):
    named = {f"{OURS}{name}": options for name, options in likelihoods.items()}
    return spectra_model(named, spectra, official_packages_or_none(likelihoods), Published, params)


def official_packages_or_none(likelihoods: dict) -> str | None:
    options = [value for given in likelihoods.values() for value in (given or {}).values()]
    return official_packages() if {"official", "sroll2"} & {*map(str, options)} else None


def spectra(name: str, **factors: float) -> dict[str, np.ndarray]:
    with np.load(HERE / "published_spectra.npz") as file:
        found = {key.removeprefix(f"{name}_"): file[key] for key in file if key.startswith(name)}
    return {key: factors.get(key, 1.0) * value.astype(float) for key, value in found.items()}


def shipped(name: str) -> dict[str, np.ndarray]:
    with np.load(data_files.DATA / name) as file:
        return dict(file)


# --- published values --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "options", "of", "params", "chi2", "tolerance"),
    [
        ("ActDR6Lite", ALL, "act_candl", {"A_act": 1.01, "P_act": 0.95}, 695.5870410, 1e-6),
        ("Spt3g2018Lite", {}, "spt_candl", {"Tcal": 1.001, "Ecal": 1.001}, 141.740049, 1e-6),
        ("ActDR6Lensing", {}, "lensing_candl", {}, 14.056914, 1e-6),
    ],
)
def test_values_of_candl(name, options, of, params, chi2, tolerance):
    with published({name: options}, of, **params) as model:
        assert chi2s(model, amplitude=1.0)[name] == pytest.approx(chi2, rel=tolerance)


def test_values_of_the_act_team():
    """ln L of ACT DR6 lite at their test cosmology, alone and with the cut Planck."""
    likelihoods = {"ActDR6Lite": ALL, "PlanckCut": {}}
    with published(likelihoods, "act_team", A_act=1.0, P_act=1.0) as model:
        found = chi2s(model, amplitude=1.0)
    assert -0.5 * found["ActDR6Lite"] == pytest.approx(-395.48, abs=0.01)
    assert -0.5 * sum(found.values()) == pytest.approx(-962.27, abs=0.02)


# --- parts -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("l_max", "bins", "last"),
    [(625, 1, 625), (674, 1, 625), (675, 2, 675), (2508, 33, 2475 - 250), (4000, 39, 3925)],
)
def test_whole_bins_are_cut(l_max, bins, last):
    data, dl = shipped("act_dr6_lite.npz"), spectra("act_candl")
    likelihood = hotaxion.likelihoods.ActDR6Lite({"l_max": l_max})
    kept = np.flatnonzero(data["ell_max"] <= l_max)
    last = data["ell_max"][kept[-1]]
    assert set(likelihood.get_requirements()["Cl"].values()) == {last}
    used = np.concatenate([kept, kept + 45, kept + 90])
    model = [
        dl[s][data["ell_min"][b] : data["ell_max"][b] + 1].mean()
        for s in ("tt", "te", "ee")
        for b in kept
    ]
    difference = data["data"][used] - model
    expected = difference @ np.linalg.solve(data["covariance"][np.ix_(used, used)], difference)
    found = likelihood.chi_squared(dl, {"A_act": 1.0, "P_act": 1.0})
    assert len(kept) == bins
    assert found == pytest.approx(expected, rel=1e-9)
    short = {name: values[: last + 1] for name, values in dl.items()}
    assert likelihood.chi_squared(short, {"A_act": 1.0, "P_act": 1.0}) == pytest.approx(found)


@pytest.mark.parametrize(
    ("name", "of", "params", "factors"),
    [
        ("ActDR6Lite", "act_candl", {"A_act": 1.02, "P_act": 1.0}, (1.02**2,) * 3),
        ("ActDR6Lite", "act_candl", {"A_act": 1.0, "P_act": 0.97}, (1.0, 0.97, 0.97**2)),
        ("Spt3g2018Lite", "spt_candl", {"Tcal": 1.02, "Ecal": 1.0}, (1.02**2, 1.02, 1.0)),
        ("Spt3g2018Lite", "spt_candl", {"Tcal": 1.0, "Ecal": 0.97}, (1.0, 0.97, 0.97**2)),
    ],
)
def test_calibrations_divide_the_spectra(name, of, params, factors):
    likelihood = getattr(hotaxion.likelihoods, name)({})
    plain = likelihood.chi_squared(spectra(of), dict.fromkeys(params, 1.0))
    scaled = spectra(of, **dict(zip(("tt", "te", "ee"), factors, strict=True)))
    assert likelihood.chi_squared(scaled, params) == pytest.approx(plain, rel=1e-9)
    assert likelihood.chi_squared(scaled, dict.fromkeys(params, 1.0)) != pytest.approx(plain)


def test_aberration_is_in_the_windows():
    """By hand: C_l - b l dC_l/dl through the windows of the release."""
    data, dl = shipped("spt3g_2018_lite.npz"), spectra("spt_candl")
    likelihood = hotaxion.likelihoods.Spt3g2018Lite({})
    found = likelihood.band_powers(dl, {"Tcal": 1.0, "Ecal": 1.0})
    ell, expected, still = data["ell"], [], []
    to_cl = 2 * np.pi / (ell * (ell + 1))
    for name in ("tt", "te", "ee"):
        seen = dl[name][2:]
        moved = seen - data["aberration"] * ell * np.gradient(seen * to_cl) / to_cl
        expected.append(data[f"window_{name}"].T @ moved)
        still.append(data[f"window_{name}"].T @ seen)
    assert found == pytest.approx(np.concatenate(expected), rel=1e-9)
    sigma = np.sqrt(np.diag(data["covariance"]))
    assert np.abs((found - np.concatenate(still)) / sigma).max() > 0.01


# --- parameters --------------------------------------------------------------------------------
def test_priors_of_the_calibrations():
    with published({"SPA": {}}, "act_candl") as model:
        names = list(model.parameterization.sampled_params())
        pdf = dict(zip(names, model.prior.pdf, strict=True))
        external = dict(model.prior.external)
        point = {"amplitude": 1.0, "A_act": 1.0, "P_act": 1.0, "Tcal": 1.004, "Ecal": 0.99}
        full = model.prior.logps(np.array([point[name] for name in names]))
    assert names == ["amplitude", "A_act", "P_act", "Tcal", "Ecal"]
    assert (pdf["A_act"].mean(), pdf["A_act"].std()) == pytest.approx((1.0, 0.003))
    for name in ("P_act", "Tcal", "Ecal"):
        assert pdf[name].support() == pytest.approx((0.9, 1.1))
    assert list(external) == ["spt3g_2018_calibration"]
    assert len(full) == 2  # that of the parameters one by one, and this one
    assert full[1] == pytest.approx(calibration_prior(1.004, 0.99))


def test_calibration_prior_is_that_of_the_release():
    covariance = shipped("spt3g_2018_lite.npz")["calibration_covariance"]
    assert np.sqrt(np.diag(covariance)) == pytest.approx((0.0045, 0.0073), rel=0.01)
    for point in ((1.0, 1.0), (1.005, 0.991)):
        expected = multivariate_normal([1.0, 1.0], covariance).logpdf(point)
        assert calibration_prior(*point) == pytest.approx(expected, abs=1e-6)


def test_one_calibration_for_planck_and_act():
    """The preset moves all with A_act; A_planck of its own is refused, one that is tied goes."""
    with published({"PACT": {}}, "act_candl") as model:
        assert "A_planck" not in model.parameterization.input_params()
        point = {"amplitude": 1.02**2, "A_act": 1.02, "P_act": 1.0}
        scaled = chi2s(model, **point)["PACT"]
        assert scaled == pytest.approx(
            chi2s(model, **point | {"amplitude": 1.0, "A_act": 1.0})["PACT"], abs=1e-6
        )
    with pytest.raises(LoggedError, match=r"A_planck stands beside A_act.*lambda A_act: A_act"):
        published({"PACT": {}, "PlanckLensing": {}}, "act_candl")
    apart = {"PlanckCut": {}, "ActDR6Lite": {}, "PlanckLowlTT": {}, "PlanckLowlEE": {}}
    with published(apart, "act_candl", **TIED) as model:
        assert sum(chi2s(model, **point).values()) == pytest.approx(scaled, abs=1e-9)


# --- Planck's part -----------------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Cobaya 3.6.2 leaves a file open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_planck_s_cut():
    """252 bins, from the package and from official files; those of the whole below the cut."""
    whole = hotaxion.likelihoods.PlanckLiteTTTEEE({})
    dl = [spectra("act_team")[name] for name in ("tt", "te", "ee")]
    found = []
    for files in ("packaged", "official"):
        folder = official_packages() if files == "official" else None
        cut = hotaxion.likelihoods.PlanckCut({"files": files}, packages_path=folder)
        used = cut._official or cut
        assert [len(bins) for bins in used.used_bins] == [114, 69, 69]
        assert [whole.blmax[bins[-1]] for bins in used.used_bins] == [999, 594, 594]
        found.append(used.get_chi_squared(0, *dl, 1.002))
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    chosen = np.concatenate(
        [
            whole.blmax[bins] <= last
            for bins, last in zip(whole.used_bins, (1000, 600, 600), strict=True)
        ]
    )
    assert np.array_equal(cut._official.X_data, whole.X_data[chosen])


def test_tables_of_low_multipoles(caplog):
    """SRoll2 differs from SimAll, and is Cobaya's own."""
    folder = official_packages()
    found = {}
    for table in ("simall", "sroll2"):
        with (
            published({"PlanckLowlEE": {"lowl_ee": table}}, "act_candl") as model,
            caplog.at_level("INFO"),
        ):
            found[table] = chi2s(model, amplitude=1.0)["PlanckLowlEE"]
    theirs = spectra_model({"planck_2018_lowl.EE_sroll2": None}, "act_candl", folder, Published)
    expected = chi2s(theirs, amplitude=1.0)["planck_2018_lowl.EE_sroll2"]
    assert found["sroll2"] == pytest.approx(expected, abs=1e-9)
    assert abs(found["simall"] - found["sroll2"]) > 1
    likelihood = hotaxion.likelihoods.PlanckLowlEE({"lowl_ee": "sroll2"}, packages_path=folder)
    options = {"files": "packaged", "lowl_ee": "sroll2"}
    (file,) = likelihood.data_files(options, folder)
    assert file.name == "sroll2_prob_table.txt"
    assert file in hotaxion.likelihoods.PACT.data_files(options, folder)


def test_an_absent_table_names_the_cure(tmp_path):
    with pytest.raises(
        LoggedError,
        match=r"lowl_ee: sroll2, but no usable planck_2018_lowl\.EE_s.*"
        r"cobaya-install planck_2018_lowl\.EE_sroll2 -p FOLDER.*`lowl_ee: simall`",
    ):
        hotaxion.likelihoods.PlanckLowlEE({"lowl_ee": "sroll2"}, packages_path=str(tmp_path))
    with pytest.raises(LoggedError, match=r"lowl_ee 'sroll'\. Did you mean 'sroll2'"):
        hotaxion.likelihoods.PACT({"lowl_ee": "sroll"})


# --- presets -----------------------------------------------------------------------------------
def test_presets_are_the_sum_of_their_pieces():
    point = {"amplitude": 0.99, "A_act": 1.001, "P_act": 0.998, "Tcal": 1.002, "Ecal": 0.997}
    pieces = ("PlanckCut", "ActDR6Lite", "PlanckLowlTT", "PlanckLowlEE", "Spt3g2018Lite")
    with published({name: {} for name in pieces}, "act_candl", **TIED) as model:
        expected = chi2s(model, **point)
    for preset, used in (("PACT", pieces[:4]), ("SPA", pieces)):
        with published({preset: {}}, "act_candl") as model:
            names = list(model.parameterization.sampled_params())
            found = chi2s(model, **{name: point[name] for name in names})[preset]
        assert found == pytest.approx(sum(expected[name] for name in used), abs=1e-9)


def test_requests():
    """How far the theory must go."""
    asked = {}
    for name, options in (("PACT", {}), ("PACT", {"l_max": 2508}), ("SPA", {"l_max": 2508})):
        with published({name: options}, "act_candl") as model:
            requests = model.theory["spectra"].asked
        asked[name, *options.values()] = max(max(one.values()) for one in requests)
    assert asked == {("PACT",): 3925, ("PACT", 2508): 2508, ("SPA", 2508): 3200}


# --- wrong use ---------------------------------------------------------------------------------
@pytest.mark.parametrize("l_max", [624, 0, -1, 4000.5, "4000", None, True, 20_000, float("nan")])
def test_wrong_l_max(l_max):
    for name in ("ActDR6Lite", "PACT"):
        with pytest.raises(
            LoggedError, match=r"^l_max = .*; allowed is a whole number from 625 to 10000\.$"
        ):
            getattr(hotaxion.likelihoods, name)({"l_max": l_max})


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("ActDR6Lite", "PlanckLiteTTTEEE"), "small scales .*PlanckCut"),
        (("PACT", "PlanckLiteTTTEEE"), "Planck's TT, TE and EE at l >= 30"),
        (("PACT", "ActDR6Lite"), "ACT's TT, TE and EE"),
        (("SPA", "Spt3g2018Lite"), "SPT-3G's main field"),
        (("ActDR6Lensing", "PlanckLensing"), "the lenses of one sky"),
    ],
)
def test_data_counted_twice(names, what):
    with pytest.raises(LoggedError, match=f"{names[0]} and {OURS}{names[1]} count .*{what}"):
        published(dict.fromkeys(names), "act_candl")


def test_a_theory_that_ends_too_early():
    with spectra_model({f"{OURS}ActDR6Lite": {}}, "bestfit") as model:
        with pytest.raises(LoggedError, match="gives tt to l = 2508, the data need l = 3925: use"):
            chi2s(model, amplitude=1.0, A_act=1.0, P_act=1.0)


def test_damaged_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(data_files, "DATA", tmp_path)
    good = shipped_from_package()
    wrong = {
        "is not symmetric": {"covariance": good["covariance"] + np.eye(135, k=3)},
        "is not positive definite": {"covariance": -good["covariance"]},
        "leaves a gap": {"ell_min": good["ell_min"] + np.eye(45, dtype=int)[4]},
    }
    for message, arrays in wrong.items():
        np.savez(tmp_path / "act_dr6_lite.npz", **good | arrays)
        with pytest.raises(LoggedError, match=rf"act_dr6_lite\.npz is damaged: .*{message}; rein"):
            hotaxion.likelihoods.ActDR6Lite({})


def shipped_from_package() -> dict[str, np.ndarray]:
    with np.load(Path(hotaxion.likelihoods.__file__).parent / "data" / "act_dr6_lite.npz") as file:
        return dict(file)


def test_the_emulator_ends_too_early():
    """At set-up, with what to do."""
    info = {
        "theory": {"hotaxion.theory.EmulatedClassy": {"axion": False}},
        "likelihood": {f"{OURS}ActDR6Lite": ALL},
        "params": {**POINT, "YHe": 0.2454},
    }
    with pytest.raises(LoggedError, match=r"'tt': 6325.* are asked for; the emulator has .* to l"):
        get_model(info)


# --- the files ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["act_dr6_lite.npz", "spt3g_2018_lite.npz"])
def test_shipped_files_are_those_of_candl(name):
    table = build_ground_data._reader(Path(official_packages()) / "data" / "candl_data")
    built, there = build_ground_data.FILES[name](table), shipped(name)
    assert sorted(built) == sorted(there)
    for key, values in built.items():
        np.testing.assert_array_equal(values, there[key])


def test_act_lensing_is_that_of_act():
    """The release of ACT itself, of which act_dr6_lenslike takes ten of 18 bands as baseline."""
    folder = Path(official_packages()) / "data" / "ACT_dr6_likelihood" / "v1.2"
    there, used = shipped("act_dr6_lensing.npz"), slice(2, -6)
    np.testing.assert_array_equal(
        np.loadtxt(folder / "clkk_bandpowers_act.txt")[used], there["data"]
    )
    covariance = np.loadtxt(folder / "covmat_act_cmbmarg.txt")[used, used]
    np.testing.assert_array_equal(covariance, there["covariance"])
    for window, first, last in zip(
        np.loadtxt(folder / "binning_matrix_act.txt")[used],
        there["ell_min"],
        there["ell_max"],
        strict=True,
    ):
        assert np.flatnonzero(window) == pytest.approx(np.arange(first, last + 1))
        assert window[first : last + 1] == pytest.approx(1 / (last - first + 1), rel=1e-12)


def test_builder_refuses_other_files(tmp_path):
    (tmp_path / "no.whl").write_text("no archive")
    with pytest.raises(MissingDataError, match="is neither the wheel of candl-like"):
        build_ground_data.build(tmp_path / "no.whl", tmp_path)
    ell = np.arange(2.0, 12.0)
    with pytest.raises(HotAxionError, match="is no plain mean"):
        build_ground_data._mean_bins(np.transpose([ell, 1.0 / ell]))
