"""Why this test exists: the committed posteriors stand for chains that are not committed."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.thin import thinned, write_reference


def test_small_posterior_has_the_same_bounds(chain, exact, tmp_path):
    """Within three of its own Monte Carlo errors, no burn-in removed a second time."""
    files = write_reference(chain, tmp_path, rows=400)
    endings = {path.name.removeprefix("run.") for path in files}
    assert endings == {"txt", "paramnames", "ranges", "properties.ini", "updated.yaml"}
    small = Chain.load(tmp_path / "run")
    assert small.samples.numrows == pytest.approx(400, rel=0.15)
    assert set(small.samples.weights) == {1.0}
    assert not any(name.startswith("chi2") for name in small.parameters())
    for name in ("m_a", "delta_neff", "omega_b"):
        bound = small.bound(name)
        assert abs(bound.value - exact[name]) < 3 * bound.mc_error
    assert small.bound("m_a").value == pytest.approx(exact["m_a"], rel=0.1)


def test_small_posterior_knows_what_it_is(chain, tmp_path):
    """Its priors and that its rows are independent; the same again if it is made again."""
    files = write_reference(chain, tmp_path, rows=400)
    small, large = Chain.load(tmp_path / "run"), Chain.load(chain)
    assert small.independent
    assert small.r_minus_one() is None
    assert small.info == large.info
    for name in large.parameters():
        if not name.startswith(("chi2", "minuslogprior")):
            assert small.prior(name) == large.prior(name)
    again = write_reference(chain, tmp_path, rows=400)
    assert again == files
    assert np.array_equal(Chain.load(tmp_path / "run").samples.samples, small.samples.samples)


def test_weighted_rows_are_thinned_without_bias():
    """Sums of weights stay, in the mean and in each of the parts that they are cut into."""
    rng = np.random.default_rng(4)
    weights = rng.exponential(size=40_000) ** 2
    rows, new = thinned(weights, 8000)
    assert rows.size == pytest.approx(8000, rel=0.03)
    assert np.all(new >= weights[rows])
    left = np.arange(weights.size) < 10_000
    for part in (left, ~left):
        assert new[part[rows]].sum() == pytest.approx(weights[part].sum(), rel=0.03)
    along = np.argsort(rng.random(weights.size))
    rows, new = thinned(weights, 8000, along)
    place = np.argsort(along)
    for start in range(0, weights.size, 4000):  # of each stretch all but one row
        part = (start <= place) & (place < start + 4000)
        assert abs(new[part[rows]].sum() - weights[part].sum()) < 2.0 * new.min()
    few, same = thinned(np.array([0.0, 2.0, 3.0]), 5)
    assert (few.tolist(), same.tolist()) == ([1, 2], [2.0, 3.0])


def test_reference_with_act_is_the_chain_of_the_table():
    """chains/reference/reproduced.md: 0.0873(7) eV, 0.0978(8), 0.0631(5) eV."""
    small = Chain.load("reference/hotaxion2026_pact_ksvz")
    assert small.bound("m_a").effective_samples > 1e4
    for name, value in (("m_a", 0.0873), ("delta_neff", 0.0978), ("mnu", 0.0631)):
        assert small.bound(name).value == pytest.approx(value, rel=0.01)
