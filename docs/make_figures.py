"""Make the figures of the documentation: python docs/make_figures.py [FOLDER].

Needs nothing but the package and chains/reference; one to two minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from companion_figures import DPI, FIGURES

from hotaxion.analysis.figures import make_figure
from hotaxion.analysis.published import papers
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.boltzmann import T_FINAL_GEV
from hotaxion.theory.relics.distribution import bose_einstein
from hotaxion.theory.relics.error_budget import error_budget
from hotaxion.theory.relics.plasma import entropy_density, hubble

# Okabe & Ito: distinguishable with every kind of colour vision; more curves differ in style.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SETTINGS = {
    **{"figure.figsize": (6.4, 4.4), "font.size": 11, "axes.titlesize": 11},
    **{"savefig.dpi": DPI, "axes.prop_cycle": plt.cycler(color=COLOURS)},
}


def save(figure: plt.Figure, folder: Path, name: str) -> None:
    """One PNG."""
    figure.tight_layout()
    figure.savefig(folder / f"{name}.png")
    plt.close(figure)


NAMES = {"e": "e", "mu": "µ", "tau": "τ", "c": "c", "b": "b", "t": "t"}


ARROW = {"arrowstyle": "->", "color": "0.35"}


def rates(folder: Path) -> None:
    """Mean relaxation rate of each channel over H, at m_a = 0.3 eV."""
    figure, axes = plt.subplots(figsize=(7.4, 4.4))
    f_a = f_a_gev(0.3)
    abundance = Abundance(model="dfsz1", tan_beta=3.0, kaons="data", T_initial=1000.0)
    t = np.geomspace(0.0081, 999.0, 700)
    per_hubble = t**3 / f_a**2 / hubble(t)
    total = np.exp(abundance.rate.log_mean_rate(t)) * per_hubble
    axes.loglog(t, total, color="0.6", lw=5, alpha=0.6, label="total")
    for i, (name, rate) in enumerate(abundance.rate.channels(t).items()):
        style = "--" if name in NAMES else "-"
        label = NAMES.get(name, name)
        axes.loglog(t, rate * per_hubble, style, color=COLOURS[i % 7], label=label, lw=1.8)
    axes.axhline(1.0, color="gray", lw=0.8)
    axes.axvspan(0.15, 2.0, color="gray", alpha=0.12, lw=0)
    words = {"ha": "center", "fontsize": 9, "color": "0.35"}
    axes.text(0.55, 3e-6, "interpolated", **words)
    axes.annotate("quarks from 1 GeV up", (1.0, 3.5), (1.6, 300), arrowprops=ARROW, **words)
    axes.set(xlim=(1000, 0.008), ylim=(1e-6, 1e3), xlabel="$T$ [GeV]", ylabel=r"$\bar\Gamma/H$")
    axes.set_title(r"DFSZ-I, $\tan\beta=3$, $m_a=0.3$ eV, with kaons")
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    save(figure, folder, "rates")


def history(folder: Path) -> None:
    """Abundance against temperature for several masses."""
    figure, axes = plt.subplots()
    abundance = Abundance()
    zero = Abundance(initial="zero")
    final_entropy = entropy_density(T_FINAL_GEV)
    for colour, m_a in zip(COLOURS, (0.03, 0.1, 0.3, 1.0), strict=False):
        for solver, style in ((abundance, "-"), (zero, "--")):
            solution = solver.history(m_a)
            entropy = solution.entropy  # of the plasma: axions take a part of it
            per_entropy = solution.abundance * final_entropy / entropy
            label = f"{m_a:g} eV" if style == "-" else None
            axes.plot(solution.t_gev, per_entropy, style, color=colour, label=label)
    axes.set(xscale="log", xlim=(100, 0.008), xlabel="$T$ [GeV]")
    axes.set_ylabel("axions per entropy\n(1: equilibrium at 8 MeV)")
    axes.set_title("KSVZ; solid: thermal at 100 GeV, dashed: no axions at 100 GeV", fontsize=10)
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
    bottom.set(
        xlabel=r"$p/T_a$ ($T_a$: equal number density)",
        ylabel="ratio to\nBose-Einstein",
        xlim=(0, 14),
    )
    bottom.set(yscale="log", ylim=(0.5, 12), yticks=(0.5, 1, 2, 5, 10))
    bottom.set_yticklabels(["0.5", "1", "2", "5", "10"])
    top.legend()
    save(figure, folder, "spectrum")


# Panels of the figure of Delta N_eff: label -> (options, line style).
RATES = {
    "ππ data (gkpy, default)": (dict(), "-"),
    "ππ data, raw": (dict(rates="gkpy_raw"), ":"),
    "ChPT, unitarised (iam)": (dict(rates="iam"), "-"),
    "leading order (lo)": (dict(rates="lo"), "-"),
    "lo, number density": (dict(rates="lo", solver="number"), "--"),
    "default, Γ = H": (dict(solver="instantaneous"), ":"),
    "with kaons": (dict(kaons="data"), "-."),
    "lattice sphalerons": (dict(gluons="sphaleron"), "--"),
    "pions only": (dict(gluons="none"), "--"),
    "pions only, zero start": (dict(gluons="none", initial="zero"), "-."),
}
MODELS = {
    "KSVZ": (dict(), "-"),
    "DFSZ-I, tanβ = 0.25": (dict(model="dfsz1", tan_beta=0.25), "-"),
    "DFSZ-I, tanβ = 1": (dict(model="dfsz1", tan_beta=1.0), "-"),
    "DFSZ-I, tanβ = 3": (dict(model="dfsz1", tan_beta=3.0), "-"),
    "DFSZ-I, tanβ = 170": (dict(model="dfsz1", tan_beta=170.0), "-"),
    "DFSZ-II, tanβ = 0.25": (dict(model="dfsz2", tan_beta=0.25), "--"),
    "DFSZ-II, tanβ = 1": (dict(model="dfsz2", tan_beta=1.0), "--"),
    "DFSZ-II, tanβ = 3": (dict(model="dfsz2", tan_beta=3.0), "--"),
    "generic, $c_µ$ = 1": (dict(model="generic", couplings={"c_mu": 1.0}), "-."),
}
_MODEL_COLOURS = (6, 0, 1, 2, 3, 0, 1, 2, 4)  # one colour for each tan beta


def delta_neff(folder: Path) -> None:
    """Delta N_eff(m_a) for every rate (KSVZ) and every model; below, ratios to the default."""
    shape = {"sharex": True, "sharey": "row", "height_ratios": (2, 1)}
    figure, panels = plt.subplots(2, 2, figsize=(11.5, 7.2), **shape)
    masses = np.geomspace(0.01, 10.0, 60)
    default = np.array([Abundance()(m).delta_neff for m in masses])
    colours = (range(len(RATES)), _MODEL_COLOURS)
    for (top, bottom), curves, index in zip(panels.T, (RATES, MODELS), colours, strict=True):
        for i, (label, (options, style)) in zip(index, curves.items(), strict=True):
            abundance = Abundance(**options)
            curve = np.array([abundance(m).delta_neff for m in masses])
            look = {"color": COLOURS[i % 7], "lw": 1.6}
            top.semilogx(masses, curve, style, label=label, **look)
            bottom.semilogx(masses, curve / default, style, **look)
        top.set(ylim=(0, 0.56), xlim=(0.01, 10))
        top.legend(fontsize=8.5, loc="upper left")
        bottom.set(xlabel=r"$m_a$ [eV]", ylim=(0.0, 2.0))
    pairs = [(bound.m_a, bound.delta_neff) for bound in papers.KSVZ_2205_07849.values()]
    panels[0, 0].plot(*zip(*pairs, strict=True), "ko", label="D'Eramo et al. 2022", zorder=9)
    panels[0, 0].legend(fontsize=8.5, loc="upper left")
    panels[0, 0].set(ylabel=r"$\Delta N_\mathrm{eff}$", title="KSVZ: rates, solvers, starts")
    panels[0, 1].set_title("models, default rates")
    panels[1, 0].set_ylabel("ratio to the default")
    save(figure, folder, "models")


SOURCES = {"m_pi": r"$m_\pi$", "m_u/m_d": "$m_u/m_d$", "g_*": "$g_*$"}
SOURCES["T_initial"] = r"$T_\mathrm{initial}$"


def budget(folder: Path) -> None:
    """Larger shift of Delta N_eff by source of error, and the total in both directions."""
    figure, axes = plt.subplots(figsize=(8.0, 5.0))
    result = error_budget(np.geomspace(0.01, 5.0, 60))
    for i, (source, shift) in enumerate(result.shifts.items()):
        larger = 100 * np.abs(shift).max(axis=0) / result.delta_neff
        style = ("-", "--")[i // 7]
        label = SOURCES.get(source, source)
        axes.loglog(result.m_a_ev, larger, style, color=COLOURS[i % 7], lw=1.6, label=label)
    for edge, sign, style in zip(result.band, "-+", (":", "-"), strict=True):
        total = 100 * np.abs(edge / result.delta_neff - 1)
        axes.loglog(
            result.m_a_ev, total, style, color="0.6", lw=4, label=f"total, {sign}", zorder=0
        )
    axes.set(xlabel=r"$m_a$ [eV]", xlim=(0.01, 5.0), ylim=(1e-3, 200), title="KSVZ, default rates")
    axes.set_ylabel(r"shift of $\Delta N_\mathrm{eff}$ [%], the larger of both signs")
    axes.legend(fontsize=8.5, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    save(figure, folder, "error_budget")


REFERENCE = Path(__file__).parents[1] / "chains" / "reference"
HEADLINE = "hotaxion2026_pact_ksvz"  # of README


def hero(folder: Path) -> None:
    """The curve in its band, published points, and what the headline analysis excludes."""
    label = ["Planck, ACT DR6, DESI DR2, BBN"]
    ends = {"m_a_min": 0.02, "m_a_max": 2.0}
    _, figure = make_figure("abundance", [REFERENCE / HEADLINE], labels=label, **ends)
    figure.savefig(folder / "hero.png", dpi=DPI, bbox_inches="tight")


def joint(folder: Path) -> None:
    """Posterior of the headline analysis, 10^4 independent samples, with its 95 % bounds."""
    names = ["m_a", "mnu", "delta_neff", "H0", "sigma8"]
    chain = [REFERENCE / HEADLINE]
    _, figure = make_figure("triangle", chain, params=names)
    figure.savefig(folder / "joint_triangle.png", dpi=DPI, bbox_inches="tight")


def main() -> None:
    """All figures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "figures")
    folder.mkdir(parents=True, exist_ok=True)
    matplotlib.use("Agg")
    for figure in (
        hero,
        rates,
        history,
        spectrum,
        delta_neff,
        budget,
        joint,
        *FIGURES,
    ):
        with plt.rc_context(SETTINGS):
            figure(folder)


if __name__ == "__main__":
    main()
