"""Why this test exists: the emulator is trusted because CLASS says so, at points that no training
has seen: of the posterior and of its tail, for another model and another rate without retraining.

ln L of CLASS comes from `blind_points.txt` (make_blind_points.py: chains run with the emulator,
then `hotaxion verify`, HotClassy with its defaults); CLASS itself scatters by some 0.03. One of
them is computed again (tests/theory/components/test_emulated_classy.py); twenty:
`python benchmarks/emulator_against_class.py points`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input

from ..likelihoods.stubs import official_packages

TABLE = Path(__file__).parent / "blind_points.txt"
# |mean|, standard deviation of ln L(CLASS) - ln L(emulator); effective fraction after reweighting.
MEAN, STD, EFFECTIVE = 0.05, 0.1, 0.98
BOUND_SHIFT = 0.03  # of 95 % bounds weighted by CLASS
HEADLINE = ("hotaxion2026_pact_ksvz", "hotaxion2026_pact_ksvz")


def _points() -> dict[tuple[str, str], list[dict[str, float]]]:
    """By input and chain: the sampled parameters of each point, and `lnL(CLASS)`."""
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("# "):
            title, _, names = line.removeprefix("# ").partition(" = ")
            name, label = title.split()
            points = groups[name, label] = []
        else:
            points.append(dict(zip(names.split(), map(float, line.split()), strict=True)))
    return groups


POINTS = _points()
# Chains in the order of the rows of docs/emulator.md, section 5.
DOCUMENTED_CHAINS = (
    *("blind_ksvz", "blind_ksvz:m_a", "blind_heavy"),
    *("hotaxion2026_dfsz", "hotaxion2026_dfsz:m_a"),
    *("deramo2022_planck_bao2018_ksvz", "deramo2022_planck_bao2018_ksvz:m_a"),
    *("hotaxion2026_pact_ksvz", "hotaxion2026_pact_dfsz", "hotaxion2026_spa_ksvz"),
    *("hotaxion2026_pact_normal_ksvz", "hotaxion2026_w0wa_ksvz", "hotaxion2026_pact_inverted_ksvz"),
    "hotaxion2026_pact_marginalised_ksvz",
)


def _documented() -> dict[str, list[str]]:
    """Chain: points, mean, standard deviation, effective fraction, as the page has them."""
    page = Path(__file__).parents[2] / "docs" / "emulator.md"
    section = page.read_text(encoding="utf-8").split("\n## 5. ")[1].split("\n## ")[0]
    section = section.replace("−", "-")
    lines = section.split("| effective fraction |\n")[1].split("\n\n")[0].splitlines()[1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]
    return dict(zip(DOCUMENTED_CHAINS, rows, strict=True))


DOCUMENTED = _documented()
INPUT = "hotaxion2026_ksvz"


def test_there_are_enough_points():
    """Posterior, its tail, heavy axions; DFSZ and leading-order rates with the same emulator."""
    counts = {label: len(rows) for (_, label), rows in POINTS.items()}
    posteriors = ("blind_ksvz", "hotaxion2026_dfsz", "deramo2022_planck_bao2018_ksvz")
    least = {name: 60 for name in posteriors} | {f"{name}:m_a": 20 for name in posteriors}
    least |= {"blind_heavy": 20, "hotaxion2026_pact_ksvz": 300}
    least |= {label: 20 for label in DOCUMENTED_CHAINS if label not in least}
    for label, count in least.items():
        assert counts[label] >= count
    m_a = np.exp([point["ln_m_a"] for point in POINTS[INPUT, "blind_heavy"]]) - 0.05
    assert (m_a.min() < 0.25) & (m_a.max() > 0.85)


def _input(name: str) -> dict[str, Any]:
    info = yaml_load_file(str(find_input(name)))
    return {key: value for key, value in info.items() if key not in ("sampler", "output")}


@cache
def _evaluated(group: tuple[str, str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """ln L(CLASS) - ln L(emulator) at the points, none of them by CLASS now; all parameters."""
    name, _ = group
    info = _input(name)
    if any(likelihood.startswith("sn.") for likelihood in info["likelihood"]):
        info["packages_path"] = official_packages()  # of the supernovae; skips without
    model = get_model(info)
    derived = [*model.parameterization.derived_params()]
    differences, rows = [], []
    for point in POINTS[group]:
        sampled = {name: value for name, value in point.items() if name != "lnL(CLASS)"}
        found = model.logposterior(sampled)
        differences.append(point["lnL(CLASS)"] - float(np.sum(found.loglikes)))
        rows.append({**sampled, **dict(zip(derived, found.derived, strict=True))})
    theory = model.theory["hotaxion.theory.EmulatedClassy"]
    assert theory.class_points == 0
    return np.array(differences), {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _effective(weights: np.ndarray) -> float:
    """Kish's effective fraction."""
    return float(weights.sum() ** 2 / (weights.size * np.sum(weights**2)))


@pytest.mark.parametrize("group", POINTS, ids=lambda g: f"{g[0]}, {g[1]}")
def test_emulator_against_class(group):
    difference, _ = _evaluated(group)
    effective = _effective(np.exp(difference - difference.max()))
    assert abs(difference.mean()) < MEAN
    assert difference.std(ddof=1) < STD
    assert effective > EFFECTIVE
    if (label := group[1]) in DOCUMENTED:
        found = [difference.size, difference.mean(), difference.std(ddof=1), effective]
        # One unit of the last digit, for the rounding of other machines.
        for written, value in zip(DOCUMENTED[label], found, strict=True):
            unit = 10.0 ** -len(written.partition(".")[2])
            assert float(written) == pytest.approx(value, abs=1.01 * unit)


@pytest.mark.parametrize(("name", "change"), [("m_a", -0.0004), ("mnu", 0.0086)])
def test_bounds_of_the_headline_by_weights_of_class(name, change):
    """Those of docs/emulator.md; 300 points tell the bound itself to 5 %, common to both."""
    difference, parameters = _evaluated(HEADLINE)
    assert difference.size >= 300
    order = np.argsort(parameters[name])
    values, weights = parameters[name][order], np.exp(difference - difference.mean())[order]

    def bound(weights: np.ndarray) -> float:
        below = np.cumsum(weights) - 0.5 * weights
        return float(np.interp(0.95, below / weights.sum(), values))

    shift = bound(weights) / bound(np.ones_like(weights)) - 1.0
    assert abs(shift) < BOUND_SHIFT
    assert shift == pytest.approx(change, abs=2e-3)
