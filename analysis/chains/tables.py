"""Bounds as text, LaTeX (booktabs), CSV and JSON, with priors and profiles beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

from hotaxion.analysis.chains.bounds import (
    LATEX_UNITS,
    RULE,
    SYMBOLS,
    UNITS,
    ChainBounds,
    ParameterBound,
)
from hotaxion.analysis.chains.profile import Profile
from hotaxion.analysis.chains.reweight import Reweighted
from hotaxion.analysis.text import mean_and_sigma, rounded, significant, text_table

_MARK, _NOTE = r"$^\ddagger$", "not converged: do not quote"
_SIGNS = {"upper95": "<", "lower95": ">"}
NOT_CONVERGED = "not converged"
_HEADS = ("parameter", "95 % bound or mean", "error", "unit", "R-1", "eff. samples", "prior")
_PROFILE_HEADS = ("parameter", "profile", "posterior", "unit", "chi^2 of the data", "at")
PROFILE_RULE = (
    "Profile likelihood: the value at which the least chi^2 has risen by 2.71 (one-sided 95 %)."
)


@dataclass(frozen=True)
class Section:
    """One chain with what was asked for beside its bounds."""

    result: ChainBounds
    priors: list[Reweighted] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)


def quoted(bound: ParameterBound) -> str:
    """'< 0.53', '> 1.1e+07' or '0.02236 ± 0.00015'; no more than one digit if not converged."""
    converged = bound.verdict.converged
    if bound.verdict.refused:
        return NOT_CONVERGED
    if bound.type == "mean":
        return mean_and_sigma(bound.value, bound.sigma, digits=2 if converged else 1)
    known = significant(bound.value, bound.mc_error) if converged else f"{rounded(bound.value):g}"
    return f"{_SIGNS[bound.type]} {known}"


def quoted_with_error(bound: ParameterBound) -> str:
    """'< 0.53 (0.02)': with its Monte Carlo error; '< 0.5 (not converged)' without."""
    return marked(bound) + (f" ({bound.mc_error:.1g})" if bound.verdict.converged else "")


def marked(bound: ParameterBound) -> str:
    """As `quoted`, with a mark if not converged."""
    text = quoted(bound)
    return text if bound.verdict.converged or text == NOT_CONVERGED else f"{text} ({NOT_CONVERGED})"


# --- text ----------------------------------------------------------------------------------


def to_text(section: Section) -> str:
    """Tables for the screen."""
    result, chain = section.result, section.result.chain
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
        text_table([_HEADS, *_rows_of_bounds(result)], right=False),
    ]
    for name, value in result.constant.items():
        why = "no number in any row (never computed)" if isnan(value) else f"{value:g} in every row"
        lines.append(f"not shown: {name}, {why}")
    if section.priors:
        lines += ["", text_table(_rows_of_priors(section.priors), right=False)]
    if section.profiles:
        rows = [_PROFILE_HEADS, *_rows_of_profiles(section)]
        lines += ["", PROFILE_RULE, text_table(rows, right=False)]
    return "\n".join(lines)


def _rows_of_bounds(result: ChainBounds) -> list[list[str]]:
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


def _rows_of_priors(priors: Sequence[Reweighted]) -> list[list[str]]:
    names = list(dict.fromkeys(name for entry in priors for name in entry.parameters))
    rows = [["prior, by reweighting", *names, "eff. samples", "verdict"]]
    for entry in priors:
        found = [entry.parameters.get(name) for name in names]
        cells = [quoted_with_error(bound) if bound else "-" for bound in found]
        rows.append([entry.prior, *cells, f"{entry.effective_samples:.0f}", entry.verdict])
    return rows


def _rows_of_profiles(section: Section) -> list[list[str]]:
    rows = []
    for profile in section.profiles:
        name, posterior = profile.parameter, section.result.parameters.get(profile.parameter)
        cells = [name, profile.quoted(), marked(posterior) if posterior else "-"]
        cells += [UNITS.get(name, ""), f"{profile.least_chi2_data:.2f}"]
        rows.append([*cells, f"{profile.minimum[0]:.4g}"])
    return rows


# --- JSON and CSV --------------------------------------------------------------------------


def to_json(sections: Sequence[Section]) -> str:
    """One object for one chain, a list of objects for several."""
    data = [section.result.as_dict() for section in sections]
    for entry, section in zip(data, sections, strict=True):
        for name in ("priors", "profiles"):
            if found := getattr(section, name):
                entry[name] = [one.as_dict() for one in found]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)


_COLUMNS = (
    *("chain", "parameter", "unit", "type", "value", "mc_error", "sigma"),
    *("effective_samples", "r_minus_one", "prior", "verdict", "converged"),
)


def to_csv(sections: Sequence[Section]) -> str:
    """A line per chain, prior and parameter; empty where there is no value."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for section in sections:
        chain = {"chain": section.result.chain.title}
        writer.writerows(chain | row for row in _csv_rows(section))
    return out.getvalue().rstrip("\n")


def _csv_rows(section: Section) -> list[dict[str, Any]]:
    def row(bound: ParameterBound, verdict: str) -> dict[str, Any]:
        converged = str(bound.verdict.converged).lower()
        words = {"parameter": bound.name, "verdict": verdict, "converged": converged}
        return bound.as_dict() | words

    bounds = section.result.parameters.values()
    rows = [row(b, "" if b.verdict.converged else b.verdict.text) for b in bounds]
    for entry in section.priors:
        if entry.verdict != "as sampled":  # those are above
            found = entry.parameters.values()
            rows += [row(bound, entry.verdict) | {"prior": entry.prior} for bound in found]
    for profile in section.profiles:
        kind = {"type": "profile95", "unit": UNITS.get(profile.parameter, "")}
        rows.append({"parameter": profile.parameter, "value": profile.upper()} | kind)
    return rows


# --- LaTeX ---------------------------------------------------------------------------------


def to_latex(sections: Sequence[Section]) -> str:
    r"""A tabular with one column per chain, ready for a paper; needs \usepackage{booktabs}.

    A profile likelihood is a column of its own; other priors are a second tabular.
    """
    columns: list[tuple[str, Mapping[str, str]]] = []
    labels: dict[str, str] = {}
    for section in sections:
        found = section.result.parameters
        for name, bound in found.items():
            labels.setdefault(name, _label(bound))
        head = _escaped(section.result.chain.label or section.result.chain.name)
        columns.append((head, {name: _latex_cell(bound) for name, bound in found.items()}))
        if section.profiles:
            cells = {p.parameter: f"${_latex_number(p.quoted())}$" for p in section.profiles}
            columns.append((f"{head} (profile)", cells))
    body = [
        [label, *(cells.get(name, "--") for _, cells in columns)] for name, label in labels.items()
    ]
    tables = [_tabular(["Parameter", *(head for head, _ in columns)], body)]
    tables += [_latex_of_priors(section.priors) for section in sections if section.priors]
    return "\n\n".join(["% needs \\usepackage{booktabs}\n% " + RULE.replace("±", "+-"), *tables])


def _label(bound: ParameterBound) -> str:
    """Label with its unit."""
    latex = bound.latex
    if latex == bound.name:  # the chain has no label
        latex = SYMBOLS.get(bound.name, rf"\mathrm{{{_escaped(bound.name)}}}")
    unit = "" if "[" in latex else LATEX_UNITS.get(bound.name, "")
    return rf"${latex}$" + (rf" [$\mathrm{{{unit}}}$]" if unit else "")


def _latex_cell(bound: ParameterBound) -> str:
    """The number, with a mark if it has not converged; no number if none is known."""
    number = "--" if bound.verdict.refused else f"${_latex_number(quoted(bound))}$"
    return number + ("" if bound.verdict.converged else _MARK)


def _latex_of_priors(priors: Sequence[Reweighted]) -> str:
    labels = {name: _label(b) for entry in priors for name, b in entry.parameters.items()}
    rows, few = [], False
    for entry in priors:
        found = [entry.parameters.get(name) for name in labels]
        marks = entry.verdict.startswith("too few")
        few |= marks
        prior = _prior_in_latex(entry.prior) + (r"$^\dagger$" if marks else "")
        rows.append([prior, *(_latex_cell(bound) if bound else "--" for bound in found)])
    note = "\n% dagger: too few effective samples after reweighting" if few else ""
    return _tabular(["Prior", *labels.values()], rows) + note


def _prior_in_latex(words: str) -> str:
    """Names of parameters as symbols: 'flat in log m_a, m_a > 0.01 eV'."""
    symbols = {">": "$>$"} | {name: f"${symbol}$" for name, symbol in SYMBOLS.items()}
    parts = re.split(r"(\w+|>)", words)
    return "".join(symbols.get(part, _escaped(part)) for part in parts)


def _tabular(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marked_rows = any(_MARK in cell for row in rows for cell in row)
    note = rf"\multicolumn{{{len(heads)}}}{{l}}{{{_MARK} {_NOTE}}} \\"
    return "\n".join(
        [
            *(rf"\begin{{tabular}}{{l{'c' * (len(heads) - 1)}}}", r"\toprule"),
            *(" & ".join(heads) + r" \\", r"\midrule"),
            *(" & ".join(row) + r" \\" for row in rows),
            *([r"\midrule", note] if marked_rows else []),
            *(r"\bottomrule", r"\end{tabular}"),
        ]
    )


def _escaped(text: str) -> str:
    return text.replace("_", r"\_").replace("%", r"\%")


def _latex_number(text: str) -> str:
    """'(2.51 ± 0.04)e-05' or '> 1.1e+07' with its power of ten and plus-minus in LaTeX."""
    text = re.sub(r"e([+-]\d+)", lambda match: rf"\times10^{{{int(match[1])}}}", text)
    return text.replace("±", r"\pm").replace("not reached", r"\mathrm{not\ reached}")
