"""Makes solar_vector_table.npz in a second.

python -m hotaxion.theory.searches.make_solar_vector_table
"""

from __future__ import annotations

import numpy as np

from hotaxion.theory.files import whole_file, write_arrays
from hotaxion.theory.searches import solar_vector
from hotaxion.theory.searches.vector_compton import cross_sections, klein_nishina


def main() -> None:
    """Both cross-sections over that of a photon, at 5.493 MeV, by mass [MeV]."""
    masses = np.linspace(*solar_vector.TABLE_MEV, solar_vector.TABLE_SIZE)
    found = np.array([cross_sections(float(mass), solar_vector.Q_MEV) for mass in masses])
    transverse, longitudinal = found.T / klein_nishina(solar_vector.Q_MEV)
    columns = {"mass_mev": masses, "transverse": transverse, "longitudinal": longitudinal}
    with whole_file(solar_vector.TABLE) as file:
        write_arrays(file, columns)


if __name__ == "__main__":
    main()
