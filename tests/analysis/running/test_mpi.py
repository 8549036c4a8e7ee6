"""Why this test exists: chains on several processes must have the posterior of one, and what was
written must survive the death of any process. Runs where MPI is installed:
pip install "hotaxion[mpi]"."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.running import launch

from .test_nautilus import FEW, evaluations, exact_evidence, toy

NAME = "bbn_omegab_ksvz"
ROWS = 300  # of each chain before it is killed
PATIENCE_S = 120
CHILD = b"hotaxion.analysis.running.cobaya_child"  # in the command of each rank


def _missing() -> str:
    """What is missing for these tests; COBAYA_NOMPI of a Makefile does not count."""
    if not Path("/proc/self/environ").exists():
        return "the ranks are found through /proc"
    hidden = os.environ.pop("COBAYA_NOMPI", None)
    try:
        return launch.find_mpi().missing
    finally:
        if hidden is not None:
            os.environ["COBAYA_NOMPI"] = hidden


pytestmark = pytest.mark.skipif(bool(MISSING := _missing()), reason=f"needs MPI: {MISSING}")


def write_input(folder: Path, **mcmc) -> Path:
    """A named analysis with other options of the sampler."""
    info = yaml_load_file(str(inputs_folder() / f"{NAME}.yaml"))
    info["sampler"]["mcmc"].update(mcmc)
    path = folder / "analysis.yaml"
    path.write_text(pyyaml.safe_dump(info))
    return path


def start(path: Path, prefix: Path, *options: str) -> subprocess.Popen:
    """`hotaxion run` in a process of its own, its output in PREFIX.log."""
    env = {k: v for k, v in os.environ.items() if k != "COBAYA_NOMPI"} | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "hotaxion.analysis.cli", "run", str(path), "-o", str(prefix)]
    with open(f"{prefix}.log", "w") as log:
        return subprocess.Popen(
            [*command, *options], stdout=log, stderr=log, env=env, cwd=path.parent
        )


def finish(process: subprocess.Popen, prefix: Path) -> None:
    assert process.wait(PATIENCE_S) == 0, Path(f"{prefix}.log").read_text()[-3000:]


# The mean of f_a is infinite, and those of the other three hang on a few rows in the plateau of the
# abundance above 0.5 eV: their quantiles are compared.
QUANTILES_ONLY = ("m_a", "delta_neff", "omega_axion", "f_a")


def statistics(prefix: Path) -> dict[tuple[str, float | None], tuple[float, float]]:
    """Quantiles (5, 50, 95 %) and means, each with its Monte Carlo error."""
    chain = Chain.load(prefix)
    samples, found = chain.samples, {}
    for name in (*QUANTILES_ONLY, "omega_b", "Y_p", "DH"):
        index = samples.index[name]
        for tail in (0.05, 0.5, 0.95):
            value = samples.confidence(index, tail, upper=False)
            found[name, tail] = value, chain.monte_carlo_error(name, tail, upper=False)
        if name not in QUANTILES_ONLY:
            error = chain.monte_carlo_error(name, None, upper=False)
            found[name, None] = samples.mean(index), error
    return found


def test_two_processes_give_the_posterior_of_one(tmp_path):
    """24 numbers within four Monte Carlo errors."""
    path = write_input(tmp_path, seed=20260101)
    found = []
    for number in (1, 2):
        prefix = tmp_path / f"with{number}"
        finish(start(path, prefix, "-n", str(number)), prefix)
        assert len(list(tmp_path.glob(f"with{number}.?.txt"))) == number
        found.append(statistics(prefix))
    one, two = found
    assert len(one) == 24
    for key, (value, error) in one.items():
        other, other_error = two[key]
        combined = np.hypot(error, other_error)
        assert combined > 0
        assert abs(value - other) < 4 * combined, key
    bound, error = one["m_a", 0.95]
    assert error < 0.05 * bound  # the test can see 20 %


def ranks(prefix: Path) -> Iterator[tuple[int, int]]:
    """(rank, process number) of the chains that write to this prefix."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended, or is not ours
            continue
        mine = str(prefix).encode() in command and CHILD in command
        for variable in environment if mine else ():
            if variable.startswith(b"OMPI_COMM_WORLD_RANK="):
                yield int(variable.split(b"=")[1]), int(entry.name)


def wait_for_rows(files: list[Path], rows: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not all(f.exists() and f.read_bytes().count(b"\n") > rows for f in files):
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nothing_written_is_lost_when_a_rank_is_killed(tmp_path):
    """Rank 1, then rank 0, at any moment; every whole row stays, byte by byte."""
    # Never converges; rows are written 20 at a time, so that a kill meets a write now and then.
    path = write_input(tmp_path, Rminus1_stop=1e-12, output_every=20, max_samples=10**6)
    prefix = tmp_path / "killed"
    files = [tmp_path / f"killed.{number}.txt" for number in (1, 2)]
    before = [b"", b""]
    for round_, victim in enumerate((1, 0), start=1):
        process = start(path, prefix, *(["-n", "2"] if round_ == 1 else ["-r"]))
        wait_for_rows(files, round_ * ROWS, process, Path(f"{prefix}.log"))
        os.kill(dict(ranks(prefix))[victim], signal.SIGKILL)
        assert process.wait(PATIENCE_S) != 0  # a batch system must see that it failed
        assert list(ranks(prefix)) == []  # nobody goes on alone
        after = [file.read_bytes() for file in files]
        for old, new in zip(before, after, strict=True):
            assert new.startswith(old[: old.rfind(b"\n") + 1])
            assert new.count(b"\n") > round_ * ROWS
        before = after
    path = write_input(tmp_path, Rminus1_stop=0.01, output_every=20, max_samples=10**6)
    finish(start(path, prefix, "-r"), prefix)
    for file, old in zip(files, before, strict=True):
        assert file.read_bytes().startswith(old[: old.rfind(b"\n") + 1])
        table = np.loadtxt(file)
        assert np.isfinite(table).all()
    assert "2 process(es)" in Path(f"{prefix}.log").read_text()

    process = start(path, prefix, "-r", "-n", "1")
    assert process.wait(PATIENCE_S) == 1
    assert "different number of chains" in Path(f"{prefix}.log").read_text()


# --- nautilus: the ranks share the points of one run ---------------------------------------------


def write_nested(folder: Path, **options) -> Path:
    """The toy of the tests of nautilus, whose evidence is known."""
    info = {key: block for key, block in toy(folder, **FEW, **options).items() if key != "output"}
    path = folder / "nested.yaml"
    path.write_text(pyyaml.safe_dump(info))
    return path


def is_exact(prefix: Path) -> bool:
    """Within 4 standard errors, and of the effective samples that were asked for."""
    found = yaml_load_file(f"{prefix}.evidence.yaml")
    assert found["effective_samples"] >= FEW["n_eff"]
    return abs(found["logZ"] - exact_evidence()) < 4 * found["logZstd"]


def test_ranks_share_the_points_of_nautilus(tmp_path):
    """Its networks, too; one chain comes of it, and the other rank says nothing of a run."""
    prefix = tmp_path / "x"
    finish(start(write_nested(tmp_path, n_networks=1), prefix, "-n", "2"), prefix)
    assert is_exact(prefix)
    assert Chain.load(prefix).independent
    assert len(list(tmp_path.glob("x.?.txt"))) == 1
    log = Path(f"{prefix}.log").read_text()
    assert "2 process(es)" in log
    assert "[0 : hotaxion.analysis.running.nautilus]" in log
    assert "[1 : hotaxion.analysis.running.nautilus]" not in log


def test_nautilus_goes_on_after_the_death_of_a_rank(tmp_path):
    """Rank 1, then rank 0: the state on disk is whole, and no evaluation in it is made twice."""
    path, prefix = write_nested(tmp_path, output_every=0.02), tmp_path / "toy"
    known = [0]
    for victim in (1, 0):
        process = start(path, prefix, *([] if victim else ["-r"]), "-n", "2")
        deadline = time.monotonic() + PATIENCE_S
        while evaluations(tmp_path) <= known[-1]:
            assert process.poll() is None, Path(f"{prefix}.log").read_text()[-3000:]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(dict(ranks(prefix))[victim], signal.SIGKILL)
        assert process.wait(PATIENCE_S) != 0
        assert list(ranks(prefix)) == []
        known.append(evaluations(tmp_path))
    finish(start(path, prefix, "-r", "-n", "2"), prefix)
    assert f"Going on after {known[-1]} evaluations" in Path(f"{prefix}.log").read_text()
    assert evaluations(tmp_path) > known[-1] > known[1] > 0
    assert is_exact(prefix)


FAILS = """
import os
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
class Mine(Likelihood):
    params = {"a": None}
    def logp(self, **_):
        if os.environ["OMPI_COMM_WORLD_RANK"] == "1":
            raise LoggedError(self.log, "only here")
        return 0.0
"""


def test_a_rank_that_fails_ends_the_run(tmp_path):
    (tmp_path / "mine.py").write_text(FAILS)
    path = write_nested(tmp_path)
    info = pyyaml.safe_load(path.read_text())
    info["likelihood"]["mine.Mine"] = None
    path.write_text(pyyaml.safe_dump(info))
    prefix = tmp_path / "x"
    assert start(path, prefix, "-n", "2").wait(PATIENCE_S) == 1
    log = Path(f"{prefix}.log").read_text()
    assert "hotaxion run: error: Cobaya: only here" in log
    assert log.count("hotaxion run: error: ") == 1


def test_forks_of_ranks_are_refused(tmp_path):
    prefix = tmp_path / "x"
    assert start(write_nested(tmp_path, processes=2), prefix, "-n", "2").wait(PATIENCE_S) == 1
    assert "processes = 2 with 2 MPI processes" in Path(f"{prefix}.log").read_text()
