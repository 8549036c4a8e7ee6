"""Running CLASS at the points of a design: on all cores or MPI ranks, each point kept at once."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import DataFile, whole_file, write_arrays, write_whole
from hotaxion.theory.spectra.emulator.features import BASE, FEATURES, feature_vector
from hotaxion.theory.spectra.extra_args import with_defaults

Array = NDArray[np.float64]
Task = TypeVar("Task")

# Inputs of a training point; the strength of the pion rate makes Delta N_eff independent of m_a.
PARAMETERS = (*BASE, "mnu", "m_a", "pion_scale", "YHe")
SPECTRA = ("tt", "te", "ee", "bb", "pp")
# sigma8, redshift and comoving sound horizon [Mpc] of recombination and of the baryon drag.
SCALARS = ("sigma8", "z_rec", "rs_rec", "z_d", "rs_d", "z_reio")
CHECKS = ("H0", "age", "Omega_m")  # recorded, to test the background
PROVENANCE = "training.json"
_PRIORS = {
    "omega_b": (0.005, 0.1),
    "omega_cdm": (0.01, 0.5),
    "theta_s_100": (0.5, 2.0),
    "n_s": (0.5, 1.5),
    "logA": (1.0, 5.0),
    "tau_reio": (0.003, 0.5),
    "mnu": (0.0, 10.0),
    "m_a": (0.0, 10.0),
    "pion_scale": (0.1, 10.0),
    "YHe": (0.1, 0.5),
}


def provenance(hot_classy: Mapping[str, Any], l_max: int) -> dict[str, Any]:
    """What decides a training: versions and options; the same for all its points."""
    options = dict(hot_classy)
    options["extra_args"] = with_defaults(options.get("extra_args"))
    packages = ("hotaxion", "classy", "cobaya", "numpy", "scipy")
    return {
        "HotClassy": options,
        "l_max": int(l_max),
        "versions": {name: metadata.version(name) for name in packages},
    }


class ClassRunner:
    """One Cobaya model of HotAxion and HotClassy, evaluated at training points."""

    def __init__(self, origin: Mapping[str, Any]):
        from cobaya.model import get_model

        self._l_max = origin["l_max"]
        self._model = get_model(
            {
                "theory": {
                    # Each training point has its own strength: no table.
                    "hotaxion.theory.HotAxion": {"table": False},
                    "hotaxion.theory.HotClassy": {**origin["HotClassy"], "stop_at_error": True},
                },
                "likelihood": {"one": None},
                "params": {n: {"prior": list(r)} for n, r in _PRIORS.items()},
            },
        )
        wanted: dict[str, Any] = {"Cl": dict.fromkeys(SPECTRA, self._l_max)}
        self._model.add_requirements(wanted | dict.fromkeys(["sigma8", "axion_psd"]))
        self._classy = self._model.theory["hotaxion.theory.HotClassy"].classy

    def __call__(self, point: Mapping[str, float]) -> dict[str, Array]:
        """Features, raw lensed C_l (l = 0 to l_max, no unit) and scalars; arrays by name.

        Raises HotAxionError if CLASS fails.
        """
        result = self._model.logposterior(dict(point), cached=False)
        if not np.isfinite(result.logpost):
            raise HotAxionError(f"CLASS failed at {dict(point)}.")
        provider = self._model.provider
        cl = provider.get_Cl(ell_factor=False, units="1")
        psd = provider.get_axion_psd()
        row = {name: np.asarray(cl[name][: self._l_max + 1]) for name in SPECTRA}
        scalars = self._classy.get_current_derived_parameters([*SCALARS, *CHECKS])
        row["scalars"] = np.array([scalars[name] for name in (*SCALARS, *CHECKS)])
        row["features"] = feature_vector(point, psd)
        row["point"] = np.array([point[name] for name in PARAMETERS])
        row["axion"] = np.array([psd.m_a_ev, psd.delta_neff, psd.omega_a_h2])
        return row


_runner: list[ClassRunner] = []  # of this process, made at its first task


def _work(task: tuple[Path, dict[str, float], dict[str, Any]]) -> str | None:
    """One point; returns what went wrong, so that the other points go on."""
    path, point, origin = task
    if is_whole(path, origin):  # another process was quicker
        return None
    try:
        if not _runner:
            logging.disable(logging.WARNING)
            _runner.append(ClassRunner(origin))
        _save(path, _runner[0](point))
    except Exception as error:  # CLASS and Cobaya raise their own kinds
        return f"{type(error).__name__}: {error}"
    return None


def _save(path: Path, row: Mapping[str, Array]) -> None:
    with whole_file(path) as file:
        write_arrays(file, row, compressed=False)


def prepare(folder: Path, origin: Mapping[str, Any]) -> None:
    """Make the folder, or check that it belongs to the same training.

    Raises
    ------
    HotAxionError : the folder holds points made with other options or versions, or it cannot be
        read with which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PROVENANCE
    if not path.exists():
        write_whole(path, json.dumps(origin, indent=1, sort_keys=True) + "\n")
        return
    found = read_provenance(folder)
    if found != json.loads(json.dumps(origin)):
        different = sorted(k for k in {*found, *origin} if found.get(k) != origin.get(k))
        raise HotAxionError(
            f"'{folder}' holds a training with other {', '.join(different)}; give another folder, "
            f"or remove this one. There: { {k: found.get(k) for k in different} }."
        )


def read_provenance(folder: Path) -> dict[str, Any]:
    """What `prepare` has written: the options and versions of the points in a folder.

    Raises
    ------
    HotAxionError : it is damaged.
    """
    path = folder / PROVENANCE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        whole = isinstance(found["HotClassy"], dict) and isinstance(found["l_max"], int)
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise HotAxionError(
            f"'{path}' is damaged, so that nobody knows with which options the points beside it "
            "were made; remove it if you know that they are the same, or give another folder."
        )
    return found


def run_points(
    folder: Path,
    points: Sequence[Mapping[str, float]],
    prefix: str,
    jobs: int,
    rank: int = 0,
    ranks: int = 1,
    help_others: bool = False,
) -> list[str]:
    """Run CLASS at all points that are not yet in the folder; returns what failed.

    Parameters
    ----------
    folder : of `prepare`; point i becomes PREFIX_0i.npz at once.
    points : each with all PARAMETERS.
    jobs : processes on this machine (of this rank).
    rank, ranks : this rank takes every `ranks`-th point.
    help_others : then also those of the other ranks that they do not have yet, so that all points
        are there at the end, whether or not the others run.
    """
    origin = read_provenance(folder)
    tasks = [(point_path(folder, prefix, i), dict(p), origin) for i, p in enumerate(points)]
    tasks = [
        task for task in share(tasks, rank, ranks, help_others) if not is_whole(task[0], origin)
    ]
    if not tasks:
        return []
    jobs = max(1, min(jobs, len(tasks)))
    with worker_pool(jobs) as pool:
        answers = pool.imap_unordered(_work, tasks)
        failures = [a for a in _progress(answers, len(tasks), prefix, rank) if a is not None]
        pool.close()
        pool.join()
    return failures


@contextmanager
def worker_pool(jobs: int) -> Iterator[Any]:
    """A pool of processes with one thread each, which take no part in MPI.

    Both are decided by environment variables that libraries read when they are loaded, before an
    initializer could run: they are set here as long as the pool may start processes.
    """
    wanted = {"OMP_NUM_THREADS": "1", "COBAYA_NOMPI": "1"}
    kept = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        # spawn: a forked child would inherit CLASS's and numpy's threads.
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            yield pool
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def share(tasks: Sequence[Task], rank: int, ranks: int, help_others: bool) -> list[Task]:
    """What one rank does, in its order; helpers take what is left in an order of their own."""
    mine = list(tasks[rank::ranks])
    if help_others:
        left = [task for i, task in enumerate(tasks) if i % ranks != rank]
        random.Random(rank).shuffle(left)  # else all helpers would compute the same point
        mine += left
    return mine


def _progress(answers: Iterable[Any], total: int, prefix: str, rank: int) -> Iterable[Any]:
    from tqdm import tqdm  # comes with Cobaya

    return tqdm(answers, total=total, desc=f"CLASS, {prefix}", unit="point", disable=rank > 0)


def point_path(folder: Path, prefix: str, index: int) -> Path:
    """File of one point."""
    return folder / f"{prefix}_{index:04d}.npz"


def is_whole(path: Path, origin: Mapping[str, Any]) -> bool:
    """Whether a file holds a whole point of this training; a damaged one is computed again."""
    return path.exists() and _read_point(path, int(origin["l_max"])) is not None


def _read_point(path: Path, l_max: int) -> dict[str, Array] | None:
    """The arrays of one point; None if one of them is absent, of another shape or not finite."""
    shapes = dict.fromkeys(SPECTRA, (l_max + 1,))
    shapes |= {"scalars": (len(SCALARS) + len(CHECKS),), "point": (len(PARAMETERS),)}
    shapes |= {"features": (len(FEATURES),), "axion": (3,)}
    file = DataFile(path, "training point", "train again")
    try:
        row = file.arrays()
        file.check(row, shapes)
    except HotAxionError:
        return None
    return {name: row[name] for name in shapes}


def load_points(folder: Path, prefix: str = "*") -> dict[str, Array]:
    """All points that are there, stacked, in the order of their names.

    Raises
    ------
    HotAxionError : there is none, or one is damaged.
    """
    files = sorted(folder.glob(f"{prefix}_????.npz"))
    if not files:
        raise HotAxionError(f"no training points '{prefix}_*.npz' in '{folder}'.")
    l_max = read_provenance(folder)["l_max"]
    rows = {file: _read_point(file, l_max) for file in files}
    if damaged := [file for file, row in rows.items() if row is None]:
        raise HotAxionError(
            f"'{damaged[0]}' is no whole training point; the command that trains, run again, "
            "computes it anew."
        )
    whole = [row for row in rows.values() if row is not None]
    return {name: np.array([row[name] for row in whole]) for name in whole[0]}
