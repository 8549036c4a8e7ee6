"""What the parts of a run cost: python benchmarks/speed.py, five minutes on one core.

The timings of `make bench`, but for long chains, as the tables of docs/performance.md: CPU time,
two digits.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("bench_speed.py", "bench_posterior.py")
LONG = "test_against_earlier or test_independent or (test_chain and hotaxion2026)"
# Row of the first table: its test.
TIMED = {
    "one mass solved, with its momenta": "test_solve_one_mass[momentum]",
    "one mass solved, number density": "test_solve_one_mass[number]",
    "one mass solved, instantaneous": "test_solve_one_mass[instantaneous]",
    "the table of relics built": "test_build_the_table",
    "one mass from it": "test_table_of_masses",
    "one mass from it, through Cobaya": "test_call_through_cobaya[table]",
    "one mass and five inputs from their table": "test_table_of_masses_and_rates",
    "posterior of BBN": "test_bbn_posterior",
    "`EmulatedClassy` alone: C_l to 2508, σ_8, sound horizons": "test_emulator_alone",
    "`Planck2018` alone": "test_likelihood_alone[Planck2018]",
    "`DesiDR2` alone": "test_likelihood_alone[DesiDR2]",
    "**posterior of `hotaxion2026_ksvz`**": "test_posterior_with_emulator",
    "the same with CLASS": "test_posterior_with_class",
}


def two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def time_of(seconds: float) -> str:
    scale, unit = (1.0, "s") if seconds > 0.1 else (1e3, "ms") if seconds > 1e-4 else (1e6, "µs")
    return f"{two_digits(scale * seconds)} {unit}"


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        medians, asserted = Path(folder) / "medians.json", Path(folder) / "properties.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            *(str(HERE / name) for name in FILES),
            "-k",
            f"not ({LONG})",
        ]
        command += ["--benchmark-timer=time.process_time", f"--benchmark-json={medians}"]
        command += [f"--junitxml={asserted}", "-o", "junit_family=xunit1"]
        environment = {"COBAYA_NOMPI": "1", "OMP_NUM_THREADS": "1", **os.environ}
        # A limit may be missed where a machine has other work: the table shows it.
        subprocess.run(command, cwd=HERE.parent, env=environment, stdout=sys.stderr)
        found = json.loads(medians.read_text(encoding="utf-8"))["benchmarks"]
        limits = [one.attrib for one in ElementTree.parse(asserted).iter("property")]
    seconds = {each["name"]: each["stats"]["median"] for each in found}
    print("| what | CPU time |\n|---|---|")
    for label, name in TIMED.items():
        print(f"| {label} | {time_of(seconds[name])} |")
    print("\n| what | is | limit |\n|---|---|---|")
    for one in limits:
        number, _, limit = one["value"].partition(" | ")
        print(f"| {one['name']} | {two_digits(float(number))} | {limit} |")


if __name__ == "__main__":
    main()
