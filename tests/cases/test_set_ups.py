"""Why this test exists: what users bring (other codes, theories of their own) must give the right
answer, or one sentence at the start. The first line of each input says which; around each stand
more of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from cobaya.yaml import yaml_dump, yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.running import doctor

from .changes import AXION, BBN, CLASS, DESI, EMULATED, GONE, NUCLEI, NUMBER, case, changed

# --- 1: Boltzmann codes without axions ---------------------------------------------------------

HUBBLE = {
    "external": "lambda _self: -1e-3 * _self.provider.get_Hubble(0.5)[0]",
    "requires": {"Hubble": {"z": [0.5]}},
}
CL = {
    "external": "lambda _self: -_self.provider.get_Cl()['tt'][2]",
    "requires": {"Cl": {"tt": 30}},
}
NOTHING = dict.fromkeys(["H0", "omega_b", "omega_cdm", "m_ncdm", "Neff"], GONE)
ONLY_H = {**NOTHING, "H0": 67.5, "Omega_m": 0.3}


def alone(theory: str | None, likelihood: dict, params: dict, options: object = None) -> str:
    """Case 1 with another code in the place of classy."""
    theories = {"classy": GONE} | ({theory: options} if theory else {})
    return changed(1, theory=theories, likelihood={DESI: GONE, "own": likelihood}, params=params)


def test_classy_misses_the_axion(refused, capfd, forked_runs):
    assert main(["run", case(1)]) == 1
    for said in (refused(case(1)), capfd.readouterr().err.splitlines()[-1]):
        assert "classy gives spectra or distances, but the axion does not reach it" in said
        assert "use hotaxion.theory.HotClassy" in said


def test_the_doctor_says_the_same(capfd):
    assert main(["doctor", case(1)]) == 1
    assert "classy gives spectra or distances, but the axion" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("theory", "likelihood", "params"),
    [
        ("own_theories.HubbleRate", HUBBLE, ONLY_H),
        ("own_theories.Spectra", CL, {**NOTHING, "A_s": 2.1e-9}),
    ],
    ids=["H(z)", "spectra"],
)
def test_any_code_misses_the_axion(refused, theory, likelihood, params):
    assert f"{theory} gives spectra or distances" in refused(alone(theory, likelihood, params))


def test_by_another_key_and_with_bbn_only(refused):
    path = changed(1, theory={"classy": GONE, "code": {"class": "classy"}})
    assert "code gives spectra or distances" in refused(path)
    params = {"m_a": GONE, "delta_neff": {"prior": [0, 1], "ref": 0.1}, "m_ncdm": GONE}
    path = changed(1, theory={AXION: GONE, NUCLEI: None}, likelihood={BBN: None}, params=params)
    assert "axion does not reach it" in refused(path)


def test_exceptions_have_a_name(evaluated, refused):
    theory = {AXION: {**NUMBER, "may_ignore_axion": ["classy"]}}
    assert evaluated(changed(1, theory=theory))["Neff"] == pytest.approx(3.046, abs=1e-3)
    theory[AXION]["may_ignore_axion"] = ["clasy"]
    assert "clasy is no theory of this input" in refused(changed(1, theory=theory))
    theory[AXION]["may_ignore_axion"] = 3
    assert "may_ignore_axion" in refused(changed(1, theory=theory))


def test_a_code_that_takes_the_axion_is_let_through(evaluated):
    path = alone("own_theories.AxionHubbleRate", HUBBLE, ONLY_H)
    assert evaluated(path)["chi2"] > 0.0


def test_without_axions_nothing_is_missed(evaluated):
    """BBN with delta_neff: 0 beside any code, and beside HotClassy with 'axion: False'."""
    params = {"m_a": GONE, "delta_neff": 0.0, "omega_b": 0.0224}
    path = alone("own_theories.HubbleRate", HUBBLE, {**ONLY_H, **params})
    info = yaml_load_file(path)
    info["theory"] = {"own_theories.HubbleRate": None, NUCLEI: None}
    info["likelihood"][BBN] = None
    Path(path).write_text(yaml_dump(info))
    assert evaluated(path)["chi2"] > 0.0
    path = changed(
        16,
        theory={AXION: GONE, CLASS: {"axion": False}},
        params={"m_a": GONE, "delta_neff": 0.0},
    )
    assert evaluated(path)["rdrag"] == pytest.approx(147.3, abs=0.5)


def test_the_doctor_and_inputs_without_our_theories():
    """Cobaya's issue 494: a parameter that a likelihood claims no longer reaches CLASS."""

    def lines(likelihoods: dict, params: dict) -> str:
        blocks = {"theory": {AXION: GONE}, "likelihood": likelihoods, "params": params}
        return doctor.to_text(doctor.examine_yaml(changed(1, **blocks))[0])

    ours = dict.fromkeys(["m_a", "delta_neff", "m_ncdm"], GONE)
    assert "BROKEN" not in lines({}, ours)
    baryons = {"external": "lambda omega_b: -0.5 * ((omega_b - 0.0222) / 0.0005) ** 2"}
    assert "omega_b does not reach classy" in lines({"own": baryons}, ours)
    # Nothing is lost with a function of what CLASS gets.
    matter = {"external": "lambda Omega_m: -0.5 * ((Omega_m - 0.3) / 0.01) ** 2"}
    function = "lambda omega_b, omega_cdm, H0: (omega_b + omega_cdm) / (H0 / 100) ** 2"
    params = {**ours, "omega_cdm": [0.11, 0.13], "Omega_m": function}
    assert "BROKEN" not in lines({"own": matter}, params)


# --- 17: what is forgotten ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "blocks", "says"),
    [
        (17, {}, "give exactly one of the parameters m_a [eV], f_a [GeV]"),
        (17, {"params": {"m_a": None}}, "give exactly one of the parameters m_a [eV]"),
        (17, {"params": {"m_a": 0.1, "delta_neff": 0.1}}, "give exactly one of the parameters"),
        (17, {"theory": {AXION: GONE}}, "add hotaxion.theory.HotAxion"),
        (17, {"theory": {NUCLEI: GONE}, "params": {"m_a": 0.1}}, "add hotaxion.theory.BBN"),
        (17, {"theory": {AXION: {"model": "dfsz1"}}, "params": {"m_a": 0.1}}, "tan_beta must be"),
        (17, {"params": {"m_a": 0.1, "tan_beta": 2.0}}, "left out otherwise"),
        (17, {"params": {"m_a": 0.1, "omega_b": GONE, "x": [0, 1]}}, "give the baryon density"),
        (16, {"params": {"mnu": GONE}}, "the sum of the neutrino masses [eV]"),
        (16, {"theory": {AXION: GONE}}, "add hotaxion.theory.HotAxion"),
        (16, {"theory": {NUCLEI: GONE}, "likelihood": {BBN: GONE}}, "add hotaxion.theory.BBN"),
    ],
)
def test_what_is_forgotten_has_a_cure(refused, number, blocks, says):
    assert says in refused(changed(number, **blocks))


# --- 19 and 21: theories of the user -----------------------------------------------------------


def own(*theories: str, options: dict | None = None, **params: object) -> str:
    """Case 19 with theories of `own_theories` instead of Mass, and options of ours."""
    theories = {f"own_theories.{name}": None for name in theories}
    theories = {"own_theories.Mass": GONE, **theories, **(options or {})}
    return changed(19, theory=theories, params=params)


def test_mass_from_a_theory(evaluated):
    expected = evaluated(changed(17, params={"m_a": 0.09, "delta_neff": None}))["delta_neff"]
    for options in (None, {"requires": ["m_a"]}):
        path = changed(19, theory={AXION: {**NUMBER, **(options or {})}})
        assert evaluated(path)["delta_neff"] == pytest.approx(expected)
    # Its value in the chain: who gives it has to be said.
    path = changed(19, theory={AXION: {**NUMBER, "requires": ["m_a"]}}, params={"m_a": None})
    assert evaluated(path)["m_a"] == pytest.approx(0.09)
    path = changed(19, theory={"own_theories.Mass": {"provides": ["m_a"]}}, params={"m_a": None})
    assert evaluated(path)["m_a"] == pytest.approx(0.09)


def test_radiation_from_a_theory(evaluated, refused):
    """With HotAxion, which gives the mass to it, and without."""
    taken = {AXION: {**NUMBER, "requires": ["delta_neff"]}}
    found = evaluated(own("Radiation", options=taken, m_a=None))
    assert found["delta_neff"] == pytest.approx(0.1)
    there = evaluated(changed(17, params={"m_a": found["m_a"], "delta_neff": None}))
    assert there["delta_neff"] == pytest.approx(0.1, rel=1e-4)
    assert evaluated(own("Radiation", options={AXION: GONE}))["delta_neff"] == pytest.approx(0.1)
    for params in ({}, {"delta_neff": GONE}):  # `requires` is forgotten
        assert "requires: [" in refused(own("Radiation", **params))


def test_two_codes_are_one_too_many(refused):
    assert "Keep one Boltzmann code" in refused(changed(16, theory={EMULATED: None}))


@pytest.mark.parametrize("theory", [EMULATED, CLASS])
def test_what_a_theory_gives_reaches_class_or_is_refused(evaluated, refused, theory):
    """Without `requires` Cobaya would not pass it on, and CLASS take its default."""
    cosmology = {"omega_cdm": 0.12, "H0": 67.5, "mnu": 0.06, "rdrag": None, "omega_b": GONE}
    cosmology |= {"logA": 3.045, "n_s": 0.965, "tau_reio": 0.055, "m_a": 0.09}
    path = own("Baryons", options={theory: None}, **cosmology)
    assert "omega_b, which another theory gives, would not reach" in refused(path)
    path = own("Baryons", options={theory: {"requires": ["omega_b"]}}, **cosmology)
    by_theory = evaluated(path)["rdrag"]
    path = own(options={theory: None}, **cosmology | {"omega_b": 0.0224, "root": GONE})
    assert by_theory == pytest.approx(evaluated(path)["rdrag"], abs=1e-3)


def test_helium_is_given_once(evaluated, refused):
    said = refused(case(21))
    assert "Helium is given twice, by hotaxion.theory.BBN and by own_theories.Helium" in said
    assert "Helium is given twice" in refused(changed(21, params={"YHe": GONE}))
    number = changed(21, theory={"own_theories.Helium": GONE}, params={"YHe": 0.245})
    assert "Helium is given twice" in refused(number)
    # As the sentence says; CLASS then gets what stands in the chain.
    chosen = {"own_theories.Helium": {"provides": ["YHe"]}, NUCLEI: {"provides": ["Y_p", "DH"]}}
    found = evaluated(changed(21, theory=chosen))
    one = {"own_theories.Helium": GONE, NUCLEI: GONE}
    expected = evaluated(changed(21, theory=one, params={"YHe": 0.245}))
    assert found["YHe"] == expected["YHe"] == 0.245
    assert found["H0"] == pytest.approx(expected["H0"], abs=1e-6)
    by_bbn = evaluated(changed(21, theory={"own_theories.Helium": GONE}))
    assert by_bbn["H0"] != pytest.approx(expected["H0"], abs=1e-3)
