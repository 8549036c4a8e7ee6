"""Bounds as text, LaTeX (booktabs), CSV and JSON, with priors and profiles beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any

from hotaxion.analysis.chains.bounds import RULE, UNITS, ChainBounds, ParameterBound
from hotaxion.analysis.chains.profile import Profile
from hotaxion.analysis.chains.reweight import Reweighted
from hotaxion.analysis.figures.style import SYMBOLS
from hotaxion.analysis.text import mean_and_sigma, rounded, significant, text_table

_MARK, _NOTE = r"$^\ddagger$", "not converged: do not quote"
_LATEX_UNITS = {"H0": r"km\,s^{-1}\,Mpc^{-1}"}
_SIGNS = {"upper95": "<", "lower95": ">"}
NOT_CONVERGED = "not converged"
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
    if bound.verdict.refused:
        return NOT_CONVERGED
    if bound.type == "mean":
        digits = 2 if bound.verdict.converged else 1
        return mean_and_sigma(bound.value, bound.sigma, digits)
    if not bound.verdict.converged:
        return f"{_SIGNS[bound.type]} {rounded(bound.value):g}"
    return f"{_SIGNS[bound.type]} {significant(bound.value, bound.mc_error)}"


def quoted_with_error(bound: ParameterBound) -> str:
    """'< 0.53 (0.02)': with its Monte Carlo error; '< 0.5 (not converged)' without."""
    if bound.verdict.refused:
        return NOT_CONVERGED
    known = bound.verdict.converged
    return f"{quoted(bound)} ({f'{bound.mc_error:.1g}' if known else NOT_CONVERGED})"


def marked(bound: ParameterBound) -> str:
    """As `quoted`, with a mark if not converged."""
    text = quoted(bound)
    return text if bound.verdict.converged or text == NOT_CONVERGED else f"{text} ({NOT_CONVERGED})"


# --- text ----------------------------------------------------------------------------------


def to_text(section: Section) -> str:
    """Tables for the screen."""
    result = section.result
    lines = [
        f"chain {result.title}: R-1 of the means = {_or_undefined(result.r_minus_one)}, of the "
        f"bounds = {_or_undefined(result.r_minus_one_bound)}, effective samples = "
        f"{result.effective_samples:.0f}, burn-in = {result.burn:g}"
        + (f" ({result.cut})" if result.cut else ""),
        *([] if result.verdict.converged else [result.verdict.text]),
        *([result.made_by] if result.made_by else []),
        RULE,
        "error: Monte Carlo error of the bound or mean (block bootstrap).",
        _bounds_as_text(result),
        *(_constant_as_text(name, value) for name, value in result.constant.items()),
    ]
    if section.priors:
        lines += ["", _priors_as_text(section.priors)]
    if section.profiles:
        lines += ["", PROFILE_RULE, _profiles_as_text(section)]
    return "\n".join(lines)


def _bounds_as_text(result: ChainBounds) -> str:
    rows = [["parameter", "95 % bound or mean", "error", "unit", "R-1", "eff. samples", "prior"]]
    without_prior = "derived" if result.has_input else "unknown (no updated.yaml)"
    for name, bound in result.parameters.items():
        error = f"{bound.mc_error:.1g}" if bound.verdict.converged else "-"
        rows.append(
            [
                *(name, marked(bound), error, UNITS.get(name, "")),
                "" if bound.r_minus_one is None else f"{bound.r_minus_one:.3f}",
                *(f"{bound.effective_samples:.0f}", bound.prior or without_prior),
            ]
        )
    return text_table(rows, right=False)


def _constant_as_text(name: str, value: float) -> str:
    why = "no number in any row (never computed)" if isnan(value) else f"{value:g} in every row"
    return f"not shown: {name}, {why}"


def _or_undefined(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4f}"


def _priors_as_text(priors: Sequence[Reweighted]) -> str:
    names = list(dict.fromkeys(name for entry in priors for name in entry.parameters))
    rows = [["prior, by reweighting", *names, "eff. samples", "verdict"]]
    for entry in priors:
        cells = [
            quoted_with_error(entry.parameters[n]) if n in entry.parameters else "-" for n in names
        ]
        rows.append([entry.prior, *cells, f"{entry.effective_samples:.0f}", entry.verdict])
    return text_table(rows, right=False)


def _profiles_as_text(section: Section) -> str:
    rows = [["parameter", "profile", "posterior", "unit", "chi^2 of the data", "at"]]
    for profile in section.profiles:
        name = profile.parameter
        posterior = section.result.parameters.get(name)
        cells = [name, profile.quoted(), marked(posterior) if posterior else "-"]
        rows.append(
            [
                *cells,
                UNITS.get(name, ""),
                f"{profile.least_chi2_data:.2f}",
                f"{profile.minimum[0]:.4g}",
            ]
        )
    return text_table(rows, right=False)


# --- JSON and CSV --------------------------------------------------------------------------


def to_json(sections: Sequence[Section]) -> str:
    """One object for one chain, a list of objects for several."""
    data = [_as_dict(section) for section in sections]
    return json.dumps(data[0] if len(data) == 1 else data, indent=2)


def _as_dict(section: Section) -> dict[str, Any]:
    data = section.result.as_dict()
    if section.priors:
        data["priors"] = [entry.as_dict() for entry in section.priors]
    if section.profiles:
        data["profiles"] = [profile.as_dict() for profile in section.profiles]
    return data


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
        writer.writerows(_csv_rows(section))
    return out.getvalue().rstrip("\n")


def _csv_rows(section: Section) -> list[dict[str, Any]]:
    chain, rows = section.result.title, []
    for name, bound in section.result.parameters.items():
        more = {} if bound.verdict.converged else {"verdict": bound.verdict.text}
        rows.append({"chain": chain, "parameter": name} | bound.as_dict() | more)
    for entry in section.priors:
        if entry.verdict == "as sampled":  # those above
            continue
        for name, bound in entry.parameters.items():
            more = {"prior": entry.prior, "verdict": entry.verdict}
            rows.append({"chain": chain, "parameter": name} | bound.as_dict() | more)
    for profile in section.profiles:
        row: dict[str, Any] = {"chain": chain, "parameter": profile.parameter, "type": "profile95"}
        row |= {"value": profile.upper(), "unit": UNITS.get(profile.parameter, "")}
        rows.append(row)
    return [{key: _csv_cell(value) for key, value in row.items()} for row in rows]


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


# --- LaTeX ---------------------------------------------------------------------------------


def to_latex(sections: Sequence[Section]) -> str:
    r"""A tabular with one column per chain, ready for a paper; needs \usepackage{booktabs}.

    A profile likelihood is a column of its own; other priors are a second tabular.
    """
    columns: list[tuple[str, dict[str, str]]] = []
    for section in sections:
        head = _escaped(section.result.label or Path(section.result.chain).name)
        cells = {name: _latex_cell(bound) for name, bound in section.result.parameters.items()}
        columns.append((head, cells))
        if section.profiles:
            cells = {p.parameter: f"${_latex_number(p.quoted())}$" for p in section.profiles}
            columns.append((f"{head} (profile)", cells))
    labels = _labels(sections)
    body = _body(labels, columns)
    tables = [_tabular(["Parameter", *(head for head, _ in columns)], body)]
    for section in sections:
        if section.priors:
            tables.append(_latex_of_priors(section.priors))
    return "\n\n".join(["% needs \\usepackage{booktabs}\n% " + RULE.replace("±", "+-"), *tables])


def _labels(sections: Sequence[Section]) -> dict[str, str]:
    """Name -> label with its unit, of all parameters of all chains."""
    labels: dict[str, str] = {}
    for section in sections:
        for name, bound in section.result.parameters.items():
            labels.setdefault(name, _label(bound))
    return labels


def _label(bound: ParameterBound) -> str:
    latex = bound.latex
    if latex == bound.name:  # the chain has no label
        latex = SYMBOLS.get(bound.name, rf"\mathrm{{{_escaped(bound.name)}}}")
    unit = "" if "[" in latex else _LATEX_UNITS.get(bound.name, UNITS.get(bound.name, ""))
    return rf"${latex}$" + (rf" [$\mathrm{{{unit}}}$]" if unit else "")


def _latex_cell(bound: ParameterBound) -> str:
    """The number, with a mark if it has not converged; no number if none is known."""
    if bound.verdict.refused:
        return f"--{_MARK}"
    return f"${_latex_number(quoted(bound))}$" + ("" if bound.verdict.converged else _MARK)


def _body(labels: dict[str, str], columns: Sequence[tuple[str, dict[str, str]]]) -> list[list[str]]:
    rows = []
    for name, label in labels.items():
        rows.append([label, *(cells.get(name, "--") for _, cells in columns)])
    return rows


def _latex_of_priors(priors: Sequence[Reweighted]) -> str:
    known = {name: _label(b) for entry in priors for name, b in entry.parameters.items()}
    rows = []
    for entry in priors:
        cells = [
            _latex_cell(entry.parameters[name]) if name in entry.parameters else "--"
            for name in known
        ]
        mark = r"$^\dagger$" if entry.verdict.startswith("too few") else ""
        rows.append([_prior_in_latex(entry.prior) + mark, *cells])
    note = "\n% dagger: too few effective samples after reweighting"
    marked = any(row[0].endswith(r"\dagger$") for row in rows)
    return _tabular(["Prior", *known.values()], rows) + (note if marked else "")


def _prior_in_latex(words: str) -> str:
    """Names of parameters as symbols: 'flat in log m_a, m_a > 0.01 eV'."""
    parts = re.split(r"(\w+|>)", words)
    symbols = {">": "$>$"} | {name: f"${symbol}$" for name, symbol in SYMBOLS.items()}
    return "".join(symbols.get(part, _escaped(part)) for part in parts)


def _tabular(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [rf"\begin{{tabular}}{{l{'c' * (len(heads) - 1)}}}", r"\toprule"]
    lines += [" & ".join(heads) + r" \\", r"\midrule"]
    lines += [" & ".join(row) + r" \\" for row in rows]
    if any(_MARK in cell for row in rows for cell in row):
        lines += [r"\midrule", rf"\multicolumn{{{len(heads)}}}{{l}}{{{_MARK} {_NOTE}}} \\"]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _escaped(text: str) -> str:
    return text.replace("_", r"\_").replace("%", r"\%")


def _latex_number(text: str) -> str:
    """'(2.51 ± 0.04)e-05' or '> 1.1e+07' with its power of ten and plus-minus in LaTeX."""
    text = re.sub(r"e([+-]\d+)", lambda match: rf"\times10^{{{int(match[1])}}}", text)
    return text.replace("±", r"\pm").replace("not reached", r"\mathrm{not\ reached}")
