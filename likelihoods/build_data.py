"""Rebuild the shipped data files from a Cobaya packages folder with the official ones.

``cobaya-install planck_2018_highl_plik.TTTEEE_lite_native planck_2018_lowl.EE
planck_2018_lensing.native bao.desi_dr2.desi_bao_all -p PACKAGES`` makes such a folder (all BAO data
come at once); then

    python -m hotaxion.likelihoods.build_data PACKAGES [OUTPUT]

writes the files, by default into the package itself. See ``data/README.md`` for the sources.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.interpolate import UnivariateSpline

from hotaxion.likelihoods.data_files import DATA
from hotaxion.theory.errors import MissingDataError
from hotaxion.theory.files import write_arrays

_LENSING = "smicadx12_Dec5_ftl_mv2_ndclpp_p_teb_consext8"

# Shipped name, its source in bao_data, what the header says; numbers are copied digit by digit.
_BAO_TABLES = (
    (
        "desi_dr2_mean.txt",
        "desi_bao_dr2/desi_gaussian_bao_ALL_GCcomb_mean.txt",
        """DESI DR2 BAO, all tracers, galactic caps combined: mean values
Abdul Karim et al. (DESI Collaboration), arXiv:2503.14738. Licence CC BY 4.0.
z   value   quantity (distance over r_drag)""",
    ),
    (
        "desi_dr2_cov.txt",
        "desi_bao_dr2/desi_gaussian_bao_ALL_GCcomb_cov.txt",
        """DESI DR2 BAO, all tracers, galactic caps combined: covariance matrix
Abdul Karim et al. (DESI Collaboration), arXiv:2503.14738. Licence CC BY 4.0.
rows and columns in the order of desi_dr2_mean.txt""",
    ),
    (
        "boss_dr12_mean.txt",
        "sdss_DR12Consensus_bao.dat",
        """BOSS DR12 consensus BAO: D_M (r_d,fid/r_d) [Mpc] and H (r_d/r_d,fid) [km/s/Mpc]
Alam et al. (BOSS Collaboration), arXiv:1607.03155; r_d,fid = 147.78 Mpc.
z   value   quantity""",
    ),
    (
        "boss_dr12_cov.txt",
        "BAO_consensus_covtot_dM_Hz.txt",
        """BOSS DR12 consensus BAO: covariance matrix
Alam et al. (BOSS Collaboration), arXiv:1607.03155.
rows and columns in the order of boss_dr12_mean.txt""",
    ),
)
_MGS_POINTS = 25
_MGS_RANGE = (0.8005, 1.1985)


def plik_lite(folder: Path) -> dict[str, np.ndarray]:
    """Return the plik_lite v22 arrays; of the covariance only the lower triangle, as in Cobaya."""
    # A Fortran unformatted record: 4 bytes of length before and after the numbers.
    raw = (folder / "c_matrix_plik_v22.dat").read_bytes()
    covariance = np.frombuffer(raw[4:-4], dtype="<f8").reshape(613, 613)
    return {
        "data": np.loadtxt(folder / "cl_cmb_plik_v22.dat"),
        "cov_tril": covariance[np.tril_indices(613)],
        "blmin": np.loadtxt(folder / "blmin.dat").astype(int),
        "blmax": np.loadtxt(folder / "blmax.dat").astype(int),
        "weights": np.loadtxt(folder / "bweight.dat"),
        "offset": np.array(30),
        "nbins": np.array([215, 199, 199]),
        "lmax": np.array(2508),
    }


def simall_ee(folder: Path) -> dict[str, np.ndarray]:
    """Return SimAll's ln P (3000 steps × 28 multipoles); float32 moves χ² by less than 3e-5."""
    table = np.loadtxt(folder / "prob_table.txt")
    return {
        "logp": table.astype(np.float32),
        "step": np.array(1e-4),
        "lmin": np.array(2),
        "lmax": np.array(29),
    }


def lensing(folder: Path) -> dict[str, np.ndarray]:
    """Return bandpowers, covariance and windows of the conservative lensing likelihood."""
    window, lin_window = np.zeros((9, 2501)), np.zeros((9, 2501, 4))
    for b in range(9):
        table = np.loadtxt(folder / f"{_LENSING}_window" / f"window{b + 1}.dat")
        window[b, table[:, 0].astype(int)] = table[:, 1]
        table = np.loadtxt(folder / f"{_LENSING}_lens_delta_window" / f"window{b + 1}.dat")
        lin_window[b, table[:, 0].astype(int)] = table[:, 1:5]
    return {
        "bandpowers": np.loadtxt(folder / f"{_LENSING}_bandpowers.dat"),
        "cov": np.loadtxt(folder / f"{_LENSING}_cov.dat"),
        "fid_correction": np.loadtxt(folder / f"{_LENSING}_lensing_fiducial_correction.dat"),
        "window": window,
        "lin_window": lin_window,
    }


def write_bao(folder: Path, output: Path) -> None:
    """Write the tables of BOSS DR12 and DESI DR2 under our own headers, and the MGS curve."""
    for name, source, header in _BAO_TABLES:
        rows = [line.split() for line in (folder / source).read_text().splitlines()]
        lines = [f"# {line}" for line in header.splitlines()]
        lines += [" ".join(row) for row in rows if row and not row[0].startswith("#")]
        (output / name).write_text("\n".join(lines) + "\n")
    np.savetxt(
        output / "sdss_dr7_mgs_chi2.txt",
        mgs_points(np.loadtxt(folder / "sdss_MGS_prob.txt")),
        fmt="%.3f",
        header=f"""SDSS DR7 main galaxy sample BAO: chi2 at {_MGS_POINTS} values of alpha
Ross et al., arXiv:1409.3242. Their curve as a cubic spline, which follows it to 0.01.
alpha = (D_V/r_d) / (638.9518/148.69) in even steps from {_MGS_RANGE[0]} to {_MGS_RANGE[1]}""",
    )


def mgs_points(curve: np.ndarray) -> np.ndarray:
    """The values whose interpolating cubic spline is nearest to the published curve."""
    alpha = np.linspace(*_MGS_RANGE, len(curve))
    knots = np.linspace(*_MGS_RANGE, _MGS_POINTS)
    splines = [UnivariateSpline(knots, unit, s=0)(alpha) for unit in np.eye(_MGS_POINTS)]
    used = alpha > 0.803  # the first three published values leap: the edge of the grid
    return np.linalg.lstsq(np.transpose(splines)[used], curve[used], rcond=None)[0]


def build(packages: Path, output: Path) -> None:
    """Write every data file into ``output`` from the Cobaya packages folder ``packages``."""
    data = packages / "data"
    if not data.is_dir():
        raise MissingDataError(f"{packages} is no Cobaya packages folder: it has no `data` in it.")
    output.mkdir(parents=True, exist_ok=True)
    lens = data / "planck_supp_data_and_covmats" / "lensing" / "2018"
    for name, arrays in (
        ("plik_lite_v22", plik_lite(data / "planck_2018_pliklite_native")),
        ("simall_EE_2018", simall_ee(data / "planck_2018_lowE_native")),
        ("planck_lensing_2018_consext8", lensing(lens)),
    ):
        write_arrays(output / f"{name}.npz", arrays)
    write_bao(data / "bao_data", output)


def main() -> None:
    """Read the two folders from the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="Cobaya packages folder (has `data` in it)")
    parser.add_argument("output", type=Path, nargs="?", default=DATA, help="default: the package")
    arguments = parser.parse_args()
    build(arguments.packages, arguments.output)


if __name__ == "__main__":
    main()
