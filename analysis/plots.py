"""All kinds of figures by name, each saved as PDF and PNG; `hotaxion plot` calls these."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hotaxion.analysis.abundances import AbundanceOptions
from hotaxion.analysis.chains import BURN_IN, calm_getdist
from hotaxion.analysis.figures.style import names_of, save

Prefixes = Sequence[str | Path]
# What each kind shows; those in CHAINS_NEEDED cannot do without a chain.
KINDS = {
    "triangle": "posteriors of all parameters, chains overlaid",
    "masses": "(m_a, sum of m_nu) with the hierarchies' least sums",
    "priors": "bounds on m_a under several priors, by reweighting",
    "progress": "R-1 and chi^2 of a (running) chain against its steps",
    "profile": "profile likelihood (--profile FILE), posteriors of chains beside it",
    "abundance": "Delta N_eff(m_a) with its error, bounds of chains as lines",
    "light-elements": "Y_p and D/H: measurements and the track of the axion",
    "spectra": "C_l and P(k) with and without axions (a run of CLASS per mass)",
    "history": "published bounds on m_a, those of chains added",
}
CHAINS_NEEDED = ("triangle", "masses", "priors", "progress")
NO_CHAINS = ("light-elements", "spectra")


def triangle(
    prefixes: Prefixes,
    folder: str | Path,
    params: Sequence[str] | None = None,
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> list[Path]:
    """<first prefix>_triangle.pdf and .png; see `figures.triangle.triangle_figure`."""
    from hotaxion.analysis.figures.triangle import triangle_figure

    with calm_getdist():
        figure = triangle_figure(prefixes, params, burn, labels)
        return save(figure, folder, f"{Path(prefixes[0]).name}_triangle")


def masses(
    prefixes: Prefixes,
    folder: str | Path,
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> list[Path]:
    """<first prefix>_masses.pdf and .png; see `figures.masses.masses_figure`."""
    from hotaxion.analysis.figures.masses import masses_figure

    with calm_getdist():
        figure = masses_figure(prefixes, burn, labels)
        return save(figure, folder, f"{Path(prefixes[0]).name}_masses")


def priors(
    prefixes: Prefixes,
    folder: str | Path,
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
    cut_ev: float | None = None,
) -> list[Path]:
    """<first prefix>_priors.pdf and .png; see `figures.priors.priors_figure`."""
    from hotaxion.analysis.figures.priors import priors_figure
    from hotaxion.analysis.prior_sensitivity import M_A_CUT_EV, prior_sensitivity

    cut = M_A_CUT_EV if cut_ev is None else cut_ev
    results = [prior_sensitivity(p, ["m_a"], burn, cut) for p in prefixes]
    figure = priors_figure(list(zip(names_of(prefixes, labels), results, strict=True)))
    return save(figure, folder, f"{Path(prefixes[0]).name}_priors")


def progress(
    prefixes: Prefixes, folder: str | Path, labels: Sequence[str] | None = None
) -> list[Path]:
    """<prefix>_progress.pdf and .png for each run; see `figures.progress`."""
    from hotaxion.analysis.figures.progress import progress_figure, read_progress

    files = []
    for prefix, name in zip(prefixes, names_of(prefixes, labels), strict=True):
        figure = progress_figure(read_progress(prefix), name)
        files += save(figure, folder, f"{Path(prefix).name}_progress")
    return files


def profile(
    file: str | Path,
    folder: str | Path,
    prefixes: Prefixes = (),
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> list[Path]:
    """<file>_profile.pdf and .png; see `figures.profiles.profile_figure`."""
    from hotaxion.analysis.figures.profiles import profile_figure
    from hotaxion.analysis.profile import read_profile

    with calm_getdist():
        figure = profile_figure(read_profile(file), prefixes, burn, labels)
        return save(figure, folder, f"{Path(file).stem}_profile")


def abundance_curve(
    folder: str | Path,
    options: AbundanceOptions | None = None,
    m_a_min: float = 0.01,
    m_a_max: float = 10.0,
    points: int = 60,
    **chains: Any,
) -> list[Path]:
    """delta_neff.pdf and .png; see `figures.abundance.abundance_figure`."""
    from hotaxion.analysis.figures.abundance import abundance_figure

    figure = abundance_figure(options, m_a_min, m_a_max, points, **chains)
    return save(figure, folder, "delta_neff")


def light_elements(
    folder: str | Path,
    preset: str = "2026",
    options: AbundanceOptions | None = None,
    omega_b: float | None = None,
) -> list[Path]:
    """light_elements_<preset>.pdf and .png; see `figures.light_elements`."""
    from hotaxion.analysis.figures.light_elements import OMEGA_B, light_elements_figure

    figure = light_elements_figure(preset, options, OMEGA_B if omega_b is None else omega_b)
    return save(figure, folder, f"light_elements_{preset}")


def spectra(
    folder: str | Path,
    masses_ev: Sequence[float] | None = None,
    model: str = "ksvz",
    tan_beta: float | None = None,
    l_max: int | None = None,
) -> list[Path]:
    """spectra_<model>.pdf and .png; see `figures.spectra`."""
    from hotaxion.analysis.figures.spectra import (
        L_MAX,
        MASSES_EV,
        compute_spectra,
        spectra_figure,
    )

    masses_ev = MASSES_EV if masses_ev is None else masses_ev
    l_max = L_MAX if l_max is None else l_max
    computed = compute_spectra(masses_ev, model, l_max, tan_beta=tan_beta)
    return save(spectra_figure(computed, model), folder, f"spectra_{model}")


def history(
    folder: str | Path,
    prefixes: Prefixes = (),
    burn: float = BURN_IN,
    labels: Sequence[str] | None = None,
) -> list[Path]:
    """history.pdf and .png; see `figures.history.history_figure`."""
    from hotaxion.analysis.figures.history import history_figure

    return save(history_figure(prefixes, burn, labels), folder, "history")
