"""Options that decide the couplings of the axion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotaxion.theory.constants import M_U_OVER_M_D
from hotaxion.theory.options import Options, option
from hotaxion.theory.particle import couplings as particle


@dataclass(frozen=True, kw_only=True)
class ModelOptions(Options):
    """Which axion it is; whatever speaks of the same axion takes these."""

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

    __hash__ = Options.__hash__

    def axion_at(self, tan_beta: float | None, z: float = M_U_OVER_M_D) -> particle.Couplings:
        """Couplings of the model.

        Raises UnknownOptionError or RangeError where the model lacks one, or has none.
        """
        return particle.couplings(self.model, tan_beta, z, self.couplings)


@dataclass(frozen=True, kw_only=True)
class PionOptions(ModelOptions):
    """What decides the couplings behind the rates; see `particle.couplings.couplings`."""

    z_ud: float = option(
        *(M_U_OVER_M_D, "m_u/m_d, sets C_a_pi; error 0.011", "1812.01008"),
        range=particle.Z_RANGE,
        sampled=(0.1, 0.9),
        bend={1: 0.06},
    )

    __hash__ = Options.__hash__

    @property
    def axion(self) -> particle.Couplings:
        """Couplings of the model, see `axion_at`."""
        return self.axion_at(self.tan_beta, self.z_ud)
