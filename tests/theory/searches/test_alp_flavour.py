"""Why this test exists: mesons give the strongest bounds on light ALPs; their loop has no free
normalisation and must vanish by GIM."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from hotaxion.theory.constants import M_W_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import alp_flavour as flavour
from hotaxion.theory.searches.alp_flavour import DECAYS, MIXINGS, loop_function

from .. import reference_values_companions as ref


def test_loop_function_by_quadrature():
    """1 + x (ln x - 1) is the integral of ln t from 1 to x."""
    for x in (1e-4, 0.3, 0.9, 1.1, 4.11, 100.0):
        integral, _ = quad(np.log, 1.0, x)
        assert loop_function(x) == pytest.approx(x / (1.0 - x) ** 2 * integral, rel=1e-9)


def test_loop_function_at_its_ends():
    assert loop_function(1.0) == 0.5
    assert loop_function(0.0) == 0.0
    assert loop_function(1e-9) == pytest.approx(1e-9, rel=1e-6)  # GIM: as m_q^2
    for edge in (1.0 - 1e-3, 1.0 + 1e-3):  # where a series takes over; the slope is 1/3
        below, above = loop_function(edge - 1e-8), loop_function(edge + 1e-8)
        assert above - below == pytest.approx(2e-8 / 3.0, rel=0.01)
    (top, top_error), (one, one_error) = ref.ALP_LOOPS
    assert loop_function((163.0 / M_W_GEV) ** 2) == pytest.approx(top, rel=top_error)
    assert loop_function(1.0001) == pytest.approx(one, rel=one_error)


def test_gim():
    """Quarks of one mass give nothing, whatever the unitary matrix; a part of it does."""
    rng = np.random.default_rng(1)
    unitary, _ = np.linalg.qr(rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)))
    products = dict(zip("uct", unitary[:, 0] * unitary[:, 1].conj(), strict=True))
    degenerate = flavour.flavour_coupling(products, dict.fromkeys("uct", 40.0))
    split = flavour.flavour_coupling(products, {"u": 40.0, "c": 40.0, "t": 163.0})
    assert abs(degenerate) < 1e-14 * abs(split)


def test_ckm_is_unitary_to_its_digits():
    """Rows c and t, with |V_ub| = 0.00369 and V_ud V_us* left over; the latter is real."""
    ckm = flavour.CKM
    for q, u in (("d", 0.97435), ("s", 0.22501), ("b", 0.00369)):
        assert u**2 + abs(ckm["c" + q]) ** 2 + abs(ckm["t" + q]) ** 2 == pytest.approx(
            1.0, abs=2e-3
        )
    rest = -sum(ckm[q + "s"] * np.conj(ckm[q + "d"]) for q in "ct")
    assert abs(rest) == pytest.approx(0.97435 * 0.22501, rel=0.01)
    assert abs(rest.imag) < 2e-3 * abs(rest)


def test_numbers_of_the_design():
    found = {"sd": flavour.G_SD, "bs": flavour.G_BS, "bd": flavour.G_BD}
    for name, value in ref.ALP_FLAVOUR_COUPLINGS.items():
        assert abs(found[name]) == pytest.approx(value, rel=0.005)
    for name, value in ref.ALP_BRANCHING_RATIOS.items():
        assert DECAYS[name].branching_ratio(1e-3, 1.0) == pytest.approx(value, rel=0.01)
    splitting = MIXINGS["B_s"].splitting_gev(0.1, 1.0)
    assert splitting == pytest.approx(ref.ALP_MIXING_BS_GEV, rel=0.02)


def test_normalisation_against_the_published_scale_of_familons():
    """K+ -> pi+ a of a massless axion: published with a form factor of 0.97, not in here."""
    ours, published = ref.ALP_VECTOR_SCALE_GEV
    found = DECAYS["K+ -> pi+ a"].scale_gev(7.3e-11)
    assert found == pytest.approx(ours, rel=0.005)
    assert found == pytest.approx(published / 0.97, rel=0.015)


def test_two_body_kinematics():
    """Momentum of the daughter: lambda^(1/2) = 2 p/M; nothing from the threshold on."""
    for decay in DECAYS.values():
        mass = 0.6 * decay.threshold_gev
        energy = (decay.parent_gev**2 + decay.daughter_gev**2 - mass**2) / (2.0 * decay.parent_gev)
        momentum = np.sqrt(energy**2 - decay.daughter_gev**2)
        size = decay.parent_gev**3 / (64.0 * np.pi)
        form = sum(a / (1.0 - mass**2 / b) for a, b in decay.poles) if decay.poles else 1.0
        power = 3 if decay.vector else 1
        phase_space = (2.0 * momentum / decay.parent_gev) ** power
        if not decay.vector:
            phase_space *= (1.0 - (decay.daughter_gev / decay.parent_gev) ** 2) ** 2
        found = decay.width_per_coupling(mass)
        assert found == pytest.approx(size * form**2 * phase_space)
        assert decay.branching_ratio(decay.threshold_gev, 1.0) == 0.0
        assert decay.branching_ratio(mass, -2e-3) == 4.0 * decay.branching_ratio(mass, 1e-3)


def test_k_long_needs_cp_violation():
    """Against K+: (Im g/|g|)^2 times the lifetimes, up to isospin."""
    charged, neutral = (DECAYS[name] for name in ("K+ -> pi+ a", "K_L -> pi0 a"))
    ratio = neutral.branching_ratio(0.0, 1.0) / charged.branching_ratio(0.0, 1.0)
    cp = (flavour.G_SD.imag / abs(flavour.G_SD)) ** 2
    assert ratio == pytest.approx(cp * neutral.lifetime_s / charged.lifetime_s, rel=0.05)


def test_mixing_is_refused_near_the_meson():
    for mixing in MIXINGS.values():
        with pytest.raises(RangeError, match="must be more than 10 %"):
            mixing.splitting_gev(1.05 * mixing.mass_gev, 1.0)
        light, heavy = (mixing.splitting_gev(x * mixing.mass_gev, 1.0) for x in (1e-3, 30.0))
        assert heavy == pytest.approx(light / 899.0, rel=1e-3)  # 1/|m^2 - m_a^2|
