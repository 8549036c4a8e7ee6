"""Chains of `hotaxion reproduce`: inputs of variants, what is finished, several at a time."""

from __future__ import annotations

import contextlib
import io
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories, kind_of
from hotaxion.analysis.published.analyses import VARIANTS
from hotaxion.analysis.running import resume
from hotaxion.analysis.running import run as runs
from hotaxion.theory.components.record import data_hash, recorded_data_hash
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_whole

ABSENT, UNFINISHED, CONVERGED, STOPPED = "absent", "unfinished", "converged", "at max_samples"
FINISHED = (CONVERGED, STOPPED)
FAST = {"sampler": {"mcmc": {"max_samples": 1000, "output_every": 200, "seed": 1}}}
# Chains of BBN alone take seconds: long enough for errors of bounds well below the 6 % to be told.
PRECISE = {"sampler": {"mcmc": {"Rminus1_stop": 0.002, "Rminus1_cl_stop": 0.07}}}
# Variants only have to show what moves a bound by more than 6 %: of BBN alone, and joint ones.
SHORT_BBN = {"sampler": {"mcmc": {"Rminus1_stop": 0.003, "Rminus1_cl_stop": 0.1}}}
SHORT = {"sampler": {"mcmc": {"Rminus1_stop": 0.03, "Rminus1_cl_stop": 0.2}}}
_UPDATED, _CHECKPOINT = "updated.yaml", "checkpoint"
_CRITERIA = ("Rminus1_stop", "Rminus1_cl_stop")
_POLL_S, _PATIENCE_S = 0.1, 30.0
_NO_MATTER = ("output", "sampler")  # blocks that do not change what is sampled


@dataclass(frozen=True)
class Chain:
    """One chain to be had: an analysis or a variant of it.

    Attributes
    ----------
    analysis, variant : names in the registry; variant None for the analysis itself.
    info : the Cobaya input.
    path : its file.
    prefix : of the output.
    """

    analysis: str
    variant: str | None
    info: Mapping[str, Any]
    path: Path
    prefix: Path

    @property
    def name(self) -> str:
        """Last part of the prefix."""
        return self.prefix.name

    @property
    def joint(self) -> bool:
        """Whether spectra are needed: then it takes minutes, else seconds."""
        return is_joint(self.info)

    @property
    def dimension(self) -> int:
        """Number of sampled parameters of the input, without those of likelihoods."""
        entries = (self.info.get("params") or {}).values()
        return sum(isinstance(entry, Mapping) and "prior" in entry for entry in entries)

    @property
    def max_samples(self) -> float:
        """Accepted steps at which Cobaya stops without convergence."""
        return float(self.info["sampler"]["mcmc"].get("max_samples", float("inf")))


@dataclass(frozen=True)
class Outcome:
    """How a chain ended in this run: Cobaya's exit code and the time it took."""

    code: int
    seconds: float


def is_joint(info: Mapping[str, Any]) -> bool:
    """Whether an input needs CLASS or its emulator."""
    return bool(find_theories(info, "EmulatedClassy", "HotClassy"))


def make_chain(
    analysis: str,
    variant: str | None,
    inputs: Path,
    chains: Path,
    use_class: bool = False,
    fast: bool = False,
) -> Chain:
    """The input of an analysis or variant, in a file of its own if it is changed.

    Parameters
    ----------
    analysis, variant : names in the registry; variant None for the analysis itself.
    inputs : folder for changed inputs.
    chains : folder of the chains.
    use_class : CLASS itself instead of its emulator.
    fast : a short chain with a fixed seed.
    """
    packaged = find_input(analysis)
    with cobaya_session(quiet=True):
        original = load_input(packaged)
    name, info = analysis, original
    if not is_joint(info):
        info = recursive_update(info, SHORT_BBN if variant else PRECISE)
    elif variant:
        info = recursive_update(info, SHORT)
    if variant:
        name = f"{analysis}__{variant}"
        info = recursive_update(info, VARIANTS[variant].change)
    if fast:
        name, info = f"{name}__fast", recursive_update(info, FAST)
    if use_class and find_theories(info, "EmulatedClassy"):
        name = f"{name}_class"
        info = runs.with_class(info, str(chains / name))
    path = packaged if info is original else inputs / f"{name}.yaml"
    return Chain(analysis, variant, info, path, chains / name)


def write_input(chain: Chain) -> None:
    """Write the input of a chain, unless it is that of the package."""
    from cobaya.yaml import yaml_dump

    if chain.path == find_input(chain.analysis):
        return
    chain.path.parent.mkdir(parents=True, exist_ok=True)
    what = VARIANTS[chain.variant].text if chain.variant else "as it is"
    text = yaml_dump({**chain.info, "output": str(chain.prefix)})
    write_whole(chain.path, f"# {chain.analysis}: {what}\n{text}")


# --- what is there ---------------------------------------------------------------------------


def state_of(chain: Chain) -> str:
    """ABSENT, UNFINISHED, CONVERGED or STOPPED (at max_samples)."""
    first = Path(f"{chain.prefix}.1.txt")
    if not first.exists():
        return ABSENT
    if _checkpoint(chain).get("converged") and not _is_looser(chain):
        return CONVERGED
    with open(first, "rb") as file:
        rows = sum(1 for _ in file) - 1  # the first line is a header
    return STOPPED if rows >= chain.max_samples else UNFINISHED


def _is_looser(chain: Chain) -> bool:
    """Whether the chain had to meet looser criteria than the input has; Cobaya then goes on."""
    wanted, had = chain.info["sampler"]["mcmc"], _of_sampler(chain, _UPDATED)
    return any(had[key] > wanted[key] for key in _CRITERIA if key in wanted and key in had)


def _checkpoint(chain: Chain) -> Mapping[str, Any]:
    return _of_sampler(chain, _CHECKPOINT)


def _of_sampler(chain: Chain, ending: str) -> Mapping[str, Any]:
    """What a file of the chain says of its sampler; empty if it says nothing."""
    try:
        return next(iter(content_of(chain, ending)["sampler"].values())) or {}
    except (HotAxionError, TypeError, KeyError, AttributeError, StopIteration):
        return {}


def content_of(chain: Chain, ending: str = _UPDATED) -> Mapping[str, Any]:
    """A YAML file that Cobaya has written for a chain; empty if it is absent.

    Raises
    ------
    HotAxionError : it cannot be read, holds no mapping, or would run code; names the file.
    """
    path = Path(f"{chain.prefix}.{ending}")
    return read_yaml(path) if path.exists() else {}


def check_usable(chain: Chain) -> None:
    """Refuse a chain that is of another input, or is being written by somebody else.

    Raises
    ------
    HotAxionError : says what differs, or which file is broken, and what to do.
    """
    if resume.is_running(chain.prefix):
        raise HotAxionError(
            f"the chain '{chain.prefix}' is being written by another process; wait for its end, "
            "stop it, or give another folder by --chains."
        )
    resume.repair(chain.prefix)
    difference = difference_of(chain)
    if difference:
        raise HotAxionError(
            f"the chain '{chain.prefix}' was sampled with another input ({difference}); remove "
            "its files, or give another folder by --chains."
        )


def difference_of(chain: Chain) -> str:
    """Where the input of the files there differs in data, theory or priors; empty if it does not.

    As Cobaya compares before it resumes, defaults filled in, versions and speeds left aside; also
    where tables or emulators have changed since, if the chain says with which it was sampled.
    """
    from cobaya.input import is_equal_info, update_info
    from cobaya.yaml import yaml_dump, yaml_load

    with cobaya_session(quiet=True):
        old = content_of(chain, _UPDATED)
        if not old:
            return ""
        if changed := _changed_data(old):
            return changed
        full = update_info({**chain.info, "output": str(chain.prefix)})
        for likelihood in full["likelihood"].values():
            likelihood.pop("params", None)  # Cobaya has moved them to the block params
        new = yaml_load(yaml_dump(full))
        for info in (old, new):
            components = [info.get(block) or {} for block in ("theory", "likelihood")]
            for component in (c for block in components for c in block.values() if c):
                component.pop("speed", None)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            same = is_equal_info(
                old, new, strict=False, print_not_log=True, ignore_blocks=_NO_MATTER
            )
    return "" if same else said.getvalue().split(": ", 1)[-1].split(" -- ")[0].strip()


def _changed_data(old: Mapping[str, Any]) -> str:
    """The first theory of an updated.yaml whose data files are no longer those of its record."""
    for name, options in (old.get("theory") or {}).items():
        recorded = recorded_data_hash((options or {}).get("version"))
        try:
            same = not recorded or recorded == data_hash(kind_of(name, options) or name, options)
        except (OSError, KeyError):  # the file has gone
            same = False
        if not same:
            return f"the data files of {name} have changed since"
    return ""


def recorded_versions(chain: Chain) -> dict[str, str]:
    """Version of Cobaya and of each theory as the chain has them, "unknown" where it has none."""
    try:
        content = content_of(chain)
    except HotAxionError:
        return {}
    versions = {"Cobaya": content.get("version")}
    for name, options in (content.get("theory") or {}).items():
        versions[kind_of(name, options) or name] = (options or {}).get("version")
    return {name: str(version or "unknown") for name, version in versions.items()}


# --- sampling --------------------------------------------------------------------------------


def sample(
    chains: Sequence[Chain],
    jobs: int,
    logs: Path,
    report: Callable[[str], None],
    threads: int = 1,
) -> dict[Path, Outcome]:
    """Run or resume chains, `jobs` at a time, each in a process with a log of its own.

    A chain that fails does not stop the others. An interrupt or SIGTERM stops all of them; what
    they have written stays, and the next call goes on from there.

    Parameters
    ----------
    chains : those to run; the longest ones are started first.
    jobs : how many at a time.
    logs : folder for the logs.
    report : gets one line for each chain that has ended.
    threads : OMP_NUM_THREADS of each.

    Returns
    -------
    How each ended, by prefix.
    """
    logs.mkdir(parents=True, exist_ok=True)
    # Those with spectra and more parameters take longest: none of them is left for the end.
    waiting = sorted(chains, key=lambda chain: (not chain.joint, -chain.dimension))
    running: dict[Path, tuple[Chain, subprocess.Popen[bytes], float]] = {}
    ended: dict[Path, Outcome] = {}
    with _sigterm_as_interrupt():
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    chain = waiting.pop(0)
                    running[chain.prefix] = (chain, _start(chain, logs, threads), time.monotonic())
                for chain, process, start in list(running.values()):
                    if process.poll() is None:
                        continue
                    del running[chain.prefix]
                    outcome = Outcome(process.returncode, time.monotonic() - start)
                    ended[chain.prefix] = outcome
                    report(f"[{len(ended)}/{len(chains)}] {_line(chain, outcome, logs)}")
                time.sleep(_POLL_S)
        finally:
            _stop(process for _, process, _ in running.values())
    return ended


def _start(chain: Chain, logs: Path, threads: int) -> subprocess.Popen[bytes]:
    """`hotaxion run` resumes with as many processes as before, and cuts broken lines."""
    write_input(chain)
    command = [sys.executable, "-m", "hotaxion.analysis.cli", "run", str(chain.path)]
    command += ["-o", str(chain.prefix), "-r"]
    with open(log_of(chain, logs), "ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        )


def log_of(chain: Chain, logs: Path) -> Path:
    """The file with what Cobaya says."""
    return logs / f"{chain.name}.log"


def _line(chain: Chain, outcome: Outcome, logs: Path) -> str:
    """What is said of a chain that has ended."""
    if outcome.code:
        return f"{chain.name}: failed (exit code {outcome.code}), see {log_of(chain, logs)}"
    last = _checkpoint(chain).get("Rminus1_last")
    known = isinstance(last, float) and math.isfinite(last)
    level = f", R-1 = {last:.3f}" if known else ""
    return f"{chain.name}: {state_of(chain)}{level}, {outcome.seconds:.0f} s"


def _stop(processes: Iterator[subprocess.Popen[bytes]]) -> None:
    left = [process for process in processes if process.poll() is None]
    for process in left:
        process.terminate()
    until = time.monotonic() + _PATIENCE_S
    for process in left:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        kept = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: then the caller handles signals
        kept = None
    try:
        yield
    finally:
        if kept is not None:
            signal.signal(signal.SIGTERM, kept)
