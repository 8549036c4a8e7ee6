"""Why this test exists: a bound without its prior is no number; the words must fit the input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats._distr_params import distcont

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.priors import (
    arguments,
    distribution,
    flat_range,
    in_words,
    limits,
)
from hotaxion.analysis.chains.reweight import log_density, mass_input
from hotaxion.theory.errors import HotAxionError


def test_prior_is_named(chain):
    found = Chain.load(chain)
    assert found.prior("m_a") == "flat in m_a on [0, 3]"
    assert found.prior("omega_b") == "Gaussian in omega_b, 0.0224 ± 0.00015"
    assert found.prior("delta_neff") is None


def test_prior_through_a_helper(joint_chain):
    """Sampled in ln(m_a + 0.05), flat in m_a by its Jacobian: the range is that of m_a."""
    found = Chain.load(joint_chain).bounds(["m_a", "mnu", "H0"]).parameters
    assert found["m_a"].prior == "flat in m_a on [0, 10]"
    assert found["mnu"].prior == "flat in mnu on [0, 2]"
    assert found["H0"].prior is None


def test_helper_without_its_jacobian_is_named_itself(tmp_path, write_joint_chain, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, prior={"other": "lambda mnu: -mnu"})
    expected = "flat in ln_m_a on [-2.99573, 2.30757]"
    assert Chain.load(prefix).prior("m_a") == expected


def test_helper_without_a_range(tmp_path, write_joint_chain, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    m_a = {"value": "lambda ln_m_a: np.exp(ln_m_a) - 0.05"}
    change_input(prefix, params={"m_a": m_a})
    assert Chain.load(prefix).prior("m_a") == "flat in m_a"


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
    assert Chain.load(prefix).prior("m_a").startswith("unknown")


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


@pytest.mark.parametrize(
    ("prior", "words"),
    [
        ([0, 3], "flat in x on [0, 3]"),
        ({"max": 3}, "flat in x on [0, 3]"),
        ({"dist": "uniform", "loc": 1}, "flat in x on [1, 2]"),
        ({"dist": "norm", "loc": 1, "scale": 2}, "Gaussian in x, 1 ± 2"),
        ({"dist": "loguniform", "a": 0.001, "b": 1.0}, "log-uniform on [0.001, 1] in x"),
        ({"dist": "halfnorm", "scale": 0.1}, "halfnorm on [0, inf) in x (scale = 0.1)"),
        ({"dist": "beta", "a": 2, "b": 3, "max": 2}, "beta on [0, 2] in x (a = 2, b = 3)"),
        (
            {"dist": "truncnorm", "min": 0, "max": 2, "loc": 1},
            "truncnorm on [0, 2] in x (loc = 1)",
        ),
    ],
)
def test_words_of_distributions(prior, words):
    assert in_words("x", prior) == words


def test_every_distribution_of_scipy_has_words_and_its_range():
    known = 0
    for name, shapes in distcont:
        names = (getattr(stats, name).shapes or "").replace(" ", "").split(",")
        prior = {"dist": name} | dict(zip(names, shapes, strict=False)) | {"loc": 1, "scale": 2}
        assert limits(prior) == pytest.approx(distribution(prior).support())
        assert not in_words("x", prior).startswith("unknown")
        known += 1
    assert known > 100


@pytest.mark.parametrize(
    "prior",
    [
        *(None, "text", [], [1], [1, 2, 3], [3, 0], [0, "a"]),
        *({"dist": "nothing"}, {"dist": 5}, {"dist": "beta"}, {"dist": "beta", "a": -1, "b": 1}),
        *({"scale": float("nan")}, {"min": "a"}, {"loc": [1, 2]}),
        *({"dist": "multivariate_normal"}, {"dist": "describe"}),
    ],
)
def test_priors_that_cobaya_would_refuse(prior):
    assert in_words("x", prior) == "unknown: its prior cannot be read here"
    assert limits(prior) is None
    assert flat_range(prior) is None


@pytest.mark.parametrize(
    ("prior", "limits"),
    [
        ({"dist": "loguniform", "a": 0.001, "b": 3.0}, (0.001, 3)),
        ({"dist": "halfnorm", "scale": 0.1}, (0, None)),
        ({"dist": "expon"}, (0, None)),
        ({"dist": "norm", "loc": 0.2, "scale": 0.1}, (None, None)),
        ("text", (None, None)),
    ],
)
def test_chains_with_any_prior_are_read(tmp_path, write_chain, change_input, prior, limits):
    """getdist's own reader stops at priors without min, max, loc and scale."""
    prefix = write_chain(tmp_path, n_chains=1, rows=200)
    for path in tmp_path.glob("run.1.txt"):  # no mass below the least of the log-uniform prior
        table = np.loadtxt(path)
        np.savetxt(path, table[table[:, 2] > 0.001])
    change_input(prefix, params={"m_a": {"prior": prior}})
    samples = Chain.load(prefix).samples
    assert (samples.ranges.getLower("m_a"), samples.ranges.getUpper("m_a")) == limits
    assert Chain.load(prefix).bounds().parameters["m_a"].prior == in_words("m_a", prior)
    assert samples.get1DDensity("m_a") is not None


def test_function_that_cannot_be_read_is_named(tmp_path, write_joint_chain, change_input):
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, params={"m_a": {"value": "import_module('my_priors').mass"}})
    assert "my_priors" in Chain.load(prefix).bounds(["m_a"]).parameters["m_a"].prior
    for function, says in {
        "lambda ln_m_a: nothing(ln_m_a)": "fails: NameError",
        "lambda ln_m_a: None": "fails: TypeError",
        "lambda ln_m_a: np.nan": "no finite number at ln_m_a",
        "lambda ln_m_a: 0.1": "does not change with ln_m_a",
    }.items():
        change_input(prefix, params={"m_a": {"value": function}})
        with pytest.raises(HotAxionError, match=says) as error:
            density_of(prefix)
        assert function in str(error.value)


# --- the density behind the words -----------------------------------------------------------


def density_of(prefix: str) -> np.ndarray:
    """ln of the density of the mass, in whatever way the input gives it."""
    found = Chain.load(prefix)
    return log_density(found, mass_input(found.info))


def test_flat_densities_are_constant(chain, joint_chain):
    for prefix in (chain, joint_chain):
        density = density_of(prefix)
        assert np.ptp(density) < 1e-6


def test_density_of_a_helper_without_jacobian(tmp_path, write_joint_chain, change_input):
    """Flat in ln(m_a + 0.05): the density of m_a is 1/(m_a + 0.05)."""
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=500)
    change_input(prefix, prior={"other": "lambda mnu: -mnu"})
    found = Chain.load(prefix)
    density = density_of(prefix)
    expected = -np.log(found.column("m_a") + 0.05)
    assert density - density[0] == pytest.approx(expected - expected[0], abs=1e-6)


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
    found = Chain.load(prefix)
    density = density_of(prefix)
    masses = found.column("m_a")
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
        density_of(prefix)
