"""The likelihood of the primordial abundances of helium and deuterium."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, isclose, log, log1p
from typing import Any, Literal

from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.theory import Provider

from hotaxion.likelihoods.checked import Checked
from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.likelihoods.measurements import (
    DEUTERIUM,
    HELIUM,
    PRESETS,
    Measurement,
    Preset,
    choose,
)
from hotaxion.theory.checks import flag, number, shown
from hotaxion.theory.components.bibliography import entries_named
from hotaxion.theory.components.guards import Needed, post_columns
from hotaxion.theory.components.overlaps import DEUTERIUM as DEUTERIUM_SEEN
from hotaxion.theory.components.overlaps import HELIUM as HELIUM_SEEN
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.errors import HotAxionError, RangeError

# Far beyond anything physical, and yet its square is a number.
_ABUNDANCE_RANGE = (-1e9, 1e9)
_STORED_DIGITS = 1e-6  # Cobaya's chains keep eight digits
_SIGMA = {"Y_p": "sigma_Y_p", "DH": "sigma_DH_rel"}  # abundance -> key in `bbn_theory_error`
_OBSERVATIONS = {"Y_p": HELIUM_SEEN, "DH": DEUTERIUM_SEEN}
_ERROR_RANGES = {"sigma_Y_p": (0.0, 1e9), "sigma_DH_rel": (0.0, 1e9), "correlation": (-1.0, 1.0)}


def _preset(given: object) -> Preset | None:
    """The preset of this key, which YAML reads as an integer where an unquoted 2026 stands."""
    if given is None:
        return None
    return choose("preset", given if isinstance(given, str) else shown(given), PRESETS)


def _choose(
    preset: Preset | None,
    helium: str | Literal[False] | None,
    deuterium: str | Literal[False] | None,
) -> dict[str, tuple[str, Measurement]]:
    """Abundance -> key and measurement; an element that is False is left out."""
    helium = preset.helium if preset and helium is None else helium
    deuterium = preset.deuterium if preset and deuterium is None else deuterium
    chosen = {}
    if helium is not None and helium is not False:
        chosen["Y_p"] = (helium, choose("helium measurement", helium, HELIUM))
    if deuterium is not None and deuterium is not False:
        chosen["DH"] = (deuterium, choose("deuterium measurement", deuterium, DEUTERIUM))
    return chosen


class BBN(Checked, Likelihood):
    r"""Gaussian likelihood of :math:`Y_p = 4 n_{He}/n_b` and of the number ratio D/H.

    With pulls :math:`z_i = (t_i - d_i)/\sigma_i`, :math:`\sigma_i^2 = \sigma_{i,obs}^2 +
    \sigma_{i,th}^2`, and the correlation :math:`r = \rho_{th}\,\sigma_{Y,th}\sigma_{D,th} /
    (\sigma_Y\sigma_D)` that the errors of the theory share,

    .. math:: \chi^2 = (z_Y^2 + z_D^2 - 2 r z_Y z_D) / (1 - r^2), \quad \ln L = -\chi^2/2 .

    For symmetric errors this is the usual :math:`\chi^2` with covariance
    :math:`C_{obs} + C_{th}`. An asymmetric measurement uses the error of the side on which the
    theory lies, and its mean error in `r`, so that :math:`\ln L` stays continuous. No constant is
    added to ln L, as in Cobaya's own Gaussian likelihoods: −2 ln L is the plain χ².

    Where the errors of the theory depend on the point, −2 ln L = χ² + ln(det C / det C_ref), with
    C_ref the covariance at the errors named ``reference``; the last term stays below 0.1 near the
    data.

    Requires from a theory (``hotaxion.theory.BBN``) the parameters ``Y_p`` and ``DH`` and, with
    ``theory_error``, the product ``bbn_theory_error``: a dictionary of ``sigma_Y_p`` (absolute),
    ``sigma_DH_rel`` (relative) and their ``correlation``, and if they are not constant, of the same
    under ``reference``; ``Y_p`` and ``DH`` there, if given, are the prediction that counts. The
    relative error is taken of the measured D/H.
    """

    # Options: see BBN.yaml.
    preset: str | None
    helium: str | Literal[False] | None
    deuterium: str | Literal[False] | None
    theory_error: bool | None

    _said_stale = False

    def initialize(self) -> None:
        """Look up the measurements; a wrong key stops the run and names the nearest right one."""
        with logged_errors(self.log):
            self._read_options()
        self.mpi_info(
            "%s; errors of the theory %s.",
            "; ".join(
                f"{name} = {m.value:g} +{m.plus:g} -{m.minus:g} ({key}, {m.source})"
                for name, (key, m) in self._chosen.items()
            ),
            "added" if self._add_theory_error else "left out",
        )
        for key, measurement in self._chosen.values():
            if measurement.note:
                self.mpi_warning("%s: %s.", key, measurement.note)

    def _read_options(self) -> None:
        preset = _preset(self.preset)
        theory_error = self.theory_error
        if theory_error is None and preset:
            theory_error = preset.theory_error
        self._add_theory_error = theory_error is None or flag("theory_error", theory_error)
        self._chosen = _choose(preset, self.helium, self.deuterium)
        if not self._chosen:
            raise HotAxionError(
                "no measurement is selected; give `preset`, `helium` or `deuterium`. "
                f"Presets: {', '.join(PRESETS)}. Helium: {', '.join(HELIUM)}. "
                f"Deuterium: {', '.join(DEUTERIUM)}."
            )

    @classmethod
    def get_bibtex(cls) -> str:
        """What to cite for the default options."""
        return cls.bibtex_of({})

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """The papers of the measurements that these options choose."""
        options = {**cls.get_defaults(), **given}
        chosen = _choose(_preset(options["preset"]), options["helium"], options["deuterium"])
        sources = " ".join(measured.source for _, measured in chosen.values())
        return entries_named(super().get_bibtex() or "", sources)

    def observed(self) -> tuple[Observation, ...]:
        """The elements that are selected."""
        return tuple(_OBSERVATIONS[name] for name in self._chosen)

    def get_requirements(self) -> dict[str, None]:
        """Ask only for what the selected measurements need."""
        names = [*self._chosen, *(["bbn_theory_error"] if self._add_theory_error else [])]
        return dict.fromkeys(Needed(name, "add hotaxion.theory.BBN") for name in names)

    def initialize_with_provider(self, provider: Provider) -> None:
        """Say where `post` takes the abundances from the old chain, whatever the theory now is."""
        super().initialize_with_provider(provider)
        stored = post_columns(provider.model).intersection(self._chosen)
        if stored and not self._add_theory_error:
            names = ", ".join(sorted(stored))
            self.mpi_warning(
                "%s: taken from the old chain. If options of a theory change, write 'remove: "
                "{params: [%s]}' in 'post' and name them again under 'add: params:'.",
                *(names, names),
            )

    def logp(self, **_params: float) -> float:
        """Return ln L of the theory's abundances; stop the run if they are no numbers."""
        theory = {
            name: self._checked(name, name, self.provider.get_param(name), _ABUNDANCE_RANGE)
            for name in self._chosen
        }
        errors = self._theory_errors() if self._add_theory_error else None
        if errors:
            theory = {name: self._predicted(name, theory[name], errors) for name in theory}
        norm = 0.0
        if errors and "reference" in errors:
            norm = self._log_det(errors) - self._log_det(errors["reference"])
        return -0.5 * (self.chi2(theory, errors) + norm)

    def _predicted(self, name: str, given: float, errors: Mapping[str, Any]) -> float:
        """Return the abundance to which the errors of the theory belong.

        It is `given`, but in Cobaya's `post`, which hands out the old chain's column: there the
        theory may have got other options.
        """
        if name not in errors:
            return given
        product = "bbn_theory_error"
        predicted = self._checked(product, f"{name} in {product}", errors[name], _ABUNDANCE_RANGE)
        if not isclose(predicted, given, rel_tol=_STORED_DIGITS) and not self._said_stale:
            self._said_stale = True
            self.mpi_warning(
                "%s = %g in the old chain, %g by the theory here, which counts. The column keeps "
                "the old one: to have it computed again, name it in 'post' under 'remove: params:' "
                "and 'add: params:'.",
                *(name, given, predicted),
            )
        return predicted

    def _theory_errors(self) -> dict[str, Any]:
        """Return the product ``bbn_theory_error`` after a look at each number that is used."""
        product = "bbn_theory_error"
        errors = self.provider.get_bbn_theory_error()
        blocks = [errors]
        if isinstance(errors, Mapping) and "reference" in errors:
            blocks.append(errors["reference"])
        for block in blocks:
            for name in (*(_SIGMA[chosen] for chosen in self._chosen), "correlation"):
                given = block.get(name) if isinstance(block, Mapping) else None
                self._checked(product, f"{name} in {product}", given, _ERROR_RANGES[name])
        return errors

    def _checked(
        self, product: str, name: str, value: object, allowed: tuple[float, float]
    ) -> float:
        """Return the number that a theory gave, or stop the run: it would make ln L a NaN."""
        try:
            return number(name, value, *allowed)
        except RangeError as error:
            giver = self.provider.requirement_providers.get(product)
            raise LoggedError(
                self.log, "%s It comes from %s.", error, giver.get_name() if giver else "the input"
            ) from error

    def chi2(self, theory: dict[str, float], errors: dict[str, Any] | None = None) -> float:
        """Return χ² of the abundances ``theory`` (keys ``Y_p``, ``DH``).

        ``errors`` are those of the theory, as in the class's documentation; None for no error.
        """
        sigma_theory, correlation = self._theory_sigmas(errors)
        pulls = [
            (theory[name] - measured.value)
            / hypot(measured.sigma(theory[name]), sigma_theory[name])
            for name, (_, measured) in self._chosen.items()
        ]
        if len(pulls) == 1:
            return pulls[0] ** 2
        z_y, z_d = pulls
        return (z_y**2 + z_d**2 - 2 * correlation * z_y * z_d) / (1 - correlation**2)

    def _log_det(self, errors: dict[str, Any]) -> float:
        """Return ln det C, with mean observational errors."""
        sigma_theory, correlation = self._theory_sigmas(errors)
        variances = [m.mean_sigma**2 + sigma_theory[k] ** 2 for k, (_, m) in self._chosen.items()]
        return sum(map(log, variances)) + (log1p(-(correlation**2)) if len(variances) > 1 else 0.0)

    def _theory_sigmas(self, errors: dict[str, Any] | None) -> tuple[dict[str, float], float]:
        """Return the error of the theory on each abundance, and the correlation r."""
        if not errors:
            return dict.fromkeys(self._chosen, 0.0), 0.0
        sigmas, correlation = {}, errors["correlation"]
        for name, (_, measured) in self._chosen.items():
            relative = name == "DH"  # of the measured value, not of the predicted one
            sigmas[name] = (
                errors["sigma_DH_rel"] * measured.value if relative else errors["sigma_Y_p"]
            )
            correlation *= sigmas[name] / hypot(measured.mean_sigma, sigmas[name])
        return sigmas, correlation
