"""Why this test exists: the BBN term carries the bounds on the axion; its χ² must be what it says.

Checked by hand: covariance, sides of an asymmetric error, presets, and every way to ask wrongly.
"""

from __future__ import annotations

import logging

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import Model, get_model

from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM, PRESETS

from .stubs import Abundances, chi2s


def bbn_model(theory: type | None = Abundances, **options) -> Model:
    return get_model(
        {
            "params": {
                "Y": {"prior": {"min": 0.2, "max": 0.3}},
                "D": {"prior": {"min": 1e-5, "max": 5e-5}},
            },
            "theory": {"abundances": {"external": theory}},
            "likelihood": {"hotaxion.likelihoods.BBN": options or None},
        }
    )


def chi2(model: Model, y_p: float, dh: float) -> float:
    return chi2s(model, Y=y_p, D=dh)["BBN"]


def test_chi2_with_correlated_errors_of_the_theory():
    """Preset 2026 against r^T C^-1 r with the 2×2 covariance written out."""
    y_p, dh = 0.24697, 2.4466e-5
    sigma_d = 0.0105 * 2.510e-5
    theory = np.array(
        [
            [1.05e-4**2, -0.15 * 1.05e-4 * sigma_d],
            [-0.15 * 1.05e-4 * sigma_d, sigma_d**2],
        ]
    )
    covariance = np.diag([0.0013**2, 0.028e-5**2]) + theory
    residual = np.array([y_p - 0.2458, dh - 2.510e-5])
    expected = residual @ np.linalg.inv(covariance) @ residual
    assert chi2(bbn_model(), y_p, dh) == pytest.approx(expected, rel=1e-9)


def test_chi2_without_errors_of_the_theory():
    expected = ((0.25 - 0.2446) / 0.0029) ** 2 + ((2.6 - 2.527) / 0.030) ** 2
    assert chi2(bbn_model(preset="paper2022"), 0.25, 2.6e-5) == pytest.approx(expected, rel=1e-9)


def test_asymmetric_error_is_that_of_the_theory_s_side():
    model = bbn_model(preset=None, helium="empress2022", theory_error=False)
    assert chi2(model, 0.2370 + 0.0068, 2e-5) == pytest.approx(4.0, rel=1e-9)
    assert chi2(model, 0.2370 - 0.0066, 2e-5) == pytest.approx(4.0, rel=1e-9)


def test_asymmetric_error_with_correlation_is_continuous():
    """No jump at the measured value, even where the errors of the theory dominate."""

    class Strong(Abundances):
        errors = {"sigma_Y_p": 3e-3, "sigma_DH_rel": 0.02, "correlation": 0.9}  # noqa: RUF012

    model = bbn_model(Strong, preset=None, helium="empress2022", deuterium="cooke2018")
    below, above = (chi2(model, 0.2370 + step, 2.7e-5) for step in (-1e-12, 1e-12))
    assert below > 1
    assert above == pytest.approx(below, rel=1e-8)


def test_one_measurement_alone_asks_for_nothing_else():
    class HeliumOnly(Abundances):
        def get_can_provide_params(self):
            return ["Y_p"]

        def get_can_provide(self):
            return []

    model = bbn_model(HeliumOnly, deuterium=False, theory_error=False)
    assert chi2(model, 0.2458 + 2 * 0.0013, 1e-5) == pytest.approx(4.0, rel=1e-9)


def test_options_override_the_preset():
    model = bbn_model(preset="paper2022", helium="aver2015", theory_error=True)
    sigma_y, sigma_d = np.hypot(0.0040, 1.05e-4), np.hypot(0.030e-5, 0.0105 * 2.527e-5)
    z_y, z_d = 0.001 / sigma_y, -0.05e-5 / sigma_d
    r = -0.15 * (1.05e-4 / sigma_y) * (0.0105 * 2.527e-5 / sigma_d)
    expected = (z_y**2 + z_d**2 - 2 * r * z_y * z_d) / (1 - r**2)
    assert chi2(model, 0.2459, 2.477e-5) == pytest.approx(expected, rel=1e-9)


def test_presets_are_those_of_the_paper_and_of_today():
    assert PRESETS["paper2022"] == ("peimbert2016", "cooke2018", False)
    assert PRESETS["2026"] == ("lbt2026", "pettini_cooke2025", True)
    # YAML reads an unquoted 2026 as a number.
    assert chi2(bbn_model(preset=2026), 0.247, 2.5e-5) == chi2(bbn_model(), 0.247, 2.5e-5)


@pytest.mark.parametrize("kind", ["helium", "deuterium"])
def test_every_measurement_works_by_its_key(kind):
    table = {"helium": HELIUM, "deuterium": DEUTERIUM}[kind]
    for key, measured in table.items():
        model = bbn_model(preset=None, **{kind: key}, theory_error=False)
        theory = measured.value + measured.plus
        assert chi2(model, theory, theory) == pytest.approx(1.0, rel=1e-9)
        assert measured.source


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"helium": "averr2015"}, ["helium measurement 'averr2015'", "Did you mean 'aver2015'?"]),
        ({"deuterium": "cooke18"}, ["deuterium measurement", "Did you mean 'cooke2018'?"]),
        ({"preset": "paper_2022"}, ["unknown preset", "Did you mean 'paper2022'?"]),
        ({"helium": ["aver2015"]}, ["helium measurement ['aver2015']"]),
        ({"preset": None}, ["no measurement is selected", "lbt2026", "cooke2018"]),
        ({"helium": False, "deuterium": False}, ["no measurement is selected"]),
        ({"theory_error": "maybe"}, ["theory_error = 'maybe'", "true or false"]),
        ({"theory_error": 0}, ["theory_error = 0", "true or false"]),
        ({"helium": 0}, ["helium measurement 0"]),
        ({"deuterium": True}, ["deuterium measurement True"]),
        ({"preset": 2025}, ["unknown preset", "Did you mean '2026'?"]),
        ({"preset": False}, ["unknown preset"]),
    ],
)
def test_wrong_options_stop_with_a_message(options, words, caplog):
    with pytest.raises(LoggedError) as error, caplog.at_level(logging.CRITICAL):
        bbn_model(**options)
    for word in words:
        assert word in str(error.value)


def test_defaults_come_from_the_yaml():
    info = bbn_model().info()["likelihood"]["hotaxion.likelihoods.BBN"]
    assert (info["preset"], info["helium"], info["theory_error"]) == ("2026", None, None)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), None, "0.25"])
@pytest.mark.parametrize("what", ["Y_p", "DH", "sigma_Y_p", "correlation", "reference"])
def test_a_theory_that_gives_no_numbers_stops_the_run(what, bad, caplog):
    """Never ln L = NaN, nor a silent ln L = -inf; the theory is named."""

    class Broken(Abundances):
        def initialize(self):
            self.errors = {**Abundances.errors, what: bad}

        def calculate(self, state, want_derived=True, **params):
            super().calculate(state, want_derived, **params)
            if what in state["derived"]:
                state["derived"][what] = bad

    with pytest.raises(LoggedError) as error, caplog.at_level(logging.CRITICAL):
        chi2(bbn_model(Broken), 0.247, 2.5e-5)
    assert "It comes from abundances" in str(error.value)
    assert what in str(error.value) or what == "reference"
