"""Cobaya without its habits: its log on stderr, no hooks left behind, its errors as ours."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hotaxion.analysis.inputs.cures import cures
from hotaxion.analysis.inputs.input_blocks import check_blocks
from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.user_classes import find_user_classes, resolve_python_paths
from hotaxion.theory.errors import HotAxionError

# What of Cobaya reads an input; wrong shapes that no check knows end there, in any exception.
_READERS = {f"cobaya.{name}" for name in ("input", "parameterization", "prior", "tools", "yaml")}


def _raised_in(error: Exception) -> str:
    """Name of the module that raised it."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_globals["__name__"] if trace else ""


@contextlib.contextmanager
def cobaya_session(quiet: bool = False) -> Iterator[None]:
    """Run Cobaya in this process, serially, with stdout kept for our own tables.

    Cobaya logs to the root logger on stdout and replaces `sys.excepthook`; both are undone at
    the end. MPI is not touched, so a broken MPI does no harm here.

    Parameters
    ----------
    quiet : True to hide Cobaya's log, warnings included.

    Raises
    ------
    HotAxionError : for an error that Cobaya logged, i.e. a mistake in the input, where reading it
        fails, and where CLASS fails.
    """
    from cobaya import mpi
    from cobaya.log import LoggedError

    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = list(root.handlers), root.level
    was_disabled, disabled_logs = mpi.is_disabled(), root.manager.disable
    mpi.set_mpi_disabled()
    if quiet:
        logging.disable(logging.ERROR)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except LoggedError as error:
        says = " ".join(str(error).split())
        raise HotAxionError(" ".join([f"Cobaya: {says}", *cures(says)])) from None
    except Exception as error:
        if _raised_in(error) in _READERS:
            raise HotAxionError(
                f"Cobaya cannot make a model of this input ({type(error).__name__}: "
                f"{' '.join(str(error).split())}); compare its blocks "
                "with what 'hotaxion input NAME' prints."
            ) from error
        if type(error).__module__.split(".")[0] != "classy":
            raise
        why = " ".join(str(error).split("=>")[-1].split())  # the innermost of its functions
        raise HotAxionError(f"CLASS fails at this point; choose another. It says: {why}") from None
    finally:
        logging.disable(disabled_logs)
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook = hook
        if not was_disabled:
            mpi.set_mpi_disabled(False)


def load_input(given: str | Path, post: bool = False) -> dict[str, Any]:
    """The Cobaya input of a file or of an analysis by name; call it inside `cobaya_session`.

    Priors and functions in their short forms (``m_a: [0, 3]``) are written out, and classes of the
    user are found from here on: see `user_classes`.

    Parameters
    ----------
    given : as `find_input` takes it.
    post : whether an input with a block 'post:' may do without likelihoods.

    Raises
    ------
    UnknownOptionError : no such file and no such analysis.
    HotAxionError : it is not YAML, has tags that run code, a block or parameter of the wrong
        shape, no likelihood, or a `python_path` that leads nowhere.
    """
    from cobaya.parameterization import expand_info_param

    path = find_input(given)
    info = dict(read_yaml(path))
    check_blocks(info, path)
    if info.get("post") and not post:
        raise HotAxionError(
            f"'{path}' changes a chain that is there (block 'post:'): for 'hotaxion run' only."
        )
    if not info.get("likelihood") and not info.get("post"):
        raise HotAxionError(
            f"'{path}' is no Cobaya input: a block 'likelihood:' is needed; 'hotaxion input "
            "bbn_ksvz' prints an example."
        )
    find_user_classes(path)
    resolve_python_paths(info, path)
    params = info.get("params") or {}
    for name, entry in params.items():
        if isinstance(entry, str | list):
            params[name] = expand_info_param(entry)
    return info
