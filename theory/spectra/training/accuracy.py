"""How good an emulator is at points that it has not seen, without any data.

The error of spectra C is weighed as a Planck-like experiment would, or that of a local target, by
the Kullback-Leibler divergence to second order,
Delta chi^2 = sum_l f_sky (2l + 1)/2 Tr[(C_tot^-1 Delta C)^2].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator
from hotaxion.theory.spectra.emulator.features import FEATURES
from hotaxion.theory.spectra.training.planck_like import divergence
from hotaxion.theory.spectra.training.runs import SCALARS, SPECTRA
from hotaxion.theory.spectra.training.sensitivity import Sensitivity

Array = NDArray[np.float64]

PLANCK_LIKE = "Planck-like"


@dataclass(frozen=True)
class Accuracy:
    """Errors at held-out points.

    delta_chi2 : (n,) as `experiment` sees it.
    spectra : name -> (n,) largest relative error for l >= 2 (TE: over sqrt(TT EE)).
    scalars : name -> (n,) relative error.
    leverage : (n,), see `Regression.leverage`.
    experiment : "Planck-like" (TT, TE, EE), or the likelihoods of a local target.
    """

    delta_chi2: Array
    spectra: dict[str, Array]
    scalars: dict[str, Array]
    leverage: Array
    experiment: str = PLANCK_LIKE

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
    emulator: SpectraEmulator, data: dict[str, Array], sensitivity: Sensitivity | None = None
) -> Accuracy:
    """Compare predictions with CLASS at the points of `training.load_points`.

    The spectra are weighed by `sensitivity`, or as a Planck-like experiment would.
    """
    judge, judged = (
        (sensitivity.divergence, sensitivity.spectra)
        if sensitivity
        else (divergence, ("tt", "te", "ee"))
    )
    chi2, leverage = [], []
    spectra: dict[str, list[float]] = {name: [] for name in SPECTRA}
    scalars: dict[str, list[float]] = {name: [] for name in SCALARS}
    for i, features in enumerate(data["features"]):
        assert features.size == len(FEATURES)
        found = emulator(features)
        true = {name: data[name][i] for name in SPECTRA}
        chi2.append(judge(true, {n: found.cl[n] - true[n] for n in judged}))
        leverage.append(emulator.leverage(features))
        for name in SPECTRA:
            scale = true[name] if name != "te" else np.sqrt(true["tt"] * true["ee"])
            error = (found.cl[name] - true[name])[2:] / scale[2:]
            spectra[name].append(float(np.abs(error).max()))
        for j, name in enumerate(SCALARS):
            scalars[name].append(abs(found.scalars[name] / float(data["scalars"][i, j]) - 1.0))
    return Accuracy(
        np.array(chi2),
        {name: np.array(values) for name, values in spectra.items()},
        {name: np.array(values) for name, values in scalars.items()},
        np.array(leverage),
        " + ".join(sensitivity.names) if sensitivity else PLANCK_LIKE,
    )
