"""Where nautilus draws its points: the priors, or in part a Gaussian about the posterior.

The Gaussian is cut off at the ends of the priors, one parameter after the other, those first whose
ends are near: no point is drawn where the posterior is zero, and its walls are those of the cube.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from cobaya.model import Model
from scipy.special import ndtr, ndtri

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draws:
    """A density over the parameters, as a map from the unit cube: priors, or in part a Gaussian.

    priors : of all parameters, of scipy.
    inner : places of those of the Gaussian, in the order in which they are drawn.
    centre, root : its mean and the lower root of its covariance matrix, in that order.
    """

    priors: Sequence[Any]
    inner: list[int]
    centre: Array
    root: Array

    @classmethod
    def of(
        cls, model: Model, covmat: Any, covmat_params: Sequence[str] | None, width: float
    ) -> Draws:
        """The density that the options ask for; raises RangeError if they make none."""
        names = [*model.parameterization.sampled_params()]
        if covmat is None:
            return cls(model.prior.pdf, [], np.empty(0), np.empty((0, 0)))
        if isinstance(covmat, str):
            covmat_params, covmat = _read_covmat(covmat)
        known = [name for name in covmat_params or () if name in names]
        try:
            matrix = np.asarray(covmat, dtype=float)
        except (TypeError, ValueError):
            raise RangeError("covmat is no matrix of numbers; give rows of one length.") from None
        if not known or matrix.shape != (len(covmat_params or ()),) * 2:
            raise RangeError(
                f"covmat of shape {matrix.shape} with covmat_params = {covmat_params}; give a row "
                "and a column for each of these, and at least one that is sampled."
            )
        inner = [names.index(name) for name in known]
        wide = [n for n, pdf in zip(names, model.prior.pdf, strict=True) if not _is_known(pdf)]
        if left := [name for name in wide if name not in known]:
            _log.warning(
                "%s: drawn from the whole prior, not being in covmat_params; a few points may then "
                "outweigh all others. Give a covmat with them, as of an earlier chain.",
                ", ".join(left),
            )
        if not np.isfinite(matrix).all():
            raise RangeError("covmat holds a number that is not finite; give another one.")
        centre = np.array([_centre(model.prior.ref_pdf[i], model.prior.pdf[i]) for i in inner])
        ends = np.array([model.prior.pdf[i].support() for i in inner])
        places = [list(covmat_params or ()).index(name) for name in known]
        with np.errstate(invalid="ignore", divide="ignore"):
            away = np.abs(ends - centre[:, None]).min(axis=1) / np.sqrt(matrix.diagonal()[places])
        order = np.argsort(away)
        places = [places[k] for k in order]
        try:
            root = width * np.linalg.cholesky(matrix[np.ix_(places, places)])
        except np.linalg.LinAlgError:
            raise RangeError("covmat has no positive determinant; give another one.") from None
        return cls(model.prior.pdf, [inner[k] for k in order], centre[order], root)

    @property
    def outer(self) -> list[int]:
        """Places of the parameters that are drawn from their priors."""
        return [i for i in range(len(self.priors)) if i not in self.inner]

    def points(self, unit: Array) -> Array:
        """From the unit cube to parameters, (..., parameters)."""
        unit = np.clip(unit, 1e-15, 1.0 - 1e-15)
        points = np.empty_like(unit)
        for i in self.outer:
            points[..., i] = self.priors[i].ppf(unit[..., i])
        z: Array = np.zeros((*unit.shape[:-1], len(self.inner)))
        for k, i in enumerate(self.inner):
            mean, low, high = self._conditional(z, k)
            z[..., k] = _cut_normal(unit[..., i], low, high)
            # The ends of a prior are not left by rounding.
            points[..., i] = np.clip(mean + self.root[k, k] * z[..., k], *self.priors[i].support())
        return points

    def log_density(self, points: Array) -> Array:
        """ln of the density at points, (..., parameters), inside the priors."""
        found = sum((self.priors[i].logpdf(points[..., i]) for i in self.outer), np.zeros(1))
        away = (points[..., self.inner] - self.centre).T
        z = np.asarray(np.linalg.solve(self.root, away).T, dtype=np.float64)
        for k in range(len(self.inner)):
            _, low, high = self._conditional(z, k)
            found = found - 0.5 * z[..., k] ** 2 - _log_mass(low, high)
        return found - 0.5 * len(self.inner) * np.log(2.0 * np.pi) - self._log_determinant

    @property
    def _log_determinant(self) -> float:
        return float(np.log(np.diag(self.root)).sum())

    def _conditional(self, z: Array, k: int) -> tuple[Array, Array, Array]:
        """Mean of the k-th parameter given those before it, and the ends of its prior from there,
        in its conditional standard deviations; z are the deviations of those before.
        """
        mean = self.centre[k] + z[..., :k] @ self.root[k, :k]
        ends = self.priors[self.inner[k]].support()
        low, high = ((end - mean) / self.root[k, k] for end in ends)
        return mean, low, high


def _cut_normal(share: Array, low: Array, high: Array) -> Array:
    """Quantiles of a normal distribution that is cut off at two ends."""
    upper = low > 0.0  # there the other tail has all digits
    below, above = ndtr(np.where(upper, -high, low)), ndtr(np.where(upper, -low, high))
    found = ndtri(below + (above - below) * np.where(upper, 1.0 - share, share))
    return np.where(upper, -found, found)


def _log_mass(low: Array, high: Array) -> Array:
    """ln of what is left of a normal distribution between two ends."""
    upper = low > 0.0
    below, above = ndtr(np.where(upper, -high, low)), ndtr(np.where(upper, -low, high))
    return np.log(np.maximum(above - below, 1e-300))


def _read_covmat(path: str) -> tuple[list[str], Array]:
    """Names and matrix of a file as Cobaya writes it."""
    try:
        with open(path, encoding="utf-8") as stream:
            names = stream.readline().lstrip("#").split()
        return names, np.loadtxt(path, ndmin=2)
    except (OSError, ValueError) as error:
        raise RangeError(
            f"covmat = {path!r} cannot be read ({error}); give a .covmat file of Cobaya, or a "
            "matrix with covmat_params."
        ) from None


def _centre(reference: Any, prior: Any) -> float:
    """The `ref` of a parameter, a number or a distribution; without one, the mean of the prior."""
    value = float(reference) if isinstance(reference, Real) else float(reference.mean())
    return value if np.isfinite(value) else float(prior.mean())


def _is_known(pdf: Any) -> bool:
    """Whether a prior is as narrow as a measurement."""
    return pdf.dist.name == "norm"
