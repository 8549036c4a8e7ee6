"""Guards for what reaches CLASS: nothing that is sampled may be lost on the way without a word.

Cobaya (issue 494) stops passing a parameter to CLASS as soon as another component asks for it by
name; CLASS then uses its default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

# Cosmological inputs of CLASS that belong to it whoever else asks for them.
CLASS_INPUTS = frozenset(
    "omega_b Omega_b omega_cdm Omega_cdm omega_m Omega_m H0 h theta_s_100 100*theta_s "
    "A_s ln_A_s_1e10 sigma8 S8 n_s alpha_s beta_s k_pivot r n_t alpha_t "
    "tau_reio z_reio reionization_width helium_fullreio_redshift helium_fullreio_width "
    "Omega_k Omega_Lambda Omega_fld w0_fld wa_fld cs2_fld T_cmb YHe "
    "omega_idm Omega_idm f_idm Gamma_dcdm Omega_dcdmdr omega_ini_dcdm".split()
)

# What CLASS silently fills with a default if nobody sets it: (what, names, needs spectra).
_ESSENTIAL = (
    ("the baryon density", ("omega_b", "Omega_b"), False),
    ("the dark matter density", ("omega_cdm", "Omega_cdm", "omega_m", "Omega_m"), False),
    ("the expansion rate", ("H0", "h", "theta_s_100", "100*theta_s"), False),
    ("the primordial amplitude", ("A_s", "ln_A_s_1e10", "sigma8", "S8"), True),
    ("the spectral index", ("n_s",), True),
    ("reionization", ("tau_reio", "z_reio"), True),
)

_NEUTRINO_CURE = "neutrinos are set by the parameter 'mnu' and the option 'hierarchy'"
_RADIATION_CURE = (
    "the number of relativistic species follows from 'hierarchy' and the axion; for extra "
    "radiation sample 'delta_neff' of HotAxion"
)
_AXION_CURE = (
    "hot species come from HotAxion and the option 'extra_species', their momenta from "
    "'axion_nodes' and 'neutrino_nodes'"
)
_OWNED = {
    "m_ncdm": _NEUTRINO_CURE,
    "omega_ncdm": _NEUTRINO_CURE,
    "Omega_ncdm": _NEUTRINO_CURE,
    "N_ncdm": _NEUTRINO_CURE,
    "deg_ncdm": _NEUTRINO_CURE,
    "T_ncdm": _NEUTRINO_CURE,
    "ksi_ncdm": _NEUTRINO_CURE,
    "Omega_nu": _NEUTRINO_CURE,
    "N_ur": _RADIATION_CURE,
    "N_eff": _RADIATION_CURE,
    "Neff": _RADIATION_CURE,
    "nnu": _RADIATION_CURE,
    "Omega_ur": _RADIATION_CURE,
    "omega_ur": _RADIATION_CURE,
    "use_ncdm_psd_files": _AXION_CURE,
    "ncdm_psd_filenames": _AXION_CURE,
    "ncdm_psd_parameters": _AXION_CURE,
    "ncdm_quadrature_strategy": _AXION_CURE,
    "ncdm_N_momentum_bins": _AXION_CURE,
    "ncdm_maximum_q": _AXION_CURE,
    "Number of momentum bins": _AXION_CURE,
    "Maximum q": _AXION_CURE,
}


_HELIUM_TABLE = "sBBN file"


class Parameterization(Protocol):
    """The part of Cobaya's class of this name that is used here."""

    def input_params(self) -> Mapping[str, object]: ...
    def dropped_param_set(self) -> set[str]: ...
    @property
    def input_dependencies(self) -> Mapping[str, set[str]]: ...


def owned_names(names: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    """One sentence with the cure for each name that only this package may give to CLASS."""
    return [
        f"'{name}' cannot be given to CLASS here: {_OWNED[translate(name)]}."
        for name in names
        if translate(name) in _OWNED
    ]


def lost_parameters(
    parameterization: Parameterization, received: Iterable[str], translate: Callable[[str], str]
) -> list[str]:
    """Cosmological parameters of the run that CLASS does not receive, directly or by a lambda."""
    received = set(received)
    dependencies = parameterization.input_dependencies
    dropped = parameterization.dropped_param_set()
    reached_by_lambda = {p for q in received for p in dependencies.get(q, ())}
    return sorted(
        name
        for name in parameterization.input_params()
        if (translate(name) in CLASS_INPUTS or name == "mnu")
        and name not in received
        and not (name in dropped and name in reached_by_lambda)
    )


def defaulted(given: Iterable[str], wants_spectra: bool) -> list[str]:
    """Essential quantities (with their names in CLASS) that nobody sets."""
    given = set(given)
    return [
        f"{what} ({' or '.join(names)})"
        for what, names, needs_spectra in _ESSENTIAL
        if (wants_spectra or not needs_spectra) and given.isdisjoint(names)
    ]


# Different names in CLASS of one quantity: only one of each row may be set.
_SAME_QUANTITY = (
    {"omega_b", "Omega_b"},
    {"omega_cdm", "Omega_cdm", "omega_m", "Omega_m"},
    {"H0", "h", "theta_s_100", "100*theta_s"},
    {"A_s", "ln_A_s_1e10", "sigma8", "S8"},
    {"tau_reio", "z_reio"},
)


def given_twice(names: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    """One sentence with the cure for each quantity that several of these names set."""
    found = defaultdict(list)
    for name in names:
        in_class = translate(name)
        row = next((r for r in _SAME_QUANTITY if in_class in r), {in_class})
        found[min(row)].append(name)
    return [
        f"{' and '.join(repr(n) for n in sorted(same))} set the same quantity: keep one of them."
        for same in found.values()
        if len(same) > 1
    ]


def missing_files(extra_args: Mapping[str, Any], class_folder: Path) -> list[str]:
    """One sentence with the cure for each path in CLASS's options that leads nowhere.

    CLASS looks for `sBBN file` inside its own folder only.
    """
    complaints = []
    tables = class_folder / "external" / "bbn"
    for key, value in extra_args.items():
        if "file" not in key or not isinstance(value, str) or not ("/" in value or "." in value):
            continue
        if key == _HELIUM_TABLE:
            known = sorted(file.name for file in tables.glob("*.dat"))
            if known and not Path(f"{class_folder}{value}").is_file():
                complaints.append(
                    f"the file of {key!r} does not exist inside CLASS: {value}; give one of "
                    f"{', '.join(known)}, or use 'helium: bbn' for another table."
                )
        elif not value.startswith("/external/") and not Path(value).exists():
            complaints.append(
                f"the file of {key!r} does not exist: {value}; correct the path (relative ones "
                f"start in {Path.cwd()})."
            )
    return complaints


def bounds_of(name: str, model: Any) -> tuple[float, float] | None:
    """Fixed value (twice) or ends of the prior of an input; None if it is neither."""
    parameterization = model.parameterization
    if name in parameterization.constant_params():
        return (float(parameterization.constant_params()[name]),) * 2
    sampled = list(parameterization.sampled_params())
    if name not in sampled:
        return None
    low, high = model.prior.bounds(confidence_for_unbounded=0.9999)[sampled.index(name)]
    return float(low), float(high)
