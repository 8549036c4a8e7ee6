"""The Cobaya theory `HotRelic`: any thermal, or otherwise known, hot relic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cobaya.log import LoggedError
from cobaya.theory import Provider, Theory
from cobaya.tools import get_external_function

from hotaxion.theory.checks import number
from hotaxion.theory.components.declared_options import DeclaredOptions
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import check_setup
from hotaxion.theory.components.one_axion import range_of
from hotaxion.theory.components.record import code_version, with_data
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.components.relic_products import PRODUCT, relic_name
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.relics.relic_options import RelicOptions
from hotaxion.theory.relics.shapes import (
    DEGREES_MAX,
    DELTA_NEFF_MAX,
    MASS_MAX_EV,
    T_NU,
    TEMPERATURE_RANGE,
    Shape,
)

# Inputs, before _NAME, and what is allowed.
_ALLOWED = {
    "m": (0.0, MASS_MAX_EV),
    "meff": (0.0, MASS_MAX_EV),
    "temperature": TEMPERATURE_RANGE,
    "delta_neff": (0.0, DELTA_NEFF_MAX),
    "degrees": (0.0, DEGREES_MAX),
}
_DERIVED = (*_ALLOWED, "omega")
_MASSES = {"m", "meff"}
# What gives the amount, by distribution.
_AMOUNTS: dict[str, list[set[str]]] = {
    "thermal": [{"delta_neff"}, {"temperature"}, {"temperature", "delta_neff"}],
    "dodelson_widrow": [{"delta_neff"}],
    "file": [{"temperature"}, {"temperature", "delta_neff"}],
    "function": [{"temperature"}, {"temperature", "delta_neff"}],
}


class HotRelic(DeclaredOptions, Theory):
    """A hot relic of any kind, named NAME by the option `relic`.

    Input parameters: the mass, as `m_NAME` [eV] or `meff_NAME` [eV] (Planck's m_eff: that of a
    neutrino family of equal density today, omega = meff / 94.1 eV); the amount, as
    `temperature_NAME` (over that of the photons today, the T of y = p/T) or `delta_neff_NAME`, or
    both: then the degrees of freedom follow. `degrees_NAME` in place of the option. Derived: those
    that are not given, and `omega_NAME` (Omega h^2). Product: `NAME_psd`, a `RelicPSD`, for those
    that have NAME in their option `relics`. Options: see `RelicOptions`.
    """

    _OPTIONS = RelicOptions

    function: str | Callable[..., Any] | None
    may_ignore_relic: str | list[str] | None

    if TYPE_CHECKING:  # set by `initialize`
        _options: RelicOptions
        _shape: Shape

    def initialize(self) -> None:
        """Check the options, and read the distribution."""
        self.refusals = Refusals()
        try:
            self._options = RelicOptions(**self.declared_values())
            self._name = relic_name(self._options.relic)
            given = self.function
            function = None if given is None else get_external_function(given, "function")
            self._shape = self._options.shape(function)
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self.log.info("Hot relic: %s.", self._options.in_words())

    def get_version(self) -> str:
        """Of the code, with a hash of the relic's file; for Cobaya's record of a chain."""
        return with_data(code_version(), "HotRelic", self.declared_values())

    # --- names --------------------------------------------------------------------------------
    @property
    def _product(self) -> str:
        return f"{self._name}{PRODUCT}"

    def _named(self, quantities: Any) -> list[str]:
        return [f"{quantity}_{self._name}" for quantity in quantities]

    def _quantity(self, parameter: str) -> str:
        return parameter.removesuffix(f"_{self._name}")

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return self._named(_ALLOWED)

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer, but those that `requires` has another theory give."""
        elsewhere = super().get_requirements()
        return [name for name in self._named(_DERIVED) if name not in elsewhere]

    def get_can_provide(self) -> list[str]:
        """Products on offer."""
        return [self._product]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse inputs that are too few or too many, or outside what is allowed."""
        super().initialize_with_provider(provider)
        check_setup(self)
        inputs = {*self.input_params, *self.input_params_extra}
        given = {self._quantity(name) for name in inputs}
        amounts = _AMOUNTS[self._options.distribution]
        amount = given - _MASSES - {"degrees"}
        if len(given & _MASSES) != 1 or amount not in amounts:
            ways = ", or ".join(" with ".join(sorted(self._named(way))) for way in amounts)
            raise LoggedError(
                self.log,
                "give one of %s as input, sampled or fixed (or a theory that provides it: "
                "'requires: [NAME]' here), and for 'distribution: %s' %s; given: %s.",
                " and ".join(self._named(("m", "meff"))),
                self._options.distribution,
                ways,
                sorted(inputs) or "none",
            )
        follows = self._follow(amount)
        if "degrees" in given and (follows or self._options.degrees is not None):
            raise LoggedError(
                self.log,
                "degrees_%s is given %s; remove it.",
                self._name,
                f"and follows from {' and '.join(sorted(self._named(amount)))}"
                if follows
                else "twice, as an option, too",
            )
        if follows and self._options.degrees is not None:
            raise LoggedError(
                self.log,
                "degrees = %g is given, but follows from %s: leave the option out.",
                self._options.degrees,
                " and ".join(sorted(self._named(amount))),
            )
        for name in inputs:
            range_of(self, name, provider.model, *_ALLOWED[self._quantity(name)])

    def _follow(self, amount: set[str]) -> bool:
        """Whether the degrees of freedom follow from the amount."""
        fixed = self._options.distribution == "dodelson_widrow"
        return fixed or {"temperature", "delta_neff"} <= amount

    # --- one point ----------------------------------------------------------------------------
    def _species(self, given: dict[str, float]) -> tuple[float, float, float, float]:
        """Mass and m_eff [eV], temperature and degrees.

        Raises RangeError where there is no such relic.
        """
        shape, delta_neff = self._shape, given.get("delta_neff")
        degrees = given.get("degrees", self._options.degrees_of_freedom)
        temperature = given.get("temperature", T_NU)
        if delta_neff == 0.0:
            degrees = 0.0
        elif delta_neff is not None and self._follow({*given}):
            degrees = shape.degrees(temperature, delta_neff)
        elif delta_neff is not None:
            temperature = shape.temperature(degrees, delta_neff)
        ratio = shape.number_ratio(temperature, degrees)
        if "m" in given:
            return given["m"], given["m"] * ratio, temperature, degrees
        meff = given["meff"]
        if meff > ratio * MASS_MAX_EV:
            raise RangeError(
                f"meff_{self._name} = {meff:g} eV of so few relics needs a mass above "
                f"{MASS_MAX_EV:g} eV; a prior can keep such points out."
            )
        return (meff / ratio if meff else 0.0), meff, temperature, degrees

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params_values_dict: float
    ) -> bool:
        """The relic at one point; False where there is none such, with the reason counted."""
        self.refusals.point()
        try:
            with machine_faults(self.log):
                given = {}
                for name, value in params_values_dict.items():  # functions may leave their range
                    quantity = self._quantity(name)
                    given[quantity] = number(name, value, *_ALLOWED[quantity])
                mass, meff, temperature, degrees = self._species(given)
                psd = self._shape.relic(mass, temperature, degrees)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        state[self._product] = psd
        if want_derived:
            values = (mass, meff, temperature, psd.delta_neff, degrees, psd.omega_h2)
            state["derived"] = dict(zip(self._named(_DERIVED), values, strict=True))
        return True

    def close(self) -> None:
        """Say which points were refused."""
        self.refusals.report(self.log)
