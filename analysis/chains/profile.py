"""A profile likelihood: the least chi^2 against one parameter, and the bound that it gives.

chi^2 = -2 ln L, with the informative priors of the other parameters counted as data; flat ones are
constants, and Jacobians (priors called flat_in_NAME) are left out.
Rule: with chi^2_min the least value on the grid's range, the one-sided 95 % upper bound is where
chi^2 - chi^2_min = 2.71 above the minimum, the two-sided 95 % interval where it is 3.84 (Wilks).
Both assume that chi^2 is close to a parabola. With the minimum at a physical border (m_a -> 0) they
are a convention, not an exact coverage (known gap: no Feldman-Cousins construction); the 95 %
quantile of the posterior then corresponds to a rise of 3.84.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.analysis.chains.bounds import UNITS
from hotaxion.analysis.chains.rows import read_table
from hotaxion.analysis.text import text_table
from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError, MissingDataError

ONE_SIDED, TWO_SIDED = 2.71, 3.84  # rise of chi^2 at 95 %
MIN_POINTS = 4  # of a cubic spline
_FIXED_COLUMNS = ("chi2", "chi2_data")
_TITLE, _INPUT = "# profile likelihood of", "# input:"


@dataclass(frozen=True)
class Profile:
    """Least chi^2 at each value of one parameter.

    Attributes
    ----------
    parameter : its name.
    values : (n,) ascending, in the unit of the parameter.
    chi2 : (n,) least -2 ln L - 2 ln(prior), up to a constant; `chi2_data` (n,) its part -2 ln L.
    best : other sampled parameters -> (n,) values at the minimum.
    """

    parameter: str
    values: Array
    chi2: Array
    chi2_data: Array
    best: dict[str, Array]

    @cached_property
    def curve(self) -> CubicSpline:
        """Interpolation between the points; raises HotAxionError if they are too few."""
        if len(self.values) < MIN_POINTS:
            raise HotAxionError(
                f"the profile of {self.parameter} has {len(self.values)} points; at least "
                f"{MIN_POINTS} are needed for a bound. Run hotaxion profile with a longer grid."
            )
        return CubicSpline(self.values, self.chi2)

    @cached_property
    def minimum(self) -> tuple[float, float]:
        """(value, chi2) of the minimum on the range of the grid, ends included."""
        lowest = int(np.argmin(self.chi2))
        left, right = self.values[max(lowest - 1, 0)], self.values[lowest : lowest + 2][-1]
        level = self.curve.derivative().roots(extrapolate=False)
        candidates = [self.values[lowest], *level[(left < level) & (level < right)]]
        value = min(candidates, key=self.curve)
        return float(value), float(self.curve(value))

    @property
    def least_chi2_data(self) -> float:
        """-2 ln L of the data at the minimum, without the priors and their constants.

        By the same interpolation as the minimum itself, and never above the point of the grid that
        the minimum was looked for from.
        """
        at_minimum = CubicSpline(self.values, self.chi2_data)(self.minimum[0])
        return float(min(at_minimum, self.chi2_data[np.argmin(self.chi2)]))

    def upper(self, rise: float = ONE_SIDED) -> float | None:
        """Upper bound; None if the grid ends before."""
        start, risen = self._risen(rise)
        return min(risen[risen > start], default=None)

    def lower(self, rise: float = ONE_SIDED) -> float | None:
        """Lower bound; None if the grid ends before."""
        start, risen = self._risen(rise)
        return max(risen[risen < start], default=None)

    def _risen(self, rise: float) -> tuple[float, Array]:
        """Where the minimum is, and all values at which chi^2 has risen so much."""
        start, least = self.minimum
        return start, self.curve.solve(least + rise, extrapolate=False)

    def quoted(self) -> str:
        """'< 0.139', the one-sided upper bound."""
        bound = self.upper()
        return "not reached" if bound is None else f"< {bound:.3g}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        value, chi2 = self.minimum
        return {
            "parameter": self.parameter,
            "upper95_one_sided": self.upper(),
            "interval95_two_sided": [self.lower(TWO_SIDED), self.upper(TWO_SIDED)],
            "minimum": {"value": value, "chi2": chi2, "chi2_data": self.least_chi2_data},
            "values": self.values.tolist(),
            "chi2": self.chi2.tolist(),
        }


def to_text(profile: Profile) -> str:
    """Points, minimum and both bounds, for the screen."""
    name, (value, least) = profile.parameter, profile.minimum
    unit = UNITS.get(name, "")
    rows = [[f"{name} [{unit}]" if unit else name, "chi2 of the data", "rise of chi2"]]
    for x, data, chi2 in zip(profile.values, profile.chi2_data, profile.chi2, strict=True):
        rows.append([f"{x:g}", f"{data:.3f}", f"{chi2 - least:.3f}"])
    ends = profile.lower(TWO_SIDED), profile.upper(TWO_SIDED)
    low, high = ("end of the grid" if end is None else f"{end:.4g}" for end in ends)
    one_sided, high = (
        f"{text} {unit}" if unit and text[-1].isdigit() else text
        for text in (profile.quoted(), high)
    )
    return "\n".join(
        [
            text_table(rows),
            f"least chi2 at {name} = {value:.4g}: {profile.least_chi2_data:.3f} of the data",
            f"95 % one-sided (rise {ONE_SIDED}): {name} {one_sided}",
            f"95 % two-sided (rise {TWO_SIDED}): {low} to {high}",
        ]
    )


# --- the file ------------------------------------------------------------------------------


def header(parameter: str, others: list[str], fingerprint: str) -> str:
    """First lines of a profile file."""
    return (
        f"{_TITLE} {parameter}; least chi2 = -2 ln L - 2 ln prior at each value\n"
        f"{_INPUT} {fingerprint}\n"
        f"# {' '.join([parameter, *_FIXED_COLUMNS, *others])}\n"
    )


def row(value: float, chi2: float, chi2_data: float, others: list[float]) -> str:
    """One line of a profile file."""
    # The starts of the next point are exact: at a border, a rounded one could lie outside.
    place = [repr(float(other)) for other in others]
    return " ".join([repr(float(value)), f"{chi2:.6f}", f"{chi2_data:.6f}", *place]) + "\n"


def read_fingerprint(path: str | Path) -> str:
    """Which input a profile file belongs to; raises as `read_profile`."""
    return _read(path)[0]


def read_profile(path: str | Path) -> Profile:
    """The profile in a file that `hotaxion profile` wrote; a broken last line is left out.

    Raises MissingDataError, or HotAxionError if it is another file, is damaged (the message names
    line and column), or has no point yet.
    """
    _, names, rows = _read(path)
    if not rows:
        raise HotAxionError(f"'{path}' has no point yet; run hotaxion profile to its end.")
    table = read_table(path, rows, names, "remove that line and run hotaxion profile again")
    table = table[np.unique(table[:, 0], return_index=True)[1]]
    values, chi2, chi2_data, *others = table.T
    return Profile(names[0], values, chi2, chi2_data, dict(zip(names[3:], others, strict=True)))


def _read(path: str | Path) -> tuple[str, list[str], list[tuple[int, str]]]:
    """Fingerprint, names of the columns and numbered rows; the three lines of the header looked at.

    A last line without its end is not whole, and left out.
    """
    if not Path(path).is_file():
        raise MissingDataError(f"no file '{path}'; make it with: hotaxion profile YAML -o {path}")
    title, fingerprint, columns, *lines = "", "", "", ""
    with contextlib.suppress(ValueError):  # no text, or less than a header
        text = Path(path).read_bytes().decode("utf-8")
        title, fingerprint, columns, *lines = text.split("\n")[:-1]
    names = columns.removeprefix("#").split()
    if not (
        len({*names}) == len(names) > 0
        and title.startswith(f"{_TITLE} {names[0]};")
        and fingerprint.startswith(_INPUT)
        and tuple(names[1:3]) == _FIXED_COLUMNS
    ):
        raise HotAxionError(
            f"'{path}' is no file that hotaxion profile wrote, or its first three lines are "
            "damaged; name another one, or delete it and run hotaxion profile."
        )
    rows = [(number, line) for number, line in enumerate(lines, 4) if line.strip()]
    return fingerprint.removeprefix(_INPUT).strip(), names, rows
