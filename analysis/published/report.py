"""The report of `hotaxion reproduce`: a table as text, a Markdown file with figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.bounds import RULE
from hotaxion.analysis.chains.convergence import RELIABLE
from hotaxion.analysis.chains.tables import quoted_with_error
from hotaxion.analysis.figures.masses import masses_figure
from hotaxion.analysis.figures.style import PALETTE, save
from hotaxion.analysis.figures.triangle import triangle_figure
from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS
from hotaxion.analysis.published.chains import Chain, is_joint, recorded_versions
from hotaxion.analysis.published.figure import options_of_input, reproduced_figure
from hotaxion.analysis.published.plan import Reproduction
from hotaxion.analysis.published.rows import (
    CURVE,
    REWEIGHTED,
    TOLERANCE,
    Row,
    explain,
    named,
    shown,
    shown_published,
)
from hotaxion.analysis.text import text_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.abundances import AbundanceOptions

_HEADS = (
    *("analysis", "quantity", "published", "ours", "ratio", "error"),
    *("R-1 means", "R-1 bound", "eff. samples"),
)
_TEXTS = {
    REWEIGHTED: "prior flat in Delta N_eff along the curve, by reweighting the chain",
    CURVE: "m_a at which our abundance gives the published Delta N_eff; no data, no prior",
}
_READING = (
    f"{RULE} 95 % throughout; `error`: Monte Carlo error of our bound; `ratio`: ours over "
    f"published. Lines with an arrow are variants: the same input with one change, or "
    "several that are named together. sigma(...): standard deviation, of a forecast."
)
_PACKAGES = ("hotaxion", "getdist", "numpy", "scipy")  # which read the chains


# --- tables ----------------------------------------------------------------------------------


def to_text(result: Reproduction) -> str:
    """The table for the terminal, with what is missing below it."""
    rows = [list(_HEADS), *(_cells(row, "  ") for row in result.rows)]
    missing = [f"{name}: {why}" for name, why in result.problems.items()]
    return "\n".join([text_table(rows), *missing])


def _cells(row: Row, indent: str) -> list[str]:
    name = row.analysis if row.variant is None else f"{indent}{row.variant}"
    return [
        name,
        named(row.quantity),
        shown_published(row),
        shown(row),
        _number(row.ratio, ".3f"),
        _number(row.mc_error, ".1g"),
        _number(row.r_minus_one, ".3f"),
        _number(row.r_minus_one_bound, ".3f"),
        _number(row.effective_samples, ".0f"),
    ]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """`rows[0]` is the header; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def main_table(result: Reproduction) -> str:
    """The table in Markdown."""
    return markdown_table([_HEADS, *(_cells(row, "↳ ") for row in result.rows)])


def variant_list(result: Reproduction) -> str:
    """What each variant changes, one line each, without repetition."""
    texts = {}
    for row in result.rows:
        if row.variant in _TEXTS:
            texts[row.variant] = _TEXTS[row.variant]
        elif row.variant:
            texts[row.variant] = VARIANTS[row.variant].text
    return "\n".join(f"* `{name}`: {text}" for name, text in texts.items())


def _priors_table(result: Reproduction) -> str:
    bounds = ("m_a [eV]", "delta_neff", "mnu [eV]")
    rows: list[tuple[str, ...]] = [("analysis", "prior", *bounds, "eff. samples", "verdict")]
    for analysis, priors in result.priors.items():
        for prior in priors:
            found = [prior.parameters.get(name) for name in ("m_a", "delta_neff", "mnu")]
            values = [quoted_with_error(b) if b else "-" for b in found]
            left = f"{prior.effective_samples:.0f}"
            rows.append((analysis, prior.prior, *values, left, prior.verdict))
    return markdown_table(rows)


def _chains_table(result: Reproduction) -> str:
    rows = [("chain", "state", "sampled in this call")]
    for chain in result.chains:
        outcome = result.outcomes.get(chain.prefix)
        seconds = f"{outcome.seconds:.0f} s" if outcome else "no"
        rows.append((str(chain.prefix), result.states[chain.prefix], seconds))
    return markdown_table(rows)


# --- the report ------------------------------------------------------------------------------


def write_report(result: Reproduction) -> Path:
    """Write report.md and figures/ into the folder of the options; returns the file.

    A figure that cannot be drawn is left out and named in `result.failed_figures`.
    """
    folder = result.options.output
    folder.mkdir(parents=True, exist_ok=True)
    figures = _draw(result, folder / "figures")
    parts = ["# Published analyses, reproduced", _head(result), main_table(result)]
    if variants := variant_list(result):
        parts.append(variants)
    parts += ["## Differences", _differences(result)]
    if result.priors:
        text = f"By reweighting; below {RELIABLE} effective samples a bound is unreliable."
        parts += ["## Other priors", text, _priors_table(result)]
    parts.append("## Figures")
    parts += [f"![{text}](figures/{name}.png)\n\n{text}" for name, text in figures.items()]
    parts += [f"Figure `{name}` failed: {why}" for name, why in result.failed_figures.items()]
    parts += ["## Chains", _chains_table(result)]
    if result.problems:
        parts.append("\n".join(f"* {name}: {why}" for name, why in result.problems.items()))
    path = folder / "report.md"
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def write_table(result: Reproduction) -> Path:
    """Write the table alone to CHAINS/reference/reproduced.md; returns the file."""
    path = result.options.chains / "reference" / "reproduced.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = ["# Published analyses, reproduced", _READING, _how(result), main_table(result)]
    if variants := variant_list(result):
        parts.append(variants)
    parts += ["## Differences", _differences(result)]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _head(result: Reproduction) -> str:
    ran = len(result.outcomes)
    text = (
        f"{_READING}\n\n{_how(result)} {len(result.chains)} chains, {ran} of them sampled in this "
        f"call, which took {result.seconds / 60:.1f} minutes."
    )
    if result.options.fast:
        text += "\n\n**Short chains (`--fast`): these numbers mean nothing.**"
    return text


def _how(result: Reproduction) -> str:
    """Where spectra come from, and all versions: of the chains as they have them, of today."""
    spectra = "CLASS" if result.options.use_class else "the emulator of CLASS"
    found: dict[str, set[str]] = {}
    for chain in result.chains:
        for name, version in recorded_versions(chain).items():
            found.setdefault(name, set()).add(version)
    sampled = ", ".join(f"{name} {' and '.join(sorted(found[name]))}" for name in found)
    today = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    return (
        f"Spectra of joint analyses: {spectra}. Sampled with {sampled or 'unknown versions'} "
        f"(behind a +: hash of the data files); read with {today}."
    )


def _differences(result: Reproduction) -> str:
    """Sentences for each analysis of a paper; what was inferred below them."""
    parts = [f"Differences above {100 * TOLERANCE:g} % are to be explained by a run of the table."]
    for name in dict.fromkeys(chain.analysis for chain in result.chains):
        analysis = ANALYSES[name]
        if analysis.inferred:
            sentences = [*explain(name, result.rows), f"Inferred. {' '.join(analysis.inferred)}"]
            parts.append(f"**{name}** (arXiv:{analysis.paper})\n\n" + _bullets(sentences))
    return "\n\n".join(parts)


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"* {sentence}" for sentence in sentences)


# --- figures ---------------------------------------------------------------------------------


def _draw(result: Reproduction, folder: Path) -> dict[str, str]:
    """Draw what the chains allow; name of each figure that could be drawn, and its caption."""
    chains = _to_show(result)
    if not chains:
        return {}
    burn = result.options.burn
    joint = [chain for chain in chains if is_joint(chain.info)]
    overlaid = (joint or chains)[: len(PALETTE)]
    prefixes, labels = [c.prefix for c in overlaid], [_label(c) for c in overlaid]
    few = "" if len(overlaid) == len(joint or chains) else f"; the first {len(overlaid)} chains"
    params = None if joint else ["m_a", "delta_neff", "omega_b"]
    figures: dict[str, tuple[str, Callable[[], Figure]]] = {
        "triangle": (
            f"Posteriors, 68 % and 95 %{few}",
            lambda: triangle_figure(prefixes, params, burn, labels),
        )
    }
    if joint:
        figures["masses"] = (
            f"Axion and neutrino masses, with the hierarchies' least sums{few}",
            lambda: masses_figure(prefixes, burn, labels),
        )
    if points := _points(chains, result.rows):
        figures["abundance"] = (
            "Bounds on the curve Delta N_eff(m_a) of each analysis",
            lambda: reproduced_figure(points),
        )
    captions = {}
    for name, (caption, draw) in figures.items():
        try:
            save(draw(), folder, name)
        except Exception as error:  # of getdist or matplotlib: the report is worth more
            result.failed_figures[name] = f"{type(error).__name__}: {error}"
        else:
            captions[name] = caption
    return captions


def _to_show(result: Reproduction) -> list[Chain]:
    """The analyses with a label; else all that are no variant."""
    read = {(row.analysis, row.variant) for row in result.rows}
    own = [c for c in result.chains if c.variant is None and (c.analysis, None) in read]
    return [chain for chain in own if ANALYSES[chain.analysis].label] or own


def _label(chain: Chain) -> str:
    return ANALYSES[chain.analysis].label or chain.analysis


def _points(
    chains: Sequence[Chain], rows: Sequence[Row]
) -> list[tuple[str, AbundanceOptions, float, float]]:
    """Label, options and both bounds of each chain that has them."""
    ours = {
        (row.analysis, row.quantity): row.ours
        for row in rows
        if row.variant is None and row.ours is not None
    }
    return [
        (
            _label(chain),
            options_of_input(chain.info),
            ours[chain.analysis, "m_a"],
            ours[chain.analysis, "delta_neff"],
        )
        for chain in chains
        if {(chain.analysis, "m_a"), (chain.analysis, "delta_neff")} <= ours.keys()
    ]
