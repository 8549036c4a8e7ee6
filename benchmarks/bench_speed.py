"""Timings of the parts of a likelihood evaluation: make bench.

Absolute times depend on the machine; compare rows of one run.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from cobaya.model import get_model

from hotaxion.theory.abundance import Abundance
from hotaxion.theory.rates import gluons, pions
from hotaxion.theory.relic_table import RelicTable

MASSES = itertools.cycle(np.geomspace(0.02, 2.0, 97))


@pytest.mark.parametrize("solver", ["momentum", "number"])
def test_solve_one_mass(benchmark, solver):
    abundance = Abundance(solver=solver)
    abundance(0.1)
    benchmark(lambda: abundance(next(MASSES)).delta_neff)


def test_table_of_masses(benchmark):
    table = RelicTable(Abundance())
    benchmark(lambda: table(next(MASSES)).delta_neff)


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
