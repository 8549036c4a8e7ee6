"""`hotaxion train`: from a Cobaya input to an emulator of its CLASS."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotaxion.analysis.cobaya_session import load_input
from hotaxion.analysis.local_training import local_target
from hotaxion.theory.errors import HotAxionError

L_MAX = 2508  # of the Planck likelihoods
THEORIES = ("hotaxion.theory.HotClassy", "hotaxion.theory.EmulatedClassy")
# Options of the Cobaya class that decide what CLASS computes.
_OPTIONS = ("hierarchy", "axion_nodes", "neutrino_nodes", "extra_args")


def class_options(info: Mapping[str, Any]) -> dict[str, Any]:
    """Options of HotClassy in a Cobaya input.

    Raises HotAxionError if there is no HotClassy.
    """
    for name, options in (info.get("theory") or {}).items():
        if name in THEORIES:
            return {k: v for k, v in (options or {}).items() if k in _OPTIONS}
    raise HotAxionError(f"no {' or '.join(THEORIES)} in the input; add one, or leave out --yaml.")


def train_from_yaml(
    yaml: str | None,
    folder: str | None,
    output: str,
    points: int,
    l_max: int | None,
    jobs: int,
    share: tuple[int, int] | None = None,
    local: bool = False,
) -> str | None:
    """Train; returns the report (None on MPI ranks other than 0). Raises as `train.train`.

    With `local`, around the reference point of the input, for its mock data: see `local_target`,
    which raises, too. l_max None: what these need, or 2508.
    """
    from hotaxion.theory.emulator.train import train

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    if not output.endswith(".npz"):
        raise HotAxionError(f"output '{output}'; give a name that ends with .npz.")
    options = class_options(load_input(yaml)) if yaml else {}
    place = Path(folder or Path("chains") / "training" / Path(output).stem)
    options = {"hierarchy": "degenerate", **options}
    if local and not yaml:
        raise HotAxionError("--local: around what? Give the input of a forecast by --yaml.")
    target = local_target(yaml) if local and yaml else None
    l_max = l_max or (target.sensitivity.l_max if target else L_MAX)
    errors = train(options, place, output, points, l_max, jobs, share, target)
    if share:
        return f"points are in '{place}'; the same command without --share fits them"
    return None if errors is None else f"{errors}\nwrote {output}"
