"""Make ``published_spectra.npz``: the spectra to which published test values of likelihoods belong.

    python tests/likelihoods/make_published_spectra.py candl_like-1.8.2-py3-none-any.whl

needs that wheel (MIT; data/LICENSE-candl.txt) and camb 1.5.9. D_l = l(l+1)C_l/2π in μK² (pp:
[l(l+1)]²C_l/2π), l from 0 on, stored as float32, which moves χ² by less than 1e-8 of itself:

* ``act_candl``, ``spt_candl``, ``lensing_candl``: test spectra of candl-like 1.8.2;
* ``act_team``: the cosmology of the ACT team's own test (ACTCollaboration/DR6-ACT-lite,
  act_dr6_cmbonly/tests/test_act.py) by CAMB 1.5.9 with its settings, 20 CPU seconds. CAMB 2 gives
  another recombination, and log L higher by 2.6.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

TESTS = {  # name -> file in the wheel, last multipole
    "act_candl": ("ACT_DR6_TTTEEE_test_spec.txt", 6325),
    "spt_candl": ("SPT3G_2018_TTTEEE_lite_test_spec.txt", 3200),
    "lensing_candl": ("ACT_DR6_Lens_test_spec.txt", 2500),
}
ACT_TEAM = {
    "ombh2": 0.022,
    "omch2": 0.117,
    "ns": 0.96,
    "As": 2e-9,
    "tau": 0.065,
    "cosmomc_theta": 104.09e-4,
    "lmax": 9000,
    "lens_potential_accuracy": 8,
    "min_l_logl_sampling": 6000,
}


def candl(wheel: zipfile.ZipFile, file: str, l_max: int) -> dict[str, np.ndarray]:
    """D_l from a test file with the columns l, TT, TE, EE, BB, PP, KK (C_l), from l = 2 on."""
    table = np.loadtxt(io.BytesIO(wheel.read(f"candl/tests/{file}")))[: l_max - 1]
    table = np.concatenate([np.zeros((2, table.shape[1])), table])
    columns = {"tt": table[:, 1], "te": table[:, 2], "ee": table[:, 3]}
    return columns if columns["tt"].any() else {"pp": table[:, 6] * 2 / np.pi}


def act_team(l_max: int) -> dict[str, np.ndarray]:
    """D_l by CAMB."""
    import camb

    results = camb.get_results(camb.set_params(**ACT_TEAM))
    table = results.get_lensed_scalar_cls(lmax=l_max, CMB_unit="muK")
    return {"tt": table[:, 0], "te": table[:, 3], "ee": table[:, 1]}


def main() -> None:
    """Compute all and write the file beside this script."""
    wheel = zipfile.ZipFile(sys.argv[1])
    made = {name: candl(wheel, *test) for name, test in TESTS.items()}
    made["act_team"] = act_team(TESTS["act_candl"][1])
    arrays = {
        f"{name}_{spectrum}": dl.astype(np.float32)
        for name, spectra in made.items()
        for spectrum, dl in spectra.items()
    }
    np.savez_compressed(Path(__file__).with_name("published_spectra.npz"), **arrays)


if __name__ == "__main__":
    main()
