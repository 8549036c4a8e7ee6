"""Why this test exists: another sampler must give the same posterior, the evidence with its error,
and go on after a kill as if nothing had been."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import time

import h5py
import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from cobaya.run import run
from cobaya.yaml import yaml_load_file
from scipy.integrate import quad
from scipy.stats import norm

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.session import load_input
from hotaxion.analysis.running import run as runs
from hotaxion.analysis.running.nested.draws import Draws
from hotaxion.theory.errors import HotAxionError

NAME = "hotaxion.analysis.running.Nautilus"
QUICK = {"seed": 1, "n_live": 200, "n_eff": 1500, "f_live": 0.05, "n_networks": 0}
FEW = {"n_live": 100, "n_eff": 400}
COVMAT = {"covmat": [[0.0004, 0.0], [0.0, 0.25]], "covmat_params": ["b", "c"]}


def toy(tmp_path, **options) -> dict:
    """Gaussian likelihoods; of the priors one flat, one Gaussian, one cut from outside."""
    chi2 = "lambda a, b, c: -0.5*(((a - 0.3)/0.1)**2 + ((b - 1)/0.02)**2 + (c/0.5)**2)"
    return {
        "likelihood": {"one": chi2},
        "params": {
            "a": {"prior": [0, 1]},
            "b": {"prior": {"dist": "norm", "loc": 1, "scale": 1}, "ref": 1},
            "c": {"prior": [-5, 5], "ref": 0},
            "d": {"derived": "lambda a, b: a + b"},
        },
        "prior": {"tilt": "lambda c: -c if c < 0.5 else -np.inf"},
        "sampler": {
            NAME: {
                "seed": 1,
                "n_live": 200,
                "n_eff": 1500,
                "f_live": 0.05,
                "n_networks": 0,
                **options,
            }
        },
        "output": str(tmp_path / "toy"),
    }


def exact_evidence() -> float:
    """ln of the integral of the toy; each factor by its own quadrature."""
    a = 0.1 * np.sqrt(2 * np.pi) * (norm.cdf(7) - norm.cdf(-3))
    b = 0.02 / np.hypot(1.0, 0.02)
    tilted = quad(lambda c: np.exp(-2 * c**2 - c), -5, 0.5)[0]
    return float(np.log(a * b * tilted / quad(lambda c: np.exp(-c), -5, 0.5)[0]))


@pytest.mark.parametrize("options", [{}, {**COVMAT, "n_networks": 1, "processes": 2}])
def test_posterior_and_evidence_are_exact(tmp_path, options):
    """From the priors, and from a Gaussian about them with two forks; 4 standard errors."""
    _, sampler = run(toy(tmp_path, **options))
    products = sampler.products()
    assert products["logZ"] == pytest.approx(exact_evidence(), abs=4 * products["logZstd"])
    assert products == pytest.approx(
        {**products, **yaml_load_file(str(tmp_path / "toy.evidence.yaml"))}
    )
    chain = Chain.load(tmp_path / "toy")
    assert chain.independent
    found = chain.samples.getParams()
    error = 4 / np.sqrt(products["effective_samples"])
    a = chain.samples.mean("a")
    assert a == pytest.approx(0.3 + 0.1 * norm.pdf(3) / norm.cdf(3), abs=0.1 * error)
    assert chain.samples.std("b") == pytest.approx(0.02, rel=error)
    c = quad(lambda c: c * np.exp(-2 * c**2 - c), -5, 0.5)[0]
    c /= quad(lambda c: np.exp(-2 * c**2 - c), -5, 0.5)[0]
    assert chain.samples.mean("c") == pytest.approx(c, abs=0.5 * error)
    np.testing.assert_allclose(found.d, found.a + found.b, rtol=1e-6)
    assert found.c.max() < 0.5


def test_points_of_the_exploration_do_not_count(tmp_path):
    """Bounds were drawn around them: with them n_eff is reached sooner than it should be."""
    counted, without = (
        run(toy(tmp_path / name, **FEW, **options))[1].products()
        for name, options in (("all", {"discard_exploration": False}), ("some", {}))
    )
    assert without["evaluations"] > counted["evaluations"] + FEW["n_live"]
    assert len(without["sample"]) < without["evaluations"] - FEW["n_live"]


def test_a_covmat_without_a_parameter_is_said(tmp_path, caplog):
    """Of those with a wide prior; such a chain has a few points that outweigh all others."""
    info = toy(tmp_path)
    info.pop("sampler")
    with get_model(info) as model:
        Draws.of(model, [[0.0004]], ["b"], 2.0)
        assert "a, c: drawn from the whole prior" in caplog.text
        caplog.clear()
        Draws.of(model, np.diag([0.01, 0.25]), ["a", "c"], 2.0)
        assert not caplog.text


def test_goes_on_where_it_stopped(tmp_path):
    """The state on disk is whole after each slice; the evaluations before are not made again."""
    info = toy(tmp_path, n_like_max=1500)
    _, first = run(info)
    assert first.products()["evaluations"] >= 1500
    info["sampler"][NAME]["n_like_max"] = 1e6
    _, second = run({**info, "resume": True})
    assert second.products()["effective_samples"] >= 1500
    assert second.products()["logZ"] == pytest.approx(exact_evidence(), abs=0.12)
    assert len(list(tmp_path.glob("*.h5"))) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_kill_at_any_moment_then_resume(tmp_path):
    """SIGKILL of the run, not of its forks, at random after something new was written, again and
    again: no evaluation on disk is made twice, and the end is that of a run that nobody disturbed.
    """
    info = toy(tmp_path, output_every=0.05, processes=2, **FEW)
    moments, known = np.random.default_rng(2), [0]  # evaluations on disk
    deadline = time.monotonic() + 120
    while len(known) < 4 and time.monotonic() < deadline:
        if (child := os.fork()) == 0:
            with contextlib.suppress(BaseException):  # locked, while forks of before are going
                run({**info, "resume": True})
            os._exit(0)
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if evaluations(tmp_path) > known[-1]:
                time.sleep(moments.uniform(0.0, 0.3))
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                known.append(evaluations(tmp_path))
                break
            time.sleep(0.01)
    assert len(known) == 4
    assert known == sorted({*known})
    time.sleep(1.0)  # by then the forks have seen that they are alone
    _, sampler = run({**info, "resume": True})
    found = sampler.products()
    assert found["evaluations"] >= known[-1]
    assert found["logZ"] == pytest.approx(exact_evidence(), abs=4 * found["logZstd"])
    assert not [*tmp_path.glob("*half*")]


def evaluations(folder) -> int:
    """As the state on disk has them; it is replaced in one step, so that it can always be read."""
    state = folder / "toy.nautilus.h5"
    if not state.exists():
        return 0
    with h5py.File(io.BytesIO(state.read_bytes())) as file:
        return int(file["sampler"].attrs["n_like"])


def test_another_posterior_does_not_go_on_unseen(tmp_path):
    """Draws about another `ref`, which Cobaya lets change if asked, are not those of the state."""
    options = {**COVMAT, "n_like_max": 400}
    run(toy(tmp_path, **options))
    moved = toy(tmp_path, **options)
    moved["params"]["c"]["ref"] = 0.7
    with pytest.raises(LoggedError, match="'ref' of a parameter, or the code, has changed"):
        run({**moved, "resume": True}, allow_changes=True)


def test_a_damaged_state_is_named(tmp_path):
    info = toy(tmp_path, n_like_max=400)
    run(info)
    (tmp_path / "toy.nautilus.h5").write_bytes(b"half a file")
    with pytest.raises(LoggedError, match="is damaged"):
        run({**info, "resume": True})


def test_a_fork_that_dies_ends_the_run_with_a_sentence(tmp_path):
    info = toy(tmp_path, processes=2)
    killed = "lambda a, b, c: __import__('os').kill(__import__('os').getpid(), 9) if a > 0.9 else 0"
    info["likelihood"] = {"one": killed}
    with pytest.raises(LoggedError, match="a process has died"):
        run(info)


def test_one_parameter_is_too_few(tmp_path):
    info = toy(tmp_path)
    info |= {"likelihood": {"one": "lambda a: -a"}, "params": {"a": {"prior": [0, 1]}}}
    info.pop("prior")
    with pytest.raises(LoggedError, match="two sampled parameters"):
        run(info, test=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_live": 3}, "n_live = 3"),
        ({"processes": 0}, "processes = 0"),
        ({"covmat": [[1.0]], "covmat_params": ["z"]}, "covmat_params = \\['z'\\]"),
        ({"covmat": [[1.0, 2.0], [2.0, 1.0]], "covmat_params": ["b", "c"]}, "determinant"),
        ({"covmat": "auto"}, "covmat = 'auto' cannot be read"),
        ({"covmat": [["x"]], "covmat_params": ["b"]}, "no matrix of numbers"),
        ({"covmat": [[np.nan]], "covmat_params": ["b"]}, "not finite"),
    ],
)
def test_wrong_options_are_one_sentence(tmp_path, options, words):
    with pytest.raises(LoggedError, match=words):
        run(toy(tmp_path, **options), test=True)


def test_draws_have_the_density_that_they_say(tmp_path):
    """Mean of any function over draws, weighted by prior over density, is that over the prior."""
    with get_model(
        {k: v for k, v in toy(tmp_path).items() if k in ("likelihood", "params")}
    ) as one:
        draws = Draws.of(one, [[0.04]], ["b"], 5.0)
        points = draws.points(np.random.default_rng(1).random((40_000, 3)))
        logs = sum(prior.logpdf(points[:, i]) for i, prior in enumerate(one.prior.pdf))
        weights = np.exp(logs - draws.log_density(points))
    assert weights.mean() == pytest.approx(1.0, abs=0.02)
    assert np.mean(weights * (points[:, 1] - 1.0) ** 2) == pytest.approx(1.0, abs=0.06)


def test_run_puts_it_in_place_of_mcmc():
    """The proposal of the chain is what it draws about; -n are its processes."""
    info = load_input(find_input("hotaxion2026_ksvz"))
    changed = runs.with_nautilus(info, 3)["sampler"]
    mcmc = info["sampler"]["mcmc"]
    drawn = {"covmat": mcmc["covmat"], "covmat_params": mcmc["covmat_params"]}
    assert changed == {
        NAME: {**drawn, "n_live": 300, "f_live": 0.1, "n_networks": 1, "processes": 3}
    }
    few = runs.with_nautilus(load_input(find_input("bbn_omegab_ksvz")), 1)["sampler"][NAME]
    own = {"n_live": 100, "f_live": 0.1, "n_networks": 0, "n_eff": 4000}
    assert few == {**own, "processes": 1}


def test_a_minimiser_samples_nothing():
    with pytest.raises(HotAxionError, match="--sampler with --minimize"):
        runs.run("bbn_ksvz", runs.RunOptions(sampler="nautilus", minimize=True))
