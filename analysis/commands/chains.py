"""The commands `bounds`, `profile`, `verify` and `plot`: what chains say."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from hotaxion.analysis import figures
from hotaxion.analysis.commands import (
    FAILED,
    GOOD,
    Commands,
    add_burn,
    add_flag,
    add_forms,
    add_jobs,
    add_options,
    command,
    flag_of,
    options_of,
    put,
    show,
    usage,
)
from hotaxion.theory.errors import HotAxionError, UnknownOptionError

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
    text = "one line for each chain, and the published bounds of arXiv:2205.07849 below"
    forms = add_forms(parser, "json", "csv")
    forms.add_argument("--beside", action="store_true", help=text)


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
    else:
        put(
            args,
            lambda: "\n\n".join(map(tables.to_text, results)),
            json=lambda: tables.to_json(results),
            csv=lambda: tables.to_csv(results),
        )
    for result in results:  # on stderr: tables are piped into files
        if not result.verdict.converged:
            text = f"chain {result.chain.title}: {result.verdict.text}"
            print(f"hotaxion: warning: {text}", file=sys.stderr)
    return GOOD


def _evidence(args: argparse.Namespace) -> int:
    others = (args.beside, args.params, args.priors, args.profile, args.csv)
    if any(others) or args.burn is not None:
        return usage(args, "--evidence goes with --json alone; leave the other options out")
    from hotaxion.analysis.chains.evidence import compare, to_text

    rows = compare(map(split_label, args.chain))
    return put(args, lambda: to_text(rows), json=lambda: json.dumps(rows, indent=2))


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
    add_forms(parser, "json")


def _profile(args: argparse.Namespace) -> int:
    from hotaxion.analysis.chains.profile import to_text
    from hotaxion.analysis.running.profile_run import run_profile

    def report(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    profile = run_profile(
        args.yaml, args.param, args.grid, args.output, args.packages_path, report=report
    )
    return put(args, lambda: to_text(profile), json=lambda: json.dumps(profile.as_dict(), indent=2))


def add_verify(commands: Commands) -> None:
    text = "true CLASS at points of an emulated chain: errors of ln L, shifts of bounds"
    parser = command(commands, "verify", _verify, text)
    add = parser.add_argument
    add("chain", metavar="CHAIN", help="prefix of the chain files")
    add("--points", type=int, default=100, metavar="N", help="points (default: 100)")
    text = "draw from the 5 %% of the posterior where this parameter is largest"
    add("--tail", metavar="NAME", help=text)
    text = "write the points with their importance weights as a chain of this prefix"
    add("--reweight", metavar="PREFIX", help=text)
    add_burn(parser)
    add_jobs(parser)


def _verify(args: argparse.Namespace) -> int:
    from hotaxion.analysis.inputs.user_classes import find_user_classes
    from hotaxion.analysis.running import launch, verification

    find_user_classes(args.chain)
    jobs = launch.cores() if args.jobs is None else args.jobs
    if args.reweight:
        verification.check_unused(args.reweight)  # before minutes of CLASS
    result = verification.verify(args.chain, args.points, jobs, args.burn, args.tail)
    show(verification.to_text(result))
    if args.reweight:
        files = verification.write_reweighted(result, args.reweight)
        print("\n".join(str(file) for file in files))
    return GOOD if result.good else FAILED


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
