"""The whole training: star of points, ridge, Sobol points, fit, check on held-out points, file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.theory.checks import choice, whole_number
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.processes import worker_pool
from hotaxion.theory.spectra.neutrinos import HIERARCHY
from hotaxion.theory.spectra.training.accuracy import Accuracy, accuracy
from hotaxion.theory.spectra.training.design import DESIGNS, Target
from hotaxion.theory.spectra.training.fit import fit_emulator
from hotaxion.theory.spectra.training.folder import (
    load_points,
    prepare,
    provenance,
    read_provenance,
)
from hotaxion.theory.spectra.training.runs import run_points

POINTS_MIN = 90  # of a local training: the quadratic in ten numbers alone has 66 coefficients
L_MAX_MIN, L_MAX_MAX = 1000, 20_000  # CLASS truncates wavenumbers below 1000
L_MAX = {"planck": 2508, "act": 4000}  # of Planck's likelihoods; 97 % of what ACT tells of N_eff
HELD_OUT = 0.15  # fraction of the Sobol points, the last ones
_log = logging.getLogger(__name__)


def train(
    hot_classy: Mapping[str, Any],
    folder: str | Path,
    output: str | Path,
    points: int = 256,
    l_max: int = L_MAX["planck"],
    jobs: int = 1,
    share: tuple[int, int] | None = None,
    target: Target | None = None,
    design: str = "planck",
) -> Accuracy | None:
    """Train an emulator; what is in the folder already is not computed again.

    Under MPI all ranks share the points, and rank 0 fits. Without MPI, independent processes share
    them through the folder, each with its own `share`; nobody fits then.

    Parameters
    ----------
    hot_classy : options of HotClassy; `extra_args` with its defaults, for the emulator's record.
    folder : where each point is kept as soon as CLASS has it (shared by all ranks).
    output : the emulator, one file.
    points : Sobol points; 21 more are a star that finds the ridge of the likelihood.
    l_max : greatest multipole, at least 1000.
    jobs : processes of each rank.
    share : (i, n), the i-th of n processes, from 1: its points first, then what is left of the
        others'; no fit, for which train is called once more, without a share.
    target : the experiment and fiducial to train around; None for the Planck best fit.
    design : of DESIGNS, where there is no target.

    Returns
    -------
    Errors at the held-out points; None on ranks other than 0 and for a share.

    Raises
    ------
    RangeError : too few points, l_max too small, or a share outside 1 to n or under MPI.
    HotAxionError : CLASS fails at a point of the star or at more than a tenth of the others.
    """
    from cobaya import mpi

    points = whole_number("training points", points, POINTS_MIN, 100_000)
    l_max = whole_number("l_max", l_max, L_MAX_MIN, L_MAX_MAX)
    jobs = whole_number("jobs", jobs, 1, 10_000)
    workers = _workers(jobs, share)
    folder, output = Path(folder), Path(output)
    default = DESIGNS[choice("design", design, DESIGNS)]
    around = target or default(l_max, hot_classy.get("hierarchy", HIERARCHY))

    def begin() -> None:
        if mpi.is_main_process():
            origin = provenance(hot_classy, l_max)
            prepare(folder, origin | {"target": target.describe()} if target else origin)
            output.parent.mkdir(parents=True, exist_ok=True)

    def star() -> None:
        failed = run_points(folder, around.star(), "star", *workers)
        if failed:
            raise HotAxionError(f"CLASS fails at the centre of the design: {failed[0]}")

    def sobol() -> None:
        chosen = around.points(around.fisher(load_points(folder, "star")), points)
        for reason in run_points(folder, chosen, "sobol", *workers):
            _log.warning("left out: %s", reason)

    for stage in (begin, star, sobol):
        _on_all_ranks(stage)
    if share or not mpi.is_main_process():
        return None
    return fit_in_one_thread(folder, output, points, around)


def _on_all_ranks(stage: Callable[[], None]) -> None:
    """Run a stage and wait for the other MPI ranks; if one of them fails, all stop.

    Raises what the stage raises; HotAxionError where another rank has raised something.
    """
    from cobaya import mpi

    try:
        mpi.sync_errors(stage)()
    except mpi.OtherProcessError:
        raise HotAxionError(
            "another MPI process of this training failed; its own message says why."
        ) from None


def _workers(jobs: int, share: tuple[int, int] | None) -> tuple[int, int, int, bool]:
    """Processes, rank, ranks and whether to help others, as `run_points` wants them."""
    from cobaya import mpi

    if share is None:
        return jobs, mpi.rank(), mpi.size(), False
    number, of = share
    if not 1 <= number <= of:
        raise RangeError(f"share {number}/{of}; give I/N with I from 1 to N.")
    if mpi.size() > 1:
        raise RangeError("a share and MPI; give either of them, MPI shares the points by itself.")
    return jobs, number - 1, of, True


def fit_in_one_thread(folder: Path, output: Path, points: int, target: Target) -> Accuracy:
    """`fit` in a process of its own, with one thread of linear algebra.

    Its matrices are small: two threads wait for each other, ten times as long. Raises as `fit`.
    """
    with worker_pool(1) as pool:
        return pool.apply(fit, (folder, output, points, target))


def fit(folder: Path, output: Path, points: int, target: Target) -> Accuracy:
    """Fit to the points in a folder, twice: without the held-out ones to judge, then with all.

    Raises
    ------
    HotAxionError : more than a tenth of the points are missing.
    """
    sobol = {k: v[:points] for k, v in load_points(folder, "sobol").items()}
    count = len(sobol["features"])
    if count < 0.9 * points:
        raise HotAxionError(f"only {count} of {points} points are in '{folder}'; run it again.")
    star = load_points(folder, "star")
    origin = read_provenance(folder)
    kept = round(count * (1.0 - HELD_OUT))
    first = {name: np.concatenate([star[name], rows[:kept]]) for name, rows in sobol.items()}
    _log.info("Fit to %d points, check at %d.", len(first["features"]), count - kept)
    held_out = {name: rows[kept:] for name, rows in sobol.items()}
    judge = target.judge or target.sensitivity
    errors = accuracy(fit_emulator(first, origin, target.reach), held_out, judge)
    everything = {name: np.concatenate([star[name], rows]) for name, rows in sobol.items()}
    origin["points"], origin["accuracy"] = len(everything["features"]), errors.as_dict()
    fit_emulator(everything, origin, target.reach).save(output)
    return errors
