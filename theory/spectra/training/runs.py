"""Running CLASS at the points of a design: on all cores or MPI ranks, each point kept at once."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import whole_file, write_arrays
from hotaxion.theory.processes import worker_pool
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.spectra.emulator.features import PARAMETERS, SCALARS, SPECTRA, feature_vector
from hotaxion.theory.spectra.training.folder import CHECKS, is_whole, point_path, read_provenance

Task = TypeVar("Task")

_PRIORS = {
    "omega_b": (0.005, 0.1),
    "omega_cdm": (0.01, 0.5),
    "theta_s_100": (0.5, 2.0),
    "n_s": (0.5, 1.5),
    "logA": (1.0, 5.0),
    "tau_reio": (0.003, 0.5),
    "mnu": (0.0, 10.0),
    "m_a": (0.0, 10.0),
    "pion_scale": AxionOptions.sampled()["pion_scale"],
    "YHe": (0.1, 0.5),
    "delta_neff_extra": (0.0, 10.0),
    "w0_fld": (-5.0, 1.0),
    "wa_fld": (-10.0, 5.0),
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
        row["features"] = feature_vector(point, [psd])
        row["point"] = np.array([point[name] for name in PARAMETERS])
        row["axion"] = np.array([psd.mass_ev, psd.delta_neff, psd.omega_h2])
        return row


@lru_cache(maxsize=1)
def _runner(origin: str) -> ClassRunner:
    """The model of this process, made at its first task."""
    logging.disable(logging.WARNING)
    return ClassRunner(json.loads(origin))


def _work(task: tuple[Path, dict[str, float], dict[str, Any]]) -> str | None:
    """One point; returns what went wrong, so that the other points go on."""
    path, point, origin = task
    if is_whole(path, origin):  # another process was quicker
        return None
    try:
        row = _runner(json.dumps(origin, sort_keys=True))(point)
        with whole_file(path) as file:
            write_arrays(file, row, compressed=False)
    except Exception as error:  # CLASS and Cobaya raise their own kinds
        return f"{type(error).__name__}: {error}"
    return None


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
    from tqdm import tqdm  # comes with Cobaya

    with worker_pool(max(1, min(jobs, len(tasks)))) as pool:
        answers = tqdm(
            pool.imap_unordered(_work, tasks),
            total=len(tasks),
            desc=f"CLASS, {prefix}",
            unit="point",
            disable=rank > 0,
        )
        failures = [answer for answer in answers if answer is not None]
        pool.close()
        pool.join()
    return failures


def share(tasks: Sequence[Task], rank: int, ranks: int, help_others: bool) -> list[Task]:
    """What one rank does, in its order; helpers take what is left in an order of their own."""
    mine = list(tasks[rank::ranks])
    if help_others:
        left = [task for i, task in enumerate(tasks) if i % ranks != rank]
        random.Random(rank).shuffle(left)  # else all helpers would compute the same point
        mine += left
    return mine
