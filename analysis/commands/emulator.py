"""The commands `train` and `verify`: the emulator of CLASS."""

from __future__ import annotations

import argparse

from hotaxion.analysis.commands import FAILED, GOOD, Commands, add_burn, command, show


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
    _add_jobs(parser)


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    text = "processes (default: the number of cores)"
    parser.add_argument("-j", "--jobs", type=int, metavar="N", help=text)


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
    _add_jobs(parser)


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
