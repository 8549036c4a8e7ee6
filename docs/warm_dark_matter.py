"""P(k) of a thermal relic as all dark matter, by HotRelic and CLASS, against a published fit.

python docs/warm_dark_matter.py takes a CPU minute. The fit is that of Viel et al.,
astro-ph/0501562, to thermal relics with two degrees of freedom:
sqrt(P/P_CDM) = (1 + (alpha k)^(2 nu))^(-5/nu), nu = 1.12,
alpha = 0.049 (m/keV)^-1.11 (Omega/0.25)^0.11 (h/0.7)^1.22 Mpc/h.
"""

from __future__ import annotations

import argparse
import logging

import numpy as np
from cobaya.model import get_model

OMEGA_B, OMEGA_DM, HUBBLE = 0.0224, 0.12, 0.7
LEFT_COLD = 1e-4  # of the dark matter: CLASS's gauge needs some
NO_FLUID = {"ncdm_fluid_approximation": 3}  # of CLASS: relics by their momenta down to today
K_OVER_H = np.array([0.5, 1.0, 2.0, 4.0, 6.0, 8.0])  # [h/Mpc]


def power(mass_ev: float | None, nodes: int | str = "auto", **extra: int) -> np.ndarray:
    """Linear P(k) today at K_OVER_H; cold dark matter for None. `extra` : options of CLASS."""
    warm = mass_ev is not None
    code = {"axion": False, "hierarchy": "massless", "helium": "class", "axion_nodes": nodes}
    code["extra_args"] = {"non_linear": "none", **extra}
    theory = {"hotaxion.theory.HotClassy": code | ({"relics": ["x"]} if warm else {})}
    cosmology = {"omega_b": OMEGA_B, "H0": 100 * HUBBLE, "n_s": 0.965, "A_s": 2.1e-9}
    params = cosmology | {"tau_reio": 0.055, "omega_cdm": OMEGA_DM * (LEFT_COLD if warm else 1.0)}
    if warm:
        theory["x"] = {"class": "hotaxion.theory.HotRelic", "relic": "x"}
        omega = OMEGA_DM * (1.0 - LEFT_COLD)
        temperature = 0.71611 * (omega * 93.14 / mass_ev) ** (1.0 / 3.0)
        params |= {"m_x": mass_ev, "temperature_x": temperature}
    wants = {"Pk_interpolator": {"z": [0.0, 0.5, 1.0, 2.0], "k_max": 10.0, "nonlinear": False}}
    likelihood = {"external": lambda _self: 0.0, "requires": wants}
    model = get_model({"theory": theory, "likelihood": {"asks": likelihood}, "params": params})
    model.logposterior({})
    spectrum = model.provider.get_Pk_interpolator(nonlinear=False)
    return np.array([spectrum.P(0.0, k * HUBBLE) for k in K_OVER_H])


def fit(mass_ev: float) -> np.ndarray:
    """sqrt(P/P_CDM) by the fit."""
    omega = OMEGA_DM / HUBBLE**2
    alpha = 0.049 * (mass_ev / 1e3) ** -1.11 * (omega / 0.25) ** 0.11 * (HUBBLE / 0.7) ** 1.22
    return (1.0 + (alpha * K_OVER_H) ** 2.24) ** (-5.0 / 1.12)


def main() -> None:
    """A row for each mass, treatment and number of momenta."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    logging.disable(logging.WARNING)
    cold = power(None)
    print("| | " + " | ".join(f"{k:g}" for k in K_OVER_H) + " |\n|" + "---|" * 7)
    for mass_ev, name in ((1000.0, "1 keV"), (300.0, "300 eV")):
        rows = {"fit": fit(mass_ev)}
        rows["`ncdm_fluid_approximation: 3`"] = np.sqrt(power(mass_ev, **NO_FLUID) / cold)
        if mass_ev < 1000.0:
            rows["the same with `axion_nodes: 12`"] = np.sqrt(power(mass_ev, 12, **NO_FLUID) / cold)
        rows["CLASS's default, a fluid late"] = np.sqrt(power(mass_ev) / cold)
        for label, values in rows.items():
            print(f"| {name}, {label} | {' | '.join(f'{x:.3f}' for x in values)} |", flush=True)


if __name__ == "__main__":
    main()
