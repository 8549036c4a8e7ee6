"""One module for each group of commands; here what they share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from hotaxion.analysis.abundances import GRID
from hotaxion.analysis.text import fit, terminal_width
from hotaxion.theory.options import Option
from hotaxion.theory.relics.options import AxionOptions

# What `add_subparsers` gives.
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

GOOD, FAILED = 0, 1  # argparse itself uses 2 for wrong usage
_LONGEST_USAGE = 6  # lines
_WIDTH = 120  # of the help at most: each option of the physics then takes one line


class Parser(argparse.ArgumentParser):
    """Wrong usage is answered by a sentence: a long usage before it would hide it."""

    def print_usage(self, file: Any = None) -> None:
        usage = self.format_usage()
        if usage.count("\n") > _LONGEST_USAGE:
            usage = f"usage: {self.prog} ...    ('{self.prog} --help' has its options)\n"
        self._print_message(usage, file)


def command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """Add one command; `run` takes the parsed arguments and returns the exit code."""
    sentence = text[0].upper() + text[1:].replace("%%", "%") + "."
    parser = commands.add_parser(name, help=text, description=sentence)
    parser.set_defaults(run=run, parser=parser)
    return parser


def add_forms(parser: argparse.ArgumentParser, *names: str) -> argparse._MutuallyExclusiveGroup:
    """Add ``--json`` and ``--csv``, those of them that are named, for `put`."""
    about = {"json": "print JSON", "csv": "print comma-separated values"}
    group = parser.add_mutually_exclusive_group()
    for name in names:
        group.add_argument(f"--{name}", action="store_true", help=about[name])
    return group


def put(args: argparse.Namespace, text: Callable[[], str], **forms: Callable[[], str]) -> int:
    """Print one of the forms, by the name of its flag, if it is asked for, else the text."""
    for name, form in forms.items():
        if getattr(args, name):
            write(form())
            return GOOD
    show(text())
    return GOOD


def usage(args: argparse.Namespace, text: str) -> int:
    """Print a complaint as argparse does; returns its exit code."""
    args.parser.print_usage(sys.stderr)
    print(f"{args.parser.prog}: error: {text}", file=sys.stderr)
    return 2


def show(text: str) -> None:
    """Print text and tables for a reader: sentences are wrapped at the width of the terminal."""
    write(fit(text))


def write(text: str) -> None:
    """Print, '±' as '+-' where the terminal's encoding has none."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("±", "+-").encode(encoding, "backslashreplace").decode(encoding)
    print(text, flush=True)


def whole_from(least: int, *words: str, most: int = 10**18) -> Callable[[str], int | str]:
    """The type of a flag that is a whole number, or one of some words."""

    def read(text: str) -> int | str:
        if text in words:
            return text
        if not (text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
            allowed = " or ".join([f"a whole number from {least}", *words])
            raise argparse.ArgumentTypeError(f"'{text}' given; give {allowed}")
        return int(text)

    return read


def add_burn(parser: argparse.ArgumentParser) -> None:
    """Add ``--burn``."""
    text = "fraction dropped at the start of each chain (default: 0.3; none where post skipped it)"
    parser.add_argument("--burn", type=float, metavar="FRACTION", help=text)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs``."""
    text = "processes (default: the number of cores)"
    parser.add_argument("-j", "--jobs", type=int, metavar="N", help=text)


def add_grid(parser: argparse.ArgumentParser) -> None:
    """Add the grid of masses."""
    for name, option in GRID.items():
        add_flag(parser, name, option)
        parser.set_defaults(**{name: option.default})


def add_options(parser: argparse.ArgumentParser) -> None:
    """Every option of the abundance as a flag, on one line of the help with its reference.

    What is not given stays None. Names and ranges are checked by the physics, which knows them.
    """
    parser.formatter_class = _formatter
    group = parser.add_argument_group("physics (in brackets: arXiv)")
    for name, option in AxionOptions.declared().items():
        add_flag(group, name, option)


def add_flag(
    group: argparse.ArgumentParser | argparse._ArgumentGroup,
    name: str,
    option: Option,
    whose: str = "",
) -> None:
    """Add an option as a flag; `whose` begins the line of the help."""
    keywords: dict[str, Any] = {"type": option.kind, "metavar": option.unit.upper() or "X"}
    if option.kind is bool:
        keywords = {"action": argparse.BooleanOptionalAction}
    elif option.kind is dict:
        form = "GEV=X" if option.keys is float else "NAME=X"
        keywords = {"action": "append", "type": _pair(option.keys, form), "metavar": form}
    elif option.kind is str:
        keywords["metavar"] = "NAME"
    if option.many:
        keywords["nargs"] = "+"
    group.add_argument(flag_of(name), help=whose + _help(option), **keywords)


def flag_of(name: str) -> str:
    """How an option is typed."""
    return "--" + name.replace("_", "-")


def _help(option: Option) -> str:
    text = option.about + ("; repeatable" if option.kind is dict else "")
    return f"{text} (default: {option.written})" if option.written else text


def _formatter(prog: str) -> argparse.HelpFormatter:
    width = min(_WIDTH, terminal_width() or _WIDTH)
    return argparse.HelpFormatter(prog, max_help_position=30, width=width)


def _pair(kind: Callable[[str], Any], form: str) -> Callable[[str], tuple[Any, float]]:
    """The type of a flag that is NAME=X, the name of some kind and X a number."""

    def read(text: str) -> tuple[Any, float]:
        try:
            name, value = text.split("=")
            return kind(name.strip()), float(value)
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' given; give {form}, X a number") from None

    return read


def options_of(args: argparse.Namespace) -> AxionOptions:
    """What `add_options` read; raises UnknownOptionError or RangeError."""
    given = {name: getattr(args, name, None) for name in AxionOptions.declared()}
    changes = {name: value for name, value in given.items() if value is not None}
    pairs = {name: dict(value) for name, value in changes.items() if isinstance(value, list)}
    return AxionOptions.of(None, changes | pairs)
