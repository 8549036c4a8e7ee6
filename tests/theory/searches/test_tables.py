"""Why this test exists: a table must follow its function, keep its zeros and know its ends."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.tables import LogTable


def test_follows_a_power_law_exactly():
    table = LogTable(lambda x: 3.0 * x**-2.5, 1e-3, 1e3, 7)
    places = np.array([1e-3, 0.0213, 77.0, 1e3])
    np.testing.assert_allclose(table(places), 3.0 * places**-2.5, rtol=1e-12)


def test_a_threshold_stays_a_threshold():
    table = LogTable(lambda x: max(0.0, x - 1.0), 0.1, 10.0, 41)
    assert table(0.3) == 0.0
    assert table(5.03) == pytest.approx(4.03, rel=1e-3)


@pytest.mark.parametrize("place", [0.099, 10.01, np.nan])
def test_nothing_outside(place):
    with pytest.raises(RangeError, match=r"from 0\.1 to 10"):
        LogTable(lambda x: x, 0.1, 10.0, 3)(place)


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_refuses_what_has_no_logarithm(value):
    with pytest.raises(RangeError, match=r"at 0\.1"):
        LogTable(lambda _x: value, 0.1, 10.0, 3)
