"""Why this test exists: cold axions are computed with the package's own plasma; limits that are
known in closed form, conservation, and the lattice's mass must come out before any table."""

from __future__ import annotations

import math
from math import pi

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import gamma

from hotaxion.theory.constants import M_A_F_A_EV_GEV, RHO_CRITICAL_OVER_H2_EV4
from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.plasma import degrees_of_freedom, entropy_density, hubble
from hotaxion.theory.searches import misalignment
from hotaxion.theory.searches.misalignment import (
    ConstantMass,
    MassOptions,
    Misalignment,
    MisalignmentTable,
)

from .. import reference_values_companions as ref

BESSEL = np.sqrt(2.0) * gamma(1.25) ** 2 / pi  # rho t^(3/2)/theta_i^2 of a harmonic field


@pytest.fixture(scope="module")
def exact() -> Misalignment:
    return Misalignment()


@pytest.fixture(scope="module")
def table() -> MisalignmentTable:
    return MisalignmentTable()


@pytest.mark.parametrize(("f_a", "theta_i", "omega"), ref.MISALIGNMENT)
def test_check_numbers(exact, f_a, theta_i, omega):
    assert exact.omega_h2(f_a, theta_i) == pytest.approx(omega, rel=0.02)


def test_mass_of_the_lattice(table):
    """All cold dark matter at theta_i = 2.155, the mean square of an angle after inflation."""
    f_a = brentq(lambda f: table.omega_h2(f, 2.155) - 0.12, 1e10, 1e13)
    m_a = M_A_F_A_EV_GEV / f_a
    assert m_a == pytest.approx(ref.MISALIGNMENT_MASS_EV, rel=0.02)
    value, error = ref.LATTICE_MASS_EV
    assert abs(m_a - value) < error


def test_onset_of_the_oscillation(exact):
    for m_a in (1e-5, 1e-11):
        t = float(exact.t_osc_gev(m_a))
        mass = m_a * 1e-9 * min(1.0, (0.15 / t) ** 4)
        assert 3.0 * float(hubble(t)) == pytest.approx(mass, rel=1e-5)


def test_constant_mass_is_the_bessel_function():
    """A quadratic potential in radiation, where the oscillation begins far above all masses."""
    f_a, theta_i = 1e5, 1e-3
    bessel = ConstantMass().omega_h2(M_A_F_A_EV_GEV / f_a, f_a, BESSEL * theta_i**2)
    constant = Misalignment(MassOptions(beta=0.0))
    assert float(constant.omega_h2(f_a, theta_i)) == pytest.approx(bessel, rel=2e-3)


def test_another_integrator_and_variable(exact):
    """dtheta/dt against ln T by a Runge-Kutta of eighth order that chooses its steps itself."""
    f_a, theta_i = 1e12, 1.0
    m_gev = M_A_F_A_EV_GEV / f_a * 1e-9
    t_osc = float(exact.t_osc_gev(m_gev * 1e9))
    start, end = np.log(8.0 * t_osc), np.log(t_osc / 2.2)
    grid = np.linspace(end - 0.1, start + 0.1, 60)
    ln_h = CubicSpline(grid, np.log(hubble(np.exp(grid))))
    ln_g = CubicSpline(grid, np.log(degrees_of_freedom(np.exp(grid))[1]))
    slope = ln_g.derivative()

    def rates(ln_t: float, y: np.ndarray) -> list[float]:
        h, mass = math.exp(ln_h(ln_t)), m_gev * (0.15 / math.exp(ln_t)) ** 4
        efold = -(1.0 + slope(ln_t) / 3.0)  # dN/dlnT
        theta, speed = y[0], y[1] * m_gev
        return [efold * speed / h, efold * (-3.0 * y[1] - mass**2 / h / m_gev * math.sin(theta))]

    found = solve_ivp(rates, (start, end), [theta_i, 0.0], "DOP853", rtol=1e-7, atol=1e-9)
    t = np.exp(found.t)
    mass = m_gev * (0.15 / t) ** 4
    rho = 0.5 * (m_gev * found.y[1]) ** 2 + mass**2 * (1.0 - np.cos(found.y[0]))
    per_entropy = rho / (mass * entropy_density(t))
    last = found.t < end + 0.25
    mean = np.trapezoid(per_entropy[last], found.t[last]) / (found.t[last][-1] - found.t[last][0])
    unit = misalignment._S_TODAY_EV3 / RHO_CRITICAL_OVER_H2_EV4
    omega = float(exact.omega_h2(f_a, theta_i))
    assert mean * f_a**2 * m_gev * 1e9 * unit == pytest.approx(omega, rel=1e-3)


def test_steps_and_end_do_not_matter(exact, monkeypatch):
    f_a, theta = np.array([1e7, 1e12, 3e17]), np.array([0.1, 3.0])[:, None]
    first = exact.omega_h2(f_a, theta)
    monkeypatch.setattr(misalignment, "_STEP", 0.1)
    assert_allclose(exact.omega_h2(f_a, theta), first, rtol=3e-4)
    monkeypatch.setattr(misalignment, "_END", 450.0)
    assert_allclose(exact.omega_h2(f_a, theta), first, rtol=1.5e-3)


def test_harmonic_and_anharmonic(exact):
    small = exact.omega_h2(1e11, np.array([0.01, 0.1, -0.1]))
    assert small[1] / small[0] == pytest.approx(100.0, rel=5e-3)
    assert small[2] == small[1]
    assert exact.omega_h2(1e11, 0.0) == 0.0
    # Near the top the oscillation begins late.
    assert exact.omega_h2(1e11, 3.0) > 2.5 * 9e4 * small[0]


def test_hot_axions_are_no_cold_dark_matter(table):
    assert table.omega_h2(5e7, 1.0) == pytest.approx(1.27e-6, rel=0.02)


def test_table_is_the_integration(exact, table):
    random = np.random.default_rng(3)
    f_a, theta = 10.0 ** random.uniform(5, 15, 40), random.uniform(0.0, 3.1, 40)
    found = [table.omega_h2(*point) for point in zip(f_a, theta, strict=True)]
    assert_allclose(found, exact.omega_h2(f_a, theta), rtol=1e-4)
    high = 10.0 ** random.uniform(15, 18, 40)
    found = [table.omega_h2(*point) for point in zip(high, theta, strict=True)]
    assert_allclose(found, exact.omega_h2(high, theta), rtol=0.02)


@pytest.mark.parametrize(("mass", "f_alp"), ref.F_ALP_GEV.items())
def test_constant_mass_check_numbers(mass, f_alp):
    a = ref.ALONE[1.0][0]
    found = f_alp * np.sqrt(0.12 / ConstantMass().omega_h2(mass, f_alp, a))
    assert found == pytest.approx(f_alp, rel=0.02)


@pytest.mark.parametrize(
    ("f_a", "theta_i", "words"),
    [
        (1e4, 1.0, "f_a = .* from 100000 to 1e.18 GeV"),
        (1e12, 3.14, "theta_i.* from 0 to 3.1"),
        (float("nan"), 1.0, "f_a"),
        (1e12, float("nan"), "theta_i"),
        (-1e12, 1.0, "f_a"),
    ],
)
def test_refused_points(table, exact, f_a, theta_i, words):
    for omega_h2 in (table.omega_h2, exact.omega_h2):
        with pytest.raises(RangeError, match=words):
            omega_h2(f_a, theta_i)


def test_refused_options():
    with pytest.raises(RangeError, match="beta = -1"):
        MassOptions(beta=-1)
    with pytest.raises(RangeError, match="m_alp_ev = 0"):
        ConstantMass().omega_h2(0.0, 1e12, 0.4)
