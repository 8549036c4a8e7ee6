"""Models of Cobaya: any options at any point, and points through the emulator."""

from __future__ import annotations

import copy
import math
from functools import lru_cache
from typing import Any

import numpy as np
from cobaya.model import Model, get_model
from cobaya.yaml import yaml_load_file
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import hotaxion.likelihoods
import hotaxion.theory
from hotaxion.analysis.inputs.names import find_input

from .outcome import Case, Part, require
from .values import like, options_of, words_of

_BBN = {
    "hotaxion.theory.HotAxion": {"table": False, "step": 0.1, "momenta": 40},
    "hotaxion.theory.BBN": {},
    "hotaxion.likelihoods.BBN": {},
}
_PARAMS = {"m_a": [0.0, 10.0], "omega_b": [0.016, 0.03], "delta_neff": None, "omega_axion": None}
_BACKGROUND = {"mnu": 0.06, "omega_cdm": 0.12, "H0": 67.5, "YHe": 0.247, "rdrag": None, "age": None}


@lru_cache
def _options(name: str) -> tuple[list[tuple[str, Any]], list[str]]:
    module, _, cls = name.rpartition(".")
    found = getattr(hotaxion.likelihoods if "likelihoods" in module else hotaxion.theory, cls)
    return sorted(options_of(found).items()), words_of(found)


@st.composite
def _some_options(draw: DrawFn, name: str) -> dict[str, Any]:
    known, words = _options(name)
    some = draw(st.lists(st.sampled_from(known), max_size=2, unique_by=lambda pair: pair[0]))
    return {option: draw(like(default, words)) for option, default in some}


def _evaluate(info: dict[str, Any], point: dict[str, float]) -> None:
    with get_model(copy.deepcopy(info)) as model:
        _require_answer(model, point)


def _require_answer(model: Model, point: dict[str, float]) -> None:
    """ln L is finite or -inf, and where it is finite, so is what is derived."""
    found = model.logposterior(point, cached=False)
    require(found.logpost == -math.inf or math.isfinite(found.logpost), f"{found}")
    if math.isfinite(found.logpost):
        require(np.isfinite(found.derived).all(), f"{found}")


@st.composite
def bbn_cases(draw: DrawFn) -> Case:
    """HotAxion, BBN and its likelihood with some options each, at a point."""
    blocks = {name: given | draw(_some_options(name)) for name, given in _BBN.items()}
    info = {
        kind: {name: one for name, one in blocks.items() if kind in name}
        for kind in ("theory", "likelihood")
    }
    point = {"m_a": draw(st.floats(0, 10)), "omega_b": draw(st.floats(0.016, 0.03))}
    info["params"] = _PARAMS
    return Case(f"{blocks!r} at {point}", lambda: _evaluate(info, point))


@st.composite
def class_cases(draw: DrawFn) -> Case:
    """The background of HotClassy: CLASS with some options, at a point."""
    given = draw(_some_options("hotaxion.theory.HotClassy"))
    theory = {"hotaxion.theory.HotAxion": {}, "hotaxion.theory.HotClassy": given}
    point = {"m_a": draw(st.floats(0, 10)), "omega_b": draw(st.floats(0.01, 0.04))}
    params = {name: _PARAMS[name] for name in point} | _BACKGROUND
    info = {"theory": theory, "likelihood": {"one": None}, "params": params}
    return Case(f"HotClassy {given!r} at {point}", lambda: _evaluate(info, point))


# --- points ----------------------------------------------------------------------------------


@lru_cache
def _joint() -> tuple[Model, list[str], np.ndarray, np.ndarray, np.ndarray]:
    """The joint posterior, its sampled parameters, their centre, widths and prior ranges."""
    info = yaml_load_file(str(find_input("hotaxion2026_ksvz")))
    info["theory"]["hotaxion.theory.EmulatedClassy"]["fallback"] = "error"
    older = [f"hotaxion.likelihoods.{name}" for name in ("SixdF2011", "SdssMGS", "BossDR12")]
    info["likelihood"] |= {name: {"may_share_data": older} for name in older}
    model = get_model({k: info[k] for k in ("theory", "likelihood", "prior", "params")})
    names = list(model.parameterization.sampled_params())
    centre = model.prior.reference(random_state=np.random.default_rng(0))
    widths = model.prior.reference_variances() ** 0.5
    return model, names, centre, widths, model.prior.bounds(confidence_for_unbounded=0.9999)


@st.composite
def point_cases(draw: DrawFn) -> Case:
    """Near, far, anywhere in the prior, at its corners and edges; the same point twice."""
    where = draw(st.sampled_from(["near", "far", "prior", "corner", "edge"]))
    seed = draw(st.integers(0, 2**32))

    def run() -> None:
        model, names, centre, widths, bounds = _joint()
        rng = np.random.default_rng(seed)
        values = rng.uniform(*bounds.T)
        if where in ("near", "far"):
            values = centre + widths * rng.normal(size=len(names)) * (1 if where == "near" else 20)
        elif where == "corner":
            values = rng.choice(bounds.T, axis=0)
        elif where == "edge":
            i = rng.integers(len(names))
            values = centre.copy()
            values[i] = np.nextafter(*rng.permutation(bounds[i]))
        point = dict(zip(names, values, strict=True))
        _require_answer(model, point)
        first, again = (model.loglikes(values, cached=False)[0] for _ in range(2))
        require(np.array_equal(first, again), f"{first} and then {again}")

    return Case(f"a point {where} (seed {seed})", run)


PARTS = [
    Part("Cobaya models of HotAxion and BBN", bbn_cases(), 50, 500),
    Part("HotClassy, background", class_cases(), 8, 50),
    Part("points through the emulator, twice", point_cases(), 120, 1200),
]
