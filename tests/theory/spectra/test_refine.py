"""Why this test exists: the emulator for ACT is refitted without the spectra of its first training,
from what its file holds. Not one number of it may be lost by that, nor counted twice.

What the refit is good for, points of CLASS say: tests/yaml/test_blind_points.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.spectra.emulator.features import MASS_ROOT, MNU, SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.training import refine

DESIGN = 533  # points of the first training


@pytest.fixture(scope="module")
def act() -> SpectraEmulator:
    return SpectraEmulator.load(emulator_path("act"))


@pytest.fixture(scope="module")
def outputs(act) -> np.ndarray:
    return refine.learned(act)


def test_the_file_holds_all_that_was_learned(act, outputs):
    """Principal components, and scalars in their units, over the design: mean 0 and covariance 1,
    which `learned` does not know."""
    design = outputs[:DESIGN]
    assert np.abs(design.mean(axis=0)).max() < 1e-9
    assert np.abs(design.std(axis=0) - 1.0).max() < 1e-9
    for where in act.components.values():
        rows = design[:, where]
        assert np.abs(rows.T @ rows / DESIGN - np.eye(rows.shape[1])).max() < 1e-9


def test_points_about_the_posterior_are_in_it_once(act, outputs):
    assert act.origin["near"] == refine.POINTS
    assert len(outputs) == len(act.arrays["features"]) == act.origin["points"]
    assert len(outputs) == DESIGN + refine.POINTS
    near = act.arrays["features"][DESIGN:]
    assert near[:, MNU].max() < 0.2
    assert (near[:, MASS_ROOT] ** 2).max() < 0.25


def _spectra(act, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What the emulator says at some of its points, as CLASS would."""
    features = act.arrays["features"][rows]
    found = [act(row) for row in features]
    data = {name: np.array([one.cl[name] for one in found]) for name in SPECTRA}
    data["scalars"] = np.array([[one.scalars[name] for name in SCALARS] for one in found])
    return data | {"features": features}


def test_components_of_its_own_spectra(act):
    """The way back from spectra; nothing is left beside the components, but for what is put there:
    a ripple of 1e-3 that none of them has."""
    rows = np.arange(0, DESIGN, 60)
    data = _spectra(act, rows)
    back, left = refine.projected(act, data)
    own = [act.regression(x) for x in act.arrays["gp_inputs"][rows]]
    assert np.abs(back - own).max() < 1e-3
    assert max(np.abs(one).max() for one in left.values()) < 3e-6
    ripple = 1e-3 * np.cos(np.arange(data["pp"].shape[1]) / 3.0)
    rippled, left = refine.projected(act, data | {"pp": data["pp"] * (1.0 + ripple)})
    assert np.abs(rippled - own).max() < 0.1
    assert np.abs(left["pp"][200:] - ripple[202:]).max() < 1e-4


def test_new_points_replace_those_of_before(act, outputs, monkeypatch):
    given = {}

    def fit(inputs, values):
        given.update(inputs=inputs, outputs=values)
        return act.regression

    monkeypatch.setattr(Regression, "fit", fit)
    monkeypatch.setattr(SpectraEmulator, "__init__", lambda self, arrays, origin: None)
    refine.refit(act, _spectra(act, np.arange(5)))
    assert np.array_equal(given["outputs"][:DESIGN], outputs[:DESIGN])
    assert given["outputs"].shape == (DESIGN + 5, outputs.shape[1])
    own = [act.regression(x) for x in act.arrays["gp_inputs"][:5]]
    assert np.abs(given["outputs"][DESIGN:] - own).max() < 1e-3
    assert np.abs(given["inputs"].mean(axis=0)).max() < 0.1
