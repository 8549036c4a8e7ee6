"""A stop of Cobaya's mcmc that looks at what is quoted: the Monte Carlo error of the bounds.

    sampler:
      mcmc:
        callback_function: import_module("hotaxion.analysis.stop").UntilError(m_a=0.01)
        Rminus1_cl_stop: 1

Cobaya's own R-1 of bounds is their scatter between few chains (four pieces of a lone one), hence
noise itself. The error here is that of `hotaxion bounds`, from a bootstrap of up to 200 blocks.
"""

from __future__ import annotations

import numpy as np
from cobaya import mpi
from cobaya.samplers.mcmc import MCMC

from hotaxion.analysis.chains.bounds import LOWER_BOUNDED, UPPER_BOUNDED, bound_type
from hotaxion.analysis.chains.chain import Chain, calm_getdist
from hotaxion.analysis.chains.reading import BURN_IN
from hotaxion.theory.checks import number
from hotaxion.theory.errors import RangeError, UnknownOptionError

_GROWTH = 1.05  # of the chain, between two looks at the errors: each takes some 50 ms


class UntilError:
    """A `callback_function`: go on until the relative error of each bound named is below a number.

    The bound must be one to quote, too (`Verdict`). All this is a veto, in addition to the other
    criteria of the input: `Rminus1_stop` must be met, and `Rminus1_cl_stop`, which 1 leaves to the
    error. Cobaya stops when R-1 of the means was small twice in a row; as long as an error is too
    large, the last one is set to infinity. That number is read at the next check alone, where the
    main process tells all others what it decides: nothing is exchanged here. With MPI the error of
    N chains is that of the main process's own over sqrt(N).

    Parameters
    ----------
    errors : name of a parameter with a 95 % bound -> largest relative error, 0.001 to 0.5.

    Raises
    ------
    RangeError, UnknownOptionError : at set-up for a number out of range, no name, and a parameter
        of which no bound is quoted; at the first test for one that is not in the chain, and for
        tests (`callback_every`) that are not those of Cobaya (`learn_every`).
    """

    def __init__(self, **errors: float):
        if not errors:
            raise RangeError("UntilError() names no bound; give one such as UntilError(m_a=0.01).")
        for name in errors:
            if bound_type(name) == "mean":
                raise UnknownOptionError("bound", name, [*UPPER_BOUNDED, *LOWER_BOUNDED])
        self.errors = {name: number(name, e, 0.001, 0.5) for name, e in errors.items()}
        self._last: tuple[MCMC | None, int, bool] = (None, 0, False)  # what was found, where

    def __call__(self, sampler: MCMC) -> None:
        """Let the next check of convergence fail if a bound is not known well enough."""
        if sampler.callback_every.value != sampler.learn_every.value:
            raise RangeError(
                f"callback_every = {sampler.callback_every.value} and learn_every = "
                f"{sampler.learn_every.value} accepted steps; UntilError needs both equal: leave "
                "callback_every out."
            )
        columns = list(sampler.collection.columns)
        for name in self.errors:
            if name not in columns:
                raise UnknownOptionError("parameter of this chain", name, columns[2:])
        if sampler.Rminus1_last < sampler.Rminus1_stop and mpi.is_main_process():
            last, n = self._last, sampler.n()
            if last[0] is not sampler or n > _GROWTH * last[1]:
                self._last = (sampler, n, self._known(sampler))
            if not self._last[2]:
                sampler.Rminus1_last = np.inf

    def _known(self, sampler: MCMC) -> bool:
        with calm_getdist():
            samples = sampler.samples(skip_samples=BURN_IN).to_getdist()
        chain = Chain("", samples, burn=BURN_IN)
        known = True
        for name, allowed in self.errors.items():
            bound = chain.bound(name)
            error = bound.mc_error / abs(bound.value) / np.sqrt(mpi.size())
            text = f"{error:.2g}, goal {allowed:g}: {bound.verdict.text}"
            sampler.log.info(" - Error of the bound on %s: %s", name, text)
            known &= error < allowed and bound.verdict.converged
        return known
