"""Cobaya theory `BBN`: primordial abundances from omega_b and Delta N_eff."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from cobaya.log import LoggedError
from cobaya.theory import Theory

from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.nucleosynthesis import Nucleosynthesis, TheoryError
from hotaxion.theory.recorded_version import with_data

_PRIMAT_SPEED = 20  # evaluations per second


class BBN(Theory):
    """Primordial helium and deuterium from tables made with PRIMAT.

    Needs `omega_b` and `delta_neff` (Delta N_eff at BBN, sampled or from `HotAxion`). Provides
    `Y_p` = 4 n_He/n_b, `DH` = n_D/n_H, `YHe` (helium mass fraction, for the Boltzmann code), and
    the product `bbn_theory_error`, a dict with `sigma_Y_p`, `sigma_DH_rel`, `correlation` at the
    current point, and under `reference` the same three at a fixed one.
    """

    rates: str
    tau_n: float
    dh_scale: float
    direct: bool

    def initialize(self) -> None:
        """Load the table; a wrong option stops the run here."""
        try:
            self.nucleosynthesis = Nucleosynthesis(
                self.rates, self.tau_n, self.dh_scale, self.direct
            )
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        if self.direct:
            self.speed = _PRIMAT_SPEED
        self._reference_error = _as_product(self.nucleosynthesis.theory_error())
        self.mpi_info(
            "%s, nuclear rates %s, neutron lifetime %s s, D/H scaled by %s",
            "PRIMAT at each point" if self.direct else "table made with PRIMAT",
            self.rates,
            self.tau_n,
            self.dh_scale,
        )

    def get_version(self) -> str:
        """Of the package, with a hash of the table; for Cobaya's record of a chain."""
        return with_data(metadata.version("hotaxion"), "BBN", {"rates": self.rates})

    def get_requirements(self) -> dict[str, Any]:
        """Parameters that the abundances depend on."""
        return {"omega_b": None, "delta_neff": None}

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        return ["Y_p", "DH", "YHe"]

    def get_can_provide(self) -> list[str]:
        """Products on offer, besides the derived parameters."""
        return ["bbn_theory_error"]

    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Fill `state`; False (likelihood zero) for a point outside the table."""
        try:
            point = (params["omega_b"], params["delta_neff"])
            result = self.nucleosynthesis.abundances(*point)
            error_of_theory = self.nucleosynthesis.theory_error(*point)
        except RangeError as error:
            self.log.debug("%s", error)
            return False
        # Always filled: `YHe` and `Y_p` are requirements of other components.
        state["derived"] = {"Y_p": result.y_p, "DH": result.dh, "YHe": result.yhe}
        state["bbn_theory_error"] = _as_product(error_of_theory)
        return None

    def get_bbn_theory_error(self) -> dict[str, Any]:
        """Errors of the prediction: absolute on Y_p, relative on D/H, and their correlation."""
        return {**self.current_state["bbn_theory_error"], "reference": self._reference_error}


def _as_product(error: TheoryError) -> dict[str, float]:
    return {
        "sigma_Y_p": error.sigma_y_p,
        "sigma_DH_rel": error.sigma_dh_rel,
        "correlation": error.correlation,
    }
