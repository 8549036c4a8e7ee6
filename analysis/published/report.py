"""The report of `hotaxion reproduce`: a table as text, a Markdown file with figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.bounds import RULE
from hotaxion.analysis.figures import make_figure
from hotaxion.analysis.figures.style import PALETTE, save
from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS
from hotaxion.analysis.published.figure import options_of_input, reproduced_figure
from hotaxion.analysis.published.jobs import Job, recorded_versions
from hotaxion.analysis.published.plan import Reproduction
from hotaxion.analysis.published.rows import TOLERANCE, Kind, Row, nearest
from hotaxion.analysis.text import text_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.theory.relics.options import AxionOptions

_HEADS = (
    *("analysis", "quantity", "published", "ours", "ratio", "error"),
    *("R-1 means", "R-1 bound", "eff. samples"),
)
_DIFFERENCES = (
    *("analysis", "quantity", "ratio", "distance / error", "ratio on our curve"),
    *("d ln m_a / d ln delta_neff", "nearest variant", "its ratio"),
)
_READING = (
    f"{RULE} 95 % throughout; `error`: Monte Carlo error of our bound; `ratio`: ours over "
    f"published. Lines with an arrow are variants: the same input with one change, or "
    "several that are named together. sigma(...): standard deviation, of a forecast."
)
_ABOUT_DIFFERENCES = (
    f"Published numbers beside ours. Where the two differ by more than {100 * TOLERANCE:g} %, the "
    "run that comes nearest to the published number is named; that alone makes it no cause. m_a "
    "f_a is a constant. On our curve: the published Delta N_eff turned into m_a by our abundance, "
    "without data and priors, and the slope there."
)
_TEXTS = {
    Kind.REWEIGHTED.value: "prior flat in Delta N_eff along the curve, by reweighting the chain",
    Kind.CURVE.value: "m_a at which our abundance has the published Delta N_eff; no data, no prior",
}
_OTHER_CODE = "†"
_PACKAGES = ("hotaxion", "getdist", "numpy", "scipy")  # which read the chains


# --- tables ----------------------------------------------------------------------------------


def to_text(result: Reproduction) -> str:
    """The table for the terminal, with what is missing below it."""
    table = text_table([_HEADS, *(_cells(row, "  ") for row in result.rows)])
    missing = [f"{name}: {why}" for name, why in result.problems.items()]
    return "\n".join([table, *_notes(result), *missing])


def main_table(result: Reproduction) -> str:
    """The table in Markdown."""
    return markdown_table([_HEADS, *(_cells(row, "↳ ") for row in result.rows)])


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """`rows[0]` is the header; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def _cells(row: Row, indent: str) -> list[str]:
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
    ]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _notes(result: Reproduction) -> list[str]:
    """What the mark of other code stands for."""
    codes = dict.fromkeys(row.other_code for row in result.rows if row.other_code)
    return [f"{_OTHER_CODE} {code}" for code in codes]


def differences_table(rows: Sequence[Row]) -> str:
    """A line for each published number: how far ours is, and which run comes nearest."""
    curves = {(row.analysis, row.quantity): row for row in rows if row.kind is Kind.CURVE}
    lines: list[Sequence[str]] = [_DIFFERENCES]
    for row in rows:
        if row.name or row.ratio is None or row.ours is None or row.published is None:
            continue
        curve = curves.get((row.analysis, row.quantity))
        other = None if row.agrees else nearest(row, rows)
        distance = abs(row.ours - row.published)
        cells = [row.analysis, row.quantity_with_unit, _number(row.ratio, ".3f")]
        cells.append(_number(distance / row.mc_error if row.mc_error else None, ".1f"))
        cells.append(_number(curve.ratio if curve else None, ".3f"))
        cells.append(_number(curve.slope if curve else None, ".1f"))
        cells += [other.name, _number(other.ratio, ".3f")] if other else ["-", "-"]
        lines.append(cells)
    return markdown_table(lines)


def _inferred(names: Iterable[str]) -> str:
    """What of the papers' analyses could not be read, a line for each analysis."""
    lines = [("analysis", "paper", "inferred, or not to be had")]
    for name in dict.fromkeys(names):
        if inferred := ANALYSES[name].inferred:
            lines.append((name, f"arXiv:{ANALYSES[name].paper}", " ".join(inferred)))
    return markdown_table(lines) if len(lines) > 1 else ""


def _variants(rows: Sequence[Row]) -> str:
    """What each variant changes, one line each, without repetition."""
    names = dict.fromkeys(row.name for row in rows if row.name)
    texts = {name: _TEXTS.get(name) or VARIANTS[name].text for name in names}
    return "\n".join(f"* `{name}`: {text}" for name, text in texts.items())


def _chains_table(result: Reproduction) -> str:
    lines = [("chain", "state", "sampled in this call")]
    for job in result.jobs:
        outcome = result.outcomes.get(job.prefix)
        seconds = f"{outcome.seconds:.0f} s" if outcome else "no"
        lines.append((str(job.prefix), result.states[job.prefix], seconds))
    return markdown_table(lines)


# --- files -----------------------------------------------------------------------------------


def write_report(result: Reproduction) -> Path:
    """Write report.md and figures/ into the folder of the options; returns the file.

    A figure that cannot be drawn is left out and named in `result.failed_figures`.
    """
    figures = _draw(result, result.options.output / "figures")
    ran = (
        f"{len(result.jobs)} chains, {len(result.outcomes)} of them sampled in this call, which "
        f"took {result.seconds / 60:.1f} minutes."
    )
    if result.options.fast:
        ran += "\n\n**Short chains (`--fast`): these numbers mean nothing.**"
    parts = [ran, "## Figures"]
    parts += [f"![{text}](figures/{name}.png)\n\n{text}" for name, text in figures.items()]
    parts += [f"Figure `{name}` failed: {why}" for name, why in result.failed_figures.items()]
    parts += ["## Chains", _chains_table(result)]
    parts += [f"* {name}: {why}" for name, why in result.problems.items()]
    return _write(result.options.output / "report.md", [*_tables(result), *parts])


def write_table(result: Reproduction) -> Path:
    """Write the tables alone to CHAINS/reference/reproduced.md; returns the file."""
    return _write(result.options.chains / "reference" / "reproduced.md", _tables(result))


def _write(path: Path, parts: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")
    return path


def _tables(result: Reproduction) -> list[str]:
    return [
        "# Published analyses, reproduced",
        _READING,
        _versions(result),
        main_table(result),
        "\n".join(_notes(result)),
        _variants(result.rows),
        "## Differences",
        _ABOUT_DIFFERENCES,
        differences_table(result.rows),
        _inferred(job.analysis for job in result.jobs),
    ]


def _versions(result: Reproduction) -> str:
    """Where spectra come from, and all versions: of the chains as they have them, of today."""
    spectra = "CLASS" if result.options.use_class else "the emulator of CLASS"
    found: dict[str, set[str]] = {}
    for job in result.jobs:
        for name, version in recorded_versions(job).items():
            found.setdefault(name, set()).add(version)
    sampled = ", ".join(f"{name} {' and '.join(sorted(found[name]))}" for name in found)
    today = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    return (
        f"Spectra of joint analyses: {spectra}. Sampled with {sampled or 'unknown versions'} "
        f"(the last eight digits: hash of the data files); read with {today}."
    )


# --- figures ---------------------------------------------------------------------------------


def _draw(result: Reproduction, folder: Path) -> dict[str, str]:
    """Draw what the chains allow; name of each figure that could be drawn, and its caption."""
    read = {row.analysis for row in result.rows if row.kind is Kind.CHAIN and not row.variant}
    own = [job for job in result.jobs if job.variant is None and job.analysis in read]
    jobs = [job for job in own if ANALYSES[job.analysis].label] or own
    joint = [job for job in jobs if job.joint]
    overlaid = (joint or jobs)[: len(PALETTE)]
    few = "" if overlaid == (joint or jobs) else f"; the first {len(overlaid)} chains"
    prefixes, labels = [job.prefix for job in overlaid], [_label(job) for job in overlaid]
    params = None if joint else ["m_a", "delta_neff", "omega_b"]
    burn, points = result.options.burn, _points(jobs, result.rows)
    figures: list[tuple[str, object, str, Callable[[], Figure]]] = [
        (
            "triangle",
            jobs,
            f"Posteriors, 68 % and 95 %{few}",
            lambda: make_figure("triangle", prefixes, burn, labels, params=params)[1],
        ),
        (
            "masses",
            joint,
            f"Axion and neutrino masses, with the hierarchies' least sums{few}",
            lambda: make_figure("masses", prefixes, burn, labels)[1],
        ),
        (
            "abundance",
            points,
            "Bounds on the curve Delta N_eff(m_a) of each analysis",
            lambda: reproduced_figure(points),
        ),
    ]
    captions = {}
    for name, needed, caption, draw in figures:
        try:
            if needed:
                save(draw(), folder, name)
                captions[name] = caption
        except Exception as error:  # of getdist or matplotlib: the report is worth more
            result.failed_figures[name] = f"{type(error).__name__}: {error}"
    return captions


def _label(job: Job) -> str:
    return ANALYSES[job.analysis].label or job.analysis


def _points(
    jobs: Sequence[Job], rows: Sequence[Row]
) -> list[tuple[str, AxionOptions, float, float]]:
    """Label, options and both bounds of each analysis that has them."""
    ours = {(row.analysis, row.quantity): row.ours for row in rows if not row.name}
    points = []
    for job in jobs:
        m_a, delta_neff = (ours.get((job.analysis, name)) for name in ("m_a", "delta_neff"))
        if m_a is not None and delta_neff is not None:
            points.append((_label(job), options_of_input(job.info), m_a, delta_neff))
    return points
