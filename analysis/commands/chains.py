"""The commands `bounds`, `profile` and `report`: what chains and profiles say."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from hotaxion.analysis.commands import GOOD, Commands, add_burn, command, usage

if TYPE_CHECKING:
    from hotaxion.analysis.chains.convergence import Verdict


def _print(text: str) -> None:
    """Print, '±' as '+-' where the terminal's encoding has none."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("±", "+-").encode(encoding, "backslashreplace").decode(encoding)
    print(text)


def add_bounds(commands: Commands) -> None:
    text = "95 %% bounds and means of chains, with their Monte Carlo errors and convergence"
    parser = command(commands, "bounds", _bounds, text)
    help_chain = "prefix of the files, e.g. chains/run for chains/run.1.txt"
    add = parser.add_argument
    add("chain", nargs="+", metavar="CHAIN", help=help_chain)
    add("--params", nargs="+", metavar="NAME", help="default: those known")
    add_burn(parser)
    text = "also under priors flat in m_a, log m_a, f_a and delta_neff, by reweighting"
    add("--priors", action="store_true", help=text)
    text = "least mass of the priors flat in log m_a and f_a (default: 0.01)"
    add("--m-a-cut", type=float, metavar="EV", help=text)
    text = "profile likelihoods to show beside the posterior (files of hotaxion profile)"
    add("--profile", nargs="+", default=[], metavar="FILE", help=text)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON (a list if many chains)")
    form.add_argument("--latex", action="store_true", help="print a LaTeX table (booktabs)")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.set_defaults(parser=parser)


def _bounds(args: argparse.Namespace) -> int:
    if args.profile and len(args.chain) > 1:
        return usage(args, "--profile belongs to one CHAIN; give one")
    if args.m_a_cut is not None and not args.priors:
        return usage(args, "--m-a-cut belongs to --priors; add it, or leave it out")
    from hotaxion.analysis.chains import tables as output
    from hotaxion.analysis.chains.bounds import chain_bounds
    from hotaxion.analysis.chains.prior_sensitivity import M_A_CUT_EV, prior_sensitivity
    from hotaxion.analysis.chains.profile import read_profile

    cut = M_A_CUT_EV if args.m_a_cut is None else args.m_a_cut
    profiles = [read_profile(file) for file in args.profile]
    sections = []
    for chain in args.chain:
        priors = prior_sensitivity(chain, None, args.burn, cut) if args.priors else []
        result = chain_bounds(chain, args.params, args.burn)
        sections.append(output.Section(result, priors, profiles))
    if args.json:
        _print(output.to_json(sections))
    elif args.latex:
        _print(output.to_latex(sections))
    elif args.csv:
        _print(output.to_csv(sections))
    else:
        _print("\n\n".join(output.to_text(section) for section in sections))
    for section in sections:
        _warn(section.result.chain, section.result.verdict)
    return GOOD


def _warn(chain: str, verdict: Verdict) -> None:
    """Say on stderr that a chain has not converged: tables are piped into files."""
    if not verdict.converged:
        print(f"hotaxion: warning: chain {chain}: {verdict.text}", file=sys.stderr)


def add_profile(commands: Commands) -> None:
    text = "profile likelihood of one parameter: the least chi^2 at each of a grid of values"
    parser = command(commands, "profile", _profile, text)
    add = parser.add_argument
    add("yaml", metavar="YAML", help="Cobaya input file")
    add("--param", required=True, metavar="NAME", help="the parameter, e.g. m_a or mnu")
    text = "its values; the points that FILE has are not computed again"
    add("--grid", nargs="+", type=float, required=True, metavar="X", help=text)
    text = "table to write, a line after each point; a stopped run goes on from it"
    add("-o", "--output", required=True, metavar="FILE", help=text)
    add("-p", "--packages-path", metavar="DIR", help="Cobaya's external data")
    add("--json", action="store_true", help="print JSON")


def _profile(args: argparse.Namespace) -> int:
    import json

    from hotaxion.analysis.chains.bounds import UNITS
    from hotaxion.analysis.chains.profile import to_text
    from hotaxion.analysis.running.profile_run import run_profile

    profile = run_profile(
        args.yaml,
        args.param,
        args.grid,
        args.output,
        args.packages_path,
        report=lambda line: print(line, file=sys.stderr, flush=True),
    )
    if args.json:
        print(json.dumps(profile.as_dict(), indent=2))
    else:
        _print(to_text(profile, UNITS.get(args.param, "")))
    return GOOD


def add_report(commands: Commands) -> None:
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
    from hotaxion.analysis.published.beside import run_summary

    _print(run_summary(runs, args.burn, warn=_warn))
    return GOOD
