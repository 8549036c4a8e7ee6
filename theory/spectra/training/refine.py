"""Add points of CLASS about today's posterior to the emulator for ACT: it is wide, and a few tens
of points there take its smallest offsets out.

``python -m hotaxion.theory.spectra.training.refine [FOLDER] [-j N]``: half a minute of CPU for
each point; points that are in the folder stay. What the emulator was fitted to before is in its
file: the points of its process give back the numbers that it has learned, to rounding.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.processes import worker_pool
from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import (
    LOGARITHM,
    SpectraEmulator,
    Standardiser,
    emulator_path,
    normalised,
)
from hotaxion.theory.spectra.emulator.regression import Regression, quadratic_basis
from hotaxion.theory.spectra.training.design import (
    M_A_MIN_EV,
    WIDEST,
    Beyond,
    Target,
    emulated_star,
    planck_and_act,
)
from hotaxion.theory.spectra.training.fit import component_weight
from hotaxion.theory.spectra.training.folder import load_points, prepare, provenance
from hotaxion.theory.spectra.training.runs import run_points

POINTS = 64
# Means of chains/reference/hotaxion2026_pact_ksvz, masses in eV.
CENTRE = {
    "omega_b": 0.02249,
    "omega_cdm": 0.11885,
    "theta_s_100": 1.04166,
    "n_s": 0.9761,
    "logA": 3.0589,
    "tau_reio": 0.0616,
    "mnu": 0.024,
    "m_a": 0.035,
}
# The posteriors of all analyses with ACT: any hierarchy, rate and dark energy.
NEAR = replace(
    WIDEST,
    width=2.0,
    crowding={"mnu": 1.0, "m_a": 1.0},
    ln_pion_scale=(-1.0, 1.5),
    y_he=1e-3,
    beyond=Beyond(0.1, w_pivot=(-1.1, -0.9), wa=(-1.5, 0.4), lambda_fraction=0.6),
)


def near(l_max: int) -> Target:
    """About `CENTRE`, masses uniform."""
    judge = planck_and_act(l_max).judge
    assert judge is not None
    return Target(CENTRE, {"mnu": (0.0, 0.2), "m_a": (M_A_MIN_EV, 0.2)}, judge, reach=NEAR)


def learned(emulator: SpectraEmulator) -> Array:
    """(N, outputs) what the regression was fitted to: Phi beta + (K + r) alpha.

    r, noise over signal variance, is the positive root of alpha.(K + r) alpha r = (N - P) noise^2,
    by the definition of the noise (`regression._fit_one`).
    """
    found = emulator.regression
    n, p = len(found.inputs), len(found.beta)
    outputs = quadratic_basis(found.inputs) @ found.beta
    squares = (found.inputs[:, None, :] - found.inputs[None, :, :]) ** 2
    for k, alpha in enumerate(found.alpha.T):
        smooth = np.exp(-0.5 * squares @ found.precision[:, k]) @ alpha
        a, b = float(alpha @ alpha), float(alpha @ smooth)
        ratio = (np.sqrt(b**2 + 4.0 * a * (n - p) * found.noise[k] ** 2) - b) / (2.0 * a)
        outputs[:, k] += smooth + ratio * alpha
    return outputs


def projected(emulator: SpectraEmulator, data: dict[str, Array]) -> tuple[Array, dict[str, Array]]:
    """New points along the bases of the emulator, (N, outputs), and scalars; by spectrum, the mean
    of what no basis has."""
    arrays, features = emulator.arrays, data["features"]
    outputs, left = [], {}
    for name in SPECTRA:
        rows = normalised(name, data[name], features)
        if name not in LOGARITHM:
            rows /= arrays["envelope"]
        rows -= arrays[f"mean_{name}"]
        basis = arrays[f"basis_{name}"].astype(float)
        weight = component_weight(rows.shape[1], None if name == "pp" else NEAR.fading)
        outputs.append((rows * weight) @ np.linalg.pinv(basis * weight))
        left[name] = (rows - outputs[-1] @ basis).mean(axis=0)
    scalars = np.log(data["scalars"][:, : len(SCALARS)])
    outputs.append((scalars - arrays["scalar_mean"]) / arrays["scalar_std"])
    return np.hstack(outputs), left


def refit(emulator: SpectraEmulator, data: dict[str, Array]) -> SpectraEmulator:
    """The emulator fitted to the points of its design and to these, instead of earlier `near`.

    What its components leave of the mean of these points goes into the mean spectra: it is at
    right angles to the components, whose numbers stay.
    """
    features, outputs = emulator.arrays["features"], learned(emulator)
    design = len(features) - emulator.origin.get("near", 0)
    added, left = projected(emulator, data)
    features = np.concatenate([features[:design], data["features"]])
    outputs = np.concatenate([outputs[:design], added])
    regression = Regression.fit(Standardiser(features)(features), outputs)
    arrays = {**emulator.arrays, "features": features}
    arrays |= {f"gp_{name}": value for name, value in vars(regression).items()}
    for name, mean in left.items():
        arrays[f"mean_{name}"] = arrays[f"mean_{name}"] + mean
    counts = {"points": len(features), "near": len(data["features"])}
    return SpectraEmulator(arrays, emulator.origin | counts)


def _refit_file(path: Path, folder: Path) -> None:
    refit(SpectraEmulator.load(path), load_points(folder, "near")).save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="chains/training/near")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    path, folder = emulator_path("act"), Path(options.folder)
    emulator = SpectraEmulator.load(path)
    target = near(emulator.l_max)
    prepare(folder, provenance(emulator.origin["HotClassy"], emulator.l_max))
    points = target.points(target.fisher(emulated_star(target, emulator)), POINTS)
    if failed := run_points(folder, points, "near", options.jobs):
        raise HotAxionError(failed[0])
    with worker_pool(1) as pool:  # with one thread of linear algebra: its matrices are small
        pool.apply(_refit_file, (path, folder))


if __name__ == "__main__":
    main()
