"""Vector bosons that couple to charges or to B−L: in a plasma, on their way, and their decay.

Natural units, MeV. Bosons lighter than two muons. Not in: decay inside of the plasma, where the
coupling to electrons is another one; right-handed neutrinos; absorption but by decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.constants import ALPHA_EM
from hotaxion.theory.searches.supernova.electron_plasma import M_ELECTRON_MEV
from hotaxion.theory.searches.supernova.profiles import HBAR_C_MEV_KM


@dataclass(frozen=True)
class Boson:
    """A vector X of mass m; its coupling is ε or g.

    alpha : g²/4π at coupling 1, of an electron in vacuum.
    screened : whether only charges couple, which the plasma screens: m²/(m² − Π) of the coupling
        is left. Of B−L neutrons keep theirs, so that protons and neutrons differ by Π/(m² − Π).
    neutrinos : how many left-handed kinds have the charge of an electron.
    """

    alpha: float
    screened: bool
    neutrinos: int

    def isovector(self, mass: float, pi: ArrayLike, damping: float) -> Array:
        """|g_p − g_n|² in the plasma over that in vacuum of the coupling to charges.

        Parameters
        ----------
        mass : [MeV].
        pi : real part of the self-energy of photons of the same ω and k, Π [MeV²].
        damping : its imaginary part, over the real one.
        """
        real, square = np.asarray(pi, dtype=float), mass**2
        above = square if self.screened else real
        return above**2 / ((square - real) ** 2 + (damping * real) ** 2)

    def electron_width(self, mass: float) -> float:
        """Γ(X → e⁺e⁻) at coupling 1 [MeV]: (α_X m/3)(1 + 2r)√(1 − 4r), r = m_e²/m²; else 0."""
        r = (M_ELECTRON_MEV / number("mass", mass, 0.0, unit="MeV", above=True)) ** 2
        if r >= 0.25:
            return 0.0
        return float(self.alpha * mass / 3.0 * (1.0 + 2.0 * r) * np.sqrt(1.0 - 4.0 * r))

    def width(self, mass: float) -> float:
        """Γ at coupling 1 [MeV], with α_X m/6 for each kind of neutrino."""
        return self.electron_width(mass) + self.neutrinos * self.alpha * mass / 6.0

    def decay_length_km(self, mass: float, energy: ArrayLike, coupling: ArrayLike) -> Array:
        """λ = (k/m)/Γ [km] of bosons of an energy [MeV]; infinite where nothing decays."""
        momentum = np.sqrt(np.asarray(energy, dtype=float) ** 2 - mass**2)
        rate = mass * self.width(mass) * np.asarray(coupling, dtype=float) ** 2
        with np.errstate(divide="ignore"):
            return np.asarray(HBAR_C_MEV_KM * momentum / rate)


#: Kinetic mixing ε with the photon: charges e ε.
DARK_PHOTON = Boson(alpha=ALPHA_EM, screened=True, neutrinos=0)
#: Gauged baryon minus lepton number, g.
B_MINUS_L = Boson(alpha=0.25 / np.pi, screened=False, neutrinos=3)


class Emission(NamedTuple):
    """What a source makes, as lines.

    energy : (lines) [MeV].
    power : (couplings, lines) [erg/s].
    """

    energy: Array
    power: Array

    @property
    def mean_energy(self) -> Array:
        """Of the bosons, (couplings) [MeV]; NaN where there are none."""
        bosons = np.sum(self.power / self.energy, axis=-1)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sum(self.power, axis=-1) / bosons)

    def leaving(self, boson: Boson, mass: float, coupling: ArrayLike, radius_km: float) -> Emission:
        """The same, but nothing for couplings that trap it: λ at the mean energy < a radius."""
        length = boson.decay_length_km(mass, self.mean_energy, coupling)
        return Emission(self.energy, np.where(length[..., None] < radius_km, 0.0, self.power))
