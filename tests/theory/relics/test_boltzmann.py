"""Why this test exists: limits of the Boltzmann equation that are known exactly, conservation laws,
and integrators that are not ours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from hotaxion.theory.constants import M_PLANCK_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import (
    couplings,
    f_a_gev,
)
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics import boltzmann
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.boltzmann import T_FINAL_GEV, MomentumSolver
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.options import Numerics
from hotaxion.theory.relics.plasma import degrees_of_freedom, energy_density, entropy_density

from ..reference_values import (
    DECOUPLED,
)

DEFAULT = Abundance()


def _no_coupling(t_initial: float, back_reaction: bool) -> MomentumSolver:
    return MomentumSolver(TotalRate(couplings()), t_initial, back_reaction=back_reaction)


@pytest.mark.parametrize(("t_decoupling", "value"), DECOUPLED.items())
def test_decoupled_axion_is_diluted_by_entropy(t_decoupling, value):
    """f_a -> infinity: Delta N_eff = (4/7) (11/4)^(4/3) z_nu^-4 (10.75/g_s)^(4/3)."""
    s = _no_coupling(t_decoupling, back_reaction=False)(1e30)
    psd = RelicPSD(0.0, s.q, s.f, s.weights)
    assert psd.delta_neff == pytest.approx(value, rel=1e-3)
    g_s = degrees_of_freedom(t_decoupling)[1]
    assert psd.delta_neff == pytest.approx(0.576431 * (10.75 / g_s) ** (4 / 3), rel=1e-5)


def test_without_interactions_nothing_changes():
    """theta -> 0 and no gluons: f(q) is not touched at all, not even by rounding."""
    solver = MomentumSolver(TotalRate(couplings(), gluons="none"), 0.15)
    f = solver(1e150).f_along
    assert (f == f[0]).all()


def test_always_coupled_axion_ends_in_equilibrium():
    solver = MomentumSolver(TotalRate(couplings()), 100.0)
    s = solver(1e-140)  # GeV: coupled until the end, though few pions are left at 8 MeV
    psd = RelicPSD(0.0, s.q, s.f, s.weights)
    g_s = degrees_of_freedom(boltzmann.T_FINAL_GEV)[1]
    assert psd.delta_neff == pytest.approx(0.576431 * (10.75 / g_s) ** (4 / 3), rel=1e-5)
    assert psd.mean_momentum_ratio == pytest.approx(1.0, abs=1e-4)


def test_entropy_is_conserved_while_coupled():
    """(s_SM + s_a) a^3 = const with s_a = (2 pi^2/45) T^3 as long as f is Bose-Einstein."""
    solution = MomentumSolver(TotalRate(couplings()), 2.0)(1e3)
    a_t = np.exp(solution.ln_a) * solution.t_gev
    total = solution.entropy + 2 * np.pi**2 / 45 * a_t**3
    coupled = solution.t_gev > 0.05  # below, slow axions decouple even at f_a = 1 TeV
    assert total[coupled] == pytest.approx(total[0], rel=1e-5)
    assert solution.entropy[-1] < 0.99 * solution.entropy[0]


def test_momentum_solver_against_a_stiff_integrator():
    """scipy's Radau on df/dN for single momenta, without back-reaction."""
    rate = TotalRate(couplings())
    solver = MomentumSolver(rate, 2.0, back_reaction=False)
    f_a = f_a_gev(0.3)
    solution = solver(f_a)
    temperature, ln_a = solver.t, solution.ln_a
    for index in (20, 30, 40):
        q = solver.q[index]

        def rhs(n, f, q=q):
            t = np.exp(np.interp(n, ln_a, np.log(temperature)))
            x = np.array([q / (np.exp(n) * t)])
            t = np.clip(np.array([t]), boltzmann.T_FINAL_GEV, None)
            gamma = np.exp(rate.log_rate(t, x)[0]) * t**3 / f_a**2
            hubble = np.sqrt(8 * np.pi / 3 * energy_density(t)) / M_PLANCK_GEV
            return gamma / hubble * (1 / np.expm1(x) - f)

        start = [solution.f_along[0, index]]
        result = solve_ivp(rhs, (ln_a[0], ln_a[-1]), start, method="Radau", rtol=1e-6, atol=1e-12)
        assert solution.f[index] == pytest.approx(result.y[0, -1], rel=3e-4)


SUDDEN = dict(gluons="none", initial="zero")  # the plasma loses 3 % of its entropy at once


@pytest.mark.parametrize("options", [dict(), dict(kaons="data"), SUDDEN], ids=str)
@pytest.mark.parametrize("m_a", [0.02, 0.1, 0.3, 1.0, 10.0])
def test_axions_take_the_heat_that_the_plasma_loses(m_a, options):
    """d(rho_a a^4) = -aT dS step by step, in the very expansion in which f was computed."""
    abundance = Abundance(**options)
    solver, solution = abundance.solver, abundance.history(m_a)
    a_t = np.exp(solution.ln_a) * solution.t_gev
    energy = solution.f_along @ (solver.weights * solver.q**3) / (2 * np.pi**2)
    heat = np.cumsum(np.diff(energy) / np.sqrt(a_t[1:] * a_t[:-1]))
    entropy = solution.entropy
    assert heat / entropy[0] == pytest.approx(1 - entropy[1:] / entropy[0], abs=3e-6)
    assert (np.diff(solution.ln_a) > 0).all()


@pytest.mark.parametrize("thermal", [True, False])
def test_back_reaction_against_a_stiff_integrator(thermal):
    """scipy's LSODA on all momenta and the plasma's entropy together, in ln a."""
    rate = TotalRate(couplings(), gluons="none")
    solver = MomentumSolver(rate, 0.15, thermal, Numerics(step=0.005, momenta=30))
    solution, f_a = solver(f_a_gev(1.0)), f_a_gev(1.0)
    t_grid = np.geomspace(0.9 * T_FINAL_GEV, 0.16, 3000)
    temperature = CubicSpline(np.log(entropy_density(t_grid)), np.log(t_grid))
    energy_of = solver.weights * solver.q**3 / (2 * np.pi**2)

    def plasma(n, ln_s):
        return np.exp(temperature(ln_s - 3 * n))

    def rhs(n, y):
        t = plasma(n, y[-1])
        x = solver.q / (np.exp(n) * t)
        gamma = np.exp(rate.log_rate(np.clip([t], T_FINAL_GEV, 0.15), x)[0]) * t**3 / f_a**2
        rho = energy_density(t) + y[:-1] @ energy_of * np.exp(-4 * n)
        df = gamma / np.sqrt(8 * np.pi / 3 * rho) * M_PLANCK_GEV * (1 / np.expm1(x) - y[:-1])
        return [*df, -df @ energy_of / (np.exp(n) * t * np.exp(y[-1]))]

    ln_a = solution.ln_a
    start = [*solution.f_along[0], np.log(solution.entropy[0])]
    result = solve_ivp(rhs, ln_a[[0, -1]], start, method="LSODA", rtol=1e-7, atol=1e-10)
    entropy = solution.entropy
    assert np.exp(result.y[-1, -1]) / entropy[0] == pytest.approx(
        entropy[-1] / entropy[0], abs=1e-5
    )
    assert solution.f @ energy_of == pytest.approx(result.y[:-1, -1] @ energy_of, rel=5e-5)


def test_an_expansion_that_does_not_settle_is_refused(monkeypatch):
    monkeypatch.setattr(boltzmann, "_MOST_PASSES", 2)
    with pytest.raises(RangeError, match=r"ln a still moves by .* after 2 passes.*'step'"):
        Abundance()(1.0)
