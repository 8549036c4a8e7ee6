"""Does anything grow? Thousands of points: python benchmarks/soak.py [--emulated N] [--direct N].

Evaluates the posterior of `hotaxion2026_ksvz` at points of its bulk, with the emulator and with
CLASS (spectra and all likelihoods, 8 to 14 CPU seconds a point), each in a process of its own, and
prints the resident memory, open handles and temporary files on the way. Linux.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import numpy as np

_INPUT = "hotaxion2026_ksvz"
_LINES = 5  # of each table
_CENTRE = {
    "logA": (3.045, 0.01), "n_s": (0.967, 0.004), "theta_s_100": (1.0419, 3e-4),
    "omega_b": (0.0224, 1.5e-4), "omega_cdm": (0.119, 1e-3), "tau_reio": (0.057, 0.007),
    "mnu": (0.05, 0.03), "ln_m_a": (-2.2, 0.15), "A_planck": (1.0, 0.0025),
}  # fmt: skip


def _model(direct: bool):
    from cobaya.model import get_model
    from cobaya.yaml import yaml_load_file

    from hotaxion.analysis.inputs.names import find_input
    from hotaxion.analysis.running.run import class_for_emulator

    logging.disable(logging.WARNING)
    info = yaml_load_file(str(find_input(_INPUT)))
    if direct:
        info["theory"] = class_for_emulator(info["theory"])
    return get_model({name: info[name] for name in ("theory", "likelihood", "prior", "params")})


def _state() -> tuple[float, int, int]:
    """Resident memory [MB], open handles, files in the folder of temporary ones."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    handles = len(os.listdir("/proc/self/fd")) - 1  # that of the listing itself
    files = sum(len(names) for _, _, names in os.walk(tempfile.gettempdir()))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, handles, files


def soak(direct: bool, points: int) -> None:
    """Evaluate so many points; print a table."""
    # Folders of other programs do not count.
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        model, rng = _model(direct), np.random.default_rng(1)
        names = list(model.parameterization.sampled_params())
        print(f"\n{'CLASS' if direct else 'emulator'}: {points} points with spectra", flush=True)
        print("points   finite   memory [MB]   handles   temporary files   CPU [s]")
        finite, marks = 0, {round(x) for x in np.linspace(max(1, points // 10), points, _LINES)}
        for i in range(1, points + 1):
            point = {name: rng.normal(*_CENTRE[name]) for name in names}
            point["mnu"] = abs(point["mnu"])
            finite += int(np.isfinite(model.logposterior(point, cached=False).logpost))
            if i in marks:
                memory, handles, files = _state()
                print(
                    f"{i:6d}   {finite:6d}   {memory:11.1f}   {handles:7d}   {files:15d}   "
                    f"{time.process_time():7.0f}",
                    flush=True,
                )
        model.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulated", type=int, default=3000, metavar="N", help="default: 3000")
    parser.add_argument("--direct", type=int, default=100, metavar="N", help="default: 100")
    arguments = parser.parse_args()
    processes = multiprocessing.get_context("spawn")
    for direct, points in ((False, arguments.emulated), (True, arguments.direct)):
        if points:
            process = processes.Process(target=soak, args=(direct, points))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
