"""Relics solved once on a grid and interpolated: microseconds instead of milliseconds.

Without fermion channels the Boltzmann equation knows the couplings only through the strengths of
the pion rate, P C_a_pi^2 / f_a^2, and of the gluon rate, G / f_a^2. Two numbers, an effective mass
m_a sqrt(G) and the ratio P/G, hence cover every model and every rescaling of the rates. With
fermions or kaons that holds for P alone; points with another G are solved directly.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.interpolate import BarycentricInterpolator, CubicSpline
from scipy.optimize import brentq

from hotaxion.theory.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.couplings import f_a_gev
from hotaxion.theory.errors import RangeError
from hotaxion.theory.relic import AxionPSD

M_A_MIN_EV = 1e-3
_POINTS = 64  # masses: 1e-5 in Delta N_eff and omega_a_h2
_NODES_PER_LN_RATIO = 4.0  # Chebyshev nodes per unit of ln(ratio), besides four: 1e-5


class RelicTable:
    """Phase-space distributions for one set of options, by mass and strength of the rates.

    Cubic splines in ln m_a for q and f, Chebyshev interpolation in ln(pions/gluons).

    Parameters
    ----------
    abundance : the options; its rates are those of strength 1.
    ratios : least and greatest value of (pion strength / gluon strength) to be covered.
    """

    def __init__(self, abundance: Abundance, ratios: tuple[float, float] = (1.0, 1.0)):
        self.abundance = abundance
        low, high = np.log(ratios)
        self._ln_ratios = (low, high)
        count = 1 if high == low else math.ceil(4 + _NODES_PER_LN_RATIO * (high - low))
        angles = np.pi * (np.arange(count) + 0.5) / count
        nodes = 0.5 * (low + high) - 0.5 * (high - low) * np.cos(angles)
        # Effective masses reach beyond M_A_MAX_EV where the rates are scaled up.
        self._ln_m = np.log(np.geomspace(M_A_MIN_EV, M_A_MAX_EV * 2.0, _POINTS + 5))
        solvers = [self._solver(math.exp(node)) for node in nodes]
        rows = []
        for mass in np.exp(self._ln_m):
            solutions = [solver(f_a_gev(mass)) for solver in solvers]
            rows.append([(s.q, s.f, s.weights) for s in solutions])
        self._psds = CubicSpline(self._ln_m, np.array(rows))
        self._nodes = BarycentricInterpolator(nodes, axis=0) if count > 1 else None

    def _solver(self, ratio: float):  # type: ignore[no-untyped-def]
        return self.abundance.solver if ratio == 1.0 else self.abundance.scaled(ratio).solver

    def covers(self, m_a_ev: float, pions: float, gluons: float) -> bool:
        """Whether the table holds this point."""
        ln_m = math.log(m_a_ev * math.sqrt(gluons)) if m_a_ev > 0 else -math.inf
        ln_ratio = math.log(pions / gluons)
        low, high = self._ln_ratios
        inside = low - 1e-12 <= ln_ratio <= high + 1e-12
        inside &= gluons == 1.0 or not self.abundance.rate.has_other_channels
        return inside and self._ln_m[0] <= ln_m <= self._ln_m[-1]

    def __call__(self, m_a_ev: float, pions: float = 1.0, gluons: float = 1.0) -> AxionPSD:
        """Distribution for a mass [eV] and the two strengths, relative to the options.

        Light axions outside the table are solved directly. Raises RangeError as `Abundance`.
        """
        if not self.covers(m_a_ev, pions, gluons) or m_a_ev > M_A_MAX_EV:
            return self.abundance.scaled(pions, gluons)(m_a_ev).psd
        values = self._psds(math.log(m_a_ev * math.sqrt(gluons)))
        if self._nodes is None:
            q, f, weights = values[0]
        else:
            self._nodes.set_yi(values)
            q, f, weights = self._nodes(math.log(pions / gluons))
        return AxionPSD(float(m_a_ev), q, np.maximum(f, 0.0), weights)

    def at_delta_neff(self, delta_neff: float, pions: float = 1.0, gluons: float = 1.0) -> AxionPSD:
        """Distribution of a given Delta N_eff >= 0: inverts the curve Delta N_eff(m_a).

        Outside the curve there is no mass: m_a is then held at the curve's end and the momenta
        are stretched to reach the given Delta N_eff, so that quantiles of m_a inside the curve are
        not affected. Raises RangeError for a negative or non-finite Delta N_eff.
        """
        if not (math.isfinite(delta_neff) and delta_neff >= 0):
            raise RangeError(f"delta_neff = {delta_neff}; it must be finite and not negative.")

        def excess(ln_m: float) -> float:
            return self(math.exp(ln_m), pions, gluons).delta_neff - delta_neff

        low, high = math.log(M_A_MIN_EV), math.log(M_A_MAX_EV) - 1e-12
        if excess(low) >= 0:
            ln_m = low
        elif excess(high) <= 0:
            ln_m = high
        else:
            ln_m = brentq(excess, low, high, xtol=1e-7)
        psd = self(math.exp(ln_m), pions, gluons)
        if delta_neff == 0.0:
            return replace(psd, f=np.zeros_like(psd.f))
        stretch = (delta_neff / psd.delta_neff) ** 0.25
        return replace(psd, q=psd.q * stretch, weights=psd.weights * stretch)
