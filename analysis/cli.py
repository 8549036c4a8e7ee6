"""The `hotaxion` command: parsing, dispatch, exit codes (0 good, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import io
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import hotaxion
from hotaxion.analysis.commands import FAILED, GOOD, Parser, chains, inputs, published, relics
from hotaxion.analysis.running.cobaya_child import TRACEBACK
from hotaxion.analysis.text import is_terminal
from hotaxion.theory.errors import HotAxionError

_COMMANDS = (
    relics.add_abundance,
    relics.add_scan,
    relics.add_convert,
    inputs.add_run,
    inputs.add_input,
    inputs.add_cite,
    published.add_reproduce,
    chains.add_bounds,
    chains.add_profile,
    chains.add_plot,
    published.add_limits,
    inputs.add_forecast,
    inputs.add_train,
    chains.add_verify,
    inputs.add_doctor,
)

# They say themselves how far they are.
_WITH_PROGRESS = {"run", "reproduce", "profile", "train", "verify"}

_EVERY_S = 10.0  # a sign of life

_NO_SHTAB = "--completion needs shtab, which is not installed; pip install 'hotaxion[completion]'."

_EPILOG = """\
examples:
  hotaxion abundance --m-a 0.3 --json
  hotaxion convert delta_neff=0.107
  hotaxion run bbn_ksvz -n auto
  hotaxion reproduce deramo2022_bbn_ksvz
  hotaxion bounds chains/bbn_ksvz --params m_a delta_neff --priors
  hotaxion profile bbn_ksvz --param m_a --grid 0.01 0.1 0.15 0.2 -o m_a.profile
  hotaxion plot chains/bbn_ksvz -o figures
  hotaxion plot --kind abundance -o figures
  hotaxion forecast --experiment cmbs4 --bao desi --m-a 1 -o mock
  hotaxion bounds "BBN=chains/bbn_ksvz" chains/hotaxion2026_ksvz --beside

exit codes: 0 good, 1 failed (stderr says why and what to do), 2 wrong usage.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. A user's mistake gives one line, no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # "+-" and Greek letters on a terminal of ASCII
            stream.reconfigure(errors="backslashreplace")
    try:
        words = sys.argv[1:] if argv is None else argv
        args = build_parser("plot" in words).parse_args(words)
    except SystemExit as stop:  # argparse has printed help, version or the wrong usage
        return int(stop.code or 0)
    try:
        with sign_of_life(None if args.command in _WITH_PROGRESS else args.command):
            return args.run(args)
    except BrokenPipeError:  # `hotaxion scan | head`: the reader has gone, that is all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("hotaxion: interrupted", file=sys.stderr)
        return FAILED
    except Exception as error:  # the last net: one line, and a way to the traceback of a bug
        if os.environ.get(TRACEBACK) and not isinstance(error, HotAxionError):
            raise
        print(f"hotaxion: error: {_one_line(error)}", file=sys.stderr)
        return FAILED


@contextmanager
def sign_of_life(command: str | None, every_s: float = _EVERY_S) -> Iterator[None]:
    """Every ten seconds a line on a terminal's stderr, in place of the one before; none for None.

    It is gone at the end: what stays on the screen is what was asked for.
    """
    if command is None or not is_terminal(sys.stderr):
        yield
        return
    ended, began = threading.Event(), time.monotonic()

    def tick() -> None:
        line = ""
        while not ended.wait(every_s):
            line = f"hotaxion {command}: at work since {time.monotonic() - began:.0f} s"
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        print(f"\r{' ' * len(line)}\r" if line else "", end="", file=sys.stderr, flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()


def _one_line(error: Exception) -> str:
    """What an error says, and what to do; those of this package say both themselves."""
    text = " ".join(str(error).split())
    if isinstance(error, HotAxionError):
        return str(error)
    if isinstance(error, OSError) and not _has_working_folder():
        return "the working folder has been removed; change to one that exists."
    if isinstance(error, OSError):  # no permission, no folder, no space
        what = f"'{error.filename}': {error.strerror}" if error.filename else text
        return f"{what}; give another file or folder."
    if isinstance(error, MemoryError):
        return "no more memory; free some, or ask for less at a time (fewer processes, points)."
    return (
        f"{type(error).__name__}: {text or 'no more is known'}; this is a bug, or an input that no "
        f"check knows: {TRACEBACK}=1 in front of the command shows where, please report it."
    )


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


class _Version(argparse.Action):
    """Looks for the commit only if it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print("hotaxion", hotaxion.__version__)
        parser.exit()


class _Completion(argparse.Action):
    """Prints the completion of a shell; shtab writes it."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, *__: object) -> None:
        try:
            import shtab
        except ImportError:
            parser.exit(FAILED, f"hotaxion: error: {_NO_SHTAB}\n")
        print(shtab.complete(build_parser(), shell))
        parser.exit()


@cache
def build_parser(with_plots: bool = True) -> argparse.ArgumentParser:
    """The parser with all commands; each sets `run`, a function of the parsed arguments.

    with_plots : also the options of all kinds of figures, which are slow to find.
    """
    parser = Parser(
        prog="hotaxion",
        description="Thermal QCD axions as hot dark matter: abundances, bounds, plots.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="release, commit and code")
    text = "print what completes commands and options in bash, zsh or tcsh (needs shtab)"
    parser.add_argument(
        "--completion", action=_Completion, choices=("bash", "zsh", "tcsh"), help=text
    )

    def show_help(_: argparse.Namespace) -> int:
        parser.print_help()
        return GOOD

    parser.set_defaults(run=show_help)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for add in _COMMANDS:
        add(commands)
    if with_plots:
        chains.add_kinds(commands.choices["plot"])
    return parser


if __name__ == "__main__":
    sys.exit(main())
