"""Relics in microseconds, to a per cent: no back-reaction, few and long steps.

What a table of relics multiplies by a small correction, which is far smoother in the rates than
the relics themselves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.relics.boltzmann import Relaxation, Solver

# Length in ln a of a step, below and above this temperature [GeV]: hotter, g_* hardly changes, so
# that it matters little when axions decouple. Of the number alone half of it: one is cheap.
_STEP, _STEP_HOT, _HOT_GEV = 0.14, 0.5, 2.0
_LEAST = 1e-30  # depth times f_a^2 [GeV^2]: fast axions that meet no particle any more
_FEW = 20  # momenta, at least, that are followed; ln(f / equilibrium) is interpolated in between
_TINY = 1e-300  # for a logarithm of no axions


class Quick:
    """The equation of one solver, whose rates may change from call to call.

    The optical depth of a long step is the sum of those that it replaces, so that what comes out
    of equilibrium is right, and errors are those of when within a step.
    """

    def __init__(self, solver: Solver, relaxation: Relaxation):
        self._solver = solver
        hot = int(np.count_nonzero(solver.t[:-1] > _HOT_GEV))
        step = float(np.median(np.diff(solver.ln_a)))
        step *= 1.0 if relaxation.start.size == solver.q.size else 2.0
        few, many = (max(1, round(length / step)) for length in (_STEP, _STEP_HOT))
        self._starts = np.concatenate(
            [np.arange(0, hot, many), np.arange(hot, solver.t.size - 1, few)]
        )
        ends = [*self._starts, solver.t.size - 1]
        self._followed, self._between = _few_of(solver.q, relaxation.start.size)
        equilibrium = relaxation.equilibrium[ends]
        self._end = equilibrium[-1]
        self._start, equilibrium = relaxation.start[self._followed], equilibrium[:, self._followed]
        self._before, self._rise = equilibrium[:-1], np.diff(equilibrium, axis=0)
        self._last = equilibrium[-1]

    def log_depth(self, solver: Solver) -> Array:
        """(steps, few) ln of the optical depths, times f_a^2, of a solver with other rates."""
        relaxation = solver.relaxation
        assert relaxation is not None  # of the same kind as the first
        depth = np.add.reduceat(relaxation.depth[:, self._followed], self._starts, axis=0)
        return np.log(np.maximum(depth, _LEAST))

    def __call__(self, log_depth: Array, f_a_gev: float) -> Array:
        """(n_q,) occupation at the end for one f_a [GeV]; depths in any shape."""
        depth = np.exp(log_depth.reshape(self._rise.shape) - 2.0 * np.log(f_a_gev))
        w = -np.expm1(-depth)  # as `step_weights`, but no depth is 0 here
        g = 1.0 - w / depth
        # Of what is there at the start of each step, the share that is left at the end.
        kept = np.multiply.accumulate((1.0 - w)[::-1])[::-1]
        w *= self._before  # in place, here and below: a chain calls this at every point
        g *= self._rise
        made = np.add(w, g, out=w)  # as in `relax`: before (w - g) + after g
        made[:-1] *= kept[1:]
        f = self._start * kept[0] + made.sum(axis=0)
        if self._between is None:
            return self._solver.occupation(f)
        ln_ratio = self._between @ np.log(np.maximum(f, _TINY) / self._last)
        return self._solver.occupation(self._end * np.exp(ln_ratio))


def _few_of(q: Array, momenta: int) -> tuple[NDArray[np.intp], Array | None]:
    """Indices of those that are followed, and (momenta, few) cubic splines in ln q from these."""
    if momenta < q.size:  # the number alone
        return np.arange(momenta), None
    few = np.unique([*range(0, momenta, max(1, momenta // _FEW)), momenta - 1])
    return few, CubicSpline(np.log(q[few]), np.eye(few.size))(np.log(q))
