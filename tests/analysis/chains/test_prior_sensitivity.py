"""Why this test exists: reweighting to another prior is exact only in the limit of many samples;
here the answer is known by integration, and too few samples must be told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import cumulative_trapezoid

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.curve import curve_at_samples, parameter_of_priors
from hotaxion.analysis.chains.reweight import PRIORS, kish_ratio, of_axion, prior_sensitivity
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.table import RelicTable

SIGMA = 0.1  # eV, of the half-Gaussian likelihood in m_a of the joint chain
CUT = 0.01


@pytest.fixture(scope="module")
def curve() -> tuple[np.ndarray, np.ndarray]:
    """Masses, and Delta N_eff of the joint chain's input on them."""
    table = RelicTable(Abundance())
    masses = np.linspace(1e-3, 0.8, 4000)
    return masses, np.array([table(mass).delta_neff for mass in masses])


@pytest.fixture(scope="module")
def results(joint_chain):
    return dict(zip(PRIORS, prior_sensitivity(Chain.load(joint_chain), ["m_a"]), strict=True))


def bound_by_integration(prior: str, masses: np.ndarray, delta_neff: np.ndarray) -> float:
    density = {
        "m_a": np.ones_like(masses),
        "log m_a": np.where(masses > CUT, 1 / masses, 0),
        "f_a": np.where(masses > CUT, masses**-2, 0),
        "delta_neff": np.gradient(delta_neff, masses),
    }[prior] * np.exp(-((masses / SIGMA) ** 2) / 2)
    total = cumulative_trapezoid(density, masses, initial=0)
    return float(np.interp(0.95 * total[-1], total, masses))


@pytest.mark.parametrize("prior", PRIORS)
def test_bounds_are_those_of_direct_integration(results, curve, prior):
    bound = results[prior].parameters["m_a"]
    assert abs(bound.value - bound_by_integration(prior, *curve)) < 3 * bound.mc_error
    assert bound.mc_error < 0.05 * bound.value


def test_verdicts(results):
    assert results["m_a"].prior == "flat in m_a on [0, 10]"
    assert results["m_a"].verdict == "as sampled"
    assert results["m_a"].kept == 1
    assert results["log m_a"].prior == "flat in log m_a, m_a > 0.01 eV"
    assert results["delta_neff"].prior == "flat in delta_neff on the curve"
    for prior in PRIORS[1:]:
        assert results[prior].verdict == "good"
        assert 0 < results[prior].kept < 1
        assert results[prior].effective_samples < results["m_a"].effective_samples


def test_all_parameters_of_one_weight_agree(joint_chain):
    """f_a = const/m_a and delta_neff(m_a): their bounds are the same quantile."""
    weigher, names = of_axion(Chain.load(joint_chain)), ["m_a", "f_a", "delta_neff"]
    for result in (weigher.reweighted(names, prior) for prior in ("m_a", "log m_a")):
        m_a, f_a = result.parameters["m_a"].value, result.parameters["f_a"].value
        assert f_a == pytest.approx(5.691e6 / m_a, rel=0.01)
        expected = 0.03 + 0.6 * np.tanh(2 * m_a) ** 2
        assert result.parameters["delta_neff"].value == pytest.approx(expected, rel=0.01)


def test_stated_error_is_the_scatter_between_runs(tmp_path, write_joint_chain, change_input):
    """20 short runs reweighted to a prior flat in log m_a scatter by the stated error, 40 %."""
    stated, values = [], []
    for seed in range(20):
        prefix = write_joint_chain(tmp_path, f"run{seed}", 2, 1500, seed=700 + seed)
        change_input(prefix, theory={"x": None})
        result = prior_sensitivity_of(prefix, "log m_a")
        stated.append(result.mc_error)
        values.append(result.value)
    assert np.mean(stated) == pytest.approx(np.std(values, ddof=1), rel=0.4)


def prior_sensitivity_of(prefix: str, prior: str):
    """The bound on m_a under one prior, without the curve (no theory is needed)."""
    return of_axion(Chain.load(prefix), CUT).reweighted(["m_a"], prior).parameters["m_a"]


def sampled_in(name, prior, prefix, change_input, of_mass, model="ksvz") -> None:
    """Make a function of the row's mass, under its name, the sampled parameter of a joint chain."""
    path = Path(f"{prefix}.1.txt")
    names = path.read_text().splitlines()[0].lstrip("# ").split()
    first = ["weight", "minuslogpost", "ln_m_a", "mnu", "omega_b", name]
    fixed = {"m_a"} if model == "alp" else set()  # its mass says nothing
    rest = [n for n in names if n not in {*first, *fixed}]
    for file in path.parent.glob("joint.*.txt"):
        table = dict(zip(names, np.loadtxt(file).T, strict=True))
        table[name] = of_mass(table["m_a"])
        columns = np.column_stack([table[n] for n in first + rest])
        np.savetxt(file, columns, header=" ".join(first + rest), fmt="%.10g")
    m_a = 3.0 if fixed else {"derived": True}
    change_input(
        prefix,
        prior={"other": "lambda mnu: 0 * mnu"},
        params={name: {"prior": prior}, "m_a": m_a},
        theory={"hotaxion.theory.HotAxion": {"model": model, "input_params": [name]}},
    )


def sampled_in_delta_neff(prefix, change_input, delta_neff) -> None:
    sampled_in("delta_neff", [0, 2], prefix, change_input, delta_neff)


def test_chain_sampled_in_delta_neff(tmp_path, write_joint_chain, curve, change_input):
    """The same masses, but drawn with a prior flat in delta_neff: dividing by the slope."""
    prefix = write_joint_chain(tmp_path, rows=6000)
    sampled_in_delta_neff(prefix, change_input, lambda m_a: np.interp(m_a, *curve))
    results = dict(zip(PRIORS, prior_sensitivity(Chain.load(prefix), ["m_a"]), strict=True))
    assert results["delta_neff"].verdict == "as sampled"
    assert results["delta_neff"].prior == "flat in delta_neff on [0, 2]"
    # What was drawn is exp(-m^2/2s^2) in m_a; flat in f_a: that over slope m^2.
    masses, delta_neff = curve
    density = np.exp(-((masses / SIGMA) ** 2) / 2) / np.gradient(delta_neff, masses) / masses**2
    total = cumulative_trapezoid(np.where(masses > CUT, density, 0), masses, initial=0)
    bound = results["f_a"].parameters["m_a"]
    exact = float(np.interp(0.95 * total[-1], total, masses))
    assert abs(bound.value - exact) < 3 * bound.mc_error


@pytest.mark.parametrize(
    ("name", "prior", "of_mass", "model", "exact"),
    [
        # What was drawn is exp(-m^2/2s^2) in m. Sampled flat in ln f_a: the likelihood is m times
        # that, and flat in m_a (1/f_a) its bound a Rayleigh quantile; flat in f_a, a Maxwell one.
        ("log10_f_a", [5.8, 18.7], lambda m: np.log10(5.691e6 / m), "ksvz", stats.rayleigh),
        ("log10_f_a", [5.8, 18.7], lambda m: np.log10(5.691e6 / m), "alp", stats.rayleigh),
        ("f_a", [5.7e5, 5e18], lambda m: 5.691e6 / m, "alp", stats.maxwell),
    ],
)
def test_chain_sampled_in_f_a(
    tmp_path, write_joint_chain, change_input, name, prior, of_mass, model, exact
):
    prefix = write_joint_chain(tmp_path, rows=4000)
    sampled_in(name, prior, prefix, change_input, of_mass, model)
    chain = Chain.load(prefix)
    assert parameter_of_priors(chain) == ("f_a" if model == "alp" else "m_a")
    found = prior_sensitivity(chain, ["f_a"])
    results = dict(zip(PRIORS, found, strict=True))
    bound = results["m_a"].parameters["f_a"]
    quantile = 5.691e6 / (SIGMA * exact.ppf(0.95))
    assert abs(bound.value - quantile) < 3 * bound.mc_error
    assert bound.mc_error < 0.05 * bound.value
    words = {
        "ksvz": ("m_a", "log m_a, m_a > 0.01 eV"),
        "alp": ("1/f_a", "log f_a, f_a < 5.69e+08 GeV"),
    }
    assert (results["m_a"].prior, results["log m_a"].prior) == tuple(
        f"flat in {word}" for word in words[model]
    )
    # flat in the number of axions: on the curve of f_a, whatever the mass of the ALP
    assert results["delta_neff"].verdict == "good"


def test_rows_without_a_mass_do_not_count(tmp_path, write_joint_chain, change_input):
    """A sampled delta_neff below the floor has no mass: no prior on m_a can weigh it."""
    prefix = write_joint_chain(tmp_path, n_chains=1)
    sampled_in_delta_neff(prefix, change_input, lambda m_a: np.linspace(0, 0.01, m_a.size))
    by_prior = dict(zip(PRIORS, prior_sensitivity(Chain.load(prefix), ["mnu"]), strict=True))
    assert by_prior["delta_neff"].verdict == "as sampled"
    assert by_prior["m_a"].verdict == "too few samples: refused"
    assert by_prior["m_a"].parameters == {}
    assert by_prior["m_a"].effective_samples == 0


def test_too_few_samples_are_marked_or_refused(tmp_path, write_joint_chain):
    """A cut where the chain has hardly any sample left."""
    prefix = write_joint_chain(tmp_path, n_chains=2, rows=1000)
    verdicts = {}
    for cut in (0.01, 0.2, 0.3):
        found = prior_sensitivity(Chain.load(prefix), ["m_a"], cut_ev=cut)
        result = dict(zip(PRIORS, found, strict=True))
        verdicts[cut] = result["log m_a"].verdict
        assert (result["log m_a"].parameters == {}) == verdicts[cut].endswith("refused")
    assert verdicts == {
        0.01: "good",
        0.2: "too few samples: refused",
        0.3: "too few samples: refused",
    }
    marked = prior_sensitivity(Chain.load(prefix), ["m_a"], cut_ev=0.15)[1]
    assert marked.verdict == "too few samples: unreliable"
    assert 20 <= marked.effective_samples < 100
    assert marked.parameters["m_a"].mc_error > 0


def test_bad_cut_and_chain_without_a_mass(joint_chain, tmp_path, write_joint_chain, change_input):
    with pytest.raises(RangeError, match="least mass"):
        prior_sensitivity(Chain.load(joint_chain), cut_ev=0)
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=100)
    change_input(prefix, theory={})
    with pytest.raises(HotAxionError, match="no theory HotAxion"):
        prior_sensitivity(Chain.load(prefix))


def test_kish_ratio():
    weights, factors = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0])
    assert kish_ratio(weights, factors) == 1
    assert kish_ratio(weights, np.array([0.0, 0.0, 1.0])) == pytest.approx(0.5)


# --- the curve ------------------------------------------------------------------------------


def test_curve_is_that_of_the_options(joint_chain):
    found = Chain.load(joint_chain)
    value, slope = curve_at_samples(found)
    masses = found.column("m_a")
    abundance = Abundance()
    for row in np.flatnonzero(masses > 1e-3)[:4]:
        above, below = (abundance(masses[row] * (1 + e)).delta_neff for e in (1e-3, -1e-3))
        assert value[row] == pytest.approx(abundance(masses[row]).delta_neff, rel=1e-4)
        assert slope[row] == pytest.approx((above - below) / (2e-3 * masses[row]), rel=5e-3)


def test_curve_where_rates_vary_along_the_chain(tmp_path, write_joint_chain, change_input):
    """Rows of doubled pion rate have the curve of a doubled pion rate."""
    prefix = write_joint_chain(tmp_path, n_chains=1, rows=200)
    table = np.loadtxt(f"{prefix}.1.txt")
    table[:, 4] = np.where(np.arange(200) % 2, 1.0, 2.0)  # in place of omega_b
    np.savetxt(f"{prefix}.1.txt", table, fmt="%.10g")
    options = {"model": "ksvz", "input_params": ["m_a", "pion_scale"]}
    change_input(prefix, theory={"hotaxion.theory.HotAxion": options})
    path = tmp_path / "joint.updated.yaml"
    path.write_text(path.read_text().replace("omega_b", "pion_scale").replace("0.018", "0.5"))
    found = Chain.load(prefix)
    value, slope = curve_at_samples(found)
    masses = found.column("m_a")
    scales = found.column("pion_scale")
    for row in np.flatnonzero(masses > 0.02)[:4]:
        abundance = Abundance(pion_scale=float(scales[row]))
        assert value[row] == pytest.approx(abundance(masses[row]).delta_neff, rel=2e-4)
    assert np.all(slope > 0)
