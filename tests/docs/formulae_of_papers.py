"""Numbers of papers that stand on pages and that the package holds, too."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

from scipy.stats import truncnorm

from hotaxion.analysis.limits import rules
from hotaxion.likelihoods import neff_data, surveys
from hotaxion.theory.relics.plasma import _BLEND_GEV
from hotaxion.theory.searches.solar_vector import Q_MEV

from .formulae_of_physics import mass_of
from .formulae_of_searches import ends, reference_bound, search

ROOT = Path(__file__).resolve().parents[2]
DFSZ = {"model": "dfsz1", "tan_beta": 3.0}


def counts_of_cast() -> float:
    """In vacuum, all data sets and bins."""
    text = (ROOT / "likelihoods" / "data" / "cast2017_vacuum.json").read_text(encoding="utf-8")
    return float(sum(sum(counts) for counts in json.loads(text)["observed"].values()))


def published_alp(m_a: float) -> float:
    """Bound on f_a/C [GeV] of 2205.01637 as it was read off."""
    with (ROOT / "docs" / "alp_curves.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return 1e7 * next(float(row["published"]) for row in rows if float(row["m_a_ev"]) == m_a)


def cut_gaussian(key: str) -> float:
    """95 % end of Delta N_eff by N_eff of a paper, cut at 3.044."""
    row = neff_data.published()[key]
    low = (3.044 - row.n_eff) / row.sigma
    return float(truncnorm.ppf(0.95, low, float("inf"), row.n_eff, row.sigma)) - 3.044


def mantle_gm() -> float:
    """Least g m [MeV] of a majoron of 10 MeV that is excluded, emission by the mantle."""
    limit = rules.limit(search("majoron_e", source="mantle"), 10.0, 0.95)
    return 10.0 * next(iter(ends(limit)))


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/README.md": {"5.49": lambda: Q_MEV},
    "docs/companions.md": {"5.49": lambda: Q_MEV},
    "docs/alps.md": {
        "1.2": lambda: 1e-7 * published_alp(0.01),
        "1.9 × 10⁷": lambda: published_alp(0.1),
    },
    "docs/class.md": {"0.71377": lambda: (4 / 11) ** (1 / 3)},
    "docs/data.md": {"6.2": lambda: surveys.CMB["so"].noise_ukarcmin},
    "docs/guides/forecasts.md": {"0.114": lambda: reference_bound("hotaxion2026_ksvz")},
    "docs/physics.md": {"112": lambda: 1e3 * _BLEND_GEV[0]},
    "docs/reproduce.md": {
        "0.083": lambda: mass_of(0.162, **DFSZ),
        "0.070": lambda: mass_of(0.137, **DFSZ),
        "0.056": lambda: mass_of(0.107, **DFSZ),
        "0.106": lambda: cut_gaussian("goldstein2026"),
    },
    "docs/searches/decays_to_neutrinos.md": {"1.2 × 10⁻⁹": mantle_gm},
    "docs/searches/helioscopes.md": {"226": counts_of_cast},
}
