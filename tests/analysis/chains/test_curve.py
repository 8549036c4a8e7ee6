"""Why this test exists: components may go by any name; the curve that the theory of a chain
computes must be found all the same, and be that of its options."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.curve import curve_at_samples
from hotaxion.theory.errors import HotAxionError

NAMES = ["hotaxion.theory.HotAxion", "axions"]


@pytest.mark.parametrize("name", NAMES)
def test_curve_is_computed_by_class(tmp_path, write_chain, change_input, name):
    prefix = write_chain(tmp_path, n_chains=1, rows=40)
    options = {"class": NAMES[0], "rates": "lo", "solver": "instantaneous", "table": False}
    change_input(prefix, theory={name: options | {"input_params": ["m_a"]}})
    value, slope = curve_at_samples(Chain.load(prefix, 0))
    assert np.isfinite(value).all()
    assert (slope > 0).all()


@pytest.mark.parametrize("theory", [{"my_module.Axions": None}, {"x": {"class": "my_module.A"}}])
def test_class_that_is_not_here_is_named(tmp_path, write_chain, change_input, theory):
    prefix = write_chain(tmp_path, n_chains=1, rows=40)
    change_input(prefix, theory=theory)
    with pytest.raises(HotAxionError, match=rf"its theories: {next(iter(theory))}"):
        curve_at_samples(Chain.load(prefix, 0))
    (tmp_path / "run.updated.yaml").unlink()
    (tmp_path / "run.paramnames").write_text(
        "m_a\nomega_b\n" + "\n".join(f"x{i}" for i in range(6))
    )
    lines = (tmp_path / "run.1.txt").read_text().split("\n")
    (tmp_path / "run.1.txt").write_text("\n".join(lines[1:]))
    with pytest.raises(HotAxionError, match=r"no updated\.yaml"):
        curve_at_samples(Chain.load(prefix, 0))
