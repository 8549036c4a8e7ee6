"""Planck 2018 likelihoods: thin subclasses of Cobaya's own that read the shipped compact tables.

Same χ² as Cobaya's classes on the official files (low-l TT apart, see there); those are used with
the option ``files: official``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from cobaya.likelihood import Likelihood
from cobaya.likelihoods.base_classes import CMBlikes, PlanckPlikLite
from cobaya.likelihoods.base_classes.cmblikes import BinWindows
from cobaya.likelihoods.planck_2018_lowl.EE import EE
from cobaya.log import LoggedError
from cobaya.theory import Provider
from getdist import IniFile
from scipy.linalg.blas import dsymv

from hotaxion.likelihoods.checked import passing_nan
from hotaxion.likelihoods.data_files import inverse_covariance, load, logged_errors
from hotaxion.likelihoods.official import OfficialOnDemand
from hotaxion.theory.checks import choice
from hotaxion.theory.components.overlaps import (
    ACT_AND_PLANCK,
    LENSING,
    PLANCK,
    PLANCK_LOW_EE,
    PLANCK_LOW_TT,
    Observation,
)

# A request for l <= 29 alone makes CLASS cut its wavenumbers so low that C_29 comes out 36 % low.
_L_MAX_REQUEST = 1000

# The official lensing data: names of files, and of folders, that begin so.
_CONSEXT8 = "lensing/2018/smicadx12_Dec5_ftl_mv2_ndclpp_p_teb_consext8"

_CORRECTION = "linear_correction_bin_window"

# Tables of EE at l < 30.
_LOWL_EE = ("simall", "sroll2")

# Shapes of the shipped arrays.
_LITE_SHAPES = {
    "data": (613, 3),
    "cov_tril": (613 * 614 // 2,),
    "blmin": (645,),
    "blmax": (645,),
    "weights": (7437,),
    "offset": (),
    "nbins": (3,),
    "lmax": (),
}

_LENSING_SHAPES = {
    "bandpowers": (9, 7),
    "cov": (9, 9),
    "fid_correction": (9, 2),
    "window": (9, 2501),
    "lin_window": (9, 2501, 4),
}


def _load_shipped(likelihood: OfficialOnDemand) -> dict[str, np.ndarray]:
    """The arrays of the one shipped file of a likelihood."""
    ((name, shapes),) = likelihood._files.items()
    with logged_errors(likelihood.log):
        return load(name, shapes)


class PlanckLiteTTTEEE(OfficialOnDemand, PlanckPlikLite):
    r"""Planck 2018 plik_lite: binned TT, TE and EE, foregrounds marginalised over (1907.12875).

    Same χ² as Cobaya's ``planck_2018_highl_plik.TTTEEE_lite_native``. Parameter: ``A_planck``.
    """

    install_options: ClassVar[dict[str, str]] = {}  # nothing to download
    _observes: ClassVar[tuple[Observation, ...]] = (PLANCK, ACT_AND_PLANCK)
    _official_name = "planck_2018_highl_plik.TTTEEE_lite_native"
    _official_files = ("*.dataset", "[bc]*.dat", "[bc]*.txt")
    _files: ClassVar[Mapping[str, Any]] = {"plik_lite_v22.npz": _LITE_SHAPES}

    def _initialize_shipped(self) -> None:
        """Set what Cobaya's class reads from its data files."""
        data = _load_shipped(self)
        self.use_cl = ["tt", "te", "ee"]
        self.calibration_param = "A_planck"
        self.lmax = int(data["lmax"])
        l_min = int(data["offset"])
        self.blmin, self.blmax = data["blmin"] + l_min, data["blmax"] + l_min
        ells = np.arange(len(data["weights"])) + l_min
        # The weights of the files bin C_l; Cobaya hands out D_l = l(l+1)C_l/2π.
        to_dl = 2 * np.pi / ells / (ells + 1)
        self.weights = np.concatenate([np.zeros(l_min), data["weights"] * to_dl])
        self.used_bins = [np.arange(n) for n in data["nbins"]]
        self.used_indices = np.arange(len(data["data"]))
        self.X_data = data["data"][:, 1]
        self.cov = np.empty((len(self.X_data),) * 2)
        lower = np.tril_indices_from(self.cov)
        self.cov[lower] = self.cov.T[lower] = data["cov_tril"]
        self.invcov = inverse_covariance(self.cov)

    def get_chi_squared(
        self, L0: int, ctt: np.ndarray, cte: np.ndarray, cee: np.ndarray, A_planck: float = 1
    ) -> float:
        """Return χ² as Cobaya's class, with its loop over 613 bins at once."""
        binned = []
        for bins, dl in zip(self.used_bins, (ctt, cte, cee), strict=True):
            first, last = self.blmin[bins] - L0, self.blmax[bins] - L0
            end = last[-1] + 1  # the bins touch each other
            binned.append(np.add.reduceat(dl[:end] * self.weights[L0 : L0 + end], first))
        diff = self.X_data - np.concatenate(binned) / A_planck**2
        # Half of the matrix is enough, and it is reading it that takes the time.
        return float(dsymv(1.0, self.invcov.T, diff) @ diff)


class PlanckCut(PlanckLiteTTTEEE):
    r"""Planck 2018 plik_lite where ACT DR6 does not see better: TT to l = 1000, TE, EE to 600.

    The cut of the ACT collaboration (2503.14452, "P-ACT"): bins that end beyond are left out, 252
    of 613 remain. One calibration goes for both experiments: the parameter is ``A_act`` instead of
    ``A_planck``; where other likelihoods take ``A_planck``, the input ties it to ``A_act``.
    """

    _observes = (PLANCK,)
    # Last multipole of TT, TE, EE.
    _l_max = (1000, 600, 600)

    def initialize(self) -> None:
        """As the whole, then leave bins out."""
        super().initialize()
        self._cut(self._official or self)

    def _cut(self, used: PlanckPlikLite) -> None:
        """Leave out bins of Cobaya's class, of whatever files."""
        kept = [used.blmax[b] <= last for b, last in zip(used.used_bins, self._l_max, strict=True)]
        chosen = np.concatenate(kept)
        used.used_bins = [b[keep] for b, keep in zip(used.used_bins, kept, strict=True)]
        used.used_indices = used.used_indices[chosen]
        used.X_data = used.X_data[chosen]
        used.cov = used.cov[np.ix_(chosen, chosen)]
        used.invcov = inverse_covariance(used.cov)
        used.calibration_param = "A_act"

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse two calibrations."""
        super().initialize_with_provider(provider)
        names = provider.model.parameterization
        ties = names.input_dependencies.get("A_planck")
        if "A_planck" in names.input_params() and ties != {"A_act"}:
            raise LoggedError(
                self.log,
                "A_planck stands beside A_act, but ACT and Planck have one calibration here: write "
                "\"A_planck: {value: 'lambda A_act: A_act'}\" under params.",
            )


class _TwoBins(Likelihood):
    """Low-l TT as two log-normal bins; see `PlanckLowlTT`."""

    # (first l, last l, μ, σ) of ln(D / μK²)
    _bins = ((2, 15, 6.717116, 0.0924698), (16, 29, 6.733861, 0.0603834))

    def logp(self, **params: float) -> float:
        """Return ln L of the theory's spectrum."""
        dl = self.provider.get_Cl(ell_factor=True)["tt"]
        return self.log_likelihood(dl, params.get("A_planck", 1.0))

    def log_likelihood(self, dl_tt: np.ndarray, calib: float = 1.0) -> float:
        """Return ln L of the zero-based array D_l in μK²."""
        total = 0.0
        for first, last, mu, sigma in self._bins:
            mean = dl_tt[first : last + 1].sum() / (last + 1 - first)
            x = np.log(mean / calib**2) - mu
            # −x²/2σ² − x has its maximum σ²/2 at x = −σ²; together they are one square.
            total -= 0.5 * (x / sigma + sigma) ** 2
        return float(total)


class PlanckLowlTT(OfficialOnDemand, _TwoBins):
    r"""Planck 2018 TT at 2 ≤ l ≤ 29: two log-normal bins, or Commander with ``files: official``.

    Commander is Cobaya's ``planck_2018_lowl.TT``, whose tables are not shipped. The bins (Prince &
    Dunkley, 2104.05715) follow it within 0.5 in χ² for amplitudes within ±10 %. With D the mean of
    :math:`D_l = l(l+1)C_l/2\pi` (μK²) over a bin, divided by ``A_planck``² if that parameter
    exists, ln D is Gaussian, and the density is one in D, hence the last term:

    .. math:: \ln L = \sum_{bins} -\frac{(\ln D - \mu)^2}{2\sigma^2} - \ln D + const .

    The constant makes ln L = 0 at the maximum, so that χ² = −2 ln L is never negative. Its level
    is not Commander's (19.2 below): only differences compare.
    """

    _observes = (PLANCK_LOW_TT,)
    _official_name = "planck_2018_lowl.TT"
    _official_files = ("*.txt",)
    _difference = "two log-normal bins stand for Commander; their chi2 lies 19.2 lower"

    def _initialize_shipped(self) -> None:
        """The numbers stand in the code."""

    def get_can_support_params(self) -> list[str]:
        """Use the calibration if some other likelihood samples it."""
        return ["A_planck"]

    def get_requirements(self) -> dict[str, dict[str, int]]:
        """Ask for TT to far higher l than is used: see ``_L_MAX_REQUEST``."""
        return {"Cl": {"tt": _L_MAX_REQUEST}}


class PlanckLowlEE(OfficialOnDemand, EE):
    r"""Planck 2018 SimAll: EE at 2 ≤ l ≤ 29, a table of ln P(D_l) for each l (1907.12875).

    Same χ² as Cobaya's ``planck_2018_lowl.EE``. Uses ``A_planck`` if that parameter exists. With
    ``lowl_ee: sroll2`` the table of the later map-making SRoll2 (1908.09856), which is not shipped:
    Cobaya's ``planck_2018_lowl.EE_sroll2`` in ``packages_path``.
    """

    lowl_ee: str

    install_options: ClassVar[dict[str, str]] = {}
    _own_options = ("lowl_ee",)
    _observes = (PLANCK_LOW_EE,)
    _official_name = "planck_2018_lowl.EE"
    _official_files = ("*prob_table.txt",)
    # 3000 steps of 1e-4 μK² for each of 28 multipoles
    _files: ClassVar[Mapping[str, Any]] = {"simall_EE_2018.npz": {"logp": (3000, 28)}}

    def initialize(self) -> None:
        """As the others; a spectrum that is not a number must not be looked up in the table."""
        super().initialize()
        if self._official is not None:
            self._official.log_likelihood = passing_nan(self._official.log_likelihood)

    @classmethod
    def _wanted(cls, options: Mapping[str, Any]) -> tuple[str, str, str] | None:
        if options.get("lowl_ee") == "sroll2":
            return "planck_2018_lowl.EE_sroll2", "lowl_ee: sroll2", "lowl_ee: simall"
        return super()._wanted(options)

    def _check_options(self) -> None:
        choice("table of lowl_ee", self.lowl_ee, _LOWL_EE)

    def _initialize_shipped(self) -> None:
        """Read the table."""
        self.probEE = _load_shipped(self)["logp"]
        self._columns = np.arange(self._lmax + 1 - self._lmin)

    def log_likelihood(self, cls_EE: np.ndarray, calib: float = 1) -> float:
        """Return ln L as Cobaya's class, with a look-up that is four times as fast."""
        seen = cls_EE[self._lmin : self._lmax + 1] / (calib**2 * self._stepEE)
        if np.isnan(highest := seen.max()):
            return np.nan
        if highest >= self._nstepsEE:
            return super().log_likelihood(cls_EE, calib)  # warns, and rejects the point
        return float(self.probEE[seen.astype(int), self._columns].sum())

    def get_requirements(self) -> dict[str, dict[str, int]]:
        """Ask for EE to far higher l than is used: see ``_L_MAX_REQUEST``."""
        return {"Cl": {"ee": _L_MAX_REQUEST}}


class PlanckLensing(OfficialOnDemand, CMBlikes):
    r"""Planck 2018 lensing, conservative range 8 ≤ L ≤ 400, nine bandpowers (1807.06210).

    Same χ² as Cobaya's ``planck_2018_lensing.native``, with the linear corrections for the CMB
    spectra. Parameter: ``A_planck``.
    """

    install_options: ClassVar[dict[str, str]] = {}
    _observes = (LENSING,)
    _official_name = "planck_2018_lensing.native"
    # Not those with capital letters, whose spectra are marginalised over the CMB.
    _official_files = (
        f"{_CONSEXT8}.dataset",
        f"{_CONSEXT8}_[a-z]*.dat",
        f"{_CONSEXT8}_[a-z]*/*.dat",
    )
    _files: ClassVar[Mapping[str, Any]] = {"planck_lensing_2018_consext8.npz": _LENSING_SHAPES}

    _settings: ClassVar[dict[str, str]] = {
        "like_approx": "gaussian",
        "fields_use": "P",
        "fields_required": "T E P",
        "nbins": "9",
        "cl_lmin": "2",
        "cl_lmax": "2500",
        "covmat_cl": "PP",
        "bin_window_in_order": "PP",
        f"{_CORRECTION}_in_order": "TT EE TE PP",
        f"{_CORRECTION}_out_order": "PP PP PP PP",
        "linear_correction_fiducial_file": "in the package",
    }

    def _initialize_shipped(self) -> None:
        """Run Cobaya's own set-up; the methods below give it arrays where it would read files."""
        self._arrays = _load_shipped(self)
        ini = IniFile()
        ini.params.update(self._settings)
        self.init_params(ini)
        self.calibration_param = "A_planck"
        correction = self._arrays["lin_window"]
        order = [name.lower() for name in self._settings[f"{_CORRECTION}_in_order"].split()]
        self._windows = {name: correction[..., i] for i, name in enumerate(order)}
        self._windows["pp"] = self._windows["pp"] + self._arrays["window"]
        for name, window in self._windows.items():
            seen = 1 + int(np.flatnonzero(window.any(axis=0))[-1])
            self._windows[name] = np.ascontiguousarray(window[:, :seen])
        self._data = self.bandpowers[0] + self._arrays["fid_correction"][:, 1]

    def log_likelihood(self, dls: Mapping[str, np.ndarray], **data_params: float) -> float:
        """Return ln L as Cobaya's class, whose windows and corrections are added up here."""
        bands = {name: w @ dls[name][: w.shape[1]] for name, w in self._windows.items()}
        lensing = bands.pop("pp")
        calibration = data_params.get(self.calibration_param, 1.0) ** 2
        difference = lensing + sum(bands.values()) / calibration - self._data
        return -0.5 * float(difference @ self.covinv @ difference)

    def read_cl_array(
        self, ini: IniFile, file_stem: str, return_full: bool = False
    ) -> np.ndarray | tuple[list[str], np.ndarray, np.ndarray]:
        """Return the bandpowers, or the linear correction at the fiducial spectra."""
        if file_stem == "linear_correction_fiducial":
            return self._arrays["fid_correction"][:, 1][np.newaxis]
        columns = ["bin", "L_min", "L_max", "L_av", "PP", "Error", "Ahat"]
        table = self._arrays["bandpowers"]
        bandpowers = table[:, columns.index("PP")][np.newaxis]
        return (columns, table, bandpowers) if return_full else bandpowers

    def read_bin_windows(self, ini: IniFile, file_stem: str) -> BinWindows:
        """Return the windows W_b(L) of the bandpowers, or those of the linear correction."""
        bins = BinWindows(self.pcl_lmin, self.pcl_lmax, self.nbins_used, self.ncl)
        spectra = ini.split(f"{file_stem}_in_order")
        bins.cols_in = self.UseString_to_Cl_i_j(spectra, self.map_required_index)
        bins.cols_out = self.UseString_to_cols(ini.split(f"{file_stem}_out_order", spectra))
        if file_stem == "bin_window":
            windows = self._arrays["window"][np.newaxis]
        else:
            windows = np.moveaxis(self._arrays["lin_window"], -1, 0)
        bins.binning_matrix = np.ascontiguousarray(windows[:, :, self.pcl_lmin :])
        return bins

    def ReadCovmat(self, ini: IniFile) -> np.ndarray:
        """Return the covariance of the nine bandpowers."""
        self.cl_used_index = np.array([0])
        self.ncl_used = 1
        self.full_cov = self._arrays["cov"]
        return self.full_cov
