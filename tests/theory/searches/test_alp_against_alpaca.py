"""Why this test exists: another public code has loops and meson decays of ALPs, too, with running
couplings and chiral perturbation theory.

It runs where that is installed (pip install alpaca-alps, with flavio and much else; in no extra of
this package), in half a minute. Measured with 1.2.0, couplings given at 100 GeV: B decays 2 %
above ours, K+ -> pi+ a 9 % below and K_L -> pi0 a 20 % above (weak octet, form factor), widths to
photons 11 % below (a running alpha in the normalisation).
"""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.searches.alp_electroweak import ALP
from hotaxion.theory.searches.alp_flavour import DECAYS

alpaca = pytest.importorskip("alpaca", reason="alpaca-alps is not installed (optional cross-check)")

pytestmark = pytest.mark.filterwarnings("ignore")
SCALE_GEV, F_GEV = 100.0, 1e6


@pytest.fixture(scope="module")
def theirs() -> tuple[object, float]:
    """Couplings of W bosons alone, and g_aww of L = c alpha_2/(4 pi) a/f W W~."""
    from alpaca.rge.runSM import runSM

    model = runSM(SCALE_GEV)
    couplings = alpaca.ALPcouplings({"cW": 1.0, "cB": 0.0}, SCALE_GEV, "derivative_above")
    return couplings, model["alpha_em"] / model["s2w"] / np.pi / F_GEV


@pytest.mark.parametrize(
    ("decay", "name", "mass", "error"),
    [
        ("K+ -> pi+ a", "K+ -> pi+ alp", 1e-3, 0.15),
        ("K_L -> pi0 a", "KL -> pi0 alp", 1e-3, 0.25),
        ("B+ -> K+ a", "B+ -> K+ alp", 1e-3, 0.03),
        ("B+ -> K+ a", "B+ -> K+ alp", 2.0, 0.03),
        ("B+ -> K*+ a", "B+ -> K*+ alp", 1e-3, 0.03),
        ("B0 -> K*0 a", "B0 -> K*0 alp", 1e-3, 0.03),
    ],
)
def test_meson_decays(theirs, decay, name, mass, error):
    couplings, g_aww = theirs
    found = alpaca.branching_ratio(name, mass, couplings, F_GEV, integrator="no_rge")
    assert DECAYS[decay].branching_ratio(mass, g_aww) == pytest.approx(found, rel=error)


def test_width_to_photons(theirs):
    couplings, g_aww = theirs
    mode = "alp -> photon photon"
    found = alpaca.decay_width(mode, 0.1, couplings, F_GEV, integrator="no_rge")
    assert ALP(0.1, g_aww, 0.0).widths["photons"] == pytest.approx(found, rel=0.15)
