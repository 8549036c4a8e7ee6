"""How the bound on m_a depends on its prior: python docs/prior_of_m_a.py (half a minute).

Direct integration of the BBN posterior over (Delta N_eff, omega_b), with the curve
Delta N_eff(m_a) turning a prior flat in m_a into one on Delta N_eff. With --others also priors
flat in log m_a, in f_a and in Delta N_eff along the curve, as `hotaxion bounds --priors` has them
by reweighting a chain.
"""

from __future__ import annotations

import logging
import sys

import numpy as np
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.chains.bounds import M_A_CUT_EV
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.table import RelicTable

FOLDER = inputs_folder()
UPPER_ENDS_EV = (1.0, 2.0, 5.0, 10.0)
RUNS = {
    "2026, BBN alone": "bbn_ksvz.yaml",
    "2026, BBN + omega_b": "bbn_omegab_ksvz.yaml",
    "as 2205.07849, BBN alone": "deramo2022_bbn_ksvz.yaml",
    "as 2205.07849, BBN + omega_b": "deramo2022_bbn_omegab_ksvz.yaml",
}


def posterior_of_delta_neff(info: dict) -> tuple[np.ndarray, np.ndarray]:
    """Grid of Delta N_eff and the BBN posterior on it, flat prior, omega_b integrated out."""
    model = get_model(
        {
            "theory": {"hotaxion.theory.BBN": info["theory"]["hotaxion.theory.BBN"]},
            "likelihood": info["likelihood"],
            "params": {
                "delta_neff": {"prior": [0, 2.5]},
                "omega_b": {"prior": info["params"]["omega_b"]["prior"]},
            },
        }
    )
    delta_neff, omega_b = np.linspace(0.0, 1.6, 161), np.linspace(0.0205, 0.0250, 91)
    values = [
        [np.exp(model.logposterior([d, o], return_derived=False).logpost) for o in omega_b]
        for d in delta_neff
    ]
    return delta_neff, np.sum(values, axis=1)


def quantile95(x: np.ndarray, density: np.ndarray) -> float:
    """95 % quantile of a density on a grid (trapezoids)."""
    steps = np.diff(x) * (density[1:] + density[:-1])
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    return float(np.interp(0.95, cumulative / cumulative[-1], x))


def bounds_on_m_a(masses: np.ndarray, curve: np.ndarray, likelihood: np.ndarray) -> list[float]:
    """95 % bounds [eV] for priors flat in m_a, in Delta N_eff on the curve, in log m_a, in f_a."""
    heavy = masses > M_A_CUT_EV
    priors = (
        np.ones_like(masses),
        np.gradient(curve, masses),
        np.where(heavy, 1 / masses, 0.0),
        np.where(heavy, masses**-2, 0.0),
    )
    return [quantile95(masses, prior * likelihood) for prior in priors]


def read(name: str) -> tuple[RelicTable, np.ndarray, np.ndarray]:
    """Relics of an input, grid of Delta N_eff, and the posterior on it."""
    info = yaml_load_file(str(FOLDER / name))
    options = info["theory"]["hotaxion.theory.HotAxion"]
    return RelicTable(Abundance(**options)), *posterior_of_delta_neff(info)


def print_ranges() -> None:
    """Priors flat in Delta N_eff, and in m_a with several upper ends."""
    ends = "".join(f"{f'm_a < {end:g} eV':>13}" for end in UPPER_ENDS_EV)
    print(f"{'95 % bounds':30} | prior flat in dN_eff   | prior flat in m_a, with")
    print(f"{'':30} | {'dN_eff':>8} {'m_a [eV]':>12}  |{ends}")
    for label, name in RUNS.items():
        table, delta_neff, density = read(name)
        bound = quantile95(delta_neff, density)
        flat = []
        for end in UPPER_ENDS_EV:
            masses = np.linspace(1e-6, end, 4001)
            curve = np.array([table(m).delta_neff for m in masses])
            flat.append(quantile95(masses, np.exp(np.interp(curve, delta_neff, np.log(density)))))
        row = "".join(f"{value:13.3f}" for value in flat)
        print(f"{label:30} | {bound:8.3f} {table.at_delta_neff(bound).mass_ev:12.3f}  |{row}")


def print_others() -> None:
    """Bounds on m_a for four priors up to 10 eV; the last two are cut at M_A_CUT_EV."""
    heads = ("flat in m_a", "dN_eff on curve", "log m_a", "f_a")
    print(f"{'95 % bounds on m_a [eV]':30} |" + "".join(f"{head:>17}" for head in heads))
    masses = np.geomspace(1e-6, 10, 8001)
    for label, name in RUNS.items():
        table, delta_neff, density = read(name)
        curve = np.array([table(m).delta_neff for m in masses])
        likelihood = np.exp(np.interp(curve, delta_neff, np.log(density)))
        row = "".join(f"{value:17.3f}" for value in bounds_on_m_a(masses, curve, likelihood))
        print(f"{label:30} |{row}")
    print(f"log m_a and f_a: m_a > {M_A_CUT_EV:g} eV, which the bound depends on")


def main() -> None:
    """Print one row for each analysis."""
    logging.disable(logging.CRITICAL)
    print_ranges()
    if "--others" in sys.argv[1:]:
        print()
        print_others()


if __name__ == "__main__":
    main()
