"""Inputs: YAML files of any shape, and numbers on the command line."""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import random
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from cobaya.yaml import yaml_load_file
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from hotaxion.analysis.cli import build_parser, main
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.running import doctor
from hotaxion.theory.errors import HotAxionError

from ..one_point import evaluate
from .damage import damage
from .outcome import Case, Part, require, require_finite
from .seeded import seeded
from .values import TEXTS

# Values that YAML files may hold anywhere. No plain words: Cobaya imports a component by its name,
# and `x` may be anybody's module.
_TEXTS = st.one_of(
    st.text(alphabet="0123456789 :'\"{}[]()#&*!|>%@,.-+_é\n\t\0", max_size=6),
    st.sampled_from(["true", "null", "nan", "1e3", "lambda x: x", "no_such_name", "no.such.Name"]),
)
_NUMBER = st.one_of(st.floats(), st.integers(-3, 30), st.sampled_from([10**400, 1e-320, 1e308]))
_LEAF = st.one_of(st.none(), st.booleans(), _NUMBER, _TEXTS)
_YAML = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(_TEXTS, _NUMBER), inner, max_size=3)
    ),
    max_leaves=4,
)


@lru_cache
def _input() -> dict[str, Any]:
    """BBN alone, each point solved by itself: quick to set up."""
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"] |= {"solver": "number", "table": False, "step": 0.1}
    info["params"]["m_a"]["ref"] = 0.06
    return info


def _places(node: Any, path: tuple = ()) -> Iterator[tuple]:
    """Paths to all keys of mappings."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*path, key)
            yield from _places(value, (*path, key))


def _look(path: Path) -> None:
    """Evaluate an input, and have the doctor look at it; both must agree on whether it is good."""
    checks, _ = doctor.examine_yaml(path)
    for check in checks:  # what is no error of ours or of Cobaya is named by its type
        kind = check.text.partition(":")[0]
        require(not kind.endswith("Error") or kind in _OUR_ERRORS, f"doctor: {check.text}")
    require_finite(evaluate(path))


_OUR_ERRORS = {"LoggedError", "HotAxionError", "RangeError", "UnknownOptionError"}


@st.composite
def yaml_cases(draw: DrawFn) -> Case:
    """One or two places of an input hold something else, or nothing."""
    info = copy.deepcopy(_input())
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(list(_places(info))))
        *above, last = place
        block = info
        for key in above:
            block = block[key]
        if draw(st.booleans()) and draw(st.booleans()):
            del block[last]
        else:
            block[last if draw(st.integers(0, 3)) else draw(_TEXTS)] = draw(_YAML)

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "mine.yaml")
            path.write_text(yaml.safe_dump(info), encoding="utf-8")
            _look(path)

    return Case(f"{info!r}", run)


def damaged_yaml(rng: random.Random, folder: Path) -> None:
    """The text of an input, damaged."""
    path = folder / "mine.yaml"
    path.write_bytes(damage(yaml.safe_dump(_input()).encode(), rng))
    _look(path)


# --- command line ----------------------------------------------------------------------------
# Commands that need no files, and what keeps them quick.
_COMMANDS = {
    "abundance": ["--m-a", "0.1", "--solver", "number"],
    "scan": ["--points", "3", "--solver", "number"],
}
_WORDS = st.one_of(
    st.floats().map(repr),
    st.integers(-3, 60).map(str),
    st.floats(0.1, 3).map(repr),
    st.sampled_from(["1e400", "1e-320", "nan", "", "abc", "0x1", "1_0", "1e308", "٣", "1,5"]),
)


@lru_cache
def _options(command: str) -> list[argparse.Action]:
    """Options that take one value, of a command, from its own parser."""
    parser = build_parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    actions = commands.choices[command]._actions
    return [a for a in actions if a.option_strings and a.nargs is None and a.metavar]


@st.composite
def command_cases(draw: DrawFn) -> Case:
    """Any value for one to three options of a command."""
    command = draw(st.sampled_from(sorted(_COMMANDS)))
    argv = [command, *_COMMANDS[command]]
    for action in draw(st.lists(st.sampled_from(_options(command)), min_size=1, max_size=3)):
        word = draw(_WORDS)
        if "=" in str(action.metavar):
            word = f"{draw(st.sampled_from(['c_mu', 'c_g', 'l1', '0.5', 'x']))}={word}"
        elif action.type is None:
            word = draw(st.one_of(st.just(action.default or "x"), TEXTS))
        argv.append(f"{action.option_strings[-1]}={word}")
    return Case(" ".join(argv), lambda: _main(argv))


def _main(argv: list[str]) -> None:
    """Run a command; its complaints become HotAxionError, the last net a RuntimeError."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(argv)
    said = err.getvalue().strip()
    if "this is a bug" in said:
        raise RuntimeError(said)
    if code:
        raise HotAxionError(said.splitlines()[-1] if code == 2 else said)
    require("nan" not in out.getvalue() and "inf" not in out.getvalue(), out.getvalue())


PARTS = [
    Part("YAML inputs of any shape", yaml_cases(), 60, 1000),
    Part("damaged YAML inputs", seeded("YAML", damaged_yaml), 30, 300),
    Part("command-line values", command_cases(), 60, 1000),
]
