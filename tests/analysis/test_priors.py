"""Why this test exists: a bound without its prior is no number; the words must fit the input."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis import bounds, chains, prior_density
from hotaxion.analysis.distributions import flat_range
from hotaxion.analysis.priors import arguments, prior_of
from hotaxion.theory.errors import HotAxionError


def test_prior_is_named(chain):
    samples = chains.load_chain(chain)
    assert prior_of(samples, "m_a") == "flat in m_a on [0, 3]"
    assert prior_of(samples, "omega_b") == "Gaussian in omega_b, 0.0224 ± 0.00015"
    assert prior_of(samples, "delta_neff") is None


def test_prior_through_a_helper(joint_chain):
    """Sampled in ln(m_a + 0.05), flat in m_a by its Jacobian: the range is that of m_a."""
    found = bounds.chain_bounds(joint_chain, ["m_a", "mnu", "H0"]).parameters
    assert found["m_a"].prior == "flat in m_a on [0, 10]"
    assert found["mnu"].prior == "flat in mnu on [0, 2]"
    assert found["H0"].prior is None


def test_helper_without_its_jacobian_is_named_itself(tmp_path, write_joint_chain, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, prior={"other": "lambda mnu: -mnu"})
    expected = "flat in ln_m_a on [-2.99573, 2.30757]"
    assert prior_of(chains.load_chain(prefix), "m_a") == expected


def test_helper_without_a_range(tmp_path, write_joint_chain, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    m_a = {"value": "lambda ln_m_a: np.exp(ln_m_a) - 0.05"}
    change_input(prefix, params={"m_a": m_a})
    assert prior_of(chains.load_chain(prefix), "m_a") == "flat in m_a"


@pytest.mark.parametrize(
    ("function", "names"),
    [
        ("lambda ln_m_a: np.exp(ln_m_a) - 0.05", ["ln_m_a"]),
        ("  lambda x, y=2 : x + y", ["x", "y"]),
        ("lambda x, f={'a': 1}: x", ["x", "f"]),
        ("import_module('operator').add", ["a", "b"]),
        (0.3, []),
        (None, []),
    ],
)
def test_arguments_of_a_function(function, names):
    assert arguments(function) == names


def test_functions_that_cannot_be_read(tmp_path, write_joint_chain, change_input):
    with pytest.raises(HotAxionError, match=r"'import_module.*must be installed or lie in"):
        arguments("import_module('no_such_module').f")
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    m_a = {"value": "import_module('no_such_module').f"}
    change_input(prefix, params={"m_a": m_a})
    assert prior_of(chains.load_chain(prefix), "m_a").startswith("unknown")


@pytest.mark.parametrize(
    ("prior", "limits"),
    [
        ([0, 3], (0, 3)),
        ({"min": 0, "max": 3}, (0, 3)),
        ({"dist": "uniform", "loc": 1, "scale": 2}, (1, 3)),
        ({"dist": "norm", "loc": 1, "scale": 2}, None),
    ],
)
def test_flat_ranges(prior, limits):
    assert flat_range(prior) == limits


# --- the density behind the words -----------------------------------------------------------


def no_slope() -> np.ndarray:
    raise AssertionError("delta_neff was not sampled: its slope is not needed")


def test_flat_densities_are_constant(chain, joint_chain):
    for prefix in (chain, joint_chain):
        density = prior_density.log_density_in_mass(chains.load_chain(prefix), no_slope)
        assert np.ptp(density) < 1e-6


def test_density_of_a_helper_without_jacobian(tmp_path, write_joint_chain, change_input):
    """Flat in ln(m_a + 0.05): the density of m_a is 1/(m_a + 0.05)."""
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=500)
    change_input(prefix, prior={"other": "lambda mnu: -mnu"})
    samples = chains.load_chain(prefix)
    density = prior_density.log_density_in_mass(samples, no_slope)
    expected = -np.log(samples.samples[:, samples.index["m_a"]] + 0.05)
    assert density - density[0] == pytest.approx(expected - expected[0], abs=1e-6)


def test_density_of_a_sampled_delta_neff_is_its_slope(tmp_path, write_chain, change_input):
    prefix = write_chain(tmp_path, n_chains=1, rows=200)
    change_input(prefix, params={"delta_neff": {"prior": [0, 2]}, "m_a": {"derived": True}})
    samples = chains.load_chain(prefix)
    slope = np.linspace(1, 2, samples.numrows)
    density = prior_density.log_density_in_mass(samples, lambda: slope)
    assert density == pytest.approx(np.log(slope))


@pytest.mark.parametrize("function", ["import_module('prior_of_a_user').f", "lambda m_a: -3 * m_a"])
@pytest.mark.parametrize(
    ("m_a", "jacobian"), [({}, 1), ({"m_a": {"prior": [0, 3]}}, 0)], ids=["helper", "m_a"]
)
def test_density_of_priors_in_any_legal_form(
    tmp_path, write_joint_chain, change_input, monkeypatch, function, m_a, jacobian
):
    """Functions of a module, with default arguments, and of m_a where its helper was sampled."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prior_of_a_user.py").write_text("def f(m_a, power=3):\n    return -power * m_a\n")
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, params=m_a, prior={"p": function})
    samples = chains.load_chain(prefix)
    density = prior_density.log_density_in_mass(samples, no_slope)
    masses = samples.samples[:, samples.index["m_a"]]
    expected = -3 * masses - jacobian * np.log(masses + 0.05)
    assert density - density[0] == pytest.approx(expected - expected[0], abs=1e-6)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ({"prior": {"flat_in_m_a": "lambda ln_m_a: 2 * ln_m_a"}}, "does not make it flat"),
        ({"prior": {"p": "lambda ln_m_a, mnu: -mnu"}}, "depends on ln_m_a, mnu"),
        ({"params": {"ln_m_a": {"prior": {"dist": "norm", "loc": 0}}}}, "is not flat"),
        ({"params": {"m_a": {"derived": True}}}, "how m_a was sampled"),
        ({"params": {"m_a": {"value": "lambda ln_m_a, mnu: 1"}}}, "several parameters"),
        ({"params": {"m_a": {"value": "lambda ln_m_a: )"}}}, "cannot be read"),
        ({"prior": {"p": "import_module('no_such_module').f"}}, "cannot be read"),
        ({"prior": {"p": None}}, "cannot be read"),
    ],
)
def test_priors_that_cannot_be_divided_out(tmp_path, write_joint_chain, blocks, says, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, **blocks)
    with pytest.raises(HotAxionError, match=says):
        prior_density.log_density_in_mass(chains.load_chain(prefix), no_slope)
