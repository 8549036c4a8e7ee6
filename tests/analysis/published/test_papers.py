"""Why this test exists: published numbers are data; a wrong key, number or name in the file must be
named, and not end as a bound of a paper that never was."""

from __future__ import annotations

import math

import pytest
from scipy.stats import truncnorm

from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS, Analysis, Variant
from hotaxion.analysis.published.companions import QUOTED
from hotaxion.analysis.published.papers import (
    BOUNDS,
    HISTORY,
    KSVZ_2205_07849,
    PublishedBound,
    published,
    read_block,
)
from hotaxion.theory.errors import RangeError

GOOD = {
    **{"arxiv": "2205.07849", "authors": "Abel", "where": "abstract", "confidence": 0.95},
    **{"data": "BBN", "m_a": 0.53},
}


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


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"m_b": 0.5}, "unknown key 'm_b'"),
        ({"m_a": "0.53"}, "m_a = '0.53' is not a number"),
        ({"m_a": -1}, "m_a = -1"),
        ({"f_a": True}, "f_a = True"),
        ({"confidence": 95}, "confidence = 95"),
        ({"arxiv": 2205.07849}, "arXiv number 2205.07849"),
        ({"where": ""}, "where = ''"),
        ({"forecast": "no"}, "forecast = 'no'"),
    ],
)
def test_a_wrong_bound_is_named(change, words):
    with pytest.raises(RangeError, match=r"bounds: deramo: ") as raised:
        read_block({"bounds": {"deramo": GOOD | change}}, "bounds", PublishedBound)
    assert words in str(raised.value)


@pytest.mark.parametrize("missing", ["arxiv", "authors", "where", "confidence", "data"])
def test_a_bound_has_a_source(missing):
    entry = {key: value for key, value in GOOD.items() if key != missing}
    with pytest.raises(RangeError, match=f"deramo: .*'{missing}'"):
        read_block({"bounds": {"deramo": entry}}, "bounds", PublishedBound)


@pytest.mark.parametrize(
    ("kind", "entry", "words"),
    [
        (Variant, None, "entry = None"),
        (Variant, {"change": {}}, "'text'"),
        (Variant, {"text": "x", "change": 3}, "change = 3"),
        (Analysis, {"quantities": ["m_b"]}, "unknown name 'm_b'"),
        (Analysis, {"quantities": ["m_a"], "variants": ["kaon"]}, "Did you mean 'kaons'"),
        (Analysis, {"quantities": ["m_a"], "bound": "deramo2022"}, "unknown bound"),
        (Analysis, {"quantities": ["m_a"], "paper": 2205.1}, "arXiv number 2205.1"),
        (Analysis, {"quantities": ["m_a"], "priors": 1}, "priors = 1"),
        (Analysis, {"quantities": ["m_a"], "beside": ["notari2022"]}, "unknown name 'notari2022'"),
    ],
)
def test_a_wrong_analysis_or_variant_is_named(kind, entry, words):
    with pytest.raises(RangeError, match=r"block: it: ") as raised:
        read_block({"block": {"it": entry}}, "block", kind)
    assert words in str(raised.value)
