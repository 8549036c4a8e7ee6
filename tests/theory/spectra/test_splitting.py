"""Why this test exists: the emulator knows neutrinos of equal mass alone. What different ones
change must have the sign and the size of their free streaming, and come from a recorded file.

CLASS judges it at points of its own: tests/yaml/test_blind_points.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory.components.record import data_hash
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_arrays
from hotaxion.theory.spectra.emulator import splitting
from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import Prediction
from hotaxion.theory.spectra.emulator.splitting import MassSplitting, mass_splitting, variance_ev2
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev, neutrino_sector
from hotaxion.theory.spectra.training.splitting import fit

L_MAX = 4000
PP = SPECTRA.index("pp")
SMOOTH = np.ones((len(SPECTRA), L_MAX + 1))
FLAT = Prediction(SMOOTH, dict.fromkeys(SCALARS, 1.0))


def _change(hierarchy: str, total: float) -> Prediction:
    return mass_splitting(L_MAX)(FLAT, neutrino_sector(total, hierarchy).masses_ev)


def test_variance():
    assert variance_ev2((0.1, 0.1, 0.1)) == pytest.approx(0.0, abs=1e-30)
    assert variance_ev2((0.0, 0.03, 0.06)) == pytest.approx(2 * 0.03**2)


def test_equal_masses_are_left_alone():
    same = mass_splitting(L_MAX)(FLAT, (0.05, 0.05, 0.05))
    assert np.abs(same.spectra / SMOOTH - 1.0).max() < 1e-12
    assert same.scalars == pytest.approx(FLAT.scalars)


@pytest.mark.parametrize("hierarchy", ["normal", "inverted"])
def test_lensing(hierarchy):
    """Heavier neutrinos cluster more, lighter less: at a given sum, one light neutrino of three
    leaves less power below the free streaming, more above; 0.2 to 0.5 % at the least sum, where
    the difference is largest."""
    least = minimal_sum_ev(hierarchy)
    at_least, more, much = (
        _change(hierarchy, least + added).spectra[PP] - 1.0 for added in (1e-5, 0.03, 0.3)
    )
    assert (-5e-3 < at_least[1000:]).all() & (at_least[1000:] < -2e-3).all()
    assert (5e-4 < at_least[2:20]).all() & (at_least[2:20] < 3e-3).all()
    for ell in (10, 1000, 3000):
        assert abs(at_least[ell]) > abs(more[ell]) > 5 * abs(much[ell])


@pytest.mark.parametrize(
    ("hierarchy", "total", "pp", "tt", "sigma8"),
    [
        ("inverted", 0.099, (0.17, -0.31, -0.36), -0.03, -0.15),
        ("normal", 0.0589, (0.14, -0.25, -0.29), -0.02, -0.12),
    ],
)
def test_table_of_the_page(hierarchy, total, pp, tt, sigma8):
    """docs/emulator.md, section 4; in per cent."""
    found = _change(hierarchy, total)
    percent = 100.0 * (found.spectra - 1.0)
    assert percent[PP, [10, 1000, 3000]] == pytest.approx(pp, abs=0.006)
    assert percent[SPECTRA.index("tt"), 3000] == pytest.approx(tt, abs=0.006)
    assert 100.0 * (found.scalars["sigma8"] - 1.0) == pytest.approx(sigma8, abs=0.006)


def test_one_law_for_both_hierarchies():
    """Where V is the same, whatever the sum is."""
    totals = np.linspace(0.0995, 0.2, 200)
    wanted = variance_ev2(neutrino_sector(0.09, "normal").masses_ev)
    found = [variance_ev2(neutrino_sector(x, "inverted").masses_ev) for x in totals]
    total = float(np.interp(-wanted, -np.array(found), totals))
    normal, inverted = _change("normal", 0.09), _change("inverted", total)
    assert np.abs(normal.spectra - inverted.spectra).max() < 1e-5


def test_temperature_and_polarisation_follow_lensing():
    """Less lensing: less power far beyond the damping tail; elsewhere a few 1e-4 at most."""
    change = _change("inverted", 0.099).spectra - 1.0
    for name in ("tt", "ee"):
        row = change[SPECTRA.index(name)]
        assert np.abs(row[30:2500]).max() < 5e-4
        assert -1.5e-3 < row[3900] < -1e-4


def test_numbers():
    """sigma_8 falls; sound horizons and redshifts stay, as they have no massive neutrinos yet."""
    scalars = _change("inverted", 0.099).scalars
    assert -2e-3 < scalars["sigma8"] - 1.0 < -5e-4
    for name in ("z_rec", "z_d", "rs_rec", "rs_d"):
        assert scalars[name] == pytest.approx(1.0, abs=4e-5)


def test_fit_finds_a_law_that_is_there():
    """Two smooth functions of l, times V and V^2; a pair on two grids of multipoles is left out."""
    ell = np.arange(2.0, 2001.0)
    law = np.array([-np.tanh(ell / 300.0), 300.0 * np.cos(np.sqrt(ell) / 8.0)])
    equal = {name: np.full(ell.size + 2, 2.0) for name in SPECTRA}
    equal["scalars"] = np.ones(len(SCALARS) + 3)
    pairs = []
    for variance in (4e-4, 6e-4, 8e-4, 1e-3, 1.3e-3, 1.6e-3):
        factor = np.concatenate([[1.0, 1.0], np.exp(splitting.powers(variance) @ law)])
        different = {name: factor * equal[name] for name in SPECTRA if name != "te"}
        different["te"] = equal["te"] * (1.0 + np.log(factor))
        different["scalars"] = equal["scalars"] * np.exp(-0.5 * variance)
        pairs.append((variance, different, equal))
    pairs[2][1]["tt"][2:] *= 1.0 + 3e-3 * np.sign(np.sin(ell / 20.0))
    found = fit(pairs)
    with pytest.raises(HotAxionError, match="only 4 pairs are on one grid"):
        fit(pairs[:5])
    assert found["scalars"][0] == pytest.approx(-0.5)
    assert found["scalars"][1] == pytest.approx(0.0, abs=1e-6)
    spline = splitting.BSpline(
        found["joints"], np.moveaxis(found["spectra"], -1, 0), splitting.DEGREE
    )(np.sqrt(ell))
    for i in range(len(SPECTRA)):
        assert spline[:, :, i].T == pytest.approx(law, abs=0.01 * np.abs(law).max())


def test_the_file_is_recorded():
    degenerate, normal = (
        data_hash("EmulatedClassy", {"emulator": None, "hierarchy": hierarchy})
        for hierarchy in ("degenerate", "normal")
    )
    assert degenerate != normal


def test_damaged_or_too_short(tmp_path, monkeypatch):
    with pytest.raises(HotAxionError, match=r"ends at l = 4000, and l = 5000 is needed"):
        MassSplitting(5000)
    path = tmp_path / "splitting.npz"
    with open(path, "wb") as file:
        write_arrays(file, {"joints": np.arange(9.0), "scalars": np.ones((2, 6))})
    monkeypatch.setattr(splitting, "FILE", path)
    mass_splitting.cache_clear()
    info = {
        "theory": {"hotaxion.theory.EmulatedClassy": {"hierarchy": "inverted"}},
        "likelihood": {"one": None},
        "params": {"mnu": 0.11},
    }
    with pytest.raises(LoggedError, match=r"(?s)splitting.npz is damaged.*reinstall hotaxion"):
        get_model(info)
    mass_splitting.cache_clear()
