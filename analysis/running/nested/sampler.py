"""Nested importance sampling (nautilus, arXiv:2306.16923) as a sampler of Cobaya.

An MCMC chain takes some hundred evaluations for each independent sample; this takes five to ten,
and gives the evidence besides. It needs `pip install "hotaxion[nested]"`.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from cobaya import mpi
from cobaya.collection import SampleCollection
from cobaya.log import LoggedError
from cobaya.model import Model
from cobaya.sampler import Sampler
from cobaya.yaml import yaml_dump
from scipy.special import logsumexp
from scipy.stats import qmc

from hotaxion.analysis.running.nested.draws import Draws
from hotaxion.analysis.running.nested.workers import (
    ZERO,
    Forks,
    Ranks,
    Workers,
    columns,
    row,
    row_of_worker,
)
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import flag, number, whole_number
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError
from hotaxion.theory.files import write_whole

_LEFT_OUT = 1e-6  # of the posterior: points of least weight, which are most of the file
_PRIOR_DRAWS = 2**13
# Of ellipsoids: with more than nautilus's own 1.1 less of the posterior lies outside of its bounds.
_ENLARGE = 1.25
_SAME = 0.05  # of ln L, of one point computed again; CLASS scatters by some hundredths


class Nautilus(Sampler):
    """Sample a posterior by nested importance sampling; write it as a weighted chain.

    Any Cobaya input of two sampled parameters or more, with external priors, too. PREFIX.1.txt
    holds independent points with weights, in random order; `products` and PREFIX.evidence.yaml the
    evidence, ln of the integral of likelihood times prior, where external priors are normalised
    over the others.

    Points are drawn from the priors. With `covmat` and `covmat_params`, as `mcmc` has them, they
    are drawn from a Gaussian about the `ref` of the parameters, `width` times as wide and cut off
    at the ends of the priors, and weighted accordingly: posterior and evidence are the same as far
    as it reaches, so a mode far from there is not found (as by a chain that starts there). An
    emulator needs that: priors reach beyond its training.

    The state is written to PREFIX.nautilus.h5 in one piece, every `output_every` seconds: a run
    that is killed goes on from there with `resume`. With MPI its ranks share the points, each with
    a model of its own; the first one has the products.

    Raises
    ------
    LoggedError : nautilus or h5py is not installed; wrong options; a component fails.
    """

    # Options, by the names of nautilus where it has them.
    n_live: int = 2000  # live points
    n_eff: float = 10000  # effective samples at which it stops
    f_live: float = 0.01  # part of the evidence in live points at which exploration ends
    n_like_max: float = np.inf  # evaluations at which it stops in any case
    discard_exploration: bool = True  # its points, which bounds were drawn around: they bias ln Z
    covmat: Any = None  # of a Gaussian to draw from instead of the priors
    covmat_params: list[str] | None = None
    width: float = 2.0  # of that Gaussian, in its standard deviations
    n_networks: int = 4  # that guide it; 0: ellipsoids alone
    processes: int = 1  # forks that share the work; 1 with MPI
    output_every: float = 20.0  # seconds
    sampler_type: str = "nested"  # read by getdist: rows are independent, none is burn-in

    _at_resume_prefer_new: ClassVar[list[str]] = [
        *Sampler._at_resume_prefer_new,
        "n_eff",
        "f_live",
        "n_like_max",
        "processes",
        "output_every",
    ]

    def initialize(self) -> None:
        """Check the options and set nautilus up, from its state of before where there is one."""
        self._collection: SampleCollection | None = None
        self._evidence: dict[str, Any] = {}
        self._workers: Workers | None = None  # not yet: see below
        try:
            self._check()
            nautilus = _nautilus()
            if mpi.size() > 1:
                self._ranks = Ranks(self.model)
            if not mpi.is_main_process():
                return
            self._draws = Draws.of(self.model, self.covmat, self.covmat_params, self.width)
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        workers: Workers | None = None
        if mpi.size() > 1:
            workers = self._ranks
        elif self.processes > 1:
            workers = Forks(self.processes, self.model)
        share = workers.size if workers else 1
        state, dimensions = self._state_file(), self.model.prior.d()
        resumed = state is not None and self.output.is_resuming() and state.exists()
        try:
            self._nautilus = nautilus.Sampler(
                self._draws.points,
                self._loglikes_of,
                n_dim=dimensions,
                n_live=self.n_live,
                enlarge_per_dim=_ENLARGE,
                # A covmat is of one mode: no time for trying to split it.
                n_points_min=None if self.covmat is None else max(self.n_live, dimensions + 1),
                n_networks=self.n_networks,
                vectorized=True,
                n_batch=max(100, 20 * share),
                pool=(None, workers),
                seed=int(self._rng.integers(2**31)),
                filepath=str(state) if resumed else None,
            )
        except (OSError, KeyError) as error:
            raise LoggedError(
                self.log, "%s is damaged (%s); remove it, or start anew with -f.", state, error
            ) from error
        self._nautilus.filepath = None  # it writes in place, and a kill would leave half a file
        if resumed:
            self._refuse_another_posterior(state)
            self.log.info("Going on after %d evaluations.", self._nautilus.n_like)
        self._workers = workers  # what was evaluated so far, was so here alone

    def _refuse_another_posterior(self, state: Path | None) -> None:
        """Evaluate the best point again: a changed `ref` or other code would go unseen."""
        logs, points = map(np.concatenate, (self._nautilus.log_l, self._nautilus.points))
        best = int(np.argmax(logs))
        found = self._loglikes_of(self._draws.points(points[best : best + 1]))[0][0]
        if not abs(found - logs[best]) < _SAME:
            raise LoggedError(
                self.log,
                "%s has ln L = %.4f where it is %.4f now: the 'ref' of a parameter, or the code, "
                "has changed since. Remove it, or start anew with -f.",
                state,
                logs[best],
                found,
            )

    def _check(self) -> None:
        whole_number("n_live", self.n_live, 50, 10**6)
        number("n_eff", self.n_eff, 100.0, 1e8)
        number("f_live", self.f_live, 1e-6, 0.5)
        whole_number("n_networks", self.n_networks, 0, 64)
        number("width", self.width, 1.0, 10.0)
        if self.n_like_max != np.inf:
            number("n_like_max", self.n_like_max, self.n_live)
        flag("discard_exploration", self.discard_exploration)
        whole_number("processes", self.processes, 1, 1024)
        if self.processes > 1 and mpi.size() > 1:
            words = f"processes = {self.processes} with {mpi.size()} MPI processes, which share the"
            raise RangeError(f"{words} work by themselves; give 1.")
        if self.processes > 1 and "fork" not in multiprocessing.get_all_start_methods():
            raise RangeError(f"processes = {self.processes}, but this system has no fork; give 1.")
        if self.model.prior.d() < 2:
            raise RangeError("Nautilus needs two sampled parameters or more; use mcmc for one.")
        number("output_every", self.output_every, 0.0, above=True)

    # --- points and their likelihoods ---------------------------------------------------------
    def _loglikes_of(self, points: Array) -> tuple[Array, Array]:
        """ln posterior over the density of draws; (points, columns) of what the chain holds."""
        if self._workers is None:
            rows = [row(self.model, point) for point in points]
        else:
            rows = self._workers.map(row_of_worker, points)
        table = np.array(rows)
        return np.maximum(table[:, 0] - self._draws.log_density(points), ZERO), table[:, 1:]

    # --- the run ------------------------------------------------------------------------------
    def run(self) -> None:
        """Sample until `n_eff` is reached; write the chain and the evidence."""
        if not mpi.is_main_process():
            self._ranks.serve()
            return
        try:
            while not self._some_more() and self._nautilus.n_like < self.n_like_max:
                self._write_state()
        except BrokenProcessPool as error:
            raise LoggedError(
                self.log,
                "a process has died (killed, or out of memory); what was written stays, and the "
                "same command with -r goes on.",
            ) from error
        except HotAxionError as error:  # of a worker
            raise LoggedError(self.log, "%s", error) from error
        finally:
            if self._workers is not None:
                self._workers.close()
        self._write_state()
        if self._nautilus.log_z is None:
            words = "n_like_max = %g ended the run with its exploration, whose points do not count;"
            raise LoggedError(self.log, f"{words} allow more and go on with -r.", self.n_like_max)
        if self._nautilus.n_eff < self.n_eff:
            words = "Stopped at n_like_max = %g with %.0f effective samples, not %g."
            self.log.warning(words, self.n_like_max, self._nautilus.n_eff, self.n_eff)
        self._collect()

    def _some_more(self) -> bool:
        """A slice of the run; whether that was the last."""
        done = self._nautilus.run(
            f_live=self.f_live,
            n_eff=self.n_eff,
            n_like_max=self.n_like_max,
            discard_exploration=self.discard_exploration,
            timeout=self.output_every,
        )
        self.log.info(
            "%d evaluations, %d shells, %s: %.0f effective samples, ln Z = %.2f",
            self._nautilus.n_like,
            len(self._nautilus.bounds),
            "sampling" if self._nautilus.explored else "exploring",
            self._nautilus.n_eff,
            # None where no point counts: the exploration has just ended
            np.nan if self._nautilus.log_z is None else self._nautilus.log_z,
        )
        return bool(done)

    def _write_state(self) -> None:
        if (state := self._state_file()) is not None:
            half = state.with_name(f"{state.stem}_half.h5")
            self._nautilus.write(half, overwrite=True)
            os.replace(half, state)

    def _state_file(self) -> Path | None:
        return self._file("nautilus.h5") if self.output else None

    def _file(self, ending: str) -> Path:
        return Path(self.output.folder) / f"{self.output.prefix}.{ending}"

    def _collect(self) -> None:
        points, log_weights, _, blobs = self._nautilus.posterior(return_blobs=True)
        weights = np.exp(log_weights - logsumexp(log_weights))
        order = np.argsort(weights)
        kept = order[np.cumsum(weights[order]) > _LEFT_OUT]
        self._rng.shuffle(kept)
        self._collection = SampleCollection(self.model, self.output, name="1", sample_type="nested")
        largest, places = weights.max(), columns(self.model)
        for i in kept:
            derived, logpriors, loglikes = (blobs[i, place] for place in places)
            self._collection.add(
                points[i],
                derived=derived,
                weight=weights[i] / largest,
                logpriors=logpriors,
                loglikes=loglikes,
            )
        self._collection.out_update()
        self._evidence = {
            "logZ": float(self._nautilus.log_z) - _log_norm(self.model),
            "logZstd": float(self._nautilus.n_eff**-0.5),
            "effective_samples": round(float(self._nautilus.n_eff)),
            "evaluations": int(self._nautilus.n_like),
        }
        words = yaml_dump(self._evidence)
        self.log.info("%s", ", ".join(words.strip().splitlines()))
        if self.output:
            write_whole(self._file("evidence.yaml"), words)

    # --- what Cobaya asks ---------------------------------------------------------------------
    def samples(self, **_options: Any) -> SampleCollection | None:
        """The weighted chain; None on ranks of MPI but the first."""
        return self._collection

    def products(self, **_options: Any) -> dict[str, Any]:
        """`sample`, and `logZ`, `logZstd`, `effective_samples`, `evaluations`."""
        return {"sample": self._collection, **self._evidence} if self._evidence else {}

    def converge_info_changed(self, old_info: Any, new_info: Any) -> bool:
        """Nothing is kept that a changed option makes wrong."""
        return False

    @classmethod
    def output_files_regexps(
        cls, output: Any, info: Mapping[str, Any] | None = None, minimal: bool = False
    ) -> list[tuple[re.Pattern[str], None]]:
        """The files of a run, and of a chain of its prefix; `minimal`: which forbid another."""
        endings = [r"nautilus\.h5", r"\d+\.txt"]
        if not minimal:
            endings += [r"evidence\.yaml", "covmat", "checkpoint", "progress"]
        prefix = re.escape(output.prefix)
        return [(re.compile(rf"{prefix}\.{ending}$"), None) for ending in endings]


def _nautilus() -> Any:
    """The package; raises MissingDataError without it."""
    try:
        import h5py  # noqa: F401  # of its state
        import nautilus
    except ImportError as error:
        raise MissingDataError(
            f'the sampler Nautilus needs the package {error.name}: pip install "hotaxion[nested]".'
        ) from error
    return nautilus


def _log_norm(model: Model) -> float:
    """ln of the mean of the external priors over the others; 0 without any."""
    if len(model.prior) < 2:
        return 0.0
    unit = qmc.Sobol(model.prior.d(), rng=np.random.default_rng(1)).random(_PRIOR_DRAWS)
    draws = Draws.of(model, None, None, 1.0).points(unit)
    logs = [np.sum(model.logpriors(point)[1:]) for point in draws]
    return float(logsumexp(logs) - np.log(len(logs)))
