"""Files that hold an emulator: all that can be wrong with one is named once, here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice, mapping, number, whole_number
from hotaxion.theory.files import DataFile, whole_file, write_arrays
from hotaxion.theory.spectra.emulator.features import FEATURES, SCALARS, SPECTRA, STANDARD, TAU
from hotaxion.theory.spectra.neutrinos import HIERARCHIES

FOLDER = Path(__file__).parent
_FORMAT = 1
_L_MAX = 100_000
_LEARNED = (len(FEATURES) - len(STANDARD), len(FEATURES))  # how many of FEATURES


def emulator_file(path: str | Path) -> DataFile:
    """The file, with what to do if it is absent or damaged."""
    train = f"make it with: hotaxion train --yaml FILE -o '{path}'"
    path = Path(path)
    return DataFile(path, "emulator", "reinstall hotaxion" if path.parent == FOLDER else train)


def write(path: str | Path, arrays: Mapping[str, Array], origin: Mapping[str, Any]) -> None:
    """One compressed file with everything, its provenance included; whole or not at all."""
    text = json.dumps({**origin, "format": _FORMAT}, sort_keys=True)
    with whole_file(Path(path)) as file:
        write_arrays(file, {"origin": np.array(text), **arrays})


def read(file: DataFile) -> tuple[dict[str, Array], dict[str, Any]]:
    """Arrays and provenance of a file of `write`, consistent with each other.

    Raises
    ------
    MissingDataError : no such file. HotAxionError : of another version, or damaged.
    """
    arrays = file.arrays()
    origin = _origin(file, arrays)
    _check_arrays(file, arrays, origin["l_max"])
    return arrays, origin


def _origin(file: DataFile, arrays: dict[str, Array]) -> dict[str, Any]:
    """Take the provenance out of the arrays."""
    if "origin" not in arrays:
        file.damaged("it has no 'origin'")
    text = arrays.pop("origin")
    if text.ndim or text.dtype.kind != "U":
        file.damaged("'origin' is no text")
    try:
        origin = mapping("origin", json.loads(str(text)), "l_max: 2508")
        missing = {"HotClassy", "accuracy", "format", "l_max", "points", "versions"} - set(origin)
        if missing:
            raise KeyError(f"it has no {', '.join(sorted(missing))}")
        if (found := origin.pop("format")) is True or found != _FORMAT:
            raise ValueError(f"format {found!r}, this version reads {_FORMAT}")
        _check_origin(origin)
    except (ValueError, KeyError, RecursionError) as error:  # ours are ValueErrors, too
        reason = " ".join(str(error.args[0] if error.args else error).split()).rstrip(".")
        file.damaged(f"'origin': {reason}")
    return origin


def _check_origin(origin: dict[str, Any]) -> None:
    """Raise RangeError, UnknownOptionError or KeyError for what `SpectraEmulator` cannot use."""
    origin["l_max"] = whole_number("l_max", origin["l_max"], 2, _L_MAX)
    whole_number("points", origin["points"], 1, 10**9)
    mapping("versions", origin["versions"], "hotaxion: 0.1.0")
    options = mapping("HotClassy", origin["HotClassy"], "hierarchy: degenerate")
    for name in {"hierarchy", "extra_args"} - set(options):
        raise KeyError(f"HotClassy has no {name}")
    choice("neutrino hierarchy", options["hierarchy"], HIERARCHIES)
    mapping("extra_args", options["extra_args"], "non_linear: halofit")
    accuracy = mapping("accuracy", origin["accuracy"], "delta_chi2_per_leverage: 0.004")
    if "delta_chi2_per_leverage" not in accuracy:
        raise KeyError("accuracy has no delta_chi2_per_leverage")
    for name, value in accuracy.items():
        if name != "experiment":
            number(name, value, 0.0, above=True)


def _check_arrays(file: DataFile, arrays: Mapping[str, Array], l_max: int) -> None:
    size = l_max - 1  # from l = 2
    shapes: dict[str, tuple[int | str, ...]] = {
        "features": ("points", "features"),
        "envelope": (size,),
    }
    for name in SPECTRA:
        shapes |= {f"mean_{name}": (size,), f"basis_{name}": (f"components of {name}", size)}
    shapes |= dict.fromkeys(("scalar_mean", "scalar_std"), (len(SCALARS),))
    file.check(arrays, shapes)
    outputs = len(SCALARS) + sum(len(arrays[f"basis_{name}"]) for name in SPECTRA)
    points, d = arrays["features"].shape
    if d not in _LEARNED:
        file.damaged(f"'features' has {d} columns, expected one of {_LEARNED}")
    monomials = (1 + d, 1 + d + d * (d + 1) // 2)  # linear, quadratic: see `regression`
    regression: dict[str, tuple[int | str, ...]] = {
        "gp_inputs": (points, d),
        "gp_beta": ("monomials", outputs),
        "gp_alpha": (points, outputs),
        "gp_precision": (d, outputs),
        "gp_noise": (outputs,),
        "gp_hat": ("monomials", "monomials"),
    }
    file.check(arrays, regression)
    if len(arrays["gp_beta"]) not in monomials:
        file.damaged(f"'gp_beta' has {len(arrays['gp_beta'])} rows, expected one of {monomials}")
    for name in ("envelope", "scalar_std"):
        file.require(name, arrays[name], arrays[name] > 0, "is not positive")
    for name in ("gp_precision", "gp_noise"):
        file.require(name, arrays[name], arrays[name] >= 0, "is negative")
    features = arrays["features"]
    tau = np.zeros_like(features, dtype=bool)
    tau[:, TAU] = features[:, TAU] <= 0
    file.require("features", features, ~tau, "is an optical depth and not positive")
    if points < 2 or not (np.ptp(features, axis=0) > 0).all():
        file.damaged("'features' do not vary")
