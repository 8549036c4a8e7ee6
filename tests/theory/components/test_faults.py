"""Why this test exists: a full disk or lack of memory must stop a run, not shape a posterior."""

from __future__ import annotations

import errno
import logging

import numpy as np
import pytest
from cobaya.log import LoggedError

from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.errors import RangeError

LOG = logging.getLogger("component")


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.EMFILE, "Too many open files"),
        OSError(errno.ENOSPC, "No space left on device"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "table.npz"),
        MemoryError(),
    ],
)
def test_faults_of_the_machine_stop_the_run(fault):
    """LoggedError is among the exceptions that Cobaya never takes for likelihood zero."""
    with (
        pytest.raises(LoggedError, match=r"fault of the machine.*; mend it, then resume") as said,
        machine_faults(LOG),
    ):
        raise fault
    assert said.value.__cause__ is fault
    assert type(fault).__name__ in str(said.value)
    assert "\n" not in str(said.value)


def test_numpy_without_memory():
    with pytest.raises(LoggedError, match="MemoryError: Unable to allocate"):
        with machine_faults(LOG):
            np.empty((2**40, 2**10))


@pytest.mark.parametrize("other", [RangeError("outside"), ValueError("x"), KeyboardInterrupt()])
def test_anything_else_passes(other):
    with pytest.raises(type(other)) as said, machine_faults(LOG):
        raise other
    assert said.value is other
