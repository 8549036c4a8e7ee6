"""The commands `bounds`, `plot` and `report`: what chains say."""

from __future__ import annotations

import argparse

from hotaxion.analysis.commands import (
    GOOD,
    add_burn,
    add_grid,
    add_options,
    command,
    options_of,
    usage,
)


def add_bounds(commands) -> None:
    text = "95 %% bounds and means of chains, with their Monte Carlo errors"
    parser = command(commands, "bounds", _bounds, text)
    help_chain = "prefix of the files, e.g. chains/run for chains/run.1.txt"
    parser.add_argument("chain", nargs="+", metavar="CHAIN", help=help_chain)
    parser.add_argument("--params", nargs="+", metavar="NAME", help="default: those known")
    add_burn(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON (a list if many chains)")
    form.add_argument("--latex", action="store_true", help="print a LaTeX table")


def _bounds(args: argparse.Namespace) -> int:
    from hotaxion.analysis import bounds

    results = [bounds.chain_bounds(chain, args.params, args.burn) for chain in args.chain]
    if args.json:
        print(bounds.to_json(results))
    elif args.latex:
        print(bounds.to_latex(results))
    else:
        print("\n\n".join(bounds.to_text(result) for result in results))
    return GOOD


def add_plot(commands) -> None:
    text = "triangle plot of chains, or (--abundance) the curve Delta N_eff(m_a); PDF and PNG"
    parser = command(commands, "plot", _plot, text)
    parser.add_argument("chain", nargs="*", metavar="CHAIN", help="prefix of the chain files")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--params", nargs="+", metavar="NAME", help="axes of the triangle")
    parser.add_argument("--labels", nargs="+", metavar="TEXT", help="names of the chains")
    add_burn(parser)
    parser.add_argument("--abundance", action="store_true", help="draw Delta N_eff(m_a)")
    add_grid(parser)
    add_options(parser)
    parser.set_defaults(parser=parser)


def _plot(args: argparse.Namespace) -> int:
    if bool(args.chain) == args.abundance:
        return usage(args, "give either a CHAIN or --abundance")
    if args.labels and len(args.labels) != len(args.chain):
        return usage(args, f"{len(args.labels)} labels for {len(args.chain)} chains")
    from hotaxion.analysis import plots

    if args.abundance:
        grid = (args.m_a_min, args.m_a_max, args.points)
        files = plots.abundance_curve(args.output, options_of(args), *grid)
    else:
        files = plots.triangle(args.chain, args.output, args.params, args.burn, args.labels)
    print("\n".join(str(file) for file in files))
    return GOOD


def add_report(commands) -> None:
    text = "final table of 95 %% bounds beside the published ones (arXiv:2205.07849)"
    parser = command(commands, "report", _report, text)
    parser.add_argument(
        "--chain",
        action="append",
        required=True,
        metavar="LABEL=PREFIX",
        help="a chain and its name in the table; may be repeated",
    )
    add_burn(parser)
    parser.set_defaults(parser=parser)


def _report(args: argparse.Namespace) -> int:
    runs = []
    for given in args.chain:
        label, equals, prefix = given.rpartition("=")
        if not (equals and label and prefix):
            return usage(args, f"--chain {given!r}: give LABEL=PREFIX, e.g. BBN=chains/bbn_ksvz")
        runs.append((label, prefix))
    from hotaxion.analysis.report import run_summary

    print(run_summary(runs, args.burn))
    return GOOD
