"""Why this test exists: between our numbers and CLASS's spectra anything can get lost silently.

Each test is one such loss that was seen: parameters that Cobaya does not pass on, files that CLASS
does not read again, densities that its few momenta miss, multipoles that it truncates.
"""

from __future__ import annotations

import logging

import numpy as np
import pytest
from classy import Class
from cobaya.log import LoggedError
from cobaya.model import Model, get_model

from hotaxion.theory import class_input
from hotaxion.theory.class_input import class_species, species_report
from hotaxion.theory.class_momenta import N_TABLE
from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError
from hotaxion.theory.hot_classy import HotClassy
from hotaxion.theory.neutrinos import HIERARCHIES, neutrino_sector
from hotaxion.theory.relic import AxionPSD, bose_einstein, momentum_grid

from .cosmology_stubs import Asks, Axion, BrokenAxion, axion
from .reference_values_cosmology import (
    CLOSURE_TOLERANCE,
    DISTORTION,
    MASS_OVER_OMEGA_EV,
    MASS_OVER_OMEGA_TOLERANCE,
    R_DRAG_MPC,
    R_DRAG_SLOPES,
    R_DRAG_SLOPES_TOLERANCE,
    R_DRAG_TOLERANCE_MPC,
)

POINT = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0}
MASSES_EV = (0.01, 0.1, 0.3, 1.0, 5.0)
ALONE = {"hierarchy": "massless", "axion": False, "helium": "class"}


def sampled(**values: float) -> dict:
    return {
        p: {"prior": {"min": 0.5 * v, "max": 1.5 * v}, "ref": v, "proposal": 0.01 * v}
        for p, v in values.items()
    }


def classy_model(
    params=None, options=None, wants=None, axion_theory=Axion, bbn=True, classy=None
) -> Model:
    """HotClassy with BBN, a stub for the axion, and a flat likelihood that asks for `wants`."""
    theory: dict = {"hotaxion.theory.HotClassy": {"external": classy} if classy else {}}
    theory["hotaxion.theory.HotClassy"].update(options or {})
    if bbn:
        theory["hotaxion.theory.BBN"] = None
    if axion_theory:
        theory["axion"] = {"external": axion_theory}
    return get_model(
        {
            "theory": theory,
            "likelihood": {"asks": {"external": Asks, "wants": wants or {"rdrag": None}}},
            "params": params or {**sampled(**POINT), "mnu": 0.06, "m_a": 0.3, "amplitude": 1.0},
        }
    )


def alone(params=None, options=None, **kwargs) -> Model:
    """HotClassy without any other theory: massless neutrinos, CLASS's own helium."""
    return classy_model(
        params or sampled(**POINT),
        {**ALONE, **(options or {})},
        axion_theory=None,
        bbn=False,
        **kwargs,
    )


def hot_classy(model: Model) -> HotClassy:
    return model.theory["hotaxion.theory.HotClassy"]


def background(psd: AxionPSD | None, nodes: int = 4, hierarchy: str = "degenerate"):
    cosmo = Class()
    with class_species(neutrino_sector(0.15, hierarchy), psd, nodes) as species:
        cosmo.set(**POINT, **species)
        cosmo.compute(["background"])
    return species_report(cosmo)


def distorted(m_a: float) -> AxionPSD:
    """f as the momentum-resolved solver finds it at 0.3 eV: depleted below, hot tail above."""
    temperature = 0.81
    q, weights = momentum_grid(80, 35.0)
    ratio = np.exp(np.interp(q / temperature, list(DISTORTION), np.log(list(DISTORTION.values()))))
    return AxionPSD(m_a, q, ratio * bose_einstein(q, temperature), weights)


# --- densities -------------------------------------------------------------------------------
@pytest.mark.parametrize("m_a", MASSES_EV)
@pytest.mark.parametrize("nodes", [4, 16])
@pytest.mark.parametrize("make", [axion, distorted])
def test_class_finds_our_densities(make, nodes, m_a):
    psd = make(m_a)
    report = background(psd, nodes)
    assert report.n_eff - N_EFF_SM == pytest.approx(psd.delta_neff, rel=CLOSURE_TOLERANCE)
    assert report.omega_ncdm[-1] == pytest.approx(psd.omega_a_h2, rel=CLOSURE_TOLERANCE)


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
def test_neutrinos_in_class(hierarchy):
    """N_eff = 3.044 in each hierarchy, with the right mass density, with and without axion."""
    psd = axion(0.3)
    for report, delta_neff in (
        (background(None, hierarchy=hierarchy), 0.0),
        (background(psd, hierarchy=hierarchy), psd.delta_neff),
    ):
        assert report.n_eff == pytest.approx(N_EFF_SM + delta_neff, abs=1e-4)
        omega_nu = sum(report.omega_ncdm[:-1] if delta_neff else report.omega_ncdm)
        expected = 0.0 if hierarchy == "massless" else 0.15 / MASS_OVER_OMEGA_EV
        # One massless family of the normal hierarchy's size adds kinetic energy: 1e-3.
        assert omega_nu == pytest.approx(expected, rel=2 * MASS_OVER_OMEGA_TOLERANCE)


def test_no_axion_is_no_species():
    q, weights = momentum_grid(80, 35.0)
    report = background(AxionPSD(0.3, q, np.zeros_like(q), weights))
    assert report == background(None)


def test_temporary_file_where_memory_files_are_absent(monkeypatch):
    expected = background(axion(0.3))
    monkeypatch.delattr(class_input.os, "memfd_create", raising=False)
    with class_species(neutrino_sector(0.06), axion(0.3)) as species:
        paths = species["ncdm_psd_filenames"].split(",")
        assert len(paths) == 2
        for path in paths:
            assert np.loadtxt(path).shape == (N_TABLE, 2)
    for path in paths:
        with pytest.raises(FileNotFoundError):
            np.loadtxt(path)
    assert background(axion(0.3)) == expected


def test_nan_is_refused_before_class_sees_it():
    psd = axion(0.3)
    psd.f[3] = np.nan
    with (
        pytest.raises(RangeError, match=r"m_a = 0\.3 eV"),
        class_species(neutrino_sector(0.06), psd),
    ):
        pass


# --- parameters reach CLASS ------------------------------------------------------------------
@pytest.mark.parametrize("omega_b", sorted(R_DRAG_MPC))
def test_r_drag_of_class_called_directly(omega_b):
    model = alone()
    model.logposterior({**POINT, "omega_b": omega_b})
    assert model.provider.get_param("rdrag") == pytest.approx(
        R_DRAG_MPC[omega_b], abs=R_DRAG_TOLERANCE_MPC
    )


def test_r_drag_moves_though_others_ask_for_the_parameters():
    """Cobaya issue 494: BBN and a likelihood require omega_b, omega_cdm, H0 by name."""
    model = classy_model(wants={"rdrag": None, "Y_p": None, **dict.fromkeys(POINT)})

    def r_drag(point):
        assert np.isfinite(model.logposterior(point).logpost)
        return model.provider.get_param("rdrag")

    start = r_drag(POINT)
    for name, slope in R_DRAG_SLOPES.items():
        moved = r_drag({**POINT, name: 1.02 * POINT[name]})
        assert np.log(moved / start) / np.log(1.02) == pytest.approx(
            slope, abs=R_DRAG_SLOPES_TOLERANCE
        )


def test_class_follows_axion_and_helium():
    """The products of the other theories arrive: N_eff, omega_a, YHe; back and forth exactly."""
    params = {
        **sampled(**POINT, m_a=0.3, amplitude=0.5),
        "mnu": 0.06,
        **dict.fromkeys(["delta_neff", "omega_axion", "YHe", "rs_drag"]),
    }
    model = classy_model(params)
    point = {**POINT, "m_a": 0.3, "amplitude": 0.5}
    seen = []
    for change in ({}, {"m_a": 0.4}, {"m_a": 0.4, "amplitude": 0.6}, {}):
        result = model.logposterior({**point, **change}, cached=False)
        derived = dict(zip(model.parameterization.derived_params(), result.derived, strict=True))
        report = hot_classy(model).species()
        assert report.n_eff - N_EFF_SM == pytest.approx(derived["delta_neff"], rel=1e-3)
        assert report.omega_ncdm[-1] == pytest.approx(derived["omega_axion"], rel=1e-3)
        inside = hot_classy(model).classy.get_current_derived_parameters(["YHe"])
        assert inside["YHe"] == pytest.approx(derived["YHe"], rel=1e-12)
        seen.append((report, derived))
    assert seen[0] == seen[3]
    assert len({report.n_eff for report, _ in seen[:3]}) == 2  # the mass does not change N_eff
    assert seen[1][0].omega_ncdm[-1] < seen[2][0].omega_ncdm[-1]


def test_same_file_name_with_other_content():
    """Only f differs (same mass, temperature, helium): CLASS alone would repeat the old result."""
    model = classy_model(
        {**sampled(**POINT, amplitude=0.5), "mnu": 0.06, "m_a": 0.3}, {"helium": "class"}, bbn=False
    )
    omega = []
    for amplitude in (0.5, 0.6, 0.5):
        model.logposterior({**POINT, "amplitude": amplitude})
        # Evaluated a second time: revisited points are bit-identical, too.
        model.logposterior({**POINT, "amplitude": amplitude}, cached=False)
        omega.append(hot_classy(model).species().omega_ncdm[-1])
    assert omega[1] / omega[0] == pytest.approx(1.2, rel=1e-4)
    assert omega[2] == omega[0]


def test_nothing_stays_of_an_earlier_axion():
    """From an axion to none: the species disappears."""
    params = {**sampled(**POINT), "mnu": 0.06, "m_a": 0.3}
    params["amplitude"] = {"prior": {"min": 0, "max": 1}}
    model = classy_model(params, {"helium": "class"}, bbn=False)
    for amplitude, species in ((0.5, 2), (0.0, 1), (0.5, 2)):
        model.logposterior({**POINT, "amplitude": amplitude}, cached=False)
        assert len(hot_classy(model).species().omega_ncdm) == species


def test_cache_follows_the_axion():
    model = classy_model({**sampled(**POINT, m_a=0.3), "mnu": 0.06, "amplitude": 1.0})
    calls = []
    classy = hot_classy(model)
    calculate = classy.calculate
    classy.calculate = lambda *args, **kwargs: calls.append(1) or calculate(*args, **kwargs)
    for m_a in (0.3, 0.3, 0.4, 0.3):
        model.logposterior({**POINT, "m_a": m_a})
    assert len(calls) == 2


def test_amplitude_by_lambda_and_by_name():
    """logA, directly and through A_s, is one parameter for CLASS."""
    by_name = alone({**sampled(**POINT, logA=3.04, n_s=0.96), "tau_reio": 0.055})
    by_lambda = alone(
        {
            **sampled(**POINT, n_s=0.96),
            "logA": {**sampled(logA=3.04)["logA"], "drop": True},
            "A_s": {"value": "lambda logA: 1e-10*np.exp(logA)"},
            "tau_reio": 0.055,
        }
    )
    assert "logA" in hot_classy(by_name).input_params
    assert hot_classy(by_name).translate_param("logA") == "ln_A_s_1e10"
    assert "A_s" in hot_classy(by_lambda).input_params


class Deaf(HotClassy):
    """HotClassy without the cure of issue 494."""

    def get_can_support_params(self):
        return ["H0"]


def test_lost_parameter_stops_the_run():
    with pytest.raises(LoggedError, match=r"\['omega_b'\] do not reach CLASS"):
        classy_model(classy=Deaf)


def test_dropped_parameter_stops_the_run():
    """n_s is dropped in favour of another name that only the likelihood reads."""
    params = sampled(**POINT, n_s=0.96)
    params["n_s"]["drop"] = True
    params["tilt"] = {"value": "lambda n_s: n_s - 1"}
    with pytest.raises(LoggedError, match=r"\['n_s'\] do not reach CLASS"):
        alone(params, wants={"rdrag": None, "tilt": None})


# --- spectra ---------------------------------------------------------------------------------
def test_lensing_alone_to_low_multipoles():
    """Only pp was asked for, to l = 29: CLASS needs tCl, and l_max 1000 not to truncate k."""
    model = alone(
        {**POINT, "H0": sampled(**POINT)["H0"], "A_s": 2.1e-9, "n_s": 0.966, "tau_reio": 0.055},
        {"extra_args": {"non_linear": "none"}},
        wants={"Cl": {"pp": 29}},
    )
    assert np.isfinite(model.logposterior({"H0": 67.0}).logpost)
    spectra = model.provider.get_Cl()
    assert spectra["ell"][-1] >= 1000
    assert np.all(spectra["pp"][2:] > 0)
    assert np.all(spectra["ee"][2:] > 0)  # read by the likelihood of ACT, not asked for


def test_multipoles_are_never_lowered():
    assert hot_classy(alone(wants={"Cl": {"tt": 29}})).extra_args["l_max_scalars"] == 1000
    assert hot_classy(alone(wants={"Cl": {"ee": 2508}})).extra_args["l_max_scalars"] == 2508


# --- set-up errors ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("params", "options", "message"),
    [
        ({}, {"extra_args": {"N_ur": 2.0}}, "'N_ur' cannot be given to CLASS here: the number"),
        ({}, {"extra_args": {"Neff": 3.0}}, "sample 'delta_neff'"),
        ({}, {"extra_args": {"N_ncdm": 1}}, "parameter 'mnu'"),
        ({"m_ncdm": 0.06}, {}, "In params: 'm_ncdm' cannot be given"),
        ({"nnu": 3.0}, {}, "'nnu' cannot be given"),
        ({}, {"extra_args": {"YHe": 0.24}, "helium": "bbn"}, "helium: class"),
        ({"mnu": 0.06}, {}, "hierarchy: massless"),
        ({"delta_neff": 0.2}, {}, "axion: True"),
        ({}, {"hierarchy": "norml"}, "Did you mean 'normal'"),
        ({}, {"helium": "primat"}, "unknown source of helium"),
        ({}, {"extra_args": {"l_max_scalars": 500}}, "l_max_scalars = 500 in extra_args"),
        ({}, {"extra_args": {"l_max_scalars": "500"}}, "l_max_scalars = 500 in extra_args"),
        ({}, {"extra_args": {"sBBN file": "/no/s.dat"}}, r"exist inside CLASS.*sBBN_2017\.dat"),
        ({}, {"extra_args": {"sBBN file": "s.dat"}}, r"exist inside CLASS.*'helium: bbn'"),
        ({}, {"extra_args": {"hyrec file": "s.dat"}}, r"exist: s\.dat; correct the path"),
        ({"YHe": 0.245, "yhe": 0.25}, {}, "'YHe' and 'yhe' set the same quantity"),
        ({"YHe": 0.245}, {"extra_args": {"YHe": 0.24}}, "appear both as input parameters"),
        ({"h": 0.67}, {}, "'H0' and 'h' set the same quantity"),
        ({"ombh2": 0.0224}, {}, "'ombh2' and 'omega_b' set the same quantity"),
        ({}, {"extra_species": [{"mass_ev": 1.0}]}, "key 'temperature_ratio' is missing"),
        ({}, {"extra_species": [{"mass": 1.0}]}, "Did you mean 'mass_ev'"),
        ({}, {"extra_species": {"mass_ev": 1.0}}, "needed is a list such as"),
        ({}, {"neutrino_nodes": "auto"}, "'class' or an integer, 3 to 16"),
        ({}, {"axion_nodes": 2}, "'auto' or an integer, 3 to 16"),
    ],
)
def test_wrong_setup_says_the_cure(params, options, message):
    with pytest.raises(LoggedError, match=message):
        alone({**sampled(**POINT), **params}, options)


def test_helium_table_of_class():
    """Its own by name; another one must come as the parameter YHe."""
    yhe = []
    for table in ("sBBN_2017.dat", "sBBN_2025.dat"):
        extra = {"extra_args": {"sBBN file": table}}
        model = alone({**sampled(**POINT), "YHe": None}, extra)
        yhe.append(model.logposterior(POINT).derived[0])
    assert yhe[0] == pytest.approx(yhe[1], abs=1e-3)
    assert yhe[0] != yhe[1]


@pytest.mark.parametrize("name", ["m_ncdm", "omega_ncdm", "Omega_ncdm"])
def test_neutrino_mass_is_given_once(name):
    """`mnu` is there: a second mass is refused, as a parameter and as an option."""
    params = {**sampled(**POINT), "mnu": 0.06}
    for more, options in (({name: 0.06}, {}), ({}, {"extra_args": {name: 0.06}})):
        with pytest.raises(LoggedError, match=f"'{name}' cannot be given to CLASS here: neutri"):
            alone({**params, **more}, {"hierarchy": "degenerate", **options})


def test_hidden_axion_is_refused():
    with pytest.raises(LoggedError, match="hides it from CLASS"):
        classy_model(options={"axion": False})


@pytest.mark.parametrize(
    "mnu",
    [
        0.05,
        {"prior": {"min": 0, "max": 0.05}},
        {"prior": {"dist": "norm", "loc": 0, "scale": 0.01}},
    ],
)
def test_impossible_neutrino_mass_is_refused_at_start(mnu):
    with pytest.raises(LoggedError, match=r"at least 0\.0588 eV; 'mnu' is .* Raise 'mnu'"):
        alone({**sampled(**POINT), "mnu": mnu}, {"hierarchy": "normal"})


def test_prior_that_is_partly_impossible_is_said(caplog):
    params = {**sampled(**POINT), "mnu": {"prior": {"min": 0, "max": 1}}}
    with caplog.at_level(logging.WARNING):
        alone(params, {"hierarchy": "inverted"})
    assert "at least 0.0989 eV; 'mnu' is 0 to 1 eV. Points below" in caplog.text
    caplog.clear()
    params["mnu"]["prior"]["min"] = 0.099
    with caplog.at_level(logging.WARNING):
        alone(params, {"hierarchy": "inverted"})
    assert "sum of masses" not in caplog.text


def test_helium_from_bbn_and_from_params():
    params = {**sampled(**POINT), "mnu": 0.06, "m_a": 0.3, "amplitude": 1.0, "YHe": 0.245}
    with pytest.raises(LoggedError, match=r"Helium is given twice.*YHe.*BBN.*Remove one"):
        classy_model(params)


def test_relic_that_bbn_does_not_know_is_said(caplog):
    with caplog.at_level(logging.WARNING):
        classy_model(options={"extra_species": [{"mass_ev": 1.0, "temperature_ratio": 0.3}]})
    assert "BBN does not know 'extra_species'" in caplog.text


def test_own_extra_args_do_not_lower_the_accuracy():
    """They replace those of the defaults; the sampling of neutrinos is not among them."""
    model = alone(
        options={"extra_args": {"non_linear": None}, "hierarchy": "degenerate"},
        params={**sampled(**POINT), "mnu": 0.06},
    )
    assert hot_classy(model).neutrino_nodes == 5


@pytest.mark.parametrize(
    ("axion_theory", "bbn", "missing"), [(None, True, "axion_psd"), (Axion, False, "YHe")]
)
def test_missing_theory_is_named(axion_theory, bbn, missing):
    params = {**sampled(**POINT), "mnu": 0.06}
    if axion_theory:
        params |= {"m_a": 0.3, "amplitude": 1.0}
    else:
        params["delta_neff"] = 0.1
    with pytest.raises(LoggedError, match=f"{missing} of .*HotClassy is not provided"):
        classy_model(params, axion_theory=axion_theory, bbn=bbn)


def test_option_unknown_to_class_is_not_swallowed():
    """Without care Cobaya takes this for likelihood zero everywhere."""
    model = alone(options={"extra_args": {"tol_ncdm_synchronus": 1e-4}})
    with pytest.raises(LoggedError, match="CLASS refused its input"):
        model.logposterior(POINT)


def test_nan_from_the_axion_theory_is_an_error():
    model = classy_model(axion_theory=BrokenAxion, bbn=False, options={"helium": "class"})
    with pytest.raises(LoggedError, match="not finite"):
        model.logposterior(POINT)


def test_impossible_neutrino_mass_is_likelihood_zero():
    model = classy_model(
        {**sampled(**POINT), "mnu": {"prior": {"min": 0, "max": 1}}, "m_a": 0.3, "amplitude": 1.0},
        {"hierarchy": "normal"},
    )
    assert model.logposterior({**POINT, "mnu": 0.05}).logpost == -np.inf
    assert np.isfinite(model.logposterior({**POINT, "mnu": 0.07}).logpost)


def test_announcement(caplog):
    """One line tells what decides the answer; defaults of CLASS are named."""
    with caplog.at_level(logging.INFO):
        alone({"H0": sampled(**POINT)["H0"], "omega_cdm": 0.12})
    assert "massless neutrinos (momenta: 5); no axion; YHe from CLASS's own table" in caplog.text
    assert "default for the baryon density (omega_b or Omega_b)" in caplog.text
