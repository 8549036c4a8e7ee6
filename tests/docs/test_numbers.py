"""Why this test exists: a number on a page that nothing holds drifts away from the code unseen.

`numbers.py` says what may hold one; here each page is asked, and what pages of companions say of
bounds is computed again (`limits.yaml`), as are single numbers that stand in no other test.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.integrate import cumulative_trapezoid
from scipy.special import zeta

from hotaxion.analysis.limits import rules
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.particle.couplings import couplings, f_a_gev
from hotaxion.theory.rates import pipi
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.neutrinos import neutrino_sector

from ..fuzz.parts import PARTS
from . import (
    formulae_of_data,
    formulae_of_emulator,
    formulae_of_papers,
    formulae_of_physics,
    formulae_of_records,
    formulae_of_searches,
    numbers,
)
from .test_bounds_table import cells

ROOT = Path(__file__).resolve().parents[2]
LIMITS = yaml.safe_load((ROOT / "tests" / "docs" / "limits.yaml").read_text(encoding="utf-8"))
# Of a page of decays g m is given, in MeV.
TIMES_MASS = {"majoron_e", "majoron_mu", "majoron_tau", "zprime_lmlt", "zprime_bl"}
TIMES_MASS |= {"majoron_galactic"}

PIONS: dict = {"rates": "gkpy_raw", "gluons": "none", "initial": "zero"}
OTHER_CODE: dict = {**PIONS, "z_ud": 0.47, "m_pion": 0.138}


def relic(m_a: float, **options: object) -> float:
    return Abundance(**options)(m_a).delta_neff


def by_f_a(f_a: float, **options: object) -> float:
    return Abundance(**options)(f_a=f_a).delta_neff


def crossover_rate(value: float) -> float:
    """Mean Gamma f_a^2/T^3 at 0.3 GeV."""
    rate = TotalRate(couplings(), crossover=value)
    return float(np.exp(rate.log_mean_rate(np.array([0.3])))[0])


def bbn_error(rates: str, name: str) -> float:
    return abs(getattr(Nucleosynthesis(rates=rates).theory_error(0.02236, 0.0), name))


@cache
def flat_in_mass() -> tuple[float, float]:
    """95 % of m_a [eV] and Delta N_eff by the N_eff of 2503.14454, prior flat in m_a to 1 eV."""
    masses, solve = np.linspace(1e-4, 1.0, 400), Abundance()
    radiation = np.array([solve(m_a).delta_neff for m_a in masses])
    weights = np.exp(-0.5 * ((3.044 + radiation - 2.86) / 0.13) ** 2)
    below = cumulative_trapezoid(weights, masses, initial=0.0)
    return tuple(float(np.interp(0.95 * below[-1], below, x)) for x in (masses, radiation))


def yield_to_delta_neff() -> float:
    """Delta N_eff over (n_a/s)^(4/3), with (11/4)^(1/3)."""
    per_entropy = (2 * math.pi**2 / 45) * (43 / 11) * math.pi**2 / zeta(3)
    return 4 / 7 * (11 / 4) ** (4 / 3) * per_entropy ** (4 / 3)


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/alps.md": {"5.69 × 10⁵": lambda: f_a_gev(10.0)},
    "docs/bounds.md": {"47.5": lambda: 95 / 2, "52.5": lambda: 100 - 95 / 2},
    "docs/class.md": {
        "1.0147": lambda: 3.044 / 3,
        "0.0044": lambda: neutrino_sector(0.06, "degenerate").n_ur,
    },
    "docs/data.md": {
        "1.052 × 10⁻⁴": lambda: bbn_error("primat", "sigma_y_p"),
        "1.074": lambda: 100 * bbn_error("primat", "sigma_dh_rel"),
        "0.138": lambda: bbn_error("primat", "correlation"),
        "1.048 × 10⁻⁴": lambda: bbn_error("parthenope3", "sigma_y_p"),
        "1.289": lambda: 100 * bbn_error("parthenope3", "sigma_dh_rel"),
        "0.101": lambda: bbn_error("parthenope3", "correlation"),
    },
    "docs/introduction.md": {"54": lambda: Abundance()(1.0).t_decoupling_mev},
    "docs/n_eff.md": {
        "0.0044": lambda: neutrino_sector(0.06, "degenerate").n_ur,
        "0.544": lambda: 3.044 - 2.5,
        "0.0064": lambda: yhe(0.5) - yhe(0.0),
    },
    "docs/physics.md": {
        "0.17": lambda: np.geomspace(0.03, 1.0, 7)[3],
        "773.6": lambda: 1e3 * pipi._M_RHO,
        "0.0142": lambda: 5.691e6 / 4e8,
        "234": lambda: sum(p.stat().st_size for p in ROOT.glob("theory/rates/*.npz")) / 1e3,
        "2.4·10⁻³": lambda: crossover_rate(-1.0),
        "3.7·10⁻³": lambda: crossover_rate(0.0),
        "8.3·10⁻²": lambda: crossover_rate(1.0),
        "34": lambda: crossover_rate(1.0) / crossover_rate(-1.0),
        "0.109": lambda: relic(0.1, crossover=-1.0),
        "0.133": lambda: relic(0.1, crossover=0.5),
        "0.148": lambda: relic(0.1, crossover=1.0),
        "0.152": lambda: relic(0.1, kaons="data", kaon_scale=1.65),
        "74.8": yield_to_delta_neff,
        "0.0019": lambda: 0.0321 - 0.0302,  # of section 4
    },
    "docs/reproduce.md": {
        "0.166": lambda: flat_in_mass()[0],
        "0.186": lambda: flat_in_mass()[1],
        "16": lambda: 100 * (flat_in_mass()[0] / 0.143 - 1),
        "0.3342": lambda: by_f_a(1e7, **PIONS),
        "0.2211": lambda: by_f_a(2.154e7, **PIONS),
        "0.0756": lambda: by_f_a(4.642e7, **PIONS),
        "0.3346": lambda: by_f_a(1e7, **OTHER_CODE),
        "0.2223": lambda: by_f_a(2.154e7, **OTHER_CODE),
        "0.0763": lambda: by_f_a(4.642e7, **OTHER_CODE),
        "0.0185": lambda: by_f_a(1e8, **OTHER_CODE),
    },
}
ALL_FORMULAE = FORMULAE.copy()
PARTS_OF = (formulae_of_searches, formulae_of_physics, formulae_of_data)
PARTS_OF += (formulae_of_emulator, formulae_of_records, formulae_of_papers)
for part in PARTS_OF:
    for name, formulae in part.FORMULAE.items():
        ALL_FORMULAE[name] = ALL_FORMULAE.get(name, {}) | formulae
ROWS = formulae_of_physics.ROWS | formulae_of_data.ROWS | formulae_of_emulator.ROWS


def yhe(delta_neff: float) -> float:
    return Nucleosynthesis(rates="primat").abundances(0.02236, delta_neff).yhe


@pytest.mark.parametrize("page", ALL_FORMULAE)
def test_formulae(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for words, formula in ALL_FORMULAE[page].items():
        assert words in text
        assert numbers.agrees(words, formula()), (words, formula())


@pytest.mark.parametrize(("page", "row"), [(page, row) for page in ROWS for row in ROWS[page]])
def test_rows(page, row):
    """All numbers of a line after its beginning, signs apart."""
    found, written = [abs(x) for x in ROWS[page][row]()], numbers.after(page, row)
    assert len(found) == len(written), (written, found)
    for words, one in zip(written, found, strict=True):
        assert numbers.agrees(words, one), (written, found)


def test_cases_of_reliability():
    """As many as benchmarks/reliability.py tries: 18,770."""
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").split("| part | cases |")
    rows = [cells(line) for line in page[1].split("\n\n")[0].splitlines()[2:]]
    many = {part.name: part.many for part in PARTS}
    assert {name: numbers.value(words) for name, words in rows} == many | {"all": 18770}
    assert sum(many.values()) == 18770


def test_bounds_of_alps_are_those_of_their_script():
    """As docs/alp_bounds.py has written them; the last two rows say what a number cannot."""
    order = (*("published", "3.84", "2.71", "flat in dN_eff", "flat in 1/f_a", "with kaons"),)
    order += ("crossover: 1", "as 2205.07849", "omega_a_h2")
    with (ROOT / "docs" / "alp_curves.csv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(line for line in file if not line.startswith("#")))
    page = (ROOT / "docs" / "alps.md").read_text(encoding="utf-8").split("| published |")[1]
    rows = [cells(line) for line in page.splitlines() if line.startswith("| ")]
    for row, numbers_of in zip(rows[1:10], found, strict=False):
        assert numbers.value(row[0].split(",")[0]) == float(numbers_of["m_a_ev"])
        for words, name in zip(row[1:], order, strict=True):
            if words and name != "published":
                assert numbers.agrees(words, float(numbers_of[name])), (row[0], name)


@pytest.mark.parametrize("page", numbers.pages())
def test_something_holds_every_number(page):
    alone = [n for n in numbers.numbers(page) if not numbers.held_by(page, n)]
    assert [f"{page}:{one.line}: {one.words} ({one.section})" for one in alone] == []


@pytest.mark.parametrize("page", LIMITS)
def test_bounds_of_companions(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, mass, options, *words in LIMITS[page]:
        words = [str(word) for word in words]
        search = formulae_of_searches.search(name, **options)
        found = list(formulae_of_searches.ends(rules.limit(search, float(mass), 0.95)))
        if words == ["none"]:
            assert found == [], (name, mass)
            continue
        scale = mass if name in TIMES_MASS else 1.0
        assert found, (name, mass, options)
        for word, one in zip(words, found, strict=False):  # a page may leave the upper end out
            if word == "...":
                continue
            assert numbers.mantissa(word) in text
            assert numbers.agrees(word, scale * one), (name, mass, options)
