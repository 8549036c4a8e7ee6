"""Runs that are killed and resumed; a few of them are in tests/analysis/running/test_faults.py."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cobaya.yaml import yaml_dump, yaml_load_file

from hotaxion.analysis.inputs.names import inputs_folder

from .outcome import Part, require
from .seeded import seeded

_COMMAND = [sys.executable, "-m", "hotaxion.analysis.cli", "run", "short.yaml"]


def _write_input(folder: Path, rows: int) -> None:
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"]["solver"] = "number"
    info["sampler"]["mcmc"].update(output_every=1, learn_every=10, max_samples=rows)
    info["sampler"]["mcmc"]["Rminus1_stop"] = 1e-9
    (folder / "short.yaml").write_text(yaml_dump(info | {"output": "c"}))


def killed_run(rng: random.Random, folder: Path) -> None:
    """Killed twice, then resumed: whole rows stay byte for byte."""
    chain, kept = folder / "c.1.txt", b""
    env = os.environ | {"COBAYA_NOMPI": "1", "OMP_NUM_THREADS": "1"}
    _write_input(folder, 10**6)
    for more in ([], ["-r"]):
        before = chain.stat().st_size if chain.exists() else 0
        process = subprocess.Popen(
            [*_COMMAND, *more],
            cwd=folder,
            env=env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not (chain.exists() and chain.stat().st_size > before + 2000):
            require(process.poll() is None, "the run has ended by itself")
            time.sleep(0.01)
        time.sleep(rng.uniform(0.0, 1.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        content = chain.read_bytes()
        require(content.startswith(kept), "rows have changed")
        kept = content[: content.rfind(b"\n") + 1]
    _write_input(folder, kept.count(b"\n") + 20)
    done = subprocess.run(
        [*_COMMAND, "-r"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    require(chain.read_bytes().startswith(kept), "rows have changed")
    lengths = {len(line.split()) for line in chain.read_text().splitlines()[1:]}
    require(len(lengths) == 1, f"rows of {lengths} columns")


PARTS = [Part("runs killed twice, then resumed", seeded("kill", killed_run), 0, 20)]
