"""The Cobaya theory `AxionCouplings`: what stars and laboratories see of the axion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cobaya.log import LoggedError
from cobaya.theory import Provider, Theory
from cobaya.typing import unset_params

from hotaxion.theory.components.declared_options import DeclaredOptions
from hotaxion.theory.components.guards import Needed, check_constants
from hotaxion.theory.components.one_axion import check_axion, range_of
from hotaxion.theory.components.record import code_version
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.particle.couplings import TAN_BETA_RANGE
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy

# Inputs and the ranges that their priors must respect.
_ALLOWED = {
    "m_a": (0.0, float("inf")),
    "f_a": (math.ulp(0.0), float("inf")),
    "tan_beta": TAN_BETA_RANGE,
}
_CURE = {
    "m_a": "the axion's mass [eV]: give it in params, or add hotaxion.theory.HotAxion",
    "f_a": "the decay constant [GeV]: give it in params, or add hotaxion.theory.HotAxion",
}


class AxionCouplings(DeclaredOptions, Theory):
    """Couplings of an axion to photons, electrons and nucleons, for its mass and model.

    Input parameters: `m_a` [eV], in `params` or from another theory (`HotAxion` derives it from
    `f_a` or `delta_neff`); for model alp, whose mass is another matter, `f_a` [GeV] in its place;
    `tan_beta` for DFSZ. Derived: `g_agamma` [1/GeV], its magnitude, as experiments
    quote it; `g_ae`, `g_ap`, `g_an`, with their signs. Options: see `LowEnergyOptions`; `model` and
    `couplings` are those of `HotAxion`, and refused where they contradict it.
    """

    _OPTIONS = LowEnergyOptions
    _NO_OPTIONS = frozenset({"tan_beta"})

    if TYPE_CHECKING:  # set by `initialize`
        _options: LowEnergyOptions

    def initialize(self) -> None:
        """Check the options, before any parameter is known."""
        self.refusals = Refusals()
        try:
            self._options = LowEnergyOptions(**self.declared_values())
            beta = 1.0 if self._has_tan_beta else None
            low_energy(options=self._options, tan_beta=beta, f_a=1.0)
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error

    def get_version(self) -> str:
        """Of the code; for Cobaya's record of a chain."""
        return code_version()

    @property
    def _has_tan_beta(self) -> bool:
        return self._options.model.startswith("dfsz")

    @property
    def _scale(self) -> str:
        """The parameter that couplings follow from."""
        return "f_a" if self._options.model == "alp" else "m_a"

    def get_requirements(self) -> dict[str, None]:
        """The mass (model alp: f_a), where it is not in `params`, and what `requires` says."""
        needed, scale = list(super().get_requirements()), self._scale
        if self.input_params is unset_params or scale in {*self.input_params, *needed}:
            return dict.fromkeys(needed)
        return dict.fromkeys([*needed, Needed(scale, _CURE[scale])])

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return [self._scale, "tan_beta"]

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        return ["g_agamma", "g_ae", "g_ap", "g_an"]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a set-up in which the input cannot work, before the first point."""
        super().initialize_with_provider(provider)
        given = {*self.input_params, *self.input_params_extra}
        check_axion(self, self._options, given)
        try:
            check_constants(provider.model, self.input_params)
        except RangeError as error:
            raise LoggedError(self.log, "%s", error) from error
        for name in given:
            range_of(self, name, provider.model, *_ALLOWED[name])

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params_values_dict: float
    ) -> bool:
        """Couplings at one point; False where there is no physics, with the reason counted."""
        self.refusals.point()
        try:
            beta = params_values_dict.get("tan_beta")
            mass, f_a = (params_values_dict.get(name) for name in ("m_a", "f_a"))
            found = low_energy(mass, self._options, beta, f_a)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        state["derived"] = {
            "g_agamma": abs(found.g_agamma),
            "g_ae": found.g_ae,
            "g_ap": found.g_ap,
            "g_an": found.g_an,
        }
        return True

    def close(self) -> None:
        """Say which points were refused."""
        self.refusals.report(self.log)
