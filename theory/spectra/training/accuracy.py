"""How good an emulator is at points that it has not seen, without any data.

The error of the spectra is weighed as the experiment of the target would, see `sensitivity`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator
from hotaxion.theory.spectra.training.sensitivity import Sensitivity


@dataclass(frozen=True)
class Accuracy:
    """Errors at held-out points.

    delta_chi2 : (n,) as `experiment` sees it.
    spectra : name -> (n,) largest relative error for l >= 2 (TE: over sqrt(TT EE)).
    scalars : name -> (n,) relative error.
    leverage : (n,), see `Regression.leverage`.
    experiment : "Planck-like" (TT, TE, EE), or the likelihoods of a forecast.
    """

    delta_chi2: Array
    spectra: dict[str, Array]
    scalars: dict[str, Array]
    leverage: Array
    experiment: str

    def as_dict(self) -> dict[str, float | str]:
        """Medians and 95 % quantiles, for the provenance."""
        ratio = float(np.median(self.delta_chi2 / self.leverage))
        found: dict[str, float | str] = {
            "points": self.delta_chi2.size,
            "experiment": self.experiment,
            "delta_chi2_per_leverage": float(f"{ratio:.3g}"),
        }
        rows = {"delta_chi2": self.delta_chi2, **self.spectra, **self.scalars}
        for name, values in rows.items():
            for label, quantile in (("median", 0.5), ("95%", 0.95)):
                found[f"{name}_{label}"] = float(f"{np.quantile(values, quantile):.3g}")
        return found

    def __str__(self) -> str:
        found = self.as_dict()
        lines = [f"{found['points']} points held out; relative errors (median, 95 %):"]
        for name in ("delta_chi2", *self.spectra, *self.scalars):
            label = f"{self.experiment} Delta chi^2" if name == "delta_chi2" else name
            lines.append(f"  {label:24} {found[f'{name}_median']:9.2e} {found[f'{name}_95%']:9.2e}")
        return "\n".join(lines)


def accuracy(
    emulator: SpectraEmulator, data: dict[str, Array], sensitivity: Sensitivity
) -> Accuracy:
    """Compare predictions with CLASS at the points of `load_points`."""
    chi2, leverage = [], []
    spectra: dict[str, list[float]] = {name: [] for name in SPECTRA}
    scalars: dict[str, list[float]] = {name: [] for name in SCALARS}
    for i, features in enumerate(data["features"]):
        found = emulator(features)
        true = {name: data[name][i] for name in SPECTRA}
        errors = {name: found.cl[name] - true[name] for name in SPECTRA}
        chi2.append(sensitivity.divergence(true, errors))
        leverage.append(emulator.leverage(features))
        for name in SPECTRA:
            scale = true[name] if name != "te" else np.sqrt(true["tt"] * true["ee"])
            spectra[name].append(float(np.abs(errors[name][2:] / scale[2:]).max()))
        for j, name in enumerate(SCALARS):
            scalars[name].append(abs(found.scalars[name] / float(data["scalars"][i, j]) - 1.0))
    return Accuracy(
        np.array(chi2),
        {name: np.array(values) for name, values in spectra.items()},
        {name: np.array(values) for name, values in scalars.items()},
        np.array(leverage),
        " + ".join(sensitivity.names),
    )
