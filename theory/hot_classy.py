"""Cobaya theory `HotClassy`: CLASS with neutrinos and the thermal axion as hot dark matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cobaya.log import LoggedError
from cobaya.theories.classy import classy
from cobaya.theory import Provider

from hotaxion.theory.class_input import SpeciesReport, class_species, species_report
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError
from hotaxion.theory.neutrinos import minimal_sum_ev, neutrino_sector
from hotaxion.theory.routing import CLASS_INPUTS, defaulted, lost_parameters, owned_names

# Asked for less, CLASS truncates k and C_29 comes out 36 % low.
L_MAX_MIN = 1000
_HELIUM_SOURCES = ("bbn", "class")


class HotClassy(classy):
    """CLASS (Blas, Lesgourgues & Tram, 1104.2933) fed with `axion_psd`, `mnu` and `YHe`.

    All parameters of CLASS go by their usual names; `logA` is known, too. In what CLASS derives,
    "ncdm" (`m_ncdm_tot`, `Omega_nu`) is neutrinos plus axion.
    """

    hierarchy: str
    axion: bool
    axion_nodes: int
    helium: str

    # --- set-up -------------------------------------------------------------------------------
    def initialize(self) -> None:
        """Load CLASS and refuse wrong options."""
        super().initialize()
        self.renames = {**self.renames, "logA": "ln_A_s_1e10"}
        self._computed_once = False
        self._announced = False
        try:
            minimal_sum_ev(self.hierarchy)
            if self.helium not in _HELIUM_SOURCES:
                raise UnknownOptionError("source of helium", self.helium, _HELIUM_SOURCES)
            if not isinstance(self.axion_nodes, int) or not 3 <= self.axion_nodes <= 16:
                raise RangeError(
                    f"axion_nodes = {self.axion_nodes}; allowed is 3 to 16 (4 is good)"
                )
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self._refuse(owned_names(self.extra_args, self.translate_param), "extra_args")
        if self.helium == "bbn" and "YHe" in self.extra_args:
            raise LoggedError(
                self.log, "'YHe' in extra_args needs the option 'helium: class' of this theory."
            )

    def initialize_with_params(self) -> None:
        """Refuse parameters that would fight with ours."""
        super().initialize_with_params()
        self._refuse(owned_names(self.input_params, self.translate_param), "params")
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
        return {name: None for name, needed in wanted.items() if needed}

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
        """Always with temperature (CLASS refuses lensing alone) and to a sane multipole."""
        super().set_cl_reqs({**reqs, "tt": max(reqs.get("tt", 0), L_MAX_MIN)})

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
        if not self._announced:
            self._announced = True
            self._announce({self.translate_param(p) for p in received})

    def _announce(self, received: set[str]) -> None:
        helium = {
            "bbn": "YHe from BBN (or the params block)",
            "class": "YHe from extra_args or params"
            if "YHe" in received | set(self.extra_args)
            else "YHe from CLASS's own table (other nuclear rates than those of BBN)",
        }
        self.mpi_info(
            "CLASS %s: %s neutrinos; %s; %s; non-linear: %s",
            self.get_version(),
            self.hierarchy,
            f"axion with {self.axion_nodes} momenta" if self.axion else "no axion",
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
        params = {p: v for p, v in params_values_dict.items() if p != "mnu"}
        self.classy.empty()
        super().set(params | self._species)

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Compute one point; False (likelihood zero) where physics forbids it."""
        try:
            sector = neutrino_sector(params.get("mnu", 0.0), self.hierarchy)
        except RangeError as error:
            self.log.debug("%s", error)
            return False
        psd = self.provider.get_axion_psd() if self.axion else None
        try:
            with class_species(sector, psd, self.axion_nodes) as self._species:
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
