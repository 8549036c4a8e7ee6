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

ABSENT, UNFINISHED, CONVERGED, STOPPED = "absent", "unfinished", "converged", "at max_samples"
FINISHED = (CONVERGED, STOPPED)
_FAST = {"max_samples": 1000, "output_every": 200, "seed": 1}
# Chains of BBN alone take seconds: long enough for errors of bounds well below the 6 % to be told.
# Variants only have to show what moves a bound by more than that.
_BBN, _BBN_VARIANT, _JOINT_VARIANT = (
    {"Rminus1_stop": means, "Rminus1_cl_stop": bounds}
    for means, bounds in ((0.002, 0.07), (0.003, 0.1), (0.03, 0.2))
)


@dataclass(frozen=True)
class Options:
    """Options of `hotaxion reproduce`.

    Attributes
    ----------
    output : folder for the report, its figures, logs and inputs.
    chains : folder of the chains, `NAME` and `NAME__VARIANT`.
    jobs : chains at a time; None: the number of cores.
    variants : whether the variants of each analysis are run.
    use_class : CLASS itself instead of its emulator.
    fast : short chains of BBN analyses, to try the command.
    burn : fraction dropped at the start of each chain.
    """

    output: Path = Path("chains/reproduce")
    chains: Path = Path("chains")
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


def make_job(analysis: str, variant: str | None, options: Options) -> Job:
    """The chain of an analysis or of one of its variants."""
    with cobaya_session(quiet=True):
        info = load_input(find_input(analysis))
    name, joint = analysis, bool(find_theories(info, "EmulatedClassy", "HotClassy"))
    criteria = {} if joint else _BBN
    if variant:
        name, criteria = f"{name}__{variant}", _JOINT_VARIANT if joint else _BBN_VARIANT
        info = recursive_update(info, VARIANTS[variant].change)
    if options.fast:
        name, criteria = f"{name}__fast", {**criteria, **_FAST}
    if options.use_class and find_theories(info, "EmulatedClassy"):
        name = f"{name}_class"
        info = with_class(info)
    prefix = options.chains / name
    info = recursive_update(info, {"sampler": {"mcmc": criteria}, "output": str(prefix)})
    return Job(analysis, variant, info, options.output / "inputs" / f"{name}.yaml", prefix)


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


def recorded(job: Job, ending: str = "updated.yaml") -> Mapping[str, Any]:
    """A YAML file that Cobaya has written for a chain; empty if it is absent.

    Raises
    ------
    HotAxionError : it cannot be read, holds no mapping, or would run code; names the file.
    """
    path = Path(f"{job.prefix}.{ending}")
    return read_yaml(path) if path.exists() else {}


def of_sampler(job: Job, ending: str) -> Mapping[str, Any]:
    """What a file of the chain says of its sampler; empty if it says nothing."""
    try:
        return next(iter(recorded(job, ending)["sampler"].values())) or {}
    except (HotAxionError, TypeError, KeyError, AttributeError, StopIteration):
        return {}


def state_of(job: Job) -> str:
    """ABSENT, UNFINISHED, CONVERGED or STOPPED (at max_samples)."""
    first = Path(f"{job.prefix}.1.txt")
    if not first.exists():
        return ABSENT
    wanted, had = job.info["sampler"]["mcmc"], of_sampler(job, "updated.yaml")
    # A chain that had to meet looser criteria goes on, as Cobaya has it.
    looser = any(had[key] > wanted[key] for key in _BBN if key in wanted and key in had)
    if of_sampler(job, "checkpoint").get("converged") and not looser:
        return CONVERGED
    with open(first, "rb") as file:
        rows = sum(1 for _ in file) - 1  # the first line is a header
    return STOPPED if rows >= wanted.get("max_samples", float("inf")) else UNFINISHED


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
    if difference := difference_of(job):
        raise HotAxionError(
            f"the chain '{job.prefix}' was sampled with another input ({difference}); remove "
            "its files, or give another folder by --chains."
        )


def difference_of(job: Job) -> str:
    """Where the chain there is of other data files or of another input; empty if it is not.

    Cobaya compares inputs when it resumes a chain; for a finished one it is asked here.
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
        for info in (old, new):
            for block in ("theory", "likelihood"):
                for options in filter(None, (info.get(block) or {}).values()):
                    options.pop("speed", None)  # changes nothing that is sampled
        said, aside = io.StringIO(), ("output", "sampler")
        with contextlib.redirect_stdout(said):
            same = is_equal_info(old, new, strict=False, print_not_log=True, ignore_blocks=aside)
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
