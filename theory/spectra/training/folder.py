"""The folder of a training: its options once, and one file for each point of CLASS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.components.record import hash_of
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import DataFile, write_whole
from hotaxion.theory.spectra.emulator.features import FEATURES, PARAMETERS, SCALARS, SPECTRA

CHECKS = ("H0", "age", "Omega_m")  # recorded after SCALARS, to test the background
PROVENANCE = "training.json"
_THEORY = Path(__file__).parents[2]
_SHELVES = ("particle", "rates", "relics", "nuclei", "spectra", "components")  # no folders in them


def provenance(hot_classy: Mapping[str, Any], l_max: int) -> dict[str, Any]:
    """What decides a training: options, versions, and `code`, a hash of what makes its points."""
    packages = ("hotaxion", "classy", "cobaya", "numpy", "scipy")
    made_by = [path for shelf in _SHELVES for path in sorted((_THEORY / shelf).glob("*.py"))]
    return {
        "HotClassy": dict(hot_classy),
        "l_max": int(l_max),
        "versions": {name: metadata.version(name) for name in packages},
        "code": hash_of(made_by),
    }


def _decisive(origin: Mapping[str, Any]) -> dict[str, Any]:
    """What points of one folder must share: not the commit, which says nothing about them."""
    versions = {name: origin.get("versions", {}).get(name) for name in ("classy", "cobaya")}
    return {**origin, "versions": versions}


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
    there, here = _decisive(found), _decisive(json.loads(json.dumps(origin)))
    if there != here:
        different = sorted(k for k in {*there, *here} if there.get(k) != here.get(k))
        raise HotAxionError(
            f"'{folder}' holds a training with other {', '.join(different)}; give another folder, "
            f"or remove this one. There: { {k: there.get(k) for k in different} }."
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
