"""Why this test exists: Delta N_eff(m_a) and f(q) are the results that others will quote.

Published and golden values, numerics, ends of the ranges; exact limits: test_boltzmann.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import (
    COUPLING_RANGE,
    FREE_COUPLINGS,
    M_A_LEAST_EV,
    couplings,
    f_a_gev,
)
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.rates import pions as pion_rates
from hotaxion.theory.rates.options import SCALE_RANGE
from hotaxion.theory.rates.tables import RateTable
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.boltzmann import T_FINAL_GEV, MomentumSolver
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein
from hotaxion.theory.relics.plasma import degrees_of_freedom
from hotaxion.theory.relics.table import RelicTable

from ..reference_values import (
    DECOUPLED,
    DELTA_NEFF,
    F_OVER_BOSE,
    MEAN_MOMENTUM_RATIO,
    OMEGA_A_H2,
    PUBLISHED_2205_07849,
    SPECTRUM_M_A_EV,
    TEMPERATURE_RATIO,
)

MASSES_EV = [0.01, 0.03, 0.1, 0.16, 0.2, 0.3, 0.53, 1.0, 3.0, 10.0]
DEFAULT = Abundance()
LO_NUMBER = Abundance(rates="lo", solver="number")
SUDDEN = dict(gluons="none", initial="zero")  # the plasma loses 3 % of its entropy at once
# Every model, rate, channel, solver and start, one at a time.
EVERY = [
    *(dict(rates=rates) for rates in ("lo", "gkpy", "gkpy_raw", "iam")),
    *(dict(gluons=gluons) for gluons in ("sphaleron", "none")),
    dict(kaons="data"),
    *(dict(solver=solver) for solver in ("number", "instantaneous")),
    dict(rates="lo", solver="number"),
    *(dict(initial="zero", gluons=gluons) for gluons in ("htl", "none")),
    *(dict(model=m, tan_beta=b) for m in ("dfsz1", "dfsz2") for b in (0.25, 1.0, 3.0, 170.0)),
    dict(model="dfsz1", tan_beta=0.25, kaons="data"),
    dict(model="generic", couplings={"c_g": 0.5, "c_mu": 1.0, "c_b": -0.5}),
]


# --- numerics ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", EVERY, ids=str)
def test_momenta_and_steps_are_converged(options):
    masses, reference = (0.01, 0.1, 1.0, 10.0), Abundance(**options)
    expected = [reference(m_a).delta_neff for m_a in masses]
    for numerics in (dict(momenta=120), dict(step=0.01)):
        finer = Abundance(**options, **numerics)
        assert [finer(m_a).delta_neff for m_a in masses] == pytest.approx(expected, rel=1e-4)


class RefinedPions(TotalRate):
    """The rate with twice the nodes in each dimension of the pions' quadrature."""

    def _pions(self, temperature, x, loss):
        return super()._pions(temperature, x, loss) + refinement()(temperature, x)


@lru_cache(maxsize=1)
def refinement() -> RateTable:
    t, x = np.geomspace(0.008, 0.2, 10), np.geomspace(0.005, 80.0, 14)
    ratio = [
        [
            pion_rates.log_scaled_loss(e, temperature, nodes=(96, 96, 16))
            - pion_rates.log_scaled_loss(e, temperature)
            for e in x
        ]
        for temperature in t
    ]
    return RateTable(np.log(t), np.log(x), np.array(ratio))


def test_quadrature_of_the_rate_is_converged():
    refined = MomentumSolver(RefinedPions(couplings()), 100.0)
    for m_a in (0.01, 0.1, 1.0, 10.0):
        s = refined(f_a_gev(m_a))
        assert not np.array_equal(s.f, DEFAULT.history(m_a).f)
        value = RelicPSD(m_a, s.q, s.f, s.weights).delta_neff
        assert value == pytest.approx(DEFAULT(m_a).delta_neff, rel=2e-4)


@pytest.mark.parametrize(
    "options",
    [
        dict(),
        dict(rates="lo", solver="number"),
        dict(rates="iam", kaons="data"),
        dict(gluons="sphaleron"),
        dict(model="dfsz1", tan_beta=3.0),
        dict(model="dfsz2", tan_beta=1.0),
    ],
    ids=str,
)
def test_initial_abundance_is_forgotten_where_the_axion_thermalises(options):
    thermal, zero = Abundance(**options), Abundance(**options, initial="zero")
    for m_a in (0.2, 0.3, 1.0, 10.0):
        assert zero(m_a).delta_neff == pytest.approx(thermal(m_a).delta_neff, rel=1e-4)
    assert zero(0.01).delta_neff < 0.7 * thermal(0.01).delta_neff


@pytest.mark.parametrize("step", [0.04, 0.005])
def test_sudden_start(step):
    """In any step, also in one that is shorter than what it takes to heat the axions."""
    coarse, fine = (
        Abundance(**SUDDEN)(10.0),
        Abundance(**SUDDEN, step=step)(10.0),
    )
    assert fine.delta_neff == pytest.approx(coarse.delta_neff, rel=2e-4)


@pytest.mark.parametrize("options", EVERY, ids=str)
def test_monotonic_in_mass(options):
    masses = np.geomspace(1e-3, M_A_MAX_EV, 40)
    solved = Abundance(**options).solver.many(f_a_gev(1.0) / masses)
    relics = (RelicPSD(m, s.q, s.f, s.weights) for m, s in zip(masses, solved, strict=True))
    curve = np.array([relic.delta_neff for relic in relics])
    if options.get("solver") == "instantaneous":  # flat where there is no decoupling
        assert (np.diff(curve) >= 0).all()
    else:
        assert (np.diff(curve) > 0).all()
    assert 0.0 < curve[0] < curve[-1] < 0.5764
    if "initial" not in options and options.get("gluons") != "none":
        assert curve[0] == pytest.approx(0.0292, abs=1e-4)


def test_depends_on_the_coupling_only_through_its_ratio_to_f_a():
    """Pions only: Gamma ~ (C_a_pi / f_a)^2, so DFSZ at m_a is KSVZ at m_a C_DFSZ / C_KSVZ."""
    dfsz = Abundance(model="dfsz1", tan_beta=3.0, gluons="none", fermions=False)
    ksvz = Abundance(gluons="none")
    ratio = couplings("dfsz1", 3.0).c_a_pi / couplings("ksvz").c_a_pi
    assert dfsz(0.1).delta_neff == pytest.approx(ksvz(0.1 * ratio).delta_neff, rel=1e-9)


# --- golden and published values -----------------------------------------------------------------


@pytest.mark.parametrize(("options", "values"), DELTA_NEFF)
def test_delta_neff(options, values):
    abundance = Abundance(**options)
    for m_a, value in values.items():
        tolerance = 0.01 if value < 0.05 else 0.005
        assert abundance(m_a).delta_neff == pytest.approx(value, rel=tolerance)


@pytest.mark.parametrize(("m_a", "published"), PUBLISHED_2205_07849.items())
def test_curve_of_2205_07849(m_a, published):
    assert LO_NUMBER(m_a).delta_neff == pytest.approx(published, rel=0.04)


def test_mass_bounds_of_2205_07849_from_its_delta_neff():
    table = RelicTable(LO_NUMBER)
    assert table.at_delta_neff(0.31).mass_ev == pytest.approx(0.53, rel=0.06)
    assert table.at_delta_neff(0.14).mass_ev == pytest.approx(0.16, rel=0.06)


def test_spectrum():
    relic = DEFAULT(SPECTRUM_M_A_EV)
    assert relic.temperature_ratio == pytest.approx(TEMPERATURE_RATIO, rel=5e-4)
    assert relic.mean_momentum_ratio == pytest.approx(MEAN_MOMENTUM_RATIO, rel=5e-4)
    for x, ratio in F_OVER_BOSE.items():
        q = np.array([x * relic.temperature_ratio])
        bose = bose_einstein(q, relic.temperature_ratio)
        assert relic.psd.occupation(q) / bose == pytest.approx(ratio, rel=5e-3)


def test_density_today():
    for m_a, omega in OMEGA_A_H2.items():
        assert DEFAULT(m_a).omega_a_h2 == pytest.approx(omega, rel=5e-3)


def test_heavier_axions_decouple_later():
    temperatures = [DEFAULT(m).t_decoupling_mev for m in (0.3, 1.0, 3.0, 10.0)]
    assert (np.diff(temperatures) < 0).all()
    assert DEFAULT(1e-3).t_decoupling_mev is None


# --- variants and borders -------------------------------------------------------------------------


def test_instantaneous_decoupling():
    """Equilibrium until T_d: the analytic value at that temperature; near the solvers at 1 eV."""
    abundance = Abundance(solver="instantaneous")
    relic = abundance(1.0)
    g_s = degrees_of_freedom(1e-3 * relic.t_decoupling_mev)[1]
    assert relic.delta_neff == pytest.approx(0.576431 * (10.75 / g_s) ** (4 / 3), rel=1e-5)
    assert relic.delta_neff == pytest.approx(DEFAULT(1.0).delta_neff, rel=0.1)
    assert abundance(1e-3).delta_neff == pytest.approx(DECOUPLED[100.0], rel=1e-3)
    assert Abundance(solver="instantaneous", initial="zero")(1e-3).delta_neff == 0.0


def test_occupation_survives_an_almost_empty_distribution():
    relic = Abundance(initial="zero")(1e-6)
    f = relic.psd.occupation(np.geomspace(1e-2, 60.0, 20))
    assert np.isfinite(f).all()
    assert (f >= 0).all()


def test_errors_of_the_rates_move_the_result_as_expected():
    """At 0.1 eV: pions +10 % give +5 %, m_u/m_d - 0.011 gives +2.8 %, T_pion as the prototype."""
    reference = DEFAULT(0.1).delta_neff
    assert DEFAULT.scaled(1.1)(0.1).delta_neff / reference == pytest.approx(1.05, abs=0.01)
    assert Abundance(z_ud=0.461)(0.1).delta_neff / reference == pytest.approx(1.028, abs=0.004)
    assert 1.0 < DEFAULT.scaled(1.0, 3.0)(0.1).delta_neff / reference < 1.035
    shift = Abundance(g_star_shift=1.0)(0.1).delta_neff / reference
    assert 0.96 < shift < 1.0
    for t_pion, change in ((0.12, -0.044), (0.14, -0.008), (0.16, 0.005)):
        moved = Abundance(T_pion=t_pion)(0.1).delta_neff / reference - 1
        assert moved == pytest.approx(change, abs=0.002)


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("m_a", [0.0, -0.1, float("nan"), 10.001])
def test_mass_out_of_range(m_a):
    with pytest.raises(RangeError, match="m_a"):
        DEFAULT(m_a)


@pytest.mark.parametrize(
    "options",
    [dict(solver="momenta"), dict(initial="therml"), dict(rates="gkp"), dict(model="dsfz1")],
)
def test_misspelt_options_get_a_suggestion(options):
    with pytest.raises(UnknownOptionError, match="Did you mean"):
        Abundance(**options)


@pytest.mark.parametrize(
    "options",
    [dict(T_initial=0.1), dict(T_initial=2e3), dict(gluons="none", T_initial=1.0)],
)
def test_initial_temperature_out_of_range(options):
    with pytest.raises(RangeError, match=r"T_initial .* allowed is a number from 0\.15 to"):
        Abundance(**options)


# --- ends of the ranges ---------------------------------------------------------------------------


def physical(abundance: Abundance, least_momentum: float) -> bool:
    """Between no axions and full equilibrium at 8 MeV, growing with the mass."""
    relics = [abundance(m_a) for m_a in (M_A_LEAST_EV, 1e-3, 0.1, M_A_MAX_EV)]
    g_s = degrees_of_freedom(T_FINAL_GEV)[1]
    q, w = momentum_grid(60, 35.0)
    most = RelicPSD(0.0, q, bose_einstein(q, (10.75 / g_s) ** (1 / 3)), w).delta_neff
    curve = np.array([relic.delta_neff for relic in relics])
    return (
        all(relic.mean_momentum_ratio >= least_momentum for relic in relics)
        and curve[0] >= 0.0
        and (np.diff(curve) >= -1e-12).all()
        and curve[-1] <= most * (1 + 1e-4)
    )


@pytest.mark.parametrize("scales", list(product(SCALE_RANGE, repeat=3)), ids=str)
@pytest.mark.parametrize("options", [dict(), dict(model="dfsz1", tan_beta=0.25)], ids=str)
def test_ends_of_the_scales(options, scales):
    """With gluons scaled up and pions down, fast axions decouple first, but never by much."""
    names = ("gluon_scale", "pion_scale", "kaon_scale")
    abundance = Abundance(**options, kaons="data", **dict(zip(names, scales, strict=True)))
    assert physical(abundance, 0.985)
    for name in names:
        for value in (0.0, 0.99 * SCALE_RANGE[0], 1.01 * SCALE_RANGE[1]):
            with pytest.raises(RangeError, match=name):
                Abundance(**{name: value})


@pytest.mark.parametrize("name", FREE_COUPLINGS)
@pytest.mark.parametrize("initial", ["thermal", "zero"])
def test_ends_of_the_couplings(initial, name):
    """Strong electrons hold slow axions longer than fast ones, by a little."""
    for value in (0.0, *COUPLING_RANGE):
        given = dict(model="generic", couplings={name: value}, kaons="data", initial=initial)
        abundance = Abundance(**given)
        assert physical(abundance, 0.999)
