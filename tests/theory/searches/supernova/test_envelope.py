"""Why this test exists: decays inside and outside of a star are one and the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotaxion.theory.constants import ERG_PER_MEV
from hotaxion.theory.searches.supernova.bosons import B_MINUS_L, DARK_PHOTON, Emission
from hotaxion.theory.searches.supernova.envelope import GALACTIC_POSITRONS, LOW_ENERGY_SUPERNOVAE
from hotaxion.theory.searches.supernova.pions import PionSource, pion_gas
from hotaxion.theory.searches.supernova.profiles import ONE_ZONE

from ... import reference_values_companions as ref

COUPLINGS = np.geomspace(1e-14, 1e-9, 26)


def emission(boson=DARK_PHOTON, mass=30.0, couplings=COUPLINGS) -> Emission:
    return PionSource(boson, ONE_ZONE, pion_gas(ONE_ZONE, y_pi=0.02), 0.05).emission(
        mass, couplings
    )


def test_mixing_that_heats_by_what_is_allowed():
    mixing = np.array([ref.ENVELOPE_EPSILON])
    found = LOW_ENERGY_SUPERNOVAE.signal(DARK_PHOTON, 30.0, mixing, emission(couplings=mixing))
    assert found == pytest.approx(1e50, rel=0.001)  # 5 % in the mixing is asked for


def test_short_and_long_lives():
    """All of the energy where λ ≪ R; in proportion to the fourth power of the coupling, λ ≫ R."""
    heat = LOW_ENERGY_SUPERNOVAE.signal(DARK_PHOTON, 30.0, COUPLINGS, emission())
    made = LOW_ENERGY_SUPERNOVAE.seconds * emission().power.sum(axis=-1)
    assert heat[-1] == pytest.approx(made[-1], rel=1e-6)
    assert heat[1] / heat[0] == pytest.approx((COUPLINGS[1] / COUPLINGS[0]) ** 4, rel=1e-3)
    assert np.all(heat <= made)


def test_inside_and_outside_are_all():
    """One line: energy inside and positrons outside, of the same star, are all decays."""
    line = Emission(np.array([150.0]), emission().power.sum(axis=-1, keepdims=True))
    outside = replace(GALACTIC_POSITRONS, radius_cm=LOW_ENERGY_SUPERNOVAE.radius_cm)
    heat = LOW_ENERGY_SUPERNOVAE.signal(DARK_PHOTON, 30.0, COUPLINGS, line)
    positrons = outside.signal(DARK_PHOTON, 30.0, COUPLINGS, line)
    both = heat + positrons * ERG_PER_MEV * 150.0
    assert both == pytest.approx(line.power[:, 0], rel=1e-12)


def test_neutrinos_heat_nothing():
    heat = LOW_ENERGY_SUPERNOVAE.signal(B_MINUS_L, 30.0, COUPLINGS, emission(B_MINUS_L))
    made = emission(B_MINUS_L).power.sum(axis=-1)
    assert heat[-1] / made[-1] == pytest.approx(0.4, rel=0.01)
    light = LOW_ENERGY_SUPERNOVAE.signal(B_MINUS_L, 1.0, COUPLINGS, emission(B_MINUS_L, 1.0))
    assert not light.any()
    light = LOW_ENERGY_SUPERNOVAE.signal(DARK_PHOTON, 1.0, COUPLINGS, emission(mass=1.0))
    assert not light.any()
