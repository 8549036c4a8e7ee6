"""Every kind of figure from fixed numbers, without words, for comparison with stored images.

Each function takes `move`, which multiplies one curve or one chain of the figure: 1 for the stored
image, a few per cent off for the proof that the comparison sees it. Figures of chains are drawn as
by the command, from files; those of the physics from invented curves. Words are taken away because
their shapes belong to the font library; what they say is tested elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from hotaxion.analysis.chains.profile import header, row
from hotaxion.analysis.figures import abundance, light_elements, make_figure, spectra
from hotaxion.analysis.published import papers
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.searches import free_kick

from ..conftest import write_joint_chain_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE_INCHES = (5.0, 4.0)


def two_chains(folder: Path, move: float) -> list[str]:
    """A narrow chain in m_a and a wide one; only the narrow one is moved."""
    narrow = write_joint_chain_files(folder, "narrow", m_a_sigma=0.1 * move)
    return [narrow, write_joint_chain_files(folder, "wide", seed=6, m_a_sigma=0.18)]


def triangle_picture(folder: Path, move: float) -> Figure:
    """Three parameters, one of them (delta_neff) on a curve of m_a."""
    params = ["m_a", "delta_neff", "H0"]
    return make_figure("triangle", two_chains(folder, move), params=params)[1]


def masses_picture(folder: Path, move: float) -> Figure:
    """Regions of two chains over the floors of the hierarchies."""
    return make_figure("masses", two_chains(folder, move))[1]


def priors_picture(folder: Path, move: float) -> Figure:
    """Two chains under four priors; the axis begins at zero."""
    return make_figure("priors", two_chains(folder, move**2))[1]


def write_progress(folder: Path, name: str, move: float) -> str:
    """Files of a run whose R - 1 falls like 1/steps, that of the bounds a while later."""
    lines = ["# N timestamp acceptance_rate Rminus1 Rminus1_cl"]
    for steps in range(200, 6000, 200):
        bounds = f"{600 / steps}" if steps > 3000 else "NaN"
        # The axis has three decades.
        lines.append(f"{steps} 2026-01-01T00:00:00 {0.3 * move} {60 / steps * move**4} {bounds}")
    (folder / f"{name}.progress").write_text("\n".join(lines) + "\n")
    sampler = {"mcmc": {"Rminus1_stop": 0.02, "Rminus1_cl_stop": 0.15}}
    (folder / f"{name}.updated.yaml").write_text(json.dumps({"sampler": sampler}))
    return str(folder / name)


def progress_picture(folder: Path, move: float) -> Figure:
    """Two runs, the second slower."""
    runs = [write_progress(folder, "one", move), write_progress(folder, "two", 1.1)]
    return make_figure("progress", runs)[1]


def profile_picture(folder: Path, move: float) -> Figure:
    """A parabola beside the posterior of a chain."""
    values = np.linspace(0.0, 0.32, 9)
    rises = (values / 0.11) ** 2 * move**2
    lines = [row(x, 1000 + rise, 1000 + rise, []) for x, rise in zip(values, rises, strict=True)]
    (folder / "m_a.txt").write_text(header("m_a", [], "0") + "".join(lines))
    chain = write_joint_chain_files(folder, "narrow", m_a_sigma=0.1)
    return make_figure("profile", chain, profile=folder / "m_a.txt")[1]


def _curve(options: AxionOptions, m_a: np.ndarray, move: float) -> np.ndarray:
    height = {"gkpy": 0.44, "lo": 0.41}[options.rates] - 0.02 * (options.solver == "number")
    moved = move if options.rates == "lo" else 1.0
    return 0.03 + height * moved * m_a / (m_a + 0.3)


def abundance_picture(folder: Path, move: float) -> Figure:
    """Two invented curves, the band of one, and the published points and lines."""

    def scan(options, masses_ev):
        return [{"delta_neff": y} for y in _curve(options, np.asarray(masses_ev), move)]

    def scan_with_band(options, masses_ev):
        ys = _curve(options, np.asarray(masses_ev), move)
        rows = zip(masses_ev, ys, strict=True)
        return [{"m_a_ev": m, "delta_neff": y, "low": 0.95 * y, "high": 1.2 * y} for m, y in rows]

    with (
        patch.object(abundance, "scan", scan),
        patch.object(abundance, "scan_with_band", scan_with_band),
        patch.object(papers, "DELTA_NEFF_BOUNDS", {"a": 0.286, "b": 0.107}),
    ):
        return make_figure("abundance")[1]


def light_elements_picture(folder: Path, move: float) -> Figure:
    """Two straight tracks over the measurements of 2022."""

    def track(rates, axion, omega_b):
        start = 2.46 if rates == "primat" else 2.52
        tilt = 0.0057 * (move if rates == "primat" else 1.0)

        def points(shift: float, m_a) -> np.ndarray:
            rise = np.asarray(m_a) / (np.asarray(m_a) + 0.3)
            dh = start + (15 * rise - 3 * shift) * 1e-2
            return np.stack([dh, 0.2472 + tilt * rise + shift * 1e-4], axis=-1)

        line = np.array([points(shift, np.geomspace(1e-3, 10, 60)) for shift in (-1, 0, 1)])
        none = np.array([start - 1e-2, 0.2468])
        return light_elements.Track(line, points(0, light_elements.MARKED_EV), none)

    with patch.object(light_elements, "axion_track", track):
        return make_figure("light-elements", preset="paper2022")[1]


def spectra_picture(folder: Path, move: float) -> Figure:
    """Invented spectra: an oscillating difference, and a suppressed P(k)."""
    ells, k = np.arange(1001.0), spectra.K_PER_MPC

    def one(m_a: float, size: float) -> spectra.Spectra:
        cl = {"tt": 4 / (ells + 1) ** 2, "te": 1 / (ells + 1) ** 2, "ee": 1 / (ells + 1) ** 2}
        cl["pp"] = 1e-7 / (ells + 1) ** 4
        changed = {
            name: value * (1 + size * 0.05 * np.sin(ells / (110 + 30 * i)))
            for i, (name, value) in enumerate(cl.items())
        }
        return spectra.Spectra(m_a, changed, k**-2 * (1 - size * 0.3 * k / (k + 0.05)))

    found = [one(0.0, 0.0), one(0.1, 0.5 * move), one(1.0, 1.0)]
    found.append(replace(one(0.0, 0.7), mnu_ev=0.1))
    return spectra.spectra_figure(found, AxionOptions())


def history_picture(folder: Path, move: float) -> Figure:
    """Published bounds (as printed, the first five) and one of a chain."""
    chain = write_joint_chain_files(folder, "narrow", m_a_sigma=0.1 * move**4)  # log axis
    with patch.object(papers, "HISTORY", papers.HISTORY[:5]):
        return make_figure("history", chain)[1]


def history_unconverged_picture(folder: Path, move: float) -> Figure:
    """Two published bounds, one of a chain that is too short, one that is far too short."""
    short = write_joint_chain_files(folder, "short", 2, 300, seed=3, m_a_sigma=0.1 * move**4)
    tiny = write_joint_chain_files(folder, "tiny", 1, 60, seed=4)
    with patch.object(papers, "HISTORY", papers.HISTORY[:2]):
        return make_figure("history", [short, tiny])[1]


def free_kick_picture(folder: Path, move: float) -> Figure:
    """The committed map, its fractions moved (3 % of a colour is little), and a short history."""

    class Moved(free_kick.KickMap):
        def fraction(self, xi_kick: float, r_kick: float) -> float:
            return move**6 * super().fraction(xi_kick, r_kick)

    with patch.object(free_kick, "kick_map", Moved):
        return make_figure("free_kick", r_kick=1.0)[1]


PICTURES: dict[str, Callable[[Path, float], Figure]] = {
    "triangle": triangle_picture,
    "masses": masses_picture,
    "priors": priors_picture,
    "progress": progress_picture,
    "profile": profile_picture,
    "abundance": abundance_picture,
    "light-elements": light_elements_picture,
    "spectra": spectra_picture,
    "history": history_picture,
    "history-unconverged": history_unconverged_picture,
    "free_kick": free_kick_picture,
}


def without_words(figure: Figure) -> Figure:
    """The figure less legends, labels and notes; ticks lose their labels by `remove_text`.

    Also without what matplotlib chooses by the size of words: the places of panels, and the ticks
    of logarithmic axes.
    """
    from matplotlib import rc_context

    with rc_context({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
    figure.set_size_inches(*SIZE_INCHES)
    grid = figure.axes[0].get_gridspec()
    grid.left = grid.right = grid.bottom = grid.top = None  # getdist sets them for its labels
    figure.subplots_adjust(0.04, 0.04, 0.96, 0.96)
    for legend in [*figure.legends]:
        legend.remove()
    for axes in figure.axes:
        if legend := axes.get_legend():
            legend.remove()
        for part in [*axes.texts, *axes.child_axes]:
            part.remove()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_label_text("")
            if axis.get_scale() == "log":
                axis.set_ticks([])
                axis.set_ticks([], minor=True)
    return figure
