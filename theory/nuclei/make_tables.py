"""Regenerate the BBN tables of this folder with PRIMAT.

``python -m hotaxion.theory.nuclei.make_tables`` takes three minutes on two cores and needs the
optional package primat (``pip install "hotaxion[bbn]"``).
PRIMAT: Pitrou, Coc, Uzan & Vangioni, 1801.08023.

The errors of the prediction are propagated linearly from the 1-sigma variations that PRIMAT has for
each reaction of its network, and from the neutron lifetime, TAU_N_ERROR_S; they change slowly, so
that every second node is computed and the rest interpolated.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import math
import multiprocessing
import multiprocessing.pool
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path

import numpy as np
from scipy.interpolate import RectBivariateSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.nuclei.nucleosynthesis import (
    DATA_DIR,
    DELTA_NEFF_NODES,
    LOW_NODES,
    OMEGA_B_NODES,
    RATE_SETS,
    TAU_N_TABLE_S,
    TheoryError,
    load_table,
    run_primat,
    table_path,
)

_COLUMN_FORMATS = ["%.4f", "%.2f", *["%.9e"] * 3, *["%.4e"] * 3]
TAU_N_ERROR_S = 0.5  # [s], of the average behind TAU_N_TABLE_S


def abundances_from_primat(
    omega_b: float, delta_neff: float, network: str, tau_n_s: float = TAU_N_TABLE_S
) -> tuple[float, float, float]:
    """Y_p(BBN) = 4 n_He/n_b, helium mass fraction YHe and D/H from one PRIMAT run."""
    result = run_primat(omega_b, delta_neff, network, tau_n_s)
    return result.y_p, result.yhe, result.dh


def error_sources(network: str) -> list[str]:
    """What the prediction is uncertain in: the reactions of a network, and last `tau_n`."""
    from primat.config import PRIMATConfig

    return [*sorted(PRIMATConfig({"network": network}).p_rxn), "tau_n"]


def primat_with_errors(
    omega_b: float, delta_neff: float, network: str, pulls: Mapping[str, float]
) -> tuple[float, float]:
    """Y_p and ln D/H with some of `error_sources` moved by so many sigma."""
    rates = {f"p_{name}": float(pull) for name, pull in pulls.items() if name != "tau_n"}
    tau_n_s = TAU_N_TABLE_S + TAU_N_ERROR_S * float(pulls.get("tau_n", 0.0))
    result = run_primat(omega_b, delta_neff, network, tau_n_s, **rates)
    return result.y_p, math.log(result.dh)


def responses(omega_b: float, delta_neff: float, network: str) -> Array:
    """Shifts of (Y_p, ln D/H) by 1 sigma of each source, by central differences: (n_sources, 2)."""

    def moved(name: str, pull: float) -> Array:
        return np.array(primat_with_errors(omega_b, delta_neff, network, {name: pull}))

    return np.array([0.5 * (moved(k, 1.0) - moved(k, -1.0)) for k in error_sources(network)])


def theory_error_from_primat(omega_b: float, delta_neff: float, network: str) -> TheoryError:
    """Errors of Y_p and D/H from all sources, to linear order."""
    shifts = responses(omega_b, delta_neff, network)
    covariance = shifts.T @ shifts
    sigma_y, sigma_d = np.sqrt(np.diag(covariance))
    return TheoryError(sigma_y, sigma_d, covariance[0, 1] / (sigma_y * sigma_d))


def _row(task: tuple[float, float, str]) -> tuple[float, ...]:
    return abundances_from_primat(*task)


def _error_row(task: tuple[float, float, str]) -> tuple[float, ...]:
    return astuple(theory_error_from_primat(*task))


def _grid(
    pool: multiprocessing.pool.Pool,
    function: Callable[[tuple[float, float, str]], tuple[float, ...]],
    nodes: tuple[Array, Array],
    network: str,
) -> Array:
    """Three numbers of `function` on a grid: (3, n_omega_b, n_delta_neff)."""
    tasks = [(float(w), float(dn), network) for w in nodes[0] for dn in nodes[1]]
    step = max(1, len(tasks) // 10)
    rows = []
    for done, row in enumerate(pool.imap(function, tasks, chunksize=4), start=1):
        rows.append(row)
        if done % step == 0 or done == len(tasks):
            sys.stderr.write(f"  {network}: {done}/{len(tasks)} nodes ({function.__name__})\n")
    return np.transpose(rows).reshape(3, nodes[0].size, nodes[1].size)


def make_table(network: str, jobs: int, delta_neff: Array, beside: Array | None = None) -> Array:
    """The grid with these nodes, omega_b slow and delta_neff fast: (n_omega_b * n_delta_neff, 8).

    Parameters
    ----------
    beside : table at higher delta_neff, as `load_table` returns; its errors help to interpolate.
    """
    nodes = (OMEGA_B_NODES, delta_neff)
    half = (OMEGA_B_NODES[::2], delta_neff[::2])
    # spawn: a forked child would inherit the threads of numpy's linear algebra.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        predictions = _grid(pool, _row, nodes, network)
        errors = _grid(pool, _error_row, half, network)
    if beside is not None:
        half = (half[0], np.concatenate([half[1], beside[1, 0, ::2]]))
        errors = np.concatenate([errors, beside[5:, ::2, ::2]], axis=-1)
    errors = np.array([RectBivariateSpline(*half, error)(*nodes) for error in errors])
    columns = [*np.meshgrid(*nodes, indexing="ij"), *predictions, *errors]
    return np.transpose([column.ravel() for column in columns])


def main(argv: list[str] | None = None) -> int:
    """Write the two tables of each rate set asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
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
        header = (
            f"primat {version}, network {network}, tau_n = {TAU_N_TABLE_S} s; "
            "delta_neff = 0 is N_eff = 3.044\n"
            "omega_b delta_neff Y_p(BBN)=4n_He/n_b YHe(mass_fraction) D/H "
            "sigma(Y_p) sigma(D/H)/(D/H) correlation"
        )
        for low in (False, True):
            nodes, beside = (LOW_NODES, load_table(rates)) if low else (DELTA_NEFF_NODES, None)
            table = make_table(network, args.jobs, nodes, beside)
            path = args.output / table_path(rates, low).name
            np.savetxt(path, table, fmt=_COLUMN_FORMATS, header=header)
            sys.stderr.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
