"""Mock CMB data of a future experiment: Cobaya's exact likelihood without lensing cross-spectra."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from cobaya.likelihoods.base_classes import CMBlikes

from hotaxion.likelihoods.data_files import logged_errors, require_mock

# C^Tφ and C^Eφ: Cobaya's mock data have none, CLASS's theory has C^Tφ alone, other codes neither.
_CROSS_SPECTRA = ("tp", "ep", "pt", "pe")


class MockCMB(CMBlikes):
    r"""Mock CMB data in ``dataset_file``, as ``hotaxion forecast`` writes them.

    The exact likelihood of full-sky Gaussian fields (0801.0554), scaled by the sky fraction. The
    reconstructed lensing potential counts as independent of T and E, in the data as in the theory:
    Cobaya's ``CMBlikes`` would take the correlation with T (by the integrated Sachs-Wolfe effect)
    from the theory only, and χ² at the fiducial would not be 0.
    """

    install_options: ClassVar[dict] = {}

    def initialize(self) -> None:
        """Stop with a message if the file is missing."""
        with logged_errors(self.log):
            file = Path(self.path or "", self.dataset_file) if self.dataset_file else None
            require_mock(file, f"dataset_file of {self.get_name()}")
        self.dataset_file = str(file.resolve())
        super().initialize()

    def get_requirements(self) -> dict[str, Any]:
        """As Cobaya's class, without the cross-spectra."""
        spectra = super().get_requirements()["Cl"]
        return {"Cl": {k: v for k, v in spectra.items() if k.lower() not in _CROSS_SPECTRA}}

    def get_theory_map_cls(
        self, Cls: Mapping[str, np.ndarray], data_params: Mapping[str, float] | None = None
    ) -> None:
        """As Cobaya's class, without the cross-spectra."""
        spectra = {k: v for k, v in Cls.items() if k not in _CROSS_SPECTRA}
        super().get_theory_map_cls(spectra, data_params)
