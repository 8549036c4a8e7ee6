"""Why this test exists: the pion channel, from amplitude to Delta N_eff, has been computed by
others with code that shares nothing with ours."""

from __future__ import annotations

import pytest

from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.relics.abundance import Abundance

from ..reference_values_mesons import PIONS_OF_ANOTHER_CODE, PIONS_OF_ANOTHER_CODE_TOLERANCE

M_A_F_A = f_a_gev(1.0)  # eV GeV
PIONS = dict(gluons="none", initial="zero")


@pytest.mark.parametrize("f_a", PIONS_OF_ANOTHER_CODE)
def test_pions_alone_are_those_of_an_independent_public_code(f_a):
    """At the same f_a: its m_a is 0.2 % larger."""
    found = Abundance(rates="gkpy_raw", **PIONS)(M_A_F_A / f_a).delta_neff
    expected = PIONS_OF_ANOTHER_CODE[f_a]
    assert found == pytest.approx(expected, rel=PIONS_OF_ANOTHER_CODE_TOLERANCE)


def test_other_rates_are_not_those_of_that_code():
    """What the comparison can tell: the default is 4 % above."""
    found = Abundance(rates="gkpy", **PIONS)(M_A_F_A / 4.642e7).delta_neff
    assert found > 1.03 * PIONS_OF_ANOTHER_CODE[4.642e7]
