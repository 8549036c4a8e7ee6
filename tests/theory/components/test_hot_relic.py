"""Why this test exists: a relic that is not the axion must get to BBN, CLASS and the emulator as
the axion does, or be refused in one sentence; it must never be lost on the way."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.run import run

from hotaxion.analysis.running.doctor import examine_yaml, is_broken
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import T_NCDM_RATIO
from hotaxion.theory.relics.shapes import T_NU, thermal

from ..cosmology_stubs import Asks

RELIC, BBN = "hotaxion.theory.HotRelic", "hotaxion.theory.BBN"
EMULATED, DIRECT = "hotaxion.theory.EmulatedClassy", "hotaxion.theory.HotClassy"
POINT = {"omega_b": 0.0224, "omega_cdm": 0.119, "n_s": 0.967, "tau_reio": 0.056, "logA": 3.045}
POINT |= {"theta_s_100": 1.0418, "mnu": 0.06, "A_planck": 1.0}
DATA = {"hotaxion.likelihoods.Planck2018": None, "hotaxion.likelihoods.BBN": {"preset": "2026"}}
M_A = 0.05
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "relics" / "sterile.yaml"
DISTANCES = {"asks": {"external": Asks, "wants": {"Hubble": {"z": [0.5]}, "YHe": None}}}


def model(relics=None, code=EMULATED, data=None, axion=False, bbn=None, **params):
    """Relics by name with their options, all of which BBN and the code know."""
    names = list(relics or {})
    theory = {name: {"class": RELIC, "relic": name, **(relics or {})[name]} for name in names}
    theory[BBN] = {"relics": names} if bbn is None else bbn
    if axion:
        theory["hotaxion.theory.HotAxion"] = {"table": False, "momenta": 200}
    else:
        params = {"delta_neff": 0.0, **params}
    theory[code] = {"axion": axion, "relics": names}
    point = {k: v for k, v in POINT.items() if data is None or k != "A_planck"}
    return get_model({"theory": theory, "likelihood": data or DATA, "params": {**point, **params}})


def lone(options, **params):
    """The relic x alone, and somebody who wants it."""
    theory = {"x": {"class": RELIC, "relic": "x", **options}}
    likelihood = {"asks": {"external": Asks, "wants": {"x_psd": None}}}
    return get_model({"theory": theory, "likelihood": likelihood, "params": params})


def ln_l(*args, **kwargs) -> float:
    return float(model(*args, **kwargs).loglike({}, return_derived=False))


# --- the axion by other means ----------------------------------------------------------------
@pytest.fixture(scope="module")
def of_the_axion():
    return ln_l(axion=True, m_a=M_A)


@pytest.mark.parametrize("form", ["file", "function"])
def test_the_axions_distribution_gives_the_axions_likelihood(form, tmp_path, of_the_axion):
    """BBN and emulated Planck, to 1e-6."""
    psd = Abundance(momenta=200)(M_A).psd
    np.savetxt(tmp_path / "f.dat", np.transpose([psd.q, psd.f]))
    given = {"file": str(tmp_path / "f.dat"), "function": psd.occupation}[form]
    options = {"distribution": form, form: given, "statistics": "boson", "degrees": 1}
    params = {"m_a_copy": M_A, "temperature_a_copy": T_NCDM_RATIO}
    assert ln_l({"a_copy": options}, **params) == pytest.approx(of_the_axion, abs=1e-6)


def test_relics_without_mass_are_extra_radiation():
    """In BBN and in the emulator, for one that was not trained with such radiation."""
    relic = ln_l({"x": {}}, m_x=0.0, delta_neff_x=0.2)
    assert relic == pytest.approx(ln_l(delta_neff_extra=0.2), abs=1e-8)
    assert abs(relic - ln_l()) > 1.0


# --- every form of input ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "given", "expected"),
    [
        (
            {"statistics": "boson", "degrees": 3},
            {"m": 0.5, "temperature": 0.4},
            {"delta_neff": 12.0 / 7.0 * (0.4 / T_NU) ** 4, "degrees": 3.0},
        ),
        ({}, {"m": 0.5, "delta_neff": 0.0625}, {"temperature": T_NU / 2.0, "meff": 0.0625}),
        ({}, {"meff": 0.1, "delta_neff": 0.0625}, {"m": 0.8, "temperature": T_NU / 2.0}),
        ({"distribution": "dodelson_widrow"}, {"meff": 0.1, "delta_neff": 0.0625}, {"m": 1.6}),
        ({}, {"m": 0.5, "delta_neff": 0.1, "temperature": T_NU}, {"degrees": 0.2}),
        ({}, {"m": 0.5, "temperature": T_NU, "degrees": 0.2}, {"delta_neff": 0.1}),
        ({}, {"m": 0.5, "delta_neff": 0.0}, {"omega": 0.0, "meff": 0.0}),
        (
            {"distribution": "function", "function": "lambda y: 1 / (np.exp(2 * y) + 1)"},
            {"m": 0.5, "temperature": T_NU},
            {"delta_neff": 0.0625, "meff": 0.0625},
        ),
    ],
)
def test_forms(options, given, expected):
    """Numbers by hand: N_eff ~ g T^4, n ~ g T^3 of a family at (4/11)^(1/3)."""
    params = {f"{name}_x": value for name, value in given.items()}
    found = lone(options, **params, **dict.fromkeys([f"{name}_x" for name in expected]))
    values = found.logposterior({}).derived
    assert values == pytest.approx(list(expected.values()), rel=1e-9)


def test_several_relics_and_the_axion():
    """Each with its own numbers; CLASS and BBN have the sum."""
    found = model(
        {"x": {}, "y": {"statistics": "boson", "degrees": 1}},
        DIRECT,
        {**DISTANCES},
        axion=True,
        m_a=0.2,
        **{"m_x": 0.3, "delta_neff_x": 0.1, "m_y": 2.0, "temperature_y": 0.3},
        **dict.fromkeys(["delta_neff", "delta_neff_y", "omega_x", "omega_y", "omega_axion"]),
    )
    values = found.logposterior({}).derived
    get = dict(zip(found.parameterization.derived_params(), values, strict=True)).get
    total = get("delta_neff") + 0.1 + get("delta_neff_y")
    report = found.theory[DIRECT].species()
    assert report.n_eff == pytest.approx(3.044 + total, abs=1e-4)
    omegas = [get(f"omega_{name}") for name in ("axion", "x", "y")]
    assert report.omega_ncdm[1:] == pytest.approx(omegas, rel=1e-4)
    expected = Nucleosynthesis().abundances(0.0224, total)
    assert found.provider.get_param("YHe") == pytest.approx(expected.yhe, rel=1e-9)


# --- the emulator ----------------------------------------------------------------------------
def test_the_emulator_says_what_it_does_not_know():
    """Two relics with a mass; radiation besides; one that is too heavy: CLASS, or an error."""
    priors = {name: {"prior": [0, 9]} for name in ("m_x", "m_y")}
    found = model({"x": {}, "y": {}}, delta_neff_x=0.05, delta_neff_y=0.05, **priors)
    code = found.theory[EMULATED]
    code.fallback = "error"
    assert np.isfinite(found.logposterior({"m_x": 0.0, "m_y": 0.0}).logpost)
    for point, reason in (
        ({"m_x": 0.2, "m_y": 0.3}, "hot relics with a mass = 2"),
        ({"m_x": 0.2, "m_y": 0.0}, r"delta_neff_extra = 0.05 was not varied"),
        ({"m_x": 5.0, "m_y": 0.0}, "mass_root = "),
    ):
        with pytest.raises(LoggedError, match=reason):
            found.logposterior(point)
    assert (code.emulated_points, code.class_points) == (1, 3)
    assert set(code.class_reasons) == {"hot relics with a mass", "delta_neff_extra", "mass_root"}


# --- nothing is lost -------------------------------------------------------------------------
@pytest.mark.parametrize("code", [DIRECT, EMULATED])
def test_a_relic_that_does_not_reach_a_code_is_refused(code):
    theory = {
        "x": {"class": RELIC, "relic": "x"},
        BBN: {"relics": "x"},
        code: {"axion": False},
    }
    params = {**POINT, "delta_neff": 0.0, "m_x": 0.1, "delta_neff_x": 0.1}
    info = {"theory": theory, "likelihood": DATA, "params": params}
    with pytest.raises(LoggedError, match=r"relic x does not reach it: say 'relics: \[x\]'"):
        get_model(info)
    theory["x"]["may_ignore_relic"] = code
    get_model(info)
    theory["x"]["may_ignore_relic"] = "classic"
    with pytest.raises(LoggedError, match="may_ignore_relic: classic is no theory of this input"):
        get_model(info)


def test_a_relic_that_does_not_reach_bbn_is_refused():
    with pytest.raises(LoggedError, match=r"relic x does not reach .*BBN: say 'relics: \[x\]'"):
        model({"x": {}}, bbn={}, m_x=0.1, delta_neff_x=0.1)


def test_a_relic_that_nobody_gives_is_named():
    with pytest.raises(LoggedError, match=r"y_psd \(add .*HotRelic with 'relic: y', or remove y"):
        model({"x": {}}, bbn={"relics": ["x", "y"]}, m_x=0.1, delta_neff_x=0.1)


@pytest.mark.parametrize(
    ("options", "params", "message"),
    [
        ({}, {"m": 0.1}, "delta_neff_x, or temperature_x"),
        ({}, {"delta_neff": 0.1}, "give one of m_x and meff_x"),
        ({}, {"m": 0.1, "meff": 0.1, "delta_neff": 0.1}, "give one of m_x and meff_x"),
        (
            {"distribution": "dodelson_widrow"},
            {"m": 0.1, "temperature": 0.7},
            "delta_neff_x; g",
        ),
        ({}, {"m": 0.1, "delta_neff": 0.1, "temperature": 0.7, "degrees": 2}, "follows from"),
        ({"degrees": 2}, {"m": 0.1, "delta_neff": 0.1, "temperature": 0.7}, "leave the option"),
        ({"degrees": 2}, {"m": 0.1, "delta_neff": 0.1, "degrees": 2}, "given twice"),
        ({}, {"m": -0.1, "delta_neff": 0.1}, "allowed is 0 to"),
        ({}, {"m": 0.1, "temperature": {"prior": [0, 20]}}, "allowed is 1e-06 to 10"),
        ({"distribution": "function"}, {"m": 0.1, "temperature": 0.7}, "give both 'function'"),
        (
            {"distribution": "file", "file": "no.dat"},
            {"m": 0.1, "temperature": 1},
            "^dist.*is missing",
        ),
        ({"may_ignore_relic": 3}, {"m": 0.1, "temperature": 0.7}, "may_ignore_relic = 3"),
        ({"statistics": "bosons"}, {"m": 0.1, "temperature": 0.7}, "Did you mean 'boson'"),
        ({"relic": "a"}, {"m": 0.1, "temperature": 0.7}, "relic = 'a'; allowed are letters"),
        (
            {"distribution": "function", "function": "lambda y: y**-3"},
            {"m": 0.1, "temperature": 0.7},
            "does not fall off",
        ),
    ],
)
def test_wrong_inputs_say_the_cure(options, params, message):
    params = {f"{name}_x": value for name, value in params.items()}
    with pytest.raises(LoggedError, match=message):
        lone(options, **params)


def test_impossible_points_are_counted(caplog):
    """A mass that few relics cannot have for their m_eff: likelihood zero, with the reason."""
    found = lone({}, meff_x=1.0, delta_neff_x={"prior": [0, 1]})
    assert found.logposterior([0.0]).logpost == -np.inf
    assert np.isfinite(found.logposterior([0.1]).logpost)
    with caplog.at_level(logging.INFO):
        found.close()
    assert "meff_x = 1 eV of so few relics needs a mass above" in caplog.text


def test_doctor_follows_the_product():
    """The input of docs/guides/relics.md: who gives it, who gets it."""
    checks, text = examine_yaml(GUIDE)
    assert not is_broken(checks)
    (line,) = (row for row in text.splitlines() if row.startswith("sterile "))
    assert line.split()[-1] == "sterile_psd"
    getting = [row.split()[0] for row in text.splitlines() if "sterile_psd" in row]
    assert {BBN, EMULATED, "sterile"} <= {*getting}


def test_post_computes_the_relic_again(tmp_path):
    """Other nuclear rates for a chain: weights, D/H and the relic are those of a new run."""
    info = {
        "output": str(tmp_path / "chain"),
        "theory": {"x": {"class": RELIC, "relic": "x"}, BBN: {"relics": ["x"]}},
        "likelihood": {"hotaxion.likelihoods.BBN": {"preset": "2026"}},
        "params": {
            **{"omega_b": 0.0224, "delta_neff": 0.0, "meff_x": 0.02, "m_x": None, "DH": None},
            "delta_neff_x": {"prior": [0, 1], "ref": 0.1, "proposal": 0.05},
        },
        "sampler": {"mcmc": {"max_samples": 15, "seed": 1}},
    }
    run(info)
    lines = {"likelihood": {"hotaxion.likelihoods.BBN": {"preset": "2026"}}, "params": {"DH": None}}
    change = {
        "remove": {"likelihood": ["hotaxion.likelihoods.BBN"], "params": ["DH"]},
        "add": {"theory": {BBN: {"rates": "parthenope3"}}, **lines},
    }
    run({"output": info["output"], "post": {"suffix": "other", "skip": 0, **change}})
    path = tmp_path / "chain.post.other.1.txt"
    columns = path.read_text().splitlines()[0].lstrip("#").split()
    rows = np.atleast_2d(np.loadtxt(path))
    column = {name: rows[:, i] for i, name in enumerate(columns)}
    expected = [
        Nucleosynthesis(rates="parthenope3").abundances(0.0224, each).dh
        for each in column["delta_neff_x"]
    ]
    assert column["DH"] == pytest.approx(expected, rel=1e-6)
    assert column["m_x"] == pytest.approx(0.02 * column["delta_neff_x"] ** -0.75, rel=1e-6)


def test_inputs_of_earlier_chains_are_read():
    """They recorded that they had no extra_species; one that had some is refused."""
    info = {
        "theory": {DIRECT: {"axion": False, "helium": "class", "extra_species": None}},
        "likelihood": DISTANCES | {"asks": {"external": Asks, "wants": {"rdrag": None}}},
        "params": {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0, "mnu": 0.06},
    }
    get_model(info)
    info["theory"][DIRECT]["extra_species"] = [{"mass_ev": 1.0, "temperature_ratio": 0.5}]
    with pytest.raises(LoggedError, match="does not recognize some options: 'extra_species'"):
        get_model(info)


def test_versions_tell_files_apart(tmp_path):
    """A chain records which distribution it was made with."""
    versions = []
    for factor in (1.0, 1.1):
        y = np.geomspace(1e-3, 40.0, 300)
        np.savetxt(tmp_path / "f.dat", np.transpose([y, factor / (np.exp(y) + 1.0)]))
        options = {"distribution": "file", "file": str(tmp_path / "f.dat")}
        params = {"m_x": 0.1, "temperature_x": 0.7}
        found = lone(options, **params)
        versions.append(found.theory["x"].get_version())
    assert versions[0] != versions[1]


def test_the_product_is_the_relic():
    found = lone({}, m_x=0.3, delta_neff_x=0.2)
    found.logposterior({})
    psd = found.theory["x"].get_result("x_psd")
    expected = thermal("fermion").relic(0.3, T_NU * 0.2**0.25, 2.0)
    assert psd.omega_h2 == pytest.approx(expected.omega_h2, rel=1e-12)
    assert psd.delta_neff == pytest.approx(0.2, rel=1e-9)
