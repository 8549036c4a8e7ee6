"""Bounds of searches as rows: text, JSON, comma-separated values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hotaxion.analysis.limits import registry, rules
from hotaxion.analysis.limits.rules import Limit
from hotaxion.analysis.text import text_table
from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.theory.checks import choice, number, whole_number
from hotaxion.theory.errors import RangeError

LEVEL = 0.95


@dataclass(frozen=True)
class Curve:
    """The bounds of one search, in the order of the masses.

    search : the likelihood.
    name, text, options : its entry, and its options where they are not the defaults.
    rows : mass and bound on the coupling, see `rules.Limit`; `rule` in words.
    """

    search: Companion
    name: str
    text: str
    options: dict[str, Any]
    rule: str
    rows: list[tuple[float, Limit]]

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows with all that they need to stand alone."""
        search = self.search
        return [
            {
                "name": self.name,
                "mass": mass,
                "mass_unit": search.mass_unit,
                "coupling": search.coupling_name,
                "coupling_unit": search.coupling_unit,
                "limit": limit,
                "rule": search.limit_rule,
                "options": self.options,
            }
            for mass, limit in self.rows
        ]


def mass_grid(low: float, high: float, points: int) -> list[float]:
    """Masses even in their logarithm; raises RangeError for ends that make none."""
    low = number("LOW of --grid", low, 0.0, above=True)
    high = number("HIGH of --grid", high, low, above=True)
    points = whole_number("N of --grid", points, 2, 10_000)
    return [float(mass) for mass in np.geomspace(low, high, points)]


def curve(
    name: str,
    masses: Sequence[float] | None = None,
    options: Mapping[str, Any] | None = None,
    level: float | None = None,
) -> Curve:
    """Bounds of one search.

    Parameters
    ----------
    name : one of `registry.ENTRIES`.
    masses : default: those of the entry.
    options : of the likelihood; others are left out.
    level : default: 0.95.

    Raises
    ------
    HotAxionError : for anything out of range, and for a level where the rule knows none.
    """
    choice("search", name, registry.ENTRIES)
    found = registry.options_for(name, options or {})
    search = registry.search(name, found)
    if level is not None and search.limit_rule == "threshold":
        raise RangeError(f"--level given, but the bound of {name} is no probability; leave it out.")
    percent = number("--level", LEVEL if level is None else level, 0.5, 0.9999)
    entry = registry.ENTRIES[name]
    given = mass_grid(*entry.grid) if masses is None else masses
    checked = [number("mass", mass, 0.0, unit=search.mass_unit) for mass in given]
    rows = [(mass, rules.limit(search, mass, percent)) for mass in checked]
    return Curve(search, name, entry.text, found, rules.in_words(search, percent), rows)


def as_text(curves: Sequence[Curve]) -> str:
    """A table for each search, under a line with what it is and one with the rule."""
    return "\n\n".join(map(_one_as_text, curves))


def _one_as_text(one: Curve) -> str:
    search = one.search
    options = ", ".join(f"{key} {value}" for key, value in one.options.items())
    head = f"{one.name}: {one.text}" + (f" ({options})" if options else "")
    unit = f" [{search.coupling_unit}]" if search.coupling_unit else ""
    table = [[f"{search.mass_name} [{search.mass_unit}]", f"{search.coupling_name}{unit}"]]
    table += [[f"{mass:.5g}", _cell(limit)] for mass, limit in one.rows]
    return f"{head}\nrule: {one.rule}\n{text_table(table)}"


def _cell(limit: Limit) -> str:
    if limit is None:
        return "none"
    if isinstance(limit, float):
        return f"< {limit:.4g}"
    pairs = limit if isinstance(limit[0], list) else [limit]
    return "not " + ", ".join(_interval(pair) for pair in pairs)


def _interval(pair: Any) -> str:
    return f"{pair[0]:.4g} to {pair[1]:.4g}" if len(pair) == 2 else f"above {pair[0]:.4g}"


def as_json(curves: Sequence[Curve]) -> str:
    """A list of all rows; limit null where there is none, [low, high] where it is closed above."""
    return json.dumps([row for one in curves for row in one.as_dicts()], indent=2)


def as_csv(curves: Sequence[Curve]) -> str:
    """All rows with a header line; options, and limits that are intervals, as JSON."""
    from pandas import DataFrame

    table = DataFrame([row for one in curves for row in one.as_dicts()])
    for name in ("options", "limit"):
        table[name] = [json.dumps(x) if isinstance(x, dict | list) else x for x in table[name]]
    return str(table.to_csv(index=False, lineterminator="\n")).rstrip("\n")
