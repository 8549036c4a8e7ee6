"""Smooth regression: a quadratic in all inputs plus a Gaussian process for what it leaves.

Universal kriging (Rasmussen & Williams, Gaussian Processes for Machine Learning, sections 2.7 and
5.4): the quadratic has a flat prior and is marginalised; length scales of the squared-exponential
kernel and its noise maximise the restricted likelihood, for each output by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize

from hotaxion.theory.arrays import Array

# Bounds of ln(length scale) in standard deviations of the inputs, and of ln(noise/signal variance).
_LN_LENGTH, _LN_NOISE = (np.log(0.5), np.log(60.0)), (np.log(1e-7), np.log(10.0))
_START = (np.log(6.0), np.log(1e-2))


def quadratic_basis(x: Array) -> Array:
    """All monomials up to second order: (..., d) to (..., 1 + d + d(d+1)/2)."""
    i, j = _pairs(x.shape[-1])
    return np.concatenate([linear_basis(x), x[..., i] * x[..., j]], axis=-1)


@lru_cache
def _pairs(d: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of all products of two of d inputs."""
    return np.triu_indices(d)


def linear_basis(x: Array) -> Array:
    """All monomials up to first order: (..., d) to (..., 1 + d)."""
    return np.concatenate([np.ones((*x.shape[:-1], 1)), x], axis=-1)


@dataclass(frozen=True)
class Regression:
    """Fitted regression of K outputs on d standardised inputs, from N points.

    Attributes
    ----------
    inputs : (N, d). beta : (P, K) of the polynomial: P = 1 + d for a linear one.
    alpha : (N, K) of the process.
    precision : (d, K) inverse squared length scales.
    noise : (K,) standard deviation of the scatter that no smooth function explains.
    hat : (P, P) Cholesky factor of (Phi^T Phi)^-1, for the leverage.
    """

    inputs: Array
    beta: Array
    alpha: Array
    precision: Array
    noise: Array
    hat: Array

    @classmethod
    def fit(
        cls, inputs: Array, outputs: Array, process: bool = True, linear: bool = False
    ) -> Regression:
        """Fit every output.

        Parameters
        ----------
        inputs : (N, d), about zero mean and unit variance. N must exceed the number of monomials.
        outputs : (N, K).
        process : False for the quadratic alone.
        linear : a linear function in place of the quadratic; the process learns the curvature.

        Raises
        ------
        ValueError : too few points.
        """
        basis = linear_basis(inputs) if linear else quadratic_basis(inputs)
        n, p = basis.shape
        if n < p + 5:
            raise ValueError(f"{n} points for {p} coefficients of the polynomial; give {p + 5}.")
        q, r = np.linalg.qr(basis, mode="complete")
        null = q[:, p:]
        squares = (inputs.T[:, :, None] - inputs.T[:, None, :]) ** 2
        fits = [_fit_one(squares, basis, null, y, process) for y in outputs.T]
        beta, alpha, precision, noise = (np.array(x).T for x in zip(*fits, strict=True))
        hat = solve_triangular(r[:p], np.eye(p)).T
        return cls(inputs, beta, alpha, precision, noise, hat)

    @cached_property
    def _half(self) -> Array:
        return -0.5 * self.precision

    def _basis(self, x: Array) -> Array:
        return linear_basis(x) if len(self.beta) == 1 + x.shape[-1] else quadratic_basis(x)

    def __call__(self, x: Array) -> Array:
        """Outputs (K,) at one point (d,)."""
        kernel = (self.inputs - x) ** 2 @ self._half
        np.exp(kernel, out=kernel)
        return self._basis(x) @ self.beta + np.einsum("nk,nk->k", kernel, self.alpha)

    def leverage(self, x: Array) -> float:
        """How far the polynomial is extrapolated: Phi(x)^T (Phi^T Phi)^-1 Phi(x).

        Between 0 and 1 at the training points, P/N on average; it grows like the fourth power
        (linear: second) of the distance outside. The error of a fitted polynomial is the noise
        times its root.
        """
        root = self.hat @ self._basis(x)
        return float(root @ root)


def _fit_one(
    squares: Array, basis: Array, null: Array, y: Array, process: bool
) -> tuple[Array, Array, Array, float]:
    """beta, alpha, precision, noise of one output."""
    d = len(squares)
    if not process:
        beta = np.asarray(np.linalg.lstsq(basis, y, rcond=None)[0], dtype=np.float64)
        noise = float(np.sqrt(np.sum((y - basis @ beta) ** 2) / null.shape[1]))
        return beta, np.zeros_like(y), np.zeros(d), noise
    start = np.array([_START[0]] * d + [_START[1]])
    bounds = [_LN_LENGTH] * d + [_LN_NOISE]
    result = minimize(
        _restricted,
        start,
        args=(squares, null, null.T @ y),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 60},
    )
    lengths, ratio = np.exp(result.x[:d]), float(np.exp(result.x[d]))
    precision = lengths**-2.0
    kernel = np.exp(-0.5 * np.tensordot(precision, squares, axes=1))
    covariance = kernel + ratio * np.eye(len(y))
    factor = cho_factor(covariance)
    solved = cho_solve(factor, basis)
    beta = np.asarray(np.linalg.solve(basis.T @ solved, solved.T @ y), dtype=np.float64)
    alpha = cho_solve(factor, y - basis @ beta)
    # Signal variance by its restricted estimate.
    variance = float((y - basis @ beta) @ alpha) / null.shape[1]
    return beta, alpha, precision, float(np.sqrt(ratio * variance))


def _restricted(theta: Array, squares: Array, null: Array, z: Array) -> tuple[float, Array]:
    """-2/n times the restricted log-likelihood, and its gradient by theta."""
    d, n = len(squares), z.size
    precision, ratio = np.exp(-2.0 * theta[:d]), np.exp(theta[d])
    kernel = np.exp(-0.5 * np.tensordot(precision, squares, axes=1))
    covariance = null.T @ kernel @ null + ratio * np.eye(n)
    lower = cholesky(covariance, lower=True)
    inverse = cho_solve((lower, True), np.eye(n))
    solved = inverse @ z
    quadratic = float(z @ solved)
    value = np.log(quadratic / n) + 2.0 * np.log(np.diag(lower)).sum() / n
    inner = inverse / n - np.outer(solved, solved) / quadratic
    outer = (null @ inner @ null.T) * kernel
    gradient = np.empty(d + 1)
    gradient[:d] = precision * np.tensordot(squares, outer, axes=2)
    gradient[d] = ratio * np.trace(inner)
    return float(value), gradient
