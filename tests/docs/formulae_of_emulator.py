"""Numbers of docs/emulator.md: what the packaged files, the design and the chains of them say;
those of the scripts for a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import reference_folder
from hotaxion.theory.spectra.emulator.features import SCALARS
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path
from hotaxion.theory.spectra.training import refine
from hotaxion.theory.spectra.training.design import NARROW, WIDE, WIDEST

ROOT = Path(__file__).resolve().parents[2]
FORECAST = "forecast_cmbs4_desi_ksvz"


@cache
def emulator(name: str | None = None) -> SpectraEmulator:
    return SpectraEmulator.load(emulator_path(name))


def held_out(name: str | None, what: str) -> Any:
    """Of the errors that a file keeps."""
    return emulator(name).origin["accuracy"][what]


def megabytes(name: str | None) -> float:
    return emulator_path(name).stat().st_size / 1e6


def design(name: str | None) -> int:
    """Points of the first training."""
    origin = emulator(name).origin
    return origin["points"] - origin.get("near", 0)


def outputs() -> int:
    """Numbers that the usual emulator has for each point."""
    return sum(WIDE.components.values()) + len(SCALARS)


@cache
def by_class(model: str) -> Any:
    """Points of chains/reference with the weights of CLASS."""
    return Chain.load(reference_folder() / f"hotaxion2026_{model}_class").samples


def _bound(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(np.interp(0.95 * reached[-1], reached, values[order]))


def bounds(model: str, name: str) -> Iterable[float]:
    """By the emulator, by CLASS, and the change in per cent."""
    values, weights = by_class(model)[name], by_class(model).weights
    fast, direct = _bound(values, np.ones_like(weights)), _bound(values, weights)
    return fast, direct, 100.0 * (direct / fast - 1.0)


def scatter(model: str) -> float:
    """Of ln L(CLASS) - ln L(emulator)."""
    return float(np.log(by_class(model).weights).std())


def effective_fraction(model: str) -> float:
    weights = by_class(model).weights
    return float(weights.sum() ** 2 / (weights.size * np.sum(weights**2)))


def accepted(model: str) -> float:
    """By a chain that proposes the points in any order; per cent."""
    weights = np.random.default_rng(0).permutation(by_class(model).weights)
    return 100.0 * float(np.mean(np.minimum(1.0, weights[1:] / weights[:-1])))


def script(name: str, pattern: str) -> float:
    """A number of one of yaml/hpc."""
    text = (ROOT / "yaml" / "hpc" / name).read_text(encoding="utf-8")
    return float(re.search(pattern, text)[1])


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/guides/cluster.md": {
        "20": lambda: script("chains.sbatch", r"MOST_RESTARTS=(\d+)"),
        "16": lambda: script("train.sbatch", r"cpus-per-task=(\d+)"),
        "277": lambda: design(None),
    },
    "docs/emulator.md": {
        "21": lambda: len(emulator().arrays["features"]) - 256,
        "277": lambda: design(None),
        "533": lambda: design("act"),
        "64": lambda: refine.POINTS,
        "141": lambda: design(FORECAST),
        "84": outputs,
        "66": lambda: len(emulator().arrays["gp_beta"]),
        "11": lambda: len(emulator(FORECAST).arrays["gp_beta"]),
        "1.7": lambda: WIDE.width,
        "0.15": lambda: np.exp(WIDE.ln_pion_scale[0]),
        "0.74": lambda: np.exp(NARROW.ln_pion_scale[0]),
        "1.35": lambda: np.exp(NARROW.ln_pion_scale[1]),
        "0.002": lambda: WIDE.y_he,
        "0.001": lambda: NARROW.y_he,
        "1700": lambda: WIDEST.fading,
        "38": lambda: held_out(None, "points"),
        "239": lambda: design(None) - held_out(None, "points"),
        "0.0013": lambda: held_out(None, "delta_chi2_median"),
        "0.010": lambda: held_out(None, "delta_chi2_95%"),
        "0.00425": lambda: held_out(None, "delta_chi2_per_leverage"),
        "1.1": lambda: megabytes(None),
        "77": lambda: held_out("act", "points"),
        "0.0043": lambda: held_out("act", "delta_chi2_median"),
        "0.028": lambda: held_out("act", "delta_chi2_95%"),
        "18": lambda: held_out(FORECAST, "points"),
        "0.066": lambda: held_out(FORECAST, "delta_chi2_median"),
        "0.27": lambda: held_out(FORECAST, "delta_chi2_95%"),
        "0.75": lambda: megabytes(FORECAST),
        "600": lambda: by_class("ksvz").numrows,
        "0.031": lambda: scatter("ksvz"),
        "0.9990": lambda: effective_fraction("ksvz"),
        "0.036": lambda: scatter("dfsz"),
        "0.9987": lambda: effective_fraction("dfsz"),
        "98": lambda: accepted("ksvz"),
    },
}
# The rest of a row that begins so.
ROWS: dict[str, dict[str, Callable[[], Iterable[float]]]] = {
    "docs/emulator.md": {
        "| KSVZ, m_a (eV) |": lambda: bounds("ksvz", "m_a"),
        "| KSVZ, ΔN_eff |": lambda: bounds("ksvz", "delta_neff"),
        "| KSVZ, Σm_ν (eV) |": lambda: bounds("ksvz", "mnu"),
        "| DFSZ, m_a (eV) |": lambda: bounds("dfsz", "m_a"),
        "| DFSZ, ΔN_eff |": lambda: bounds("dfsz", "delta_neff"),
        "| DFSZ, Σm_ν (eV) |": lambda: bounds("dfsz", "mnu"),
    },
}
