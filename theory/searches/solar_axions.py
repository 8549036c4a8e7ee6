"""Axions of the Sun (Primakoff effect) and their photons in a helioscope's magnet.

Flux: CAST's fit to the solar model, JCAP 04 (2007) 010, as used in arXiv:1705.02290; a few per
cent. Conversion in vacuum: `conversion`, with a helix as in arXiv:2408.11103, of which only the
abstract could be read. Not in: axions from electrons (their flux ∝ g_ae²), the size of the source
in the image, buffer gas, fringe fields of a magnet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, pi

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import sici

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.constants import HBAR_C_EV_M
from hotaxion.theory.quadrature import unit_nodes
from hotaxion.theory.searches.conversion import field_strength, resonant_pitch_m, sinc

#: Coupling [1/GeV] to whose fourth power counts are in proportion.
G_REFERENCE = 1e-10
#: Masses [eV] for which q = m²/2E holds at a keV.
MASS_RANGE_EV = (0.0, 100.0)

_FINE = 0.02  # largest step in ln E between nodes: counts of a bin are right to 5e-4
_SLOW = 0.5  # phase (qL/2) of a step up to which four Gauss nodes do


def flux(energy_kev: ArrayLike) -> Array:
    """dΦ/dE of Primakoff axions at Earth [1/(cm² s keV)] at g_aγ = 1e-10/GeV; ∝ g_aγ²."""
    e = np.asarray(energy_kev, dtype=float)
    return 6.02e10 * e**2.481 * np.exp(-e / 1.205)


@dataclass(frozen=True)
class Magnet:
    """A magnet of a helioscope: field [T], length [m], and the pitch of its helix [m].

    pitch_m : length of a full turn of the field; infinity is a constant field.
    """

    b_tesla: float
    length_m: float
    pitch_m: float = inf

    def resonance_kev(self, m_a_ev: float) -> float:
        """Energy E* = m_a²/2θ' of the axions that the helix converts resonantly [keV]."""
        return 1e-3 * m_a_ev**2 * self.pitch_m / (4.0 * pi * HBAR_C_EV_M)

    def relative_width(self) -> float:
        """ΔE/E of the resonance, pitch over length."""
        return self.pitch_m / self.length_m


def tuned(b_tesla: float, length_m: float, m_a_ev: float, energy_kev: float) -> Magnet:
    """A helix that is resonant for this mass at this energy."""
    return Magnet(b_tesla, length_m, float(resonant_pitch_m(m_a_ev, 1e3 * energy_kev)))


class Counts:
    """Photons per bin of a helioscope, ∫ Φ(E) (ε A t)(E) P(E) dE, at g_aγ = 1e-10/GeV; ∝ g_aγ⁴.

    P = (gBL)²/8 Σ_± sinc²((q ∓ θ')L/2), q = m_a²/2E. A helix, or a heavy axion, makes it
    oscillate over less than any step of a grid in energy. So Φ ε A t is taken as linear in 1/E (in
    which q is linear) between nodes 2 % apart, and its product with sinc² is integrated exactly:
    the cost does not grow with L, nor is a resonance missed between nodes.

    Parameters
    ----------
    edges_kev : of the bins, ascending.
    exposure_kev, exposure_cm2_s : nodes, and ε A t there (any number of rows, one for each data
        set); linear in E between the nodes, which must enclose the bins.
    """

    def __init__(
        self, edges_kev: ArrayLike, exposure_kev: Sequence[float] | Array, exposure_cm2_s: ArrayLike
    ) -> None:
        edges, at = np.asarray(edges_kev, dtype=float), np.asarray(exposure_kev, dtype=float)
        inside = at[(edges[0] < at) & (at < edges[-1])]
        kinks = np.unique(np.concatenate([edges, inside]))
        parts = [
            np.geomspace(a, b, int(np.ceil(np.log(b / a) / _FINE)) + 1)[:-1]
            for a, b in pairwise(kinks)
        ]
        energy = np.concatenate([*parts, edges[-1:]])
        rows = np.atleast_2d(np.asarray(exposure_cm2_s, dtype=float))
        exposure = np.array([np.interp(energy, at, row) for row in rows])
        self._inverse = 1.0 / energy  # [1/keV], descending
        self._spectrum = flux(energy) * exposure * energy**2  # dE = E² d(1/E)
        self._starts = np.searchsorted(energy, edges[:-1])

    def __call__(self, magnets: Sequence[Magnet], m_a_ev: float) -> Array:
        """Counts, (magnets, data sets, bins).

        Raises
        ------
        RangeError : for a mass outside of MASS_RANGE_EV.
        """
        m_a = number("m_a", m_a_ev, *MASS_RANGE_EV, unit="eV")
        b, length, pitch = np.array([(m.b_tesla, m.length_m, m.pitch_m) for m in magnets]).T
        q = m_a**2 / 2e3 / HBAR_C_EV_M * self._inverse  # [1/m]
        pieces = np.zeros((len(magnets), *self._spectrum[:, 1:].shape))
        for sign in (1.0, -1.0):
            phase = (q - sign * 2.0 * pi / pitch[:, None]) * 0.5 * length[:, None]
            start, slope = (moment[:, None] for moment in _moments(phase))
            pieces += self._spectrum[:, :-1] * (start - slope) + self._spectrum[:, 1:] * slope
        pieces *= self._inverse[:-1] - self._inverse[1:]
        strength = 0.125 * (field_strength(G_REFERENCE, b) * length) ** 2
        return strength[:, None, None] * np.add.reduceat(pieces, self._starts, axis=-1)


def resonant_counts(magnet: Magnet, m_a_ev: float, exposure_cm2_s: float) -> float:
    """Counts in a narrow resonance at g_aγ = 1e-10/GeV: (gB)² L (π/2) (E*²/m_a²) Φ(E*) ε A t.

    What `Counts` has where E* lies inside of the bins, to the first order in pitch/length.

    Parameters
    ----------
    exposure_cm2_s : ε A t at E*.
    """
    peak = magnet.resonance_kev(m_a_ev)
    width = pi / 2.0 * 1e3 * peak**2 / m_a_ev**2 * HBAR_C_EV_M * magnet.length_m  # [m² keV]
    strength = field_strength(G_REFERENCE, magnet.b_tesla) ** 2
    return float(strength * width * flux(peak) * exposure_cm2_s)


def _moments(y: Array) -> tuple[Array, Array]:
    """∫₀¹ sinc²(y(t)) dt and ∫₀¹ t sinc²(y(t)) dt on each piece, y linear between its ends.

    Parameters
    ----------
    y : at the ends of the pieces, which are in a row of the last axis.
    """
    start, change = y[..., :-1], np.diff(y)
    slow = np.abs(change) < _SLOW
    whole, first = np.empty_like(change), np.empty_like(change)
    nodes, weights = unit_nodes(4)
    values = sinc(start[slow, None] + change[slow, None] * nodes) ** 2
    whole[slow], first[slow] = values @ weights, values @ (weights * nodes)
    fast = ~slow
    if fast.any():
        integral, weighted = _primitives(y)
        whole[fast] = zeroth = np.diff(integral)[fast] / change[fast]
        mean = np.diff(weighted)[fast] / change[fast]  # of y sinc²
        first[fast] = (mean - start[fast] * zeroth) / change[fast]
    return whole, first


def _primitives(y: Array) -> tuple[Array, Array]:
    """∫₀^y sinc² = Si(2y) − sin²y/y, and (ln|y| − Ci(2|y|))/2, whose derivative is y sinc²."""
    size = np.maximum(np.abs(y), 1e-30)
    si, ci = sici(2.0 * size)
    return np.sign(y) * (si - np.sin(size) ** 2 / size), 0.5 * (np.log(size) - ci)
