"""The analyses that `hotaxion reproduce` knows: published numbers, what was inferred, variants.

A variant is the input of an analysis with a few changes; it shows what a difference is due to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from cobaya.tools import recursive_update

from hotaxion.analysis.published.papers import HISTORY, KSVZ_2205_07849
from hotaxion.theory.errors import UnknownOptionError
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev

ALL = "all"
AXION, NUCLEI = "hotaxion.theory.HotAxion", "hotaxion.theory.BBN"
SPECTRA, ABUNDANCES = "hotaxion.theory.EmulatedClassy", "hotaxion.likelihoods.BBN"

BBN_QUANTITIES = ("delta_neff", "m_a", "f_a")
JOINT_QUANTITIES = (*BBN_QUANTITIES, "mnu")


@dataclass(frozen=True)
class Variant:
    """Changes of an input: nested as the input is; a value that is no mapping replaces."""

    text: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Analysis:
    """One named input and what it is held against.

    Attributes
    ----------
    paper : arXiv number, or "this work".
    quantities : parameters of the table.
    published : 95 % bounds by parameter (eV, GeV), where the abstract of the paper has them.
    inferred : what of the paper's analysis could not be read, or is not to be had.
    variants : by name.
    label : name in figures, None to leave it out of them.
    priors : whether bounds under other priors are shown, by reweighting.
    errors : show standard deviations (a forecast) instead of bounds.
    """

    paper: str
    quantities: tuple[str, ...]
    published: Mapping[str, float] = field(default_factory=dict)
    inferred: str = ""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    label: str | None = None
    priors: bool = False
    errors: bool = False


def _published_2022(key: str) -> dict[str, float]:
    bound = KSVZ_2205_07849[key]
    values = {name: getattr(bound, name) for name in JOINT_QUANTITIES}
    return {name: value for name, value in values.items() if value is not None}


def _published_mass(source: str) -> dict[str, float]:
    return {"m_a": next(entry.m_a for entry in HISTORY if entry.source == source)}


def _together(what: str, *variants: Variant) -> Variant:
    """All changes of several variants in one."""
    return Variant(what, reduce(recursive_update, (variant.changes for variant in variants)))


_PRIMAT = {"theory": {NUCLEI: {"rates": "primat", "dh_scale": 1.0}}}
_NORMAL_FROM_EV = math.ceil(1e5 * minimal_sum_ev("normal")) / 1e5  # not below it

_BBN_2022 = {
    "primat": Variant("nuclear rates of PRIMAT instead of PArthENoPE", _PRIMAT),
    "no_dh_factor": Variant(
        "D/H of PArthENoPE 3.0 as it is, without the factor 1.0215",
        {"theory": {NUCLEI: {"dh_scale": 1.0}}},
    ),
    "aver2015": Variant(
        "helium of 1503.08146 instead of 1608.02062",
        {"likelihood": {ABUNDANCES: {"helium": "aver2015"}}},
    ),
    "theory_errors": Variant(
        "errors of the nuclear rates added", {"likelihood": {ABUNDANCES: {"theory_error": True}}}
    ),
}
_OSCILLATIONS = Variant(
    f"normal hierarchy, sum of neutrino masses from {_NORMAL_FROM_EV:g} eV instead of 0",
    {
        "theory": {SPECTRA: {"hierarchy": "normal"}},
        "params": {"mnu": {"prior": {"min": _NORMAL_FROM_EV}, "ref": {"loc": 0.075}}},
    },
)
_JOINT_2022 = {
    "oscillations": _OSCILLATIONS,
    "gkpy_momentum": Variant(
        "pions from pi pi data, momentum-resolved, instead of leading order, number density",
        {"theory": {AXION: {"rates": "gkpy", "solver": "momentum"}}},
    ),
    "with_bbn": Variant(
        "primordial helium and deuterium of 2022 added to the data",
        {"likelihood": {ABUNDANCES: {"preset": "paper2022"}}},
    ),
}
_GLUONS = Variant(
    "gluons above the crossover, thermal start at 100 GeV, instead of no axions at 150 MeV",
    {"theory": {AXION: {"gluons": "htl", "initial": "thermal"}}},
)
_START_AND_MASSES = {
    "gluons": _GLUONS,
    "oscillations": _OSCILLATIONS,
    "gluons_oscillations": _together(
        "both: gluons with a thermal start, and neutrino masses of the normal hierarchy",
        _GLUONS,
        _OSCILLATIONS,
    ),
}
_PARTHENOPE_3 = Variant(
    "nuclear rates of PArthENoPE instead of PRIMAT", {"theory": {NUCLEI: {"rates": "parthenope3"}}}
)
_START_AND_NUCLEI = {
    "gluons": _GLUONS,
    "parthenope3": _PARTHENOPE_3,
    "gluons_parthenope3": _together(
        "both: gluons with a thermal start, and nuclear rates of PArthENoPE",
        _GLUONS,
        _PARTHENOPE_3,
    ),
    "gluons_parthenope3_oscillations": _together(
        "and neutrino masses of the normal hierarchy",
        _GLUONS,
        _PARTHENOPE_3,
        _OSCILLATIONS,
    ),
}
_2026 = {"parthenope3": _PARTHENOPE_3}
_2026_JOINT = {
    **_2026,
    "pions_alone": Variant(
        "no axions at 150 MeV and production by pions alone: nothing is assumed of the crossover, "
        "but the pion rate up to 150 MeV",
        {"theory": {AXION: {"gluons": "none", "initial": "zero"}}},
    ),
    "kaons": Variant(
        "pion-kaon scattering added to the production", {"theory": {AXION: {"kaons": "data"}}}
    ),
}

_INFERRED_2022 = (
    "Inferred: leading-order pions, number density, the measurements and the BBN code "
    "(PArthENoPE before 3.0, for which a factor 1.0215 on D/H stands). The prior, flat in "
    "Delta N_eff, is inferred from the bounds themselves: flat in m_a, BBN alone gives the end of "
    "the prior (docs/prior_of_m_a.py)."
)
_INFERRED_PLANCK = (
    "Inferred: leading-order pions, number density, priors, BBN code. Data: the "
    "foreground-marginalised plik_lite and two log-normal bins of low-l TT stand for the full plik "
    "and Commander; full plik cannot be tried without its download (known gap)."
)
_INFERRED_DFSZ = ' No numbers are published for DFSZ ("very similar"); tan beta = 1 is inferred.'
_INFERRED_START = (
    "Inferred from the abstract: data, and no axions at 150 MeV (conservative in the start, not in "
    "the pion rate). A thermal start comes nearer to the published number by coincidence. Full "
    "plik, which the package does not hold, is replaced by plik_lite (known gap)."
)
_INFERRED_FORECAST = (
    "The abstract announces percent-level errors of masses around 1 eV, without a number; surveys, "
    "data and priors are inferred. What drives our error: docs/guides/forecasts.md."
)

REGISTRY: dict[str, Analysis] = {
    "deramo2022_bbn_ksvz": Analysis(
        "2205.07849",
        BBN_QUANTITIES,
        _published_2022("bbn"),
        _INFERRED_2022
        + " The curve is flat there, so that m_a is known far worse than Delta N_eff.",
        _BBN_2022,
        "2205.07849: BBN",
        priors=True,
    ),
    "deramo2022_bbn_dfsz": Analysis(
        "2205.07849", BBN_QUANTITIES, inferred=_INFERRED_2022 + _INFERRED_DFSZ
    ),
    "deramo2022_bbn_omegab_ksvz": Analysis(
        "2205.07849",
        BBN_QUANTITIES,
        _published_2022("bbn_omegab"),
        _INFERRED_2022,
        _BBN_2022,
        "2205.07849: BBN + $\\omega_b$",
        priors=True,
    ),
    "deramo2022_bbn_omegab_dfsz": Analysis(
        "2205.07849", BBN_QUANTITIES, inferred=_INFERRED_2022 + _INFERRED_DFSZ
    ),
    "deramo2022_planck_bao2018_ksvz": Analysis(
        "2205.07849",
        JOINT_QUANTITIES,
        _published_2022("planck_bao_bbn"),
        _INFERRED_PLANCK,
        _JOINT_2022,
        "2205.07849: Planck + BAO",
        priors=True,
    ),
    "deramo2022_planck_bao2018_dfsz": Analysis(
        "2205.07849", JOINT_QUANTITIES, inferred=_INFERRED_PLANCK + _INFERRED_DFSZ
    ),
    "notari2022_planck_bao2018_ksvz": Analysis(
        "2211.03799",
        JOINT_QUANTITIES,
        _published_mass("2211.03799"),
        _INFERRED_START,
        _START_AND_MASSES,
        "2211.03799: Planck + BAO",
        priors=True,
    ),
    "bianchini2023_planck_bao2018_bbn_ksvz": Analysis(
        "2310.08169",
        JOINT_QUANTITIES,
        _published_mass("2310.08169"),
        _INFERRED_START
        + " Nuclear rates and both abundances are inferred, too. The abstract (v3) names CMB, "
        "BAO and abundances; an earlier one names ground-based CMB data, which are not packaged.",
        _START_AND_NUCLEI,
        "2310.08169: Planck + BAO + BBN",
        priors=True,
    ),
    "bbn_ksvz": Analysis("this work", BBN_QUANTITIES, variants=_2026, label="2026: BBN"),
    "bbn_omegab_ksvz": Analysis(
        "this work", BBN_QUANTITIES, variants=_2026, label="2026: BBN + $\\omega_b$", priors=True
    ),
    "bbn_omegab_ksvz_marginalised": Analysis("this work", BBN_QUANTITIES),
    "hotaxion2026_ksvz": Analysis(
        "this work",
        JOINT_QUANTITIES,
        variants=_2026_JOINT,
        label="2026: Planck + DESI DR2 + BBN",
        priors=True,
    ),
    "hotaxion2026_dfsz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_normal_ksvz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_normal_dfsz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_inverted_ksvz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_inverted_dfsz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_marginalised_ksvz": Analysis("this work", JOINT_QUANTITIES),
    "hotaxion2026_marginalised_dfsz": Analysis("this work", JOINT_QUANTITIES),
    "forecast_cmbs4_desi_ksvz": Analysis(
        "2205.07849", ("m_a", "mnu"), inferred=_INFERRED_FORECAST, errors=True
    ),
}


def chosen(names: list[str]) -> list[str]:
    """The names in the order of the registry, all of them for "all".

    Raises
    ------
    UnknownOptionError : for one that is not there; names the closest one.
    """
    for name in names:
        if name != ALL and name not in REGISTRY:
            raise UnknownOptionError("analysis", name, (*REGISTRY, ALL))
    return [name for name in REGISTRY if ALL in names or name in names]


def listing() -> str:
    """All names with their paper, and their variants with what they change."""
    width = max(map(len, REGISTRY))
    lines = []
    for name, analysis in REGISTRY.items():
        values = ", ".join(f"{key} {value:g}" for key, value in analysis.published.items())
        published = f": {values}" if values else ""
        lines.append(f"{name:{width}}  {analysis.paper}{published}")
        lines += [f"  {key:{width - 2}}  {v.text}" for key, v in analysis.variants.items()]
    return "\n".join(lines)
