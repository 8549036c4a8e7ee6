"""Make `emulator/splitting.npz`: pairs of CLASS runs, of different neutrino masses and of equal.

``python -m hotaxion.theory.spectra.training.splitting [FOLDER] [-j N]``: some 13 CPU minutes of
CLASS; points that are in the folder stay. l goes to 4000, settings are those of the emulator for
ACT.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from scipy.interpolate import make_lsq_spline

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import whole_file, write_arrays
from hotaxion.theory.spectra.emulator.features import SPECTRA
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path
from hotaxion.theory.spectra.emulator.splitting import DEGREE, FILE, powers, variance_ev2
from hotaxion.theory.spectra.neutrinos import HIERARCHY, neutrino_sector
from hotaxion.theory.spectra.training.design import planck_and_act
from hotaxion.theory.spectra.training.folder import load_points, prepare, provenance
from hotaxion.theory.spectra.training.runs import run_points

# Sums of masses [eV], from just above the least.
SUMS = {
    "normal": (0.0590, 0.062, 0.07, 0.085, 0.11),
    "inverted": (0.0990, 0.101, 0.105, 0.115, 0.13, 0.16),
}
M_A_EV = (0.05, 0.2)  # in turn
_PIECES = 24  # of the splines in sqrt(l)
_SCALARS = slice(0, 6)  # of those in a training point, without CHECKS
# Two runs on different grids of multipoles (benchmarks/class_options.py): their TT differs by
# jumps of 3e-3 at l = 3500, 100 times what is left on the same grid.
_JUMPS, _LEAST_PAIRS = 3e-4, 5


def pairs(folder: Path, jobs: int) -> list[tuple[float, dict[str, Array], dict[str, Array]]]:
    """V [eV^2], and the points of CLASS with different and with equal masses.

    Raises HotAxionError if CLASS fails at one of them.
    """
    trained = SpectraEmulator.load(emulator_path("act")).origin
    (centre, *_) = planck_and_act(trained["l_max"]).star()
    found = []
    for hierarchy, sums in SUMS.items():
        points = [
            centre | {"mnu": total, "m_a": M_A_EV[i % len(M_A_EV)]} for i, total in enumerate(sums)
        ]
        rows = {}
        for kind in (hierarchy, HIERARCHY):
            place = folder / f"{hierarchy}_{kind}"
            prepare(place, provenance(trained["HotClassy"] | {"hierarchy": kind}, trained["l_max"]))
            if failed := run_points(place, points, "pair", jobs):
                raise HotAxionError(failed[0])
            rows[kind] = load_points(place, "pair")
        for i, total in enumerate(sums):
            different, equal = ({n: v[i] for n, v in r.items()} for r in rows.values())
            masses = neutrino_sector(total, hierarchy).masses_ev
            found.append((variance_ev2(masses), different, equal))
    return found


def changes(different: dict[str, Array], equal: dict[str, Array]) -> tuple[Array, Array]:
    """(SPECTRA, l from 2) and (SCALARS,): logarithms; TE over sqrt(TT EE)."""
    rows = []
    for name in SPECTRA:
        new, old = different[name][2:], equal[name][2:]
        if name == "te":
            rows.append((new - old) / np.sqrt(equal["tt"][2:] * equal["ee"][2:]))
        else:
            rows.append(np.log(new / old))
    return np.array(rows), np.log(different["scalars"] / equal["scalars"])[_SCALARS]


def fit(found: list[tuple[float, dict[str, Array], dict[str, Array]]]) -> dict[str, Array]:
    """Arrays of the file: least squares in V, V^2 over the pairs, then splines in sqrt(l).

    Pairs on different grids are left out. Raises HotAxionError if few are left.
    """
    rows, scalars = zip(*(changes(new, old) for _, new, old in found), strict=True)
    spectra, numbers = np.array(rows), np.array(scalars)
    root = np.sqrt(np.arange(2.0, 2.0 + spectra.shape[-1]))
    inner = np.linspace(root[0], root[-1], _PIECES + 1)[1:-1]
    ends = [np.full(DEGREE + 1, end) for end in (root[0], root[-1])]
    joints = np.concatenate([ends[0], inner, ends[1]])
    tt = spectra[:, SPECTRA.index("tt")].T
    good = (tt - make_lsq_spline(root, tt, joints, DEGREE)(root)).std(axis=0) < _JUMPS
    if np.count_nonzero(good) < _LEAST_PAIRS:
        raise HotAxionError(f"only {np.count_nonzero(good)} pairs are on one grid of multipoles.")
    basis = np.array([powers(variance) for variance, _, _ in found])[good]

    def coefficients(values: Array) -> Array:
        flat = values[good].reshape(len(basis), -1)
        solved = np.linalg.lstsq(basis, flat, rcond=None)[0]
        return np.asarray(solved.reshape(2, *values.shape[1:]), dtype=np.float64)

    smooth = make_lsq_spline(root, np.moveaxis(coefficients(spectra), -1, 0), joints, DEGREE)
    return {
        "joints": joints,
        "spectra": np.moveaxis(smooth.c, 0, -1),
        "scalars": coefficients(numbers),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="chains/training/splitting")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    arrays = fit(pairs(Path(options.folder), options.jobs))
    with whole_file(FILE) as file:
        write_arrays(file, arrays)


if __name__ == "__main__":
    main()
