"""Rebuild the shipped ACT DR6 and SPT-3G 2018 data from the PyPI wheel candl-like 1.8.2 (MIT).

    pip download --no-deps candl-like==1.8.2
    python -m hotaxion.likelihoods.build_ground_data candl_like-1.8.2-py3-none-any.whl [OUTPUT]

writes the files, by default into the package itself. The wheel (72 MB; from 2.0 on it holds no
data) is needed only here. Instead of it, a folder with its `candl/data` may be given. See
`data/README.md` for the sources.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hotaxion.likelihoods.data_files import DATA
from hotaxion.theory.errors import HotAxionError, MissingDataError
from hotaxion.theory.files import write_arrays

_IN_WHEEL = "candl/data/"
_SPECTRA = ("tt", "te", "ee")
# Product of our velocity and the direction of SPT's field: SPT3G_2018_TTTEEE_lite.yaml.
_ABERRATION = -0.0004826
# Simulations behind the covariance of ACT's lensing: ACT_DR6_KK_lens_only.yaml.
_LENSING_SIMULATIONS = 792

Table = Callable[[str], np.ndarray]


def act_lite(table: Table) -> dict[str, np.ndarray]:
    """Return the 135 band powers of ACT DR6 lite, their covariance and the ends of the 45 bins.

    Raises
    ------
    HotAxionError : a window is no plain mean of D_l, or differs between TT, TE and EE.
    """
    folder = "ACT_DR6_CMB_only_v0/"
    ends = [
        _mean_bins(table(f"{folder}windows/{s.upper()}_lxl_window_functions.txt")) for s in _SPECTRA
    ]
    if not all(np.array_equal(ends[0], other) for other in ends):
        raise HotAxionError("ACT DR6 lite: TT, TE and EE have different bins.")
    return {
        "data": table(f"{folder}ACT_DR6_CMB_only_bdp.txt"),
        "covariance": table(f"{folder}ACT_DR6_CMB_only_cov.txt"),
        "ell_min": ends[0][:, 0],
        "ell_max": ends[0][:, 1],
    }


def spt_lite(table: Table) -> dict[str, np.ndarray]:
    """Return the 123 band powers of SPT-3G 2018 lite; windows of D_l, (multipoles, bands)."""
    folder = "SPT3G_2018_TTTEEE_v0/"
    windows = {s: table(f"{folder}windows/{s.upper()}_lxl_window_functions.txt") for s in _SPECTRA}
    return {
        "data": table(f"{folder}spt3g_2018_ttteee_bdp_lite.txt"),
        "covariance": table(f"{folder}spt3g_2018_ttteee_cov_lite.txt"),
        "calibration_covariance": table(f"{folder}lite_cal_cov.txt"),
        "aberration": np.array(_ABERRATION),
        "ell": np.rint(windows["tt"][:, 0]).astype(int),
        **{f"window_{s}": window[:, 1:] for s, window in windows.items()},
    }


def act_lensing(table: Table) -> dict[str, np.ndarray]:
    """Return the ten band powers of ACT DR6 lensing (baseline), plain means of C_L^kappakappa.

    The covariance is the one marginalised over the CMB. `hartlap`: factor on its inverse.

    Raises
    ------
    HotAxionError : a window is no plain mean.
    """
    folder = "ACT_DR6_Lens_v1/"
    data = table(f"{folder}ACT_DR6_kk_bdp.txt")
    ends = _mean_bins(table(f"{folder}windows/kk_window_functions.txt"))
    return {
        "data": data,
        "covariance": table(f"{folder}ACT_DR6_kk_cov_lens_only.txt"),
        "hartlap": np.array((_LENSING_SIMULATIONS - len(data) - 2) / (_LENSING_SIMULATIONS - 1)),
        "ell_min": ends[:, 0],
        "ell_max": ends[:, 1],
    }


def _mean_bins(table: np.ndarray) -> np.ndarray:
    """First and last multipole of each window, (windows, 2), if they are plain means."""
    ell, windows = np.rint(table[:, 0]).astype(int), table[:, 1:]
    ends = np.array([ell[np.flatnonzero(window)[[0, -1]]] for window in windows.T])
    means = [np.where((ell >= a) & (ell <= b), 1 / (b - a + 1), 0.0) for a, b in ends]
    if not np.allclose(windows.T, means, rtol=1e-12, atol=0.0):
        raise HotAxionError("a window is no plain mean: the file is of another release.")
    return ends


def _reader(source: Path) -> Table:
    """A function that reads a table by its name below `candl/data`, of a wheel or a folder."""
    if source.is_dir():
        return lambda name: np.loadtxt(source / name)
    if not zipfile.is_zipfile(source):
        raise MissingDataError(
            f"{source} is neither the wheel of candl-like 1.8.2 nor a folder with its candl/data."
        )
    wheel = zipfile.ZipFile(source)
    return lambda name: np.loadtxt(io.BytesIO(wheel.read(_IN_WHEEL + name)))


#: Shipped file -> what makes its arrays.
FILES: dict[str, Callable[[Table], dict[str, np.ndarray]]] = {
    "act_dr6_lite.npz": act_lite,
    "spt3g_2018_lite.npz": spt_lite,
    "act_dr6_lensing.npz": act_lensing,
}


def build(source: Path, output: Path) -> None:
    """Write every file into ``output`` from the wheel, or the folder, ``source``."""
    table = _reader(source)
    output.mkdir(parents=True, exist_ok=True)
    for name, arrays in FILES.items():
        write_arrays(output / name, arrays(table))


def main() -> None:
    """Read the two paths from the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="the wheel, or a folder with its candl/data")
    parser.add_argument("output", type=Path, nargs="?", default=DATA, help="default: the package")
    arguments = parser.parse_args()
    build(arguments.source, arguments.output)


if __name__ == "__main__":
    main()
