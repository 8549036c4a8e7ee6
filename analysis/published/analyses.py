"""The analyses that `hotaxion reproduce` knows: what they are held against, and their variants.

A variant is the input of an analysis with a few changes; it shows what a difference is due to. All
of it is data: the blocks `variants` and `analyses` of yaml/published.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.published.papers import BOUNDS, published
from hotaxion.analysis.text import columns
from hotaxion.theory.errors import UnknownOptionError

ALL, THIS_WORK = "all", "this work"


@dataclass(frozen=True)
class Variant:
    """Changes of an input."""

    text: str  # what it is
    change: Mapping[str, Any]  # nested as the input is; a value that is no mapping replaces


@dataclass(frozen=True)
class Analysis:
    """One named input and what it is held against."""

    quantities: Sequence[str]  # parameters of the table
    bound: str | None = None  # name of the published one in BOUNDS
    paper: str = THIS_WORK  # arXiv number
    inferred: Sequence[str] = ()  # what of the paper could not be read, or is not to be had
    variants: Sequence[str] = ()  # names in VARIANTS
    beside: Sequence[str] = ()  # names in BOUNDS, of delta_neff alone: `rows.rows_beside`
    label: str | None = None  # name in figures, None to leave it out of them
    priors: bool = False  # whether bounds under a prior flat in delta_neff are shown
    sigma: bool = False  # show standard deviations (a forecast) instead of bounds

    @property
    def published(self) -> Mapping[str, float]:
        """Bounds of the paper by parameter (eV, GeV)."""
        return BOUNDS[self.bound].values if self.bound else {}


def _variant(text: str, change: Mapping[str, Any] | None = None, of: Sequence[str] = ()) -> Variant:
    """One of the file: its own changes, or those of all variants `of` in one."""
    others = [published()["variants"][name]["change"] for name in of]
    return Variant(text, reduce(recursive_update, [*others, change or {}], {}))


def _analysis(bound: str | None = None, **entry: Any) -> Analysis:
    """One of the file; its paper is that of its bound, if it has one."""
    if bound:
        entry["paper"] = BOUNDS[bound].arxiv
    return Analysis(bound=bound, **entry)


VARIANTS = {name: _variant(**entry) for name, entry in published()["variants"].items()}
ANALYSES = {name: _analysis(**entry) for name, entry in published()["analyses"].items()}


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
    rows = []
    for name, analysis in ANALYSES.items():
        values = ", ".join(f"{key} {value:g}" for key, value in analysis.published.items())
        rows.append((name, f"{analysis.paper}{f': {values}' if values else ''}"))
        rows += [(f"  {key}", VARIANTS[key].text) for key in analysis.variants]
        rows += [(f"  {key}", BOUNDS[key].in_words) for key in analysis.beside]
    return columns(rows)
