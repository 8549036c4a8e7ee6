"""Numbers of the pages on data and bounds, and rows of their tables, with what gives them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import yaml
from scipy.stats import norm

from hotaxion.likelihoods.measurements import DEUTERIUM, HELIUM
from hotaxion.theory.nuclei.nucleosynthesis import TAU_N_TABLE_S, BBNOptions

from ..likelihoods.test_bbn_bounds import by_hand
from ..likelihoods.test_official_2026 import CHI2, PACKAGED

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "likelihoods" / "data"


# --- bounds -----------------------------------------------------------------------------------
def evidence(name: str) -> list[float]:
    """ln Z of chains/reference/evidence.md, and its difference to the first."""
    text = (ROOT / "chains" / "reference" / "evidence.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^{re.escape(name)}  +(-[\d.]+) +[\d.]+ +([-+\d.]+) ", text, re.MULTILINE)
    ln_z, difference = map(float, row)
    return [abs(ln_z)] if difference == 0 else [abs(ln_z), abs(difference)]


def reheating(column: int) -> list[float]:
    """Of docs/bound_by_reheating.csv."""
    return list(np.genfromtxt(ROOT / "docs" / "bound_by_reheating.csv", delimiter=",")[1:, column])


# --- data -------------------------------------------------------------------------------------
def n_eff(preset: str, n_nu: bool = False) -> Iterator[float]:
    """Mean and error, the 95 % bound, and N_nu."""
    row = yaml.safe_load((DATA / "neff.yaml").read_text(encoding="utf-8"))[preset]
    if "n_eff" in row:
        yield from (row["n_eff"], row["sigma"])
    yield row["bound"] if "bound" in row else upper_end(row["n_eff"], row["sigma"])
    if n_nu:
        yield row["n_eff"] - 0.044


def upper_end(mean: float, sigma: float) -> float:
    """95 % of Delta N_eff for a Gaussian cut at 3.044."""
    inside = norm.sf(3.044, mean, sigma)
    return float(norm.isf(0.05 * inside, mean, sigma)) - 3.044


def helium(key: str) -> list[float]:
    value, plus, minus, *_ = HELIUM[key]
    return [value, plus] if plus == minus else [value, plus, minus]


def deuterium(key: str) -> list[float]:
    return [1e5 * DEUTERIUM[key].value, 1e5 * DEUTERIUM[key].plus]


def bbn(preset: str, rates: str, cmb: bool) -> float:
    """95 % on Delta N_eff, no factor on D/H."""
    return by_hand((preset, rates, 1.0, cmb), 151, 31)


def equal_noise() -> float:
    """L at which the noise of lensing of the packaged mock data equals the signal."""
    signal, noise = (
        np.genfromtxt(DATA / f"mock_ksvz_1eV_cmbs4{end}.dat", names=True) for end in ("", "_Noise")
    )
    ell = np.arange(100.0, 2000.0)
    below = [np.interp(ell, table["L"], table["PP"]) for table in (noise, signal)]
    return float(np.interp(0.0, np.log(below[0] / below[1]), ell))


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/bounds.md": {
        "13": lambda: math.exp(evidence("inverted hierarchy")[0] - evidence("normal hierarchy")[0]),
        "46": lambda: 80 / 3**0.5,
    },
    "docs/data.md": {
        "584.25": lambda: CHI2["planck_2018_highl_plik.TTTEEE_lite_native"][0],
        "4.02": lambda: PACKAGED["PlanckLowlTT"][0],
        "23.20": lambda: CHI2["planck_2018_lowl.TT"][0],
        "396.05": lambda: PACKAGED["PlanckLowlEE"][0],
        "390.06": lambda: CHI2["planck_2018_lowl.EE_sroll2"][0],
        "125.5": lambda: PACKAGED["ActDR6Lite"][0],
        "141.5": lambda: PACKAGED["Spt3g2018Lite"][0],
        "164.5": lambda: CHI2["spt_d1"][0],
        "8.88": lambda: PACKAGED["PlanckLensing"][0],
        "8.703": lambda: CHI2["planck_pr4_lensing"][0],
        "8.48": lambda: CHI2["planck_pr4_lensing_marginalised"][0],
        "14.08": lambda: PACKAGED["ActDR6Lensing"][0],
        "17.9": lambda: CHI2["act_lensing_extended"][0],
        "19.88": lambda: CHI2["act_and_planck_lensing"][0],
        "23.68": lambda: CHI2["act_and_planck_lensing_extended"][0],
        "31.24": lambda: PACKAGED["DesiDR2"][0],
        "0.147": lambda: CHI2["bao.desi_dr2.desi_bao_lya"][0],
        "1403.67": lambda: CHI2["sn.pantheonplus"][0],
        "26.293": lambda: CHI2["sn.union3"][0],
        "1632.32": lambda: CHI2["sn.desdovekie"][0],
        "878.4": lambda: TAU_N_TABLE_S,
        "868.4": lambda: BBNOptions.declared()["tau_n"].range[0],
        "888.4": lambda: BBNOptions.declared()["tau_n"].range[1],
        "0.142": lambda: bbn("2026", "primat", cmb=False),
        "0.141": lambda: bbn("2026", "parthenope3", cmb=False),
        "0.324": lambda: bbn("paper2022", "parthenope3", cmb=False),
        "0.205": lambda: bbn("paper2022", "parthenope3", cmb=True),
        "0.325": lambda: bbn("paper2022", "primat", cmb=False),
        "2.2": lambda: 100 / np.sqrt(2 * 1000),
        "776": equal_noise,
    },
}
# Beginning of a line of the page: what gives the numbers that follow in it.
ROWS: dict[str, dict[str, Callable[[], Iterable[float]]]] = {
    "docs/bounds.md": {
        "| degenerate neutrinos, Σm_ν from 0 |": lambda: evidence("degenerate neutrinos"),
        "| no axion (`axion: False`, no `HotAxion`) |": lambda: evidence("no axion"),
        "| DFSZ-I, tan β = 3 |": lambda: evidence("DFSZ-I, tan beta = 3"),
        "| theory errors marginalised |": lambda: evidence("theory errors marginalised"),
        "| normal hierarchy, Σm_ν from 0.0588 eV |": lambda: evidence("normal hierarchy"),
        "| inverted hierarchy, Σm_ν from 0.0989 eV |": lambda: evidence("inverted hierarchy"),
        "| with Pantheon+: ΛCDM |": lambda: evidence("with Pantheon+, LCDM"),
        "| with Pantheon+: w0, wa |": lambda: evidence("with Pantheon+, w0 and wa"),
        "| m_a < (eV) |": lambda: reheating(1),
        "| with kaons |": lambda: reheating(2),
    },
    "docs/data.md": {
        "| `planck2018` |": lambda: n_eff("planck2018"),
        "| `yeh2022` |": lambda: n_eff("yeh2022", n_nu=True),
        "| `allali2024` |": lambda: n_eff("allali2024"),
        "| `calabrese2025` |": lambda: n_eff("calabrese2025"),
        "| `calabrese2025_bbn` |": lambda: n_eff("calabrese2025_bbn"),
        "| `yeh2026` |": lambda: n_eff("yeh2026", n_nu=True),
        "| `goldstein2026` |": lambda: n_eff("goldstein2026"),
        "| `izotov2014` |": lambda: helium("izotov2014"),
        "| `aver2015` |": lambda: helium("aver2015"),
        "| `peimbert2016` |": lambda: helium("peimbert2016"),
        "| `hsyu2020` |": lambda: helium("hsyu2020"),
        "| `aver2021` |": lambda: helium("aver2021"),
        "| `empress2022` |": lambda: helium("empress2022"),
        "| `pdg2024` |": lambda: helium("pdg2024"),
        "| `empress2025` |": lambda: helium("empress2025"),
        "| **`lbt2026`** |": lambda: helium("lbt2026"),
        "| `cooke2018` |": lambda: deuterium("cooke2018"),
        "| `pdg2022` |": lambda: deuterium("pdg2022"),
        "| `kislitsyn2024` |": lambda: deuterium("kislitsyn2024"),
        "| **`pettini_cooke2025`** |": lambda: deuterium("pettini_cooke2025"),
    },
}
