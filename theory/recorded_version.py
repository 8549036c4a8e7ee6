"""Versions of the Cobaya theories with a hash of the data that they read.

Cobaya writes them into updated.yaml: a chain then says with which tables it was sampled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any


def with_data(version: str | None, theory: str, options: Mapping[str, Any]) -> str:
    """'0.1.0+1a2b3c4d': a version, and `data_hash` of what decides the results."""
    return f"{version}+{data_hash(theory, options)}"


def data_hash(theory: str, options: Mapping[str, Any]) -> str:
    """Eight hexadecimal digits for the files of a theory; empty for one without.

    Parameters
    ----------
    theory : name of its class.
    options : of the theory, with defaults.
    """
    stamps = tuple((path, path.stat().st_mtime_ns) for path in _files(theory, options))
    return _hash(stamps) if stamps else ""


def _files(theory: str, options: Mapping[str, Any]) -> list[Path]:
    from hotaxion.theory.emulator.spectra import emulator_path
    from hotaxion.theory.nucleosynthesis import table_path
    from hotaxion.theory.rates.tables import FOLDER

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
