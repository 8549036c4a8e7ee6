"""Why this test exists: a chain that is unfinished, of another input, or being written must never
pass for a result, and one that is finished must not be run again."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml as pyyaml
from cobaya.yaml import yaml_dump

from hotaxion.analysis.published import jobs as jobs_module
from hotaxion.analysis.published import plan as work
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running.run import NAUTILUS
from hotaxion.likelihoods import Planck2018
from hotaxion.theory.components.record import code_version, with_data, with_files
from hotaxion.theory.errors import HotAxionError

from ..reproduce_stubs import NAME, chain_of, full_input, write_files


def test_states(work_folder):
    wanted = chain_of()
    assert jobs_module.state_of(wanted) == jobs_module.ABSENT
    write_files(wanted, converged=False, rows=100)
    assert jobs_module.state_of(wanted) == jobs_module.UNFINISHED
    Path(f"{wanted.prefix}.checkpoint").unlink()  # killed before the first one
    assert jobs_module.state_of(wanted) == jobs_module.UNFINISHED
    write_files(wanted, converged=True, rows=100)
    assert jobs_module.state_of(wanted) == jobs_module.CONVERGED
    looser = full_input(wanted.info)
    looser["sampler"]["mcmc"]["Rminus1_stop"] = 0.005  # as the package's own input has it
    Path(f"{wanted.prefix}.updated.yaml").write_text(yaml_dump(looser))
    assert jobs_module.state_of(wanted) == jobs_module.UNFINISHED
    fast = chain_of(fast=True)
    write_files(fast, converged=False, rows=999)
    assert jobs_module.state_of(fast) == jobs_module.UNFINISHED
    write_files(fast, converged=False, rows=1000)
    assert jobs_module.state_of(fast) == jobs_module.STOPPED


def test_state_of_nautilus(work_folder):
    """Its chain is whole once the evidence is there; the proposal is what it draws about."""
    wanted = chain_of("hotaxion2026_ksvz", sampler="nautilus")
    assert [*wanted.info["sampler"]] == [NAUTILUS]
    assert len(wanted.info["sampler"][NAUTILUS]["covmat_params"]) == 9
    write_files(wanted, converged=False, rows=100)
    assert jobs_module.state_of(wanted) == jobs_module.UNFINISHED
    Path(f"{wanted.prefix}.evidence.yaml").write_text("logZ: 1.0\n")
    assert jobs_module.state_of(wanted) == jobs_module.CONVERGED
    assert jobs_module.state_of(chain_of("hotaxion2026_ksvz")) == jobs_module.CONVERGED
    light = chain_of("bbn_ksvz", "parthenope3", sampler="nautilus").info["sampler"][NAUTILUS]
    assert "covmat" not in light
    assert light["n_eff"] == wanted.info["sampler"][NAUTILUS]["n_eff"] == 4000
    one = chain_of("neff_act_ksvz", sampler="nautilus")  # of one parameter
    assert [*one.info["sampler"]] == ["mcmc"]


def test_a_chain_of_another_input_is_refused(work_folder):
    wanted = chain_of()
    write_files(wanted)
    assert jobs_module.difference_of(wanted) == ""
    path = Path(f"{wanted.prefix}.updated.yaml")
    info = pyyaml.safe_load(path.read_text())
    info["theory"]["hotaxion.theory.BBN"]["speed"] = 1  # changes nothing that is sampled
    info["sampler"]["mcmc"]["Rminus1_stop"] = 0.5
    path.write_text(pyyaml.safe_dump(info))
    jobs_module.check_usable(wanted)
    info["theory"]["hotaxion.theory.HotAxion"]["rates"] = "iam"
    path.write_text(pyyaml.safe_dump(info))
    with pytest.raises(
        HotAxionError, match=r"another input \(different theory:.*HotAxion\); remove"
    ):
        jobs_module.check_usable(wanted)


@pytest.mark.parametrize(
    ("theory", "recorded"), [("HotAxion", "0.1.0"), ("BBN", "0.1.0"), ("EmulatedClassy", "v3.4.1")]
)
def test_a_chain_of_other_tables_is_refused(work_folder, theory, recorded):
    """A chain without a record of them, of an older version, is taken."""
    wanted = chain_of("hotaxion2026_ksvz")
    write_files(wanted, rows=100)
    path = Path(f"{wanted.prefix}.updated.yaml")
    info = pyyaml.safe_load(path.read_text())
    options = info["theory"][f"hotaxion.theory.{theory}"]
    for version in (recorded, with_data(recorded, theory, options)):
        options["version"] = version
        path.write_text(pyyaml.safe_dump(info))
        assert jobs_module.difference_of(wanted) == ""
    options["version"] = f"{recorded}+01234567"
    path.write_text(pyyaml.safe_dump(info))
    with pytest.raises(HotAxionError, match=rf"data files of .*{theory} have changed since"):
        jobs_module.check_usable(wanted)


def test_a_finished_chain_of_other_likelihood_data_is_refused(work_folder):
    """As a chain that goes on: by the hash in the version that Cobaya has recorded."""
    wanted = chain_of("hotaxion2026_ksvz")
    write_files(wanted, rows=100)
    path, name = Path(f"{wanted.prefix}.updated.yaml"), "hotaxion.likelihoods.Planck2018"
    info = pyyaml.safe_load(path.read_text())
    options = info["likelihood"][name]
    options["version"] = with_files(code_version(), Planck2018.data_files(options))
    path.write_text(pyyaml.safe_dump(info))
    jobs_module.check_usable(wanted)
    options["version"] = f"{code_version()}.01234567"
    path.write_text(pyyaml.safe_dump(info))
    with pytest.raises(HotAxionError, match=f"data files of {name} have changed since"):
        jobs_module.check_usable(wanted)


@pytest.mark.parametrize(
    ("block", "change"),
    [
        ("params:omega_b", {"omega_b": {"prior": {"min": 0.01, "max": 0.03}}}),
        ("prior", {"mine": "lambda omega_b: omega_b"}),
        ("likelihood", {"one": None}),
    ],
)
def test_where_another_input_differs_is_said(work_folder, block, change):
    wanted = chain_of("bbn_ksvz")
    write_files(wanted, rows=100)
    path = Path(f"{wanted.prefix}.updated.yaml")
    info = pyyaml.safe_load(path.read_text())
    info[block.split(":")[0]] = (info.get(block.split(":")[0]) or {}) | change
    path.write_text(pyyaml.safe_dump(info))
    assert jobs_module.difference_of(wanted) == f"different {block}"


@pytest.mark.parametrize("content", ["", "[1, 2", "just words"])
def test_a_broken_file_is_repaired_or_named(work_folder, content):
    wanted = chain_of()
    write_files(wanted, rows=100)
    checkpoint, updated = (Path(f"{wanted.prefix}.{e}") for e in ("checkpoint", "updated.yaml"))
    checkpoint.write_text(content)
    jobs_module.check_usable(wanted)
    assert not checkpoint.exists()
    assert jobs_module.state_of(wanted) == jobs_module.UNFINISHED
    updated.write_text(content)
    with pytest.raises(HotAxionError, match=rf"{NAME}.updated.yaml' .*files 'chains/{NAME}\.\*'"):
        jobs_module.check_usable(wanted)


def test_half_an_input_is_another_input(work_folder):
    wanted = chain_of()
    write_files(wanted, rows=100)
    path = Path(f"{wanted.prefix}.updated.yaml")
    path.write_text(yaml_dump({"likelihood": full_input(wanted.info)["likelihood"]}))
    assert jobs_module.difference_of(wanted) == "different theory"


def test_a_chain_that_is_being_written_is_refused(work_folder):
    import portalocker

    wanted = chain_of()
    wanted.prefix.parent.mkdir()
    with open(f"{wanted.prefix}.input.yaml.locked", "wb") as lock:
        portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
        with pytest.raises(HotAxionError, match="being written by another process"):
            jobs_module.check_usable(wanted)
    jobs_module.check_usable(wanted)


@pytest.fixture
def commands(monkeypatch):
    """Processes instead of Cobaya's: what they were started with, in that order."""
    seen = []
    popen = subprocess.Popen

    def start(command, **options):
        seen.append((command, options["env"]["OMP_NUM_THREADS"]))
        code = "import sys, time; time.sleep(0.3); sys.exit('bbn_dfsz' in sys.argv[1])"
        return popen([sys.executable, "-c", code, command[3]], **options)

    monkeypatch.setattr(work.subprocess, "Popen", start)
    return seen


def test_long_chains_first_and_a_failure_stops_nothing(work_folder, commands):
    names = ["deramo2022_bbn_dfsz", NAME, "hotaxion2026_ksvz"]
    chains = [chain_of(name) for name in names]
    lines = []
    ended = work.sample(chains, 1, Path("logs"), lines.append)
    assert [Path(command[3]).stem for command, _ in commands] == [names[2], *names[:2]]
    assert {threads for _, threads in commands} == {"1"}
    assert [ended[chain.prefix].code for chain in chains] == [1, 0, 0]
    assert lines[1] == (
        "[2/3] deramo2022_bbn_dfsz: failed (exit code 1), see logs/deramo2022_bbn_dfsz.log"
    )
    name = "hotaxion.analysis.running.cobaya_child"  # Cobaya itself, no command in between
    assert commands[0][0][1:3] == ["-m", name]
    assert commands[0][0][4:] == ["--resume", "--output", "chains/hotaxion2026_ksvz"]


def test_a_chain_goes_on_as_it_was_begun(work_folder, commands, monkeypatch):
    """With as many processes, and the seed that `hotaxion run --seed` gave it."""
    monkeypatch.setattr(launch, "find_mpi", lambda _: launch.Mpi(("env",), ""))
    wanted = chain_of()
    write_files(wanted, converged=False, rows=100)
    for ending, change in (("checkpoint", {"mpi_size": 2}), ("updated.yaml", {"seed": 5})):
        path = Path(f"{wanted.prefix}.{ending}")
        content = pyyaml.safe_load(path.read_text())
        content["sampler"]["mcmc"] |= change
        path.write_text(pyyaml.safe_dump(content))
    work.sample([wanted], 1, Path("logs"), lambda line: None)
    ((command, _),) = commands
    assert command[:4] == ["env", "-n", "2", sys.executable]
    written = pyyaml.safe_load(wanted.path.read_text())
    assert written["sampler"]["mcmc"]["seed"] == 5
    assert written["sampler"]["mcmc"]["Rminus1_stop"] == 0.002


def test_stricter_criteria_of_an_input_stay():
    """A lone parameter needs its tail."""
    mcmc = chain_of("neff_act_ksvz").info["sampler"]["mcmc"]
    assert (mcmc["Rminus1_stop"], mcmc["Rminus1_cl_stop"]) == (0.001, 0.02)


def test_an_interrupt_ends_the_processes_and_starts_no_more(work_folder, commands):
    def interrupt(line):
        raise KeyboardInterrupt

    chains = [chain_of(name) for name in (NAME, "deramo2022_bbn_ksvz", "bbn_ksvz")]
    with pytest.raises(KeyboardInterrupt):
        work.sample(chains, 1, Path("logs"), interrupt)
    assert len(commands) <= 2
    assert not any(resume.is_running(chain.prefix) for chain in chains)


def test_no_more_than_asked_for_at_a_time(work_folder, commands):
    chains = [chain_of(name) for name in (NAME, "deramo2022_bbn_ksvz", "bbn_ksvz", "bbn_ksvz")]
    chains[3] = chain_of("bbn_ksvz", "parthenope3")
    start = time.monotonic()
    ended = work.sample(chains, 2, Path("logs"), lambda line: None)
    assert len(ended) == 4
    assert time.monotonic() - start > 0.6  # two rounds of 0.3 s


def test_only_what_is_not_finished_is_run(work_folder, monkeypatch):
    done, begun, absent = NAME, "bbn_ksvz", "bbn_omegab_ksvz"
    write_files(chain_of(done))
    write_files(chain_of(begun), converged=False, rows=500)
    ran = []

    def pretend(chains, jobs, logs, report, threads):
        ran.extend(c.name for c in chains)
        return {c.prefix: work.Outcome(1, 2.0) for c in chains}

    monkeypatch.setattr(work, "sample", pretend)
    lines = []
    options = work.Options(variants=False, jobs=3)
    result = work.reproduce([done, begun, absent], options, lines.append)
    assert ran == [begun, absent]
    assert lines[0].startswith("chains: 3, to be run: 2, 2 at a time")
    assert set(result.problems) == {begun, absent}, result.problems
    assert not result.complete
    caveats = {row.analysis: row.caveat for row in result.rows}  # what there is, is shown
    assert caveats == {done: "", begun: "unfinished"}
    assert result.states[Path(f"chains/{done}")] == jobs_module.CONVERGED
