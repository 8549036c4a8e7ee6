"""All options of the abundance: `AxionOptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotaxion.theory.constants import M_U_OVER_M_D
from hotaxion.theory.options import Options, option
from hotaxion.theory.particle import couplings as particle
from hotaxion.theory.rates.options import RateOptions

T_INITIAL_GEV = 100.0  # where nothing else is given; below the electroweak crossover
G_STAR_SHIFT_RANGE = (-5.0, 5.0)


@dataclass(frozen=True, kw_only=True)
class ModelOptions(Options):
    """What decides the couplings of the axion; see `particle.couplings.couplings`."""

    model: str = option(
        *("ksvz", "axion model", "2003.01100"),
        noun="axion model",
        choices=particle.MODELS,
        main=True,
    )
    tan_beta: float | None = option(
        *(None, "v_u/v_d of dfsz1 and dfsz2, which need it", "2003.01100"),
        kind=float,
        range=particle.TAN_BETA_RANGE,
        sampled=particle.TAN_BETA_RANGE,
        spacing="log",
        bend={1: 0.3},
    )
    couplings: Mapping[str, float] | None = option(
        *(None, "of generic: c_a_pi, c_g, c_e ... c_t", "2101.10330"),
        kind=dict,
        example="{c_g: 1, c_mu: 0.3}",
    )
    z_ud: float = option(
        *(M_U_OVER_M_D, "m_u/m_d, sets C_a_pi; error 0.011", "1812.01008"),
        range=particle.Z_RANGE,
        sampled=(0.1, 0.9),
        bend={1: 0.06},
    )

    __hash__ = Options.__hash__

    @property
    def axion(self) -> particle.Couplings:
        """Couplings of the model.

        Raises UnknownOptionError or RangeError where the model lacks one, or has none.
        """
        return particle.couplings(self.model, self.tan_beta, self.z_ud, self.couplings)


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
class AxionOptions(Numerics, RateOptions, ModelOptions):
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
