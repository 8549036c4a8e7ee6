"""Options of a hot relic in general, and the shape of its momenta that they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Options, option
from hotaxion.theory.relics import shapes
from hotaxion.theory.relics.shapes import DEGREES_MAX, Shape

_DEGREES = 2.0  # of a neutrino family


@dataclass(frozen=True, kw_only=True)
class RelicOptions(Options):
    """What a relic is, besides the numbers that may be sampled.

    Raises UnknownOptionError or RangeError, also for an option that the distribution ignores.
    """

    relic: str = option(
        *("relic", "name: NAME in the product NAME_psd and in all parameters", ""), main=True
    )
    distribution: str = option(
        *("thermal", "occupation of its momenta", "docs/guides/relics.md"),
        noun="distribution of a relic",
        main=True,
        choices={
            "thermal": "Fermi-Dirac or Bose-Einstein",
            "dodelson_widrow": "that of neutrinos, scaled",
            "file": "two columns",
            "function": "f(y)",
        },
    )
    statistics: str = option(
        *("fermion", "statistics", ""),
        noun="statistics of a relic",
        choices={"fermion": "1/(e^y + 1)", "boson": "1/(e^y - 1)"},
    )
    degrees: float | None = option(
        *(None, "internal degrees of freedom; default: 2, or 1 for 'normalisation: class'", ""),
        kind=float,
        noun="degrees of freedom",
        range=(0.0, DEGREES_MAX),
    )
    file: str | None = option(
        *(None, "two columns, y = p/T ascending and f, with 'distribution: file'", ""), kind=str
    )
    normalisation: str = option(
        *("occupation", "of f in the file", ""),
        noun="normalisation of a relic's file",
        choices={
            "occupation": "of one degree of freedom, 1/(e^y + 1) of a neutrino",
            "class": "summed over all degrees, over (2 pi)^3, as CLASS reads it",
        },
    )

    __hash__ = Options.__hash__

    def _check(self, names: Iterable[str]) -> None:
        super()._check(names)
        from_file = self.distribution == "file"
        if from_file != (self.file is not None):
            raise RangeError(
                f"distribution: {self.distribution}, file: {self.file}; give both a file and "
                "'distribution: file', or neither."
            )
        if not from_file and self.normalisation != "occupation":
            raise RangeError(
                f"normalisation: {self.normalisation} is that of a file; give 'distribution: file' "
                "and the file, or leave it out."
            )
        if self.distribution == "dodelson_widrow" and self.statistics != "fermion":
            raise RangeError("distribution: dodelson_widrow is of fermions; leave out statistics.")
        whole = self.normalisation == "class" or self.distribution == "dodelson_widrow"
        if whole and self.degrees is not None:
            raise RangeError(
                f"degrees = {self.degrees:g}; the distribution ({self.distribution}, normalisation "
                f"{self.normalisation}) has them already: leave degrees out."
            )

    @property
    def degrees_of_freedom(self) -> float:
        """The option `degrees`, or its default."""
        if self.degrees is not None:
            return self.degrees
        return 1.0 if self.normalisation == "class" else _DEGREES

    def shape(self, function: Callable[[Array], Array] | None = None) -> Shape:
        """The momenta; `function` for 'distribution: function' and only there.

        Raises
        ------
        HotAxionError : as `shapes.of_file` and `shapes.of_function`; no function, or one too many.
        """
        if (self.distribution == "function") != (function is not None):
            raise RangeError(
                f"distribution: {self.distribution}; give both 'function' and 'distribution: "
                "function', or neither."
            )
        if function is not None:
            return shapes.of_function(function, self.statistics)
        if self.file is not None:
            return shapes.of_file(self.file, self.statistics, self.normalisation)
        return shapes.thermal(self.statistics)
