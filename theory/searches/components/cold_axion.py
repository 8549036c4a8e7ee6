"""The Cobaya theory `ColdAxion`: axions by misalignment, with or without a kicked dilaton."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cobaya.log import LoggedError
from cobaya.theory import Provider, Theory
from cobaya.typing import unset_params

from hotaxion.theory.checks import flag, number
from hotaxion.theory.components.declared_options import DeclaredOptions
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import Needed, bounds_of, check_setup
from hotaxion.theory.components.record import code_version, with_files
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.constants import M_A_F_A_EV_GEV
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.searches import free_kick, misalignment

# Inputs and their ranges. A prior of m_a may begin at 0, as that of hot axions: the sliver below
# the table, where f_a exceeds the Planck mass, has likelihood zero.
_THETA_I = (-misalignment.THETA_RANGE[1], misalignment.THETA_RANGE[1])
_F_A = misalignment.F_A_RANGE_GEV
_QCD = {"m_a": (M_A_F_A_EV_GEV / _F_A[1], M_A_F_A_EV_GEV / _F_A[0]), "theta_i": _THETA_I}
_WITH_DILATON = {
    "m_alp_ev": misalignment.M_ALP_RANGE_EV,
    "f_alp": misalignment.F_ALP_RANGE_GEV,
    "theta_i": (-free_kick.MAP_THETA[1], free_kick.MAP_THETA[1]),
    "xi_kick": free_kick.MAP_XI,
    "r_kick": free_kick.MAP_R,
}
_MEANINGS = {
    "m_a": "the mass of the axion [eV], or add hotaxion.theory.HotAxion",
    "theta_i": "the angle at which it starts",
    "m_alp_ev": "the mass of the axion-like particle [eV]",
    "f_alp": "its decay constant [GeV]",
    "xi_kick": "f_a theta_i/F, F that of the dilaton",
    "r_kick": "mass of the dilaton over that of the axion",
}


@lru_cache(maxsize=4)
def _table(options: misalignment.MassOptions) -> misalignment.MisalignmentTable:
    """Table for these options; one process often makes the same model again."""
    return misalignment.MisalignmentTable(options)


class ColdAxion(DeclaredOptions, Theory):
    """Cold axions by misalignment; beside `HotAxion` both speak of the same m_a.

    Inputs: `m_a` [eV], in `params` or from another theory, and `theta_i`. Derived:
    `omega_axion_cold` (Omega h^2) and `omega_dilaton`, which is 0.

    With `dilaton: true` the inputs are `m_alp_ev` [eV], `f_alp` [GeV], `theta_i`, `xi_kick` =
    f_a theta_i/F and `r_kick` = m_phi/m_a of an axion-like particle of constant mass, no QCD axion,
    and of the dilaton that its first roll kicks; both derived parameters are from the committed map
    (see `free_kick`), and nothing of the options of the mass is used.

    Neither is added to `omega_cdm`, which for a Boltzmann code is all cold dark matter: see
    `hotaxion.likelihoods.ColdDarkMatter`.
    """

    _OPTIONS = misalignment.MassOptions

    dilaton: bool

    if TYPE_CHECKING:  # of Cobaya's class, and set by `initialize`
        _options: misalignment.MassOptions

    def initialize(self) -> None:
        """Check the options, before any parameter is known."""
        self.refusals = Refusals()
        try:
            self._allowed = _WITH_DILATON if flag("dilaton", self.dilaton) else _QCD
            self._options = misalignment.MassOptions(**self.declared_values())
            if self.dilaton and self._options != misalignment.MassOptions():
                raise RangeError(
                    "beta and T_chi are of the QCD axion; with 'dilaton: true' the mass is "
                    "constant: leave them out."
                )
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error

    def get_version(self) -> str:
        """Of the code, with a hash of the map where it is read; for Cobaya's record of a chain."""
        return with_files(code_version(), [free_kick.MAP] if self.dilaton is True else [])

    def get_requirements(self) -> dict[str, None]:
        """What `requires` says, and the inputs that are not in `params`."""
        needed = list(super().get_requirements())
        if self.input_params is unset_params:
            return dict.fromkeys(needed)
        absent = [name for name in self._allowed if name not in {*self.input_params, *needed}]
        return dict.fromkeys([*needed, *(Needed(name, _MEANINGS[name]) for name in absent)])

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return list(self._allowed)

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        return ["omega_axion_cold", "omega_dilaton"]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a set-up in which the input cannot work, before the first point."""
        super().initialize_with_provider(provider)
        check_setup(self)
        try:
            for name, (low, high) in self._allowed.items():
                ends = bounds_of(name, provider.model) or ()
                least = 0.0 if name == "m_a" and ends[:1] == (0.0,) != ends[1:] else low
                for end in ends:
                    number(f"parameter {name}: an end of its prior, or its value", end, least, high)
            if self.dilaton:
                self._map, self._constant = free_kick.kick_map(), misalignment.ConstantMass()
            else:
                self._misalignment = _table(self._options)
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params_values_dict: float
    ) -> bool:
        """Densities at one point; False where there is no physics, with the reason counted."""
        self.refusals.point()
        try:
            with machine_faults(self.log):
                values = {
                    name: number(name, params_values_dict[name], *ends)
                    for name, ends in self._allowed.items()
                }
                axion, dilaton = self._densities(values)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        # Always filled: a likelihood may require them.
        state["derived"] = {"omega_axion_cold": axion, "omega_dilaton": dilaton}
        return True

    def _densities(self, values: dict[str, float]) -> tuple[float, float]:
        """Omega h^2 of the axion and of the dilaton."""
        theta_i = values["theta_i"]
        if not self.dilaton:
            # Rounding must not leave the table at its ends.
            f_a = min(max(M_A_F_A_EV_GEV / values["m_a"], _F_A[0]), _F_A[1])
            return self._misalignment.omega_h2(f_a, theta_i), 0.0
        place = values["xi_kick"], values["r_kick"]
        late = self._map.alone(theta_i) * self._map.gain(*place)
        omega = self._constant.omega_h2(values["m_alp_ev"], values["f_alp"], late)
        dilaton = omega * self._map.fraction(*place)
        return omega - dilaton, dilaton

    def close(self) -> None:
        """Say which points were refused."""
        self.refusals.report(self.log)
