"""Why this test exists: what maps say of a change of spectra decides where an emulator is trained,
and how it is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotaxion.theory.spectra.training.sensitivity import CMBMaps, planck_like

L_MAX = 2500


@pytest.fixture(scope="module")
def centre() -> dict[str, np.ndarray]:
    """Spectra of any shape, T and E correlated."""
    ell = np.arange(L_MAX + 1.0)
    tt, ee = 1e4 / (ell + 10) ** 2, 30.0 / (ell + 10) ** 2
    return {"tt": tt, "ee": ee, "te": 0.4 * np.sqrt(tt * ee), "pp": 1e-4 / (ell + 10) ** 4}


def test_fisher_matrix_of_an_amplitude():
    """Without noise, sigma(ln A) = sqrt(2/N) with N modes of T and E; noise only adds to it."""
    ell = np.arange(401.0)
    cl = {"tt": 1e4 / (ell + 10) ** 2, "ee": 30.0 / (ell + 10) ** 2, "te": 0 * ell}
    experiment = planck_like(400)
    information = experiment.fisher(cl, {name: values[None] for name, values in cl.items()})[0, 0]
    modes = 0.6 * np.sum(2.0 * ell[2:] + 1.0)
    assert 0.9 * modes < information < modes
    change = {name: 1e-3 * values for name, values in cl.items()}
    assert experiment.divergence(cl, change) == pytest.approx(1e-6 * modes, rel=0.01)


def test_polarisation_below_its_least_multipole_is_no_information(centre):
    """A prior of tau stands for the reionisation bump; the judge sees it all the same."""
    experiment = planck_like(L_MAX)
    (maps,) = experiment.maps
    bump = np.where(np.arange(centre["tt"].size) < maps.l_polarisation, 1e-3, 0.0)
    change = {"tt": 0.0 * bump, "te": 0.0 * bump, "ee": bump * centre["ee"]}
    slopes = {name: rows[None] for name, rows in change.items()}
    assert maps.fisher(centre, slopes)[0, 0] == 0.0
    seen = replace(maps, l_polarisation=0).fisher(centre, slopes)[0, 0]
    assert seen == pytest.approx(maps.divergence(centre, change), rel=1e-9)
    assert seen > 0.0


def test_chi2_of_a_change_of_amplitude(centre):
    """Without noise every mode of T, E and the potential counts once: 3 eps^2 modes/2."""
    maps = CMBMaps(("t", "e", "p"), np.zeros((L_MAX - 29, 3)), 30, L_MAX, 0.3)
    found = maps.divergence(centre, {name: 1e-3 * values for name, values in centre.items()})
    modes = 0.3 * np.sum(2.0 * np.arange(30, L_MAX + 1) + 1.0)
    assert found == pytest.approx(1.5e-6 * modes, rel=1e-9)
