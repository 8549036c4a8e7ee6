"""Why this test exists: one number stands for all that is not known of the crossover; its ends and
its middle must be the variants that go by other names, and nothing may jump between them."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance

PERTURBATIVE = {0.5: 1.2e-3, 1.0: 7.2e-4}  # docs/physics.md, 5
NAMED = {1.0: dict(gluons="sphaleron"), 0.0: dict(), -1.0: dict(knots=PERTURBATIVE)}
T_GEV, X = np.geomspace(0.1, 4.0, 60), np.array([0.1, 1.0, 3.0, 10.0])
STEPS = (-1.0, -0.6, -0.2, 0.0, 0.1, 0.3, 0.6, 0.8, 1.0)


@pytest.mark.parametrize("value", NAMED)
@pytest.mark.parametrize("loss", [False, True])
def test_ends_and_middle_are_the_named_variants(value, loss):
    given, named = (
        TotalRate(couplings("dfsz1", 3.0), kaons="data", **options)
        for options in (dict(crossover=value), NAMED[value])
    )
    assert (given.log_rate(T_GEV, X, loss) == named.log_rate(T_GEV, X, loss)).all()
    assert (given.log_mean_rate(T_GEV, loss) == named.log_mean_rate(T_GEV, loss)).all()


@pytest.mark.parametrize("value", NAMED)
def test_relics_of_the_named_variants(value):
    for m_a in (0.03, 0.2):
        given, named = Abundance(crossover=value)(m_a), Abundance(**NAMED[value])(m_a)
        assert (given.psd.f == named.psd.f).all()


@pytest.mark.parametrize("end", [-1.0, 1.0])
def test_logarithm_of_the_rate_is_linear_between(end):
    rates = [
        TotalRate(couplings(), crossover=share * end).log_rate(T_GEV, X) for share in (0, 0.25, 1)
    ]
    assert rates[1] == pytest.approx(0.75 * rates[0] + 0.25 * rates[2], rel=1e-12)
    outside = (T_GEV <= 0.15) | (T_GEV >= 2.0)
    assert (rates[0][outside] == rates[2][outside]).all()
    assert (np.abs(rates[2] - rates[0])[~outside].max(axis=0) > 0.03).all()


def test_mean_rate_and_abundance_rise_with_it():
    rates = [TotalRate(couplings(), crossover=c).log_mean_rate(T_GEV) for c in STEPS]
    assert (np.diff(rates, axis=0) >= -1e-12).all()
    for m_a in (0.01, 0.05, 0.1, 0.3):
        relics = [Abundance(crossover=c, step=0.05)(m_a).delta_neff for c in STEPS]
        assert (np.diff(relics) > 0.0).all()


def test_nothing_jumps_where_the_sign_changes():
    values = [Abundance(crossover=c)(0.1).delta_neff for c in (-1e-6, 0.0, 1e-6)]
    assert values == pytest.approx([values[1]] * 3, rel=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(crossover=1.1), "crossover = 1.1; allowed is a number from -1 to 1"),
        (dict(crossover=float("nan")), "crossover = nan"),
        (dict(crossover=0.5, gluons="sphaleron"), "gluons: sphaleron; it needs gluons: htl"),
        (dict(crossover=-0.5, gluons="none"), "gluons: none; it needs gluons: htl"),
        (dict(crossover=0.5, knots={0.5: 1e-3}), "knots of another crossover; leave one"),
        (dict(crossover=-0.5, T_gluon=1.0), "allowed is T_gluon from 1.001 GeV"),
        (dict(kaon_scale=1.2), "kaons: none, which has no rate to scale; choose kaons: data"),
        (dict(kaons="data", kaon_scale=-0.1), "kaon_scale = -0.1; allowed is a number from 0 to"),
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_refused(options, message):
    with pytest.raises(RangeError, match=message):
        Abundance(**options)


def test_no_kaons_at_scale_zero():
    for m_a in (0.05, 0.3):
        none, zero = Abundance(), Abundance(kaons="data", kaon_scale=0.0)
        assert (none(m_a).psd.f == zero(m_a).psd.f).all()
        assert none(m_a).t_decoupling_mev == zero(m_a).t_decoupling_mev
    assert np.isnan(zero.rate.channels(np.array([0.1, 1.0]))["kaons"]).all()
