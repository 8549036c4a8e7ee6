"""The final table of a run: our 95 % bounds beside the published ones, with the differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED, bound_of
from hotaxion.analysis.chains.chain import (
    REMOVED,
    burn_in_of,
    calm_getdist,
    load_chain,
    parameter_names,
    run_info,
)
from hotaxion.analysis.chains.convergence import Verdict, effective_samples, gelman_rubin, judge
from hotaxion.analysis.chains.priors import FLAT_IN, prior_of
from hotaxion.analysis.chains.tables import quoted_with_error
from hotaxion.analysis.inputs.theories import find_theories, kind_of
from hotaxion.analysis.published.papers import KSVZ_2205_07849
from hotaxion.analysis.text import text_table

if TYPE_CHECKING:
    from getdist import MCSamples

_COLUMNS = {"delta_neff": "delta_neff", "m_a": "m_a [eV]", "mnu": "sum m_nu [eV]"}
_AXION_OPTIONS = ("model", "rates", "solver", "gluons", "initial")
_WIDTH = 98
# What to keep in mind before two rows are compared.
DIFFERENCES = (
    "prior: that of the paper is inferred to be flat in delta_neff, since with a prior flat in m_a "
    "BBN alone does not bound m_a at all (most of it is the flat part of the curve, above 0.5 eV).",
    "abundance: the paper's pion rate is inferred to be leading-order ChPT, its Boltzmann equation "
    "that of the number density (rates: lo, solver: number here); see the options of each run "
    "above.",
    "data: the paper is inferred to have BBN measurements and nuclear rates of 2022, the full "
    "Planck 2018 likelihood and 6dFGS, MGS, BOSS DR12 BAO; those of each run are listed above.",
)


def run_summary(
    runs: Sequence[tuple[str, str | Path]],
    burn: float | None = None,
    warn: Callable[[str, Verdict], None] = lambda chain, verdict: None,
) -> str:
    """Table of 95 % upper bounds of some chains beside those of arXiv:2205.07849 (KSVZ).

    Parameters
    ----------
    runs : (label, prefix of the chain).
    burn : fraction dropped at the start of each chain; default see `chains.load_chain`.
    warn : called with each chain and whether it has converged.

    Raises
    ------
    MissingDataError, RangeError, HotAxionError : see `chains.load_chain`.
    """
    rows = [["95 % upper bounds", *_COLUMNS.values(), "R-1", "eff. samples"]]
    notes = []
    for label, prefix in runs:
        samples = load_chain(prefix, burn)
        with calm_getdist():
            cells, verdict = _our_cells(samples)
        rows.append([label, *cells])
        text = _assumptions(samples) + ("" if verdict.converged else f" {verdict.text}.")
        notes.append(fill(f"{label}: {text}", _WIDTH, subsequent_indent="    "))
        warn(str(prefix), verdict)
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


def _our_cells(samples: MCSamples) -> tuple[list[str], Verdict]:
    present = parameter_names(samples)
    bounds = {name: bound_of(samples, name) for name in _COLUMNS if name in present}
    cells = [quoted_with_error(bounds[name]) if name in bounds else "-" for name in _COLUMNS]
    shown = [name for name in UPPER_BOUNDED if name in present] or present
    effective = {name: effective_samples(samples, name) for name in shown}
    r_minus_one = gelman_rubin(samples)
    cells.append("-" if r_minus_one is None else f"{r_minus_one:.3f}")
    cells.append(f"{min(effective.values()):.0f}")
    r_bounds = {name: bound.r_minus_one for name, bound in bounds.items()}
    return cells, judge(r_minus_one, r_bounds, effective)


def _assumptions(samples: MCSamples) -> str:
    """Priors, options of the axion theory and likelihoods, as the chain's own input has them."""
    info = run_info(samples)
    if not info:
        return "the chain carries no Cobaya input (updated.yaml): prior and data unknown."
    priors = [prior for name in _COLUMNS if (prior := prior_of(samples, name))]
    parts = [f"prior {', '.join(priors)}" if priors else "no prior on the axion or neutrinos"]
    if extra := [name for name in info.get("prior") or {} if not name.startswith(FLAT_IN)]:
        parts.append(f"extra priors {', '.join(extra)}")
    for name in find_theories(info, "HotAxion"):
        options = info["theory"][name]
        parts.append(", ".join(_options_in_words(options if isinstance(options, Mapping) else {})))
    likelihoods = (info.get("likelihood") or {}).items()
    parts.append(f"likelihoods {', '.join(_named(*likelihood) for likelihood in likelihoods)}")
    if (cut := burn_in_of(samples)[1]) and cut != REMOVED:
        parts.append(cut)
    return "; ".join(parts) + "."


def _named(key: str, options: object) -> str:
    """A likelihood by its key, and by its class where the key is another name."""
    kind = kind_of(key, options, "likelihood")
    return key if kind is None or key.endswith(kind) else f"{key} ({kind})"


def _options_in_words(options: Mapping[str, Any]) -> list[str]:
    """Of the axion theory: those that name an analysis, and all that are not the default."""
    from hotaxion.theory import HotAxion

    defaults = HotAxion.get_defaults()
    return [
        f"{key} {value}"
        for key, value in options.items()
        if key in _AXION_OPTIONS
        or (key in defaults and key != "version" and value != defaults[key])
    ]
