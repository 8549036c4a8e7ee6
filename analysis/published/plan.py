"""`hotaxion reproduce`: published analyses, by name, from chains to rows.

Several chains run at a time, each by one process of Cobaya with a log of its own.
"""

from __future__ import annotations

import math
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.user_classes import class_folders
from hotaxion.analysis.published.analyses import ALL, ANALYSES, chosen
from hotaxion.analysis.published.jobs import (
    FINISHED,
    Job,
    Options,
    check_usable,
    input_of,
    make_job,
    needs_spectra,
    state_of,
    write_input,
)
from hotaxion.analysis.published.rows import Row, rows_of_job
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running.run import RunOptions, cobaya_command
from hotaxion.theory.checks import whole_number
from hotaxion.theory.errors import HotAxionError, RangeError

_PATIENCE_S, _LOOK_S = 30.0, 0.05


@dataclass(frozen=True)
class Outcome:
    """How a chain ended in this run: Cobaya's exit code and the time it took."""

    code: int
    seconds: float


@dataclass
class Reproduction:
    """What came out of `reproduce`."""

    options: Options
    jobs: list[Job]  # all chains that were wanted
    states: dict[Path, str] = field(default_factory=dict)  # how they stand, by prefix: `state_of`
    outcomes: dict[Path, Outcome] = field(default_factory=dict)  # of those sampled in this call
    rows: list[Row] = field(default_factory=list)  # the table
    problems: dict[str, str] = field(default_factory=dict)  # name of a chain -> why it has no rows
    failed_figures: dict[str, str] = field(default_factory=dict)  # name -> why; by the report
    seconds: float = 0.0  # of sampling and of reading the chains

    @property
    def complete(self) -> bool:
        """Whether every chain is finished and was read."""
        return not self.problems and all(state in FINISHED for state in self.states.values())


def plan(names: Sequence[str], options: Options) -> list[Job]:
    """The chains of some analyses (or "all"), in the order of ANALYSES.

    Raises
    ------
    UnknownOptionError : a name that is not there.
    HotAxionError : `fast` with an analysis that needs spectra.
    """
    jobs = []
    for name in chosen(names):
        info = input_of(name)
        if not (options.fast and needs_spectra(info)):
            variants = ANALYSES[name].variants if options.variants else ()
            jobs += [make_job(name, variant, options, info) for variant in (None, *variants)]
        elif ALL not in names:
            raise HotAxionError(
                f"--fast runs BBN analyses alone, and '{name}' needs CMB spectra; leave out --fast."
            )
    return jobs


def reproduce(
    names: Sequence[str], options: Options, report: Callable[[str], None]
) -> Reproduction:
    """Run what is not finished of some analyses and their variants, and read all chains.

    Names are those of ANALYSES, or "all"; `report` gets lines of progress.

    Raises
    ------
    UnknownOptionError, RangeError : a wrong name or option.
    HotAxionError : a chain there is of another input, or is being written.
    """
    start = time.monotonic()
    launch.refuse_nesting()
    jobs = launch.cores() if options.jobs is None else whole_number("jobs", options.jobs, 1, 10_000)
    if options.burn is not None and not 0 <= options.burn < 1:  # before sampling, not after it
        raise RangeError(f"burn-in fraction {options.burn} given; allowed is 0 <= burn < 1.")
    result = Reproduction(options, plan(names, options))
    for job in result.jobs:
        check_usable(job)
    left = [job for job in result.jobs if state_of(job) not in FINISHED]
    logs = options.output / "logs"
    at_a_time = f", {min(jobs, len(left))} at a time; logs: {logs}" if left else ""
    report(f"chains: {len(result.jobs)}, to be run: {len(left)}{at_a_time}")
    if left:
        threads = max(1, launch.cores() // jobs) if options.use_class else 1
        result.outcomes = sample(left, jobs, logs, report, threads)
    for job in result.jobs:
        _read(job, result)
    result.seconds = time.monotonic() - start
    return result


def _read(job: Job, result: Reproduction) -> None:
    """Add the state, the rows and the problem of one chain."""
    state = result.states[job.prefix] = state_of(job)
    outcome = result.outcomes.get(job.prefix)
    if outcome and outcome.code:
        result.problems[job.name] = f"Cobaya ended with exit code {outcome.code}"
    try:
        chain = Chain.load(job.prefix, result.options.burn)
        result.rows += rows_of_job(job, chain, "" if state in FINISHED else state)
    except HotAxionError as error:
        result.problems.setdefault(job.name, str(error))
    except Exception as error:  # a broken chain must not cost the rows of the others
        why = f"{type(error).__name__}: {error}; its files are broken, or this is a bug"
        result.problems.setdefault(job.name, why)


# --- running them ------------------------------------------------------------------------------


def sample(
    jobs: Sequence[Job],
    at_a_time: int,
    logs: Path,
    report: Callable[[str], None],
    threads: int = 1,
) -> dict[Path, Outcome]:
    """Run or resume chains, each with as many processes as before; how each ended, by prefix.

    The longest ones are started first, each with `threads` for OMP_NUM_THREADS, and `report` gets
    a line for each that has ended. A chain that fails does not stop the others. An interrupt or
    SIGTERM stops all of them; what they have written stays, and the next call goes on from there.
    """
    logs.mkdir(parents=True, exist_ok=True)
    # Those with spectra and more parameters take longest: none of them is left for the end.
    waiting = sorted(jobs, key=lambda job: (not job.joint, -len(job.info["params"])))
    running, ended = list[tuple[Job, Generator[Outcome | None]]](), dict[Path, Outcome]()
    with launch.signals({signal.SIGTERM: signal.default_int_handler}):
        try:
            while waiting or running:
                while waiting and len(running) < at_a_time:
                    running.append((waiting[0], _run(waiting.pop(0), logs, threads)))
                for job, run in [*running]:
                    if outcome := next(run):
                        running.remove((job, run))
                        ended[job.prefix] = outcome
                        report(f"[{len(ended)}/{len(jobs)}] {_line(job, outcome, logs)}")
                time.sleep(_LOOK_S)
        finally:
            for _, run in running:
                run.close()
    return ended


def _run(job: Job, logs: Path, threads: int) -> Generator[Outcome | None]:
    """Sample one chain, giving None as long as it goes on, then how it ended.

    Closed before, it ends Cobaya: SIGTERM, and after a while SIGKILL.
    """
    start, prefix = time.monotonic(), str(job.prefix)
    with open(_log_of(job, logs), "ab") as log:
        try:
            with resume.only_run(prefix, "or give another folder by --chains"):
                write_input(job)
                options = RunOptions(resume=True, output=prefix)
                command, env = cobaya_command(job.path, prefix, options, class_folders(job.path))
                env["OMP_NUM_THREADS"] = str(threads)
                quiet, group = subprocess.DEVNULL, 0  # of its own: a Ctrl-C reaches `_end` alone
                child = subprocess.Popen(
                    command, stdin=quiet, stdout=log, stderr=log, env=env, process_group=group
                )
                try:
                    while (code := child.poll()) is None:
                        yield None
                finally:
                    _end(child)
        except (HotAxionError, OSError) as error:
            log.write(f"hotaxion reproduce: {error}\n".encode())
            code = 1
    yield Outcome(code, time.monotonic() - start)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()  # nothing happens where it has ended
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
    last = resume.recorded_sampler(job.prefix, "checkpoint").get("Rminus1_last")
    known = isinstance(last, float) and math.isfinite(last)
    level = f", R-1 = {last:.3f}" if known else ""
    return f"{job.name}: {state_of(job)}{level}, {outcome.seconds:.0f} s"
