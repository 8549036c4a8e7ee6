"""Chains that `hotaxion reproduce` wants: their inputs, and how those that are there stand."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories, kind_of
from hotaxion.analysis.published.analyses import VARIANTS
from hotaxion.analysis.running import resume
from hotaxion.analysis.running.run import with_class
from hotaxion.theory.components.record import data_hash, recorded_data_hash
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_whole

CHAINS, OUTPUT = "chains", "chains/reproduce"
ABSENT, UNFINISHED, CONVERGED, STOPPED = "absent", "unfinished", "converged", "at max_samples"
FINISHED = (CONVERGED, STOPPED)
FAST = {"max_samples": 1000, "output_every": 200, "seed": 1}
# Chains of BBN alone take seconds: long enough for errors of bounds well below the 6 % to be told.
PRECISE = {"Rminus1_stop": 0.002, "Rminus1_cl_stop": 0.07}
# Variants only have to show what moves a bound by more than 6 %: of BBN alone, and joint ones.
SHORT_BBN = {"Rminus1_stop": 0.003, "Rminus1_cl_stop": 0.1}
SHORT = {"Rminus1_stop": 0.03, "Rminus1_cl_stop": 0.2}
_CRITERIA = ("Rminus1_stop", "Rminus1_cl_stop")
_COMPONENTS = ("theory", "likelihood")
_NO_MATTER = ("output", "sampler")  # blocks that do not change what is sampled


@dataclass(frozen=True)
class Options:
    """Options of `hotaxion reproduce`.

    Attributes
    ----------
    output : folder for the report, its figures, logs and the inputs.
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


@dataclass(frozen=True)
class Job:
    """One chain to be had: an analysis or a variant of it.

    Attributes
    ----------
    analysis, variant : names in ANALYSES and VARIANTS; variant None for the analysis itself.
    info : the Cobaya input.
    path : its file, written when the chain is run.
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
        return bool(find_theories(self.info, "EmulatedClassy", "HotClassy"))

    @property
    def dimension(self) -> int:
        """Number of sampled parameters of the input, without those of likelihoods."""
        entries = (self.info.get("params") or {}).values()
        return sum(isinstance(entry, Mapping) and "prior" in entry for entry in entries)


def make_job(analysis: str, variant: str | None, options: Options) -> Job:
    """The chain of an analysis or of one of its variants."""
    with cobaya_session(quiet=True):
        info = load_input(find_input(analysis))
    joint = bool(find_theories(info, "EmulatedClassy", "HotClassy"))
    name, mcmc = analysis, {} if joint else PRECISE
    if variant:
        name, mcmc = f"{analysis}__{variant}", SHORT if joint else SHORT_BBN
        info = recursive_update(info, VARIANTS[variant].change)
    if options.fast:
        name, mcmc = f"{name}__fast", {**mcmc, **FAST}
    info = recursive_update(info, {"sampler": {"mcmc": mcmc}})
    if options.use_class and find_theories(info, "EmulatedClassy"):
        name = f"{name}_class"
        info = with_class(info, name)
    prefix = options.chains / name
    path = options.output / "inputs" / f"{name}.yaml"
    return Job(analysis, variant, {**info, "output": str(prefix)}, path, prefix)


def write_input(job: Job) -> None:
    """Write the input of a chain, with the seed of the one that is there."""
    from cobaya.yaml import yaml_dump

    job.path.parent.mkdir(parents=True, exist_ok=True)
    what = VARIANTS[job.variant].text if job.variant else "as it is"
    seed = resume.recorded_seed(job.prefix)  # without it Cobaya does not go on
    same = {} if seed is None else {"sampler": {"mcmc": {"seed": seed}}}
    text = yaml_dump(recursive_update(job.info, same))
    write_whole(job.path, f"# {job.analysis}: {what}\n{text}")


# --- what is there ---------------------------------------------------------------------------


def state_of(job: Job) -> str:
    """ABSENT, UNFINISHED, CONVERGED or STOPPED (at max_samples)."""
    first = Path(f"{job.prefix}.1.txt")
    if not first.exists():
        return ABSENT
    wanted, had = job.info["sampler"]["mcmc"], of_sampler(job, "updated.yaml")
    # A chain that had to meet looser criteria goes on, as Cobaya has it.
    looser = any(had[key] > wanted[key] for key in _CRITERIA if key in wanted and key in had)
    if of_sampler(job, "checkpoint").get("converged") and not looser:
        return CONVERGED
    with open(first, "rb") as file:
        rows = sum(1 for _ in file) - 1  # the first line is a header
    return STOPPED if rows >= wanted.get("max_samples", float("inf")) else UNFINISHED


def of_sampler(job: Job, ending: str) -> Mapping[str, Any]:
    """What a file of the chain says of its sampler; empty if it says nothing."""
    try:
        return next(iter(recorded(job, ending)["sampler"].values())) or {}
    except (HotAxionError, TypeError, KeyError, AttributeError, StopIteration):
        return {}


def recorded(job: Job, ending: str = "updated.yaml") -> Mapping[str, Any]:
    """A YAML file that Cobaya has written for a chain; empty if it is absent.

    Raises
    ------
    HotAxionError : it cannot be read, holds no mapping, or would run code; names the file.
    """
    path = Path(f"{job.prefix}.{ending}")
    return read_yaml(path) if path.exists() else {}


def check_usable(job: Job) -> None:
    """Refuse a chain that is of another input, or is being written by somebody else.

    Raises
    ------
    HotAxionError : says what differs, or which file is broken, and what to do.
    """
    if resume.is_running(job.prefix):
        raise HotAxionError(
            f"the chain '{job.prefix}' is being written by another process; wait for its end, "
            "stop it, or give another folder by --chains."
        )
    resume.repair(job.prefix)
    difference = difference_of(job)
    if difference:
        raise HotAxionError(
            f"the chain '{job.prefix}' was sampled with another input ({difference}); remove "
            "its files, or give another folder by --chains."
        )


def difference_of(job: Job) -> str:
    """Where the chain there is of other data files or of another input; empty if it is not.

    Cobaya compares inputs when it resumes. A finished chain is not resumed, so that its
    comparison is called here.
    """
    from cobaya.input import is_equal_info, update_info
    from cobaya.yaml import yaml_dump, yaml_load

    with cobaya_session(quiet=True):
        old = recorded(job)
        if not old or (changed := _changed_data(old)):
            return changed if old else ""
        full = update_info(dict(job.info))
        for likelihood in full["likelihood"].values():
            likelihood.pop("params", None)  # Cobaya has moved them to the block params
        new = yaml_load(yaml_dump(full))
        for block in (info.get(kind) or {} for info in (old, new) for kind in _COMPONENTS):
            for options in filter(None, block.values()):
                options.pop("speed", None)  # changes nothing that is sampled
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            same = is_equal_info(
                old, new, strict=False, print_not_log=True, ignore_blocks=_NO_MATTER
            )
    return "" if same else said.getvalue().split(": ", 1)[-1].split(" -- ")[0].strip()


def _changed_data(old: Mapping[str, Any]) -> str:
    """The first theory of an updated.yaml whose data files are no longer those of its record."""
    for name, options in (old.get("theory") or {}).items():
        was = recorded_data_hash((options or {}).get("version"))
        try:
            same = not was or was == data_hash(kind_of(name, options) or name, options)
        except (OSError, KeyError):  # the file has gone
            same = False
        if not same:
            return f"the data files of {name} have changed since"
    return ""


def recorded_versions(job: Job) -> dict[str, str]:
    """Version of Cobaya and of each theory as the chain has them, "unknown" where it has none."""
    content = recorded(job)
    versions = {"Cobaya": content.get("version")}
    for name, options in (content.get("theory") or {}).items():
        versions[kind_of(name, options) or name] = (options or {}).get("version")
    return {name: str(version or "unknown") for name, version in versions.items()}
