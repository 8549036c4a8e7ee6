"""Relics solved once on a grid and interpolated: microseconds instead of milliseconds.

Without fermion channels the Boltzmann equation knows the couplings only through the strengths of
the pion rate, P C_a_pi^2 / f_a^2, and of the gluon rate, G / f_a^2. Two numbers, an effective mass
m_a sqrt(G) and the ratio P/G, hence cover every model and every rescaling of the rates. Fermions
and kaons, whose strengths stay, make G a third.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.rates import total
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.distribution import AxionPSD
from hotaxion.theory.relics.options import AxionOptions

_log = logging.getLogger(__name__)

M_A_MIN_EV = 1e-3
_POINTS = 64  # masses: 1e-5 in Delta N_eff and omega_a_h2
# Chebyshev nodes: a number, and so many more per unit of the logarithm. 1e-5 for a gluon strength
# between 1 and 3, 1e-4 up to 15.
_RATIO_NODES = (3, 3.0)
_GLUON_NODES = (3, 1.5)
_MANY_SOLVES = 700  # from here on it takes ten seconds or more, and is announced


def strengths(options: AxionOptions) -> tuple[float, float]:
    """P C_a_pi^2 and G of these options, up to constants: the two numbers that decide everything.

    Ratios of them are what a `RelicTable` and `Abundance.scaled` take.
    """
    return total.strengths(options.axion, options)


class _Axis:
    """Polynomial interpolation in ln(value) through Chebyshev nodes between two values.

    A range of no extent has one node. Nothing is kept from call to call: threads share tables.
    """

    def __init__(self, values: tuple[float, float], nodes: tuple[int, float]):
        self.low, self.high = (float(x) for x in np.log(values))
        single = self.high == self.low
        count = 1 if single else math.ceil(nodes[0] + nodes[1] * (self.high - self.low))
        angles = np.pi * (np.arange(count) + 0.5) / count
        self.nodes = 0.5 * (self.low + self.high) - 0.5 * (self.high - self.low) * np.cos(angles)
        # Barycentric weights of these nodes (Berrut & Trefethen 2004, section 5).
        self._weights = np.sin(angles) * (-1.0) ** np.arange(count)

    def covers(self, ln_value: float) -> bool:
        return self.low - 1e-12 <= ln_value <= self.high + 1e-12

    def __call__(self, values: Array, ln_value: float) -> Array:
        """values, (nodes, ...), at ln_value: shape (...)."""
        distance = ln_value - self.nodes
        at = np.flatnonzero(distance == 0.0)
        if self.nodes.size == 1 or at.size:
            return values[at[0] if at.size else 0]
        shares = self._weights / distance
        return np.tensordot(shares / shares.sum(), values, axes=1)


class RelicTable:
    """Phase-space distributions for one set of options, by mass and strength of the rates.

    Cubic splines in ln m_a for q and f, Chebyshev interpolation in ln(pions/gluons) and, with
    fermions or kaons, ln(gluons).

    Parameters
    ----------
    abundance : the options; its rates are those of strength 1.
    ratios : least and greatest value of (pion strength / gluon strength) to be covered.
    gluons : least and greatest gluon strength to be covered; not needed (every strength is
        covered) where nothing besides pions and gluons contributes.
    """

    def __init__(
        self,
        abundance: Abundance,
        ratios: tuple[float, float] = (1.0, 1.0),
        gluons: tuple[float, float] = (1.0, 1.0),
    ):
        self.abundance = abundance
        self._any_gluons = not abundance.rate.has_other_channels
        self._ratios = _Axis(ratios, _RATIO_NODES)
        self._gluons = _Axis((1.0, 1.0) if self._any_gluons else gluons, _GLUON_NODES)
        # Effective masses reach beyond M_A_MAX_EV where the rates are scaled up.
        self._ln_m = np.log(np.geomspace(M_A_MIN_EV, M_A_MAX_EV * 2.0, _POINTS + 5))
        self._announce(self._ln_m.size, self._ratios.nodes.size * self._gluons.nodes.size)
        rows = [
            [self._column(math.exp(ratio), math.exp(ln_g)) for ln_g in self._gluons.nodes]
            for ratio in self._ratios.nodes
        ]
        self._psds = CubicSpline(self._ln_m, np.moveaxis(np.array(rows), 2, 0))

    def _announce(self, masses: int, strengths: int) -> None:
        if masses * strengths >= _MANY_SOLVES:
            _log.info(
                "A table of relics is made first: %d solutions of the Boltzmann equation, %d "
                "masses at %d strengths of the rates. Narrower priors need fewer.",
                *(masses * strengths, masses, strengths),
            )

    def _column(self, ratio: float, gluons: float) -> list[tuple[Array, ...]]:
        """(q, f, weights) at all effective masses, for one ratio and gluon strength."""
        solver = self.abundance.scaled(ratio * gluons, gluons).solver
        solutions = (solver(f_a_gev(m / math.sqrt(gluons))) for m in np.exp(self._ln_m))
        return [(s.q, s.f, s.weights) for s in solutions]

    def covers(self, m_a_ev: float, pions: float, gluons: float) -> bool:
        """Whether the table holds this point."""
        ln_m = math.log(m_a_ev * math.sqrt(gluons)) if m_a_ev > 0 else -math.inf
        inside = self._ln_m[0] <= ln_m <= self._ln_m[-1]
        inside &= self._any_gluons or self._gluons.covers(math.log(gluons))
        return inside and self._ratios.covers(math.log(pions / gluons))

    def __call__(self, m_a_ev: float, pions: float = 1.0, gluons: float = 1.0) -> AxionPSD:
        """Distribution for a mass [eV] and the two strengths, relative to the options.

        Light axions outside the table are solved directly. Raises RangeError as `Abundance`.
        """
        if not self.covers(m_a_ev, pions, gluons) or m_a_ev > M_A_MAX_EV:
            return self.abundance.scaled(pions, gluons)(m_a_ev).psd
        values = self._psds(math.log(m_a_ev * math.sqrt(gluons)))
        values = self._ratios(values, math.log(pions / gluons))
        q, f, weights = self._gluons(values, math.log(gluons))
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
