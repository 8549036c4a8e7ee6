"""Make ``class_spectra.npz``, the fixed CMB spectra of these tests, with CLASS through Cobaya.

    python tests/likelihoods/make_class_spectra.py

The arrays ``<cosmology>_<spectrum>`` are D_l = l(l+1)C_l/2π in μK² (pp: [l(l+1)]²C_l/2π), l = 0 to
2508, as Cobaya's ``get_Cl(ell_factor=True)`` returns them, stored as float32: the reference values
belong to the stored numbers. Made with cobaya 3.6.2 and classy 3.4.1.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cobaya.model import get_model

#: CLASS input; "bestfit" is near the best fit of Planck 2018, "shifted" some σ away from it.
COSMOLOGIES = {
    "bestfit": {
        "omega_b": 0.022383,
        "omega_cdm": 0.12011,
        "H0": 67.32,
        "tau_reio": 0.0543,
        "A_s": 1e-10 * np.exp(3.0448),
        "n_s": 0.96605,
    },
    "shifted": {
        "omega_b": 0.0226,
        "omega_cdm": 0.118,
        "H0": 68.5,
        "tau_reio": 0.063,
        "A_s": 1e-10 * np.exp(3.06),
        "n_s": 0.972,
    },
}
#: One neutrino of 0.06 eV, N_eff = 3.044, HMcode.
NEUTRINOS = {"N_ur": 2.0308, "N_ncdm": 1, "m_ncdm": 0.06}
SPECTRA = ("tt", "te", "ee", "pp")
L_MAX = 2508


def info(cosmology: str) -> dict:
    """Return the theory and parameter blocks of a Cobaya model for ``cosmology``."""
    return {
        "params": {**COSMOLOGIES[cosmology]},
        "theory": {"classy": {"extra_args": {"non_linear": "hmcode", **NEUTRINOS}}},
    }


def main() -> None:
    """Compute both cosmologies and write the file beside this script."""
    arrays = {}
    for name in COSMOLOGIES:
        model = get_model({**info(name), "likelihood": {"one": None}})
        model.add_requirements({"Cl": dict.fromkeys(SPECTRA, L_MAX)})
        model.logposterior({})
        dl = model.provider.get_Cl(ell_factor=True, units="muK2")
        for spectrum in SPECTRA:
            arrays[f"{name}_{spectrum}"] = dl[spectrum][: L_MAX + 1].astype(np.float32)
    np.savez_compressed(Path(__file__).with_name("class_spectra.npz"), **arrays)


if __name__ == "__main__":
    main()
