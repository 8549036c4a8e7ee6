"""Why this test exists: couplings in a plasma follow from charges, widths are the books'."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.constants import ALPHA_EM
from hotaxion.theory.searches.supernova.bosons import B_MINUS_L, DARK_PHOTON, Emission
from hotaxion.theory.searches.supernova.electron_plasma import M_ELECTRON_MEV

from ... import reference_values_companions as ref


@pytest.mark.parametrize("pi", [3.0, 80.0, 900.0])
def test_couplings_from_mixing_with_the_photon(pi):
    """A charge Q and a number b couple with b + Q Π/(m² − Π), as X mixes through the charges."""
    m2 = 100.0
    screening = pi / (m2 - pi)
    proton, neutron = 1.0 + screening, 1.0
    photon_like = 1.0 + screening  # of a dark photon, to a proton; none to a neutron
    assert B_MINUS_L.isovector(10.0, pi, 0.0) == pytest.approx((proton - neutron) ** 2)
    assert DARK_PHOTON.isovector(10.0, pi, 0.0) == pytest.approx(photon_like**2)
    # The charge of the pion is that which the neutron has more than the proton.
    assert neutron - proton == pytest.approx(-screening)


def test_damping_bounds_the_resonance():
    for boson in (DARK_PHOTON, B_MINUS_L):
        assert boson.isovector(10.0, 100.0, 0.05) == pytest.approx(1.0 / 0.05**2)
        assert boson.isovector(10.0, 50.0, 0.05) == pytest.approx(
            boson.isovector(10.0, 50.0, 0.0), rel=0.01
        )


def test_widths():
    assert DARK_PHOTON.width(1.02) == 0.0
    assert DARK_PHOTON.width(100.0) == pytest.approx(ALPHA_EM * 100.0 / 3.0, rel=1e-3)
    # At threshold velocity times 1 + 1/2.
    mass = 2.0 * M_ELECTRON_MEV * (1.0 + 1e-6)
    slow = ALPHA_EM * mass / 3.0 * 1.5 * np.sqrt(2e-6)
    assert DARK_PHOTON.electron_width(mass) == pytest.approx(slow, rel=1e-3)
    # Three left-handed neutrinos are one and a half electrons.
    assert B_MINUS_L.electron_width(100.0) / B_MINUS_L.width(100.0) == pytest.approx(0.4, rel=1e-3)
    assert B_MINUS_L.width(1.0) == pytest.approx(1.0 / (8.0 * np.pi))


def test_decay_length():
    found = DARK_PHOTON.decay_length_km(2.0, 5.493, 1e-10)
    assert 1e5 * found == pytest.approx(ref.DECAY_LENGTH_CM, rel=1e-3)
    assert DARK_PHOTON.decay_length_km(1.0, 5.0, 1e-10) == np.inf
    assert DARK_PHOTON.decay_length_km(2.0, 5.0, 0.0) == np.inf
    rates = 1.0 / DARK_PHOTON.decay_length_km(2.0, 5.0, np.array([1e-10, 3e-10]))
    assert rates[1] / rates[0] == pytest.approx(9.0)


def test_trapped_bosons_do_not_leave():
    couplings = np.array([0.0, 1e-10, 1e-5])
    power = couplings[:, None] ** 2 * np.array([1.0, 3.0])
    made = Emission(np.array([100.0, 200.0]), power)
    assert made.mean_energy[1:] == pytest.approx(4.0 / (1.0 / 100.0 + 3.0 / 200.0))
    free = made.leaving(DARK_PHOTON, 30.0, couplings, 10.0)
    assert free.power[:2] == pytest.approx(power[:2])
    assert not free.power[2].any()
    assert made.leaving(DARK_PHOTON, 1.0, couplings, 10.0).power == pytest.approx(power)
