"""What a kill, a full disk or a second run leave of a chain, and how it goes on from there.

Cobaya rewrites PREFIX.covmat, .checkpoint and .updated.yaml in place: a kill between truncation and
write leaves them empty, one in the write leaves a half.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.inputs.safe_yaml import read_yaml, refuse_code
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import cut_last_line, write_whole

_log = logging.getLogger(__name__)


def file_of(prefix: str | Path, ending: str) -> Path:
    """A file of Cobaya's output; for a prefix that is a folder ("chains/") it is called ENDING."""
    folder, name = os.path.split(str(prefix))
    return Path(folder) / (f"{name}.{ending}" if name else ending)


def chain_files(prefix: str | Path) -> list[Path]:
    """PREFIX.1.txt and so on, those of no other prefix: it may hold any character."""
    first = file_of(prefix, "1.txt")
    start = first.name.removesuffix("1.txt")
    found = (path for path in first.parent.glob("*.txt") if path.name.startswith(start))
    return sorted(path for path in found if path.stem[len(start) :].isdigit())


# --- one run at a time -----------------------------------------------------------------------


def is_running(prefix: str | Path) -> bool:
    """Whether Cobaya holds the lock of this output; a killed run leaves the file, but no lock."""
    lock = file_of(prefix, "input.yaml.locked")
    with _locked(lock) if lock.exists() else nullcontext(True) as held:
        return not held


@contextmanager
def only_run(prefix: str | Path, again: str) -> Iterator[None]:
    """Keep a prefix to this process, so that of two runs started at once one goes on.

    Cobaya's own lock stops both of them. The folder is made.

    Raises
    ------
    HotAxionError : another run writes it; says what the user may do instead, `again`.
    OSError : the folder cannot be made or written to.
    """
    refusal = f"the chain '{prefix}' is being written by another run; wait for its end, {again}."
    if is_running(prefix):
        raise HotAxionError(refusal)
    ours = file_of(prefix, "run.locked")
    ours.parent.mkdir(parents=True, exist_ok=True)
    with _locked(ours) as held:
        if not held:
            raise HotAxionError(refusal)
        try:
            yield
        finally:
            ours.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file while the context lasts; False if somebody else holds the lock."""
    import portalocker  # comes with Cobaya, which locks by it

    with open(path, "ab") as file:
        held = True
        try:
            portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
        except portalocker.exceptions.BaseLockException as error:
            # Else a file system without locks: as if there were none.
            held = not isinstance(error, portalocker.exceptions.AlreadyLocked)
        yield held


# --- files that were not written to their end ------------------------------------------------


def repair(prefix: str | Path) -> list[Path]:
    """Make the output of a killed run one that Cobaya resumes; rows that are whole stay.

    Nothing is done while the chain is being written. Returns the files that were changed or
    removed; raises HotAxionError if one would run code, or cannot be restored.
    """
    if is_running(prefix):
        return []
    refuse_programs(prefix)
    changed = cut_broken_lines(prefix)
    chains = len(chain_files(prefix))
    endings = ("covmat", "checkpoint", "updated.yaml")
    covmat, checkpoint, updated = (file_of(prefix, ending) for ending in endings)
    if covmat.exists() and not _is_whole_covmat(covmat):
        covmat.unlink()  # Cobaya goes on with that of the input
        changed.append(_said(covmat, "removed, it was not written to its end"))
    known = sampler_of(_content(checkpoint))
    if checkpoint.exists() and not (known if chains < 2 else "mpi_size" in known):
        checkpoint.unlink()
        if chains > 1:  # else Cobaya takes them for those of one process
            write_whole(checkpoint, f"sampler:\n  mcmc:\n    mpi_size: {chains}\n")
        changed.append(_said(checkpoint, "made anew, it was not written to its end"))
    if (chains or updated.exists()) and not _is_whole_updated(prefix, updated):
        if chains:
            _restore(prefix, updated)
        else:
            updated.unlink()  # killed before its first row
        done = "made anew from the input of the chain" if chains else "removed"
        changed.append(_said(updated, f"{done}, it was not written to its end"))
    return changed


def forget_evidence(prefix: str | Path) -> None:
    """Remove what nautilus has left and mcmc would not: it says that the run has ended well."""
    for ending in ("evidence.yaml", "nautilus.h5"):
        file_of(prefix, ending).unlink(missing_ok=True)


def refuse_programs(prefix: str | Path) -> None:
    """Raise HotAxionError if a file that Cobaya reads back for this output would run code."""
    pickled = file_of(prefix, "updated.dill_pickle")
    if pickled.exists():
        raise HotAxionError(
            f"'{pickled}' is a pickle, which may run any code when Cobaya reads it, and "
            "'hotaxion run' writes none; remove it."
        )
    for ending in ("updated.yaml", "checkpoint"):
        refuse_code(file_of(prefix, ending))


def cut_broken_lines(prefix: str | Path) -> list[Path]:
    """Cut a last line without its end off the chains; the files that were changed or removed.

    Cobaya itself cuts a last row with too few numbers; it misses one that stops inside its last
    number, or just before the end of the line, and does not resume a file without rows: that goes.
    Nothing is done while the chains are being written.
    """
    changed = []
    for path in [] if is_running(prefix) else chain_files(prefix):
        cut = cut_last_line(path)
        if empty := path.read_bytes().count(b"\n") <= 1:  # the header is one
            path.unlink()
        if cut or empty:
            changed.append(_said(path, "removed a last line that was not written to its end"))
    return changed


def recorded(prefix: str | Path, ending: str) -> Mapping[str, Any]:
    """What Cobaya has recorded in PREFIX.checkpoint or .updated.yaml; empty if it is not known."""
    return _content(file_of(prefix, ending), cut=ending != "checkpoint")


def recorded_sampler(prefix: str | Path, ending: str) -> Mapping[str, Any]:
    """The same of the sampler alone: its options, or how it stands."""
    return sampler_of(recorded(prefix, ending))


def recorded_processes(prefix: str | Path) -> int | None:
    """How many processes wrote the chains of this prefix, as Cobaya recorded it; None: unknown."""
    size = recorded_sampler(prefix, "checkpoint").get("mpi_size")
    return max(1, size) if isinstance(size, int) else None


def recorded_seed(prefix: str | Path) -> Any:
    """The seed with which the chains of this prefix were begun; None if there is none."""
    return recorded_sampler(prefix, "updated.yaml").get("seed")


def _said(path: Path, what: str) -> Path:
    _log.info("%s: %s", path, what)
    return path


def _content(path: Path, cut: bool = False) -> Mapping[str, Any]:
    """What a YAML file says; nothing if it cannot be read, or if it was `cut` and may not be."""
    try:
        return read_yaml(path) if cut or path.read_bytes().endswith(b"\n") else {}
    except (HotAxionError, OSError):
        return {}


def sampler_of(info: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of the sampler in an input or a record of Cobaya; empty if there are none."""
    block = info.get("sampler")
    options = next(iter(block.values()), None) if isinstance(block, Mapping) else None
    return options if isinstance(options, Mapping) else {}


def _is_whole_covmat(path: Path) -> bool:
    """Whether it has a row and a column for each name of its header, and its last line an end."""
    try:
        header, _, rows = path.read_text(encoding="utf-8").partition("\n")
        matrix = np.array([row.split() for row in rows.splitlines()], dtype=float)
    except (OSError, ValueError):  # a row with too few numbers, or none
        return False
    size = len(header.removeprefix("#").split())
    ends = header.startswith("#") and rows.endswith("\n")
    return ends and matrix.shape == (size, size) and bool(np.isfinite(matrix).all())


def _is_whole_updated(prefix: str | Path, updated: Path) -> bool:
    """Whether it ends with Cobaya's version, as it is written; or, without the input to make it
    anew from, whether it can be read at all: then it is left for Cobaya to compare."""
    if not file_of(prefix, "input.yaml").exists():
        return bool(_content(updated, cut=True))
    return {"likelihood", "params", "sampler", "version"} <= set(_content(updated))


def _restore(prefix: str | Path, updated: Path) -> None:
    """Write updated.yaml again, from PREFIX.input.yaml: what the chain was begun with, so that
    Cobaya compares it with the input that is given now, as ever."""
    from cobaya import __version__
    from cobaya.yaml import yaml_dump

    source = file_of(prefix, "input.yaml")
    try:
        with cobaya_session(quiet=True):
            full = with_defaults(load_input(source))
    except HotAxionError as error:
        raise HotAxionError(
            f"'{updated}' was not written to its end and cannot be made anew from '{source.name}' "
            f"({error}): remove the files '{prefix}.*' to start anew, or use another prefix."
        ) from None
    write_whole(updated, yaml_dump(full | {"version": __version__}))


def with_defaults(info: Mapping[str, Any]) -> dict[str, Any]:
    """An input with all defaults, as Cobaya writes it into updated.yaml, but for versions."""
    from cobaya.input import update_info

    full = dict(update_info(dict(info)))
    for likelihood in full["likelihood"].values():
        likelihood.pop("params", None)  # Cobaya has moved them to the block params
    return full
