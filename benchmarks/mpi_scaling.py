"""Steps per second of a named analysis with 1 and more MPI processes; the table of the guide.

python benchmarks/mpi_scaling.py bbn_omegab_ksvz [-n 1 2] [--seconds 30] [--rounds 3]

Steps are the weights in the chain files, i.e. evaluations of the posterior in the main chain. The
runs alternate, and steps for each CPU second are given besides, which a busy machine disturbs less.
Needs Linux and pip install "hotaxion[mpi]".
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml as pyyaml
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import inputs_folder

TICKS = os.sysconf("SC_CLK_TCK")


def endless(name: str, folder: Path) -> Path:
    """The analysis, without an end, written often."""
    info = yaml_load_file(str(inputs_folder() / f"{name}.yaml"))
    info["sampler"]["mcmc"].update(Rminus1_stop=1e-12, output_every=5, max_samples=10**7)
    path = folder / "endless.yaml"
    path.write_text(pyyaml.safe_dump(info, sort_keys=False))
    return path


def steps(prefix: Path) -> float:
    """Sum of the weights of all whole rows."""
    total = 0.0
    for path in prefix.parent.glob(f"{prefix.name}.?.txt"):
        rows = path.read_bytes().split(b"\n")[1:-1]
        total += sum(float(row.split(None, 1)[0]) for row in rows)
    return total


def cpu_seconds(prefix: Path) -> float:
    """CPU time so far of all processes with this folder in their command."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if str(prefix.parent).encode() in command:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def measure(name: str, processes: int, seconds: float) -> tuple[float, float]:
    """Steps for each second and for each CPU second, after a start of a third of the time."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "chain"
        options = ["-n", str(processes), "-o", str(prefix)]
        path = str(endless(name, Path(folder)))
        run = subprocess.Popen(
            [sys.executable, "-m", "hotaxion.analysis.cli", "run", path, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        while len(list(prefix.parent.glob("chain.?.txt"))) < processes:
            time.sleep(0.1)
        time.sleep(seconds / 3)
        seen = []
        for wait in (seconds, 0.0):
            seen.append((steps(prefix), time.monotonic(), cpu_seconds(prefix)))
            time.sleep(wait)
        run.send_signal(signal.SIGTERM)
        run.wait()
    difference = np.subtract(seen[1], seen[0])
    return difference[0] / difference[1], difference[0] / difference[2]


def two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name")
    parser.add_argument("-n", "--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    results: dict[int, list[tuple[float, float]]] = {n: [] for n in args.processes}
    for _ in range(args.rounds):
        for processes, found in results.items():
            load = os.getloadavg()[0]
            found.append(tuple(map(float, measure(args.name, processes, args.seconds))))
            print(f"{processes} process(es), load {load:.1f}: {found[-1]}", file=sys.stderr)
    print("| processes | steps in a second | in a CPU second |\n|---|---|---|")
    for processes, found in results.items():
        cells = [
            f"{two_digits(np.median(each))} ({two_digits(min(each))} to {two_digits(max(each))})"
            for each in zip(*found, strict=True)
        ]
        print(f"| {processes} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
