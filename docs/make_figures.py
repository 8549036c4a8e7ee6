"""Make the figures of the documentation: python docs/make_figures.py [FOLDER].

Needs nothing but the package; half a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from hotaxion.theory.abundance import Abundance
from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.couplings import f_a_gev
from hotaxion.theory.error_budget import error_budget
from hotaxion.theory.plasma import hubble
from hotaxion.theory.relic import bose_einstein

# Okabe & Ito: distinguishable with every kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# Delta N_eff(m_a [eV]) in the abstract of 2205.07849 (KSVZ).
PUBLISHED = {0.16: 0.14, 0.28: 0.23, 0.53: 0.31}
plt.rcParams.update({"figure.figsize": (6.4, 4.4), "font.size": 11, "savefig.dpi": 110})


def save(figure: plt.Figure, folder: Path, name: str) -> None:
    """One PNG."""
    figure.tight_layout()
    figure.savefig(folder / f"{name}.png")
    plt.close(figure)


def rates(folder: Path) -> None:
    """Mean relaxation rate of each channel over H, at m_a = 0.3 eV."""
    figure, axes = plt.subplots()
    f_a = f_a_gev(0.3)
    abundance = Abundance("dfsz1", 3.0)
    t = np.geomspace(0.0081, 99.0, 500)
    per_hubble = t**3 / f_a**2 / hubble(t)
    for colour, (name, rate) in zip(COLOURS, abundance.rate.channels(t).items(), strict=False):
        axes.loglog(t, rate * per_hubble, color=colour, label=name, lw=1.6)
    total = np.exp(abundance.rate.log_mean_rate(t)) * per_hubble
    axes.loglog(t, total, color="k", lw=2.4, alpha=0.5, label="total, with interpolation")
    axes.axhline(1.0, color="gray", lw=0.8)
    axes.axvspan(0.15, 2.0, color="gray", alpha=0.12, lw=0)
    axes.set(xlim=(0.008, 100), ylim=(1e-6, 1e3), xlabel="T [GeV]", ylabel=r"$\bar\Gamma/H$")
    axes.set_title(r"DFSZ-I, $\tan\beta=3$, $m_a=0.3$ eV; shaded: interpolated")
    axes.legend(fontsize=8, loc="lower right")
    save(figure, folder, "rates")


def history(folder: Path) -> None:
    """Abundance against temperature for several masses."""
    figure, axes = plt.subplots()
    abundance = Abundance()
    zero = Abundance(initial="zero")
    for colour, m_a in zip(COLOURS, (0.03, 0.1, 0.3, 1.0), strict=False):
        for solver, style in ((abundance, "-"), (zero, "--")):
            solution = solver.history(m_a)
            label = f"{m_a:g} eV" if style == "-" else None
            axes.plot(
                solution.t_gev, solution.history["abundance"], style, color=colour, label=label
            )
    axes.set(xscale="log", xlim=(100, 0.008), xlabel="T [GeV]")
    axes.set_ylabel(r"$n_a a^3$ / (equilibrium at 8 MeV)")
    axes.set_title("KSVZ; solid: thermal at 100 GeV, dashed: no axions at 100 GeV")
    axes.legend(title=r"$m_a$")
    save(figure, folder, "abundance")


def spectrum(folder: Path) -> None:
    """f(q) against Bose-Einstein of the same number density, and the ratio."""
    figure, (top, bottom) = plt.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    abundance = Abundance()
    for colour, m_a in zip(COLOURS, (0.1, 0.3, 1.0), strict=False):
        psd = abundance(m_a).psd
        q = np.linspace(0.02, 14.0, 400) * psd.temperature_ratio
        f, bose = psd.occupation(q), bose_einstein(q, psd.temperature_ratio)
        x = q / psd.temperature_ratio
        top.plot(x, x**2 * f, color=colour, label=f"{m_a:g} eV")
        bottom.plot(x, f / bose, color=colour)
    top.plot(x, x**2 / np.expm1(x), color="k", lw=1, ls=":", label="Bose-Einstein")
    bottom.axhline(1.0, color="k", lw=1, ls=":")
    top.set(ylabel=r"$(p/T_a)^2 f$", title="KSVZ phase-space distribution")
    bottom.set(xlabel=r"$p/T_a$ ($T_a$: equal number density)", ylabel="ratio", xlim=(0, 14))
    bottom.set(yscale="log", ylim=(0.5, 12), yticks=(0.5, 1, 2, 5, 10))
    bottom.set_yticklabels(["0.5", "1", "2", "5", "10"])
    top.legend()
    save(figure, folder, "spectrum")


def delta_neff(folder: Path) -> None:
    """Delta N_eff(m_a) for models and rates, with the published points."""
    figure, axes = plt.subplots()
    masses = np.geomspace(0.01, 10.0, 60)
    curves = {
        "KSVZ, ππ data (default)": (dict(), "-"),
        "KSVZ, leading order": (dict(rates="lo"), "-"),
        "KSVZ, leading order, number density": (dict(rates="lo", solver="number"), "--"),
        "KSVZ, Γ = H": (dict(solver="instantaneous"), ":"),
        "DFSZ-I, tanβ = 3": (dict(model="dfsz1", tan_beta=3.0), "-"),
        "DFSZ-II, tanβ = 0.5": (dict(model="dfsz2", tan_beta=0.5), "-"),
    }
    for colour, (label, (options, style)) in zip(COLOURS, curves.items(), strict=False):
        abundance = Abundance(**options)
        curve = [abundance(m).delta_neff for m in masses]
        axes.semilogx(masses, curve, style, color=colour, label=label)
    axes.plot(*zip(*PUBLISHED.items(), strict=True), "ko", label="2205.07849 (KSVZ)")
    axes.set(xlabel=r"$m_a$ [eV]", ylabel=r"$\Delta N_\mathrm{eff}$", ylim=(0, 0.62))
    axes.set_title(f"relativistic ΔN_eff, beyond N_eff = {N_EFF_SM}")
    axes.legend(fontsize=8.5, loc="upper left")
    save(figure, folder, "models")


def budget(folder: Path) -> None:
    """Shifts of Delta N_eff by source of error."""
    figure, axes = plt.subplots()
    result = error_budget(np.geomspace(0.01, 5.0, 30))
    for colour, (source, (low, high)) in zip(COLOURS, result.shifts.items(), strict=False):
        edges = 100 * low / result.delta_neff, 100 * high / result.delta_neff
        axes.fill_between(result.m_a_ev, *edges, color=colour, alpha=0.25, lw=0)
        axes.plot(result.m_a_ev, edges[0], color=colour, lw=1.4, label=source)
        axes.plot(result.m_a_ev, edges[1], color=colour, lw=1.4)
    low, high = (100 * (edge / result.delta_neff - 1) for edge in result.band)
    axes.plot(result.m_a_ev, low, "k--", lw=1.8, label="total, in quadrature")
    axes.plot(result.m_a_ev, high, "k--", lw=1.8)
    axes.set(xscale="log", xlabel=r"$m_a$ [eV]", ylabel=r"shift of $\Delta N_\mathrm{eff}$ [%]")
    axes.set_title("KSVZ, default rates")
    axes.legend(fontsize=8.5)
    save(figure, folder, "error_budget")


def main() -> None:
    """All figures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "figures")
    folder.mkdir(parents=True, exist_ok=True)
    for figure in (rates, history, spectrum, delta_neff, budget):
        figure(folder)


if __name__ == "__main__":
    main()
