"""The emulator itself: features to lensed C_l, sigma_8, sound horizons; one file holds it.

ln of TT, EE, BB, phi phi, and TE over a fixed envelope, each divided by the primordial amplitude,
are expanded in principal components; components and scalars are regressed on the features. It is
fitted in `training.fit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.spectra.emulator import saved
from hotaxion.theory.spectra.emulator.features import (
    BASE,
    EXTRA,
    LOG_A,
    SCALARS,
    SPECTRA,
    STANDARD,
    TAU,
)
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.neutrinos import HIERARCHY

PACKAGED = saved.FOLDER / "emulator.npz"
LOGARITHM = ("tt", "ee", "bb", "pp")
_LENSING = "pp"  # not damped by reionisation
_POSITIVE = ("mnu", "mass_root", "delta_neff", "delta_neff_extra")
_MARGIN = 0.05  # of the range of each of EXTRA, added on both sides: m_a reaches 1 eV
_BASE, _EXTRA = slice(0, len(BASE)), slice(len(BASE), None)


def emulator_path(given: str | None) -> Path:
    """The file of the option `emulator`: a path; a name of a packaged one; None: the usual one."""
    if given is None:
        return PACKAGED
    path = Path(given)
    if path.name != given:
        return path
    named = PACKAGED.with_name(f"emulator_{given}.npz")
    return named if named.is_file() else path


@dataclass(frozen=True)
class Prediction:
    """Raw lensed C_l from l = 0, (SPECTRA, l_max + 1), and SCALARS by name."""

    spectra: Array
    scalars: dict[str, float]

    @property
    def cl(self) -> dict[str, Array]:
        """The spectra by name, as `Class.lensed_cl`, without "ell"."""
        return dict(zip(SPECTRA, self.spectra, strict=True))


class Standardiser:
    """Features to inputs of zero mean and unit variance; the six base parameters de-correlated.

    tau enters by its logarithm: the reionisation bump goes like tau^2. The base parameters are
    whitened about their linear dependence on the other four.
    """

    def __init__(self, features: Array):
        x = self._transformed(features)
        extra = x[:, _EXTRA]
        centre, scale = extra.mean(axis=0), extra.std(axis=0)
        basis = np.column_stack([np.ones(len(x)), (extra - centre) / scale])
        ridge = np.linalg.lstsq(basis, x[:, _BASE], rcond=None)[0]
        scatter = x[:, _BASE] - basis @ ridge
        whitening = np.linalg.inv(np.linalg.cholesky(np.cov(scatter.T))).T
        # All of it is linear: one product.
        self._centre = np.concatenate([ridge[0], centre])
        self._matrix = np.diag(np.concatenate([np.zeros(len(BASE)), 1.0 / scale]))
        self._matrix[_BASE, _BASE] = whitening
        self._matrix[_EXTRA, _BASE] = -ridge[1:] / scale[:, None] @ whitening

    @staticmethod
    def _transformed(features: Array) -> Array:
        x = np.array(features, dtype=float)
        x[..., TAU] = np.log(x[..., TAU])
        return x

    def __call__(self, features: Array) -> Array:
        """(..., d) to (..., d)."""
        return (self._transformed(features) - self._centre) @ self._matrix


class SpectraEmulator:
    """Predicts what `training.runs.ClassRunner` computes, in a fraction of a millisecond."""

    def __init__(self, arrays: dict[str, Array], origin: dict[str, Any]):
        options = {"hierarchy": HIERARCHY, **origin["HotClassy"]}  # written down, if not given
        self.arrays, self.origin = arrays, {**origin, "HotClassy": options}
        self.l_max = int(origin["l_max"])
        self.neutrinos = options["hierarchy"]
        self.learned = arrays["features"].shape[1]  # the first so many of FEATURES
        self._standardise = Standardiser(arrays["features"])
        self._last = b"", np.empty(0)
        self.regression = Regression(
            *(arrays[f"gp_{n}"] for n in ("inputs", "beta", "alpha", "precision", "noise", "hat"))
        )
        extra = arrays["features"][:, _EXTRA]
        width = np.ptp(extra, axis=0)
        self.low, self.high = extra.min(0) - _MARGIN * width, extra.max(0) + _MARGIN * width
        # Masses and Delta N_eff are positive; the design around Planck starts close to zero.
        positive = [i for i, name in enumerate(EXTRA[: self.low.size]) if name in _POSITIVE]
        around = "target" in origin
        self.low[positive] = np.maximum(self.low[positive], 0.0) if around else 0.0
        # Departures from the mean spectrum, some tenths: to 1e-7 of C_l, read in half the time.
        self._bases = {name: arrays[f"basis_{name}"].astype(np.float32) for name in SPECTRA}
        self.components = {}
        start = 0
        for name in SPECTRA:
            count = len(arrays[f"basis_{name}"])
            self.components[name] = slice(start, start + count)
            start += count
        self._scalars = slice(start, start + len(SCALARS))

    # --- file ---------------------------------------------------------------------------------
    def save(self, path: str | Path) -> None:
        """One compressed file with everything, its provenance included; whole or not at all."""
        saved.write(path, self.arrays, self.origin)

    @classmethod
    def load(cls, path: str | Path) -> SpectraEmulator:
        """Read a file of `save`.

        Raises
        ------
        MissingDataError : no such file. HotAxionError : of another version, or damaged.
        """
        file = saved.emulator_file(path)
        arrays, origin = saved.read(file)
        features = arrays["features"]
        with np.errstate(all="ignore"):
            try:
                emulator = cls(arrays, origin)
            except np.linalg.LinAlgError:
                file.damaged("'features' depend on each other")
            offset = np.abs(emulator._standardise(features) - arrays["gp_inputs"])
            file.require("gp_inputs", arrays["gp_inputs"], offset < 1e-6, "is not of the features")
            prediction = emulator(features[0])
        whole = {name: values[2:] for name, values in prediction.cl.items()}
        whole["scalars"] = np.array([*prediction.scalars.values()])
        for name, values in whole.items():
            if not (np.isfinite(values) & ((values > 0) | (name == "te"))).all():
                file.damaged(f"it does not predict {name} at a point that it was trained with")
        return emulator

    # --- prediction ---------------------------------------------------------------------------
    def error(self, features: Array) -> float:
        """Expected error of ln L, grown with the leverage: Planck-like, or of the local target.

        Delta chi^2 of held-out points is proportional to their leverage (docs/emulator.md), and an
        error of the spectra of size Delta chi^2 shifts ln L by its root.
        """
        rate = self.origin["accuracy"]["delta_chi2_per_leverage"]
        return float(np.sqrt(rate * self.leverage(features)))

    def outside(self, features: Array, tolerance: float) -> str | None:
        """Why the emulator must not be used at these features, `NAME = ...`; None if it may.

        Parameters
        ----------
        features : the FEATURES.
        tolerance : largest `error` allowed.
        """
        extra, learned = features[_EXTRA], self.low.size
        for name, value, low, high in zip(EXTRA, extra, self.low, self.high, strict=False):
            if not low <= value <= high:
                return f"{name} = {value:.5g} is outside {low:.5g} to {high:.5g}"
        for name, value in zip(EXTRA[learned:], extra[learned:], strict=True):
            if value != STANDARD[name]:
                return f"{name} = {value:.5g} was not varied in the training"
        if not features[TAU] > 0:
            return f"tau_reio = {features[TAU]:.5g} is not positive"
        error = self.error(features)
        if not error <= tolerance:
            return f"expected error of ln L = {error:.2f} exceeds the tolerance {tolerance:g}"
        return None

    def leverage(self, features: Array) -> float:
        """How far from the training points, see `Regression.leverage`."""
        return self.regression.leverage(self._inputs(features))

    def _inputs(self, features: Array) -> Array:
        """Of the regression; those of the last point are kept, which is asked for twice."""
        key = features.tobytes()
        if key != self._last[0]:
            self._last = key, self._standardise(features[: self.learned])
        return self._last[1]

    def __call__(self, features: Array) -> Prediction:
        """Spectra and scalars at the FEATURES; see `outside` first."""
        output = self.regression(self._inputs(features))
        spectra, few = np.zeros((len(SPECTRA), self.l_max + 1)), output.astype(np.float32)
        for name, row in zip(SPECTRA, spectra[:, 2:], strict=True):
            np.add(
                self.arrays[f"mean_{name}"], few[self.components[name]] @ self._bases[name], out=row
            )
            if name in LOGARITHM:
                np.exp(row, out=row)
            else:
                row *= self.arrays["envelope"]
            row *= float(_amplitude(name, features))
        scalars = np.exp(
            self.arrays["scalar_mean"] + self.arrays["scalar_std"] * output[self._scalars]
        )
        return Prediction(spectra, dict(zip(SCALARS, scalars.tolist(), strict=True)))


def _amplitude(name: str, features: Array) -> Array:
    """A_s, times e^(-2 tau) for what scatters."""
    exponent = features[..., LOG_A] - (0.0 if name == _LENSING else 2.0 * features[..., TAU])
    return np.asarray(1e-10 * np.exp(exponent))


def normalised(name: str, cl: Array, features: Array) -> Array:
    """Spectra from l = 2 over the primordial amplitude."""
    rows = cl[:, 2:] / _amplitude(name, features)[:, None]
    return np.log(rows) if name in LOGARITHM else rows
