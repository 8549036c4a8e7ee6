"""Emulator against CLASS far outside of a posterior: python benchmarks/far_points.py CHAIN.

Points come from a Gaussian with nine times the covariance of a chain that was run with the
emulator; those with an expected error of ln L from 0.8 to 2 (the tolerance) go to CLASS as well.
One minute for seven points.
"""

from __future__ import annotations

import argparse
import logging
import os
from copy import deepcopy

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded
import numpy as np

_ERRORS, _INFLATION, _SEED = (0.8, 2.0), 9.0, 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", help="prefix of a chain that was run with the emulator")
    parser.add_argument("--points", type=int, default=7)
    arguments = parser.parse_args()

    from cobaya.model import get_model

    from hotaxion.analysis.chains.chain import Chain
    from hotaxion.analysis.inputs.theories import EMULATED
    from hotaxion.analysis.running.run import with_class
    from hotaxion.analysis.running.verification import model_input

    logging.disable(logging.WARNING)
    chain = Chain.load(arguments.chain)
    samples = chain.samples
    info = model_input(chain.info)
    info["theory"][EMULATED] = {**(info["theory"][EMULATED] or {}), "tolerance": _ERRORS[1]}
    emulated, direct = get_model(deepcopy(info)), get_model(with_class(info))
    theory = emulated.theory[EMULATED]
    errors: list[float] = []
    outside = theory.spectra.outside

    def keep_error(features, tolerance):
        errors.append(theory.spectra.error(features))
        return outside(features, tolerance)

    theory.spectra.outside = keep_error
    names = list(emulated.parameterization.sampled_params())
    values = samples.samples[:, [samples.index[name] for name in names]]
    mean = np.average(values, axis=0, weights=samples.weights)
    covariance = _INFLATION * np.cov(values.T, aweights=samples.weights)
    best = dict(zip(names, map(float, values[samples.loglikes.argmin()]), strict=True))
    best_fit = float(np.sum(emulated.loglikes(best, return_derived=False)))
    rng, found = np.random.default_rng(_SEED), 0
    print("| expected error | ln L by CLASS, below the best point | emulator below CLASS |")
    print("|---|---|---|")
    while found < arguments.points:
        draw = rng.multivariate_normal(mean, covariance)
        if not np.isfinite(emulated.prior.logp(draw)):
            continue
        point = dict(zip(names, map(float, draw), strict=True))
        fast = float(np.sum(emulated.loglikes(point, return_derived=False)))
        if not _ERRORS[0] < errors[-1] < _ERRORS[1]:
            continue
        true = float(np.sum(direct.loglikes(point, return_derived=False)))
        found += 1
        cells = [f"{errors[-1]:.2f}", f"{best_fit - true:.0f}", f"{true - fast:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
