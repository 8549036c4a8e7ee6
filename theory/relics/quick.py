"""Relics in microseconds, to a per cent: no back-reaction, few and long steps.

What a table of relics multiplies by a small correction, which is far smoother in the rates than
the relics themselves.
"""

from __future__ import annotations

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.relics.boltzmann import Relaxation, Solver, step_weights

# Length in ln a of a step, below and above this temperature [GeV]: hotter, g_* hardly changes, so
# that it matters little when axions decouple.
_STEP, _STEP_HOT, _HOT_GEV = 0.1, 0.24, 2.0
_LEAST = 1e-30  # depth times f_a^2 [GeV^2]: fast axions that meet no particle any more


class Quick:
    """The equation of one solver, whose rates may change from call to call.

    The optical depth of a long step is the sum of those that it replaces, so that what comes out
    of equilibrium is right, and errors are those of when within a step.
    """

    def __init__(self, solver: Solver, relaxation: Relaxation):
        self._solver = solver
        hot = int(np.count_nonzero(solver.t[:-1] > _HOT_GEV))
        step = float(np.median(np.diff(solver.ln_a)))
        few, many = (max(1, round(length / step)) for length in (_STEP, _STEP_HOT))
        self._starts = np.concatenate(
            [np.arange(0, hot, many), np.arange(hot, solver.t.size - 1, few)]
        )
        ends = [*self._starts, solver.t.size - 1]
        self._start, equilibrium = relaxation.start, relaxation.equilibrium[ends]
        self._before, self._rise = equilibrium[:-1], np.diff(equilibrium, axis=0)
        self._later = np.triu(np.ones((self._starts.size,) * 2))

    def log_depth(self, solver: Solver) -> Array:
        """(steps, k) ln of the optical depths, times f_a^2, of a solver with other rates."""
        relaxation = solver.relaxation
        assert relaxation is not None  # of the same kind as the first
        depth = np.add.reduceat(relaxation.depth, self._starts, axis=0)
        return np.log(np.maximum(depth, _LEAST))

    def __call__(self, log_depth: Array, f_a_gev: float) -> Array:
        """(n_q,) occupation at the end for one f_a [GeV]."""
        depth = np.exp(log_depth - 2.0 * np.log(f_a_gev))
        w, g = step_weights(depth)
        kept = np.exp(-(self._later @ depth))  # of what is there at the start of each step
        w *= self._before  # in place, here and below: a chain calls this at every point
        g *= self._rise
        made = np.add(w, g, out=w)  # as in `relax`: before (w - g) + after g
        made[:-1] *= kept[1:]
        return self._solver.occupation(self._start * kept[0] + made.sum(axis=0))
