"""Pion rates for another pion mass or other low-energy constants than those of the table.

ln of the ratio to the tabulated rate is computed by quadrature on a coarse grid, once for each
choice (0.7 s), and interpolated: it is small and smooth.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import M_PION_GEV
from hotaxion.theory.rates.collision import omega_min
from hotaxion.theory.rates.pions import log_scaled_loss
from hotaxion.theory.rates.pipi import DEFAULT, PionPhysics
from hotaxion.theory.rates.tables import RateTable, load_table

_T_COUNT, _X_COUNT = 20, 28  # of the nodes of the table, both ends included: 2e-3 or better


def _some(nodes: Array, count: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, nodes.size - 1, count).round().astype(int))


@lru_cache(maxsize=16)
def ratio_table(rates: str, physics: PionPhysics) -> RateTable:
    """ln of scaled loss rates (see `pions.log_scaled_loss`), `physics` over the committed table."""
    content = load_table("pions.npz")
    rows = _some(content["ln_t"], _T_COUNT)
    columns = _some(content["ln_x"], _X_COUNT)
    ln_t, ln_x = content["ln_t"][rows], content["ln_x"][columns]
    varied = [[log_scaled_loss(x, t, rates, physics) for x in np.exp(ln_x)] for t in np.exp(ln_t)]
    return RateTable(ln_t, ln_x, np.array(varied) - content[rates][np.ix_(rows, columns)])


def pion_correction(temperature_gev: Array, x: Array, rates: str, physics: PionPhysics) -> Array:
    """ln of (rate for `physics`) over (rate of the table) on the outer grid of T and E/T.

    Raises RangeError outside the table.
    """
    if physics == DEFAULT:
        return np.zeros((temperature_gev.size, x.size))
    t = temperature_gev[:, None]
    threshold = omega_min(x, physics.mass_gev / t) - omega_min(x, M_PION_GEV / t)
    return ratio_table(rates, physics)(temperature_gev, x) - threshold
