"""From the points of a training to an emulator."""

from __future__ import annotations

from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.spectra.emulator.features import FEATURES, SCALARS, SPECTRA, STANDARD
from hotaxion.theory.spectra.emulator.prediction import (
    LOGARITHM,
    SpectraEmulator,
    Standardiser,
    normalised,
)
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.training.design import Reach


def fit_emulator(
    data: dict[str, Array], origin: dict[str, Any], reach: Reach, process: bool = True
) -> SpectraEmulator:
    """An emulator with the components of `reach`, fitted to points of `load_points`.

    `process` : False for the polynomials alone.

    Raises
    ------
    HotAxionError : too few points for the polynomial.
    """
    features = data["features"]
    usual = len(FEATURES) - len(STANDARD)
    if not np.ptp(features[:, usual:], axis=0).any():  # what was not varied is no input
        features = features[:, :usual]
    arrays: dict[str, Array] = {"features": features}
    tt, ee = (normalised(name, data[name], features) for name in ("tt", "ee"))
    arrays["envelope"] = np.exp(0.5 * (tt.mean(axis=0) + ee.mean(axis=0)))  # of TE
    outputs = []
    for name in SPECTRA:
        rows = normalised(name, data[name], features)
        if name not in LOGARITHM:
            rows /= arrays["envelope"]
        fading = None if name == "pp" else reach.fading
        mean, basis, scores = _principal_components(rows, reach.components[name], fading)
        arrays[f"mean_{name}"], arrays[f"basis_{name}"] = mean, basis
        outputs.append(scores)
    scalars = np.log(data["scalars"][:, : len(SCALARS)])
    arrays["scalar_mean"], arrays["scalar_std"] = scalars.mean(axis=0), scalars.std(axis=0)
    outputs.append((scalars - arrays["scalar_mean"]) / arrays["scalar_std"])
    inputs = Standardiser(features)(features)
    try:
        regression = Regression.fit(inputs, np.hstack(outputs), process, reach.linear)
    except ValueError as error:
        raise HotAxionError(f"emulator: {error}") from None
    arrays |= {f"gp_{name}": value for name, value in vars(regression).items()}
    return SpectraEmulator(arrays, origin)


def _principal_components(
    rows: Array, count: int, fading: float | None
) -> tuple[Array, Array, Array]:
    """Mean, basis (in single precision, for the size of the file) and scores of spectra."""
    mean, weight = rows.mean(axis=0), component_weight(rows.shape[1], fading)
    left, singular, right = np.linalg.svd((rows - mean) * weight, full_matrices=False)
    keep = min(count, len(singular))
    basis = (right[:keep] / weight) * singular[:keep, None] / np.sqrt(len(rows))
    return mean, basis.astype(np.float32), left[:, :keep] * np.sqrt(len(rows))


def component_weight(size: int, fading: float | None) -> Array:
    """(size,) from l = 2: a component counts by what cosmic variance, and foregrounds, let see."""
    ell = np.arange(2, size + 2)
    weight = np.sqrt(2.0 * ell + 1.0)
    return weight if fading is None else weight / (1.0 + (ell / fading) ** 8)
