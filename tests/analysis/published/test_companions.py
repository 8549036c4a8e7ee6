"""Why this test exists: a published number beside ours must be ours; a row that names nothing, or a
range that is cut off, must not look like a comparison."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.analysis.published.companions import QUOTED, Quoted, as_text
from hotaxion.theory.errors import HotAxionError

GOOD = {
    **{"what": "CAST", "arxiv": "1705.02290", "where": "abstract", "published": 0.66e-10},
    **{"unit": "1/GeV", "remark": "the same", "search": "cast", "mass": 1e-3},
}


@pytest.mark.parametrize(
    ("name", "ours", "tolerance"),
    [  # measured with this code (design of the companions: 6.5876e-11, 7.5e-8, 6.482e-11, 29.6)
        ("cast2017", 6.59e-11, 0.01),
        ("alps1", 7.5e-8, 0.01),
        ("r_parameter", 6.482e-11, 0.005),
        ("lattice_misalignment", 29.7, 0.02),
        ("familon", 6.9307e11, 0.005),
        ("gain_layer", 1.80e-9, 0.01),
        ("majoron", 5.95e-10, 0.02),
    ],
)
def test_ours(name, ours, tolerance):
    assert QUOTED[name].ours() == pytest.approx([ours], rel=tolerance)


def test_every_row_is_in_the_table(monkeypatch):
    monkeypatch.setattr(Quoted, "ours", lambda one: 2.0 * np.ravel(one.published))
    table = as_text()
    for one in QUOTED.values():
        assert one.what in table
        assert one.remark in table
    assert table.count("2.00") >= len(QUOTED)


def test_masses_with_a_bound_below():
    """CAST's bound rises with the mass, here as measured at 0.1 eV; it is met at no lower one."""
    row = Quoted(**{**GOOD, "below": 3.826e-10, "grid": (0.08, 0.12, 7), "published": [0.08, 0.1]})
    assert row.ours() == pytest.approx([0.08, 0.1], rel=0.01)
    assert np.isnan(Quoted(**{**GOOD, "below": 1e-12, "grid": (0.03, 0.3, 3)}).ours()).all()
    assert Quoted(**{**GOOD, "scale": 1e-3}).ours()[0] == pytest.approx(6.59e-14, rel=0.01)


def test_a_wrong_rule_is_named():
    with pytest.raises(HotAxionError, match="rule 'asimow'"):
        Quoted(**{**GOOD, "rule": "asimow"}).ours()
