"""Run what measures the numbers of a page, and keep what it says: python docs/make_records.py NAME.

A record, docs/records/NAME.txt, is the output of its command under a head of what it was made
with. Tables and numbers of the pages are compared with it (tests/docs/test_records.py): whoever
makes it anew copies them from there. Seconds are those of a machine; compare rows of one record.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "records"
COMMANDS = {
    "bound_with_stars": "python docs/bound_with_stars.py",
    "class_axion": "python benchmarks/class_options.py axion",
    "class_costs": "python benchmarks/class_options.py costs",
    "class_neutrinos": "python benchmarks/class_options.py neutrinos",
    "class_settings": "python benchmarks/class_options.py settings",
    "class_steps": "python benchmarks/class_options.py steps",
    "class_tolerance": "python benchmarks/class_options.py tolerance",
    "emulator_size": "python benchmarks/emulator_size.py",
    "far_points": "python benchmarks/far_points.py chains/reference/hotaxion2026_ksvz",
    "profile_m_a": "hotaxion profile hotaxion2026_ksvz --param m_a "
    "--grid 0.001 0.03 0.06 0.09 0.12 0.15 0.18 -o chains/m_a.profile",
    "profile_mnu": "hotaxion profile hotaxion2026_ksvz --param mnu "
    "--grid 0 0.015 0.03 0.045 0.06 0.075 0.09 0.105 -o chains/mnu.profile",
    "samplers_dfsz": "python benchmarks/samplers_agree.py chains/hotaxion2026_dfsz_mcmc "
    "chains/hotaxion2026_dfsz reference/hotaxion2026_dfsz_class",
    "samplers_ksvz": "python benchmarks/samplers_agree.py chains/hotaxion2026_ksvz_mcmc "
    "chains/hotaxion2026_ksvz_nautilus reference/hotaxion2026_ksvz_class",
    "speed": "python benchmarks/speed.py",
    "tables": "python benchmarks/tables_agree.py chains/reference/reproduced.md "
    "chains/again/report/report.md",
    "warm_dark_matter": "python docs/warm_dark_matter.py",
}
PACKAGES = ("numpy", "scipy", "classy", "cobaya")
# What a commit does not say of a record.
SOURCES = ("theory", "likelihoods", "analysis", "benchmarks", "docs/*.py")


def made_with() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores"


def commit() -> str:
    """Of the working tree; with what is changed in it."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.check_output([*git, "describe", "--always", "--tags"], text=True).strip()
    changed = subprocess.check_output([*git, "status", "--porcelain", "--", *SOURCES], text=True)
    names = sorted(line[3:] for line in changed.splitlines())
    return f"{found}, with changes in {', '.join(names)}" if names else found


def make(name: str, note: str) -> None:
    """One record, whole or not at all."""
    command = COMMANDS[name]
    head = {"command": command, "commit": commit(), "with": made_with(), "note": note}
    program, *words = shlex.split(command)
    words = [*(["-m", "hotaxion.analysis.cli"] if program == "hotaxion" else []), *words]
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    words = [sys.executable, *words]
    done = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{command} ends with {done.returncode}; no record.\n{done.stdout.decode()}")
    lines = [f"# {key}: {value}" for key, value in head.items() if value]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(
        "\n".join([*lines, "", done.stdout.decode().strip(), ""]), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", choices=sorted(COMMANDS), metavar="NAME")
    parser.add_argument("--note", default="", help="what else to know of the run: a busy machine")
    arguments = parser.parse_args()
    for name in arguments.names:
        make(name, arguments.note)


if __name__ == "__main__":
    main()
