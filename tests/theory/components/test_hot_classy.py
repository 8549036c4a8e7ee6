"""Why this test exists: between our numbers and CLASS's spectra anything can get lost silently.

Each test is one such loss that was seen: parameters that Cobaya does not pass on, files that CLASS
does not read again, multipoles that it truncates.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError

from hotaxion.theory.components.hot_classy import HotClassy
from hotaxion.theory.constants import N_EFF_SM

from ..cosmology_stubs import FASTEST_CLASS
from ..hot_classy_models import POINT, alone, classy_model, hot_classy, sampled
from ..reference_values_cosmology import (
    R_DRAG_MPC,
    R_DRAG_SLOPES,
    R_DRAG_SLOPES_TOLERANCE,
    R_DRAG_TOLERANCE_MPC,
)


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
    with pytest.raises(LoggedError, match=r"omega_b does not reach .*HotClassy"):
        classy_model(classy=Deaf)


def test_dropped_parameter_stops_the_run():
    """n_s is dropped in favour of another name that only the likelihood reads."""
    params = sampled(**POINT, n_s=0.96)
    params["n_s"]["drop"] = True
    params["tilt"] = {"value": "lambda n_s: n_s - 1"}
    with pytest.raises(LoggedError, match=r"n_s does not reach .*HotClassy"):
        alone(params, wants={"rdrag": None, "tilt": None})


# --- spectra ---------------------------------------------------------------------------------
def test_lensing_alone_to_low_multipoles():
    """Only pp was asked for, to l = 29: CLASS needs tCl, and l_max 1000 not to truncate k."""
    model = alone(
        {**POINT, "H0": sampled(**POINT)["H0"], "A_s": 2.1e-9, "n_s": 0.966, "tau_reio": 0.055},
        {"extra_args": FASTEST_CLASS},
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
