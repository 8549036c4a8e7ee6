"""Cobaya theory `HotClassy`: CLASS with neutrinos and the thermal axion as hot dark matter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cobaya.log import LoggedError
from cobaya.theories.classy import classy
from cobaya.theory import Provider

from hotaxion.theory.class_input import SpeciesReport, class_species, species_report
from hotaxion.theory.class_momenta import NODES_RANGE
from hotaxion.theory.class_relics import RelicOptions
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.extra_args import with_defaults
from hotaxion.theory.neutrinos import minimal_sum_ev, neutrino_sector
from hotaxion.theory.routing import (
    CLASS_INPUTS,
    bounds_of,
    defaulted,
    given_twice,
    lost_parameters,
    missing_files,
    owned_names,
)

# Asked for less, CLASS truncates k and C_29 comes out 36 % low.
L_MAX_MIN = 1000
_HELIUM_SOURCES = ("bbn", "class")
# Names of inputs that Cobaya's classy does not know: logA, and those of CAMB.
_MORE_NAMES = {
    "logA": "ln_A_s_1e10",
    "ombh2": "omega_b",
    "omch2": "omega_cdm",
    "omk": "Omega_k",
}


class HotClassy(classy):
    """CLASS (Blas, Lesgourgues & Tram, 1104.2933) fed with `axion_psd`, `mnu` and `YHe`.

    All parameters of CLASS go by their usual names; `logA` is known, too. In what CLASS derives,
    "ncdm" (`m_ncdm_tot`, `Omega_nu`) is neutrinos plus axion.
    """

    hierarchy: str
    axion: bool
    axion_nodes: int | str
    neutrino_nodes: int | str
    extra_species: list[dict[str, Any]] | None
    helium: str

    # --- set-up -------------------------------------------------------------------------------
    def initialize(self) -> None:
        """Load CLASS and refuse wrong options."""
        try:
            self.extra_args = with_defaults(self.extra_args)
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        super().initialize()
        self.renames = {**self.renames, **_MORE_NAMES}
        self._computed_once = False
        self._announced = False
        try:
            minimal_sum_ev(self.hierarchy)
            if self.helium not in _HELIUM_SOURCES:
                raise UnknownOptionError("source of helium", self.helium, _HELIUM_SOURCES)
            self._nodes = _nodes("axion_nodes", self.axion_nodes, "auto")
            self._neutrino_nodes = _nodes("neutrino_nodes", self.neutrino_nodes, "class")
            self._relics = [RelicOptions(entry) for entry in self.extra_species or ()]
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self._refuse(owned_names(self.extra_args, self.translate_param), "extra_args")
        folder = Path(self.classy_module.__file__).parent
        self._refuse(missing_files(self.extra_args, folder), "extra_args")
        l_max = self.extra_args.get("l_max_scalars", L_MAX_MIN)
        if not float(l_max) >= L_MAX_MIN:  # YAML may have given a string
            raise LoggedError(
                self.log,
                "l_max_scalars = %s in extra_args, but below %d CLASS truncates its wavenumbers, "
                "and C_l comes out tens of percent low. Remove it: l_max follows from the "
                "likelihoods.",
                l_max,
                L_MAX_MIN,
            )
        if self.helium == "bbn" and "YHe" in self.extra_args:
            raise LoggedError(
                self.log, "'YHe' in extra_args needs the option 'helium: class' of this theory."
            )

    def initialize_with_params(self) -> None:
        """Refuse parameters that would fight with ours."""
        super().initialize_with_params()
        self._refuse(owned_names(self.input_params, self.translate_param), "params")
        own = {"mnu", *self._relic_parameters}
        cosmological = [p for p in self.input_params if p not in own]
        self._refuse(
            given_twice([*cosmological, *self.extra_args], self.translate_param),
            "params and extra_args",
        )
        if self.hierarchy == "massless" and "mnu" in self.input_params:
            raise LoggedError(
                self.log, "'mnu' is given but 'hierarchy: massless' ignores it; use 'degenerate'."
            )

    def _refuse(self, complaints: list[str], where: str) -> None:
        if complaints:
            raise LoggedError(self.log, "In %s: %s", where, " ".join(complaints))

    def get_requirements(self) -> dict[str, Any]:
        """What other components (or the params block) must deliver."""
        wanted = {
            "mnu": self.hierarchy != "massless",
            "axion_psd": self.axion,
            "YHe": self.helium == "bbn",
        }
        names = [name for name, needed in wanted.items() if needed]
        return dict.fromkeys([*names, *self._relic_parameters])

    @property
    def _relic_parameters(self) -> list[str]:
        """Parameters that `extra_species` names instead of numbers."""
        return [name for relic in self._relics for name in relic.parameters]

    def get_can_support_params(self) -> list[str]:
        """All inputs of CLASS, so that they come here even if others ask for them, too."""
        return [*CLASS_INPUTS, *(p for p, name in self.renames.items() if name in CLASS_INPUTS)]

    def get_can_provide_params(self) -> list[str]:
        """As CLASS, but helium comes from BBN."""
        names = super().get_can_provide_params()
        if self.helium == "bbn":
            names = [name for name in names if self.translate_param(name) != "YHe"]
        return names

    def set_cl_reqs(self, reqs: Mapping[str, int]) -> None:
        """Always with temperature (CLASS refuses lensing alone) and to a sane multipole.

        Polarisation comes along with lensing: the likelihood of ACT reads it without asking.
        """
        more = {"tt": max(reqs.get("tt", 0), L_MAX_MIN)}
        if "pp" in reqs:
            more["ee"] = max(reqs.get("ee", 0), L_MAX_MIN)
        super().set_cl_reqs({**reqs, **more})

    def initialize_with_provider(self, provider: Provider) -> None:
        """Check that every cosmological parameter reaches CLASS, and say what was set up."""
        super().initialize_with_provider(provider)
        received = {*self.input_params, *self.input_params_extra}
        model = provider.model
        if lost := lost_parameters(model.parameterization, received, self.translate_param):
            raise LoggedError(
                self.log,
                "The parameters %s do not reach CLASS, it would use its defaults. Remove "
                "'input_params' or 'requires' from the theory block, or 'drop: True' from "
                "parameters that nothing depends on.",
                lost,
            )
        axion_near = "delta_neff" in model.parameterization.input_params() or any(
            "axion_psd" in {*theory.get_can_provide(), *theory.get_can_provide_methods()}
            for theory in model.theory.values()
        )
        if axion_near and not self.axion:
            raise LoggedError(
                self.log,
                "There is an axion (or 'delta_neff') in this run, but 'axion: False' hides it from "
                "CLASS. Set 'axion: True' (with HotAxion in the theory block), or remove it.",
            )
        self._check_neutrino_masses(model)
        self._check_helium(model)
        if not self._announced:
            self._announced = True
            self._announce({self.translate_param(p) for p in received})

    def _check_neutrino_masses(self, model: Any) -> None:
        """Refuse a `mnu` whose value, or whole prior, is impossible; warn if a part of it is."""
        least = minimal_sum_ev(self.hierarchy)
        bounds = bounds_of("mnu", model)
        if bounds is None or least <= bounds[0]:
            return
        text = (
            f"The {self.hierarchy} hierarchy needs a sum of masses of at least {least:.4f} eV; "
            f"'mnu' is {bounds[0]:g} to {bounds[1]:g} eV."
        )
        if bounds[1] < least:
            raise LoggedError(self.log, "%s Raise 'mnu', or use 'hierarchy: degenerate'.", text)
        self.mpi_warning(
            "%s Points below have likelihood zero; set the lower end of the prior to the minimum.",
            text,
        )

    def _check_helium(self, model: Any) -> None:
        """Refuse two sources of helium; warn where BBN does not know an extra relic."""
        givers = [
            name
            for name, theory in model.theory.items()
            if theory is not self and "YHe" in theory.get_can_provide_params()
        ]
        if givers and (
            given := sorted({"YHe", "yhe"} & set(model.parameterization.input_params()))
        ):
            raise LoggedError(
                self.log,
                "Helium is given twice: as the parameter %s and by %s. Remove one of them.",
                given,
                givers,
            )
        if self._relics and self.helium == "bbn" and givers:
            self.mpi_warning(
                "%s does not know 'extra_species': Y_p, D/H and YHe belong to the axion's "
                "delta_neff alone. 'helium: class' makes CLASS's own table see all species.",
                givers[0],
            )

    def _announce(self, received: set[str]) -> None:
        helium = {
            "bbn": "YHe from BBN (or the params block)",
            "class": "YHe from extra_args or params"
            if "YHe" in received | set(self.extra_args)
            else "YHe from CLASS's own table (other nuclear rates than those of BBN)",
        }
        self.mpi_info(
            "CLASS %s: %s neutrinos (momenta: %s); %s%s; %s; non-linear: %s",
            self.get_version(),
            self.hierarchy,
            self.neutrino_nodes,
            f"axion (momenta: {self.axion_nodes})" if self.axion else "no axion",
            f"; {len(self._relics)} extra species" if self._relics else "",
            helium[self.helium],
            self.extra_args.get("non_linear"),
        )
        wants_spectra = bool(self.extra_args["output"])
        if missing := defaulted(received | set(self.extra_args), wants_spectra):
            self.mpi_warning("CLASS uses its own default for %s.", ", ".join(missing))

    # --- one point ----------------------------------------------------------------------------
    def set(self, params_values_dict: dict[str, Any]) -> None:
        """Add the hot species to the parameters.

        CLASS is emptied first: it does not notice a file that changed under the same name, and
        settings of an earlier point would stay.
        """
        own = {"mnu", *self._relic_parameters}
        params = {p: v for p, v in params_values_dict.items() if p not in own}
        self.classy.empty()
        super().set(params | self._species)

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Compute one point; False (likelihood zero) where physics forbids it."""
        try:
            sector = neutrino_sector(params.get("mnu", 0.0), self.hierarchy)
            relics = [relic.at(params) for relic in self._relics]
        except RangeError as error:
            self.log.debug("%s", error)
            return False
        psd = self.provider.get_axion_psd() if self.axion else None
        try:
            with class_species(
                sector, psd, self._nodes, self._neutrino_nodes, relics
            ) as self._species:
                success = super().calculate(state, want_derived, **params)
        except RangeError as error:
            raise LoggedError(self.log, "%s", error) from error
        except self.classy_module.CosmoSevereError as error:
            # Cobaya would take this for a point of likelihood zero. Before CLASS has ever
            # worked it is the set-up; later it is a point outside what CLASS accepts.
            if self._computed_once:
                return False
            raise LoggedError(
                self.log,
                "CLASS refused its input. Check names in 'params' and 'extra_args'. CLASS says: %s",
                error,
            ) from error
        self._computed_once = self._computed_once or success is not False
        return success

    def species(self) -> SpeciesReport:
        """N_eff and omega of each hot species as CLASS has them at the last computed point."""
        return species_report(self.classy)

    # --- installation: CLASS comes with the package ------------------------------------------
    @classmethod
    def get_path(cls, path: str) -> str:
        """Where `cobaya-install` puts CLASS."""
        return classy.get_path(path)

    @classmethod
    def is_installed(cls, reload: bool = False, **kwargs: Any) -> bool:
        """Whether any CLASS, also the one from pip, can be used."""
        return any(
            classy.is_installed(reload=reload, **{**kwargs, "path": path})
            for path in ("global", kwargs.get("path"))
        )

    @classmethod
    def install(cls, **kwargs: Any) -> bool:
        """Install CLASS the way Cobaya does."""
        return classy.install(**kwargs)


def _nodes(option: str, value: object, word: str) -> int | None:
    """A number of momenta, or None for `word`. Raises RangeError for anything else."""
    low, high = NODES_RANGE
    if value == word:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RangeError(f"{option} = {value}; allowed is {word!r} or an integer, {low} to {high}.")
    return value
