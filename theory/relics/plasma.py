"""The Standard Model plasma: effective degrees of freedom, entropy, energy, expansion rate.

Fits of Saikawa & Shirai, 1803.01038, appendix C. Their accuracy, against the lattice-based table
of Borsanyi et al. 1606.07494: 1 % below 0.4 GeV, 5 % between 0.5 and 50 GeV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, number
from hotaxion.theory.constants import M_PLANCK_GEV
from hotaxion.theory.relics.options import G_STAR_SHIFT_RANGE

# Validity: below 5 MeV neutrinos leave the plasma; above 1e16 GeV the fit ends.
T_RANGE_GEV = (5e-3, 1e16)
# The two branches of the fit meet at 0.12 GeV with a jump of 0.04 %; they are blended here.
_BLEND_GEV = (0.112, 0.128)

# T >= 0.12 GeV: g_rho = sum a_i t^i / sum b_i t^i, g_s = g_rho / (1 + sum c_i t^i / sum d_i t^i),
# t = ln(T/GeV). 1803.01038, appendix C.
_A: tuple[float, ...] = (1, 1.11724, 3.12672e-1, -4.68049e-2, -2.65004e-2, -1.19760e-3)
_A += (1.82812e-4, 1.36436e-4, 8.55051e-5, 1.22840e-5, 3.82259e-7, -6.87035e-9)
_B: tuple[float, ...] = (1.43382e-2, 1.37559e-2, 2.92108e-3, -5.38533e-4, -1.62496e-4, -2.87906e-5)
_B += (-3.84278e-6, 2.78776e-6, 7.40342e-7, 1.17210e-7, 3.72499e-9, -6.74107e-11)
_C: tuple[float, ...] = (1, 6.07869e-1, -1.54485e-1, -2.24034e-1, -2.82147e-2, 2.90620e-2)
_C += (6.86778e-3, -1.00005e-3, -1.69104e-4, 1.06301e-5, 1.69528e-6, -9.33311e-8)
_D: tuple[float, ...] = (7.07388e1, 9.18011e1, 3.31892e1, -1.39779, -1.52558, -1.97857e-2)
_D += (-1.60146e-1, 8.22615e-5, 2.02651e-2, -1.82134e-5, 7.83943e-5, 7.13518e-5)

# T < 0.12 GeV: sums over species, x = m/T. 1803.01038, appendix C. Columns: mass [GeV],
# weight in g_rho, weight in g_s.
_ELECTRON_GEV = 511e-6  # masses, too, are those of the fit
_FERMIONS = ((_ELECTRON_GEV, 3.495, 3.442), (0.1056, 3.446, 3.468))
_BOSONS = (
    (0.135, 1.05, 1.034),
    (0.140, 2.08, 2.068),
    (0.5, 4.165, 4.16),
    (0.77, 30.55, 30.55),
    (1.2, 89.4, 90.0),
    (2.0, 8209.0, 6209.0),
)


def _cubic(x: Array, decay: float, *coefficients: float) -> Array:
    return np.exp(-decay * x) * np.polynomial.polynomial.polyval(x, coefficients)


def _low(temperature: Array) -> tuple[Array, Array]:
    x = _ELECTRON_GEV / temperature
    electron = 1.0 + 7.0 / 4.0 * _cubic(x, 1.0419, 1.0, 1.034, 0.456426, 0.0595249)
    # The power 4/3 belongs to g_rho alone: (11/4)^(4/3) in energy, 11/4 in entropy.
    g_rho = 2.030 + 1.353 * electron ** (4.0 / 3.0)
    g_s = 2.008 + 1.923 * electron
    for mass, w_rho, w_s in _FERMIONS:
        x = mass / temperature
        g_rho = g_rho + w_rho * _cubic(x, 1.04855, 1.0, 1.03757, 0.508630, 0.0893988)
        g_s = g_s + w_s * _cubic(x, 1.04190, 1.0, 1.03400, 0.456426, 0.0595248)
    for mass, w_rho, w_s in _BOSONS:
        x = mass / temperature
        g_rho = g_rho + w_rho * _cubic(x, 1.03149, 1.0, 1.03317, 0.398264, 0.0648056)
        g_s = g_s + w_s * _cubic(x, 1.03365, 1.0, 1.03397, 0.342548, 0.0506182)
    return g_rho, g_s


def _high(temperature: Array) -> tuple[Array, Array]:
    t = np.log(temperature)
    poly = np.polynomial.polynomial.polyval
    g_rho = poly(t, _A) / poly(t, _B)
    return g_rho, g_rho / (1.0 + poly(t, _C) / poly(t, _D))


# Relative uncertainty of the fit: its difference from 1606.07494, table S2, at T [GeV]. None where
# the integration of axions ends: of photons, e+- and neutrinos g_* is known to 0.1 %.
_ERROR_T_GEV = (0.008, 0.04, 0.1, 0.32, 1.0, 20.0, 100.0)
_ERROR = (0.0, 0.003, 0.01, 0.01, 0.047, 0.047, 0.008)


class Plasma:
    """The plasma, with its degrees of freedom shifted by a number of their standard errors.

    Parameters
    ----------
    shift : g_rho and g_s are multiplied by 1 + shift * (relative error at T); 0 is the fit.

    Raises RangeError unless the shift is within 5 standard errors.
    """

    def __init__(self, shift: float = 0.0):
        self.shift = number("shift of g_*", shift, *G_STAR_SHIFT_RANGE, "standard errors of g_*")

    def degrees_of_freedom(self, temperature_gev: ArrayLike) -> tuple[Array, Array]:
        """Effective degrees of freedom (g_rho, g_s) of the Standard Model plasma (no axion).

        Source: Saikawa & Shirai, 1803.01038, appendix C; valid for T in T_RANGE_GEV.
        Raises RangeError outside.
        """
        temperature = array("temperature", temperature_gev, *T_RANGE_GEV, "GeV")
        u = np.clip((temperature - _BLEND_GEV[0]) / (_BLEND_GEV[1] - _BLEND_GEV[0]), 0.0, 1.0)
        weight = u * u * (3.0 - 2.0 * u)
        low = _low(temperature)
        high = _high(np.maximum(temperature, _BLEND_GEV[0]))
        g_rho, g_s = ((1.0 - weight) * a + weight * b for a, b in zip(low, high, strict=True))
        if self.shift:
            error = np.interp(np.log(temperature), np.log(_ERROR_T_GEV), _ERROR)
            g_rho, g_s = (g * (1.0 + self.shift * error) for g in (g_rho, g_s))
        return g_rho, g_s

    def entropy_density(self, temperature_gev: ArrayLike) -> Array:
        """Entropy density s = (2 pi^2 / 45) g_s T^3 [GeV^3] of the Standard Model plasma."""
        g_s = self.degrees_of_freedom(temperature_gev)[1]
        return 2.0 * np.pi**2 / 45.0 * g_s * np.asarray(temperature_gev, dtype=float) ** 3

    def energy_density(self, temperature_gev: ArrayLike) -> Array:
        """Energy density rho = (pi^2 / 30) g_rho T^4 [GeV^4] of the Standard Model plasma."""
        g_rho = self.degrees_of_freedom(temperature_gev)[0]
        return np.pi**2 / 30.0 * g_rho * np.asarray(temperature_gev, dtype=float) ** 4

    def hubble(self, temperature_gev: ArrayLike, rho_axion_gev4: ArrayLike = 0.0) -> Array:
        """Expansion rate H = sqrt(8 pi rho / 3) / M_Pl [GeV], rho with the axion's [GeV^4]."""
        rho = self.energy_density(temperature_gev) + array("rho_axion", rho_axion_gev4, 0.0)
        return np.sqrt(8.0 * np.pi / 3.0 * rho) / M_PLANCK_GEV


STANDARD = Plasma()
degrees_of_freedom = STANDARD.degrees_of_freedom
entropy_density = STANDARD.entropy_density
energy_density = STANDARD.energy_density
hubble = STANDARD.hubble
