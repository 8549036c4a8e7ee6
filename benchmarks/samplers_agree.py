"""Whether chains of one posterior agree: python benchmarks/samplers_agree.py CHAIN CHAIN [...].

For each parameter the part of every further posterior that lies below the 16, 50, 84 and 95 %
quantiles of the first, in standard errors of the difference; of these by chance 1 in 22 is beyond
two. Prefixes, or reference/NAME of the package; the code ends with 1 where more than a tenth of
them is, or one is beyond four.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from hotaxion.analysis.chains.chain import Chain

QUANTILES = np.array([0.16, 0.5, 0.84, 0.95])
PARAMETERS = ("m_a", "delta_neff", "mnu", "omega_b", "omega_cdm", "theta_s_100", "n_s", "tau_reio")
MOST = 2.0  # standard errors
PART = 0.1  # of the quantiles that may be further away
FARTHEST = 4.0  # which none may be


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
    names = [name for name in PARAMETERS if name in first.parameters()]
    table = ["| chain | independent samples | beyond two errors | largest | root mean square |"]
    table += ["|---|---|---|---|---|"]
    table += [f"| `{prefixes[0]}` | {least(first, names):.0f} | | | |"]
    agree = True
    for chain, prefix in zip(others, prefixes[1:], strict=True):
        away = np.abs([compare(first, chain, prefix, name) for name in names])
        agree &= bool(np.mean(away > MOST) <= PART and away.max() <= FARTHEST)
        table.append(
            f"| `{prefix}` | {least(chain, names):.0f} | {np.sum(away > MOST)} of {away.size} "
            f"| {away.max():.1f} | {np.sqrt(np.mean(away**2)):.2f} |"
        )
    print("\n" + "\n".join(table))
    return int(not agree)


def least(chain: Chain, names: list[str]) -> float:
    """Independent samples of the parameter that has fewest."""
    return min(chain.effective(name) for name in names)


def compare(first: Chain, chain: Chain, prefix: str, name: str) -> np.ndarray:
    """Standard errors between both at each quantile of the first."""
    values, weights = first.column(name), first.samples.weights
    order = np.argsort(values)
    limits = np.interp(QUANTILES, np.cumsum(weights[order]) / weights.sum(), values[order])
    exact, own = below(first, name, limits)
    parts, errors = below(chain, name, limits)
    away: np.ndarray = (parts - exact) / np.hypot(errors, own)
    words = " ".join(f"{x:+.1f}" for x in away)
    samples = f"{chain.effective(name):.0f} of {first.effective(name):.0f} samples"
    print(f"{name:12s} {prefix} ({samples}): {words}")
    return away


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chain", nargs="+")
    sys.exit(main(parser.parse_args().chain))
