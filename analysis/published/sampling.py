"""Several chains at a time, each by one process of Cobaya with a log of its own."""

from __future__ import annotations

import math
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotaxion.analysis.inputs.user_classes import class_folders
from hotaxion.analysis.published.jobs import Job, of_sampler, state_of, write_input
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running.run import RunOptions, cobaya_command
from hotaxion.theory.errors import HotAxionError

_PATIENCE_S, _LOOK_S = 30.0, 0.05


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
    waiting = sorted(jobs, key=lambda job: (not job.joint, -len(job.info["params"])))
    running, ended = list[tuple[Job, float, Generator[int | None]]](), dict[Path, Outcome]()
    with launch.signals({signal.SIGTERM: signal.default_int_handler}):
        try:
            while waiting or running:
                while waiting and len(running) < at_a_time:
                    job = waiting.pop(0)
                    run = _run(job, _log_of(job, logs), threads)
                    running.append((job, time.monotonic(), run))
                for one in [*running]:
                    job, start, run = one
                    if (code := next(run)) is not None:
                        running.remove(one)
                        ended[job.prefix] = Outcome(code, time.monotonic() - start)
                        line = _line(job, ended[job.prefix], logs)
                        report(f"[{len(ended)}/{len(jobs)}] {line}")
                time.sleep(_LOOK_S)
        finally:
            for _, _, run in running:
                run.close()
    return ended


def _run(job: Job, log: Path, threads: int) -> Generator[int | None]:
    """Sample one chain, giving None as long as it goes on, then Cobaya's exit code.

    Closed before, it ends Cobaya: SIGTERM, and after a while SIGKILL.
    """
    prefix = str(job.prefix)
    with open(log, "ab") as file:
        try:
            with resume.only_run(prefix, "or give another folder by --chains"):
                write_input(job)
                options = RunOptions(resume=True, output=prefix)
                command, env = cobaya_command(job.path, prefix, options, class_folders(job.path))
                env["OMP_NUM_THREADS"] = str(threads)
                quiet, group = subprocess.DEVNULL, 0  # of its own: a Ctrl-C reaches `_end` alone
                child = subprocess.Popen(
                    command, stdin=quiet, stdout=file, stderr=file, env=env, process_group=group
                )
                try:
                    while (code := child.poll()) is None:
                        yield None
                finally:
                    _end(child)
        except (HotAxionError, OSError) as error:
            file.write(f"hotaxion reproduce: {error}\n".encode())
            code = 1
    yield code


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()  # nothing, where it has ended
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()


def _log_of(job: Job, logs: Path) -> Path:
    return logs / f"{job.name}.log"


def _line(job: Job, outcome: Outcome, logs: Path) -> str:
    """What is said of a chain that has ended."""
    if outcome.code:
        return f"{job.name}: failed (exit code {outcome.code}), see {_log_of(job, logs)}"
    last = of_sampler(job, "checkpoint").get("Rminus1_last")
    known = isinstance(last, float) and math.isfinite(last)
    level = f", R-1 = {last:.3f}" if known else ""
    return f"{job.name}: {state_of(job)}{level}, {outcome.seconds:.0f} s"
