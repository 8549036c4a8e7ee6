"""Why this test exists: components may go by any name; what a run assumed, and the curve that its
theory computes, must be found all the same."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.chains import chain as chains
from hotaxion.analysis.chains import mass_curve
from hotaxion.analysis.published.beside import run_summary
from hotaxion.theory.errors import HotAxionError

AXIONS = {"model": "ksvz", "rates": "lo", "solver": "number", "kaons": "data", "version": "x"}
NAMES = ["hotaxion.theory.HotAxion", "axions"]


@pytest.mark.parametrize("name", NAMES)
def test_options_are_found_by_class(tmp_path, write_chain, change_input, name):
    """Those that name an analysis and those that are not the default, kaons among them."""
    prefix = write_chain(tmp_path, n_chains=2, rows=1000)
    likelihood = {"abundances": {"class": "hotaxion.likelihoods.BBN", "preset": "2026"}}
    options = AXIONS | {"class": NAMES[0], "step": 0.02}
    change_input(prefix, theory={name: options}, likelihood=likelihood)
    text = " ".join(run_summary([("mine", prefix)]).split())
    assert "model ksvz, rates lo, solver number, kaons data; likelihoods abundances (BBN)" in text


@pytest.mark.parametrize("name", NAMES)
def test_curve_is_computed_by_class(tmp_path, write_chain, change_input, name):
    prefix = write_chain(tmp_path, n_chains=1, rows=40)
    options = {"class": NAMES[0], "rates": "lo", "solver": "instantaneous", "table": False}
    change_input(prefix, theory={name: options | {"input_params": ["m_a"]}})
    value, slope = mass_curve.curve_at_samples(chains.load_chain(prefix, 0))
    assert np.isfinite(value).all()
    assert (slope > 0).all()


@pytest.mark.parametrize("theory", [{"my_module.Axions": None}, {"x": {"class": "my_module.A"}}])
def test_class_that_is_not_here_is_named(tmp_path, write_chain, change_input, theory):
    prefix = write_chain(tmp_path, n_chains=1, rows=40)
    change_input(prefix, theory=theory)
    with pytest.raises(HotAxionError, match=rf"its theories: {next(iter(theory))}"):
        mass_curve.curve_at_samples(chains.load_chain(prefix, 0))
    (tmp_path / "run.updated.yaml").unlink()
    (tmp_path / "run.paramnames").write_text(
        "m_a\nomega_b\n" + "\n".join(f"x{i}" for i in range(6))
    )
    lines = (tmp_path / "run.1.txt").read_text().split("\n")
    (tmp_path / "run.1.txt").write_text("\n".join(lines[1:]))
    with pytest.raises(HotAxionError, match=r"no updated\.yaml"):
        mass_curve.curve_at_samples(chains.load_chain(prefix, 0))
