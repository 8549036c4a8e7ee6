"""A sign of life of commands that take their time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_S = 10.0


@contextmanager
def sign_of_life(command: str | None, every_s: float = _EVERY_S) -> Iterator[None]:
    """Every ten seconds a line on a terminal's stderr, in place of the one before; none for None.

    It is gone at the end: what stays on the screen is what was asked for.
    """
    if command is None or not sys.stderr.isatty():
        yield
        return
    ended, began = threading.Event(), time.monotonic()

    def tick() -> None:
        line = ""
        while not ended.wait(every_s):
            line = f"hotaxion {command}: at work since {time.monotonic() - began:.0f} s"
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        print(f"\r{' ' * len(line)}\r" if line else "", end="", file=sys.stderr, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
