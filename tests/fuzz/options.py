"""Options: of every component by its own list of them, and arguments of the physics."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import hotaxion.likelihoods
import hotaxion.theory
from hotaxion.theory.nuclei.nucleosynthesis import RATE_SETS, BBNOptions, Nucleosynthesis
from hotaxion.theory.particle.couplings import MODELS, couplings, f_a_gev
from hotaxion.theory.rates.iam import low_energy_constants
from hotaxion.theory.rates.pipi import PionPhysics
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.plasma import Plasma
from hotaxion.theory.relics.shapes import thermal
from hotaxion.theory.spectra.neutrinos import HIERARCHIES, minimal_sum_ev, neutrino_sector

from .outcome import Case, Part, require, require_finite
from .values import NUMBERS, conforms, like, option_type, options_of, words_of

_THEORIES = [getattr(hotaxion.theory, name) for name in hotaxion.theory.__all__]
_LIKELIHOODS = [getattr(hotaxion.likelihoods, name) for name in hotaxion.likelihoods.__all__]
# What a mock likelihood cannot do without.
_MOCKS = {
    "MockCMB": {"path": "packaged", "dataset_file": "mock_ksvz_1eV_cmbs4.dataset"},
    "MockBAO": {
        "path": "packaged",
        "measurements_file": "mock_ksvz_1eV_desi_mean.txt",
        "cov_file": "mock_ksvz_1eV_desi_cov.txt",
    },
}
_DELTA_NEFF_MAX = 2.3  # of an axion in equilibrium until after the electrons have gone
_COARSE = {"step": 0.1, "momenta": 40}
_OPTIONS = {Abundance: AxionOptions, Nucleosynthesis: BBNOptions}  # what they are called with


@lru_cache
def _known(cls: type) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    """Options with their defaults, words, and declared types."""
    options = options_of(cls)
    return options, words_of(cls), {name: option_type(cls, name) for name in options}


@st.composite
def component_cases(draw: DrawFn, classes: list[type]) -> Case:
    """A component by itself, with one to three of its options changed."""
    cls = draw(st.sampled_from(classes))
    options, words, kinds = _known(cls)
    names = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=3, unique=True))
    given = {name: draw(like(options[name], words)) for name in names}

    def run() -> None:
        cls({**_MOCKS.get(cls.__name__, {}), **given})
        for name, value in given.items():
            wrong = f"{cls.__name__} takes {name} = {value!r}, declared as {kinds[name]}"
            default = options[name]
            emptied = value is None and isinstance(default, dict)  # Cobaya takes it for {}
            require(value is default or emptied or conforms(value, kinds[name]), wrong)

    return Case(f"{cls.__name__}({given!r})", run)


def _arguments(call: Callable[..., object]) -> dict[str, tuple[Any, Any]]:
    """Default and declared type of each argument, or of each option."""
    if call in _OPTIONS:
        hints, known = get_type_hints(_OPTIONS[call]), _OPTIONS[call].declared()
        return {name: (option.default, hints[name]) for name, option in known.items()}
    hints = get_type_hints(call.__init__ if isinstance(call, type) else call)
    found = inspect.signature(call).parameters.values()
    return {
        p.name: (None if p.default is p.empty else p.default, hints.get(p.name, Any)) for p in found
    }


@st.composite
def _given(draw: DrawFn, call: Callable[..., object], words: list[str]) -> dict[str, Any]:
    arguments = _arguments(call)
    parameters = inspect.signature(call).parameters
    required = [n for n in arguments if n in parameters and parameters[n].default is inspect._empty]
    names = draw(st.lists(st.sampled_from(sorted(arguments)), max_size=3, unique=True))
    return {
        name: draw(like(_centre(*arguments[name]), words))
        for name in dict.fromkeys([*required, *names])
    }


def _centre(default: object, kind: object) -> object:
    """A value that the argument may have, where it has no default."""
    return 0.5 if default is None and kind is float else default


def _require_types(call: Callable[..., object], given: dict[str, Any]) -> None:
    for name, (default, kind) in _arguments(call).items():
        if name in given:
            value = given[name]
            good = value is default or conforms(value, kind)
            require(good, f"{call.__name__} takes {name} = {value!r}, declared as {kind}")


_FUNCTIONS: dict[Callable[..., Any], list[str]] = {
    couplings: [*MODELS, "c_a_pi", "c_mu", "c_g"],
    f_a_gev: ["x"],
    neutrino_sector: list(HIERARCHIES),
    minimal_sum_ev: list(HIERARCHIES),
    thermal: ["fermion", "boson"],
    Plasma: ["x"],
    low_energy_constants: ["l1", "l2", "l3", "l4"],
    PionPhysics: ["x"],
    Nucleosynthesis: list(RATE_SETS),
}


@st.composite
def function_cases(draw: DrawFn) -> Case:
    """Functions of the physics with any arguments; abundances of BBN at any point."""
    call = draw(st.sampled_from(list(_FUNCTIONS)))
    given = draw(_given(call, _FUNCTIONS[call]))
    point = draw(st.tuples(st.one_of(st.floats(0.01, 0.04), NUMBERS), NUMBERS))

    def run() -> None:
        answer = call(**given)
        if call is Nucleosynthesis:
            answer = (answer.abundances(*point), answer.theory_error(*point))
        require_finite(answer)
        _require_types(call, given)

    where = f" at {point!r}" if call is Nucleosynthesis else ""
    return Case(f"{call.__name__}(**{given!r}){where}", run)


_M_A = st.one_of(st.floats(1e-3, 10), st.sampled_from([1e-12, 1e-6, 1e-3, 10.0]), NUMBERS)


@st.composite
def abundance_cases(draw: DrawFn) -> Case:
    """`Abundance` with any of its options, and a mass; coarse, to be quick."""
    words = sorted({*words_of(hotaxion.theory.HotAxion), *MODELS})
    given = draw(_given(Abundance, words))
    m_a = draw(_M_A)

    def run() -> None:
        relic = Abundance(**_COARSE | given)(m_a)
        require_finite(relic)
        require(0 <= relic.delta_neff < _DELTA_NEFF_MAX, f"Delta N_eff = {relic.delta_neff}")
        require(0 <= relic.omega_a_h2 < 0.02 * m_a + 1e-5, f"omega_a = {relic.omega_a_h2}")
        _require_types(Abundance, given)

    return Case(f"Abundance(**{given!r})({m_a!r})", run)


PARTS = [
    Part("options of theories", component_cases(_THEORIES), 250, 3000),
    Part("options of likelihoods", component_cases(_LIKELIHOODS), 150, 1500),
    Part("arguments of the physics", function_cases(), 300, 3000),
    Part("`Abundance` and a mass", abundance_cases(), 60, 2500),
]
