"""Error and cost of the options of HotClassy: python benchmarks/class_options.py PART.

Prints the tables of docs/class.md, half an hour for all on one core. Times are CPU times of runs
that take turns, and ratios of them (`threads`: wall times); compare within one run only.

CLASS 3.4.1 chooses between two grids of multipoles (steps of 39 or 40) by the last bit of a ratio
of distances, and interpolates: its C_l jump by up to 1e-3 under a change of 1e-7 in omega_b. To
see errors below that, each run is compared with the reference in several copies, omega_b being
moved by 4e-7 from one to the next; pairs on the same grid give the least difference, which is
quoted. What is left of the noise is about 3e-5.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("COBAYA_NOMPI", "1")

import numpy as np
from classy import Class

from hotaxion.theory.components.extra_args import with_defaults
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.neutrinos import neutrino_sector
from hotaxion.theory.spectra.species import automatic_nodes, class_species
from hotaxion.theory.spectra.training.design import FINER_CLASS

NEUTRINOS = 5  # default of HotClassy
LCDM = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.5, "A_s": 2.1e-9, "n_s": 0.966}
LCDM |= {"tau_reio": 0.055, "YHe": 0.2467}
SPECTRA = {"output": "tCl pCl lCl mPk", "lensing": "yes", "l_max_scalars": 2508}
L_MAX = 2508
REFERENCE = 10  # momenta
SHIFT = 4e-7  # of omega_b between copies
COPIES = 6
MASSES_EV = (0.1, 0.3, 1.0, 10.0)
GOOD = 1.0e-4  # a copy below this is on the reference's grid
MICRO_K = 2.7255e6


class Spectra:
    """Lensed C_l, P(k) to 0.9/Mpc, CPU and wall time of one run."""

    def __init__(self, sector, psd, nodes, neutrino_nodes, shift=0.0, **extra):
        with class_species(sector, [psd] if psd else [], nodes, neutrino_nodes) as species:
            cosmo = Class()
            cosmo.set({**LCDM, **SPECTRA, **species, **extra})
            cosmo.set({"omega_b": LCDM["omega_b"] * (1 + shift)})
            start, wall = time.process_time(), time.monotonic()
            cosmo.compute()
            self.seconds, self.wall = time.process_time() - start, time.monotonic() - wall
            self.cl = cosmo.lensed_cl(L_MAX)
            k = np.geomspace(1e-3, 0.9, 60)
            self.pk = np.array([cosmo.pk_lin(each, 0.0) for each in k])
            cosmo.empty()

    def deviation(self, other: Spectra) -> dict[str, float]:
        """Largest relative differences; of TE relative to sqrt(TT EE)."""
        a, b = self.cl, other.cl
        found = {k: np.abs(a[k][2:] / b[k][2:] - 1).max() for k in ("tt", "ee", "pp")}
        scale = np.sqrt(b["tt"] * b["ee"])[2:]
        found["te"] = (np.abs(a["te"] - b["te"])[2:] / scale).max()
        return found | {"pk": np.abs(self.pk / other.pk - 1).max(), "chi2": chi2(self, other)}


_PLIK: list = []


def chi2(a: Spectra, b: Spectra) -> float:
    """chi^2 of plik_lite (TT, TE, EE) if b were the data."""
    if not _PLIK:
        from hotaxion.likelihoods import PlanckLiteTTTEEE

        _PLIK.append(PlanckLiteTTTEEE())
    like = _PLIK[0]
    ell = np.arange(2, L_MAX + 1)
    factor = ell * (ell + 1) / (2 * np.pi) * MICRO_K**2
    with mock.patch.object(like, "X_data", np.zeros_like(like.X_data)):
        # chi^2 of the difference against zero: the likelihood is quadratic in the spectra.
        d = [(a.cl[k] - b.cl[k])[2:] * factor for k in ("tt", "te", "ee")]
        return float(like.get_chi_squared(2, *d, 1.0))


def compare(run: Callable[[float], Spectra], reference: Spectra, copies: int) -> dict[str, float]:
    """Least deviation of a few copies from the reference, component by component."""
    best: dict[str, float] = {}
    for i in range(copies):
        found = run(i * SHIFT).deviation(reference)
        best = {k: min(v, best.get(k, np.inf)) for k, v in found.items()}
        if max(best[k] for k in ("tt", "ee", "te", "pp")) < GOOD:
            break
    return best


def print_head(*labels: str) -> None:
    print(f"| {' | '.join(labels)} |\n|{'---|' * len(labels)}")


ERRORS = ("TT", "TE", "EE", "φφ", "P(k)", "Δχ²")


def print_row(labels: str, found: dict[str, float]) -> None:
    """Of ERRORS, behind the cells of `labels`."""
    cells = " | ".join(f"{found[k]:.0e}" for k in ("tt", "te", "ee", "pp", "pk", "chi2"))
    print(f"| {labels} | {cells} |", flush=True)


def axion_errors() -> None:
    """Sampling of the axion alone, one momentum fewer, `auto`, one more; massless neutrinos."""
    print_head("m_a", "momenta", *ERRORS)
    massless, abundance = neutrino_sector(0.0, "massless"), Abundance()
    for m_a in MASSES_EV:
        psd = abundance(m_a).psd
        reference, auto = Spectra(massless, psd, REFERENCE, None), automatic_nodes(psd)
        for n in (max(auto - 1, 3), auto, auto + 1)[auto == 3 :]:

            def run(shift, n=n, psd=psd):
                return Spectra(massless, psd, n, None, shift)

            label = f"{m_a:g} eV | **{n}**" if n == auto else f"{m_a:g} eV | {n}"
            print_row(label, compare(run, reference, COPIES))


def neutrino_errors() -> None:
    """Sampling of degenerate neutrinos; no axion."""
    print_head("momenta", *ERRORS)
    sector = neutrino_sector(0.06)
    reference = Spectra(sector, None, None, REFERENCE)
    for label, nodes, extra in (
        ("3", 3, {}),
        ("4", 4, {}),
        ("**5**", 5, {}),
        ("`class` (5 momenta)", None, {}),
        ("`class` at 1e-4 (8 momenta)", None, {"tol_ncdm_synchronous": 1e-4}),
    ):

        def run(shift, nodes=nodes, extra=extra):
            return Spectra(sector, None, None, nodes, shift, **extra)

        print_row(label, compare(run, reference, COPIES))


def steps() -> None:
    """Multipoles: jumps between copies of one point, and errors against steps of 5; linear."""
    massless = neutrino_sector(0.0, "massless")

    def runs(step: int, count: int) -> list[Spectra]:
        shifts = (i * SHIFT for i in range(count))
        return [Spectra(massless, None, None, None, s, l_linstep=step) for s in shifts]

    (reference,) = runs(5, 1)
    print_head("`l_linstep`", "largest", *ERRORS)
    for step in (40, 20, 10):
        found = runs(step, 3)
        pairs = [a.deviation(b) for a, b in itertools.combinations(found, 2)]
        errors = [each.deviation(reference) for each in found]
        for label, all_of in (("jump", pairs), ("error", errors)):
            largest = {k: max(one[k] for one in all_of) for k in all_of[0]}
            print_row(f"{step} | {label}", largest)


def costs() -> None:
    """CPU time, and over that of neutrinos alone; `extra_args` as HotClassy has them by default.

    The least of two rounds: other work on the machine only adds.
    """
    psd, ours, few = Abundance()(0.1).psd, with_defaults(None), NEUTRINOS
    tight = ours | {"tol_ncdm_synchronous": 1e-4}
    cases = {
        "massless neutrinos": ("massless", None, None, None, ours),
        "neutrinos 5": ("degenerate", None, None, few, ours),
        "neutrinos `class`": ("degenerate", None, None, None, ours),
        "neutrinos `class` at 1e-4": ("degenerate", None, None, None, tight),
        "**neutrinos 5, axion 3**": ("degenerate", psd, 3, few, ours),
        "neutrinos 5, axion 4": ("degenerate", psd, 4, few, ours),
        "neutrinos 5, axion 5": ("degenerate", psd, 5, few, ours),
        "normal hierarchy 5, axion 3": ("normal", psd, 3, few, ours),
        "neutrinos 5, axion 3, `l_linstep: 40`": (
            *("degenerate", psd, 3, few),
            ours | {"l_linstep": 40},
        ),
        "neutrinos 5, axion 3, hmcode": (
            *("degenerate", psd, 3, few),
            ours | {"non_linear": "hmcode"},
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(2):
        for name, (hierarchy, axion, nodes, neutrino_nodes, extra) in cases.items():
            sector = neutrino_sector(0.06, hierarchy)
            seconds[name].append(Spectra(sector, axion, nodes, neutrino_nodes, **extra).seconds)
    least = {name: min(values) for name, values in seconds.items()}
    print_head("run", "CPU s", "over neutrinos 5")
    for name, value in least.items():
        print(f"| {name} | {value:.2g} | {value / least['neutrinos 5']:.2f} |")


def threads() -> None:
    """Wall and CPU time of neutrinos 5, axion 3, in processes of one and two threads in turn."""
    found: dict[int, list[list[float]]] = {1: [], 2: []}
    for _ in range(3):
        for count, times in found.items():
            environment = os.environ | {"OMP_NUM_THREADS": str(count)}
            command = [sys.executable, __file__, "wall"]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            times.append(list(map(float, done.stdout.split())))
    print_head("`OMP_NUM_THREADS`", "wall s", "CPU s")
    for count, times in found.items():
        wall, cpu = np.min(times, axis=0)
        print(f"| {count} | {wall:.2g} | {cpu:.2g} |")


def wall() -> None:
    run = Spectra(neutrino_sector(0.06), Abundance()(0.1).psd, 3, NEUTRINOS, **with_defaults(None))
    print(run.wall, run.seconds)


# Precision of CLASS by its own names, over what it takes by itself (in brackets).
TOLERANCE, OWN_TOLERANCE = "tol_perturbations_integration", 1e-5
SETTINGS: dict[str, dict[str, float]] = {
    "CLASS's own": {},
    f"**`{TOLERANCE}: 1e-4`** (1e-5)": {TOLERANCE: 1e-4},
    "`perturbations_sampling_stepsize: 0.15` (0.1)": {"perturbations_sampling_stepsize": 0.15},
    "`ncdm_fluid_trigger_tau_over_tau_k: 20` (31)": {"ncdm_fluid_trigger_tau_over_tau_k": 20.0},
}
ROUNDS = 6


def settings() -> None:
    """What settings cost, medians of ratios in each round, and what they change.

    Errors are the least of all rounds: one on the other grid of multipoles says nothing.
    """
    psd, sector = Abundance()(0.1).psd, neutrino_sector(0.06)
    own = with_defaults(None) | {TOLERANCE: OWN_TOLERANCE}
    cost: dict[str, list[float]] = {name: [] for name in SETTINGS}
    axion: dict[str, list[float]] = {name: [] for name in SETTINGS}
    errors: dict[str, list[dict[str, float]]] = {name: [] for name in SETTINGS}
    reference = Spectra(sector, psd, 3, NEUTRINOS, **own)
    for number in range(ROUNDS):
        for name, extra in SETTINGS.items():
            alone = Spectra(sector, None, 3, NEUTRINOS, **{**own, **extra})
            found = Spectra(sector, psd, 3, NEUTRINOS, number * SHIFT, **{**own, **extra})
            if not extra:
                first = found.seconds
            cost[name].append(found.seconds / first)
            axion[name].append(found.seconds / alone.seconds - 1.0)
            errors[name].append(found.deviation(reference))
    print_head("setting of CLASS", "CPU", "axion adds", *ERRORS)
    for name in SETTINGS:
        least = {k: min(one[k] for one in errors[name]) for k in errors[name][0]}
        cells = f"{np.median(cost[name]):.2f} | {np.median(axion[name]):.0%}"
        print_row(f"{name} | {cells}", least)


def tolerance() -> None:
    """Errors of our tolerance against CLASS's own, for other species and settings."""
    ours, fine = with_defaults(None), {"l_max_scalars": 4000, **FINER_CLASS}
    print_head("m_a", "neutrinos", *ERRORS)
    for m_a, sum_ev, hierarchy, extra in (
        (None, 0.06, "degenerate", {}),
        (0.1, 0.06, "degenerate", {}),
        (0.1, 0.1, "normal", {}),
        (0.3, 0.06, "degenerate", {}),
        (1.0, 0.3, "degenerate", {}),
        (10.0, 0.0, "massless", {}),
        (0.1, 0.06, "degenerate", fine),
    ):
        psd, sector = Abundance()(m_a).psd if m_a else None, neutrino_sector(sum_ev, hierarchy)
        momenta = automatic_nodes(psd) if psd else None
        neutrino_momenta = NEUTRINOS if sum_ev else None
        own, found = (
            Spectra(sector, psd, momenta, neutrino_momenta, **{**ours, **extra, TOLERANCE: value})
            for value in (OWN_TOLERANCE, ours[TOLERANCE])
        )
        mass = f"{m_a:g} eV" if m_a else "none"
        where = f"{hierarchy}, {sum_ev:g} eV" + (", settings for ACT, l to 4000" if extra else "")
        print_row(f"{mass} | {where}", found.deviation(own))


def memory() -> None:
    """Resident memory over many evaluations without spectra, and over points that fail."""
    import logging

    from cobaya.model import get_model

    free = {"omega_cdm": {"prior": [0.1, 0.14]}, "m_a": {"prior": [0, 1]}}
    free["tau_reio"] = {"prior": [1e-4, 0.1]}
    logging.disable(logging.WARNING)
    theories = {"hotaxion.theory.HotClassy": {"helium": "class"}, "hotaxion.theory.HotAxion": None}
    fixed = {"mnu": 0.06, "omega_b": 0.0224, "H0": 67.0, "rdrag": None, "z_reio": None}
    model = get_model({"theory": theories, "likelihood": {"one": None}, "params": free | fixed})

    def grown(n: int, tau: float) -> float:
        start = resident_mb()
        for i in range(n):
            point = {"omega_cdm": 0.11 + 1e-5 * i, "m_a": 4e-4 * i, "tau_reio": tau}
            model.logposterior(point, cached=False)
        return resident_mb() - start

    grown(300, 0.05)  # until the allocator has settled
    print_head("points", "growth of resident memory (MB)", "each (kB)")
    for label, n, tau in (("good", 1000, 0.05), ("at which CLASS fails (τ = 2 × 10⁻⁴)", 20, 2e-4)):
        growth = grown(n, tau)
        print(f"| {n} {label} | {growth:.1f} | {1e3 * growth / n:.2g} |", flush=True)


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


PARTS = {
    "axion": axion_errors,
    "neutrinos": neutrino_errors,
    "steps": steps,
    "costs": costs,
    "threads": threads,
    "wall": wall,
    "settings": settings,
    "tolerance": tolerance,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=list(PARTS))
    PARTS[parser.parse_args().part]()


if __name__ == "__main__":
    main()
