"""Several chains at a time, each by one process of Cobaya with a log of its own."""

from __future__ import annotations

import contextlib
import math
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotaxion.analysis.published.jobs import Job, of_sampler, state_of, write_input
from hotaxion.analysis.running import resume
from hotaxion.analysis.running.run import RunOptions, cobaya_command
from hotaxion.theory.errors import HotAxionError

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Outcome:
    """How a chain ended in this run: Cobaya's exit code and the time it took."""

    code: int
    seconds: float


def sample(
    jobs: Sequence[Job],
    at_a_time: int,
    logs: Path,
    report: Callable[[str], None],
    threads: int = 1,
) -> dict[Path, Outcome]:
    """Run or resume chains, each with as many processes as before; how each ended, by prefix.

    A chain that fails does not stop the others. An interrupt or SIGTERM stops all of them; what
    they have written stays, and the next call goes on from there.

    Parameters
    ----------
    jobs : those to run; the longest ones are started first.
    at_a_time : how many.
    logs : folder for the logs.
    report : gets one line for each chain that has ended.
    threads : OMP_NUM_THREADS of each.
    """
    logs.mkdir(parents=True, exist_ok=True)
    # Those with spectra and more parameters take longest: none of them is left for the end.
    longest_first = sorted(jobs, key=lambda job: (not job.joint, -len(job.info["params"])))
    children, ended = _Children(), dict[Path, Outcome]()
    with _sigterm_as_interrupt(), ThreadPoolExecutor(at_a_time) as pool:
        try:
            futures = {
                pool.submit(_run, job, logs, threads, children): job for job in longest_first
            }
            for future in as_completed(futures):
                job, outcome = futures[future], future.result()
                ended[job.prefix] = outcome
                report(f"[{len(ended)}/{len(jobs)}] {_line(job, outcome, logs)}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            children.stop()
            raise
    return ended


def _run(job: Job, logs: Path, threads: int, children: _Children) -> Outcome:
    """Write the input, run Cobaya and wait for its end."""
    start, prefix = time.monotonic(), str(job.prefix)
    with open(log_of(job, logs), "ab") as log:
        try:
            with resume.only_run(prefix, "or give another folder by --chains"):
                write_input(job)
                options = RunOptions(resume=True)
                command, env = cobaya_command(job.path, job.path, prefix, prefix, options)
                env["OMP_NUM_THREADS"] = str(threads)
                code = children.run(command, stdout=log, stderr=subprocess.STDOUT, env=env)
        except (HotAxionError, OSError) as error:
            log.write(f"hotaxion reproduce: {error}\n".encode())
            code = 1
    return Outcome(code, time.monotonic() - start)


class _Children:
    """Processes that run now; after `stop` none is started any more."""

    def __init__(self) -> None:
        self._lock, self._stopped = threading.Lock(), False
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, command: Sequence[str], **options: Any) -> int:
        """The exit code of a command; a Ctrl-C reaches it by `stop` alone."""
        with self._lock:
            if self._stopped:
                return 1
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
            self._running.append(child)
        return child.wait()

    def stop(self) -> None:
        """End them all: SIGTERM, and after a while SIGKILL."""
        with self._lock:
            self._stopped = True
        left = [child for child in self._running if child.poll() is None]
        for child in left:
            child.terminate()
        until = time.monotonic() + _PATIENCE_S
        for child in left:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def log_of(job: Job, logs: Path) -> Path:
    """The file with what Cobaya says."""
    return logs / f"{job.name}.log"


def _line(job: Job, outcome: Outcome, logs: Path) -> str:
    """What is said of a chain that has ended."""
    if outcome.code:
        return f"{job.name}: failed (exit code {outcome.code}), see {log_of(job, logs)}"
    last = of_sampler(job, "checkpoint").get("Rminus1_last")
    known = isinstance(last, float) and math.isfinite(last)
    level = f", R-1 = {last:.3f}" if known else ""
    return f"{job.name}: {state_of(job)}{level}, {outcome.seconds:.0f} s"


@contextlib.contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # then the caller handles signals
        return
    kept = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)
