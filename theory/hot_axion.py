"""The Cobaya theory `HotAxion`: thermal axions for a sampled mass or Delta N_eff."""

from __future__ import annotations

from functools import lru_cache

from cobaya.log import LoggedError
from cobaya.theory import Theory

from hotaxion.theory.abundance import M_A_MAX_EV, Abundance, Relic, RelicTable
from hotaxion.theory.couplings import TAN_BETA_RANGE
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.relic import AxionPSD

_ALLOWED = {"m_a": (0.0, M_A_MAX_EV), "tan_beta": TAN_BETA_RANGE, "delta_neff": (0.0, float("inf"))}


class HotAxion(Theory):
    """Thermal relic axions.

    Input parameter: `m_a` [eV], or `delta_neff` (the other is then derived); `tan_beta` for DFSZ.
    Derived: `m_a`, `delta_neff`, `f_a` [GeV], `omega_axion` (Omega_a h^2). Product: `axion_psd`, an
    `AxionPSD`. Options: see `Abundance`; `T_initial` in GeV.
    """

    model: str
    rates: str
    gluons: str
    gluon_scale: float
    solver: str
    initial: str
    T_initial: float | None
    table: bool

    def initialize(self) -> None:
        """Check the options; the tables are read once here."""
        try:
            if self.model == "ksvz":
                self._abundance(None)
            else:  # tan_beta is known only at each point; 1 is always allowed
                self._abundance(1.0)
        except HotAxionError as error:
            raise LoggedError(self.log, str(error)) from error
        self.log.info(
            "%s axion; pion rate %s, gluon rate %s (x %g), solver %s, initial abundance %s.",
            *(self.model, self.rates, self.gluons, self.gluon_scale, self.solver, self.initial),
        )

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return ["m_a", "delta_neff", "tan_beta"]

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        return ["m_a", "delta_neff", "f_a", "omega_axion"]

    def get_can_provide(self) -> list[str]:
        """Products on offer."""
        return ["axion_psd"]

    def initialize_with_provider(self, provider) -> None:  # type: ignore[no-untyped-def]
        """Refuse a set-up in which the input cannot work, before the first point."""
        super().initialize_with_provider(provider)
        given = set(self.input_params)
        if len(given & {"m_a", "delta_neff"}) != 1:
            raise LoggedError(
                self.log,
                "give exactly one of the parameters m_a [eV] and delta_neff as input (sampled or "
                f"fixed); given: {sorted(given) or 'none'}. The other one can be derived.",
            )
        if (self.model == "ksvz") == ("tan_beta" in given):
            raise LoggedError(
                self.log,
                f"model {self.model}: the parameter tan_beta must be given for dfsz1 and dfsz2 and "
                f"left out for ksvz; given: {sorted(given)}.",
            )
        for name in given:
            self._check_range(name, provider)
        fixed = provider.model.parameterization.constant_params()
        self._tan_beta_varies = "tan_beta" in given and "tan_beta" not in fixed

    def _check_range(self, name: str, provider) -> None:  # type: ignore[no-untyped-def]
        """The prior, or the fixed value, must lie in the range in which the physics is known."""
        low, high = _ALLOWED[name]
        parameterization = provider.model.parameterization
        if name in parameterization.constant_params():
            bounds = [parameterization.constant_params()[name]] * 2
            good = low < bounds[0] <= high or (name == "delta_neff" and bounds[0] == 0.0)
        elif name in parameterization.sampled_params():
            index = list(parameterization.sampled_params()).index(name)
            bounds = list(provider.model.prior.bounds(confidence_for_unbounded=0.9999)[index])
            good = low <= bounds[0] and bounds[1] <= high
        else:  # a function of sampled parameters: checked at each point
            return
        if not good:
            raise LoggedError(
                self.log,
                f"parameter {name}: the given range is {bounds[0]:g} to {bounds[1]:g}; allowed is "
                f"{low:g} to {high:g}. Change its prior or value.",
            )

    @lru_cache(maxsize=2)  # noqa: B019 (one instance per run)
    def _abundance(self, tan_beta: float | None) -> Abundance:
        return Abundance(
            self.model,
            tan_beta,
            self.rates,
            self.gluons,
            self.gluon_scale,
            self.solver,
            self.initial,
            self.T_initial,
        )

    @lru_cache(maxsize=2)  # noqa: B019
    def _relic_table(self, tan_beta: float | None) -> RelicTable:
        return RelicTable(self._abundance(tan_beta))

    def _relic(self, parameters: dict[str, float]) -> Relic:
        tan_beta = parameters.get("tan_beta")
        if "delta_neff" in parameters:
            return self._relic_table(tan_beta).at_delta_neff(parameters["delta_neff"])
        if self.table and not self._tan_beta_varies:
            return self._relic_table(tan_beta)(parameters["m_a"])
        return self._abundance(tan_beta)(parameters["m_a"])

    def calculate(self, state, want_derived=True, **params_values_dict):  # type: ignore[no-untyped-def]
        """Solve the Boltzmann equation at one point; False where there is no physics."""
        try:
            relic = self._relic(params_values_dict)
        except HotAxionError as error:
            self.log.debug("point refused: %s", error)
            return False
        state["axion_psd"] = relic.psd
        if want_derived:
            state["derived"] = {
                "m_a": relic.m_a_ev,
                "delta_neff": relic.delta_neff,
                "f_a": relic.f_a_gev,
                "omega_axion": relic.omega_a_h2,
            }
        return True

    def get_axion_psd(self) -> AxionPSD:
        """Phase-space distribution at the current point."""
        return self.current_state["axion_psd"]
