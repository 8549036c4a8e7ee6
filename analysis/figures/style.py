"""What all figures share: colours, labels, axes, and how they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.bounds import UNITS
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito's palette: distinguishable with any colour vision (jfly.uni-koeln.de/color).
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#7F7F7F"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
DASHES = ("-", "--", "-.", ":")  # a second way to tell lines apart, for prints without colour
# Labels without units; getdist and our axes share them.
SYMBOLS = {
    "m_a": r"m_a",
    "mnu": r"\Sigma m_\nu",
    "delta_neff": r"\Delta N_\mathrm{eff}",
    "f_a": r"f_a",
    "omega_axion": r"\Omega_a h^2",
    "omega_b": r"\omega_b",
    "omega_cdm": r"\omega_c",
    "H0": r"H_0",
    "sigma8": r"\sigma_8",
    "Y_p": r"Y_p",
    "DH": r"\mathrm{D/H}",
}
LATEX_UNITS = UNITS | {"H0": r"km\,s^{-1}\,Mpc^{-1}"}
FONT_SIZE, LABEL_SIZE = 10.5, 12.5


def label(name: str) -> str | None:
    """Label of a parameter with its unit, without dollars; None for one that is not known."""
    if name not in SYMBOLS:
        return None
    unit = f"\\,[\\mathrm{{{LATEX_UNITS[name]}}}]" if name in UNITS else ""
    return SYMBOLS[name] + unit


def axis_label(name: str) -> str:
    """The same as matplotlib wants it; an unknown name stands for itself."""
    known = label(name)
    return f"${known}$" if known else name


def new_figure(rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.6, 4.6), **options):  # type: ignore[no-untyped-def]
    """A figure that needs no display, and its axes (an array if there are several)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def dress(axes: Axes, x: str = "", y: str = "", title: str = "") -> None:
    """Labels, ticks and grid."""
    axes.set_xlabel(x, fontsize=LABEL_SIZE)
    axes.set_ylabel(y, fontsize=LABEL_SIZE)
    if title:
        axes.set_title(title, fontsize=FONT_SIZE + 1)
    # The distance keeps the first labels of both axes apart where they meet in the corner.
    axes.tick_params(labelsize=FONT_SIZE, which="both", direction="in", top=True, right=True, pad=6)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)


def plain_log(axes: Axes, which: str = "x") -> None:
    """Logarithmic axis with 0.01, 0.1, 1 instead of powers."""
    from matplotlib.ticker import FuncFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def use_agg() -> None:
    """Draw into files only: no display is needed (getdist draws with pyplot)."""
    import matplotlib

    matplotlib.use("Agg")


def save(figure: Figure, folder: str | Path, name: str, dpi: int = 160) -> list[Path]:
    """NAME.pdf and NAME.png in a folder, made if absent; the figure is closed.

    Raises
    ------
    HotAxionError : the files cannot be written.
    """
    from matplotlib import pyplot

    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.{kind}" for kind in ("pdf", "png")]
        for path in paths:
            figure.savefig(path, dpi=dpi, bbox_inches="tight")
    except OSError as error:
        raise HotAxionError(f"cannot write the figure into '{folder}': {error}") from None
    finally:
        pyplot.close(figure)
    return paths


def names_of(prefixes: Sequence[str | Path], labels: Sequence[str] | None) -> list[str]:
    """Legend entries of chains: the labels given, else the prefixes."""
    return [str(text) for text in labels or [Path(prefix).name for prefix in prefixes]]
