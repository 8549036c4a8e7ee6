"""Python without its start: a copy of this process runs the program.

A new Python that imports Cobaya takes two CPU seconds, and one more for the table of the axion; a
fork of this one has both in memory. It is a process of its own, with its environment, folder and
streams. Where the point of a test is a new one (what it imports, kills, limits of the system, MPI),
it starts `sys.executable` itself. Without a safe fork (not Linux), so does this.
"""

from __future__ import annotations

import contextlib
import logging
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

TIMEOUT_S = 600
# As Python has them by itself; pytest's are "error".
_IGNORED = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def run_python(
    arguments: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    text: str = "",
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` of this Python with these arguments, streams captured, to its end.

    Parameters
    ----------
    arguments : `-m MODULE`, `-c CODE`, `-` (code from `text`) or a file; then what it gets.
    cwd, env : folder and whole environment; None: those of this process.
    text : standard input.
    """
    if sys.platform != "linux":
        command = [sys.executable, *arguments]
        options = {"input": text, "capture_output": True, "text": True, "timeout": TIMEOUT_S}
        return subprocess.run(command, cwd=cwd, env=env and dict(env), **options)
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3)]
        streams[0].write(text)
        streams[0].seek(0)
        code = _wait(_fork(arguments, cwd, env, streams))
        for stream in streams[1:]:
            stream.seek(0)
        return subprocess.CompletedProcess(arguments, code, *(s.read() for s in streams[1:]))


def execute(command: Sequence[str], env: Mapping[str, str]) -> int:
    """In the place of `launch.execute` for a command of this Python; streams are those of here."""
    assert command[0] == sys.executable
    code = _wait(_fork(command[1:], None, env, ()))
    return 128 - code if code < 0 else code


@cache
def _prepare() -> None:
    """What most programs need, once, to be there in every fork."""
    for module in ("classy", "cobaya.post", "cobaya.run", "getdist.plots", "matplotlib.pyplot"):
        import_module(module)
    from cobaya.model import get_model
    from cobaya.yaml import yaml_load_file

    from hotaxion.analysis.inputs.names import find_input
    from hotaxion.analysis.inputs.session import cobaya_session

    with cobaya_session(quiet=True):
        get_model(yaml_load_file(str(find_input("bbn_omegab_ksvz"))))  # makes the axion's table


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _fork(
    arguments: Sequence[str],
    cwd: str | Path | None,
    env: Mapping[str, str] | None,
    streams: Sequence[IO[str]],
) -> int:
    """Start it; returns its process id."""
    _prepare()
    with warnings.catch_warnings():
        # Of Python 3.12: other threads are not copied. Those of pytest-xdist are not needed.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        signal.alarm(TIMEOUT_S)
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        if cwd is not None:
            os.chdir(cwd)
        _forget_pytest(dict(os.environ if env is None else env))
        code = _run(arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _forget_pytest(env: Mapping[str, str]) -> None:
    """Streams, environment, log, signals and warnings of a new process."""
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, closefd=False) for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(env)
    sys.excepthook = sys.__excepthook__
    logging.disable(logging.NOTSET)
    logging.root.handlers.clear()
    logging.root.setLevel(logging.WARNING)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    warnings.resetwarnings()
    for category in _IGNORED:
        warnings.simplefilter("ignore", category)
    warnings.showwarning = _show_warning  # pytest's keeps them
    from cobaya import mpi

    mpi.set_mpi_disabled(bool(env.get("COBAYA_NOMPI")))  # read at its import


def _show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    print(warnings.formatwarning(message, category, filename, lineno, line), file=sys.stderr)


def _run(arguments: Sequence[str]) -> int:
    """What the Python of the command line does with these arguments; returns the exit code."""
    kind, *rest = arguments
    try:
        if kind == "-m":
            sys.argv = list(rest)
            sys.path.insert(0, "")
            sys.modules.pop(rest[0], None)  # runpy would warn of it
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        elif kind in ("-c", "-"):
            sys.argv = [kind, *(rest[1:] if kind == "-c" else rest)]
            sys.path.insert(0, "")
            code = rest[0] if kind == "-c" else sys.stdin.read()
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.argv = list(arguments)
            sys.path.insert(0, str(Path(kind).parent))
            runpy.run_path(kind, run_name="__main__")
    except SystemExit as stop:
        if isinstance(stop.code, int | None):
            return int(stop.code or 0)
        print(stop.code, file=sys.stderr)
        return 1
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0
