"""Conversion of axions into photons, and back, in a magnet of any profile.

Along the magnet (x, relativistic axion of energy ω) the state v = (A_⊥, A_∥, a) obeys

    i dv/dx = [[Δγ, 0, Δ sin θ], [0, Δγ, Δ cos θ], [Δ sin θ, Δ cos θ, q_a]] v

with Δ = g B/2, q_a = m_a²/2ω and Δγ the photon's: Raffelt & Stodolsky, PRD 37 (1988) 1237. Only
q = q_a − Δγ matters. All functions but `saturated_helix_probability` are of first order in g² (the
probability is below 1e-6 in every experiment). A field whose direction turns with θ' = ±q, a helix,
converts resonantly: "axion magnetic resonance", arXiv:2308.10925, of which only the abstract could
be read; the formulae are derived here and tested against the evolution in full.

Fields are transverse; not in: cavities, chirped pitches, fringe fields, whether a magnet can be
built.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array, ComplexArray
from hotaxion.theory.constants import HBAR_C_EV_M, JOULE_EV, TESLA_EV2
from hotaxion.theory.errors import RangeError

_PER_GEV_IN_PER_EV = 1e-9


def field_strength(g_per_gev: ArrayLike, b_tesla: ArrayLike) -> Array:
    """g B [1/m], for a coupling [1/GeV] and a field [T]."""
    per_ev = _PER_GEV_IN_PER_EV * np.asarray(g_per_gev, dtype=float)
    return per_ev * TESLA_EV2 * np.asarray(b_tesla, dtype=float) / HBAR_C_EV_M


def sinc(y: ArrayLike) -> Array:
    """sin(y)/y, 1 at 0 (numpy's own has a π in it)."""
    return np.sinc(np.asarray(y, dtype=float) / np.pi)


def wavenumber_ev(
    m_a_ev: ArrayLike, energy_ev: ArrayLike, m_gamma_ev: ArrayLike = 0.0, n_minus_1: float = 0.0
) -> Array:
    """Mismatch q = (m_a² − m_γ²)/2ω + (n − 1) ω of axion and photon [eV].

    Parameters
    ----------
    m_a_ev, energy_ev : mass and energy of the axion, m_a ≪ ω.
    m_gamma_ev : plasma mass of the photon (X rays in a buffer gas).
    n_minus_1 : refractive index less one, of a gas and visible light.
    """
    m_a, energy, m_gamma = (np.asarray(v, dtype=float) for v in (m_a_ev, energy_ev, m_gamma_ev))
    return (m_a**2 - m_gamma**2) / (2.0 * energy) + n_minus_1 * energy


def resonant_pitch_m(m_a_ev: ArrayLike, energy_ev: ArrayLike) -> Array:
    """Length of a full turn [m] at which the field follows the axion in vacuum: 4πω/m_a²."""
    return 2.0 * np.pi * HBAR_C_EV_M / wavenumber_ev(m_a_ev, energy_ev)


def born_probability(
    x_m: ArrayLike,
    theta_rad: ArrayLike,
    b_tesla: ArrayLike,
    g_per_gev: ArrayLike,
    q_ev: ArrayLike,
    linear: bool = False,
) -> Array:
    """P = (g²/4) Σ_{i=x,y} |∫ B_i e^{−iqx} dx|² of any magnet that consists of pieces.

    In each piece |B| is constant and its direction turns evenly, so the sum is exact.

    Parameters
    ----------
    x_m : ends of the n pieces [m], n + 1 numbers that do not fall; a piece without length is a
        jump of the direction.
    theta_rad : direction of the field at these ends.
    b_tesla : field, one for all pieces or one for each [T].
    g_per_gev, q_ev : any shapes that go together [1/GeV, eV].
    linear : of light polarised along θ = 0 (light through a wall), instead of any polarisation.

    Returns
    -------
    The probability, of the shape of g and q together.
    """
    x, theta = np.asarray(x_m, dtype=float), np.asarray(theta_rad, dtype=float)
    if x.ndim != 1 or x.size < 2 or theta.shape != x.shape or np.any(np.diff(x) < 0.0):
        raise RangeError(
            f"x_m of shape {x.shape} and theta_rad of shape {theta.shape}; needed are the ends of "
            "pieces, ascending, and as many angles."
        )
    q = np.asarray(q_ev, dtype=float)[..., None] / HBAR_C_EV_M
    field = field_strength(1.0, b_tesla)
    sums = []
    for sign in (1.0, -1.0):
        phase = sign * theta - q * x
        change = np.diff(phase, axis=-1)
        middle = np.exp(1j * (phase[..., :-1] + 0.5 * change))
        sums.append(np.sum(field * np.diff(x) * middle * sinc(0.5 * change), axis=-1))
    return np.asarray(g_per_gev, dtype=float) ** 2 * _of_circular(sums[0], sums[1], linear)


def helix_probability(
    length_m: float,
    pitch_m: ArrayLike,
    b_tesla: float,
    g_per_gev: ArrayLike,
    q_ev: ArrayLike,
    linear: bool = False,
    absorption_per_m: float = 0.0,
) -> Array:
    """The same for a field that turns by 2π over `pitch_m`; infinity is a constant field.

    Without absorption P = (gBL)²/8 Σ_± sinc²((q ± θ')L/2), θ' = 2π/pitch; (gBL)²/8 on resonance,
    (gBL/2)² in a constant field as q → 0. With absorption, Γ per metre of the intensity,
    (gB)²/8 Σ_± [1 + e^{−ΓL} − 2e^{−ΓL/2} cos((q ± θ')L)]/[(q ± θ')² + Γ²/4].
    """
    turn = 2.0 * np.pi / np.asarray(pitch_m, dtype=float)
    q = np.asarray(q_ev, dtype=float) / HBAR_C_EV_M
    plus, minus = (
        _amplitude((sign * turn - q) * length_m, 0.5 * absorption_per_m * length_m)
        for sign in (1.0, -1.0)
    )
    scale = (field_strength(g_per_gev, b_tesla) * length_m) ** 2
    return scale * _of_circular(plus, minus, linear)


def saturated_helix_probability(
    length_m: float, pitch_m: ArrayLike, b_tesla: float, g_per_gev: ArrayLike, q_ev: ArrayLike
) -> Array:
    """P = Σ_± (κ/k_±)² sin²(k_± L/2), κ = gB/√2, k_±² = κ² + (q ± θ')²: the helix at any g.

    As long as only one circular polarisation is near its resonance (|θ'| ≫ κ): the other one is
    then small, and both add as if they did not know of each other.
    """
    turn = 2.0 * np.pi / np.asarray(pitch_m, dtype=float)
    q = np.asarray(q_ev, dtype=float) / HBAR_C_EV_M
    kappa = field_strength(g_per_gev, b_tesla) / np.sqrt(2.0)
    phases = [0.5 * length_m * np.hypot(kappa, q + sign * turn) for sign in (1.0, -1.0)]
    return (0.5 * kappa * length_m) ** 2 * (sinc(phases[0]) ** 2 + sinc(phases[1]) ** 2)


def stepped_helix(length_m: float, pitch_m: float, per_turn: int) -> tuple[Array, Array]:
    """Ends and angles, for `born_probability`, of equal dipoles that stand for a helix.

    Parameters
    ----------
    per_turn : dipoles in each turn; 2 is a field of alternating sign.

    Raises
    ------
    RangeError : if the length is no whole number of dipoles.
    """
    count = length_m * per_turn / pitch_m
    n = round(count)
    if n < 1 or abs(count - n) > 1e-9 * n:
        raise RangeError(f"{length_m:g} m holds {count:g} dipoles; needed is a whole number.")
    ends = np.linspace(0.0, length_m, n + 1)
    angles = 2.0 * np.pi / per_turn * np.arange(n)
    return np.repeat(ends, 2)[1:-1], np.repeat(angles, 2)


def step_factor(per_turn: int) -> float:
    """P on resonance of dipoles, over that of the helix: sinc²(π/n), twice that for n = 2.

    A field of alternating sign is resonant for both circular polarisations.
    """
    return float(sinc(np.pi / per_turn) ** 2) * (2.0 if per_turn == 2 else 1.0)


def noise_exponent(q_ev: float, length_m: float, relative_rms: float, domains: int) -> float:
    """D = (q L σ)²/2N, for N domains whose pitches scatter independently by σ (relative)."""
    return float((q_ev / HBAR_C_EV_M * length_m * relative_rms) ** 2 / (2.0 * domains))


def noise_factor(d: ArrayLike) -> Array:
    """Mean of P on resonance over its value without noise: 2(e^{−D} − 1 + D)/D².

    Of an ensemble of magnets; a single one is off by tens of per cent. D from `noise_exponent`.
    """
    d = np.asarray(d, dtype=float)
    series = 1.0 - d / 3.0 + d**2 / 12.0
    safe = np.where(d > 1e-3, d, 1.0)
    return np.where(d > 1e-3, 2.0 * (np.expm1(-safe) + safe) / safe**2, series)


def regenerated_per_hour(
    power_w: float, energy_ev: float, production: ArrayLike, detection: ArrayLike, efficiency: float
) -> Array:
    """Photons per hour behind a wall: (power/ω) P(γ→a) P(a→γ) ε.

    Parameters
    ----------
    power_w : of the light in the first magnet, with its cavity [W].
    energy_ev : of a photon, ω.
    production, detection : probabilities, in proportion to g² each.
    efficiency : of what comes after.
    """
    photons = 3600.0 * power_w * JOULE_EV / energy_ev
    return photons * efficiency * np.asarray(production) * np.asarray(detection)


def _of_circular(plus: ComplexArray, minus: ComplexArray, linear: bool) -> Array:
    """P/g² from the amplitudes ∫ B e^{i(±θ−qx)} dx: ½(|I₊|²+|I₋|²)/4, or |(I₊+I₋)/2|²/4."""
    if linear:
        return 0.25 * np.abs(0.5 * (plus + minus)) ** 2
    return 0.125 * (np.abs(plus) ** 2 + np.abs(minus) ** 2)


def _amplitude(phase: Array, damping: float) -> ComplexArray:
    """∫₀¹ e^{iφt − D(1−t)} dt, without round-off at φ = D = 0."""
    if damping == 0.0:
        return np.exp(0.5j * phase) * sinc(0.5 * phase)
    z = 1j * phase + damping
    return (np.exp(1j * phase) - np.exp(-damping)) / z
