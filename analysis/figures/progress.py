"""How chains, finished or still running, converge, as Cobaya's `plot_progress` shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.chains.reading import BURN_IN
from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.theory.errors import HotAxionError, MissingDataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from hotaxion.analysis.figures.shown_chains import ShownChains

_COLUMNS = ["N", "acceptance_rate", "Rminus1", "Rminus1_cl"]  # the last is not always there
_STOPS = {"Rminus1_stop": ("means", "--"), "Rminus1_cl_stop": ("bounds", ":")}


def draw(chains: ShownChains) -> tuple[str, Figure]:
    """R - 1 of the means and of the bounds, and the acceptance rate, against accepted steps.

    Cobaya counts the steps that a check used, of all chains of a run; its R - 1 of bounds is
    explained in `Chain.r_minus_one_of_bound`. Grey lines: where a run stops; upright ones in the
    colour of a run: where the burn-in of bounds and pictures (BURN_IN) ends, as of its last check.
    """
    from cobaya.samplers.mcmc import plot_progress

    figure, (top, bottom) = style.new_figure(2, 1, size=(7.0, 6.2), sharex=True)
    for axes in (top, bottom):
        axes.set_prop_cycle(color=style.PALETTE)
    stops, ends = set(), []
    for prefix, name in zip(chains.prefixes, chains.names, strict=True):
        table = read_progress(prefix)
        plot_progress(table, ax=(top, bottom))
        ends.append((BURN_IN * table.N.iloc[-1], top.lines[-1].get_color()))
        for line, what in zip(top.lines[-2:], ("means", "bounds"), strict=True):
            line.set_label(f"{name}: {what}")
        path = Path(f"{prefix}.updated.yaml")
        sampler = (read_yaml(path).get("sampler") if path.is_file() else None) or {}
        options = sampler.get("mcmc") or {}
        stops |= {(key, float(options[key])) for key in _STOPS if options.get(key) is not None}
    for option, stop in sorted(stops):
        what, dashes = _STOPS[option]
        text = f"{what}: stop at {stop:g}"
        top.axhline(stop, color=style.GREY, ls=dashes, lw=1.2, label=text)
    for end, colour in ends:
        for axes in (top, bottom):
            axes.axvline(end, color=colour, ls="-.", lw=1.0)
    words = f"burn-in: {100 * BURN_IN:g} % until now"
    top.plot([], [], color=style.GREY, ls="-.", lw=1.0, label=words)
    top.get_legend().remove()  # of Cobaya's plot: it would cover the checks
    figure.legend(*top.get_legend_handles_labels(), **style.BELOW)
    bottom.set(xlabel="accepted steps used for the check", ylabel="acceptance rate")
    return chains.file("progress"), figure


def read_progress(prefix: str | Path) -> DataFrame:
    """PREFIX.progress of Cobaya, also while it grows, less lines that are damaged or half written.

    Not by Cobaya's own reader, which writes: it cuts a file whose last R - 1 of the bounds is
    missing, as if a crash had left it.

    Raises MissingDataError, or HotAxionError if there is no check yet.
    """
    import pandas

    path = Path(f"{prefix}.progress")
    if not path.is_file():
        raise MissingDataError(
            f"no '{path.name}' in '{path.parent}'; give the prefix of an MCMC of Cobaya, e.g. "
            "chains/run, after its first check of convergence."
        )
    head, *lines = path.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    names = head.lstrip("#").split()
    rows = [cells for line in lines if len(cells := line.split()) == len(names)]
    table = pandas.DataFrame(rows, columns=names).reindex(columns=_COLUMNS)
    table = table.apply(pandas.to_numeric, errors="coerce").dropna(subset=_COLUMNS[:-1])
    if table.empty:
        raise HotAxionError(f"'{path}' has no check of convergence yet; wait for the first one.")
    return table


KIND = Kind(
    "R-1 and acceptance rate of (running) chains against their steps",
    draw,
    chains="needed",
    of_chains=("labels",),
)
