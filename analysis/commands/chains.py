"""The commands `bounds` and `profile`: what chains and profiles say."""

from __future__ import annotations

import argparse
import sys
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis.commands import GOOD, Commands, add_burn, command, usage

if TYPE_CHECKING:
    from hotaxion.analysis.chains.bounds import ChainBounds
    from hotaxion.analysis.chains.profile import Profile
    from hotaxion.analysis.chains.tables import Section

# of `--beside`
_COLUMNS = {"delta_neff": "delta_neff", "m_a": "m_a [eV]", "mnu": "sum m_nu [eV]"}


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
    help_chain = (
        "prefix of the files, e.g. chains/run for chains/run.1.txt; LABEL=PREFIX to name it"
    )
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
    text = "one line for each chain, and the published bounds of arXiv:2205.07849 below"
    form.add_argument("--beside", action="store_true", help=text)
    form.add_argument("--json", action="store_true", help="print JSON (a list if many chains)")
    form.add_argument("--latex", action="store_true", help="print a LaTeX table (booktabs)")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")
    parser.set_defaults(parser=parser)


def _bounds(args: argparse.Namespace) -> int:
    if args.profile and len(args.chain) > 1:
        return usage(args, "--profile belongs to one CHAIN; give one")
    if args.m_a_cut is not None and not args.priors:
        return usage(args, "--m-a-cut belongs to --priors; add it, or leave it out")
    if args.beside and (args.params or args.priors or args.profile):
        return usage(args, "--beside shows upper bounds alone; leave out --params and the like")
    from hotaxion.analysis.chains import tables
    from hotaxion.analysis.chains.profile import read_profile

    profiles = [read_profile(file) for file in args.profile]
    sections = [_section(given, args, profiles) for given in args.chain]
    if args.beside:
        _print(_beside_published([section.result for section in sections]))
    elif args.json:
        _print(tables.to_json(sections))
    elif args.latex:
        _print(tables.to_latex(sections))
    elif args.csv:
        _print(tables.to_csv(sections))
    else:
        _print("\n\n".join(tables.to_text(section) for section in sections))
    for section in sections:  # on stderr: tables are piped into files
        result = section.result
        if not result.verdict.converged:
            print(
                f"hotaxion: warning: chain {result.chain.prefix}: {result.verdict.text}",
                file=sys.stderr,
            )
    return GOOD


def _section(given: str, args: argparse.Namespace, profiles: list[Profile]) -> Section:
    """What is to be said of a CHAIN, LABEL=PREFIX or PREFIX."""
    from hotaxion.analysis.chains.bounds import UPPER_BOUNDED
    from hotaxion.analysis.chains.chain import Chain
    from hotaxion.analysis.chains.reweight import M_A_CUT_EV, prior_sensitivity
    from hotaxion.analysis.chains.tables import Section

    label, prefix = split_label(given)
    chain = Chain.load(prefix, args.burn)
    chain.label = label
    params = args.params
    if args.beside:
        params = [name for name in UPPER_BOUNDED if name in chain.parameters()]
    priors = []
    if args.priors:
        cut = M_A_CUT_EV if args.m_a_cut is None else args.m_a_cut
        priors = prior_sensitivity(chain, None, cut)
    return Section(chain.bounds(params), priors, profiles)


def split_label(given: str) -> tuple[str, str]:
    """('LABEL', 'PREFIX') of LABEL=PREFIX; no label where files have the whole as their prefix."""
    path = Path(given)
    if "=" not in given or any(path.parent.glob(f"{escape(path.name)}[._]*")):
        return "", given
    label, _, prefix = given.rpartition("=")
    return label, prefix


def _beside_published(results: list[ChainBounds]) -> str:
    from hotaxion.analysis.chains.tables import quoted_with_error
    from hotaxion.analysis.published.papers import KSVZ_2205_07849
    from hotaxion.analysis.text import text_table

    rows = [["95 % upper bounds", *_COLUMNS.values(), "R-1", "eff. samples"]]
    for result in results:
        found = [result.parameters.get(name) for name in _COLUMNS]
        cells = [quoted_with_error(bound) if bound else "-" for bound in found]
        r_minus_one = "-" if result.r_minus_one is None else f"{result.r_minus_one:.3f}"
        rows.append([result.chain.title, *cells, r_minus_one, f"{result.effective_samples:.0f}"])
    for published in KSVZ_2205_07849.values():
        values = [published.values.get(name) for name in _COLUMNS]
        cells = ["-" if value is None else f"< {value:g}" for value in values]
        rows.append([f"{published.source}: {published.data}", *cells, "-", "-"])
    chains = [result.chain for result in results]
    made = [f"{chain.title}: {chain.made_by}" for chain in chains if chain.made_by]
    return "\n".join([text_table(rows), *made])


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
