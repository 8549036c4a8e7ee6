"""What bosons do that decay into e⁺e⁻ after they left a supernova's core: heat, and positrons.

Free streaming from the core, bosons of the mean direction (radial), one duration. Not in: what the
decays do to the explosion, photons of the final state, annihilation of positrons on their way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import ERG_PER_MEV
from hotaxion.theory.searches.supernova.bosons import Boson, Emission

_KM_PER_CM = 1e-5


@dataclass(frozen=True)
class Envelope:
    """A criterion on decays inside or outside of a star.

    radius_cm : R of the star.
    seconds : how long the core shines.
    most : what is allowed: an energy [erg], or a number of positrons.
    outside : whether positrons count that are born outside, or the energy of decays inside.
    source : where the criterion is from.
    """

    radius_cm: float
    seconds: float
    most: float
    outside: bool
    source: str

    def signal(self, boson: Boson, mass: float, coupling: ArrayLike, emission: Emission) -> Array:
        """What is compared with `most`, (couplings).

        Inside: seconds · Σ power (1 − exp(−R/λ)) Γ_ee/Γ, outside: seconds · Σ power/ω exp(−R/λ)
        Γ_ee/Γ, with the decay length λ at the energy of each line.

        Parameters
        ----------
        mass, coupling : [MeV]; (couplings).
        emission : of the same mass and couplings.
        """
        width = boson.width(mass)
        if width == 0.0:
            return np.zeros(len(emission.power))
        couplings = np.asarray(coupling, dtype=float)[:, None]
        length = boson.decay_length_km(mass, emission.energy, couplings)
        depth = self.radius_cm * _KM_PER_CM / length
        if self.outside:
            part = np.exp(-depth) / (ERG_PER_MEV * emission.energy)
        else:
            part = -np.expm1(-depth)
        share = self.seconds * boson.electron_width(mass) / width
        return np.asarray(share * np.sum(emission.power * part, axis=-1))


#: Explosions of low energy: at most 0.1 B = 10⁵⁰ erg (abstract of 2201.09890). Known gap: radius
#: and duration are typical numbers.
LOW_ENERGY_SUPERNOVAE = Envelope(5e13, 1.0, 1e50, outside=False, source="2201.09890")
#: The line at 511 keV from the Galaxy. Known gap: the numbers are typed from the literature, not
#: checked against a publication.
GALACTIC_POSITRONS = Envelope(1e14, 1.0, 1.4e52, outside=True, source="2112.08382")
CRITERIA = {"energy": LOW_ENERGY_SUPERNOVAE, "positrons": GALACTIC_POSITRONS}
