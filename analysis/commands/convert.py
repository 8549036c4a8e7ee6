"""The command `convert`: one number of an axion into all others."""

from __future__ import annotations

import argparse
from pathlib import Path

from hotaxion.analysis.commands import (
    GOOD,
    Commands,
    add_options,
    command,
    options_of,
    show,
    usage,
    write,
)

_NAMES = "m_a, f_a, delta_neff, temperature_ratio, omega_axion, t_decoupling"


def add_convert(commands: Commands) -> None:
    text = "one number of an axion into all others; published bounds on Delta N_eff into masses"
    parser = command(commands, "convert", _convert, text)
    add = parser.add_argument
    text = f"one of {_NAMES} [eV, GeV, MeV]; model alp: m_a=VALUE and another"
    add("given", nargs="*", metavar="QUANTITY=VALUE", help=text)
    add_options(parser)
    text = "theory error: of delta_neff, or of m_a and f_a where that is given (ten seconds)"
    add("--band", action="store_true", help=text)
    text = "the published bounds of likelihoods/data/neff.yaml as bounds on the axion"
    add("--table", action="store_true", help=text)
    add("--json", action="store_true", help="print JSON")
    text = "input of a Boltzmann code for this axion and neutrinos: class, classpp"
    add("--for", dest="code", choices=("class", "classpp"), metavar="CODE", help=text)
    add("--mnu", type=float, metavar="EV", help="of it: sum of the neutrino masses (default: 0.06)")
    text = "of it: degenerate, one_massive, massless, normal, inverted (default: degenerate)"
    add("--hierarchy", metavar="NAME", help=text)
    text = "where to write it; distributions beside it (CLASS needs it, CLASS++ is else printed)"
    add("-o", "--output", type=Path, metavar="FILE", help=text)
    parser.set_defaults(parser=parser)


def _convert(args: argparse.Namespace) -> int:
    from hotaxion.analysis import conversions

    if complaint := _complaint(args):
        return usage(args, complaint)
    options, given = options_of(args), conversions.read_given(args.given)
    converter = conversions.Converter(options, args.band)
    if args.table:
        rows = converter.table(given)
        if args.json:
            write(conversions.table_as_json(rows, options))
        else:
            show(conversions.table_as_text(rows, options))
        return GOOD
    found = converter(given)
    if args.code:
        neutrinos = _neutrinos(args)
        print(conversions.write_input(found, options, args.code, neutrinos, args.output))
        return GOOD
    if args.json:
        write(conversions.as_json(found, options))
    else:
        show(conversions.as_text(found, options))
    return GOOD


def _complaint(args: argparse.Namespace) -> str:
    """What does not go together."""
    if not args.given and not args.table:
        return f"give QUANTITY=VALUE, one of {_NAMES}, or --table"
    if args.table and args.code:
        return "--for is of one axion: leave out --table"
    if args.code and (args.json or args.band):
        return "--for writes an input: leave out --json and --band"
    if not args.code and any(x is not None for x in (args.mnu, args.hierarchy, args.output)):
        return "--mnu, --hierarchy and -o go with --for"
    return ""


def _neutrinos(args: argparse.Namespace) -> tuple[float, str]:
    """Sum of masses [eV] and hierarchy."""
    from hotaxion.theory.spectra.neutrinos import HIERARCHY

    return 0.06 if args.mnu is None else args.mnu, args.hierarchy or HIERARCHY
