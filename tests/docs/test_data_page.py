"""Why this test exists: docs/data.md says of what the relative error of D/H is taken, and how
much that matters.
"""

from __future__ import annotations

import pytest

from hotaxion.likelihoods import BBN
from hotaxion.likelihoods.measurements import DEUTERIUM
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance

# The sample of chains/reference/hotaxion2026_ksvz with the greatest likelihood.
M_A_EV, OMEGA_B = 0.0346, 0.022363


def test_the_relative_error_of_deuterium_is_taken_of_the_measured_value():
    measured, bbn = DEUTERIUM["pettini_cooke2025"].value, Nucleosynthesis(rates="primat")
    assert bbn.abundances(0.02236, 0.0).dh / measured == pytest.approx(0.975, abs=5e-4)
    point = (OMEGA_B, Abundance()(M_A_EV).delta_neff)
    predicted, error = bbn.abundances(*point), bbn.theory_error(*point)
    assert predicted.dh / measured == pytest.approx(0.980, abs=5e-4)
    likelihood = BBN({"preset": "2026"})

    def chi2(sigma_dh_rel: float) -> float:
        errors = {
            "sigma_Y_p": error.sigma_y_p,
            "sigma_DH_rel": sigma_dh_rel,
            "correlation": error.correlation,
        }
        return likelihood.chi2({"Y_p": predicted.y_p, "DH": predicted.dh}, errors)

    of_prediction = chi2(error.sigma_dh_rel * predicted.dh / measured)
    assert chi2(error.sigma_dh_rel) == pytest.approx(3.42, abs=0.005)
    assert of_prediction == pytest.approx(3.45, abs=0.005)
