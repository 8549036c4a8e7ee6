"""Timings of the parts of a likelihood evaluation: make bench.

Absolute times depend on the machine; compare rows of one run. The limits that the project sets
itself (CPU time on one core) are asserted in `test_limits`.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from cobaya.model import get_model

from hotaxion.theory.rates import gluons, pions
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.table import RelicTable

MASSES = itertools.cycle(np.geomspace(0.02, 2.0, 97))


# Seconds of CPU time: a momentum-resolved solve, `hotaxion scan` over 60 masses (start-up of the
# interpreter included), a call through Cobaya where the table serves.
LIMITS = {"solve": 15e-3, "scan": 3.0, "cobaya": 2e-3}
# As wide as the priors of `hotaxion2026_marginalised_ksvz`: five standard deviations, or all.
FIVE_INPUTS = {
    "gluon_scale": (1.0, 3.0),
    "z_ud": (0.417, 0.527),
    "pion_scale": (0.56, 1.44),
    "kaon_scale": (0.75, 1.65),
    "crossover": (-1.0, 1.0),
}


@pytest.mark.parametrize("solver", ["momentum", "number", "instantaneous"])
def test_solve_one_mass(benchmark, solver):
    abundance = Abundance(solver=solver)
    abundance(0.1)
    benchmark(lambda: abundance(next(MASSES)).delta_neff)


@pytest.mark.parametrize(
    "options",
    [dict(), dict(kaons="data"), dict(model="dfsz1", tan_beta=3.0), dict(m_pion=0.135)],
    ids=["ksvz", "kaons", "dfsz1", "m_pion"],
)
def test_prepare_a_solver(benchmark, options):
    """What one more value of tan_beta costs, besides the solve itself."""
    benchmark(lambda: Abundance(**options))


def test_build_the_table(benchmark):
    benchmark.pedantic(lambda: RelicTable(Abundance()), rounds=3, warmup_rounds=1)


def _axion_only(table: bool):
    """A model of HotAxion and a flat likelihood."""
    return get_model(
        {
            "theory": {"hotaxion.theory.HotAxion": {"table": table}},
            "likelihood": {"flat": {"external": _flat, "requires": {"axion_psd": None}}},
            "params": {"m_a": {"prior": [0, 10]}, "delta_neff": None},
        }
    )


def _flat(_self=None) -> float:
    return 0.0


@pytest.mark.parametrize("table", [True, False], ids=["table", "solved"])
def test_call_through_cobaya(benchmark, table):
    """The ratio of these two rows is what the table is for."""
    model = _axion_only(table)
    benchmark(lambda: model.logposterior([next(MASSES)]))


def _cpu_seconds(call: Callable[[], object], repeat: int) -> float:
    """Least CPU time of one call."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def test_limits(record_property):
    """CPU time, least of several calls, so that other work on the machine does not count."""
    abundance, model = Abundance(), _axion_only(table=True)
    seconds = {
        "solve": _cpu_seconds(lambda: abundance(next(MASSES)), 50),
        "cobaya": _cpu_seconds(lambda: model.logposterior([next(MASSES)]), 50),
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import sys; from hotaxion.analysis.cli import main; sys.exit(main(['scan']))"
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds["scan"] = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    for name, limit in LIMITS.items():
        print(f"\n{name}: {1e3 * seconds[name]:.2f} ms CPU, limit {1e3 * limit:g} ms", end="")
        if name == "scan":
            record_property("`hotaxion scan` of 60 masses (s)", f"{seconds[name]} | < {limit:g}")
        assert seconds[name] < limit


def test_table_of_masses(benchmark):
    table = RelicTable(Abundance())
    benchmark(lambda: table(next(MASSES)).delta_neff)


def test_table_of_masses_and_rates(benchmark, record_property):
    """The inputs of `hotaxion2026_marginalised_ksvz`: at most a fifteenth of a solution."""
    abundance = Abundance(kaons="data")
    start = time.process_time()
    table = RelicTable(abundance, **FIVE_INPUTS)
    built = time.process_time() - start
    record_property("table of a mass and five inputs built (s)", f"{built} | ")
    rng = np.random.default_rng(3)
    lows, highs = np.array([*FIVE_INPUTS.values()]).T
    points = itertools.cycle(rng.uniform(lows, highs, (100, len(FIVE_INPUTS))).tolist())

    def call() -> float:
        return table(next(MASSES), **dict(zip(FIVE_INPUTS, next(points), strict=True))).delta_neff

    benchmark(call)
    solved = _cpu_seconds(lambda: abundance(next(MASSES)), 50)
    assert 15.0 * _cpu_seconds(call, 300) < solved


def test_pion_rate_by_quadrature(benchmark):
    benchmark(pions.relaxation_rate, 0.3, 0.1)


def test_gluon_rate_by_quadrature(benchmark):
    benchmark(gluons.relaxation_rate_htl, 3.0, 1.2, 5.0)


def _model(spectra: bool, axion: bool):
    theory = {"hotaxion.theory.BBN": None, "hotaxion.theory.HotAxion": None}
    likelihood = {"hotaxion.likelihoods.BBN": None}
    params = {"m_a": {"prior": [0, 10]}, "omega_b": {"prior": [0.02, 0.025]}}
    if spectra:
        theory["hotaxion.theory.HotClassy"] = {"axion": axion}
        likelihood["hotaxion.likelihoods.PlanckLiteTTTEEE"] = None
        params |= {"omega_cdm": 0.12, "H0": 67.0, "logA": 3.05, "n_s": 0.965, "tau_reio": 0.055}
        params |= {"mnu": 0.06, "A_planck": 1.0}
        if not axion:
            theory = {"hotaxion.theory.HotClassy": {"axion": False, "helium": "class"}}
            likelihood.pop("hotaxion.likelihoods.BBN")
            params.pop("m_a")
    return get_model({"theory": theory, "likelihood": likelihood, "params": params})


def _evaluate(model):
    index = itertools.count()

    def call() -> float:
        step = 1e-4 * (1 + next(index) % 1000)
        names = model.parameterization.sampled_params()
        point = [{"m_a": 0.1 + step, "omega_b": 0.0223 + 1e-3 * step}[n] for n in names]
        return float(model.logposterior(point).logpost)

    return call


def test_bbn_posterior(benchmark):
    benchmark(_evaluate(_model(spectra=False, axion=True)))


@pytest.mark.parametrize("axion", [False, True])
def test_class_with_neutrinos(benchmark, axion):
    benchmark.pedantic(_evaluate(_model(spectra=True, axion=axion)), rounds=3, warmup_rounds=1)
