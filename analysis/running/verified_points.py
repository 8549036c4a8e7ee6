"""ln L of the emulator and of CLASS at points of a chain, for `hotaxion verify`.

Cobaya's models of the chain's input and of the same with `HotClassy` are evaluated. Its `post`
would lose what it has when it is killed; here each point is written as soon as it is known, so that
a stopped run goes on.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.analysis.running.run import class_for_emulator
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import cut_last_line, hexdigest
from hotaxion.theory.processes import worker_pool
from hotaxion.theory.spectra.emulator.prediction import emulator_path

if TYPE_CHECKING:
    from getdist import MCSamples

# A whole line: the key and two ln L. One that was cut, or is something else, does not look so.
_LINE = re.compile(rb"([0-9a-f]{16}) (-?\d+\.\d{6}) (-?\d+\.\d{6})")


def direct_input(info: Mapping[str, Any]) -> dict[str, Any]:
    """The same Cobaya input with CLASS instead of the emulator."""
    return {**info, "theory": class_for_emulator(info["theory"])}


def model_input(info: Mapping[str, Any]) -> dict[str, Any]:
    """What defines the posterior: no sampler, no output, no versions."""
    info = deepcopy(dict(info))
    for block in ("theory", "likelihood"):
        for options in info[block].values():
            if isinstance(options, dict):
                options.pop("version", None)
    return {k: v for k, v in info.items() if k not in ("sampler", "output", "post", "resume")}


def evaluate(
    info: Mapping[str, Any],
    samples: MCSamples,
    rows: Sequence[int] | NDArray[np.int64],
    known: Path,
    jobs: int,
) -> dict[int, tuple[float, float]]:
    """ln L of emulator and CLASS at rows of a chain; new ones are appended to `known`.

    Rows at which one of the two is not finite are left out, with a warning.

    Raises
    ------
    HotAxionError : the input cannot be set up here, or the machine is at fault at a point.
    OSError : the file `known` cannot be written.
    """
    from cobaya.yaml import yaml_dump
    from tqdm import tqdm  # comes with Cobaya

    info = model_input(info)
    points = {int(row): point_of(info, samples, row) for row in rows}
    keys = {row: point_key(info, point) for row, point in points.items()}
    kept = read_known(known)
    results = {row: kept[key] for row, key in keys.items() if key in kept}
    text = yaml_dump(info)
    tasks = [(text, row, point) for row, point in points.items() if row not in results]
    if not tasks:
        return results
    if known.exists():
        cut_last_line(known)
    with worker_pool(max(1, min(jobs, len(tasks)))) as pool, open(known, "ab") as file:
        answers: Iterator[Any] = pool.imap_unordered(_work, tasks)
        for row, emulated, direct, problem in tqdm(answers, total=len(tasks), unit="point"):
            if problem:
                logging.getLogger(__name__).warning("row %d: %s", row, problem)
                continue
            results[row] = (emulated, direct)
            file.write(f"{keys[row]} {emulated:.6f} {direct:.6f}\n".encode())
            file.flush()
    return results


def point_of(info: Mapping[str, Any], samples: MCSamples, row: int) -> dict[str, float]:
    """The sampled parameters of one row."""
    entries = info["params"].items()
    names = [name for name, entry in entries if isinstance(entry, dict) and "prior" in entry]
    values = samples.samples[row, [samples.index[name] for name in names]]
    return dict(zip(names, map(float, values), strict=True))


def point_key(info: Mapping[str, Any], point: Mapping[str, float]) -> str:
    """What a known value belongs to: the point, the model and the emulator, not the row's number,
    under which a chain that was run anew or went on has another row."""
    options = [info["theory"][name] or {} for name in find_theories(info, "EmulatedClassy")]
    emulators = (emulator_path(each.get("emulator")) for each in options)
    return hexdigest(json.dumps([info, point], sort_keys=True, default=str), *emulators)


def read_known(known: Path) -> dict[str, tuple[float, float]]:
    """ln L of emulator and CLASS by `point_key`; what is no whole line does not count."""
    lines = known.read_bytes().split(b"\n") if known.exists() else []
    found = filter(None, map(_LINE.fullmatch, lines))
    return {match[1].decode(): (float(match[2]), float(match[3])) for match in found}


def _work(task: tuple[str, int, dict[str, float]]) -> tuple[int, float, float, str]:
    """One row; what CLASS or a theory refuses comes as text, a fault of the machine is raised."""
    from cobaya.log import LoggedError

    text, row, point = task
    models = _models(text)
    with cobaya_session(quiet=True):
        try:
            values = [float(np.sum(m.loglikes(point, return_derived=False))) for m in models]
        except LoggedError as error:
            if isinstance(error.__cause__, OSError | MemoryError):
                raise HotAxionError(str(error)) from None
            return row, np.nan, np.nan, str(error)
    return row, values[0], values[1], "" if np.isfinite(values).all() else f"ln L = {values}"


@lru_cache(maxsize=1)
def _models(text: str) -> tuple[Any, Any]:
    """By emulator and by CLASS, of an input as YAML; once in each process."""
    from cobaya.model import get_model
    from cobaya.yaml import yaml_load

    try:
        with cobaya_session(quiet=True):
            return get_model(yaml_load(text)), get_model(direct_input(yaml_load(text)))
    except HotAxionError as error:
        raise HotAxionError(f"the input of the chain cannot be set up here: {error}") from None
