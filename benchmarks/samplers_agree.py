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


def below(chain: Chain, name: str, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parts of the posterior below limits, and their standard errors from blocks of the chain,
    which for nested importance sampling are its single points."""
    values, weights = chain.column(name), chain.samples.weights
    block = chain.blocks_of_rows(chain.effective(name))
    many, parts, errors = block.max() + 1, [], []
    for limit in limits:
        parts.append(weights[values < limit].sum() / weights.sum())
        away = np.bincount(block, weights * ((values < limit) - parts[-1]))
        errors.append(np.sqrt(np.sum(away**2) * many / (many - 1)) / weights.sum())
    return np.array(parts), np.array(errors)


def main(prefixes: list[str]) -> int:
    first, *others = (Chain.load(prefix) for prefix in prefixes)
    found: list[float] = []
    for name in (n for n in PARAMETERS if n in first.parameters()):
        values, weights = first.column(name), first.samples.weights
        order = np.argsort(values)
        limits = np.interp(QUANTILES, np.cumsum(weights[order]) / weights.sum(), values[order])
        exact, own = below(first, name, limits)
        for chain, prefix in zip(others, prefixes[1:], strict=True):
            parts, errors = below(chain, name, limits)
            away = (parts - exact) / np.hypot(errors, own)
            found += away.tolist()
            words = " ".join(f"{x:+.1f}" for x in away)
            samples = f"{chain.effective(name):.0f} of {first.effective(name):.0f} samples"
            print(f"{name:12s} {prefix} ({samples}): {words}")
    sizes = np.abs(found)
    print(f"largest: {sizes.max():.1f} standard errors")
    print(f"beyond {MOST:g}: {np.sum(sizes > MOST)} of {sizes.size}")
    print(f"root mean square: {np.sqrt(np.mean(sizes**2)):.2f}")
    return int(sizes.max() > MOST)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", nargs="+")
    sys.exit(main(parser.parse_args().chain))
