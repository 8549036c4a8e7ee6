"""The `hotaxion` command: parsing, dispatch, exit codes (0 good, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata

from hotaxion.theory.errors import HotAxionError

GOOD, FAILED = 0, 1  # argparse itself uses 2 for wrong usage

_EPILOG = """\
examples:
  hotaxion abundance --m-a 0.3 --json
  hotaxion bounds chains/bbn_ksvz --params m_a delta_neff
  hotaxion plot chains/bbn_ksvz -o figures
  hotaxion plot --abundance -o figures
  hotaxion evaluate yaml/evaluate_all.yaml
  hotaxion forecast --experiment cmbs4 --bao desi --m-a 1 -o mock
  hotaxion report --chain "BBN, flat in m_a=chains/bbn_ksvz"

exit codes: 0 good, 1 failed (one line on stderr says why and what to do), 2 wrong usage.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. A user's mistake gives one line, no traceback."""
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed help, version or the wrong usage
        return int(stop.code or 0)
    try:
        return args.run(args)
    except HotAxionError as error:
        print(f"hotaxion: error: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # `hotaxion scan | head`: the reader has gone, that is all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("hotaxion: interrupted", file=sys.stderr)
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands; each sets `run`, a function of the parsed arguments."""
    parser = argparse.ArgumentParser(
        prog="hotaxion",
        description="Thermal QCD axions as hot dark matter: abundances, bounds, plots.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    version = f"hotaxion {metadata.version('hotaxion')}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_abundance,
        _add_scan,
        _add_bounds,
        _add_plot,
        _add_report,
        _add_evaluate,
        _add_forecast,
        _add_doctor,
    ):
        add(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    sentence = text[0].upper() + text[1:].replace("%%", "%") + "."
    command = commands.add_parser(name, help=text, description=sentence)
    command.set_defaults(run=run)
    return command


# --- abundance, scan ---------------------------------------------------------------------


def _add_options(command: argparse.ArgumentParser) -> None:
    """What decides the abundance; names are checked by the physics, which knows them all."""
    add = command.add_argument_group("physics").add_argument
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


def _options(args: argparse.Namespace):
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


def _add_grid(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--m-a-min", type=float, default=0.01, metavar="EV", help="default: 0.01")
    add("--m-a-max", type=float, default=10.0, metavar="EV", help="default: 10")
    add("--points", type=int, default=60, metavar="N", help="masses, logarithmic (default: 60)")


def _add_abundance(commands) -> None:
    command = _command(commands, "abundance", _abundance, "relic axions of one mass")
    command.add_argument("--m-a", type=float, required=True, metavar="EV", help="axion mass [eV]")
    _add_options(command)
    command.add_argument("--json", action="store_true", help="print JSON")


def _abundance(args: argparse.Namespace) -> int:
    from hotaxion.analysis import abundances

    options = _options(args)
    row = abundances.abundance_row(options.build(), args.m_a)
    show = abundances.one_as_json if args.json else abundances.one_as_text
    print(show(row, options))
    return GOOD


def _add_scan(commands) -> None:
    command = _command(commands, "scan", _scan, "relic axions of many masses, as a table")
    _add_grid(command)
    _add_options(command)
    text = "delta_neff with its theory error, and what each source adds to it"
    command.add_argument("--band", action="store_true", help=text)
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print comma-separated values")


def _scan(args: argparse.Namespace) -> int:
    from hotaxion.analysis import abundances

    options = _options(args)
    masses = abundances.mass_grid(args.m_a_min, args.m_a_max, args.points)
    scan = abundances.scan_with_band if args.band else abundances.scan
    rows = scan(options, masses)
    if args.csv:
        print(abundances.many_as_csv(rows))
    elif args.json:
        print(abundances.many_as_json(rows, options))
    else:
        show = abundances.band_as_text if args.band else abundances.many_as_text
        print(show(rows, options))
    return GOOD


# --- bounds, plot, report ----------------------------------------------------------------


def _add_burn(command: argparse.ArgumentParser) -> None:
    text = "fraction dropped at the start of each chain (default: 0.3)"
    command.add_argument("--burn", type=float, default=0.3, metavar="FRACTION", help=text)


def _add_bounds(commands) -> None:
    text = "95 %% bounds and means of chains, with their Monte Carlo errors"
    command = _command(commands, "bounds", _bounds, text)
    help_chain = "prefix of the files, e.g. chains/run for chains/run.1.txt"
    command.add_argument("chain", nargs="+", metavar="CHAIN", help=help_chain)
    command.add_argument("--params", nargs="+", metavar="NAME", help="default: those known")
    _add_burn(command)
    form = command.add_mutually_exclusive_group()
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


def _add_plot(commands) -> None:
    text = "triangle plot of chains, or (--abundance) the curve Delta N_eff(m_a); PDF and PNG"
    command = _command(commands, "plot", _plot, text)
    command.add_argument("chain", nargs="*", metavar="CHAIN", help="prefix of the chain files")
    command.add_argument("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    command.add_argument("--params", nargs="+", metavar="NAME", help="axes of the triangle")
    command.add_argument("--labels", nargs="+", metavar="TEXT", help="names of the chains")
    _add_burn(command)
    command.add_argument("--abundance", action="store_true", help="draw Delta N_eff(m_a)")
    _add_grid(command)
    _add_options(command)
    command.set_defaults(parser=command)


def _plot(args: argparse.Namespace) -> int:
    if bool(args.chain) == args.abundance:
        return _usage(args, "give either a CHAIN or --abundance")
    if args.labels and len(args.labels) != len(args.chain):
        return _usage(args, f"{len(args.labels)} labels for {len(args.chain)} chains")
    from hotaxion.analysis import plots

    if args.abundance:
        grid = (args.m_a_min, args.m_a_max, args.points)
        files = plots.abundance_curve(args.output, _options(args), *grid)
    else:
        files = plots.triangle(args.chain, args.output, args.params, args.burn, args.labels)
    print("\n".join(str(file) for file in files))
    return GOOD


def _usage(args: argparse.Namespace, text: str) -> int:
    args.parser.print_usage(sys.stderr)
    print(f"{args.parser.prog}: error: {text}", file=sys.stderr)
    return 2


def _add_report(commands) -> None:
    text = "final table of 95 %% bounds beside the published ones (arXiv:2205.07849)"
    command = _command(commands, "report", _report, text)
    command.add_argument(
        "--chain",
        action="append",
        required=True,
        metavar="LABEL=PREFIX",
        help="a chain and its name in the table; may be repeated",
    )
    _add_burn(command)
    command.set_defaults(parser=command)


def _report(args: argparse.Namespace) -> int:
    runs = []
    for given in args.chain:
        label, equals, prefix = given.rpartition("=")
        if not (equals and label and prefix):
            return _usage(args, f"--chain {given!r}: give LABEL=PREFIX, e.g. BBN=chains/bbn_ksvz")
        runs.append((label, prefix))
    from hotaxion.analysis.report import run_summary

    print(run_summary(runs, args.burn))
    return GOOD


# --- evaluate, doctor --------------------------------------------------------------------


def _add_evaluate(commands) -> None:
    text = "one evaluation of a Cobaya input: chi^2 by data set, derived parameters"
    command = _command(commands, "evaluate", _evaluate, text)
    command.add_argument("yaml", metavar="YAML", help="Cobaya input file")
    command.add_argument(
        "--set",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="values of sampled parameters instead of the reference point",
    )
    command.add_argument("-p", "--packages-path", metavar="DIR", help="Cobaya's external data")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(parser=command)


def _evaluate(args: argparse.Namespace) -> int:
    override = {}
    for given in args.set:
        name, _, value = given.partition("=")
        try:
            override[name] = float(value)
        except ValueError:
            return _usage(args, f"--set {given!r}: give NAME=VALUE with a number")
    from hotaxion.analysis import evaluate

    result = evaluate.evaluate(args.yaml, override, args.packages_path)
    print(evaluate.to_json(result) if args.json else evaluate.to_text(result))
    return GOOD


def _add_forecast(commands) -> None:
    text = "mock data of future experiments, and a Cobaya input that uses them (one run of CLASS)"
    command = _command(commands, "forecast", _forecast, text)
    add = command.add_argument
    text = "cmbs4, so or litebird; litebird with one of the others for low multipoles"
    add("--experiment", nargs="+", default=[], metavar="NAME", help=text)
    add("--bao", metavar="NAME", help="desi or euclid (default: none)")
    text = "mass of the KSVZ axion of the fiducial [eV] (default: 0, no axions)"
    add("--m-a", type=float, default=0.0, metavar="EV", help=text)
    add("--l-max", type=int, metavar="L", help="cut all CMB experiments there (quick tests)")
    add("-o", "--output", required=True, metavar="DIR", help="folder to write to")


def _forecast(args: argparse.Namespace) -> int:
    from hotaxion.analysis.forecast import Forecast, make_forecast

    forecast = Forecast.of_names(args.experiment, args.bao, args.l_max, m_a_ev=args.m_a)
    print(make_forecast(forecast, args.output))
    return GOOD


def _add_doctor(commands) -> None:
    text = "what is installed and found, and whether parameters reach CLASS"
    command = _command(commands, "doctor", _doctor, text)
    help_yaml = "Cobaya input to look into: components and who gets which parameter"
    command.add_argument("yaml", nargs="?", metavar="YAML", help=help_yaml)


def _doctor(args: argparse.Namespace) -> int:
    from hotaxion.analysis import doctor

    checks = doctor.examine()
    print(doctor.to_text(checks), flush=True)
    if args.yaml:
        of_yaml, routes = doctor.examine_yaml(args.yaml)
        print(f"\n{args.yaml}\n{doctor.to_text(of_yaml)}")
        if routes:
            print(f"\n{routes}")
        checks += of_yaml
    return FAILED if doctor.is_broken(checks) else GOOD


if __name__ == "__main__":
    sys.exit(main())
