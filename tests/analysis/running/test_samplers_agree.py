"""Why this test exists: nested sampling and chains must give the posterior of the integral.

Seeds are fixed: by chance alone one seed in ten or so would miss one of the four quantiles (a chain
of 2,500 steps did), so that a pass says less than two standard errors for any seed.
"""

from __future__ import annotations

import sys
import time
import warnings
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.run import run

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.session import load_input
from hotaxion.analysis.running.resume import repair
from hotaxion.analysis.running.run import NAUTILUS, with_nautilus

QUANTILES = (0.16, 0.5, 0.84, 0.95)
ERRORS = 2.0  # standard errors
EDGES = np.linspace(0.0, 0.4, 61)  # eV; the 95 % bound is 0.148
WIDTHS = np.linspace(-3.5, 3.5, 11)  # of omega_b, in standard deviations


def light_elements() -> dict:
    info = load_input(find_input("bbn_omegab_ksvz"))
    info.pop("output")
    return info


@pytest.fixture(scope="module")
def exact() -> np.ndarray:
    """Quantiles of m_a by the midpoint rule over both parameters."""
    info = light_elements()
    with get_model({k: v for k, v in info.items() if k != "sampler"}) as model:
        masses = 0.5 * (EDGES[1:] + EDGES[:-1])
        baryons = 0.02236 + 0.00015 * WIDTHS
        logs = [[model.logpost({"m_a": m, "omega_b": b}) for b in baryons] for m in masses]
    density = np.exp(np.array(logs) - np.max(logs)).sum(axis=1)
    below = np.append(0.0, np.cumsum(density)) / density.sum()
    return np.interp(QUANTILES, below, EDGES)


def fractions_below(mass: np.ndarray, weights: np.ndarray, limits: np.ndarray) -> np.ndarray:
    return np.array([weights[mass < limit].sum() for limit in limits]) / weights.sum()


def check(found: np.ndarray, effective: float) -> None:
    """The part of the posterior below each quantile is what it says."""
    p = np.array(QUANTILES)
    assert effective > 400
    assert np.all(np.abs(found - p) < ERRORS * np.sqrt(p * (1 - p) / effective))


def test_nested_sampling(exact):
    info = with_nautilus(light_elements(), 1)
    info["sampler"][NAUTILUS] |= {"seed": 2, "n_live": 200, "n_eff": 1500}
    products = run(info)[1].products()
    chain = products["sample"]
    found = fractions_below(chain["m_a"].to_numpy(), chain["weight"].to_numpy(), exact)
    check(found, products["effective_samples"])


def killed_after(rows: int, info: dict, resume: bool) -> None:
    """Start a run as a fork; kill it when its chain has so many rows."""
    process = get_context("fork").Process(target=run, args=(info,), kwargs={"resume": resume})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        process.start()
    chain, deadline = Path(f"{info['output']}.1.txt"), time.monotonic() + 120
    while not chain.exists() or chain.read_bytes().count(b"\n") < rows:
        assert process.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.join()


@pytest.mark.skipif(sys.platform != "linux", reason="no safe fork on this system")
def test_chain_that_was_killed(exact, tmp_path):
    """Twice by SIGKILL, and gone on with."""
    info = light_elements() | {"output": str(tmp_path / "chain")}
    info["sampler"]["mcmc"] |= {"seed": 1, "max_samples": 4000, "Rminus1_stop": 1e-4}
    info["sampler"]["mcmc"] |= {"output_every": 50}
    for rows in (400, 1500):
        killed_after(rows, info, resume=rows > 400)
        repair(Path(info["output"]))
    samples = run(info, resume=True)[1].products(skip_samples=0.2, to_getdist=True)["sample"]
    found = fractions_below(samples["m_a"], samples.weights, exact)
    check(found, samples.getEffectiveSamples(samples.index["m_a"]))
