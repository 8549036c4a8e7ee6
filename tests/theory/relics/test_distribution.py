"""Why this test exists: moments of f(q) are what CLASS and BBN are given."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import Z_NU
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein


def test_moments_of_a_bose_einstein_gas():
    q, w = momentum_grid(60, 35.0)
    psd = RelicPSD(1.0, q, bose_einstein(q, 1.0), w)
    assert psd.delta_neff == pytest.approx(4 / 7 * (11 / 4) ** (4 / 3) / Z_NU**4, rel=1e-6)
    assert psd.temperature_ratio == pytest.approx(1.0, rel=1e-6)
    assert psd.mean_momentum_ratio == pytest.approx(1.0, rel=1e-6)
    # omega = m n / rho_c: n = zeta(3)/pi^2 T^3 with T = 0.71532 * 2.7255 K; kinetic energy 1e-7
    n = 1.2020569 / np.pi**2 * (0.71532 * 2.7255 * 8.617333e-5) ** 3
    assert psd.omega_h2 == pytest.approx(n / 8.0959e-11, rel=1e-4)
    points = np.array([1e-3, 0.5, 7.0, 60.0])
    assert psd.occupation(points) == pytest.approx(bose_einstein(points, 1.0), rel=1e-5)


def test_light_axions_keep_their_kinetic_energy():
    q, w = momentum_grid(60, 35.0)
    massless = RelicPSD(0.0, q, bose_einstein(q, 1.0), w)
    # A massless axion counts as radiation: Delta N_eff (7/8) (4/11)^(4/3) omega_gamma
    expected = massless.delta_neff * 7 / 8 * (4 / 11) ** (4 / 3) * 2.4728e-5
    assert massless.omega_h2 == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q, f: (q, np.where(q > 3, np.nan, f)),
        lambda q, f: (q, -f),
        lambda q, f: (q[::-1], f),
        lambda q, f: (q[:5], f[:5]),
    ],
)
def test_what_would_crash_class_is_refused(spoil):
    q, w = momentum_grid(40, 30.0)
    q, f = spoil(q, bose_einstein(q, 1.0))
    with pytest.raises(RangeError, match="not a phase-space distribution"):
        RelicPSD(1.0, q, f, w[: q.size])
