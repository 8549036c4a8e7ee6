"""Why this test exists: fits of others are only as good as the numbers copied from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from hotaxion.theory.constants import ERG_PER_MEV
from hotaxion.theory.searches import stars


def test_r_without_axions_and_its_slope():
    assert float(stars.r_parameter(0.254, 0.0)) == pytest.approx(1.4377, abs=1e-4)
    assert float(stars.r_parameter(0.264, 0.0) - stars.r_parameter(0.254, 0.0)) == pytest.approx(
        0.0733
    )
    grid = np.linspace(0.0, 2e-10, 50)
    assert (np.diff(stars.r_parameter(0.254, grid)) < 0.0).all()
    assert stars.r_parameter(0.254, -grid) == pytest.approx(stars.r_parameter(0.254, grid))


@pytest.mark.parametrize("spectrum", stars.SN1987A_SPECTRA)
def test_luminosity_by_quadrature(spectrum):
    low = spectrum.threshold_mev
    found, _ = quad(lambda e: e * float(spectrum.rate(e)), low, low + 40 * spectrum.scale_mev)
    assert spectrum.luminosity == pytest.approx(found * ERG_PER_MEV, rel=1e-7)
    assert float(spectrum.rate(low - 1.0)) == 0.0


def test_supernova_goes_as_the_square():
    assert float(stars.sn1987a_luminosity(1e-9)) == pytest.approx(
        4.0 * float(stars.sn1987a_luminosity(-5e-10))
    )
