"""The command `plot`: figures of chains and of the physics behind them."""

from __future__ import annotations

import argparse

from hotaxion.analysis.commands import (
    GOOD,
    Commands,
    add_burn,
    add_grid,
    add_options,
    command,
    flag_of,
    options_of,
    usage,
)
from hotaxion.analysis.figures.kinds import KINDS, OF_CHAINS
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.relics.options import AxionOptions


def add_plot(commands: Commands) -> None:
    text = "figures as PDF and PNG: of chains (default: triangle), abundances, spectra"
    parser = command(commands, "plot", _plot, text)
    add = parser.add_argument
    add("chain", nargs="*", metavar="CHAIN", help="prefix of the chain files")
    add("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    add("--kind", metavar="KIND", help=f"{', '.join(KINDS)} (default: triangle)")
    add("--params", nargs="+", metavar="NAME", help="axes of the triangle")
    add("--labels", nargs="+", metavar="TEXT", help="names of the chains")
    add_burn(parser)
    add("--profile", metavar="FILE", help="of the kind profile: a file of hotaxion profile")
    text = "of the kind light-elements: measurements, 2026 or paper2022 (default: 2026)"
    add("--preset", metavar="NAME", help=text)
    text = "of the kind light-elements: baryon density of the track (default: 0.02236)"
    add("--omega-b", type=float, metavar="X", help=text)
    text = "of the kind spectra: masses [eV], one run of CLASS each (default: 0.1 0.3 1)"
    add("--masses", nargs="+", type=float, metavar="EV", help=text)
    text = "of the kind spectra: largest multipole (default: 2500)"
    add("--l-max", type=int, metavar="L", help=text)
    text = "of the kind priors: least mass of those that need one (default: 0.01)"
    add("--m-a-cut", type=float, metavar="EV", help=text)
    add("--abundance", action="store_true", help="the same as --kind abundance without chains")
    add_grid(parser)
    add_options(parser)
    # None is what no option can be given as: what is not None was given, default or not.
    nothing = dict.fromkeys(set().union(*(used_by(kind) for kind in KINDS)))
    parser.set_defaults(parser=parser, **nothing)


def used_by(kind: str) -> set[str]:
    """Names of all options that a kind uses, as argparse has them."""
    entry = KINDS[kind]
    physics = AxionOptions.declared() if entry.physics else ()
    return {*entry.options, *physics} - set(entry.less)


def _flag(name: str) -> str:
    return "--no-fermions" if name == "fermions" else flag_of(name)


def _wrong(args: argparse.Namespace, kind: str, given: set[str]) -> str | None:
    """What does not fit together, None if all does."""
    if kind not in KINDS:
        kinds = "; ".join(f"{name}: {entry.text}" for name, entry in KINDS.items())
        return f"--kind {kind!r}: give one of {kinds}"
    entry = KINDS[kind]
    if args.abundance and (args.chain or kind != "abundance"):
        return "--abundance takes no chain and no other kind; see --kind abundance"
    if entry.chains == "needed" and not args.chain:
        return f"the kind {kind} needs a CHAIN (or give another --kind)"
    if entry.chains == "none" and args.chain:
        return f"the kind {kind} takes no CHAIN"
    for name in sorted(given - used_by(kind)):
        others = ", ".join(other for other in KINDS if name in used_by(other))
        return f"the kind {kind} does not use {_flag(name)}; leave it out (it is for: {others})"
    for name in entry.needs:
        if name not in given:
            return f"the kind {kind} needs {_flag(name)}"
    for name in OF_CHAINS:
        if name in given and not args.chain:
            return f"{_flag(name)} is for chains, and no CHAIN is given; leave it out"
    if args.labels is not None and len(args.labels) != len(args.chain):
        return f"{len(args.labels)} labels for {len(args.chain)} chains; give one for each"
    return None


def _plot(args: argparse.Namespace) -> int:
    from hotaxion.analysis.figures import kinds as plots

    default = "abundance" if args.abundance else "triangle"
    kind = default if args.kind is None else args.kind
    values = {name: value for name, value in vars(args).items() if value is not None}
    given = set(values) & set().union(*(used_by(name) for name in KINDS))
    if complaint := _wrong(args, kind, given):
        return usage(args, complaint)
    _check_matplotlib()
    options = {name: values[name] for name in given if name in KINDS[kind].options}
    if given & set(AxionOptions.declared()):
        options["options"] = options_of(args)
    files = plots.draw(kind, args.output, args.chain, **options)
    print("\n".join(str(file) for file in files))
    return GOOD


def _check_matplotlib() -> None:
    """Raises HotAxionError where matplotlib refuses its own settings."""
    try:
        import matplotlib  # noqa: F401
    except ValueError as error:  # of MPLBACKEND
        raise HotAxionError(f"matplotlib: {error}; unset MPLBACKEND.") from None
