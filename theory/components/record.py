"""What a chain records of its making: version, commit and hash of the code, hash of the data.

Cobaya writes the version of each component into updated.yaml. When it resumes, it hands them back
to the components without comparing; `require_recorded_data` does. Other code (`other_code`) is said
where the chain is read.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from hotaxion.theory.files import hexdigest

_PACKAGE = Path(__file__).resolve().parents[2]  # where theory/ and likelihoods/ lie
_CODE = ("theory", "likelihoods")
_DATA_HASH = re.compile(r"[+.]([0-9a-f]{8})$")


@lru_cache
def code_version() -> str:
    """'0.2.0+g1a2b3c4d.c5e6f7a8b': release, commit, hash of the code of theory and likelihoods.

    The commit is that of the checkout where the code lies in one, else that of the installed wheel
    or archive. Uncommitted changes show in the hash alone.
    """
    version = metadata.version("hotaxion")
    release, _, built = version.partition("+")
    commit = _commit() or built.partition(".")[0][:9]
    return f"{release}+{commit + '.' if commit else ''}c{_code_hash()}"


def _commit() -> str:
    """'g1a2b3c4d' of the repository that holds the code; empty without one, or without git."""
    if not (_PACKAGE / ".git").exists():
        return ""
    command = ["git", "-C", str(_PACKAGE), "rev-parse", "--short=8", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return f"g{found.stdout.strip()}"


def _code_hash() -> str:
    files = [path for folder in _CODE for path in (_PACKAGE / folder).rglob("*.py")]
    return hash_of(sorted(files))


def other_code(info: Mapping[str, Any]) -> str:
    """In words, which components of a chain were made by other code than that here; empty if none.

    Parameters
    ----------
    info : the updated.yaml of the chain. CLASS and Cobaya have versions of their own there.
    """
    here, others = code_version(), dict[str, dict[str, None]]()
    for kind in ("theory", "likelihood"):
        for name, options in (info.get(kind) or {}).items():
            given = str((options or {}).get("class") or name)
            if given.startswith("hotaxion.") and not given.endswith("Classy"):
                version = str((options or {}).get("version") or "unknown")
                made_by = _DATA_HASH.sub("", version)
                if made_by.rpartition(".c")[2] != here.rpartition(".c")[2]:
                    others.setdefault(made_by, {})[given.rpartition(".")[2]] = None
    made = "; ".join(f"{', '.join(names)} {version}" for version, names in others.items())
    return f"made by other code than the one here, {here}: {made}" if made else ""


def with_data(version: str | None, theory: str, options: Mapping[str, Any]) -> str:
    """`with_files` of the files that a theory reads; arguments as of `data_hash`."""
    return with_files(version, files_of(theory, options))


def with_files(version: str | None, files: Iterable[Path]) -> str:
    """'0.2.0+1a2b3c4d': a version, and `hash_of` its files; the version alone without any."""
    found = hash_of(files)
    return f"{version}{'.' if '+' in str(version) else '+'}{found}" if found else str(version)


def data_hash(theory: str, options: Mapping[str, Any]) -> str:
    """`hash_of` the files of a theory.

    Parameters
    ----------
    theory : name of its class.
    options : of the theory, with defaults, and `input_params` where Cobaya has set them.
    """
    return hash_of(files_of(theory, options))


def recorded_data_hash(version: object) -> str:
    """The hash of the data in a recorded version; empty if there is none."""
    found = _DATA_HASH.search(str(version))
    return found[1] if found else ""


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
    recorded = recorded_data_hash(component.version or "")
    if recorded and recorded != recorded_data_hash(component.get_version()):
        from cobaya.log import LoggedError

        raise LoggedError(
            component.log,
            "the chain or input was made with other data (version %s, here %s): restore the files "
            "or the hotaxion that it had, or give `version: null` for a new chain with those here.",
            component.version,
            component.get_version(),
        )


def files_of(theory: str, options: Mapping[str, Any]) -> list[Path]:
    """The files that a theory reads, but those of CLASS; arguments as of `data_hash`."""
    if theory == "HotAxion":
        from hotaxion.theory.rates.tables import FOLDER

        used = {
            "gluons": options["gluons"] != "none",
            "pions": True,
            "kaons": options["kaons"] != "none",
            "nucleons": options["nucleons"] != "none",
            "fermions": options["fermions"] and options["model"] != "ksvz",
        }
        return [FOLDER / f"{name}.npz" for name, whether in used.items() if whether]
    if theory == "HotRelic":
        return [Path(options["file"])] if options["file"] else []
    if theory == "BBN":
        from hotaxion.theory.components.guards import EXTRA_RADIATION
        from hotaxion.theory.nuclei.nucleosynthesis import table_path

        tables = [table_path(options["rates"])]
        if EXTRA_RADIATION in (options.get("input_params") or ()):  # else BBN leaves it alone
            tables.append(table_path(options["rates"], low=True))
        return tables
    if theory == "EmulatedClassy":
        from hotaxion.theory.spectra.emulator.prediction import emulator_path
        from hotaxion.theory.spectra.emulator.splitting import FILE

        # An emulator that has learned such a hierarchy reads it not; none of the packaged has.
        split = [FILE] if options.get("hierarchy") in ("normal", "inverted") else []
        return [emulator_path(options["emulator"]), *split]
    return []


@lru_cache
def _hash(stamps: tuple[tuple[Path, int], ...]) -> str:
    return hexdigest(*(path for path, _ in stamps), digits=8)
