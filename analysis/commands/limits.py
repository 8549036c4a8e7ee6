"""The command `limits`: bounds on a coupling from one search, mass by mass."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hotaxion.analysis.commands import GOOD, Commands, command, show, usage, write


def add_limits(commands: Commands) -> None:
    text = "bounds on a coupling from laboratories, the Sun and stars, mass by mass"
    parser = command(commands, "limits", _limits, text)
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="see --list")
    add("--list", action="store_true", help="print the names, each with what it is")
    masses = parser.add_mutually_exclusive_group()
    text = "masses, in the unit of the search (default: a grid of its own)"
    masses.add_argument("--mass", type=float, nargs="+", metavar="M", help=text)
    text = "N masses, even in their logarithm"
    masses.add_argument("--grid", nargs=3, metavar=("LOW", "HIGH", "N"), help=text)
    text = "of the likelihood, VALUE as in YAML; goes to each NAME that has it; repeatable"
    add("--option", action="append", default=[], type=_pair, metavar="KEY=VALUE", help=text)
    text = "probability of the bound (default: 0.95; none where a criterion is no probability)"
    add("--level", type=float, metavar="X", help=text)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    text = "draw all NAMEs into a file (png, pdf), with KSVZ, DFSZ-I and the cosmological bound"
    add("--plot", type=Path, metavar="FILE", help=text)
    text = "a published bound for the figure: mass and coupling in two columns; repeatable"
    add("--curve", action="append", default=[], metavar="[LABEL=]FILE", help=text)
    parser.set_defaults(parser=parser)


def _limits(args: argparse.Namespace) -> int:
    from hotaxion.analysis.limits import registry, rows

    if args.list:
        show(registry.listing())
        return GOOD
    if not args.names:
        return usage(args, "give NAME, or --list")
    if args.curve and args.plot is None:
        return usage(args, "--curve goes with --plot")
    options = dict(args.option)
    registry.check_options(args.names, options)
    masses = args.mass if args.grid is None else _grid(args.grid)
    curves = [rows.curve(name, masses, options, args.level) for name in args.names]
    if args.plot is not None:
        from hotaxion.analysis.limits import figure

        figure.write(curves, args.plot, args.curve)
    if args.csv or args.json:
        write((rows.as_csv if args.csv else rows.as_json)(curves))
    else:
        show(rows.as_text(curves))
    return GOOD


def _grid(words: list[str]) -> list[float]:
    """LOW HIGH N; what is no number is refused in the words of the others."""
    from hotaxion.analysis.limits.rows import mass_grid

    found: list[Any] = []
    for word in words:
        try:
            found.append(float(word))
        except ValueError:
            found.append(word)
    return mass_grid(*found)


def _pair(text: str) -> tuple[str, Any]:
    """KEY=VALUE."""
    import yaml

    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' given; give KEY=VALUE")
    try:
        found = yaml.safe_load(value)
        return key, float(found) if isinstance(found, str) and _is_number(found) else found
    except yaml.YAMLError:
        raise argparse.ArgumentTypeError(f"'{text}' given; VALUE is no YAML") from None


def _is_number(text: str) -> bool:
    """Whether Python takes it for a number where YAML does not (1e-3)."""
    try:
        float(text)
    except ValueError:
        return False
    return True
