"""What different neutrino masses change in the spectra of three equal ones with the same sum.

At a given sum, and with the background of the three, spectra depend on V = sum of (m_i - mean)^2
and on hardly anything else, in the normal and in the inverted hierarchy alike (docs/emulator.md,
section 4): ln of TT, EE, BB, phi phi and of the scalars, and TE over sqrt(TT EE), change by
V a(l) + V^2 b(l). `training.splitting` makes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.interpolate import BSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.files import DataFile
from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import Prediction

FILE = Path(__file__).with_name("splitting.npz")
DEGREE = 3  # of the splines in sqrt(l)
_TE, _TT, _EE = (SPECTRA.index(name) for name in ("te", "tt", "ee"))


def variance_ev2(masses_ev: Sequence[float]) -> float:
    """V [eV^2] of three masses [eV]: the sum of the squared distances from their mean."""
    masses = np.array(masses_ev)
    return float(np.sum((masses - masses.mean()) ** 2))


def powers(variance: float) -> Array:
    """(2,) what the two coefficients are multiplied by."""
    return np.array([variance, variance**2])


class MassSplitting:
    """Corrects predictions for equal masses, to `l_max`.

    Raises MissingDataError or HotAxionError if its file is absent or damaged.
    """

    def __init__(self, l_max: int):
        file = DataFile(FILE, "table of mass splittings", "reinstall hotaxion")
        arrays = file.arrays()
        file.check(
            arrays,
            {
                "joints": ("joints",),
                "spectra": (2, len(SPECTRA), "coefficients"),
                "scalars": (2, len(SCALARS)),
            },
        )
        joints, coefficients = arrays["joints"], arrays["spectra"]
        if coefficients.shape[-1] + DEGREE + 1 != joints.size or not (np.diff(joints) >= 0).all():
            file.damaged("'joints' do not belong to 'spectra'")
        if l_max > (end := round(float(joints[-1]) ** 2)):
            file.damaged(f"it ends at l = {end}, and l = {l_max} is needed")
        root = np.sqrt(np.arange(2.0, l_max + 1.0))
        by_l = BSpline(joints, np.moveaxis(coefficients, -1, 0), DEGREE)(root)
        self._spectra = np.ascontiguousarray(by_l.transpose(1, 2, 0))  # (2, SPECTRA, l)
        self._scalars = arrays["scalars"]

    def __call__(self, prediction: Prediction, masses_ev: Sequence[float]) -> Prediction:
        """The prediction with these masses [eV] in place of three equal ones of the same sum."""
        by = powers(variance_ev2(masses_ev))
        change = by[0] * self._spectra[0] + by[1] * self._spectra[1]
        factor = 1.0 + change * (1.0 + 0.5 * change)  # exp, to 3e-8
        old, spectra = prediction.spectra, prediction.spectra.copy()
        spectra[:, 2:] *= factor
        spectra[_TE, 2:] = old[_TE, 2:] + change[_TE] * np.sqrt(old[_TT, 2:] * old[_EE, 2:])
        factors = dict(zip(SCALARS, np.exp(by @ self._scalars).tolist(), strict=True))
        scalars = {name: value * factors[name] for name, value in prediction.scalars.items()}
        return Prediction(spectra, scalars)


@lru_cache(maxsize=4)
def mass_splitting(l_max: int) -> MassSplitting:
    """One for each l_max."""
    return MassSplitting(l_max)
