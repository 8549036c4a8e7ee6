"""All options of the abundance: `AxionOptions`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Options, option
from hotaxion.theory.particle.options import PionOptions
from hotaxion.theory.rates.options import RateOptions

T_INITIAL_GEV = 100.0  # where nothing else is given; below the electroweak crossover
G_STAR_SHIFT_RANGE = (-5.0, 5.0)
# Least: 95 % from nucleosynthesis, Planck and BAO, 2501.01369.
T_REHEAT_RANGE_GEV = (5.96e-3, 1000.0)


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
    T_reheat: float | None = option(
        *(None, "end of an early matter era, decay rate 3 H there", "astro-ph/0002127"),
        kind=float,
        unit="GeV",
        noun="reheating temperature; nucleosynthesis and CMB allow 5.96 MeV up, 2501.01369",
        range=T_REHEAT_RANGE_GEV,
    )
    reheating: str = option(
        *("integrated", "how that era ends", "hep-ph/0005123"),
        noun="end of the early matter era",
        choices={
            "integrated": "field, entropy and expansion integrated",
            "sudden": "decay dominates above T_reheat, radiation below",
        },
    )
    g_star_shift: float = option(
        *(0.0, "shift of g_* in its standard errors", "1803.01038, 1606.07494"),
        range=G_STAR_SHIFT_RANGE,
    )

    __hash__ = Options.__hash__

    @property
    def production(self) -> AxionOptions:
        """Of what is made: an ALP as the QCD axion of its couplings and f_a, whatever its mass."""
        return AxionOptions.of(self, {"model": "generic"}) if self.model == "alp" else self

    def _check(self, names: Iterable[str]) -> None:
        super()._check(names)
        if self.T_reheat is None and self.reheating != "integrated":
            raise RangeError(
                f"reheating: {self.reheating} given without T_reheat, the temperature at which the "
                "early matter era ends; give both, or leave reheating out."
            )
