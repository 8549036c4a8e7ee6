"""Why this test exists: the emulator stands for CLASS, so each of its parts is checked against an
independent route: exact functions, numerical derivatives, CLASS's own background."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from classy import Class

from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein
from hotaxion.theory.spectra.emulator.background import LAMBDA, Background
from hotaxion.theory.spectra.emulator.features import (
    DELTA_NEFF,
    FEATURES,
    MASS_ROOT,
    MNU,
    SCALARS,
    SPECTRA,
    effective_mass_ev,
    feature_vector,
)
from hotaxion.theory.spectra.emulator.prediction import (
    PACKAGED,
    SpectraEmulator,
    Standardiser,
    emulator_path,
)
from hotaxion.theory.spectra.emulator.regression import Regression, _restricted, quadratic_basis
from hotaxion.theory.spectra.neutrinos import neutrino_sector
from hotaxion.theory.spectra.species import class_species
from hotaxion.theory.spectra.training import folder as training
from hotaxion.theory.spectra.training.design import WIDE, planck
from hotaxion.theory.spectra.training.fit import fit_emulator
from hotaxion.theory.spectra.training.sensitivity import planck_like

from ...forked import run_python
from ..cosmology_stubs import FASTEST_CLASS

RNG = np.random.default_rng(7)


# --- background ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hierarchy", "mnu", "m_a"),
    [("degenerate", 0.06, None), ("degenerate", 0.4, 0.3), ("inverted", 0.12, 1.0)],
)
def test_background_equals_that_of_class(hierarchy, mnu, m_a):
    """H0 from the acoustic scale, distances, H(z), age, Omega_m: 1e-5 (measured: 6e-6)."""
    sector = neutrino_sector(mnu, hierarchy)
    relics = [Abundance()(m_a).psd] if m_a else []
    cosmo = Class()
    names = ["z_rec", "rs_rec", "age", "Omega_m"]
    with class_species(sector, relics) as species:
        cosmo.set({"omega_b": 0.0224, "omega_cdm": 0.12, "theta_s_100": 1.0415, "YHe": 0.2457})
        cosmo.set(species)
        cosmo.compute()
    true = cosmo.get_current_derived_parameters(names)
    ours = Background.from_theta(
        1.0415, true["z_rec"], true["rs_rec"], 0.0224, 0.12, sector, relics
    )
    assert ours.h == pytest.approx(cosmo.h(), rel=1e-5)
    assert ours.age_gyr == pytest.approx(true["age"], rel=1e-5)
    assert ours.omega_m / ours.h**2 == pytest.approx(true["Omega_m"], rel=2e-5)
    z = np.array([0.0, 0.106, 0.51, 2.33, 20.0, 1089.0])
    hubble = np.array([cosmo.Hubble(each) for each in z])
    assert ours.hubble(z) == pytest.approx(hubble, rel=1e-5)
    distance = np.array([cosmo.angular_distance(each) for each in z[1:]])
    assert ours.angular_diameter_distance(z[1:]) == pytest.approx(distance, rel=1e-5)
    cosmo.empty()


def test_near_and_far_quadratures_agree():
    background = Background(0.0224, 0.12, 0.67, neutrino_sector(0.06))
    near = background.comoving_distance(np.array([0.5, 2.33]))
    with_far = background.comoving_distance(np.array([0.5, 2.33, 1100.0]))
    assert near == pytest.approx(with_far[:2], rel=1e-10)


def test_impossible_acoustic_scale():
    with pytest.raises(RangeError, match=r"need h outside 0\.3 to 1\.2"):
        Background.from_theta(1.5, 1089.0, 144.0, 0.0224, 0.12, neutrino_sector(0.06))


# --- features --------------------------------------------------------------------------------
def gas(temperature: float, m_a: float) -> RelicPSD:
    q, weights = momentum_grid(80, 45.0)
    return RelicPSD(m_a, q, bose_einstein(q, temperature), weights)


def test_effective_mass_of_a_thermal_gas_is_its_mass():
    assert effective_mass_ev(gas(0.8, 0.3)) == pytest.approx(0.3, rel=1e-6)


def test_effective_mass_keeps_energy_and_density():
    """A Bose-Einstein gas with the effective mass has Delta N_eff and m n of the real axion."""
    psd = Abundance()(0.3).psd
    mass = effective_mass_ev(psd)
    thermal = gas((psd.delta_neff / gas(1.0, 1.0).delta_neff) ** 0.25, mass)
    assert thermal.delta_neff == pytest.approx(psd.delta_neff, rel=1e-6)
    heavy = psd.mass_ev * psd.number_density_ev3
    assert mass * thermal.number_density_ev3 == pytest.approx(heavy, rel=1e-5)
    assert mass < psd.mass_ev


def test_feature_vector():
    values = dict(zip(FEATURES[:6], range(1, 7), strict=True)) | {"mnu": 0.1, "YHe": 0.25}
    found = feature_vector(values)
    assert found.tolist() == [1, 2, 3, 4, 5, 6, 0.1, 0.0, 0.0, 0.25, 0.0, -1.0, 0.0]
    values |= {"delta_neff_extra": 0.3, "w0_fld": -0.8, "wa_fld": -0.5}
    assert feature_vector(values)[10:] == pytest.approx([0.3, -0.95, -0.5])


def test_standardised_features_have_unit_variance():
    features = np.abs(RNG.normal(1.0, 0.05, (200, 10)))
    features[:, 1] += 0.7 * features[:, 6]  # the ridge
    inputs = Standardiser(features)(features)
    assert inputs.mean(axis=0) == pytest.approx(np.zeros(10), abs=1e-10)
    # Six are white and do not depend on the other four any more.
    covariance = np.cov(inputs.T)
    assert covariance[:6, :6] == pytest.approx(np.eye(6), abs=1e-10)
    assert covariance[:6, 6:] == pytest.approx(np.zeros((6, 4)), abs=1e-10)


# --- regression ------------------------------------------------------------------------------
def test_a_quadratic_is_learned_exactly():
    x = RNG.normal(size=(40, 3))
    truth = RNG.normal(size=(10, 2))
    fit = Regression.fit(x, quadratic_basis(x) @ truth + 1e-9 * RNG.normal(size=(40, 2)))
    far = np.array([2.5, -3.0, 1.0])
    assert fit(far) == pytest.approx(quadratic_basis(far) @ truth, abs=1e-6)


def test_the_process_learns_what_no_quadratic_can():
    """sin, with noise: to the noise, which is estimated within a third; a quadratic misses it."""
    x = RNG.uniform(-2, 2, (120, 2))
    noise = 0.01

    def function(x):
        return np.sin(2.0 * x[..., 0]) * np.cos(x[..., 1])

    y = function(x) + noise * RNG.normal(size=120)
    fit = Regression.fit(x, y[:, None])
    test = RNG.uniform(-1.7, 1.7, (50, 2))
    found = np.array([fit(each)[0] for each in test])
    assert np.std(found - function(test)) < 2 * noise
    assert fit.noise[0] == pytest.approx(noise, rel=0.33)
    quadratic = np.linalg.lstsq(quadratic_basis(x), y, rcond=None)[0]
    assert np.std(quadratic_basis(test) @ quadratic - function(test)) > 20 * noise


def test_gradient_of_the_likelihood():
    x = RNG.normal(size=(30, 2))
    squares = (x.T[:, :, None] - x.T[:, None, :]) ** 2
    q, _ = np.linalg.qr(quadratic_basis(x), mode="complete")
    null = q[:, 6:]
    z = null.T @ np.sin(3 * x[:, 0])
    theta = np.array([0.3, 1.0, -4.0])
    value, gradient = _restricted(theta, squares, null, z)
    for i in range(3):
        step = np.eye(3)[i] * 1e-5
        slope = _restricted(theta + step, squares, null, z)[0] - value
        assert gradient[i] == pytest.approx(slope / 1e-5, rel=1e-3, abs=1e-5)


def test_leverage():
    """At the training points its sum is the number of coefficients; it grows outside."""
    x = RNG.normal(size=(60, 3))
    fit = Regression.fit(x, RNG.normal(size=(60, 1)))
    leverages = [fit.leverage(each) for each in x]
    assert sum(leverages) == pytest.approx(10.0)
    assert max(leverages) <= 1.0 + 1e-9
    assert fit.leverage(np.full(3, 6.0)) > 20.0


def test_too_few_points():
    with pytest.raises(ValueError, match="12 points for 10 coefficients"):
        Regression.fit(RNG.normal(size=(12, 3)), np.zeros((12, 1)))


# --- how far it may be used -------------------------------------------------------------------
@pytest.fixture(scope="module")
def packaged():
    return SpectraEmulator.load(PACKAGED)


def test_masses_of_the_training_are_accepted_and_those_a_tenth_beyond_refused(packaged):
    """KSVZ to 1 eV, its neutrinos to 0.6 eV: where CLASS was run, and hardly further."""
    values = {**planck(2508).centre, "YHe": 0.2500}
    light, heavy, heavier = (Abundance()(m_a).psd for m_a in (0.1, 1.0, 1.1))
    for psd, mnu, refused in (
        (heavy, 0.06, ""),
        (heavier, 0.06, "mass_root"),
        (light, 0.6, ""),
        (light, 0.66, "mnu"),
    ):
        reason = packaged.outside(feature_vector(values | {"mnu": mnu}, [psd]), 100.0)
        assert (reason or "").partition(" = ")[0] == refused


@pytest.mark.parametrize("j", [MNU, MASS_ROOT, DELTA_NEFF], ids=lambda j: FEATURES[j])
def test_what_is_accepted_beyond_the_training_is_good_to_half_a_unit(packaged, j):
    """Trained without the largest 15 % of a feature, by quadratics alone, which extrapolate worst:
    where the margin accepts such points, ln L is off by less than 0.5 (three times as far: 0.8)."""
    features = packaged.arrays["features"]
    predictions = [packaged(row) for row in features]
    truth = {name: np.array([p.cl[name] for p in predictions]) for name in SPECTRA}
    truth["scalars"] = np.array([[p.scalars[n] for n in SCALARS] for p in predictions])
    truth["features"] = features
    inside = features[:, j] <= np.quantile(features[:, j], 0.85)
    known = {name: rows[inside] for name, rows in truth.items()}
    emulator = fit_emulator(known, packaged.origin, WIDE, process=False)
    shifts = []
    for i in np.flatnonzero(~inside & (features[:, j] <= emulator.high[j - MNU])):
        found = emulator(features[i]).cl
        change = {name: found[name] - truth[name][i] for name in SPECTRA}
        true = {name: truth[name][i] for name in SPECTRA}
        shifts.append(planck_like(2508).divergence(true, change) ** 0.5)
    assert len(shifts) >= 5
    assert max(shifts) < 0.5


# --- training --------------------------------------------------------------------------------
# What is kept, not how exact it is, is the subject.
COARSE = {
    "hierarchy": "degenerate",
    "axion_nodes": 3,
    "neutrino_nodes": 3,
    "extra_args": FASTEST_CLASS,
}
CODE = """
import json, sys
from pathlib import Path
from hotaxion.theory.spectra.training.design import planck
from hotaxion.theory.spectra.training.runs import run_points
if __name__ == "__main__":
    run_points(Path(sys.argv[1]), planck(1000).star()[:2], "star", 1)
"""


def test_killed_training_resumes(tmp_path):
    """SIGKILL after the first point: it stays as it is, and only the other is computed."""
    folder = tmp_path / "points"
    training.prepare(folder, training.provenance(COARSE, 1000))
    script = tmp_path / "run.py"
    script.write_text(CODE)
    first = training.point_path(folder, "star", 0)
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not first.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before, written = first.read_bytes(), first.stat().st_mtime_ns
    done = run_python([str(script), str(folder)])
    assert done.returncode == 0, done.stderr
    assert (first.read_bytes(), first.stat().st_mtime_ns) == (before, written)
    data = training.load_points(folder, "star")
    assert data["tt"].shape == (2, 1001)
    assert np.isfinite(data["tt"]).all()
    assert (data["tt"][:, 2:] > 0).all()
    assert np.ptp(data["features"], axis=0)[0] == pytest.approx(2e-4)  # omega_b


def test_folder_of_another_training_is_refused(tmp_path):
    folder = tmp_path / "points"
    training.prepare(folder, training.provenance(COARSE, 1000))
    training.prepare(folder, training.provenance(COARSE, 1000))
    with pytest.raises(HotAxionError, match="another folder"):
        training.prepare(folder, training.provenance(COARSE, 2508))
    assert json.loads(Path(folder / training.PROVENANCE).read_text())["l_max"] == 1000


def test_no_points(tmp_path):
    with pytest.raises(HotAxionError, match="no training points"):
        training.load_points(tmp_path)


def test_emulators_are_found_by_name_and_by_path(tmp_path):
    assert emulator_path(None) == PACKAGED
    packaged = PACKAGED.with_name("emulator_forecast_cmbs4_desi_ksvz.npz")
    assert emulator_path("forecast_cmbs4_desi_ksvz") == packaged
    for path in ("mock/emulator.npz", str(tmp_path / "emulator.npz"), "emulator.npz"):
        assert emulator_path(path) == Path(path)


WITHOUT = """
import sys
from cobaya.model import get_model
theory = {f"hotaxion.theory.{name}": None for name in ("HotAxion", "BBN", "HotClassy")}
params = {"omega_b": 0.0224, "omega_cdm": 0.12, "theta_s_100": 1.0419, "m_a": 0.1, "mnu": 0.06}
get_model({"theory": theory, "params": params, "likelihood": {"one": None}}, packages_path=".")
print([name for name in sys.modules if "spectra.emulator" in name or "spectra.training" in name])
"""


def test_a_run_with_class_alone_does_not_load_the_emulator():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize("dark_energy", [LAMBDA, (-0.8, -0.9)])
def test_redshifts_at_once_are_those_one_by_one(dark_energy):
    """One Chebyshev series for all of them, against a quadrature for each and H itself."""
    background = Background(0.0224, 0.12, 0.65, neutrino_sector(0.6), dark_energy=dark_energy)
    z = np.array([2.33, 0.3, 0.0, 1.5])
    for found in (background.comoving_distance, background.hubble):
        assert found(z) == pytest.approx([float(found(one)) for one in z], rel=1e-10)
        assert found(z.reshape(2, 2)) == pytest.approx(found(z).reshape(2, 2), rel=1e-12)
    far = np.array([1100.0, 20.0])
    one_by_one = [float(background.comoving_distance(one)) for one in far]
    assert background.comoving_distance(far) == pytest.approx(one_by_one, rel=1e-7)
    assert background.hubble(far) == pytest.approx([float(background.hubble(x)) for x in far])


@pytest.mark.parametrize("h", [0.301, 0.5, 0.68, 0.9, 1.199])
def test_h_of_an_acoustic_scale(h):
    """Newton's steps come back from any side; beyond the range there is a sentence."""
    inputs = (0.0224, 0.12, neutrino_sector(0.06))
    distance = float(Background(*inputs[:2], h, inputs[2]).comoving_distance(1090.0))
    found = Background.from_theta(100.0 * 144.5 / distance, 1090.0, 144.5, *inputs)
    assert found.h == pytest.approx(h, rel=1e-10)
    for scale in (3.0, 0.3):
        with pytest.raises(RangeError, match=r"need h outside 0\.3 to 1\.2"):
            Background.from_theta(100.0 * scale * 144.5 / distance, 1090.0, 144.5, *inputs)
