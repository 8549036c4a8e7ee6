"""Make a profile likelihood: Cobaya's `minimize` at each of a grid of fixed values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.chains import profile as profiles
from hotaxion.analysis.chains.priors import FLAT_IN, arguments, flat_range, is_sampled
from hotaxion.analysis.chains.profile import Profile, read_fingerprint, read_profile
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories
from hotaxion.theory.checks import number
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.files import cut_last_line, hexdigest, write_whole
from hotaxion.theory.relics.options import AxionOptions

# Last trust region in units of the proposal widths, and starts. One start can end 0.7 above the
# least chi^2 of nine parameters; with CLASS, each costs hundreds of its runs.
_MINIMIZER = {"override_bobyqa": {"rhoend": 0.02}}
_SEED = 2205_07849  # of the starting points: a profile repeats
_STARTS, _STARTS_CLASS = 4, 1
_EXAMPLE = "0.01 0.05 0.1 0.2"
_BORDER = 1e-6  # of the width of a flat prior: this far from its ends a minimum is looked for
_NO_MODEL = ("sampler", "output", "force", "resume")
_NOT_PHYSICS = (*_NO_MODEL, "debug", "packages_path", "timing")


def run_profile(
    path: str | Path,
    parameter: str,
    grid: Sequence[float],
    output: str | Path,
    packages_path: str | Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Profile:
    """Minimise at each value of the grid that is not in the output file yet.

    The file grows by a line after each point; a stopped run goes on where it was, and a longer
    grid adds to it. Points are taken from the lowest value up, each starting at the best fit of
    the one before. The best of four starts counts, there and around it (with CLASS: of one,
    there). A block ``sampler: minimize:`` in the input overrides the minimiser's options, and the
    covariance matrix of ``sampler: mcmc:`` gives the widths.

    Parameters
    ----------
    path, grid, output : the input; values to fix the parameter at; the file.
    parameter : a sampled parameter, or one that is a function of a sampled helper (`m_a` of
        `ln_m_a`); its prior is not used.
    packages_path : where Cobaya's external data are; default as Cobaya finds it.
    report : called with a line about each point.

    Raises
    ------
    UnknownOptionError : no such input, or the parameter is not sampled.
    RangeError : the grid is not finite, or too short for a bound, the points of the file counted.
    HotAxionError : Cobaya refuses the input or a value, the minimiser fails, or the output file
        belongs to another input.
    """
    values = sorted({number("a value of the grid (--grid)", value) for value in grid})
    with cobaya_session(quiet=True):
        info = load_input(path)
        if packages_path is not None:
            info["packages_path"] = str(packages_path)
        base, free = _without(info, parameter)
        done = _open_output(Path(output), parameter, free, fingerprint(info, parameter))
        if len({*values, *done}) < profiles.MIN_POINTS:
            raise RangeError(
                f"a grid of {len(values)} values given; a bound needs {profiles.MIN_POINTS}, "
                f"e.g. {_EXAMPLE}."
            )
        start: dict[str, float] = {}
        for value in values:
            if value not in done:
                chi2, chi2_data, done[value] = _minimise(base, parameter, value, free, start)
                line = profiles.row(value, chi2, chi2_data, [*done[value].values()])
                with Path(output).open("a", encoding="utf-8") as file:
                    file.write(line)
                report(f"{parameter} = {value:g}: chi2 = {chi2_data:.3f}")
            start = done[value]
    return read_profile(output)


def fingerprint(info: Mapping[str, Any], parameter: str) -> str:
    """What decides a profile, as a short hash: likelihoods, theories, parameters, priors."""
    physics = {key: value for key, value in info.items() if key not in _NOT_PHYSICS}
    return hexdigest(json.dumps([parameter, physics], sort_keys=True, default=str))


def _open_output(
    path: Path, parameter: str, free: list[str], mark: str
) -> dict[float, dict[str, float]]:
    """Best fits of the points that the file has; a new file gets its header."""
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, profiles.header(parameter, free, mark))
        except OSError as error:
            raise HotAxionError(f"cannot write '{path}': {error}") from None
        return {}
    if read_fingerprint(path) != mark:
        raise HotAxionError(
            f"'{path}' is a profile of another parameter or input (data, theory or priors differ); "
            "give another output file, or delete this one."
        )
    cut_last_line(path)  # where the run was stopped while it wrote
    if all(line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines()):
        return {}
    old = read_profile(path)
    if list(old.best) != free:
        raise HotAxionError(f"'{path}': its columns are not {', '.join(free)}; delete this file.")
    return {
        float(value): {name: float(old.best[name][i]) for name in free}
        for i, value in enumerate(old.values)
    }


def _without(given: Mapping[str, Any], parameter: str) -> tuple[dict[str, Any], list[str]]:
    """The input without the prior of a parameter and its helpers; names of what stays sampled.

    Jacobians (priors called flat_in_NAME) of other parameters go, too: they are no data, and would
    move the best fit.
    """
    info = {key: value for key, value in deepcopy(dict(given)).items() if key not in _NO_MODEL}
    params = info.get("params") or {}
    sampled = [name for name in params if is_sampled(params, name)]
    entry = params.get(parameter)
    helpers = arguments(entry.get("value")) if isinstance(entry, Mapping) else []
    gone = {parameter, *helpers} & {*sampled}
    if not gone:
        raise UnknownOptionError("sampled parameter", parameter, sampled)
    info["prior"] = {
        label: function
        for label, function in (info.get("prior") or {}).items()
        if not (gone & set(arguments(function)) or label.startswith(FLAT_IN))
    }
    free = [name for name in sampled if name not in gone]
    info["params"] = {name: p for name, p in params.items() if name not in gone - {parameter}}
    info["params"] |= {name: _within_its_prior(params[name]) for name in free}
    sampler = given.get("sampler") or {}
    starts = _STARTS_CLASS if find_theories(info, "HotClassy") else _STARTS
    covmat = {key: (sampler.get("mcmc") or {}).get(key) for key in ("covmat", "covmat_params")}
    covmat = {key: value for key, value in covmat.items() if value is not None}
    own = sampler.get("minimize") or {}
    info["sampler"] = {"minimize": {**_MINIMIZER, "best_of": starts, **covmat, **own}}
    return info, free


def _within_its_prior(entry: dict[str, Any]) -> dict[str, Any]:
    """A flat prior without its very ends.

    There a likelihood may vanish (m_a = 0), and a minimiser that starts or ends at a border tries
    exactly that point.
    """
    limits = flat_range(entry["prior"])
    if limits is None:
        return entry
    inside = _BORDER * (limits[1] - limits[0])
    return entry | {"prior": {"min": limits[0] + inside, "max": limits[1] - inside}}


def _minimise(
    base: Mapping[str, Any],
    parameter: str,
    value: float,
    free: list[str],
    start: Mapping[str, float],
) -> tuple[float, float, dict[str, float]]:
    """Least chi^2 with the parameter fixed, its part of the data, and where it lies."""
    info = deepcopy(dict(base))
    kept = {k: v for k, v in info["params"][parameter].items() if k in ("latex", "drop")}
    info["params"][parameter] = kept | {"value": value}
    if parameter in ("m_a", "f_a", "log10_f_a", "delta_neff"):
        _solve_once(info)
    least = _run_minimizer(info, start) if free else _only_point(info)
    chi2, chi2_data = 2.0 * float(least["minuslogpost"]), float(least["chi2"])
    if not np.isfinite([chi2, chi2_data]).all():
        raise HotAxionError(
            f"the likelihood vanishes at {parameter} = {value:g}, whatever the other parameters; "
            "leave this value out of the grid."
        )
    return chi2, chi2_data, {name: float(least[name]) for name in free}


def _only_point(info: Mapping[str, Any]) -> dict[str, float]:
    """The same where nothing is left to minimise."""
    from cobaya.model import get_model

    with get_model({k: v for k, v in info.items() if k != "sampler"}, stop_at_error=True) as model:
        found = model.logposterior({})
    return {"minuslogpost": -found.logpost, "chi2": -2.0 * float(sum(found.loglikes))}


def _run_minimizer(info: Mapping[str, Any], start: Mapping[str, float]) -> Any:
    """Cobaya's minimum, the best of several starts.

    The first is `start` (where it says nothing, the reference of the input), the others scatter
    around it by the widths of the proposal. If all fail, once more from the input's own reference.
    """
    from cobaya.log import LoggedError
    from cobaya.model import get_model
    from cobaya.sampler import get_sampler

    options = dict(info["sampler"]["minimize"])
    seed = _SEED if options.get("seed") is None else options["seed"]
    problems: list[Exception] = []
    minima: list[Any] = []

    def minimise(references: Mapping[str, Any], starts: int = 1) -> None:
        model.prior.set_reference(references)
        one = {**options, "best_of": starts, "seed": seed + len(minima) + len(problems)}
        try:
            sampler = get_sampler({"minimize": one}, model, None, info.get("packages_path"))
            sampler.run()
            minima.append(sampler.products()["minimum"])
        except LoggedError as error:
            problems.append(error)

    with get_model({k: v for k, v in info.items() if k != "sampler"}) as model:
        sampled = model.parameterization.sampled_params_info()
        widths = model.prior.reference_variances() ** 0.5
        own = {name: entry.get("ref") for name, entry in sampled.items()}
        around = own | dict(start)
        minimise(around)
        for (name, entry), width in zip(sampled.items(), widths, strict=True):
            if isinstance(around[name], Real):  # else it scatters already
                scale = entry.get("proposal", width)
                around[name] = {"dist": "norm", "loc": around[name], "scale": scale}
        if options["best_of"] > 1:
            minimise(around, options["best_of"] - 1)
        if start and not minima:
            minimise(own)
    if not minima:
        raise problems[-1]
    return min(minima, key=lambda minimum: float(minimum["minuslogpost"]))


def _solve_once(info: dict[str, Any]) -> None:
    """No table of relics for one mass: it would cost more than the relics themselves."""
    if not any(is_sampled(info["params"], name) for name in AxionOptions.sampled()):
        for name in find_theories(info, "HotAxion"):
            info["theory"][name] = dict(info["theory"][name] or {}) | {"table": False}
