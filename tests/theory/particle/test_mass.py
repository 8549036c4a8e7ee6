"""Why this test exists: an ALP is the QCD axion with another mass only up to where that mass stays
small beside pions and temperatures and the ALP lives; outside it must be refused, not computed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hotaxion.theory.constants import F_PION_GEV, HBAR_EV_S, M_PION_GEV, T_CMB_EV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import couplings, f_a_gev
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy
from hotaxion.theory.particle.mass import (
    AGE_S,
    M_A_ALP_MAX_EV,
    check_alp,
    lifetime_s,
    mass_and_f_a,
    mixing_angle,
    qcd_mass_ev,
)
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import T_NCDM_RATIO

ALP, KSVZ = couplings("alp"), couplings()
COARSE = {"step": 0.1, "momenta": 40}


@pytest.mark.parametrize("mass", [1e-12, 1e-5, 0.3, 10.0])
def test_mass_and_f_a_of_qcd_are_one(mass):
    assert qcd_mass_ev(f_a_gev(mass)) == pytest.approx(mass, rel=1e-15)
    assert mass_and_f_a(KSVZ, mass, None) == (mass, f_a_gev(mass))
    assert mass_and_f_a(KSVZ, None, f_a_gev(mass)) == pytest.approx((mass, f_a_gev(mass)))


@pytest.mark.parametrize("m_a", [0.0, 3.0, 5e7, 1.3e8, 1.5e8, 1e9])
def test_angle_is_that_of_the_mass_matrix(m_a):
    """The eigenvector of the two squared masses; the angle has the sign of m_pi - m_a."""
    f_a = 1e4
    given = 1.5 * ALP.c_a_pi * F_PION_GEV / f_a * M_PION_GEV**2  # off the diagonal
    if abs(1.0 - (m_a * 1e-9 / M_PION_GEV) ** 2) < 0.1:
        with pytest.raises(RangeError, match="too near the mass of the pion"):
            mixing_angle(ALP, m_a, f_a)
        return
    _, states = np.linalg.eigh([[(m_a * 1e-9) ** 2, given], [given, M_PION_GEV**2]])
    pion_part, axion_part = states[:, np.argmax(np.abs(states[0]))][::-1]
    exact = abs(pion_part / axion_part) * math.copysign(1.0, M_PION_GEV - m_a * 1e-9)
    assert abs(mixing_angle(ALP, m_a, f_a)) == pytest.approx(abs(exact), rel=1e-4)
    assert math.copysign(1.0, mixing_angle(ALP, m_a, f_a)) == math.copysign(1.0, exact)


def test_rates_need_not_know_the_mass():
    """What they leave out of the mixing, squared, at the greatest mass of relics."""
    heavy, light = (mixing_angle(ALP, m, 1e8) ** 2 for m in (M_A_ALP_MAX_EV, 0.0))
    assert 0.0 < heavy / light - 1.0 < 2e-10


def test_lifetime():
    """A coupling of 1e-10/GeV at 1 eV: 1.32e25 s (1110.2895); and by the width in GeV."""
    g = abs(low_energy(options=LowEnergyOptions(model="alp"), f_a=1e7).g_agamma)
    found = lifetime_s(ALP, 1.0, 1e7)
    assert found * (g / 1e-10) ** 2 == pytest.approx(1.323e25, rel=1e-3)
    width_gev = g**2 * 1e-27 / (64.0 * math.pi)
    assert found == pytest.approx(HBAR_EV_S * 1e-9 / width_gev, rel=1e-12)
    assert lifetime_s(ALP, 2.0, 1e7) == pytest.approx(found / 8.0)
    assert lifetime_s(ALP, 0.0, 1e7) == math.inf
    assert lifetime_s(couplings("alp", values={"c_g": 0.0}), 1.0, 1e7) == math.inf


def test_lifetime_with_another_coupling_to_photons():
    """E/N = 8/3: (8/3 - 1.92)^2 of what the gluons alone give, 1.92^2, and other borders."""
    photons = LowEnergyOptions(model="alp", E_over_N=8.0 / 3.0)
    ratio = lifetime_s(ALP, 1.0, 1e7, photons) / lifetime_s(ALP, 1.0, 1e7)
    assert ratio == pytest.approx((1.92 / (8.0 / 3.0 - 1.92)) ** 2)
    check_alp(ALP, 100.0, 3e7, photons)
    with pytest.raises(RangeError, match="its decay to photons is neglected"):
        check_alp(ALP, 100.0, 3e7)


@pytest.mark.parametrize(
    ("m_a", "f_a", "words"),
    [
        (1001.0, 1e12, "allowed is a number from 0 to 1000 eV"),
        (1.38e8, 1e12, "too near the mass of the pion"),
        (1.0, 0.01, "mixing of axion and pion"),
        (100.0, 1e7, "its decay to photons is neglected"),
        (-1.0, 1e8, "allowed is a finite number from 0 eV on"),
        (1.0, 0.0, "allowed is a finite number above 0 GeV"),
    ],
)
def test_what_is_no_relic_of_this_kind_is_refused(m_a, f_a, words):
    with pytest.raises(RangeError, match=words):
        check_alp(ALP, m_a, f_a)


def test_the_border_of_decays():
    """Where 1 % are gone today."""
    border = 1e7 * math.sqrt(100.0 * AGE_S / lifetime_s(ALP, 100.0, 1e7))
    check_alp(ALP, 100.0, 1.01 * border)
    with pytest.raises(RangeError, match="lifetime"):
        check_alp(ALP, 100.0, 0.99 * border)


@pytest.mark.parametrize(("model", "m_a", "f_a"), [("alp", 1.0, None), ("alp", None, 1e8)])
def test_an_alp_needs_both(model, m_a, f_a):
    with pytest.raises(RangeError, match="independent; give"):
        mass_and_f_a(couplings(model), m_a, f_a)


@pytest.mark.parametrize(("m_a", "f_a"), [(0.1, 1e8), (None, None)])
def test_the_qcd_axion_takes_one(m_a, f_a):
    with pytest.raises(RangeError, match="give either m_a or f_a"):
        mass_and_f_a(KSVZ, m_a, f_a)


# --- relics ------------------------------------------------------------------------------------


def test_relics_of_an_alp_are_those_of_its_f_a():
    alp, qcd = Abundance(model="alp", **COARSE), Abundance(**COARSE)
    same, massless, heavy = (alp(m, 1e8) for m in (qcd_mass_ev(1e8), 0.0, 100.0))
    one = qcd(f_a=1e8)
    assert one.m_a_ev == pytest.approx(0.05691)
    for relic in (same, massless, heavy):
        assert np.array_equal(relic.psd.f, one.psd.f)
        assert relic.delta_neff == one.delta_neff
    assert same.omega_a_h2 == pytest.approx(one.omega_a_h2, rel=1e-12)
    # Cold today: mass times number.
    assert heavy.omega_a_h2 == pytest.approx(10.0 * alp(10.0, 1e8).omega_a_h2, rel=1e-6)
    with pytest.raises(RangeError, match="m_a = 100"):
        qcd(100.0)
    with pytest.raises(RangeError, match="f_a = 100000"):
        alp(1.0, 1e5)


def test_only_the_coupling_over_f_a_matters():
    """c_g / f_a: the reason why bounds are on f_a/C."""
    weak, strong = (
        Abundance(model="alp", couplings={"c_g": c_g}, **COARSE)(1.0, c_g * 5e7) for c_g in (1, 2)
    )
    assert strong.delta_neff == pytest.approx(weak.delta_neff, rel=1e-9)


def test_the_heaviest_is_relativistic_until_nucleosynthesis_ends():
    """Energy of 1 keV axions over that of massless ones when photons have 30 keV."""
    psd = Abundance(model="alp", **COARSE)(M_A_ALP_MAX_EV, 5e9).psd
    momenta = psd.q * T_NCDM_RATIO * T_CMB_EV * (3e4 / T_CMB_EV)  # [eV]
    number = psd.weights * psd.q**2 * psd.f
    ratio = number @ np.hypot(momenta, M_A_ALP_MAX_EV) / (number @ momenta)
    assert 1.0 < ratio < 1.002
