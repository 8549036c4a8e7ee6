"""The command `run`: analyses by name, or any Cobaya input."""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import fields

from hotaxion.analysis.commands import GOOD, Commands, command, show, usage, whole_from
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
    text = "a line of progress instead of all that Cobaya says, which goes to PREFIX.log"
    add("--brief", action="store_true", help=text)
    add("--minimize", action="store_true", help="look for the best fit instead of sampling")
    text = "the traceback of an error, too, which else is one line"
    add("--debug", action="store_true", help=text)
    add("--test", action="store_true", help="set everything up, then stop")
    text = "Cobaya's external data (default: where Cobaya finds them)"
    add("-p", "--packages-path", metavar="DIR", help=text)
    text = "instead of mpirun, e.g. 'srun --mpi=pmix'; it gets -n N"
    add("--launcher", metavar="COMMAND", help=text)
    parser.set_defaults(parser=parser)


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
