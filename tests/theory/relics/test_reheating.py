"""Why this test exists: before an early matter era ends, the universe expands faster and everything
in it is diluted; limits, integrators that are not ours, and another code say by how much."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from hotaxion.theory import HotAxion
from hotaxion.theory.constants import M_PLANCK_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import couplings, f_a_gev
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.boltzmann import T_FINAL_GEV, MomentumSolver
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.expansion import RADIATION, Reheating, SuddenReheating
from hotaxion.theory.relics.options import Numerics
from hotaxion.theory.relics.plasma import STANDARD, energy_density, entropy_density, hubble

from ..reference_values import REHEATED, REHEATED_AT_1_EV, REHEATED_TOLERANCE

PIONS = dict(gluons="none", initial="zero")
_T = np.geomspace(0.7 * T_FINAL_GEV, 200.0, 6000)
LN_T_OF_LN_S = CubicSpline(np.log(entropy_density(_T)), np.log(_T))


# --- the expansion ----------------------------------------------------------------------------


@pytest.mark.parametrize("t_reheat", [0.02, 0.3])
def test_two_fluids_against_another_integrator(t_reheat):
    """scipy's LSODA in ln a, from 100 GeV."""
    found, gamma = Reheating(STANDARD, t_reheat, 10.0), 3.0 * hubble(t_reheat)
    start = 100.0
    phi = energy_density(start) * 625.0 / 900.0 * (start / t_reheat) ** 4  # (5 H / 6 H_SM)^2
    phi *= energy_density(start) / energy_density(t_reheat) * (t_reheat / start) ** 4

    def rhs(n, y):
        t = np.exp(LN_T_OF_LN_S(y[1] - 3 * n))
        rho = np.exp(y[0] - 3 * n)
        rate = gamma / np.sqrt(8 * np.pi / 3 * (rho + energy_density(t))) * M_PLANCK_GEV
        return [-rate, rate * rho / (t * np.exp(y[1] - 3 * n))]

    end = float(found.ln_a(T_FINAL_GEV) - found.ln_a(start))
    y = solve_ivp(
        rhs,
        (0.0, end),
        [np.log(phi), np.log(entropy_density(start))],
        method="LSODA",
        rtol=1e-9,
        atol=1e-10,
        dense_output=True,
    ).sol
    for t in (1.0, 0.1, 0.03, 0.01):
        n = brentq(lambda n, t=t: LN_T_OF_LN_S(y(n)[1] - 3 * n) - np.log(t), 1.0, end + 1e-3)
        # what the field was not yet at 100 GeV shifts its origin, not the way from there
        shift = brentq(lambda n: LN_T_OF_LN_S(y(n)[1] - 3 * n) - np.log(3.0), 0.1, end)
        assert n - shift == pytest.approx(found.ln_a(t) - found.ln_a(3.0), abs=1e-6)
        field = float(found.energy_density(t) - energy_density(t))
        if field > 1e-6 * energy_density(t):
            assert np.exp(y(n)[0] - 3 * n) == pytest.approx(field, rel=1e-4)


def test_decay_keeps_the_plasma_hot():
    """T as a^(-3/8) and H = (5/6) H_SM (T/T_reheat)^2 where g_* is constant, radiation below."""
    found = Reheating(STANDARD, 0.02, 1e4)
    ln_a = found.ln_a([1e4, 1e3])
    assert np.diff(ln_a)[0] / np.log(10.0) == pytest.approx(8 / 3, rel=0.005)
    g = STANDARD.degrees_of_freedom([1e3, 0.02])[0]
    faster = found.hubble(1e3) / hubble(1e3)
    assert faster == pytest.approx(5 / 6 * (1e3 / 0.02) ** 2 * np.sqrt(g[0] / g[1]), rel=0.01)
    assert found.hubble(T_FINAL_GEV) == pytest.approx(hubble(T_FINAL_GEV), rel=1e-3)
    # energy of field and plasma: d(rho a^3) = -p d(a^3) as far as g_rho and g_s agree
    t = np.geomspace(1.0, 0.009, 4000)
    a3, rho = np.exp(3 * found.ln_a(t)), found.energy_density(t)
    pressure = t * entropy_density(t) - energy_density(t)
    work = 0.5 * (pressure[1:] + pressure[:-1]) * np.diff(a3)
    assert rho[-1] * a3[-1] == pytest.approx(rho[0] * a3[0] - work.sum(), rel=0.03)


def test_sudden_end():
    found = SuddenReheating(STANDARD, 0.05)
    assert float(np.diff(found.ln_a([0.2, 0.1]))[0]) == pytest.approx(8 / 3 * np.log(2.0))
    assert found.hubble(0.05 * (1 + 1e-9)) == pytest.approx(5 / 6 * hubble(0.05), rel=1e-6)
    colder = np.array([0.05, 0.02, 0.01])
    assert found.hubble(colder) == pytest.approx(hubble(colder))
    assert np.diff(found.ln_a(colder)) == pytest.approx(np.diff(RADIATION.ln_a(colder)))


@pytest.mark.parametrize("t_reheat", [0.006, 0.01, 0.05])
def test_what_decouples_is_diluted_by_all_the_entropy_to_come(t_reheat):
    """f_a -> infinity from 0.1 GeV: rho_a a^4 is that of the start, the plasma's entropy is not."""
    found = Reheating(STANDARD, t_reheat, 0.1)
    s = MomentumSolver(
        TotalRate(couplings(), gluons="none"), 0.1, back_reaction=False, expansion=found
    )(1e30)
    growth = found.dilution_from(0.1)
    g_s = STANDARD.degrees_of_freedom(0.1)[1]
    expected = 0.576431 * (10.75 / (g_s * growth)) ** (4 / 3)
    assert RelicPSD(0.0, s.q, s.f, s.weights).delta_neff == pytest.approx(expected, rel=4e-3)
    assert growth == pytest.approx((0.1 / t_reheat) ** 5, rel=0.8)  # (T/T_reheat)^5 at constant g_*
    later = found.dilution_from(T_FINAL_GEV)
    assert later == pytest.approx({0.006: 3.22, 0.01: 1.185, 0.05: 1.0}[t_reheat], rel=0.005)


# --- relics -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("t_reheat", "value"), REHEATED.items())
def test_another_code(t_reheat, value):
    """Its fluids integrated; without the heat that axions take, 1.5 % more and nearer to it."""
    options = {} if t_reheat is None else {"T_reheat": t_reheat}
    found = Abundance(rates="gkpy_raw", **PIONS, **options)(0.222).delta_neff
    assert found == pytest.approx(value, rel=REHEATED_TOLERANCE)
    if t_reheat is not None:
        sudden = Abundance(rates="gkpy_raw", **PIONS, **options, reheating="sudden")(0.222)
        assert 1.15 < sudden.delta_neff / found < 1.45


@pytest.mark.parametrize("solver", ["momentum", "number", "instantaneous"])
def test_an_end_above_1_gev_is_forgotten(solver):
    late = Abundance(solver=solver, T_reheat=1.0)
    never = Abundance(solver=solver)
    for m_a in (0.5, 1.0, 5.0):
        assert late(m_a).delta_neff == pytest.approx(never(m_a).delta_neff, rel=1e-3)
    assert late(0.03).delta_neff < 0.5 * never(0.03).delta_neff  # made by gluons, and diluted


def test_pions_alone_forget_it_at_every_mass():
    for m_a in (0.03, 0.1, 0.3):
        late = Abundance(**PIONS, T_reheat=1.0)(m_a).delta_neff
        assert late == pytest.approx(Abundance(**PIONS)(m_a).delta_neff, rel=1e-3)


def test_the_later_the_fewer():
    found = [Abundance(T_reheat=t)(1.0).delta_neff for t in REHEATED_AT_1_EV]
    assert found == pytest.approx(list(REHEATED_AT_1_EV.values()), rel=2e-3)
    assert (np.diff(found) < 0).all()


@pytest.mark.parametrize("thermal", [True, False])
def test_back_reaction_against_a_stiff_integrator(thermal):
    """LSODA on all momenta, the field and the plasma's entropy together, in ln a."""
    t_reheat, f_a = 0.05, f_a_gev(3.0)
    rate, expansion = TotalRate(couplings(), gluons="none"), Reheating(STANDARD, t_reheat, 0.15)
    solver = MomentumSolver(
        rate, 0.15, thermal, Numerics(step=0.005, momenta=30), expansion=expansion
    )
    solution, gamma_phi = solver(f_a), 3.0 * hubble(t_reheat)
    energy_of = solver.weights * solver.q**3 / (2 * np.pi**2)
    apart = 1e-3 * np.arange(30)  # the table wants ascending x, below 80

    def rhs(n, y):
        t = np.exp(LN_T_OF_LN_S(y[-1] - 3 * n))
        x = solver.q / (np.exp(n) * t)
        within = np.minimum(x, 79.9 + apart)
        gamma = np.exp(rate.log_rate(np.clip([t], T_FINAL_GEV, 0.15), within)[0]) * t**3 / f_a**2
        phi = np.exp(y[-2] - 3 * n)
        rho = energy_density(t) + phi + y[:-2] @ energy_of * np.exp(-4 * n)
        per_n = M_PLANCK_GEV / np.sqrt(8 * np.pi / 3 * rho)
        df = gamma * per_n * (1 / np.expm1(x) - y[:-2])
        heat = gamma_phi * per_n * phi * np.exp(3 * n) / t - df @ energy_of / (np.exp(n) * t)
        return [*df, -gamma_phi * per_n, heat / np.exp(y[-1])]

    start, end = solution.ln_a[[0, -1]]
    phi = np.log(expansion.energy_density(0.15) - energy_density(0.15)) + 3 * start
    y0 = [*solution.f_along[0], phi, np.log(solution.entropy[0])]
    result = solve_ivp(rhs, (start, end), y0, method="LSODA", rtol=1e-7, atol=1e-11)
    t_end = np.exp(LN_T_OF_LN_S(result.y[-1, -1] - 3 * end))
    assert t_end == pytest.approx(T_FINAL_GEV, rel=2e-5)
    assert solution.f @ energy_of == pytest.approx(result.y[:-2, -1] @ energy_of, rel=5e-5)


@pytest.mark.parametrize("change", [dict(step=0.01), dict(momenta=120), dict(T_initial=300.0)])
def test_numerics_do_not_matter(change):
    reference = Abundance(T_reheat=0.05)(1.0).delta_neff
    assert Abundance(T_reheat=0.05, **change)(1.0).delta_neff == pytest.approx(reference, rel=3e-4)


@pytest.mark.parametrize("apart", [0.0, 1e-13, 1e-7, -1e-7])
def test_an_end_where_quarks_set_in(apart):
    options = dict(model="dfsz1", tan_beta=0.25, reheating="sudden")
    found = Abundance(T_reheat=1.0 + apart, **options)(0.1).delta_neff
    assert found == pytest.approx(Abundance(T_reheat=0.999, **options)(0.1).delta_neff, rel=5e-3)


# --- what is refused --------------------------------------------------------------------------


def test_what_nucleosynthesis_excludes_is_refused():
    with pytest.raises(
        RangeError, match=r"T_reheat .*2501\.01369.* = 0\.005.* 0\.00596 to 1000 GeV"
    ):
        Abundance(T_reheat=0.005)
    with pytest.raises(RangeError, match="reheating: sudden given without T_reheat"):
        Abundance(reheating="sudden")


# --- in Cobaya --------------------------------------------------------------------------------


def _model(**options):
    info = {
        "theory": {"hotaxion.theory.HotAxion": {"table": False, **PIONS, **options}},
        "params": {"m_a": {"prior": {"min": 0.1, "max": 1.0}}, "delta_neff": None},
        "likelihood": {"one": None},
        "debug": 50,
    }
    return get_model(info)


@pytest.mark.parametrize("reheating", ["integrated", "sudden"])
def test_an_option_of_the_theory(reheating):
    options = dict(T_reheat=0.06, reheating=reheating)
    (found,) = _model(**options).logposterior({"m_a": 0.4}).derived
    assert found == pytest.approx(Abundance(**PIONS, **options)(0.4).delta_neff, rel=1e-10)
    assert HotAxion.get_defaults()["T_reheat"] is None


def test_cobaya_refuses_it_at_set_up():
    with pytest.raises(LoggedError, match=r"0\.00596 to 1000 GeV"):
        _model(T_reheat=0.002)
    with pytest.raises(LoggedError, match="reheating: sudden given without T_reheat"):
        _model(reheating="sudden")
