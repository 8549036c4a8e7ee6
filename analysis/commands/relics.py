"""The commands `abundance` and `scan`: relic axions, no data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hotaxion.analysis.commands import (
    GOOD,
    Commands,
    add_grid,
    add_options,
    command,
    options_of,
    show,
    usage,
    write,
)


def add_abundance(commands: Commands) -> None:
    parser = command(commands, "abundance", _abundance, "relic axions of one mass")
    text = "axion mass [eV]; m_a f_a = 5.691e6 eV GeV [1812.01008], but for model alp"
    parser.add_argument("--m-a", type=float, metavar="EV", help=text)
    text = "decay constant [GeV], in place of the mass; for model alp beside it"
    parser.add_argument("--f-a", type=float, metavar="GEV", help=text)
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(parser=parser)


def _abundance(args: argparse.Namespace) -> int:
    if args.m_a is None and args.f_a is None:
        return usage(args, "--m-a or --f-a is needed, e.g. --m-a 0.1")
    from hotaxion.analysis import abundances

    options = options_of(args)
    (row,) = abundances.scan(options, [args.m_a], args.f_a)
    if args.json:
        write(abundances.as_json(row, options))
    else:
        show(abundances.one_as_text(row, options))
    return GOOD


def add_scan(commands: Commands) -> None:
    parser = command(commands, "scan", _scan, "relic axions of many masses, as a table")
    add_grid(parser)
    text = "decay constant [GeV] of all masses, for model alp"
    parser.add_argument("--f-a", type=float, metavar="GEV", help=text)
    add_options(parser)
    text = "delta_neff with its theory error, and what each source adds to it"
    parser.add_argument("--band", action="store_true", help=text)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")


def _scan(args: argparse.Namespace) -> int:
    from hotaxion.analysis import abundances

    options = options_of(args)
    masses = abundances.mass_grid(args.m_a_min, args.m_a_max, args.points)
    rows: Sequence[abundances.Row]
    if args.band:
        rows = abundances.scan_with_band(options, masses, args.f_a)
        as_text = abundances.band_as_text
    else:
        rows, as_text = abundances.scan(options, masses, args.f_a), abundances.many_as_text
    if args.csv:
        write(abundances.many_as_csv(rows))
    elif args.json:
        write(abundances.as_json({"rows": rows}, options))
    else:
        show(as_text(rows, options))
    return GOOD
