"""Why this test exists: means converge long before the tail does; the numbers that warn of that
are held against chains whose scatter is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import halfnorm

from hotaxion.analysis.chains.chain import Chain, kish


def test_scatter_of_the_bound_is_that_of_single_chains(tmp_path, write_chain):
    """Over many runs, R-1 of the bound = error of one chain's bound over the spread."""
    one, spread = [], []
    found = []
    for seed in range(12):
        prefix = write_chain(tmp_path, f"run{seed}", n_chains=4, rows=1500, seed=300 + seed)
        found.append(Chain.load(prefix).bounds(["m_a"]).parameters["m_a"].r_minus_one)
        table = np.loadtxt(f"{prefix}.1.txt")[450:, 2]
        one.append(np.quantile(table, 0.95))
        spread.append(table.std())
    expected = np.std(one, ddof=1) / np.mean(spread) * np.sqrt(3 / 4)  # ddof = 0 of four chains
    assert np.mean(found) == pytest.approx(expected, rel=0.4)  # 12 values are known to 20 %


def test_a_chain_with_another_tail_is_seen(tmp_path, write_chain):
    """Means that agree, tails that do not: only R-1 of the bound says so."""
    prefix = write_chain(tmp_path, n_chains=4)
    table = np.loadtxt(f"{prefix}.2.txt")
    mean = table[:, 2].mean()
    table[:, 2] = np.abs(mean + 0.2 * (table[:, 2] - mean))  # narrower about the same mean
    np.savetxt(f"{prefix}.2.txt", table)
    result = Chain.load(prefix).bounds(["m_a"])
    assert result.r_minus_one < 0.02
    assert result.r_minus_one_bound > 0.5


def test_lower_bound_is_judged_as_the_upper_bound_of_its_inverse(chain):
    found = Chain.load(chain)
    of_m_a = found.r_minus_one_of_bound("m_a")
    assert found.r_minus_one_of_bound("f_a") == pytest.approx(of_m_a, rel=1e-4)
    assert found.effective("f_a") == pytest.approx(found.effective("m_a"), rel=1e-4)


def test_lone_chain_is_cut_in_four(tmp_path, write_chain):
    chain = Chain.load(write_chain(tmp_path, n_chains=1), burn=0)
    assert [(p.start, p.stop) for p in chain.pieces()] == [
        (0, 750),
        (750, 1500),
        (1500, 2250),
        (2250, 3000),
    ]
    assert 0 < chain.r_minus_one_of_bound("m_a") < 0.5


def test_kish():
    assert kish(np.ones(7)) == 7
    assert kish(np.array([1.0, 0.0, 0.0])) == 1
    assert kish(np.array([3.0, 1.0])) == pytest.approx(1.6)


def test_tail_of_the_bound_is_the_stated_one(chain, exact):
    """The scatter is of the 95 % quantile, not of one near the median."""
    found = Chain.load(chain)
    column = found.column("m_a")
    quantiles = [np.quantile(column[p], 0.95) for p in found.pieces()]
    expected = np.std(quantiles) / (0.25 * halfnorm.std())
    assert found.r_minus_one_of_bound("m_a") == pytest.approx(expected, rel=0.05)
