"""Faults of the machine inside a Cobaya component: they stop the run.

Cobaya takes nearly every exception of a component as likelihood zero, said at debug level only. A
file that cannot be opened or memory that has run out says nothing of the point: counted as
likelihood zero, it would change the posterior without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger


@contextmanager
def machine_faults(log: Logger) -> Iterator[None]:
    """Around what a component computes at a point: OSError and MemoryError as Cobaya's LoggedError.

    Parameters
    ----------
    log : of the component, which is then named.

    Raises
    ------
    cobaya.log.LoggedError : never taken for likelihood zero; the run stops.
    """
    try:
        yield
    except (OSError, MemoryError) as error:
        from cobaya.log import LoggedError

        reason = " ".join(str(error).split()) or "no more memory"
        raise LoggedError(
            log,
            "a fault of the machine, not of the point, stops the run (%s: %s); mend it, then "
            "resume with -r.",
            type(error).__name__,
            reason,
        ) from error
