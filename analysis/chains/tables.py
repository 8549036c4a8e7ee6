"""Bounds as text, CSV and JSON, with priors and profiles beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any

from hotaxion.analysis.chains.bounds import RULE, UNITS, ChainBounds, ParameterBound
from hotaxion.analysis.text import mean_and_sigma, rounded, significant, text_table

NOT_CONVERGED = "not converged"
_SIGNS = {"upper95": "<", "lower95": ">"}
_HEADS = ("parameter", "95 % bound or mean", "error", "unit", "R-1", "eff. samples", "prior")
_PROFILE_HEADS = ("parameter", "profile", "posterior", "unit", "chi^2 of the data", "at")
_PROFILE_RULE = (
    "Profile likelihood: the value at which the least chi^2 has risen by 2.71 (one-sided 95 %)."
)
_BESIDE = {"delta_neff": "delta_neff", "m_a": "m_a [eV]", "mnu": "sum m_nu [eV]"}
_CSV_COLUMNS = (
    *("chain", "parameter", "unit", "type", "value", "mc_error", "sigma"),
    *("effective_samples", "r_minus_one", "prior", "verdict", "converged"),
)


def quoted(bound: ParameterBound) -> str:
    """'< 0.53', '> 1.1e+07' or '0.02236 ± 0.00015'; no more than one digit if not converged."""
    converged = bound.verdict.converged
    if bound.verdict.refused:
        return NOT_CONVERGED
    if bound.type == "mean":
        return mean_and_sigma(bound.value, bound.sigma, digits=2 if converged else 1)
    known = significant(bound.value, bound.mc_error) if converged else f"{rounded(bound.value):g}"
    return f"{_SIGNS[bound.type]} {known}"


def marked(bound: ParameterBound) -> str:
    """As `quoted`, with a mark if not converged."""
    text = quoted(bound)
    return text if bound.verdict.converged or text == NOT_CONVERGED else f"{text} ({NOT_CONVERGED})"


def quoted_with_error(bound: ParameterBound) -> str:
    """'< 0.53 (0.02)': with its Monte Carlo error; '< 0.5 (not converged)' without."""
    return marked(bound) + (f" ({bound.mc_error:.1g})" if bound.verdict.converged else "")


def _cells(names: Iterable[str], bounds: Mapping[str, ParameterBound]) -> list[str]:
    """One cell for each parameter, in the line of a chain or prior."""
    return [quoted_with_error(bounds[name]) if name in bounds else "-" for name in names]


# --- text ----------------------------------------------------------------------------------


def to_text(result: ChainBounds) -> str:
    """Tables for the screen."""
    chain = result.chain
    r_means, r_bounds = (
        "not defined" if value is None else f"{value:.4f}"
        for value in (result.r_minus_one, result.r_minus_one_bound)
    )
    lines = [
        f"chain {chain.title}: R-1 of the means = {r_means}, of the bounds = {r_bounds}, "
        f"effective samples = {result.effective_samples:.0f}, burn-in = {chain.burn:g}"
        + (f" ({chain.cut})" if chain.cut else ""),
        *([] if result.verdict.converged else [result.verdict.text]),
        *filter(None, [chain.made_by]),
        RULE,
        "error: Monte Carlo error of the bound or mean (block bootstrap).",
        text_table([_HEADS, *_rows(result)], right=False),
    ]
    for name, value in result.constant.items():
        why = "no number in any row (never computed)" if isnan(value) else f"{value:g} in every row"
        lines.append(f"not shown: {name}, {why}")
    if result.priors:
        names = dict.fromkeys(name for entry in result.priors for name in entry.parameters)
        rows = [["prior, by reweighting", *names, "eff. samples", "verdict"]]
        for entry in result.priors:
            known = f"{entry.effective_samples:.0f}", entry.verdict
            rows.append([entry.prior, *_cells(names, entry.parameters), *known])
        lines += ["", text_table(rows, right=False)]
    if result.profiles:
        rows = [[*_PROFILE_HEADS]]
        for profile in result.profiles:
            name, least = profile.parameter, f"{profile.least_chi2_data:.2f}"
            posterior = marked(result.parameters[name]) if name in result.parameters else "-"
            ends = UNITS.get(name, ""), least, f"{profile.minimum[0]:.4g}"
            rows.append([name, profile.quoted(), posterior, *ends])
        lines += ["", _PROFILE_RULE, text_table(rows, right=False)]
    return "\n".join(lines)


def _rows(result: ChainBounds) -> list[list[str]]:
    without_prior = "derived" if result.chain.info else "unknown (no updated.yaml)"
    return [
        [
            *(name, marked(bound)),
            f"{bound.mc_error:.1g}" if bound.verdict.converged else "-",
            UNITS.get(name, ""),
            "" if bound.r_minus_one is None else f"{bound.r_minus_one:.3f}",
            *(f"{bound.effective_samples:.0f}", bound.prior or without_prior),
        ]
        for name, bound in result.parameters.items()
    ]


def beside_published(results: Sequence[ChainBounds]) -> str:
    """A line for each chain, and the published bounds of arXiv:2205.07849 below."""
    from hotaxion.analysis.published.papers import KSVZ_2205_07849

    rows = [["95 % upper bounds", *_BESIDE.values(), "R-1", "eff. samples"]]
    for result in results:
        r_minus_one = "-" if result.r_minus_one is None else f"{result.r_minus_one:.3f}"
        known = r_minus_one, f"{result.effective_samples:.0f}"
        rows.append([result.chain.title, *_cells(_BESIDE, result.parameters), *known])
    for paper in KSVZ_2205_07849.values():
        values = [paper.values.get(name) for name in _BESIDE]
        cells = ["-" if value is None else f"< {value:g}" for value in values]
        rows.append([f"{paper.source}: {paper.data}", *cells, "-", "-"])
    chains = [result.chain for result in results]
    made = [f"{chain.title}: {chain.made_by}" for chain in chains if chain.made_by]
    return "\n".join([text_table(rows), *made])


# --- JSON and CSV --------------------------------------------------------------------------


def to_json(results: Sequence[ChainBounds]) -> str:
    """One object for one chain, a list of objects for several."""
    data = [result.as_dict() for result in results]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)


def to_csv(results: Sequence[ChainBounds]) -> str:
    """A line per chain, prior and parameter; empty where there is no value."""
    from pandas import DataFrame

    rows = [row for result in results for row in _csv_rows(result)]
    table: str = DataFrame(rows, columns=_CSV_COLUMNS).to_csv(index=False, lineterminator="\n")
    return table.rstrip("\n")


def _csv_rows(result: ChainBounds) -> Iterable[dict[str, Any]]:
    chain = {"chain": result.chain.title}

    def row(bound: ParameterBound, verdict: str, **more: str) -> dict[str, Any]:
        converged = str(bound.verdict.converged).lower()
        words = {"parameter": bound.name, "verdict": verdict, "converged": converged}
        return chain | bound.as_dict() | words | more

    for bound in result.parameters.values():
        yield row(bound, "" if bound.verdict.converged else bound.verdict.text)
    for entry in result.priors:
        if entry.verdict != "as sampled":  # those are above
            for bound in entry.parameters.values():
                yield row(bound, entry.verdict, prior=entry.prior)
    for profile in result.profiles:
        name = profile.parameter
        known = {"type": "profile95", "unit": UNITS.get(name, "")}
        yield chain | known | {"parameter": name, "value": profile.upper()}
