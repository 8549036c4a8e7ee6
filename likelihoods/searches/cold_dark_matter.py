"""The likelihood of the cold dark matter that axions and dilatons make up."""

from __future__ import annotations

from math import hypot, inf
from typing import Literal

from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError

from hotaxion.likelihoods.checked import Checked
from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.theory.checks import choice, number
from hotaxion.theory.components.guards import Needed
from hotaxion.theory.components.overlaps import PLANCK, Observation
from hotaxion.theory.errors import HotAxionError, RangeError

RULES = {"all": "all cold dark matter", "at_most": "a part of it"}
_PARTS = ("omega_axion_cold", "omega_dilaton")
_OMEGA_RANGE = (0.0, 1e30)  # of what a theory gives: a light axion overproduces without limit


class ColdDarkMatter(Checked, Likelihood):
    r"""Gaussian on :math:`\Omega_c h^2`, or an upper limit, for the sum of the cold species.

    With the sum x of ``omega_axion_cold`` and ``omega_dilaton``, :math:`\sigma` of ``error`` and
    ``theory_error`` x in quadrature, :math:`\ln L = -(x - \omega_c)^2 / 2\sigma^2`; for ``at_most``
    only where x exceeds :math:`\omega_c`, else 0: other cold dark matter makes up the rest.

    ``omega_cdm: chain`` takes :math:`\omega_c` from the run, where the CMB measures it, without an
    error: likelihood zero (or the Gaussian of ``theory_error``) where the axions exceed it.
    ``omega_cdm`` of a Boltzmann code remains all cold dark matter, axions included. A number for
    ``omega_cdm`` is Planck's measurement, and is refused beside Planck's own likelihoods.

    It knows densities, no mass and coupling, hence has no name in `hotaxion limits`: where axions
    are all dark matter `misalignment.mass_of_dark_matter` gives the mass for an angle.
    """

    # Options: see ColdDarkMatter.yaml.
    rule: str
    omega_cdm: float | Literal["chain"]
    error: float
    theory_error: float

    def initialize(self) -> None:
        """Check the options."""
        with logged_errors(self.log):
            choice("rule", self.rule, RULES)
            number("theory_error", self.theory_error, 0.0, 1.0)
            if self.omega_cdm == "chain":
                if self.rule != "at_most":
                    raise HotAxionError(
                        "omega_cdm: chain needs 'rule: at_most': where axions are all cold dark "
                        "matter, omega_cdm is no parameter of its own; see "
                        "docs/searches/cold_axions.md."
                    )
            else:
                number("omega_cdm (a number, or the word chain)", self.omega_cdm, 1e-6, 1.0)
                number("error", self.error, 0.0, 1.0, above=True)

    def observed(self) -> tuple[Observation, ...]:
        """The CMB, if its result is used as a number."""
        return () if self.omega_cdm == "chain" else (PLANCK,)

    def get_requirements(self) -> dict[str, None]:
        """The cold species, and the sum that the run has."""
        needed = [Needed(name, "add hotaxion.theory.ColdAxion") for name in _PARTS]
        if self.omega_cdm == "chain":
            needed.append(Needed("omega_cdm", "sample it, as blocks/lcdm does, or give a number"))
        return dict.fromkeys(needed)

    def logp(self, **_params: float) -> float:
        """ln L at one point; stops the run where a theory gives no numbers."""
        names = [*_PARTS, *(["omega_cdm"] if self.omega_cdm == "chain" else [])]
        given = {name: self.provider.get_param(name) for name in names}
        try:
            values = {name: number(name, one, *_OMEGA_RANGE) for name, one in given.items()}
        except RangeError as error:
            raise LoggedError(self.log, "%s", error) from error
        return self.loglike(sum(values[name] for name in _PARTS), values.get("omega_cdm"))

    def loglike(self, omega_cold: float, omega_cdm: float | None = None) -> float:
        """ln L of a sum of the cold species; `omega_cdm` that of the run, where it counts."""
        if omega_cdm is None:
            omega_cdm, error = float(self.omega_cdm), self.error
        else:
            error = 0.0
        excess = omega_cold - omega_cdm
        if self.rule == "at_most" and excess <= 0.0:
            return 0.0
        sigma = hypot(error, self.theory_error * omega_cold)
        return -0.5 * (excess / sigma) ** 2 if sigma else -inf
