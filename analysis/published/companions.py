"""Numbers of papers on companions beside ours, without chains: block `companions` of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from hotaxion.analysis.limits import registry, rules
from hotaxion.analysis.limits.rows import LEVEL, mass_grid
from hotaxion.analysis.published.papers import published
from hotaxion.analysis.text import text_table

COMPANIONS = "companions"


@dataclass(frozen=True)
class Quoted:
    """A published number, and what of ours answers it: a bound, masses with a bound, a function.

    Attributes
    ----------
    published : the number, or both ends of a range, in `unit`.
    remark : why the two may differ.
    search, options : of `hotaxion limits`; `rule` and `level` where they are not its own.
    mass : of that bound, in the unit of the search.
    below, grid : instead of `mass`: the masses on `grid` between which the bound is below.
    function, arguments : of hotaxion.theory.searches, instead of a search.
    scale : from either to `unit`.
    """

    what: str
    arxiv: str
    where: str
    published: float | Sequence[float]
    unit: str
    remark: str
    search: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    rule: str | None = None
    level: float = LEVEL
    mass: float = 0.0
    below: float | None = None
    grid: tuple[float, float, int] = (1e-3, 1.0, 61)
    function: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    scale: float = 1.0

    def ours(self) -> list[float]:
        """Our number, or both ends of our range; NaN where there is no bound."""
        if self.function:
            module, _, name = self.function.rpartition(".")
            found = getattr(import_module(f"hotaxion.theory.searches.{module}"), name)
            return [self.scale * float(found(**self.arguments))]
        name = str(self.search)
        search = registry.search(name, registry.options_for(name, self.options))

        def bound(mass: float) -> float:
            found = rules.limit(search, mass, self.level, self.rule)
            return self.scale * float(np.ravel(found)[0] if found is not None else np.nan)

        if self.below is None:
            return [bound(self.mass)]
        masses = np.array(mass_grid(*self.grid))
        excess = np.log([bound(mass) for mass in masses]) - np.log(self.below)
        (inside,) = np.nonzero(np.nan_to_num(excess, nan=1.0) < 0.0)
        if not inside.size:
            return [np.nan, np.nan]
        return [_crossing(masses, excess, inside[0], -1), _crossing(masses, excess, inside[-1], 1)]


def _crossing(masses: Any, excess: Any, last: int, step: int) -> float:
    """Mass at which the bound is met, between the last one inside and the next."""
    beyond = last + step
    if not (0 <= beyond < len(masses) and np.isfinite(excess[beyond])):
        return float(masses[last])
    part = excess[last] / (excess[last] - excess[beyond])
    return float(masses[last] * (masses[beyond] / masses[last]) ** part)


def _ends(value: float | Sequence[float]) -> list[float]:
    return [float(one) for one in np.ravel(value)]


QUOTED = {name: Quoted(**entry) for name, entry in published()[COMPANIONS].items()}


def as_text() -> str:
    """The table; below it, where each number is from and why ours may differ."""
    rows, notes = [["", "published", "ours", "ratio", "unit"]], []
    for one in QUOTED.values():
        theirs, ours = _ends(one.published), one.ours()
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        cells = (_joined(values, form) for values, form in ((theirs, ".3g"), (ours, ".3g")))
        rows.append([one.what, *cells, _joined(ratios, ".2f"), one.unit])
        notes.append(f"{one.what}: {one.arxiv}, {one.where}. {one.remark}")
    return "\n".join([text_table(rows), "", *notes])


def _joined(values: Sequence[float], form: str) -> str:
    return " to ".join(format(value, form) for value in values)
