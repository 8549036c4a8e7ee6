"""Bounds of searches as rows: text, JSON, comma-separated values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hotaxion.analysis.limits import registry, rules
from hotaxion.analysis.limits.rules import Limit
from hotaxion.analysis.text import text_table
from hotaxion.theory.checks import choice, number, whole_number
from hotaxion.theory.errors import RangeError

LEVEL = 0.95


@dataclass(frozen=True)
class Row:
    """One bound.

    limit : see `rules.Limit`; coupling and its unit are those of the search.
    options : of the likelihood, where they are not its defaults.
    """

    name: str
    mass: float
    mass_unit: str
    coupling: str
    coupling_unit: str
    limit: Limit
    rule: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Curve:
    """The bounds of one search, in the order of the masses.

    mass_name : of the parameter.
    words : the rule in words.
    """

    text: str
    mass_name: str
    words: str
    rows: tuple[Row, ...]


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
    rows = tuple(
        Row(
            name=name,
            mass=number("mass", mass, 0.0, unit=search.mass_unit),
            mass_unit=search.mass_unit,
            coupling=search.coupling_name,
            coupling_unit=search.coupling_unit,
            limit=rules.limit(search, mass, percent),
            rule=search.limit_rule,
            options=found,
        )
        for mass in given
    )
    return Curve(entry.text, search.mass_name, rules.in_words(search, percent), rows)


def as_text(curves: Sequence[Curve]) -> str:
    """A table for each search, under a line with what it is and one with the rule."""
    return "\n\n".join(map(_one_as_text, curves))


def _one_as_text(one: Curve) -> str:
    first = one.rows[0]
    options = ", ".join(f"{key} {value}" for key, value in first.options.items())
    head = f"{first.name}: {one.text}" + (f" ({options})" if options else "")
    unit = f" [{first.coupling_unit}]" if first.coupling_unit else ""
    table = [[f"{one.mass_name} [{first.mass_unit}]", f"{first.coupling}{unit}"]]
    table += [[f"{row.mass:.5g}", _cell(row.limit)] for row in one.rows]
    return f"{head}\nrule: {one.words}\n{text_table(table)}"


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
    return json.dumps([asdict(row) for one in curves for row in one.rows], indent=2)


def as_csv(curves: Sequence[Curve]) -> str:
    """All rows with a header line; options, and limits that are intervals, as JSON."""
    from pandas import DataFrame

    cells = [asdict(row) for one in curves for row in one.rows]
    for row in cells:
        for name in ("options", "limit"):
            if isinstance(row[name], dict | list):
                row[name] = json.dumps(row[name])
    table: str = DataFrame(cells).to_csv(index=False, lineterminator="\n")
    return table.rstrip("\n")
