"""How long `hotaxion reproduce all --sampler nautilus` takes: python benchmarks/reproduce_all.py.

Wall and CPU time, and the CPU time over that of a yardstick, numpy work like that of a point, which
is timed beside the chains twice a minute: a machine that is busy, or slow, is so for both. The
last line scales the wall time to a machine where it takes 0.30 ms. That is inferred, not measured:
the goal of twelve minutes was set where a joint posterior, then 6.7 of the yardstick
(`bench_posterior`), took 2.0 ms. 53 chains took 29.5 min where the yardstick took 0.98 ms: 9.0 min
so scaled (`hotaxion2026_w0wa_ksvz` needs data of Cobaya, which were not there; it takes three
minutes more of one core). Where neighbours are busy the yardstick scatters by a factor of two
within minutes, points less: then the scaled time says little. Give a folder that does not exist.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("COBAYA_NOMPI", "1")

import numpy as np
from bench_posterior import _yardstick

UNIT_S = 0.30e-3
PAUSE_S = 30.0
COMMAND = ["reproduce", "all", "--sampler", "nautilus"]


def watch(ended: threading.Event, seconds: list[float]) -> None:
    """CPU time of the yardstick, as long as it goes on."""
    while not ended.wait(PAUSE_S):
        start = time.thread_time()
        for _ in range(50):
            _yardstick()
        seconds.append((time.thread_time() - start) / 50)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="chains/timed", type=Path)
    folder = parser.parse_args().folder
    if folder.exists():
        sys.exit(f"'{folder}' is there already; remove it, or give another folder.")
    ended, units = threading.Event(), list[float]()
    watching = threading.Thread(target=watch, args=(ended, units))
    watching.start()
    start = time.monotonic()
    command = [Path(sys.executable).with_name("hotaxion"), *COMMAND]
    done = subprocess.run([*command, "--chains", folder, "-o", folder / "report"])
    wall = time.monotonic() - start
    ended.set()
    watching.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, unit = used.ru_utime + used.ru_stime, float(np.median(units))
    print(f"\nwall {wall / 60:.1f} min, CPU {cpu / 60:.1f} min, yardstick {1e3 * unit:.2f} ms")
    print(f"where it takes {1e3 * UNIT_S:.2f} ms: wall {wall / 60 * UNIT_S / unit:.1f} min")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
