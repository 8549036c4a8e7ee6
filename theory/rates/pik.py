"""Partial waves of pi K -> pi K and the amplitudes of a K -> pi K.

Amplitudes of definite isospin T^I(s, cos) = 16 pi sum_l (2l + 1) P_l(cos) t^I_l(s) with
t = (e^(2 i delta) - 1) / (2 i sigma), sigma = 2 k / sqrt(s), cos the angle between the axion and
the pion in the centre-of-momentum frame. Energies in GeV; masses are isospin averages.

Axion amplitudes: leading order of SU(3) ChPT,

    L = (d_mu a / 2 f_a) qbar gamma^mu gamma_5 C q - c_g m_* (a / f_a) qbar i gamma_5 q,
    C = c_q - c_g Q,   Q = M_q^-1 / Tr M_q^-1,   m_* = 1 / Tr M_q^-1

(Georgi, Kaplan & Randall, Phys. Lett. B169 (1986) 73), for which no meson mixes with a massless
axion at this order. Derived here from the chiral Lagrangian; any other Q of unit trace gives the
same amplitudes. The isovector part of C is fixed by C_a_pi, the isoscalar one is not suppressed
by m_d - m_u: this is what makes kaons compete with pions (2505.21276). Isospin breaking is kept
in the couplings, neglected in masses and in pi0-eta mixing (per cent).

Phase shifts: Pelaez & Rodas, 1602.08404, "constrained fit to data" (CFD), elastic formulae: eq.
(11) and table I (S3/2), eq. (13) and table II (S1/2), eq. (28) and table VI (P1/2); values taken
from the public code Thermal-FIST, which quotes them so (the S waves also from Sherpa, in the
unconstrained fit). P3/2, absent at leading order, and D waves are neglected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotaxion.theory.arrays import Array, ComplexArray
from hotaxion.theory.constants import F_PION_GEV, M_PION_GEV
from hotaxion.theory.particle.couplings import Couplings

M_KAON_GEV = (0.493677 + 0.497611) / 2.0  # isospin average, PDG
M_S_OVER_M_UD = 27.4  # m_s / ((m_u + m_d)/2), PDG
# Masses as used in 1602.08404 [GeV].
_M_PI, _M_K = 0.13957, 0.496
SQRT_S_MAX_GEV = 1.6  # above, phases are held constant; S1/2 and P1/2 are data below 1.04 GeV
_LOW, _HIGH = 1.1, 1.84  # sqrt(s) at which the conformal maps of 1602.08404 end


# --- couplings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class KaonCouplings:
    """What a K -> pi K knows of the model; amplitudes are linear in these, in units of 1/f_a.

    isovector : (C_u - C_d)/2 = -(3/2) C_a_pi.
    isoscalar : (C_u + C_d - 2 C_s)/6.
    mass : c_g B m_* / m_pi^2 with 2 B m_ud = m_pi^2; the part without derivatives.
    """

    isovector: float
    isoscalar: float
    mass: float


def kaon_couplings(couplings: Couplings) -> KaonCouplings:
    """Couplings of a model to a K -> pi K, with m_s by M_S_OVER_M_UD."""
    z = couplings.z
    masses = np.array([2.0 * z / (1.0 + z), 2.0 / (1.0 + z), M_S_OVER_M_UD])  # over m_ud
    m_star = 1.0 / np.sum(1.0 / masses)
    quarks = np.array([couplings.c_u, couplings.c_d, couplings.c_s])
    c_up, c_down, c_strange = quarks - couplings.c_g * m_star / masses
    return KaonCouplings(
        isovector=-1.5 * couplings.c_a_pi,
        isoscalar=float(c_up + c_down - 2.0 * c_strange) / 6.0,
        mass=float(couplings.c_g * m_star) / 2.0,
    )


# --- pi K -> pi K --------------------------------------------------------------------------------


def momentum(s: Array, m_k: float = M_KAON_GEV, m_pi: float = M_PION_GEV) -> Array:
    """Momentum k of pi and K in their centre-of-momentum frame; 0 below threshold."""
    return 0.5 * np.sqrt(np.maximum((s - (m_k + m_pi) ** 2) * (s - (m_k - m_pi) ** 2), 0.0) / s)


def _conformal(s: Array, sqrt_s0: float, alpha: float) -> Array:
    """Conformal variable omega of 1602.08404; 1 above s0."""
    delta = _M_K**2 - _M_PI**2
    y, y0 = (((v - delta) / (v + delta)) ** 2 for v in (s, sqrt_s0**2))
    a, b = np.sqrt(np.minimum(y, y0)), alpha * np.sqrt(np.maximum(y0 - y, 0.0))
    return (a - b) / (a + b)


def delta_s1(s: Array) -> Array:
    """Phase shift delta^1/2_0 [rad] at s of the masses of 1602.08404 (CFD)."""
    k = momentum(s, _M_K, _M_PI)
    cot = np.sqrt(s) / (2.0 * k * (s - 0.236)) * (0.411 + 0.162 * _conformal(s, _LOW, 1.15))
    return np.arctan2(1.0, cot)


def delta_p1(s: Array) -> Array:
    """Phase shift delta^1/2_1 [rad], the K*(892), at s of the masses of 1602.08404 (CFD)."""
    k, w = momentum(s, _M_K, _M_PI), _conformal(s, _LOW, 1.15)
    cot = np.sqrt(s) / (2.0 * k**3) * (0.8957**2 - s) * (0.97 + 0.55 * w + 0.75 * w**2)
    return np.arctan2(1.0, cot)


def delta_s3(s: Array) -> Array:
    """Phase shift delta^3/2_0 [rad], negative, at s of the masses of 1602.08404 (CFD)."""
    k, w = momentum(s, _M_K, _M_PI), _conformal(s, _HIGH, 1.4)
    adler = _M_K**2 + _M_PI**2
    cot = -np.sqrt(s) / (2.0 * k * (s - adler)) * (2.27 + 3.94 * w + 3.36 * w**2)
    return np.arctan(1.0 / cot)


_PHASES = {"S1": delta_s1, "P1": delta_p1, "S3": delta_s3}


def pik_waves(s: Array) -> dict[str, ComplexArray]:
    """Partial waves t of pi K -> pi K from data; keys "S1", "P1" (I = 1/2), "S3" (I = 3/2).

    s in GeV^2, above threshold. Phases are taken at equal momentum, which moves the threshold of
    the data to that of the average masses.
    """
    k = momentum(s)
    shifted = (np.hypot(k, _M_K) + np.hypot(k, _M_PI)) ** 2
    shifted = np.clip(shifted, (_M_K + _M_PI) ** 2 * (1.0 + 1e-9), SQRT_S_MAX_GEV**2)
    sigma = 2.0 * np.maximum(k, 1e-9) / np.sqrt(s)
    return {
        name: (np.exp(2j * phase(shifted)) - 1.0) / (2j * sigma) for name, phase in _PHASES.items()
    }


def pik_waves_lo(s: Array) -> dict[str, Array]:
    """Partial waves t of pi K -> pi K at leading order (Weinberg, PRL 17 (1966) 616)."""
    k2, norm = momentum(s) ** 2, 32.0 * np.pi * F_PION_GEV**2
    above = s - M_KAON_GEV**2 - M_PION_GEV**2
    return {"S1": (2.0 * above - 3.0 * k2) / norm, "P1": k2 / norm, "S3": -above / norm}


def enhancement(s: Array) -> dict[str, ComplexArray]:
    """t / t_LO of each pi K wave: what unitarity and resonances make of leading order."""
    threshold = (M_KAON_GEV + M_PION_GEV) ** 2
    s = np.maximum(s, threshold * (1.0 + 1e-7))  # finite at threshold
    leading = pik_waves_lo(s)
    return {name: wave / leading[name] for name, wave in pik_waves(s).items()}


# --- a K -> pi K ---------------------------------------------------------------------------------


def axion_amplitudes(
    s: Array, t: Array, couplings: KaonCouplings, rates: str = "data"
) -> tuple[ComplexArray, ComplexArray]:
    """f_a times the amplitudes of a K -> pi K with I = 1/2 and 3/2 [GeV], t = (P_a - P_pi)^2.

    For K+; for K0 the isovector part changes sign. `rates` "lo": leading order,

        isoscalar  T^1/2 = sqrt(3) [(3/4) g_8 (m_pi^2 - t) + g_m m_pi^2] / (f_pi f_a)
        isovector  T^1/2 = g_3 [(3/4)(m_pi^2 - t) - (s - m_K^2)] / (sqrt(3) f_pi f_a)
                   T^3/2 = g_3 (s - m_K^2) / (sqrt(6) f_pi f_a);

    "data": each partial wave times t / t_LO of pi K -> pi K (`enhancement`), which carries the
    pi K phase (Watson's theorem), as `pipi.axion_waves_gkpy` does for pions. Elastic unitarity:
    exact below K eta, 1.04 GeV.
    """
    m2 = M_PION_GEV**2
    e_axion = (s - M_KAON_GEV**2) / (2.0 * np.sqrt(s))
    e_pion = np.sqrt(momentum(s) ** 2 + m2)
    g3, g8 = couplings.isovector, np.sqrt(3.0) * couplings.isoscalar
    # (m_pi^2 - t)/2 = E_a E_pi - E_a k cos: its S and P waves
    s_half, p_half = e_axion * e_pion, 0.5 * (m2 - t) - e_axion * e_pion
    constant = np.sqrt(3.0) * couplings.mass * m2 - g3 / np.sqrt(3.0) * (s - M_KAON_GEV**2)
    factor = 1.5 * (g8 + g3 / np.sqrt(3.0))
    ratio = enhancement(s) if rates == "data" else dict.fromkeys(_PHASES, np.complex128(1.0))
    one_half = (factor * s_half + constant) * ratio["S1"] + factor * p_half * ratio["P1"]
    three_half = g3 / np.sqrt(6.0) * (s - M_KAON_GEV**2) * ratio["S3"]
    return one_half / F_PION_GEV, three_half / F_PION_GEV


def axion_squared(s: Array, t: Array, couplings: KaonCouplings, rates: str = "data") -> Array:
    """f_a^2 sum |M|^2 [GeV^2] of a K -> pi K over K+, K0, their antiparticles and final states."""
    total = np.zeros(np.broadcast_shapes(s.shape, t.shape))
    # Isoscalar and isovector parts do not interfere in the sum over K+ and K0.
    for sign in (1.0, -1.0):
        kaon = KaonCouplings(sign * couplings.isovector, couplings.isoscalar, couplings.mass)
        for amplitude in axion_amplitudes(s, t, kaon, rates):
            total = total + 2.0 * np.abs(amplitude) ** 2
    return total
