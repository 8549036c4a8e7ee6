"""Bounds on the axion mass under several priors, by reweighting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.reweight import M_A_CUT_EV, Reweighted, prior_sensitivity
from hotaxion.analysis.figures.shown_chains import (
    Prefixes,
    load_shown,
    mark_unconverged,
    stem,
)
from hotaxion.analysis.figures.style import (
    FONT_SIZE,
    GREY,
    PALETTE,
    SYMBOLS,
    axis_label,
    dress,
    new_figure,
)
from hotaxion.theory.checks import number
from hotaxion.theory.relics.abundance import M_A_MAX_EV

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(
    prefixes: Prefixes,
    burn: float | None = None,
    labels: Sequence[str] | None = None,
    m_a_cut: float = M_A_CUT_EV,
) -> Mapping[str, Figure]:
    """The figure of chains under the name of its file; m_a_cut as in `prior_sensitivity` [eV]."""
    number("m_a_cut", m_a_cut, 0, M_A_MAX_EV, "eV", above=True)
    chains = load_shown(prefixes, burn, labels, ["m_a"])
    results = [(one.name, prior_sensitivity(one.chain, ["m_a"], m_a_cut)) for one in chains]
    figure = priors_figure(results)
    mark_unconverged(figure, chains)
    return {f"{stem(prefixes)}_priors": figure}


def priors_figure(chains: Sequence[tuple[str, Sequence[Reweighted]]], name: str = "m_a") -> Figure:
    """The 95 % bound with its Monte Carlo error for each prior; hollow where samples are too few.

    Parameters
    ----------
    chains : (label, result of `prior_sensitivity`).
    name : parameter whose bound is shown.
    """
    rows = len(chains[0][1])
    hollow = False
    figure, axes = new_figure(size=(7.6, 0.5 * rows + 1.4 + 0.2 * len(chains)))
    for index, (text, entries) in enumerate(chains):
        colour = PALETTE[index % len(PALETTE)]
        shift = 0.16 * (index - (len(chains) - 1) / 2)
        for place, entry in enumerate(entries):
            if name not in entry.parameters:
                axes.text(
                    *(0.01, place + shift, f"{text}: {entry.verdict}"),
                    transform=axes.get_yaxis_transform(),
                    va="center",
                    fontsize=FONT_SIZE - 2.5,
                    color=colour,
                )
                continue
            bound = entry.parameters[name]
            few = entry.verdict.startswith("too few")
            hollow |= few
            axes.errorbar(
                *(bound.value, place + shift),
                xerr=bound.mc_error,
                fmt="o",
                color=colour,
                ms=6,
                capsize=3,
                mfc="white" if few else colour,
            )
        axes.plot([], [], "o", color=colour, label=text)
    if hollow:
        axes.plot([], [], "o", color=GREY, mfc="white", label="too few effective samples")
    axes.set_yticks(range(rows), [_short(entry.prior) for entry in chains[0][1]])
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(left=0)
    dress(axes, f"95 % bound on {axis_label(name)}")
    # Outside: inside it would cover words in place of a bound.
    figure.legend(fontsize=FONT_SIZE - 1.5, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _short(prior: str) -> str:
    """Without the range of the chain's own prior, which differs between chains."""
    words = prior.split(" on [")[0].split(" ")
    names = {f"{name}{end}": f"${symbol}${end}" for name, symbol in SYMBOLS.items() for end in ",;"}
    names |= {name: f"${symbol}$" for name, symbol in SYMBOLS.items()}
    return " ".join(names.get(word, word) for word in words)
