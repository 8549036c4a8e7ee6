"""Versions of theories and likelihoods with a hash of the data that they read.

Cobaya writes them into updated.yaml: a chain then says with which files it was sampled. When it
resumes, it hands them back to the components without comparing; `require_recorded_data` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any


def with_data(version: str | None, theory: str, options: Mapping[str, Any]) -> str:
    """`with_files` of the files that a theory reads; arguments as of `data_hash`."""
    return with_files(version, _files(theory, options))


def with_files(version: str | None, files: Iterable[Path]) -> str:
    """'0.1.0+1a2b3c4d': a version, and `hash_of` its files; the version alone without any."""
    found = hash_of(files)
    return f"{version}+{found}" if found else str(version)


def data_hash(theory: str, options: Mapping[str, Any]) -> str:
    """`hash_of` the files of a theory.

    Parameters
    ----------
    theory : name of its class.
    options : of the theory, with defaults.
    """
    return hash_of(_files(theory, options))


def hash_of(files: Iterable[Path]) -> str:
    """Eight hexadecimal digits for the content of files, in this order; empty without any.

    Raises
    ------
    OSError : if one of them cannot be read.
    """
    stamps = tuple((path, path.stat().st_mtime_ns) for path in files)
    return _hash(stamps) if stamps else ""


def require_recorded_data(component: Any) -> None:
    """Refuse to go on with other data than those of a chain, or of an input that names them.

    The option `version` holds what was recorded, if the component belongs to a chain that is
    resumed or post-processed, or to a copy of its updated.yaml; else it is null.

    Parameters
    ----------
    component : of Cobaya, of one of our classes.

    Raises
    ------
    cobaya.log.LoggedError : if the hashes differ.
    """
    recorded = str(component.version or "")
    here = str(component.get_version() or "")
    if _hash_in(recorded) and _hash_in(recorded) != _hash_in(here):
        from cobaya.log import LoggedError

        raise LoggedError(
            component.log,
            "the chain or input was made with other data (version %s, here %s): restore the files "
            "or the hotaxion that it had, or give `version: null` for a new chain with those here.",
            recorded,
            here,
        )


def _hash_in(version: str) -> str:
    return version.partition("+")[2]


def _files(theory: str, options: Mapping[str, Any]) -> list[Path]:
    from hotaxion.theory.nuclei.nucleosynthesis import table_path
    from hotaxion.theory.rates.tables import FOLDER
    from hotaxion.theory.spectra.emulator.prediction import emulator_path

    if theory == "HotAxion":
        used = {
            "gluons": options["gluons"] != "none",
            "pions": True,
            "kaons": options["kaons"] != "none",
            "fermions": options["fermions"] and options["model"] != "ksvz",
        }
        return [FOLDER / f"{name}.npz" for name, whether in used.items() if whether]
    if theory == "BBN":
        return [table_path(options["rates"])]
    if theory == "EmulatedClassy":
        return [emulator_path(options["emulator"])]
    return []


@lru_cache
def _hash(stamps: tuple[tuple[Path, int], ...]) -> str:
    digest = sha256()
    for path, _ in stamps:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
