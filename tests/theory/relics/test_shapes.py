"""Why this test exists: relics written by hand are wrong by units of f(p), by degrees of freedom,
or by what m_eff means."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import T_CMB_EV, ZETA3
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import T_NCDM_RATIO, RelicPSD, bose_einstein
from hotaxion.theory.relics.relic_options import RelicOptions
from hotaxion.theory.relics.shapes import T_NU, of_file, of_function, thermal

from ..reference_values_cosmology import EV_PER_OMEGA_PLANCK, EV_PER_OMEGA_TOLERANCE

FERMI, BOSE = thermal("fermion"), thermal("boson")


def fermi(y):
    return 1.0 / (np.exp(y) + 1.0)


# --- thermal gases, by hand ------------------------------------------------------------------
def test_a_neutrino_family_is_one():
    assert FERMI.delta_neff(T_NU, 2.0) == pytest.approx(1.0, rel=1e-12)
    assert FERMI.number_ratio(T_NU, 2.0) == pytest.approx(1.0, rel=1e-12)
    # 4/7 (11/4)^(4/3), 3/4 of the fermions: rho_B : rho_F = 8 : 7, n_B : n_F = 4 : 3.
    assert BOSE.delta_neff(T_NU, 1.0) == pytest.approx(4.0 / 7.0, rel=1e-10)
    assert BOSE.number_ratio(T_NU, 2.0) == pytest.approx(4.0 / 3.0, rel=1e-10)


@pytest.mark.parametrize("shape", [FERMI, BOSE])
def test_temperature_degrees_and_delta_neff_decide_each_other(shape):
    delta_neff = shape.delta_neff(0.4, 3.0)
    assert shape.temperature(3.0, delta_neff) == pytest.approx(0.4, rel=1e-12)
    assert shape.degrees(0.4, delta_neff) == pytest.approx(3.0, rel=1e-12)
    psd = shape.relic(0.7, 0.4, 3.0)
    assert psd.delta_neff == pytest.approx(delta_neff, rel=1e-9)
    assert psd.tail_temperature_ratio == pytest.approx(0.4 / T_NCDM_RATIO, rel=1e-9)
    number = {"fermion": 0.75, "boson": 1.0}[shape.statistics] * 3.0
    density = number * ZETA3 / np.pi**2 * (0.4 * T_CMB_EV) ** 3
    assert psd.number_density_ev3 == pytest.approx(density, rel=1e-9)


@pytest.mark.parametrize("delta_neff", [0.05, 0.3, 1.0])
def test_effective_mass_of_planck(delta_neff):
    """m_eff = 94.1 eV omega; m_eff = dN^(3/4) m if thermal, dN m if of Dodelson and Widrow."""
    mass = 20.0
    for temperature, degrees, power in (
        (T_NU * delta_neff**0.25, 2.0, 0.75),
        (T_NU, 2.0 * delta_neff, 1.0),
    ):
        psd = FERMI.relic(mass, temperature, degrees)
        assert psd.delta_neff == pytest.approx(delta_neff, rel=1e-10)
        meff = mass * FERMI.number_ratio(temperature, degrees)
        assert meff == pytest.approx(mass * delta_neff**power, rel=1e-12)
        assert meff / psd.omega_h2 == pytest.approx(EV_PER_OMEGA_PLANCK, abs=EV_PER_OMEGA_TOLERANCE)


def test_interpolation_of_a_fermion_gas():
    """The axion's way, without the exact function: values at 60 momenta."""
    q, w = momentum_grid(60, 35.0)
    psd = RelicPSD(0.3, q, 2.0 / (np.exp(q / 0.7) + 1.0), w, "fermion")
    points = np.array([1e-3, 0.5, 7.0, 40.0])
    assert psd.occupation(points) == pytest.approx(2.0 / (np.exp(points / 0.7) + 1.0), rel=1e-6)
    assert psd.spread == pytest.approx(1.3029, abs=1e-4)  # 15 zeta(5)/zeta(3) / 3.15137^2
    assert RelicPSD(0.3, q, bose_einstein(q, 0.7), w).spread == pytest.approx(1.4188, abs=1e-4)


# --- functions and files ---------------------------------------------------------------------
def test_function_in_units_of_its_temperature():
    """A gas at T/2, in momenta over T: an eighth of the number, a sixteenth of the energy."""
    shape = of_function(lambda y: fermi(2.0 * y), "fermion")
    assert shape.delta_neff(T_NU, 2.0) == pytest.approx(1.0 / 16.0, rel=1e-9)
    assert shape.number_ratio(T_NU, 2.0) == pytest.approx(1.0 / 8.0, rel=1e-9)


@pytest.mark.parametrize(("normalisation", "degrees"), [("occupation", 2.0), ("class", 1.0)])
def test_files_of_both_normalisations(tmp_path, normalisation, degrees):
    """CLASS writes 2/(2 pi)^3 1/(e^y + 1) for a family of neutrinos; 200 rows from 0.01 to 30."""
    y = np.geomspace(0.01, 30.0, 200)
    unit = 1.0 if normalisation == "occupation" else 2.0 / (2.0 * np.pi) ** 3
    np.savetxt(tmp_path / "f.dat", np.transpose([y, unit * fermi(y)]), header="y f")
    shape = of_file(tmp_path / "f.dat", "fermion", normalisation)
    assert shape.delta_neff(T_NU, degrees) == pytest.approx(1.0, rel=1e-6)
    assert shape.number_ratio(T_NU, degrees) == pytest.approx(1.0, rel=1e-6)
    options = RelicOptions(
        distribution="file", file=str(tmp_path / "f.dat"), normalisation=normalisation
    )
    assert options.degrees_of_freedom == degrees


def test_the_axion_as_file_and_function(tmp_path):
    """Delta N_eff to 1e-6; density to 1e-5, for the solver leaves out momenta below 0.005."""
    psd = Abundance()(0.2).psd
    np.savetxt(tmp_path / "axion.dat", np.transpose([psd.q, psd.f]))
    for shape in (
        of_function(psd.occupation, "boson"),
        of_file(tmp_path / "axion.dat", "boson"),
    ):
        found = shape.relic(0.2, T_NCDM_RATIO, 1.0)
        assert found.delta_neff == pytest.approx(psd.delta_neff, rel=1e-6)
        assert found.omega_h2 == pytest.approx(psd.omega_h2, rel=1e-5)
        y = np.array([0.1, 1.0, 10.0])
        assert found.occupation(y) == pytest.approx(psd.occupation(y), rel=1e-6)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda y: -fermi(y), "finite numbers >= 0"),
        (lambda y: fermi(y)[:-1], "as many finite numbers"),
        (lambda y: 1.0, "as many finite numbers"),
        (lambda y: 1 / 0, "fails for an array of y = p/T .*division by zero.*; give a function"),
        (lambda y, z: y, "fails for an array"),
        (lambda y: y**-3, "does not fall off"),
        (lambda y: 0.0 * y, "is 0 from"),
        (lambda y: np.where(y < 3.0, fermi(y), 0.0), "too rough"),
    ],
)
def test_functions_that_are_no_distribution(function, message):
    with pytest.raises(RangeError, match=message):
        of_function(function, "fermion")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda y, f: (y[:20], f[:20]), "at least 30 rows"),
        (lambda y, f: (y[::-1], f[::-1]), "ascending"),
        (lambda y, f: (y, np.where(abs(y - 1) < 0.1, 0.0, f)), "f > 0"),
        (lambda y, f: (y[y < 4.0], f[y < 4.0]), "ends too early"),
        (lambda y, f: (y[y > 0.5], f[y > 0.5]), "ends too early"),
        (lambda y, f: (y, f, f), "3 columns, expected 2"),
        (lambda y, f: (y, np.where(y > 1, np.nan, f)), "is not a finite number"),
    ],
)
def test_files_that_are_no_distribution(tmp_path, spoil, message):
    y = np.geomspace(1e-3, 40.0, 300)
    np.savetxt(tmp_path / "f.dat", np.transpose(spoil(y, fermi(y))))
    with pytest.raises(HotAxionError, match=message):
        of_file(tmp_path / "f.dat", "fermion")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"distribution": "file"}, "give both a file"),
        ({"file": "f.dat"}, "give both a file"),
        ({"normalisation": "class"}, "is that of a file"),
        ({"distribution": "dodelson_widrow", "statistics": "boson"}, "of fermions"),
        ({"distribution": "dodelson_widrow", "degrees": 2}, "leave degrees out"),
        (
            {"distribution": "file", "file": "f", "normalisation": "class", "degrees": 1},
            "leave degrees out",
        ),
        ({"distribution": "termal"}, "Did you mean 'thermal'"),
    ],
)
def test_options_that_another_one_ignores(options, message):
    with pytest.raises((RangeError, UnknownOptionError), match=message):
        RelicOptions(**options)


def test_function_and_its_option_go_together():
    needs_one = RelicOptions(distribution="function")
    for options, function in ((RelicOptions(), fermi), (needs_one, None)):
        with pytest.raises(RangeError, match="give both 'function'"):
            options.shape(function)
