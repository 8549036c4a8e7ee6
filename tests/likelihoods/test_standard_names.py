"""Why this test exists: everything that is not in the package must work by Cobaya's own names.

With the official files, where they are found: CLASS with neutrinos and an axion gives each of these
likelihoods what it asks for. Data of 2026: test_official_2026.py. For the rest see the stub in
tests/theory/spectra/test_class_runs.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.model import get_model

from .reference_values import POINT
from .stubs import official_packages

STANDARD = {
    "planck_2018_highl_plik.TTTEEE_lite_native": "PlanckLiteTTTEEE",
    "planck_2018_lowl.EE": "PlanckLowlEE",
    "planck_2018_lensing.native": "PlanckLensing",
    "planck_2018_lowl.TT": None,
    "planck_2018_highl_plik.TT_lite_native": None,
    "planck_2018_lensing.CMBMarged": None,
    "bao.desi_dr2": "DesiDR2",
    "bao.sixdf_2011_bao": "SixdF2011",
    "bao.sdss_dr7_mgs": "SdssMGS",
    "bao.sdss_dr12_consensus_bao": "BossDR12",
    "bao.sdss_dr12_consensus_final": None,  # with growth
    "bao.sdss_dr16_baoplus_lrg": None,
}
# CLASS in a second; the numbers themselves are tested elsewhere.
COARSE = {
    "non_linear": "none",
    "l_logstep": 1.2,
    "l_linstep": 100,
    "k_step_sub": 0.1,
    "k_step_super": 0.005,
    "tol_perturbations_integration": 1e-3,
}


def model(likelihoods: dict, **params: float):
    return get_model(
        {
            "theory": {
                "hotaxion.theory.HotAxion": None,
                "hotaxion.theory.BBN": None,
                "hotaxion.theory.HotClassy": {"axion_nodes": 3, "extra_args": COARSE},
            },
            "likelihood": likelihoods,
            "params": {**POINT, "m_a": 0.05, **params},
            "packages_path": official_packages(),
        }
    )


# Cobaya 3.6.2 leaves the official covariance file open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_standard_names_with_class():
    """One point; the packaged twins, where there are any, see the same spectra and distances."""
    twins = {f"hotaxion.likelihoods.{twin}": name for name, twin in STANDARD.items() if twin}
    again = [*STANDARD, "hotaxion.likelihoods.DesiDR2"]  # of ours, DESI holds galaxies of SDSS
    packaged = {name: {"files": "packaged", "may_share_data": again} for name in twins}
    both = model({**dict.fromkeys(STANDARD), **packaged}, A_planck=1.0)
    values = both.loglikes({}, as_dict=True, return_derived=False)
    assert np.isfinite(list(values.values())).all()
    for ours, theirs in twins.items():
        assert -2 * values[ours] == pytest.approx(-2 * values[theirs], abs=0.01)
