"""Why this test exists: for a relic, flat in its mass and flat in Planck's m_eff are two priors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.reweight import prior_sensitivity
from hotaxion.analysis.figures import make_figure
from hotaxion.theory.errors import HotAxionError

NAMES = ["meff_x", "delta_neff_x", "omega_b", "m_x"]
LOW, HIGH = 0.1, 0.5  # of Delta N_eff, flat in the posterior
INFO = {
    "theory": {"any": {"class": "hotaxion.theory.HotRelic", "relic": "x"}},
    "likelihood": {"one": None},
    "prior": {"cut": "lambda meff_x, delta_neff_x: 0.0 if meff_x < 9 * delta_neff_x else -np.inf"},
    "params": {
        "meff_x": {"prior": {"min": 0, "max": 5}},
        "delta_neff_x": {"prior": {"min": LOW, "max": HIGH}},
        "omega_b": {"prior": {"min": 0.0, "max": 1.0}},
        "m_x": {"derived": True},
    },
    "sampler": {"mcmc": {}},
}


def written(folder, info=INFO) -> str:
    """Independent rows: m_eff half-Gaussian of width 0.1 eV, Delta N_eff flat."""
    rng = np.random.default_rng(2)
    for number in range(1, 3):
        meff = np.abs(0.1 * rng.standard_normal(4000))
        delta_neff = rng.uniform(LOW, HIGH, 4000)
        chi2, one = (meff / 0.1) ** 2, np.ones(4000)
        mass = meff * delta_neff**-0.75
        omega_b = 0.02 + 1e-3 * rng.random(4000)
        rows = [one, chi2 / 2, meff, delta_neff, omega_b, mass]
        priors = [
            "minuslogprior",
            "minuslogprior__0",
            *(f"minuslogprior__{k}" for k in info["prior"]),
        ]
        header = " ".join(["weight", "minuslogpost", *NAMES, *priors, "chi2", "chi2__one"])
        table = np.column_stack([*rows, *[0 * one] * len(priors), chi2, chi2])
        np.savetxt(folder / f"run.{number}.txt", table, header=header, fmt="%.8g")
    (folder / "run.updated.yaml").write_text(json.dumps(info))
    return str(folder / "run")


def test_flat_in_the_mass(tmp_path):
    """In m the density of m_eff gets dm/dm_eff = dN^-0.75; by hand, for a flat dN."""
    chain = Chain.load(written(tmp_path), 0.0)
    by_prior = {entry.prior: entry for entry in prior_sensitivity(chain)}
    sampled, in_m, in_log = by_prior.values()
    if sampled.verdict != "as sampled":
        sampled, in_m = in_m, sampled
    assert sampled.parameters["delta_neff_x"].value == pytest.approx(0.48, abs=0.005)
    quarter = LOW**0.25 + 0.95 * (HIGH**0.25 - LOW**0.25)
    assert in_m.parameters["delta_neff_x"].value == pytest.approx(quarter**4, abs=0.008)
    assert in_m.prior == "flat in m_x"
    assert in_log.prior == "flat in log m_x, m_x > 0.01 eV"
    assert in_log.parameters["meff_x"].value < 0.9 * sampled.parameters["meff_x"].value
    assert {*sampled.parameters} == {"meff_x", "delta_neff_x", "m_x"}


def test_bounds_of_relics_are_upper_ones(tmp_path):
    found = Chain.load(written(tmp_path), 0.0).bounds()
    assert [*found.parameters][:2] == ["meff_x", "delta_neff_x"]
    assert found.parameters["meff_x"].type == "upper95"
    assert found.parameters["meff_x"].value == pytest.approx(0.196, abs=0.005)


def test_figure_of_them(tmp_path, joint_chain):
    """m_eff of the relic stands where that of an axion would; not both on one axis."""
    prefix = written(tmp_path)
    results = prior_sensitivity(Chain.load(prefix, 0.0), ["meff_x"])
    (axes,) = make_figure("priors", prefix, burn=0.0)[1].axes
    points = [c.lines[0].get_xdata()[0] for c in axes.containers]
    assert points == pytest.approx([r.parameters["meff_x"].value for r in results])
    assert axes.get_xlabel() == "95 % bound on meff_x"
    with pytest.raises(HotAxionError, match="bound meff_x, m_a, which one axis cannot show"):
        make_figure("priors", [prefix, joint_chain])


def test_priors_that_cannot_be_divided_out_are_refused(tmp_path):
    info = {**INFO, "prior": {"tilt": "lambda meff_x, omega_b: -meff_x * omega_b"}}
    with pytest.raises(HotAxionError, match="'tilt' depends on meff_x, omega_b"):
        prior_sensitivity(Chain.load(written(tmp_path, info), 0.0))
