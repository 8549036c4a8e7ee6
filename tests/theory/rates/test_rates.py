"""Why this test exists: the production rate is the physics; nothing downstream can repair it."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import F_PION_GEV, M_PION_GEV
from hotaxion.theory.errors import MissingDataError, RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.particle.running import alpha_s, thermal_coupling
from hotaxion.theory.rates import gluons, pions, pipi, tables
from hotaxion.theory.rates.collision import pion_loss
from hotaxion.theory.rates.total import TotalRate

from ..reference_values import (
    ALPHA_S_2PIT,
    DELTA_00_MINUS_20_AT_KAON_MASS_DEG,
    GLUON_RATES,
    GLUON_RATES_TOLERANCE,
    GRAF_STEFFEN_CONSTANT,
    LO_COEFFICIENT_CROSSOVER,
    LO_COEFFICIENT_MASSLESS,
    LO_COEFFICIENT_TOLERANCE,
    MEAN_GLUON_RATES,
    MEAN_PION_RATES,
    MEAN_PION_RATES_TOLERANCE,
    PHASES_DEG,
    PHASES_TOLERANCE,
    PION_RATES,
    PION_RATES_TOLERANCE,
    SCATTERING_LENGTHS,
    SCATTERING_LENGTHS_PROTOTYPE,
)

KSVZ = couplings()


# --- pi pi phase shifts -------------------------------------------------------------------


@pytest.mark.parametrize(("wave", "energy"), PHASES_DEG)
def test_phase_shifts(wave, energy):
    phase = {"S0": pipi.delta_s0, "P": pipi.delta_p, "S2": pipi.delta_s2}[wave]
    degrees = np.degrees(phase(np.array(energy**2)))
    assert degrees == pytest.approx(PHASES_DEG[wave, energy], rel=PHASES_TOLERANCE)


def test_scattering_lengths():
    mass = 0.13957
    s = np.array(4 * mass**2 + 1e-7)
    k = np.sqrt(s / 4 - mass**2) / mass
    values = {
        "a00": np.tan(pipi.delta_s0(s)) / k,
        "a20": np.tan(pipi.delta_s2(s)) / k,
        "a11": np.tan(pipi.delta_p(s)) / k**3,
    }
    for name, (published, error) in SCATTERING_LENGTHS.items():
        assert abs(values[name] - published) < 0.5 * error
    assert values == pytest.approx(SCATTERING_LENGTHS_PROTOTYPE, rel=PHASES_TOLERANCE)


def test_phase_difference_seen_in_kaon_decays():
    s = np.array(0.497611**2)
    published, error = DELTA_00_MINUS_20_AT_KAON_MASS_DEG
    difference = float(np.degrees(pipi.delta_s0(s) - pipi.delta_s2(s)))
    assert abs(difference - published) < error
    assert difference == pytest.approx(47.7, rel=PHASES_TOLERANCE)


@pytest.mark.parametrize("phase", [pipi.delta_s0, pipi.delta_p, pipi.delta_s2])
def test_phases_are_continuous_where_their_pieces_meet(phase):
    for meeting in (0.85, 0.992):
        below, above = phase(np.array([(meeting - 1e-9) ** 2, (meeting + 1e-9) ** 2]))
        # at the kaon threshold S0 has a square-root cusp: 4e-4 rad over this distance
        assert above == pytest.approx(below, abs=1e-3)


def test_unitarity_of_the_partial_waves():
    s = np.linspace(0.3, 1.38, 50) ** 2
    rho = np.sqrt(1 - 4 * M_PION_GEV**2 / s)
    for name, wave in pipi.pipi_waves(s).items():
        excess = wave.imag - rho * np.abs(wave) ** 2  # (1 - eta^2) / (4 rho) >= 0
        assert (excess > -1e-12).all()
        if name != "S0":
            assert np.abs(excess).max() < 1e-12


def test_watson_variant_keeps_the_phase_of_pi_pi():
    s = np.linspace(0.3, 0.9, 30) ** 2
    data, axion = pipi.pipi_waves(s), pipi.axion_waves_gkpy(s)
    for name in ("S0", "P", "S2"):
        ratio = axion[name] / data[name]
        assert np.abs(ratio.imag).max() < 1e-12
        assert (ratio.real > 0).all()


def test_leading_order_matrix_element():
    """sum |M|^2 / theta^2 = (s^2 + t^2 + u^2 - 3 m^4) / f^4 at any angle."""
    m2 = M_PION_GEV**2
    s = np.linspace(4.2 * m2, 60 * m2, 7)
    w0, w2, w4 = pipi.legendre_weights(pipi.axion_waves_lo(s))
    for cos in (0.0, 0.4, -0.9, 1.0):
        t_minus_u = (s - m2) * np.sqrt(1 - 4 * m2 / s) * cos
        t = 0.5 * (3 * m2 - s + t_minus_u)
        u = 3 * m2 - s - t
        expected = (s**2 + t**2 + u**2 - 3 * m2**2) / F_PION_GEV**4
        legendre = np.polynomial.legendre.legval(cos, [1, 0, 0]), 0.5 * (3 * cos**2 - 1)
        assert w0 * legendre[0] + w2 * legendre[1] == pytest.approx(expected, rel=1e-12)
    assert not w4.any()


# --- pions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", PION_RATES)
def test_pion_rate_by_quadrature(rates):
    for x, value in PION_RATES[rates].items():
        rate = pions.relaxation_rate(0.1 * x, 0.1, rates)
        assert rate == pytest.approx(value, rel=PION_RATES_TOLERANCE[rates])


@pytest.mark.parametrize("rates", ["lo", "gkpy"])
def test_pion_quadrature_converged(rates):
    waves = pipi.AXION_WAVES[rates]
    for t, x in ((0.03, 0.5), (0.1, 1.0), (0.15, 8.0)):
        args = x, M_PION_GEV / t, lambda s, t=t: pipi.legendre_weights(waves(s * t**2))
        assert pion_loss(*args) == pytest.approx(pion_loss(*args, (96, 96, 16)), rel=5e-4)


def _massive_lo_coefficient(mass: float) -> float:
    """Mean loss rate / [T^5 (C/(f_a f_pi))^2] of (9/4)(...)[s^2+t^2+u^2-3m^4], mass in T."""
    x, w = np.polynomial.legendre.leggauss(60)
    x, w = 0.5 * (x + 1) * 25 + 1e-3, 12.5 * w

    def weights(s: np.ndarray) -> tuple[np.ndarray, ...]:
        beta2 = 1 - 4 * mass**2 / s
        constant = s**2 + 0.5 * (3 * mass**2 - s) ** 2 - 3 * mass**4
        angular = 0.5 * (s - mass**2) ** 2 * beta2  # times cos^2 = 1/3 + 2/3 P_2
        return 9 / 4 * (constant + angular / 3), 9 / 4 * angular * 2 / 3, 0 * s

    from hotaxion.theory.rates.collision import omega_min

    loss = [pion_loss(e, mass, weights) * np.exp(-omega_min(e, mass)) for e in x]
    weight = w * x**2 / np.expm1(x)
    return float(weight @ loss / weight.sum())


def test_published_coefficients_of_the_leading_order_rate():
    massless = _massive_lo_coefficient(1e-4)
    assert massless == pytest.approx(LO_COEFFICIENT_MASSLESS, rel=LO_COEFFICIENT_TOLERANCE)
    crossover = _massive_lo_coefficient(137 / 154.5)
    assert crossover == pytest.approx(LO_COEFFICIENT_CROSSOVER, rel=LO_COEFFICIENT_TOLERANCE)


@pytest.mark.parametrize("rates", MEAN_PION_RATES)
def test_mean_pion_rates_from_the_tables(rates):
    rate = TotalRate(KSVZ, rates=rates)
    for t, values in MEAN_PION_RATES[rates].items():
        for loss, value in zip((False, True), values, strict=True):
            if value is not None:
                mean = np.exp(rate.log_mean_rate(np.array([t]), loss))[0]
                mean *= t**3 / KSVZ.theta_times_f_a_gev**2
                assert mean == pytest.approx(value, rel=MEAN_PION_RATES_TOLERANCE)


def test_unknown_pion_rate():
    with pytest.raises(UnknownOptionError, match="Did you mean 'gkpy'"):
        pions.log_scaled_loss(1.0, 0.1, "gkyp")
    with pytest.raises(UnknownOptionError, match="gkpy_raw"):
        TotalRate(KSVZ, rates="nlo")


# --- gluons --------------------------------------------------------------------------------


@pytest.mark.parametrize(("g", "x"), GLUON_RATES)
def test_gluon_rate_by_quadrature(g, x):
    rate = gluons.relaxation_rate_htl(x, g, 6.0)
    assert rate == pytest.approx(GLUON_RATES[g, x], rel=GLUON_RATES_TOLERANCE)


def test_weak_coupling_limit_is_graf_and_steffen():
    """The bracket of their rate, ln(T^2/m_g^2) + 0.406, is approached linearly in g."""
    y, w = np.polynomial.legendre.leggauss(20)
    x = 0.02 + 5.0 * (y + 1.0) ** 2  # energies up to 20 T
    weight = w * (y + 1.0) * x**2 / np.expm1(x)
    difference = {}
    for g in (0.1, 0.2):
        mean = weight @ [gluons.relaxation_rate_htl(e, g, 6.0) for e in x] / weight.sum()
        m_g2 = g**2 * 2.0 / 3.0
        bracket = mean * 64 * np.pi**5 / g**6
        difference[g] = bracket - (np.log(1 / m_g2) + GRAF_STEFFEN_CONSTANT)
    extrapolated = 2 * difference[0.1] - difference[0.2]
    assert 0.03 < difference[0.1] < 0.08
    assert extrapolated == pytest.approx(0.0, abs=0.02)


def test_running_coupling_and_flavours():
    for t, value in ALPHA_S_2PIT.items():
        assert alpha_s(2 * np.pi * t) == pytest.approx(value, abs=6e-4)
    assert alpha_s(1.77686) == pytest.approx(0.32, abs=0.015)  # tau decays: 0.312(15), PDG
    assert thermal_coupling(0.5)[1] < thermal_coupling(5.0)[1] < thermal_coupling(900.0)[1] < 6.0
    assert thermal_coupling(900.0)[1] == pytest.approx(6.0, abs=0.03)
    with pytest.raises(RangeError, match=r"0\.9 GeV"):
        alpha_s(0.5)


def test_mean_gluon_rates_from_the_table():
    rate = TotalRate(KSVZ)
    for t, value in MEAN_GLUON_RATES.items():
        assert np.exp(rate.log_mean_rate(np.array([t])))[0] == pytest.approx(value, rel=0.01)


# --- tables and crossover -------------------------------------------------------------------


@pytest.mark.parametrize("rates", list(pipi.AXION_WAVES))
def test_pion_table_against_the_integral(rates):
    rng = np.random.default_rng(20260101)
    for _ in range(25):
        t, x = np.exp(rng.uniform(np.log([0.02, 0.05]), np.log([0.199, 40.0])))
        tabulated = pions.pion_log_rate(np.array([t]), np.array([x]), rates)[0, 0]
        direct = np.log(pions.relaxation_rate(x * t, t, rates) / t)
        assert tabulated == pytest.approx(direct, abs=2e-3)


def test_gluon_table_against_the_integral():
    rng = np.random.default_rng(7)
    for _ in range(12):
        t, x = np.exp(rng.uniform(np.log([1.1, 0.01]), np.log([900.0, 70.0])))
        tabulated = gluons.gluon_log_rate(np.array([t]), np.array([x]))[0, 0]
        assert tabulated == pytest.approx(gluons.log_scaled_rate(x, t), abs=5e-4)


def test_tables_are_never_extrapolated():
    one = np.array([1.0])
    for t, x in ((0.0079, 1.0), (0.21, 1.0), (0.1, 0.004), (0.1, 81.0), (float("nan"), 1.0)):
        with pytest.raises(RangeError, match=r"covers .* never extrapolated"):
            pions.pion_log_rate(t * one, x * one)
    with pytest.raises(RangeError, match=r"covers .* never extrapolated"):
        gluons.gluon_log_rate(1e4 * one, one)
    with pytest.raises(RangeError, match=r"known from 0\.008 to 0\.15 GeV"):
        TotalRate(KSVZ, gluons="none").log_rate(np.array([0.2]), one)


def test_missing_table_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    with pytest.raises(MissingDataError, match="make_tables"):
        tables.load_table("pions.npz")


def test_crossover_joins_both_sides():
    rate, x = TotalRate(KSVZ), np.array([0.5, 3.0, 10.0])
    edge, end = rate.options.T_pion, rate.options.T_gluon
    for t in (edge, end):
        below, above = rate.log_rate(t * np.array([1 - 1e-6, 1 + 1e-6]), x)
        assert above == pytest.approx(below, abs=1e-4)
    # Monotone between its end values: no wiggle of the interpolation.
    t = np.geomspace(edge, end, 50)
    values = rate.log_rate(t, x)
    assert (np.sign(np.diff(values, axis=0)) == np.sign(values[-1] - values[0])).all()


def test_rates_scale_with_the_coupling():
    """Gamma is proportional to C_a_pi^2 below the crossover and blind to it above 2 GeV."""
    strong, x = couplings("dfsz1", 3.0), np.array([1.0, 5.0])
    t = np.array([0.05, 5.0])
    ratio = TotalRate(strong, fermions=False).log_rate(t, x) - TotalRate(KSVZ).log_rate(t, x)
    assert ratio[0] == pytest.approx(2 * np.log(strong.c_a_pi / KSVZ.c_a_pi))
    assert ratio[1] == pytest.approx(0.0, abs=1e-12)


def test_wrong_gluon_options():
    with pytest.raises(UnknownOptionError, match="Did you mean 'htl'"):
        TotalRate(KSVZ, gluons="hlt")
    for scale in (0.0, -1.0, float("nan")):
        with pytest.raises(RangeError, match="gluon_scale"):
            TotalRate(KSVZ, gluon_scale=scale)
