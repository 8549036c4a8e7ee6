"""Why this test exists: published numbers stand in the registry and runs in the inputs that it
makes: each must be the paper's, and each variant must differ as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs import theories
from hotaxion.analysis.inputs.names import analyses, find_input
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.published import jobs as jobs_module
from hotaxion.analysis.published.analyses import ANALYSES, VARIANTS, chosen, listing
from hotaxion.analysis.published.rows import quantities_of
from hotaxion.theory.errors import UnknownOptionError

from ...likelihoods.stubs import add_packages
from ..reproduce_stubs import ABSTRACT, NAME, chain_of

AXION = "hotaxion.theory.HotAxion"
NO_ANALYSIS = {"evaluate_all"}  # one point


def fixes_mnu(variant: str | None) -> bool:
    return bool(variant) and "fixed_mnu" in variant


# Each variant once, of one of the analyses that have it.
VARIED = {variant: name for name, analysis in ANALYSES.items() for variant in analysis.variants}
VARIED = [(name, variant) for variant, name in VARIED.items()]


# --- registry --------------------------------------------------------------------------------


def test_every_analysis_of_the_package_is_in_the_registry():
    assert set(ANALYSES) == set(analyses()) - NO_ANALYSIS


def test_published_numbers_are_those_of_the_abstract():
    for name, values in ABSTRACT.items():
        keys = ("delta_neff", "m_a", "f_a", "mnu")
        expected = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
        assert ANALYSES[name].published == expected
    assert ANALYSES["notari2022_planck_bao2018_ksvz"].published == {
        "delta_neff": 0.19,
        "m_a": 0.24,
    }
    assert ANALYSES["bianchini2023_planck_bao2018_bbn_ksvz"].published == {"m_a": 0.16}
    assert ANALYSES["caloni2022_planck_bao2018_alp"].published == {"f_a": 1.86e7}
    found = ANALYSES["sterile2018_planck_bao2018"].published
    assert found == {"meff_sterile": 0.23, "delta_neff_sterile": pytest.approx(3.34 - 3.046)}
    papers = ("notari", "bianchini", "caloni", "sterile")
    read = {name for name in ANALYSES if name.startswith(papers)}
    others = set(ANALYSES) - set(ABSTRACT) - read
    assert not any(ANALYSES[name].published for name in others)


def test_whatever_is_held_against_a_paper_says_what_was_inferred():
    for name, analysis in ANALYSES.items():
        assert bool(analysis.inferred) == (analysis.paper != "this work"), name
        assert set(analysis.published) <= set(analysis.quantities)
        assert set(analysis.variants) <= set(VARIANTS)
    assert "plik" in ANALYSES["deramo2022_planck_bao2018_ksvz"].inferred[0]


def test_names_come_in_the_order_of_the_registry_and_unknown_ones_give_the_closest():
    assert chosen(["all"]) == list(ANALYSES)
    assert chosen(["bbn_ksvz", NAME]) == [NAME, "bbn_ksvz"]
    with pytest.raises(UnknownOptionError, match=f"Did you mean '{NAME}'"):
        chosen(["deramo2022_bbn_omegab_kvsz"])


def test_listing_names_variants_and_published_numbers():
    text = listing()
    assert all(re.search(rf"^{name} ", text, re.M) for name in ANALYSES)
    assert "2205.07849: delta_neff 0.31, m_a 0.53, f_a 1.07e+07" in text
    assert "oscillations" in text


# --- inputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "variant"), VARIED)
def test_every_variant_has_a_valid_input(work_folder, name, variant):
    """Cobaya builds it (those of the analyses: tests/yaml), and it differs as it says."""
    chain = chain_of(name, variant)
    jobs_module.write_input(chain)
    with cobaya_session(quiet=True):
        info = load_input(chain.path)
        info.pop("sampler")
        info.pop("output")
        info["theory"][AXION]["table"] = False  # seconds each, and no matter here
        add_packages(info)
        model = get_model(info)
        sampled = set(model.parameterization.sampled_params())
        model.close()
    quantities = set(quantities_of(chain))
    assert set(ANALYSES[name].quantities) - quantities == ({"mnu"} if fixes_mnu(variant) else set())
    assert quantities <= sampled | set(model.parameterization.derived_params())
    assert ("omega_cdm" in sampled) == chain.joint
    assert chain.prefix == Path(f"chains/{name}__{variant}")
    assert chain.path == Path(f"inputs/{name}__{variant}.yaml")
    assert VARIANTS[variant].text in chain.path.read_text().splitlines()[0]


def test_an_analysis_itself_is_its_input():
    chain, original = chain_of(), yaml_load_file(str(find_input(NAME)))
    assert chain.prefix == Path(f"chains/{NAME}")
    assert chain.path == Path(f"inputs/{NAME}.yaml")
    for block in ("theory", "likelihood", "params"):
        assert {*chain.info[block]} == {*original[block]}
    for name, analysis in ANALYSES.items():
        assert {*analysis.quantities} <= {*yaml_load_file(str(find_input(name)))["params"]}


def test_least_sum_of_the_oscillation_variant_is_allowed_by_its_hierarchy():
    from hotaxion.theory.spectra.neutrinos import minimal_sum_ev, neutrino_sector

    info = chain_of("deramo2022_planck_bao2018_ksvz", "oscillations").info
    least = info["params"]["mnu"]["prior"]["min"]
    assert least == pytest.approx(minimal_sum_ev("normal"), abs=1e-5)
    assert min(neutrino_sector(least, "normal").masses_ev) >= 0
    assert info["params"]["mnu"]["prior"]["max"] == 0.6
    assert info["params"]["mnu"]["ref"]["loc"] > least


def test_variants_of_2211_03799_are_what_is_known_of_its_axions():
    """The pi pi amplitude itself, a fixed sum of neutrino masses; never axions at the start."""
    name = "notari2022_planck_bao2018_ksvz"
    assert "gluons" not in ANALYSES[name].variants
    for variant in (None, *ANALYSES[name].variants):
        info = chain_of(name, variant).info
        axion = theories.options_of_input(info)
        assert (axion.gluons, axion.initial, axion.T_pion) == ("none", "zero", 0.15)
        assert (axion.rates == "gkpy_raw") == ("gkpy_raw" in str(variant))
        assert (info["params"]["mnu"] == 0.06) == fixes_mnu(variant)


def test_class_replaces_the_emulator_where_there_is_one():
    joint = chain_of("deramo2022_planck_bao2018_ksvz", "with_bbn", use_class=True)
    assert joint.name == "deramo2022_planck_bao2018_ksvz__with_bbn_class"
    assert theories.DIRECT in joint.info["theory"]
    assert theories.EMULATED not in joint.info["theory"]
    assert chain_of(use_class=True) == chain_of()
