"""Stars as shells: density, temperature, electrons, and the plasma that follows.

The core of SN 1987A is a fit in use (a fiducial proto-neutron star, known gap: typed from the
literature, not checked against a publication), no simulation of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number, whole_number
from hotaxion.theory.constants import ATOMIC_MASS_UNIT_G, HBAR_C_EV_M
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.electron_plasma import ElectronPlasma

HBAR_C_MEV_KM = HBAR_C_EV_M * 1e-9
HBAR_C_MEV_CM = HBAR_C_EV_M * 1e-4


def nucleon_density_mev3(density_g_cm3: ArrayLike) -> Array:
    """Nucleons in natural units [MeV³], for a density [g/cm³]."""
    per_cm3 = np.asarray(density_g_cm3, dtype=float) / ATOMIC_MASS_UNIT_G
    return np.asarray(per_cm3 * HBAR_C_MEV_CM**3)


@dataclass(frozen=True, eq=False)
class Profile:
    """Shells from the inside out.

    radius_km : ascending.
    density : [g/cm³].
    temperature : [MeV].
    electron_fraction : Y_e.

    Raises
    ------
    RangeError : for arrays of unequal lengths, fewer than two shells, radii that do not ascend,
        numbers that are not above 0.
    """

    radius_km: Array
    density: Array
    temperature: Array
    electron_fraction: Array

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            found = array(f"{name} of a profile", getattr(self, name), 0.0)
            if found.shape != self.radius_km.shape or found.ndim != 1 or found.size < 2:
                raise RangeError(
                    f"{name} of a profile has shape {found.shape}; needed are as many numbers as "
                    "radii, two or more."
                )
            if not np.all(found > 0.0):
                raise RangeError(f"{name} of a profile holds 0; allowed are numbers above 0.")
        if not np.all(np.diff(self.radius_km) > 0.0):
            raise RangeError("radius_km of a profile does not ascend; sort it.")

    @cached_property
    def plasma(self) -> ElectronPlasma:
        """The electrons in each shell; computed once."""
        n = self.electron_fraction * nucleon_density_mev3(self.density)
        return ElectronPlasma.of(n, self.temperature)


@dataclass(frozen=True)
class Core:
    """A proto-neutron star one second after the bounce: a dense ball and power laws around it.

    With x = r/radius_km: ρ = density [1 + density_rise (1 − x)] and T = temperature [1 −
    temperature_dip (1 − x)] for x < 1; ρ ∝ x^−density_fall and T ∝ x^−temperature_fall outside.
    Y_e falls linearly from the surface of the ball to `outer_radius_km`, and is constant elsewhere.

    density : at the surface of the ball [g/cm³].
    temperature : there [MeV].
    electron_fraction, outer_electron_fraction : Y_e in the ball; from `outer_radius_km` on.
    """

    radius_km: float
    density: float
    density_rise: float
    density_fall: float
    temperature: float
    temperature_dip: float
    temperature_fall: float
    electron_fraction: float
    outer_electron_fraction: float
    outer_radius_km: float

    def profile(self, low_km: float = 0.5, high_km: float = 40.0, shells: int = 200) -> Profile:
        """Shells even in the logarithm of the radius; raises RangeError for ends that make none."""
        low = number("low_km", low_km, 0.0, unit="km", above=True)
        high = number("high_km", high_km, low, unit="km", above=True)
        r = np.geomspace(low, high, whole_number("shells", shells, 2, 100_000))
        x = r / self.radius_km
        inside, depth = x < 1.0, 1.0 - np.minimum(x, 1.0)
        rising = self.density * (1.0 + self.density_rise * depth)
        dipping = self.temperature * (1.0 - self.temperature_dip * depth)
        ends = [self.radius_km, self.outer_radius_km]
        y_e = [self.electron_fraction, self.outer_electron_fraction]
        return Profile(
            radius_km=r,
            density=np.where(inside, rising, self.density * x**-self.density_fall),
            temperature=np.where(inside, dipping, self.temperature * x**-self.temperature_fall),
            electron_fraction=np.interp(r, ends, y_e),
        )


#: The fiducial proto-neutron star of cooling arguments (1611.03864, after Raffelt 1996). Known gap:
#: the fall of Y_e is a choice.
FIDUCIAL_CORE = Core(
    radius_km=10.0,
    density=3e14,
    density_rise=0.2,
    density_fall=5.0,
    temperature=30.0,
    temperature_dip=0.5,
    temperature_fall=5.0 / 3.0,
    electron_fraction=0.3,
    outer_electron_fraction=0.1,
    outer_radius_km=30.0,
)


@dataclass(frozen=True)
class OneZone:
    """A uniform ball.

    radius_km, density, temperature : [km, g/cm³, MeV].
    proton_fraction : of the nucleons.
    omega_p : plasma frequency [MeV]; electrons there are fast, v_* = 1.
    """

    radius_km: float
    density: float
    temperature: float
    proton_fraction: float
    omega_p: float

    @property
    def volume_cm3(self) -> float:
        """[cm³]."""
        return float(4.0 * np.pi / 3.0 * (1e5 * self.radius_km) ** 3)


#: The core in one zone. Known gap: typical numbers of the literature on pions in supernovae
#: (2211.15677 and before), not those of one publication.
ONE_ZONE = OneZone(10.0, 3e14, 30.0, 0.2, 13.0)
