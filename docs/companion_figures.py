"""Figures of the companions, which docs/make_figures.py makes with the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

DPI = 200  # of all figures of the documentation


def limits(
    folder: Path, file: str, masses: np.ndarray, curves: Sequence[tuple[str, str, dict, str, str]]
) -> None:
    """95 % bounds on the photon coupling: (label, search, options, colour, dashes)."""
    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules
    from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy

    with plt.rc_context(style.SETTINGS):
        figure, axes = style.new_figure(size=(6.6, 4.9))
        for label, name, options, colour, dashes in curves:
            search = registry.search(name, registry.options_for(name, options))
            found = [rules.limit(search, float(mass), 0.95) or np.nan for mass in masses]
            axes.loglog(masses, found, dashes, color=getattr(style, colour), lw=1.7, label=label)
        for label, model, tan_beta, dashes in (
            ("KSVZ", {}, None, "-"),
            ("DFSZ-I", {"model": "dfsz1"}, 3.0, "--"),
        ):
            coupling = abs(low_energy(1.0, LowEnergyOptions(**model), tan_beta).g_agamma)
            axes.loglog(masses, coupling * masses, dashes, color=style.GREY, lw=1.2, label=label)
        low, high = axes.get_ylim()
        axes.set(xlim=(masses[0], masses[-1]), ylim=(max(low, 1e-13), high))
        axes.set(xlabel=style.axis_label("m_a"), ylabel=r"$|g_{a\gamma}|$ [GeV$^{-1}$]")
        figure.legend(**{**style.BELOW, "ncols": 2})
        figure.savefig(folder / f"{file}.png", dpi=DPI)


def helioscopes(folder: Path) -> None:
    """CAST, its gas, IAXO with a constant field and with helices."""
    eight = [{"tuned_at_ev": float(mass)} for mass in np.geomspace(0.02, 0.3, 8)]
    curves = [
        ("CAST in vacuum (data)", "cast", {}, "BLUE", "-"),
        ("CAST with gas (approximate)", "cast_gas", {}, "SKY", "-"),
        ("BabyIAXO (forecast)", "babyiaxo", {}, "GREEN", "-"),
        ("IAXO (forecast)", "iaxo", {}, "VERMILION", "-"),
        ("IAXO, eight helices", "iaxo", {"pitches": eight}, "VERMILION", "--"),
        ("IAXO, a helix for each mass", "iaxo", {"pitch": "tuned"}, "VERMILION", ":"),
    ]
    limits(folder, "helioscopes", np.geomspace(1e-3, 1.5, 240), curves)


def light_through_a_wall(folder: Path) -> None:
    """ALPS I, ALPS II with a constant field and with helices."""
    curves = [
        ("ALPS I (data)", "alps1", {}, "BLUE", "-"),
        ("ALPS II (forecast)", "alps2", {}, "VERMILION", "-"),
        ("ALPS II, pitch 2.89 m", "alps2", {"pitch": 2.889}, "GREEN", "-"),
        ("ALPS II, a helix for each mass", "alps2", {"pitch": "tuned"}, "VERMILION", ":"),
    ]
    limits(folder, "light_through_a_wall", np.geomspace(1e-5, 5e-3, 400), curves)


def couplings_and_stars(folder: Path) -> None:
    """As `hotaxion limits --plot` draws it: CAST, stars and IAXO, the QCD axion, cosmology."""
    from hotaxion.analysis.limits import figure, rows

    masses = rows.mass_grid(1e-3, 1.0, 121)
    drawn = figure.draw([rows.curve(name, masses) for name in ("cast", "cast_gas", "hb", "iaxo")])
    drawn.savefig(folder / "couplings_and_stars.png", dpi=DPI, bbox_inches="tight")


def decays_to_neutrinos(folder: Path) -> None:
    """What no neutrinos of high energy from supernovae exclude: bosons, heavy neutral leptons."""
    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules

    def ends(name: str, masses: np.ndarray, **options: object) -> np.ndarray:
        search = registry.search(name, registry.options_for(name, options))
        found = [rules.limit(search, float(mass), 0.95) for mass in masses]
        pairs = [one if isinstance(one, list) else [one or np.nan, np.nan] for one in found]
        return np.array(pairs).T

    with plt.rc_context(style.SETTINGS):
        figure, (left, right) = style.new_figure(columns=2, size=(9.4, 4.6))
        masses = np.append(np.geomspace(0.1, 50.0, 5), np.geomspace(80.0, 390.0, 7))
        for name, label, colour in (
            ("majoron_e", r"majoron of $\nu_e$", style.BLUE),
            ("majoron_mu", r"majoron of $\nu_\mu$", style.GREEN),
            ("zprime_lmlt", r"Z' of $L_\mu - L_\tau$", style.VERMILION),
            ("zprime_bl", "Z' of $B - L$", style.ORANGE),
        ):
            low, high = masses * ends(name, masses)
            left.loglog(masses, low, color=colour, lw=1.7, label=label)
            left.loglog(masses, high, color=colour, lw=1.7)
            left.loglog(masses, masses * ends(name, masses, source="mantle")[0], "--", color=colour)
        left.plot([], [], "--", color=style.GREY, label="dashed: from the mantle, too")
        low, _ = masses * ends("majoron_galactic", masses)
        left.loglog(masses, low, ":", color=style.BLUE, label="Hyper-K at 10 kpc (forecast)")
        left.set(xlabel="m [MeV]", ylabel="g m [MeV]", xlim=(0.1, 390.0), ylim=(1e-11, 1e-4))
        left.text(0.3, 1.5e-7, "excluded", fontsize=style.SMALL)
        masses = np.append(np.geomspace(10.0, 134.0, 6), np.geomspace(136.0, 390.0, 12))
        for window_s, colour in ((None, style.PURPLE), (10.0, style.SKY)):
            words = "any delay" if window_s is None else "within 10 s"
            low, high = ends("hnl_tau", masses, window_s=window_s)
            label = rf"N with $\nu_\tau$, {words}"
            right.loglog(masses, low, color=colour, lw=1.7, label=label)
            right.loglog(masses, high, color=colour, lw=1.7)
            low, _ = ends("hnl_tau", masses, window_s=window_s, source="mantle")
            right.loglog(masses, low, "--", color=colour, lw=1.7)
        right.set(xlabel="m [MeV]", ylabel=r"$|U_\tau|^2$", xlim=(10.0, 390.0), ylim=(1e-10, 1.0))
        right.text(40.0, 1e-4, "excluded", fontsize=style.SMALL)
        figure.legend(**{**style.BELOW, "ncols": 4})
        figure.savefig(folder / "decays_to_neutrinos.png", dpi=DPI)


def alps_and_electroweak_bosons(folder: Path) -> None:
    """What rare mesons and Z decays exclude: mass and g_aww; both couplings at 1 GeV."""
    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules

    shades = (
        ("alp_flavour", "mesons (data)", style.VERMILION),
        ("alp_z", "Z decays (data)", style.BLUE),
    )
    lines = (
        ("alp_fcc", "FCC-ee, ideal (forecast)", style.BLUE),
        ("alp_ship", "SHiP, rough (forecast)", style.GREEN),
    )
    top, masses, couplings = 1.0, np.geomspace(1e-3, 85.0, 300), np.geomspace(1e-8, 1.0, 400)

    def intervals(search: registry.Search, mass: float) -> list[list[float]]:
        """Excluded couplings, as pairs of ends."""
        found = rules.limit(search, mass, 0.95)
        pairs = found if isinstance(found, list) else [[found or np.nan]]
        pairs = pairs if isinstance(pairs[0], list) else [pairs]
        return [[one[0], one[1] if len(one) > 1 else top] for one in pairs]

    with plt.rc_context(style.SETTINGS):
        figure, (left, right) = style.new_figure(1, 2, size=(9.4, 4.6))
        for name, label, colour in shades:
            search: Any = registry.search(name, registry.options_for(name, {}))
            pairs = [intervals(search, float(mass)) for mass in masses]
            inside = [[any(a <= g <= b for a, b in one) for one in pairs] for g in couplings]
            look: dict[str, Any] = {"colors": [colour], "alpha": 0.35}
            left.contourf(masses, couplings, inside, [0.5, 1.5], **look)
            left.fill_between([], [], color=colour, alpha=0.35, lw=0, label=label)
        for name, label, colour in lines:
            search = registry.search(name, registry.options_for(name, {}))
            some = np.array([intervals(search, float(mass))[0] for mass in masses])
            some[some == top] = np.nan
            left.plot(masses, some[:, 0], "--", color=colour, lw=1.6, label=label)
            left.plot(masses, some[:, 1], "--", color=colour, lw=1.6)
        left.set(xscale="log", yscale="log", xlim=masses[[0, -1]], ylim=(1e-8, top))
        left.set(xlabel=r"$m_a$ [GeV]", ylabel=r"$g_{aWW}$ [GeV$^{-1}$]")
        left.set_title("no coupling to hypercharge, $g_{aBB} = 0$")
        both = np.meshgrid(np.linspace(-6e-4, 6e-4, 401), np.linspace(-6e-4, 6e-4, 401))
        for name, _, colour in shades:
            search = registry.search(name, {})
            ln_l = search._loglike_of(search._of(1.0, *both))
            excluded = 2.0 * (ln_l[200, 200] - ln_l)
            scaled = (1e4 * both[0], 1e4 * both[1])
            right.contourf(*scaled, excluded, [3.84, np.inf], colors=[colour], alpha=0.35)
        right.set(xlabel=r"$g_{aWW}$ [$10^{-4}$ GeV$^{-1}$]")
        right.set(ylabel=r"$g_{aBB}$ [$10^{-4}$ GeV$^{-1}$]", title="$m_a$ = 1 GeV")
        figure.legend(**{**style.BELOW, "ncols": 4})
        figure.savefig(folder / "alps_and_electroweak_bosons.png", dpi=DPI)


def free_kick(folder: Path) -> None:
    """Share of the dilaton in cold dark matter, and one history."""
    from hotaxion.analysis.figures import make_figure

    _, figure = make_figure("free_kick")
    figure.savefig(folder / "free_kick.png", dpi=DPI, bbox_inches="tight")


def solar_vectors(folder: Path) -> None:
    """What JUNO would exclude, by mass and coupling; cross-sections of both polarisations."""
    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules
    from hotaxion.theory.searches import solar_vector
    from hotaxion.theory.searches.vector_compton import M_ELECTRON_MEV, klein_nishina

    two_electrons, masses = 2.0 * M_ELECTRON_MEV, np.geomspace(1e-3, 5.4, 241)
    kinds = {"kinetic": "kinetic mixing, ε", "in_medium": "electrons alone, ε = g/e"}
    with plt.rc_context(style.SETTINGS):
        figure, (left, right) = style.new_figure(1, 2, size=(8.2, 4.0))
        for (kind, label), colour in zip(kinds.items(), (style.BLUE, style.VERMILION), strict=True):
            search = registry.search("juno", registry.options_for("juno", {"mixing": kind}))
            found = [rules.limit(search, float(mass), 0.95) or [np.nan] * 2 for mass in masses]
            low, high = np.array(found).T
            left.fill_between(masses, low, high, color=colour, alpha=0.3, lw=0, label=label)
            left.plot(masses, low, color=colour, lw=1.7)
        neos = "reactor, NEOS (1705.02470)"
        left.plot([masses[0], 1.0], [1.3e-5] * 2, "--", color=style.GREY, lw=1.4, label=neos)
        left.set(xscale="log", yscale="log", ylim=(1e-7, 1e-4), ylabel="ε")
        right.set(xscale="log", yscale="log", ylim=(1e-6, 20.0), ylabel=r"$\sigma/\sigma_{\rm KN}$")
        some = masses[masses >= 1e-2]
        sections = np.array([solar_vector.cross_sections(float(mass)) for mass in some])
        sections /= klein_nishina(solar_vector.Q_MEV)
        lines = zip(("transverse", "longitudinal"), "-:", sections.T, strict=True)
        for name, dashes, column in lines:
            right.plot(some, column, dashes, color=style.GREEN, lw=1.7, label=name)
        for axes, mark in ((left, "two electron masses"), (right, None)):
            axes.axvline(two_electrons, color=style.BLACK, ls="-.", lw=1.0, label=mark)
            axes.set(xlabel="mass of the vector [MeV]")
        left.set_xlim(masses[0], masses[-1])
        figure.legend(**style.BELOW)
        figure.savefig(folder / "solar_vectors.png", dpi=DPI)


def gain_layer(folder: Path) -> None:
    """What dark photons of the layer behind a stalled shock, and of the core, exclude."""
    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules

    def bounds(name: str, masses: np.ndarray, **options: object) -> np.ndarray:
        search = registry.search(name, registry.options_for(name, options))
        found = [rules.limit(search, float(mass), 0.95) for mass in masses]
        return np.array([one[0] if isinstance(one, list) else one or np.nan for one in found])

    kinds = {
        "gain_layer": ("iron cores", style.BLUE),
        "gain_layer_ecsn": ("electron capture (illustration)", style.VERMILION),
    }
    with plt.rc_context(style.SETTINGS):
        figure, axes = style.new_figure(size=(5.6, 4.8))
        for name, (label, colour) in kinds.items():
            masses = np.geomspace(0.009, 0.48, 90)
            axes.loglog(masses, bounds(name, masses), color=colour, lw=1.7, label=label)
            free = bounds(name, masses, reabsorption=False)
            label = f"{label.split(' (')[0]}, free streaming"
            axes.loglog(masses, free, ":", color=colour, lw=1.4, label=label)
        masses = np.geomspace(0.1, 0.48, 12)
        core = bounds("sn_core", masses)
        axes.loglog(masses, core, "--", color=style.GREY, lw=1.4, label="core of SN 1987A")
        axes.set(xlabel="mass of the dark photon [MeV]", ylabel="ε", ylim=(1e-9, 1e-6))
        axes.set_xlim(0.009, 0.5)
        axes.legend(fontsize=style.SMALL)
        figure.savefig(folder / "gain_layer.png", dpi=DPI)


def supernova_pions(folder: Path) -> None:
    """Spectra of a core's bosons, and what cooling and heating exclude."""
    from dataclasses import replace

    from hotaxion.analysis.figures import style
    from hotaxion.analysis.limits import registry, rules
    from hotaxion.theory.searches.supernova import bremsstrahlung, pions
    from hotaxion.theory.searches.supernova.bosons import DARK_PHOTON
    from hotaxion.theory.searches.supernova.profiles import ONE_ZONE

    with plt.rc_context(style.SETTINGS):
        figure, (left, right) = style.new_figure(columns=2, size=(9.4, 4.6))
        gas, energy = pions.pion_gas(ONE_ZONE, y_pi=0.02), np.linspace(30.0, 500.0, 941)
        vacuum = replace(ONE_ZONE, omega_p=1e-3)
        made = pions.PionSource(DARK_PHOTON, vacuum, gas, 0.05).spectrum(30.0, energy)
        soft = bremsstrahlung.spectrum(vacuum, 30.0, energy)
        look = {"color": style.VERMILION, "lw": 1.7}
        left.semilogy(energy, 1e-20 * np.where(made, made, np.nan), label="pions", **look)
        left.semilogy(energy, 1e-20 * soft, "--", color=style.GREY, label="bremsstrahlung, soft")
        left.set(xlabel=r"$\omega$ [MeV]", xlim=(0.0, 500.0), ylim=(1e47, 1e51))
        left.set_ylabel(r"$dL/d\omega$ [erg/s/MeV]")
        left.set_title(r"30 MeV, $\epsilon = 10^{-10}$, without plasma")
        left.legend(frameon=False)
        masses = np.unique(np.append(np.geomspace(0.1, 130.0, 90), (1.0219, 1.0225, 15.9)))
        for name, label, colour, dashes in (
            ("sn_core", "dark photon: SN 1987A cools", style.BLUE, "-"),
            ("pions", "by pions alone", style.BLUE, ":"),
            ("envelope", "dark photon: envelopes are heated", style.VERMILION, "-"),
            ("pions_bl", r"$B - L$: SN 1987A cools", style.SKY, "--"),
            ("envelope_bl", r"$B - L$: envelopes are heated", style.ORANGE, "--"),
        ):
            search = registry.search(name, registry.options_for(name, {}))
            found = [rules.limit(search, float(mass), 0.95) for mass in masses]
            pairs = [one if isinstance(one, list) else [one or np.nan, np.nan] for one in found]
            low, high = np.array(pairs).T
            right.loglog(masses, low, dashes, color=colour, lw=1.7, label=label)
            right.loglog(masses, high, dashes, color=colour, lw=1.0)
        right.set(xlabel="m [MeV]", ylabel=r"$\epsilon$, $g_{B-L}$", xlim=(0.1, 130.0))
        right.set(ylim=(3e-13, 1e-5), title="excluded: between lines of one colour")
        right.text(30.0, 3e-7, "trapped", fontsize=style.SMALL)
        figure.legend(*right.get_legend_handles_labels(), **style.BELOW)
        figure.savefig(folder / "supernova_pions.png", dpi=DPI)


FIGURES = (
    couplings_and_stars,
    helioscopes,
    light_through_a_wall,
    free_kick,
    solar_vectors,
    decays_to_neutrinos,
    gain_layer,
    supernova_pions,
    alps_and_electroweak_bosons,
)
