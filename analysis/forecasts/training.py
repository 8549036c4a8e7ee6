"""`hotaxion train`: from a Cobaya input to an emulator of its CLASS, wide or around a forecast."""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.chains.priors import flat_range, is_sampled
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories, kind_of
from hotaxion.analysis.running import launch
from hotaxion.theory.components.extra_args import class_defaults, with_defaults
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.spectra.neutrinos import HIERARCHY
from hotaxion.theory.spectra.training.design import FINER_CLASS, Target
from hotaxion.theory.spectra.training.fisher import SAMPLED
from hotaxion.theory.spectra.training.sensitivity import Sensitivity
from hotaxion.theory.spectra.training.stages import L_MAX, train

THEORIES = ("HotClassy", "EmulatedClassy")
# Options of the Cobaya class that decide what CLASS computes.
_OPTIONS = ("hierarchy", "axion_nodes", "neutrino_nodes", "extra_args")
_MOCKS = ("MockCMB", "MockBAO")


def train_from_yaml(
    yaml: str | None,
    folder: str | None,
    output: str,
    points: int,
    l_max: int | None,
    jobs: int | None,
    share: tuple[int, int] | None = None,
    local: bool = False,
    design: str | None = None,
) -> str | None:
    """Train; returns the report (None on MPI ranks other than 0). Raises as `stages.train`.

    With `local`, around the reference point of the input, for its mock data: see `local_target`,
    which raises, too. `design`: one of DESIGNS, None for the first. l_max None: what the mock
    data need, or L_MAX of the design. jobs None: `jobs_of_this_rank`.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    if not output.endswith(".npz"):
        raise HotAxionError(f"output '{output}'; give a name that ends with .npz.")
    if local and not yaml:
        raise HotAxionError("--local: around what? Give the input of a forecast by --yaml.")
    if local and design:
        raise HotAxionError(f"--local and --design {design}; give one of them, both are designs.")
    design = design or "planck"
    options: dict[str, Any] = {"hierarchy": HIERARCHY}
    if yaml:
        with cobaya_session(quiet=True):
            options |= class_options(load_input(yaml))
    precision = FINER_CLASS if design == "act" else {}
    options["extra_args"] = with_defaults(options.get("extra_args"), class_defaults() | precision)
    target = local_target(yaml) if local and yaml else None
    if l_max is None:
        l_max = target.sensitivity.l_max if target else L_MAX[design]
    place = Path(folder or Path("chains") / "training" / Path(output).stem)
    jobs = jobs_of_this_rank() if jobs is None else jobs
    errors = train(options, place, output, points, l_max, jobs, share, target, design)
    if share:
        return f"points are in '{place}'; the same command without --share fits them"
    return None if errors is None else f"{errors}\nwrote {output}"


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


# --- around a forecast --------------------------------------------------------------------
def local_target(yaml: str | Path) -> Target:
    """What a local emulator for this Cobaya input must cover, as `hotaxion forecast` writes them.

    Raises
    ------
    HotAxionError : no MockCMB in it, another likelihood (whose information is not known), an axion
        that is not KSVZ, or a parameter without a value or reference point.
    RangeError : see `Target`.
    """
    with cobaya_session(quiet=True):
        info = load_input(yaml)
        mocks = {name: _likelihood(name, options) for name, options in info["likelihood"].items()}
    params = info.get("params") or {}
    cmb = [mock for mock in mocks.values() if hasattr(mock, "maps")]
    if not cmb:
        raise HotAxionError(f"--local: no MockCMB in '{yaml}'; use the input of hotaxion forecast.")
    for name in find_theories(info, "HotAxion"):
        model = (info["theory"][name] or {}).get("model", "ksvz")
        if model != "ksvz":
            raise HotAxionError(f"--local: model {model}; only ksvz, or leave --local out.")
    priors = {name: params[name]["prior"] for name in SAMPLED if is_sampled(params, name)}
    gaussian = {name: p for name, p in priors.items() if "scale" in p and p.get("dist") == "norm"}
    sensitivity = Sensitivity(
        tuple(mocks),
        tuple(mock.maps() for mock in cmb),
        tuple(mock.distances() for mock in mocks.values() if mock not in cmb),
        {name: float(prior["scale"]) for name, prior in gaussian.items()},
    )
    return Target(
        {name: _centre(name, params.get(name)) for name in SAMPLED},
        {name: flat_range(priors.get(name)) or (0.0, np.inf) for name in ("mnu", "m_a")},
        sensitivity,
        class_options(info).get("hierarchy", HIERARCHY),
    )


def _likelihood(name: str, options: Mapping[str, Any] | None) -> Any:
    """The likelihood by itself, its data read."""
    kind = kind_of(name, options, "likelihood")
    if kind not in _MOCKS:
        raise HotAxionError(
            f"--local: likelihood {name}; only {' and '.join(_MOCKS)} tell how much they see. "
            "Remove it for the training, or leave --local out."
        )
    own = {key: value for key, value in (options or {}).items() if key != "class"}
    return getattr(import_module("hotaxion.likelihoods"), kind)(own, name=name)


def _centre(name: str, entry: Any) -> float:
    """The fixed value, or the reference point."""
    if isinstance(entry, Mapping):
        ref = entry.get("ref", entry.get("value"))
        entry = ref.get("loc") if isinstance(ref, Mapping) else ref
    try:
        return float(entry)
    except (TypeError, ValueError):
        raise HotAxionError(
            f"--local: parameter {name} has no reference point; give 'ref: NUMBER' or a value."
        ) from None
