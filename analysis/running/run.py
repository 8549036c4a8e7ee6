"""`hotaxion run`: the analyses that come with the package, by name, as `cobaya-run` runs them."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import DIRECT, EMULATED, find_theories, kind_of
from hotaxion.analysis.inputs.user_classes import class_folders, resolve_python_paths
from hotaxion.analysis.running import launch, resume
from hotaxion.analysis.running.brief import Brief
from hotaxion.analysis.running.cobaya_child import TRACEBACK
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_whole

_log = logging.getLogger(__name__)
_EMULATOR_ONLY = ("emulator", "fallback", "tolerance", "speed", "version")
AUTO = "auto"
NAUTILUS = "hotaxion.analysis.running.Nautilus"
_MANY = 4  # parameters


@dataclass(frozen=True)
class RunOptions:
    """Options of a run, named as those of `cobaya-run` where it has them."""

    # MPI processes, i.e. chains; "auto": the number of cores, or 1 without MPI; None: as many as
    # the run that is resumed had, else 1.
    processes: int | str | None = None
    use_class: bool = False  # CLASS itself instead of its emulator
    resume: bool = False  # go on with earlier chains
    force: bool = False  # remove earlier chains
    output: str | None = None  # prefix of the output instead of that in the file
    minimize: bool = False  # look for the best fit instead of sampling
    test: bool = False  # set everything up, then stop
    packages_path: str | None = None  # Cobaya's external data
    launcher: str | None = None  # command instead of mpirun, e.g. "srun --mpi=pmix"
    seed: int | None = None  # of the sampler's random numbers
    brief: bool = False  # progress and bounds alone; what Cobaya says goes to PREFIX.log
    debug: bool = False  # the traceback of every error
    sampler: str | None = None  # "nautilus" instead of that of the input; processes are its forks


def run(given: str, options: RunOptions) -> int:
    """Run an analysis as `cobaya-run` does; returns the exit code of Cobaya.

    Raises
    ------
    UnknownOptionError : no such analysis.
    HotAxionError : the input cannot be read, has no emulator to be replaced by CLASS or is that of
        a chain that another run writes, or this process was itself started by mpirun.
    OSError : the folder of the output cannot be made or written to.
    """
    launch.refuse_nesting()
    if options.sampler and options.minimize:
        raise HotAxionError("--sampler with --minimize: a minimiser samples nothing; give one.")
    path = find_input(given)
    if path.suffix.lower() not in (".yaml", ".yml") or path.stem in ("input", "updated"):
        raise HotAxionError(  # Cobaya takes such a file for the prefix of a chain
            f"'{path}': Cobaya takes no input of this name; give one that ends in .yaml and is not "
            "input.yaml or updated.yaml."
        )
    with cobaya_session(quiet=True):
        info = load_input(path, post=True)
    prefix = options.output or (info.get("output", path.stem) or None)  # as Cobaya has it
    if options.use_class and not options.output:
        prefix = f"{info.get('output') or path.stem}_class"
    again = "stop it, or give another prefix by -o"
    infix = ".minimize" if options.minimize else ""  # as Cobaya's lock: it may go on beside a chain
    with resume.only_run(prefix + infix, again) if prefix else contextlib.nullcontext():
        if prefix and options.resume:
            resume.repair(prefix)
        elif prefix and not options.force:
            resume.refuse_programs(prefix)
        elif prefix and not options.minimize:
            resume.forget_evidence(prefix)
        changed = _changed_input(info, path, prefix, options)
        if changed:
            options = replace(options, output=prefix)
        folders = class_folders(path)
        threads = options.use_class or _gains_by_threads(info)
        command, env = cobaya_command(changed or path, prefix, options, folders, threads)
        if not options.brief:
            return launch.execute(command, env)
        if not prefix:
            raise HotAxionError("--brief: no output, hence no file for a log; give a prefix by -o.")
        watch = Brief(prefix, info, _samples(info, options))
        watch.log.parent.mkdir(parents=True, exist_ok=True)
        if options.force or not (options.resume or resume.chain_files(prefix)):
            watch.log.unlink(missing_ok=True)  # else it is that of a chain which stays
        return launch.execute(command, env, watch)


def cobaya_command(
    path: Path, prefix: str | None, options: RunOptions, folders: list[str], threads: bool = True
) -> tuple[list[str], dict[str, str]]:
    """What runs Cobaya on a file, with classes of the user in `folders`, and its environment.

    threads : whether a process has more than one where there are cores for them.
    """
    processes, launcher = (1, ()) if options.sampler else _processes(options, prefix)
    command = [sys.executable, "-m", "hotaxion.analysis.running.cobaya_child", str(path)]
    command += [
        f"--{flag}" for flag in ("resume", "force", "minimize", "test") if getattr(options, flag)
    ]
    for flag, value in (("output", options.output), ("packages-path", options.packages_path)):
        command += [f"--{flag}", value] if value else []
    if processes > 1:
        command = [*launcher, "-n", str(processes), *command]
    share = processes * (_forks(options) if options.sampler else 1)
    env = launch.environment(processes, launch.cores() // share if threads else 1)
    # As `find_user_classes` in this process.
    env["PYTHONPATH"] = os.pathsep.join([*folders, *filter(None, [env.get("PYTHONPATH")])])
    if options.debug:
        env[TRACEBACK] = "1"
    count = env["OMP_NUM_THREADS"]
    _log.info("%d process(es), OMP_NUM_THREADS = %s: %s", processes, count, shlex.join(command))
    return command, env


def _gains_by_threads(info: Mapping[str, Any]) -> bool:
    """Whether a Boltzmann code, or what we do not know, is in it: our own arrays are too small."""
    kinds = {kind_of(name, options) for name, options in (info.get("theory") or {}).items()}
    return bool(kinds & {None, "HotClassy"})


def _samples(info: Mapping[str, Any], options: RunOptions) -> bool:
    """Whether a chain of the prefix comes of it."""
    if options.test or options.minimize or info.get("post"):
        return False
    return bool(options.sampler) or not {"evaluate", "minimize"} & {*(info.get("sampler") or ())}


def _forks(options: RunOptions) -> int:
    return launch.cores() if options.processes == AUTO else int(options.processes or 1)


def _processes(options: RunOptions, prefix: str | None) -> tuple[int, tuple[str, ...]]:
    """How many processes, and what starts several; an INFO line where it is not as asked for."""
    wanted = options.processes
    if wanted is None:
        wanted = (prefix and options.resume and resume.recorded_processes(prefix)) or 1
    if wanted == 1:
        return 1, ()
    launcher, missing = launch.find_mpi(options.launcher)
    if options.test:
        _log.info("One process: Cobaya tests an input without MPI.")
    elif missing:
        instead = "" if wanted == AUTO else f" instead of {wanted}"
        _log.info("One process%s: %s.", instead, missing)
    else:
        return launch.cores() if wanted == AUTO else int(wanted), launcher
    return 1, ()


# --- changes of the input ----------------------------------------------------------------------


def _changed_input(
    info: Mapping[str, Any], path: Path, prefix: str | None, options: RunOptions
) -> Path | None:
    """A file with what the options change in the input; None: they leave it as it is."""
    from cobaya.yaml import yaml_dump

    seed, own_seed = options.seed, resume.sampler_of(info).get("seed")
    if options.resume and seed is not None:
        raise HotAxionError(
            f"--seed {seed} with -r: a chain that goes on cannot be repeated, for Cobaya does not "
            "keep the state of its random numbers; leave --seed out, or start anew (-f)."
        )
    if options.resume and prefix and own_seed is None:
        seed = resume.recorded_seed(prefix)  # without it Cobaya does not go on
    what = []
    if options.use_class:
        info = {**with_class(info), "output": prefix}
        what.append("CLASS instead of its emulator")
    if options.sampler:
        info = with_nautilus(info, _forks(options))
        what.append("nautilus as sampler")
    if seed is not None and seed != own_seed:
        info = with_seed(info, seed, options.minimize)
        what.append(f"seed {seed}")
    if resolve_python_paths(dict(read_yaml(path)), path):
        what.append("python_path from the folder of the input")
    if not what:
        return None
    ending = "input_class" if options.use_class else "input_run"
    written = resume.file_of(prefix or path.stem, f"{ending}.yaml")  # PREFIX.yaml may be the user's
    written.parent.mkdir(parents=True, exist_ok=True)
    write_whole(written, yaml_dump(dict(info)))
    _log.info("%s: wrote %s", ", ".join(what), written)
    return written


def with_class(info: Mapping[str, Any]) -> dict[str, Any]:
    """The input with CLASS itself in place of its emulator.

    Raises HotAxionError if there is no emulator in it, or its file cannot be read.
    """
    if not find_theories(info, "EmulatedClassy"):
        raise HotAxionError(f"--class: no {EMULATED} in the input to be replaced; leave it out.")
    return {**info, "theory": class_for_emulator(info["theory"])}


def class_for_emulator(theories: Mapping[str, Any]) -> dict[str, Any]:
    """The block `theory` with HotClassy in place of EmulatedClassy, and the same settings of CLASS:
    what the emulator was trained with (else HotClassy's), and over that what the input writes.

    A key of the user's own stays. Raises HotAxionError if the emulator's file cannot be read.
    """
    from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path

    replaced = {}
    for name, options in theories.items():
        if kind_of(name, options) != "EmulatedClassy":
            replaced[name] = options
            continue
        kept = {key: v for key, v in (options or {}).items() if key not in _EMULATOR_ONLY}
        emulator = emulator_path((options or {}).get("emulator"))
        trained = SpectraEmulator.load(emulator).origin["HotClassy"]
        if kept.get("extra_args", {}) is None:  # as the record of a chain has it
            kept.pop("extra_args")
        if name == EMULATED:
            replaced[DIRECT] = {**trained, **kept}
        else:
            kept.pop("python_path", None)  # of the user's class
            replaced[name] = {**trained, **kept, "class": DIRECT}
    return replaced


def with_nautilus(info: Mapping[str, Any], processes: int) -> dict[str, Any]:
    """The input with nautilus as its sampler, which draws about the proposal of an mcmc block, or
    few parameters from their priors: then to bounds within 3 % in seconds.
    """
    mcmc = (info.get("sampler") or {}).get("mcmc") or {}
    drawn = {key: mcmc[key] for key in ("covmat", "covmat_params") if key in mcmc}
    if len(sampled(info)) < _MANY:  # ellipsoids find them
        drawn = {"n_live": 100, "f_live": 0.1, "n_networks": 0, "n_eff": 4000}
    elif "covmat" in drawn:  # one mode, whose shape is known: a rough map of it will do
        drawn |= {"n_live": 300, "f_live": 0.1, "n_networks": 1}
    return {**info, "sampler": {NAUTILUS: {**drawn, "processes": processes}}}


def sampled(info: Mapping[str, Any]) -> list[str]:
    """Names of the parameters with a prior in the input (a likelihood may have others)."""
    entries = info["params"].items()
    return [name for name, entry in entries if isinstance(entry, Mapping) and "prior" in entry]


def with_seed(info: Mapping[str, Any], seed: Any, minimize: bool = False) -> dict[str, Any]:
    """The input with a seed in the block of its sampler; an INFO line says what else is needed."""
    if not info.get("sampler"):
        raise HotAxionError("--seed: no block 'sampler:' in the input to put it in; add one.")
    ((name, options),) = info["sampler"].items()
    if minimize and name != "minimize":  # Cobaya would put a block of its own in its place
        name, options = "minimize", None
    options = dict(options or {})
    if name == "mcmc" and options.get("measure_speeds", True):
        _log.info(
            "Two runs with this seed are equal byte by byte only with 'measure_speeds: false' in "
            "the block mcmc: Cobaya orders its steps by the speeds that it measures."
        )
    return {**info, "sampler": {name: {**options, "seed": seed}}}
