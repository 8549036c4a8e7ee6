"""The free kick: how much of the cold dark matter is the dilaton, and one history of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.figures import Kind, style
from hotaxion.theory.options import Option
from hotaxion.theory.searches import free_kick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

_PIXELS = 60  # of each axis of the map
_GAINS = (1.05, 1.1, 1.2, 1.3, 1.4, 1.5)
_RATIO = r"$m_\phi/m_a$"


def draw(chains: ShownChains, xi_kick: float, r_kick: float) -> tuple[str, Figure]:
    """Left: the committed map, fraction in colour and gain as lines; right: one point in time.

    xi_kick, r_kick : of the point on the right, which starts at theta_i = 1.
    """
    figure, (left, right) = style.new_figure(1, 2, size=(10.4, 4.4))
    _draw_map(figure, left)
    if free_kick.MAP_XI[0] <= xi_kick <= free_kick.MAP_XI[1]:
        left.plot(xi_kick, r_kick, "o", mfc="white", mec=style.BLACK, ms=7)
    left.set(ylim=free_kick.MAP_R)
    _draw_history(right, xi_kick, r_kick)
    return "free_kick", figure


def _draw_map(figure: Figure, axes: Axes) -> None:
    table = free_kick.kick_map()
    xi = np.linspace(*free_kick.MAP_XI, _PIXELS)
    r = np.geomspace(*free_kick.MAP_R, _PIXELS)
    fraction = np.array([[table.fraction(x, y) for x in xi] for y in r])
    gain = np.array([[table.gain(x, y) for x in xi] for y in r])
    colours = axes.contourf(xi, r, fraction, levels=np.linspace(0.0, 0.9, 19), cmap="cividis")
    lines = axes.contour(xi, r, gain, levels=_GAINS, colors="white", linewidths=1.0)
    axes.clabel(lines, fmt="×%g", fontsize=style.SMALL)
    figure.colorbar(
        colours, ax=axes, label=r"$\rho_\phi/(\rho_\phi+\rho_a)$", ticks=np.arange(10) / 10
    )
    axes.set(yscale="log", xlabel=r"$f_a\theta_i/F$", ylabel=_RATIO)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_title(
        "share of the dilaton; lines: total over the axion alone", fontsize=style.FONT_SIZE
    )


def _draw_history(axes: Axes, xi_kick: float, r_kick: float) -> None:
    end = 25.0 / min(r_kick, 1.0)
    unit = free_kick.kick_map().alone(1.0)
    with_dilaton = {"color": style.BLUE, "lw": 1.4}
    without = {"color": style.GREY, "lw": 1.0, "ls": ":"}
    curves: tuple[tuple[float, str, dict[str, Any]], ...] = (
        (xi_kick, "axion", with_dilaton),
        (free_kick.XI_RANGE[0], "axion without dilaton", without),
    )
    for xi, name, look in curves:
        rows = free_kick.history(xi, r_kick, 1.0, end)
        axion, dilaton = free_kick.densities(rows[1:5], xi, r_kick)
        scale = rows[0] ** 1.5 / unit
        axes.plot(rows[0], axion * scale, label=name, **look)
        if xi == xi_kick:
            axes.plot(rows[0], dilaton * scale, color=style.VERMILION, lw=1.4, label="dilaton")
    axes.set(xscale="log", yscale="log", xlim=(0.3, end), ylim=(0.01, 6.0))
    axes.set(xlabel=r"$m_a t$", ylabel=r"$\rho\,t^{3/2}$ (late axion without dilaton = 1)")
    title = rf"$\theta_i = 1$, $f_a\theta_i/F = {xi_kick:g}$, {_RATIO} $= {r_kick:g}$"
    axes.set_title(title, fontsize=style.FONT_SIZE)
    axes.legend(loc="lower right")


KIND = Kind(
    "cold axion and dilaton after the free kick: map and one history",
    draw,
    chains="none",
    options={
        "xi_kick": Option(
            *(1.5, float, "f_a theta_i/F of the history", "docs/searches/cold_axions.md"),
            range=(0.01, 5.0),
            noun="f_a theta_i/F",
        ),
        "r_kick": Option(
            *(0.2, float, "m_phi/m_a of the history", "docs/searches/cold_axions.md"),
            range=(0.05, 5.0),
            noun="m_phi/m_a",
        ),
    },
)
