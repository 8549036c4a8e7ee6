"""The `hotaxion` command: parsing, dispatch, exit codes (0 good, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from hotaxion.analysis.commands import (
    FAILED,
    chains,
    emulator,
    inputs,
    pictures,
    relics,
    reproduce,
    runs,
)
from hotaxion.theory.errors import HotAxionError

_COMMANDS = (
    relics.add_abundance,
    relics.add_scan,
    runs.add_run,
    reproduce.add_reproduce,
    chains.add_bounds,
    chains.add_profile,
    pictures.add_plot,
    chains.add_report,
    inputs.add_evaluate,
    inputs.add_forecast,
    emulator.add_train,
    emulator.add_verify,
    inputs.add_doctor,
)

_EPILOG = """\
examples:
  hotaxion abundance --m-a 0.3 --json
  hotaxion run bbn_ksvz -n auto
  hotaxion reproduce deramo2022_bbn_ksvz
  hotaxion bounds chains/bbn_ksvz --params m_a delta_neff --priors
  hotaxion profile yaml/bbn_ksvz.yaml --param m_a --grid 0.001 0.05 0.1 0.15 0.2 -o m_a.profile
  hotaxion plot chains/bbn_ksvz -o figures
  hotaxion plot --kind abundance -o figures
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
    except OSError as error:  # no permission, no folder, no space
        what = f"'{error.filename}': {error.strerror}" if error.filename else str(error)
        print(f"hotaxion: error: {what}; give another file or folder.", file=sys.stderr)
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
    for add in _COMMANDS:
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
