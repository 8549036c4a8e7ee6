"""Why this test exists: the variants measure the spread of the rates; they must be right."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.rates import iam
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance

from ..reference_values import IAM_OVER_LO, IAM_OVER_LO_TOLERANCE, SPHALERON_DELTA_NEFF
from ..reference_values_gluons import SPHALERON_RATE_OVER_T4

THRESHOLD = 4 * M_PION_GEV**2


def test_one_loop_waves_are_perturbatively_unitary():
    """Im t_4 = rho t_2^2 in every wave."""
    s = np.linspace(0.3, 1.15, 40) ** 2
    rho = np.sqrt(1 - THRESHOLD / s)
    leading, loop = iam.leading_waves(s), iam.loop_waves(s)
    for name, t2 in leading.items():
        assert loop[name].imag == pytest.approx(rho * t2**2, abs=1e-12)


def test_unitarised_waves_are_unitary():
    s = np.linspace(0.3, 1.15, 40) ** 2
    rho = np.sqrt(1 - THRESHOLD / s)
    for wave in iam.unitarised_waves(s).values():
        assert wave.imag == pytest.approx(rho * np.abs(wave) ** 2, abs=1e-12)


def test_scattering_length_at_one_loop():
    """a_00 = 0.20(1): Gasser & Leutwyler 1984."""
    s = np.array([THRESHOLD * (1 + 1e-7)])
    a00 = iam.leading_waves(s)["S0"] + iam.loop_waves(s)["S0"].real
    assert a00[0] == pytest.approx(0.20, abs=0.01)


def test_rho_meson_appears():
    """The P wave passes 90 degrees at the rho mass, 775.3 MeV (PDG), within 1 %."""
    energy = np.linspace(0.6, 0.9, 601)
    wave = iam.unitarised_waves(energy**2)["P"]
    assert energy[np.argmin(np.abs(wave.real))] == pytest.approx(0.7753, rel=0.01)


def test_interpolated_waves():
    s = np.linspace(0.285, 1.19, 37) ** 2
    ratio = iam.ratio_to_leading_order(s)
    for name, wave in iam.unitarised_waves(s).items():
        assert np.abs(ratio[name] / (wave / iam.leading_waves(s)[name]) - 1).max() < 1e-4


def test_rate_against_leading_order():
    t = np.array(list(IAM_OVER_LO))
    iam, lo = (TotalRate(couplings(), rates=name).log_mean_rate(t) for name in ("iam", "lo"))
    ratio = np.exp(iam - lo)
    assert ratio == pytest.approx(list(IAM_OVER_LO.values()), rel=IAM_OVER_LO_TOLERANCE)


def test_data_and_unitarised_theory_agree_within_the_error_budget():
    for m_a in (0.1, 0.3, 1.0):
        data, theory = Abundance()(m_a).delta_neff, Abundance(rates="iam")(m_a).delta_neff
        assert theory == pytest.approx(data, rel=0.05)


@pytest.mark.parametrize(("m_a", "value"), SPHALERON_DELTA_NEFF.items())
def test_sphaleron_variant(m_a, value):
    assert Abundance(gluons="sphaleron")(m_a).delta_neff == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("t_gev", SPHALERON_RATE_OVER_T4)
def test_axions_relax_at_half_the_sphaleron_rate_over_the_temperature(t_gev):
    """Gamma = Gamma_sph / (2 T f_a^2), at the temperatures of the lattice and all momenta."""
    sphalerons, error = (t_gev**4 * value for value in SPHALERON_RATE_OVER_T4[t_gev])
    rate = TotalRate(couplings(), gluons="sphaleron")
    log_rate = rate.log_rate(np.array([t_gev]), np.array([0.01, 3.0, 30.0]))
    assert np.exp(log_rate) * t_gev**3 == pytest.approx(sphalerons / (2 * t_gev), rel=1e-9)
    assert error < 0.35 * sphalerons


MORE_GLUONS = [dict(), dict(gluons="sphaleron"), dict(knots={0.5: 1.2e-3, 1.0: 7e-4})]


@pytest.mark.parametrize("options", MORE_GLUONS, ids=str)
@pytest.mark.parametrize("factor", [0.3, -1.0, 4.0])
def test_scaling_all_couplings_is_scaling_the_decay_constant(options, factor):
    """Only c/f_a counts, so that with c_g (and C_a_pi with it) c times as large m_a acts as c m_a.

    At 0.15 GeV and below that is pions, above 2 GeV gluons, between them knots as well.
    """
    scaled = couplings("generic", values={"c_g": factor})
    t, x = np.array([0.1, 0.15, 0.23, 0.3, 0.5, 0.57, 1.0, 2.0, 50.0]), np.array([0.1, 3.0, 20.0])
    for loss in (False, True):
        ratio = np.exp(
            TotalRate(scaled, **options).log_rate(t, x, loss)
            - TotalRate(couplings(), **options).log_rate(t, x, loss)
        )
        assert ratio == pytest.approx(factor**2, rel=1e-9)
    generic = Abundance(model="generic", couplings={"c_g": factor}, **options)
    expected = Abundance(**options)(0.05 * abs(factor)).delta_neff
    assert generic(0.05).delta_neff == pytest.approx(expected, rel=1e-6)


def test_sphaleron_variant_raises_the_abundance():
    for solver in ("momentum", "number"):
        upper = Abundance(gluons="sphaleron", solver=solver)(0.1).delta_neff
        assert upper > 1.1 * Abundance(solver=solver)(0.1).delta_neff
