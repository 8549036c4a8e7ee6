"""Why this test exists: limits of many experiments become one ln L of a mass and two couplings;
each must count where it searched, as the limit it is, and nothing may vanish without a word."""

from __future__ import annotations

import logging
import re

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from numpy.testing import assert_allclose

from hotaxion.analysis.limits import rules
from hotaxion.likelihoods import (
    ALPFlavour,
    ALPOblique,
    ALPSHiPForecast,
    ALPZForecast,
    ALPZPole,
    data_files,
)
from hotaxion.likelihoods.searches import alp_limits
from hotaxion.theory.constants import M_Z_GEV
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.searches.alp_electroweak import ALP, oblique_s, z_to_alp_width
from hotaxion.theory.searches.alp_flavour import DECAYS

from ...theory import reference_values_companions as ref

ALL = (ALPFlavour, ALPZPole, ALPOblique, ALPZForecast, ALPSHiPForecast)
LIMITS = alp_limits.read()


@pytest.fixture(scope="module")
def flavour() -> ALPFlavour:
    return ALPFlavour({"abb": 0.0})


def bound(likelihood, mass: float, level: float = 0.95):
    return rules.limit(likelihood, mass, level)


def weakest(likelihood, mass: float, level: float = 0.95) -> float:
    """The weakest coupling that is excluded."""
    found = bound(likelihood, mass, level)
    while isinstance(found, list):
        found = found[0]
    return found


# --- the limits -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LIMITS.decays)
def test_each_search_alone(name):
    """A half-Gaussian (Belle II: a Gaussian) in the branching ratio with what the ALP does after,
    where it was searched, and nothing outside."""
    row = LIMITS.decays[name]
    on_z = row.decay == alp_limits.Z_DECAY
    likelihood = (ALPZPole if on_z else ALPFlavour)({"abb": 0.0, "channels": [name]})
    at, couplings = LIMITS.detectors[row.detector], np.array([1e-6, 1e-5, 1e-4])
    for mass in np.geomspace(1e-3, 90.0, 40):
        alp = ALP(mass, couplings, 0.0)
        escaped = np.exp(-at.length_m * mass / at.momentum_gev / alp.decay_length_m)
        visible = {mode: (1.0 - escaped) * alp.branching_ratio(mode) for mode in alp.widths}
        share = {"invisible": escaped, **visible}[row.final]
        if on_z:
            produced = alp.from_z
        else:
            produced = DECAYS[row.decay].branching_ratio(mass, couplings)
        if not any(low <= mass <= high for low, high in row.masses_gev):
            share = 0.0
        expected = -0.5 * (row.offset - produced * share / row.sigma) ** 2
        assert_allclose(likelihood.loglike(mass, couplings), expected, rtol=1e-9, atol=1e-12)


def test_numbers_of_the_file():
    """Against errors of typing: limits at their levels, and shares of Delta M at 95 %."""
    given = {name: row.sigma for name, row in LIMITS.decays.items()}
    at_90, at_95 = alp_limits.sigmas(0.90), alp_limits.sigmas(0.95)
    assert (at_90, at_95) == pytest.approx((1.644854, 1.959964), rel=1e-6)
    expected = {"na62_invisible": 5e-11, "na62_pion": 4.4e-9 * 0.2067, "koto_invisible": 2.2e-9}
    expected |= {"belle_invisible": 1.8e-5, "babar_photons": 1e-6}
    for name, limit in expected.items():
        assert given[name] * at_90 == pytest.approx(limit, rel=2e-3), name
    expected = {"l3_invisible": 1.1e-6, "cdf_photons": 1.46e-5, "atlas_photons": 2.2e-6}
    expected |= {"opal_e": 5.2e-4, "opal_mu": 5.6e-4}
    for name, limit in expected.items():
        assert given[name] * at_95 == pytest.approx(limit), name
    assert given["belle2_invisible"] == 0.7e-5
    assert LIMITS.decays["belle2_invisible"].offset == pytest.approx(1.8 / 0.7)
    mixings = {name: row.sigma * at_95 for name, row in LIMITS.mixings.items()}
    assert mixings == pytest.approx(
        {"mixing_k": 3.484e-15, "mixing_bd": 3.334e-14, "mixing_bs": 1.1693e-12}
    )
    assert (LIMITS.oblique_s.value, LIMITS.oblique_s.sigma) == (-0.04, 0.10)


def test_every_row_says_where_it_is_from():
    for row in [*LIMITS.decays.values(), *LIMITS.mixings.values()]:
        assert re.search(r"arXiv:\d{4}\.\d{4,5}|Phys\. Lett\. B|PDG 2024", row.source)
        assert row.checked


def test_light_invisible_alp(flavour):
    """K+ -> pi+ a: 2.6e-6/GeV at 90 %, the rest adds next to nothing."""
    assert weakest(flavour, 1e-3, 0.90) == pytest.approx(ref.ALP_INVISIBLE_K, rel=0.01)
    alone = ALPFlavour({"abb": 0.0, "channels": ["na62_invisible"]})
    assert weakest(flavour, 1e-3) == pytest.approx(weakest(alone, 1e-3), rel=0.001)


def test_where_an_alp_decays_too_early_to_be_invisible(flavour):
    """A closed interval, and again a bound from the mixing of mesons."""
    (low, high), (again,) = bound(flavour, 0.05)
    assert 2.5e-6 < low < 3.2e-6
    assert high < 1e-3 < again < 0.1
    # Doubled flight, and the decays hide it at 2^(1/2) weaker couplings, up to a logarithm.
    longer = ALPFlavour({"abb": 0.0, "channels": ["na62_invisible"], "detectors": LONGER})
    shorter = ALPFlavour({"abb": 0.0, "channels": ["na62_invisible"]})
    ends = [bound(one, 0.05)[1] for one in (longer, shorter)]
    assert ends[1] / ends[0] == pytest.approx(2.0**0.5, rel=0.1)


LONGER = {"NA62": {"length_m": 200.0}}


def test_abstract_mesons_below_their_thresholds_z_above(flavour):
    """Rare two-body decays are the most sensitive ones below, Z decays above."""
    z = ALPZPole({"abb": 0.0})
    for mass in (1e-3, 0.02, 0.08, 0.2, 0.3, 1.0, 3.0, 4.5):
        assert weakest(flavour, mass) < 0.5 * weakest(z, mass), mass
    for mass in (6.5, 20.0, 60.0):
        assert weakest(z, mass) < 1e-2 * weakest(flavour, mass), mass
    kaons = [name for name, row in LIMITS.decays.items() if row.decay.startswith("K")]
    kaons_alone = ALPFlavour({"abb": 0.0, "channels": kaons})
    for mass in (1e-3, 0.2, 0.255):  # kaons below their reach
        assert weakest(kaons_alone, mass) == pytest.approx(weakest(flavour, mass), rel=0.05)


def test_gaps_of_the_searches_beside_a_pion(flavour):
    """Where NA62 has no range only mixing is left, but for a short interval at the pion itself."""
    z = ALPZPole({"abb": 0.0})
    for mass in (0.11, 0.12, 0.15):
        assert weakest(z, mass) < 1e-2 * weakest(flavour, mass), mass
    (low, high), (again,) = bound(flavour, 0.135)
    assert low < high < weakest(z, 0.135) < 1e-2 * again


def test_z_sees_the_difference_of_couplings():
    """Nothing at g_abb = g_aww; the same at -g, and twice the amplitude there as at 0."""
    assert bound(ALPZPole({"abb": 1.0, "channels": ["l3_invisible"]}), 1e-3) is None
    one, two = (
        weakest(ALPZPole({"abb": ratio, "channels": ["l3_invisible"]}), 1e-3)
        for ratio in (0.0, -1.0)
    )
    assert one == pytest.approx(2.0 * two, rel=1e-3)
    direct = np.sqrt(1.1e-6 * 2.4955 / z_to_alp_width(0.0, 2.0 * np.sqrt(0.23122 * 0.76878)))
    assert one == pytest.approx(direct, rel=1e-3)


def test_belle_ii_prefers_an_invisible_alp():
    """ln L is greatest where BR(B+ -> K+ a) is the excess, 1.8e-5, 2.6 sigma from none."""
    belle = ALPFlavour({"abb": 0.0, "channels": ["belle2_invisible"]})
    couplings = np.linspace(0.0, 3e-4, 3001)
    ln_l = belle.loglike(1e-3, couplings)
    best = couplings[np.argmax(ln_l)]
    assert DECAYS["B+ -> K+ a"].branching_ratio(1e-3, best) == pytest.approx(1.8e-5, rel=0.01)
    assert 2.0 * (ln_l.max() - ln_l[0]) == pytest.approx((1.8 / 0.7) ** 2, rel=1e-4)


def test_mixing_leaves_out_mesons_nearby():
    mixing = ALPFlavour({"abb": 0.0, "channels": ["mixing_k", "mixing_bd"]})
    beside, at = mixing._signals(0.44, 1.0), mixing._signals(0.5, 1.0)
    assert beside[0] > 0.0
    assert at[0] == 0.0
    assert (at[1], beside[1]) == pytest.approx((beside[1], at[1]), rel=0.01)


def test_oblique_s():
    s = ALPOblique({"abb": 2.0})
    assert s.signal(1.0, 3e-3) == pytest.approx(oblique_s(3e-3, 6e-3))
    assert s.signal(1e-3, 3e-3) == s.signal(50.0, 3e-3)
    assert s.loglike(1.0, 0.0) == pytest.approx(-0.5 * 0.4**2)
    assert bound(ALPOblique({"abb": 0.0}), 1.0) is None


# --- forecasts --------------------------------------------------------------------------------
def test_ideal_z_pole():
    """Without background 1.92 events, whatever the ALP does but leptons."""
    fcc = ALPZForecast({"abb": 0.0})
    for mass in (1e-3, 0.1, 1.0, 20.0):
        reach = bound(fcc, mass)
        alp = ALP(mass, reach, 0.0)
        seen = 1.0 - sum(alp.branching_ratio(x) for x in ("e", "mu", "tau"))
        escaped = alp.survival(2.0, (M_Z_GEV**2 - mass**2) / (2.0 * M_Z_GEV))
        events = 5e12 * alp.from_z * (escaped + (1.0 - escaped) * seen)
        assert events == pytest.approx(0.5 * 1.959964**2, rel=1e-4)
        cepc = ALPZForecast({"abb": 0.0, "n_z": 4e12})
        assert bound(cepc, mass) == pytest.approx(reach * 1.25**0.5, rel=0.01)
    real = ALPZForecast({"abb": 0.0, "background": 1e6, "efficiency": 0.5})
    from_z = 0.5 * 5e12 * ALP(5.0, bound(real, 5.0), 0.0).from_z
    assert from_z == pytest.approx(1.96e3, rel=0.02)  # 1.96 B^(1/2)
    assert bound(fcc, 95.0) is None  # heavier than the Z


def test_ship_by_hand():
    """Both ends: long lives, where decays go as g^4, and decays in the shield."""
    ship = ALPSHiPForecast({"abb": 0.0})
    mass, g = 0.5, 2e-7
    alp = ALP(mass, g, 0.0)
    d = alp.decay_length_m * 25.0 / mass
    made = 1.4e14 * DECAYS["B+ -> K+ a"].branching_ratio(mass, g)
    by_hand = 0.4 * made * (np.exp(-33.0 / d) - np.exp(-83.0 / d))
    assert ship.signal(mass, g) == pytest.approx(by_hand)
    assert ship.signal(mass, 1e-9) == pytest.approx(
        1e-4**2 / 1e-4 * ship.signal(mass, 1e-8), rel=1e-3
    )
    low, high = bound(ship, mass)
    assert_allclose(ship.signal(mass, np.array([low, high])), 1.92073, rtol=1e-3)
    assert low < g < high


# --- options and messages ---------------------------------------------------------------------
@pytest.mark.parametrize("cls", ALL)
def test_two_couplings_in_a_chain(cls):
    """g_abb as a parameter, or by its ratio, is the same point; the sign of both has no say."""
    name = f"hotaxion.likelihoods.{cls.__name__}"
    params = {"m_alp": 0.4, "g_aww": {"prior": {"min": -1e-3, "max": 1e-3}}}
    free = {**params, "g_abb": {"prior": {"min": -1e-3, "max": 1e-3}}}
    with get_model({"params": free, "likelihood": {name: None}}) as model:
        found = [model.loglike([x * 3e-6, x * 6e-6], return_derived=False) for x in (1.0, -1.0)]
    with get_model({"params": params, "likelihood": {name: {"abb": 2.0}}}) as model:
        fixed = model.loglike([3e-6], return_derived=False)
        assert model.likelihood[name].loglike(0.4, 3e-6) == pytest.approx(fixed)
    assert found[0] == found[1] == pytest.approx(fixed)
    with pytest.raises(RangeError, match="abb = null; give the ratio"):
        cls({}).loglike(0.4, 1e-6)


@pytest.mark.parametrize("cls", ALL)
def test_arrays_are_points(cls):
    likelihood = cls({"abb": 0.5})
    masses, couplings = np.array([[1e-3], [0.3], [3.0]]), np.array([0.0, 1e-7, 1e-5, 1e-3])
    both = likelihood.loglike(masses, couplings)
    assert both.shape == (3, 4)
    for i, mass in enumerate(masses[:, 0]):
        for j, coupling in enumerate(couplings):
            assert both[i, j] == pytest.approx(likelihood.loglike(mass, coupling))
            assert np.isfinite(likelihood.signal(mass, coupling))


def test_partial_widths_are_said_once(caplog):
    z = ALPZPole({"abb": 0.0})
    with caplog.at_level(logging.WARNING):
        z.loglike(0.4, 1e-5)
        assert not caplog.records
        z.loglike(np.array([0.5, 3.0]), 1e-5)
        z.loglike(10.0, 1e-5)
    assert [("widths there are partial" in record.message) for record in caplog.records] == [True]


def test_mass_outside():
    with pytest.raises(RangeError, match="m_alp = 200"):
        ALPZPole({"abb": 0.0}).loglike(200.0, 1e-5)
    params = {
        "m_alp": {"prior": {"min": 0.1, "max": 500.0}},
        "g_aww": 1e-6,
        "g_abb": 0.0,
    }
    info = {"params": params, "likelihood": {"hotaxion.likelihoods.ALPFlavour": None}}
    with pytest.raises(LoggedError, match="prior of m_alp = 500"):
        get_model(info)


@pytest.mark.parametrize(
    ("cls", "options", "message"),
    [
        (ALPFlavour, {"abb": "zero"}, "abb .* is not a number"),
        (ALPFlavour, {"cutoff_gev": 10.0}, "cutoff_gev = 10"),
        (ALPFlavour, {"channels": ["atlas_photons"]}, "atlas_photons"),
        (ALPFlavour, {"channels": []}, "allowed are null"),
        (ALPFlavour, {"channels": "mixing_k"}, "allowed are null"),
        (ALPFlavour, {"channels": ["mixing_k", "mixing_k"]}, "name each channel once"),
        (ALPZPole, {"detectors": {"LEP": {"length_m": 1.0}}}, "LEP"),
        (ALPZPole, {"detectors": {"Z decays": {"size": 1.0}}}, "size"),
        (ALPZPole, {"detectors": {"Z decays": {"length_m": -1.0}}}, "length_m of Z decays = -1"),
        (ALPZPole, {"detectors": {"Z decays": 3}}, "give names with values"),
        (ALPZForecast, {"n_z": -1.0}, "n_z = -1"),
        (ALPZForecast, {"efficiency": 2.0}, "efficiency = 2"),
        (ALPZForecast, {"length_m": None}, "length_m"),
        (ALPSHiPForecast, {"decay_region_m": [83.0, 33.0]}, "end of decay_region_m = 33"),
        (ALPSHiPForecast, {"decay_region_m": 50.0}, "give its ends"),
        (ALPSHiPForecast, {"momentum_gev": 0.0}, "momentum_gev = 0"),
    ],
)
def test_wrong_options_are_one_sentence(cls, options, message):
    with pytest.raises(LoggedError, match=message) as caught:
        cls(options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("limit: 5.0e-11", "limit: -5.0e-11", "limit of na62_invisible"),
        ("decay: K_L -> pi0 a", "decay: K_S -> pi0 a", "K_S -> pi0 a"),
        ("level: 0.90", "level: 90", "level = 90"),
        ("masses_gev: [[0.175, 4.78]]", "masses_gev: [0.175, 4.78]", "float"),
        ("meson: B_s", "meson: D", "meson of mixing_bs"),
        ("source: Belle, arXiv:1702.03224", "source: 1702.03224", "source of belle_invisible"),
        ("oblique:", "obliquely:", "oblique"),
    ],
)
def test_a_damaged_file_is_named(old, new, message, tmp_path, monkeypatch):
    text = (data_files.DATA / alp_limits.FILE).read_text()
    assert old in text
    (tmp_path / alp_limits.FILE).write_text(text.replace(old, new))
    monkeypatch.setattr(data_files, "DATA", tmp_path)
    with pytest.raises(HotAxionError, match=rf"alp_limits.yaml is damaged: .*{message}"):
        alp_limits.read()
