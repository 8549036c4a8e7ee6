"""Why this test exists: a number of an abstract stands for years of data; it must enter as it is
quoted, one- or two-sided, and never beside the data that it was made of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model
from scipy.integrate import quad
from scipy.stats import truncnorm

from hotaxion.likelihoods import Neff
from hotaxion.likelihoods.neff_data import Measurement, cut_gaussian_end, published
from hotaxion.theory.errors import RangeError

from .stubs import Abundances, Spectra

NAME = "hotaxion.likelihoods.Neff"
OWN = {"n_eff": 3.0, "sigma": 0.1, "sees": [], "source": "a test"}


def model(options: dict):
    flat = {"prior": {"min": -0.2, "max": 1.0}}
    return get_model({"params": {"delta_neff": flat}, "likelihood": {NAME: options}})


@pytest.mark.parametrize("delta_neff", [-0.1, 0.0, 0.05, 0.3])
def test_gaussian_in_closed_form(delta_neff):
    """2603.13226: N_eff = 2.990 +- 0.070, with 3.044 of neutrinos."""
    found = model({"preset": "goldstein2026"}).loglike({"delta_neff": delta_neff})[0]
    assert found == pytest.approx(-((3.044 + delta_neff - 2.990) ** 2) / (2 * 0.070**2), rel=1e-12)


def test_one_sided_is_half_normal():
    """95 % of its integral lies below the bound; nothing below 0; ln L = 0 at 0."""
    for options, bound in (
        ({"preset": "allali2024"}, 0.39),  # quotes a bound alone
        ({"preset": "goldstein2026", "one_sided": True}, 0.107),
    ):
        likelihood = Neff(options)
        total, below = (
            quad(lambda x: math.exp(likelihood.loglike(x)), 0.0, end)[0]  # noqa: B023
            for end in (5.0 * bound, bound)
        )
        assert below / total == pytest.approx(0.95, rel=1e-6)
        assert likelihood.loglike(0.0) == 0.0
        assert likelihood.loglike(-1e-9) == -math.inf


def test_own_numbers_are_those_of_a_preset():
    row = published()["calabrese2025"]
    own = {"n_eff": row.n_eff, "sigma": row.sigma, "sees": ["act"], "source": "x"}
    assert Neff(own).loglike(0.2) == Neff({"preset": "calabrese2025"}).loglike(0.2)


def test_other_radiation_counts():
    extra = {"delta_neff": 0.1, "delta_neff_extra": {"prior": {"min": -0.5, "max": 0.5}}}
    both = get_model({"params": extra, "likelihood": {NAME: OWN}})
    assert both.loglike({"delta_neff_extra": -0.144})[0] == pytest.approx(0.0, abs=1e-20)
    assert both.loglike({"delta_neff_extra": -0.044})[0] == pytest.approx(-0.5, rel=1e-9)


def test_axions_bring_their_own():
    """delta_neff of HotAxion, whether it is the input there or derived."""
    axion = {"hotaxion.theory.HotAxion": {"table": False, "solver": "instantaneous"}}
    derived = get_model(
        {"params": {"m_a": 0.3, "delta_neff": None}, "theory": axion, "likelihood": {NAME: OWN}}
    ).logposterior([])
    pull = (0.044 + derived.derived[0]) / 0.1
    assert derived.loglikes[0] == pytest.approx(-0.5 * pull**2, rel=1e-9)


def test_hot_relics_count_and_none_is_lost():
    info = {
        "params": {"delta_neff": 0.0, "m_sterile": 0.1, "delta_neff_sterile": {"prior": [0, 1]}},
        "theory": {"hotaxion.theory.HotRelic": {"relic": "sterile"}},
        "likelihood": {NAME: OWN | {"relics": ["sterile"]}},
    }
    found = get_model(info).loglike({"delta_neff_sterile": 0.1})[0]
    assert found == pytest.approx(-0.5 * (0.144 / 0.1) ** 2, rel=1e-6)
    info["likelihood"] = {NAME: OWN}
    with pytest.raises(LoggedError, match=r"sterile does not reach .*Neff: say 'relics: \[sterile"):
        get_model(info)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no measurement is selected; give 'preset', one of planck2018"),
        ({"preset": "goldstein2025"}, "unknown preset 'goldstein2025'.*Did you mean"),
        ({"preset": "yeh2026", "sigma": 0.1}, "has its own numbers; leave out sigma"),
        ({"preset": "allali2024", "one_sided": False}, "no n_eff and sigma are known"),
        ({"preset": "calabrese2025", "one_sided": True}, "no one-sided bound is known"),
        (OWN | {"sigma": None}, "n_eff and sigma belong together"),
        (OWN | {"sigma": 0.0}, "sigma = 0"),
        (OWN | {"n_eff": None, "sigma": None, "bound": 0.1}, "bound and level belong together"),
        (OWN | {"bound": 0.1, "level": 1.0}, "level = 1"),
        (OWN | {"sees": None}, "sees = None; give a list"),
        (OWN | {"sees": ["plank"]}, "unknown name under sees 'plank'.*Did you mean 'planck'"),
        (OWN | {"source": None}, "source .* = None is not a text"),
        (OWN | {"one_sided": "no"}, "one_sided = 'no'"),
    ],
)
def test_wrong_options_get_one_sentence(options, words):
    with pytest.raises(LoggedError, match=words):
        Neff(options)


def test_what_to_cite():
    """Each preset has its entry; an input cites its own alone."""
    for row in published().values():
        assert Neff.get_bibtex().count(f'eprint = "{row.arxiv}"') == 1
    assert Neff.bibtex_of({"preset": "yeh2026"}).count("@article") == 1
    assert "2601.22239" in Neff.bibtex_of({"preset": "yeh2026"})
    assert "2404.15220" in Neff.bibtex_of({"source": "arXiv:2404.15220, table 1"})
    assert Neff.bibtex_of({"source": "a talk"}) == ""


def test_without_radiation_there_is_nothing_to_compare():
    with pytest.raises(LoggedError, match=r"delta_neff \(add hotaxion\.theory\.HotAxion"):
        get_model({"params": {"m_a": {"prior": [0, 1]}}, "likelihood": {NAME: OWN}})


def test_not_beside_its_own_data():
    """Spectra, light elements, and another publication with the same data."""
    for other in ("PlanckLowlTT", "Spt3g2018Lite"):
        spectra = {
            "params": {"amplitude": 1.0, "delta_neff": {"prior": [0, 1]}},
            "theory": {"spectra": {"external": Spectra}},
            "likelihood": {
                f"hotaxion.likelihoods.{other}": None,
                NAME: {"preset": "goldstein2026"},
            },
        }
        with pytest.raises(LoggedError, match=f"{other} and {NAME} count .* more than once: keep"):
            get_model(spectra)
    elements = {"Y": 0.245, "D": 2.5e-5, "delta_neff": {"prior": [0, 1]}}
    theory = {"abundances": {"external": Abundances}}

    def beside_bbn(key: str, **bbn):
        both = {NAME: {"preset": key}, "hotaxion.likelihoods.BBN": bbn or None}
        return get_model({"params": elements, "theory": theory, "likelihood": both})

    with pytest.raises(LoggedError, match=r"BBN count primordial helium more than once"):
        beside_bbn("yeh2026")
    with pytest.raises(LoggedError, match=r"BBN count primordial deuterium more than once"):
        beside_bbn("yeh2026", preset=None, deuterium="cooke2018")
    twice = {"a": {"class": NAME, "preset": "planck2018"}, NAME: {"preset": "calabrese2025"}}
    with pytest.raises(LoggedError, match=r"Planck's TT, TE and EE at l >= 30 more than once"):
        get_model({"params": elements, "theory": theory, "likelihood": twice})


@pytest.mark.parametrize("key", published())
def test_a_published_bound_agrees_with_its_gaussian(key):
    """Where a paper quotes both, the Gaussian cut at 3.044 has its bound within 5 %."""
    row = published()[key]
    quoted = row.bound if row.level == 0.95 else None
    assert row.upper() == (quoted or pytest.approx(row.upper()[0]), quoted is not None)
    if row.n_eff is not None:
        mean = row.n_eff - 3.044
        end = truncnorm.ppf(0.95, -mean / row.sigma, np.inf, loc=mean, scale=row.sigma)
        assert cut_gaussian_end(mean, row.sigma, 0.95) == pytest.approx(end, rel=1e-9)
        assert row.upper()[0] == pytest.approx(end, rel=0.06)


def test_another_level_follows_from_the_distribution():
    half = Measurement(bound=0.2, level=0.95)
    assert half.upper(0.6827)[0] == pytest.approx(0.2 / 1.959964, rel=1e-3)
    with pytest.raises(RangeError, match="no measurement"):
        Measurement()
