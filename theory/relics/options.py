"""All options of the abundance: `AxionOptions`."""

from __future__ import annotations

from dataclasses import dataclass

from hotaxion.theory.options import Options, option
from hotaxion.theory.particle.options import PionOptions
from hotaxion.theory.rates.options import RateOptions

T_INITIAL_GEV = 100.0  # where nothing else is given; below the electroweak crossover
G_STAR_SHIFT_RANGE = (-5.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class Numerics(Options):
    """Accuracy of the integration; halving or doubling moves Delta N_eff by < 1e-4."""

    step: float = option(
        *(0.02, "step of the integration in ln a", "docs/physics.md, 8"), range=(1e-4, 0.2)
    )
    momenta: int = option(
        *(60, "number of momenta of the grid", "docs/physics.md, 8"), range=(30, 1000)
    )

    __hash__ = Options.__hash__


@dataclass(frozen=True, kw_only=True)
class AxionOptions(Numerics, RateOptions, PionOptions):
    """Everything that decides the abundance besides the mass, under one name everywhere.

    Keywords of `Abundance`, options of the Cobaya theory `HotAxion` (tan_beta is a parameter
    there), flags of `hotaxion abundance`, keys of its JSON.

    Raises UnknownOptionError or RangeError.
    """

    solver: str = option(
        *("momentum", "equation", "2211.03799, hep-ph/0504059"),
        noun="solver",
        main=True,
        choices={
            "momentum": "resolved, with back-reaction",
            "number": "integrated, as before 2022",
            "instantaneous": "equilibrium until Gamma = H",
        },
    )
    initial: str = option(
        *("thermal", "abundance at T_initial", "2108.05371"),
        noun="initial abundance",
        choices={"thermal": "equilibrium", "zero": "none"},
    )
    T_initial: float | None = option(
        *(None, "start, T_pion to 1000 GeV; default: 100, or T_pion without gluons", "2108.05371"),
        kind=float,
        unit="GeV",
    )
    g_star_shift: float = option(
        *(0.0, "shift of g_* in its standard errors", "1803.01038, 1606.07494"),
        range=G_STAR_SHIFT_RANGE,
    )

    __hash__ = Options.__hash__
