"""One module for each group of commands; here what they share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from hotaxion.theory.constants import M_PION_GEV, M_U_OVER_M_D

if TYPE_CHECKING:
    from hotaxion.analysis.abundances import AbundanceOptions

# What `add_subparsers` gives.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

GOOD, FAILED = 0, 1  # argparse itself uses 2 for wrong usage


def command(
    commands: Commands,
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
    text = "fraction dropped at the start of each chain (default: 0.3; none where post skipped it)"
    parser.add_argument("--burn", type=float, metavar="FRACTION", help=text)


def add_grid(parser: argparse.ArgumentParser) -> None:
    """Add the grid of masses."""
    add = parser.add_argument
    add("--m-a-min", type=float, default=0.01, metavar="EV", help="default: 0.01")
    add("--m-a-max", type=float, default=10.0, metavar="EV", help="default: 10")
    add("--points", type=int, default=60, metavar="N", help="masses, logarithmic (default: 60)")


def _pair(text: str) -> tuple[str, float]:
    """NAME=VALUE; argparse turns the ValueError into wrong usage."""
    name, value = text.split("=")
    return name.strip(), float(value)


def _knot(text: str) -> tuple[float, float]:
    """T=RATE, both numbers."""
    temperature, rate = _pair(text)
    return float(temperature), rate


_pair.__name__, _knot.__name__ = "NAME=VALUE", "GEV=RATE"  # what argparse calls them

# What decides the abundance: flag, keywords of argparse, explanation with its reference. Names are
# checked by the physics, which knows them all.
_TEXT, _NUMBER = dict(metavar="NAME"), dict(type=float, metavar="X")
_GEV = dict(type=float, metavar="GEV")
_MANY = dict(action="append", default=[])
_PHYSICS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("--model", _TEXT | dict(default="ksvz"), "ksvz, dfsz1, dfsz2 [2003.01100], generic"),
    ("--tan-beta", _NUMBER, "v_u/v_d of DFSZ, 0.25 to 170 [2003.01100]"),
    (
        "--coupling",
        _MANY | dict(type=_pair, metavar="NAME=X"),
        "of generic: c_a_pi, c_g, c_e ... c_t, repeatable [2101.10330]",
    ),
    (
        "--rates",
        _TEXT | dict(default="gkpy"),
        "pions: gkpy, gkpy_raw [2211.03799], iam [2211.05073], lo [hep-ph/9306216]",
    ),
    ("--pion-scale", _NUMBER | dict(default=1.0), "times the pion rate, 1 +- 0.1 [2211.05073]"),
    ("--m-pion", _GEV | dict(default=M_PION_GEV), "pion mass, 0.13498 to 0.13957 [PDG]"),
    (
        "--lec",
        _MANY | dict(type=_pair, metavar="NAME=X"),
        "of iam: l1 ... l4, repeatable [Gasser & Leutwyler 1984]",
    ),
    ("--z-ud", _NUMBER | dict(default=M_U_OVER_M_D), "m_u/m_d, 0.472(11) [1812.01008]"),
    ("--kaons", _TEXT | dict(default="none"), "kaons: none, data [2505.21276, 1602.08404]"),
    ("--kaon-scale", _NUMBER | dict(default=1.0), "times the kaon rate, 0.75 to 1.65 [1602.08404]"),
    (
        "--gluons",
        _TEXT | dict(default="htl"),
        "gluons: htl [1008.4528], sphaleron [2308.01287], none; no formula for [2601.08221]",
    ),
    (
        "--gluon-scale",
        _NUMBER | dict(default=1.0),
        "times the gluon rate, 1 to 3 [1310.6982], or 15 to stand in for [2601.08221]",
    ),
    (
        "--no-fermions",
        dict(dest="fermions", action="store_false"),
        "leave out leptons and heavy quarks [2410.18186]",
    ),
    ("--t-pion", _GEV | dict(default=0.15), "crossover starts here [2108.04259]"),
    ("--t-gluon", _GEV | dict(default=2.0), "crossover ends here [2108.04259]"),
    (
        "--knot",
        _MANY | dict(type=_knot, metavar="GEV=X"),
        "Gamma f_a^2/T^3 inside the crossover, repeatable [2308.01287]",
    ),
    (
        "--g-star-shift",
        _NUMBER | dict(default=0.0),
        "standard errors of g_* [1803.01038, 1606.07494]",
    ),
    (
        "--solver",
        _TEXT | dict(default="momentum"),
        "momentum [2211.03799], number [hep-ph/0504059], instantaneous [Kolb & Turner]",
    ),
    ("--initial", _TEXT | dict(default="thermal"), "thermal or zero at T_initial [2108.05371]"),
    ("--t-initial", _GEV, "default: 100; without gluons --t-pion [2108.05371]"),
    ("--step", _NUMBER | dict(default=0.02), "in ln a [docs/physics.md, 8]"),
    (
        "--momenta",
        dict(type=int, default=60, metavar="N"),
        "of the momentum grid [docs/physics.md, 8]",
    ),
)
_WIDTH = 120  # of the help: each option then takes one line


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, max_help_position=24, width=_WIDTH)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What decides the abundance, each option on one line of the help with its reference."""
    parser.formatter_class = _formatter
    group = parser.add_argument_group("physics (numbers in brackets: arXiv)")
    for flag, keywords, text in _PHYSICS:
        default = keywords.get("default")
        if default not in (None, []):
            text += f" (default: {default if isinstance(default, str) else format(default, 'g')})"
        group.add_argument(flag, help=text, **keywords)


def options_of(args: argparse.Namespace) -> AbundanceOptions:
    """What `add_options` read."""
    from hotaxion.analysis.abundances import AbundanceOptions

    return AbundanceOptions(
        model=args.model,
        tan_beta=args.tan_beta,
        values=dict(args.coupling) or None,
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
        fermions=args.fermions,
        kaons=args.kaons,
        kaon_scale=args.kaon_scale,
        m_pion_gev=args.m_pion,
        lecs=dict(args.lec) or None,
        knots=dict(args.knot) or None,
        g_star_shift=args.g_star_shift,
        step=args.step,
        momenta=args.momenta,
    )
