"""Bounds on the mass of the axion (or f_a, or m_eff of a relic) under several priors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains.bounds import M_A_CUT_EV, SYMBOLS
from hotaxion.analysis.chains.tables import quoted
from hotaxion.analysis.figures import Kind, style
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.options import Option
from hotaxion.theory.particle.couplings import M_A_LEAST_EV
from hotaxion.theory.relics.abundance import M_A_MAX_EV

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains


def draw(chains: ShownChains, m_a_cut: float) -> tuple[str, Figure]:
    """The 95 % bound with its Monte Carlo error for each prior; hollow where samples are too few.

    Numbers have the digits of the table of bounds.

    m_a_cut : as in `prior_sensitivity` [eV].
    """
    from hotaxion.analysis.chains.curve import parameter_of_priors
    from hotaxion.analysis.chains.reweight import prior_sensitivity

    loaded, hollow = chains.load(parameter_of_priors), False
    name, *others = dict.fromkeys(parameter_of_priors(one.chain) for one in loaded)
    if others:
        raise HotAxionError(
            f"the chains bound {', '.join([name, *others])}, which one axis cannot show; give "
            "those of one parameter together."
        )
    rows = [prior_sensitivity(one.chain, [name], m_a_cut) for one in loaded]
    words = [_short(entry.prior) for entry in rows[0]]
    height = 0.55 * len(words) + 1.4 + 0.2 * len(loaded)
    figure, axes = style.new_figure(size=(7.6, height))
    for index, (one, entries) in enumerate(zip(loaded, rows, strict=True)):
        colour, shift = style.colour(index), 0.16 * (index - (len(loaded) - 1) / 2)
        for place, entry in enumerate(entries):
            if name not in entry.parameters:
                text = f"{one.name}: {entry.verdict}"
                look = {"va": "center", "color": colour, "fontsize": style.SMALL}
                axes.text(0.01, place + shift, text, look, transform=axes.get_yaxis_transform())
                continue
            bound, few = entry.parameters[name], entry.verdict.startswith("too few")
            hollow |= few
            look = {"fmt": "o", "color": colour, "ms": 6, "mfc": "white" if few else colour}
            axes.errorbar(bound.value, place + shift, xerr=bound.mc_error, capsize=3, **look)
            below = shift > 0  # numbers of chains above and below each other keep apart
            number: dict[str, Any] = {
                "ha": "center",
                "va": "top" if below else "bottom",
                "color": colour,
            }
            number |= {"textcoords": "offset points", "xytext": (0, -5 if below else 4)}
            where = (bound.value, place + shift)
            axes.annotate(quoted(bound), where, fontsize=style.SMALL, **number)
        axes.plot([], [], "o", color=colour, label=one.name)
    if hollow:
        axes.plot([], [], "o", color=style.GREY, mfc="white", label="too few effective samples")
    axes.set_yticks(range(len(words)), words)
    axes.set(ylim=(len(words) - 0.5, -0.5), xlabel=f"95 % bound on {style.axis_label(name)}")
    axes.set_xlim(left=0)
    figure.legend(**style.BELOW)
    return chains.file("priors"), figure


def _short(prior: str) -> str:
    """With symbols, and without the range of the chain's own prior: it differs between chains."""
    symbols = {name: f"${symbol}$" for name, symbol in SYMBOLS.items()}
    return re.sub(r"\w+", lambda word: symbols.get(word[0], word[0]), prior.split(" on [")[0])


KIND = Kind(
    "bounds on m_a (of an ALP f_a, of a relic m_eff) under several priors, by reweighting",
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
