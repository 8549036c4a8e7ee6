"""Chains that `hotaxion reproduce` wants: their inputs, and how those that are there stand."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import class_of, find_theories
from hotaxion.analysis.published.analyses import VARIANTS
from hotaxion.analysis.running import resume
from hotaxion.analysis.running.components import files_read
from hotaxion.analysis.running.run import NAUTILUS, sampled, with_class, with_nautilus
from hotaxion.theory.components.record import hash_of, recorded_data_hash
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
# Errors of 95 % bounds are then some 0.05 of the standard deviation (known gap: docs/results.md).
_NESTED = {"n_eff": 4000}


@dataclass(frozen=True)
class Options:
    """Options of `hotaxion reproduce`."""

    output: Path = Path("chains/reproduce")  # folder for the report, its figures, logs and inputs
    chains: Path = Path("chains")  # folder of the chains, NAME and NAME__VARIANT
    jobs: int | None = None  # chains at a time; None: the number of cores
    variants: bool = True  # whether the variants of each analysis are run
    use_class: bool = False  # CLASS itself instead of its emulator
    fast: bool = False  # short chains of BBN analyses, to try the command
    burn: float | None = None  # fraction dropped at the start of each chain
    sampler: str | None = None  # "nautilus" instead of chains, but for those of one parameter


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
        return needs_spectra(self.info)


def needs_spectra(info: Mapping[str, Any]) -> bool:
    """Whether CLASS or its emulator is in an input."""
    return bool(find_theories(info, "EmulatedClassy", "HotClassy"))


def input_of(analysis: str) -> Mapping[str, Any]:
    """The Cobaya input of an analysis."""
    with cobaya_session(quiet=True):
        return load_input(find_input(analysis))


def make_job(analysis: str, variant: str | None, options: Options, info: Mapping[str, Any]) -> Job:
    """The chain of an analysis with this input, or of one of its variants."""
    name, joint = analysis, needs_spectra(info)
    own = info["sampler"]["mcmc"]  # which may be stricter
    criteria = {} if joint else {key: min(own.get(key, goal), goal) for key, goal in _BBN.items()}
    if variant:
        name, criteria = f"{name}__{variant}", _JOINT_VARIANT if joint else _BBN_VARIANT
        info = recursive_update(info, VARIANTS[variant].change)
    if options.fast:
        name, criteria = f"{name}__fast", {**criteria, **_FAST}
    if options.use_class and find_theories(info, "EmulatedClassy"):
        name, info = f"{name}_class", with_class(info)
    prefix = options.chains / name
    if options.sampler and len(sampled(info)) > 1:
        nested = {"n_eff": 500, "seed": 1} if options.fast else _NESTED
        drawn = with_nautilus(info, 1)["sampler"][NAUTILUS]
        info = {**info, "sampler": {NAUTILUS: drawn | nested}, "output": str(prefix)}
    else:
        info = recursive_update(info, {"sampler": {"mcmc": criteria}, "output": str(prefix)})
    return Job(analysis, variant, info, options.output / "inputs" / f"{name}.yaml", prefix)


def write_input(job: Job) -> None:
    """Write the input of a chain, with the seed of the one that is there."""
    from cobaya.yaml import yaml_dump

    job.path.parent.mkdir(parents=True, exist_ok=True)
    what = VARIANTS[job.variant].text if job.variant else "as it is"
    seed = resume.recorded_seed(job.prefix)  # without it Cobaya does not go on
    sampler = next(iter(job.info["sampler"]))
    same = {} if seed is None else {"sampler": {sampler: {"seed": seed}}}
    text = yaml_dump(recursive_update(job.info, same))
    write_whole(job.path, f"# {job.analysis}: {what}\n{text}")


# --- what is there ---------------------------------------------------------------------------


def state_of(job: Job) -> str:
    """ABSENT, UNFINISHED, CONVERGED or STOPPED (at max_samples)."""
    first = Path(f"{job.prefix}.1.txt")
    if not first.exists():
        return ABSENT
    if Path(f"{job.prefix}.evidence.yaml").exists():  # of nautilus, written last
        return CONVERGED
    wanted, had = resume.sampler_of(job.info), resume.recorded_sampler(job.prefix, "updated.yaml")
    # A chain that had to meet looser criteria goes on, as Cobaya has it.
    looser = any(had[key] > wanted[key] for key in _BBN if key in wanted and key in had)
    if resume.recorded_sampler(job.prefix, "checkpoint").get("converged") and not looser:
        return CONVERGED
    rows = first.read_bytes().count(b"\n") - 1  # the first line is a header
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
    """The first place where the chain there is of other data files or another input; else empty.

    Cobaya compares inputs, and our components their data, when a chain is resumed; for a finished
    one it is asked here.
    """
    from cobaya.input import is_equal_info
    from cobaya.yaml import yaml_dump, yaml_load

    if not (old := resume.recorded(job.prefix, "updated.yaml")):
        return ""
    said = io.StringIO()
    with cobaya_session(quiet=True):
        new = yaml_load(yaml_dump(resume.with_defaults(job.info)))
        with contextlib.redirect_stdout(said):
            parts = _posterior_of(old), _posterior_of(new)
            if is_equal_info(*parts, strict=False, print_not_log=True):
                changed = next(_changed_data(old), "")
                return f"the data files of {changed} have changed since" if changed else ""
    place = re.search(r"\[(.+?)\]", said.getvalue())
    return f"different {place[1] if place else 'blocks'}"


def _posterior_of(info: Mapping[str, Any]) -> dict[str, Any]:
    """The blocks that decide it; Cobaya's comparison wants mappings in all of them."""
    blocks = {name: dict(info.get(name) or {}) for name in ("theory", "likelihood", "params")}
    for kind in ("theory", "likelihood"):  # the speed of a component changes nothing
        blocks[kind] = {
            k: {**(options or {}), "speed": None} for k, options in blocks[kind].items()
        }
    priors = {name: {"function": entry} for name, entry in (info.get("prior") or {}).items()}
    return {**blocks, "prior": priors}


def _changed_data(old: Mapping[str, Any]) -> Iterator[str]:
    """Components of an updated.yaml whose data files are no longer those of its record."""
    from cobaya.tools import resolve_packages_path

    for block in ("theory", "likelihood"):
        for name, options in (old.get(block) or {}).items():
            recorded = recorded_data_hash((options or {}).get("version"))
            found = class_of(name, options, block)
            try:
                files = files_read(found, options, resolve_packages_path(old)) if recorded else []
                same = not recorded or recorded == hash_of(files)
            except (OSError, KeyError):  # the file has gone
                same = False
            if not same:
                yield name
