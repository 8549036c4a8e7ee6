"""What stars lose to axions: horizontal branch, tip of the red giants, SN 1987A.

Estimates of the energy lost by light axions (masses far below the temperatures, some keV in the
first two, 30 MeV in the last), taken from fits of others to their models of stars; nothing here is
an analysis of observations of its own. Not in: the electron coupling in the horizontal branch, the
photon coupling in red giants, trapping in the supernova, dependence on the mass of the axion.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gamma

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import ERG_PER_MEV

G10 = 1e-10  # unit of the photon coupling [1/GeV]


@dataclass(frozen=True)
class Measured:
    """A number with its standard error, and where it is from."""

    value: float
    sigma: float
    source: str


# --- horizontal branch -----------------------------------------------------------------------
#: Stars on the horizontal branch over those on the red giant branch above its luminosity, in 39
#: globular clusters.
R_OBSERVED = Measured(1.39, 0.03, "1406.6053")
#: Helium mass fraction in globular clusters, from low-metallicity HII regions.
HELIUM_OBSERVED = Measured(0.254, 0.003, "1406.6053")
R_PER_HELIUM = 7.33  # dR/dY of `r_parameter`


def r_parameter(helium: ArrayLike, g_agamma: ArrayLike) -> Array:
    """R = 7.33 Y + 0.02 - 0.095 (21.86 + 21.08 g10)^(1/2), g10 = |g_agamma| / 1e-10 GeV^-1.

    The fit of 1512.08108 without electron coupling; its 2 sigma bound, 0.648, is near the published
    0.66 of 1406.6053 (a linear form that is in use, too, gives 0.61). It is meant for g10 of a few
    at most.

    Parameters
    ----------
    helium : mass fraction at the birth of the stars.
    g_agamma : photon coupling [1/GeV], of either sign.
    """
    g10 = np.abs(np.asarray(g_agamma, dtype=float)) / G10
    lost = 0.095 * np.sqrt(21.86 + 21.08 * g10)
    return R_PER_HELIUM * np.asarray(helium, dtype=float) + 0.02 - lost


def r_loglike(g_agamma: ArrayLike, helium: float, sigma_helium: float) -> Array:
    """ln L of the measured R, -(R - 1.39)^2 / 2 (0.03^2 + (7.33 sigma_Y)^2)."""
    sigma = np.hypot(R_OBSERVED.sigma, R_PER_HELIUM * sigma_helium)
    return -0.5 * ((r_parameter(helium, g_agamma) - R_OBSERVED.value) / sigma) ** 2


# --- red giants ------------------------------------------------------------------------------
#: 95 % bound on |g_ae| from the tip of the red giant branch in 22 globular clusters.
TIP_BOUND_G_AE = Measured(1.48e-13, 0.0, "2010.03833")


# --- SN 1987A --------------------------------------------------------------------------------
@dataclass(frozen=True)
class AxionSpectrum:
    """d2N/dE dt = A (g_ap / 5e-10)^2 x^beta exp(-(1 + beta) x), x = (E - threshold) / scale.

    amplitude : A [1/(MeV s)].
    scale_mev, threshold_mev : [MeV].
    """

    amplitude: float
    scale_mev: float
    beta: float
    threshold_mev: float = 0.0

    def rate(self, energy_mev: ArrayLike) -> Array:
        """Axions per MeV and second at g_ap = 5e-10; 0 below the threshold."""
        x = (np.asarray(energy_mev, dtype=float) - self.threshold_mev) / self.scale_mev
        above = np.maximum(x, 0.0)
        return self.amplitude * above**self.beta * np.exp(-(1.0 + self.beta) * above)

    @property
    def luminosity(self) -> float:
        """Integral of E times the rate at g_ap = 5e-10 [erg/s].

        With b = 1 + beta: A scale [threshold Gamma(b) / b^b + scale Gamma(b + 1) / b^(b + 1)].
        """
        b = 1.0 + self.beta
        number = gamma(b) / b**b
        energy = self.threshold_mev * number + self.scale_mev * gamma(b + 1.0) / b ** (b + 1.0)
        return self.amplitude * self.scale_mev * energy * ERG_PER_MEV


#: One second after the bounce, for the proton coupling alone: nucleon bremsstrahlung, and pions
#: that turn into axions. Lella et al., JCAP 11 (2024) 009, model SFHo-s18.8.
SN1987A_SPECTRA = (
    AxionSpectrum(4.56e54, 70.19, 1.44),
    AxionSpectrum(2.77e54, 126.43, 1.20, 103.27),
)
G_AP_REFERENCE = 5e-10
#: That of neutrinos one second after the bounce: what axions may at most take [erg/s]. Raffelt,
#: Phys. Rept. 198 (1990) 1.
SN1987A_LUMINOSITY = 3e52


def sn1987a_luminosity(g_ap: ArrayLike) -> Array:
    """Luminosity in axions [erg/s] one second after the bounce, free streaming."""
    at_reference = sum(one.luminosity for one in SN1987A_SPECTRA)
    return at_reference * (np.asarray(g_ap, dtype=float) / G_AP_REFERENCE) ** 2
