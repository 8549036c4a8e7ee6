"""The commands `run`, `input`, `cite`, `forecast`, `train` and `doctor`: Cobaya inputs."""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import fields

from hotaxion.analysis.commands import (
    FAILED,
    GOOD,
    Commands,
    add_jobs,
    command,
    show,
    usage,
    whole_from,
)
from hotaxion.analysis.text import columns


def add_run(commands: Commands) -> None:
    text = "run an analysis by name, as cobaya-run does on its file (--list shows the names)"
    parser = command(commands, "run", _run, text)
    add = parser.add_argument
    add("analysis", nargs="?", metavar="NAME", help="of the package, or a Cobaya input file")
    add("--list", action="store_true", help="print the names and what they are")
    text = "chains, each an MPI process; auto: one for each core (default: 1; with -r as before)"
    add("-n", "--processes", type=whole_from(1, "auto", most=100_000), metavar="N", help=text)
    text = "CLASS itself instead of its emulator (the output's prefix then ends in _class)"
    add("--class", dest="use_class", action="store_true", help=text)
    again = parser.add_mutually_exclusive_group()
    again.add_argument("-r", "--resume", action="store_true", help="go on with earlier chains")
    again.add_argument("-f", "--force", action="store_true", help="remove earlier chains")
    add("-o", "--output", metavar="PREFIX", help="of the output (default: chains/NAME)")
    text = "of the random numbers: the same chain again, byte by byte, from one process and with "
    text += "'measure_speeds: false' in the sampler's block (as the inputs of the package have it)"
    add("--seed", type=whole_from(0), metavar="N", help=text)
    text = (
        "nested importance sampling instead of the input's sampler; -n N: processes that share it"
    )
    add("--sampler", choices=("nautilus",), help=text)
    text = "progress and bounds instead of all that Cobaya says, which goes to PREFIX.log"
    add("--brief", action="store_true", help=text)
    add("--minimize", action="store_true", help="look for the best fit instead of sampling")
    text = "the traceback of an error, too, which else is one line"
    add("--debug", action="store_true", help=text)
    add("--test", action="store_true", help="set everything up, then stop")
    text = "Cobaya's external data (default: where Cobaya finds them)"
    add("-p", "--packages-path", metavar="DIR", help=text)
    text = "instead of mpirun, e.g. 'srun --mpi=pmix'; it gets -n N"
    add("--launcher", metavar="COMMAND", help=text)


def _run(args: argparse.Namespace) -> int:
    from hotaxion.analysis.inputs.names import analyses, inputs_folder, references, searches
    from hotaxion.analysis.running import run as runs

    if args.list:
        show(columns([*analyses().items(), ("", ""), *searches().items()]))
        show(f"\nposteriors, for hotaxion bounds and plot: {', '.join(references())}")
        show(f"files: {inputs_folder()}; templates for clusters: {inputs_folder() / 'hpc'}")
        return GOOD
    if not args.analysis:
        return usage(args, "give NAME, or --list")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="hotaxion run: %(message)s")
    options = {field.name: getattr(args, field.name) for field in fields(runs.RunOptions)}
    return runs.run(args.analysis, runs.RunOptions(**options))


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
    path = make_forecast(forecast, args.output)
    print(path)
    # On stderr: the path alone can be read by a script.
    print(
        "next, an emulator, as each point takes CLASS seconds (docs/guides/forecasts.md):\n"
        f"  hotaxion train --local --yaml {path} --points 120 -o {args.output}/emulator.npz",
        file=sys.stderr,
    )
    return GOOD


def add_train(commands: Commands) -> None:
    text = "train an emulator of CLASS (hours of CPU; resumes; mpirun shares the points)"
    parser = command(commands, "train", _train, text)
    add = parser.add_argument
    add("--yaml", metavar="INPUT", help="analysis or Cobaya input; its HotClassy options")
    add("--points", type=int, default=256, metavar="N", help="training points (default: 256)")
    text = "planck (default); act: for ACT and SPT, with extra radiation and dark energy"
    add("--design", choices=("planck", "act"), help=text)
    text = "greatest multipole (default: 2508, act 4000; --local: what the mock data need)"
    add("--l-max", type=int, metavar="L", help=text)
    text = "around the reference point of --yaml, as far as its mock data let the posterior reach"
    add("--local", action="store_true", help=text)
    text = "folder for the points, kept one by one (default: chains/training/NAME of the output)"
    add("--folder", metavar="DIR", help=text)
    add("-o", "--output", required=True, metavar="FILE", help="the emulator (.npz)")
    text = "the I-th of N processes that share DIR without MPI (array jobs): points only, no fit"
    add("--share", type=_share, metavar="I/N", help=text)
    add_jobs(parser)


def _share(text: str) -> tuple[int, int]:
    """I/N; else wrong usage."""
    try:
        number, of = map(int, text.split("/"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' given; give I/N, e.g. 1/8") from None
    return number, of


def _train(args: argparse.Namespace) -> int:
    from hotaxion.analysis.forecasts.training import train_from_yaml

    given = (args.yaml, args.folder, args.output, args.points, args.l_max, args.jobs, args.share)
    report = train_from_yaml(*given, local=args.local, design=args.design)
    if report:
        show(report)
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
