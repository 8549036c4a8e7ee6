"""Why this test exists: leptons and heavy quarks tell DFSZ-I from II and make generic models."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import kn

from hotaxion.theory.constants import M_PLANCK_GEV, Z_NU
from hotaxion.theory.errors import MissingDataError, RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import FERMIONS, couplings, f_a_gev
from hotaxion.theory.particle.running import alpha_s, running_mass
from hotaxion.theory.rates import fermions, tables
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.boltzmann import MomentumSolver
from hotaxion.theory.relics.distribution import RelicPSD

from ..reference_values_fermions import (
    MUON_DELTA_NEFF,
    MUON_SHARE_DFSZ,
    MUON_T_INITIAL_GEV,
    MUON_TOLERANCE,
    PUBLISHED_2410_18186,
    PUBLISHED_M_PLANCK_GEV,
    PUBLISHED_TOLERANCE,
    RUNNING_MASSES,
)

X = np.array([0.3, 3.0, 10.0])


def only(name: str, strength: float = 1.0):
    """An axion that couples to one fermion and nothing else."""
    return couplings("generic", values={"c_g": 0.0, f"c_{name}": strength})


class FermionsOnly:
    """A rate for the solver without hadrons."""

    jumps_gev = (1.0,)

    def __init__(self, coupling, names=("e", "mu", "tau", "c", "b", "t")):
        self.coupling, self.names = coupling, names

    def log_rate(self, temperature_gev, x, loss=False):
        rate = fermions.fermion_log_rate(temperature_gev, x, self.coupling, loss, self.names)
        return np.maximum(rate, -300.0)


class WithMuons(FermionsOnly):
    """Hadrons and muons of one model."""

    def log_rate(self, temperature_gev, x, loss=False):
        hadrons = TotalRate(self.coupling, fermions=False).log_rate(temperature_gev, x, loss)
        return np.logaddexp(hadrons, super().log_rate(temperature_gev, x, loss))


def delta_neff(solver, f_a: float) -> float:
    solution = solver(f_a)
    return RelicPSD(1.0, solution.q, solution.f, solution.weights).delta_neff


# --- couplings -----------------------------------------------------------------------------


def test_dfsz_couplings():
    for tan_beta in (0.25, 1.0, 3.0, 170.0):
        cos2 = math.cos(math.atan(tan_beta)) ** 2
        one, two = couplings("dfsz1", tan_beta), couplings("dfsz2", tan_beta)
        for model in (one, two):
            assert model.c_u == model.c_c == model.c_t == pytest.approx(cos2 / 3)
            assert model.c_d == model.c_s == model.c_b == pytest.approx((1 - cos2) / 3)
            assert model.c_g == 1.0
        # DFSZ-I: leptons as the down quarks; DFSZ-II: opposite to the up quarks.
        assert one.c_e == one.c_mu == one.c_tau == one.c_d
        assert two.c_e == two.c_mu == two.c_tau == -two.c_u
        assert one.c_a_pi == two.c_a_pi


def test_ksvz_has_no_fermion_couplings():
    assert not any(couplings().fermion(name) for name in FERMIONS)
    assert not fermions.fermion_rates(np.array([0.1]), X, couplings())
    assert np.isneginf(fermions.fermion_log_rate(np.array([0.1, 5.0]), X, couplings())).all()
    with pytest.raises(UnknownOptionError, match="fermion"):
        couplings().fermion("nu")


def test_generic_couplings():
    ksvz, free = couplings(), couplings("generic")
    assert (free.c_a_pi, free.c_g) == (ksvz.c_a_pi, 1.0)  # nothing given: a QCD axion, gluons only
    dfsz = couplings("dfsz2", 2.0)
    same = couplings("generic", values={f"c_{name}": dfsz.fermion(name) for name in FERMIONS})
    assert same.c_a_pi == pytest.approx(dfsz.c_a_pi)  # C_a_pi follows from c_u, c_d, c_g
    assert couplings("generic", values={"c_a_pi": -0.3, "c_u": 1.0}).c_a_pi == -0.3
    assert couplings("generic", values={"c_g": 0.0, "c_mu": 1.0}).c_a_pi == 0.0


def test_generic_errors():
    with pytest.raises(UnknownOptionError, match="Did you mean 'c_mu'"):
        couplings("generic", values={"c_muon": 1.0})
    for value in (float("nan"), 1.01e3):
        with pytest.raises(RangeError, match="from -1000 to 1000"):
            couplings("generic", values={"c_mu": value})
    with pytest.raises(RangeError, match="GENERIC model, which has none"):
        couplings("generic", tan_beta=3.0)
    with pytest.raises(RangeError, match="choose model generic"):
        couplings("ksvz", values={"c_mu": 1.0})
    with pytest.raises(RangeError, match="m_u/m_d"):
        couplings("ksvz", z=-1.0)


# --- the integrals -------------------------------------------------------------------------


def sigma_annihilation(s, m2):
    """psi psibar -> gamma a over e^2 g^2, averaged over spins (the form used by 2410.18186)."""
    return np.arctanh(np.sqrt(1 - 4 * m2 / s)) / (s - 4 * m2) / (4 * np.pi)


def sigma_compton(s, m2):
    """psi gamma -> psi a over e^2 g^2, averaged over spins."""
    bracket = 2 * s**2 * np.log(s / m2) - 3 * s**2 + 4 * m2 * s - m2**2
    return bracket / (s**2 * (s - m2)) / (32 * np.pi)


@pytest.mark.parametrize("r", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("index", [0, 1])
def test_maxwell_boltzmann_statistics_give_the_cross_sections(index, r):
    """int d^3p/(2 pi)^3 e^-E Gamma^> = 4 T/(32 pi^4) int ds lambda/sqrt(s) K_1(sqrt(s)) sigma."""
    statistics = (fermions.MAXWELL_BOLTZMANN,) * 2
    y, w = np.polynomial.legendre.leggauss(40)
    y, w = 0.5 * (y + 1), 0.5 * w
    x = 2 * r * y / (1 - y) + 1e-9
    measure = w * 2 * r / (1 - y) ** 2 * x**2 / (2 * np.pi**2)
    exponent = x + (r * r / x if index == 0 else r)
    losses = [fermions.scaled_losses(e, r, statistics, (24, 24, 16, 1))[index] for e in x]
    total = np.sum(measure * np.exp(-exponent) * losses)

    s_min = 4 * r * r if index == 0 else r * r
    y, w = np.polynomial.legendre.leggauss(200)
    y, w = 0.5 * (y + 1), 0.5 * w
    root = np.sqrt(s_min) + 4 * y**2 / (1 - y)  # dense at the threshold
    jacobian = 4 * y * (2 - y) / (1 - y) ** 2
    s = root**2
    sigma = (sigma_annihilation, sigma_compton)[index](s, r * r)
    lam = s * (s - 4 * r * r) if index == 0 else (s - r * r) ** 2
    expected = 4 / (32 * np.pi**4) * np.sum(w * jacobian * 2 * lam * kn(1, root) * sigma)
    assert total == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("r", "x"), [(0.003, 0.02), (0.05, 5.0), (1.0, 1.0), (20.0, 30.0)])
def test_quadrature_converged(r, x):
    fine = fermions.scaled_losses(x, r, nodes=(64, 64, 48, 24))
    assert fermions.scaled_losses(x, r) == pytest.approx(fine, rel=5e-4)


def test_collinear_limit():
    """Below the table the rate grows by an exactly known logarithm."""
    for r, x in ((3e-4, 0.5), (1e-4, 8.0)):
        annihilation, compton = fermions.scaled_losses(x, r, nodes=(48, 48, 48, 20))
        direct = annihilation * np.exp(-r * r / x) + 2 * compton * np.exp(-r)
        assert fermions.reduced_loss(np.array([r]), np.array([x]))[0, 0] == pytest.approx(
            direct, rel=5e-4
        )


# --- the table -------------------------------------------------------------------------------


def test_table_against_the_integral():
    rng = np.random.default_rng(11)
    for _ in range(25):
        r, x = np.exp(rng.uniform(np.log([0.11, 0.006]), np.log([60.0, 79.0])))
        tabulated = fermions.reduced_loss(np.array([r]), np.array([x]))[0, 0]
        direct = fermions.reduced_rate(x, r) / -np.expm1(-x)
        assert tabulated == pytest.approx(direct, rel=3e-4)


def test_entries_can_be_made_again():
    content = fermions._content()
    assert content["annihilation"].shape == (fermions.R_NODES.size, fermions.X_NODES.size)
    for i, j in ((3, 40), (20, 5), (35, 30)):
        losses = fermions.scaled_losses(fermions.X_NODES[j], fermions.R_NODES[i])
        stored = content["annihilation"][i, j], content["compton"][i, j]
        assert stored == pytest.approx(np.log(losses), rel=1e-5)
    t = np.exp(content["ln_t"][30])
    scale = 2 * np.pi * t
    assert np.exp(content["ln_m_c"][30]) == pytest.approx(running_mass("c", scale), rel=1e-9)


def test_ranges():
    one, t = np.array([1.0]), np.array([1.0])
    for x in (0.004, 81.0, float("nan")):
        with pytest.raises(RangeError, match=r"covers .* never extrapolated"):
            fermions.reduced_loss(one, x * one)
    for temperature in (1001.0, float("nan")):
        for name in ("mu", "c"):
            with pytest.raises(RangeError, match="1000 GeV"):
                fermions.fermion_rates(temperature * t, one, only(name))
    # Cold: exponentially suppressed, then zero; quarks end at 1 GeV.
    tau = fermions.fermion_rates(np.array([0.015, 0.018, 0.05]), X, only("tau"))["tau"]
    assert not tau[0].any()
    assert (tau[1] < 1e-30).all()
    assert (tau[2] > tau[1]).all()
    charm = fermions.fermion_log_rate(np.array([0.99, 1.0]), X, only("c"))
    assert np.isneginf(charm[0]).all()
    assert np.isfinite(charm[1]).all()


def test_missing_table_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    with pytest.raises(MissingDataError, match="make_tables"):
        fermions._content.__wrapped__()


# --- rates ---------------------------------------------------------------------------------


def test_rates_scale_and_add():
    t = np.array([50.0, 2.0, 0.1])  # any order of temperatures
    both = couplings("generic", values={"c_mu": 2.0, "c_b": -1.0})
    rates = fermions.fermion_rates(t, X, both)
    assert list(rates) == ["mu", "b"]
    assert rates["mu"] == pytest.approx(4 * fermions.lepton_rate("mu", t, X))
    assert rates["mu"][2] == pytest.approx(4 * fermions.lepton_rate("mu", t[2:], X)[0])
    total = fermions.fermion_log_rate(t, X, both)
    assert np.exp(total) == pytest.approx(sum(rates.values()))
    loss = fermions.fermion_log_rate(t, X, both, loss=True)
    assert loss - total == pytest.approx(np.broadcast_to(-np.log(-np.expm1(-X)), total.shape))


def test_quarks_are_leptons_with_colour_and_running_mass():
    """kappa = 4 g_s^2: Tr(T^a T^a), summed over colours; per averaged colours 4/9 and 1/6."""
    t = 5.0
    r = running_mass("b", 2 * math.pi * t) / t
    kappa = 4 * 4 * math.pi * alpha_s(2 * math.pi * t)
    expected = kappa * r**2 * np.array([fermions.reduced_rate(x, r) for x in X])
    assert fermions.quark_rate("b", np.array([t]), X)[0] == pytest.approx(expected, rel=5e-4)
    gell_mann = np.zeros((8, 3, 3), dtype=complex)
    for k, (i, j) in enumerate(((0, 1), (0, 2), (1, 2))):
        gell_mann[2 * k][[i, j], [j, i]] = 1.0
        gell_mann[2 * k + 1][[i, j], [j, i]] = -1j, 1j
    gell_mann[6], gell_mann[7] = np.diag([1, -1, 0]), np.diag([1, 1, -2]) / math.sqrt(3)
    colours = sum(np.trace(m @ m).real for m in gell_mann) / 4
    assert colours == pytest.approx(4.0)
    assert (colours / 9, colours / 24) == pytest.approx((4 / 9, 1 / 6))


def test_running_masses():
    for (name, mu), (value, error) in RUNNING_MASSES.items():
        assert running_mass(name, mu) == pytest.approx(value, abs=error)
    assert running_mass("t", 50.0) == running_mass("t", 163.0) == 163.0
    assert running_mass("t", 1000.0) < 160.0
    with pytest.raises(RangeError, match="scale"):
        running_mass("c", 1.0)
    with pytest.raises(UnknownOptionError, match="quark"):
        running_mass("s", 10.0)


# --- abundances ------------------------------------------------------------------------------


def test_muons_against_the_prototype():
    solver = MomentumSolver(FermionsOnly(only("mu")), MUON_T_INITIAL_GEV)
    for f_a, value in MUON_DELTA_NEFF.items():
        assert delta_neff(solver, f_a) == pytest.approx(value, rel=MUON_TOLERANCE)


@pytest.mark.parametrize("name", PUBLISHED_2410_18186)
def test_published_phase_space_results(name):
    """2410.18186, with its constants; its back-reaction is nil and it starts without axions."""
    solver = MomentumSolver(
        FermionsOnly(only(name)),
        100.0 * fermions.LEPTON_MASSES_GEV[name],
        thermal=False,
        back_reaction=False,
    )
    # Gamma/H depends on M_Pl / f_a^2 alone; Delta N_eff scales as the fourth power of 1/z_nu.
    mass_scale = math.sqrt(M_PLANCK_GEV / PUBLISHED_M_PLANCK_GEV)
    heating = (Z_NU / (11.0 / 4.0) ** (1.0 / 3.0)) ** 4
    for f_a, value in PUBLISHED_2410_18186[name].items():
        ours = delta_neff(solver, f_a * mass_scale) * heating
        assert ours == pytest.approx(value, rel=PUBLISHED_TOLERANCE[name])


def test_share_of_muons_in_dfsz():
    coupling = couplings("dfsz1", 3.0)
    without = MomentumSolver(TotalRate(coupling, fermions=False), 100.0)
    with_muons = MomentumSolver(WithMuons(coupling, ("mu",)), 100.0)
    for m_a, (share, error) in MUON_SHARE_DFSZ.items():
        f_a = f_a_gev(m_a)
        added = delta_neff(with_muons, f_a) - delta_neff(without, f_a)
        assert added == pytest.approx(share, abs=error)
