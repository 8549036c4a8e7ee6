"""Rebuild the shipped data files from a Cobaya packages folder with the official ones.

``cobaya-install planck_2018_highl_plik.TTTEEE_lite_native planck_2018_lowl.EE
planck_2018_lensing.native bao.desi_dr2.desi_bao_all -p PACKAGES`` makes such a folder; then

    python -m hotaxion.likelihoods.build_data PACKAGES [OUTPUT]

writes the files, by default into the package itself. See ``data/README.md`` for the sources.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from hotaxion.likelihoods.data_files import DATA
from hotaxion.theory.errors import MissingDataError

_LENSING = "smicadx12_Dec5_ftl_mv2_ndclpp_p_teb_consext8"

_DESI_HEADER = """DESI DR2 BAO, all tracers, galactic caps combined: {what}
Abdul Karim et al. (DESI Collaboration), arXiv:2503.14738. Licence CC BY 4.0.
{columns}"""


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


def write_desi(folder: Path, output: Path) -> None:
    """Write the 13 DESI DR2 numbers and their covariance, digit by digit, under our own header."""
    for kind, what, columns in (
        ("mean", "mean values", "z   value   quantity (distance over r_drag)"),
        ("cov", "covariance matrix", f"rows and columns in the order of {_name('mean')}"),
    ):
        source = folder / f"desi_gaussian_bao_ALL_GCcomb_{kind}.txt"
        rows = [line.split() for line in source.read_text().splitlines()]
        header = _DESI_HEADER.format(what=what, columns=columns).splitlines()
        lines = [f"# {line}" for line in header]
        lines += [" ".join(row) for row in rows if row and not row[0].startswith("#")]
        (output / _name(kind)).write_text("\n".join(lines) + "\n")


def _name(kind: str) -> str:
    return f"desi_dr2_{kind}.txt"


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
        np.savez_compressed(output / f"{name}.npz", **arrays)
    write_desi(data / "bao_data" / "desi_bao_dr2", output)


def main() -> None:
    """Read the two folders from the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="Cobaya packages folder (has `data` in it)")
    parser.add_argument("output", type=Path, nargs="?", default=DATA, help="default: the package")
    arguments = parser.parse_args()
    build(arguments.packages, arguments.output)


if __name__ == "__main__":
    main()
