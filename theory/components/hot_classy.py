"""Cobaya theory `HotClassy`: CLASS with neutrinos and the thermal axion as hot dark matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cobaya.log import LoggedError
from cobaya.theories.classy import classy
from cobaya.theory import Provider

from hotaxion.theory.checks import choice, flag
from hotaxion.theory.components.checked_options import CheckedOptions
from hotaxion.theory.components.extra_args import (
    L_MAX_MIN,
    class_defaults,
    complaints,
    non_linear,
    with_defaults,
)
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import (
    CLASS_INPUTS,
    EXTRA_RADIATION,
    MORE_NAMES,
    Needed,
    check_setup,
    given_twice,
    owned_names,
    post_columns,
)
from hotaxion.theory.components.hot_setup import (
    announce,
    check_helium,
    check_neutrino_masses,
)
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.components.relic_products import cure_of_product, relic_products
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.spectra import derived as class_derived
from hotaxion.theory.spectra.momenta import nodes_option
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev, neutrino_sector
from hotaxion.theory.spectra.species import SpeciesReport, class_species, species_report, too_warm

_HELIUM_SOURCES = ("bbn", "class")
_SPECIES = {"mnu", EXTRA_RADIATION}  # parameters that become neutrinos and radiation here
_EQUATION_OF_STATE = {"w0_fld", "wa_fld"}  # of dark energy, then a fluid, in CLASS's names
# Words of CLASS for what says nothing of the point.
_MACHINE = ("could not open", "could not allocate", "cannot allocate")
_CURES = {
    "mnu": "the sum of the neutrino masses [eV]: fix it, e.g. 'mnu: 0.06', or sample it",
    "YHe": "add hotaxion.theory.BBN, fix YHe in params, or set 'helium: class' here",
}


class HotClassy(CheckedOptions, classy):
    """CLASS (Blas, Lesgourgues & Tram, 1104.2933) fed with hot relics, `mnu` and `YHe`.

    Hot relics are the axion (product `axion_psd`) and those that `relics` names (`NAME_psd`).

    All parameters of CLASS go by their usual names; `logA` is known, too. In what CLASS derives,
    "ncdm" (`m_ncdm_tot`, `Omega_nu`) is neutrinos plus relics. With `w` or `wa` dark energy is a
    fluid with p/rho = w + (1 - a) wa that may cross -1 (PPF: Fang, Hu & Lewis 0808.3125).
    `delta_neff_extra` is massless radiation besides, which `BBN` takes, too.
    """

    hierarchy: str
    axion: bool
    relics: str | list[str] | None
    axion_nodes: int | str
    neutrino_nodes: int | str
    helium: str
    # Derived parameters on offer, by their names in CLASS.
    _derives: Collection[str] = class_derived.KNOWN

    if TYPE_CHECKING:  # of Cobaya's class; seen when the code runs, they would become options
        extra_args: dict[str, Any]
        renames: Mapping[str, str]
        stop_at_error: bool
        input_params: Sequence[str]
        output_params: Sequence[str]
        derived_extra: Sequence[str]
    else:  # as given
        extra_args: dict[str, Any] | None

    # --- set-up -------------------------------------------------------------------------------
    def initialize(self) -> None:
        """Load CLASS and refuse wrong options."""
        try:
            self.extra_args = with_defaults(self.extra_args, self._default_extra_args())
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        super().initialize()
        self.renames = {**self.renames, **MORE_NAMES}
        self.refusals = Refusals()
        self._computed_once = False
        self._announced = False
        try:
            minimal_sum_ev(self.hierarchy)
            choice("source of helium", self.helium, _HELIUM_SOURCES)
            flag("axion", self.axion)
            self._products = relic_products(self.relics, self.axion)
            self._nodes = nodes_option("axion_nodes", self.axion_nodes, "auto")
            self._neutrino_nodes = nodes_option("neutrino_nodes", self.neutrino_nodes, "class")
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self._refuse(owned_names(self.extra_args, self.translate_param), "extra_args")
        folder = Path(self.classy_module.__file__).parent
        self._refuse(complaints(self.extra_args, folder, self.helium), "extra_args")

    @classmethod
    def get_modified_defaults(
        cls, defaults: dict[str, Any], input_options: Mapping[str, Any] = {}
    ) -> dict[str, Any]:
        """Let inputs that chains of earlier versions recorded say that they have no relics."""
        defaults = super().get_modified_defaults(defaults, input_options)
        recorded = (input_options or {}).get("extra_species", "") is None
        return {**defaults, "extra_species": None} if recorded else defaults

    def _default_extra_args(self) -> Mapping[str, Any]:
        """What CLASS is told besides, where the input says nothing."""
        return class_defaults()

    def _check_inputs(self) -> None:
        """Refuse parameters that would fight with ours."""
        inputs = self._inputs()
        self._refuse(owned_names(inputs, self.translate_param), "params")
        cosmological = [p for p in inputs if p not in _SPECIES]
        self._refuse(
            given_twice([*cosmological, *self.extra_args], self.translate_param),
            "params and extra_args",
        )
        if self.hierarchy == "massless" and "mnu" in inputs:
            raise LoggedError(
                self.log, "'mnu' is given but 'hierarchy: massless' ignores it; use 'degenerate'."
            )

    def _inputs(self) -> list[str]:
        """Parameters that arrive here, but helium from a theory."""
        return [*self.input_params, *sorted({*self.input_params_extra} - {"YHe"})]

    def _refuse(self, complaints: list[str], where: str) -> None:
        if complaints:
            raise LoggedError(self.log, "In %s: %s", where, " ".join(complaints))

    def get_requirements(self) -> dict[str, Any]:
        """What other components (or the params block) must deliver."""
        wanted = {
            "mnu": self.hierarchy != "massless",
            "YHe": self.helium == "bbn",
        }
        names = [Needed(name, _CURES[name]) for name, needed in wanted.items() if needed]
        names += [Needed(name, cure_of_product(name)) for name in self._products]
        return dict.fromkeys([*super().get_requirements(), *names])

    def _relic_psds(self) -> list[RelicPSD]:
        """Distributions of axion and relics at this point."""
        return [self.provider.get_result(name) for name in self._products]

    def get_can_support_params(self) -> list[str]:
        """All inputs of CLASS, so that they come here even if others ask for them, too."""
        other_names = (p for p, name in self.renames.items() if name in CLASS_INPUTS)
        return [*CLASS_INPUTS, *other_names, EXTRA_RADIATION]

    def get_can_provide_params(self) -> list[str]:
        """As CLASS, but helium comes from BBN."""
        names = [*super().get_can_provide_params(), "S8"]
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

    def must_provide(self, **requirements: Any) -> Any:
        """As Cobaya's class; refuses derived parameters that CLASS would only then not know."""
        asked = [name for name, options in requirements.items() if options is None]
        parameters = [*dict.fromkeys([*self.output_params, *asked])]
        self._refuse(class_derived.unknown(parameters, self.renames, self._derives), "params")
        if class_derived.NEED_SIGMA8.intersection(map(self.translate_param, parameters)):
            requirements["sigma8"] = None
        for name in class_derived.ALSO_WITH_REDSHIFTS.intersection(asked):
            self.derived_extra = [*{*self.derived_extra, name}]
            del requirements[name]
        own = self.output_params
        self.output_params = [p for p in own if p not in class_derived.ALSO_WITH_REDSHIFTS]
        try:
            return super().must_provide(**requirements)
        finally:
            self.output_params = own

    def initialize_with_provider(self, provider: Provider) -> None:
        """Check that all that is given reaches CLASS, once and unspoilt; say what was set up."""
        super().initialize_with_provider(provider)
        model = provider.model
        if columns := post_columns(model):
            # Cobaya hands what nobody else takes to CLASS: here columns of the old chain, and
            # parameters of likelihoods that are not computed again.
            kept = {*self.get_can_support_params(), *self.get_requirements()} - columns
            self.input_params = [p for p in self.input_params if p in kept]
        self._check_inputs()
        check_setup(self)
        check_neutrino_masses(self, model)
        check_helium(self, model)
        if not self._announced:
            self._announced = True
            announce(self)

    # --- one point ----------------------------------------------------------------------------
    def set(self, params_values_dict: dict[str, Any]) -> None:
        """Add the hot species to the parameters.

        CLASS is emptied first: it does not notice a file that changed under the same name, and
        settings of an earlier point would stay.
        """
        params = {p: v for p, v in params_values_dict.items() if p not in _SPECIES}
        if _EQUATION_OF_STATE.intersection(map(self.translate_param, params)):
            params["Omega_Lambda"] = 0.0  # the fluid fills what is left
        self.classy.empty()
        super().set(params | self._species)

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Compute one point; False (likelihood zero) where physics forbids it, which is counted."""
        self.refusals.point()
        try:
            extra = params.get(EXTRA_RADIATION, 0.0)
            sector = neutrino_sector(params.get("mnu", 0.0), self.hierarchy, extra)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        relics = self._relic_psds()
        if non_linear(self.extra_args) and (reason := too_warm(relics)):
            raise LoggedError(self.log, "%s", reason)  # no property of the point: linear growth is
        try:
            with (
                machine_faults(self.log),
                class_species(sector, relics, self._nodes, self._neutrino_nodes) as self._species,
            ):
                success = self._compute(state, want_derived, params)
        except RangeError as error:
            raise LoggedError(self.log, "%s", error) from error
        self._computed_once = self._computed_once or success
        return success

    def _compute(self, state: dict[str, Any], want_derived: bool, params: dict[str, float]) -> bool:
        """Cobaya's `calculate`, with CLASS's own words where it fails.

        Cobaya takes a failure for likelihood zero and keeps the words to its debug log.
        """
        words, own_choice = self.log.disabled, self.stop_at_error
        self.log.disabled, self.stop_at_error = words or not own_choice, True
        try:
            return super().calculate(state, want_derived, **params) is not False
        except self.classy_module.CosmoComputationError as error:
            if own_choice:
                raise
            failure = error
        except self.classy_module.CosmoSevereError as error:
            failure = error
        finally:
            self.log.disabled, self.stop_at_error = words, own_choice
        says = " ".join(str(failure).split("=>")[-1].split())
        if any(word in str(failure).lower() for word in _MACHINE):
            raise OSError(f"CLASS says: {says}") from failure
        severe = isinstance(failure, self.classy_module.CosmoSevereError)
        if severe and not self._computed_once:  # the set-up, not the point
            raise LoggedError(
                self.log,
                "CLASS refused its input. Check names in 'params' and 'extra_args'. CLASS says: %s",
                " ".join(str(failure).split()),
            ) from failure
        return self.refusals.refuse(self.log, f"CLASS fails: {says}")

    def _get_derived_all(
        self, derived_requested: bool = True
    ) -> tuple[dict[str, float], dict[str, float]]:
        """As Cobaya's class, and what CLASS gives by methods only."""
        names = self.output_params, self.derived_extra
        self.output_params, self.derived_extra = (
            [p for p in some if self.translate_param(p) not in class_derived.BY_METHOD]
            for some in names
        )
        try:
            found = super()._get_derived_all(derived_requested)
        finally:
            self.output_params, self.derived_extra = names
        for some, values in zip(names, found, strict=True):
            for name in set(some) - set(values):
                values[name] = float(
                    class_derived.BY_METHOD[self.translate_param(name)](self.classy)
                )
        return found

    def close(self) -> None:
        """Say which points were refused, and empty CLASS."""
        self.refusals.report(self.log)
        super().close()

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
