"""What all figures share: colours, fonts, labels, axes, and how they are saved."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotaxion.analysis.chains.bounds import SYMBOLS, UNITS
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import whole_file
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito's palette: distinguishable with any colour vision (jfly.uni-koeln.de/color).
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#7F7F7F"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", "--", "-.", ":")  # a second way to tell lines apart, for prints without colour
FONT_SIZE, SMALL = 10.5, 9.0
# Of matplotlib, while a figure is drawn.
SETTINGS: dict[Any, Any] = {
    **{"font.size": FONT_SIZE, "axes.labelsize": 12.5, "axes.titlesize": FONT_SIZE + 1},
    **{"figure.titlesize": FONT_SIZE, "legend.fontsize": 9.5, "legend.framealpha": 0.9},
}
DELTA_NEFF = r"$\Delta N_\mathrm{eff}$ (relativistic, at BBN)"  # of an axis
# Below the axes: inside, a legend would cover what is drawn or said there.
BELOW: dict[str, Any] = {"loc": "outside lower center", "ncols": 3, "frameon": False}
_UNITS = UNITS | {"H0": r"km\,s^{-1}\,Mpc^{-1}"}


def label(name: str) -> str | None:
    """Label of a parameter with its unit, without dollars; None for one that is not known."""
    if name not in SYMBOLS:
        return None
    return SYMBOLS[name] + (f"\\,[\\mathrm{{{_UNITS[name]}}}]" if name in _UNITS else "")


def axis_label(name: str) -> str:
    """The same as matplotlib wants it; an unknown name stands for itself."""
    known = label(name)
    return f"${known}$" if known else name


def colour(index: int) -> str:
    """That of a chain; they begin again after the last."""
    return PALETTE[index % len(PALETTE)]


def new_figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.6, 4.6), **options: Any
) -> tuple[Figure, Any]:
    """A figure that needs no display, and its axes (an array if there are several)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(rows, columns, **options)
    for axes in figure.axes:
        # The distance keeps the first labels of both axes apart where they meet in the corner.
        axes.tick_params(which="both", direction="in", top=True, right=True)
        axes.tick_params(which="both", pad=6, labelsize=FONT_SIZE)
        axes.grid(alpha=0.25)
        axes.set_axisbelow(True)
    return figure, panels


def name_line(axes: Axes, height: float, text: str, colour: str = BLACK) -> None:
    """Words above a horizontal line, at its right end."""
    look: dict[str, Any] = {"ha": "right", "fontsize": SMALL, "color": colour}
    look["bbox"] = {"fc": "white", "alpha": 0.6, "lw": 0, "pad": 0.5}  # other lines cross it
    place, above = ("axes fraction", "data"), "offset points"
    axes.annotate(text, (0.985, height), (0, 3.5), place, above, **look)


def axion_in_words(axion: AxionOptions) -> str:
    """For a title: the model, and each option that is not the default."""
    standard = asdict(AxionOptions())
    parts = [f"{axion.model.upper()} axion"]
    for name, value in asdict(axion).items():
        if name == "tan_beta" and value is not None:
            parts.append(rf"$\tan\beta = {value:g}$")
        elif name != "model" and value != standard[name]:
            parts.append(f"{name} {value}")
    return ", ".join(parts)


def file_of_axion(kind: str, axion: AxionOptions) -> str:
    """Name of a file: that of KSVZ, the default, is the kind's; another model adds its own."""
    return kind if axion.model == AxionOptions().model else f"{kind}_{axion.model}"


def save(figure: Figure, folder: str | Path, name: str, dpi: int = 160) -> list[Path]:
    """NAME.pdf and NAME.png in a folder, made if absent; raises as `write`."""
    paths = [Path(folder) / f"{name}.{form}" for form in ("pdf", "png")]
    write(figure, paths, dpi)
    return paths


def write(figure: Figure, paths: list[Path], dpi: int = 160) -> None:
    """Draw into files, of the forms that their names end in: each whole, or as it was before.

    Raises HotAxionError if they cannot be written.
    """
    from matplotlib import rc_context

    from hotaxion.analysis.chains.chain import calm_getdist

    # Not into the files: a full disk makes matplotlib's writer of PDF fail in its own way.
    pictures = {path: io.BytesIO() for path in paths}
    # Several journals refuse matplotlib's default, fonts of Type 3.
    with rc_context({"pdf.fonttype": 42}), calm_getdist():
        for path, picture in pictures.items():
            figure.savefig(picture, format=path.suffix[1:], dpi=dpi, bbox_inches="tight")
    for path, picture in pictures.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as file:
                file.write(picture.getbuffer())
        except OSError as error:
            raise HotAxionError(
                f"cannot write '{path}': {error.strerror or error}; give another place, or make "
                "room."
            ) from None
