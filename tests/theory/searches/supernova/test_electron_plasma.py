"""Why this test exists: all resonances follow from one plasma, whose limits are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotaxion.theory.constants import ALPHA_EM
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.electron_plasma import M_ELECTRON_MEV, ElectronPlasma
from hotaxion.theory.searches.supernova.profiles import nucleon_density_mev3

from ... import reference_values_companions as ref


def plasma(omega_p: float, deficit: float) -> ElectronPlasma:
    return ElectronPlasma(*map(np.array, (omega_p, deficit, 0.0, 0.0)))


def test_numbers_of_the_design():
    found = ElectronPlasma.of(nucleon_density_mev3(1.5e8), 1.66)
    values = (found.omega_p, found.v_star, found.mu, found.pressure)
    assert_allclose(values, ref.ELECTRON_PLASMA, rtol=0.003)
    slowness = 1.0 - (1.5 / 2.0) ** 2
    assert plasma(0.5, 1.0 - 0.9**2).transverse(slowness) == pytest.approx(
        ref.TRANSVERSE_PI, rel=1e-4
    )


@pytest.mark.parametrize(("n", "t"), [(2e-6, 0.02), (0.05, 0.7), (40.0, 5.0), (1e5, 10.0)])
def test_density_and_pressure_by_adaptive_quadrature(n, t):
    """The found μ gives back the density; the pressure is T ∫ p² ln(1 + e^(...)) dp/π²."""
    found = ElectronPlasma.of(n, t)
    mu = float(found.mu)
    fermi = np.sqrt(max(mu**2 - M_ELECTRON_MEV**2, 0.0))
    end = np.hypot(fermi, 60.0 * t) + 10.0 * np.sqrt(t)

    def energy(p):
        return np.hypot(p, M_ELECTRON_MEV)

    def net(p):
        plus, minus = ((energy(p) - s * mu) / t for s in (1, -1))
        return p**2 / np.pi**2 * (0.5 * (np.tanh(0.5 * minus) - np.tanh(0.5 * plus)))

    def logs(p):
        return p**2 * sum(np.logaddexp(0.0, -(energy(p) - s * mu) / t) for s in (1, -1))

    look = {"epsabs": 0.0, "epsrel": 1e-9, "limit": 500, "points": (max(fermi, 0.3 * end),)}
    assert quad(net, 0.0, end, **look)[0] == pytest.approx(n, rel=1e-6)
    assert t / np.pi**2 * quad(logs, 0.0, end, **look)[0] == pytest.approx(
        float(found.pressure), rel=1e-6
    )


def test_hot_limit():
    """T ≫ m_e, no net charge: ω_P = T √(4πα/9), P = 7π²T⁴/180, fast electrons."""
    found = ElectronPlasma.of(1.0, np.array([30.0, 300.0]))
    t = np.array([30.0, 300.0])
    assert_allclose(found.omega_p, t * np.sqrt(4.0 * np.pi * ALPHA_EM / 9.0), rtol=2e-4)
    assert_allclose(found.pressure, 7.0 * np.pi**2 * t**4 / 180.0, rtol=2e-4)
    # ∫ p²/E (m/E)⁴ f is dominated by p ~ m: 1 − v_*² ∝ 1/T², with no cancellation left.
    assert found.deficit[0] / found.deficit[1] == pytest.approx(100.0, rel=0.05)


@pytest.mark.parametrize("density", [1e2, 1e6, 1e10, 1e14])
def test_cold_limit(density):
    """T = 0: ω_P² = (4α/3π) p_F³/E_F, v_* = v_F, μ = E_F.

    ω_P as Raffelt (1996) has it, 28.7 eV √(Y_e ρ)/[1 + (1.019e-6 Y_e ρ)^(2/3)]^(1/4), to 0.5 %.
    """
    y_rho = 0.5 * density
    found = ElectronPlasma.of(nucleon_density_mev3(y_rho), 2e-6 if density < 1e3 else 1e-3)
    printed = 28.7e-6 * np.sqrt(y_rho) / (1.0 + (1.019e-6 * y_rho) ** (2.0 / 3.0)) ** 0.25
    assert float(found.omega_p) == pytest.approx(printed, rel=0.005)
    fermi = np.cbrt(3.0 * np.pi**2 * nucleon_density_mev3(y_rho))
    energy = np.hypot(fermi, M_ELECTRON_MEV)
    square = 4.0 * ALPHA_EM / (3.0 * np.pi) * fermi**3 / energy
    assert float(found.omega_p) == pytest.approx(np.sqrt(square), rel=1e-4)
    assert float(found.mu) == pytest.approx(energy, rel=1e-4)
    assert float(found.deficit) == pytest.approx((M_ELECTRON_MEV / energy) ** 2, rel=1e-3)


def test_nonrelativistic_limit():
    """Thin and cool: ω_P² = 4παn/m, v_*² = 5T/m, P = nT."""
    n, t = 1e-9, 1e-3
    found = ElectronPlasma.of(n, t)
    assert found.omega_p**2 == pytest.approx(4.0 * np.pi * ALPHA_EM * n / M_ELECTRON_MEV, rel=0.01)
    assert found.v_star**2 == pytest.approx(5.0 * t / M_ELECTRON_MEV, rel=0.02)
    assert found.pressure == pytest.approx(n * t, rel=0.01)


def test_polarisations():
    """Both are ω_P² at rest; in between by hand; no step where the series ends."""
    one = plasma(0.5, 0.19)
    assert_allclose([one.transverse(1.0), one.longitudinal(1.0)], 0.25)
    k, omega = 1.5, 2.0
    x = 0.9 * k / omega
    log = np.log((1.0 + x) / (1.0 - x)) / (2.0 * x)
    by_hand = 3.0 * 0.25 * (1.0 - (k / omega) ** 2) / x**2 * (log - 1.0)
    assert one.longitudinal(1.0 - (k / omega) ** 2) == pytest.approx(by_hand, rel=1e-12)
    assert plasma(0.5, 0.0).transverse(0.0) == pytest.approx(1.5 * 0.25, rel=1e-9)
    near = 1.0 - np.array([0.9999, 1.0001]) * 1e-4 / 0.81  # x² on both sides of the series' end
    for kind in (one.transverse, one.longitudinal):
        assert np.ptp(kind(near)) < 1e-7


def test_errors_are_sentences():
    with pytest.raises(RangeError, match="density of electrons and temperature; allowed are"):
        ElectronPlasma.of(1.0, 0.0)
    with pytest.raises(RangeError, match="temperature = nan"):
        ElectronPlasma.of(1.0, np.nan)
