"""Make the committed rate tables from the formulae: python -m hotaxion.theory.rates.make_tables.

Five minutes measured on two cores that others used, too (3.9 CPU-minutes). Options: --folder to
write elsewhere, --processes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.files import write_arrays
from hotaxion.theory.rates import fermions, gluons, kaons, nucleons, pions
from hotaxion.theory.rates.pipi import AXION_WAVES
from hotaxion.theory.rates.rows import compute_rows
from hotaxion.theory.rates.tables import FOLDER, table_nodes

X_NODES = table_nodes("pions.npz", "ln_x")  # and of the gluons
PION_T_GEV = table_nodes("pions.npz", "ln_t")
GLUON_T_GEV = table_nodes("gluons.npz", "ln_t")


def _row(temperature_gev: float, rate: Callable[[float, float], float]) -> list[float]:
    return [rate(x, temperature_gev) for x in X_NODES]


def _table(
    name: str, temperatures: Array, rate: Callable[[float, float], float], processes: int
) -> Array:
    return compute_rows(partial(_row, rate=rate), temperatures, processes, partial(_progress, name))


def _progress(name: str, done: int, total: int) -> None:
    bar = "#" * (40 * done // total)
    end = "\n" if done == total else ""
    print(f"\r{name:10s} [{bar:.<40}] {done}/{total}", end=end, file=sys.stderr)


def make(folder: Path, processes: int) -> None:
    """Compute every table and write all five `.npz` files into folder."""
    folder.mkdir(parents=True, exist_ok=True)
    ln_x = np.log(X_NODES)
    tables = {
        name: _table(name, PION_T_GEV, partial(pions.log_scaled_loss, rates=name), processes)
        for name in AXION_WAVES
    }
    write_arrays(folder / "pions.npz", {"ln_t": np.log(PION_T_GEV), "ln_x": ln_x, **tables})
    htl = _table("htl", GLUON_T_GEV, gluons.log_scaled_rate, processes)
    table = {"ln_t": np.log(GLUON_T_GEV), "ln_x": ln_x, "htl": htl}
    write_arrays(folder / "gluons.npz", table)
    table = fermions.make_table(processes, partial(_progress, "fermions"))
    write_arrays(folder / fermions.TABLE, table)
    table = kaons.make_table(processes, partial(_progress, "kaons"))
    write_arrays(folder / kaons.TABLE, table)
    table = nucleons.make_table(processes, partial(_progress, "nucleons"))
    write_arrays(folder / nucleons.TABLE, table)


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    make(options.folder, options.processes)


if __name__ == "__main__":
    main()
