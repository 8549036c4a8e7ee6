"""Why this test exists: a chain outlives the code that made it. Cobaya's `post` hands its record to
the components as it is, without the options that have been added since."""

from __future__ import annotations

import pytest
from cobaya.component import get_component_class


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("theory.HotAxion", "T_initial"),
        ("theory.BBN", "relics"),
        ("theory.HotClassy", "neutrino_nodes"),
        ("likelihoods.Neff", "one_sided"),
        ("likelihoods.BBN", "theory_error"),
    ],
)
def test_an_option_younger_than_the_record_has_its_default(name, missing):
    cls = get_component_class(f"hotaxion.{name}")
    defaults = cls.get_defaults()
    record = {key: value for key, value in defaults.items() if key not in (missing, "params")}
    if name == "likelihoods.Neff":
        record["preset"] = "planck2018"
    component = cls(record, standalone=False)
    assert getattr(component, missing) == defaults[missing]
