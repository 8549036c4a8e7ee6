"""The command `plot`: figures of chains and of the physics behind them."""

from __future__ import annotations

import argparse
from pathlib import Path

from hotaxion.analysis.commands import (
    GOOD,
    add_burn,
    add_grid,
    add_options,
    command,
    options_of,
    usage,
)


def add_plot(commands) -> None:
    text = "figures as PDF and PNG: of chains (default: triangle), abundances, spectra"
    parser = command(commands, "plot", _plot, text)
    add = parser.add_argument
    add("chain", nargs="*", metavar="CHAIN", help="prefix of the chain files")
    add("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    add("--kind", metavar="KIND", help=f"{', '.join(_kinds())} (default: triangle)")
    add("--params", nargs="+", metavar="NAME", help="axes of the triangle")
    add("--labels", nargs="+", metavar="TEXT", help="names of the chains")
    add_burn(parser)
    add("--profile", metavar="FILE", help="of the kind profile: a file of hotaxion profile")
    text = "of the kind light-elements: measurements, 2026 or paper2022 (default: 2026)"
    add("--preset", default="2026", metavar="NAME", help=text)
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
    parser.set_defaults(parser=parser)


def _kinds() -> list[str]:
    from hotaxion.analysis.plots import KINDS

    return list(KINDS)


def _wrong(args: argparse.Namespace, kind: str) -> str | None:
    """What does not fit together, None if all does."""
    from hotaxion.analysis.plots import CHAINS_NEEDED, KINDS, NO_CHAINS

    if kind not in KINDS:
        kinds = "; ".join(f"{name}: {text}" for name, text in KINDS.items())
        return f"--kind {kind!r}: give one of {kinds}"
    if args.abundance and (args.chain or kind != "abundance"):
        return "--abundance takes no chain and no other kind; see --kind abundance"
    if kind in CHAINS_NEEDED and not args.chain:
        return f"the kind {kind} needs a CHAIN (or give another --kind)"
    if kind in NO_CHAINS and args.chain:
        return f"the kind {kind} takes no CHAIN"
    if (kind == "profile") != (args.profile is not None):
        return "--profile FILE and --kind profile go together"
    if args.labels and len(args.labels) != len(args.chain):
        return f"{len(args.labels)} labels for {len(args.chain)} chains"
    return None


def _plot(args: argparse.Namespace) -> int:
    kind = args.kind or ("abundance" if args.abundance else "triangle")
    if complaint := _wrong(args, kind):
        return usage(args, complaint)
    print("\n".join(str(file) for file in _draw(args, kind)))
    return GOOD


def _draw(args: argparse.Namespace, kind: str) -> list[Path]:
    from hotaxion.analysis import plots

    out, chains = args.output, args.chain
    more = {"burn": args.burn, "labels": args.labels}
    grid = (args.m_a_min, args.m_a_max, args.points)
    draw = {
        "triangle": lambda: plots.triangle(chains, out, args.params, **more),
        "masses": lambda: plots.masses(chains, out, **more),
        "priors": lambda: plots.priors(chains, out, **more, cut_ev=args.m_a_cut),
        "progress": lambda: plots.progress(chains, out, args.labels),
        "profile": lambda: plots.profile(args.profile, out, chains, **more),
        "abundance": lambda: plots.abundance_curve(
            out, options_of(args), *grid, prefixes=chains, **more
        ),
        "light-elements": lambda: plots.light_elements(
            out, args.preset, options_of(args), args.omega_b
        ),
        "spectra": lambda: plots.spectra(out, args.masses, args.model, args.tan_beta, args.l_max),
        "history": lambda: plots.history(out, chains, **more),
    }
    return draw[kind]()
