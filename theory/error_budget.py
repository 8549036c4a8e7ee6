"""How well Delta N_eff(m_a) is known: defaults varied within their errors, added in quadrature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.abundance import Abundance
from hotaxion.theory.boltzmann import Numerics

Array = NDArray[np.float64]

# Source of error -> variants of the options of `Abundance`, and why these.
VARIANTS: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "pions": (
        (dict(pion_scale=0.9), dict(pion_scale=1.1)),
        "10 %: spread of unitarised and data-driven rates below 120 MeV",
    ),
    "kaons": (
        (dict(kaons="none"), dict(kaons="data"), dict(kaons="data", kaon_scale=1.65)),
        "none at all, to a K <-> pi K with the left-out crossings; 2505.21276",
    ),
    "m_u/m_d": ((dict(z_ud=0.461), dict(z_ud=0.483)), "0.472(11), 1812.01008"),
    "gluons": ((dict(gluon_scale=3.0),), "1 to 3: resummations beyond HTL, 1310.6982"),
    "crossover": (
        (dict(t_pion_gev=0.13), dict(t_pion_gev=0.16), dict(t_gluon_gev=1.0)),
        "end points of the interpolation, 0.13 to 0.16 GeV and 1 to 2 GeV",
    ),
    "g_*": (
        (dict(g_star_shift=-1.0), dict(g_star_shift=1.0)),
        "1 % below 0.4 GeV, 5 % to 20 GeV: 1803.01038 against 1606.07494",
    ),
    "numerics": (
        (dict(numerics=Numerics(step=0.01)), dict(numerics=Numerics(n_q=120))),
        "step halved, momenta doubled",
    ),
}


@dataclass(frozen=True)
class ErrorBudget:
    """Delta N_eff on a grid of masses with its errors.

    m_a_ev, delta_neff : (n,) masses [eV] and central values.
    shifts : source -> (2, n): the most negative and the most positive shift of Delta N_eff.
    """

    m_a_ev: Array
    delta_neff: Array
    shifts: dict[str, Array]

    @property
    def band(self) -> tuple[Array, Array]:
        """Lower and upper edge of Delta N_eff: the shifts of each sign added in quadrature."""
        below, above = np.sqrt(sum(shift**2 for shift in self.shifts.values()))
        return self.delta_neff - below, self.delta_neff + above


def error_budget(masses_ev: Sequence[float] | Array, **options: Any) -> ErrorBudget:
    """Vary every default of `VARIANTS` around the given options of `Abundance`.

    Raises what `Abundance` raises.
    """

    def curve(**changes: Any) -> Array:
        abundance = Abundance(**options | changes)
        return np.array([abundance(float(m)).delta_neff for m in masses_ev])

    central = curve()
    shifts = {}
    for source, (variants, _) in VARIANTS.items():
        moved = np.array([curve(**variant) - central for variant in variants])
        shifts[source] = np.array([np.minimum(moved.min(0), 0.0), np.maximum(moved.max(0), 0.0)])
    return ErrorBudget(np.asarray(masses_ev, dtype=float), central, shifts)
