"""Error and cost of the options of HotClassy: python benchmarks/class_options.py [--quick].

Prints the tables of docs/class.md (an hour on one core; `--quick`: ten minutes). Times are CPU
times of runs that take turns, given as ratios; compare within one run only.

CLASS 3.4.1 chooses between two grids of multipoles (steps of 39 or 40) by the last bit of a ratio
of distances, and interpolates: its C_l jump by up to 1e-3 under a change of 1e-7 in omega_b. To
see errors below that, each run is compared with the reference in several copies, omega_b being
moved by 4e-7 from one to the next; pairs on the same grid give the least difference, which is
quoted. What is left of the noise is about 3e-5.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import time
from collections.abc import Callable, Iterator
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("COBAYA_NOMPI", "1")

import numpy as np
from classy import Class

from hotaxion.theory.components.extra_args import with_defaults
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra import momenta as class_momenta
from hotaxion.theory.spectra.neutrinos import neutrino_sector
from hotaxion.theory.spectra.species import class_species
from hotaxion.theory.spectra.training.design import FINER_CLASS

NEUTRINOS = 5  # default of HotClassy
LCDM = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.5, "A_s": 2.1e-9, "n_s": 0.966}
LCDM |= {"tau_reio": 0.055, "YHe": 0.2467}
SPECTRA = {"output": "tCl pCl lCl mPk", "lensing": "yes", "l_max_scalars": 2508}
L_MAX = 2508
REFERENCE = 10  # momenta
SHIFT = 4e-7  # of omega_b between copies
COPIES = 8
GOOD = 1.0e-4  # a copy below this is on the reference's grid
MICRO_K = 2.7255e6


class Spectra:
    """Lensed C_l, P(k) to 0.9/Mpc and the CPU time of one run."""

    def __init__(self, sector, psd, nodes, neutrino_nodes, shift=0.0, **extra):
        with class_species(sector, [psd] if psd else [], nodes, neutrino_nodes) as species:
            cosmo = Class()
            cosmo.set({**LCDM, **SPECTRA, **species, **extra})
            cosmo.set({"omega_b": LCDM["omega_b"] * (1 + shift)})
            start = time.process_time()
            cosmo.compute()
            self.seconds = time.process_time() - start
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


@contextlib.contextmanager
def plain_rule() -> Iterator[None]:
    """Gauss-Laguerre as it is, without the fit of densities and responses."""
    with (
        mock.patch.object(class_momenta, "_STIFFNESS", (1e9,)),
        mock.patch.object(class_momenta, "_STRETCH", {}),
        mock.patch.object(class_momenta, "_STRETCH_OF_MORE", 1.0),
    ):
        yield


def print_row(label: str, found: dict[str, float]) -> None:
    names = ("tt", "te", "ee", "pp", "pk")
    cells = " | ".join(f"{found[k]:.0e}" for k in names)
    print(f"| {label} | {cells} | {found['chi2']:.1e} |", flush=True)


HEADER = "| TT | TE | EE | φφ | P(k) | Δχ² |\n|---|---|---|---|---|---|---|"


def axion_errors(masses: tuple[float, ...], nodes: tuple[int, ...], copies: int) -> None:
    """Sampling of the axion alone; massless neutrinos."""
    print(f"\nm_a, momenta {HEADER}")
    massless = neutrino_sector(0.0, "massless")
    abundance = Abundance()
    for m_a in masses:
        psd = abundance(m_a).psd
        reference = Spectra(massless, psd, REFERENCE, None)

        def run(shift, n, psd=psd):
            return Spectra(massless, psd, n, None, shift)

        for n in nodes:
            found = compare(lambda shift, n=n, run=run: run(shift, n), reference, copies)
            print_row(f"{m_a:g} eV, {n}", found)
        with plain_rule():
            found = compare(lambda shift, run=run: run(shift, 4), reference, copies)
        print_row(f"{m_a:g} eV, 4 without fit", found)


def neutrino_errors(sums: tuple[float, ...], copies: int) -> None:
    """Sampling of degenerate neutrinos; no axion."""
    print(f"\nmnu, momenta {HEADER}")
    for mnu in sums:
        sector = neutrino_sector(mnu)
        reference = Spectra(sector, None, None, REFERENCE)
        for label, nodes, extra in (
            ("3", 3, {}),
            ("4", 4, {}),
            ("5", 5, {}),
            ("`class` (5 momenta)", None, {}),
            ("`class`, tol_ncdm_synchronous = 1e-4 (8)", None, {"tol_ncdm_synchronous": 1e-4}),
        ):

            def run(shift, nodes=nodes, extra=extra, sector=sector):
                return Spectra(sector, None, None, nodes, shift, **extra)

            print_row(f"{mnu:g} eV, {label}", compare(run, reference, copies))


def steps(copies: int) -> None:
    """Multipoles: jumps between copies of one point, and errors against steps of 5; linear."""
    massless = neutrino_sector(0.0, "massless")

    def runs(step: int, count: int) -> list[Spectra]:
        shifts = (i * SHIFT for i in range(count))
        return [Spectra(massless, None, None, None, s, l_linstep=step) for s in shifts]

    (reference,) = runs(5, 1)
    print(f"\nl_linstep: jumps, errors {HEADER}")
    for step in (40, 20, 10):
        found = runs(step, copies)
        pairs = [a.deviation(b) for a, b in itertools.combinations(found, 2)]
        errors = [each.deviation(reference) for each in found]
        for label, all_of in (("jumps", pairs), ("errors", errors)):
            print_row(f"{step}, {label}", {k: max(one[k] for one in all_of) for k in all_of[0]})


def costs(rounds: int) -> None:
    """CPU time over that of CLASS with neutrinos at its own sampling of the same accuracy.

    All but the last rows with the `extra_args` that HotClassy has by default.
    """
    psd = Abundance()(0.1).psd
    tight = {"tol_ncdm_synchronous": 1e-4}
    ours = with_defaults(None)
    own, few = None, NEUTRINOS
    cases = {
        "neutrinos `class` at 1e-4": ("degenerate", None, None, own, ours | tight),
        "neutrinos `class`": ("degenerate", None, None, own, ours),
        "neutrinos 5": ("degenerate", None, None, few, ours),
        "neutrinos 5, axion 3": ("degenerate", psd, 3, few, ours),
        "neutrinos 5, axion 4": ("degenerate", psd, 4, few, ours),
        "neutrinos 5, axion 5": ("degenerate", psd, 5, few, ours),
        "neutrinos `class` at 1e-4, axion 4": ("degenerate", psd, 4, own, ours | tight),
        "neutrinos 4, axion 3": ("degenerate", psd, 3, 4, ours),
        "normal hierarchy 5, axion 3": ("normal", psd, 3, few, ours),
        "normal hierarchy `class` at 1e-4": ("normal", None, None, own, ours | tight),
        "massless neutrinos": ("massless", None, None, own, ours),
        "neutrinos 5, axion 3, linear": ("degenerate", psd, 3, few, ours | {"non_linear": "none"}),
        "neutrinos 5, axion 3, hmcode": (
            *("degenerate", psd, 3, few),
            ours | {"non_linear": "hmcode"},
        ),
    }
    cases |= {
        f"neutrinos 5, axion 3, l_linstep: {step}": (
            *("degenerate", psd, 3, few),
            ours | {"l_linstep": step},
        )
        for step in (40, 10)
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, (hierarchy, axion, nodes, neutrino_nodes, extra) in cases.items():
            sector = neutrino_sector(0.06, hierarchy)
            seconds[name].append(Spectra(sector, axion, nodes, neutrino_nodes, **extra).seconds)
    middle = {name: float(np.median(values)) for name, values in seconds.items()}
    first, bare = middle["neutrinos `class` at 1e-4"], middle["neutrinos 5"]
    print("\n| run | CPU s | over `class` at 1e-4 | over neutrinos 5 |\n|---|---|---|---|")
    for name, value in middle.items():
        print(f"| {name} | {value:.1f} | {value / first:.2f} | {value / bare:.2f} |", flush=True)


# Precision of CLASS by its own names; what it takes by itself first.
SETTINGS: dict[str, dict[str, float]] = {
    "as it is": {},
    "l_max_ncdm: 12 (17)": {"l_max_ncdm": 12},
    "l_max_ncdm: 9": {"l_max_ncdm": 9},
    "ncdm_fluid_trigger_tau_over_tau_k: 20 (31)": {"ncdm_fluid_trigger_tau_over_tau_k": 20.0},
    "tol_perturbations_integration: 3e-5 (1e-5)": {"tol_perturbations_integration": 3e-5},
    "perturbations_sampling_stepsize: 0.15 (0.1)": {"perturbations_sampling_stepsize": 0.15},
    "that of the emulator for ACT": FINER_CLASS,
}


def settings(copies: int) -> None:
    """Precision settings: what they cost, and how far spectra are from those without them."""
    psd, sector, ours = Abundance()(0.1).psd, neutrino_sector(0.06), with_defaults(None)
    reference = Spectra(sector, psd, 3, NEUTRINOS, **ours)
    print(f"\nsetting, CPU over that as it is, the same without axion {HEADER}")
    for label, extra in SETTINGS.items():
        seconds: dict[bool, list[float]] = {True: [], False: []}

        def run(shift: float, extra=extra, seconds=seconds, axion: bool = True) -> Spectra:
            found = Spectra(sector, psd if axion else None, 3, NEUTRINOS, shift, **ours | extra)
            seconds[axion].append(found.seconds)
            return found

        found = compare(run, reference, copies)
        run(0.0, axion=False)
        with_axion, without = (float(np.median(seconds[key])) for key in (True, False))
        ratio = with_axion / reference.seconds
        print_row(f"{label} | {ratio:.2f} | {with_axion / without:.2f}", found)


def memory(points: int, failures: int) -> None:
    """Resident memory over many evaluations without spectra, and over points that fail."""
    from cobaya.model import get_model

    free = {"omega_cdm": {"prior": [0.1, 0.14]}, "m_a": {"prior": [0, 1]}}
    free["tau_reio"] = {"prior": [1e-4, 0.1]}
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
    print("\n| points | growth of resident memory (MB) | each (kB) |\n|---|---|---|")
    for label, n, tau in (("good", points, 0.05), ("failed (tau = 2e-4)", failures, 2e-4)):
        growth = grown(n, tau)
        print(f"| {n} {label} | {growth:.1f} | {1e3 * growth / n:.1f} |", flush=True)


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one mass, one round")
    parser.add_argument(
        "--only", choices=["axion", "neutrinos", "steps", "costs", "settings", "memory"]
    )
    arguments = parser.parse_args()
    quick = arguments.quick
    parts = {
        "axion": lambda: axion_errors(
            (0.1,) if quick else (0.1, 0.15, 0.3, 0.6, 1.0, 3.0, 10.0),
            (3, 4) if quick else (3, 4, 5, 6),
            COPIES,
        ),
        "neutrinos": lambda: neutrino_errors((0.06,) if quick else (0.06, 0.3), COPIES),
        "steps": lambda: steps(3 if quick else COPIES),
        "costs": lambda: costs(1 if quick else 2),
        "settings": lambda: settings(3 if quick else COPIES),
        "memory": lambda: memory(200 if quick else 2000, 20),
    }
    for name, part in parts.items():
        if arguments.only in (None, name):
            part()


if __name__ == "__main__":
    main()
