"""The analyses that `hotaxion reproduce` knows: what they are held against, and their variants.

A variant is the input of an analysis with a few changes; it shows what a difference is due to. All
of it is data: the blocks `variants` and `analyses` of yaml/published.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.published import papers
from hotaxion.theory import checks
from hotaxion.theory.errors import RangeError, UnknownOptionError

ALL = "all"


@dataclass(frozen=True)
class Variant:
    """Changes of an input.

    Attributes
    ----------
    text : what it is.
    change : nested as the input is; a value that is no mapping replaces.
    of : other variants whose changes are made, too.
    """

    text: str
    change: Mapping[str, Any] = field(default_factory=dict)
    of: Sequence[str] = ()


@dataclass(frozen=True)
class Analysis:
    """One named input and what it is held against.

    Attributes
    ----------
    quantities : parameters of the table.
    bound : name of the published one in `papers.BOUNDS`.
    paper : arXiv number; that of the bound, or "this work".
    inferred : what of the paper's analysis could not be read, or is not to be had; sentences.
    variants : names in VARIANTS.
    label : name in figures, None to leave it out of them.
    priors : whether bounds under other priors are shown, by reweighting.
    sigma : show standard deviations (a forecast) instead of bounds.
    """

    quantities: Sequence[str]
    bound: str | None = None
    paper: str = "this work"
    inferred: Sequence[str] = ()
    variants: Sequence[str] = ()
    label: str | None = None
    priors: bool = False
    sigma: bool = False

    @property
    def published(self) -> Mapping[str, float]:
        """Bounds of the paper by parameter (eV, GeV)."""
        return papers.BOUNDS[self.bound].values if self.bound else {}


def read_variants(content: Mapping[str, Any]) -> dict[str, Variant]:
    """The block `variants`, with the changes of others (`of`, which stand before) put in.

    Raises
    ------
    UnknownOptionError, RangeError : a key or a value that is wrong or missing.
    """
    found: dict[str, Variant] = {}
    for name, entry in papers.entries_of(content, "variants", Variant).items():
        given = Variant(**entry)
        checks.text(f"variants: {name}: text", given.text, "'nuclear rates of PRIMAT'")
        others = [found[checks.choice("variant", other, found)].change for other in given.of]
        change: dict[str, Any] = reduce(recursive_update, [*others, given.change], {})
        if not change:
            raise RangeError(f"variants: {name} changes nothing; give 'change' or 'of'.")
        found[name] = Variant(given.text, change)
    return found


def read_analyses(
    content: Mapping[str, Any],
    variants: Mapping[str, Variant],
    bounds: Mapping[str, papers.PublishedBound],
) -> dict[str, Analysis]:
    """The block `analyses`.

    Raises
    ------
    UnknownOptionError, RangeError : a key or a value that is wrong or missing.
    """
    found = {}
    for name, entry in papers.entries_of(content, "analyses", Analysis).items():
        if bound := entry.get("bound"):
            entry = {**entry, "paper": bounds[checks.choice("bound", bound, bounds)].arxiv}
        elif "paper" in entry:
            papers.check_arxiv(entry["paper"])
        for key in ("priors", "sigma"):
            checks.flag(f"analyses: {name}: {key}", entry.get(key, False))
        for variant in entry.get("variants", ()):
            checks.choice("variant", variant, variants)
        for quantity in entry["quantities"]:
            checks.choice("quantity", quantity, papers.QUANTITIES)
        found[name] = Analysis(**entry)
    return found


VARIANTS = read_variants(papers.published())
ANALYSES = read_analyses(papers.published(), VARIANTS, papers.BOUNDS)


def chosen(names: Sequence[str]) -> list[str]:
    """The names in the order of the file, all of them for "all".

    Raises
    ------
    UnknownOptionError : for one that is not there; names the closest one.
    """
    for name in names:
        if name != ALL and name not in ANALYSES:
            raise UnknownOptionError("analysis", name, (*ANALYSES, ALL))
    return [name for name in ANALYSES if ALL in names or name in names]


def listing() -> str:
    """All names with their paper, and their variants with what they change."""
    width = max(map(len, ANALYSES))
    lines = []
    for name, analysis in ANALYSES.items():
        values = ", ".join(f"{key} {value:g}" for key, value in analysis.published.items())
        lines.append(f"{name:{width}}  {analysis.paper}{f': {values}' if values else ''}")
        lines += [f"  {key:{width - 2}}  {VARIANTS[key].text}" for key in analysis.variants]
    return "\n".join(lines)
