"""Where nautilus draws its points: the priors, or in part a Gaussian about the posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from cobaya.model import Model
from scipy.special import ndtri

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError


@dataclass(frozen=True)
class Draws:
    """A density over the parameters, as a map from the unit cube: priors, or in part a Gaussian.

    priors : of all parameters, of scipy.
    inner : places of those of the Gaussian.
    centre, root : its mean and a root of its covariance matrix.
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
        places = [list(covmat_params or ()).index(name) for name in known]
        inner = [names.index(name) for name in known]
        if not np.isfinite(matrix).all():
            raise RangeError("covmat holds a number that is not finite; give another one.")
        try:
            root = width * np.linalg.cholesky(matrix[np.ix_(places, places)])
        except np.linalg.LinAlgError:
            raise RangeError("covmat has no positive determinant; give another one.") from None
        centre = [_centre(model.prior.ref_pdf[i], model.prior.pdf[i]) for i in inner]
        return cls(model.prior.pdf, inner, np.array(centre), root)

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
        points[..., self.inner] = self.centre + ndtri(unit[..., self.inner]) @ self.root.T
        return points

    def log_density(self, points: Array) -> Array:
        """ln of the density at points, (..., parameters)."""
        found = sum((self.priors[i].logpdf(points[..., i]) for i in self.outer), np.zeros(1))
        away = np.linalg.solve(self.root, (points[..., self.inner] - self.centre).T).T
        norm = 0.5 * len(self.inner) * np.log(2.0 * np.pi) + np.log(np.diag(self.root)).sum()
        return found - 0.5 * np.sum(away**2, axis=-1) - norm


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
