"""Rows of a rate table, computed on several cores: for what makes the committed tables."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import Pool
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array

Progress = Callable[[int, int], None]  # called with (rows done, rows in all)


def silent(done: int, total: int) -> None:
    """No word of progress."""


def compute_rows(
    row: Callable[[float], Any], nodes: Array, processes: int = 2, progress: Progress = silent
) -> Array:
    """(nodes, ...) what `row`, a function of a module, gives at each node."""
    rows = []
    with Pool(processes) as pool:
        for one in pool.imap(row, nodes):
            rows.append(one)
            progress(len(rows), nodes.size)
    return np.array(rows)
