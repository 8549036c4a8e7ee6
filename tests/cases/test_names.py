"""Why this test exists: one quantity goes by many names, in CLASS, in CAMB and in published inputs;
the emulator and CLASS must take and give it by all of them, or say at the start what to write."""

from __future__ import annotations

import pytest

from ..theory.cosmology_stubs import FASTEST_CLASS
from .changes import CLASS, EMULATED, GONE, case, changed

OPTIONS = {EMULATED: None, CLASS: {"extra_args": FASTEST_CLASS}}

# --- 12, 14, 15, 16: names ---------------------------------------------------------------------


def test_derived_parameters_are_those_of_class(evaluated):
    by_emulator = evaluated(case(12))
    by_class = evaluated(changed(12, theory={EMULATED: GONE, CLASS: OPTIONS[CLASS]}))
    assert by_emulator["Omega_k"] == by_class["Omega_k"] == 0.0
    for name in ("Omega_b", "Omega_cdm", "Omega_m", "H0", "age", "rdrag"):
        assert by_emulator[name] == pytest.approx(by_class[name], rel=2e-5)
    beyond = evaluated(case(12), n_s=1.19)  # CLASS has to compute it
    assert beyond["Omega_b"] == pytest.approx(by_class["Omega_b"], rel=2e-5)
    other = {"omk": None, "omegab": None, "omegam": None}
    names = dict.fromkeys(["Omega_k", "Omega_b", "Omega_cdm", "Omega_m"], GONE)
    found = evaluated(changed(12, params={**names, **other}), n_s=1.19)
    assert found["omegab"] == pytest.approx(by_class["Omega_b"], rel=2e-5)


@pytest.mark.parametrize("theory", [EMULATED, CLASS])
def test_other_names_of_the_acoustic_scale(evaluated, theory):
    code = {EMULATED: GONE, theory: OPTIONS[theory]}
    named = evaluated(changed(14, theory=code))
    plain = {"theta": GONE, "100*theta_s": GONE}
    for params in (
        {**plain, "theta_s_100": 1.0416},
        {**plain, "100*theta_s": 1.0416},
        {
            "theta": {"prior": [0.0103, 0.0105], "ref": 0.010416, "drop": True},
            "100*theta_s": {"value": "lambda theta: 100 * theta", "derived": False},
        },
    ):
        assert evaluated(changed(14, theory=code, params=params))["H0"] == pytest.approx(
            named["H0"], abs=1e-3
        )


@pytest.mark.parametrize("theory", [EMULATED, CLASS])
def test_advice_leads_to_no_second_refusal(refused, evaluated, theory):
    code = {EMULATED: GONE, theory: OPTIONS[theory]}
    said = refused(changed(15, theory=code))
    assert "'sigma_8' is no derived parameter of CLASS; did you mean 'sigma8'?" in said
    assert "did you mean 'Neff'?" in said
    missing = ", which HotClassy gives, not the emulator?" if theory == EMULATED else "?"
    assert f"did you mean 'z_star'{missing}" in said
    right = {"sigma_8": GONE, "nnu": GONE, "zstar": GONE, "sigma8": None, "Neff": None}
    right |= {"z_star": None} if theory == CLASS else {}
    found = evaluated(changed(15, theory=code, params=right))
    assert found["S8"] == pytest.approx(0.80, abs=0.02)
    assert found["Neff"] == pytest.approx(3.14, abs=0.01)


def test_what_only_class_derives_is_named(refused):
    wrong = dict.fromkeys(["sigma_8", "nnu", "zstar"], GONE)
    said = refused(changed(15, params={**wrong, "z_star": None, "k_eq": None}))
    assert "The emulator does not give z_star, k_eq; use HotClassy" in said


CLASS_NAMES = {
    **dict.fromkeys(["ombh2", "omch2", "As", "ns", "tau"], GONE),
    **{"omega_b": 0.0224, "omega_cdm": 0.12, "A_s": 2.1e-9, "n_s": 0.965, "tau_reio": 0.055},
}


@pytest.mark.parametrize("theory", [EMULATED, CLASS])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"ombh2": GONE, "omch2": GONE, "omegabh2": 0.0224, "omegach2": 0.12},
        {"As": GONE, "logA": 3.0445},
        {"H0": GONE, "h": 0.675},
        {
            "ombh2": {"prior": [0.02, 0.025], "ref": 0.0224, "drop": True},
            "omega_b": "lambda ombh2: ombh2",
        },
    ],
    ids=["CAMB", "Planck", "logA", "h", "function"],
)
def test_names_of_other_codes(evaluated, theory, params):
    code = {CLASS: GONE, theory: OPTIONS[theory]}
    expected = evaluated(changed(16, theory=code, params=CLASS_NAMES))
    found = evaluated(changed(16, theory=code, params=params))
    assert found["chi2"] == pytest.approx(expected["chi2"], abs=1e-3)
    assert found["rdrag"] == pytest.approx(expected["rdrag"], abs=1e-3)


def test_baryons_are_given_once(refused):
    for params in ({"omega_b": 0.0224}, {"omega_b": "lambda ombh2: ombh2"}):
        said = refused(changed(16, params=params))
        assert "give the baryon density as one of omega_b, ombh2, omegabh2" in said
