"""`hotaxion run --brief`: progress and bounds on the screen, all that Cobaya says in a file."""

from __future__ import annotations

import contextlib
import math
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from hotaxion.analysis.running.resume import file_of, sampler_of
from hotaxion.analysis.text import is_terminal
from hotaxion.theory.errors import HotAxionError

_LOOK_S = 1.0  # between two looks at the files
_LINE_S = 30.0  # between two lines where the screen is none, but a file
_LAST_LINES = 15  # of the log, shown where the run fails
_GOALS = ("Rminus1_stop", "Rminus1_cl_stop")
_NAUTILUS = re.compile(r"\d+ evaluations, .*effective samples.*")


class Progress(NamedTuple):
    """The last line of Cobaya's PREFIX.progress.

    accepted : steps. when : it was written. means, bounds : R-1 of them, NaN where not known.
    """

    accepted: int
    when: datetime
    means: float
    bounds: float

    @classmethod
    def read(cls, prefix: str) -> Progress | None:
        """None where there is no whole line yet."""
        try:
            lines = file_of(prefix, "progress").read_text(encoding="utf-8").splitlines()
            n, when, _, *r_minus_one = lines[-1].split()
            means, bounds = map(float, r_minus_one)
            return cls(int(float(n)), datetime.fromisoformat(when), means, bounds)
        except (OSError, ValueError, IndexError):  # not there, or a line that is being written
            return None


class Brief:
    """Watches over a run.

    Parameters
    ----------
    prefix : of its output. Everything that the run prints goes to PREFIX.log.
    info : its input, for what it aims at.
    samples : whether a chain comes of it, whose bounds are shown at its end.
    """

    def __init__(self, prefix: str, info: Mapping[str, Any], samples: bool = True):
        self.log = file_of(prefix, "log")
        self._samples = samples
        self._prefix = prefix
        self._name = Path(prefix).name or prefix
        options = sampler_of(info)
        goals = (options.get(name) for name in _GOALS)
        self._goals = [float(goal) if isinstance(goal, float | int) else None for goal in goals]
        self._start, self._shown, self._next = datetime.now(), "", 0.0

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Say how it goes until it ends; returns its exit code."""
        while True:
            try:
                code = child.wait(_LOOK_S)
                break
            except subprocess.TimeoutExpired:
                self._say(self.line())
        self._say(self.line(), last=True)
        if code:
            words = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            _tell("\n".join(["...", *words[-_LAST_LINES:]]))
        _tell(f"hotaxion run: what Cobaya said is in {self.log}")
        if code == 0 and self._samples:
            print(self.bounds(), flush=True)
        return code

    def bounds(self) -> str:
        """What the chain says of masses and relic, with Monte Carlo errors, or why it does not."""
        from hotaxion.analysis.chains.bounds import UNITS, UPPER_BOUNDED
        from hotaxion.analysis.chains.chain import Chain
        from hotaxion.analysis.chains.tables import quoted_with_error

        try:
            chain = Chain.load(self._prefix)
            names = [name for name in UPPER_BOUNDED if name in chain.parameters()]
            found = chain.bounds(names).parameters
        except HotAxionError as error:
            return f"{self._name}: no bounds: {error}"
        said = (
            " ".join(filter(None, [name, quoted_with_error(bound), UNITS.get(name)]))
            for name, bound in found.items()
        )
        return f"{self._name}, 95 %: {', '.join(said) or 'no parameter with an upper bound'}"

    def line(self) -> str:
        """Time, steps, R-1 of means and bounds with what is aimed at, time left."""
        seconds = (datetime.now() - self._start).total_seconds()
        found = Progress.read(self._prefix)
        if found is None or found.when < self._start:  # of an earlier run, that is gone on with
            return f"{self._name}: {seconds:.0f} s, {self._said() or 'setting up'}"
        parts = [f"{self._name}: {seconds:.0f} s", f"{found.accepted} accepted steps"]
        factor = 1.0
        for of, value, goal in zip(
            ("means", "bounds"), (found.means, found.bounds), self._goals, strict=True
        ):
            if math.isfinite(value):
                aim = "" if goal is None else f" (to {goal:g})"
                parts.append(f"R-1 of {of} {value:.2g}{aim}")
                factor = factor if goal is None else max(factor, value / goal)
        if factor > 1.0 and math.isfinite(found.bounds):
            # R-1 falls like 1/steps.
            left = (found.when - self._start).total_seconds() * (factor - 1.0)
            parts.append(
                f"about {left:.2g} s left" if left < 100.0 else f"about {left / 60:.0f} min left"
            )
        return ", ".join(parts)

    def _said(self) -> str:
        """The last words of nautilus, which writes no file of progress."""
        try:
            found = _NAUTILUS.findall(self.log.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return ""
        return found[-1] if found else ""

    def _say(self, line: str, last: bool = False) -> None:
        if is_terminal(sys.stderr):
            width = len(self._shown)
            _tell(f"\r{line:{width}}", end="\n" if last else "")
            self._shown = line
        elif last or time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_S
            _tell(line)


def _tell(words: str, end: str = "\n") -> None:
    """On stderr; where that is closed, full or a pipe without a reader, the run goes on."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(words, end=end, file=sys.stderr, flush=True)
