"""What points of the exploration do to nested importance sampling: ln Z and bounds of a known case.

python benchmarks/nested_exploration.py [SEED ...]: nine parameters, two of them cut off at zero as
m_a and the sum of neutrino masses are, correlated with the others; drawn from a Gaussian twice as
wide, as `hotaxion run --sampler nautilus` does. True are ln Z = 0 and bounds of 1.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.special import ndtri

DIMENSIONS, WIDTH = 9, 2.0
BOUND = 1.959964  # 95 % of a Gaussian cut off at its centre
# Live points, networks, evidence left at the end of the exploration, whether its points count.
SETTINGS = {
    "exploration kept": {"n_live": 500, "n_networks": 4, "f_live": 0.01, "discard": False},
    "discarded": {"n_live": 500, "n_networks": 4, "f_live": 0.01, "discard": True},
    "discarded, rough": {"n_live": 300, "n_networks": 1, "f_live": 0.1, "discard": True},
}


def run(seed: int, n_live: int, n_networks: int, f_live: float, discard: bool) -> str:
    """One line of numbers."""
    lower = np.tril(np.random.default_rng(5).normal(size=(DIMENSIONS, DIMENSIONS)), -1)
    matrix = np.eye(DIMENSIONS) + 0.4 * lower
    mean, variance = np.zeros(DIMENSIONS), np.ones(DIMENSIONS)
    mean[:2], variance[:2] = np.sqrt(2.0 / np.pi), 1.0 - 2.0 / np.pi
    centre, root = matrix @ mean, WIDTH * np.linalg.cholesky((matrix * variance) @ matrix.T)

    def points(unit: np.ndarray) -> np.ndarray:
        return centre + ndtri(np.clip(unit, 1e-15, 1.0 - 1e-15)) @ root.T

    def ln_ratio(x: np.ndarray) -> np.ndarray:
        y, z = np.linalg.solve(matrix, x.T).T, np.linalg.solve(root, (x - centre).T).T
        found = 0.5 * (np.sum(z**2, axis=1) - np.sum(y**2, axis=1)) + 2.0 * np.log(2.0)
        found += np.log(np.diag(root)).sum()  # the determinant of `matrix` is 1
        return np.where((y[:, :2] > 0.0).all(axis=1), found, -1e30)

    import nautilus

    sampler = nautilus.Sampler(
        points,
        ln_ratio,
        n_dim=DIMENSIONS,
        n_live=n_live,
        n_networks=n_networks,
        vectorized=True,
        seed=seed,
    )
    start = time.process_time()
    sampler.run(f_live=f_live, n_eff=10_000, discard_exploration=discard)
    start = time.process_time() - start
    found, log_weights, _ = sampler.posterior()
    weights = np.exp(log_weights - log_weights.max())
    bounds = []
    for y in np.linalg.solve(matrix, found.T)[:2]:
        order = np.argsort(y)
        below = np.cumsum(weights[order]) / weights.sum()
        bounds.append(np.interp(0.95, below, y[order]) / BOUND)
    return (
        f"ln Z {sampler.log_z:+.3f}, bounds {bounds[0]:.3f} {bounds[1]:.3f}, "
        f"{sampler.n_eff:.0f} effective of {sampler.n_like} evaluations, {start:.0f} CPU s"
    )


def main(seeds: list[int]) -> None:
    for seed in seeds:
        for name, options in SETTINGS.items():
            print(f"{name}, seed {seed}: {run(seed, **options)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", nargs="*", type=int, default=[1, 2, 3])
    main(parser.parse_args().seed)
