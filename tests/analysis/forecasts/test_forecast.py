"""Why this test exists: a forecast is worth nothing if chi^2 is not 0 at its own fiducial, or if
its errors are not those that the experiment's own papers state.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from cobaya.model import get_model

from hotaxion.analysis.cli import main
from hotaxion.analysis.forecasts.forecast import Forecast, make_forecast
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.likelihoods import MockCMB
from hotaxion.likelihoods.surveys import (
    BAO,
    CMB,
    L_SPLIT,
    bao_bins,
    bao_errors,
    cmb_experiments,
    growth,
)
from hotaxion.likelihoods.write_mocks import write_cmb
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.spectra.lensing_noise import reconstruction_noise

from ...theory.cosmology_stubs import FAST_CLASS

ZERO = 1e-6
REDSHIFTS = np.linspace(0.0, 2.0, 2001)
CASES = {
    "cmbs4, heavy axion": (["cmbs4"], "desi", 1.0),
    "litebird and so": (["litebird", "so"], "euclid", 0.0),
    "so": (["so"], "desi", 0.0),
    "BAO alone, heavy axion": ([], "euclid", 1.0),
}


@pytest.fixture(scope="module", params=CASES, ids=list(CASES))
def made(request, tmp_path_factory):
    """What was asked for, and the path of the input that was made."""
    names, bao, m_a_ev = CASES[request.param]
    forecast = Forecast.of_names(names, bao, 500, m_a_ev=m_a_ev, extra_args=FAST_CLASS)
    return forecast, make_forecast(forecast, tmp_path_factory.mktemp("forecast"))


@pytest.fixture(scope="module")
def model(made):
    """The written input as Cobaya builds it; distances and sound horizon are wanted, too."""
    _, path = made
    with cobaya_session(quiet=True):
        info = load_input(path)
        assert info.pop("output") == str(path.parent / "chains" / "forecast")
        assert set(info.pop("sampler")) == {"mcmc"}
        model = get_model(info, stop_at_error=True)
    model.add_requirements({"Hubble": {"z": REDSHIFTS}, "rdrag": None})
    yield model
    model.close()


def chi2(model, **values: float) -> dict[str, float]:
    """By data set, at the fiducial but for the given values."""
    names = model.parameterization.sampled_params()
    fiducial = dict(zip(names, map(float, model.prior.reference()), strict=True))
    found = model.loglikes(fiducial | values, as_dict=True, return_derived=False)
    return {name: -2 * float(value) for name, value in found.items()}


def test_zero_at_the_fiducial_and_more_elsewhere(made, model):
    forecast, _ = made
    at_fiducial = chi2(model)
    assert len(at_fiducial) == len(forecast.experiments) + (forecast.bao is not None)
    for name, value in at_fiducial.items():
        assert value == pytest.approx(0.0, abs=ZERO), name
    for name, value in chi2(model, omega_cdm=0.125).items():
        assert value > 0.1, name


def test_the_written_input_is_a_cobaya_input(made, model):
    """It samples what it should, from the fiducial, and every name of it is an absolute path."""
    forecast, path = made
    sampled = list(model.parameterization.sampled_params())
    name, value = forecast.axion_parameter
    assert model.prior.reference()[sampled.index(name)] == value
    axion = "m_a" if forecast.m_a_ev else "delta_neff"
    priors = {n: p.dist.name for n, p in zip(sampled, model.prior.pdf, strict=True)}
    gaussian = {name for name, kind in priors.items() if kind == "norm"}
    assert set(priors.values()) <= {"norm", "uniform"}
    if forecast.experiments:
        lcdm = ["logA", "n_s", "theta_s_100", "omega_b", "omega_cdm", "tau_reio", "mnu"]
        sees_reionisation = min(e.l_min for e in forecast.experiments) <= 20
        assert gaussian == (set() if sees_reionisation else {"tau_reio"})
    else:
        lcdm = ["theta_s_100", "omega_b", "omega_cdm", "mnu"]
        assert gaussian == {"omega_b"}
    assert sampled == [*lcdm, axion]
    header = path.read_text().split("theory:")[0]
    for experiment in forecast.experiments:
        assert experiment.source in header
        assert f"l = {experiment.l_min} to {experiment.l_max}" in header
    assert BAO[forecast.bao] in header


def test_bao_data_are_the_theory_s(made, model):
    """Distances from the Hubble rate of the same CLASS, by another quadrature."""
    forecast, path = made
    chi2(model)
    z = REDSHIFTS
    hubble = model.provider.get_Hubble(z)
    r_drag = model.provider.get_param("rdrag")
    comoving = np.concatenate(
        [[0.0], np.cumsum(0.5 * np.diff(z) * (1 / hubble[1:] + 1 / hubble[:-1]))]
    )
    text = path.with_name(f"{forecast.bao}_mean.txt").read_text()
    rows = [line.split() for line in text.splitlines()]
    covariance = np.loadtxt(path.with_name(f"{forecast.bao}_cov.txt"))
    assert len(rows) == len(covariance) == 2 * len(bao_bins(forecast.bao))
    assert covariance == pytest.approx(covariance.T, rel=1e-12)
    assert np.linalg.eigvalsh(covariance).min() > 0
    for i, (z_row, value, kind) in enumerate(rows):
        here = np.interp(float(z_row), z, hubble)
        expected = {
            "DM_over_rs": np.interp(float(z_row), z, comoving) * 299792.458 / r_drag,
            "Hz_rs": here * r_drag,
        }[kind]
        assert float(value) == pytest.approx(expected, rel=1e-5)
        error = bao_bins(forecast.bao)[i // 2].covariance[i % 2, i % 2] ** 0.5
        assert np.sqrt(covariance[i, i]) == pytest.approx(error * float(value), rel=1e-9)


# --- what experiments there are -----------------------------------------------------------------
def test_noise_and_multipoles_of_the_experiments():
    assert cmb_experiments([]) == ()
    assert [e.name for e in cmb_experiments(["cmbs4"])] == ["cmbs4"]
    space, ground = cmb_experiments(["litebird", "cmbs4"])
    assert (space.l_max, ground.l_min) == (L_SPLIT, L_SPLIT + 1)  # nothing counts twice
    assert CMB["litebird"].noise_ukarcmin * np.sqrt(2) == pytest.approx(2.2)
    # Weights add up: 1/8.0^2 + 1/10^2.
    assert CMB["so"].noise_ukarcmin ** -2 == pytest.approx(8.0**-2 + 10.0**-2)
    for experiment in CMB.values():
        assert re.search(r"\d{4}\.\d{5}", experiment.source)


# Of maps of Q or U, as their papers have it: 2202.02773; 1610.02743; 1808.07445, table 1, where
# 93 and 145 GHz have sqrt(2) times 8.0 and 10 uK'.
POLARISATION_UKARCMIN = {
    "litebird": 2.2,
    "cmbs4": np.sqrt(2),
    "so": 1 / np.hypot(1 / 11.31, 1 / 14.14),
}


@pytest.mark.parametrize("name", CMB)
def test_noise_of_the_mock_maps(name, tmp_path):
    """Half of the photons measure Q, half U: twice the power of T. The lensing potential is
    reconstructed from maps with the same noise."""
    l_max = 200
    (experiment,) = cmb_experiments([name], l_max)
    ell = np.arange(l_max + 1.0)
    band = ell * (ell + 1) / (2 * np.pi)
    signal = {"tt": 2e3, "te": 0.0, "ee": 10.0, "bb": 0.05, "pp": 1e-7}
    dl = {each: np.full(l_max + 1, value) for each, value in signal.items()}
    write_cmb(experiment, dl, tmp_path)
    mock = MockCMB({"dataset_file": str(tmp_path / f"{name}.dataset")}, name=name)
    seen = np.arange(mock.bin_min, mock.bin_max + 1)
    noise = np.diagonal(mock.noise_matrix, axis1=1, axis2=2).copy()
    noise[:, :2] /= band[seen, None]
    arcmin = np.pi / 180 / 60
    sigma = experiment.beam_arcmin * arcmin / np.sqrt(8 * np.log(2))
    white = np.sqrt(noise[:, 1] * np.exp(-seen * (seen + 1) * sigma**2)) / arcmin
    assert white == pytest.approx(np.full(seen.size, POLARISATION_UKARCMIN[name]), rel=1e-3)
    assert noise[:, 1] / noise[:, 0] == pytest.approx(np.full(seen.size, 2.0), rel=1e-4)
    assert (noise.shape[1] == 3) == experiment.lensing
    if experiment.lensing:
        cl = {each: dl[each] / np.maximum(band, 1) for each in ("tt", "te", "ee", "bb")}
        maps = np.zeros((l_max + 1, 2))
        maps[seen] = noise[:, :2]
        n_l = reconstruction_noise(cl, *maps.T, experiment.l_min, l_max)[seen]
        deflection = (seen * (seen + 1.0)) ** 2 / (2 * np.pi)
        assert noise[:, 2] == pytest.approx(n_l * deflection, rel=1e-3)


# --- errors of BAO ------------------------------------------------------------------------------
# DESI 1611.00036, table 2.3: z, volume [Gpc^3/h^3], number of ELG, LRG, QSO per square degree and
# unit redshift, errors of D_A/s and H s [per cent]; biases 0.84, 1.7, 1.2 over the growth factor.
DESI_FORECAST = (
    (0.65, 2.63, (309, 832, 47), 0.82, 1.50),
    (0.75, 3.15, (2269, 986, 55), 0.69, 1.27),
    (0.85, 3.65, (1923, 662, 61), 0.69, 1.22),
    (0.95, 4.10, (2094, 272, 67), 0.73, 1.22),
    (1.05, 4.52, (1441, 51, 72), 0.89, 1.37),
    (1.25, 5.22, (1337, 0, 80), 0.96, 1.39),
    (1.45, 5.75, (466, 0, 85), 1.59, 2.13),
    (1.65, 6.15, (126, 0, 87), 2.88, 3.80),
)
DESI_BIASES, DESI_AREA = np.array([0.84, 1.7, 1.2]), 14000.0
DESI_TOLERANCE = 0.05


@pytest.mark.parametrize(("z", "volume", "numbers", "d_a", "hubble"), DESI_FORECAST)
def test_fitting_formula_against_desi_s_own_forecast(z, volume, numbers, d_a, hubble):
    density = np.array(numbers) * DESI_AREA * 0.1 / (volume * 1e9)
    bias = DESI_BIASES / (growth(z)[0] / growth(0.0)[0])
    together = np.sqrt(np.sum(density * bias**2) / density.sum())
    covariance = bao_errors(z, volume, density.sum(), together)
    assert 100 * np.sqrt(np.diag(covariance)) == pytest.approx([d_a, hubble], rel=DESI_TOLERANCE)
    (tabulated,) = (b.covariance for b in bao_bins("desi") if b.z == z)
    assert 100 * np.sqrt(np.diag(tabulated)) == pytest.approx([d_a, hubble])
    correlations = [c[0, 1] / np.sqrt(c[0, 0] * c[1, 1]) for c in (covariance, tabulated)]
    assert correlations[0] == pytest.approx(correlations[1], abs=0.03)


def test_limits_of_the_fitting_formula():
    """Errors fall as the root of the volume; without galaxies nothing is left to measure."""
    base = bao_errors(1.0, 5.0, 1e-3, 1.5)
    assert bao_errors(1.0, 20.0, 1e-3, 1.5) == pytest.approx(base / 4)
    infinite, many = bao_errors(1.0, 5.0, 1e3, 1.5), bao_errors(1.0, 5.0, 1.0, 1.5)
    assert many == pytest.approx(infinite, rel=0.02)  # limited by the volume
    few, fewer = bao_errors(1.0, 5.0, 1e-7, 1.5), bao_errors(1.0, 5.0, 1e-8, 1.5)
    assert fewer == pytest.approx(100 * few, rel=0.02)  # limited by shot noise


def test_growth_of_structure():
    """Einstein-de Sitter at high redshift; f = Omega_m(z)^0.55; D(1) of flat LambdaCDM."""
    sigma_8, rate = growth(0.0)
    assert (sigma_8, rate) == (pytest.approx(0.81), pytest.approx(0.31**0.55))
    assert growth(20.0)[0] / growth(10.0)[0] == pytest.approx(11 / 21, rel=1e-3)
    assert growth(20.0)[1] == pytest.approx(1.0, abs=1e-3)
    step = 1e-4
    slope = -np.log(growth(1.0 + step)[0] / growth(1.0 - step)[0]) / (2 * step) * 2.0
    assert slope == pytest.approx(growth(1.0)[1], rel=5e-3)


# --- mistakes -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("names", "options", "error", "message"),
    [
        (["cmb-s4"], {}, UnknownOptionError, "Did you mean 'cmbs4'"),
        (["cmbs4", "so"], {}, HotAxionError, "the same sky"),
        (["litebird", "litebird"], {}, HotAxionError, "the same sky"),
        (["litebird", "so", "cmbs4"], {}, HotAxionError, "the same sky"),
        ([], {}, HotAxionError, "no experiment is chosen"),
        ([], {"bao": "dessi"}, UnknownOptionError, "Did you mean 'desi'"),
        (["so"], {"l_max": 45}, RangeError, "starts at l = 40"),
        (["so"], {"l_max": 0}, RangeError, "l_max = 0"),
        (["so"], {"m_a_ev": -1.0}, RangeError, "m_a = -1.0; allowed"),
        (["so"], {"m_a_ev": float("nan")}, RangeError, "m_a = nan; allowed"),
    ],
)
def test_mistakes_say_the_cure(names, options, error, message):
    with pytest.raises(error, match=message):
        Forecast.of_names(names, **{"bao": None, **options})


def test_command(tmp_path, capsys):
    """BAO alone needs no spectra: a second."""
    folder = tmp_path / "new" / "mock"
    assert main(["forecast", "--bao", "desi", "--m-a", "0.5", "-o", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == str(folder / "forecast.yaml")
    assert f"hotaxion train --local --yaml {folder / 'forecast.yaml'}" in printed.err
    assert {p.name for p in folder.iterdir()} == {"forecast.yaml", "desi_mean.txt", "desi_cov.txt"}
    assert main(["forecast", "-o", str(folder)]) == 1
    assert "give --experiment, --bao or both" in capsys.readouterr().err
