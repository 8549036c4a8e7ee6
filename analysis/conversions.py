"""The command `convert`: one number of an axion into all others, published bounds into masses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis import abundances
from hotaxion.analysis.text import text_table
from hotaxion.theory.checks import number
from hotaxion.theory.errors import RangeError
from hotaxion.theory.files import write_whole
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.relics.abundance import Abundance, Relic
from hotaxion.theory.relics.error_budget import ErrorBudget, error_budget
from hotaxion.theory.relics.inversion import ATTRIBUTES, mass_band, masses_around, relic_with
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.spectra.class_input import class_files, classpp_text
from hotaxion.theory.spectra.neutrinos import neutrino_sector

_NAMES = {"class": "CLASS", "classpp": "CLASS++"}  # of Boltzmann codes
_TARGET = "delta_neff"
_LIMITS = ("low", "high")
Band = tuple[float | None, float | None]


@dataclass(frozen=True)
class Conversion:
    """One axion.

    given : the quantities that were asked for; names as in `ATTRIBUTES`.
    relic : the axion.
    bands : name -> least and greatest value within the theory error, where it is known.
    """

    given: Mapping[str, float]
    relic: Relic
    bands: Mapping[str, Band]

    @property
    def values(self) -> dict[str, float | None]:
        """All quantities; None for one that does not exist."""
        found = {name: getattr(self.relic, attribute) for name, attribute in ATTRIBUTES.items()}
        return {name: None if x is None else float(x) for name, x in found.items()}


class Converter:
    """Conversions for one set of options.

    Parameters
    ----------
    options : of the abundance.
    band : whether the theory error is computed, ten seconds.
    """

    def __init__(self, options: AxionOptions, band: bool = False):
        self.options, self.band = options, band
        self._abundance = Abundance(options)

    def __call__(self, given: Mapping[str, float]) -> Conversion:
        """One axion; raises as `relic_with`."""
        relic = relic_with(self._abundance, given)
        if not self.band:
            return Conversion(given, relic, {})
        mass = f_a_gev(relic.f_a_gev)  # in QCD; of model alp what stands for f_a
        if _TARGET not in given:
            low, high = error_budget([mass], self.options).band
            return Conversion(given, relic, {_TARGET: (float(low[0]), float(high[0]))})
        budget = error_budget(masses_around(np.array([mass])), self.options)
        return Conversion(given, relic, self._read(budget, given[_TARGET]))

    def table(self, given: Mapping[str, float]) -> list[dict[str, Any]]:
        """Every published bound on Delta N_eff, with the axion that has it.

        given : the mass [eV] for model alp, else nothing.

        Keys of a row: `key`, `delta_neff`, `level`, `quoted`, `data`, `source`, and of the axion
        `m_a`, `f_a` (None: no axion has so much, `why` says so) and with `band` that of both.
        """
        from hotaxion.likelihoods.neff_data import LEVEL, published

        if {*given} != ({"m_a"} if self.options.model == "alp" else set()):
            raise RangeError(
                f"{', '.join(given) or 'nothing'} given with the table of published bounds; model "
                "alp needs m_a, the others nothing."
            )
        rows = []
        for key, measured in published().items():
            bound, quoted = measured.upper(LEVEL)
            row: dict[str, Any] = {"key": key, _TARGET: bound, "level": LEVEL, "quoted": quoted}
            row |= {"m_a": None, "f_a": None, "data": measured.data, "source": measured.source}
            try:
                relic = relic_with(self._abundance, {**given, _TARGET: bound})
                row |= {"m_a": relic.m_a_ev, "f_a": relic.f_a_gev}
            except RangeError as error:
                row["why"] = str(error)
            rows.append(row)
        masses = [f_a_gev(row["f_a"]) for row in rows if row["f_a"]]
        if self.band and masses:
            budget = error_budget(masses_around(np.array(masses)), self.options)
            for row in rows:
                row["band"] = self._read(budget, row[_TARGET]) if row["f_a"] else {}
        return rows

    def _read(self, budget: ErrorBudget, delta_neff: float) -> dict[str, Band]:
        """The band at one Delta N_eff: of m_a and f_a, of f_a alone where they are independent."""
        light, heavy = mass_band(budget, delta_neff)
        f_a = tuple(None if mass is None else f_a_gev(mass) for mass in (heavy, light))
        bands: dict[str, Band] = {"f_a": (f_a[0], f_a[1])}
        return bands if self.options.model == "alp" else {"m_a": (light, heavy), **bands}


def read_given(words: Sequence[str]) -> dict[str, float]:
    """QUANTITY=VALUE, each; raises RangeError for another form, or a quantity given twice."""
    given: dict[str, float] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in given:
            raise RangeError(
                f"'{word}': give QUANTITY=VALUE, each QUANTITY once, of {', '.join(ATTRIBUTES)}, "
                "such as delta_neff=0.1."
            )
        try:
            given[name] = float(value)
        except ValueError:
            given[name] = number(name, value)  # refuses it
    return given


def as_text(found: Conversion, options: AxionOptions) -> str:
    """A line for each quantity, under lines with the options and what is given."""
    rows = [["quantity", "value", *_LIMITS, "unit", "meaning"]]
    for name, value in found.values.items():
        unit, text = abundances.QUANTITIES[ATTRIBUTES[name]]
        ends = map(_cell, found.bands.get(name, ("", "")))
        rows.append([name, "never" if value is None else _cell(value), *ends, unit, text])
    if not found.bands:
        rows = [[*row[:2], *row[4:]] for row in rows]
    given = ", ".join(f"{name} = {value:g}" for name, value in found.given.items())
    return f"options: {options.in_words()}\ngiven: {given}\n{text_table(rows, right=False)}"


def as_json(found: Conversion, options: AxionOptions) -> str:
    """The same; null where there is no value."""
    content: dict[str, object] = {"given": dict(found.given), **found.values}
    if found.bands:
        content["band"] = dict(found.bands)
    return abundances.as_json(content, options)


def table_as_text(rows: Sequence[Mapping[str, Any]], options: AxionOptions) -> str:
    """A line for each published bound, at 95 %."""
    banded = "f_a" if options.model == "alp" else "m_a"
    head = ["published", _TARGET, "m_a [eV]", "f_a [GeV]", f"theory band of {banded}"]
    table = [[*head, "data", "arXiv"]]
    notes = []
    for row in rows:
        cells = [row["key"], f"< {row[_TARGET]:.3g}{'' if row['quoted'] else ' *'}", "-", "-"]
        if row["m_a"] is not None:
            sign = "= " if options.model == "alp" else "< "
            cells[2:] = [f"{sign}{row['m_a']:.4g}", f"> {row['f_a']:.4g}"]
        ends = row.get("band", {}).get(banded, (None, None))
        cells.append(" to ".join(_cell(x, 3) for x in ends))
        table.append([*cells, row["data"], row["source"].rpartition(":")[2]])
        if "why" in row:
            notes.append(f"- {row['why']}")
    if not any("band" in row for row in rows):
        table = [[*cells[:4], *cells[5:]] for cells in table]
    if not all(row["quoted"] for row in rows):
        notes.append("* not quoted: the 95 % end of N_eff as published, a Gaussian cut at 3.044")
    lines = [f"options: {options.in_words()}", text_table(table, right=False)]
    return "\n".join([*lines, *dict.fromkeys(notes)])


def write_input(
    found: Conversion,
    options: AxionOptions,
    code: str,
    neutrinos: tuple[float, str],
    output: Path | None,
) -> str:
    """Write the input of a Boltzmann code; returns what is to be printed.

    Parameters
    ----------
    code : "class" or "classpp".
    neutrinos : sum of their masses [eV] and hierarchy.
    output : its file, those of the distributions beside it; None: print, where that is all.

    Raises
    ------
    RangeError : no output for CLASS, which needs more files; as `class_files`, `neutrino_sector`.
    """
    relic = found.relic
    sector = neutrino_sector(*neutrinos)
    numbers = f"m_a = {relic.m_a_ev:.8g} eV, f_a = {relic.f_a_gev:.8g} GeV"
    head = (
        f"Axion and neutrinos for {_NAMES[code]}, by hotaxion convert.\n"
        f"Axion: {options.in_words()}.\n{numbers}\n"
        f"Delta N_eff = {relic.delta_neff:.8g}, Omega_a h^2 = {relic.omega_a_h2:.8g}\n"
        f"Neutrinos: {neutrinos[0]:g} eV in all, {neutrinos[1]}. N_eff without the axion: 3.044.\n"
        "Add the other parameters. Helium: YHe of hotaxion.theory.BBN, or the table of the code."
    )
    if code == "classpp":
        head += (
            "\nNumber and energy of the axions are exact, their momenta those of a thermal gas.\n"
            "Known gap: after the sources of CLASS++ (species ncdm_axion), not run with it."
        )
        text = classpp_text(relic.psd, sector, head)
        if output is None:
            return text.rstrip("\n")
        files = {output: text}
    elif output is None:
        raise RangeError("CLASS reads distributions from files: give -o FILE.ini, where to write.")
    else:
        files = class_files(relic.psd, sector, output, head)
    for path, text in files.items():
        write_whole(path, text)
    return "\n".join(f"written: {path}" for path in files)


def _cell(value: float | str | None, digits: int = 5) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.{digits}g}"
