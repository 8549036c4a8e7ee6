"""The commands `abundance` and `scan`: relic axions for one mass or many, as text, JSON, CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from hotaxion.analysis.text import text_table
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number, whole_number
from hotaxion.theory.options import Option
from hotaxion.theory.relics.options import AxionOptions

# quantity: (unit, meaning); the order is that of all outputs.
QUANTITIES = {
    "m_a_ev": ("eV", "axion mass"),
    "f_a_gev": ("GeV", "axion decay constant"),
    "delta_neff": ("", "contribution to N_eff while relativistic (at BBN)"),
    "omega_a_h2": ("", "Omega_a h^2 today"),
    "temperature_ratio": ("", "T_a over 0.71532 T_CMB, from the number density"),
    "mean_momentum_ratio": ("", "mean momentum over that of a Bose-Einstein gas"),
    "t_decoupling_mev": ("MeV", "decoupling temperature (never: it was not in equilibrium)"),
    "t_half_made_mev": ("MeV", "half of the axions are made below it (never: from the start)"),
}
Row = Mapping[str, float | None]
# Of `mass_grid`.
GRID = {
    "m_a_min": Option(0.01, float, "least mass", unit="eV"),
    "m_a_max": Option(10.0, float, "greatest mass", unit="eV"),
    "points": Option(60, int, "masses, logarithmic", range=(2, 100_000)),
}


def mass_grid(m_a_min: float, m_a_max: float, points: int) -> Array:
    """Masses [eV], logarithmic, both ends included.

    Raises
    ------
    RangeError : unless 0 < m_a_min < m_a_max, and 2 to 100,000 points.
    """
    low = number("m_a_min", m_a_min, 0.0, above=True, unit="eV")
    high = number("m_a_max", m_a_max, low, above=True, unit="eV")
    points = whole_number("points", points, *map(int, GRID["points"].range))
    return np.geomspace(low, high, points)


def scan(
    options: AxionOptions, masses: Iterable[float | None], f_a: float | None = None
) -> list[dict[str, float | None]]:
    """All QUANTITIES for each mass [eV]; raises as `Abundance`.

    f_a : decay constant [GeV] of all of them (model alp), or in place of a mass that is None.
    """
    from hotaxion.theory.relics.abundance import Abundance

    abundance = Abundance(options)
    relics = [abundance(None if mass is None else float(mass), f_a) for mass in masses]
    rows = [{name: getattr(relic, name) for name in QUANTITIES} for relic in relics]
    return [{name: None if x is None else float(x) for name, x in row.items()} for row in rows]


def scan_with_band(
    options: AxionOptions, masses: Array, f_a: float | None = None
) -> list[dict[str, float]]:
    """delta_neff with its error band, and the larger shift [%] from each source, for each mass.

    f_a : as of `scan`.
    """
    from hotaxion.theory.particle.mass import mass_and_f_a, qcd_mass_ev
    from hotaxion.theory.relics.abundance import F_A_RANGE_GEV
    from hotaxion.theory.relics.error_budget import error_budget

    made = masses
    for m_a in masses:
        mass_and_f_a(options.axion, float(m_a), f_a)  # refuses what is no axion of the model
    if f_a is not None:  # of model alp, all of whose masses are made alike
        made = np.array([qcd_mass_ev(number("f_a", f_a, *F_A_RANGE_GEV, "GeV"))])
    budget = error_budget(made, options)
    low, high = budget.band
    rows = []
    for i, m_a in enumerate(masses):
        i = min(i, len(made) - 1)
        row = {"m_a_ev": float(m_a), "delta_neff": float(budget.delta_neff[i])}
        row |= {"low": float(low[i]), "high": float(high[i])}
        for source, shift in budget.shifts.items():
            larger = max(shift[:, i], key=abs)
            row[f"{source} %"] = float(100.0 * larger / budget.delta_neff[i])
        rows.append(row)
    return rows


def one_as_text(row: Row, options: AxionOptions) -> str:
    """One mass: a line per quantity with unit and meaning, under a line with the options."""
    rows = [["quantity", "value", "unit", "meaning"]]
    rows += [[name, _cell(row[name]), unit, text] for name, (unit, text) in QUANTITIES.items()]
    return _head(options) + text_table(rows, right=False)


def many_as_text(rows: Sequence[Row], options: AxionOptions, digits: int = 5) -> str:
    """Many masses, perhaps with the error band: a line per mass."""
    units = {name: f" [{unit}]" for name, (unit, _) in QUANTITIES.items() if unit}
    head = [name + units.get(name, "") for name in rows[0]]
    table = [head, *([_cell(value, digits) for value in row.values()] for row in rows)]
    return _head(options) + text_table(table)


def as_json(content: Mapping[str, object], options: AxionOptions) -> str:
    """Content (of one mass, or a list of rows) and the options; null where there is no value."""
    return json.dumps({**content, "options": asdict(options)}, indent=2)


def many_as_csv(rows: Sequence[Row]) -> str:
    """Many masses: comma-separated with a header line; empty where there is no value."""
    from pandas import DataFrame

    return str(DataFrame(rows).to_csv(index=False, lineterminator="\n")).rstrip("\n")


def _head(options: AxionOptions) -> str:
    return f"options: {options.in_words()}\n"


def _cell(value: float | None, digits: int = 5) -> str:
    return "never" if value is None else f"{value:.{digits}g}"
