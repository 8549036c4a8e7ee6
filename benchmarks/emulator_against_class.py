"""EmulatedClassy against HotClassy, both with their defaults: two tables of docs/emulator.md.

python benchmarks/emulator_against_class.py points        five minutes on one core
python benchmarks/emulator_against_class.py hierarchies   twelve

`points`: chi^2(emulator) - chi^2(CLASS) of all data of hotaxion2026_ksvz at the first points of
tests/yaml/blind_points.txt; `--steps 40` besides with CLASS's own step of multipoles.

`hierarchies`: ln L of three masses minus that of equal ones with the same sum, both by CLASS, and
what the emulator misses. CLASS scatters by 0.03 in ln L from point to point: each number is the
mean of copies in which omega_b is moved by 4e-7 of its value, with the standard error.
"""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded
os.environ.setdefault("COBAYA_NOMPI", "1")

import numpy as np
from cobaya.model import Model, get_model
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.inputs.theories import EMULATED
from hotaxion.analysis.running.run import class_for_emulator

INPUT = "hotaxion2026_ksvz"
TABLE = Path(__file__).parents[1] / "tests" / "yaml" / "blind_points.txt"
POINT = {"logA": 3.045, "n_s": 0.967, "theta_s_100": 1.0418, "omega_b": 0.0224}
POINT |= {"omega_cdm": 0.119, "tau_reio": 0.056, "A_planck": 1.0}
SHIFT = 4e-7  # of omega_b between copies
MASSES_EV = (0.05, 0.3)
ROWS = (("inverted", 0.10), ("normal", 0.10), ("inverted", 0.15), ("normal", 0.15))
ROWS += (("normal", 0.06),)
GROUPS = {"Planck": "Planck", "DESI": "Desi", "BBN": "BBN"}


def model(direct: bool = True, hierarchy: str = "degenerate", step: int | None = None) -> Model:
    """The posterior of INPUT with CLASS or the emulator; step None: the default of HotClassy."""
    info = yaml_load_file(str(find_input(INPUT)))
    info.pop("sampler"), info.pop("output")
    options = {"hierarchy": hierarchy}
    if step is not None:
        options["extra_args"] = {"l_linstep": step}
    info["theory"][EMULATED] = options
    if direct:
        info["theory"] = class_for_emulator(info["theory"])
    return get_model(info)


def chi2(of: Model, point: dict[str, float]) -> np.ndarray:
    """-2 ln L of each of GROUPS."""
    names, values = list(of.likelihood), of.loglikes(point, return_derived=False)
    found = {group: 0.0 for group in GROUPS}
    for name, value in zip(names, values, strict=True):
        group = next(g for g, start in GROUPS.items() if start in name)
        found[group] -= 2.0 * float(value)
    return np.array(list(found.values()))


def stored(count: int) -> list[tuple[dict[str, float], float]]:
    """Points of the posterior, with ln L by CLASS as `hotaxion verify` found it."""
    first, *_ = TABLE.read_text(encoding="utf-8").split("\n# ")
    header, *lines = first.splitlines()  # those of INPUT come first
    names = header.partition(" = ")[2].split()[:-1]
    rows = [list(map(float, line.split())) for line in lines[:count]]
    return [(dict(zip(names, row[:-1], strict=True)), row[-1]) for row in rows]


def points(count: int, steps: list[int]) -> None:
    emulated, direct = model(direct=False), {None: model()} | {s: model(step=s) for s in steps}
    print("| point | " + " | ".join(f"step {s or 'default'}" for s in direct) + " | stored |")
    differences: dict[int | None, list[np.ndarray]] = {step: [] for step in direct}
    for i, (point, log_l) in enumerate(stored(count)):
        ours = chi2(emulated, point)
        for step, each in direct.items():
            differences[step].append(ours - chi2(each, point))
        cells = [f"{found[-1].sum():+.3f}" for found in differences.values()]
        print(f"| {i} | {' | '.join(cells)} | {ours.sum() + 2 * log_l:+.3f} |", flush=True)
    print(f"\n| chi^2(emulator) - chi^2(CLASS) | {' | '.join(GROUPS)} | all | standard deviation |")
    for step, found in differences.items():
        table = np.array(found)
        mean, error = table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(len(table))
        cells = [f"{m:+.3f} ± {e:.3f}" for m, e in zip(mean, error, strict=True)]
        total = table.sum(axis=1)
        cells.append(f"{total.mean():+.3f} ± {total.std(ddof=1) / np.sqrt(total.size):.3f}")
        print(f"| l_linstep {step or 'default'} | {' | '.join(cells)} | {total.std(ddof=1):.3f} |")


def hierarchies(copies: int) -> None:
    names = ("degenerate", "normal", "inverted")
    direct = {name: model(hierarchy=name) for name in names}
    emulated = {name: model(direct=False, hierarchy=name) for name in names}
    print("| hierarchy | sum (eV) | m_a (eV) | Planck | DESI | CLASS - emulator: Planck | DESI |")
    for m_a in MASSES_EV:
        equal: dict[float, np.ndarray] = {}
        for name, total in ROWS:
            if total not in equal:
                equal[total] = _log_l(direct["degenerate"], m_a, total, copies)
            split = _log_l(direct[name], m_a, total, copies)
            fast = _log_l(emulated[name], m_a, total, copies)
            cells = [_mean(split - equal[total], i) for i in (0, 1)]
            cells += [_mean(split - fast, i) for i in (0, 1)]
            print(f"| {name} | {total:.2f} | {m_a} | {' | '.join(cells)} |", flush=True)


def _log_l(of: Model, m_a: float, mnu: float, copies: int) -> np.ndarray:
    base = POINT | {"mnu": mnu, "ln_m_a": float(np.log(m_a + 0.05))}
    moved = (base | {"omega_b": POINT["omega_b"] * (1 + i * SHIFT)} for i in range(copies))
    return np.array([-0.5 * chi2(of, point) for point in moved])


def _mean(differences: np.ndarray, column: int) -> str:
    values = differences[:, column]
    return f"{values.mean():+.3f} ± {values.std(ddof=1) / np.sqrt(values.size):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=["points", "hierarchies"])
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--steps", type=int, nargs="*", default=[], help="of l_linstep, besides")
    parser.add_argument("--copies", type=int, default=2)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    if arguments.table == "points":
        points(arguments.points, arguments.steps)
    else:
        hierarchies(arguments.copies)


if __name__ == "__main__":
    main()
