"""The Cobaya theory `HotAxion`: thermal axions for a sampled mass, f_a or Delta N_eff."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from cobaya.log import LoggedError
from cobaya.model import Model
from cobaya.theory import Provider, Theory
from cobaya.typing import unset_params

from hotaxion.theory.checks import flag, number
from hotaxion.theory.components.declared_options import DeclaredOptions
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import Needed, check_setup
from hotaxion.theory.components.one_axion import check_axion, coupling_to_photons, range_of
from hotaxion.theory.components.record import code_version, with_data
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, f_a_gev
from hotaxion.theory.particle.mass import M_A_ALP_MAX_EV, check_alp, qcd_mass_ev
from hotaxion.theory.relics.abundance import F_A_RANGE_GEV, M_A_MAX_EV, Abundance
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.table import RelicTable

# Inputs and the ranges that their priors must respect.
_ALLOWED = {
    "m_a": (0.0, M_A_MAX_EV),
    "f_a": F_A_RANGE_GEV,
    "log10_f_a": (math.log10(F_A_RANGE_GEV[0]), math.log10(F_A_RANGE_GEV[1])),
    "delta_neff": (0.0, float("inf")),
    **AxionOptions.sampled(),
}
# Each says how many axions there are; of QCD, its mass does, too.
_STRENGTHS = ("f_a", "log10_f_a", "delta_neff")
_TARGETS = ("m_a", *_STRENGTHS)
_ONE_TARGET = (
    "give exactly one of the parameters m_a [eV], f_a [GeV], log10_f_a and delta_neff as input, "
    "sampled or fixed, or a theory that provides it (then say 'requires: [NAME]' here)"
)
_ALP_TARGETS = (
    "model alp: give m_a [eV] and exactly one of f_a [GeV], log10_f_a and delta_neff as input, "
    "sampled or fixed, or a theory that provides it (then say 'requires: [NAME]' here)"
)
# Points per second, measured: with the table (as in HotAxion.yaml), with inputs besides the mass in
# it, with delta_neff as the input, with both, and without a table.
_SPEED_OF_INPUTS, _SPEED_OF_INVERSION, _SPEED_OF_BOTH, _SPEED_WITHOUT_TABLE = 1000, 500, 70, 20


@lru_cache(maxsize=8)
def _table(options: AxionOptions, *ranges: tuple[str, tuple[float, float]]) -> RelicTable:
    """Table for these options; one process often makes the same model again."""
    return RelicTable(Abundance(options), **dict(ranges))


class HotAxion(DeclaredOptions, Theory):
    """Thermal relic axions.

    Input parameter: `m_a` [eV], `f_a` [GeV], `log10_f_a` or `delta_neff` (the others are then
    derived), in `params` or from another theory; for model alp `m_a` and one of the others;
    `tan_beta` for DFSZ; theory error, if sampled: what `AxionOptions.sampled` names, as
    `pion_scale` (else the options of the same name). Derived: `m_a`, `delta_neff`, `f_a`,
    `log10_f_a`, `omega_axion` (Omega_a h^2). Product: `axion_psd`, a `RelicPSD`. Options: see
    `AxionOptions`.

    m_a = 0 is the limit of a light axion, not its absence (for which fix `delta_neff: 0`): the
    relics are those of M_A_LEAST_EV, and `f_a` is held at that of M_A_LEAST_EV, 5.7e18 GeV. Of
    model alp it is a massless one, and `mass.check_alp` says which masses there are.
    """

    _OPTIONS = AxionOptions
    _NO_OPTIONS = frozenset({"tan_beta"})
    # g_*, m_u/m_d, the waves of pi pi scattering
    _RESTS_ON = "1803.01038, 1812.01008, 1102.2183"

    table: bool
    may_ignore_axion: str | list[str] | None
    # Inputs other than m_a, and their solver: kept while only m_a changes.
    _last: tuple[dict[str, float], Abundance] | None = None

    if TYPE_CHECKING:  # of Cobaya's class, and set by `initialize`
        speed: float
        _options: AxionOptions
        _production: AxionOptions

    def initialize(self) -> None:
        """Check the options, before any parameter is known."""
        self.refusals = Refusals()
        try:
            flag("table", self.table)
            # tan_beta is a parameter; 1 is always allowed.
            tan_beta = 1.0 if self._has_tan_beta else None
            self._options = AxionOptions(**self.declared_values(), tan_beta=tan_beta)
            Abundance(self._options)
            self._production = self._options.production
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self.log.info("Axions: %s.", self._options.in_words())

    def get_version(self) -> str:
        """Of the code, with a hash of the rate tables; for Cobaya's record of a chain."""
        return with_data(code_version(), "HotAxion", self.declared_values())

    @property
    def _has_tan_beta(self) -> bool:
        return str(self.declared_values()["model"]).startswith("dfsz")

    @property
    def _is_alp(self) -> bool:
        return self._options.model == "alp"

    def get_requirements(self) -> dict[str, None]:
        """What `requires` says; where no mass is in `params`, a mass from another theory.

        For model alp a mass, and f_a.
        """
        needed = list(super().get_requirements())
        if self.input_params is unset_params:
            return dict.fromkeys(needed)
        given = {*self.input_params, *needed}
        if not self._is_alp:
            missing = [] if given & {*_TARGETS} else [Needed("m_a", _ONE_TARGET)]
        else:
            missing = [] if "m_a" in given else [Needed("m_a", _ALP_TARGETS)]
            missing += [] if given & {*_STRENGTHS} else [Needed("f_a", _ALP_TARGETS)]
        return dict.fromkeys([*needed, *missing])

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return list(_ALLOWED)

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer, but those that `requires` has another theory give."""
        elsewhere = super().get_requirements()
        names = (*_TARGETS, "omega_axion")
        return [name for name in names if name not in elsewhere]

    def get_can_provide(self) -> list[str]:
        """Products on offer."""
        return ["axion_psd"]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a set-up in which the input cannot work, before the first point."""
        super().initialize_with_provider(provider)
        check_setup(self)
        given = {*self.input_params, *self.input_params_extra}
        self._check_targets(given)
        check_axion(self, self._options, given)
        self._bounds = {name: self._range_of(name, provider.model) for name in given}
        self._photons = coupling_to_photons(provider.model)
        try:
            _ = self._reference
            if "delta_neff" in given or self.table:
                _ = self._relic_table  # built here, so that the first point is as fast as others
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        if self.speed == self.get_defaults()["speed"]:
            self.speed = self._expected_speed(given)

    def _check_targets(self, given: set[str]) -> None:
        """One of them; for model alp the mass and one of the others."""
        if self._is_alp:
            wanted, good = _ALP_TARGETS, "m_a" in given and len(given & {*_STRENGTHS}) == 1
        else:
            wanted, good = _ONE_TARGET, len(given & {*_TARGETS}) == 1
        if not good:
            raise LoggedError(
                self.log,
                f"{wanted}; given: {sorted(given) or 'none'}. The others can be derived.",
            )

    def _expected_speed(self, given: set[str]) -> float:
        """Points per second, for Cobaya's choice of blocks; it does not measure by default."""
        if "delta_neff" in given:
            return _SPEED_OF_BOTH if self._varied else _SPEED_OF_INVERSION
        if not self.table:
            return _SPEED_WITHOUT_TABLE
        return _SPEED_OF_INPUTS if self._varied else self.speed

    def _allowed(self, name: str) -> tuple[float, float]:
        """Range that an input may have."""
        return (0.0, M_A_ALP_MAX_EV) if name == "m_a" and self._is_alp else _ALLOWED[name]

    def _range_of(self, name: str, model: Model) -> tuple[float, float]:
        """Prior range (or fixed value twice) of an input; refused outside what is allowed."""
        bounds = range_of(self, name, model, *self._allowed(name))
        if name == "m_a" and bounds == (0.0, 0.0) and not self._is_alp:
            self.mpi_warning(
                "m_a: 0 is the limit of a light axion that was once in equilibrium, not the "
                "absence of axions; for none, fix 'delta_neff: 0' instead."
            )
        # A function of sampled parameters is checked at each point.
        return self._allowed(name) if bounds is None else bounds

    # --- one point ----------------------------------------------------------------------------
    @property
    def _inputs(self) -> dict[str, tuple[float, float]]:
        """Inputs besides the mass, with their ranges."""
        return {name: ends for name, ends in self._bounds.items() if name not in _TARGETS}

    @property
    def _varied(self) -> dict[str, tuple[float, float]]:
        """Those whose value may change."""
        return {name: ends for name, ends in self._inputs.items() if ends[0] != ends[1]}

    @cached_property
    def _reference(self) -> AxionOptions:
        """The options with the inputs at the lower ends of their ranges.

        Raises RangeError where these, or the upper ends, do not fit the other options.
        """
        upper = {name: high for name, (_, high) in self._inputs.items()}
        AxionOptions.of(self._production, upper)
        lower = {name: low for name, (low, _) in self._inputs.items()}
        return AxionOptions.of(self._production, lower)

    @cached_property
    def _relic_table(self) -> RelicTable:
        """Table over the masses, and over the inputs that vary as far as their priors allow."""
        return _table(self._reference, *sorted(self._varied.items()))

    def _relics(self, values: dict[str, float]) -> tuple[RelicPSD, float]:
        """The distribution, and f_a [GeV]."""
        inputs = {name: values[name] for name in self._varied}
        if "delta_neff" in values:
            psd = self._relic_table.at_delta_neff(values["delta_neff"], **inputs)
        else:
            psd = self._of_qcd(_qcd_mass(values), inputs)
        f_a = f_a_gev(max(psd.mass_ev, M_A_LEAST_EV))
        if not self._is_alp:
            return psd, f_a
        check_alp(self._options.axion, values["m_a"], f_a, self._photons)
        return replace(psd, mass_ev=values["m_a"]), f_a

    def _of_qcd(self, m_a: float, inputs: dict[str, float]) -> RelicPSD:
        """Distribution of the QCD axion of this mass [eV]."""
        if 0.0 <= m_a < M_A_LEAST_EV:
            return replace(self._of_qcd(M_A_LEAST_EV, inputs), mass_ev=m_a)
        if self.table:
            return self._relic_table(m_a, **inputs)
        if self._last is None or self._last[0] != inputs:
            self._last = inputs, Abundance(AxionOptions.of(self._reference, inputs))
        return self._last[1](m_a).psd

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params_values_dict: float
    ) -> bool:
        """Relics at one point; False where there is no physics, with the reason counted."""
        self.refusals.point()
        try:
            with machine_faults(self.log):
                for name, value in params_values_dict.items():  # functions may leave their range
                    number(name, value, *self._allowed(name))
                psd, f_a = self._relics(params_values_dict)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        state["axion_psd"] = psd
        if want_derived:
            state["derived"] = {
                "m_a": psd.mass_ev,
                "delta_neff": psd.delta_neff,
                "f_a": f_a,
                "log10_f_a": math.log10(f_a),
                "omega_axion": psd.omega_h2,
            }
        return True

    def get_axion_psd(self) -> RelicPSD:
        """Phase-space distribution at the current point."""
        return self.current_state["axion_psd"]

    def close(self) -> None:
        """Say which points were refused."""
        self.refusals.report(self.log)


def _qcd_mass(values: dict[str, float]) -> float:
    """Mass [eV] of the QCD axion that is meant, or that has the f_a of the ALP."""
    if "log10_f_a" in values or "f_a" in values:
        f_a = 10.0 ** values["log10_f_a"] if "log10_f_a" in values else values["f_a"]
        return min(qcd_mass_ev(f_a), M_A_MAX_EV)  # the ends of both ranges are one within rounding
    return values["m_a"]
