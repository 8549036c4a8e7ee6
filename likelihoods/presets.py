"""Presets: several likelihoods that belong together, by one line of the YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from cobaya.likelihood import Likelihood
from cobaya.theory import Provider

import hotaxion.likelihoods
from hotaxion.likelihoods.checked import Checked, refuse_nan
from hotaxion.theory.components.bibliography import split_entries
from hotaxion.theory.components.overlaps import Observation

_PREFIX = "chi2_"


class _SharedSpectra:
    """The provider of the pieces of a preset: hands the same spectra to all, who only read them."""

    def __init__(self, provider: Provider):
        self._provider = provider
        self._kept: dict[tuple[bool, str], dict[str, np.ndarray]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def get_Cl(self, ell_factor: bool = False, units: str = "FIRASmuK2") -> dict[str, np.ndarray]:
        """As of the provider, asked for once until `forget`."""
        key = (ell_factor, units)
        if key not in self._kept:
            self._kept[key] = self._provider.get_Cl(*key)
        return self._kept[key]

    def forget(self) -> None:
        """Another point is next."""
        self._kept.clear()


class _Preset(Checked, Likelihood):
    """The sum of its pieces; χ² of each piece is a derived parameter, ``chi2_`` and its name.

    An option of the preset goes to the pieces that have one of this name.
    """

    files: str

    _pieces: ClassVar[tuple[str, ...]]
    # Those that go to the pieces.
    _handed_on: ClassVar[tuple[str, ...]] = ("files",)

    def initialize(self) -> None:
        """Load each piece; the log says from which files."""
        self.pieces: dict[str, Checked] = {
            name: getattr(hotaxion.likelihoods, name)(
                self._options_of(name, vars(self)),
                name=f"{self.get_name()}: {name}",
                packages_path=self.packages_path,
            )
            for name in self._pieces
        }

    @classmethod
    def _options_of(cls, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """What a piece gets of the options of the preset."""
        defaults = getattr(hotaxion.likelihoods, name).get_defaults()
        return {key: options[key] for key in cls._handed_on if key in defaults and key in options}

    def initialize_with_params(self) -> None:
        """Let each piece do the same: one says where better files lie that are not used."""
        super().initialize_with_params()
        for piece in self.pieces.values():
            piece.initialize_with_params()

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """Those of all pieces."""
        files: list[Path] = []
        for name in cls._pieces:
            piece = getattr(hotaxion.likelihoods, name)
            given = {**piece.get_defaults(), **cls._options_of(name, options)}
            files += piece.data_files(given, packages_path)
        return files

    def get_requirements(self) -> list[tuple[str, Any]]:
        """What all pieces need."""
        needs: list[tuple[str, Any]] = []
        for piece in self.pieces.values():
            needs += dict(piece.get_requirements()).items()
        return needs

    def initialize_with_provider(self, provider: Provider) -> None:
        """Pass the theory on."""
        super().initialize_with_provider(provider)
        self._shared = _SharedSpectra(provider)
        for piece in self.pieces.values():
            piece.initialize_with_provider(self._shared)

    def observed(self) -> tuple[Observation, ...]:
        """What all pieces have seen."""
        return tuple(one for piece in self.pieces.values() for one in piece.observed())

    def logp(self, _derived: dict[str, float] | None = None, **params: float) -> float:
        """Return the sum of ln L; χ² of each piece goes to ``_derived``."""
        self._shared.forget()
        values = {name: piece.logp(**params) for name, piece in self.pieces.items()}
        for name, value in values.items():
            refuse_nan(self.pieces[name], value)
        if _derived is not None:
            _derived.update({f"{_PREFIX}{name}": -2.0 * v for name, v in values.items()})
        return float(sum(values.values()))

    @classmethod
    def get_modified_defaults(
        cls, defaults: dict[str, Any], input_options: Mapping[str, Any] = {}
    ) -> dict[str, Any]:
        """Add the derived parameters."""
        derived = {
            f"{_PREFIX}{name}": {"derived": True, "latex": rf"\chi^2_\mathrm{{{name}}}"}
            for name in cls._pieces
        }
        defaults = super().get_modified_defaults(defaults, input_options)
        return {**defaults, "params": {**(defaults.get("params") or {}), **derived}}

    @classmethod
    def get_bibtex(cls) -> str:
        """What to cite for the default options."""
        return cls.bibtex_of({})

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """References of all pieces with these options, each paper once, as BibTeX needs it."""
        entries: dict[str, str] = {}
        for name in cls._pieces:
            piece = getattr(hotaxion.likelihoods, name)
            if hasattr(piece, "bibtex_of"):
                text = piece.bibtex_of(cls._options_of(name, given))
            else:
                text = piece.get_bibtex()
            entries |= split_entries(text)
        return "\n\n".join(entries.values())


class Planck2018(_Preset):
    """Planck 2018: lite TTTEEE, low-l TT and EE, lensing (arXiv:1907.12875, 1807.06210)."""

    _pieces = ("PlanckLiteTTTEEE", "PlanckLowlTT", "PlanckLowlEE", "PlanckLensing")


class PACT(_Preset):
    """Planck 2018 and ACT DR6 as the ACT collaboration combines them (2503.14452), no lensing.

    `PlanckCut`, `ActDR6Lite`, low-l TT and EE. One calibration, ``A_act``, goes for both.
    """

    l_max: int
    lowl_ee: str

    _pieces: ClassVar[tuple[str, ...]] = ("PlanckCut", "ActDR6Lite", "PlanckLowlTT", "PlanckLowlEE")
    _handed_on = ("files", "l_max", "lowl_ee")

    def logp(self, _derived: dict[str, float] | None = None, **params: float) -> float:
        """As the sum of any pieces, with one calibration."""
        return super().logp(_derived, **{**params, "A_planck": params["A_act"]})


class SPA(PACT):
    """SPT-3G 2018, Planck 2018 and ACT DR6: `PACT` and `Spt3g2018Lite`, no lensing.

    The 1500 square degrees of SPT-3G lie in Planck's sky and partly in that of ACT; their common
    sample variance is neglected, as the experiments do. Papers of 2025 call the combination with
    SPT-3G D1 "SPA"; the data of 2018 say less of ΔN_eff (0.2 costs Δχ² = 0.28 there, 0.72 with D1).
    """

    _pieces = (*PACT._pieces, "Spt3g2018Lite")


class BAO2018(_Preset):
    """6dFGS, SDSS MGS and BOSS DR12 consensus BAO, as arXiv:2205.07849 used them."""

    _pieces = ("SixdF2011", "SdssMGS", "BossDR12")
