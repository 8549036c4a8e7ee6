"""One module for each group of commands; here what they share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

GOOD, FAILED = 0, 1  # argparse itself uses 2 for wrong usage


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """Add one command; `run` takes the parsed arguments and returns the exit code."""
    sentence = text[0].upper() + text[1:].replace("%%", "%") + "."
    parser = commands.add_parser(name, help=text, description=sentence)
    parser.set_defaults(run=run)
    return parser


def usage(args: argparse.Namespace, text: str) -> int:
    """Print a complaint as argparse does; returns its exit code."""
    args.parser.print_usage(sys.stderr)
    print(f"{args.parser.prog}: error: {text}", file=sys.stderr)
    return 2


def add_burn(parser: argparse.ArgumentParser) -> None:
    """Add ``--burn``."""
    text = "fraction dropped at the start of each chain (default: 0.3)"
    parser.add_argument("--burn", type=float, default=0.3, metavar="FRACTION", help=text)


def add_grid(parser: argparse.ArgumentParser) -> None:
    """Add the grid of masses."""
    add = parser.add_argument
    add("--m-a-min", type=float, default=0.01, metavar="EV", help="default: 0.01")
    add("--m-a-max", type=float, default=10.0, metavar="EV", help="default: 10")
    add("--points", type=int, default=60, metavar="N", help="masses, logarithmic (default: 60)")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What decides the abundance; names are checked by the physics, which knows them all."""
    add = parser.add_argument_group("physics").add_argument
    text = "ksvz, dfsz1 or dfsz2 (default: ksvz) [2003.01100]"
    add("--model", default="ksvz", help=text)
    text = "ratio of the two Higgs vacuum values, DFSZ only, 0.25 to 170 [2003.01100]"
    add("--tan-beta", type=float, metavar="X", help=text)
    text = "pion rate: gkpy, gkpy_raw [data, 2211.03799], iam [2211.05073], lo [hep-ph/9306216]"
    add("--rates", default="gkpy", help=text + " (default: gkpy)")
    text = "gluon rate: htl [1008.4528], sphaleron [2308.01287] or none (default: htl)"
    add("--gluons", default="htl", help=text)
    text = "kaon rate: none, or data [2505.21276, 1602.08404] (default: none)"
    add("--kaons", default="none", help=text)
    text = "factor on the kaon rate, 0.75 to 1.65 is its error"
    add("--kaon-scale", type=float, default=1.0, metavar="X", help=text)
    text = "factor on the gluon rate, 1 to 3 for other resummations [1310.6982]"
    add("--gluon-scale", type=float, default=1.0, metavar="X", help=text)
    text = "factor on the pion rate, 1 +- 0.1 is its error"
    add("--pion-scale", type=float, default=1.0, metavar="X", help=text)
    text = "m_u/m_d, 0.472(11) [1812.01008]"
    add("--z-ud", type=float, default=0.472, metavar="X", help=text)
    text = "momentum, number [2205.07849] or instantaneous [Gamma = H] (default: momentum)"
    add("--solver", default="momentum", help=text)
    text = "abundance at the initial temperature: thermal or zero (default: thermal)"
    add("--initial", default="thermal", help=text)
    text = "initial temperature [GeV] (default: 100; without gluons --t-pion)"
    add("--t-initial", type=float, metavar="GEV", help=text)
    text = "start of the crossover interpolation [GeV] (default: 0.15) [2108.04259]"
    add("--t-pion", type=float, default=0.15, metavar="GEV", help=text)
    text = "end of the crossover interpolation [GeV] (default: 2) [2108.04259]"
    add("--t-gluon", type=float, default=2.0, metavar="GEV", help=text)


def options_of(args: argparse.Namespace):
    """What `add_options` read."""
    from hotaxion.analysis.abundances import AbundanceOptions

    return AbundanceOptions(
        model=args.model,
        tan_beta=args.tan_beta,
        rates=args.rates,
        gluons=args.gluons,
        gluon_scale=args.gluon_scale,
        pion_scale=args.pion_scale,
        z_ud=args.z_ud,
        solver=args.solver,
        initial=args.initial,
        t_initial_gev=args.t_initial,
        t_pion_gev=args.t_pion,
        t_gluon_gev=args.t_gluon,
        kaons=args.kaons,
        kaon_scale=args.kaon_scale,
    )
