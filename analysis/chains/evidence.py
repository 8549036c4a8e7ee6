"""Evidences of nested samples, beside each other: ln Z, and the odds against the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import find_chain
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.text import text_table
from hotaxion.theory.checks import number
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError

_NOT_DATA = {"speed", "stop_at_error", "version", "type", "python_path", "input_params"}
_HEADS = ("chain", "ln Z", "error", "ln Z - first", "error", "odds")
_RULE = (
    "ln Z = ln of the integral of likelihood times prior (nested samples). Odds: evidence over "
    "that of the first. Each prior is part of it: twice the range of a parameter that the data "
    "bound costs ln 2 = 0.69."
)


def compare(chains: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The evidence of each chain, and its ratio to that of the first.

    Parameters
    ----------
    chains : label (or empty) and prefix of each; PREFIX.evidence.yaml is what `hotaxion run NAME
        --sampler nautilus` writes.

    Raises
    ------
    MissingDataError : there is no such file.
    HotAxionError or RangeError : it is damaged; or the chains are not of the same data, or of
        data that are not known, so that evidences have no ratio.
    """
    rows: list[dict[str, Any]] = []
    known: dict[str, Mapping[str, Any]] = {}  # data of each
    for label, prefix in chains:
        root = find_chain(prefix)
        title, (log, error) = label or prefix, _evidence(root)
        known[title] = _data(root)
        own: dict[str, Any] = {"chain": title, "ln_z": log, "error": error}
        first = rows[0] if rows else own
        data, others = known[title], known[first["chain"]]
        if not data or data != others:
            raise RangeError(
                f"{title} has {_in_words(data)}, {first['chain']} {_in_words(others)}; "
                "evidences compare models on the same data: give chains whose likelihoods, with "
                "their options, are the same."
            )
        of_ratio = math.hypot(error, first["error"]) if rows else 0.0
        row = {
            "chain": title,
            "ln_z": log,
            "error": error,
            "ln_ratio_to_first": log - first["ln_z"],
        }
        rows.append(row | {"error_of_ratio": of_ratio, "likelihoods": sorted(data)})
    return rows


def _evidence(root: Path) -> tuple[float, float]:
    """ln Z and its standard deviation."""
    path = root.with_name(f"{root.name}.evidence.yaml")
    if not path.exists():
        raise MissingDataError(
            f"{path} does not exist: a chain of mcmc has no evidence. Sample it with 'hotaxion "
            "run NAME --sampler nautilus'."
        )
    entry = read_yaml(path)
    if not {"logZ", "logZstd"} <= {*entry}:
        raise HotAxionError(f"{path}: logZ and logZstd are needed; the run did not end well.")
    error = number(f"logZstd of {path}", entry["logZstd"], 0.0)
    return number(f"logZ of {path}", entry["logZ"]), error


def _data(root: Path) -> dict[str, Any]:
    """The likelihoods by name, with their options; empty where no record of the input is."""
    return {
        name: {key: value for key, value in (options or {}).items() if key not in _NOT_DATA}
        for name, options in (Chain.load(root).info.get("likelihood") or {}).items()
    }


def _in_words(data: Mapping[str, Any]) -> str:
    return f"the data {', '.join(sorted(data))}" if data else "unknown data"


def to_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table for the screen."""
    table = [_HEADS]
    for row in rows:
        log, error = row["ln_ratio_to_first"], row["error_of_ratio"]
        odds = f"{math.exp(log):.3g}" if abs(log) < 100 else f"e^{log:.0f}"
        ratio = (f"{log:+.2f}", f"{error:.2f}", odds) if row is not rows[0] else ("0", "-", "1")
        table.append((row["chain"], f"{row['ln_z']:.2f}", f"{row['error']:.2f}", *ratio))
    return text_table(table) + "\n" + _RULE
