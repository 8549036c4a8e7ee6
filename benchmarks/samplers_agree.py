"""Whether chains of one posterior agree: python benchmarks/samplers_agree.py CHAIN CHAIN [...].

For each parameter the part of every further posterior that lies below the 16, 50, 84 and 95 %
quantiles of the first, in standard errors of the difference. Prefixes, or reference/NAME of the
package; the code ends with 1 where one is beyond two.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from hotaxion.analysis.chains.chain import Chain

QUANTILES = np.array([0.16, 0.5, 0.84, 0.95])
PARAMETERS = ("m_a", "delta_neff", "mnu", "omega_b", "omega_cdm", "theta_s_100", "n_s", "tau_reio")
MOST = 2.0  # standard errors


def below(chain: Chain, name: str, limits: np.ndarray) -> tuple[np.ndarray, float]:
    """Parts of the posterior below limits, and the independent samples of the parameter."""
    values, weights = chain.column(name), chain.samples.weights
    parts = np.array([weights[values < limit].sum() for limit in limits]) / weights.sum()
    return parts, float(chain.effective(name))


def main(prefixes: list[str]) -> int:
    first, *others = (Chain.load(prefix) for prefix in prefixes)
    found: list[float] = []
    for name in (n for n in PARAMETERS if n in first.parameters()):
        values, weights = first.column(name), first.samples.weights
        order = np.argsort(values)
        limits = np.interp(QUANTILES, np.cumsum(weights[order]) / weights.sum(), values[order])
        effective = float(first.effective(name))
        for chain, prefix in zip(others, prefixes[1:], strict=True):
            parts, number = below(chain, name, limits)
            errors = np.sqrt(QUANTILES * (1.0 - QUANTILES) * (1.0 / effective + 1.0 / number))
            away = (parts - QUANTILES) / errors
            found += away.tolist()
            words = " ".join(f"{x:+.1f}" for x in away)
            print(f"{name:12s} {prefix} ({number:.0f} of {effective:.0f} samples): {words}")
    worst, rms = np.abs(found).max(), np.sqrt(np.mean(np.square(found)))
    print(f"largest: {worst:.1f} standard errors (at most {MOST:g} asked)")
    print(f"root mean square: {rms:.2f}")
    return int(worst > MOST)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", nargs="+")
    sys.exit(main(parser.parse_args().chain))
