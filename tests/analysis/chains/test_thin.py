"""Why this test exists: the committed posteriors stand for chains that are not committed."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.thin import write_reference


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
