"""Why this test exists: a chain that is to give a bound to some per cent must not end before, nor
ever without Cobaya's own convergence of means, and wrong use must not cost a chain."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.run import run
from cobaya.tools import get_external_function
from cobaya.yaml import yaml_load

from hotaxion.analysis import stop
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.session import load_input
from hotaxion.analysis.stop import UntilError
from hotaxion.theory.errors import RangeError, UnknownOptionError

from ..docs.pages import blocks

PAGE = Path(__file__).parents[2] / "docs" / "bounds.md"
GOAL, MEANS = 0.06, 0.1


@pytest.fixture(scope="module")
def shown() -> dict:
    """The options that the page shows."""
    (text,) = (one.text for one in blocks(PAGE.read_text("utf-8")) if "UntilError" in one.text)
    return yaml_load(text)["sampler"]["mcmc"]


def bbn(**options):
    """A chain of light elements, in this process, without files."""
    info = load_input(find_input("bbn_ksvz"))
    info.pop("output")
    info["sampler"]["mcmc"].update({"seed": 3, "max_samples": 5000, **options})
    return run(info, no_mpi=True)[1]


def toy(function, **options):
    """A Gaussian of one parameter that is called f_a."""
    mcmc = {"callback_function": function, "max_samples": 200, "measure_speeds": False, **options}
    params = {"f_a": {"prior": [5, 15], "ref": 10, "proposal": 1}}
    like = {"one": "lambda f_a: -0.5 * (f_a - 10) ** 2"}
    return run({"likelihood": like, "params": params, "sampler": {"mcmc": mcmc}}, no_mpi=True)[1]


def test_the_chain_ends_when_the_bound_is_known(shown, caplog):
    """At the first look that finds it known; until then it is the chain that it would have been."""
    assert get_external_function(shown["callback_function"]).errors == {"m_a": 0.01}
    looser = shown["callback_function"].replace("0.01", str(GOAL))
    ends = {**shown, "Rminus1_stop": MEANS}
    long = bbn(**ends | {"callback_function": looser})
    short = bbn(**ends | {"callback_function": None})
    rows = short.n()
    assert long.converged
    assert 2 * rows < long.n() < 5000
    for name in ("m_a", "minuslogpost"):
        same = [np.asarray(one.collection[name])[:rows] for one in (short, long)]
        assert np.array_equal(*same)
    assert (long.progress["Rminus1"].to_numpy(float)[-2:] < MEANS).all()
    error = r"Error of the bound on m_a: (\S+),"
    *before, last = (float(found) for found in re.findall(error, caplog.text))
    assert len(before) > 3
    assert min(before) >= GOAL > last
    bound = Chain("", long.samples(skip_samples=0.3).to_getdist()).bound("m_a")
    assert last == pytest.approx(bound.mc_error / bound.value, rel=0.05)  # of two digits


def test_means_must_have_converged_too():
    """However loose the error."""
    found = toy(UntilError(f_a=0.5), Rminus1_stop=1e-9)
    assert not found.converged
    assert found.n() == 200


def test_one_process_decides_and_counts_all_chains(monkeypatch):
    """The others look at nothing: they would wait for each other if they asked."""
    sampler = toy(UntilError(f_a=0.5), max_samples=1000, Rminus1_stop=1e-9)
    bound = Chain("", sampler.samples(skip_samples=0.3).to_getdist()).bound("f_a")
    goal = 0.6 * bound.mc_error / bound.value
    sampler.Rminus1_stop = 0.1
    for chains, rank, goes_on in ((1, 0, True), (2, 0, True), (2, 1, False), (4, 0, False)):
        mpi = SimpleNamespace(size=lambda n=chains: n, is_main_process=lambda r=rank: r == 0)
        monkeypatch.setattr(stop, "mpi", mpi)
        sampler.Rminus1_last = 0.0
        UntilError(f_a=goal)(sampler)
        assert np.isinf(sampler.Rminus1_last) == goes_on


@pytest.mark.parametrize(
    ("errors", "error", "says"),
    [
        ({}, RangeError, "names no bound"),
        ({"m_a": 2}, RangeError, "m_a = 2; allowed"),
        ({"m_a": "1 %"}, RangeError, "not a number"),
        ({"omega_b": 0.01}, UnknownOptionError, "unknown bound 'omega_b'"),
    ],
)
def test_wrong_use_is_said_at_set_up(errors, error, says):
    with pytest.raises(error, match=says):
        UntilError(**errors)
    call = ", ".join(f"{name}={value!r}" for name, value in errors.items())
    with pytest.raises(LoggedError, match=says):
        toy(f'import_module("hotaxion.analysis.stop").UntilError({call})')


def test_what_only_the_chain_can_tell_is_said_at_its_first_test():
    with pytest.raises(UnknownOptionError, match=r"unknown parameter of this chain 'm_a'.*f_a"):
        toy(UntilError(m_a=0.01))
    with pytest.raises(RangeError, match="leave callback_every out"):
        toy(UntilError(f_a=0.01), callback_every=20)
