"""Cobaya's own run script in the process that `hotaxion run` starts; an error ends in one line."""

from __future__ import annotations

import errno
import os
import sys

from hotaxion.analysis.inputs.cures import cures
from hotaxion.theory.errors import HotAxionError

# In the environment: tracebacks of explained errors, too, as `hotaxion run --debug` asks for.
TRACEBACK = "HOTAXION_TRACEBACK"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Words of Cobaya whose advice does not hold here, and ours in their place.
_OUR_WORDS = {
    " is locked": "the chain is being written by another run; wait for its end, or give -o.",
    "not compatible": "the chain there was run with another input (see the words of Cobaya above); "
    "give another prefix by -o, or remove it by -f.",
    "Delete the previous output manually": "there is a chain of this prefix already; -r goes on "
    "with it, -f removes it, -o gives another prefix.",
}
_GOES_ON = "what was written stays, and the same command with -r goes on"


def main() -> int:
    """Run `cobaya run` with the arguments of this process; returns the exit code."""
    from cobaya import mpi
    from cobaya.run import run_script

    try:
        run_script()
    except mpi.OtherProcessError:  # that one says why
        mpi.time_out_barrier()
        return 1
    except Exception as error:  # whatever a component of the user raises
        abort = not mpi.time_out_barrier()  # as Cobaya's own handler: the other ranks hang
        if not _is_explained(error) or os.environ.get(TRACEBACK):
            sys.excepthook(type(error), error, error.__traceback__)
        print(f"hotaxion run: error: {explanation(error)}", file=sys.stderr, flush=True)
        if abort:
            mpi.abort_if_mpi()
        return 1
    except KeyboardInterrupt:
        print(f"hotaxion run: interrupted; {_GOES_ON}.", file=sys.stderr, flush=True)
        return 1
    return 0


def _is_explained(error: Exception) -> bool:
    """Whether its own words are enough: then there is no traceback."""
    from cobaya.log import LoggedError

    return isinstance(error, LoggedError | HotAxionError | OSError)


def explanation(error: Exception) -> str:
    """What went wrong, in one line, and what to do."""
    return " ".join([_explained(error), *cures(error)])


def _explained(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"no room to write ({error.strerror}): {_GOES_ON} after room is made."
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return f"no more files can be opened ({error.strerror}, see ulimit -n): {_GOES_ON}."
    if isinstance(error, OSError):
        return f"{text}: {_GOES_ON} when this is mended."
    if not _is_explained(error):
        return f"{type(error).__name__}: {text}; the lines above say where."
    return next((ours for words, ours in _OUR_WORDS.items() if words in text), f"Cobaya: {text}")


if __name__ == "__main__":
    sys.exit(main())
