"""The report of `hotaxion reproduce`: a table as text, a Markdown file with figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from hotaxion.analysis.chains.bounds import RULE
from hotaxion.analysis.figures import make_figure
from hotaxion.analysis.figures.style import PALETTE, save
from hotaxion.analysis.inputs.theories import kind_of
from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS
from hotaxion.analysis.published.jobs import Job
from hotaxion.analysis.published.papers import BOUNDS
from hotaxion.analysis.published.plan import Reproduction
from hotaxion.analysis.published.rows import TOLERANCE, Kind, Row, nearest, quantities_of
from hotaxion.analysis.running import resume
from hotaxion.analysis.text import text_table

_HEADS = (
    *("analysis", "quantity", "published", "ours", "ratio", "error"),
    *("R-1 means", "R-1 bound", "eff. samples", "nearest variant"),
)
_IN_TERMINAL = 9  # of these columns
_READING = (
    f"{RULE} 95 % throughout; `error`: Monte Carlo error of our bound; `ratio`: ours over "
    f"published; `nearest variant`: where the two differ by more than {100 * TOLERANCE:g} %, the "
    "run that comes nearest to the published number, and its ratio (that alone makes it no cause; "
    "m_a f_a is a constant). Lines with an arrow are variants: the same input with one change, or "
    "several that are named together. sigma(...): standard deviation, of a forecast. Rows without "
    "R-1 are of nested importance sampling, whose samples are independent, or reweighted."
)
_TEXTS = {
    Kind.REWEIGHTED.value: "prior flat in Delta N_eff along the curve, by reweighting the chain",
    Kind.CURVE.value: "m_a at which our abundance has the published Delta N_eff, and the slope "
    "d ln m_a / d ln Delta N_eff there; no data, no prior",
}
_OTHER_CODE = "†"
_OWN_CODE = re.compile(
    r"(?:g[0-9a-f]+\.)?c[0-9a-f]{8}(?:\.|$)"
)  # commit and hash of `code_version`
_PACKAGES = ("hotaxion", "getdist", "numpy", "scipy")  # which read the chains
_FEW = ("m_a", "delta_neff", "omega_b")  # parameters of a triangle without spectra
_CAPTIONS = {
    "triangle": f"Posteriors, 68 % and 95 % ({len(PALETTE)} chains at most)",
    "masses": "Axion and neutrino masses of the same, with the hierarchies' least sums",
}


# --- table -----------------------------------------------------------------------------------


def to_text(result: Reproduction) -> str:
    """The table for the terminal, with what is missing below it."""
    table = text_table([cells[:_IN_TERMINAL] for cells in _table(result, "  ")])
    missing = [f"{name}: {why}" for name, why in result.problems.items()]
    return "\n".join([table, *_notes(result), *missing])


def main_table(result: Reproduction) -> str:
    """The table in Markdown."""
    head, *lines = [f"| {' | '.join(cells)} |" for cells in _table(result, "↳ ")]
    return "\n".join([head, "|" + "---|" * len(_HEADS), *lines])


def _table(result: Reproduction, indent: str) -> list[Sequence[str]]:
    return [_HEADS, *(_cells(row, result.rows, indent) for row in result.rows)]


def _cells(row: Row, rows: Sequence[Row], indent: str) -> list[str]:
    other = nearest(row, rows)
    return [
        f"{indent}{row.name}" if row.name else row.analysis,
        row.quantity_with_unit,
        row.shown_published(),
        row.shown() + (f" {_OTHER_CODE}" if row.other_code else ""),
        _number(row.ratio, ".3f"),
        _number(row.mc_error, ".1g"),
        _number(row.r_minus_one, ".3f"),
        _number(row.r_minus_one_bound, ".3f"),
        _number(row.effective_samples, ".0f"),
        f"{other.name} ({other.ratio:.3f})" if other else "-",
    ]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _notes(result: Reproduction) -> list[str]:
    """What the mark of other code stands for."""
    codes = dict.fromkeys(row.other_code for row in result.rows if row.other_code)
    return [f"{_OTHER_CODE} {code}" for code in codes]


# --- files -----------------------------------------------------------------------------------


def write_report(result: Reproduction) -> Path:
    """Write report.md and figures/ into the folder of the options; returns the file.

    A figure that cannot be drawn is left out and named in `result.failed_figures`.
    """
    drawn = _draw(result, result.options.output / "figures")
    parts = [_tables(result), "## Figures"]
    parts += [f"![{_CAPTIONS[name]}](figures/{name}.png)\n\n{_CAPTIONS[name]}" for name in drawn]
    parts += [f"Figure `{name}` failed: {why}" for name, why in result.failed_figures.items()]
    parts.append(f"## Chains\n\nSampled and read in {result.seconds / 60:.1f} minutes:")
    for job in result.jobs:
        outcome, why = result.outcomes.get(job.prefix), result.problems.get(job.name)
        took = f", sampled in {outcome.seconds:.0f} s" if outcome else ""
        state = result.states[job.prefix]
        parts.append(f"* {job.prefix}: {state}{took}{f'. {why}' if why else ''}")
    return _write(result.options.output / "report.md", parts)


def write_table(result: Reproduction) -> Path:
    """Write the tables alone to CHAINS/reference/reproduced.md; returns the file."""
    return _write(result.options.chains / "reference" / "reproduced.md", [_tables(result)])


def _write(path: Path, parts: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _tables(result: Reproduction) -> str:
    """Table, what its marks and variants are, and what of the papers' analyses is inferred."""
    names = dict.fromkeys(row.name for row in result.rows if row.name)
    texts = _TEXTS | {name: bound.in_words for name, bound in BOUNDS.items()}
    texts |= {name: variant.text for name, variant in VARIANTS.items()}
    variants = [f"* `{name}`: {texts[name]}" for name in names]
    analyses = {job.analysis: ANALYSES[job.analysis] for job in result.jobs}
    inferred = [
        f"* **{name}** (arXiv:{analysis.paper}): {' '.join(analysis.inferred)}"
        for name, analysis in analyses.items()
        if analysis.inferred
    ]
    parts = ["# Published analyses, reproduced", _READING, _versions(result), main_table(result)]
    parts += ["\n".join(lines) for lines in (_notes(result), variants) if lines]
    if result.options.fast:
        parts.insert(1, "**Short chains (`--fast`): these numbers mean nothing.**")
    return "\n\n".join([*parts, "## Inferred, or not to be had", *inferred])


def _versions(result: Reproduction) -> str:
    """Where spectra come from, and all versions: of the chains as they have them, of today."""
    found: dict[str, set[str]] = {}
    for job in result.jobs:
        if content := resume.recorded(job.prefix, "updated.yaml"):
            versions = {"Cobaya": content.get("version")}
            for name, options in (content.get("theory") or {}).items():
                emulator = (options or {}).get("emulator")
                which = f" ({emulator})" if emulator else ""
                kind = f"{kind_of(name, options) or name}{which}"
                versions[kind] = (options or {}).get("version")
            for name, version in versions.items():
                # Rows made by other code than that here are marked, and it is named below them.
                kept = _OWN_CODE.sub("", str(version or "unknown")).removesuffix("+")
                found.setdefault(name, set()).add(kept)
    sampled = ", ".join(f"{name} {' and '.join(sorted(found[name]))}" for name in found)
    today = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    spectra = "CLASS" if result.options.use_class else "the emulator of CLASS"
    return (
        f"Spectra of joint analyses: {spectra}. Sampled with {sampled or 'unknown versions'} "
        f"(eight digits after the plus: hash of the data files); read with {today}."
    )


def _draw(result: Reproduction, folder: Path) -> list[str]:
    """Draw what the chains allow; names of the figures that could be drawn."""
    read = {row.analysis for row in result.rows if not row.name}
    jobs = [job for job in result.jobs if job.variant is None and job.analysis in read]
    for wanted in (lambda job: ANALYSES[job.analysis].label, lambda job: job.joint):
        jobs = list(filter(wanted, jobs)) or jobs  # those with labels, and of these with spectra
    jobs, joint = jobs[: len(PALETTE)], any(job.joint for job in jobs)
    kinds: dict[str, tuple[list[Job], dict[str, Any]]] = {}
    if jobs:
        shared = [p for p in _FEW if all(p in job.info["params"] for job in jobs)]
        kinds["triangle"] = jobs, {} if joint else {"params": shared}
    if both := [job for job in jobs if joint and {"m_a", "mnu"} <= {*quantities_of(job)}]:
        kinds["masses"] = both, {}
    drawn = []
    for name, (shown, options) in kinds.items():
        prefixes = [job.prefix for job in shown]
        labels = [ANALYSES[job.analysis].label or job.analysis for job in shown]
        try:
            figure = make_figure(name, prefixes, result.options.burn, labels, **options)[1]
            save(figure, folder, name)
            drawn.append(name)
        except Exception as error:  # of getdist or matplotlib: the report is worth more
            result.failed_figures[name] = f"{type(error).__name__}: {error}"
    return drawn
