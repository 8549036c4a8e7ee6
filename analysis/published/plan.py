"""`hotaxion reproduce`: published analyses, by name, from chain to rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.published.analyses import ALL, ANALYSES, chosen
from hotaxion.analysis.published.jobs import (
    FINISHED,
    Job,
    Options,
    check_usable,
    make_job,
    state_of,
)
from hotaxion.analysis.published.rows import (
    Row,
    rows_beside,
    rows_of_chain,
    rows_of_curve,
    rows_of_other_prior,
)
from hotaxion.analysis.published.sampling import Outcome, sample
from hotaxion.analysis.running import launch
from hotaxion.theory.checks import whole_number
from hotaxion.theory.errors import HotAxionError, RangeError


@dataclass
class Reproduction:
    """What came out.

    Attributes
    ----------
    jobs : all chains that were wanted; `states` how they stand (see `jobs.state_of`).
    outcomes : of those that were sampled in this call, by prefix.
    rows : the table.
    problems : name of a chain -> why it has no rows.
    failed_figures : name -> why; filled when the report is written.
    seconds : of sampling and of reading the chains.
    """

    options: Options
    jobs: list[Job]
    states: dict[Path, str] = field(default_factory=dict)
    outcomes: dict[Path, Outcome] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    failed_figures: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

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
        variants = ANALYSES[name].variants if options.variants else ()
        made = [make_job(name, variant, options) for variant in (None, *variants)]
        if not (options.fast and made[0].joint):
            jobs += made
        elif ALL not in names:
            raise HotAxionError(
                f"--fast runs BBN analyses alone, and '{name}' needs CMB spectra; leave out --fast."
            )
    return jobs


def reproduce(
    names: Sequence[str], options: Options, report: Callable[[str], None]
) -> Reproduction:
    """Run what is not finished of some analyses and their variants, and read all chains.

    Parameters
    ----------
    names : in ANALYSES, or "all".
    options : see there.
    report : gets lines of progress.

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
    report(
        f"chains: {len(result.jobs)}, to be run: {len(left)}"
        + (f", {min(jobs, len(left))} at a time; logs: {logs}" if left else "")
    )
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
        rows = rows_of_chain(job, chain, "" if state in FINISHED else state)
        result.rows += rows
        if job.variant is None:
            result.rows += rows_of_curve(job) + rows_beside(job, rows)
            if ANALYSES[job.analysis].priors:
                result.rows += rows_of_other_prior(job, chain)
    except HotAxionError as error:
        result.problems.setdefault(job.name, str(error))
    except Exception as error:  # a broken chain must not cost the rows of the others
        why = f"{type(error).__name__}: {error}; its files are broken, or this is a bug"
        result.problems.setdefault(job.name, why)
