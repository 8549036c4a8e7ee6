"""Bounds of several searches in one figure, with the QCD axion and the cosmological bound."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotaxion.analysis.figures import style
from hotaxion.analysis.limits.rows import Curve
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import choice
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "pdf", "svg")
_TAN_BETA = 3.0
#: Lines of the QCD axion: label, model, tan(beta), style.
_MODELS = (
    ("KSVZ", LowEnergyOptions(), None, "-"),
    (f"DFSZ-I, tan β = {_TAN_BETA:g}", LowEnergyOptions(model="dfsz1"), _TAN_BETA, "--"),
)
_REFERENCE = "reference/hotaxion2026_ksvz"
_COUPLINGS = {
    "g_agamma": r"$|g_{a\gamma}|$",
    **{name: f"$|g_{{a{name[-1]}}}|$" for name in ("g_ae", "g_ap", "g_an")},
}


def write(curves: Sequence[Curve], path: Path, published: Sequence[str] = ()) -> None:
    """Draw into one file, of the form that its name ends in.

    Parameters
    ----------
    published : files of two columns, mass and coupling, each perhaps as LABEL=FILE.

    Raises
    ------
    HotAxionError : searches of different couplings or masses, a file that cannot be read or
        written.
    """
    choice("form of a figure", path.suffix.removeprefix("."), FORMATS)
    style.write(draw(curves, published), [path])


def draw(curves: Sequence[Curve], published: Sequence[str] = ()) -> Figure:
    """The figure; arguments and errors as for `write`."""
    from matplotlib import rc_context

    searches = [one.search for one in curves]
    (search, *others) = {(s.coupling_name, s.mass_name, s.mass_unit): s for s in searches}.values()
    if others:
        names = {one.coupling_name for one in (search, *others)}
        raise RangeError(
            f"--plot with bounds on {', '.join(sorted(names))}: searches share axes where they "
            "have the same mass and coupling; draw them one by one."
        )
    files = [_read(one) for one in published]
    masses = [mass for one in curves for mass, _ in one.rows if mass > 0.0]
    masses += [float(mass) for _, table in files for mass in table[:, 0]]
    if not masses or min(masses) == max(masses):
        raise RangeError("--plot needs two masses or more above zero; give --grid LOW HIGH N.")
    ends = (min(masses), max(masses))
    with rc_context(style.SETTINGS):
        figure, axes = style.new_figure()
        colours = cycle(style.PALETTE)
        for one in curves:
            _draw_curve(axes, one, next(colours))
        for name, table in files:
            axes.plot(table[:, 0], table[:, 1], ":", color=next(colours), lw=1.8, label=name)
        if search.mass_name == "m_a" and search.mass_unit == "eV":
            _draw_axion(axes, search.coupling_name, ends)
        axes.set(xscale="log", yscale="log", xlim=ends, xlabel=style.axis_label(search.mass_name))
        unit = " [GeV$^{-1}$]" if search.coupling_unit == "1/GeV" else ""
        axes.set_ylabel(_COUPLINGS.get(search.coupling_name, search.coupling_name) + unit)
        figure.legend(**style.BELOW)
    return figure


def _draw_curve(axes: Axes, one: Curve, colour: str) -> None:
    """A line, gaps where there is no bound; both ends of the first interval."""
    x = [mass for mass, _ in one.rows]
    ends = np.full((2, len(x)), np.nan)
    for i, (_, limit) in enumerate(one.rows):
        first = limit[0] if isinstance(limit, list) and isinstance(limit[0], list) else limit
        numbers = np.atleast_1d(np.array(first, dtype=float))  # no bound: NaN
        ends[: numbers.size, i] = numbers
    label = f"{one.name} ({one.text.partition(':')[0]})"
    for line, name in zip(ends, (label, None), strict=True):
        if name or not np.isnan(line).all():
            axes.plot(x, line, color=colour, lw=1.8, label=name)


def _draw_axion(axes: Axes, coupling: str, ends: tuple[float, float]) -> None:
    """Lines of the models, and the cosmological bound of KSVZ."""
    for label, options, tan_beta, dashes in _MODELS:
        per_ev = abs(getattr(low_energy(1.0, options, tan_beta), coupling, 0.0))
        if per_ev > 0.0:
            values = [mass * per_ev for mass in ends]
            axes.plot(ends, values, dashes, color=style.GREY, lw=1.4, label=label)
    bound = cosmological_bound()
    if ends[0] < bound < ends[1]:
        label = f"cosmology, KSVZ: $m_a$ < {bound:.3f} eV"
        axes.axvline(bound, color=style.BLACK, ls="-.", lw=1.2, label=label)


@cache
def cosmological_bound() -> float:
    """95 % bound on m_a [eV] of the reference chain, KSVZ."""
    from hotaxion.analysis.chains.chain import Chain
    from hotaxion.analysis.inputs.names import find_chain

    return float(Chain.load(find_chain(_REFERENCE)).bound("m_a").value)


def _read(given: str) -> tuple[str, Array]:
    """Label and table of a published curve."""
    label, equals, name = given.rpartition("=")
    try:
        text = Path(name).read_text(encoding="utf-8").replace(",", " ")
        table = np.loadtxt(io.StringIO(text), ndmin=2)
    except (OSError, ValueError) as error:
        raise HotAxionError(
            f"--curve {given}: {' '.join(str(error).split())}; give a file of two columns, mass "
            "and coupling."
        ) from None
    if table.shape[1] < 2 or not np.isfinite(table[:, :2]).all() or not (table[:, :2] > 0.0).all():
        raise HotAxionError(
            f"--curve {given}: allowed are two columns, mass and coupling, of numbers above zero."
        )
    return (label if equals else Path(name).stem), table[:, :2]
