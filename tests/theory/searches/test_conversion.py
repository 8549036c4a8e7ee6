"""Why this test exists: the probability of conversion is of first order in g²; it must agree with
the full evolution of the three states in any magnet, and with every limit that is known."""

from __future__ import annotations

from math import inf, pi

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import HBAR_C_EV_M
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import conversion as c

from .. import reference_values_companions as ref

B, L, G = 5.3, 106.0, 1e-9  # T, m, 1/GeV: ALPS II
STRONG = 1e-6  # 1/GeV: exact evolution has too much round-off at 1e-9, P ~ 1e-14
OMEGA, MASS = 1.16, 1e-3  # eV
Q = float(c.wavenumber_ev(MASS, OMEGA))
PITCH = float(c.resonant_pitch_m(MASS, OMEGA))
RESONANT = (c.field_strength(G, B) * L) ** 2 / 8.0


def evolved(hamiltonian: np.ndarray, length: float, state: np.ndarray) -> np.ndarray:
    """exp(−iHL) on a state (A_⊥, A_∥, a)."""
    energies, vectors = np.linalg.eigh(hamiltonian)
    return vectors @ (np.exp(-1j * energies * length) * (vectors.conj().T @ state))


def exact_helix(length: float, turn: float, g: float, q: float) -> float:
    """P(a→γ) in the frame that turns with the field."""
    delta = 0.5 * c.field_strength(g, B)
    h = np.array([[0, 1j * turn, 0], [-1j * turn, 0, delta], [0, delta, q / HBAR_C_EV_M]])
    return float(np.sum(np.abs(evolved(h, length, np.array([0, 0, 1.0 + 0j]))[:2]) ** 2))


def exact_pieces(x: np.ndarray, theta: np.ndarray, b: np.ndarray, q: float) -> np.ndarray:
    """State after pieces of constant direction, from an axion."""
    state = np.array([0, 0, 1.0 + 0j])
    for length, angle, field in zip(np.diff(x), theta, b, strict=True):
        s, p = 0.5 * c.field_strength(STRONG, field) * np.array([np.sin(angle), np.cos(angle)])
        h = np.array([[0, 0, s], [0, 0, p], [s, p, q / HBAR_C_EV_M]])
        state = evolved(h, length, state)
    return state


# --- the full evolution -----------------------------------------------------------------------
@pytest.mark.parametrize("detuning", [0.0, 0.9, 1.0, 1.003, 1.03, -1.0])
def test_helix_as_by_the_full_evolution(detuning):
    turn = detuning * Q / HBAR_C_EV_M
    pitch = 2.0 * pi / turn if turn else inf
    exact = exact_helix(L, turn, STRONG, Q)
    assert_allclose(c.helix_probability(L, pitch, B, STRONG, Q), exact, rtol=2e-3, atol=1e-12)


def test_saturated_helix_as_by_the_full_evolution():
    """At a coupling that turns all axions into photons and back."""
    for g in (1e-3, 4e-3, 8e-3):
        exact = exact_helix(L, Q / HBAR_C_EV_M, g, Q)
        assert c.saturated_helix_probability(L, PITCH, B, g, Q) == pytest.approx(exact, abs=0.01)
    assert c.helix_probability(L, PITCH, B, 8e-3, Q) > 1.0  # where the first order ends
    assert_allclose(
        c.saturated_helix_probability(L, PITCH, B, G, Q),
        c.helix_probability(L, PITCH, B, G, Q),
        rtol=1e-9,
    )


def test_any_magnet_as_by_the_full_evolution():
    rng = np.random.default_rng(1)
    for q in (0.0, Q, 3.7 * Q):
        x = np.concatenate([[0.0], np.cumsum(rng.uniform(0.3, 1.5, 25))])
        theta, b = rng.uniform(0.0, 2.0 * pi, 25), rng.uniform(1.0, 6.0, 25)
        state = exact_pieces(x, theta, b, q)
        # A direction for each end of each piece; jumps between them have no length.
        ends, angles = np.repeat(x, 2)[1:-1], np.repeat(theta, 2)
        fields = np.repeat(b, 2)[:-1]
        born = c.born_probability(ends, angles, fields, STRONG, q)
        assert_allclose(born, np.sum(np.abs(state[:2]) ** 2), rtol=1e-3)
        linear = c.born_probability(ends, angles, fields, STRONG, q, linear=True)
        assert_allclose(linear, np.abs(state[1]) ** 2, rtol=1e-3)


# --- sums and closed forms --------------------------------------------------------------------
@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("detuning", [1e-9, 0.5, 1.0, 1.03])
def test_sum_over_pieces_is_the_helix(linear, detuning):
    pitch = PITCH / detuning
    x = np.sort(np.append(np.random.default_rng(2).uniform(0.0, L, 30), [0.0, L]))
    q = np.array([0.0, 0.7, 1.0, 1.3]) * Q
    found = c.born_probability(x, 2.0 * pi * x / pitch, B, G, q, linear)
    expected = c.helix_probability(L, pitch, B, G, q, linear)
    assert_allclose(found, expected, rtol=1e-7, atol=1e-12 * RESONANT)


def test_constant_field_has_the_known_form():
    phase = Q / HBAR_C_EV_M * L / 2.0
    known = (0.5 * c.field_strength(G, B) * L * np.sin(phase) / phase) ** 2
    for linear in (False, True):
        assert_allclose(c.helix_probability(L, inf, B, G, Q, linear), known, rtol=1e-9)


def test_resonance_is_half_of_coherence_and_linear_light_half_of_that():
    coherent = c.helix_probability(L, inf, B, G, 0.0)
    assert_allclose(coherent, (0.5 * c.field_strength(G, B) * L) ** 2, rtol=1e-12)
    assert c.helix_probability(L, PITCH, B, G, Q) / coherent == pytest.approx(0.5, rel=1e-3)
    linear = c.helix_probability(L, PITCH, B, G, Q, linear=True)
    assert linear / coherent == pytest.approx(0.25, rel=0.01)


@pytest.mark.parametrize("per_turn", [2, 3, 4, 8])
def test_steps_keep_what_is_said(per_turn):
    """Over 40 turns; other orders of the steps add a little."""
    x, theta = c.stepped_helix(40 * PITCH, PITCH, per_turn)
    found = c.born_probability(x, theta, B, G, Q)
    resonant = (c.field_strength(G, B) * 40 * PITCH) ** 2 / 8.0
    assert found / resonant == pytest.approx(c.step_factor(per_turn), rel=2e-3)
    if per_turn == 2:
        assert found / (8.0 * resonant) == pytest.approx(1.0 / pi**2, rel=1e-6)
        assert found / (8.0 * resonant) == pytest.approx(ref.ALTERNATING_DIPOLES, abs=5e-6)


def test_steps_need_whole_dipoles():
    with pytest.raises(RangeError, match=r"holds 9\.33\d* dipoles"):
        c.stepped_helix(7.0, 3.0, 4)


def test_profile_needs_as_many_angles_as_ends():
    with pytest.raises(RangeError, match="needed are the ends of pieces"):
        c.born_probability([0.0, 1.0, 2.0], [0.0, 1.0], B, G, Q)
    with pytest.raises(RangeError, match="ascending"):
        c.born_probability([0.0, 2.0, 1.0], [0.0, 1.0, 2.0], B, G, Q)


def test_noise_of_the_pitch_as_an_ensemble_has_it():
    rng = np.random.default_rng(3)
    domains, sigma, many = 60, 0.1, 800
    d = c.noise_exponent(Q, L, sigma, domains)
    x = np.linspace(0.0, L, domains + 1)
    turns = Q / HBAR_C_EV_M * (1.0 + sigma * rng.standard_normal((many, domains)))
    angles = np.concatenate([np.zeros((many, 1)), np.cumsum(turns * L / domains, axis=1)], axis=1)
    found = np.array([c.born_probability(x, theta, B, G, Q) for theta in angles]) / RESONANT
    error = found.std() / np.sqrt(found.size)
    assert found.mean() == pytest.approx(c.noise_factor(d), abs=4.0 * error)
    assert error < 0.015
    assert found.std() / found.mean() > 0.2  # single magnets scatter


def test_noise_factor_has_its_limits():
    assert_allclose(c.noise_factor([0.0, 0.0009, 0.0011]), [1.0, 1 - 0.0003, 1 - 0.0011 / 3], 1e-6)
    assert c.noise_factor(1e3) == pytest.approx(2e-3, rel=2e-3)


@pytest.mark.parametrize("detuning", [0.0, 1.0, 1.01])
def test_absorption_as_by_quadrature(detuning):
    """The photon of a place x is damped over L − x."""
    turn, gamma = detuning * Q / HBAR_C_EV_M, 0.03
    pitch = 2.0 * pi / turn if turn else inf
    wave = Q / HBAR_C_EV_M
    total = 0.0
    for sign in (1.0, -1.0):
        rate = sign * turn - wave
        parts = [
            quad(lambda x: np.exp(-gamma * (L - x) / 2), 0, L, weight=w, wvar=rate)[0]
            for w in ("cos", "sin")
        ]
        total += c.field_strength(G, B) ** 2 / 8.0 * (parts[0] ** 2 + parts[1] ** 2)
    found = c.helix_probability(L, pitch, B, G, Q, absorption_per_m=gamma)
    assert_allclose(found, total, rtol=1e-6)
    weak = c.helix_probability(L, pitch, B, G, Q, absorption_per_m=1e-9)
    assert_allclose(weak, c.helix_probability(L, pitch, B, G, Q), rtol=1e-5)


def test_wavenumbers():
    assert c.wavenumber_ev(0.3, 4200.0, 0.3) == 0.0  # a gas of the axion's mass
    assert_allclose(c.wavenumber_ev(0.0, 2.33, n_minus_1=5e-8), 2.33 * 5e-8)
    assert_allclose(c.resonant_pitch_m([1e-3, 2e-3], OMEGA), [PITCH, PITCH / 4.0])
    assert PITCH == pytest.approx(4.0 * pi * OMEGA / MASS**2 * HBAR_C_EV_M)


# --- numbers ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("detuning", "expected", "tolerance"), ref.ALPS_PROBABILITIES)
def test_alps_probabilities(detuning, expected, tolerance):
    pitch = PITCH / detuning if detuning else inf
    assert c.helix_probability(L, pitch, B, G, Q) == pytest.approx(expected, rel=tolerance)


def test_reference_of_alps_ii():
    found = c.helix_probability(L, inf, B, ref.ALPS_II_REACH, 0.0, linear=True)
    assert found == pytest.approx(ref.ALPS_II_PROBABILITY, rel=1e-5)
