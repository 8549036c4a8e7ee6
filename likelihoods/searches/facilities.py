"""The catalogue of neutrino facilities, facilities.yaml, as typed rows: masses and targets once.

A catalogue after arXiv:2506.15306 (its abstract), no system of its own. Likelihoods of companions
read their detectors here; `hotaxion.theory.searches.counting` makes forecasts of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import inf
from types import MappingProxyType
from typing import Any

from cobaya.yaml import InputImportError, InputSyntaxError, yaml_load

from hotaxion.likelihoods import data_files
from hotaxion.theory.checks import choice, number, text
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import DataFile
from hotaxion.theory.searches import counting

FILE = "facilities.yaml"
KINDS = ("reactor", "decay_at_rest", "beam", "atmospheric", "supernova")
STATUS = ("running", "commissioning", "under construction", "planned", "proposed", "completed")
#: An arXiv number, new or old, or a DOI.
REFERENCE = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+/\d{7})|doi:10\.\d{4,}/\S+")
_NUMBERS = (
    "energy_gev",
    "power_mw",
    "baseline_m",
    "mass_t",
    "live",
    "hydrogen",
    "density",
    "resolution",
)
_FRACTIONS = ("live", "hydrogen", "resolution")
_NEVER_NULL = ("mass_t", "live")


@dataclass(frozen=True)
class Facility:
    """One detector; units and meaning of the fields stand at the head of facilities.yaml."""

    name: str
    site: str
    kind: str
    energy_gev: float | None
    power_mw: float | None
    baseline_m: float | None
    target: str
    formula: str
    mass_t: float
    status: str
    channels: tuple[str, ...]
    reference: str
    checked: tuple[str, ...]
    live: float = 1.0
    hydrogen: float | None = None
    density: float | None = None
    resolution: float | None = None

    @property
    def electrons(self) -> float:
        """Electrons in the target."""
        return counting.targets(self.formula, self.mass_t).electrons

    @property
    def protons(self) -> float:
        """Free protons in the target."""
        return counting.targets(self.formula, self.mass_t, self.hydrogen).protons

    @property
    def volume_cm3(self) -> float:
        """Volume of the target [cm³]; raises RangeError where its density is not in the row."""
        density = number(f"density of {self.name}", self.density, 0.0, above=True)
        return 1e6 * self.mass_t / density


def facility(name: str) -> Facility:
    """A row by its key.

    Raises
    ------
    UnknownOptionError : for a key that is not in the catalogue.
    MissingDataError, HotAxionError : the file is absent or damaged.
    """
    rows = facilities()
    return rows[choice("facility", name, rows)]


def facilities() -> Mapping[str, Facility]:
    """All rows by their keys, in the order of the file; errors as for `facility`."""
    return _read(data_files.packaged_file(FILE))


@cache
def _read(file: DataFile) -> Mapping[str, Facility]:
    wrong = (InputImportError, InputSyntaxError, ValueError, AttributeError, TypeError)
    content = file.content()
    try:
        rows = {key: _row(key, row) for key, row in yaml_load(content.decode()).items()}
    except (*wrong, KeyError, HotAxionError) as error:
        file.damaged(" ".join(str(error).split()))
    return MappingProxyType(rows)


def _row(key: str, given: Mapping[str, Any]) -> Facility:
    """A row whose texts, numbers and names were checked."""
    row = dict(given)
    for name in _NUMBERS:
        if row.get(name) is not None or (name in _NEVER_NULL and name in row):
            most = 1.0 if name in _FRACTIONS else inf
            row[name] = number(f"{key}: {name}", row[name], 0.0, most, above=True)
    for name in ("channels", "checked"):
        row[name] = tuple(text(f"{key}: {name}", one, "a name") for one in row[name])
    found = Facility(**row)
    for name in ("name", "site", "target", "formula", "reference"):
        text(f"{key}: {name}", getattr(found, name), "a name")
    choice(f"kind of {key}", found.kind, KINDS)
    choice(f"status of {key}", found.status, STATUS)
    for name in found.checked:
        choice(f"checked field of {key}", name, [one.name for one in fields(Facility)])
    if not REFERENCE.fullmatch(found.reference):
        raise HotAxionError(f"{key}: reference {found.reference!r}; needed is arXiv:... or doi:...")
    counting.targets(found.formula, found.mass_t, found.hydrogen)
    return found


def table() -> str:
    """The rows as a table of Markdown, that of docs/facilities.md."""
    head = "| key | facility | source | target | mass [t] | distance [m] | status | reference |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for key, row in facilities().items():
        cells = [f"`{key}`", f"{row.name}, {row.site}", _source(row), row.target]
        cells += [_shown(row, "mass_t"), _shown(row, "baseline_m"), row.status, _link(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _source(row: Facility) -> str:
    """Kind, energy and power of the source."""
    words = [row.kind.replace("_", " ")]
    if row.energy_gev is not None:
        words.append(f"{_shown(row, 'energy_gev')} GeV")
    if row.power_mw is not None:
        words.append(f"{_shown(row, 'power_mw')} MW")
    return ", ".join(words)


def _shown(row: Facility, name: str) -> str:
    """A number, with a star where it was not checked."""
    value = getattr(row, name)
    if value is None:
        return "–"
    return f"{value:.10g}" + ("" if name in row.checked else "*")


def _link(row: Facility) -> str:
    kind, _, number_of = row.reference.partition(":")
    home = "https://arxiv.org/abs" if kind == "arXiv" else "https://doi.org"
    return f"[{number_of}]({home}/{number_of.replace('(', '%28').replace(')', '%29')})"
