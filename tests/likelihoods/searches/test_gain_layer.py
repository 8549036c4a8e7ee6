"""Why this test exists: the abstract of 2502.01731 names masses; which of them come out is said."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input
from hotaxion.likelihoods import GainLayer, SN1987ACooling
from hotaxion.theory.errors import RangeError

from ...theory import reference_values_companions as ref

IRON, CAPTURE = GainLayer({}), GainLayer({"snapshots": "electron_capture"})
FREE = GainLayer({"reabsorption": False})
NAME = "hotaxion.likelihoods.GainLayer"


def excluded(likelihood: GainLayer, epsilon: float) -> tuple[float, float]:
    """Least and greatest mass excluded at a mixing."""
    masses = np.geomspace(0.0051, 0.9, 1500)
    found = masses[likelihood.signal(masses, epsilon) >= 1.0]
    return float(found[0]), float(found[-1])


def bound(likelihood: GainLayer | SN1987ACooling, mass: float) -> float:
    mixings = np.geomspace(1e-10, 1e-6, 2001)
    over = likelihood.signal(mass, mixings) >= likelihood.threshold
    return float(mixings[np.argmax(over)]) if over.any() else np.inf


def test_masses_of_the_abstract():
    """0.1 to 0.4 MeV: with and without reabsorption."""
    assert excluded(FREE, 1e-8) == pytest.approx(ref.GAIN_MASSES, rel=0.06)
    assert excluded(IRON, 1e-8) == pytest.approx(ref.GAIN_MASSES_REABSORBED, rel=0.01)


def test_strong_mixing_excludes_no_light_dark_photons():
    """A layer shines like a black body at most: no 0.01 MeV from ECSN, as in free streaming."""
    for likelihood, least in zip((IRON, CAPTURE), ref.GAIN_LEAST_MASSES.values(), strict=True):
        assert excluded(likelihood, 1e-3)[0] == pytest.approx(least, rel=0.01)
    free = GainLayer({"snapshots": "ec0.15", "reabsorption": False})
    assert bound(free, 0.01) == pytest.approx(4.9583e-8, rel=0.05)
    assert np.isinf(bound(GainLayer({"snapshots": "ec0.15"}), 0.01))


def test_gain_layer_is_stronger_than_the_core():
    core = SN1987ACooling({"channels": ["resonance"], "reabsorption": True})
    found = bound(IRON, 0.3)
    assert found == pytest.approx(ref.GAIN_EPSILON_REABSORBED, rel=0.01)
    assert 0.5 < found / 3e-9 < 1.0  # published simulations: 2511.18122
    for mass in (0.15, 0.2, 0.3, 0.4):
        assert bound(IRON, mass) < 0.5 * bound(core, mass)


def test_compression_moves_the_bound():
    """Design: by 0.84 to 1.5 for 7 to 10, one snapshot, free streaming."""
    bounds = [
        bound(GainLayer({"snapshots": "t0.20", "reabsorption": False, "beta_shock": beta}), 0.3)
        for beta in (7.0, 8.0, 10.0)
    ]
    assert bounds[0] / bounds[1] == pytest.approx(0.84, rel=0.05)
    assert bounds[2] / bounds[1] == pytest.approx(1.5, rel=0.05)


def test_penalty_and_fraction():
    ratio = IRON.signal(0.3, 4e-9)
    assert IRON.loglike(0.3, 4e-9) == pytest.approx(-0.5 * (np.log(ratio) / 0.5) ** 2)
    assert IRON.loglike(0.3, 1e-9) == 0.0
    half = GainLayer({"gain_fraction": 0.5})
    assert half.signal(0.3, 4e-9) == pytest.approx(2.0 * ratio)
    both = [GainLayer({"snapshots": key}).signal(0.3, 4e-9) for key in ("t0.10", "t0.60")]
    assert GainLayer({"snapshots": ["t0.10", "t0.60"]}).signal(0.3, 4e-9) == max(both)


def test_parameters_of_the_shock():
    """Named in the input they are sampled; then ln L is that of the options; others are refused."""
    nuisances = {"beta_shock": (6.0, 11.0), "gain_fraction": (0.3, 1.5)}
    info = {
        "params": {
            "m_darkphoton": 0.3,
            "epsilon": 4e-9,
            **{n: {"prior": {"min": a, "max": b}} for n, (a, b) in nuisances.items()},
        },
        "likelihood": {NAME: {"snapshots": "t0.20"}},
    }
    with get_model(info) as model:
        point = {"beta_shock": 7.3, "gain_fraction": 0.7}
        fixed = GainLayer({"snapshots": "t0.20", **point})
        assert model.loglike(point, return_derived=False) == pytest.approx(
            fixed.loglike(0.3, 4e-9), abs=0.05
        )
        assert model.loglike({**point, "beta_shock": 10.5}, return_derived=False) == -np.inf


@pytest.mark.parametrize(
    ("name", "mass"), [("dark_photon_gain", -0.6), ("dark_photon_gain_ecsn", -1.0)]
)
def test_inputs(name, mass):
    info = yaml_load_file(str(find_input(name)))
    for block in ("output", "sampler"):
        info.pop(block)
    with get_model(info) as model:
        (likelihood,) = model.likelihood.values()
        for epsilon in (-9.5, -7.5):
            point = {"log10_m_darkphoton": mass, "log10_epsilon": epsilon}
            found = model.logposterior(point)
            assert found.loglikes[0] == likelihood.loglike(10**mass, 10**epsilon)
        assert found.loglikes[0] < -0.9
        point["log10_m_darkphoton"] = -0.31
        assert model.logposterior(point).loglikes[0] == 0.0  # no resonance so heavy


def test_errors_are_sentences():
    with pytest.raises(LoggedError, match=r"t0\.25"):
        GainLayer({"snapshots": "t0.25"})
    with pytest.raises(LoggedError, match="beta_shock = 12; allowed is a number from 6 to 10"):
        GainLayer({"beta_shock": 12})
    with pytest.raises(LoggedError, match="reabsorption = 1; allowed is true or false"):
        GainLayer({"reabsorption": 1})
    with pytest.raises(RangeError, match=r"allowed is a number from 0\.005 to 1 MeV"):
        IRON.signal(2.0, 1e-9)
