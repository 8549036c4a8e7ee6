"""Why this test exists: two settings of CLASS under one name differ by 0.3 in ln L of Planck. What
CLASS gets must be one and the same through HotClassy, the emulator, a training and `--class`."""

from __future__ import annotations

import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.analysis.forecasts import training
from hotaxion.analysis.running.run import class_for_emulator
from hotaxion.theory import EmulatedClassy, HotClassy
from hotaxion.theory.components.extra_args import with_defaults
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator, emulator_path
from hotaxion.theory.spectra.training.design import FINER_CLASS

from ..hot_classy_models import alone, hot_classy

EMULATED, DIRECT = "hotaxion.theory.EmulatedClassy", "hotaxion.theory.HotClassy"
OF_THE_EMULATOR = {"emulator", "fallback", "tolerance", "speed", "extra_args"}


def test_defaults_of_the_emulated_theory_are_those_of_the_direct_one():
    emulated, direct = EmulatedClassy.get_defaults(), HotClassy.get_defaults()
    assert {k: v for k, v in emulated.items() if k not in OF_THE_EMULATOR} == {
        k: v for k, v in direct.items() if k not in OF_THE_EMULATOR
    }
    assert emulated["extra_args"] is None  # those of its training


# Packaged emulators learned with the tolerance that CLASS has by itself: C_l differ by 3e-4 at most
# (docs/class.md, settings).
_LEARNED = {k: v for k, v in with_defaults(None).items() if k != "tol_perturbations_integration"}


def test_packaged_emulator_was_trained_with_the_defaults():
    trained = SpectraEmulator.load(PACKAGED).origin["HotClassy"]
    assert trained == {"hierarchy": HotClassy.get_defaults()["hierarchy"], "extra_args": _LEARNED}


@pytest.mark.parametrize(
    ("design", "precision", "l_max"), [(None, {}, 2508), ("act", FINER_CLASS, 4000)]
)
def test_a_training_starts_with_the_defaults(design, precision, l_max, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(training, "train", lambda *given: seen.extend(given))
    training.train_from_yaml(None, None, str(tmp_path / "x.npz"), 90, None, 1, design=design)
    extra_args = with_defaults(None) | precision
    assert seen[0] == {"hierarchy": "degenerate", "extra_args": extra_args}
    assert seen[4] == l_max
    assert seen[-1] == (design or "planck")
    if design:
        trained = SpectraEmulator.load(emulator_path(design)).origin["HotClassy"]
        assert trained["extra_args"] == _LEARNED | precision


def test_two_designs_of_a_training(tmp_path):
    given = (str(tmp_path / "x.npz"), 90, None, 1)
    with pytest.raises(HotAxionError, match="--local and --design act; give one"):
        training.train_from_yaml("x.yaml", None, *given, local=True, design="act")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, {"l_linstep": 20, "non_linear": "halofit"}),
        ({"tol_ncdm": 1e-4}, {"l_linstep": 20, "non_linear": "halofit", "tol_ncdm": 1e-4}),
        ({"l_linstep": 10}, {"l_linstep": 10, "non_linear": "halofit"}),
        ({"non_linear": None}, {"l_linstep": 20, "non_linear": "none"}),
        ({"non linear": "hmcode"}, {"l_linstep": 20, "non_linear": "hmcode"}),
    ],
)
def test_own_extra_args_replace_the_defaults_one_by_one(given, expected):
    """Left to Cobaya, a single key of one's own means CLASS's multipoles and HMcode."""
    found = hot_classy(alone(options={"extra_args": given})).extra_args
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("given", ["l_linstep: 20", ["l_linstep"], 20, True])
def test_extra_args_that_are_no_mapping(given):
    with pytest.raises(LoggedError, match=r"extra_args = .*give names with values, such as"):
        alone(options={"extra_args": given})


def _class_options(theories) -> tuple[object, ...]:
    """The class of the theory, and what decides the numbers of CLASS."""
    model = get_model(
        {
            "theory": {**theories, "hotaxion.theory.HotAxion": None, "hotaxion.theory.BBN": None},
            "likelihood": {"one": None},
            "params": {
                **{"omega_b": 0.0224, "omega_cdm": 0.12, "n_s": 0.967, "logA": 3.045},
                **{"theta_s_100": 1.042, "tau_reio": 0.056, "mnu": 0.1, "sigma8": None},
                "m_a": {"prior": [0, 1]},
            },
        }
    )
    theory = model.theory[next(iter(theories))]
    extra_args = {k: v for k, v in theory.extra_args.items() if k != "output"}
    return type(theory), extra_args, theory.axion_nodes, theory.neutrino_nodes, theory.hierarchy


@pytest.mark.parametrize(
    "options",
    [
        None,
        {"hierarchy": "inverted"},
        {"extra_args": {"l_linstep": 20}},
        {"emulator": "forecast_cmbs4_desi_ksvz", "extra_args": {"l_linstep": 10}},
        {"emulator": "forecast_cmbs4_desi_ksvz"},
        {"fallback": "error", "tolerance": 1.0, "neutrino_nodes": 6},
    ],
)
@pytest.mark.parametrize("key", [EMULATED, "spectra"])
def test_class_in_place_of_the_emulator_has_the_same_settings(key, options):
    """`hotaxion run --class` and `hotaxion verify`: as the emulator, which is as its training."""
    if key != EMULATED:
        options = {"class": EMULATED, **(options or {})}
    replaced = class_for_emulator({key: options})
    emulated, direct = _class_options({key: options}), _class_options(replaced)
    assert (with_defaults(emulated[1]), *emulated[2:]) == direct[1:]
    assert (emulated[0], direct[0]) == (EmulatedClassy, HotClassy)
    trained = SpectraEmulator.load(emulator_path((options or {}).get("emulator")))
    assert direct[1].items() >= trained.origin["HotClassy"]["extra_args"].items()
