"""Makes free_kick_map.npz: python -m hotaxion.theory.searches.make_free_kick_map (one minute)."""

from __future__ import annotations

from typing import Any

import numpy as np

from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import whole_file
from hotaxion.theory.searches import free_kick


def main() -> None:
    """Fraction and gain at theta_i = 1, and the axion alone for smaller angles.

    Raises HotAxionError if a point has not settled.
    """
    # Dense where the fraction bends: at large xi, and towards r = 1.
    low, high = free_kick.MAP_XI
    xi = np.sqrt(np.linspace(low**2, high**2, free_kick.MAP_SIZE[0]))
    r = np.linspace(*free_kick.MAP_R, free_kick.MAP_SIZE[1])
    theta_i = np.linspace(0.0, free_kick.MAP_THETA[1], 11)
    theta_i[0] = 1e-3  # of the harmonic limit
    # xi = 1e-6: a dilaton that takes nothing.
    alone = free_kick.kick(free_kick.XI_RANGE[0], 1.0, theta_i).axion
    kicked = free_kick.kick(xi[:, None], r)
    if not kicked.settled.all():
        raise HotAxionError("points of the map have not settled; integrate longer.")
    columns = {"xi": xi, "r": r, "fraction": kicked.dilaton / kicked.total}
    columns |= {"gain": kicked.total / alone[-1], "theta_i": theta_i, "alone": alone / theta_i**2}
    with whole_file(free_kick.MAP) as file:
        small: dict[str, Any] = {key: value.astype(np.float32) for key, value in columns.items()}
        np.savez_compressed(file, **small)


if __name__ == "__main__":
    main()
