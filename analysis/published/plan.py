"""`hotaxion reproduce`: published analyses, by name, from chain to report."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotaxion.analysis.chains import chain as posterior
from hotaxion.analysis.chains.reweight import Reweighted, prior_sensitivity
from hotaxion.analysis.published.analyses import ALL, ANALYSES, chosen
from hotaxion.analysis.published.chains import (
    FINISHED,
    Chain,
    Outcome,
    check_usable,
    make_chain,
    sample,
    state_of,
)
from hotaxion.analysis.published.rows import Row, rows_of_chain, rows_of_curve, rows_of_reweighted
from hotaxion.analysis.running import launch
from hotaxion.theory.checks import whole_number
from hotaxion.theory.errors import HotAxionError, RangeError

CHAINS, OUTPUT = "chains", "chains/reproduce"


@dataclass(frozen=True)
class Options:
    """Options of `hotaxion reproduce`.

    Attributes
    ----------
    output : folder for the report, its figures, logs and the inputs of variants.
    chains : folder of the chains, `NAME` and `NAME__VARIANT`.
    jobs : chains at a time; None: the number of cores.
    variants : whether the variants of each analysis are run.
    use_class : CLASS itself instead of its emulator.
    fast : short chains of BBN analyses, to try the command.
    burn : fraction dropped at the start of each chain.
    """

    output: Path = Path(OUTPUT)
    chains: Path = Path(CHAINS)
    jobs: int | None = None
    variants: bool = True
    use_class: bool = False
    fast: bool = False
    burn: float | None = None


@dataclass
class Reproduction:
    """What came out.

    Attributes
    ----------
    chains : all that were wanted; `states` how they stand (see `reproduce_chains.state_of`).
    outcomes : of those that were sampled in this call, by prefix.
    rows : the table.
    priors : bounds under other priors, by analysis.
    problems : name of a chain -> why it has no rows.
    failed_figures : name -> why; filled when the report is written.
    seconds : of sampling and of reading the chains.
    """

    options: Options
    chains: list[Chain]
    states: dict[Path, str] = field(default_factory=dict)
    outcomes: dict[Path, Outcome] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    priors: dict[str, list[Reweighted]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    failed_figures: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every chain is finished and was read."""
        return not self.problems and all(state in FINISHED for state in self.states.values())


def plan(names: Sequence[str], options: Options) -> list[Chain]:
    """The chains of some analyses (or "all"), in the order of the registry.

    Raises
    ------
    UnknownOptionError : a name that is not in the registry.
    HotAxionError : `fast` with an analysis that needs spectra.
    """
    chains = []
    for name in chosen(list(names)):
        variants = ANALYSES[name].variants if options.variants else ()
        made = [
            make_chain(
                name,
                variant,
                options.output / "inputs",
                options.chains,
                options.use_class,
                options.fast,
            )
            for variant in (None, *variants)
        ]
        if options.fast and made[0].joint:
            if ALL in names:
                continue
            raise HotAxionError(
                f"--fast runs BBN analyses alone, and '{name}' needs CMB spectra; leave out --fast."
            )
        chains += made
    return chains


def reproduce(
    names: Sequence[str], options: Options, report: Callable[[str], None]
) -> Reproduction:
    """Run what is not finished of some analyses and their variants, and read all chains.

    Parameters
    ----------
    names : in the registry, or "all".
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
    if (
        options.burn is not None and not 0 <= options.burn < 1
    ):  # before half an hour of sampling, not after it
        raise RangeError(f"burn-in fraction {options.burn} given; allowed is 0 <= burn < 1.")
    result = Reproduction(options, plan(names, options))
    for chain in result.chains:
        check_usable(chain)
    left = [chain for chain in result.chains if state_of(chain) not in FINISHED]
    logs = options.output / "logs"
    report(
        f"chains: {len(result.chains)}, to be run: {len(left)}"
        + (f", {min(jobs, len(left))} at a time; logs: {logs}" if left else "")
    )
    if left:
        threads = max(1, launch.cores() // jobs) if options.use_class else 1
        result.outcomes = sample(left, jobs, logs, report, threads)
    _read(result)
    result.seconds = time.monotonic() - start
    return result


def _read(result: Reproduction) -> None:
    """Fill in states, rows, priors and problems."""
    for chain in result.chains:
        state = result.states[chain.prefix] = state_of(chain)
        outcome = result.outcomes.get(chain.prefix)
        if outcome and outcome.code:
            result.problems[chain.name] = f"Cobaya ended with exit code {outcome.code}"
        try:
            caveat = "" if state in FINISHED else state
            result.rows += rows_of_chain(chain, result.options.burn, caveat)
            if chain.variant is None:
                result.rows += _rows_besides(chain, result)
        except HotAxionError as error:
            result.problems.setdefault(chain.name, str(error))
        except Exception as error:  # a broken chain must not cost the rows of the others
            why = f"{type(error).__name__}: {error}; its files are broken, or this is a bug"
            result.problems.setdefault(chain.name, why)


def _rows_besides(chain: Chain, result: Reproduction) -> list[Row]:
    """Rows of an analysis that need no chain of their own."""
    rows = rows_of_curve(chain.analysis, chain.info)
    if ANALYSES[chain.analysis].priors:
        samples = posterior.Chain.load(chain.prefix, result.options.burn)
        priors = prior_sensitivity(samples, ANALYSES[chain.analysis].quantities)
        result.priors[chain.analysis] = priors
        rows += rows_of_reweighted(chain.analysis, priors)
    return rows
