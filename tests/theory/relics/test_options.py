"""Why this test exists: an option that is written down in several places has several defaults,
names and ranges before long."""

from __future__ import annotations

import argparse
import ast
from dataclasses import FrozenInstanceError, asdict, replace
from functools import lru_cache
from pathlib import Path

import pytest
from cobaya.yaml import yaml_load

from hotaxion.analysis.commands import add_options, options_of
from hotaxion.theory import BBN, HotAxion
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.nuclei.nucleosynthesis import BBNOptions, Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

ROOT = Path(__file__).resolve().parents[3]
COMPONENTS = [(HotAxion, AxionOptions), (BBN, BBNOptions)]
# Modules that may use an option: its dataclass, the physics, the error budget.
MOST = 3
# Those that titles, names of data files, parameters of a training or other physics have, too.
WORDS = {
    "model",
    "tan_beta",
    "rates",
    "pion_scale",
    "gluons",
    "kaons",
    "nucleons",
    "fermions",
    "lecs",
}


# --- one default, one name -------------------------------------------------------------------


@pytest.mark.parametrize(("component", "options"), COMPONENTS)
def test_cobaya_has_the_defaults_of_the_dataclass(component, options):
    defaults = component.get_defaults()
    for name, value in asdict(options()).items():
        if name == "tan_beta":  # a parameter of HotAxion
            assert name not in defaults
        else:
            assert (defaults[name], type(defaults[name])) == (value, type(value))
    text = (ROOT / "theory" / "components" / f"{component.__name__}.yaml").read_text()
    assert not yaml_load(text).keys() & options.declared().keys()


def test_subclasses_of_a_component_have_its_defaults():
    class LeadingOrder(HotAxion):
        rates = "lo"

    assert LeadingOrder.get_defaults() == HotAxion.get_defaults() | {"rates": "lo"}


def test_flags_have_the_names_of_the_options_and_no_defaults_of_their_own():
    parser = argparse.ArgumentParser()
    add_options(parser)
    nothing = parser.parse_args([])
    assert vars(nothing) == dict.fromkeys(AxionOptions.declared())
    assert options_of(nothing) == AxionOptions() == Abundance().options
    for action in parser._actions[1:]:
        assert action.option_strings[0] == "--" + action.dest.replace("_", "-")


def test_every_option_is_explained():
    for _, options in COMPONENTS:
        for known in options.declared().values():
            assert known.text
            assert known.reference
            assert known.choices or known.kind is not str
            assert (known.default is None) == (known.written == "")


# --- few places ------------------------------------------------------------------------------


@lru_cache
def _mentions() -> list[tuple[str, set[str]]]:
    """Each module with the names that it declares, takes from options, gives, or has as a text."""
    found = []
    for folder in ("theory", "analysis", "likelihoods"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            names = {n.attr for n in nodes if isinstance(n, ast.Attribute) and _is_options(n.value)}
            names |= {n.arg for n in nodes if isinstance(n, ast.keyword) and n.arg}
            names |= {n.value for n in nodes if isinstance(n, ast.Constant) and _is_text(n)}
            names |= {n.target.id for n in nodes if _declares(n)}
            found.append((str(path.relative_to(ROOT)), names))
    return found


def _is_options(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("options", "_options", "axion", "self")


def _is_text(node: ast.Constant) -> bool:
    return isinstance(node.value, str)


def _declares(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


@pytest.mark.parametrize("name", sorted({*AxionOptions.declared(), *BBNOptions.declared()} - WORDS))
def test_an_option_is_in_few_places(name):
    modules = [module for module, names in _mentions() if name in names]
    assert len(modules) <= MOST, modules


# --- frozen, checked, comparable -------------------------------------------------------------


def test_options_are_frozen_and_keys():
    options = AxionOptions(rates="iam", lecs={"l1": 0.2}, knots={0.5: 1e-3})
    with pytest.raises(FrozenInstanceError):
        options.rates = "lo"
    same = AxionOptions(rates="iam", lecs={"l1": 0.2}, knots={0.5: 1e-3})
    assert (options, hash(options)) == (same, hash(same))
    assert len({options, same, replace(options, lecs={"l1": 0.3}), replace(options, step=0.1)}) == 3


def test_keywords_are_changes_of_options():
    options = AxionOptions(rates="lo", momenta=40)
    assert Abundance(options, solver="number").options == replace(options, solver="number")
    assert Nucleosynthesis(tau_n=879.0).options == BBNOptions(tau_n=879.0)


@pytest.mark.parametrize("make", [Abundance, Nucleosynthesis])
def test_what_is_no_option_is_refused(make):
    with pytest.raises(UnknownOptionError, match="Did you mean 'rates'"):
        make(rate="lo")
    with pytest.raises(RangeError, match="needed is an object of"):
        make("lo")


def test_options_in_words():
    assert AxionOptions().in_words() == "model ksvz, rates gkpy, gluons htl, solver momentum"
    assert "kaons data" in AxionOptions(kaons="data").in_words()


# --- two numbers decide ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "factors"),
    [
        (dict(pion_scale=2.0), (2.0, 1.0)),
        (dict(gluon_scale=3.0), (1.0, 3.0)),
        (dict(z_ud=0.4, pion_scale=0.5), (0.5 * (0.6 / 1.4 * 1.472 / 0.528) ** 2, 1.0)),
    ],
    ids=str,
)
def test_options_of_equal_strengths_have_equal_relics(change, factors):
    """P C_a_pi^2 and G: C_a_pi is (1 - z)/(1 + z)/3 for KSVZ."""
    scaled = Abundance().scaled(*factors)(0.1).delta_neff
    assert scaled == pytest.approx(Abundance(**change)(0.1).delta_neff, rel=1e-12)
    assert scaled != pytest.approx(Abundance()(0.1).delta_neff, rel=1e-4)
