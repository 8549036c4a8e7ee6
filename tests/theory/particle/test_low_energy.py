"""Why this test exists: stars and laboratories see the axion through these numbers alone."""

from __future__ import annotations

import math

import pytest

from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.particle.couplings import couplings, f_a_gev
from hotaxion.theory.particle.low_energy import (
    LowEnergyOptions,
    low_energy,
    nucleon_coefficients,
    photon_coefficient,
)

from ..reference_values_companions import COUPLINGS_AT_0P1_EV, DFSZ_PROTON

DFSZ = {name: LowEnergyOptions(model=name) for name in ("dfsz1", "dfsz2")}


@pytest.mark.parametrize(("model", "value"), COUPLINGS_AT_0P1_EV.items())
def test_photon_coupling(model, value):
    tan_beta = None if model == "ksvz" else 3.0
    found = low_energy(0.1, LowEnergyOptions(model=model), tan_beta)
    assert abs(found.g_agamma) == pytest.approx(value, rel=2e-3)


@pytest.mark.parametrize("tan_beta", [0.3, 1.0, 3.0, 50.0])
def test_dfsz_as_the_review_has_it(tan_beta):
    sin2 = tan_beta**2 / (1.0 + tan_beta**2)
    one, two = (DFSZ[name].of(DFSZ[name], {"tan_beta": tan_beta}) for name in DFSZ)
    for options in (one, two):
        proton, _ = nucleon_coefficients(options, couplings(options.model, tan_beta))
        slope, constant, error = DFSZ_PROTON
        assert proton == pytest.approx(slope * sin2 + constant, rel=error)
    f_a = f_a_gev(0.02)
    assert low_energy(0.02, one).g_ae == pytest.approx(sin2 / 3.0 * 0.51099895e-3 / f_a)
    assert low_energy(0.02, two).g_ae == pytest.approx(-(1.0 - sin2) / 3.0 * 0.51099895e-3 / f_a)


def test_everything_is_in_proportion_to_the_mass():
    light, heavy = (low_energy(mass, DFSZ["dfsz1"], 2.0) for mass in (1e-3, 2e-3))
    for name in ("g_agamma", "g_ae", "g_ap", "g_an"):
        assert getattr(heavy, name) == pytest.approx(2.0 * getattr(light, name), rel=1e-14)
        assert getattr(low_energy(0.0), name) == 0.0


def test_an_alp_couples_by_f_a_and_its_own_anomaly():
    options = LowEnergyOptions(model="alp")
    assert low_energy(options=options, f_a=1e8) == low_energy(f_a=1e8)
    photophobic = LowEnergyOptions(model="alp", E_over_N=1.92)
    assert low_energy(options=photophobic, f_a=1e8).g_agamma == 0.0
    for m_a, f_a in ((0.1, None), (0.1, 1e8), (None, None)):
        with pytest.raises(RangeError, match="follow from f_a; give it alone"):
            low_energy(m_a, options, f_a=f_a)
    with pytest.raises(RangeError, match="or from m_a"):
        low_energy(0.1, f_a=1e8)


def test_generic_repeats_the_named_models():
    """Couplings of the generic model by hand: those of DFSZ, all but the photon's."""
    up, down = 1.0 / 30.0, 0.3
    by_hand = {f"c_{q}": up for q in "uct"} | {f"c_{q}": down for q in "dsb"} | {"c_e": down}
    generic = low_energy(0.1, LowEnergyOptions(model="generic", couplings=by_hand))
    dfsz = low_energy(0.1, DFSZ["dfsz1"], 3.0)
    for name in ("g_ae", "g_ap", "g_an"):
        assert getattr(generic, name) == pytest.approx(getattr(dfsz, name), rel=1e-12)
    assert generic.g_agamma == low_energy(0.1).g_agamma
    no_gluons = low_energy(0.1, LowEnergyOptions(model="generic", couplings={"c_g": 0.0}))
    assert no_gluons.g_agamma == no_gluons.g_ap == 0.0


def test_anomaly_and_errors_are_options():
    equal = LowEnergyOptions(E_over_N=1.92)
    assert low_energy(0.1, equal).g_agamma == 0.0
    larger = LowEnergyOptions(qcd_photon=1.96)
    assert low_energy(1.0, larger).g_agamma / low_energy(1.0).g_agamma == pytest.approx(1.96 / 1.92)
    shifted = LowEnergyOptions(qcd_proton=-0.44)
    assert low_energy(1.0, shifted).g_ap / low_energy(1.0).g_ap == pytest.approx(0.44 / 0.47)
    dfsz_like = LowEnergyOptions(E_over_N=8.0 / 3.0)
    assert photon_coefficient(dfsz_like, couplings()) == pytest.approx(8.0 / 3.0 - 1.92)


@pytest.mark.parametrize(
    ("options", "mass", "tan_beta", "words"),
    [
        ({"model": "dfsz1"}, 0.1, None, "tan_beta of model dfsz1"),
        ({"model": "ksvz"}, 0.1, 3.0, "which has none"),
        ({}, -0.1, None, "from 0 eV on"),
        ({}, math.nan, None, "m_a = nan"),
        ({"model": "dfsz2", "E_over_N": 2.0}, 0.1, 3.0, "E_over_N = 2 given for model dfsz2"),
        ({"model": "generic", "E_over_N": 2.0}, 0.1, None, "leave it out or choose model ksvz"),
        ({"E_over_N": math.inf}, 0.1, None, "E_over_N = inf"),
        ({"qcd_photon": "1.92"}, 0.1, None, "qcd_photon"),
    ],
)
def test_one_sentence_for_what_makes_no_sense(options, mass, tan_beta, words):
    with pytest.raises(RangeError, match=words):
        low_energy(mass, LowEnergyOptions(**options), tan_beta)


def test_a_wrong_model_names_the_right_one():
    with pytest.raises(UnknownOptionError, match="ksvz"):
        LowEnergyOptions(model="ksv")
