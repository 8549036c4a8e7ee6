"""Who evaluates the points of a run: this process alone, with forks of it, or with ranks of MPI."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.util import Finalize
from typing import Any, Protocol

import numpy as np
from cobaya import mpi
from cobaya.log import LoggedError
from cobaya.model import Model

from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError

ZERO = -1e30  # stands for ln 0, which nautilus does not take
_LOOK_S = 0.3  # how often a fork looks for its parent
_IDLE_S = 5e-4  # and a rank for work: waiting inside of MPI takes a whole core
_model: Model  # of this process; set where it is one of several


class Workers(Protocol):
    """Processes that share what is to be done, as nautilus wants its pools."""

    size: int

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]: ...

    def close(self) -> None: ...


def columns(model: Model) -> tuple[slice, slice, slice]:
    """Places of derived parameters, ln priors and ln likelihoods in a row."""
    derived = len(model.parameterization.derived_params())
    priors = derived + len(model.prior)
    return slice(0, derived), slice(derived, priors), slice(priors, priors + len(model.likelihood))


def row(model: Model, point: Array) -> Array:
    """ln posterior, derived parameters, ln priors, ln likelihoods."""
    found = model.logposterior(point)
    if not np.isfinite(found.logpost):
        return np.concatenate([[ZERO], np.zeros(columns(model)[-1].stop)])
    return np.concatenate([[found.logpost], found.derived, found.logpriors, found.loglikes])


def row_of_worker(point: Array) -> Array:
    """`row` by the model of this process."""
    try:
        return row(_model, point)
    except LoggedError as error:  # cannot be handed over as it is
        raise HotAxionError(str(error)) from None


# --- forks --------------------------------------------------------------------------------------
class Forks:
    """Forks of this process, which have the model as it is here."""

    def __init__(self, size: int, model: Model):
        self.size = size
        fork, given = multiprocessing.get_context("fork"), (model, os.getpid())
        self._pool = ProcessPoolExecutor(size, fork, initializer=_take, initargs=given)

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """In order. Raises BrokenProcessPool if one has died."""
        items = list(items)
        return list(self._pool.map(function, items, chunksize=-(-len(items) // self.size) or 1))

    def close(self) -> None:
        """Let them say what they have refused."""
        self._pool.shutdown(cancel_futures=True)


def _take(model: Model, parent: int) -> None:
    from threadpoolctl import threadpool_limits  # of nautilus

    global _model
    _model = model
    threadpool_limits(1)  # threads of several forks on the same cores: ten times as slow
    Finalize(None, model.close, exitpriority=10)
    threading.Thread(target=_go_with, args=(parent,), daemon=True).start()


def _go_with(parent: int) -> None:
    """End this fork when its parent is gone (SIGKILL): waiting, it would keep the output locked."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


# --- ranks --------------------------------------------------------------------------------------
class Ranks:
    """The ranks of MPI, each with a model of its own: the first one runs, the others `serve`."""

    def __init__(self, model: Model):
        global _model
        _model = model
        self.size = mpi.size()
        self._others = range(1, self.size)
        self._comm = mpi.get_mpi_comm()

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """In order; this rank does its share. Raises what one of them raises."""
        items = list(items)
        ends = np.linspace(0, len(items), self.size + 1).astype(int)
        own, *parts = (items[low:high] for low, high in itertools.pairwise(ends))
        for rank, part in zip(self._others, parts, strict=True):
            self._comm.send((function, part), rank)
        done = [_done(function, own), *(self._comm.recv(source=rank) for rank in self._others)]
        for found in done:  # all of them are there: the next round starts with nothing on its way
            if isinstance(found, Exception):
                raise found
        return [value for found in done for value in found]

    def serve(self) -> None:
        """Do what the first rank hands over, until it is through."""
        while (task := self._received()) is not None:
            self._comm.send(_done(*task), 0)

    def _received(self) -> Any:
        while not self._comm.Iprobe(0):
            time.sleep(_IDLE_S)
        return self._comm.recv(source=0)

    def close(self) -> None:
        """Let the others go on."""
        for rank in self._others:
            self._comm.send(None, rank)


def _done(function: Callable[[Any], Any], items: list[Any]) -> list[Any] | Exception:
    try:
        return [function(item) for item in items]
    except Exception as error:
        return error
