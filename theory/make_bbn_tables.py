"""Regenerate the BBN tables in ``data/`` with PRIMAT.

``python -m hotaxion.theory.make_bbn_tables`` takes a minute on two cores and needs the optional
package primat (``pip install "hotaxion[bbn]"``).
PRIMAT: Pitrou, Coc, Uzan & Vangioni, 1801.08023.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import multiprocessing
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.errors import MissingPackageError
from hotaxion.theory.nucleosynthesis import DATA_DIR, RATE_SETS, TAU_N_TABLE_S, table_path

OMEGA_B_NODES = np.linspace(0.016, 0.030, 29)
DELTA_NEFF_NODES = np.linspace(-1.5, 3.0, 19)
_COLUMN_FORMATS = ["%.4f", "%.2f", "%.9e", "%.9e", "%.9e"]


def abundances_from_primat(
    omega_b: float, delta_neff: float, network: str, tau_n_s: float = TAU_N_TABLE_S
) -> tuple[float, float, float]:
    """Y_p(BBN) = 4 n_He/n_b, helium mass fraction YHe and D/H from one PRIMAT run.

    Raises
    ------
    MissingPackageError : if primat is not installed.
    """
    try:
        from primat.backend import run_bbn
    except ImportError as error:
        raise MissingPackageError(
            "this needs the optional package primat; install it with: pip install 'hotaxion[bbn]'"
        ) from error
    result = run_bbn(
        {
            "Omegabh2": omega_b,
            "DeltaNeff": delta_neff,
            "network": network,
            "tau_n": tau_n_s,
            "show_progress": False,
        }
    )
    return result["YPBBN"], result["YPCMB"], result["DoH"]


def _row(task: tuple[float, float, str]) -> tuple[float, ...]:
    omega_b, delta_neff, network = task
    return omega_b, delta_neff, *abundances_from_primat(omega_b, delta_neff, network)


def make_table(network: str, jobs: int) -> NDArray[np.float64]:
    """The whole grid, omega_b slow and delta_neff fast: (n_omega_b * n_delta_neff, 5)."""
    tasks = [(float(w), float(dn), network) for w in OMEGA_B_NODES for dn in DELTA_NEFF_NODES]
    step = max(1, len(tasks) // 10)
    rows = []
    # spawn: a forked child would inherit the threads of numpy's linear algebra.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for done, row in enumerate(pool.imap(_row, tasks, chunksize=4), start=1):
            rows.append(row)
            if done % step == 0 or done == len(tasks):
                sys.stderr.write(f"  {network}: {done}/{len(tasks)} abundances\n")
    return np.array(rows)


def main(argv: list[str] | None = None) -> int:
    """Write one table for each rate set asked for."""
    parser = argparse.ArgumentParser(prog="make_bbn_tables", description=__doc__.splitlines()[0])
    parser.add_argument("--rates", nargs="+", choices=sorted(RATE_SETS), default=sorted(RATE_SETS))
    parser.add_argument("--output", type=Path, default=DATA_DIR, help="folder to write into")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    try:
        version = importlib.metadata.version("primat")
    except importlib.metadata.PackageNotFoundError:
        sys.stderr.write("primat is not installed; try: pip install 'hotaxion[bbn]'\n")
        return 1
    args.output.mkdir(parents=True, exist_ok=True)
    for rates in args.rates:
        network = RATE_SETS[rates].network
        table = make_table(network, args.jobs)
        header = (
            f"primat {version}, network {network}, tau_n = {TAU_N_TABLE_S} s; "
            "delta_neff = 0 is N_eff = 3.044\n"
            "omega_b delta_neff Y_p(BBN)=4n_He/n_b YHe(mass_fraction) D/H"
        )
        path = args.output / table_path(rates).name
        np.savetxt(path, table, fmt=_COLUMN_FORMATS, header=header)
        sys.stderr.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
