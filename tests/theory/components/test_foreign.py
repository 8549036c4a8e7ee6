"""Why this test exists: likelihoods of other packages leave things to the input without a word.

A prior that is dropped or counted twice changes a bound; each is refused or said at set-up.
"""

from __future__ import annotations

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory.components import foreign, overlaps

A_ACT = {"par_names": "A_act", "central_value": 1.0, "prior_covariance": 9e-6}
TAU = {"par_names": "tau", "central_value": 0.054, "prior_covariance": 5.476e-5}
BOTH = {
    "par_names": ["Tcal", "Ecal"],
    "central_value": [1.0, 1.0],
    "prior_covariance": np.array([[2.02e-5, 6.2e-6], [6.2e-6, 5.29e-5]]),
}
FLAT = {"prior": [0.9, 1.1]}
NORMAL = {"prior": {"dist": "norm", "loc": 1.0, "scale": 0.003}}


class Candl(Likelihood):
    """What `foreign` looks at in a likelihood of candl."""

    keeps: bool = False
    own: list = []  # noqa: RUF012
    last: int = 3200  # multipole with a weight

    def initialize(self):
        windows = np.zeros((3199, 2))
        windows[: self.last - 1] = 1.0
        self.candl_like = SimpleNamespace(
            priors=[SimpleNamespace(**prior) for prior in self.own if self.keeps],
            data_set_dict={"priors": self.own},
            window_functions=[windows],
            ell_min=2,
            ell_max=3200,
        )

    def logp(self, **params):
        return 0.0


class Lensing(Likelihood):
    """What `foreign` looks at in ACT's lensing."""

    lens_only = True
    input_params = ["omega_b"]  # noqa: RUF012

    @classmethod
    def get_qualified_class_name(cls):
        return "act_dr6_lenslike.ACTDR6LensLike"

    def logp(self, **params):
        return 0.0


class Planck(Likelihood):
    """A likelihood that says what it has seen."""

    input_params = ["omega_b"]  # noqa: RUF012

    def observed(self):
        return {"low": (overlaps.PLANCK_LOW_EE,), "high": (overlaps.PLANCK,)}[self.get_name()]

    def logp(self, **params):
        return 0.0


def model(params: dict, others=("low",), prior: dict | None = None, **options):
    """A model of `others` beside a likelihood of candl with these options."""
    classes = {"low": Planck, "high": Planck, "lensing": Lensing}
    return get_model(
        {
            "params": {"omega_b": 0.0224, "delta_neff": 0.0, **params},
            "theory": {"hotaxion.theory.BBN": None},
            "likelihood": {
                "act": {"external": Candl, "input_params": [*params], **options},
                **{name: {"external": classes[name]} for name in others},
            },
            "prior": prior,
        }
    )


def notes(caplog, *arguments, **options) -> list[str]:
    """What is said at set-up: each note once, and by the doctor's way, too."""
    with caplog.at_level(logging.WARNING):
        built = model(*arguments, **options)
    said = [r.getMessage() for r in caplog.records if r.name == "hotaxion.theory.bbn"]
    assert said == foreign.foreign_notes(built)
    caplog.clear()
    return said


def test_a_prior_that_candl_drops(caplog):
    (note,) = notes(caplog, {"A_act": FLAT}, own=[A_ACT, TAU])
    assert note == (
        "act: candl clears its own prior on A_act, and that of the input is flat; as the data's "
        "authors have it: 'A_act: {prior: {dist: norm, loc: 1, scale: 0.003}}', or "
        "'clear_internal_priors: false'."
    )


def test_a_joint_prior_that_candl_drops(caplog):
    """The input of two calibrations: one has a prior again, the other none."""
    (note,) = notes(caplog, {"Tcal": NORMAL, "Ecal": FLAT}, own=[BOTH])
    assert "Ecal: {prior: {dist: norm, loc: 1, scale: 0.0073}}" in note


@pytest.mark.parametrize(
    ("params", "prior", "options"),
    [
        ({"A_act": NORMAL}, None, {}),
        ({"A_act": 1.0}, None, {}),  # fixed: on purpose
        ({"A_act": FLAT}, {"joint": "lambda A_act: -0.5 * ((A_act - 1) / 0.003) ** 2"}, {}),
        ({"A_act": FLAT}, None, {"keeps": True}),
    ],
)
def test_one_prior_is_right(params, prior, options, caplog):
    assert notes(caplog, params, prior=prior, own=[A_ACT], **options) == []


def test_a_prior_counted_twice():
    with pytest.raises(LoggedError, match=r"act counts candl's own prior on A_act, and the input"):
        model({"A_act": NORMAL}, own=[A_ACT], keeps=True)


def test_tau_counted_twice():
    """candl's own prior on tau is what Planck's EE at low multipoles measures."""
    with pytest.raises(LoggedError, match=r"on tau, .* which low counts: say 'clear_specific"):
        model({"tau": {"prior": [0.01, 0.1]}}, own=[TAU], keeps=True)


def test_tau_that_nothing_measures(caplog):
    """Without low multipoles candl's prior on tau is missed, also where CLASS has another name."""
    info = {"tau_reio": {"prior": [0.01, 0.1]}}
    (note,) = notes(caplog, info, (), own=[TAU])
    assert "'tau: {prior: {dist: norm, loc: 0.054, scale: 0.0074}}'" in note


def test_windows_without_weight(caplog):
    (note,) = notes(caplog, {"A_act": 1.0}, last=2600)
    assert "act asks for C_l to l = 3200, its windows end at l = 2600: " in note
    assert notes(caplog, {"A_act": 1.0}, last=3019) == [note][1:]


def test_lensing_for_unknown_spectra_beside_spectra(caplog):
    """ACT's covariance of `lens_only`, with Planck's spectra: allowed, and said."""
    assert notes(caplog, {"A_act": 1.0}, ["lensing", "low"]) == []
    (note,) = notes(caplog, {"A_act": 1.0}, ["lensing", "high"])
    assert note.startswith("lensing: 'lens_only: true' has a covariance for unknown CMB spectra, ")
