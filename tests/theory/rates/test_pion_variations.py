"""Why this test exists: the pion mass, the low-energy constants and the knots of the crossover are
options whose effect on the rate must be that of the formulae, not of an interpolation."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import M_PION_CHARGED_GEV, M_PION_NEUTRAL_GEV
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.rates import gluons, iam, pions, pipi
from hotaxion.theory.rates.pipi import PionPhysics
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance

OTHER_LECS = iam.LowEnergyConstants(l1=-0.4, l2=6.0)
CHOICES = [
    ("gkpy", PionPhysics(M_PION_NEUTRAL_GEV)),
    ("gkpy_raw", PionPhysics(M_PION_NEUTRAL_GEV)),
    ("lo", PionPhysics(M_PION_CHARGED_GEV)),
    ("iam", PionPhysics(M_PION_CHARGED_GEV, OTHER_LECS)),
]


@pytest.mark.parametrize(("rates", "physics"), CHOICES)
def test_correction_against_quadrature(rates, physics):
    rng = np.random.default_rng(1)
    for _ in range(25):
        t, x = np.exp(rng.uniform(np.log([0.02, 0.05]), np.log([0.199, 40.0])))
        exact = pions.relaxation_rate(x * t, t, rates, physics)
        exact /= pions.relaxation_rate(x * t, t, rates)
        table = pions.pion_correction(np.array([t]), np.array([x]), rates, physics)[0, 0]
        assert table == pytest.approx(np.log(exact), abs=2.5e-3)


def test_no_variation_costs_nothing():
    t, x = np.array([0.05, 0.1]), np.array([1.0, 2.0, 3.0])
    assert not pions.pion_correction(t, x, "gkpy", PionPhysics()).any()


def test_lighter_pions_make_more_axions():
    """Mostly by the Boltzmann factor, hence more at low temperature."""
    t, x = np.array([0.03, 0.06, 0.12]), np.array([3.0])
    light = pions.pion_correction(t, x, "gkpy", PionPhysics(M_PION_NEUTRAL_GEV))[:, 0]
    heavy = pions.pion_correction(t, x, "gkpy", PionPhysics(M_PION_CHARGED_GEV))[:, 0]
    assert (np.diff(light) < 0).all()
    assert (light > 0).all()
    # the average is that of two charged and one neutral pion
    assert heavy == pytest.approx(-light / 2.0, rel=0.1)


def test_share_of_high_energies_behind_the_ranges_of_validity():
    """Of the mean rate: gkpy, sqrt(s) > 1 GeV, 1, 3, 7 % at 90, 120, 150 MeV, > 1.42 GeV (end of
    the data) 0.5 % at 150 MeV; iam, > 1.2 GeV, 1 % at 120 MeV."""
    y, w = np.polynomial.legendre.leggauss(20)
    x = 10.0 * (y + 1.0) ** 2 + 0.01
    weight = w * (y + 1.0) * x**2 / np.expm1(x)

    def above(rates: str, t: float, cut: float) -> float:
        def mean(highest: float) -> float:
            waves = pipi.AXION_WAVES[rates]

            def weights(s):
                keep = s * t**2 < highest**2
                return tuple(keep * part for part in pipi.legendre_weights(waves(s * t**2)))

            mass = pipi.M_PION_GEV / t
            loss = [pions.pion_loss(e, mass, weights, (48, 96, 8)) for e in x]
            return weight @ (loss * np.exp(-pions.omega_min(x, mass)) * -np.expm1(-x))

        return 1.0 - mean(cut) / mean(np.inf)

    assert above("gkpy", 0.09, 1.0) == pytest.approx(0.01, abs=0.003)
    assert above("gkpy", 0.12, 1.0) == pytest.approx(0.034, abs=0.004)
    assert above("gkpy", 0.15, 1.0) == pytest.approx(0.07, abs=0.005)
    assert above("gkpy", 0.15, 1.42) == pytest.approx(0.005, abs=0.002)
    assert above("iam", 0.12, 1.2) == pytest.approx(0.011, abs=0.003)


def test_low_energy_constants_reach_the_abundance():
    """The rho moves by 40 MeV between these two sets; Delta N_eff by a per cent."""
    default, other = Abundance(rates="iam"), Abundance(rates="iam", lecs={"l1": -0.4, "l2": 6.0})
    ratio = other(0.2).delta_neff / default(0.2).delta_neff
    assert ratio == pytest.approx(1.015, abs=0.003)


def test_knots_are_the_sphaleron_variant_made_by_hand():
    knots = dict(zip(gluons.LATTICE_T_GEV, np.exp(gluons.LATTICE_LOG_RATE), strict=True))
    by_hand = Abundance(knots=knots)
    named = Abundance(gluons="sphaleron")
    for m_a in (0.03, 0.2):
        assert by_hand(m_a).delta_neff == pytest.approx(named(m_a).delta_neff, rel=1e-12)


def test_interpolation_passes_through_the_knots():
    rate = TotalRate(couplings(), knots={1.0: 7e-4, 0.5: 1.2e-3}, gluon_scale=2.0)
    x = np.array([0.3, 3.0])
    at_knots = np.exp(rate.log_rate(np.array([0.5, 1.0]), x))
    assert at_knots == pytest.approx(2.0 * np.array([[1.2e-3] * 2, [7e-4] * 2]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(m_pion=0.1349), "0.13498"),
        (dict(m_pion=float("nan")), "0.13498"),
        (dict(lecs={"l1": 0.2}), "rates: iam"),
        (dict(rates="iam", lecs={"l1": 3.0}), "-2 to 2"),
        (dict(rates="iam", lecs={"l2": float("nan")}), "4.5 to 7.5"),
        (dict(knots={0.1: 1e-3}), "= 0.1; allowed is a number from 0.15015 to 1.998 GeV"),
        (dict(knots={0.5: -1e-3}), "rate at 0.5 GeV = -0.001; allowed"),
        (dict(knots={0.5: 1e-3, 0.5001: 2e-3}), "closer than a factor 1.001"),
        (dict(knots={0.5: 1e-3}, gluons="none"), "gluons: htl"),
        (dict(knots={0.5: 1e-3}, gluons="sphaleron"), "gluons: htl"),
    ],
)
def test_ranges(options, message):
    with pytest.raises(RangeError, match=message):
        Abundance(**options)


def test_unknown_constant():
    with pytest.raises(UnknownOptionError, match="low-energy constant"):
        Abundance(rates="iam", lecs={"l5": 1.0})
