"""Figures, one kind per module, each imported when it is asked for by its name.

matplotlib is imported when needed; its backend, and what pyplot knows, stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hotaxion.theory.checks import choice
from hotaxion.theory.options import Option

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import Prefixes

KINDS = (
    *("triangle", "masses", "priors", "progress", "profile"),
    *("abundance", "light-elements", "spectra", "history"),
    "free_kick",
)
_SEARCHES = {"free_kick"}  # of the companions


@dataclass(frozen=True)
class Kind:
    """One kind of figure: `KIND` of the module that is named after it.

    text : what it shows.
    draw : takes `ShownChains` and its options as keywords (those of the abundance as `axion`, an
        `AxionOptions`); returns the name of its file, without ending, and the figure.
    chains : whether it takes chains; `of_chains` which options of theirs.
    options : its own, by name; `needs` those without which there is no figure.
    axion : names of the options of the abundance that it uses.
    """

    text: str
    draw: Callable[..., tuple[str, Figure]]
    chains: Literal["needed", "possible", "none"]
    of_chains: tuple[str, ...] = ("burn", "labels")
    options: Mapping[str, Option] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    axion: frozenset[str] = frozenset()

    @property
    def used(self) -> set[str]:
        """Names of all options that it uses."""
        return {*self.options, *self.axion, *(self.of_chains if self.chains != "none" else ())}


def kind_named(name: str) -> Kind:
    """The kind with one of the names KINDS; raises UnknownOptionError."""
    module = choice("kind of figure", name, KINDS).replace("-", "_")
    room = f"{__name__}.searches" if name in _SEARCHES else __name__
    kind: Kind = import_module(f"{room}.{module}").KIND
    return kind


def all_kinds() -> dict[str, Kind]:
    """Every kind by its name; imports all their modules."""
    return {name: kind_named(name) for name in KINDS}


def make_figure(
    kind: str,
    prefixes: Prefixes = (),
    burn: float | None = None,
    labels: Sequence[str] | str | None = None,
    **options: Any,
) -> tuple[str, Figure]:
    """Name of the file, without ending, and the figure; nothing is written.

    Parameters
    ----------
    kind : one of KINDS.
    prefixes, burn, labels : see `ShownChains`. Chains that have not converged are named in the
        corner of the figure.
    options : of the kind; `axion` is what decides the abundance.

    Raises UnknownOptionError for a kind or option, or if a chain lacks what is to be shown, and
    HotAxionError for a chain that cannot be read, or an option out of range.
    """
    from matplotlib import rc_context

    from hotaxion.analysis.chains.chain import calm_getdist
    from hotaxion.analysis.figures.shown_chains import ShownChains
    from hotaxion.analysis.figures.style import SETTINGS
    from hotaxion.theory.relics.options import AxionOptions

    found = kind_named(kind)
    values = {"axion": options.pop("axion", None) or AxionOptions()} if found.axion else {}
    for name in options:
        choice(f"option of the figure {kind}", name, [*found.options])
    for name, option in found.options.items():
        values[name] = option.checked(name, options.get(name, option.default))
    chains = ShownChains(prefixes, burn, labels)
    with calm_getdist(), rc_context(SETTINGS):
        file, figure = found.draw(chains, **values)
        chains.mark(figure)
    return file, figure


def draw(kind: str, folder: str | Path, prefixes: Prefixes = (), **options: Any) -> list[Path]:
    """Draw a figure and save it as PDF and PNG, named after the first chain or the kind.

    Takes and raises what `make_figure` does; HotAxionError for files that cannot be written.
    """
    from hotaxion.analysis.figures.style import save

    file, figure = make_figure(kind, prefixes, **options)
    return save(figure, folder, file)
