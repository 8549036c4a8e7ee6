"""Options of the production rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from hotaxion.theory.checks import number, shown
from hotaxion.theory.constants import M_PION_CHARGED_GEV, M_PION_GEV, M_PION_NEUTRAL_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Options, option
from hotaxion.theory.rates.ranges import ONSET_RANGE_GEV, PERTURBATIVE_T_GEV, QUARK_RANGE_GEV

# Factors on the rates. Within, Delta N_eff lies between 0 and that of equilibrium at 8 MeV, and <p>
# at most 1 % below that of equilibrium (strong gluons, weak pions: fast axions decouple first).
SCALE_RANGE = (1e-2, 1e2)
CROSSOVER_RANGE = (-1.0, 1.0)
_KNOT_RATE_RANGE = (1e-9, 1e3)  # Gamma f_a^2 / T^3; tabulated: 1e-4 to 1e-2
_KNOT_DISTANCE = 1.001  # least ratio of neighbouring temperatures, end points included


@dataclass(frozen=True, kw_only=True)
class RateOptions(Options):
    """What decides the rates of a model.

    The soft enhancement of 2601.08221 has no variant of its own (known gap): the Delta N_eff of its
    abstract (gluons alone) is that of gluon_scale = 15.

    Raises UnknownOptionError or RangeError.
    """

    rates: str = option(
        *("gkpy", "pions", "2211.03799, 2211.05073, hep-ph/9306216"),
        noun="pion rate",
        main=True,
        choices={
            "gkpy": "pi pi data, Watson variant",
            "gkpy_raw": "the pi pi amplitude itself",
            "iam": "one-loop ChPT, unitarised",
            "lo": "leading-order ChPT, inferred for 2205.07849",
        },
    )
    pion_scale: float = option(
        *(1.0, "factor on the pion rate, error 0.1", "2211.05073"),
        range=SCALE_RANGE,
        sampled=(0.1, 10.0),
        spacing="log",
        bend={1: 0.27},
    )
    m_pion: float = option(
        *(M_PION_GEV, "pion mass in the rates", "PDG"),
        unit="GeV",
        range=(M_PION_NEUTRAL_GEV, M_PION_CHARGED_GEV),
    )
    lecs: Mapping[str, float] | None = option(
        *(None, "low-energy constants of iam, l1 to l4", "Gasser & Leutwyler 1984"),
        kind=dict,
        example="{l1: 0.1, l2: 5.8}",
    )
    kaons: str = option(
        *("none", "a K <-> pi K (quote bounds with both)", "2505.21276"),
        noun="kaon rate",
        choices={"none": "pions alone", "data": "from pi K data"},
    )
    kaon_scale: float = option(
        *(1.0, "factor on the kaon rate, error 0.75 to 1.65", "1602.08404, 2505.21276"),
        range=(0.0, SCALE_RANGE[1]),
        sampled=(0.0, 10.0),
        bend={1: 0.4},
    )
    nucleons: str = option(
        *("none", "a N <-> pi N", "docs/physics.md, 3"),
        noun="nucleon rate",
        choices={"none": "left out", "delta": "isovector part, by the Delta"},
    )
    gluons: str = option(
        *("htl", "gluons", "1008.4528, 2308.01287"),
        noun="gluon rate",
        main=True,
        choices={
            "htl": "above T_gluon, interpolated down to T_pion",
            "sphaleron": "besides, the lattice rate between 0.23 and 0.57 GeV; an upper variant",
            "none": "pions only, starting at T_pion",
        },
    )
    gluon_scale: float = option(
        *(1.0, "factor on the gluon rate, 15 for 2601.08221", "1310.6982"),
        range=SCALE_RANGE,
        sampled=(0.1, 30.0),
        spacing="log",
        bend={1: 0.4},
    )
    fermions: bool = option(
        True, "leptons and heavy quarks, where the model couples to them", "2410.18186"
    )
    T_quarks: float = option(
        *(QUARK_RANGE_GEV[0], "heavy quarks count above", "docs/physics.md, 6"),
        unit="GeV",
        range=ONSET_RANGE_GEV,
    )
    T_pion: float = option(
        *(0.15, "the crossover interpolation starts here", "2108.04259"),
        unit="GeV",
        range=(0.08, 0.2),
    )
    T_gluon: float = option(
        *(2.0, "the crossover interpolation ends here", "2108.04259"),
        unit="GeV",
        range=(1.0, 10.0),
    )
    crossover: float = option(
        *(0.0, "rate there: -1 perturbative, 0 monotone, 1 sphalerons", "2308.01287"),
        range=CROSSOVER_RANGE,
        sampled=CROSSOVER_RANGE,
        spacing="split",
        bend={-1: 1.0, 1: 0.2},
    )
    knots: Mapping[float, float] | None = option(
        *(None, "T [GeV]: Gamma f_a^2/T^3 for the crossover to pass", "2308.01287"),
        kind=dict,
        keys=float,
        example="{0.5: 1.2e-3}",
    )

    __hash__ = Options.__hash__

    def _check(self, names: Iterable[str]) -> None:
        super()._check(names)
        if self.knots is not None:
            object.__setattr__(self, "knots", self._inside(self.knots))
        if self.kaons == "none" and self.kaon_scale != 1.0:
            raise RangeError(
                f"kaon_scale = {self.kaon_scale:g} given with kaons: none, which has no rate to "
                "scale; choose kaons: data or leave it out."
            )
        if self.crossover != 0.0:
            self._check_crossover()

    def _check_crossover(self) -> None:
        """Refuse a deformed crossover beside another one, or without room for its knots."""
        given = f"crossover = {self.crossover:g} given with"
        if self.gluons != "htl":
            raise RangeError(
                f"{given} gluons: {self.gluons}; it needs gluons: htl (at 1 it is sphaleron)."
            )
        if self.knots:
            raise RangeError(f"{given} knots of another crossover; leave one of them out.")
        least = PERTURBATIVE_T_GEV[-1] * _KNOT_DISTANCE
        if self.crossover < 0.0 and self.T_gluon < least:
            raise RangeError(
                f"{given} T_gluon = {self.T_gluon:g} GeV; below 0 it passes through the "
                f"perturbative rate at 1 GeV: allowed is T_gluon from {least:g} GeV."
            )

    def _inside(self, knots: Mapping[float, float]) -> dict[float, float]:
        """The knots as floats; they lie inside the interpolation."""
        if knots and self.gluons != "htl":
            raise RangeError(
                f"knots of the crossover given with gluons: {self.gluons}; they need gluons: htl."
            )
        inside = self.T_pion * _KNOT_DISTANCE, self.T_gluon / _KNOT_DISTANCE
        checked = {
            number("temperature in knots", t, *inside, "GeV"): number(
                f"knots: rate at {shown(t)} GeV", rate, *_KNOT_RATE_RANGE
            )
            for t, rate in knots.items()
        }
        for low, high in pairwise(sorted(checked)):
            if high < low * _KNOT_DISTANCE:
                raise RangeError(
                    f"knots at {low!r} and {high!r} GeV are closer than a factor "
                    f"{_KNOT_DISTANCE:g} in temperature; leave one of them out."
                )
        return checked
