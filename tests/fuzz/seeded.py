"""Cases that are decided by one seed, each in a folder of its own."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from .outcome import Case


def seeded(name: str, run: Callable[[random.Random, Path], object]) -> st.SearchStrategy[Case]:
    """Cases of `run`, which takes a source of random numbers and the folder."""

    def case(seed: int) -> Case:
        def in_folder() -> None:
            with tempfile.TemporaryDirectory() as folder:
                run(random.Random(seed), Path(folder))

        return Case(f"{name} (seed {seed})", in_folder)

    return st.integers(0, 2**32).map(case)
