"""How the bound on m_a depends on its prior: python docs/prior_of_m_a.py (half a minute).

Direct integration of the BBN posterior over (Delta N_eff, omega_b), with the curve
Delta N_eff(m_a) turning a prior flat in m_a into one on Delta N_eff.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

import hotaxion.yaml
from hotaxion.theory.abundance import Abundance
from hotaxion.theory.relic_table import RelicTable

FOLDER = Path(next(iter(hotaxion.yaml.__path__)))
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


def main() -> None:
    """Print one row for each analysis."""
    logging.disable(logging.CRITICAL)
    ends = "".join(f"{f'm_a < {end:g} eV':>13}" for end in UPPER_ENDS_EV)
    print(f"{'95 % bounds':30} | prior flat in dN_eff   | prior flat in m_a, with")
    print(f"{'':30} | {'dN_eff':>8} {'m_a [eV]':>12}  |{ends}")
    for label, name in RUNS.items():
        info = yaml_load_file(str(FOLDER / name))
        options = info["theory"]["hotaxion.theory.HotAxion"]
        table = RelicTable(Abundance(**options))
        delta_neff, density = posterior_of_delta_neff(info)
        bound = quantile95(delta_neff, density)
        flat = []
        for end in UPPER_ENDS_EV:
            masses = np.linspace(1e-6, end, 4001)
            curve = np.array([table(m).delta_neff for m in masses])
            flat.append(quantile95(masses, np.exp(np.interp(curve, delta_neff, np.log(density)))))
        row = "".join(f"{value:13.3f}" for value in flat)
        print(f"{label:30} | {bound:8.3f} {table.at_delta_neff(bound).m_a_ev:12.3f}  |{row}")


if __name__ == "__main__":
    main()
