"""Why this test exists: the BAO numbers are typed into files of ours and must stay the surveys'.

DESI, and the three sets that arXiv:2205.07849 used: 6dFGS, SDSS MGS and BOSS DR12.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.likelihoods.base_classes import BAO
from cobaya.model import Model, get_model
from scipy.integrate import trapezoid

from hotaxion.likelihoods.data_files import DATA

from .reference_values import BAO2018_CHI2, BAO2018_TOLERANCE, DESI_CHI2, DESI_TOLERANCE
from .stubs import Distances, chi2s, official_packages

# Ours -> Cobaya's own class, and how far their χ² may differ.
OFFICIAL = {
    "DesiDR2": ("bao.desi_dr2.desi_bao_all", 1e-9),
    "SixdF2011": ("bao.sixdf_2011_bao", 1e-9),
    "SdssMGS": ("bao.sdss_dr7_mgs", 0.01),
    "BossDR12": ("bao.sdss_dr12_consensus_bao", 1e-9),
}


def distance_model(likelihood: str, packages_path: str | None = None) -> Model:
    return get_model(
        {
            "params": {
                "H0": {"prior": {"min": 40, "max": 100}},
                "omegam": {"prior": {"min": 0, "max": 1}},
                "rdrag_in": {"prior": {"min": 100, "max": 200}},
            },
            "theory": {"distances": {"external": Distances}},
            "likelihood": {likelihood: None},
            "packages_path": packages_path,
        }
    )


def at(point):
    return dict(zip(("H0", "omegam", "rdrag_in"), point, strict=True))


@pytest.mark.parametrize("point", DESI_CHI2)
def test_golden_chi2(point):
    found = chi2s(distance_model("hotaxion.likelihoods.DesiDR2"), **at(point))
    assert found["DesiDR2"] == pytest.approx(DESI_CHI2[point], abs=DESI_TOLERANCE)


@pytest.mark.parametrize("point", BAO2018_CHI2)
@pytest.mark.parametrize("name", ["SixdF2011", "SdssMGS", "BossDR12"])
def test_golden_chi2_of_2018(name, point):
    found = chi2s(distance_model(f"hotaxion.likelihoods.{name}"), **at(point))
    assert found[name] == pytest.approx(BAO2018_CHI2[point][name], abs=BAO2018_TOLERANCE)


@pytest.mark.parametrize("name", ["DesiDR2", "BossDR12"])
def test_all_measurements_at_once_are_those_one_by_one(name):
    model = distance_model(f"hotaxion.likelihoods.{name}")
    model.logposterior(at((68.0, 0.31, 147.0)))
    (likelihood,) = model.likelihood.values()
    assert likelihood.logp() == pytest.approx(BAO.logp(likelihood), rel=1e-12)


@pytest.mark.parametrize("name", OFFICIAL)
def test_equal_to_cobaya_on_official_files(name):
    official_name, tolerance = OFFICIAL[name]
    official = distance_model(official_name, official_packages())
    ours = distance_model(f"hotaxion.likelihoods.{name}")
    for point in [*DESI_CHI2, (60.0, 0.38, 152.0), (74.0, 0.25, 141.0)]:
        expected = chi2s(official, **at(point))[official_name]
        assert chi2s(ours, **at(point))[name] == pytest.approx(expected, abs=tolerance)


def test_curve_of_the_main_galaxy_sample():
    """1409.3242: D_V = (664 ± 25) Mpc for r_d = 148.69 Mpc."""
    model = distance_model("hotaxion.likelihoods.SdssMGS")

    def chi2(d_v):  # distances scale as 1/H0, so H0 = 68 and r_drag set D_V/r_d
        point = {"H0": 68.0, "omegam": 0.3, "rdrag_in": 148.69}
        model.logposterior(point)
        theory = model.theory["distances"]
        d_a, hubble = theory.get_angular_diameter_distance(0.15), theory.get_Hubble(0.15)
        here = np.cbrt((1.15 * d_a[0]) ** 2 * 0.15 * 299792.458 / hubble[0])
        point["H0"] *= here / d_v
        return chi2s(model, **point)["SdssMGS"]

    assert chi2(664.0) == pytest.approx(0.0, abs=0.01)
    assert chi2(664.0 + 25.0) == pytest.approx(1.0, abs=0.2)
    assert chi2(664.0 - 25.0) == pytest.approx(1.0, abs=0.25)
    assert chi2(800.0) == np.inf  # outside the published curve


def test_one_number_of_6dfgs_by_hand():
    """r_s of the fitting formula over D_V; D_V/(z c/H0) is 1 to first order in z."""
    h0, omega_m, r_drag = 67.0, 0.31, 147.0
    q0 = 1.5 * omega_m - 1
    d_m, hubble = 0.106 - 0.5 * (1 + q0) * 0.106**2, 1 + (1 + q0) * 0.106
    d_v = np.cbrt(d_m**2 * 0.106 / hubble) * 299792.458 / h0
    expected = ((r_drag * 153.9 / 149.8 / d_v - 0.336) / 0.015) ** 2
    found = chi2s(distance_model("hotaxion.likelihoods.SixdF2011"), **at((h0, omega_m, r_drag)))
    assert found["SixdF2011"] == pytest.approx(expected, abs=0.05)


def test_chi2_by_hand():
    """Straight from the two files, with distances by another quadrature than the theory's."""
    (h0, omega_m, r_drag) = point = next(iter(DESI_CHI2))
    rows = [line.split() for line in (DATA / "desi_dr2_mean.txt").read_text().splitlines()]
    rows = [row for row in rows if row[0] != "#"]

    def hubble_distance(z):
        return 299792.458 / h0 / np.sqrt(omega_m * (1 + z) ** 3 + 1 - omega_m)

    residual = []
    for z, value, kind in rows:
        grid = np.linspace(0, float(z), 20001)
        d_m = trapezoid(hubble_distance(grid), grid)
        d_h = hubble_distance(float(z))
        d_v = np.cbrt(float(z) * d_m**2 * d_h)
        distance = {"DM_over_rs": d_m, "DH_over_rs": d_h, "DV_over_rs": d_v}[kind]
        residual.append(distance / r_drag - float(value))
    covariance = np.loadtxt(DATA / "desi_dr2_cov.txt")
    expected = residual @ np.linalg.solve(covariance, residual)
    found = chi2s(distance_model("hotaxion.likelihoods.DesiDR2"), **at(point))
    assert found["DesiDR2"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("name", "size"), [("desi_dr2", 13), ("boss_dr12", 6)])
def test_covariance_is_one(name, size):
    covariance = np.loadtxt(DATA / f"{name}_cov.txt")
    assert covariance.shape == (size, size)
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
