"""Mock CMB data of a future experiment: Cobaya's exact likelihood without lensing cross-spectra."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from cobaya.likelihoods.base_classes import CMBlikes
from getdist import IniFile

from hotaxion.likelihoods.checked import Checked, refuse_unused
from hotaxion.likelihoods.data_files import logged_errors, mock_folder, require_mock
from hotaxion.likelihoods.mock_data import check_cmb, check_matrices, mock_file, read_by_cobaya
from hotaxion.theory.checks import mapping, text

if TYPE_CHECKING:
    from hotaxion.theory.spectra.training.sensitivity import CMBMaps

# C^Tφ and C^Eφ: Cobaya's mock data have none, CLASS's theory has C^Tφ alone, other codes neither.
_CROSS_SPECTRA = ("tp", "ep", "pt", "pe")
_ALONE = "which reads dataset_file alone; remove it, or write it under dataset_params"


class MockCMB(Checked, CMBlikes):
    r"""Mock CMB data in ``dataset_file``, as ``hotaxion forecast`` writes them.

    The exact likelihood of full-sky Gaussian fields (0801.0554), scaled by the sky fraction. The
    reconstructed lensing potential counts as independent of T and E, in the data as in the theory:
    Cobaya's ``CMBlikes`` would take the correlation with T (by the integrated Sachs-Wolfe effect)
    from the theory only, and χ² at the fiducial would not be 0.
    """

    install_options: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:  # of Cobaya's class
        path: str | None
        dataset_file: str | None

    def initialize(self) -> None:
        """Stop with a message if a file is missing or damaged."""
        with logged_errors(self.log):
            refuse_unused(self, ("path", "dataset_file", "dataset_params"), _ALONE)
            for option, example in (("path", "packaged"), ("dataset_file", "mock.dataset")):
                if getattr(self, option) is not None:
                    text(option, getattr(self, option), example)
            if self.dataset_params is not None:
                mapping("dataset_params", self.dataset_params, "{cl_lmax: 2000}")
            folder = mock_folder(self.path)
            given = Path(folder, self.dataset_file) if self.dataset_file else None
            file = require_mock(given, f"dataset_file of {self.get_name()}").resolve()
        self.dataset_file, self.path = str(file), None
        with logged_errors(self.log), read_by_cobaya(mock_file(file)):
            super().initialize()

    def init_params(self, ini: IniFile) -> None:
        """Check the data set, with its changes by ``dataset_params``, before Cobaya reads it."""
        check_cmb(ini)
        super().init_params(ini)
        if not self.binned:
            spectra = mock_file(Path(ini.relativeFileName("cl_hat_file")))
            check_matrices(spectra, self.bin_min, self.bandpower_matrix)

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The .dataset file and those that it names."""
        file = mock_folder(options["path"]) / options["dataset_file"]
        ini = IniFile(str(file))
        ini.params.update(options["dataset_params"] or {})
        named = [key for key in ini.params if key.endswith("_file") and ini.params[key]]
        return [file, *(Path(ini.relativeFileName(key)) for key in named)]

    def maps(self) -> CMBMaps:
        """What the data see, with their noise as raw C_l, for the training of an emulator."""
        from hotaxion.theory.spectra.training.sensitivity import T_CMB_UK, CMBMaps

        fields = tuple(self.map_names[i].lower() for i in self.map_fields if self.use_map[i])
        ell = np.arange(self.bin_min, self.bin_max + 1.0)
        noise = np.diagonal(self.noise_matrix, axis1=1, axis2=2).copy()
        for i, each in enumerate(fields):
            band = ell * (ell + 1.0) / (2.0 * np.pi)
            noise[:, i] /= band * (ell * (ell + 1.0) if each == "p" else T_CMB_UK**2)
        return CMBMaps(fields, noise, self.bin_min, self.bin_max, self.fsky)

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

    def log_likelihood(self, dls: Mapping[str, np.ndarray], **data_params: float) -> float:
        """As Cobaya's class, with all multipoles at once: its loop over them takes 60 ms."""
        if self.binned or self.like_approx != "exact":
            return super().log_likelihood(dls, **data_params)
        self.get_theory_map_cls(dls, data_params)
        total = self.noise_matrix.copy()
        seen = slice(self.bin_min - self.pcl_lmin, self.bin_max - self.pcl_lmin + 1)
        for i, j in zip(*np.tril_indices(self.nmaps), strict=True):
            if self.map_cls[i, j] is not None:
                total[:, i, j] += self.map_cls[i, j].CL[seen]
                total[:, j, i] = total[:, i, j]
        if np.isnan(total).any():
            return np.nan
        signs, logarithms = np.linalg.slogdet(total)
        if not (signs > 0).all():
            return -np.inf
        ratio = np.einsum("lij,lji->l", np.linalg.inv(total), self.bandpower_matrix)
        data = np.linalg.slogdet(self.bandpower_matrix)[1]
        modes = self.fsky * (2.0 * np.arange(self.bin_min, self.bin_max + 1) + 1.0)
        return -0.5 * float(modes @ (ratio - self.nmaps - data + logarithms))
