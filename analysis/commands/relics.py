"""The commands `abundance`, `scan` and `convert`: relic axions, no data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from hotaxion.analysis.commands import (
    GOOD,
    Commands,
    add_forms,
    add_grid,
    add_options,
    command,
    options_of,
    put,
    usage,
)

_QUANTITIES = "m_a, f_a, delta_neff, temperature_ratio, omega_axion, t_decoupling"


def add_abundance(commands: Commands) -> None:
    parser = command(commands, "abundance", _abundance, "relic axions of one mass")
    text = "axion mass [eV]; m_a f_a = 5.691e6 eV GeV [1812.01008], but for model alp"
    parser.add_argument("--m-a", type=float, metavar="EV", help=text)
    text = "decay constant [GeV], in place of the mass; for model alp beside it"
    parser.add_argument("--f-a", type=float, metavar="GEV", help=text)
    add_options(parser)
    add_forms(parser, "json")


def _abundance(args: argparse.Namespace) -> int:
    if args.m_a is None and args.f_a is None:
        return usage(args, "--m-a or --f-a is needed, e.g. --m-a 0.1")
    from hotaxion.analysis import abundances

    options = options_of(args)
    (row,) = abundances.scan(options, [args.m_a], args.f_a)
    text, json = abundances.one_as_text, abundances.as_json
    return put(args, lambda: text(row, options), json=lambda: json(row, options))


def add_scan(commands: Commands) -> None:
    parser = command(commands, "scan", _scan, "relic axions of many masses, as a table")
    add_grid(parser)
    text = "decay constant [GeV] of all masses, for model alp"
    parser.add_argument("--f-a", type=float, metavar="GEV", help=text)
    add_options(parser)
    text = "delta_neff with its theory error, and what each source adds to it"
    parser.add_argument("--band", action="store_true", help=text)
    add_forms(parser, "json", "csv")


def _scan(args: argparse.Namespace) -> int:
    from hotaxion.analysis import abundances

    options = options_of(args)
    masses = abundances.mass_grid(args.m_a_min, args.m_a_max, args.points)
    rows: Sequence[abundances.Row]
    if args.band:
        rows = abundances.scan_with_band(options, masses, args.f_a)
    else:
        rows = abundances.scan(options, masses, args.f_a)
    return put(
        args,
        lambda: abundances.many_as_text(rows, options, digits=3 if args.band else 5),
        json=lambda: abundances.as_json({"rows": rows}, options),
        csv=lambda: abundances.many_as_csv(rows),
    )


def add_convert(commands: Commands) -> None:
    text = "one number of an axion into all others; published bounds on Delta N_eff into masses"
    parser = command(commands, "convert", _convert, text)
    add = parser.add_argument
    text = f"one of {_QUANTITIES} [eV, GeV, MeV]; model alp: m_a=VALUE and another"
    add("given", nargs="*", metavar="QUANTITY=VALUE", help=text)
    add_options(parser)
    text = "theory error: of delta_neff, or of m_a and f_a where that is given (ten seconds)"
    add("--band", action="store_true", help=text)
    text = "the published bounds of likelihoods/data/neff.yaml as bounds on the axion"
    add("--table", action="store_true", help=text)
    add_forms(parser, "json")
    text = "input of a Boltzmann code for this axion and neutrinos: class, classpp"
    add("--for", dest="code", choices=("class", "classpp"), metavar="CODE", help=text)
    add("--mnu", type=float, metavar="EV", help="of it: sum of the neutrino masses (default: 0.06)")
    text = "of it: degenerate, one_massive, massless, normal, inverted (default: degenerate)"
    add("--hierarchy", metavar="NAME", help=text)
    text = "where to write it; distributions beside it (CLASS needs it, CLASS++ is else printed)"
    add("-o", "--output", type=Path, metavar="FILE", help=text)


def _convert(args: argparse.Namespace) -> int:
    from hotaxion.analysis import abundances, conversions

    if complaint := _complaint(args):
        return usage(args, complaint)
    options, given = options_of(args), conversions.read_given(args.given)
    converter = conversions.Converter(options, args.band)
    if args.table:
        rows = converter.table(given)
        return put(
            args,
            lambda: conversions.table_as_text(rows, options),
            json=lambda: abundances.as_json({"rows": rows}, options),
        )
    found = converter(given)
    if args.code:
        neutrinos = _neutrinos(args)
        print(conversions.write_input(found, options, args.code, neutrinos, args.output))
        return GOOD
    text, json = conversions.as_text, conversions.as_json
    return put(args, lambda: text(found, options), json=lambda: json(found, options))


def _complaint(args: argparse.Namespace) -> str:
    """What does not go together."""
    if not args.given and not args.table:
        return f"give QUANTITY=VALUE, one of {_QUANTITIES}, or --table"
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
