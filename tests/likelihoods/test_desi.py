"""Why this test exists: the DESI numbers are typed into a file of ours and must stay DESI's."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.model import Model, get_model

from hotaxion.likelihoods.data_files import DATA

from .reference_values import DESI_CHI2, DESI_TOLERANCE
from .stubs import Distances, chi2s, official_packages


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


def test_equal_to_cobaya_on_official_files():
    name = "bao.desi_dr2.desi_bao_all"
    official = distance_model(name, official_packages())
    ours = distance_model("hotaxion.likelihoods.DesiDR2")
    for point in DESI_CHI2:
        expected = chi2s(official, **at(point))[name]
        assert chi2s(ours, **at(point))["DesiDR2"] == pytest.approx(expected, abs=1e-9)


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
        d_m = np.trapezoid(hubble_distance(grid), grid)
        d_h = hubble_distance(float(z))
        d_v = np.cbrt(float(z) * d_m**2 * d_h)
        distance = {"DM_over_rs": d_m, "DH_over_rs": d_h, "DV_over_rs": d_v}[kind]
        residual.append(distance / r_drag - float(value))
    covariance = np.loadtxt(DATA / "desi_dr2_cov.txt")
    expected = residual @ np.linalg.solve(covariance, residual)
    found = chi2s(distance_model("hotaxion.likelihoods.DesiDR2"), **at(point))
    assert found["DesiDR2"] == pytest.approx(expected, rel=1e-6)


def test_covariance_is_one():
    covariance = np.loadtxt(DATA / "desi_dr2_cov.txt")
    assert covariance.shape == (13, 13)
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
