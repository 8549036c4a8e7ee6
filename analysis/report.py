"""The final table of a run: our 95 % bounds beside the published ones, with the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from hotaxion.analysis.bounds import UPPER_BOUNDED, bound_of
from hotaxion.analysis.bounds_output import quoted_with_error
from hotaxion.analysis.chains import BURN_IN, calm_getdist, load_chain, parameter_names, run_info
from hotaxion.analysis.convergence import effective_samples, gelman_rubin
from hotaxion.analysis.priors import FLAT_IN, prior_of
from hotaxion.analysis.published import DIFFERENCES, KSVZ_2205_07849
from hotaxion.analysis.tables import text_table

if TYPE_CHECKING:
    from getdist import MCSamples

_COLUMNS = {"delta_neff": "delta_neff", "m_a": "m_a [eV]", "mnu": "sum m_nu [eV]"}
_AXION_OPTIONS = ("model", "rates", "solver", "gluons", "initial")
_WIDTH = 98


def run_summary(runs: Sequence[tuple[str, str | Path]], burn: float = BURN_IN) -> str:
    """Table of 95 % upper bounds of some chains beside those of arXiv:2205.07849 (KSVZ).

    Parameters
    ----------
    runs : (label, prefix of the chain).
    burn : fraction dropped at the start of each chain.

    Raises
    ------
    MissingDataError, RangeError, HotAxionError : see `chains.load_chain`.
    """
    rows = [["95 % upper bounds", *_COLUMNS.values(), "R-1", "eff. samples"]]
    notes = []
    for label, prefix in runs:
        samples = load_chain(prefix, burn)
        with calm_getdist():
            rows.append([label, *_our_cells(samples)])
        notes.append(fill(f"{label}: {_assumptions(samples)}", _WIDTH, subsequent_indent="    "))
    for published in KSVZ_2205_07849.values():
        values = (getattr(published, name) for name in _COLUMNS)
        cells = [f"< {value:g}" if value is not None else "-" for value in values]
        rows.append([f"{published.source}: {published.data}", *cells, "-", "-"])
    differences = [fill(f"* {text}", _WIDTH, subsequent_indent="    ") for text in DIFFERENCES]
    return "\n".join(
        [
            text_table(rows),
            "",
            "In brackets: Monte Carlo error of the bound. Our runs:",
            *notes,
            "",
            "Before comparing with the published rows:",
            *differences,
        ]
    )


def _our_cells(samples: MCSamples) -> list[str]:
    present = parameter_names(samples)
    cells = []
    for name in _COLUMNS:
        if name in present:
            bound = bound_of(samples, name)
            cells.append(quoted_with_error(bound))
        else:
            cells.append("-")
    shown = [name for name in UPPER_BOUNDED if name in present] or present
    r_minus_one = gelman_rubin(samples)
    cells.append("-" if r_minus_one is None else f"{r_minus_one:.3f}")
    cells.append(f"{min(effective_samples(samples, name) for name in shown):.0f}")
    return cells


def _assumptions(samples: MCSamples) -> str:
    """Priors, options of the axion theory and likelihoods, as the chain's own input has them."""
    info = run_info(samples)
    if not info:
        return "the chain carries no Cobaya input (updated.yaml): prior and data unknown."
    priors = [prior for name in _COLUMNS if (prior := prior_of(samples, name))]
    parts = [f"prior {', '.join(priors)}" if priors else "no prior on the axion or neutrinos"]
    if extra := [name for name in info.get("prior") or {} if not name.startswith(FLAT_IN)]:
        parts.append(f"extra priors {', '.join(extra)}")
    for name, options in (info.get("theory") or {}).items():
        if name.endswith("HotAxion") and isinstance(options, Mapping):
            given = [f"{key} {options[key]}" for key in _AXION_OPTIONS if key in options]
            parts.append(", ".join(given))
    parts.append(f"likelihoods {', '.join(info.get('likelihood') or {})}")
    return "; ".join(parts) + "."
