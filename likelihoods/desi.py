"""DESI DR2 baryon acoustic oscillations: Cobaya's own BAO class on the shipped numbers."""

from __future__ import annotations

from typing import ClassVar

from cobaya.likelihoods.base_classes import BAO

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.data_files import load, logged_errors

_MEASUREMENTS = "desi_dr2_mean.txt"
_COVARIANCE = "desi_dr2_cov.txt"


class DesiDR2(BAO):
    r"""DESI DR2 BAO, all tracers: 13 distances in units of r_drag (arXiv:2503.14738).

    Same χ² as Cobaya's ``bao.desi_dr2.desi_bao_all``. Requires the angular-diameter distance,
    H(z) and ``rdrag`` from the theory.
    """

    install_options: ClassVar[dict] = {}  # nothing to download

    def initialize(self) -> None:
        """Check the shipped files, then let Cobaya's class read them."""
        with logged_errors(self.log):
            load(_MEASUREMENTS, {"z and value": (13, 2)}, columns=(0, 1))
            load(_COVARIANCE, {"covariance": (13, 13)})
        self.path = str(data_files.DATA)
        self.measurements_file, self.cov_file = _MEASUREMENTS, _COVARIANCE
        super().initialize()
