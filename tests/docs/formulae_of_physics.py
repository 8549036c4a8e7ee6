"""Numbers of the pages on physics, and rows of their tables, with what gives them."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.theory.constants import F_PION_GEV, T_CMB_EV, Z_NU, ZETA3
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.particle.mass import AGE_S, lifetime_s
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance, Relic
from hotaxion.theory.relics.inversion import relic_with
from hotaxion.theory.relics.options import T_REHEAT_RANGE_GEV
from hotaxion.theory.relics.plasma import STANDARD
from hotaxion.theory.spectra.species import _WARM_OMEGA_H2
from hotaxion.theory.spectra.training.fisher import SAMPLED

from ..fuzz import data as fuzzed_data
from ..fuzz import options as fuzzed_options
from ..theory.rates.test_published_rates import until_8_mev
from ..theory.reference_values_fermions import BOUNDS_2602_11100

ROOT = Path(__file__).resolve().parents[2]


@cache
def script(name: str) -> ModuleType:
    """One of docs/*.py."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- physics ----------------------------------------------------------------------------------
T_REHEAT_GEV = (None, 10.0, 1.0, 0.3, 0.1, 0.05, 0.03, 0.02)
_abundance = cache(Abundance)


def reheated(m_a: float) -> list[float]:
    """Delta N_eff for each T_reheat."""
    return [_abundance(T_reheat=t)(m_a).delta_neff for t in T_REHEAT_GEV]


def more(m_a: float, **options: object) -> float:
    """Delta N_eff with options over that without."""
    return Abundance(**options)(m_a).delta_neff / _abundance()(m_a).delta_neff


def reheated_suddenly(m_a: float, t_reheat: float) -> float:
    """Delta N_eff over that of the integrated fluids."""
    sudden = _abundance(T_reheat=t_reheat, reheating="sudden")
    return sudden(m_a).delta_neff / _abundance(T_reheat=t_reheat)(m_a).delta_neff


def added_rate(t_gev: float, **options: str) -> float:
    """Of another channel, over the mean rate of pions (KSVZ)."""
    t = np.array([t_gev])
    change = TotalRate(couplings(), **options).log_mean_rate(t)
    return math.expm1(change[0] - TotalRate(couplings()).log_mean_rate(t)[0])


def mean_momentum(m_a: float) -> float:
    """At recombination [eV]."""
    ratio = _abundance()(m_a).psd.mean_momentum_ratio * _abundance()(m_a).temperature_ratio
    return math.pi**4 / (30 * ZETA3) * ratio * T_CMB_EV / Z_NU * 1090


def budget(m_a: float) -> tuple[float, ...]:
    """The band over its centre [%], in the table that test_documented_numbers.py compares."""
    text = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    centre, *band = map(float, re.search(rf"^{m_a:g} +(\S+) +(\S+) +(\S+) ", text, re.M).groups())
    return tuple(100 * (end / centre - 1) for end in band)


# --- axion-like particles ---------------------------------------------------------------------
@cache
def alp_curve(rates: str = "ours") -> Callable[[float], float]:
    """Delta N_eff against ln f_a, of half as many solutions."""
    bounds = script("alp_bounds")
    bounds.F_A_GEV = np.geomspace(5.7e5, 1.1e10, 45)
    return bounds.curve_of(**bounds.RATES[rates])


def alp(m_a: float, f_a: float) -> Relic:
    return _abundance(model="alp")(m_a, f_a)


@cache
def alp_bounds(m_a: float, lensing: str = "halofit") -> dict[str, float]:
    """By rule [GeV]."""
    bounds = script("alp_bounds")
    return bounds.bounds(*bounds.profiles()[m_a, lensing], alp_curve())


def alp_row(m_a: float, lensing: str = "halofit") -> Iterator[float]:
    """1e-7 of the bounds, and the greatest Omega_a h^2."""
    bounds, found = script("alp_bounds"), alp_bounds(m_a, lensing)
    for rule in ("3.84", "2.71", "flat in dN_eff", "flat in 1/f_a"):
        yield 1e-7 * found[rule]
    for rates in ("with kaons", "crossover: 1", "as 2205.07849"):
        yield 1e-7 * bounds.with_rates(found["3.84"], alp_curve(), alp_curve(rates))
    yield alp(m_a, found["3.84"]).omega_a_h2


def alp_chi2(m_a: float, f_a: float, lensing: str = "halofit") -> list[float]:
    """Least chi^2 found at one point, each time."""
    text = (ROOT / "docs" / "alp_bounds.csv").read_text(encoding="utf-8")
    return [
        float(x)
        for x in re.findall(
            rf"^{m_a:g},{re.escape(f'{f_a:g}')},{lensing},(.*)$", text, re.MULTILINE
        )
    ]


def last_alp(m_a: float, lensing: str) -> tuple[float, float]:
    """The least f_a [1e7 GeV] that was computed, and the rise of chi^2 there."""
    x, rise = script("alp_bounds").profiles()[m_a, lensing]
    return 10.0 / x[-1], rise[-1]


def light_enough(m_a: float) -> float:
    """f_a [GeV] at which a mass of model alp lives 100 ages of the universe."""
    return 1e8 * (100.0 * AGE_S / lifetime_s(couplings(model="alp"), m_a, 1e8)) ** 0.5


def excess_energy(photons_ev: float) -> float:
    """Of 1 keV beside massless axions [%], decoupled at 100 GeV: 5/(4 pi^2) (m/T_a)^2."""
    t_a = photons_ev * alp(1.0, 1e12).temperature_ratio / 1.39797
    return 100 * 5 / (4 * math.pi**2) * (1e3 / t_a) ** 2


# --- forecasts --------------------------------------------------------------------------------
@cache
def fisher() -> dict[str, list[float]]:
    """Errors of m_a, of m_a with mnu known, of mnu [eV], and of m_a alone, by docs/..."""
    errors = script("forecast_errors")
    target = errors.local_target(errors.inputs_folder() / f"{errors.NAME}.yaml")
    emulator = errors.SpectraEmulator.load(errors.emulator_path(errors.NAME))
    star, found = errors.emulated_star(target, emulator), {}
    for label, changed in errors.variants(target):
        matrix = changed.fisher(star)
        known = matrix.sigma("m_a", fixed=("mnu",))
        found[label] = [matrix.sigma("m_a"), known, matrix.sigma("mnu")]
    rest = tuple(name for name in SAMPLED if name != "m_a")
    found["alone"] = [target.fisher(star).sigma("m_a", fixed=rest)]
    return found


def prior_edge() -> float:
    """Of the packaged forecast's prior of m_a, in errors."""
    m_a = yaml_load_file(str(find_input("forecast_cmbs4_desi_ksvz")))["params"]["m_a"]
    return (m_a["prior"]["max"] - 1.0) / fisher()["all"][0]


def of_chain(quantity: str) -> float:
    """An error of chains/reference/reproduced.md."""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    row = f"| forecast_cmbs4_desi_ksvz | sigma({quantity}) [eV] |"
    return float(text.partition(row)[2].split("|")[1])


# --- bounds -----------------------------------------------------------------------------------
def least() -> float:
    """Delta N_eff of axions that were in equilibrium at 100 GeV, for m_a to 0."""
    return _abundance()(1e-6).delta_neff


def averaged() -> float:
    """The last line of docs/bound_by_theory.py, whose lines on the page another test computes."""
    text = (ROOT / "docs" / "bounds.md").read_text(encoding="utf-8")
    return float(text.partition("(pions) and crossover: ")[2].split("\n")[0])


def mass_of(delta_neff: float, **options: object) -> float:
    """m_a [eV] of this Delta N_eff."""
    return relic_with(Abundance(**options), {"delta_neff": delta_neff}).m_a_ev


# --- relics -----------------------------------------------------------------------------------
def warm(mass_ev: float) -> list[float]:
    """sqrt(P/P_CDM) by the published fit."""
    return list(script("warm_dark_matter").fit(mass_ev))


def warm_by_class(mass_ev: float) -> list[float]:
    """The same by CLASS with its defaults."""
    power = script("warm_dark_matter").power
    return list(np.sqrt(power(mass_ev) / power(None)))


# --- reliability ------------------------------------------------------------------------------
def soaked(points: int) -> float:
    """Memory after so many points with CLASS [MB], as on the page."""
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("CLASS: ")[2]
    return float(re.search(rf"^ +{points} +{points} +([\d.]+)", text, re.MULTILINE)[1])


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/alps.md": {
        "0.12": lambda: excess_energy(3e4),
        "1.3 × 10⁶": lambda: light_enough(10.0),
        "4.0 × 10⁷": lambda: light_enough(100.0),
        "1.3 × 10⁹": lambda: light_enough(1000.0),
        "27": lambda: 2 * 13.6,
        "0.27": lambda: float(alp_curve()(np.log(alp_bounds(1e-3)["3.84"]))),
        "25": lambda: 100 - 1e-5 * alp_bounds(3.03)["3.84"] / 10.4,
        "39": lambda: 100 - 1e-5 * alp_bounds(10.0)["3.84"] / 15.5,
        "0.076": lambda: alp(100.0, 1e11).omega_a_h2,
        "0.116": lambda: alp(100.0, 1.1e8).omega_a_h2,
        "0.123": lambda: alp(100.0, 1e8).omega_a_h2,
        "0.096": lambda: alp(100.0, 1.63e8).omega_a_h2,
        "1.63 × 10⁸": lambda: 1e7 * script("alp_bounds").PUBLISHED[100.0],
        "1.3": lambda: last_alp(100.0, "none")[1],
        "1002": lambda: alp_chi2(100.0, 1.1e8, "none")[0],
        "0.024": lambda: _WARM_OMEGA_H2,
    },
    "docs/bounds.md": {"0.029": least, "0.091": averaged},
    "docs/faq.md": {"0.027": lambda: 4 / 7 * (43 / 4 / 106.75) ** (4 / 3)},
    "docs/reproduce.md": {
        "0.029": least,
        "54": lambda: sum(1 + len(one.variants) for one in ANALYSES.values()),
        "0.117": lambda: mass_of(0.162, kaons="data"),
        "0.099": lambda: mass_of(0.137, kaons="data"),
        "0.078": lambda: mass_of(0.107, kaons="data"),
    },
    "docs/guides/forecasts.md": {
        "0.372": lambda: _abundance()(1.0).delta_neff,
        "0.0049": lambda: _abundance()(1.0).omega_a_h2,
        "0.052": lambda: of_chain("m_a"),
        "0.0282": lambda: of_chain("mnu"),
        "0.028": lambda: fisher()["alone"][0],
        "0.61": lambda: (1 - (fisher()["all"][1] / fisher()["all"][0]) ** 2) ** 0.5,
        "2.5": lambda: fisher()["without lensing reconstruction"][0] / fisher()["all"][0],
        "141": lambda: 21 + 120,
        "4.6": prior_edge,
    },
    "docs/guides/choose_physics.md": {
        "18": lambda: 100 * (more(0.1, kaons="data", kaon_scale=0.75) - 1),
        "23": lambda: 100 * (more(0.1, kaons="data") - 1),
        "1.5": lambda: 100 * (more(0.1, nucleons="delta") - 1),
        "5.96": lambda: 1e3 * T_REHEAT_RANGE_GEV[0],
    },
    "docs/introduction.md": {
        "1.66": lambda: (8 * math.pi**3 / 90) ** 0.5,
        "92": lambda: 1e3 * F_PION_GEV,
        "0.12": lambda: couplings().c_a_pi,
        "93": lambda: _abundance()(0.3).t_decoupling_mev,
        "0.027": lambda: 4 / 7 * (11 / 4) ** (4 / 3) * (43 / 11 / 106.75) ** (4 / 3),
        "75": lambda: STANDARD.degrees_of_freedom([2.0])[1][0],
        "17": lambda: STANDARD.degrees_of_freedom([0.1])[1][0],
    },
    "docs/physics.md": {
        "0.47": lambda: added_rate(0.1, kaons="data"),
        "0.74": lambda: added_rate(0.13, kaons="data"),
        "0.33": lambda: 100 * added_rate(0.08, nucleons="delta"),
        "3.7": lambda: 100 * added_rate(0.12, nucleons="delta"),
        "5.2": lambda: 100 * added_rate(0.13, nucleons="delta"),
        "6.9": lambda: 100 * added_rate(0.14, nucleons="delta"),
        "8.8": lambda: 100 * added_rate(0.15, nucleons="delta"),
        "0.87": lambda: 100 * (1 - Z_NU**4 / (11 / 4) ** (4 / 3)),
        "0.45": lambda: mean_momentum(0.3),
        "0.19": lambda: until_8_mev("mu", BOUNDS_2602_11100["mu"])[1],
        "0.13": lambda: until_8_mev("tau", BOUNDS_2602_11100["tau"])[1],
        "27": lambda: budget(0.173)[1],
        "13": lambda: -budget(0.0965)[0],
        "45": lambda: 100 * (reheated_suddenly(1.0, 0.05) - 1),
    },
    "docs/reliability.md": {
        "10": lambda: M_A_MAX_EV,
        "2.3": lambda: fuzzed_options._DELTA_NEFF_MAX,
        "0.2": lambda: 100 * fuzzed_data._BBN_ACCURACY,
    },
}
# Beginning of a line of the page: what gives the numbers that follow in it.
ROWS: dict[str, dict[str, Callable[[], Iterable[float]]]] = {
    "docs/alps.md": {
        "| 10⁻³ | 1.18 |": lambda: alp_row(1e-3),
        "| 10⁻² | 1.18 |": lambda: alp_row(1e-2),
        "| 0.1 | 1.86 |": lambda: alp_row(0.1),
        "| 0.3 | |": lambda: alp_row(0.3),
        "| 1 | 5.38 |": lambda: alp_row(1.0),
        "| 3.03 | 10.4 |": lambda: alp_row(3.03),
        "| 10, halofit | 15.5 |": lambda: alp_row(10.0),
        "| 10, linear | |": lambda: alp_row(10.0, "none"),
        "| 30.3, halofit | 13.3 |": lambda: alp_row(30.3),
        "| 30.3, linear | |": lambda: (
            *last_alp(30.3, "none"),
            1e-7 * alp_bounds(30.3, "none")["2.71"],
            alp(30.3, 1.05e8).omega_a_h2,
        ),
    },
    "docs/guides/forecasts.md": {
        "| all |": lambda: fisher()["all"],
        "| without lensing reconstruction |": lambda: fisher()["without lensing reconstruction"],
        "| without BAO |": lambda: fisher()["without BAO"],
        "| neither |": lambda: fisher()["neither"],
        "| errors of BAO halved |": lambda: fisher()["errors of BAO halved"],
        "| LiteBIRD below l = 51 |": lambda: fisher()["LiteBIRD below l = 51"],
        "| l ≥ 30 and Planck's τ ± 0.0073 |": lambda: fisher()["l >= 30 and Planck's tau"],
        "| T, E, lensing to l = 2000 |": lambda: fisher()["T, E, lensing to l = 2000"],
    },
    "docs/guides/relics.md": {
        "| 1 keV, fit |": lambda: warm(1000.0),
        "| 300 eV, fit |": lambda: warm(300.0),
        "| 1 keV, CLASS's default, a fluid late |": lambda: warm_by_class(1000.0),
    },
    "docs/physics.md": {
        "| 0.03 | 0.0406 |": lambda: reheated(0.03)[1:],
        "| 0.1 | 0.113 |": lambda: reheated(0.1)[1:],
        "| 0.3 | 0.281 |": lambda: reheated(0.3)[1:],
        "| 1.0 | 0.372 |": lambda: reheated(1.0)[1:],
        "| 3.0 | 0.423 |": lambda: reheated(3.0)[1:],
        "| 10.0 | 0.471 |": lambda: reheated(10.0)[1:],
    },
    "docs/reliability.md": {
        "with CLASS memory moves by": lambda: [soaked(100) - soaked(55)],
    },
}
