"""Starting Cobaya as a child process: which MPI there is, its environment, signals, exit code."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hotaxion.theory.errors import HotAxionError

BIN = Path(sys.executable).parent  # where pip puts an mpirun that fits mpi4py
_TIMEOUT_S = 60
# Set by MPI launchers for the processes that they start, with the number of these.
_RANK_COUNTS = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS")
# Open MPI refuses more ranks than physical cores and binds each rank to one core, whatever the
# number of threads; version 5 reads the first name of each pair, version 4 the second.
_OPEN_MPI = {
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "PRTE_MCA_hwloc_default_binding_policy": "none",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
}
_AS_ROOT = ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM")
_CURE = 'pip install "hotaxion[mpi]" brings both mpirun and mpi4py'


class Mpi(NamedTuple):
    """How several processes are started."""

    launcher: tuple[str, ...]  # command that takes ``-n N PROGRAM``; empty if there is none
    missing: str  # what of MPI is, and what to do; empty if nothing


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_mpi(launcher: str | None = None) -> Mpi:
    """Look for an MPI launcher and try mpi4py in a process of its own.

    A launcher such as "srun --mpi=pmix" stands instead of the mpirun next to Python or on the PATH.
    """
    if os.environ.get("COBAYA_NOMPI"):
        return Mpi((), "COBAYA_NOMPI is set; unset it to use MPI")
    name, *options = shlex.split(launcher or "mpirun")
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if problem := _problem_of_mpi4py():
        return Mpi((), f"{problem}; {_CURE}")
    if not found:
        name = f"'{launcher}'" if launcher else "mpirun"
        return Mpi((), f"no {name} on the PATH or next to {sys.executable}; {_CURE}")
    return Mpi((found, *options), "")


def _problem_of_mpi4py() -> str:
    """Why mpi4py does not work; tried in another process, for a failing MPI may abort."""
    if importlib.util.find_spec("mpi4py") is None:
        return "mpi4py is not installed"
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "from mpi4py import MPI"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env=environment(2),
        )
    except subprocess.TimeoutExpired:
        return f"mpi4py hangs at import ({_TIMEOUT_S} s)"
    if tried.returncode == 0:
        return ""
    last = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
    return f"mpi4py does not work ({last}; cobaya-run itself needs COBAYA_NOMPI=1)"


def refuse_nesting() -> None:
    """Raise HotAxionError if a launcher has started several processes of this one."""
    for name in _RANK_COUNTS:
        if os.environ.get(name, "1") not in ("", "0", "1"):
            raise HotAxionError(
                f"hotaxion run was itself started by an MPI launcher ({name} = "
                f"{os.environ[name]}); it starts one: give -n N to it, or use "
                "'mpirun -n N cobaya-run FILE'."
            )


def environment(processes: int, threads: int | None = None) -> dict[str, str]:
    """Environment of the child: threads, and what Open MPI and Cobaya need; a user's own wins.

    threads : of each process; None: cores over processes.
    What is set, but empty, is not set: Cobaya reads COBAYA_NOMPI so.
    """
    share = cores() // processes if threads is None else threads
    defaults = {"OMP_NUM_THREADS": str(max(1, share))}
    if processes == 1:
        defaults["COBAYA_NOMPI"] = "1"
    else:
        defaults |= _OPEN_MPI
        if hasattr(os, "getuid") and os.getuid() == 0:
            defaults |= dict.fromkeys(_AS_ROOT, "1")
    return defaults | {k: v for k, v in os.environ.items() if v or k not in defaults}


class Watch(Protocol):
    """What looks after a command: the file for all that it prints, and what waits for its end."""

    log: Path

    def wait(self, child: subprocess.Popen[bytes]) -> int: ...


def execute(command: Sequence[str], env: Mapping[str, str], watch: Watch | None = None) -> int:
    """Run a command to its end; returns its exit code (128 + number if a signal ended it).

    SIGTERM is passed on to the command, as a queueing system expects; an interrupt from the
    keyboard reaches it without our help.
    """
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(watch.log.open("ab")) if watch else None
        try:
            child = subprocess.Popen(command, env=dict(env), stdout=out, stderr=out)
        except OSError as error:
            raise HotAxionError(f"'{command[0]}' cannot be started: {error}.") from None
    pass_on = {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: lambda n, _: child.send_signal(n)}
    with signals(pass_on):
        code = watch.wait(child) if watch else child.wait()
    return 128 - code if code < 0 else code


@contextlib.contextmanager
def signals(handlers: Mapping[signal.Signals, Any]) -> Iterator[None]:
    """Handle signals so for a while; outside of the main thread, the caller does."""
    main = threading.current_thread() is threading.main_thread()
    kept = {number: signal.signal(number, handlers[number]) for number in handlers if main}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
