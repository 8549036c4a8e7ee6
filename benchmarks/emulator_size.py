"""Error of the emulator against the number of training points and the method: docs/emulator.md.

python benchmarks/emulator_size.py FOLDER, with the folder of a `hotaxion train`. Fits to the star
and the first N Sobol points, with and without the Gaussian process, and compares with the last
points of the folder, which no fit has seen.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from hotaxion.theory.spectra.training.accuracy import accuracy
from hotaxion.theory.spectra.training.design import WIDE
from hotaxion.theory.spectra.training.fit import fit_emulator
from hotaxion.theory.spectra.training.folder import PROVENANCE, load_points
from hotaxion.theory.spectra.training.sensitivity import planck_like

HELD_OUT = 40
SIZES = (54, 79, 104, 129, 154, 179, 204, 216)  # Sobol points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    star, sobol = (load_points(folder, prefix) for prefix in ("star", "sobol"))
    origin = json.loads((folder / PROVENANCE).read_text())
    count = len(sobol["features"])
    unseen = {name: rows[count - HELD_OUT :] for name, rows in sobol.items()}
    names = ("tt", "te", "ee", "pp", "sigma8", "rs_d")
    print("| points | method | Delta chi^2: median | 95 % | over leverage | " + " | ".join(names))
    for size in (n for n in SIZES if n <= count - HELD_OUT):
        data = {name: np.concatenate([star[name], rows[:size]]) for name, rows in sobol.items()}
        for method in ("quadratic", "process"):
            start = time.process_time()
            emulator = fit_emulator(data, origin, WIDE, process=method == "process")
            seconds = time.process_time() - start
            found = accuracy(emulator, unseen, planck_like(origin["l_max"])).as_dict()
            cells = [f"{found[f'{name}_median']:.1e}" for name in names]
            print(
                f"| {len(data['features'])} | {method} | {found['delta_chi2_median']:.4f} | "
                f"{found['delta_chi2_95%']:.4f} | {found['delta_chi2_per_leverage']:.4f} | "
                f"{' | '.join(cells)} | fit {seconds:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
