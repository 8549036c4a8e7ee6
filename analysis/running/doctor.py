"""`hotaxion doctor`: what is installed, what is found, and whether parameters reach CLASS."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from hotaxion.analysis.inputs.cures import cures
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import AXION, DIRECT, NUCLEI
from hotaxion.analysis.running import launch
from hotaxion.analysis.running.components import routes, tables
from hotaxion.analysis.text import columns
from hotaxion.theory.components.foreign import foreign_notes
from hotaxion.theory.components.guards import setup_complaints
from hotaxion.theory.components.record import code_version

OK, NOTE, BROKEN = "ok", "note", "BROKEN"
_PACKAGES = ("hotaxion", "cobaya", "classy", "numpy", "scipy", "getdist")
# Parameter: value, moved value, what must move in CLASS. r_drag [Mpc] does not depend on H0 at
# fixed physical densities; the age [Gyr] does.
_PROBE = {
    "omega_b": (0.0224, 0.025, "rdrag"),
    "omega_cdm": (0.12, 0.13, "rdrag"),
    "m_a": (0.3, 0.05, "rdrag"),
    "H0": (67.5, 72.0, "age"),
}
_LEAST_MOVE = 1e-3  # Mpc or Gyr; the true moves are above 0.3


class Check(NamedTuple):
    """One line of the doctor's report; `status` is "ok", "note" or "BROKEN"."""

    name: str
    status: str
    text: str


def examine(packages_path: str | Path | None = None) -> list[Check]:
    """All checks of the installation (a few seconds); packages_path as in `examine_yaml`."""
    return [
        *check_versions(),
        check_mpi(),
        check_packages_path(packages_path),
        check_class_gets_parameters(),
    ]


def check_versions() -> list[Check]:
    """Versions of Python, hotaxion and what it needs; CLASS must load, being compiled."""
    checks = [Check("python", OK, f"{sys.version.split()[0]} ({sys.executable})")]
    for name in _PACKAGES:
        try:
            known = code_version() if name == "hotaxion" else metadata.version(name)
            checks.append(Check(name, OK, known))
        except metadata.PackageNotFoundError:
            checks.append(Check(name, BROKEN, f"not installed; pip install {name}"))
    try:
        classy = importlib.import_module("classy")
        checks.append(Check("CLASS library", OK, f"compiled and loads: {classy.__file__}"))
    except ImportError as error:
        cure = "pip install --force-reinstall --no-cache-dir classy (needs a C compiler)"
        checks.append(Check("CLASS library", BROKEN, f"does not load ({error}); {cure}"))
    return checks


def check_mpi() -> Check:
    """Whether `hotaxion run -n` can start several chains; one at a time, it always can."""
    mpi = launch.find_mpi()
    if mpi.missing:
        return Check("MPI", NOTE, f"one chain at a time: {mpi.missing}")
    return Check("MPI", OK, f"{' '.join(mpi.launcher)}, mpi4py {metadata.version('mpi4py')}")


def check_packages_path(given: str | Path | None = None) -> Check:
    """Cobaya's folder of external data; hotaxion's own likelihoods do not need it."""
    from cobaya.tools import resolve_packages_path

    path = given or resolve_packages_path()
    if not path:
        text = "not set; only needed for Cobaya's likelihoods with external data"
        return Check("packages_path", NOTE, f"{text}; cure: export COBAYA_PACKAGES_PATH=...")
    if Path(path).is_dir():
        return Check("packages_path", OK, str(path))
    # A folder that was asked for must be there.
    return Check("packages_path", BROKEN if given else NOTE, f"{path} does not exist")


def check_class_gets_parameters() -> Check:
    """Move omega_b, omega_cdm, m_a and H0 with all theories present: CLASS must answer.

    Without care CLASS silently keeps its default for a parameter that another component also
    asks for (Cobaya issue 494), e.g. for omega_b as soon as a BBN theory is there.
    """
    name = "parameters reach CLASS"
    try:
        moves = _probe()
    except Exception as error:  # whatever fails here is the diagnosis
        return Check(name, BROKEN, _named(error))
    stuck = [parameter for parameter, move in moves.items() if abs(move) < _LEAST_MOVE]
    text = ", ".join(f"{_PROBE[k][2]} {v:+.3f} with {k}" for k, v in moves.items())
    if stuck:
        return Check(name, BROKEN, f"CLASS does not see {', '.join(stuck)}: {text}")
    return Check(name, OK, text)


def _probe() -> dict[str, float]:
    """How much r_drag [Mpc] or the age [Gyr] moves when each parameter is moved alone."""
    from cobaya.model import get_model

    base = {name: value for name, (value, _, _) in _PROBE.items()}
    info = {
        "theory": dict.fromkeys((AXION, NUCLEI, DIRECT)),
        "likelihood": {"one": None},
        "params": {
            name: {"prior": [0.5 * min(a, b), 2 * max(a, b)]} for name, (a, b, _) in _PROBE.items()
        }
        | {"mnu": 0.06}
        | dict.fromkeys(("rdrag", "age", "delta_neff", "Y_p", "DH")),
    }
    with cobaya_session(quiet=True), get_model(info, stop_at_error=True) as model:
        names = list(model.parameterization.derived_params())

        def observe(point: dict[str, float]) -> dict[str, float]:
            return dict(zip(names, model.logposterior(point).derived, strict=True))

        start = observe(base)
        return {
            name: observe(base | {name: moved})[seen] - start[seen]
            for name, (_, moved, seen) in _PROBE.items()
        }


# --- one input file ----------------------------------------------------------------------


def examine_yaml(
    path: str | Path, packages_path: str | Path | None = None
) -> tuple[list[Check], str]:
    """Load a Cobaya input without computing anything: do its components resolve, who gets what.

    Parameters
    ----------
    path : Cobaya input file.
    packages_path : where Cobaya's external data are; default as Cobaya finds it.

    Returns
    -------
    The checks, and `components.tables` as text; empty if the model cannot be built.

    Raises
    ------
    HotAxionError : no such file or name, not YAML, no likelihood.
    """
    from cobaya.model import get_model

    from hotaxion.likelihoods.official import better_files

    with cobaya_session(quiet=True):
        info = load_input(path)
        if packages_path is not None:
            info["packages_path"] = str(packages_path)
    checks = [check_sampler(*block) for block in (info.get("sampler") or {}).items()]
    try:
        with cobaya_session(quiet=True), get_model(info, stop_at_error=True) as model:
            checks.append(Check("model", OK, f"{len(routes(model))} parameters"))
            # What our own theories refuse at set-up; any other Boltzmann code may need it, too.
            checks += [Check("parameters", BROKEN, text) for text in setup_complaints(model)]
            checks += [Check("likelihoods", NOTE, text) for text in foreign_notes(model)]
            unused = better_files(model.likelihood.values())
            checks += [Check("official files", NOTE, text) for text in unused]
            return checks, tables(model)
    except Exception as error:  # whatever fails here is the diagnosis
        return [*checks, Check("model", BROKEN, _named(error))], ""


def _named(error: Exception) -> str:
    text = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return " ".join([text, *(cure for cure in cures(error) if cure not in text)])


def check_sampler(name: str, options: Mapping[str, Any] | None) -> Check:
    """Whether a sampler exists, its options do and are of the types that Cobaya declares (which it
    does not look at), and its covariance matrix is there."""
    from cobaya.component import get_component_class
    from cobaya.input import update_info
    from cobaya.typing import validate_type

    label, given = f"sampler {name}", options or {}
    try:
        with cobaya_session(quiet=True):
            update_info({"sampler": {name: options}})
            types = typing.get_type_hints(get_component_class(name, "sampler"))
    except Exception as error:  # Cobaya imports what the user named: anything can be raised
        return Check(label, BROKEN, _named(error))
    try:
        for option, value in given.items():
            # 1e4 counts as a whole number, as for Cobaya.
            whole = isinstance(value, float) and value.is_integer()
            validate_type(types.get(option, Any), int(value) if whole else value, option)
    except TypeError as error:
        return Check(label, BROKEN, " ".join(str(error).split()))
    covmat = given.get("covmat")
    if isinstance(covmat, str) and covmat != "auto" and not Path(covmat).is_file():
        text = f"covmat: no file '{covmat}' (relative paths start in {Path.cwd()})"
        return Check(label, BROKEN, text)
    return Check(label, OK, "its options exist, and are of the right types")


# --- output ------------------------------------------------------------------------------


def to_text(checks: Iterable[Check]) -> str:
    """A line per check, the status first."""
    return columns([(f"[{check.status:^6}] {check.name}", check.text) for check in checks])


def is_broken(checks: Iterable[Check]) -> bool:
    """Whether something essential does not work."""
    return any(check.status == BROKEN for check in checks)
