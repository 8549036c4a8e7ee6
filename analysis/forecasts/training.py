"""`hotaxion train`: from a Cobaya input to an emulator of its CLASS."""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotaxion.analysis.forecasts.local_training import local_target
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.running import launch
from hotaxion.theory.errors import HotAxionError

L_MAX = 2508  # of the Planck likelihoods
THEORIES = ("HotClassy", "EmulatedClassy")
# Options of the Cobaya class that decide what CLASS computes.
_OPTIONS = ("hierarchy", "axion_nodes", "neutrino_nodes", "extra_args")


def class_options(info: Mapping[str, Any]) -> dict[str, Any]:
    """Options of HotClassy in a Cobaya input.

    Raises HotAxionError if there is no HotClassy.
    """
    for name in find_theories(info, *THEORIES):
        return {k: v for k, v in (info["theory"][name] or {}).items() if k in _OPTIONS}
    raise HotAxionError(f"no {' or '.join(THEORIES)} in the input; add one, or leave out --yaml.")


def jobs_of_this_rank() -> int:
    """Cores of this process, divided by the MPI ranks that may use the same ones."""
    from cobaya import mpi

    bound = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    here = (platform.node(), bound)
    return max(1, launch.cores() // mpi.allgather(here).count(here))


def train_from_yaml(
    yaml: str | None,
    folder: str | None,
    output: str,
    points: int,
    l_max: int | None,
    jobs: int | None,
    share: tuple[int, int] | None = None,
    local: bool = False,
) -> str | None:
    """Train; returns the report (None on MPI ranks other than 0). Raises as `train.train`.

    With `local`, around the reference point of the input, for its mock data: see `local_target`,
    which raises, too. l_max None: what these need, or 2508. jobs None: `jobs_of_this_rank`.
    """
    from hotaxion.theory.spectra.training.stages import train

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    if not output.endswith(".npz"):
        raise HotAxionError(f"output '{output}'; give a name that ends with .npz.")
    options = {}
    if yaml:
        with cobaya_session(quiet=True):
            info = load_input(yaml)
        options = class_options(info)
    place = Path(folder or Path("chains") / "training" / Path(output).stem)
    options = {"hierarchy": "degenerate", **options}
    if local and not yaml:
        raise HotAxionError("--local: around what? Give the input of a forecast by --yaml.")
    target = local_target(yaml) if local and yaml else None
    if l_max is None:
        l_max = target.sensitivity.l_max if target else L_MAX
    jobs = jobs_of_this_rank() if jobs is None else jobs
    errors = train(options, place, output, points, l_max, jobs, share, target)
    if share:
        return f"points are in '{place}'; the same command without --share fits them"
    return None if errors is None else f"{errors}\nwrote {output}"
