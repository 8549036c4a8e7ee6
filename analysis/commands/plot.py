"""The command `plot`: figures of chains and of the physics behind them."""

from __future__ import annotations

import argparse

from hotaxion.analysis import figures
from hotaxion.analysis.commands import (
    GOOD,
    Commands,
    add_burn,
    add_flag,
    add_options,
    command,
    flag_of,
    options_of,
    usage,
)
from hotaxion.theory.errors import HotAxionError, UnknownOptionError


def add_plot(commands: Commands) -> None:
    text = "figures as PDF and PNG: of chains (default: triangle), abundances, spectra"
    parser = command(commands, "plot", _plot, text)
    add = parser.add_argument
    add("chain", nargs="*", metavar="CHAIN", help="prefix of the chain files")
    add("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    text = f"{', '.join(figures.KINDS)} (default: triangle)"
    add("--kind", metavar="KIND", default="triangle", help=text)
    add("--labels", nargs="+", metavar="TEXT", help="names of the chains")
    add_burn(parser)
    parser.set_defaults(parser=parser)


def add_kinds(parser: argparse.ArgumentParser) -> None:
    """Add the options of all kinds, for which their modules are imported."""
    for name, kind in figures.all_kinds().items():
        for option, known in kind.options.items():
            add_flag(parser, option, known, f"of the kind {name}: ")
    add_options(parser)


def _wrong(args: argparse.Namespace, given: set[str]) -> str | None:
    """What does not fit together, None if all does."""
    kinds, name, chains = figures.all_kinds(), args.kind, len(args.chain)
    if name not in kinds:
        return str(UnknownOptionError("kind (option --kind)", name, kinds))
    kind = kinds[name]
    if kind.chains == "needed" and not chains:
        return f"the kind {name} needs a CHAIN (or give another --kind)"
    if kind.chains == "none" and chains:
        return f"the kind {name} takes no CHAIN"
    for option in sorted(given - kind.used):
        others = ", ".join(other for other, known in kinds.items() if option in known.used)
        flag = flag_of(option if getattr(args, option) is not False else f"no_{option}")
        return f"the kind {name} does not use {flag}; leave it out (it is for: {others})"
    for option in set(kind.needs) - given:
        return f"the kind {name} needs {flag_of(option)}"
    for option in set() if chains else given.intersection(kind.of_chains):
        return f"{flag_of(option)} is for chains, and no CHAIN is given; leave it out"
    if args.labels and len(args.labels) != chains:
        return f"{len(args.labels)} labels for {chains} chains; give one for each"
    return None


def _plot(args: argparse.Namespace) -> int:
    used = set().union(*(kind.used for kind in figures.all_kinds().values()))
    given = {key: v for key, v in vars(args).items() if key in used and v is not None}
    if complaint := _wrong(args, set(given)):
        return usage(args, complaint)
    try:
        import matplotlib  # noqa: F401
    except ValueError as error:  # of MPLBACKEND
        raise HotAxionError(f"matplotlib: {error}; unset MPLBACKEND.") from None
    axion = figures.kind_named(args.kind).axion.intersection(given)
    options = {key: value for key, value in given.items() if key not in axion}
    if axion:
        options["axion"] = options_of(args)
    print(*figures.draw(args.kind, args.output, args.chain, **options), sep="\n")
    return GOOD
