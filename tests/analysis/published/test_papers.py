"""Why this test exists: published numbers are data; a wrong number or name in the file must not end
as a bound of a paper that never was."""

from __future__ import annotations

import math
import re

import pytest
from scipy.stats import truncnorm

from hotaxion.analysis.limits.registry import ENTRIES
from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS
from hotaxion.analysis.published.companions import QUOTED
from hotaxion.analysis.published.papers import (
    BOUNDS,
    HISTORY,
    KSVZ_2205_07849,
    ONLY_DELTA_NEFF,
    QUANTITIES,
    published,
)


def test_every_entry_of_the_file_is_read():
    assert set(published()) == {"bounds", "radiation", "variants", "analyses", "companions"}
    sizes = {name: len(block) for name, block in published().items()}
    assert sizes.pop("bounds") + sizes.pop("radiation") == len(BOUNDS)
    assert [*sizes.values()] == [len(VARIANTS), len(ANALYSES), len(QUOTED)]
    assert all(bound.values for bound in BOUNDS.values())
    assert len(KSVZ_2205_07849) == 3
    assert [bound.arxiv for bound in HISTORY] == sorted(bound.arxiv for bound in HISTORY)


@pytest.mark.parametrize(
    ("name", "n_eff", "sigma", "tolerance"),
    [
        ("calabrese2025", 2.86, 0.13, 0.005),
        ("calabrese2025_bbn", 2.89, 0.11, 0.005),
        ("goldstein2026", 2.990, 0.070, 0.01),  # quotes both: that is what the rule is worth
    ],
)
def test_delta_neff_of_a_quoted_n_eff(name, n_eff, sigma, tolerance):
    """N_eff as in the abstracts (arXiv:2503.14454, 2603.13226); 95 % of a Gaussian above 3.044."""
    mean = n_eff - 3.044
    end = truncnorm.ppf(0.95, -mean / sigma, math.inf, loc=mean, scale=sigma)
    assert BOUNDS[name].delta_neff == pytest.approx(end, rel=tolerance)
    assert BOUNDS[name].m_a is None


def test_every_variant_and_bound_is_used():
    used = {variant for analysis in ANALYSES.values() for variant in analysis.variants}
    assert used == set(VARIANTS)
    assert {analysis.bound for analysis in ANALYSES.values()} <= {None, *BOUNDS}


def test_every_number_of_the_file_can_be_one():
    """Cobaya's YAML reads 1.07e7 as a number; a paper's number as a float would lose its zeros."""
    for bound in BOUNDS.values():
        assert re.fullmatch(r"\d{4}\.\d{4,5}", bound.arxiv)
        assert all([bound.authors, bound.where, bound.data])
        assert 0.5 < bound.confidence < 1
        assert all(isinstance(value, float) and value > 0 for value in bound.values.values())
    for one in QUOTED.values():
        assert re.fullmatch(r"\d{4}\.\d{4,5}", one.arxiv)
        assert (one.search in ENTRIES) != bool(one.function)


def test_names_in_the_file_are_those_of_other_blocks():
    for analysis in ANALYSES.values():
        assert {*analysis.quantities} <= {*QUANTITIES}
        assert {*analysis.variants} <= {*VARIANTS}
        assert {*analysis.beside} <= {*ONLY_DELTA_NEFF}
