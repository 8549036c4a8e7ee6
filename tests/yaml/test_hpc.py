"""Why this test exists: nobody tries a job script before the queue does. Here each is run by bash
with a small stand-in for SLURM, and the grid is expanded by Cobaya itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import yaml as pyyaml
from cobaya.grid_tools import gridconfig, jobqueue
from cobaya.model import get_model
from cobaya.parameterization import expand_info_param
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import inputs_folder

HPC = inputs_folder() / "hpc"
SCRIPTS = sorted(path.name for path in HPC.iterdir() if path.suffix in (".sh", ".sbatch"))
PATIENCE_S = 300  # of a busy machine


def test_scripts_are_found():
    assert SCRIPTS == ["chains.sbatch", "grid_job.sh", "train.sbatch"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_parse_and_hold_no_path_of_a_machine(name):
    subprocess.run(["bash", "-n", str(HPC / name)], check=True)
    text = (HPC / name).read_text()
    assert text.startswith("#!/bin/bash\n")
    assert not any(place in text for place in ("/home", "/scratch", "/work", "/root"))


@pytest.fixture
def slurm(tmp_path):
    """Environment of a job in which `scontrol` and, unless replaced, `hotaxion` write down how
    they were called."""
    bash = shutil.which("bash")
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in ("scontrol", "hotaxion"):
        script = binaries / name
        script.write_text(f'#!{bash}\necho {name} "$@" OMP=$OMP_NUM_THREADS >> calls\n')
        script.chmod(0o755)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "OMP"))}
    env |= {"PATH": f"{binaries}{os.pathsep}{env['PATH']}", "COBAYA_NOMPI": "1"}
    return env | {"SLURM_JOB_ID": "42", "SLURM_NTASKS": "3", "SLURM_CPUS_PER_TASK": "5"}


def run_script(name: str, *arguments: str, env: dict[str, str], cwd: Path) -> str:
    """Run it to its end; returns the calls it made."""
    done = subprocess.run(["bash", str(HPC / name), *arguments], env=env, cwd=cwd)
    assert done.returncode == 0
    return (cwd / "calls").read_text()


@contextmanager
def job_of(*arguments: str, env: dict[str, str], cwd: Path):
    """chains.sbatch with these arguments in the background; nothing of it is left behind."""
    with open(cwd / "log", "w") as log:
        command = ["bash", str(HPC / "chains.sbatch"), *arguments]
        streams = {"stdout": log, "stderr": log}
        job = subprocess.Popen(command, env=env, cwd=cwd, start_new_session=True, **streams)
    try:
        yield job
    finally:
        with suppress(ProcessLookupError):
            os.killpg(job.pid, signal.SIGKILL)
        job.wait()


def test_chains_pass_ranks_and_threads(slurm, tmp_path):
    calls = run_script("chains.sbatch", "bbn_ksvz", "--class", env=slurm, cwd=tmp_path)
    assert calls == "hotaxion run bbn_ksvz -r -n 3 --launcher mpirun --class OMP=5\n"
    slurm["LAUNCHER"] = "srun --mpi=pmix"
    calls = run_script("chains.sbatch", env=slurm, cwd=tmp_path).splitlines()[-1]
    assert calls == "hotaxion run hotaxion2026_ksvz -r -n 3 --launcher srun --mpi=pmix OMP=5"


def test_exit_code_of_a_failed_run_reaches_the_queue(slurm, tmp_path):
    (tmp_path / "bin" / "hotaxion").write_text("#!/bin/bash\nexit 9\n")
    assert subprocess.run(["bash", str(HPC / "chains.sbatch")], env=slurm).returncode == 9


def _endless(tmp_path: Path) -> Path:
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"] = {"table": False, "solver": "number"}
    info["params"]["m_a"] = 0.1  # one axion: no table of any
    info["sampler"]["mcmc"] = {"Rminus1_stop": 1e-12, "output_every": 20, "max_samples": 10**6}
    path = tmp_path / "endless.yaml"
    path.write_text(pyyaml.safe_dump(info))
    return path


def test_out_of_time_stops_queues_again_and_keeps_what_is_written(slurm, tmp_path):
    """As SLURM does with --signal=B:USR1@120, on a chain that never converges."""
    command = f'#!/bin/bash\nexec "{sys.executable}" -m hotaxion.analysis.cli "$@"\n'
    (tmp_path / "bin" / "hotaxion").write_text(command)
    env = slurm | {"SLURM_NTASKS": "1", "SLURM_RESTART_COUNT": "0"}
    chain, written = tmp_path / "out.1.txt", b""
    for _ in range(2):
        with job_of(str(_endless(tmp_path)), "-o", "out", env=env, cwd=tmp_path) as job:
            deadline = time.monotonic() + PATIENCE_S
            more = written.count(b"\n") + 60  # of this round: the script catches signals by then
            while not chain.exists() or chain.read_bytes().count(b"\n") < more:
                assert job.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            job.send_signal(signal.SIGUSR1)
            assert job.wait(PATIENCE_S) == 0
        content = chain.read_bytes()
        assert content.startswith(written)
        written = content[: content.rfind(b"\n") + 1]
    assert (tmp_path / "calls").read_text() == "scontrol requeue 42 OMP=5\n" * 2
    assert np.isfinite(np.loadtxt(written.splitlines())).all()


def test_out_of_time_for_the_last_time(slurm, tmp_path):
    """The run is stopped, and nothing goes to the queue any more."""
    stop = "kill $!; echo stopped >> calls; exit"
    run = f"#!/bin/bash\ntrap '{stop}' TERM\nsleep 60 &\ntouch started\nwait\n"
    (tmp_path / "bin" / "hotaxion").write_text(run)
    env = slurm | {"SLURM_RESTART_COUNT": "20"}
    with job_of(env=env, cwd=tmp_path) as job:
        deadline = time.monotonic() + PATIENCE_S
        while not (tmp_path / "started").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        job.send_signal(signal.SIGUSR1)
        assert job.wait(PATIENCE_S) == 1
    assert (tmp_path / "calls").read_text() == "stopped\n"


def test_training_by_array_then_the_fit(slurm, tmp_path):
    array = slurm | {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "8", "INPUT": "my.yaml"}
    calls = run_script("train.sbatch", env=array, cwd=tmp_path)
    expected = "hotaxion train --points 256 --output emulator.npz --folder emulator_points --jobs 5"
    assert calls.split(" OMP=")[0] == f"{expected} --yaml my.yaml --share 3/8"
    calls = run_script("train.sbatch", env=slurm, cwd=tmp_path).splitlines()[-1]
    assert calls.split(" OMP=")[0] == expected


def test_training_options_exist():
    from hotaxion.analysis.cli import build_parser

    argv = "train --points 256 --output e.npz --folder p --jobs 5 --yaml my.yaml --share 3/8"
    assert build_parser().parse_args(argv.split()).share == (3, 8)


# --- the grid --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """The grid, expanded by Cobaya."""
    root = tmp_path_factory.mktemp("work") / "grid"
    return gridconfig.makeGrid(str(root), str(HPC / "grid.py"))


def test_grid_has_every_cell(grid):
    models = ("ksvz", "ksvz_normal", "ksvz_inverted", "ksvz_marginalised", "dfsz")
    data = ("planck_bao2018", "planck_desi", "planck_desi_bbn")
    names = {item.name for item in grid.items()}
    assert names == {f"base_{model}_{tags}" for model in models for tags in data}


@pytest.mark.parametrize(
    ("cell", "analysis"),
    [
        ("base_ksvz_planck_desi_bbn", "hotaxion2026_ksvz"),
        ("base_dfsz_planck_desi_bbn", "hotaxion2026_dfsz"),
        ("base_ksvz_normal_planck_desi_bbn", "hotaxion2026_normal_ksvz"),
    ],
)
def test_a_cell_is_the_named_analysis(grid, cell, analysis):
    """The same theory, priors, parameters and sampler; likelihoods but for spelt-out defaults."""
    (item,) = (item for item in grid.items() if item.name == cell)
    made, named = (
        yaml_load_file(str(p)) for p in (item.yaml_file(), inputs_folder() / f"{analysis}.yaml")
    )
    for block in ("theory", "prior", "sampler"):
        assert made[block] == named[block]
    made_params, named_params = (
        {name: expand_info_param(value) for name, value in info["params"].items()}
        for info in (made, named)
    )
    assert made_params == named_params
    assert list(made["likelihood"]) == list(named["likelihood"])


def test_a_cell_has_a_finite_posterior(grid):
    """One cell of CLASS's emulator, with other data than any named analysis."""
    (item,) = (item for item in grid.items() if item.name == "base_ksvz_planck_desi")
    info = yaml_load_file(item.yaml_file())
    info.pop("sampler")
    info.pop("output")
    with get_model(info) as model:
        point = model.prior.reference(max_tries=10, random_state=np.random.default_rng(1))
        assert np.isfinite(model.logposterior(point).logpost)


def test_job_scripts_of_the_grid(grid, tmp_path, monkeypatch):
    """`cobaya-grid-run --no_sub`: what would be submitted."""
    monkeypatch.chdir(tmp_path)
    (item,) = (item for item in grid.items() if item.name == "base_dfsz_planck_desi")
    jobqueue.submitJob(
        item.name,
        [item.yaml_file()],
        batchPath=str(tmp_path / "grid"),
        job_template=str(HPC / "grid_job.sh"),
        cores_per_node=16,
        no_sub=True,
    )
    script = tmp_path / "grid" / "scripts" / f"{item.name}.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text()
    assert f"hotaxion run {item.yaml_file()} -r -n 4\n" in text
    assert "#SBATCH --ntasks=4\n#SBATCH --cpus-per-task=4\n" in text
    assert "{" not in text
    assert "##" not in text


def test_grid_can_be_read_back(grid):
    """As cobaya-grid-list and cobaya-grid-run do, from the settings in GRID/config."""
    config = Path(grid.batchPath) / "config"
    assert "grid.py" in (config / "config.ini").read_text()
    assert (config / "grid.py").read_bytes() == (HPC / "grid.py").read_bytes()
