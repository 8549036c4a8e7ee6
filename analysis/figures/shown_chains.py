"""Chains as figures show them: loaded, named, smoothed, marked where they have not converged."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.bounds import UPPER_BOUNDED, Verdict
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.figures import style
from hotaxion.theory.checks import shown
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from getdist import MCSamples
    from matplotlib.figure import Figure

Prefixes = str | Path | Sequence[str | Path]
_LONGEST_LABEL = 200  # characters; beyond some thousands matplotlib cannot make the image
_MARK_INCHES = 0.3  # height of the line in the corner
# getdist's own bandwidth is far too small for delta_neff: its density, of the form
# 1/(slope of the curve), diverges at the floor.
_SMOOTHING = {"smooth_scale_1D": 0.25, "smooth_scale_2D": 0.35}


@dataclass(frozen=True)
class ShownChain:
    """A chain with the smoothing, floors and labels that our densities need; its name there.

    verdict : whether what is shown of it may be quoted.
    """

    name: str
    chain: Chain
    verdict: Verdict

    def bound_in_words(self, value: float, digits: int) -> str:
        """A bound with so many digits; with one where the chain has not converged."""
        if self.verdict.converged:
            return f"{value:.{digits}g}"
        return "not converged" if self.verdict.refused else f"{value:.1g}, not converged"


class ShownChains:
    """The chains that a figure is asked for; what they are asked for is known to the figure.

    Parameters
    ----------
    prefixes, burn : of `Chain.load`; many prefixes, or one.
    labels : names in the figure (with TeX between dollars), default the prefixes.

    Raises HotAxionError if there are not as many labels, or one cannot be drawn.
    """

    def __init__(
        self,
        prefixes: Prefixes = (),
        burn: float | None = None,
        labels: Sequence[str] | str | None = None,
    ):
        self.prefixes = [prefixes] if isinstance(prefixes, str | Path) else list(prefixes)
        self.names = _names(self.prefixes, labels)
        self._burn = burn
        self._loaded: list[ShownChain] = []

    def file(self, kind: str) -> str:
        """Name of a file, without its ending: that of the first chain, and the kind."""
        return f"{Path(self.prefixes[0]).name}_{kind}"

    def load(
        self, needed: Sequence[str] | Callable[[Chain], str], wanted: Sequence[str] = ()
    ) -> list[ShownChain]:
        """The chains, for a figure of some of their parameters; raises as they are read.

        needed, wanted : parameters that each chain must have, or the one of each chain; that are
            shown if it has them.
        """
        for prefix, name in zip(self.prefixes, self.names, strict=True):
            chain = Chain.load(prefix, self._burn)
            own = [needed(chain)] if callable(needed) else needed
            names = [*chain.check(own), *(n for n in wanted if n in chain.parameters())]
            self._loaded.append(ShownChain(name, chain, chain.verdict(names)))
            _prepare(chain.samples)
        return self._loaded

    def mark(self, figure: Figure) -> None:
        """Name those that have not converged in the upper left corner of a figure."""
        names = dict.fromkeys(one.name for one in self._loaded if not one.verdict.converged)
        if not names:
            return
        words = "not converged: " + ", ".join(names)
        text = figure.suptitle(words, x=0.01, ha="left", color=style.VERMILION)
        grid = figure.axes[0].get_gridspec() if figure.get_layout_engine() is None else None
        if grid is not None:  # of getdist: nothing makes room for the words
            free = 1 - _MARK_INCHES / figure.get_figheight()
            grid.update(top=min(grid.get_subplot_params().top, free))
            figure.subplots_adjust()  # moves the panels to where the grid has them now
            text.set_y(1 - 0.1 * (1 - free))


def _prepare(samples: MCSamples) -> None:
    """Smoothing, labels, and the hard lower end of derived masses and densities.

    That is their least sample: delta_neff does not vanish for m_a -> 0, and a density smoothed
    across its floor would leak.
    """
    samples.updateSettings(_SMOOTHING)
    for parameter in samples.paramNames.names:
        name = parameter.name
        if name in UPPER_BOUNDED and samples.ranges.getLower(name) is None:
            floor = float(samples.samples[:, samples.index[name]].min())
            samples.setRanges({name: [floor, samples.ranges.getUpper(name)]})
        if known := style.label(name):
            parameter.label = known
        elif not _is_drawable(f"${parameter.label}$"):
            parameter.label = rf"\mathrm{{{name}}}".replace("_", r"\_")


def _names(prefixes: Sequence[str | Path], labels: Sequence[str] | str | None) -> list[str]:
    texts = [labels] if isinstance(labels, str) else [str(text) for text in labels or ()]
    if labels is None:
        texts = [Path(prefix).name.replace("$", r"\$") for prefix in prefixes]
    if len(texts) != len(prefixes):
        raise HotAxionError(f"{len(texts)} labels for {len(prefixes)} chains; give one for each.")
    for text in texts:
        if len(text) > _LONGEST_LABEL or not _is_drawable(text):
            raise HotAxionError(
                f"label {shown(text)} cannot be drawn; give at most {_LONGEST_LABEL} characters, "
                r"with TeX that matplotlib knows between dollars (a dollar itself: \$)."
            )
    # matplotlib leaves labels that begin with _ out of its legends.
    return [re.sub("^_", r"$\\_$", text) for text in texts]


def _is_drawable(text: str) -> bool:
    """Whether matplotlib can draw it: without TeX, or with TeX that it knows."""
    from matplotlib.cbook import is_math_text
    from matplotlib.mathtext import MathTextParser

    try:
        if is_math_text(text):
            MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True
