"""What exploration and ellipsoids do to nested importance sampling: ln Z, bounds of a known case.

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
# Live points, networks, evidence left at the end of the exploration, whether its points count,
# how much wider than their points ellipsoids are in each direction. The last is what `hotaxion run`
# takes.
FINE = {"n_live": 500, "n_networks": 4, "f_live": 0.01}
ROUGH = {"n_live": 300, "n_networks": 1, "f_live": 0.1}
SETTINGS = {
    "exploration kept": FINE | {"discard": False, "enlarge": 1.1},
    "discarded": FINE | {"discard": True, "enlarge": 1.1},
    "discarded, rough": ROUGH | {"discard": True, "enlarge": 1.1},
    "discarded, rough, wide": ROUGH | {"discard": True, "enlarge": 1.25},
}


def run(
    seed: int, n_live: int, n_networks: int, f_live: float, discard: bool, enlarge: float
) -> tuple[str, list[float]]:
    """One line of numbers, and the two bounds."""
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
        enlarge_per_dim=enlarge,
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
        bounds.append(float(np.interp(0.95, below, y[order]) / BOUND))
    line = (
        f"ln Z {sampler.log_z:+.3f}, bounds {bounds[0]:.3f} {bounds[1]:.3f}, "
        f"{sampler.n_eff:.0f} effective of {sampler.n_like} evaluations, {start:.0f} CPU s"
    )
    return line, bounds


def main(seeds: list[int], names: list[str]) -> None:
    found: dict[str, list[float]] = {name: [] for name in names}
    for seed in seeds:
        for name in names:
            line, bounds = run(seed, **SETTINGS[name])
            found[name] += bounds
            print(f"{name}, seed {seed}: {line}", flush=True)
    for name, bounds in found.items():
        away = np.sqrt(np.mean((np.array(bounds) - 1.0) ** 2))
        print(f"{name}: bounds {away:.1%} off (root mean square)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", nargs="*", type=int, default=[1, 2, 3])
    parser.add_argument("--only", action="append", choices=SETTINGS, help="settings; default all")
    given = parser.parse_args()
    main(given.seed, given.only or list(SETTINGS))
