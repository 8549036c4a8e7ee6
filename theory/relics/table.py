"""Relics solved once on a grid and interpolated: microseconds instead of milliseconds.

In the mass, cubic splines. Where inputs of the rates vary as well, a table holds for each mass a
polynomial in them (`polynomials`), not of the relics, which a factor of 40 in the rate of the
crossover changes in no simple way, but of their ratio to a quick solution without back-reaction
(`quick`), at most a per cent from 1; and polynomials of the logarithms of the rates for that one.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, f_a_gev
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.boltzmann import Solver
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.polynomials import Polynomials
from hotaxion.theory.relics.quick import Quick

_log = logging.getLogger(__name__)

M_A_MIN_EV = 1e-3
_MASSES = 64  # 1e-5 in Delta N_eff and omega_a_h2
_MASSES_OF_RATIO = 28  # where the ratio to a quick solution is interpolated
_MASSES_OF_INVERSE = 1024  # where Delta N_eff(m_a) is known: a mass looked for is good to 1e-8
_AT_ONCE = 4  # masses that are solved together
# Below M_A_MIN_EV, where the rates are a small correction of what there was at the start: a
# parabola in 1/f_a^2 through these masses; 1e-6 in Delta N_eff, of no axions at the start, too.
_LIGHT_EV = np.array([M_A_LEAST_EV, 0.7 * M_A_MIN_EV, M_A_MIN_EV])
_MANY_SOLVES = 700  # from here on it takes ten seconds or more, and is announced
_PRECISION = 1e-5  # of the logarithms of rates: 1e-6 in Delta N_eff at most
_TINY = 1e-300  # for a logarithm of no axions


class _Terms:
    """Coefficients (n, ...) of n terms, the first of them 1, as few sums of terms: to _PRECISION.

    sums : (1 + few, ...) coefficients of 1 and of the sums.
    """

    def __init__(self, coefficients: Array):
        rest = coefficients[1:].reshape(-1, coefficients[0].size)
        left, sizes, right = np.linalg.svd(rest, full_matrices=False)
        kept = sizes > _PRECISION * math.sqrt(rest.shape[1])
        self._left = np.eye(len(coefficients), 1 + int(np.count_nonzero(kept)))
        self._left[1:, 1:] = left[:, kept] * sizes[kept]
        few = right[kept].reshape(-1, *coefficients.shape[1:])
        self.sums = np.concatenate([coefficients[:1], few])

    def __call__(self, terms: Array) -> Array:
        """(1 + few,) 1 and the sums of the (n,) terms at a point."""
        return np.asarray(terms @ self._left, dtype=np.float64)


class RelicTable:
    """Phase-space distributions for one set of options, by mass and by the inputs that vary.

    What is made depends on f_a alone: an ALP's distribution is that of model generic with the same
    couplings, at the mass of the QCD axion with its f_a.

    Parameters
    ----------
    abundance : the options; what varies in the table replaces theirs.
    **ranges : least and greatest value of each input that varies, see `AxionOptions.sampled`.

    Raises
    ------
    UnknownOptionError, RangeError : for an input that cannot vary, values not on offer, or model
        alp.
    """

    def __init__(self, abundance: Abundance, **ranges: tuple[float, float]):
        for name in ranges:
            choice("input", name, AxionOptions.sampled())
        if abundance.options.model == "alp":
            raise RangeError("model alp: a table of relics is by the mass of QCD; take generic.")
        self.abundance = abundance
        self._inputs = Polynomials(AxionOptions.declared(), ranges)
        masses = np.geomspace(M_A_MIN_EV, M_A_MAX_EV, _MASSES_OF_RATIO if ranges else _MASSES)
        self._ln_m = np.log(masses)
        points = self._inputs.points
        first = abundance.solver
        relaxation = first.relaxation if ranges else None
        self._quick = None if relaxation is None else Quick(first, relaxation)
        if ranges and not self._quick:  # relics of the solver jump with the rates: none are kept
            return
        self._announce(masses.size, len(points))
        lightest = first(f_a_gev(M_A_MIN_EV))
        self._q, self._weights = lightest.q, lightest.weights
        self._light: Array | None = None
        columns, depths = [], []
        for point in points:
            solver = Abundance(AxionOptions.of(abundance.options, point)).solver if point else first
            if self._quick:
                depths.append(self._quick.log_depth(solver))
            columns.append(self._column(solver, masses, depths))
        self._terms = _Terms(self._inputs.coefficients(np.array(columns)))
        cubics = np.moveaxis(CubicSpline(self._ln_m, self._terms.sums, axis=1).c, 1, 0)
        # (m, 4 sums, 1 + n_q): of each cell all that one product needs, side by side
        self._columns = cubics.reshape(masses.size - 1, 4 * len(self._terms.sums), -1)
        if not ranges and first.relaxation is not None:
            self._light = self._parabola(first)
        if depths:
            self._depth_terms = _Terms(self._inputs.coefficients(np.array(depths)))
            sums = self._depth_terms.sums
            # (sums, steps momenta): a chain waits for memory here, single precision is half of it
            self._depths = sums.reshape(len(sums), -1).astype(np.float32)

    def _announce(self, masses: int, columns: int) -> None:
        if masses * columns >= _MANY_SOLVES:
            _log.info(
                "A table of relics is made first: %d solutions of the Boltzmann equation, %d "
                "masses at %d values of %s. Narrower priors need fewer.",
                *(masses * columns, masses, columns, ", ".join(self._inputs.ranges)),
            )

    def _column(self, solver: Solver, masses: Array, depths: list[Array]) -> Array:
        """(masses, 1 + n_q) ln of the stretch of q, and f or ln(f / quick f), at all masses."""
        decay_constants = np.array([f_a_gev(float(m)) for m in masses])
        rows = []
        for start in range(0, masses.size, _AT_ONCE):
            some = decay_constants[start : start + _AT_ONCE]
            for f_a, solution in zip(some, solver.many(some), strict=True):
                stretch = math.log(solution.q[0] / self._q[0])
                f = solution.f
                if self._quick:
                    quick = self._quick(depths[-1], f_a)
                    f = np.log(np.maximum(f, _TINY) / np.maximum(quick, _TINY))
                rows.append([stretch, *f])
        return np.array(rows)

    def _parabola(self, solver: Solver) -> Array:
        """(3, 1 + n_q) coefficients of what `_column` has, in powers of (m_a / M_A_MIN_EV)^2."""
        powers = ((_LIGHT_EV / M_A_MIN_EV) ** 2)[:, None] ** np.arange(3)
        column = self._column(solver, _LIGHT_EV, [])
        return np.asarray(np.linalg.solve(powers, column), dtype=np.float64)

    def covers(self, m_a_ev: float, **inputs: float) -> bool:
        """Whether the table holds this point.

        Where inputs vary, the ratio to a quick solution is 1 within 1e-5 below its masses. Raises
        UnknownOptionError or RangeError for an input that does not vary here, or is left out.
        """
        if inputs.keys() != self._inputs.ranges.keys():
            for name in inputs:
                choice("input of this table", name, self._inputs.ranges)
            (name, *_) = self._inputs.ranges.keys() - inputs.keys()
            raise RangeError(f"this table of relics needs a value of {name}, which varies in it.")
        if self._inputs.ranges and not self._quick:
            return False
        light = self._quick or self._light is not None
        lightest = 0.0 if light else M_A_MIN_EV * (1.0 - 1e-12)
        return lightest < m_a_ev <= M_A_MAX_EV and self._inputs.covers(inputs)

    def __call__(self, m_a_ev: float, **inputs: float) -> RelicPSD:
        """Distribution for a mass [eV] and a value of each input that varies.

        What is outside the table is solved directly. Raises RangeError as `Abundance`.
        """
        if not self.covers(m_a_ev, **inputs):
            options = AxionOptions.of(self.abundance.options, inputs)
            abundance = Abundance(options) if inputs else self.abundance
            return abundance(m_a_ev).psd
        terms = self._inputs(inputs)
        stretch, f = self._at_mass(self._terms(terms), m_a_ev)
        if self._quick and inputs:
            depths = self._depth_terms(terms).astype(np.float32) @ self._depths
            quick = self._quick(np.asarray(depths, dtype=np.float64), f_a_gev(m_a_ev))
            f = np.exp(f) * quick
        return RelicPSD(
            float(m_a_ev), self._q * stretch, np.maximum(f, 0.0), self._weights * stretch
        )

    def _at_mass(self, sums: Array, m_a_ev: float) -> tuple[float, Array]:
        """Stretch of q, and what stands for f, at one mass."""
        if self._light is not None and m_a_ev < M_A_MIN_EV:
            stretch, *_ = values = ((m_a_ev / M_A_MIN_EV) ** np.array([0, 2, 4])) @ self._light
            return math.exp(stretch), values[1:]
        ln_m = max(math.log(m_a_ev), self._ln_m[0])
        cell = min(int(self._ln_m.searchsorted(ln_m, "right")), self._ln_m.size - 1) - 1
        d = ln_m - self._ln_m[cell]
        powers = np.array([d**3, d**2, d, 1.0])
        stretch, *_ = values = (powers[:, None] * sums).ravel() @ self._columns[cell]
        return math.exp(stretch), values[1:]

    def at_delta_neff(self, delta_neff: float, **inputs: float) -> RelicPSD:
        """Distribution of a given Delta N_eff >= 0: inverts the curve Delta N_eff(m_a).

        Outside the curve there is no mass: m_a is then held at the curve's end and the momenta
        are stretched to reach the given Delta N_eff, so that quantiles of m_a inside the curve are
        not affected. Raises RangeError for a negative or non-finite Delta N_eff.
        """
        if not (math.isfinite(delta_neff) and delta_neff >= 0):
            raise RangeError(f"delta_neff = {delta_neff}; it must be finite and not negative.")

        psd = self(math.exp(self._ln_mass_of(delta_neff, inputs)), **inputs)
        if delta_neff == 0.0:
            return replace(psd, f=np.zeros_like(psd.f))
        stretch = (delta_neff / psd.delta_neff) ** 0.25
        return replace(psd, q=psd.q * stretch, weights=psd.weights * stretch)

    def _ln_mass_of(self, delta_neff: float, inputs: dict[str, float]) -> float:
        """ln of the mass [eV] with this Delta N_eff, or of the end of the curve next to it."""
        if not inputs and self._inverse is not None:
            low, high = self._inverse.x[[0, -1]]
            return float(self._inverse(min(max(delta_neff, low), high)))

        def excess(ln_m: float) -> float:
            return self(math.exp(ln_m), **inputs).delta_neff - delta_neff

        low, high = math.log(M_A_MIN_EV), math.log(M_A_MAX_EV) - 1e-12
        if excess(low) >= 0:
            return low
        if excess(high) <= 0:
            return high
        return float(brentq(excess, low, high, xtol=1e-7))

    @cached_property
    def _inverse(self) -> CubicSpline | None:
        """ln m_a as a function of Delta N_eff, where nothing else varies and the curve rises."""
        ln_m = np.linspace(math.log(M_A_MIN_EV), math.log(M_A_MAX_EV) - 1e-12, _MASSES_OF_INVERSE)
        curve = np.array([self(math.exp(x)).delta_neff for x in ln_m])
        return CubicSpline(curve, ln_m) if (np.diff(curve) > 0.0).all() else None
