"""Processes that share work on one machine: one thread each, apart from MPI."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool


@contextmanager
def worker_pool(jobs: int) -> Iterator[Pool]:
    """A pool of processes with one thread each, which take no part in MPI.

    Both are decided by environment variables that libraries read when they are loaded, before an
    initializer could run: they are set here as long as the pool may start processes.
    """
    wanted = {"OMP_NUM_THREADS": "1", "COBAYA_NOMPI": "1"}
    kept = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        # spawn: a forked child would inherit CLASS's and numpy's threads.
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            yield pool
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
