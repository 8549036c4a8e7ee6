"""Why this test exists: a 95 % bound is the product of this project; its value and its stated
Monte Carlo error are held against chains whose quantiles are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from getdist import MCSamples
from scipy.signal import lfilter
from scipy.stats import halfnorm, norm

from hotaxion.analysis.chains.chain import Chain
from hotaxion.theory.errors import (
    HotAxionError,
    MissingDataError,
    RangeError,
    UnknownOptionError,
)


@pytest.fixture(scope="module")
def result(chain):
    return Chain.load(chain).bounds()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("m_a", "upper95"), ("delta_neff", "upper95"), ("f_a", "lower95"), ("omega_b", "mean")],
)
def test_value_is_exact_within_its_stated_error(result, exact, name, kind):
    bound = result.parameters[name]
    assert bound.type == kind
    assert abs(bound.value - exact[name]) < 3 * bound.mc_error
    assert bound.mc_error < 0.05 * max(bound.value, 0) or name == "omega_b"


def test_sigma_of_a_two_sided_parameter(result):
    assert result.parameters["omega_b"].sigma == pytest.approx(1.5e-4, rel=0.05)


def test_stated_error_is_the_scatter_between_independent_runs(tmp_path, write_chain):
    """25 short runs: their bounds scatter by what each of them states, within 35 %."""
    stated, values = [], []
    for seed in range(25):
        prefix = write_chain(tmp_path, f"run{seed}", n_chains=2, rows=1500, seed=100 + seed)
        bound = Chain.load(prefix).bounds(["m_a"]).parameters["m_a"]
        stated.append(bound.mc_error)
        values.append(bound.value)
    # The scatter of 25 values is itself known to 14 % only.
    assert np.mean(stated) == pytest.approx(np.std(values, ddof=1), rel=0.35)


def test_stated_error_is_that_of_strongly_correlated_rows():
    """Of the 95 % quantile of AR(1) series with 39 rows to an independent one: within 6 %.

    Blocks of one correlation length instead of ten would state 14 % less.
    """
    runs, rows, correlation, rng = 2000, 6000, 0.95, np.random.default_rng(1)
    noise = rng.standard_normal((runs, rows)) * np.sqrt(1 - correlation**2)
    noise[:, 0] /= np.sqrt(1 - correlation**2)  # stationary from the start
    series = 10 + lfilter([1], [1, -correlation], noise, axis=1)
    scatter = np.quantile(series, 0.95, axis=1).std(ddof=1)  # known to 1.6 %
    stated = [
        Chain("run", MCSamples(samples=one[:, None], names=["m_a"])).bound("m_a").mc_error
        for one in series[:100]
    ]
    assert np.sqrt(np.mean(np.square(stated))) == pytest.approx(scatter, rel=0.06)


def test_convergence_numbers(result):
    # 4 x 2100 rows left; omega_b is AR(1) with correlation 0.8: one in nine is independent.
    assert 0 < result.r_minus_one < 0.02
    assert result.parameters["omega_b"].effective_samples == pytest.approx(8400 / 9, rel=0.15)
    assert result.effective_samples == min(b.effective_samples for b in result.parameters.values())


def test_one_chain_alone_is_cut_to_judge_convergence(tmp_path, write_chain):
    prefix = write_chain(tmp_path, n_chains=1)
    assert 0 < Chain.load(prefix).bounds().r_minus_one < 0.1


def test_two_chains_that_disagree_have_a_large_r_minus_one(tmp_path, write_chain):
    prefix = write_chain(tmp_path, n_chains=2)
    table = np.loadtxt(f"{prefix}.2.txt")
    table[:, 3] += 5 * 1.5e-4  # omega_b
    np.savetxt(f"{prefix}.2.txt", table)
    assert Chain.load(prefix).bounds().r_minus_one > 1


def test_weights_count(tmp_path, write_chain):
    """A row of weight 3 is worth three rows: the quantile of the reweighted density."""
    prefix = write_chain(tmp_path, n_chains=1, rows=20000)
    table = np.loadtxt(f"{prefix}.1.txt")
    table[:, 0] = np.where(table[:, 2] > 0.25, 3.0, 1.0)
    np.savetxt(f"{prefix}.1.txt", table)
    bound = Chain.load(prefix).bounds(["m_a"]).parameters["m_a"]
    above = 2 * (1 - 0.8413447460685429)  # weight 3 beyond one sigma
    exact = 0.25 * halfnorm.isf(0.05 * (3 * above + (1 - above)) / 3)
    assert abs(bound.value - exact) < 3 * bound.mc_error


def test_burn_in_is_dropped(tmp_path, write_chain):
    prefix = write_chain(tmp_path, n_chains=1, rows=2000)
    table = np.loadtxt(f"{prefix}.1.txt")
    table[:500, 2] = 2.5  # a start far away
    np.savetxt(f"{prefix}.1.txt", table)
    assert Chain.load(prefix, 0.3).bounds(["m_a"]).parameters["m_a"].value < 0.6
    assert Chain.load(prefix, 0.0).bounds(["m_a"]).parameters["m_a"].value > 2


def test_getdist_format_and_unknown_names(tmp_path):
    """A chain of getdist without any of our parameters: all sampled ones, as means."""
    rng = np.random.default_rng(3)
    samples = MCSamples(samples=rng.normal(1, 2, (2000, 2)), names=["x", "y"], labels=["x", "y"])
    samples.saveAsText(str(tmp_path / "g"), chain_index=0)
    result = Chain.load(tmp_path / "g", 0).bounds()
    assert list(result.parameters) == ["x", "y"]
    assert result.parameters["x"].type == "mean"
    assert result.parameters["x"].value == pytest.approx(1, abs=0.2)
    assert result.parameters["x"].prior is None


def test_independent_rows_keep_their_start(tmp_path, write_chain):
    """Nested or importance samples: no burn-in, no R-1; Kish's number of samples."""
    prefix = write_chain(tmp_path, n_chains=1, rows=1000)
    path = tmp_path / "run.updated.yaml"
    path.write_text(
        path.read_text().replace('"mcmc": {}', "evaluate: {sampler_type: uncorrelated}")
    )
    result = Chain.load(prefix).bounds()
    assert result.r_minus_one is None
    assert result.effective_samples == pytest.approx(1000)
    assert result.r_minus_one_bound is None


def test_importance_weights_of_any_size_count(tmp_path, write_chain):
    """Weights far from integers (reweighted data): the new quantile, from fewer samples."""
    prefix = write_chain(tmp_path, n_chains=2, rows=12000)
    for number in (1, 2):
        table = np.loadtxt(f"{prefix}.{number}.txt")
        table[:, 0] = 1e-7 * np.exp(-table[:, 2] / 0.1)
        table[::50, 0] = 0.0  # rows that the new data exclude
        np.savetxt(f"{prefix}.{number}.txt", table)
    found = Chain.load(prefix).bounds(["m_a", "omega_b"]).parameters
    # exp(-m^2/2s^2 - m/t) is a Gaussian about -s^2/t, cut at zero
    shift = 0.25**2 / 0.1
    exact = norm.isf(0.05 * norm.sf(shift / 0.25)) * 0.25 - shift
    assert abs(found["m_a"].value - exact) < 3 * found["m_a"].mc_error
    assert 0.2 * 2 * 8400 / 9 < found["omega_b"].effective_samples < 2 * 8400 / 9


def test_chain_that_getdist_wrote_with_weights(tmp_path):
    """PREFIX.txt of independent rows with importance weights, .paramnames, .properties.ini."""
    rng = np.random.default_rng(11)
    m_a = np.abs(rng.normal(0, 0.25, 4000))
    weights = np.exp(-m_a / 0.5)
    written = MCSamples(
        samples=m_a[:, None],
        weights=weights,
        loglikes=m_a**2,
        names=["m_a"],
        labels=["m_a"],
        sampler="uncorrelated",
    )
    written.saveAsText(str(tmp_path / "exact"))
    written.saveTextMetadata(str(tmp_path / "exact"), {"sampler": "uncorrelated"})
    result = Chain.load(tmp_path / "exact").bounds()
    shift = 0.25**2 / 0.5
    exact = norm.isf(0.05 * norm.sf(shift / 0.25)) * 0.25 - shift
    assert abs(result.parameters["m_a"].value - exact) < 3 * result.parameters["m_a"].mc_error
    assert result.effective_samples == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert result.r_minus_one is None


def test_missing_chain_names_those_that_exist(chain):
    with pytest.raises(MissingDataError, match="prefixes there: run"):
        Chain.load(chain + "x")
    with pytest.raises(MissingDataError, match="no folder"):
        Chain.load("/nonexistent/run")


@pytest.mark.parametrize("burn", [-0.1, 1.0, float("nan")])
def test_burn_in_out_of_range(chain, burn):
    with pytest.raises(RangeError, match="allowed is 0 <= burn < 1"):
        Chain.load(chain, burn)


def test_unknown_parameter_says_what_was_meant(chain):
    with pytest.raises(UnknownOptionError, match="Did you mean 'delta_neff'"):
        Chain.load(chain).bounds(["delta_nef"])


def test_a_few_rows_are_not_a_posterior(tmp_path, write_chain):
    with pytest.raises(HotAxionError, match="Let it run on"):
        Chain.load(write_chain(tmp_path, n_chains=1, rows=20)).bounds()


@pytest.mark.filterwarnings("ignore:loadtxt. input contained no data:UserWarning")  # numpy's
@pytest.mark.parametrize("content", ["", "# weight m_a\n", "1 2 3\n4 5\n", "not numbers\n"])
def test_broken_files(tmp_path, write_chain, content, capsys):
    prefix = write_chain(tmp_path, n_chains=1, rows=20)
    (tmp_path / "run.1.txt").write_text(content)
    with pytest.raises(HotAxionError):
        Chain.load(prefix)
    assert capsys.readouterr().out == ""


def test_chain_without_names(tmp_path, write_chain):
    prefix = write_chain(tmp_path, n_chains=1, rows=100)
    (tmp_path / "run.updated.yaml").unlink()
    with pytest.raises(HotAxionError, match=r"names of its parameters.*updated\.yaml"):
        Chain.load(prefix).bounds()
