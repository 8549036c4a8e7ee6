"""Cobaya theory `BBN`: primordial abundances from omega_b and Delta N_eff."""

from __future__ import annotations

from typing import Any

from cobaya.log import LoggedError
from cobaya.theory import Provider, Theory
from cobaya.typing import unset_params

from hotaxion.theory.components.declared_options import DeclaredOptions
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import (
    EXTRA_RADIATION,
    Needed,
    check_setup,
    givers,
    helium_givers,
)
from hotaxion.theory.components.record import code_version, with_data
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.components.relic_products import cure_of_product, relic_products
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.nuclei.nucleosynthesis import (
    DELTA_NEFF_NODES,
    BBNOptions,
    Nucleosynthesis,
    TheoryError,
)

_PRIMAT_SPEED = 20  # evaluations per second
_BARYONS = ("omega_b", "ombh2", "omegabh2")  # Omega_b h^2 by the names of CLASS, CAMB, Planck
_NEEDS_BARYONS = f"give the baryon density as one of {', '.join(_BARYONS)}"
_NEEDS_AXIONS = (
    "add hotaxion.theory.HotAxion; without axions give 'delta_neff: 0'; where another theory "
    "gives delta_neff, say 'requires: [delta_neff]' in the block of BBN"
)


class BBN(DeclaredOptions, Theory):
    """Primordial helium and deuterium from tables made with PRIMAT.

    Needs `omega_b` (or `ombh2`, `omegabh2`) and `delta_neff` (Delta N_eff at BBN, in `params`, from
    `HotAxion` or another theory), to which `delta_neff_extra` is added if it is given, and what the
    relics in the option `relics` contribute (products `NAME_psd`). Provides
    `Y_p` = 4 n_He/n_b, `DH` = n_D/n_H, `YHe` (helium mass fraction, for the Boltzmann code), and
    the product `bbn_theory_error`, a dict with `sigma_Y_p`, `sigma_DH_rel`, `correlation`, `Y_p`
    and `DH` at the current point, and under `reference` the first three at a fixed one. Options:
    see `BBNOptions`.
    """

    _OPTIONS = BBNOptions

    relics: str | list[str] | None
    may_ignore_axion: str | list[str] | None

    def initialize(self) -> None:
        """Load the table; a wrong option stops the run here."""
        self.refusals = Refusals()
        # Cobaya's record of a chain names the inputs: `post` reads them there.
        self._inputs_recorded = self.input_params is not unset_params
        try:
            self._products = relic_products(self.relics)
            self.nucleosynthesis = Nucleosynthesis(BBNOptions(**self.declared_values()))
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        options = self.nucleosynthesis.options
        if options.direct:
            self.speed = _PRIMAT_SPEED
        self._reference_error = _as_product(self.nucleosynthesis.theory_error())
        how = "PRIMAT at each point" if options.direct else "table made with PRIMAT"
        self.mpi_info("%s: %s", how, options.in_words())

    def get_version(self) -> str:
        """Of the code, with a hash of the tables; for Cobaya's record of a chain."""
        options = self.declared_values() | {"input_params": self.input_params}
        return with_data(code_version(), "BBN", options)

    def get_requirements(self) -> dict[str, Any]:
        """Parameters that the abundances depend on; in `post` the axions instead of delta_neff.

        `post` takes derived columns of the old chain (delta_neff) for inputs, but hands them to no
        theory: the product `axion_psd` is computed again.
        """
        given = set() if self.input_params is unset_params else {*self.input_params}
        needed = set(super().get_requirements())
        if not (given | needed) & {*_BARYONS}:
            needed.add(Needed("omega_b", _NEEDS_BARYONS))
        if self._inputs_recorded and "delta_neff" not in given | needed:
            needed.add(Needed("axion_psd", _NEEDS_AXIONS))
        else:
            needed.add(Needed("delta_neff", _NEEDS_AXIONS))
        needed.update(Needed(name, cure_of_product(name)) for name in self._products)
        return dict.fromkeys(needed)

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return [*_BARYONS, EXTRA_RADIATION]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a set-up in which an input is given twice, or does not reach everybody."""
        super().initialize_with_provider(provider)
        check_setup(self)
        given = [
            name for name in _BARYONS if name in {*self.input_params, *self.input_params_extra}
        ]
        if len(given) != 1:
            raise LoggedError(self.log, "%s, not as %s.", _NEEDS_BARYONS, ", ".join(given))
        self._baryons = given[0]
        if EXTRA_RADIATION in {*self.input_params, *self.input_params_extra}:
            try:
                self.nucleosynthesis.load(low=True)
            except HotAxionError as error:
                raise LoggedError(self.log, "%s", error) from error
        if len(sources := helium_givers(provider.model)) > 1:
            raise LoggedError(
                self.log,
                "Helium is given twice, by %s: remove one of them, or say 'provides: [YHe]' there "
                "and 'provides: [Y_p, DH]' in BBN.",
                " and by ".join(sources),
            )
        self._takes_psd = "axion_psd" in self.get_requirements()
        if self._takes_psd and len(sources := givers(provider.model, "delta_neff")) > 1:
            raise LoggedError(
                self.log,
                "delta_neff is given by %s, but here BBN takes that of axion_psd: say 'requires: "
                "[delta_neff]' in its block, or remove one of them.",
                " and by ".join(sources),
            )

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        return ["Y_p", "DH", "YHe"]

    def get_can_provide(self) -> list[str]:
        """Products on offer, besides the derived parameters."""
        return ["bbn_theory_error"]

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Fill `state`; False (likelihood zero) for a point outside the table, which is counted."""
        self.refusals.point()
        try:
            with machine_faults(self.log):
                point = params[self._baryons], self._delta_neff(params)
                result = self.nucleosynthesis.abundances(*point)
                error_of_theory = self.nucleosynthesis.theory_error(*point)
        except RangeError as error:
            return self.refusals.refuse(self.log, error)
        # Always filled: `YHe` and `Y_p` are requirements of other components.
        state["derived"] = {"Y_p": result.y_p, "DH": result.dh, "YHe": result.yhe}
        state["bbn_theory_error"] = {
            **_as_product(error_of_theory),
            "Y_p": result.y_p,
            "DH": result.dh,
        }
        return None

    def _delta_neff(self, params: dict[str, float]) -> float:
        extra = params.get(EXTRA_RADIATION, 0.0)
        extra += sum(self.provider.get_result(name).delta_neff for name in self._products)
        psd = self.provider.get_axion_psd() if self._takes_psd else None
        total: float = (params["delta_neff"] if psd is None else psd.delta_neff) + extra
        # What the chain records as its data (`record.files_of`) must be what it reads.
        if total < DELTA_NEFF_NODES[0] and EXTRA_RADIATION not in self.input_params:
            raise RangeError(
                f"delta_neff = {total:g} in BBN; below {DELTA_NEFF_NODES[0]:g} give the radiation "
                f"as the parameter '{EXTRA_RADIATION}'."
            )
        return total

    def close(self) -> None:
        """Say which points were refused."""
        self.refusals.report(self.log)

    def get_bbn_theory_error(self) -> dict[str, Any]:
        """Prediction and its errors: absolute on Y_p, relative on D/H, and their correlation."""
        return {**self.current_state["bbn_theory_error"], "reference": self._reference_error}


def _as_product(error: TheoryError) -> dict[str, float]:
    return {
        "sigma_Y_p": error.sigma_y_p,
        "sigma_DH_rel": error.sigma_dh_rel,
        "correlation": error.correlation,
    }
