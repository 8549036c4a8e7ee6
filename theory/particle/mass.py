"""Mass and decay constant of one axion: tied by QCD, or independent (model alp), and up to where.

Of model alp a mass of its own adds to that of QCD, or takes from it. Gluons and pions make it as
they make the QCD axion of the same f_a, while its mass is small beside theirs and the temperature.
"""

from __future__ import annotations

import math

from hotaxion.theory.checks import number
from hotaxion.theory.constants import (
    ALPHA_EM,
    HBAR_EV_S,
    M_A_F_A_EV_GEV,
    M_PION_GEV,
    SECONDS_PER_YEAR,
)
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, Couplings, f_a_gev
from hotaxion.theory.particle.low_energy import LowEnergyOptions, photon_coefficient

# Of model alp. At 1 keV: m_a/T = 1e-4 where rates end (8 MeV); the energy of axions that left the
# plasma at the QCD crossover is 0.1 % above that of massless ones at the end of nucleosynthesis
# (photons of 30 keV).
M_A_ALP_MAX_EV = 1e3
# The pi0 is resolved from the axion, and is a pion: leading order in the angle, whose square rates
# have.
_LEAST_DISTANCE, _LARGEST_ANGLE = 0.1, 0.1
AGE_S = 13.8e9 * SECONDS_PER_YEAR  # of the universe; Planck 2018, 1807.06209
_LEAST_AGES = 100.0  # lifetime: 1 % of the axions is gone today, less than the rates are known to
_GLUONS_ALONE = LowEnergyOptions(model="alp")


def qcd_mass_ev(f_a: float) -> float:
    """Mass [eV] of the QCD axion of this decay constant [GeV]; the inverse of `f_a_gev`.

    Raises RangeError unless f_a is positive and the mass M_A_LEAST_EV or more.
    """
    greatest = M_A_F_A_EV_GEV / M_A_LEAST_EV
    mass = M_A_F_A_EV_GEV / number("f_a", f_a, 0.0, greatest * (1 + 1e-12), "GeV", above=True)
    return max(mass, M_A_LEAST_EV)


def mass_and_f_a(axion: Couplings, m_a_ev: float | None, f_a: float | None) -> tuple[float, float]:
    """Mass [eV] and f_a [GeV] from what is given: one of them, for model alp both.

    Raises RangeError for one too many or few, and as `f_a_gev`, `qcd_mass_ev`, `check_alp`.
    """
    if axion.model == "alp":
        if m_a_ev is None or f_a is None:
            raise RangeError(
                "model alp: mass and decay constant are independent; give m_a and f_a."
            )
        check_alp(axion, m_a_ev, f_a)
        return float(m_a_ev), float(f_a)
    if m_a_ev is not None and f_a is None:
        return float(m_a_ev), f_a_gev(m_a_ev)
    if f_a is not None and m_a_ev is None:
        return qcd_mass_ev(f_a), float(f_a)
    raise RangeError(
        f"model {axion.model}: m_a f_a = {M_A_F_A_EV_GEV:g} eV GeV; give either m_a or f_a (or "
        "choose model alp, where they are independent)."
    )


def check_alp(
    axion: Couplings, m_a_ev: float, f_a: float, photons: LowEnergyOptions = _GLUONS_ALONE
) -> None:
    """Refuse a mass [eV] with which relics of f_a [GeV] are not those of the QCD axion of this f_a.

    Parameters
    ----------
    photons : what the coupling to photons follows from; by default the gluon coupling alone.

    Raises RangeError where the axion is no small admixture of the pion, not relativistic in the
    early universe (above M_A_ALP_MAX_EV), or decays.
    """
    mixing_angle(axion, m_a_ev, f_a)
    if m_a_ev > M_A_ALP_MAX_EV:
        raise RangeError(
            f"m_a = {m_a_ev:g} eV of model alp; allowed is a number from 0 to {M_A_ALP_MAX_EV:g} "
            "eV, so that it is relativistic until nucleosynthesis ends."
        )
    lifetime = lifetime_s(axion, m_a_ev, f_a, photons)
    if lifetime < _LEAST_AGES * AGE_S:
        raise RangeError(
            f"lifetime = {lifetime:.2g} s of an axion of m_a = {m_a_ev:g} eV and f_a = {f_a:.3g} "
            f"GeV; allowed is a number from {_LEAST_AGES * AGE_S:.2g} s, {_LEAST_AGES:g} ages of "
            "the universe: its decay to photons is neglected. Take a lighter one or a larger f_a."
        )


def mixing_angle(axion: Couplings, m_a_ev: float, f_a: float) -> float:
    """Angle between axion and pi0, (3/2) C_a_pi (f_pi/f_a) / (1 - m_a^2/m_pi^2), with its sign.

    Leading-order ChPT in the basis where the two mix by their mass matrix (isospin-symmetric
    phases of the quarks), in which its square multiplies the rates of pions:
    m_a^2 = m_QCD^2 + M^2 moves only the denominator. The rates of this package leave that out:
    below M_A_ALP_MAX_EV it is 1 within 1e-10.

    Raises RangeError near the mass of the pion, and where the angle is not small.
    """
    mass, decay_constant = (
        number("m_a", m_a_ev, 0.0, unit="eV"),
        number("f_a", f_a, 0.0, unit="GeV", above=True),
    )
    distance = 1.0 - (mass * 1e-9 / M_PION_GEV) ** 2
    if abs(distance) < _LEAST_DISTANCE:
        raise RangeError(
            f"m_a = {mass:g} eV is too near the mass of the pion, {1e9 * M_PION_GEV:g} eV, with "
            f"which it mixes; 1 - (m_a/m_pi)^2 must be {_LEAST_DISTANCE:g} or more in magnitude."
        )
    angle = axion.theta_times_f_a_gev / (decay_constant * distance)
    if abs(angle) > _LARGEST_ANGLE:
        raise RangeError(
            f"mixing of axion and pion = {abs(angle):.3g}; allowed is a number from 0 to "
            f"{_LARGEST_ANGLE:g}: take a larger f_a."
        )
    return angle


def lifetime_s(
    axion: Couplings, m_a_ev: float, f_a: float, photons: LowEnergyOptions = _GLUONS_ALONE
) -> float:
    """Lifetime [s] against the decay to two photons, 64 pi / (g_agamma^2 m_a^3) (1110.2895).

    g_agamma = alpha C_agamma / (2 pi f_a), `photons` as of `check_alp`; infinite without one.
    """
    g_agamma = ALPHA_EM / (2.0 * math.pi) * photon_coefficient(photons, axion) / f_a
    width_ev = g_agamma**2 * 1e-18 * m_a_ev**3 / (64.0 * math.pi)
    return HBAR_EV_S / width_ev if width_ev > 0.0 else math.inf
