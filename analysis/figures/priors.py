"""Bounds on the axion mass under several priors, by reweighting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains.bounds import SYMBOLS
from hotaxion.analysis.chains.reweight import M_A_CUT_EV, prior_sensitivity
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.figures.shown_chains import ShownChains
from hotaxion.theory.options import Option
from hotaxion.theory.particle.couplings import M_A_LEAST_EV
from hotaxion.theory.relics.abundance import M_A_MAX_EV

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(chains: ShownChains, m_a_cut: float) -> tuple[str, Figure]:
    """The 95 % bound with its Monte Carlo error for each prior; hollow where samples are too few.

    m_a_cut : as in `prior_sensitivity` [eV].
    """
    results = [prior_sensitivity(o.chain, ["m_a"], m_a_cut) for o in chains.load(["m_a"])]
    rows, hollow = len(results[0]), False
    figure, axes = style.new_figure(size=(7.6, 0.5 * rows + 1.4 + 0.2 * len(results)))
    for index, (name, entries) in enumerate(zip(chains.names, results, strict=True)):
        colour = style.PALETTE[index % len(style.PALETTE)]
        for row, entry in enumerate(entries):
            place = row + 0.16 * (index - (len(results) - 1) / 2)
            if "m_a" not in entry.parameters:
                axes.text(
                    *(0.01, place, f"{name}: {entry.verdict}"),
                    transform=axes.get_yaxis_transform(),
                    va="center",
                    fontsize=style.FONT_SIZE - 2.5,
                    color=colour,
                )
                continue
            bound = entry.parameters["m_a"]
            few = entry.verdict.startswith("too few")
            hollow |= few
            axes.errorbar(
                *(bound.value, place),
                xerr=bound.mc_error,
                fmt="o",
                color=colour,
                ms=6,
                capsize=3,
                mfc="white" if few else colour,
            )
        axes.plot([], [], "o", color=colour, label=name)
    if hollow:
        axes.plot([], [], "o", color=style.GREY, mfc="white", label="too few effective samples")
    axes.set_yticks(range(rows), [_short(entry.prior) for entry in results[0]])
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(left=0)
    style.dress(axes, f"95 % bound on {style.axis_label('m_a')}")
    # Outside: inside it would cover words in place of a bound.
    look: dict[str, Any] = {"fontsize": style.FONT_SIZE - 1.5, "ncols": 3, "frameon": False}
    figure.legend(loc="outside lower center", **look)
    return chains.file("priors"), figure


def _short(prior: str) -> str:
    """Without the range of the chain's own prior, which differs between chains."""
    words = prior.split(" on [")[0].split(" ")
    return " ".join(re.sub(r"^\w+", _symbol, word) for word in words)


def _symbol(word: re.Match[str]) -> str:
    return f"${SYMBOLS[word[0]]}$" if word[0] in SYMBOLS else word[0]


KIND = Kind(
    "bounds on m_a under several priors, by reweighting",
    draw,
    chains="needed",
    options={
        "m_a_cut": Option(
            *(M_A_CUT_EV, float, "least mass of those that need one"),
            unit="eV",
            range=(M_A_LEAST_EV, M_A_MAX_EV),
        )
    },
)
