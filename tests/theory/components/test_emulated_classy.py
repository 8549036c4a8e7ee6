"""Why this test exists: EmulatedClassy must be a drop-in for HotClassy: same parameters in, same
products out, CLASS where the emulator does not reach, and a clear refusal of what it cannot do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.analysis.running.run import class_for_emulator
from hotaxion.theory.errors import HotAxionError, MissingDataError
from hotaxion.theory.spectra.emulator.features import feature_vector
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator

from ..cosmology_stubs import Asks

EMULATED, DIRECT = "hotaxion.theory.EmulatedClassy", "hotaxion.theory.HotClassy"
POINT = {"omega_b": 0.0224, "omega_cdm": 0.119, "n_s": 0.967, "tau_reio": 0.056, "logA": 3.045}
REDSHIFTS = [0.106, 0.51, 2.33]
WANTS = {
    "Cl": dict.fromkeys(["tt", "te", "ee", "bb", "pp"], 2508),
    "Hubble": {"z": [0.0, *REDSHIFTS]},
    "angular_diameter_distance": {"z": REDSHIFTS},
    "comoving_radial_distance": {"z": REDSHIFTS},
    "angular_diameter_distance_2": {"z_pairs": [(0.5, 1.0)]},
}
DERIVED = ["rdrag", "sigma8", "omegam", "age", "zrei", "Omega_nu", "m_ncdm_tot"]


# A line of tests/yaml/blind_points.txt; ln L there by CLASS.
BLIND = Path(__file__).parents[2] / "yaml" / "blind_points.txt"
DATA = {
    "hotaxion.likelihoods.Planck2018": None,
    "hotaxion.likelihoods.DesiDR2": None,
    "hotaxion.likelihoods.BBN": {"preset": "2026"},
}
JUMP = 0.1  # twice the largest jump in ln L between the two grids of multipoles that CLASS has


def model(theory=EMULATED, wants=None, params=None, without=(), data=None, **options):
    every = {
        **POINT,
        "theta_s_100": 1.0418,
        "mnu": {"prior": [0, 5]},
        "m_a": {"prior": [0, 10]},
        **(params or {}),
    }
    return get_model(
        {
            "theory": {
                theory: options,
                "hotaxion.theory.HotAxion": None,
                "hotaxion.theory.BBN": None,
            },
            "likelihood": {"asks": {"external": Asks, "wants": wants or WANTS}, **(data or {})},
            "params": {k: v for k, v in every.items() if k not in without},
        }
    )


# --- against CLASS ---------------------------------------------------------------------------
@pytest.fixture(scope="module")
def blind():
    """Parameters of the first blind point, and ln L of CLASS there."""
    header, line = BLIND.read_text().splitlines()[:2]
    names = header.partition(" = ")[2].split()
    point = dict(zip(names, map(float, line.split()), strict=True))
    direct = point.pop("lnL(CLASS)")
    m_a = np.exp(point.pop("ln_m_a")) - 0.05
    return point, {"mnu": point.pop("mnu"), "m_a": m_a}, direct


@pytest.fixture(scope="module")
def both(blind):
    """The two theories at one point; CLASS takes some ten seconds."""
    fixed, sampled, _ = blind
    params = fixed | dict.fromkeys([*DERIVED, "H0"])
    models = {
        name: model(name, params=params, data=DATA, **(options or {}))
        for theories in ({EMULATED: None}, class_for_emulator({EMULATED: None}))
        for name, options in theories.items()
    }
    found = {n: m.logposterior(sampled).derived for n, m in models.items()}
    names = list(models[DIRECT].parameterization.derived_params())
    return models, {n: dict(zip(names, values, strict=True)) for n, values in found.items()}


def test_class_by_default_is_the_judge_of_the_emulator(both, blind):
    """At this point CLASS's own step of multipoles, 40, gives 0.31 less in -ln L."""
    models, _ = both
    loglikes = models[DIRECT].loglikes(blind[1], as_dict=True, return_derived=False)
    assert abs(sum(loglikes[name] for name in DATA) - blind[2]) < JUMP


def test_derived_parameters_equal_those_of_class(both):
    _, derived = both
    # sigma_8 1e-3; what follows from distances and recombination 2e-5.
    tolerance = {"sigma8": 1e-3, "zrei": 1e-3}
    for name in (*DERIVED, "H0"):
        value = derived[DIRECT][name]
        assert derived[EMULATED][name] == pytest.approx(value, rel=tolerance.get(name, 2e-5)), name


def test_spectra_equal_those_of_class(both):
    """Within a tenth of cosmic variance bin by bin, and 3e-3 at high multipoles."""
    models, _ = both
    ours, true = (models[n].provider.get_Cl(ell_factor=True) for n in (EMULATED, DIRECT))
    assert set(ours) >= {"ell", "tt", "te", "ee", "bb", "pp"}
    ell = true["ell"][2:2509]
    variance = np.sqrt(2.0 / (2.0 * ell + 1.0))
    for name in ("tt", "ee", "bb", "pp"):
        error = ours[name][2:2509] / true[name][2:2509] - 1.0
        assert np.abs(error / variance).max() < 0.15, name
        assert np.abs(error[300:]).max() < 4e-3, name
    scale = np.sqrt(true["tt"] * true["ee"])[2:2509]
    assert np.abs((ours["te"] - true["te"])[2:2509] / scale).max() < 5e-3


def test_distances_equal_those_of_class(both):
    models, _ = both
    ours, true = (models[n].provider for n in (EMULATED, DIRECT))
    for name in ("Hubble", "angular_diameter_distance", "comoving_radial_distance"):
        for z in REDSHIFTS:
            found = getattr(ours, f"get_{name}")(z)
            assert found == pytest.approx(getattr(true, f"get_{name}")(z), rel=2e-5)
        many = getattr(ours, f"get_{name}")(np.array(REDSHIFTS))
        assert many == pytest.approx(getattr(true, f"get_{name}")(np.array(REDSHIFTS)), rel=2e-5)
    pair = [(0.5, 1.0)]
    assert ours.get_angular_diameter_distance_2(pair) == pytest.approx(
        true.get_angular_diameter_distance_2(pair), rel=2e-5
    )


def test_converted_spectra_are_not_shared(both):
    """A likelihood that changes what it got must not change what the next one gets."""
    provider = both[0][EMULATED].provider
    first = provider.get_Cl(ell_factor=True)
    kept = first["tt"].copy()
    first["tt"] *= 2.0
    assert np.array_equal(provider.get_Cl(ell_factor=True)["tt"], kept)
    raw = provider.get_Cl(ell_factor=False, units="1")["tt"]
    assert raw[220] < 1e-9 < kept[220]


# --- other inputs ----------------------------------------------------------------------------
def test_h0_and_amplitude_as_inputs():
    """H0 and A_s in place of theta_s_100 and logA: the same universe."""
    first = model(params={"H0": None, "sigma8": None})
    point = {"mnu": 0.05, "m_a": 0.1}
    h0, sigma8 = first.logposterior(point).derived
    params = {"H0": h0, "A_s": 1e-10 * np.exp(POINT["logA"]), "sigma8": None, "theta_s_100": None}
    second = model(params=params, without=["logA"])
    found = dict(
        zip(
            second.parameterization.derived_params(),
            second.logposterior(point).derived,
            strict=True,
        )
    )
    assert found["theta_s_100"] == pytest.approx(1.0418, rel=1e-6)
    assert found["sigma8"] == pytest.approx(sigma8, rel=1e-6)


def test_same_point_same_bits():
    emulated = model(params={"sigma8": None})
    first = emulated.logposterior({"mnu": 0.05, "m_a": 0.1}, cached=False).derived
    emulated.logposterior({"mnu": 0.06, "m_a": 0.2}, cached=False)
    assert emulated.logposterior({"mnu": 0.05, "m_a": 0.1}, cached=False).derived == first


def test_hot_matter_suppresses_growth():
    emulated = model(params={"sigma8": None})
    values = [
        emulated.logposterior({"mnu": mnu, "m_a": m_a}).derived[0]
        for mnu, m_a in ((0.02, 0.02), (0.2, 0.02), (0.2, 0.4))
    ]
    assert values[0] > values[1] + 0.02 > values[2] + 0.04


# --- outside of the training -----------------------------------------------------------------
def test_class_steps_in_outside(caplog):
    """A mass beyond the training goes to CLASS; the run says how often at its end."""
    caplog.set_level("INFO")
    emulated = model(wants={"rdrag": None}, params={"H0": None})
    theory = emulated.theory[EMULATED]
    inside = emulated.logposterior({"mnu": 0.05, "m_a": 0.1})
    assert (theory.emulated_points, theory.class_points) == (1, 0)
    outside = emulated.logposterior({"mnu": 0.05, "m_a": 3.0})
    assert (theory.emulated_points, theory.class_points) == (1, 1)
    assert np.isfinite(outside.logpost)
    assert inside.derived[0] != outside.derived[0]
    emulated.close()
    assert "1 points from the emulator, 1 from CLASS (mass_root: 1)" in caplog.text


def test_or_the_run_stops():
    emulated = model(wants={"rdrag": None}, fallback="error")
    emulated.logposterior({"mnu": 0.05, "m_a": 0.1})
    with pytest.raises(LoggedError, match=r"mnu = 3 is outside 0 to 0\.6"):
        emulated.logposterior({"mnu": 3.0, "m_a": 0.1})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"omega_cdm": 0.16}, "exceeds the tolerance 2"),
        ({"n_s": 1.1}, "exceeds the tolerance 2"),
        ({"mnu": 0.9}, "mnu = 0.9"),
        ({"YHe": 0.3}, "YHe = 0.3"),
        ({"tau_reio": -0.1}, "not positive"),
        ({}, None),
    ],
)
def test_box(change, reason):
    spectra = SpectraEmulator.load(PACKAGED)
    values = {**POINT, "theta_s_100": 1.0418, "mnu": 0.06, "YHe": 0.2457}
    found = spectra.outside(feature_vector(values | change), tolerance=2.0)
    assert found is None if reason is None else reason in found


# --- refusals --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wants": {"Cl": {"tt": 6000}}}, "to l = 2508"),
        ({"wants": {"Pk_grid": {"z": [0.0], "k_max": 1.0}}}, "use HotClassy"),
        ({"params": {"Omega_k": 0.01}}, "the emulator takes"),
        ({"wants": {"rdrag": None}, "without": ["tau_reio"]}, "needs tau_reio"),
        ({"wants": {"rdrag": None}, "without": ["logA", "n_s"]}, "n_s, A_s or ln_A_s_1e10"),
        ({"wants": {"rdrag": None}, "without": ["theta_s_100"]}, "needs H0 or theta_s_100"),
        ({"extra_args": {"non_linear": "hmcode"}}, "was trained with"),
        ({"hierarchy": "massless", "without": ["mnu"]}, "hierarchy"),
        ({"fallback": "zero"}, "Allowed are: class, error"),
        ({"tolerance": 0.0}, "above 0 and up to 5"),
        ({"emulator": "nowhere.npz"}, "hotaxion train"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(LoggedError, match=message):
        model(**arguments)


def test_files(tmp_path):
    with pytest.raises(MissingDataError, match="hotaxion train"):
        SpectraEmulator.load(tmp_path / "no.npz")
    whole = PACKAGED.read_bytes()
    for bad in (b"", b"nothing", whole[: len(whole) // 2], whole[:9000] + b"!" + whole[9001:]):
        (tmp_path / "bad.npz").write_bytes(bad)
        with pytest.raises(HotAxionError, match=r"bad\.npz is damaged: .*hotaxion train"):
            SpectraEmulator.load(tmp_path / "bad.npz")


def test_saved_and_loaded_predict_the_same(tmp_path):
    spectra = SpectraEmulator.load(PACKAGED)
    spectra.save(tmp_path / "copy.npz")
    features = feature_vector({**POINT, "theta_s_100": 1.0418, "mnu": 0.06, "YHe": 0.2457})
    first, second = spectra(features), SpectraEmulator.load(tmp_path / "copy.npz")(features)
    assert np.array_equal(first.cl["tt"], second.cl["tt"])
    assert first.scalars == second.scalars
    assert [file.name for file in tmp_path.iterdir()] == ["copy.npz"]


def test_provenance():
    origin = SpectraEmulator.load(PACKAGED).origin
    assert {"hotaxion", "classy"} <= set(origin["versions"])
    assert origin["points"] >= 150
    assert origin["accuracy"]["delta_chi2_median"] < 0.02
    assert PACKAGED.stat().st_size < 10e6


def test_dark_energy_has_the_names_that_class_gives_it():
    """With w0 and wa a fluid fills what is left, to 1e-4 that of CLASS at the same angle."""
    names = ["H0", "Omega_Lambda", "Omega0_fld", "omegam", "age", "rdrag"]
    params = {"w": -0.84, "wa": -0.62, **dict.fromkeys(names)}
    wants = {"Hubble": {"z": [0.5]}}
    found = {}
    for theory, options in ((EMULATED, {"emulator": "act"}), (DIRECT, {})):
        one = model(theory, wants, params, **options)
        values = one.logposterior({"mnu": 0.06, "m_a": 0.1}).derived
        derived = dict(zip(one.parameterization.derived_params(), values, strict=True))
        found[theory] = derived | {"H": float(one.provider.get_Hubble(0.5)[0])}
    assert found[EMULATED]["Omega_Lambda"] == found[DIRECT]["Omega_Lambda"] == 0.0
    assert found[EMULATED]["Omega0_fld"] > 0.6
    assert found[EMULATED] == pytest.approx(found[DIRECT], rel=1e-4)
