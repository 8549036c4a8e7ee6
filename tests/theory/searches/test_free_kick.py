"""Why this test exists: the free kick is a claim about who gets the energy. Two integrators, the
balance of energy and the harmonic limit hold the equations; then come the statements of the
abstract of 2211.13074 in one minimal Lagrangian, for a constant mass. The QCD axion stays open."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.special import gamma, jv

from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import free_kick
from hotaxion.theory.searches.free_kick import accelerations, densities, history, kick, kick_map

from .. import reference_values_companions as ref

NO_DILATON = free_kick.XI_RANGE[0]
# Three points of the map, one of them at its edge, and r large: others take longer.
MAP_POINTS = ((3, 15), (15, 6), (13, 9))
MORE = {"weak": (0.05, 0.1, 1.0), "small": (15.0, 0.2, 0.1), "single": (3.5, 1.9, 1.0)}


@pytest.fixture(scope="module")
def runs() -> dict:
    """Everything that this file integrates, at once: points cost little, steps much."""
    with np.load(free_kick.MAP) as file:
        nodes = {("map", *ij): (file["xi"][ij[0]], file["r"][ij[1]], 1.0) for ij in MAP_POINTS}
    points = {key: (*key, 1.0) for key in ref.KICKS}
    points |= {("alone", theta): (NO_DILATON, 1.0, theta) for theta in ref.ALONE}
    points |= nodes | MORE | {"resonance": (*ref.RESONANT_KICK[:2], 1.0)}
    found = kick(*np.array([*points.values()]).T, end=120.0, step=0.16)
    keys = [*points]
    return {
        key: (found.axion[i], found.dilaton[i], bool(found.settled[i]))
        for i, key in enumerate(keys)
    }


def ratio(run: tuple[float, float, bool]) -> float:
    return run[1] / run[0]


# --- the equations ----------------------------------------------------------------------------
def test_harmonic_field_is_the_bessel_function():
    """theta = theta_i 2^(1/4) Gamma(5/4) t^(-1/4) J_1/4(t) in radiation."""
    t, theta, *_ = history(NO_DILATON, 1.0, 1e-3, 30.0, step=0.05)
    exact = 1e-3 * 2**0.25 * gamma(1.25) * t**-0.25 * jv(0.25, t)
    assert_allclose(theta, exact, atol=2e-7)


@pytest.mark.parametrize("theta_i", ref.ALONE)
def test_axion_alone(runs, theta_i):
    value, tolerance = ref.ALONE[theta_i]
    assert runs["alone", theta_i][0] == pytest.approx(value, rel=tolerance)
    if theta_i < 0.1:
        bessel = np.sqrt(2.0) * gamma(1.25) ** 2 / np.pi * theta_i**2
        assert value == pytest.approx(bessel, rel=5e-4)


@pytest.mark.parametrize(("xi", "r"), [(1.5, 0.2), (3.7, 0.55), (4.5, 1.9)])
def test_two_integrators_and_the_balance_of_energy(xi, r):
    """DOP853 beside the package's Runge-Kutta; what is lost goes into the expansion:
    d(rho_a + rho_phi)/dt = -3H (W theta'^2 + s'^2/xi^2)."""
    end = 30.0

    def rates(t: float, y: np.ndarray) -> list[float]:
        of_theta, of_s = accelerations(t, y[:4], xi, r)
        loss = 1.5 / t * ((np.exp(y[2]) * y[1]) ** 2 + (y[3] / xi) ** 2)
        return [y[1], float(of_theta), y[3], float(of_s), loss]

    start = 1e-3 / max(1.0, r)
    other = solve_ivp(
        rates, (start, end), [1.0, 0, 0, 0, 0], "DOP853", rtol=1e-9, atol=1e-11, max_step=0.3
    )
    total = sum(densities(other.y[:4], xi, r)) + other.y[4]
    assert_allclose(total, total[0], rtol=1e-6)
    ours = history(xi, r, 1.0, end, step=0.05)
    assert_allclose(ours[1:5, -1], other.y[:4, -1], atol=2e-4)
    # The same balance along the path of the package's integrator, by Simpson's neighbour.
    rho = sum(densities(ours[1:5], xi, r))
    loss = 1.5 / ours[0] * ((np.exp(ours[3]) * ours[2]) ** 2 + (ours[4] / xi) ** 2)
    lost = np.concatenate([[0.0], np.cumsum(0.5 * (loss[1:] + loss[:-1]) * np.diff(ours[0]))])
    assert_allclose(rho + lost, rho[0], rtol=2e-3)


# --- check numbers and statements of the abstract ---------------------------------------------
@pytest.mark.parametrize(("point", "numbers"), ref.KICKS.items())
def test_check_numbers(runs, point, numbers):
    of_both, gain, tolerance = numbers
    axion, dilaton, _ = runs[point]
    assert dilaton / axion == pytest.approx(of_both, rel=tolerance)
    assert (axion + dilaton) / runs["alone", 1.0][0] == pytest.approx(gain, rel=tolerance)


def test_a_weak_coupling_kicks_in_proportion_to_its_square(runs):
    assert ratio(runs["weak"]) == pytest.approx(1.745 * 0.05**2, rel=0.02)


def test_the_dilaton_can_be_most_of_the_dark_matter(runs):
    """ "Dilaton dominance" at xi = 1.5 to 1.6, and at the 2:1 resonance, with more dark matter."""
    for point in ((1.5, 0.2), (1.6, 0.2), (1.6, 0.1)):
        assert ratio(runs[point]) > 3.0
        assert sum(runs[point][:2]) > 1.3 * runs["alone", 1.0][0]
    low, high = ref.RESONANT_KICK[2]
    assert low < ratio(runs["resonance"]) < high


def test_small_angles_depend_on_xi_theta_alone(runs):
    assert ratio(runs["small"]) == pytest.approx(3.68, rel=0.02)
    assert ratio(runs["small"]) == pytest.approx(ratio(runs[1.5, 0.2]), rel=0.03)


def test_gain_is_largest_near_the_minimum():
    """Energy over that of a dilaton misaligned by s_i alone: falls as s_i^-2."""
    s_i = np.array([*ref.GAINS_NEAR_MINIMUM])
    kicked = kick(4.8, 1.9, 1.0, s_i, end=250.0, step=0.15)
    # A harmonic field by itself: rho t^1.5 = 0.36982 s_i^2 r^2/xi^2 r^-1.5.
    plain = np.sqrt(2.0) * gamma(1.25) ** 2 / np.pi * s_i**2 * np.sqrt(1.9) / 4.8**2
    gains = kicked.dilaton / plain
    assert (np.diff(gains) < 0).all()
    assert_allclose(gains, [*ref.GAINS_NEAR_MINIMUM.values()], rtol=0.1)


# --- the map ----------------------------------------------------------------------------------
@pytest.mark.parametrize("place", MAP_POINTS)
def test_points_of_the_map(runs, place):
    with np.load(free_kick.MAP) as file:
        fraction, gain = file["fraction"][place], file["gain"][place]
        xi, r = file["xi"][place[0]], file["r"][place[1]]
    axion, dilaton, _ = runs["map", *place]
    total = axion + dilaton
    assert fraction == pytest.approx(dilaton / total, abs=4e-3)
    assert gain == pytest.approx(total / runs["alone", 1.0][0], rel=4e-3)
    xi, r = min(float(xi), free_kick.MAP_XI[1]), min(float(r), free_kick.MAP_R[1])
    assert kick_map().fraction(xi, r) == pytest.approx(fraction, abs=1e-5)
    assert kick_map().gain(xi, r) == pytest.approx(gain, rel=1e-5)


def test_the_map_between_its_points(runs):
    assert kick_map().fraction(1.5, 0.2) == pytest.approx(3.615 / 4.615, abs=0.013)
    assert kick_map().gain(1.5, 0.2) == pytest.approx(1.403, rel=5e-3)
    for theta_i, (value, tolerance) in ref.ALONE.items():
        assert kick_map().alone(theta_i) == pytest.approx(value, rel=tolerance)
    assert kick_map().alone(-0.5) == kick_map().alone(0.5)


def test_map_is_small_and_whole():
    assert free_kick.MAP.stat().st_size < 20_000
    with np.load(free_kick.MAP) as file:
        assert file["fraction"].shape == file["gain"].shape == free_kick.MAP_SIZE
        assert ((file["fraction"] > 0) & (file["fraction"] < 1)).all()


@pytest.mark.parametrize(("xi", "r"), [(1.6, 0.2), (1.0, 1.9), (0.05, 0.2), (np.nan, 0.2)])
def test_the_map_is_refused_outside(xi, r):
    with pytest.raises(RangeError, match=r"only direct integration"):
        kick_map().fraction(xi, r)


def test_refused_points():
    with pytest.raises(RangeError, match="xi = "):
        kick(-1.0, 0.2)
    with pytest.raises(RangeError, match="theta_i"):
        kick(1.0, 0.2, 3.14)
    with pytest.raises(RangeError, match="r = nan"):
        history(1.0, float("nan"), 1.0, 10.0)


def test_what_has_not_settled_is_said(runs):
    assert runs["weak"][2]
    assert not kick(1.5, 0.2, end=5.0).settled
