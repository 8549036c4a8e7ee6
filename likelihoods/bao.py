"""Baryon acoustic oscillations: Cobaya's own BAO class on numbers shipped with the package.

`SixdF2011`, `SdssMGS` and `BossDR12`, used by arXiv:2205.07849 beside Planck 2018, make the preset
``BAO2018``; `DesiDR2` replaces all three (the surveys overlap: with the last two it is refused).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from cobaya.likelihoods.base_classes import BAO

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.checked import Checked, passing_nan, refuse_unused
from hotaxion.likelihoods.data_files import (
    load,
    logged_errors,
    mock_folder,
    packaged_file,
    require_mock,
)
from hotaxion.likelihoods.mock_data import check_bao, mock_file, read_by_cobaya
from hotaxion.likelihoods.official import OfficialOnDemand
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number, text
from hotaxion.theory.components.bibliography import entries_named
from hotaxion.theory.components.overlaps import BOSS, DESI, SDSS_MAIN
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from hotaxion.theory.spectra.training.sensitivity import Distances

# Shipped file -> shape and columns that hold its numbers.
Shapes = dict[str, tuple[tuple[int, ...], tuple[int, ...] | None]]
# Options of `MockBAO` that are texts, with examples.
_MOCK_OPTIONS = {
    "path": "packaged",
    "measurements_file": "bao_mean.txt",
    "cov_file": "bao_cov.txt",
}
_MOCK_ALONE = (
    "which reads measurements_file and cov_file alone; remove it, or use Cobaya's bao.generic"
)


def _check_scale(likelihood: BAO) -> None:
    """Raise `HotAxionError` unless at most one of the two scales of r_drag is given, above 0."""
    scales = {name: getattr(likelihood, name) for name in ("rs_rescale", "rs_fid")}
    given = {name: number(name, v, 0.0, above=True) for name, v in scales.items() if v is not None}
    if len(given) > 1:
        raise HotAxionError(
            f"rs_fid = {given['rs_fid']:g} has no effect beside rs_rescale = "
            f"{given['rs_rescale']:g}; set one of them to null."
        )


class _AtOnce(BAO):
    """Cobaya's class, but each kind of measurement in one call; it asks for each by itself."""

    def logp(self, **params: float) -> float:
        """Return ln L; Cobaya's own where the data are no list of measurements."""
        if self.measurements_file is None or self.is_debug():
            return super().logp(**params)
        values, kinds = self._measured
        difference = -values
        for kind, (rows, z) in kinds.items():
            difference[rows] += self.theory_fun(z, kind)
        return -0.5 * float(difference @ self.invcov @ difference)

    @cached_property
    def _measured(self) -> tuple[Array, dict[str, tuple[np.ndarray, Array]]]:
        """The values, and of each kind of measurement rows and redshifts."""
        z, values = (self.data[name].to_numpy(dtype=float) for name in ("z", "value"))
        kinds = self.data["observable"].to_numpy()
        rows = {str(kind): np.flatnonzero(kinds == kind) for kind in dict.fromkeys(kinds)}
        return values, {kind: (some, z[some]) for kind, some in rows.items()}


class _ShippedBAO(OfficialOnDemand, _AtOnce):
    """Checks the shipped files, then lets Cobaya's class read them.

    Every subclass requires from the theory what Cobaya's class does: the angular-diameter
    distance, H(z) and ``rdrag``.
    """

    install_options: ClassVar[dict[str, str]] = {}  # nothing to download
    _shared_options = ("rs_rescale", "rs_fid")
    _files: ClassVar[Shapes] = {}

    def _check_options(self) -> None:
        _check_scale(self)

    def _initialize_shipped(self) -> None:
        """Stop with a message if a file is missing or damaged."""
        with logged_errors(self.log):
            for name, (shape, columns) in self._files.items():
                load(name, {"numbers": shape}, columns=columns)
            if self.measurements_file:
                check_bao(packaged_file(self.measurements_file), packaged_file(self.cov_file))
        self.path = str(data_files.DATA)
        BAO.initialize(self)


class SixdF2011(_ShippedBAO):
    r"""6dF Galaxy Survey: r_s/D_V(z = 0.106) = 0.336 ± 0.015 (arXiv:1106.3366).

    Same χ² as Cobaya's ``bao.sixdf_2011_bao``.
    """

    _official_name = "bao.sixdf_2011_bao"


class SdssMGS(_ShippedBAO):
    r"""SDSS DR7 main galaxy sample: χ²(α) at z = 0.15, α ∝ D_V/r_d (arXiv:1409.3242).

    Not Gaussian: the published curve as a cubic spline through 25 points. Same χ² as Cobaya's
    ``bao.sdss_dr7_mgs`` to 0.01 for 0.803 < α < 1.1985; the likelihood is zero outside of
    0.8005 < α < 1.1985, as there.
    """

    _observes = (SDSS_MAIN,)
    _official_name = "bao.sdss_dr7_mgs"
    _official_files = ("sdss_MGS_prob.txt",)
    _difference = "the shipped curve is the official one to 0.01 in chi2"
    prob_dist = "sdss_dr7_mgs_chi2.txt"
    _files: ClassVar[Shapes] = {prob_dist: ((25,), None)}

    def initialize(self) -> None:
        """As the others; an α that is not a number must not count as one outside of the curve."""
        super().initialize()
        used = self._official or self
        used.logpdf = passing_nan(used.logpdf)


class BossDR12(_ShippedBAO):
    r"""BOSS DR12 consensus, BAO alone: D_M/r_d and H r_d at three redshifts (arXiv:1607.03155).

    Same χ² as Cobaya's ``bao.sdss_dr12_consensus_bao``.
    """

    _observes = (BOSS,)
    _official_name = "bao.sdss_dr12_consensus_bao"
    _official_files = ("sdss_DR12Consensus_bao.dat", "BAO_consensus_covtot_dM_Hz.txt")
    measurements_file = "boss_dr12_mean.txt"
    cov_file = "boss_dr12_cov.txt"
    _files: ClassVar[Shapes] = {measurements_file: ((6, 2), (0, 1)), cov_file: ((6, 6), None)}


class DesiDR2(_ShippedBAO):
    r"""DESI DR2 BAO, all tracers: 13 distances in units of r_drag (arXiv:2503.14738).

    Same χ² as Cobaya's ``bao.desi_dr2.desi_bao_all``.
    """

    _observes = (DESI, SDSS_MAIN, BOSS)
    _official_name = "bao.desi_dr2.desi_bao_all"
    _official_files = ("desi_bao_dr2/desi_gaussian_bao_ALL_GCcomb_*.txt",)
    measurements_file = "desi_dr2_mean.txt"
    cov_file = "desi_dr2_cov.txt"
    _files: ClassVar[Shapes] = {measurements_file: ((13, 2), (0, 1)), cov_file: ((13, 13), None)}


_SURVEYS = {"desi": "1611.00036", "euclid": "1910.09273"}


class MockBAO(Checked, _AtOnce):
    r"""Mock BAO data in the folder ``path``, as ``hotaxion forecast`` writes them.

    Cobaya's ``bao.generic``, which insists on an installation of real data.
    """

    install_options: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:  # of Cobaya's class
        path: str | None

    def initialize(self) -> None:
        """Stop with a message if a file is missing or damaged."""
        with logged_errors(self.log):
            refuse_unused(self, (*_MOCK_OPTIONS, "rs_rescale", "rs_fid"), _MOCK_ALONE)
            _check_scale(self)
            for option, example in _MOCK_OPTIONS.items():
                if getattr(self, option) is not None:
                    text(option, getattr(self, option), example)
            for option in ("measurements_file", "cov_file"):
                name = getattr(self, option)
                file = mock_folder(self.path) / name if self.path and name else None
                require_mock(file, f"{'path' if not self.path else option} of {self.get_name()}")
            folder = mock_folder(self.path)
            measurements = mock_file(folder / self.measurements_file)
            check_bao(measurements, mock_file(folder / self.cov_file))
            self.path = str(folder)
            with read_by_cobaya(measurements):
                super().initialize()

    @classmethod
    def get_bibtex(cls) -> str:
        """What to cite where the files do not name their survey."""
        return cls.bibtex_of({})

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """The paper of the survey in the name of the files, as `hotaxion forecast` writes it."""
        name = str(given.get("measurements_file") or "")
        papers = [paper for survey, paper in _SURVEYS.items() if survey in name]
        return entries_named(super().get_bibtex() or "", " ".join(papers or _SURVEYS.values()))

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The two files."""
        names = (options["measurements_file"], options["cov_file"])
        return [mock_folder(options["path"]) / name for name in names]

    def distances(self) -> Distances:
        """What the data measure and how well, for the training of an emulator."""
        from hotaxion.theory.spectra.training.sensitivity import Distances

        z, kinds = self.data["z"].to_numpy(dtype=float), map(str, self.data["observable"])
        return Distances(z, tuple(kinds), np.atleast_2d(self.cov))
