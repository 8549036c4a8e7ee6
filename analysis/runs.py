"""`hotaxion run`: the analyses that come with the package, by name, as `cobaya-run` runs them."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotaxion.analysis import launch
from hotaxion.analysis.cobaya_session import cobaya_session, load_input
from hotaxion.theory.errors import HotAxionError, UnknownOptionError

_log = logging.getLogger(__name__)
EMULATED, DIRECT = "hotaxion.theory.EmulatedClassy", "hotaxion.theory.HotClassy"
_EMULATOR_ONLY = ("emulator", "fallback", "tolerance", "speed", "version")
AUTO = "auto"


@dataclass(frozen=True)
class RunOptions:
    """Options of a run, named as those of `cobaya-run` where it has them.

    Attributes
    ----------
    processes : MPI processes, i.e. chains; "auto": the number of cores, or 1 without MPI; None: as
        many as the run that is resumed had, else 1.
    use_class : CLASS itself instead of its emulator.
    resume, force : go on with earlier chains, or remove them.
    output : prefix of the output instead of that in the file.
    minimize : look for the best fit instead of sampling.
    test : set everything up, then stop.
    packages_path : Cobaya's external data.
    launcher : command instead of mpirun, e.g. "srun --mpi=pmix".
    """

    processes: int | str | None = None
    use_class: bool = False
    resume: bool = False
    force: bool = False
    output: str | None = None
    minimize: bool = False
    test: bool = False
    packages_path: str | None = None
    launcher: str | None = None


def folder() -> Path:
    """Where the analyses lie; below it `hpc`, templates for clusters."""
    import hotaxion.yaml

    return Path(next(iter(hotaxion.yaml.__path__)))


def analyses() -> dict[str, str]:
    """Names of the analyses, each with the first line of comment in its file."""
    found = {}
    for path in sorted(folder().glob("*.yaml")):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        found[path.stem] = first.lstrip("# ") if first.startswith("#") else ""
    return found


def find_input(given: str) -> Path:
    """The file of an analysis: its name in the package, or the path of any Cobaya input.

    Raises
    ------
    UnknownOptionError : neither; names the closest one.
    """
    names = analyses()
    if given in names:
        return folder() / f"{given}.yaml"
    for path in (Path(given), Path(f"{given}.yaml")):  # as cobaya-run does
        if path.is_file():
            return path
    raise UnknownOptionError("analysis or missing file", given, names)


def run(given: str, options: RunOptions) -> int:
    """Run an analysis as `cobaya-run` does; returns the exit code of Cobaya.

    Raises
    ------
    UnknownOptionError : no such analysis.
    HotAxionError : the input cannot be read, or has no emulator to be replaced by CLASS, or this
        process was itself started by mpirun.
    """
    launch.refuse_nesting()
    path, output = find_input(given), options.output
    if options.use_class:
        with cobaya_session(quiet=True):
            info = load_input(path)
        output = output or f"{info.get('output') or path.stem}_class"
        path = _write_input(with_class(info, output), output)
    prefix = output or _output_of(path)
    if options.resume and prefix:
        cut_broken_lines(prefix)
    processes, mpi = _processes(options, prefix)
    command = [sys.executable, "-m", "cobaya", "run", str(path), *_flags(options, output)]
    if processes > 1:
        command = [*mpi.launcher, "-n", str(processes), *command]
    env = launch.environment(processes, mpi)
    threads = env["OMP_NUM_THREADS"]
    _log.info("%d process(es), OMP_NUM_THREADS = %s: %s", processes, threads, shlex.join(command))
    return launch.execute(command, env)


def _flags(options: RunOptions, output: str | None) -> list[str]:
    flags = {
        "--resume": options.resume,
        "--force": options.force,
        "--minimize": options.minimize,
        "--test": options.test,
    }
    chosen = [flag for flag, wanted in flags.items() if wanted]
    for flag, value in (("--output", output), ("--packages-path", options.packages_path)):
        if value:
            chosen += [flag, value]
    return chosen


def _processes(options: RunOptions, prefix: str | None) -> tuple[int, launch.Mpi]:
    """How many processes, with an INFO line where that is not what was asked for."""
    wanted = options.processes
    if wanted is None:
        wanted = (prefix and options.resume and recorded_processes(prefix)) or 1
    mpi = launch.find_mpi(options.launcher)
    if options.test and wanted != 1:
        _log.info("One process: Cobaya tests an input without MPI.")
        return 1, mpi
    if wanted == AUTO:
        wanted = 1 if mpi.missing else launch.cores()
        if mpi.missing:
            _log.info("One process: %s.", mpi.missing)
    elif int(wanted) > 1 and mpi.missing:
        _log.info("One process instead of %s: %s.", wanted, mpi.missing)
        wanted = 1
    return int(wanted), mpi


def recorded_processes(prefix: str) -> int | None:
    """How many processes wrote the chains of this prefix, as Cobaya recorded it; None: unknown."""
    from cobaya.yaml import yaml_load_file

    try:
        samplers = yaml_load_file(f"{prefix}.checkpoint")["sampler"]
        return max(1, next(iter(samplers.values()))["mpi_size"] or 0)
    except (OSError, TypeError, KeyError, AttributeError, StopIteration):
        return None


def _output_of(path: Path) -> str | None:
    """The prefix in an input; what is wrong with the input is for Cobaya to say."""
    from cobaya.yaml import yaml_load_file

    try:
        return yaml_load_file(str(path)).get("output")
    except Exception:  # its parser raises many kinds
        return None


def with_class(info: Mapping[str, Any], output: str) -> dict[str, Any]:
    """The input with CLASS itself in place of its emulator, and another prefix of the output.

    Raises
    ------
    HotAxionError : there is no emulator in it.
    """
    theories = info.get("theory") or {}
    if EMULATED not in theories:
        raise HotAxionError(f"--class: no {EMULATED} in the input to be replaced; leave it out.")
    return {**info, "theory": class_for_emulator(theories), "output": output}


def class_for_emulator(theories: Mapping[str, Any]) -> dict[str, Any]:
    """The block `theory` with HotClassy in place of EmulatedClassy, its other options kept."""
    replaced = {}
    for name, options in theories.items():
        if name == EMULATED:
            kept = {k: v for k, v in (options or {}).items() if k not in _EMULATOR_ONLY}
            replaced[DIRECT] = kept or None
        else:
            replaced[name] = options
    return replaced


def _write_input(info: Mapping[str, Any], output: str) -> Path:
    from cobaya.yaml import yaml_dump

    path = Path(f"{output}.input_class.yaml")  # PREFIX.yaml may be the user's own
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml_dump(dict(info)), encoding="utf-8")
    _log.info("CLASS instead of its emulator: wrote %s", path)
    return path


def cut_broken_lines(prefix: str | Path) -> list[Path]:
    """Cut a last line without its end off the chains, left by a kill or a full disk.

    Cobaya itself cuts a last row with too few numbers; it misses one that stops inside its last
    number, or just before the end of the line, and does not resume a file without rows: that goes.
    Nothing is done while the chains are being written.

    Returns
    -------
    The files that were changed or removed.
    """
    prefix = Path(prefix)
    if is_running(prefix):
        return []
    changed = []
    for path in sorted(prefix.parent.glob(f"{prefix.name}.*.txt")):
        if not path.name[len(prefix.name) + 1 : -len(".txt")].isdigit():
            continue
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole.count(b"\n") <= 1:  # the header is one
            path.unlink()
        elif len(whole) < len(content):
            os.truncate(path, len(whole))
        else:
            continue
        changed.append(path)
        _log.info("%s: removed a last line that was not written to its end", path)
    return changed


def is_running(prefix: Path) -> bool:
    """Whether Cobaya holds the lock of this output; a killed run leaves the file, but no lock."""
    import portalocker  # comes with Cobaya, which locks by it

    lock = prefix.with_name(f"{prefix.name}.input.yaml.locked")
    if not lock.exists():
        return False
    try:
        with open(lock, "ab") as file:
            portalocker.lock(file, portalocker.LOCK_EX | portalocker.LOCK_NB)
    except portalocker.exceptions.BaseLockException:
        return True
    return False
