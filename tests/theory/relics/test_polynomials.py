"""Why this test exists: a table of relics is as good as the polynomials that it is made of."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.polynomials import Polynomials

OPTIONS = AxionOptions.declared()
RANGES = {"pion_scale": (0.5, 2.0), "kaon_scale": (0.0, 1.65), "crossover": (-0.5, 1.0)}


def _interpolated(ranges, function):
    made = Polynomials(OPTIONS, ranges)
    coefficients = made.coefficients(np.array([function(**point) for point in made.points]))
    return lambda **values: made(values) @ coefficients


def test_products_of_low_powers_are_exact():
    """Of the logarithm, where the spacing is that; each sign of the crossover has its own."""

    def function(pion_scale, kaon_scale, crossover):
        kink = 3.0 * crossover**2 if crossover > 0 else -0.2 * crossover
        return np.log(pion_scale) ** 2 * (1 + kaon_scale) + kink * (1 + 0.3 * kaon_scale)

    rng, interpolated = np.random.default_rng(7), _interpolated(RANGES, function)
    for _ in range(20):
        values = {name: float(rng.uniform(*ends)) for name, ends in RANGES.items()}
        assert interpolated(**values) == pytest.approx(function(**values), rel=1e-11)


def test_points_are_as_many_as_terms_and_inside():
    made = Polynomials(OPTIONS, RANGES)
    points = np.array([[point[name] for name in RANGES] for point in made.points])
    low, high = np.array(list(RANGES.values())).T
    assert ((low <= points) & (points <= high)).all()
    assert len(np.unique(points, axis=0)) == len(points) == made(made.points[0]).size
    terms = np.array([made(point) for point in made.points])
    assert terms @ made.coefficients(np.eye(len(points))) == pytest.approx(np.eye(len(points)))


def test_smooth_functions_converge():
    """Wider ranges have more terms."""
    for ends in ((0.8, 1.2), (0.3, 3.0)):
        interpolated = _interpolated({"gluon_scale": ends}, lambda gluon_scale: gluon_scale)
        assert interpolated(gluon_scale=1.0) == pytest.approx(1.0, rel=1e-4)


def test_nothing_varies():
    made = Polynomials(OPTIONS, {})
    assert made.points == [{}]
    assert made({}) @ made.coefficients(np.array([[2.0, 3.0]])) == pytest.approx([2.0, 3.0])


def test_too_many_terms_are_refused():
    names = ("pion_scale", "gluon_scale", "z_ud", "tan_beta")
    wide = {name: OPTIONS[name].sampled for name in names}
    with pytest.raises(RangeError, match=r"give them narrower priors or set table: false\."):
        Polynomials(OPTIONS, wide)
