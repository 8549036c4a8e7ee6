"""Evidences of nested samples, beside each other: ln Z, and the odds against the first."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import find_chain
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.text import text_table
from hotaxion.theory.checks import number
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError

ENDING = ".evidence.yaml"
_NOT_DATA = {"speed", "stop_at_error", "version", "type", "python_path", "input_params"}
_HEADS = ("chain", "ln Z", "error", "ln Z - first", "error", "odds")
_RULE = (
    "ln Z = ln of the integral of likelihood times prior (nested samples). Odds: evidence over "
    "that of the first. Each prior is part of it: twice the range of a parameter that the data "
    "bound costs ln 2 = 0.69."
)


@dataclass(frozen=True)
class Evidence:
    """The evidence of one run.

    Attributes
    ----------
    title : label or prefix of the chain.
    ln_z, error : ln Z and its standard deviation.
    data : the likelihoods by name, with their options; empty where no record of the input is.
    """

    title: str
    ln_z: float
    error: float
    data: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, prefix: str | Path, label: str = "") -> Evidence:
        """From PREFIX.evidence.yaml, which `hotaxion run NAME --sampler nautilus` writes.

        Raises MissingDataError without that file, HotAxionError or RangeError for one that is
        damaged.
        """
        root = find_chain(prefix)
        path = root.with_name(root.name + ENDING)
        if not path.exists():
            raise MissingDataError(
                f"{path} does not exist: a chain of mcmc has no evidence. Sample it with 'hotaxion "
                "run NAME --sampler nautilus'."
            )
        entry = read_yaml(path)
        if not isinstance(entry, Mapping) or not {"logZ", "logZstd"} <= {*entry}:
            raise HotAxionError(f"{path}: logZ and logZstd are needed; the run did not end well.")
        chain = Chain.load(root)
        return cls(
            title=label or str(prefix),
            ln_z=number(f"logZ of {path}", entry["logZ"]),
            error=number(f"logZstd of {path}", entry["logZstd"], 0.0),
            data={
                name: {k: v for k, v in (options or {}).items() if k not in _NOT_DATA}
                for name, options in (chain.info.get("likelihood") or {}).items()
            },
        )

    def against(self, other: Evidence) -> tuple[float, float]:
        """ln of the ratio of the evidences, and its error."""
        return self.ln_z - other.ln_z, math.hypot(self.error, other.error)


def compare(runs: Sequence[Evidence]) -> Sequence[Evidence]:
    """The same runs, if they are of the same data.

    Raises
    ------
    RangeError : they are not, or not known; evidences of other data have no ratio.
    """
    for run in runs:
        if not run.data or run.data != runs[0].data:
            raise RangeError(
                f"{run.title} has {_in_words(run)}, {runs[0].title} {_in_words(runs[0])}; "
                "evidences compare models on the same data: give chains whose likelihoods, with "
                "their options, are the same."
            )
    return runs


def _in_words(run: Evidence) -> str:
    return f"the data {', '.join(sorted(run.data))}" if run.data else "unknown data"


def _odds(log: float) -> str:
    return f"{math.exp(log):.3g}" if abs(log) < 100 else f"e^{log:.0f}"


def to_text(runs: Sequence[Evidence]) -> str:
    """A table for the screen."""
    rows = []
    for run in runs:
        log, error = run.against(runs[0])
        first = run is runs[0]
        ratio = ("0", "-", "1") if first else (f"{log:+.2f}", f"{error:.2f}", _odds(log))
        rows.append([run.title, f"{run.ln_z:.2f}", f"{run.error:.2f}", *ratio])
    return text_table([list(_HEADS), *rows]) + "\n" + _RULE


def to_json(runs: Sequence[Evidence]) -> str:
    """A list, in the order given."""
    entries: list[dict[str, Any]] = []
    for run in runs:
        log, error = run.against(runs[0])
        entries.append(
            {
                "chain": run.title,
                "ln_z": run.ln_z,
                "error": run.error,
                "ln_ratio_to_first": log,
                "error_of_ratio": 0.0 if run is runs[0] else error,
                "likelihoods": sorted(run.data),
            }
        )
    return json.dumps(entries, indent=2)
