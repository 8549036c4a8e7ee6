"""Why this test exists: every rate stands on one analytic reduction of the collision integral.

Here the same integrals are done by (quasi) Monte Carlo with explicit four-vectors and a fixed
seed, in two other parametrisations: the loss a + 3 -> 1 + 2 by a decay in the centre-of-momentum
frame that is boosted back, the gain 1 + 2 -> a + 3 by integrating over 1 and 2 with the mass shell
of 3 solved for the angle of 2. |M|^2 is evaluated from products of the four-vectors. Gain over
loss must be e^(-E/T): detailed balance. Units of T = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import gammaincinv
from scipy.stats import qmc

from hotaxion.theory.constants import F_PION_GEV, M_PION_GEV
from hotaxion.theory.rates import fermions, gluons, pions, pipi
from hotaxion.theory.rates.collision import omega_min

AGREEMENT, ERROR = 5e-3, 2e-3  # demanded of quadrature over Monte Carlo; of the latter's own error
SCRAMBLES, POINTS, MANY_POINTS = 6, 2**15, 2**17
T_GEV = 0.1  # of the pion channels
G_S, N_F = 2.0, 6.0


# --- four-vectors --------------------------------------------------------------------------


def dot(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return p[0] * q[0] - np.sum(p[1:] * q[1:], axis=0)


def on_shell(mass: float, momentum: np.ndarray, cos: np.ndarray, phi: np.ndarray) -> np.ndarray:
    sin = np.sqrt(1.0 - cos**2)
    direction = np.array([sin * np.cos(phi), sin * np.sin(phi), cos])
    return np.concatenate([[np.hypot(momentum, mass)], momentum * direction])


def boost(p: np.ndarray, total: np.ndarray) -> np.ndarray:
    """p from the rest frame of `total` to the frame in which total is given."""
    mass = np.sqrt(dot(total, total))
    along = np.sum(p[1:] * total[1:], axis=0)
    energy = (total[0] * p[0] + along) / mass
    return np.concatenate([[energy], p[1:] + total[1:] * (p[0] + energy) / (total[0] + mass)])


def occupation(energy: np.ndarray, sign: int) -> np.ndarray:
    return 1.0 / (np.exp(energy) - sign)


@dataclass
class Process:
    """a + 3 -> 1 + 2: masses and statistics of 3, 1, 2; |M|^2 of the four momenta a, 3, 1, 2."""

    masses: tuple[float, float, float]
    signs: tuple[int, int, int]
    squared: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def estimate(
    integrand: Callable[[np.ndarray], np.ndarray], points: int = POINTS
) -> tuple[float, float]:
    """Mean over the unit cube and its error, from independently scrambled Sobol sequences.

    The integrand may leave out points at which it vanishes.
    """
    cubes = (qmc.Sobol(5, rng=np.random.default_rng(seed)) for seed in range(SCRAMBLES))
    means = [integrand(cube.random(points).T).sum() / points for cube in cubes]
    return float(np.mean(means)), float(np.std(means, ddof=1) / np.sqrt(SCRAMBLES))


def thermal_momentum(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Momenta distributed as p^2 e^(-p/1.5), and the inverse of that density times p^2."""
    p = 1.5 * gammaincinv(3.0, u)
    return p, 2.0 * 1.5**3 * np.exp(p / 1.5)


def axion(energy: float, n: int) -> np.ndarray:
    return np.outer([1.0, 0.0, 0.0, 1.0], np.full(n, energy))


def loss(process: Process, energy: float) -> tuple[float, float]:
    """Gamma^> / T: int d^3p_3/((2 pi)^3 2 E_3) f_3 int dPhi_2 |M|^2 (1 +- f_1)(1 +- f_2) / 2E."""
    (m3, m1, m2), (s3, s1, s2) = process.masses, process.signs

    def integrand(u: np.ndarray) -> np.ndarray:
        p, jacobian = thermal_momentum(u[0])
        p_a = axion(energy, u.shape[1])
        p_3 = on_shell(m3, p, 2.0 * u[1] - 1.0, 2.0 * np.pi * u[2])
        above = 2.0 * dot(p_a, p_3) + m3**2 > (m1 + m2) ** 2 * (1.0 + 1e-12)
        u, jacobian, p_a, p_3 = u[:, above], jacobian[above], p_a[:, above], p_3[:, above]
        total = p_a + p_3
        s = dot(total, total)
        k = 0.5 * np.sqrt((s - (m1 + m2) ** 2) * (s - (m1 - m2) ** 2) / s)
        p_1 = boost(on_shell(m1, k, 2.0 * u[3] - 1.0, 2.0 * np.pi * u[4]), total)
        p_2 = total - p_1
        weight = (
            jacobian * 4.0 * np.pi / (2.0 * np.pi) ** 3 / (2.0 * p_3[0]) * occupation(p_3[0], s3)
        )
        weight *= 2.0 * k / np.sqrt(s) / (8.0 * np.pi) / (2.0 * energy)
        final = (1.0 + s1 * occupation(p_1[0], s1)) * (1.0 + s2 * occupation(p_2[0], s2))
        return weight * final * process.squared(p_a, p_3, p_1, p_2)

    return estimate(integrand)


def gain(process: Process, energy: float, points: int = POINTS) -> tuple[float, float]:
    """Gain / T without axions: int dPi_1,2,3 (2 pi)^4 delta^4 f_1 f_2 (1 +- f_3) |M|^2 / 2E.

    With Q = P_1 - P_a, delta((Q + P_2)^2 - m_3^2) fixes the angle of 2 against Q:
    int d^3p_2 / 2E_2 delta = int dE_2 dphi / (4 |Q|).
    """
    (m3, m1, m2), (s3, s1, s2) = process.masses, process.signs

    def integrand(u: np.ndarray) -> np.ndarray:
        p, jacobian = thermal_momentum(u[0])
        beta = p / np.hypot(p, m1 + 0.1)  # dense where 1 flies along the axion: 1/(P_a.P_1)
        span = np.arctanh(beta)
        cos = np.tanh((2.0 * u[1] - 1.0) * span) / beta
        jacobian = jacobian * span * (1.0 - (beta * cos) ** 2) / beta
        p_a = axion(energy, u.shape[1])
        p_1 = on_shell(m1, p, cos, 2.0 * np.pi * u[2])
        q = p_1 - p_a
        length = np.sqrt(np.sum(q[1:] ** 2, axis=0))
        excess = -1.5 * np.log1p(-u[3])
        need = dot(q, q) + m2**2 - m3**2  # |need + 2 q_0 E_2| <= 2 |q| k_2 bounds E_2 from below
        e_2 = np.maximum(m2, -need / (2.0 * np.maximum(q[0] + length, 1e-3))) + excess
        k_2 = np.sqrt(e_2**2 - m2**2)
        cos = (need + 2.0 * q[0] * e_2) / (2.0 * length * k_2)
        allowed = (np.abs(cos) < 1.0) & (q[0] + e_2 > m3)
        p_2 = on_shell(m2, k_2[allowed], cos[allowed], 2.0 * np.pi * u[4, allowed])
        p_2[1:] = rotate(p_2[1:], (q[1:] / length)[:, allowed])
        p_a, p_1 = p_a[:, allowed], p_1[:, allowed]
        p_3 = p_1 + p_2 - p_a
        weight = jacobian * 4.0 * np.pi * 1.5 * np.exp(excess / 1.5) / length
        weight = weight[allowed] / (2.0 * p_1[0]) * 2.0 * np.pi / 4.0
        weight *= (
            occupation(p_1[0], s1) * occupation(p_2[0], s2) * (1.0 + s3 * occupation(p_3[0], s3))
        )
        squared = process.squared(p_a, p_3, p_1, p_2)
        return weight * squared / (2.0 * np.pi) ** 5 / (2.0 * energy)

    return estimate(integrand, points)


def rotate(v: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """v, given with its z direction along `axis`, in the fixed frame (any azimuth)."""
    helper = np.where(np.abs(axis[0]) < 0.8, [[1.0], [0.0], [0.0]], [[0.0], [1.0], [0.0]])
    x = np.cross(axis, helper, axis=0)
    x /= np.sqrt(np.sum(x**2, axis=0))
    return v[0] * x + v[1] * np.cross(axis, x, axis=0) + v[2] * axis


# --- matrix elements from four-vectors -------------------------------------------------------


def pion_squared(rates: str) -> Callable[..., np.ndarray]:
    m2 = (M_PION_GEV / T_GEV) ** 2

    def lo(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
        s, t, u = 2.0 * dot(p_a, p_3) + m2, m2 - 2.0 * dot(p_a, p_1), m2 - 2.0 * dot(p_a, p_2)
        return (s**2 + t**2 + u**2 - 3.0 * m2**2) * (T_GEV / F_PION_GEV) ** 4

    def waves(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
        s = 2.0 * dot(p_a, p_3) + m2
        cos = 2.0 * (dot(p_a, p_2) - dot(p_a, p_1)) / ((s - m2) * np.sqrt(1.0 - 4.0 * m2 / s))
        w0, w2, w4 = pipi.legendre_weights(pipi.AXION_WAVES[rates](s * T_GEV**2))
        p2, p4 = 0.5 * (3 * cos**2 - 1), (35 * cos**4 - 30 * cos**2 + 3) / 8
        return w0 + w2 * p2 + w4 * p4

    return lo if rates == "lo" else waves


def gg(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
    s, t = 2.0 * dot(p_a, p_3), -2.0 * dot(p_1, p_3)
    return 96.0 * K * (s * s + s * t + t * t) ** 2 / (s * s * (M_DEBYE2 - t))


def qg(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
    s, t, u = 2.0 * dot(p_a, p_3), -2.0 * dot(p_1, p_3), -2.0 * dot(p_a, p_1)
    return 16.0 * N_F * K * (s * s + u * u) / (M_DEBYE2 - t)


def qq(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
    s, t, u = 2.0 * dot(p_a, p_3), -2.0 * dot(p_1, p_3), -2.0 * dot(p_a, p_1)
    return 8.0 * N_F * K * (t * t + u * u) / s


K = G_S**6 / (128.0 * np.pi**4)
M_DEBYE2 = G_S**2 * (1.0 + N_F / 6.0)


def annihilation(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
    """a X -> psi psibar: m^2 - t = 2 P_a.P_1, m^2 - u = 2 P_a.P_2, s = 2 P_a.P_X."""
    return 4.0 * dot(p_a, p_3) ** 2 / (dot(p_a, p_1) * dot(p_a, p_2))


def compton(p_a: np.ndarray, p_3: np.ndarray, p_1: np.ndarray, p_2: np.ndarray) -> np.ndarray:
    """a psi -> psi X: s - m^2 = 2 P_a.P_3, m^2 - u = 2 P_a.P_1, t = -2 P_a.P_X."""
    return 4.0 * dot(p_a, p_2) ** 2 / (dot(p_a, p_3) * dot(p_a, p_1))


M_PION = M_PION_GEV / T_GEV
GLUON_PROCESSES = {
    "gg": Process((0.0, 0.0, 0.0), (1, 1, 1), gg),
    "qg": Process((0.0, 0.0, 0.0), (-1, -1, 1), qg),
    "qq": Process((0.0, 0.0, 0.0), (1, -1, -1), qq),
}


def pion_process(rates: str) -> Process:
    return Process((M_PION,) * 3, (1, 1, 1), pion_squared(rates))


def fermion_process(name: str, r: float) -> Process:
    if name == "annihilation":
        return Process((0.0, r, r), (1, -1, -1), annihilation)
    return Process((r, r, 0.0), (-1, -1, 1), compton)


# --- the quadratures of the package ------------------------------------------------------------


def pion_loss_of_the_package(rates: str, x: float) -> float:
    return float(np.exp(pions.log_scaled_loss(x, T_GEV, rates) - omega_min(x, M_PION)))


def fermion_loss_of_the_package(name: str, x: float, r: float) -> float:
    index, exponent = (0, r * r / x) if name == "annihilation" else (1, r)
    return fermions.scaled_losses(x, r)[index] * np.exp(-exponent)


def assert_agree(quadrature: float, monte_carlo: float, error: float) -> None:
    assert error < ERROR * monte_carlo
    assert quadrature == pytest.approx(monte_carlo, rel=AGREEMENT)


# --- loss ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", pipi.AXION_WAVES)
@pytest.mark.parametrize("x", [1.0, 5.0])
def test_loss_by_pions(rates, x):
    assert_agree(pion_loss_of_the_package(rates, x), *loss(pion_process(rates), x))


@pytest.mark.parametrize("x", [0.5, 4.0])
def test_loss_by_gluons(x):
    parts = np.array([loss(process, x) for process in GLUON_PROCESSES.values()])
    rate = gluons.relaxation_rate_htl(x, G_S, N_F) / -np.expm1(-x)
    assert_agree(rate, parts[:, 0].sum(), np.hypot.reduce(parts[:, 1]))


@pytest.mark.parametrize("name", ["annihilation", "compton"])
@pytest.mark.parametrize(("r", "x"), [(0.5, 1.0), (1.0, 4.0), (3.0, 6.0)])
def test_loss_by_fermions(name, r, x):
    assert_agree(fermion_loss_of_the_package(name, x, r), *loss(fermion_process(name, r), x))


# --- gain: detailed balance --------------------------------------------------------------------


@pytest.mark.parametrize("rates", ["lo", "gkpy"])
def test_gain_by_pions(rates):
    for x in (1.0, 5.0):
        expected = np.exp(-x) * pion_loss_of_the_package(rates, x)
        assert_agree(expected, *gain(pion_process(rates), x, MANY_POINTS))


def test_gain_by_gluons():
    x = 3.0
    parts = np.array([gain(process, x) for process in GLUON_PROCESSES.values()])
    expected = gluons.relaxation_rate_htl(x, G_S, N_F) / np.expm1(x)
    assert_agree(expected, parts[:, 0].sum(), np.hypot.reduce(parts[:, 1]))


@pytest.mark.parametrize("name", ["annihilation", "compton"])
def test_gain_by_fermions(name):
    r, x = 1.5, 3.0
    expected = np.exp(-x) * fermion_loss_of_the_package(name, x, r)
    assert_agree(expected, *gain(fermion_process(name, r), x, MANY_POINTS))
