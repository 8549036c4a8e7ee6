"""Why this test exists: kaons may double the axion rate; the amplitude has no published formula.

It is therefore rebuilt here from the chiral Lagrangian, vertex by vertex with explicit flavour
matrices and four-momenta, and must not depend on how the axion is rotated out of G Gtilde.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from hotaxion.theory.constants import F_PION_GEV, M_PION_GEV
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.rates import kaons, pik
from hotaxion.theory.rates import total as crossover
from hotaxion.theory.rates.pik import M_KAON_GEV, KaonCouplings, kaon_couplings
from hotaxion.theory.rates.total import TotalRate

from ..reference_values_mesons import (
    K_STAR_MASS_GEV,
    K_STAR_WIDTH_GEV,
    K_STAR_WIDTH_TOLERANCE,
    KAONS_OVER_PIONS,
    KAONS_OVER_PIONS_DFSZ,
    KAONS_OVER_PIONS_TOLERANCE,
    SCATTERING_LENGTHS,
)
from .test_collision_monte_carlo import AGREEMENT, ERROR, MANY_POINTS, Process, dot, gain, loss

PI2, K2, F = M_PION_GEV**2, M_KAON_GEV**2, F_PION_GEV
THRESHOLD = (M_KAON_GEV + M_PION_GEV) ** 2
KSVZ = kaon_couplings(couplings())

# --- the Lagrangian ------------------------------------------------------------------------------

ROOT2 = np.sqrt(2.0)
ENTRY = {"pi+": (0, 1), "pi-": (1, 0), "K+": (0, 2), "K-": (2, 0), "K0": (1, 2), "K0bar": (2, 1)}
ANTI = {"pi+": "pi-", "pi-": "pi+", "K+": "K-", "K-": "K+", "K0": "K0bar", "K0bar": "K0"}


def flavour(name: str) -> np.ndarray:
    """Coefficient of a field in phi = phi^a lambda^a."""
    if name == "pi0":
        return np.diag([1.0, -1.0, 0.0])
    if name == "eta":
        return np.diag([1.0, 1.0, -2.0]) / np.sqrt(3.0)
    matrix = np.zeros((3, 3))
    matrix[ENTRY[name]] = ROOT2
    return matrix


def commutator(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a @ b - b @ a


Leg = tuple[np.ndarray, np.ndarray]  # flavour matrix, incoming momentum


def legs(incoming: str, p_in: np.ndarray, out_1: str, p_1: np.ndarray, out_2: str, p_2: np.ndarray):
    return [
        (flavour(ANTI.get(incoming, incoming)), p_in),
        (flavour(out_1), -p_1),
        (flavour(out_2), -p_2),
    ]


def axion_vertex(c: np.ndarray, b_p: np.ndarray, p_a: np.ndarray, mesons: list[Leg]) -> float:
    """f_a a phi phi phi: Tr(d_mu(a) C [phi, [phi, d^mu phi]]) / 12 f + a Tr(B P phi^3) / 6 f."""
    total = 0.0
    for (t_1, _), (t_2, _), (t_3, p_3) in permutations(mesons):
        derivative = np.trace(c @ commutator(t_1, commutator(t_2, t_3))) * -dot(p_a, p_3)
        total += derivative / (12.0 * F) + np.trace(b_p @ t_1 @ t_2 @ t_3) / (6.0 * F)
    return float(total)


def meson_vertex(b_m: np.ndarray, mesons: list[Leg]) -> float:
    """phi^4: Tr([phi, d phi][phi, d phi]) / 48 f^2 + Tr(B M phi^4) / 24 f^2."""
    total = 0.0
    for (t_1, _), (t_2, p_2), (t_3, _), (t_4, p_4) in permutations(mesons):
        kinetic = np.trace(commutator(t_1, t_2) @ commutator(t_3, t_4)) * -dot(p_2, p_4)
        total += kinetic / (48.0 * F**2) + np.trace(b_m @ t_1 @ t_2 @ t_3 @ t_4) / (24.0 * F**2)
    return float(total)


def momenta(e_a: float, m_in: float, m_1: float, m_2: float, cos: float) -> list[np.ndarray]:
    """P_a, P_in, P_1, P_2 in the centre-of-momentum frame."""
    root_s = e_a + np.hypot(e_a, m_in)
    k = np.sqrt((root_s**2 - (m_1 + m_2) ** 2) * (root_s**2 - (m_1 - m_2) ** 2)) / (2.0 * root_s)
    direction = np.array([np.sqrt(1.0 - cos**2), 0.0, cos])
    return [
        np.array([e_a, 0.0, 0.0, e_a]),
        np.array([np.hypot(e_a, m_in), 0.0, 0.0, -e_a]),
        np.array([np.hypot(k, m_1), *(k * direction)]),
        np.array([np.hypot(k, m_2), *(-k * direction)]),
    ]


@pytest.mark.parametrize("c_q", [(0.0, 0.0, 0.0), (0.3, -0.1, 0.2)])
@pytest.mark.parametrize(("e_a", "cos"), [(0.3, 0.2), (0.5, -0.7)])
def test_amplitude_does_not_depend_on_the_chiral_rotation(c_q, e_a, cos):
    """a K0 -> pi- K+ for quark masses all different, with axion-pi0-eta mixing where Q needs it."""
    masses = np.array([0.0045, 0.0095, 0.19])  # B m_q [GeV^2]
    m_pi, m_k0, m_kp = np.sqrt([masses[:2].sum(), masses[1:].sum(), masses[::2].sum()])
    p_a, p_in, p_1, p_2 = momenta(e_a, m_k0, m_pi, m_kp, cos)
    mesons = legs("K0", p_in, "pi-", p_1, "K+", p_2)
    neutral = [flavour("pi0"), flavour("eta")]

    def amplitude(q: np.ndarray) -> float:
        b_p = np.diag(masses * q)
        mass_matrix = [[np.trace(np.diag(masses) @ a @ b) for b in neutral] for a in neutral]
        mixing = np.linalg.solve(mass_matrix, [-F * np.trace(b_p @ a) for a in neutral])
        total = axion_vertex(np.diag(np.array(c_q) - q), b_p, p_a, mesons)
        for matrix, angle in zip(neutral, mixing, strict=True):
            total += angle * meson_vertex(np.diag(masses), [*mesons, (matrix, p_a)])
        return total

    unmixed = amplitude(1.0 / masses / np.sum(1.0 / masses))
    for q in ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.5, 0.3]):
        assert amplitude(np.array(q)) == pytest.approx(unmixed, rel=1e-10)


def test_pions_have_their_known_amplitude():
    """sum |M|^2 = (9/4)(C_a_pi/(f_a f_pi))^2 (s^2 + t^2 + u^2 - 3 m^4), from the same vertices."""
    c_a_pi = couplings().c_a_pi
    c = -1.5 * c_a_pi * np.diag([1.0, -1.0, 0.0])
    p_a, p_in, p_1, p_2 = momenta(0.4, M_PION_GEV, M_PION_GEV, M_PION_GEV, 0.3)
    total = 0.0
    for names, share in (
        (("pi0", "pi+", "pi-"), 1.0),
        (("pi+", "pi+", "pi0"), 1.0),
        (("pi-", "pi0", "pi-"), 1.0),  # the other order: mean over t <-> u
        (("pi0", "pi0", "pi0"), 0.5),
    ):
        mesons = legs(names[0], p_in, names[1], p_1, names[2], p_2)
        total += share * axion_vertex(c, np.zeros((3, 3)), p_a, mesons) ** 2
    s, t, u = dot(p_a + p_in, p_a + p_in), dot(p_a - p_1, p_a - p_1), dot(p_a - p_2, p_a - p_2)
    expected = 2.25 * (c_a_pi / F) ** 2 * (s * s + t * t + u * u - 3.0 * PI2**2)
    assert total == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("couplings_3", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-0.18, -0.16, 0.21)])
@pytest.mark.parametrize("cos", [-0.9, 0.1, 0.8])
def test_leading_order_amplitudes(couplings_3, cos):
    """Squares summed over every charge state, from the vertices and from the closed forms."""
    g3, g8, gm = couplings_3
    c, b_p = np.diag([g8 + g3, g8 - g3, -2.0 * g8]), gm * PI2 * np.eye(3)
    p_a, p_in, p_1, p_2 = momenta(0.35, M_KAON_GEV, M_PION_GEV, M_KAON_GEV, cos)
    channels = [("K+", "pi0", "K+"), ("K+", "pi+", "K0"), ("K0", "pi0", "K0"), ("K0", "pi-", "K+")]
    expected = 2.0 * sum(  # times two: antiparticles
        axion_vertex(c, b_p, p_a, legs(i, p_in, j, p_1, k, p_2)) ** 2 for i, j, k in channels
    )
    s, t = dot(p_a + p_in, p_a + p_in), dot(p_a - p_1, p_a - p_1)
    squared = pik.axion_squared(np.array(s), np.array(t), KaonCouplings(g3, g8, gm), "lo")
    assert squared == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("names", [("eta", "pi+", "pi-"), ("pi0", "pi0", "eta")])
def test_eta_with_pions_has_no_derivative_coupling(names):
    p_a, p_in, p_1, p_2 = momenta(0.9, 0.548, M_PION_GEV, M_PION_GEV, 0.3)
    for c in (np.diag([1.0, -1.0, 0.0]), np.diag([1.0, 1.0, -2.0])):
        mesons = legs(names[0], p_in, names[1], p_1, names[2], p_2)
        assert axion_vertex(c, np.zeros((3, 3)), p_a, mesons) == pytest.approx(0.0, abs=1e-12)


def test_leading_order_pi_k_waves():
    """T^3/2 from pi+ K+; T^1/2 = (3/2) T^3/2(u) - (1/2) T^3/2(s)."""
    b_m = 0.5 * np.diag([PI2, PI2, 2.0 * K2 - PI2])
    s = 0.75
    k = float(pik.momentum(np.array(s)))
    cos, weight = np.polynomial.legendre.leggauss(8)

    def three_half(c: float, crossed: bool) -> float:
        rest = np.array([np.hypot(k, M_PION_GEV), 0.0, 0.0, k])
        kaon = np.array([np.hypot(k, M_KAON_GEV), 0.0, 0.0, -k])
        sin = np.sqrt(1.0 - c * c)
        pion = np.array([rest[0], k * sin, 0.0, k * c])
        other = np.array([kaon[0], -k * sin, 0.0, -k * c])
        pions = ("pi+", "pi-") if not crossed else ("pi-", "pi+")
        mesons = [
            (flavour(ANTI[pions[0]]), rest),
            (flavour("K-"), kaon),
            (flavour(pions[0]), -pion),
            (flavour("K+"), -other),
        ]
        return meson_vertex(b_m, mesons)

    direct = np.array([three_half(c, False) for c in cos])
    crossed = np.array([three_half(c, True) for c in cos])
    half = 1.5 * crossed - 0.5 * direct
    waves = pik.pik_waves_lo(np.array(s))
    project = weight / (32.0 * np.pi)
    assert direct @ project == pytest.approx(float(waves["S3"]), rel=1e-10)
    assert half @ project == pytest.approx(float(waves["S1"]), rel=1e-10)
    assert half @ (project * cos) == pytest.approx(float(waves["P1"]), rel=1e-10)


# --- couplings -----------------------------------------------------------------------------------


def test_couplings_of_the_models():
    assert -KSVZ.isovector / 1.5 == pytest.approx(couplings().c_a_pi)
    z, m_s = 0.472, 27.4 * (1.0 + 0.472) / 2.0  # in units of m_d
    q = np.array([1.0 / z, 1.0, 1.0 / m_s])
    q /= q.sum()
    assert KSVZ.isoscalar == pytest.approx((2.0 * q[2] - q[0] - q[1]) / 6.0)
    # DFSZ: c_d = c_s, so that only c_u - c_d enters
    for tan_beta in (0.25, 1.0, 10.0):
        model = couplings("dfsz1", tan_beta)
        shift = kaon_couplings(model).isoscalar - KSVZ.isoscalar
        assert shift == pytest.approx((model.c_u - model.c_d) / 6.0)
    no_gluons = kaon_couplings(couplings("generic", values={"c_g": 0.0, "c_s": 1.0}))
    assert no_gluons.mass == 0.0
    assert no_gluons.isovector == 0.0
    assert no_gluons.isoscalar == pytest.approx(-1.0 / 3.0)


# --- pi K scattering -----------------------------------------------------------------------------


@pytest.mark.parametrize("wave", SCATTERING_LENGTHS)
def test_scattering_lengths(wave):
    s = np.array([(0.496 + 0.13957) ** 2 * (1 + 1e-7)])
    k = pik.momentum(s, 0.496, 0.13957) / 0.13957
    phase = {"S1": pik.delta_s1, "P1": pik.delta_p1, "S3": pik.delta_s3}[wave](s)
    published, error = SCATTERING_LENGTHS[wave]
    length = np.tan(phase) / k ** (3 if wave == "P1" else 1)
    assert abs(length[0] - published) < error


def test_k_star():
    energy = K_STAR_MASS_GEV + np.array([-1e-4, 0.0, 1e-4])
    phase = pik.delta_p1(energy**2)
    assert phase[1] == pytest.approx(np.pi / 2, abs=1e-6)
    width = 2.0 * 2e-4 / (phase[2] - phase[0])
    assert width == pytest.approx(K_STAR_WIDTH_GEV, rel=K_STAR_WIDTH_TOLERANCE)


def test_waves_are_unitary_and_continuous():
    s = np.linspace(0.64, 1.59, 2000) ** 2
    sigma = 2.0 * pik.momentum(s) / np.sqrt(s)
    for wave in pik.pik_waves(s).values():
        assert np.abs(wave.imag - sigma * np.abs(wave) ** 2).max() < 1e-12
        assert np.abs(np.diff(sigma * wave)).max() < 0.05


def test_amplitude_carries_the_pi_k_phase():
    """Watson: below K eta, the I = 3/2 amplitude and the P wave have the phase of pi K."""
    s = np.linspace(0.65, 1.04, 20) ** 2
    waves = pik.pik_waves(s)
    vector = KaonCouplings(1.0, 0.0, 0.0)
    t = np.array([[0.0], [-0.1]])
    half, three_half = pik.axion_amplitudes(s, t, vector)
    for amplitude, wave in ((three_half, waves["S3"]), (half[0] - half[1], waves["P1"])):
        ratio = amplitude / wave
        assert np.abs(ratio.imag / ratio.real).max() < 1e-12


# --- the rate ------------------------------------------------------------------------------------


def test_enhancement_near_threshold():
    """Of order one in the S waves; twice in the P wave, as K* exchange, m^2/(m^2 - s), gives."""
    ratio = pik.enhancement(np.array([THRESHOLD * 1.001]))
    assert 1.0 < abs(ratio["S1"][0]) < 1.6
    assert 0.7 < abs(ratio["S3"][0]) < 1.1
    assert 1.5 < abs(ratio["P1"][0]) < 3.0


T_GEV = 0.13  # of the Monte Carlo


def kaon_process() -> Process:
    def squared(p_a, p_3, p_1, p_2):
        s, t = dot(p_a + p_3, p_a + p_3) * T_GEV**2, dot(p_a - p_1, p_a - p_1) * T_GEV**2
        return pik.axion_squared(s, t, KSVZ) / T_GEV**2

    m_pi, m_k = M_PION_GEV / T_GEV, M_KAON_GEV / T_GEV
    return Process((m_k, m_pi, m_k), (1, 1, 1), squared)


def assert_agree(quadrature: float, monte_carlo: float, error: float) -> None:
    assert error < ERROR * monte_carlo
    assert quadrature == pytest.approx(monte_carlo, rel=AGREEMENT)


@pytest.mark.parametrize("x", [2.0, 6.0])
def test_loss_against_monte_carlo(x):
    """Explicit four-vectors and random numbers, fixed seed."""
    rate = kaons.relaxation_rate(x * T_GEV, T_GEV, KSVZ) / T_GEV**3 / -np.expm1(-x)
    assert_agree(rate, *loss(kaon_process(), x))


@pytest.mark.parametrize("x", [1.5, 3.0])
def test_gain_against_monte_carlo(x):
    """Detailed balance: the gain is e^(-x) times the loss."""
    rate = kaons.relaxation_rate(x * T_GEV, T_GEV, KSVZ) / T_GEV**3 / np.expm1(x)
    assert_agree(rate, *gain(kaon_process(), x, MANY_POINTS))


def test_quadrature_converged():
    for x, tolerance in ((0.5, 1e-4), (3.0, 1e-4), (60.0, 1e-3)):
        fine = kaons.scaled_loss(x, 0.15, KSVZ, nodes=(160, 96, 24, 10))
        assert kaons.scaled_loss(x, 0.15, KSVZ) == pytest.approx(fine, rel=tolerance)


@pytest.mark.parametrize(
    "g", [KSVZ, kaon_couplings(couplings("dfsz1", 0.25)), KaonCouplings(0.1, 0.05, -0.3)]
)
def test_table_against_quadrature(g):
    rng = np.random.default_rng(7)
    for _ in range(12):
        t, x = np.exp(rng.uniform(np.log([0.03, 0.1]), np.log([0.2, 60.0])))
        exact = np.log(kaons.relaxation_rate(x * t, t, g) / t**3)
        table = kaons.kaon_log_rate(np.array([t]), np.array([x]), g)[0, 0]
        assert table == pytest.approx(exact, abs=3e-3)


def test_committed_table_is_that_of_the_formulae():
    rng = np.random.default_rng(8)
    content = kaons.load_table(kaons.TABLE)
    for _ in range(4):
        i, j = rng.integers(kaons.T_NODES_GEV.size), rng.integers(kaons.X_NODES.size)
        parts = kaons.log_scaled_losses(kaons.X_NODES[j], kaons.T_NODES_GEV[i])
        stored = [content[name][i, j] for name in ("isovector", "isoscalar", "mass", "cross")]
        assert stored == pytest.approx(parts, abs=2e-5)


def test_table_is_never_extrapolated():
    x = np.array([1.0, 2.0])
    with pytest.raises(RangeError, match="never extrapolated"):
        kaons.kaon_log_rate(np.array([0.25]), x, KSVZ)
    with pytest.raises(RangeError, match="E/T"):
        kaons.kaon_log_rate(np.array([0.1]), np.array([1.0, 100.0]), KSVZ)
    cold = kaons.kaon_log_rate(np.array([0.01, 0.1]), x, KSVZ)
    assert np.isneginf(cold[0]).all()
    assert np.isfinite(cold[1]).all()


def test_unknown_rate():
    with pytest.raises(UnknownOptionError, match="kaon rate"):
        kaons.scaled_loss(1.0, 0.1, KSVZ, rates="nlo")


def over_pions(model, temperatures) -> np.ndarray:
    t, x, weight = np.array(list(temperatures)), crossover._MEAN_X, crossover._MEAN_WEIGHT
    rate = np.exp(kaons.kaon_log_rate(t, x, kaon_couplings(model))) @ weight
    return rate / np.exp(TotalRate(model).log_mean_rate(t))


def test_ratio_to_the_pions():
    for model, reference in (
        (couplings(), KAONS_OVER_PIONS),
        (couplings("dfsz1", 0.25), KAONS_OVER_PIONS_DFSZ),
    ):
        ratio = over_pions(model, reference)
        assert ratio == pytest.approx(list(reference.values()), rel=KAONS_OVER_PIONS_TOLERANCE)


def test_kaons_rival_the_pions_near_130_mev():
    """2505.21276: K overtakes pi near 130 MeV; within a factor 2."""
    assert 0.5 < over_pions(couplings(), [0.13])[0] < 2.0
    assert over_pions(couplings(), [0.025])[0] < 1e-4  # where the table ends
