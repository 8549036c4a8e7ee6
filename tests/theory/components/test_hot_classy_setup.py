"""Why this test exists: a wrong set-up must stop at the start, and say the cure. Left alone, Cobaya
and CLASS would go on with defaults, with a quantity given twice, or with likelihood zero."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from cobaya.log import LoggedError

from hotaxion.theory.components.hot_classy import HotClassy

from ..cosmology_stubs import Axion, BrokenAxion
from ..hot_classy_models import POINT, alone, classy_model, hot_classy, sampled


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
        ({}, {"extra_args": {"l_max_scalars": 500}}, "In extra_args: l_max_scalars = 500"),
        ({}, {"extra_args": {"l_max_scalars": "500"}}, "In extra_args: l_max_scalars = 500"),
        ({}, {"extra_args": {"sBBN file": "/no/s.dat"}}, r"exist inside CLASS.*sBBN_2017\.dat"),
        ({}, {"extra_args": {"sBBN file": "s.dat"}}, r"exist inside CLASS.*'helium: bbn'"),
        ({}, {"extra_args": {"hyrec file": "s.dat"}}, r"exist: s\.dat; correct the path"),
        ({"YHe": 0.245, "yhe": 0.25}, {}, "'YHe' and 'yhe' set the same quantity"),
        ({"YHe": 0.245}, {"extra_args": {"YHe": 0.24}}, "appear both as input parameters"),
        ({"h": 0.67}, {}, "'H0' and 'h' set the same quantity"),
        ({"ombh2": 0.0224}, {}, "'ombh2' and 'omega_b' set the same quantity"),
        ({}, {"relics": {"sterile": 1.0}}, "give a list of names"),
        ({}, {"relics": ["axion"]}, "relic = 'axion'; allowed are letters"),
        ({}, {"relics": ["x", "x"]}, "name each relic once"),
        ({}, {"relics": ["x"]}, r"x_psd \(add hotaxion.theory.HotRelic with 'relic: x'"),
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


@pytest.mark.parametrize(
    ("chosen", "amplitude", "wants", "refused"),
    [
        ("halofit", 0.2, {"Cl": {"pp": 1000}}, True),
        ("hmcode", 0.2, {"Cl": {"tt": 1000}}, True),
        ("halofit", 0.2, {"rdrag": None}, False),  # nothing depends on it
        ("none", 0.2, {"Cl": {"pp": 1000}}, False),
        ("halofit", 0.03, {"Cl": {"pp": 1000}}, False),  # 6 % of the dark matter
    ],
)
def test_halofit_where_dark_matter_is_warm(monkeypatch, chosen, amplitude, wants, refused):
    """Refused before CLASS starts, which would go on with a lensing that is wrong by far."""
    computed = []
    monkeypatch.setattr(HotClassy, "_compute", lambda *_: computed.append(1) is not None)
    params = {"mnu": 0.06, "m_a": 100.0, "amplitude": {"prior": [0, 1]}}  # omega = 0.245 times it
    options = {"extra_args": {"non_linear": chosen}}
    model = classy_model({**POINT, **params}, options, wants)
    if refused:
        with pytest.raises(
            LoggedError, match=r"Omega h\^2 = 0.0489 of relics above 10 eV; halofit"
        ):
            model.logposterior({"amplitude": amplitude})
    else:
        model.logposterior({"amplitude": amplitude})
    assert computed == [1] * (not refused)


@pytest.mark.parametrize("name", ["m_ncdm", "omega_ncdm", "Omega_ncdm"])
def test_neutrino_mass_is_given_once(name):
    """`mnu` is there: a second mass is refused, as a parameter and as an option."""
    params = {**sampled(**POINT), "mnu": 0.06}
    for more, options in (({name: 0.06}, {}), ({}, {"extra_args": {name: 0.06}})):
        with pytest.raises(LoggedError, match=f"'{name}' cannot be given to CLASS here: neutri"):
            alone({**params, **more}, {"hierarchy": "degenerate", **options})


def test_hidden_axion_is_refused():
    with pytest.raises(LoggedError, match=r"axion does not reach it.*axion: True"):
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


def test_own_extra_args_do_not_lower_the_accuracy():
    """They are added to the defaults; the sampling of neutrinos is not among them."""
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
    said = rf"{missing} \(.*add .*\) of .*HotClassy is not provided"
    with pytest.raises(LoggedError, match=said):
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
