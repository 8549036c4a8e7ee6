"""All kinds of figures by name, each saved as PDF and PNG; `hotaxion plot` draws these."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotaxion.theory.checks import choice

if TYPE_CHECKING:
    from hotaxion.analysis.figures.shown_chains import Prefixes


@dataclass(frozen=True)
class Kind:
    """One kind of figure.

    Attributes
    ----------
    text : what it shows.
    module : of `hotaxion.analysis.figures`, whose `draw` makes it.
    chains : "needed", "possible" or "none".
    options : keywords of `draw` and options of the command of the same names.
    physics : whether it uses the options of the abundance, too (as `options` of `draw`) ...
    less : ... but for these, which it sets itself.
    needs : the options without which it cannot be.
    """

    text: str
    module: str
    chains: str
    options: tuple[str, ...] = ()
    physics: bool = False
    less: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


OF_CHAINS = ("burn", "labels")  # options that say nothing without a chain
KINDS = {
    "triangle": Kind(
        "posteriors of all parameters, chains overlaid",
        module="triangle",
        chains="needed",
        options=(*OF_CHAINS, "params"),
    ),
    "masses": Kind(
        "(m_a, sum of m_nu) with the hierarchies' least sums",
        module="masses",
        chains="needed",
        options=OF_CHAINS,
    ),
    "priors": Kind(
        "bounds on m_a under several priors, by reweighting",
        module="priors",
        chains="needed",
        options=(*OF_CHAINS, "m_a_cut"),
    ),
    "progress": Kind(
        "R-1 and chi^2 of a (running) chain against its steps",
        module="progress",
        chains="needed",
        options=("labels",),
    ),
    "profile": Kind(
        "profile likelihood (--profile FILE), posteriors of chains beside it",
        module="profiles",
        chains="possible",
        options=(*OF_CHAINS, "profile"),
        needs=("profile",),
    ),
    "abundance": Kind(
        "Delta N_eff(m_a) with its error, bounds of chains as lines",
        module="abundance",
        chains="possible",
        options=(*OF_CHAINS, "m_a_min", "m_a_max", "points"),
        physics=True,
        less=("rates", "lecs", "solver"),
    ),
    "light-elements": Kind(
        "Y_p and D/H: measurements and the track of the axion",
        module="light_elements",
        chains="none",
        options=("preset", "omega_b"),
        physics=True,
    ),
    "spectra": Kind(
        "C_l and P(k) with and without axions (a run of CLASS per mass)",
        module="spectra",
        chains="none",
        options=("masses", "l_max"),
        physics=True,
    ),
    "history": Kind(
        "published bounds on m_a, those of chains added",
        module="history",
        chains="possible",
        options=OF_CHAINS,
    ),
}


def draw(kind: str, folder: str | Path, prefixes: Prefixes = (), **options: Any) -> list[Path]:
    """Draw one kind of figure and save it; returns the files.

    Parameters
    ----------
    kind : one of KINDS.
    folder : made if absent; files are named after the first chain, or the kind.
    prefixes, options : of the kind's `draw`, e.g. `labels`, `burn`.

    Raises
    ------
    UnknownOptionError : no such kind.
    HotAxionError : what the kind's own function raises; files that cannot be written.
    """
    from hotaxion.analysis.figures.style import save

    entry = KINDS[choice("kind of figure", kind, KINDS)]
    module = import_module(f"hotaxion.analysis.figures.{entry.module}")
    figures = module.draw(prefixes, **options)
    return [path for name, figure in figures.items() for path in save(figure, folder, name)]
