"""Why this test exists: Y_p and D/H drive the BBN bounds, and two helium numbers look alike."""

from __future__ import annotations

import math
import sys

import pytest

from hotaxion.theory import make_bbn_tables, nucleosynthesis
from hotaxion.theory.errors import (
    MissingDataError,
    MissingPackageError,
    RangeError,
    UnknownOptionError,
)
from hotaxion.theory.nucleosynthesis import RATE_SETS, Nucleosynthesis

from .reference_values_cosmology import (
    ABUNDANCES,
    DH_TOLERANCE,
    HELIUM_MASS_U,
    HYDROGEN_MASS_U,
    Y_P_TOLERANCE,
    YHE_PRIMAT,
    YHE_TOLERANCE,
)


@pytest.mark.parametrize("rates", sorted(ABUNDANCES))
def test_against_primat_called_directly(rates):
    bbn = Nucleosynthesis(rates)
    for delta_neff, (y_p, dh_1e5) in ABUNDANCES[rates].items():
        result = bbn.abundances(0.02236, delta_neff)
        assert result.y_p == pytest.approx(y_p, abs=Y_P_TOLERANCE)
        assert result.dh == pytest.approx(1e-5 * dh_1e5, rel=DH_TOLERANCE)


def test_two_helium_numbers():
    """Mass fraction from Y_p by the atomic masses; they differ by 0.5 %."""
    result = Nucleosynthesis().abundances(0.02236, 0.0)
    helium = result.y_p * HELIUM_MASS_U / 4.0
    expected = helium / (helium + (1.0 - result.y_p) * HYDROGEN_MASS_U)
    assert result.yhe == pytest.approx(expected, abs=2e-5)  # deuterium, helium-3 left out
    assert result.yhe == pytest.approx(YHE_PRIMAT, abs=YHE_TOLERANCE)


@pytest.mark.parametrize("rates", sorted(RATE_SETS))
def test_tables_are_what_the_script_makes(rates):
    """Nodes are reproduced to the digits printed; halfway between nodes the spline is good."""
    pytest.importorskip("primat", reason="optional package primat is not installed")
    bbn = Nucleosynthesis(rates)
    for omega_b, delta_neff, tolerance in [
        (0.0160, -1.50, 1e-7),
        (0.0300, 3.00, 1e-7),
        (0.02225, 0.125, 1e-5),
        (0.01625, 2.875, 1e-5),
    ]:
        y_p, yhe, dh = make_bbn_tables.abundances_from_primat(
            omega_b, delta_neff, RATE_SETS[rates].network
        )
        result = bbn.abundances(omega_b, delta_neff)
        assert (result.y_p, result.yhe, result.dh) == pytest.approx((y_p, yhe, dh), rel=tolerance)


def test_neutron_lifetime_is_linear():
    pytest.importorskip("primat", reason="optional package primat is not installed")
    y_p, yhe, dh = make_bbn_tables.abundances_from_primat(0.02236, 0.0, "small", tau_n_s=887.7)
    result = Nucleosynthesis(tau_n_s=887.7).abundances(0.02236, 0.0)
    assert (result.y_p, result.yhe) == pytest.approx((y_p, yhe), abs=2e-5)
    assert result.dh == pytest.approx(dh, rel=2e-5)


def test_directions():
    """More baryons: more helium, less deuterium. Faster expansion: more of both."""
    bbn = Nucleosynthesis()
    here = bbn.abundances(0.0224, 0.0)
    baryons, radiation = bbn.abundances(0.0230, 0.0), bbn.abundances(0.0224, 0.2)
    assert baryons.y_p > here.y_p
    assert baryons.dh < here.dh
    assert radiation.y_p > here.y_p
    assert radiation.dh > here.dh


def test_scale_acts_on_deuterium_only():
    one, scaled = (Nucleosynthesis(dh_scale=s).abundances(0.0224, 0.1) for s in (1.0, 1.0215))
    assert scaled.dh / one.dh == pytest.approx(1.0215)
    assert (scaled.y_p, scaled.yhe) == (one.y_p, one.yhe)


@pytest.mark.parametrize(
    "point", [(0.0159, 0.0), (0.0301, 0.0), (0.0224, -1.6), (0.0224, 3.1), (math.nan, 0.0)]
)
def test_no_extrapolation(point):
    with pytest.raises(RangeError, match=r"it covers 0\.016 <= omega_b <= 0\.03 "):
        Nucleosynthesis().abundances(*point)


def test_wrong_options():
    with pytest.raises(UnknownOptionError, match="Did you mean 'parthenope3'"):
        Nucleosynthesis("parthenope")
    with pytest.raises(RangeError, match="neutron lifetime"):
        Nucleosynthesis(tau_n_s=500.0)
    with pytest.raises(RangeError, match="dh_scale"):
        Nucleosynthesis(dh_scale=102.15)


def test_absent_table(monkeypatch, tmp_path):
    monkeypatch.setattr(nucleosynthesis, "DATA_DIR", tmp_path)
    nucleosynthesis._splines.cache_clear()
    with pytest.raises(MissingDataError, match="make_bbn_tables"):
        Nucleosynthesis()


def test_absent_primat(monkeypatch):
    monkeypatch.setitem(sys.modules, "primat.backend", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'hotaxion\[bbn\]'"):
        make_bbn_tables.abundances_from_primat(0.0224, 0.0, "small")
