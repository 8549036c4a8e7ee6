"""Cobaya without its habits: its log on stderr, no hooks left behind, its errors as ours."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hotaxion.theory.errors import HotAxionError, MissingDataError


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
    HotAxionError : for an error that Cobaya logged, i.e. a mistake in the input, and where CLASS
        fails.
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
        raise HotAxionError(f"Cobaya: {str(error).strip()}") from None
    except Exception as error:
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


def load_input(path: str | Path) -> dict[str, Any]:
    """The Cobaya input of a YAML file; call it inside `cobaya_session`.

    Priors and functions in their short forms (``m_a: [0, 3]``) are written out.

    Raises
    ------
    MissingDataError : no such file.
    HotAxionError : it is not YAML, or has no likelihood.
    """
    from cobaya.parameterization import expand_info_param
    from cobaya.yaml import InputImportError, InputSyntaxError, yaml_load_file

    if not Path(path).is_file():
        raise MissingDataError(f"no file '{path}'; give a Cobaya input file (.yaml).")
    try:
        info = yaml_load_file(str(path))
    except (InputSyntaxError, InputImportError, OSError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        raise HotAxionError(
            f"'{path}' cannot be read as YAML: {why} Check indentation and colons there."
        ) from None
    if not isinstance(info, dict) or not info.get("likelihood"):
        raise HotAxionError(
            f"'{path}' is no Cobaya input: a block 'likelihood:' is needed, see the files yaml/*."
        )
    params = info.get("params") or {}
    for name, entry in params.items():
        if isinstance(entry, str | list):
            params[name] = expand_info_param(entry)
    return info
