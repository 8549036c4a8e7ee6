"""The commands `input`, `forecast` and `doctor`: Cobaya inputs."""

from __future__ import annotations

import argparse

from hotaxion.analysis.commands import FAILED, GOOD, Commands, command, show


def add_input(commands: Commands) -> None:
    text = "an input in one piece, its blocks written out: to be copied, changed and run anywhere"
    parser = command(commands, "input", _input, text)
    parser.add_argument("input", metavar="INPUT", help="an analysis, or a Cobaya input file")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there (.yaml)")


def _input(args: argparse.Namespace) -> int:
    from hotaxion.analysis.inputs.whole_input import whole_input, write_input

    if args.output:
        write_input(args.input, args.output)
        print(args.output)
    else:
        print(whole_input(args.input), end="")
    return GOOD


def add_cite(commands: Commands) -> None:
    text = "what to cite for an analysis: BibTeX of this package, codes and data, by its options"
    parser = command(commands, "cite", _cite, text)
    parser.add_argument("input", metavar="INPUT", help="an analysis, or a Cobaya input file")


def _cite(args: argparse.Namespace) -> int:
    from hotaxion.analysis.inputs.citations import citations

    print(citations(args.input), end="")
    return GOOD


def add_forecast(commands: Commands) -> None:
    text = "mock data of future experiments, and a Cobaya input that uses them (one run of CLASS)"
    parser = command(commands, "forecast", _forecast, text)
    add = parser.add_argument
    text = "cmbs4, so or litebird; litebird with one of the others for low multipoles"
    add("--experiment", nargs="+", default=[], metavar="NAME", help=text)
    add("--bao", metavar="NAME", help="desi or euclid (default: none)")
    text = "mass of the KSVZ axion of the fiducial [eV] (default: 0, no axions)"
    add("--m-a", type=float, default=0.0, metavar="EV", help=text)
    add("--l-max", type=int, metavar="L", help="cut all CMB experiments there (quick tests)")
    add("-o", "--output", required=True, metavar="DIR", help="folder to write to")


def _forecast(args: argparse.Namespace) -> int:
    from hotaxion.analysis.forecasts.forecast import Forecast, make_forecast

    forecast = Forecast.of_names(args.experiment, args.bao, args.l_max, m_a_ev=args.m_a)
    print(make_forecast(forecast, args.output))
    return GOOD


def add_doctor(commands: Commands) -> None:
    text = "what is installed and found, and whether parameters reach CLASS"
    parser = command(commands, "doctor", _doctor, text)
    text = "analysis or Cobaya input file: products, data files, who gets which parameter"
    parser.add_argument("yaml", nargs="?", metavar="INPUT", help=text)
    text = "Cobaya's external data (default: where Cobaya finds them)"
    parser.add_argument("-p", "--packages-path", metavar="DIR", help=text)


def _doctor(args: argparse.Namespace) -> int:
    from hotaxion.analysis.running import doctor

    checks = doctor.examine(args.packages_path)
    show(doctor.to_text(checks))
    if args.yaml:
        of_yaml, routes = doctor.examine_yaml(args.yaml, args.packages_path)
        show(f"\n{args.yaml}\n{doctor.to_text(of_yaml)}")
        if routes:
            show(f"\n{routes}")
        checks += of_yaml
    return FAILED if doctor.is_broken(checks) else GOOD
