"""Partial waves of pi pi -> pi pi and of a pi -> pi pi, below sqrt(s) = 1.42 GeV.

Isospin amplitudes T^I(s, cos) = 32 pi sum_l (2l + 1) P_l(cos) t^I_l(s) with
t = (eta e^(2 i delta) - 1) / (2 i rho), rho = sqrt(1 - 4 m^2 / s). Energies in GeV. Four variants
of a pi -> pi pi, each with its range of validity, are in `AXION_WAVES`; what they share, the pion
mass and the low-energy constants, is in `PionPhysics`.

Phase shifts: Garcia-Martin, Kaminski, Pelaez, Ruiz de Elvira & Yndurain, 1102.2183, the
"constrained fit to data" (CFD). F waves are neglected; D0 is taken as elastic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hotaxion.theory.arrays import Array, ComplexArray
from hotaxion.theory.checks import instance, number
from hotaxion.theory.constants import (
    F_PION_GEV,
    M_PION_CHARGED_GEV,
    M_PION_GEV,
    M_PION_NEUTRAL_GEV,
)
from hotaxion.theory.rates import iam

Waves = dict[str, ComplexArray]  # keys "S0", "P", "S2", "D0", "D2"

# Masses as used in 1102.2183 [GeV].
_M_PI, _M_K, _M_ETA, _M_RHO, _M_F2 = 0.13957, 0.496, 0.5475, 0.7736, 1.2754
_KK = 2.0 * _M_K
_MATCH = 0.85  # sqrt(s) where the low-energy S-wave parametrisations end
SQRT_S_MAX_GEV = 1.42  # above, phases are held constant


def _w(s: Array, sqrt_s0: float) -> Array:
    """Conformal variable of 1102.2183, (sqrt s - sqrt(s0 - s)) / (sqrt s + sqrt(s0 - s))."""
    a, b = np.sqrt(s), np.sqrt(np.maximum(sqrt_s0**2 - s, 0.0))
    return (a - b) / (a + b)


def _k(s: Array, mass: float = _M_PI) -> Array:
    return np.sqrt(np.maximum(s / 4.0 - mass**2, 0.0))


def _s0_low(s: Array) -> Array:
    w, root = _w(s, _KK), np.sqrt(s)
    cot = (
        (root / (2.0 * _k(s)))
        * _M_PI**2
        / (s - 0.5 * _M_PI**2)
        * (_M_PI / root + 7.14 - 25.3 * w - 33.2 * w**2 - 26.2 * w**3)
    )
    return np.arctan2(1.0, cot)


def delta_s0(s: Array) -> Array:
    """Phase shift delta^0_0 [rad], 1102.2183 (CFD), in three pieces."""
    d0, b, c, d, c_mid = np.radians([227.1, 94.0, 40.4, -86.9, -81.0])
    s_match = np.array(_MATCH**2)
    step = 1e-4
    delta_m = _s0_low(s_match)
    slope_m = (_s0_low(s_match + step) - _s0_low(s_match - step)) / (2.0 * step)
    kappa_m = np.sqrt(_M_K**2 - s_match / 4.0)
    kappa = np.sqrt(np.maximum(_M_K**2 - s / 4.0, 0.0))
    r = kappa / kappa_m
    middle = (
        d0 * (1.0 - r) ** 2
        + delta_m * r * (2.0 - r)
        + kappa * (kappa_m - kappa) * (8.0 * slope_m + c_mid * (kappa_m - kappa) / _M_K**3)
    )
    k2, k3 = _k(s, _M_K) ** 2, _k(s, _M_ETA) ** 2
    high = d0 + b * k2 / _M_K**2 + c * k2**2 / _M_K**4 + d * k3 / _M_ETA**2
    low = _s0_low(np.minimum(s, s_match))
    return np.where(s <= s_match, low, np.where(s <= _KK**2, middle, high))


def eta_s0(s: Array) -> Array:
    """Inelasticity eta^0_0, 1102.2183 (CFD); 1 below the kaon threshold."""
    root = np.sqrt(s)
    k_k, k_eta = _k(s, _M_K) / root, _k(s, _M_ETA) / root
    return np.exp(-k_k * (4.9 - 15.1 * k_k + 4.7 * k_k**2) ** 2 - 0.32 * k_eta)


def delta_p(s: Array) -> Array:
    """Phase shift delta^1_1 [rad], 1102.2183 (CFD)."""

    def low(s: Array) -> Array:
        cot = (
            (np.sqrt(s) / (2.0 * _k(s) ** 3))
            * (_M_RHO**2 - s)
            * (2.0 * _M_PI**3 / (_M_RHO**2 * np.sqrt(s)) + 1.043 + 0.19 * _w(s, 1.05))
        )
        return np.arctan2(1.0, cot)

    x = np.sqrt(s) / _KK - 1.0
    threshold = np.array(_KK**2)
    high = low(threshold) + 1.38 * x - 1.70 * x**2
    return np.where(s <= threshold, low(np.minimum(s, threshold)), high)


def delta_s2(s: Array) -> Array:
    """Phase shift delta^2_0 [rad], negative; 1102.2183 (CFD)."""
    z2, s_match, s_l, s_h = 0.1435**2, _MATCH**2, 1.05**2, 1.42**2
    b0, b1 = -79.4, -63.0
    prefactor = (np.sqrt(s) / (2.0 * _k(s))) * _M_PI**2 / (s - 2.0 * z2)
    low = b0 + b1 * _w(s, 1.05)
    w_l_m, w_h_m = _w(np.array(s_match), 1.05), _w(np.array(s_match), 1.42)
    slope = (
        b1
        * (s_l / s_h)
        * np.sqrt((s_h - s_match) / (s_l - s_match))
        * ((_MATCH + np.sqrt(s_h - s_match)) / (_MATCH + np.sqrt(s_l - s_match))) ** 2
    )
    rise = _w(s, 1.42) - w_h_m
    high = b0 + b1 * w_l_m + slope * rise + 32.0 * rise**2
    return np.arctan(1.0 / (prefactor * np.where(s <= s_match, low, high)))


def delta_d0(s: Array) -> Array:
    """Phase shift delta^0_2 [rad], 1102.2183 (CFD)."""
    bracket = np.where(s <= _KK**2, 12.40 + 10.06 * _w(s, 1.05), 18.69 + 43.2 * _w(s, 1.45))
    cot = (np.sqrt(s) / (2.0 * _k(s) ** 5)) * (_M_F2**2 - s) * _M_PI**2 * bracket
    return np.arctan2(1.0, cot)


def delta_d2(s: Array) -> Array:
    """Phase shift delta^2_2 [rad], 1102.2183 (CFD)."""
    w = _w(s, 1.45)
    tan = (
        (2.0 * _k(s) ** 5 / np.sqrt(s))
        * (4.0 * _M_PI**2 + 4.0 * 0.233**2 - s)
        / (_M_PI**4 * s * (4100.0 + 8600.0 * w + 25500.0 * w**2))
    )
    return np.arctan(tan)


@dataclass(frozen=True)
class PionPhysics:
    """What the pion rates rest on besides the choice of the amplitude.

    mass_gev : pion mass in kinematics and amplitudes [GeV], from that of the pi0 to that of the
        pi+-; the default is the isospin average. Phases are kept at equal pion momentum, f_pi and
        the mixing angle are kept as they are.
    lecs : low-energy constants of the rate "iam".

    Raises RangeError for a mass outside, or constants of another type.
    """

    mass_gev: float = M_PION_GEV
    lecs: iam.LowEnergyConstants = iam.DEFAULT

    def __post_init__(self) -> None:
        allowed = M_PION_NEUTRAL_GEV, M_PION_CHARGED_GEV
        object.__setattr__(self, "mass_gev", number("pion mass", self.mass_gev, *allowed, "GeV"))
        instance("lecs", self.lecs, iam.LowEnergyConstants)


DEFAULT = PionPhysics()


def _at_equal_momentum(s: Array, mass: float, other: float) -> Array:
    """s of pions of mass `other` whose momentum is that of pions of mass `mass` at s."""
    return s - 4.0 * mass**2 + 4.0 * other**2


_PHASES: dict[str, Callable[[Array], Array]] = {
    "S0": delta_s0,
    "P": delta_p,
    "S2": delta_s2,
    "D0": delta_d0,
    "D2": delta_d2,
}


def pipi_waves(s: Array, physics: PionPhysics = DEFAULT) -> Waves:
    """Partial waves t of pi pi -> pi pi from data.

    s in GeV^2, above threshold. Phases are taken at equal pion momentum, which moves the
    threshold of the data (charged pions) to that of the given mass.
    """
    shifted = _at_equal_momentum(s, physics.mass_gev, _M_PI)
    shifted = np.clip(shifted, 4.0 * _M_PI**2 * (1.0 + 1e-9), SQRT_S_MAX_GEV**2)
    rho = np.sqrt(1.0 - 4.0 * physics.mass_gev**2 / s)
    waves = {}
    for name, phase in _PHASES.items():
        eta = eta_s0(shifted) if name == "S0" else 1.0
        waves[name] = (eta * np.exp(2j * phase(shifted)) - 1.0) / (2j * rho)
    return waves


def axion_waves_lo(s: Array, physics: PionPhysics = DEFAULT) -> Waves:
    """Partial waves of a pi -> pi pi over theta_a_pi at leading order in ChPT.

    From A(s, t, u) = (s - m^2) / f_pi^2 for a massless axion (Chang & Choi, hep-ph/9306216;
    Hannestad, Mirizzi & Raffelt, hep-ph/0504059); no D waves. Valid for T below about 62 MeV, where
    the next order reaches half the leading one (2101.10330; not reproduced here). Against the
    rate from data the mean rate is 28 per cent low at 50 MeV, 26 at 100 MeV and 10 high at
    150 MeV: resonances first enhance it, then unitarity stops its growth with s.
    """
    m2, f2 = physics.mass_gev**2, F_PION_GEV**2
    rho = np.sqrt(1.0 - 4.0 * m2 / s)
    zero = np.zeros_like(s)
    waves = {
        "S0": 2.0 * (s - m2) / (32.0 * np.pi * f2),
        "S2": -(s - m2) / (32.0 * np.pi * f2),
        "P": (s - m2) * rho / (96.0 * np.pi * f2),
        "D0": zero,
        "D2": zero,
    }
    return {name: wave.astype(complex) for name, wave in waves.items()}


def axion_waves_gkpy(s: Array, physics: PionPhysics = DEFAULT) -> Waves:
    """Partial waves of a pi -> pi pi over theta_a_pi from pi pi data, Watson variant.

    Each leading-order axion wave times (data / leading order) of the pi pi wave of the same
    isospin and spin: this carries the pi pi phase (Watson's theorem), the soft limit of ChPT and
    the kinematics of a massless axion. D waves, absent at leading order: data times the square
    of the P-wave ratio axion / pi pi. After Notari, Rompineve & Villadoro, 2211.03799, who use
    the pi pi amplitude itself (`axion_waves_raw`). Valid where there are data, sqrt(s) < 1.42 GeV
    (constant phases above), that is for T up to 150 MeV: sqrt(s) > 1 GeV, where inelasticity
    and the chiral ratio are least known, makes 1, 3 and 7 per cent of the mean rate at 90, 120
    and 150 MeV.
    """
    m2 = physics.mass_gev**2
    rho = np.sqrt(1.0 - 4.0 * m2 / s)
    p_ratio = (s - m2) * rho / (s - 4.0 * m2)
    data = pipi_waves(s, physics)
    return {
        "S0": data["S0"] * 2.0 * (s - m2) / (2.0 * s - m2),
        "S2": data["S2"] * (s - m2) / (s - 2.0 * m2),
        "P": data["P"] * p_ratio,
        "D0": data["D0"] * p_ratio**2,
        "D2": data["D2"] * p_ratio**2,
    }


def axion_waves_raw(s: Array, physics: PionPhysics = DEFAULT) -> Waves:
    """Partial waves of a pi -> pi pi over theta_a_pi: those of pi pi at the same s (2211.03799).

    Right up to terms of order m_pi^2/s: the soft limit is that of pi pi, not of a massless axion.
    Same range as `axion_waves_gkpy`; the mean rate is 1 to 5 per cent lower (50 to 150 MeV).
    """
    return pipi_waves(s, physics)


def axion_waves_iam(s: Array, physics: PionPhysics = DEFAULT) -> Waves:
    """Partial waves of a pi -> pi pi over theta_a_pi from one-loop ChPT, unitarised (`iam`).

    Each leading-order axion wave times t_IAM / t_2 of pi pi, as in `axion_waves_gkpy`; no D waves.
    Valid where the one-loop amplitude describes pi pi scattering, sqrt(s) < 1.2 GeV: T up to about
    120 MeV, where more than 98 per cent of the mean rate is from below. After Di Luzio, Camalich,
    Martinelli, Oller & Piazza, 2211.05073 (who unitarise a pi -> pi pi itself).
    """
    shifted = _at_equal_momentum(s, physics.mass_gev, M_PION_GEV)
    ratios = iam.ratio_to_leading_order(shifted, physics.lecs)
    return {
        name: wave * ratios[name] if name in ratios else wave
        for name, wave in axion_waves_lo(s, physics).items()
    }


# rates option -> partial waves of a pi -> pi pi
AXION_WAVES: dict[str, Callable[..., Waves]] = {
    "lo": axion_waves_lo,
    "gkpy": axion_waves_gkpy,
    "gkpy_raw": axion_waves_raw,
    "iam": axion_waves_iam,
}


def legendre_weights(waves: Waves) -> tuple[Array, Array, Array]:
    """W_l(s), l = 0, 2, 4, of sum |M|^2 / theta^2 = W_0 + W_2 P_2(cos) + W_4 P_4(cos).

    sum |M|^2 = (|T^0|^2 + 3 |T^1|^2 + 5 |T^2|^2) / 6 over a pi0 -> pi+ pi-, a pi+- -> pi+- pi0 and
    a pi0 -> pi0 pi0 (identical pions counted once); terms odd in cos drop out, because the
    statistics of the two final pions is symmetric.
    """

    def even(s_wave: ComplexArray, d_wave: ComplexArray) -> tuple[Array, Array, Array]:
        d2 = np.abs(d_wave) ** 2  # |S + 5 D P_2|^2 in Legendre polynomials
        return (
            np.abs(s_wave) ** 2 + 5.0 * d2,
            10.0 * (s_wave * d_wave.conj()).real + 50.0 / 7.0 * d2,
            90.0 / 7.0 * d2,
        )

    isospin0, isospin2 = even(waves["S0"], waves["D0"]), even(waves["S2"], waves["D2"])
    p2 = np.abs(waves["P"]) ** 2
    norm = (32.0 * np.pi) ** 2 / 6.0
    return (
        norm * (isospin0[0] + 5.0 * isospin2[0] + 9.0 * p2),
        norm * (isospin0[1] + 5.0 * isospin2[1] + 18.0 * p2),
        norm * (isospin0[2] + 5.0 * isospin2[2]),
    )
