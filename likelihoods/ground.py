"""CMB from the ground: ACT DR6 and SPT-3G 2018, Gaussian band powers without foregrounds.

ACT and Planck see one sky: `ActDR6Lite` goes with `PlanckCut`, not with the whole of Planck. The
field of SPT-3G (1500 square degrees) lies partly in that of ACT and in Planck's; like the
experiments, one neglects that correlation.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from scipy.linalg import solve_triangular

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.checked import Checked
from hotaxion.likelihoods.data_files import load, logged_errors, packaged_file
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import whole_number
from hotaxion.theory.components.overlaps import ACT, ACT_AND_PLANCK, LENSING, SPT

_SPECTRA = ("tt", "te", "ee")
_L_MAX = 10_000
# Lensing alone: without temperature CLASS computes none, and asked for less it cuts wavenumbers.
_L_MAX_LENSING = 2500
# Covariance of SPT-3G 2018's calibrations Tcal and Ecal about 1: lite_cal_cov.txt of candl.
_SPT_CALIBRATIONS = ((2.01865617e-5, 6.24616281e-6), (6.24616281e-6, 5.29098895e-5))


class _Bands(Checked, Likelihood):
    """Gaussian band powers of one shipped file.

    A subclass reads its arrays in `_read` and predicts the band powers in `band_powers`.
    """

    install_options: ClassVar[dict[str, str]] = {}  # nothing to download
    _file: ClassVar[str]
    _shapes: ClassVar[Mapping[str, tuple[int, ...]]]
    # Spectra that are needed, and how far.
    _needs: dict[str, int]

    def initialize(self) -> None:
        """Stop with a message if the file or an option is wrong."""
        with logged_errors(self.log):
            arrays = load(self._file, self._shapes)
            used = self._read(arrays)
            self._data = arrays["data"][used]
            self._whiten = self._whitening(arrays["covariance"][np.ix_(used, used)])
        self.mpi_info(
            "Data: %d of %d band powers, l <= %d, from the package.",
            len(used),
            len(arrays["data"]),
            max(self._needs.values()),
        )

    @abstractmethod
    def _read(self, arrays: Mapping[str, Array]) -> np.ndarray:
        """Set what `band_powers` and `_needs` are made of; return the indices of the used bands."""

    def _whitening(self, covariance: Array) -> Array:
        """W with chi^2 = |W (data - model)|^2, (bands, bands)."""
        file = packaged_file(self._file)
        scale = np.sqrt(np.abs(np.outer(covariance.diagonal(), covariance.diagonal())))
        same = np.abs(covariance - covariance.T) <= 1e-9 * scale
        file.require("covariance", covariance, same, "is not symmetric")
        try:
            root = np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            file.damaged("'covariance' is not positive definite")
        return solve_triangular(root, np.eye(len(root)), lower=True)

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The shipped file."""
        return [data_files.DATA / cls._file]

    def get_requirements(self) -> dict[str, dict[str, int]]:
        """Spectra up to the last multipole that is seen."""
        return {"Cl": dict(self._needs)}

    def logp(self, **params: float) -> float:
        """Return ln L of the theory's spectra."""
        dl = self.provider.get_Cl(ell_factor=True)
        for name, l_max in self._needs.items():
            if len(dl[name]) <= l_max:
                raise LoggedError(
                    self.log,
                    "The theory gives %s to l = %d, the data need l = %d: use another theory, or "
                    "lower l_max where there is that option.",
                    name,
                    len(dl[name]) - 1,
                    l_max,
                )
        return -0.5 * self.chi_squared(dl, params)

    def chi_squared(self, dl: Mapping[str, Array], params: Mapping[str, float]) -> float:
        """Return χ²; `dl` and `params` as of `band_powers`."""
        white = self._whiten @ (self._data - self.band_powers(dl, params))
        return float(white @ white)

    @abstractmethod
    def band_powers(self, dl: Mapping[str, Array], params: Mapping[str, float]) -> Array:
        r"""The expected data, (bands,).

        Parameters
        ----------
        dl : zero-based arrays D_l = l(l+1)C_l/2π in μK² (pp: [l(l+1)]²C_l/2π) by name.
        params : calibrations, by name.
        """


class ActDR6Lite(_Bands):
    r"""ACT DR6 TT, TE, EE, foregrounds marginalised over (2503.14452): 135 band powers.

    A band power is the plain mean of D_l over a bin; the 45 bins of TT, TE and EE are the same,
    576 ≤ l ≤ 6325. Used are the bins that end at `l_max` or below: to 4000 they hold 97 % of what
    the data say about ΔN_eff. Parameters: the calibration ``A_act`` and the polarisation efficiency
    ``P_act``, by which the spectra are divided (squared, and once for each E).
    """

    l_max: int

    _observes = (ACT, ACT_AND_PLANCK)
    _file = "act_dr6_lite.npz"
    _shapes: ClassVar[Mapping[str, tuple[int, ...]]] = {
        "data": (135,),
        "covariance": (135, 135),
        "ell_min": (45,),
        "ell_max": (45,),
    }

    def _read(self, arrays: Mapping[str, Array]) -> np.ndarray:
        first, last = arrays["ell_min"], arrays["ell_max"]
        file = packaged_file(self._file)
        file.require("ell_min", first[1:], first[1:] == last[:-1] + 1, "leaves a gap")
        l_max = whole_number("l_max", self.l_max, int(last[0]), _L_MAX)
        bins = np.flatnonzero(last <= l_max)
        self._first, self._end = first[bins] - first[0], int(last[bins[-1]]) + 1
        self._start = int(first[0])
        self._widths = last[bins] - first[bins] + 1.0
        self._needs = dict.fromkeys(_SPECTRA, self._end - 1)
        return np.concatenate([bins + i * len(last) for i in range(3)])

    def band_powers(self, dl: Mapping[str, Array], params: Mapping[str, float]) -> Array:
        """The means over the bins, divided by the calibrations."""
        temperature, polarisation = params["A_act"] ** -2, 1.0 / params["P_act"]
        factors = temperature * polarisation ** np.arange(3)
        means = [
            factor * np.add.reduceat(dl[name][self._start : self._end], self._first) / self._widths
            for name, factor in zip(_SPECTRA, factors, strict=True)
        ]
        return np.concatenate(means)


class Spt3g2018Lite(_Bands):
    r"""SPT-3G 2018 TT, TE, EE, foregrounds marginalised over: 123 band powers, 300 ≤ l ≤ 3000.

    Data 2212.05642, compressed in 2412.00826; the windows are those of the release, which are no
    means (they undo the mode coupling). The aberration by our motion (1309.2285, equation 23) is in
    them. Parameters: ``Tcal`` and ``Ecal``, by which the spectra are divided (TE once by each, the
    convention of 2018), with their correlated prior `calibration_prior`.
    """

    _observes = (SPT,)
    _file = "spt3g_2018_lite.npz"
    _shapes: ClassVar[Mapping[str, tuple[int, ...]]] = {
        "data": (123,),
        "covariance": (123, 123),
        "aberration": (),
        "ell": (3199,),
        "window_tt": (3199, 35),
        "window_te": (3199, 44),
        "window_ee": (3199, 44),
    }

    def _read(self, arrays: Mapping[str, Array]) -> np.ndarray:
        ell = arrays["ell"]
        packaged_file(self._file).require(
            "ell", ell, ell == np.arange(len(ell)) + 2, "is not the next multipole from 2 on"
        )
        self._windows = {}
        for name in _SPECTRA:
            window = _aberrated(arrays[f"window_{name}"], ell, float(arrays["aberration"]))
            self._windows[name] = np.ascontiguousarray(window.T)
        self._needs = dict.fromkeys(_SPECTRA, int(ell[-1]))
        return np.arange(len(arrays["data"]))

    def band_powers(self, dl: Mapping[str, Array], params: Mapping[str, float]) -> Array:
        """The spectra through the windows, divided by the calibrations."""
        t_cal, e_cal = params["Tcal"], params["Ecal"]
        factors = (t_cal**-2, 1.0 / (t_cal * e_cal), e_cal**-2)
        seen = [
            factor * (self._windows[name] @ dl[name][2 : self._needs[name] + 1])
            for name, factor in zip(_SPECTRA, factors, strict=True)
        ]
        return np.concatenate(seen)


class ActDR6Lensing(_Bands):
    r"""ACT DR6 lensing alone (2304.05202, 2304.05203), baseline: ten band powers, 40 ≤ L ≤ 763.

    Plain means of :math:`C_L^{\kappa\kappa} = [L(L+1)]^2 C_L^{\phi\phi}/4`, with the covariance
    that is marginalised over the CMB: the normalisation of the reconstruction is that of ACT's
    fiducial CMB and is not corrected for the spectra of each point (`lens_only` of
    act_dr6_lenslike). Beside primary CMB data it is a little wider than it need be. No parameters.
    """

    _observes = (LENSING,)
    _file = "act_dr6_lensing.npz"
    _shapes: ClassVar[Mapping[str, tuple[int, ...]]] = {
        "data": (10,),
        "covariance": (10, 10),
        "hartlap": (),
        "ell_min": (10,),
        "ell_max": (10,),
    }

    def _read(self, arrays: Mapping[str, Array]) -> np.ndarray:
        first, last = arrays["ell_min"][:, None], arrays["ell_max"][:, None]
        ell = np.arange(int(last[-1, 0]) + 1)
        seen = (first <= ell) & (ell <= last)
        # Cobaya hands out [l(l+1)]²C_l/2π. Its square root scales what is to be whitened.
        self._means = 0.5 * np.pi * seen / seen.sum(axis=1, keepdims=True)
        self._root = float(arrays["hartlap"]) ** 0.5
        self._needs = {"pp": int(ell[-1])}
        return np.arange(len(arrays["data"]))

    def get_requirements(self) -> dict[str, dict[str, int]]:
        """Far more than is seen: see ``_L_MAX_LENSING``."""
        return {"Cl": {"pp": _L_MAX_LENSING, "tt": _L_MAX_LENSING}}

    def _whitening(self, covariance: Array) -> Array:
        """With the factor on the inverse of a covariance from simulations (Hartlap)."""
        return self._root * super()._whitening(covariance)

    def band_powers(self, dl: Mapping[str, Array], params: Mapping[str, float]) -> Array:
        """The means over the bins."""
        return self._means @ dl["pp"][: self._means.shape[1]]


def calibration_prior(Tcal: float, Ecal: float) -> float:
    """Return ln of SPT-3G 2018's prior of both calibrations, a Gaussian about 1 (2412.00826).

    σ(Tcal) = 0.0045, σ(Ecal) = 0.0073, correlation 0.19. The names are those of the parameters.
    """
    (tt, te), (_, ee) = _SPT_CALIBRATIONS
    t, e = Tcal - 1.0, Ecal - 1.0
    determinant = tt * ee - te * te
    square = (ee * t * t - 2.0 * te * t * e + tt * e * e) / determinant
    return float(-0.5 * square - 0.5 * np.log(determinant) - np.log(2.0 * np.pi))


def _aberrated(window: Array, ell: Array, coefficient: float) -> Array:
    r"""Windows for spectra at rest instead of those that the telescope sees, (multipoles, bands).

    It sees :math:`C_l - b\,l\,dC_l/dl` with b the `coefficient`, the derivative taken between the
    two neighbours; at the ends, where it would be one-sided, the windows are zero.
    """
    to_cl = (2.0 * np.pi / (ell * (ell + 1.0)))[:, None]
    weight = -0.5 * coefficient * ell[1:-1, None] * window[1:-1] / to_cl[1:-1]
    change = np.zeros_like(window)
    change[2:] += weight
    change[:-2] -= weight
    return window + to_cl * change
