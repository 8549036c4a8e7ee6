"""The commands `reproduce` and `limits`: published analyses, and bounds of companions."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from hotaxion.analysis.commands import (
    FAILED,
    GOOD,
    Commands,
    add_burn,
    add_forms,
    command,
    put,
    show,
    usage,
    whole_from,
)


def add_reproduce(commands: Commands) -> None:
    text = "run published analyses and their variants; table of published and our bounds, report"
    parser = command(commands, "reproduce", _reproduce, text)
    add = parser.add_argument
    text = "see --list; all: every one of them; companions: numbers of couplings, no chains"
    add("analysis", nargs="*", metavar="NAME", help=text)
    add("--list", action="store_true", help="print names, published numbers and variants")
    text = "chains at a time, one core each (default: the number of cores)"
    add("-j", "--jobs", type=whole_from(1), metavar="N", help=text)
    text = "CLASS itself instead of its emulator (prefixes then end in _class)"
    add("--class", dest="use_class", action="store_true", help=text)
    text = "folder for report.md, figures, logs, inputs of variants (default: chains/reproduce)"
    add("-o", "--output", type=Path, default=Path("chains/reproduce"), metavar="DIR", help=text)
    text = "folder of the chains; those that are finished there are used (default: chains)"
    add("--chains", type=Path, default=Path("chains"), metavar="DIR", help=text)
    add("--no-variants", dest="variants", action="store_false", help="the analyses alone")
    text = "nested importance sampling instead of chains, but for those of one parameter"
    add("--sampler", choices=("nautilus",), help=text)
    add("--fast", action="store_true", help="short chains of BBN analyses, to try the command")
    text = "write the table to reference/reproduced.md in the folder of the chains, too; with all"
    add("--reference", action="store_true", help=text)
    add_burn(parser)


def _reproduce(args: argparse.Namespace) -> int:
    from hotaxion.analysis.published.analyses import ALL, listing
    from hotaxion.analysis.published.companions import COMPANIONS

    if args.list:
        show(listing())
        show(f"{COMPANIONS}  numbers of papers on couplings, without chains")
        return GOOD
    if not args.analysis:
        return usage(args, "give NAME, or all, or --list")
    if COMPANIONS in args.analysis:
        return _companions(args)
    if args.reference and (args.analysis != [ALL] or args.fast or not args.variants):
        return usage(args, "--reference goes with all, without --fast and --no-variants")
    from hotaxion.analysis.published import plan as work
    from hotaxion.analysis.published import report as output
    from hotaxion.analysis.published.jobs import Options

    options = Options(**{field.name: getattr(args, field.name) for field in fields(Options)})
    result = work.reproduce(args.analysis, options, _say)
    show(output.to_text(result))  # first: whatever fails below, this is not lost
    _say(f"report: {output.write_report(result)}")
    for name, why in result.failed_figures.items():
        _say(f"the figure '{name}' failed: {why}")
    if args.reference and result.complete:
        _say(f"table: {output.write_table(result)}")
    elif args.reference:
        _say("reproduced.md is left as it was: not every chain is finished and read")
    return GOOD if result.complete and not result.failed_figures else FAILED


def _companions(args: argparse.Namespace) -> int:
    """The numbers without chains; refuses what goes with chains."""
    from hotaxion.analysis.published.companions import COMPANIONS, as_text
    from hotaxion.analysis.published.jobs import Options

    names = (*(option.name for option in fields(Options)), "reference")
    given = [name for name in names if getattr(args, name) != args.parser.get_default(name)]
    if given or args.analysis != [COMPANIONS]:
        return usage(args, f"{COMPANIONS} runs no chains: it stands alone, without options")
    show(as_text())
    return GOOD


def _say(line: str) -> None:
    print(f"hotaxion reproduce: {line}", file=sys.stderr, flush=True)


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
    masses.add_argument("--grid", nargs=3, type=float, metavar=("LOW", "HIGH", "N"), help=text)
    text = "of the likelihood, VALUE as in YAML; goes to each NAME that has it; repeatable"
    add("--option", action="append", default=[], type=_pair, metavar="KEY=VALUE", help=text)
    text = "probability of the bound (default: 0.95; none where a criterion is no probability)"
    add("--level", type=float, metavar="X", help=text)
    add_forms(parser, "json", "csv")
    text = "draw all NAMEs into a file (png, pdf), with KSVZ, DFSZ-I and the cosmological bound"
    add("--plot", type=Path, metavar="FILE", help=text)
    text = "a published bound for the figure: mass and coupling in two columns; repeatable"
    add("--curve", action="append", default=[], metavar="[LABEL=]FILE", help=text)


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
    masses = args.mass if args.grid is None else rows.mass_grid(*args.grid)
    curves = [rows.curve(name, masses, options, args.level) for name in args.names]
    if args.plot is not None:
        from hotaxion.analysis.limits import figure

        figure.write(curves, args.plot, args.curve)
    return put(
        args,
        lambda: rows.as_text(curves),
        json=lambda: rows.as_json(curves),
        csv=lambda: rows.as_csv(curves),
    )


def _pair(text: str) -> tuple[str, Any]:
    """KEY=VALUE."""
    import yaml

    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' given; give KEY=VALUE")
    try:
        found = yaml.safe_load(value)
    except yaml.YAMLError:
        raise argparse.ArgumentTypeError(f"'{text}' given; VALUE is no YAML") from None
    with suppress(ValueError):  # YAML takes 1e-3 for a text
        return key, float(found) if isinstance(found, str) else found
    return key, found
