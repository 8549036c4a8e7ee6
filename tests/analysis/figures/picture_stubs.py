"""Every kind of figure from fixed numbers, without words, for comparison with stored images.

Each function takes `move`, which multiplies one curve or one chain of the figure: 1 for the stored
image, a few per cent off for the proof that the comparison sees it. Words are taken away because
their shapes belong to the font library; what they say is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from hotaxion.analysis.chains.bounds import ParameterBound
from hotaxion.analysis.chains.chain import calm_getdist
from hotaxion.analysis.chains.profile import Profile
from hotaxion.analysis.chains.reweight import Reweighted
from hotaxion.analysis.figures import (
    abundance,
    history,
    light_elements,
    masses,
    priors,
    profiles,
    progress,
    spectra,
    triangle,
)
from hotaxion.analysis.published import figure as reproduced
from hotaxion.theory.relics.options import AxionOptions

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
    with calm_getdist():
        return triangle.triangle_figure(two_chains(folder, move), ["m_a", "delta_neff", "H0"])


def masses_picture(folder: Path, move: float) -> Figure:
    """Regions of two chains over the floors of the hierarchies."""
    with calm_getdist():
        return masses.masses_figure(two_chains(folder, move))


def priors_picture(folder: Path, move: float) -> Figure:
    """Two chains under three priors, one of them with too few samples."""

    def results(scale: float) -> list[Reweighted]:
        rows = (("flat in m_a", 0.2, "good"), ("flat in log m_a", 0.13, "good"))
        rows += (("flat in f_a", 0.07, "too few samples: unreliable"),)
        return [
            Reweighted(prior, {"m_a": bound(scale * m_a)}, 900.0, 1.0, verdict)
            for prior, m_a, verdict in rows
        ]

    def bound(value: float) -> ParameterBound:
        return ParameterBound("m_a", "upper95", value, 0.01, 0.1, 900.0, None, "m_a")

    return priors.priors_figure([("one", results(1.6)), ("two", results(move))])


def progress_picture(folder: Path, move: float) -> Figure:
    """R - 1 falls to its stop, chi^2 of two chains varies."""
    steps = np.arange(200.0, 6000.0, 200.0)
    means, rows = 60 / steps, np.arange(3000)
    bounds = np.where(steps > 3000, 600 / steps, np.nan)
    chi2 = [1010 + 3 * np.sin(rows / 90) + 40 * np.exp(-rows / 60), 1012 + 2 * np.cos(rows / 70)]
    bounds *= move**4  # the axis has four decades
    return progress.progress_figure(progress.Progress(steps, means, bounds, (0.02, 0.15), chi2))


def profile_picture(folder: Path, move: float) -> Figure:
    """A parabola beside the posterior of a chain."""
    values = np.linspace(0.0, 0.32, 9)
    chi2 = 1000 + (values / 0.11) ** 2 * move**2
    chain = write_joint_chain_files(folder, "narrow", m_a_sigma=0.1)
    with calm_getdist():
        return profiles.profile_figure(Profile("m_a", values, chi2, chi2, {}), [chain])


def _curve(options: AxionOptions, m_a: np.ndarray, move: float) -> np.ndarray:
    height = {"gkpy": 0.44, "lo": 0.41}[options.rates] - 0.02 * (options.solver == "number")
    moved = move if (options.rates, options.solver) == ("gkpy", "number") else 1.0
    return 0.03 + height * moved * m_a / (m_a + 0.3)


def abundance_picture(folder: Path, move: float) -> Figure:
    """Four invented curves, the band of one, and the published points and lines."""

    def scan(options, masses_ev):
        return [{"delta_neff": y} for y in _curve(options, np.asarray(masses_ev), move)]

    def scan_with_band(options, masses_ev):
        ys = _curve(options, np.asarray(masses_ev), move)
        rows = zip(masses_ev, ys, strict=True)
        return [{"m_a_ev": m, "delta_neff": y, "low": 0.95 * y, "high": 1.2 * y} for m, y in rows]

    with (
        patch.object(abundance, "scan", scan),
        patch.object(abundance, "scan_with_band", scan_with_band),
    ):
        return abundance.abundance_figure()


def reproduced_picture(folder: Path, move: float) -> Figure:
    """Three analyses on two invented curves (drawn by `hotaxion reproduce`)."""

    def scan(options, masses_ev):
        return [{"delta_neff": y} for y in _curve(options, np.asarray(masses_ev), move)]

    number, momentum = (AxionOptions(solver=name) for name in ("number", "momentum"))
    analyses = [("a", number, 0.16, 0.14), ("b", number, 0.5, 0.3), ("c", momentum, 0.1, 0.13)]
    with patch.object(reproduced, "scan", scan):
        return reproduced.reproduced_figure(analyses)


def light_elements_picture(folder: Path, move: float) -> Figure:
    """Two straight tracks over the measurements of 2022."""

    def track(rates, options, omega_b, omega_b_error):
        m_a = np.geomspace(1e-3, 10, 60)
        rise = m_a / (m_a + 0.3)
        start = 2.46e-5 if rates == "primat" else 2.52e-5
        tilt = 0.0057 * (move if rates == "primat" else 1.0)
        dh = np.array([start + (shift + 15 * rise) * 1e-7 for shift in (3, 0, -3)])
        y_p = np.array([0.2472 + tilt * rise + shift * 1e-4 for shift in (-1, 0, 1)])
        return light_elements.Track(rates, m_a, dh, y_p, (start - 1e-7, 0.2468))

    with patch.object(light_elements, "axion_track", track):
        return light_elements.light_elements_figure("paper2022")


def spectra_picture(folder: Path, move: float) -> Figure:
    """Invented spectra: an oscillating difference, and a suppressed P(k)."""
    ells, k = np.arange(1001.0), np.geomspace(1e-4, 3, 200)

    def one(m_a: float, size: float) -> spectra.Spectra:
        cl = {"tt": 4 / (ells + 1) ** 2, "te": 1 / (ells + 1) ** 2, "ee": 1 / (ells + 1) ** 2}
        changed = {
            name: value * (1 + size * 0.05 * np.sin(ells / (110 + 30 * i)))
            for i, (name, value) in enumerate(cl.items())
        }
        return spectra.Spectra(m_a, changed, k, k**-2 * (1 - size * 0.3 * k / (k + 0.05)))

    return spectra.spectra_figure([one(0.0, 0.0), one(0.1, 0.5 * move), one(1.0, 1.0)])


def history_picture(folder: Path, move: float) -> Figure:
    """Published bounds (as printed, the first five) and one of a chain."""
    chain = write_joint_chain_files(folder, "narrow", m_a_sigma=0.1 * move**2)  # log axis
    with patch.object(history, "HISTORY", history.HISTORY[:5]), calm_getdist():
        return history.history_figure([chain])


def history_unconverged_picture(folder: Path, move: float) -> Figure:
    """Two published bounds, one of a chain that is too short, one that is far too short."""
    short = write_joint_chain_files(folder, "short", 2, 300, seed=3, m_a_sigma=0.1 * move**2)
    tiny = write_joint_chain_files(folder, "tiny", 1, 60, seed=4)
    with patch.object(history, "HISTORY", history.HISTORY[:2]), calm_getdist():
        return history.history_figure([short, tiny])


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
    "reproduced": reproduced_picture,
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
        for text in [*axes.texts]:
            text.remove()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_label_text("")
            if axis.get_scale() == "log":
                axis.set_ticks([])
                axis.set_ticks([], minor=True)
    return figure
