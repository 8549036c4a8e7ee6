"""A published measurement of N_eff in place of its data: for quick studies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.theory import Provider

from hotaxion.likelihoods import data_files, neff_data
from hotaxion.likelihoods.checked import Checked
from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.likelihoods.neff_data import Measurement
from hotaxion.theory.checks import choice, flag, text
from hotaxion.theory.components.bibliography import entries_named
from hotaxion.theory.components.guards import EXTRA_RADIATION, Needed
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.components.relic_products import (
    AXION,
    PRODUCT,
    cure_of_product,
    relic_products,
)
from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError

_OWN = ("n_eff", "sigma", "bound", "level", "sees", "source")


class Neff(Checked, Likelihood):
    r"""Likelihood of :math:`N_{eff} = 3.044 + \Delta N_{eff}` as a publication compresses its data.

    :math:`\ln L = -(N_{eff} - \bar N)^2 / 2 \sigma^2` where a mean and its error are known. With
    ``one_sided``, or where an upper bound alone is known, half of a Gaussian at
    :math:`\Delta N_{eff} = 0` whose integral from there reaches ``level`` at ``bound``; below,
    where no such publication looks, L = 0. No constant is added.

    :math:`\Delta N_{eff}` is the parameter ``delta_neff`` (of ``HotAxion``, or in ``params``), with
    ``delta_neff_extra``, if it is given, and what the relics in the option ``relics`` have. What a
    publication calls N_eff has no mass: an axion as hot dark matter is not seen, and the bound on
    m_a is that of its radiation alone.

    It is no data of its own: likelihoods that count what it was made of (``sees``) are refused.
    """

    # Options: see Neff.yaml.
    preset: str | None
    one_sided: bool | None
    n_eff: float | None
    sigma: float | None
    bound: float | None
    level: float | None
    sees: list[str] | None
    source: str | None
    relics: str | list[str] | None

    def initialize(self) -> None:
        """Look up the measurement; a wrong option stops the run."""
        with logged_errors(self.log):
            self._products = relic_products(self.relics)
            self._measured, self._seen, source = self._read_options()
            one_sided = self.one_sided
            if one_sided is None:
                one_sided = self._measured.n_eff is None
            self._half = self._width(flag("one_sided", one_sided))
        words = (
            f"Delta N_eff < {self._measured.bound:g} at {self._measured.level:g}, half-normal"
            if self._half
            else self._measured.in_words
        )
        self.mpi_info(
            "%s (%s), in place of its data: %s. N_eff = %g without axions; their mass is not seen.",
            *(words, source, ", ".join(self._seen) or "nothing that is known here", N_EFF_SM),
        )

    def _read_options(self) -> tuple[Measurement, tuple[str, ...], str]:
        """The measurement, names of what it is made of, and the publication."""
        own = [name for name in _OWN if getattr(self, name) is not None]
        if self.preset is not None:
            known = neff_data.published()
            row = known[choice("preset", self.preset, known)]
            if own:
                raise RangeError(
                    f"preset {self.preset} has its own numbers; leave out {', '.join(own)}, or "
                    "the preset."
                )
            return row, row.sees, row.source
        if not own:
            raise RangeError(
                "no measurement is selected; give 'preset', one of "
                f"{', '.join(neff_data.published())}, or n_eff and sigma, or bound and level."
            )
        measured = Measurement(self.n_eff, self.sigma, self.bound, self.level)
        source = text("source (where it is published)", self.source, "'arXiv:2603.13226'")
        return measured, neff_data.seen_names(self.sees), source

    def _width(self, one_sided: bool) -> float | None:
        """Of the half-normal distribution; None for the Gaussian."""
        if one_sided:
            return self._measured.half_normal_sigma
        if self._measured.n_eff is None:
            raise RangeError(
                "one_sided: false, but no n_eff and sigma are known of it; leave one_sided out."
            )
        return None

    def observed(self) -> tuple[Observation, ...]:
        """What the publication has seen."""
        return tuple(neff_data.SEEN[name] for name in self._seen)

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The table of presets, where one is taken."""
        return [data_files.DATA / neff_data.FILE] if options.get("preset") is not None else []

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """What to cite for these options: the preset, or what is known of `source`."""
        row = neff_data.published().get(str(given.get("preset")))
        return entries_named(cls.get_bibtex(), row.arxiv if row else str(given.get("source")))

    def get_requirements(self) -> dict[str, None]:
        """Radiation that is no neutrino."""
        cure = "add hotaxion.theory.HotAxion; without axions give 'delta_neff: 0'"
        relics = (Needed(name, cure_of_product(name)) for name in self._products)
        return dict.fromkeys([Needed("delta_neff", cure), *relics])

    def get_can_support_params(self) -> list[str]:
        """Parameters taken as input if the user gives them."""
        return [EXTRA_RADIATION]

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a hot relic that would not count."""
        super().initialize_with_provider(provider)
        for theory in provider.model.theory.values():
            for product in theory.get_can_provide():
                if product.endswith(PRODUCT) and product not in {AXION, *self._products}:
                    name = product.removesuffix(PRODUCT)
                    raise LoggedError(
                        self.log,
                        "the relic %s does not reach %s: say 'relics: [%s]' there.",
                        *(name, self.get_name(), name),
                    )

    def logp(self, **params: float) -> float:
        """Return ln L of all radiation that is no neutrino."""
        extra = params.get(EXTRA_RADIATION, 0.0)
        extra += sum(self.provider.get_result(name).delta_neff for name in self._products)
        return self.loglike(self.provider.get_param("delta_neff") + extra)

    def loglike(self, delta_neff: float) -> float:
        """Return ln L of a value of Delta N_eff."""
        if self._half is not None:
            return -0.5 * (delta_neff / self._half) ** 2 if delta_neff >= 0.0 else -math.inf
        mean, sigma = self._measured.n_eff, self._measured.sigma
        assert mean is not None  # checked by `_width`
        assert sigma is not None
        return -0.5 * ((N_EFF_SM + delta_neff - mean) / sigma) ** 2
