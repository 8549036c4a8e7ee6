"""Chains as figures show them: loaded, named, and marked where they have not converged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.bounds import Verdict
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.figures.style import FONT_SIZE, VERMILION
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Prefixes = str | Path | Sequence[str | Path]
_LONGEST_LABEL = 200  # characters; beyond some thousands matplotlib cannot make the image
_MARK_INCHES = 0.3  # height of the line in the corner


@dataclass(frozen=True)
class ShownChain:
    """A chain, its name in the figure, and whether what is shown of it may be quoted."""

    name: str
    chain: Chain
    verdict: Verdict

    def bound_in_words(self, value: float, digits: int) -> str:
        """A bound with so many digits; with one where the chain has not converged."""
        if self.verdict.converged:
            return f"{value:.{digits}g}"
        return "not converged" if self.verdict.refused else f"{value:.1g}, not converged"


def load_shown(
    prefixes: Prefixes,
    burn: float | None,
    labels: Sequence[str] | None,
    needed: Sequence[str],
    wanted: Sequence[str] = (),
) -> list[ShownChain]:
    """Load chains for a figure of some of their parameters.

    Parameters
    ----------
    prefixes, burn, labels : see `Chain.load` and `names_of`.
    needed : parameters that each chain must have.
    wanted : parameters that are shown if a chain has them.

    Raises
    ------
    UnknownOptionError : a chain without one of `needed`.
    HotAxionError : see `names_of` and `Chain.load`.
    """
    chains = []
    for prefix, name in zip(as_list(prefixes), names_of(prefixes, labels), strict=True):
        chain = Chain.load(prefix, burn)
        names = [*chain.check(needed), *(n for n in wanted if n in chain.parameters())]
        chains.append(ShownChain(name, chain, chain.verdict(names)))
    return chains


def mark_unconverged(figure: Figure, chains: Iterable[ShownChain]) -> None:
    """Name the chains that have not converged in the upper left corner of a figure."""
    names = dict.fromkeys(chain.name for chain in chains if not chain.verdict.converged)
    if not names:
        return
    words = "not converged: " + ", ".join(names)
    text = figure.suptitle(words, x=0.01, ha="left", fontsize=FONT_SIZE - 0.5, color=VERMILION)
    grid = figure.axes[0].get_gridspec() if figure.get_layout_engine() is None else None
    if grid is not None:  # of getdist: nothing makes room for the words
        free = 1 - _MARK_INCHES / figure.get_figheight()
        grid.update(top=min(grid.get_subplot_params().top, free))
        figure.subplots_adjust()  # moves the panels to where the grid has them now
        text.set_y(1 - 0.1 * (1 - free))


def as_list(prefixes: Prefixes) -> list[str | Path]:
    """Many prefixes, or one."""
    return [prefixes] if isinstance(prefixes, str | Path) else list(prefixes)


def stem(prefixes: Prefixes) -> str:
    """Name of the first chain, with which the names of files begin."""
    return Path(as_list(prefixes)[0]).name


def names_of(prefixes: Prefixes, labels: Sequence[str] | str | None) -> list[str]:
    """Legend entries of chains: the labels given (with TeX between dollars), else the prefixes.

    Raises
    ------
    HotAxionError : not as many labels as chains, or one that cannot be drawn.
    """
    prefixes = as_list(prefixes)
    if labels is None:
        texts = [Path(prefix).name.replace("$", r"\$") for prefix in prefixes]
    else:
        texts = [labels] if isinstance(labels, str) else [str(text) for text in labels]
    if len(texts) != len(prefixes):
        raise HotAxionError(f"{len(texts)} labels for {len(prefixes)} chains; give one for each.")
    for text in texts:
        if len(text) > _LONGEST_LABEL or not is_drawable(text):
            raise HotAxionError(
                f"label {shown(text)} cannot be drawn; give at most {_LONGEST_LABEL} characters, "
                r"with TeX that matplotlib knows between dollars (a dollar itself: \$)."
            )
    # matplotlib leaves labels that begin with _ out of its legends.
    return [re.sub("^_", r"$\\_$", text) for text in texts]


def is_drawable(text: str) -> bool:
    """Whether matplotlib can draw it: without TeX, or with TeX that it knows."""
    from matplotlib.cbook import is_math_text
    from matplotlib.mathtext import MathTextParser

    if not is_math_text(text):
        return True
    try:
        MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True
