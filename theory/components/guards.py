"""Guards for what reaches a Boltzmann code: nothing may be lost on the way without a word.

Cobaya (issue 494) stops passing a parameter to CLASS as soon as another component asks for it by
name; CLASS then uses its default. And a code that does not ask for `axion_psd` computes a universe
without axions. The theories of this package look for both at set-up, `hotaxion doctor` does so for
any input.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, Protocol

from hotaxion.theory.checks import number
from hotaxion.theory.components.foreign import foreign_complaints, say_notes
from hotaxion.theory.components.overlaps import overlap_complaints
from hotaxion.theory.components.record import require_recorded_data
from hotaxion.theory.components.relic_products import required, unreached
from hotaxion.theory.errors import RangeError
from hotaxion.theory.spectra.neutrinos import DELTA_NEFF_EXTRA_RANGE, N_EFF_MIN

# Cosmological inputs of CLASS that belong to it whoever else asks for them.
CLASS_INPUTS = frozenset(
    "omega_b Omega_b omega_cdm Omega_cdm omega_m Omega_m H0 h theta_s_100 100*theta_s "
    "A_s ln_A_s_1e10 sigma8 S8 n_s alpha_s beta_s k_pivot r n_t alpha_t "
    "tau_reio z_reio reionization_width helium_fullreio_redshift helium_fullreio_width "
    "Omega_k Omega_Lambda Omega_fld w0_fld wa_fld cs2_fld T_cmb YHe "
    "omega_idm Omega_idm f_idm Gamma_dcdm Omega_dcdmdr omega_ini_dcdm".split()
)

# Delta N_eff of massless radiation besides neutrinos and relics; for HotClassy and BBN.
EXTRA_RADIATION = "delta_neff_extra"
# Names of inputs that Cobaya's classy does not know: logA, and those of CAMB.
MORE_NAMES = {
    "logA": "ln_A_s_1e10",
    "ombh2": "omega_b",
    "omch2": "omega_cdm",
    "omk": "Omega_k",
}
# What only a Boltzmann code (or an emulator of one) hands out, by Cobaya's names.
_PRODUCTS = frozenset(
    "Cl unlensed_Cl lensed_scal_Cl Hubble angular_diameter_distance angular_diameter_distance_2 "
    "comoving_radial_distance Pk_grid Pk_interpolator fsigma8 sigma8_z sigma_R".split()
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
    "the number of relativistic species follows from 'hierarchy', axion and relics; for more "
    "radiation sample 'delta_neff' of HotAxion, or 'delta_neff_extra' (massless)"
)
_AXION_CURE = (
    "hot species come from HotAxion and HotRelic (option 'relics'), their momenta from "
    "'axion_nodes' and 'neutrino_nodes'"
)
_OWNED = {
    **dict.fromkeys(
        "m_ncdm omega_ncdm Omega_ncdm N_ncdm deg_ncdm T_ncdm ksi_ncdm Omega_nu".split(),
        _NEUTRINO_CURE,
    ),
    **dict.fromkeys("N_ur N_eff Neff nnu Omega_ur omega_ur".split(), _RADIATION_CURE),
    **dict.fromkeys(
        (
            *"use_ncdm_psd_files ncdm_psd_filenames ncdm_psd_parameters".split(),
            *"ncdm_quadrature_strategy ncdm_N_momentum_bins ncdm_maximum_q".split(),
            *("Number of momentum bins", "Maximum q"),
        ),
        _AXION_CURE,
    ),
}


class Parameterization(Protocol):
    """The part of Cobaya's class of this name that is used here."""

    def input_params(self) -> Mapping[str, object]: ...
    def constant_params(self) -> Mapping[str, float]: ...
    @property
    def input_dependencies(self) -> Mapping[str, set[str]]: ...


class Needed(str):
    """A requirement that explains itself where Cobaya finds nobody who provides it.

    Cobaya then says "Requirement NAME of COMPONENT is not provided by any component": NAME reads
    with its cure behind it. Anywhere else this is the plain name.
    """

    cure: str

    def __new__(cls, name: str, cure: str = "") -> Needed:
        self = super().__new__(cls, name)
        self.cure = cure
        return self

    def __str__(self) -> str:
        return f"{str.__str__(self)} ({self.cure})"


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
    """Cosmological parameters of the run that a code does not receive, directly or by a function.

    Nothing is lost with another expression of what it receives (for a likelihood, Omega_m from
    omega_cdm). NaN constants do not count: they are the derived columns of a chain in `post`.
    """
    received = set(received)
    dependencies = parameterization.input_dependencies
    by_function = {p for q in received for p in dependencies.get(q, ())}
    known = {_quantity(translate(name)) for name in received}
    constants = parameterization.constant_params()
    return sorted(
        name
        for name in parameterization.input_params()
        if (translate(name) in CLASS_INPUTS or name in ("mnu", EXTRA_RADIATION))
        and name not in received | by_function
        and not (
            _quantity(translate(name)) in known
            and dependencies.get(name)
            and received.issuperset(dependencies[name])
        )
        and not math.isnan(constants.get(name, 0.0))
    )


def lost_results(model: Any, received: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    """What a code always needs, does not receive, and another theory would have."""
    there = {_quantity(translate(name)) for name in received}
    missing = {name for _, names, _ in _ESSENTIAL for name in names if _quantity(name) not in there}
    codes = boltzmann_codes(model)
    others = {*model.theory.values()} - {*codes, *(h for c in codes for h in c._helpers.values())}
    on_offer = {p for theory in others for p in theory.get_can_provide_params()}
    return sorted(p for p in on_offer if translate(p) in missing - {"sigma8", "S8"})


def boltzmann_codes(model: Any) -> list[Any]:
    """The theories of a Cobaya model that provide spectra, distances or H(z)."""
    return [
        theory
        for theory in model.theory.values()
        if _PRODUCTS & {*theory.get_can_provide(), *theory.get_can_provide_methods()}
    ]


def setup_complaints(model: Any) -> list[str]:
    """One sentence with the cure for each Boltzmann code that misses a parameter or a hot relic
    (`relic_products`), and for data and priors that are counted twice (`overlaps`, `foreign`).
    """
    codes = boltzmann_codes(model)
    complaints = unreached(model, codes)
    for code in codes:
        name = code.get_name()
        if not code.get_allow_agnostic():  # it gets all that it declares
            continue
        received, translate = _received(code), _translation(code)
        if lost := lost_parameters(model.parameterization, received, translate):
            complaints.append(
                f"{', '.join(lost)} {'does' if len(lost) == 1 else 'do'} not reach {name}, it "
                f"would use its defaults: say 'requires: [{', '.join(lost)}]' in its block (or use "
                "hotaxion.theory.HotClassy, which takes all that is cosmological); remove "
                "'input_params' from it, and 'drop: True' from parameters that nothing depends on."
            )
        received.update(getattr(code, "extra_args", None) or ())
        if missed := ", ".join(lost_results(model, received, translate)):
            complaints.append(
                f"{missed}, which another theory gives, would not reach {name}: say 'requires: "
                f"[{missed}]' in its block."
            )
    return complaints + overlap_complaints(model) + foreign_complaints(model)


def _received(code: Any) -> set[str]:
    """Parameters that reach a code or its helpers (CAMB has one)."""
    names = (code.get_attr_list_with_helpers(f"input_params{end}") for end in ("", "_extra"))
    return {*chain(*names)}


def _translation(code: Any) -> Callable[[str], str]:
    """Names of a code's inputs to those of CLASS."""
    renames = {**(getattr(code, "renames", None) or {}), **MORE_NAMES}
    return lambda name: renames.get(name, name)


def givers(model: Any, parameter: str) -> list[str]:
    """Names of the theories that provide a parameter, but those whose `provides` leaves it out."""
    return [
        theory.get_name()
        for theory in model.theory.values()
        if parameter in {*theory.get_can_provide_params(), *theory.output_params}
        and parameter in (getattr(theory, "provides", None) or [parameter])
    ]


def helium_givers(model: Any) -> list[str]:
    """Names of the theories, Boltzmann codes apart, that provide YHe."""
    codes = {code.get_name() for code in boltzmann_codes(model)}
    return [name for name in givers(model, "YHe") if name not in codes]


def post_columns(model: Any) -> set[str]:
    """Derived columns of a chain that Cobaya's `post` did not ask to compute again.

    They come as constants NaN; the likelihood `one`, which `post` adds, takes them.
    """
    if "one" not in model.likelihood:
        return set()
    return {k for k, v in model.parameterization.constant_params().items() if math.isnan(v)}


def check_constants(model: Any, names: Iterable[str]) -> None:
    """Refuse fixed parameters that are true, false or not finite, columns of `post` apart.

    Raises
    ------
    RangeError : names the parameter.
    """
    params, columns = model.info()["params"], post_columns(model)
    for name in names:
        entry = params.get(name)
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        if name in model.parameterization.constant_params() and name not in columns:
            if not callable(value) and not isinstance(value, str):  # no function of constants
                number(f"parameter {name}", value)


def _check_extra_radiation(model: Any) -> None:
    """Refuse a value or prior that leaves no point; of another one single points are refused."""
    low, high = bounds_of(EXTRA_RADIATION, model) or (0.0, 0.0)
    least, most = DELTA_NEFF_EXTRA_RANGE
    if high < least or low > most:
        raise RangeError(
            f"parameter {EXTRA_RADIATION}: the given range is {low:g} to {high:g}; allowed is "
            f"{least:g} (N_eff = {N_EFF_MIN:g}) to {most:g}. Change its prior or value."
        )


def check_setup(component: Any) -> None:
    """What each theory of this package looks for as soon as it knows the model.

    Raises
    ------
    LoggedError : a Boltzmann code misses a relic or a parameter; a fixed parameter is no number;
        a parameter is required that `post` has as a column of the old chain only; a chain that is
        resumed was made with other data files.
    """
    from cobaya.log import LoggedError

    model = component.provider.model
    if "one" not in model.likelihood:  # `post` may give a theory other options, hence other data
        require_recorded_data(component)
    try:
        check_constants(model, component.input_params)
        _check_extra_radiation(model)
    except RangeError as error:
        raise LoggedError(component.log, "%s", error) from error
    there = {*component.input_params, *component.input_params_extra}
    columns = post_columns(model) - there
    if unmet := sorted(columns & required(component)):
        names = ", ".join(unmet)
        raise LoggedError(
            component.log,
            f"{names}: a column of the old chain, which has to be computed again; in 'post' write "
            f"'remove: {{params: [{names}]}}' and name it again under 'add: params:'.",
        )
    if complaints := setup_complaints(model):
        raise LoggedError(component.log, "%s", " ".join(complaints))
    say_notes(component)


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


def _quantity(in_class: str) -> str:
    """One name for all the names in CLASS of a quantity."""
    return min(next((row for row in _SAME_QUANTITY if in_class in row), {in_class}))


def given_twice(names: Iterable[str], translate: Callable[[str], str]) -> list[str]:
    """One sentence with the cure for each quantity that several of these names set."""
    found = defaultdict(list)
    for name in names:
        found[_quantity(translate(name))].append(name)
    return [
        f"{' and '.join(repr(n) for n in sorted(same))} set the same quantity: keep one of them."
        for same in found.values()
        if len(same) > 1
    ]


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
