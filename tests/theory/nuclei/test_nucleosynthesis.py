"""Why this test exists: Y_p and D/H drive the BBN bounds, and two helium numbers look alike."""

from __future__ import annotations

import math
import sys
from dataclasses import astuple
from functools import cache

import numpy as np
import pytest

from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM
from hotaxion.theory.errors import (
    MissingDataError,
    MissingPackageError,
    RangeError,
    UnknownOptionError,
)
from hotaxion.theory.nuclei import make_tables as make_bbn_tables
from hotaxion.theory.nuclei import nucleosynthesis
from hotaxion.theory.nuclei.nucleosynthesis import (
    RATE_SETS,
    TAU_N_TABLE_S,
    BBNOptions,
    Nucleosynthesis,
)

from ..reference_values_cosmology import (
    ABUNDANCES,
    DH_TOLERANCE,
    HELIUM_MASS_U,
    HYDROGEN_MASS_U,
    Y_P_TOLERANCE,
    YHE_PRIMAT,
    YHE_TOLERANCE,
)

BETWEEN = (0.02425, 0.6)  # nodes of the errors that were computed
HALFWAY = ((0, 0), (3, 16), (8, 3), (13, 6), (14, 12), (20, 1), (24, 9), (27, 17))


responses = cache(make_bbn_tables.responses)


@pytest.fixture
def needs_primat(monkeypatch):
    """Skip where the optional package is not installed; its responses are computed once."""
    pytest.importorskip("primat", reason="optional package primat is not installed")
    monkeypatch.setattr(make_bbn_tables, "responses", responses)


@pytest.mark.parametrize("rates", sorted(ABUNDANCES))
def test_against_primat_called_directly(rates):
    bbn = Nucleosynthesis(rates=rates)
    for delta_neff, (y_p, dh_1e5) in ABUNDANCES[rates].items():
        result = bbn.abundances(0.02236, delta_neff)
        assert result.y_p == pytest.approx(y_p, abs=Y_P_TOLERANCE)
        assert result.dh == pytest.approx(1e-5 * dh_1e5, rel=DH_TOLERANCE)


def test_two_helium_numbers():
    """Mass fraction from Y_p by the atomic masses; they differ by 0.5 %."""
    result = Nucleosynthesis().abundances(0.02236, 0.0)
    helium = result.y_p * HELIUM_MASS_U / 4.0
    expected = helium / (helium + (1.0 - result.y_p) * HYDROGEN_MASS_U)
    assert result.yhe == pytest.approx(expected, abs=2e-5)  # deuterium, helium-3 left out
    assert result.yhe == pytest.approx(YHE_PRIMAT, abs=YHE_TOLERANCE)


def _worst_pull(rates: str, points, tau_n_s: float) -> float:
    """Largest difference between table and PRIMAT itself, over the smallest error of any data."""
    table, direct = (Nucleosynthesis(rates=rates, tau_n=tau_n_s, direct=d) for d in (False, True))
    sigma_y_p = min(min(m.plus, m.minus) for m in HELIUM.values())
    sigma_dh = min(min(m.plus, m.minus) for m in DEUTERIUM.values())
    pulls = []
    for point in points:
        a, b = table.abundances(*point), direct.abundances(*point)
        pulls += [abs(a.y_p - b.y_p) / sigma_y_p, abs(a.dh - b.dh) / sigma_dh]
        assert a.yhe == pytest.approx(b.yhe, abs=2e-6 if tau_n_s == TAU_N_TABLE_S else 2e-5)
    return max(pulls)


@pytest.mark.parametrize("rates", sorted(RATE_SETS))
def test_table_and_direct_agree(rates, needs_primat):
    """Corners, edges, halfway between nodes, and at random: far below 0.05 sigma of the data.

    And the file of little radiation: a corner, and off its nodes, N_eff = 1 among them.
    """
    w, dn = make_bbn_tables.OMEGA_B_NODES, make_bbn_tables.DELTA_NEFF_NODES
    little = [(w[0], -2.5), (0.02236, -2.044), (0.0297, -2.4), (0.0162, -1.6)]
    corners = [(w[i], dn[j]) for i in (0, -1) for j in (0, -1)]
    halfway = [(0.5 * (w[i] + w[i + 1]), 0.5 * (dn[j] + dn[j + 1])) for i, j in HALFWAY]
    edges = [(w[0], 0.125), (w[-1], 2.125), (0.01975, dn[0]), (0.02625, dn[-1])]
    rng = np.random.default_rng(5)
    inside = zip(rng.uniform(w[0], w[-1], 8), rng.uniform(dn[0], dn[-1], 8), strict=True)
    points = [*corners, *halfway, *edges, *inside, *little]
    assert _worst_pull(rates, points, TAU_N_TABLE_S) < 0.002


@pytest.mark.parametrize("tau_n_s", BBNOptions.declared()["tau_n"].range)
@pytest.mark.parametrize("rates", sorted(RATE_SETS))
def test_table_and_direct_agree_at_other_neutron_lifetimes(rates, tau_n_s, needs_primat):
    """The ends of the allowed range, where the linear correction is worst."""
    points = [(w, dn) for w in (0.016, 0.02236, 0.030) for dn in (-2.5, -1.5, 0.0, 3.0)]
    assert _worst_pull(rates, points, tau_n_s) < 0.015


@pytest.mark.parametrize("rates", sorted(RATE_SETS))
@pytest.mark.parametrize("tau_n_s", [TAU_N_TABLE_S, 870.0])
def test_the_files_join(rates, tau_n_s):
    """At -1.5, where they meet, values and slopes are those of both."""
    bbn = Nucleosynthesis(rates=rates, tau_n=tau_n_s)
    step, edge = 1e-3, make_bbn_tables.DELTA_NEFF_NODES[0]
    for omega_b in (0.0161, 0.0224, 0.0299):
        deltas = edge + step * np.array([-2.0, -1.0, -1e-6, 0.0, 1.0, 2.0])
        y_p, dh, _ = np.transpose([astuple(bbn.abundances(omega_b, d)) for d in deltas])
        assert y_p[2] == pytest.approx(y_p[3], rel=1e-8)
        assert dh[2] == pytest.approx(dh[3], rel=1e-8)
        for values, tolerance in ((y_p, 2e-4), (dh, 2e-4)):
            below, above = np.diff(values[:2]), np.diff(values[-2:])
            assert below == pytest.approx(above, rel=tolerance + 4 * step)


@pytest.mark.parametrize("rates", sorted(RATE_SETS))
def test_errors_of_the_table(rates, needs_primat):
    """At a corner (a node) and between the nodes."""
    for point, tolerance in (((0.016, 3.0), 1e-4), (BETWEEN, 2e-3)):
        found = Nucleosynthesis(rates=rates).theory_error(*point)
        expected = make_bbn_tables.theory_error_from_primat(*point, RATE_SETS[rates].network)
        assert astuple(found) == pytest.approx(astuple(expected), rel=tolerance)


@pytest.mark.parametrize("rates", sorted(RATE_SETS))
def test_linear_errors_against_monte_carlo(rates, needs_primat):
    """All rates and tau_n at once, not one by one: the sum of linear responses is the whole shift.

    The spreads of the draws and of their linear predictions are compared, so that their common
    Monte Carlo error (14 %) drops out. There are as many as sources, which span all directions, and
    each has its mirror image, so that a curvature does not leak into the spread.
    """
    network = RATE_SETS[rates].network
    sources = make_bbn_tables.error_sources(network)
    half = np.random.default_rng(3).standard_normal((len(sources), len(sources)))
    pulls = np.concatenate([half, -half])
    draws = np.array(
        [
            make_bbn_tables.primat_with_errors(
                *BETWEEN, network, dict(zip(sources, row, strict=True))
            )
            for row in pulls
        ]
    )
    linear = pulls @ responses(*BETWEEN, network)
    assert draws.std(axis=0) / linear.std(axis=0) == pytest.approx(1.0, abs=5e-3)
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(np.corrcoef(linear.T)[0, 1], abs=0.01)


def test_directions():
    """More baryons: more helium, less deuterium. Faster expansion: more of both."""
    bbn = Nucleosynthesis()
    here = bbn.abundances(0.0224, 0.0)
    baryons, radiation = bbn.abundances(0.0230, 0.0), bbn.abundances(0.0224, 0.2)
    assert baryons.y_p > here.y_p
    assert baryons.dh < here.dh
    assert radiation.y_p > here.y_p
    assert radiation.dh > here.dh


def test_scale_acts_on_deuterium_only():
    one, scaled = (Nucleosynthesis(dh_scale=s).abundances(0.0224, 0.1) for s in (1.0, 1.0215))
    assert scaled.dh / one.dh == pytest.approx(1.0215)
    assert (scaled.y_p, scaled.yhe) == (one.y_p, one.yhe)


@pytest.mark.parametrize(
    "point", [(0.0159, 0.0), (0.0301, 0.0), (0.0224, -2.6), (0.0224, 3.1), (math.nan, 0.0)]
)
def test_no_extrapolation(point):
    with pytest.raises(RangeError, match=r"BBN table: (omega_b|delta_neff) = .*; allowed is"):
        Nucleosynthesis().abundances(*point)


def test_wrong_options():
    with pytest.raises(UnknownOptionError, match="Did you mean 'parthenope3'"):
        Nucleosynthesis(rates="parthenope")
    with pytest.raises(RangeError, match="neutron lifetime"):
        Nucleosynthesis(tau_n=500.0)
    with pytest.raises(RangeError, match="dh_scale"):
        Nucleosynthesis(dh_scale=102.15)


def test_absent_table(monkeypatch, tmp_path):
    monkeypatch.setattr(nucleosynthesis, "DATA_DIR", tmp_path)
    nucleosynthesis._splines.cache_clear()
    with pytest.raises(MissingDataError, match=r"nuclei\.make_tables"):
        Nucleosynthesis()


def test_absent_primat(monkeypatch):
    """A table needs no PRIMAT; `direct` says at once what to install."""
    monkeypatch.setitem(sys.modules, "primat.backend", None)
    assert Nucleosynthesis().abundances(0.0224, 0.0).y_p == pytest.approx(0.247, abs=1e-3)
    with pytest.raises(MissingPackageError, match=r"pip install 'hotaxion\[bbn\]'"):
        Nucleosynthesis(direct=True)
