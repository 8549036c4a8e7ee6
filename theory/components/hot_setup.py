"""What `HotClassy` checks and says at set-up, beyond what all theories look for (`guards`)."""

from __future__ import annotations

from typing import Any

from cobaya.log import LoggedError

from hotaxion.theory.components.guards import (
    EXTRA_RADIATION,
    bounds_of,
    defaulted,
    helium_givers,
)
from hotaxion.theory.components.relic_products import relic_names
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev


def check_neutrino_masses(code: Any, model: Any) -> None:
    """Refuse a `mnu` whose value, or whole prior, is impossible; warn if a part of it is."""
    least = minimal_sum_ev(code.hierarchy)
    bounds = bounds_of("mnu", model)
    if bounds is None or least <= bounds[0]:
        return
    text = (
        f"The {code.hierarchy} hierarchy needs a sum of masses of at least {least:.4f} eV; "
        f"'mnu' is {bounds[0]:g} to {bounds[1]:g} eV."
    )
    if bounds[1] < least:
        raise LoggedError(code.log, "%s Raise 'mnu', or use 'hierarchy: degenerate'.", text)
    code.mpi_warning(
        "%s Points below have likelihood zero; set the lower end of the prior to the minimum.",
        text,
    )


def check_helium(code: Any, model: Any) -> None:
    """Refuse two sources of helium."""
    givers = helium_givers(model)
    given = sorted({"YHe", "yhe"} & set(code.input_params))
    if len(sources := [*(f"the parameter {name}" for name in given), *givers]) > 1:
        raise LoggedError(
            code.log,
            "Helium is given twice: by %s. Remove one of them.",
            " and by ".join(sources),
        )


def announce(code: Any) -> None:
    """Say what was set up, and which essential inputs CLASS fills by itself."""
    names = {*code.input_params, *code.input_params_extra}
    received = set(map(code.translate_param, names))
    helium = {
        "bbn": "YHe from BBN (or the params block)",
        "class": "YHe from extra_args or params"
        if "YHe" in received | set(code.extra_args)
        else "YHe from CLASS's own table (other nuclear rates than those of BBN)",
    }
    species = [f"{code.hierarchy} neutrinos (momenta: {code.neutrino_nodes})"]
    relics = [*(["axion"] if code.axion else []), *relic_names(code.relics)]
    species += [f"{name} (momenta: {code.axion_nodes})" for name in relics] or ["no axion"]
    if EXTRA_RADIATION in names:
        species.append("extra radiation")
    if {"w0_fld", "wa_fld"} & received:
        species.append("dark energy: w0, wa")
    code.mpi_info(
        "CLASS %s: %s; %s; non-linear: %s",
        code.get_version(),
        "; ".join(species),
        helium[code.helium],
        code.extra_args.get("non_linear"),
    )
    if missing := defaulted(received | set(code.extra_args), bool(code.extra_args["output"])):
        code.mpi_warning("CLASS uses its own default for %s.", ", ".join(missing))
