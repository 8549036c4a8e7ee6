"""Why this test exists: the committed posteriors stand for chains that are not committed."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.thin import write_reference


def test_small_posterior_has_the_same_bounds(chain, exact, tmp_path):
    """Within three of its own Monte Carlo errors, no burn-in removed a second time."""
    files = write_reference(chain, tmp_path, rows=1000)
    assert {path.suffix for path in files} >= {".txt", ".paramnames", ".ranges"}
    small = Chain.load(tmp_path / "run")
    assert small.samples.numrows == 1000
    assert set(small.samples.weights) == {1.0}
    assert not any(name.startswith("chi2") for name in small.parameters())
    for name in ("m_a", "delta_neff", "omega_b"):
        bound = small.bound(name)
        assert abs(bound.value - exact[name]) < 3 * bound.mc_error
    again = write_reference(chain, tmp_path, rows=1000)
    assert again == files
    assert np.array_equal(Chain.load(tmp_path / "run").samples.samples, small.samples.samples)
    assert small.bound("m_a").value == pytest.approx(exact["m_a"], rel=0.1)
