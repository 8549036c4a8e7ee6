"""Presets: several likelihoods that belong together, by one line of the YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cobaya.likelihood import Likelihood
from cobaya.theory import Provider

import hotaxion.likelihoods

_PREFIX = "chi2_"


class _Preset(Likelihood):
    """The sum of its pieces; χ² of each piece is a derived parameter, ``chi2_`` and its name."""

    files: str

    _pieces: ClassVar[tuple[str, ...]]

    def initialize(self) -> None:
        """Load each piece; the log says from which files."""
        self.pieces: dict[str, Likelihood] = {
            name: getattr(hotaxion.likelihoods, name)(
                {"files": self.files},
                name=f"{self.get_name()}: {name}",
                packages_path=self.packages_path,
            )
            for name in self._pieces
        }

    def get_requirements(self) -> list[tuple[str, Any]]:
        """What all pieces need."""
        needs: list[tuple[str, Any]] = []
        for piece in self.pieces.values():
            needs += dict(piece.get_requirements()).items()
        return needs

    def initialize_with_provider(self, provider: Provider) -> None:
        """Pass the theory on."""
        super().initialize_with_provider(provider)
        for piece in self.pieces.values():
            piece.initialize_with_provider(provider)

    def logp(self, _derived: dict[str, float] | None = None, **params: float) -> float:
        """Return the sum of ln L; χ² of each piece goes to ``_derived``."""
        values = {name: piece.logp(**params) for name, piece in self.pieces.items()}
        if _derived is not None:
            _derived.update({f"{_PREFIX}{name}": -2.0 * v for name, v in values.items()})
        return float(sum(values.values()))

    @classmethod
    def get_modified_defaults(cls, defaults: dict, input_options: Mapping = {}) -> dict:
        """Add the derived parameters."""
        derived = {
            f"{_PREFIX}{name}": {"derived": True, "latex": rf"\chi^2_\mathrm{{{name}}}"}
            for name in cls._pieces
        }
        return {**defaults, "params": {**(defaults.get("params") or {}), **derived}}

    @classmethod
    def get_bibtex(cls) -> str:
        """References of all pieces."""
        pieces = [getattr(hotaxion.likelihoods, name).get_bibtex() for name in cls._pieces]
        return "\n".join(dict.fromkeys(pieces))


class Planck2018(_Preset):
    """Planck 2018: lite TTTEEE, low-l TT and EE, lensing (arXiv:1907.12875, 1807.06210)."""

    _pieces = ("PlanckLiteTTTEEE", "PlanckLowlTT", "PlanckLowlEE", "PlanckLensing")


class BAO2018(_Preset):
    """6dFGS, SDSS MGS and BOSS DR12 consensus BAO, as arXiv:2205.07849 used them."""

    _pieces = ("SixdF2011", "SdssMGS", "BossDR12")
