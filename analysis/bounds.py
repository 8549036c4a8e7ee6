"""Bounds from a chain: one rule for every one-sided limit, with its Monte Carlo error.

Rule: an upper (lower) bound at 95 % is the 95 % (5 %) quantile of the marginal posterior,
counted from the weighted samples, under the prior of that chain. No density is smoothed and
no highest-density region is formed, hence the bound does not depend on a kernel; it does
depend on the prior (a prior flat in m_a is not flat in delta_neff).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.chains import (
    BURN_IN,
    INDEPENDENT_SAMPLERS,
    check_parameters,
    effective_samples,
    gelman_rubin,
    load_chain,
    parameter_names,
    prior_of,
    separate_chains,
)
from hotaxion.analysis.tables import mean_and_sigma, significant, text_table

if TYPE_CHECKING:
    from getdist import MCSamples

CONFIDENCE = 0.95
UPPER_BOUNDED = ("m_a", "delta_neff", "mnu", "omega_axion")
LOWER_BOUNDED = ("f_a",)
# Order of the default table; a chain shows those that it has.
DEFAULT_PARAMETERS = (
    *UPPER_BOUNDED,
    *LOWER_BOUNDED,
    *("omega_b", "omega_cdm", "H0", "theta_s_100", "logA", "n_s", "tau_reio"),
    *("sigma8", "S8", "Omega_m", "omegam", "rdrag", "Y_p", "DH", "YHe"),
)
UNITS = {"m_a": "eV", "mnu": "eV", "f_a": "GeV", "H0": "km/s/Mpc", "rdrag": "Mpc"}
_LATEX_UNITS = {"H0": r"km\,s^{-1}\,Mpc^{-1}"}
RULE = (
    "Upper (lower) bounds: 95 % (5 %) quantile of the marginal posterior under the prior of the "
    "chain; else mean ± standard deviation."
)
_BOOTSTRAPS = 300
_MAX_BLOCKS = 200
_SAMPLES_PER_BLOCK = 10  # a block spans ten correlation lengths, so that blocks are independent


@dataclass(frozen=True)
class ParameterBound:
    """What a chain says of one parameter.

    Attributes
    ----------
    type : "upper95", "lower95" or "mean".
    value : the bound or the mean, in the unit of the parameter (UNITS).
    mc_error : standard error of `value` from the finite chain (block bootstrap).
    sigma : standard deviation of the marginal posterior.
    effective_samples : independent samples of this parameter.
    prior : the prior in words, None for a derived parameter.
    latex : label of the chain, without dollars.
    """

    name: str
    type: str
    value: float
    mc_error: float
    sigma: float
    effective_samples: float
    prior: str | None
    latex: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        keys = ("type", "value", "mc_error", "sigma", "effective_samples", "prior")
        return {key: getattr(self, key) for key in keys} | {"unit": UNITS.get(self.name, "")}


@dataclass(frozen=True)
class ChainBounds:
    """All bounds of one chain; `effective_samples` is the least over the parameters shown."""

    chain: str
    parameters: dict[str, ParameterBound]
    r_minus_one: float | None
    effective_samples: float
    burn: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "chain": self.chain,
            "parameters": {name: bound.as_dict() for name, bound in self.parameters.items()},
            "r_minus_one": self.r_minus_one,
            "effective_samples": self.effective_samples,
            "burn": self.burn,
        }


def chain_bounds(
    prefix: str | Path, params: Sequence[str] | None = None, burn: float = BURN_IN
) -> ChainBounds:
    """Bounds of one chain.

    Parameters
    ----------
    prefix : prefix of the chain files (see `chains.load_chain`).
    params : names; default are those of DEFAULT_PARAMETERS that the chain has, or, if it has
        none of them, all sampled ones.
    burn : fraction dropped at the start of each chain.

    Raises
    ------
    MissingDataError, RangeError, HotAxionError : see `chains.load_chain`.
    UnknownOptionError : a parameter that the chain does not have.
    """
    samples = load_chain(prefix, burn)
    names = check_parameters(samples, params) if params else default_parameters(samples)
    bounds = {name: bound_of(samples, name) for name in names}
    least = min(bound.effective_samples for bound in bounds.values())
    return ChainBounds(str(prefix), bounds, gelman_rubin(samples), least, burn)


def default_parameters(samples: MCSamples) -> list[str]:
    """The parameters of DEFAULT_PARAMETERS that are present, else the sampled ones."""
    present = parameter_names(samples)
    return [name for name in DEFAULT_PARAMETERS if name in present] or list(
        samples.paramNames.getRunningNames()
    )


def bound_type(name: str) -> str:
    """Which number is quoted for a parameter: "upper95", "lower95" or "mean"."""
    if name in UPPER_BOUNDED:
        return "upper95"
    return "lower95" if name in LOWER_BOUNDED else "mean"


def bound_of(samples: MCSamples, name: str) -> ParameterBound:
    """The bound (or mean) of one parameter with its Monte Carlo error."""
    kind = bound_type(name)
    index = samples.index[name]
    n_effective = effective_samples(samples, name)
    if kind == "mean":
        value = float(samples.mean(index))
    else:
        value = float(samples.confidence(index, 1 - CONFIDENCE, upper=kind == "upper95"))
    return ParameterBound(
        name=name,
        type=kind,
        value=value,
        mc_error=_bootstrap_error(samples, index, kind, n_effective),
        sigma=float(samples.std(index)),
        effective_samples=n_effective,
        prior=prior_of(samples, name),
        latex=samples.parLabel(name),
    )


def _bootstrap_error(samples: MCSamples, index: int, kind: str, n_effective: float) -> float:
    """Standard deviation of the statistic over resampled blocks (Künsch 1989), fixed seed."""
    block = _block_of_row(samples, n_effective)
    n_blocks = int(block[-1]) + 1
    rng = np.random.default_rng(20220507849)
    data = samples.initParamConfidenceData(index)  # sorts once; only the weights are redrawn
    weights = samples.weights
    values = np.empty(_BOOTSTRAPS)
    for i in range(_BOOTSTRAPS):
        copies = np.bincount(rng.integers(n_blocks, size=n_blocks), minlength=n_blocks)
        drawn = weights * copies[block]
        if kind == "mean":
            values[i] = np.average(samples.samples[:, index], weights=drawn)
            continue
        cumsum = np.cumsum(drawn[data.indexes])
        redrawn = data._replace(cumsum=cumsum, norm=cumsum[-1])
        values[i] = samples.confidence(redrawn, 1 - CONFIDENCE, upper=kind == "upper95")
    return float(values.std(ddof=1))


def _block_of_row(samples: MCSamples, n_effective: float) -> NDArray[np.int64]:
    """Number of the block of each row: consecutive rows of equal weight within one chain."""
    if samples.sampler in INDEPENDENT_SAMPLERS:
        return np.arange(samples.numrows)
    pieces = separate_chains(samples)
    wanted = int(np.clip(n_effective / _SAMPLES_PER_BLOCK, 4, _MAX_BLOCKS))
    per_chain = max(1, round(wanted / len(pieces)))
    block = np.empty(samples.numrows, dtype=np.int64)
    offset = 0
    for piece in pieces:
        reached = np.cumsum(samples.weights[piece])
        block[piece] = offset + np.minimum(
            (per_chain * (reached - samples.weights[piece] / 2) / reached[-1]).astype(int),
            per_chain - 1,
        )
        offset = int(block[piece][-1]) + 1
    return np.unique(block, return_inverse=True)[1]


# --- output ------------------------------------------------------------------------------


def to_text(result: ChainBounds) -> str:
    """Table for the screen."""
    rows = [["parameter", "95 % bound or mean", "Monte Carlo error", "unit", "prior"]]
    for name, bound in result.parameters.items():
        error = f"{bound.mc_error:.1g}"
        unit, prior = UNITS.get(name, ""), bound.prior or "derived"
        rows.append([name, quoted(bound), error, unit, prior])
    r_minus_one = "not defined" if result.r_minus_one is None else f"{result.r_minus_one:.4f}"
    return "\n".join(
        [
            f"chain {result.chain}: R-1 = {r_minus_one}, effective samples = "
            f"{result.effective_samples:.0f}, burn-in = {result.burn:g}",
            text_table(rows, right=False),
            RULE,
        ]
    )


def quoted(bound: ParameterBound) -> str:
    """'< 0.53', '> 1.1e+07' or '0.02236 ± 0.00015'."""
    if bound.type == "mean":
        return mean_and_sigma(bound.value, bound.sigma)
    sign = "<" if bound.type == "upper95" else ">"
    return f"{sign} {significant(bound.value, bound.mc_error)}"


def to_json(results: Sequence[ChainBounds]) -> str:
    """One object for one chain, a list of objects for several."""
    data = [result.as_dict() for result in results]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2, ensure_ascii=False)


def to_latex(results: Sequence[ChainBounds]) -> str:
    """A tabular with one column per chain, ready for a paper."""
    names = list(dict.fromkeys(name for result in results for name in result.parameters))
    heads = [Path(result.chain).name.replace("_", r"\_") for result in results]
    lines = [rf"\begin{{tabular}}{{l{'c' * len(results)}}}", r"\hline"]
    lines += [" & ".join(["Parameter", *heads]) + r" \\", r"\hline"]
    for name in names:
        bounds = [result.parameters.get(name) for result in results]
        label = next(bound.latex for bound in bounds if bound)
        unit = "" if "[" in label else _LATEX_UNITS.get(name, UNITS.get(name, ""))
        cells = [rf"${label}$" + (rf" [$\mathrm{{{unit}}}$]" if unit else "")]
        cells += [f"${_latex_number(quoted(bound))}$" if bound else "--" for bound in bounds]
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\hline", r"\end{tabular}"])


def _latex_number(text: str) -> str:
    """'(2.51 ± 0.04)e-05' or '> 1.1e+07' with its power of ten and plus-minus in LaTeX."""
    text = re.sub(r"e([+-]\d+)", lambda match: rf"\times10^{{{int(match[1])}}}", text)
    return text.replace("±", r"\pm")
