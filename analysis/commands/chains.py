"""The commands `bounds` and `profile`: what chains and profiles say."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.commands import GOOD, Commands, add_burn, command, show, usage, write

if TYPE_CHECKING:
    from hotaxion.analysis.chains.bounds import ChainBounds


def add_bounds(commands: Commands) -> None:
    text = "95 %% bounds and means of chains, with their Monte Carlo errors and convergence"
    parser = command(commands, "bounds", _bounds, text)
    add = parser.add_argument
    text = "prefix of the files, e.g. chains/run for chains/run.1.txt; LABEL=PREFIX to name it"
    add("chain", nargs="+", metavar="CHAIN", help=text)
    add("--params", nargs="+", metavar="NAME", help="default: those known")
    add_burn(parser)
    text = "also under priors flat in m_a, log m_a, f_a and delta_neff, by reweighting; of a relic "
    text += "that is no axion in m, m_eff and log m"
    add("--priors", action="store_true", help=text)
    text = "least mass of the priors flat in log m_a and f_a (default: 0.01)"
    add("--m-a-cut", type=float, metavar="EV", help=text)
    text = "profile likelihoods to show beside the posterior (files of hotaxion profile)"
    add("--profile", nargs="+", default=[], metavar="FILE", help=text)
    text = "evidences of nested samples instead, and the odds of each chain against the first"
    add("--evidence", action="store_true", help=text)
    form = parser.add_mutually_exclusive_group()
    text = "one line for each chain, and the published bounds of arXiv:2205.07849 below"
    form.add_argument("--beside", action="store_true", help=text)
    form.add_argument("--json", action="store_true", help="print JSON (a list if many chains)")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.set_defaults(parser=parser)


def _bounds(args: argparse.Namespace) -> int:
    if args.profile and len(args.chain) > 1:
        return usage(args, "--profile belongs to one CHAIN; give one")
    if args.m_a_cut is not None and not args.priors:
        return usage(args, "--m-a-cut belongs to --priors; add it, or leave it out")
    if args.beside and (args.params or args.priors or args.profile):
        return usage(args, "--beside shows upper bounds alone; leave out --params and the like")
    if args.evidence:
        return _evidence(args)
    from hotaxion.analysis.chains import tables

    results = [_result(given, args) for given in args.chain]
    if args.beside:
        show(tables.beside_published(results))
    elif args.json or args.csv:
        write((tables.to_json if args.json else tables.to_csv)(results))
    else:
        show("\n\n".join(map(tables.to_text, results)))
    for result in results:  # on stderr: tables are piped into files
        if not result.verdict.converged:
            text = f"chain {result.chain.prefix}: {result.verdict.text}"
            print(f"hotaxion: warning: {text}", file=sys.stderr)
    return GOOD


def _evidence(args: argparse.Namespace) -> int:
    others = (args.beside, args.params, args.priors, args.profile, args.csv)
    if any(others) or args.burn is not None:
        return usage(args, "--evidence goes with --json alone; leave the other options out")
    from hotaxion.analysis.chains.evidence import compare, to_text

    rows = compare(map(split_label, args.chain))
    if args.json:
        write(json.dumps(rows, indent=2))
    else:
        show(to_text(rows))
    return GOOD


def _result(given: str, args: argparse.Namespace) -> ChainBounds:
    """What is to be said of a CHAIN, LABEL=PREFIX or PREFIX."""
    from hotaxion.analysis.chains.bounds import M_A_CUT_EV, UPPER_BOUNDED
    from hotaxion.analysis.chains.chain import Chain
    from hotaxion.analysis.chains.profile import read_profile

    profiles = [read_profile(file) for file in args.profile]
    label, prefix = split_label(given)
    chain = Chain.load(prefix, args.burn)
    chain.label = label
    params = args.params
    if args.beside:
        params = [name for name in UPPER_BOUNDED if name in chain.parameters()]
    found = replace(chain.bounds(params), profiles=profiles)
    if not args.priors:
        return found
    from hotaxion.analysis.chains.reweight import prior_sensitivity  # and all of the physics

    cut = M_A_CUT_EV if args.m_a_cut is None else args.m_a_cut
    return replace(found, priors=prior_sensitivity(chain, None, cut))


def split_label(given: str) -> tuple[str, str]:
    """('LABEL', 'PREFIX') of LABEL=PREFIX; no label where files have the whole as their prefix."""
    path = Path(given)
    if "=" not in given or any(path.parent.glob(f"{escape(path.name)}[._]*")):
        return "", given
    label, _, prefix = given.rpartition("=")
    return label, prefix


def add_profile(commands: Commands) -> None:
    text = "profile likelihood of one parameter: the least chi^2 at each of a grid of values"
    parser = command(commands, "profile", _profile, text)
    add = parser.add_argument
    add("yaml", metavar="INPUT", help="an analysis by name, or a Cobaya input file")
    add("--param", required=True, metavar="NAME", help="the parameter, e.g. m_a or mnu")
    text = "its values; the points that FILE has are not computed again"
    add("--grid", nargs="+", type=float, required=True, metavar="X", help=text)
    text = "table to write, a line after each point; a stopped run goes on from it"
    add("-o", "--output", required=True, metavar="FILE", help=text)
    add("-p", "--packages-path", metavar="DIR", help="Cobaya's external data")
    add("--json", action="store_true", help="print JSON")


def _profile(args: argparse.Namespace) -> int:
    from hotaxion.analysis.chains.profile import to_text
    from hotaxion.analysis.running.profile_run import run_profile

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    profile = run_profile(
        args.yaml, args.param, args.grid, args.output, args.packages_path, report=report
    )
    if args.json:
        write(json.dumps(profile.as_dict(), indent=2))
    else:
        show(to_text(profile))
    return GOOD
