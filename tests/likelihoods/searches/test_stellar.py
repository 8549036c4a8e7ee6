"""Why this test exists: estimates of stars must be what their sources say, and say so."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file
from scipy.integrate import cumulative_trapezoid
from scipy.interpolate import PchipInterpolator

from hotaxion import likelihoods
from hotaxion.analysis.inputs.names import find_input
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy

from ...theory.reference_values_companions import (
    BBN_AND_STARS,
    R_BEST_AND_BOUND,
    R_MASSES,
    SN1987A_BOUND,
    TIP_BOUND,
)


def quantile95(x: np.ndarray, loglike: np.ndarray) -> float:
    cumulative = cumulative_trapezoid(np.exp(loglike - loglike.max()), x, initial=0.0)
    return float(np.interp(0.95, cumulative / cumulative[-1], x))


def test_r_parameter_best_and_bound():
    g10 = np.linspace(0.0, 1.5, 15001)
    loglike = likelihoods.HBRParameter({}).loglike(0.0, 1e-10 * g10)
    best = loglike.argmax()
    bound = g10[best:][2.0 * (loglike.max() - loglike[best:]) > 4.0][0]
    assert (g10[best], bound) == pytest.approx(R_BEST_AND_BOUND, rel=5e-3)


@pytest.mark.parametrize(("model", "value"), R_MASSES.items())
def test_r_parameter_alone_on_the_mass(model, value):
    tan_beta = None if model == "ksvz" else 3.0
    masses = np.linspace(0.0, 4.0, 8001)
    per_ev = low_energy(1.0, LowEnergyOptions(model=model), tan_beta).g_agamma
    loglike = likelihoods.HBRParameter({}).loglike(masses, masses * per_ev)
    assert quantile95(masses, loglike) == pytest.approx(value, rel=0.01)


def test_tip_of_the_red_giants():
    tip = likelihoods.TipRGB({})
    g_ae = np.linspace(0.0, 8e-13, 4001)
    bound = quantile95(g_ae**2, tip.loglike(0.0, g_ae)) ** 0.5
    assert bound == pytest.approx(TIP_BOUND, rel=1e-3)
    per_ev = low_energy(1.0, LowEnergyOptions(model="dfsz1"), 3.0).g_ae
    assert bound / per_ev == pytest.approx(5.5e-3, rel=0.01)
    assert tip.loglike(0.0, -g_ae) == pytest.approx(tip.loglike(0.0, g_ae))


def test_supernova_is_a_penalty_above_its_threshold():
    supernova = likelihoods.SN1987AAxion({"sigma": 0.5})
    assert supernova.signal(0.0, SN1987A_BOUND) == pytest.approx(supernova.threshold, rel=1e-3)
    assert supernova.loglike(0.0, 0.9 * SN1987A_BOUND) == 0.0
    twice = supernova.loglike(0.0, 2.0 * SN1987A_BOUND)
    assert twice == pytest.approx(-0.5 * (2.0 * np.log(2.0) / 0.5) ** 2, rel=1e-2)


def model_of(options: dict, **params) -> object:
    return get_model(
        {"likelihood": {"hotaxion.likelihoods.HBRParameter": options}, "params": params}
    )


def test_helium_of_the_chain():
    """The same as the number, where the chain has that number; more helium allows more axions."""
    coupling = {"prior": [0.0, 1e-9]}
    with (
        model_of({"helium": "bbn"}, g_agamma=coupling, Y_p=0.25) as chain,
        model_of({"helium": 0.25}, g_agamma=coupling) as fixed,
    ):
        point = {"g_agamma": 5e-11}
        assert chain.loglike(point)[0] == pytest.approx(fixed.loglike(point)[0], rel=1e-12)
    with pytest.raises(LoggedError, match=r"add hotaxion\.theory\.BBN"):
        model_of({"helium": "bbn"}, g_agamma=coupling)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"helium": 25.4}, "0.1 to 0.6"),
        ({"helium": "cmb"}, "allowed are bbn and a number"),
        ({"helium": float("nan")}, "nan"),
        ({"sigma_helium": -0.1}, "sigma_helium"),
    ],
)
def test_wrong_options(options, words):
    with pytest.raises(LoggedError, match=words):
        likelihoods.HBRParameter(options)


def test_missing_coupling_is_said_at_set_up():
    with pytest.raises(LoggedError, match=r"add hotaxion\.theory\.AxionCouplings"):
        get_model({"likelihood": {"hotaxion.likelihoods.TipRGB": None}, "params": {"x": [0, 1]}})


# --- together with cosmology -----------------------------------------------------------------
@pytest.fixture(scope="module")
def joint() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Masses, and ln L of each likelihood of the joint input there, omega_b integrated out."""
    info = yaml_load_file(str(find_input("joint_bbn_stars_ksvz")))
    info.pop("sampler"), info.pop("output")
    masses = np.concatenate([[1e-4], np.linspace(0.015, 0.3, 20), np.geomspace(0.35, 1.0, 5)])
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    prior = info["params"]["omega_b"]["prior"]
    info["params"]["m_a"]["prior"] = {"min": 0.0, "max": 1.0}
    bbn, others = np.zeros(len(masses)), []
    with get_model(info, stop_at_error=True) as model:
        for i, mass in enumerate(masses):
            for node, weight in zip(nodes, weights, strict=True):
                point = {"m_a": mass, "omega_b": prior["loc"] + node * prior["scale"]}
                values = model.loglikes(point, return_derived=False)
                named = dict(zip(model.likelihood, values, strict=True))
                bbn[i] += weight * np.exp(named.pop("hotaxion.likelihoods.BBN"))
            others.append(named)
    names = {name.rpartition(".")[2]: name for name in others[0]}
    found = {short: np.array([row[name] for row in others]) for short, name in names.items()}
    return masses, {"BBN": np.log(bbn), **found}


def bound_of(joint, *names: str) -> float:
    masses, loglikes = joint
    fine = np.linspace(masses[0], masses[-1], 4001)
    smooth = PchipInterpolator(masses, loglikes["BBN"])(fine)
    g_agamma = fine * low_energy(1.0).g_agamma
    for name in names:
        smooth += getattr(likelihoods, name)({}).loglike(fine, g_agamma)
    return quantile95(fine, smooth)


def test_stars_tighten_the_bound_of_light_elements(joint):
    alone, all_of_them = bound_of(joint), bound_of(joint, "HBRParameter", "CASTGas")
    assert (alone, all_of_them) == pytest.approx(BBN_AND_STARS, rel=0.03)


def test_cast_does_not_move_it(joint):
    """ln L is flat along the KSVZ line: the signal falls with the mass as g^4 grows."""
    assert np.ptp(joint[1]["CAST2017"]) < 1e-3
    g_agamma = joint[0] * low_energy(1.0).g_agamma
    assert joint[1]["HBRParameter"] == pytest.approx(
        likelihoods.HBRParameter({}).loglike(0.0, g_agamma)
    )


@pytest.mark.parametrize("name", ["signal_power", "threshold", "limit_rule", "mass_name"])
def test_attributes_of_a_class_are_no_options(name):
    star = {"hotaxion.likelihoods.SN1987AAxion": {name: 1}}
    with pytest.raises(LoggedError, match=name):
        get_model({"likelihood": star, "params": {"g_ap": {"prior": [0, 1e-9]}}})
